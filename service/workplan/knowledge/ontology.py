"""The terms of the ontology as the data describe them.

It may not decide what a page shows or in which words.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from workplan.engine.query import QueryEngine
from workplan.model.namespaces import NAMESPACES

from .asking import solutions
from .description import Text, text_of

_TERMS = """
SELECT ?term ?property ?value
WHERE {
  ?term rdfs:isDefinedBy <https://w3id.org/sse-workplan/ns> ;
    ?property ?value .
  VALUES ?property {
    rdf:type rdfs:label skos:definition skos:scopeNote rdfs:subClassOf rdfs:subPropertyOf rdfs:domain rdfs:range
  }
}
"""

_OWL = NAMESPACES["owl"]


@dataclass(frozen=True)
class Term:
    """A class or a property of the ontology."""

    iri: str
    labels: Sequence[Text]
    definitions: Sequence[Text]
    notes: Sequence[Text]
    parents: Sequence[str]
    domains: Sequence[str]
    ranges: Sequence[str]
    is_class: bool

    @property
    def local_name(self) -> str:
        """What follows the namespace."""
        return self.iri.rpartition("#")[2]


def terms_of(engine: QueryEngine) -> list[Term]:
    """The ontology's terms, sorted by local name."""
    texts: dict[tuple[str, str], list[Text]] = defaultdict(list)
    links: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in solutions(engine, _TERMS):
        key = row["term"].value, row["property"].value.replace("#", "/").rpartition("/")[2]
        value = row["value"]
        if key[1] in ("label", "definition", "scopeNote"):
            texts[key].append(text_of(value))
        else:
            links[key].append(value.value)
    terms = [
        Term(
            iri,
            texts[iri, "label"],
            texts[iri, "definition"],
            texts[iri, "scopeNote"],
            sorted(links[iri, "subClassOf"] + links[iri, "subPropertyOf"]),
            sorted(links[iri, "domain"]),
            sorted(links[iri, "range"]),
            _OWL + "Class" in links[iri, "type"],
        )
        for iri in {iri for iri, _ in (*texts, *links)}
    ]
    return sorted(terms, key=lambda term: term.local_name)
