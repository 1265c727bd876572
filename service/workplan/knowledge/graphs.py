"""What a named graph holds, in outline.

It may not decide what a page shows or in which words.
"""

from dataclasses import dataclass

from pyoxigraph import NamedNode

from workplan.engine.query import QueryEngine

from .asking import resource, solutions

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
