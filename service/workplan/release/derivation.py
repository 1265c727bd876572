"""What follows from the data by rule alone, as queries whose answers are one more graph.

It may not invent: a rule repeats in another form what the sources already say.
"""

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import NamedNode, Quad, QueryTriples, Store

from workplan.model.iris import graph_iri

DERIVED = NamedNode(graph_iri("derived"))
"""The graph that holds what the rules give."""


def derive(quads: Iterable[Quad], rules: Iterable[Path]) -> list[Quad]:
    """The statements that *rules* (files with a CONSTRUCT each) give over the union of *quads*, in one graph.

    Only those that the sources do not state already.
    """
    store = Store()
    store.extend(quads)
    stated = {quad.triple for quad in store}
    derived = set()
    for rule in sorted(rules):
        answer = store.query(rule.read_text(encoding="utf-8"), use_default_graph_as_union=True)
        if not isinstance(answer, QueryTriples):
            raise TypeError(f"{rule} is no CONSTRUCT")
        derived |= set(answer)
    return [Quad(t.subject, t.predicate, t.object, DERIVED) for t in derived - stated]
