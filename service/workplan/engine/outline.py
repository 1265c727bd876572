"""What can be told of a query without parsing it: its form and, of a SELECT, its variables.

It may not run a query.
"""

import re
from collections.abc import Iterator, Set
from functools import lru_cache
from typing import Final

from workplan.model.errors import N_, MalformedQuery

from .query import Kind
from .tokens import Token, place_of, tokens

LONGEST_PROLOGUE: Final = 32 * 1024
"""Characters within which a query has to say what it does, plain prefixes aside: others wait while this is read."""

_KINDS: Final = {
    "SELECT": Kind.SOLUTIONS,
    "ASK": Kind.BOOLEAN,
    "CONSTRUCT": Kind.GRAPH,
    "DESCRIBE": Kind.GRAPH,
}

# Parsers need no space between a keyword and what follows (`PREFIXex:<…>`, `DESCRIBEex:a`), so keywords are prefixes.
_DECLARATION: Final = re.compile(r"BASE$|VERSION$|PREFIX$|PREFIX.*:$", re.IGNORECASE | re.DOTALL)
# What most queries begin with; reading that token by token costs as much as a small query does.
_PLAIN_PREFIXES: Final = re.compile(
    r"(?:[ \t\r\n]*+PREFIX[ \t\r\n]++[A-Z][A-Z0-9]*+:[ \t\r\n]*+<[^\x00-\x20<>\"{}|^`\\]*+>)*+", re.IGNORECASE
)
_QUERY: Final = re.compile(r"SELECT|ASK|CONSTRUCT|DESCRIBE", re.IGNORECASE)
_UPDATE: Final = re.compile(r"INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH", re.IGNORECASE)


def kind_of(text: str) -> Kind:
    """The kind of answer that the query *text* asks for. Raises MalformedQuery where its form cannot be told."""
    token = form_of(text)
    found = _QUERY.match(token.text) if token else None
    if not found:
        line, column, source = place_of(text, token.start if token else min(len(text), LONGEST_PROLOGUE))
        raise MalformedQuery(
            N_("Error de sintaxi a la línia %(line)s, columna %(column)s: s'esperava %(cause)s."),
            line=line,
            column=column,
            source=source,
            cause=", ".join(["PREFIX", "BASE", *_KINDS]),
        )
    return _KINDS[found[0].upper()]


def is_update(text: str) -> bool:
    """Whether *text* is a SPARQL Update request, ``LOAD`` included."""
    token = form_of(text)
    return bool(token and _UPDATE.match(token.text))


@lru_cache(maxsize=8)  # each query's form is asked for by the guard, by its kind and by its dataset
def form_of(text: str) -> Token | None:
    """The first token after the prologue: the one that says what the request does."""
    plain = _PLAIN_PREFIXES.match(text)
    start = plain.end() if plain else 0
    rest = tokens(text[: start + LONGEST_PROLOGUE], start)
    for token in rest:
        if token.kind not in ("word", "name") or not _DECLARATION.match(token.text):
            return token
        _skip_declaration(token, rest)
    return None


def projected(text: str) -> Set[str] | None:
    """The variables of the answer to the SELECT *text*, without ``?``; None of ``SELECT *`` and of other forms."""
    form = form_of(text)
    if form is None or not form.text.upper().startswith("SELECT"):
        return None
    names, depth, before = set(), 0, ""
    for token in tokens(text, form.end):
        if depth == 0 and (token.text == "{" or token.text.upper() in ("WHERE", "FROM")):
            break
        if token.text == "*" and depth == 0:
            return None
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(token.text, 0)
        if token.kind == "variable" and (depth == 0 or (depth == 1 and before == "AS")):
            names.add(token.text[1:])
        before = token.text.upper()
    return names


def namespaces_of(text: str) -> dict[str, str]:
    """The namespaces that the prologue of *text* declares, by prefix."""
    form = form_of(text)
    read = list(tokens(text[: form.start])) if form else []
    return {
        name.text.removesuffix(":"): iri.text[1:-1]
        for word, name, iri in zip(read, read[1:], read[2:], strict=False)
        if word.text.upper() == "PREFIX" and name.kind == "name" and iri.kind == "iri"
    }


def _skip_declaration(token: Token, rest: Iterator[Token]) -> None:
    if token.text.upper() == "PREFIX":
        next(rest, None)
    next(rest, None)


def undeclared_prefix(text: str) -> Token | None:
    """The first prefixed name whose prefix the prologue of *text* does not declare."""
    declared: set[str] = set()
    before = ""
    for token in tokens(text):
        if token.kind == "name":
            prefix = token.text.partition(":")[0]
            if before.upper() == "PREFIX":
                declared.add(prefix)
            elif prefix.upper().startswith("PREFIX"):
                declared.add(prefix[len("PREFIX") :])
            elif prefix not in declared:
                return token
        before = token.text
    return None
