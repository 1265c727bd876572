"""The union of graphs as a set: what several of them say stands in it once (SPARQL 1.1 Query, section 13.1).

pyoxigraph's own union, and its ``FROM`` of several graphs, give a statement once for each graph that holds it, and so
rows and counts that are too high. It may not ask a query.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store


def loaded(path: Path) -> Store:
    """The quads in the file at *path*, with their union as the default graph."""
    store = Store()
    store.bulk_load(path=path, format=RdfFormat.from_extension(path.suffix.removeprefix(".")))
    return united(store)


def united(store: Store) -> Store:
    """*store* itself, whose default graph then holds what its graphs hold."""
    store.bulk_extend(_by_default(store.quads_for_pattern(None, None, None, None)))
    return store


def merged(store: Store, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> Store:
    """A store of the *named graphs* of *store*, with its *default graphs* united as the default one."""
    found = Store()
    for graph in default_graphs:
        found.bulk_extend(_by_default(_quads_in(store, graph)))
    for graph in named_graphs:
        found.bulk_extend(_quads_in(store, graph))
    return found


def _by_default(quads: Iterator[Quad]) -> Iterator[Quad]:
    return (Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)


def _quads_in(store: Store, graph: str) -> Iterator[Quad]:
    return store.quads_for_pattern(None, None, None, NamedNode(graph))
