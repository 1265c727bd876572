"""Which graphs a query asks of, and whether they are here.

A graph that the data do not hold would have to be fetched from its address, which no query may bring about; an answer
over nothing would look like one over that graph. It may not fetch anything.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from pyoxigraph import NamedNode, QuerySolutions, Store

from workplan.model.errors import N_, QueryRefused

from .outline import form_of
from .query import QueryRequest
from .tokens import tokens

_FROM: Final = re.compile("from", re.IGNORECASE)
"""A text without it need not be read."""


def check_dataset(request: QueryRequest, holds: Callable[[str], bool]) -> None:
    """Raise QueryRefused where *request* names a graph that the store does not hold, as *holds* tells.

    What the request names overrides what its text names (SPARQL 1.1 Protocol, section 2.1.4). Raises SyntaxError
    where the text cannot be read.
    """
    asked = (*request.default_graphs, *request.named_graphs) or graphs_named(request.text, request.base_iri)
    for iri in asked:
        if not holds(iri):
            raise QueryRefused(
                N_(
                    "El graf <%(graph)s> no és en aquestes dades i no s'anirà a buscar enlloc; els que hi ha són a la "
                    "descripció del servei: /sparql amb «Accept: text/turtle»."
                ),
                graph=iri[:200],
            )


def graphs_named(text: str, base_iri: str | None = None) -> list[str]:
    """The IRIs of the graphs that *text* names with ``FROM`` and ``FROM NAMED``, in order.

    Prefixed names and relative IRIs are resolved by the engine's own parser. Raises SyntaxError where it cannot.
    """
    sources = list(_sources(text)) if _FROM.search(text) else []
    form = form_of(text) if sources else None
    if form is None:
        return []
    probe = f"{text[: form.start]} SELECT ?graph {{ VALUES ?graph {{ {' '.join(sources)} }} }}"
    rows = Store().query(probe, base_iri=base_iri)
    if not isinstance(rows, QuerySolutions):
        raise TypeError("a SELECT was expected")
    return [graph.value for (graph,) in rows if isinstance(graph, NamedNode)]


def _sources(text: str) -> Iterator[str]:
    """What stands after each ``FROM`` and ``FROM NAMED`` of *text*; as words, they stand nowhere else in a query."""
    is_expected = False
    for token in tokens(text):
        if token.kind == "word" and token.text.upper().startswith("FROM"):
            is_expected = True
        elif is_expected and token.kind in ("iri", "name"):
            yield token.text
            is_expected = False
        else:
            is_expected = is_expected and token.text.upper() == "NAMED"
