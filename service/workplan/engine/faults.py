"""Messages of an engine as sentences that a person can act on.

It may not let a traceback or a parser's inner names through.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Store

from workplan.model.errors import N_, BadRequest, Choice, MalformedQuery, RequestError, UnknownFunction

from .mending import with_plain_booleans
from .outline import form_of, undeclared_prefix
from .tokens import Token, line_of, place_of, tokens, unclosed_string

MOST_EXPECTED: Final = 6
"""How many of the expected words are told; a parser lists up to forty."""

_LONGEST_CAUSE: Final = 200

_LONGEST_FOUND: Final = 40
"""Characters that are told of what stands where something else should."""

_LONGEST_READ_AGAIN: Final = 10_000
"""Characters of a text that is read again and again to see what its parser expected."""

_POSITION: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_FUNCTION: Final = re.compile(r"custom function <([^>]*)> is not supported")
_EXPECTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\[.*?\](?=, |\s*$)|[^",\[]+', re.DOTALL)

_BASE_IRI: Final = "http://base.invalid/"
"""For reading again, so that relative addresses are no fault there."""

_APART: Final = " " * 32
"""More than the longest keyword.

The parser tells the place where its longest try ended, which for a keyword is so many characters past its beginning.
Tokens that stand so far apart are told apart all the same.
"""

_LONGEST_KEYWORD: Final = 16
_NO_SYMBOL: Final = "\x01"
"""Nothing begins with it, and no query has it."""

_APART_MARKS: Final = frozenset("{}().;,")
"""Marks around which there may always be space."""

_BROKEN_RULE: Final = N_(
    "Error a la línia %(line)s, columna %(column)s: fins aquí la consulta té la forma de SPARQL i en trenca alguna "
    "regla. Una variable després d'AS ha de ser nova, cada fila de VALUES ha de tenir tants valors com variables, i un "
    "node en blanc no pot aparèixer en dos grups."
)

_REASONS: Final = {
    "The SELECT contains a variable that is unbound": N_(
        "Error a la línia %(line)s, columna %(column)s: el SELECT projecta una variable que ni s'agrupa ni s'agrega."
    ),
    "The SELECT overrides an existing variable using an expression": N_(
        "Error a la línia %(line)s, columna %(column)s: la variable que segueix AS ja té un valor en aquesta consulta; "
        "doneu-li un altre nom."
    ),
    "SELECT * is not authorized with GROUP BY": N_(
        "Error a la línia %(line)s, columna %(column)s: SELECT * no es pot fer servir amb GROUP BY; anomeneu les "
        "variables."
    ),
    "IRI parsing failed": N_(
        "Error a la línia %(line)s, columna %(column)s: aquest IRI no és vàlid, o és relatiu i la consulta no té BASE."
    ),
    "language tag parsing failed": N_(
        "Error a la línia %(line)s, columna %(column)s: aquesta etiqueta de llengua no és vàlida."
    ),
}

_NAMES: Final = (
    ("}", N_("«}»")),
    (")", N_("«)»")),
    ("]", N_("«]»")),
    (".", N_("«.»")),
    (";", N_("«;»")),
    (",", N_("«,»")),
    ("SELECT", "SELECT"),
    ("ASK", "ASK"),
    ("CONSTRUCT", "CONSTRUCT"),
    ("DESCRIBE", "DESCRIBE"),
    ("WHERE", "WHERE"),
    ("{", N_("«{»")),
    ("BY", "BY"),
    ("AS", "AS"),
    ("GROUP", "GROUP BY"),
    ("ORDER", "ORDER BY"),
    ("LIMIT", "LIMIT"),
    ("OFFSET", "OFFSET"),
    ("UNDEF", "UNDEF"),
    ("?", N_("una variable")),
    ("<", N_("un IRI (<…> o prefix:nom)")),
    ("STRSTARTS", N_("una funció")),
    ('"', N_("un text entre cometes")),
    ("0", N_("un nombre")),
    ("(", N_("«(»")),
    ("&&", N_("un operador")),
    ("*", N_("«*»")),
    ("FILTER", "FILTER"),
    ("OPTIONAL", "OPTIONAL"),
    ("UNION", "UNION"),
    ("VALUES", "VALUES"),
    (":", N_("«:»")),
    ("EXISTS", "EXISTS"),
)
"""What a person calls each of the parser's tokens; what closes comes first, then what goes on, then what begins."""

_HIDDEN_BY: Final = (
    ("0", "."),
    ("=", "<"),
    ("<", ":"),
    ("&&", "*"),
)
"""A token of the first kind shows that the second is there as its beginning, or as an operator."""

_ESCAPE: Final = re.compile(r"""\\(?![tbnrf"'\\uU])""")
_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
_AT_SELECT: Final = frozenset(
    {
        "SELECT * is not authorized with GROUP BY",
        "The SELECT contains a variable that is unbound",
        "The SELECT overrides an existing variable using an expression",
    }
)
"""Reasons that the parser gives where the SELECT ends."""


@dataclass(frozen=True)
class _Fault:
    """What is wrong at the token number *index*, at *offset*.

    *reasons* are all that the parser says, sentences of its own among them; *expected* are the tokens that could stand
    there.
    """

    index: int
    offset: int
    reasons: frozenset[str]
    expected: frozenset[str]


def from_syntax_error(message: str, text: str, lines_before: int = 0) -> RequestError:
    """The error that a parser's *message* about the query *text* means, which had *lines_before* put before it."""
    opened = unclosed_string(text)
    if opened is not None:
        return _malformed(
            N_("Error a la línia %(line)s, columna %(column)s: el text que comença aquí no es tanca amb les cometes."),
            text,
            opened,
        )
    if len(text) > _LONGEST_READ_AGAIN:
        return _told_by_message(message, text, lines_before)
    read = list(tokens(with_plain_booleans(text)))
    fault = _fault(text, read)
    if fault is None:
        relative = next((t for t in read if t.kind == "iri" and not _ABSOLUTE.match(t.text)), None)
        if relative:
            return _malformed(_REASONS["IRI parsing failed"], text, relative.start)
        return _told_by_message(message, text, lines_before)
    return _told_by_rule(text, read, fault) or _told_by_expectation(text, read, fault)


def _told_by_rule(text: str, read: list[Token], fault: _Fault) -> MalformedQuery | None:
    """The rule that is broken at *fault*, where one is known."""
    prefixed = undeclared_prefix(text)
    # The parts of a broken address look like names.
    if prefixed and prefixed.start <= fault.offset and text[prefixed.start - 1] != "<":
        return _malformed(
            N_("Error a la línia %(line)s, columna %(column)s: el prefix «%(prefix)s:» no està declarat amb PREFIX."),
            text,
            prefixed.start,
            prefix=prefixed.text.partition(":")[0],
        )
    before = read[: fault.index + 1]
    address = max((token.start for token in before if token.text.startswith("<")), default=fault.offset)
    select = max((token.start for token in before if token.text.upper() == "SELECT"), default=fault.offset)
    reasons = fault.reasons
    if "}" not in fault.expected and "LIMIT" in fault.expected:
        # Of a subquery the parser forgets what was wrong with it.
        form = form_of(text)
        again = _failure(text[: form.start if form else 0] + text[select : fault.offset])
        reasons |= again[1] if again else set()
    for reason, sentence in _REASONS.items():
        if reason in reasons:
            place = select if reason in _AT_SELECT else address if reason == "IRI parsing failed" else fault.offset
            return _malformed(sentence, text, place)
    if fault.reasons == {">"}:
        return _malformed(
            N_("Error a la línia %(line)s, columna %(column)s: l'IRI que comença aquí no es tanca amb «>»."),
            text,
            address,
        )
    found = read[fault.index] if fault.index < len(read) else None
    if found and found.kind == "string" and (escape := _ESCAPE.search(found.text)):
        return _malformed(
            N_(
                "Error a la línia %(line)s, columna %(column)s: dins d'un text, després de «\\» només hi pot haver "
                "t, b, n, r, f, u, U, «\\» o unes cometes."
            ),
            text,
            found.start + escape.start(),
        )
    past = [token.text.upper() for token in before[-4:-1]]
    if past[-1:] == [")"] and past[:1] == ["AS"]:
        return _malformed(
            _REASONS["The SELECT overrides an existing variable using an expression"], text, before[-3].start
        )
    closes_well = found is not None and found.text in ("}", ")") and found.text in fault.expected
    if closes_well or "<unreported>" in fault.reasons or (found is None and not fault.expected):
        return _malformed(_BROKEN_RULE, text, fault.offset)
    return None


def _told_by_expectation(text: str, read: list[Token], fault: _Fault) -> MalformedQuery:
    """What stands at *fault* and what was expected there."""
    expected = _in_words(fault.expected)
    if fault.index == len(read):
        return _malformed(
            N_("La consulta s'acaba massa aviat, a la línia %(line)s, columna %(column)s: s'esperava %(expected)s."),
            text,
            fault.offset,
            expected=expected,
        )
    found = read[fault.index].text[:_LONGEST_FOUND]
    if not expected:
        return _malformed(
            N_(
                "Error de sintaxi a la línia %(line)s, columna %(column)s: la consulta no pot continuar amb "
                "«%(found)s»."
            ),
            text,
            fault.offset,
            found=found,
        )
    return _malformed(
        N_("Error de sintaxi a la línia %(line)s, columna %(column)s: hi ha «%(found)s» i s'esperava %(expected)s."),
        text,
        fault.offset,
        found=found,
        expected=expected,
    )


def from_engine_error(message: str) -> RequestError:
    """The error that an engine's *message* about a query that parses means."""
    if found := _FUNCTION.search(message):
        return UnknownFunction(function=found[1])
    return BadRequest(N_("El motor no pot respondre la consulta: %(cause)s"), cause=_short(message))


def _malformed(sentence: str, text: str, offset: int, **values: object) -> MalformedQuery:
    line, column, source = place_of(text, offset)
    return MalformedQuery(sentence, line=line, column=column, source=source, **values)


def _told_by_message(message: str, text: str, lines_before: int) -> RequestError:
    """What *message* alone tells: our parser finds nothing wrong, or the text is too long to read again."""
    found = _POSITION.search(message)
    if not found:
        return BadRequest(N_("El motor no entén la consulta: %(cause)s"), cause=_short(message))
    line, column = int(found[1]) - lines_before, int(found[2])
    reasons = _pieces(found[3])
    sentence = next((told for reason, told in _REASONS.items() if reason in reasons), None)
    return MalformedQuery(
        sentence or N_("Error de sintaxi a la línia %(line)s, columna %(column)s: la consulta no pot continuar així."),
        line=line,
        column=column,
        source=line_of(text, line),
    )


def _fault(text: str, read: list[Token]) -> _Fault | None:
    """What our parser finds wrong in *text*, whose tokens are *read*; None where it finds nothing."""
    spread, starts = _spread(read)
    place = _failure(spread)
    if place is None:
        return None
    at, reasons = place
    index = max((i for i, start in enumerate(starts) if start <= at), default=0)
    # Each keyword is told only where a text of its length stands in its place.
    expected = set(reasons) if starts[index] == at else set()
    for length in range(_LONGEST_KEYWORD + 1):
        again = _failure(spread[: starts[index]] + _NO_SYMBOL * length)
        if again and again[0] == starts[index] + length:
            expected |= {piece for piece in again[1] if length == 0 or len(piece) == length}
    offset = read[index].start if index < len(read) else len(text.rstrip())
    return _Fault(index, offset, frozenset(reasons), frozenset(expected))


def _spread(read: list[Token]) -> tuple[str, list[int]]:
    """*text* with its tokens *read* far apart, and where each begins now; the last is where it ends."""
    spread, starts = "", []
    end = 0
    before = ""
    for token in read:
        if token.start > end or token.text in _APART_MARKS or before in _APART_MARKS:
            spread += _APART
        starts.append(len(spread))
        spread += token.text
        end, before = token.end, token.text
    spread += _APART
    starts.append(len(spread))
    return spread, starts


def _failure(text: str) -> tuple[int, set[str]] | None:
    """The offset at which our parser gives up *text* and what it says of it; None where it does not."""
    try:
        Store().query(text, base_iri=_BASE_IRI)
    except SyntaxError as error:
        found = _POSITION.search(str(error))
        if found:
            lines = text.split("\n")
            line, column = int(found[1]), int(found[2])
            return sum(len(before) + 1 for before in lines[: line - 1]) + column - 1, _pieces(found[3])
    except (RuntimeError, ValueError, OSError):
        # Whatever else it cannot do has nothing to do with how the text is written.
        return None
    return None


def _pieces(listed: str) -> set[str]:
    """The parser's list of what it expected: symbols without their quotes, keywords, and sentences."""
    pieces = set()
    for piece in _EXPECTED.findall(listed):
        word = piece.strip()
        if word.startswith('"'):
            pieces.add(word[1:-1].replace('\\"', '"'))
        elif word.startswith("['0'"):
            pieces.add("0")
        elif word and not word.startswith("["):
            pieces.add(word)
    return pieces


def _in_words(expected: Iterable[str]) -> Choice:
    """What a person calls the *expected* tokens, the most useful first and only so many."""
    found = set(expected)
    found -= {hidden for shown, hidden in _HIDDEN_BY if shown in found}
    return Choice([name for piece, name in _NAMES if piece in found][:MOST_EXPECTED])


def _short(message: str) -> str:
    lines = message.strip().splitlines()
    return lines[0][:_LONGEST_CAUSE] if lines else "?"
