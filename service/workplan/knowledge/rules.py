"""The rules that the shapes lay down: of which class and property, what they ask for and in which words they say so.

It may not check anything: pySHACL does.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from workplan.engine.query import QueryEngine
from workplan.model.namespaces import NAMESPACES

from .asking import solutions
from .description import Text, text_of

SH: Final = NAMESPACES["sh"]

_TYPE: Final = NAMESPACES["rdf"] + "type"

# A shape that only names a property for readers has no severity, and is no rule.
_PLACES = """
SELECT DISTINCT ?rule ?target ?path
WHERE {
  {
    ?rule sh:targetClass|sh:targetSubjectsOf|sh:targetObjectsOf ?target .
  }
  UNION
  {
    ?shape sh:targetClass|sh:targetSubjectsOf|sh:targetObjectsOf ?target ;
      sh:property ?rule .
  }
  ?rule sh:severity ?severity .
  OPTIONAL {
    ?rule sh:path ?path .
    FILTER (isIRI(?path))
  }
}
"""

_FACETS = """
SELECT ?rule ?property ?value
WHERE {
  ?rule sh:severity ?severity .
  {
    ?rule ?property ?value .
  }
  UNION
  {
    ?rule sh:node|sh:qualifiedValueShape ?inner .
    ?inner ?property ?value .
    VALUES ?property { sh:class sh:datatype sh:nodeKind sh:pattern sh:minInclusive }
  }
  UNION
  {
    ?rule (sh:node|sh:qualifiedValueShape)?/sh:languageIn/rdf:rest*/rdf:first ?value .
    BIND (sh:languageIn AS ?property)
  }
  UNION
  {
    ?rule sh:in/rdf:rest*/rdf:first ?value .
    BIND (sh:in AS ?property)
  }
  UNION
  {
    ?rule sh:sparql/sh:message ?value .
    BIND (sh:message AS ?property)
  }
  UNION
  {
    ?rule sh:node/sh:property/sh:hasValue ?value .
    ?value a skos:ConceptScheme .
    BIND (skos:inScheme AS ?property)
  }
}
"""

_NAMED: Final = re.compile(r"\((\w+):(\w+)\)\.?$")
"""How a message ends: with the property that it is about."""

_PLACEHOLDER: Final = re.compile(r"\{[?$]\w+\}")
"""A place in a message that a report fills in with what it found."""


@dataclass(frozen=True)
class Rule:
    """One rule.

    *targets* are the classes whose resources keep it, or the properties whose bearers do; *path* is the property that
    it is about, *facets* what it says by SHACL's property: IRIs, numbers and texts without a language. In *messages* an
    ellipsis stands for what a report names.
    """

    iri: str
    targets: Sequence[str]
    path: str | None
    severity: str
    names: Sequence[Text]
    messages: Sequence[Text]
    descriptions: Sequence[Text]
    facets: Mapping[str, Sequence[str]]

    @property
    def is_of_others(self) -> bool:
        """Whether it is about what other resources say of its own, by a path that leads back or further."""
        return SH + "PropertyShape" in self.facets.get(_TYPE, ()) and SH + "path" not in self.facets

    def facet(self, name: str) -> str | None:
        """The first value of SHACL's property *name*."""
        return next(iter(self.facets.get(SH + name, ())), None)


def rules_of(engine: QueryEngine) -> list[Rule]:
    """Every rule of the shapes, sorted by its IRI."""
    targets: dict[str, set[str]] = defaultdict(set)
    paths: dict[str, str] = {}
    for row in solutions(engine, _PLACES):
        if isinstance(row["rule"], NamedNode):
            rule = row["rule"].value
            targets[rule].add(row["target"].value)
            if row["path"]:
                paths[rule] = row["path"].value
    texts: dict[tuple[str, str], set[Text]] = defaultdict(set)
    facets: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in solutions(engine, _FACETS):
        rule, prop, value = row["rule"].value, row["property"].value, row["value"]
        if isinstance(value, Literal) and value.language:
            text, tag = text_of(value)
            texts[rule, prop].add((_PLACEHOLDER.sub("…", text), tag))
        elif isinstance(value, Literal | NamedNode) and value.value not in facets[rule][prop]:
            facets[rule][prop].append(value.value)
    return [
        Rule(
            iri,
            sorted(held),
            paths.get(iri) or _property_named_by(texts[iri, SH + "message"]),
            facets[iri][SH + "severity"][0],
            sorted(texts[iri, SH + "name"]),
            sorted(texts[iri, SH + "message"]),
            sorted(texts[iri, SH + "description"]),
            {prop: sorted(values) for prop, values in facets[iri].items()},
        )
        for iri, held in sorted(targets.items())
    ]


def _property_named_by(messages: set[Text]) -> str | None:
    """The property that *messages* end with: a rule of several properties has no path of its own."""
    for text, _ in sorted(messages):
        match = _NAMED.search(text)
        if match and match[1] in NAMESPACES:
            return NAMESPACES[match[1]] + match[2]
    return None
