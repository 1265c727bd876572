"""Which graphs a query asks of, and whether they are here.

A graph that the data do not hold would have to be fetched from its address, which no query may bring about; an answer
over nothing would look like one over that graph. It may not fetch anything.
"""

import re
from collections.abc import Callable, Iterator, Set
from typing import Final

from pyoxigraph import NamedNode, QuerySolutions, Store

from workplan.model.errors import N_, QueryRefused

from .outline import form_of
from .query import QueryRequest
from .tokens import tokens

_FROM: Final = re.compile("from", re.IGNORECASE)
"""A text without it need not be read."""

_FROM_WORD: Final = re.compile("(?:ASK)?FROM", re.IGNORECASE)
_NAMED: Final = re.compile("^NAMED", re.IGNORECASE)


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

    Raises SyntaxError where they cannot be read.
    """
    return [iri for iri, _ in _graphs(text, base_iri)]


def merged_graphs(text: str, base_iri: str | None = None) -> tuple[list[str], list[str]] | None:
    """The IRIs of the graphs that *text* names with ``FROM``, if it names several, and those with ``FROM NAMED``.

    Raises SyntaxError where they cannot be read.
    """
    if not _FROM.search(text) or sum(not is_named for _, is_named in _sources(text)) < 2:
        return None
    graphs = _graphs(text, base_iri)
    return [iri for iri, is_named in graphs if not is_named], [iri for iri, is_named in graphs if is_named]


def _graphs(text: str, base_iri: str | None) -> list[tuple[str, bool]]:
    """Each graph of *text* by its IRI, and whether it is a named one.

    Prefixed names and relative IRIs are resolved by the engine's own parser. Raises SyntaxError where it cannot.
    """
    sources = list(_sources(text)) if _FROM.search(text) else []
    form = form_of(text) if sources else None
    if form is None:
        return []
    listed = " ".join(source for source, _ in sources)
    rows = Store().query(f"{text[: form.start]} SELECT ?graph {{ VALUES ?graph {{ {listed} }} }}", base_iri=base_iri)
    if not isinstance(rows, QuerySolutions):
        raise TypeError("a SELECT was expected")
    iris = [graph.value for (graph,) in rows if isinstance(graph, NamedNode)]
    return list(zip(iris, (is_named for _, is_named in sources), strict=True))


def names_dataset(text: str) -> bool:
    """Whether *text* has a ``FROM`` or ``FROM NAMED`` of its own."""
    # Nearly no text has the word, and reading all tokens of one costs as much as answering a small query.
    return bool(_FROM.search(text)) and next(_sources(text), None) is not None


def _sources(text: str) -> Iterator[tuple[str, bool]]:
    """What stands after each ``FROM`` of *text*, and whether it is ``FROM NAMED``; they stand nowhere else in a query.

    A parser needs no space after them, so that a prefixed name may begin with them. It is read so where its prefix is
    not declared, or where no name of its own can stand: between ``SELECT`` or ``ASK`` and the first brace.
    """
    form = form_of(text)
    if form is None:
        return
    declared = _declared(text, form.start)
    is_clause_alone = form.text.upper().startswith(("SELECT", "ASK"))
    is_expected, is_named, depth = False, False, 0
    for token in tokens(text):
        if token.start < form.start:
            continue
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        is_clause_alone = is_clause_alone and token.text != "{"
        prefix = token.text.partition(":")[0]
        if token.kind == "word" and _FROM_WORD.match(token.text):
            is_expected, is_named = True, token.text.upper().endswith("NAMED")
        elif is_expected and token.kind in ("iri", "name"):
            source = token.text if prefix in declared or token.kind == "iri" else _NAMED.sub("", token.text)
            yield source, is_named or source != token.text
            is_expected = False
        elif (
            token.kind == "name"
            and (glued := _FROM_WORD.match(prefix))
            and (prefix not in declared or (is_clause_alone and depth == 0))
        ):
            name = token.text[glued.end() :]
            source = name if name.partition(":")[0] in declared else _NAMED.sub("", name)
            yield source, source != name
        else:
            is_expected = is_named = is_expected and token.text.upper() == "NAMED"


def _declared(text: str, end: int) -> Set[str]:
    """The prefixes that the prologue of *text* declares, which ends at *end*."""
    declared, before = set(), ""
    for token in tokens(text[:end]):
        if token.kind == "name":
            prefix = token.text.partition(":")[0]
            declared.add(prefix if before.upper() == "PREFIX" else prefix[len("PREFIX") :])
        before = token.text
    return declared
