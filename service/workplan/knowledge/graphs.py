"""Which named graphs there are and what one holds, whole or in outline.

It may not decide what a page shows or in which words.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from workplan.engine.query import QueryEngine, QueryRequest
from workplan.model.formats import N_TRIPLES

from .asking import resource, solutions

_SIZES = "SELECT ?graph (COUNT(*) AS ?triples) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"

_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?graph { ?s ?p ?o } }"

_UNION = "CONSTRUCT WHERE { ?s ?p ?o }"

_SUBJECTS = """
SELECT ?this ?subject (COUNT(*) AS ?triples)
WHERE {
  GRAPH ?this { ?subject ?property ?value }
}
GROUP BY ?this ?subject
"""


@dataclass(frozen=True)
class GraphOutline:
    """The number of *triples* of a graph and the IRIs that they are about, sorted."""

    triples: int
    subjects: list[str]


def outline(engine: QueryEngine, iri: str) -> GraphOutline | None:
    """The graph *iri* in outline; None where the data hold no such graph."""
    rows = [(row["subject"], int(row["triples"].value)) for row in solutions(engine, _SUBJECTS, this=resource(iri))]
    if not rows:
        return None
    subjects = sorted(subject.value for subject, _ in rows if isinstance(subject, NamedNode))
    return GraphOutline(sum(triples for _, triples in rows), subjects)


def graph_sizes(engine: QueryEngine) -> Mapping[str, int]:
    """The number of triples of each named graph, by its IRI, sorted."""
    rows = [(row["graph"], int(row["triples"].value)) for row in solutions(engine, _SIZES)]
    return dict(sorted((graph.value, triples) for graph, triples in rows if isinstance(graph, NamedNode)))


def statements(engine: QueryEngine, graph: str | None) -> bytes:
    """The triples of the named graph *graph*, or of the union of all where it is None, as N-Triples.

    Raises UnknownResource where *graph* is no IRI.
    """
    if graph is None:
        return engine.run(QueryRequest(_UNION), N_TRIPLES).body
    return engine.run(QueryRequest(_GRAPH, bindings={"graph": resource(graph)}), N_TRIPLES).body
