"""The ontology as the data describe it: its header, its terms, and how the data use them.

It may not decide what a page shows or in which words.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolution

from workplan.engine.query import QueryEngine
from workplan.model.namespaces import NAMESPACES, ONTOLOGY

from .asking import solutions
from .description import Text, text_of

_TERMS = """
SELECT ?term ?property ?value
WHERE {
  ?term rdfs:isDefinedBy <https://w3id.org/sse-workplan/ns> ;
    ?property ?value .
}
"""

_HEADER = """
SELECT ?property ?value
WHERE {
  ?this ?property ?value .
}
"""

_INSTANCES = """
SELECT ?term (COUNT(DISTINCT ?thing) AS ?count)
WHERE {
  ?term rdfs:isDefinedBy <https://w3id.org/sse-workplan/ns> .
  ?thing a/rdfs:subClassOf* ?term .
}
GROUP BY ?term
"""

_BEARERS = """
SELECT ?term (COUNT(DISTINCT ?thing) AS ?count)
WHERE {
  ?term rdfs:isDefinedBy <https://w3id.org/sse-workplan/ns> .
  ?thing ?term ?value .
}
GROUP BY ?term
"""

_ENDS = """
SELECT ?this ?end ?type (COUNT(DISTINCT ?thing) AS ?count)
WHERE {
  {
    ?thing ?this ?value .
    ?thing a ?type .
    BIND ("subject" AS ?end)
  }
  UNION
  {
    ?subject ?this ?thing .
    ?thing a ?type .
    BIND ("object" AS ?end)
  }
}
GROUP BY ?this ?end ?type
"""

_INSTANCES_OF = """
SELECT DISTINCT ?this ?thing
WHERE {
  ?thing a/rdfs:subClassOf* ?this .
  FILTER (isIRI(?thing))
}
"""

_SUBJECTS_OF = """
SELECT DISTINCT ?this ?thing
WHERE {
  ?thing ?this ?value .
  FILTER (isIRI(?thing))
}
"""

_CARRIED = """
SELECT ?this ?property (COUNT(DISTINCT ?thing) AS ?count)
WHERE {
  ?thing a ?this ;
    ?property ?value .
}
GROUP BY ?this ?property
"""

_SCHEMES = """
SELECT ?this ?scheme (COUNT(DISTINCT ?concept) AS ?count)
WHERE {
  ?subject ?this ?value .
  ?value skos:inScheme ?scheme .
  ?concept skos:inScheme ?scheme .
}
GROUP BY ?this ?scheme
"""

_ALL_SCHEMES = """
SELECT ?scheme (COUNT(DISTINCT ?concept) AS ?count)
WHERE {
  GRAPH ?graph { ?scheme a skos:ConceptScheme }
  FILTER (CONTAINS(STR(?graph), "/graph/schemes/"))
  OPTIONAL { ?concept skos:inScheme ?scheme }
}
GROUP BY ?scheme
"""

_ALIGNED = """
SELECT ?this ?property ?target ?reason
WHERE {
  ?this ?property ?target .
  VALUES ?property {
    skos:exactMatch skos:closeMatch skos:broadMatch skos:narrowMatch skos:relatedMatch skos:notation rdfs:seeAlso
    owl:equivalentClass owl:equivalentProperty
  }
  OPTIONAL {
    ?axiom owl:annotatedSource ?this ;
      owl:annotatedProperty ?property ;
      owl:annotatedTarget ?target ;
      rdfs:comment ?reason .
  }
}
"""

_RDFS: Final = NAMESPACES["rdfs"]
_OWL: Final = NAMESPACES["owl"]
_SKOS: Final = NAMESPACES["skos"]
_TYPE: Final = NAMESPACES["rdf"] + "type"


@dataclass(frozen=True)
class Alignment:
    """How a term stands, by the property *relation*, to the *target*: a term of another vocabulary, or a name of it.

    *scheme* says whose a name is; *reasons* are why the two are aligned in this way.
    """

    relation: str
    target: str
    scheme: str | None
    reasons: Sequence[Text]


@dataclass(frozen=True)
class Term:
    """A class or a property of the ontology.

    *since* is the version that brought the term; *replacements* are the terms to use in its place where it is
    deprecated; nothing is both of it and of one of *disjoint*.
    """

    iri: str
    labels: Sequence[Text]
    definitions: Sequence[Text]
    notes: Sequence[Text]
    parents: Sequence[str]
    domains: Sequence[str]
    ranges: Sequence[str]
    is_class: bool
    types: Sequence[str] = ()
    examples: Sequence[Text] = ()
    changes: Sequence[Text] = ()
    status: str | None = None
    since: str | None = None
    is_deprecated: bool = False
    replacements: Sequence[str] = ()
    disjoint: Sequence[str] = ()

    @property
    def local_name(self) -> str:
        """What follows the namespace."""
        return self.iri.rpartition("#")[2]


@dataclass(frozen=True)
class Header:
    """What the ontology says of itself: texts and other values by property."""

    texts: Mapping[str, Sequence[Text]]
    values: Mapping[str, Sequence[str]]

    def value(self, prop: str) -> str | None:
        """The first value of the property *prop* that has no language."""
        return next(iter(self.values.get(prop, ())), None)


@dataclass(frozen=True)
class Usage:
    """How the data use a term.

    *examples* are resources that it is said of; *subjects* and *objects* are the classes at a property's two ends, and
    *carried* the properties of a class's instances, each with the number of resources; *schemes* are the lists that a
    property takes its values from, each with its number of concepts.
    """

    examples: Sequence[str]
    subjects: Mapping[str, int]
    objects: Mapping[str, int]
    carried: Mapping[str, int]
    schemes: Mapping[str, int]


def terms_of(engine: QueryEngine) -> list[Term]:
    """The ontology's terms, sorted by local name."""
    texts: dict[tuple[str, str], list[Text]] = defaultdict(list)
    links: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in solutions(engine, _TERMS):
        key, value = (row["term"].value, row["property"].value), row["value"]
        if isinstance(value, Literal) and value.language:
            texts[key].append(text_of(value))
        elif isinstance(value, Literal | NamedNode):
            links[key].append(value.value)
    return sorted(
        (_term(iri, texts, links) for iri in {iri for iri, _ in (*texts, *links)}), key=lambda term: term.local_name
    )


def _term(iri: str, texts: Mapping[tuple[str, str], list[Text]], links: Mapping[tuple[str, str], list[str]]) -> Term:
    """The term *iri* from what is said of it."""

    def said(*properties: str) -> list[Text]:
        return sorted(chain.from_iterable(texts.get((iri, prop), ()) for prop in properties))

    def linked(*properties: str) -> list[str]:
        return sorted(chain.from_iterable(links.get((iri, prop), ()) for prop in properties))

    types = linked(_TYPE)
    return Term(
        iri,
        said(_RDFS + "label"),
        said(_SKOS + "definition"),
        said(_SKOS + "scopeNote"),
        linked(_RDFS + "subClassOf", _RDFS + "subPropertyOf"),
        linked(_RDFS + "domain"),
        linked(_RDFS + "range"),
        _OWL + "Class" in types,
        types,
        said(_SKOS + "example"),
        said(_SKOS + "changeNote", _SKOS + "historyNote"),
        next(iter(linked(NAMESPACES["vs"] + "term_status")), None),
        next(iter(linked(_OWL + "versionInfo")), None),
        "true" in linked(_OWL + "deprecated"),
        linked(NAMESPACES["dcterms"] + "isReplacedBy"),
        linked(_OWL + "disjointWith"),
    )


def header_of(engine: QueryEngine) -> Header:
    """What the ontology says of itself; empty where the data hold no ontology."""
    texts: dict[str, list[Text]] = defaultdict(list)
    values: dict[str, list[str]] = defaultdict(list)
    for row in solutions(engine, _HEADER, this=NamedNode(ONTOLOGY)):
        value = row["value"]
        if isinstance(value, Literal) and value.language:
            texts[row["property"].value].append(text_of(value))
        elif isinstance(value, Literal | NamedNode):
            values[row["property"].value].append(value.value)
    return Header(texts, {prop: sorted(held) for prop, held in values.items()})


def counts_of(engine: QueryEngine) -> dict[str, int]:
    """How many resources are of each class, subclasses included, and how many each property is said of."""
    counts: dict[str, int] = {}
    for query in (_INSTANCES, _BEARERS):
        for row in solutions(engine, query):
            counts[row["term"].value] = int(row["count"].value)
    return counts


def usage_of(engine: QueryEngine, term: Term) -> Usage:
    """How the data use *term*."""
    this = NamedNode(term.iri)
    things = solutions(engine, _INSTANCES_OF if term.is_class else _SUBJECTS_OF, this=this)
    examples = sorted({row["thing"].value for row in things})
    if term.is_class:
        carried = _counted(solutions(engine, _CARRIED, this=this), "property")
        return Usage(examples, {}, {}, carried, {})
    ends: dict[str, dict[str, int]] = {"subject": {}, "object": {}}
    for row in solutions(engine, _ENDS, this=this):
        ends[row["end"].value][row["type"].value] = int(row["count"].value)
    schemes = _counted(solutions(engine, _SCHEMES, this=this), "scheme")
    return Usage(examples, ends["subject"], ends["object"], {}, schemes)


def alignments_of(engine: QueryEngine, term: Term) -> list[Alignment]:
    """What *term* corresponds to in other vocabularies, sorted."""
    reasons: dict[tuple[str, str, str | None], set[Text]] = defaultdict(set)
    for row in solutions(engine, _ALIGNED, this=NamedNode(term.iri)):
        target = row["target"]
        scheme = target.datatype.value if isinstance(target, Literal) else None
        reasons[row["property"].value, target.value, scheme] |= {text_of(row["reason"])} if row["reason"] else set()
    ranked = sorted(reasons.items(), key=lambda pair: [part or "" for part in pair[0]])
    return [Alignment(*what, tuple(sorted(why))) for what, why in ranked]


def schemes_of(engine: QueryEngine) -> dict[str, int]:
    """The shared concept schemes, each with its number of concepts, sorted."""
    return dict(sorted(_counted(solutions(engine, _ALL_SCHEMES), "scheme").items()))


def _counted(rows: Iterable[QuerySolution], name: str) -> dict[str, int]:
    """How many each of *rows* counts of what its variable *name* is."""
    return {row[name].value: int(row["count"].value) for row in rows}
