"""What the data hold, counted by queries over them: so that a description of them cannot lie.

It may not know the words of a page or the address of a service.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from workplan.engine.query import QueryEngine
from workplan.model.namespaces import DATA, NAMESPACES, ONTOLOGY, WP

from .asking import solutions

# The union of graphs may give a statement once for each graph that holds it, so everything is counted distinct.
_CLASSES = """
SELECT ?class (COUNT(DISTINCT ?s) AS ?entities) (MIN(IF(isIRI(?s), STR(?s), "~")) AS ?example)
WHERE {
  ?s a ?class .
  FILTER (isIRI(?class))
}
GROUP BY ?class
"""

_PROPERTIES_OF_CLASSES = """
SELECT ?class ?property (COUNT(*) AS ?triples)
WHERE {
  {
    SELECT DISTINCT ?class ?property ?s ?o
    WHERE {
      ?s a ?class ;
        ?property ?o .
      FILTER (isIRI(?class))
    }
  }
}
GROUP BY ?class ?property
"""

_PROPERTIES = """
SELECT ?property (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
WHERE {
  { SELECT DISTINCT ?s ?property ?o WHERE { ?s ?property ?o } }
}
GROUP BY ?property
"""

_TOTALS = """
SELECT (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
WHERE { ?s ?p ?o }
"""

_DATES = """
SELECT (MIN(?day) AS ?issued) (MAX(?day) AS ?modified)
WHERE {
  VALUES ?property { dcterms:issued prov:generatedAtTime }
  ?s ?property ?moment .
  BIND (SUBSTR(STR(?moment), 1, 10) AS ?day)
}
"""

# What says only what took its place has no page of its own.
_IS_RESOURCE = f"""
  ?resource ?property ?value .
  FILTER (?property != dcterms:isReplacedBy)
  FILTER (isIRI(?resource) && STRSTARTS(STR(?resource), "{DATA}") && !CONTAINS(STR(?resource), "#"))
"""

_COUNT_RESOURCES = f"SELECT (COUNT(DISTINCT ?resource) AS ?count) WHERE {{ {_IS_RESOURCE} }}"

_RESOURCES = f"SELECT DISTINCT ?resource WHERE {{ {_IS_RESOURCE} }} ORDER BY ?resource LIMIT %d OFFSET %d"


@dataclass(frozen=True)
class ClassCount:
    """A class: its number of *entities*, the IRI of an *example* and the *triples* of each of its properties."""

    iri: str
    entities: int
    example: str
    properties: Mapping[str, int]


@dataclass(frozen=True)
class PropertyCount:
    """A property: its numbers of *triples* and of distinct *subjects* and *objects*."""

    iri: str
    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True)
class Survey:
    """The data as numbers; *issued* and *modified* are the first and the last day that they give as their own."""

    classes: Sequence[ClassCount]
    properties: Sequence[PropertyCount]
    subjects: int
    objects: int
    issued: str | None
    modified: str | None

    @property
    def triples(self) -> int:
        """How many distinct triples there are."""
        return sum(prop.triples for prop in self.properties)

    @property
    def vocabularies(self) -> list[str]:
        """The IRIs of the known vocabularies from which a class or a property comes, sorted."""
        terms = [each.iri for each in self.classes] + [each.iri for each in self.properties]
        used = {space for space in NAMESPACES.values() if any(term.startswith(space) for term in terms)}
        return sorted(ONTOLOGY if space == WP else space for space in used)

    @property
    def examples(self) -> list[str]:
        """A resource of each class of ours, sorted."""
        examples = {each.example for each in self.classes if each.iri.startswith(WP)}
        return sorted(iri for iri in examples if iri.startswith(DATA) and "#" not in iri)


def survey(engine: QueryEngine) -> Survey:
    """The data behind *engine*, counted."""
    properties_of: dict[str, dict[str, int]] = defaultdict(dict)
    for row in solutions(engine, _PROPERTIES_OF_CLASSES):
        properties_of[row["class"].value][row["property"].value] = int(row["triples"].value)
    classes = [
        ClassCount(
            row["class"].value,
            int(row["entities"].value),
            row["example"].value,
            dict(sorted(properties_of[row["class"].value].items())),
        )
        for row in solutions(engine, _CLASSES)
    ]
    properties = [
        PropertyCount(row["property"].value, *(int(row[name].value) for name in ("triples", "subjects", "objects")))
        for row in solutions(engine, _PROPERTIES)
    ]
    (totals,), (dates,) = solutions(engine, _TOTALS), solutions(engine, _DATES)
    return Survey(
        sorted(classes, key=lambda each: each.iri),
        sorted(properties, key=lambda each: each.iri),
        int(totals["subjects"].value),
        int(totals["objects"].value),
        dates["issued"].value if dates["issued"] else None,
        dates["modified"].value if dates["modified"] else None,
    )


def count_resources(engine: QueryEngine) -> int:
    """How many resources have a page of their own: fragments stand on the page of the whole."""
    (row,) = solutions(engine, _COUNT_RESOURCES)
    return int(row["count"].value)


def resources(engine: QueryEngine, limit: int, offset: int) -> Iterator[str]:
    """The IRIs of *limit* of those resources after the first *offset*, sorted."""
    for row in solutions(engine, _RESOURCES % (limit, offset)):
        if isinstance(row["resource"], NamedNode):
            yield row["resource"].value
