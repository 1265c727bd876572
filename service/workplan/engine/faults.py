"""Messages of an engine as sentences that a person can act on.

It may not let a traceback or a parser's inner names through.
"""

import re
from typing import Final

from workplan.model.errors import N_, BadRequest, MalformedQuery, RequestError, UnknownFunction

from .outline import undeclared_prefix
from .tokens import line_of, place_of

_MOST_EXPECTED: Final = 6
"""How many of the expected tokens are told; a parser lists up to forty."""

_LONGEST_CAUSE: Final = 200

_POSITION: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_FUNCTION: Final = re.compile(r"custom function <([^>]*)> is not supported")
_EXPECTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\[.*?\](?=, |\s*$)|[^",\[]+', re.DOTALL)
_KEYWORD: Final = re.compile(r"[A-Z]+")

_NEVER_OFFERED: Final = frozenset({"SERVICE", "LATERAL"})
"""Keywords that the parser expects and this service refuses, or that are no SPARQL 1.1."""

_REASONS: Final = {
    "The SELECT contains a variable that is unbound": N_(
        "Error a la línia %(line)s, columna %(column)s: el SELECT projecta una variable que ni s'agrupa ni s'agrega."
    ),
    "IRI parsing failed": N_(
        "Error a la línia %(line)s, columna %(column)s: aquest IRI no és vàlid, o és relatiu i la consulta no té BASE."
    ),
    "language tag parsing failed": N_(
        "Error a la línia %(line)s, columna %(column)s: aquesta etiqueta de llengua no és vàlida."
    ),
}


def from_syntax_error(message: str, text: str, lines_before: int = 0) -> RequestError:
    """The error that a parser's *message* about the query *text* means, which had *lines_before* put before it."""
    prefixed = undeclared_prefix(text)
    if prefixed:
        line, column, source = place_of(text, prefixed.start)
        return MalformedQuery(
            N_("Error a la línia %(line)s, columna %(column)s: el prefix «%(prefix)s:» no està declarat amb PREFIX."),
            line=line,
            column=column,
            source=source,
            prefix=prefixed.text.partition(":")[0],
        )
    found = _POSITION.search(message)
    if not found:
        return BadRequest(N_("El motor no entén la consulta: %(cause)s"), cause=_short(message))
    line, column = int(found[1]) - lines_before, int(found[2])
    source = line_of(text, line)
    expected = [piece.strip() for piece in _EXPECTED.findall(found[3])]
    for reason, sentence in _REASONS.items():
        if reason in expected:
            return MalformedQuery(sentence, line=line, column=column, source=source)
    cause = _readable(expected)
    if not cause:
        return MalformedQuery(
            N_("Error de sintaxi a la línia %(line)s, columna %(column)s: la consulta no pot continuar així."),
            line=line,
            column=column,
            source=source,
        )
    return MalformedQuery(
        N_("Error de sintaxi a la línia %(line)s, columna %(column)s: s'esperava %(cause)s."),
        line=line,
        column=column,
        source=source,
        cause=cause,
    )


def from_engine_error(message: str) -> RequestError:
    """The error that an engine's *message* about a query that parses means."""
    if found := _FUNCTION.search(message):
        return UnknownFunction(function=found[1])
    return BadRequest(N_("El motor no pot respondre la consulta: %(cause)s"), cause=_short(message))


def _readable(expected: list[str]) -> str:
    """The first few of the *expected* tokens, without classes of characters and inner names."""
    quoted = [piece[1:-1].replace('\\"', '"') for piece in expected if piece.startswith('"')]
    keywords = [piece for piece in expected if _KEYWORD.fullmatch(piece) and piece not in _NEVER_OFFERED]
    return " ".join([*keywords, *quoted][:_MOST_EXPECTED])


def _short(message: str) -> str:
    lines = message.strip().splitlines()
    return lines[0][:_LONGEST_CAUSE] if lines else "?"
