"""The union of graphs as a set: what several of them say stands in it once (SPARQL 1.1 Query, section 13.1).

pyoxigraph's own union, and its ``FROM`` of several graphs, give a statement once for each graph that holds it, and so
rows and counts that are too high. It may not ask a query.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store

from workplan.model.errors import N_, StoreError


@dataclass(frozen=True)
class Dataset:
    """A *store* of named graphs, and their *union* as a store of its own.

    Where there is no *union* no two of the graphs say the same, and pyoxigraph's own union is right. Else it is the
    default graph of *store* too, for queries that name graphs as well; all others are quicker over the union alone.
    """

    store: Store
    union: Store | None


def loaded(path: Path) -> Dataset:
    """The quads in the file at *path*, of which the default graph is the union."""
    store = Store()
    store.bulk_load(path=path, format=RdfFormat.from_extension(path.suffix.removeprefix(".")))
    is_all_named = next(store.quads_for_pattern(None, None, None, DefaultGraph()), None) is None
    if path.suffix == ".nq" and is_all_named and not _has_repetitions(path):
        return Dataset(store, None)
    union = Store()
    union.bulk_extend(_by_default(store))
    return Dataset(united(store), union)


def ensure_digest(path: Path, digest: str) -> None:
    """Raise StoreError unless the SHA-256 of the file at *path* is *digest*, in hexadecimal digits."""
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise StoreError(N_("El fitxer %(name)s no és com es va escriure."), name=path.name)


def united(store: Store) -> Store:
    """*store* itself, whose default graph then holds what its graphs hold."""
    store.bulk_extend(_by_default(store))
    return store


def merged(store: Store, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> Store:
    """A store of the *named graphs* of *store*, with its *default graphs* united as the default one."""
    found = Store()
    for graph in default_graphs:
        found.bulk_extend(_by_default(_quads_in(store, graph)))
    for graph in named_graphs:
        found.bulk_extend(_quads_in(store, graph))
    return found


def _has_repetitions(path: Path) -> bool:
    """Whether a statement stands in several graphs of the N-Quads at *path*; its lines are written alike then."""
    seen: set[int] = set()
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            statement, _, graph = line.rpartition(b" <")
            if not graph.endswith(b"> .\n"):
                # It is not written as a release is.
                return True
            # A number takes less room; two that happen to be equal cost a union that was not needed.
            seen.add(hash(statement))
            if len(seen) < number:
                return True
    return False


def _by_default(quads: Iterable[Quad]) -> Iterator[Quad]:
    return (Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)


def _quads_in(store: Store, graph: str) -> Iterator[Quad]:
    return store.quads_for_pattern(None, None, None, NamedNode(graph))
