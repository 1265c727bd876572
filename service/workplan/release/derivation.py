"""What follows from the data by rule alone, as queries whose answers are read like any other file.

A rule is a CONSTRUCT. What it gives goes to the graph ``derived``; with the header ``#+ graph: curated`` it is run once
for each plan version, held to ``?version``, and what it gives goes to that version's graph of that name.

It may not invent: a rule repeats in another form what the sources already say, or says on what it grounds a reading.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad, QueryTriples, Store, Triple

from workplan.engine.binding import bind
from workplan.model.encoding import UTF_8
from workplan.model.iris import graph_iri, version_graph_iri
from workplan.model.namespaces import NAMESPACES, WP

from .reading import Reading, Statement, Term

DERIVED: Final = NamedNode(graph_iri("derived"))
"""The graph of what a rule gives that names no other."""

_GRAPH: Final = re.compile(r"^#\+ graph: (?P<name>\S+)$", re.MULTILINE)
_TYPE: Final = NamedNode(NAMESPACES["rdf"] + "type")
_PLAN_VERSION: Final = NamedNode(WP + "PlanVersion")


def derive(quads: Iterable[Quad], rules: Iterable[Path]) -> list[Reading]:
    """What each of *rules* gives over *quads* and what the rules before it gave, as the reading of that rule's file.

    Rules run in order of file name and see the union of all graphs. A statement that stands already, wherever it
    stands, is not given again.
    """
    store = Store()
    store.bulk_extend(quads)
    known = {quad.triple for quad in store}
    readings = []
    for rule in sorted(rules, key=lambda rule: rule.name):
        given = sorted(
            (
                Quad(triple.subject, triple.predicate, triple.object, graph)
                for graph, query in _runs(rule, store)
                for triple in _answer(store, query, rule) - known
            ),
            key=str,
        )
        store.extend(given)
        known |= {quad.triple for quad in given}
        readings.append(_reading("/".join(rule.parts[-3:]), given))
    return readings


def _reading(name: str, quads: list[Quad]) -> Reading:
    """What a rule gave, as a file called *name* whose statements stand on no line."""
    lines: dict[Statement, int | None] = {}
    for subject, predicate, value, _ in quads:
        if isinstance(subject, NamedNode | BlankNode) and isinstance(value, Term):
            lines[subject, predicate, value] = None
    return Reading(name, tuple(quads), lines)


def _runs(rule: Path, store: Store) -> Iterator[tuple[NamedNode, str]]:
    """The queries that *rule* asks of *store*, each with the graph to which its answer goes."""
    text = rule.read_text(encoding=UTF_8)
    named = _GRAPH.search(text)
    if named is None:
        yield DERIVED, text
        return
    found = {quad.subject for quad in store.quads_for_pattern(None, _TYPE, _PLAN_VERSION, None)}
    for version in sorted((node for node in found if isinstance(node, NamedNode)), key=str):
        if graph := version_graph_iri(version.value, named["name"]):
            yield NamedNode(graph), bind(text, {"version": version})


def _answer(store: Store, query: str, rule: Path) -> set[Triple]:
    """The statements that *query*, of the file *rule*, gives over the union of all graphs of *store*."""
    answer = store.query(query, use_default_graph_as_union=True)
    if not isinstance(answer, QueryTriples):
        raise TypeError(f"{rule} is no CONSTRUCT")
    return set(answer)
