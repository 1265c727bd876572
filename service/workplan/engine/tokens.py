"""SPARQL text as tokens: enough to tell code from strings, comments, IRIs and names.

It may not judge a query: the guard does.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final, NamedTuple

# Character classes of SPARQL 1.1, section 19.8, productions 164 to 167.
_BASE: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME: Final = _BASE + "_0-9\u00b7\u0300-\u036f\u203f\u2040"
_CODEPOINT: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_LOCAL: Final = rf"(?:[{_NAME}:-]|%[0-9A-Fa-f]{{2}}|\\[_~.!$&'()*+,;=/?#@%-])"

# Possessive repetitions, and words that take their dots with them, keep hostile texts linear.
_TOKEN: Final = re.compile(
    rf"""
    (?P<space>[\ \t\r\n]++)
  | (?P<comment>\#)
  | (?P<string>'''(?:'{{0,2}}(?:[^'\\]|\\.))*+''' | \"\"\"(?:"{{0,2}}(?:[^"\\]|\\.))*+\"\"\"
      | '(?:[^'\\\r\n]|\\.)*+' | "(?:[^"\\\r\n]|\\.)*+")
  | (?P<iri><(?:[^\x00-\x20<>"{{}}|^`\\]|{_CODEPOINT})*+>)
  | (?P<variable>[?$][{_NAME}]++)
  | (?P<blank>_:[{_NAME}-]++(?:\.++[{_NAME}-]++)*+)
  | (?P<number>(?:[0-9]+\.[0-9]*[eE][+-]?[0-9]+|\.?[0-9]+[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+))
  | (?P<name>(?:[{_BASE}](?:[{_NAME}.-]*[{_NAME}-])?)?:(?:{_LOCAL}++(?:\.++{_LOCAL}++)*+)?+)
  | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?+)
  | (?P<word>[{_NAME}]++(?:[.-]++[{_NAME}]++)*+)
  | (?P<broken>['"])
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)

_NOTHING: Final = re.compile(r"(?:[ \t\r\n]++|#[^\r\n]*+)*+")
"""White space and comments."""


class Token(NamedTuple):
    """A piece of a query: its *kind* is the name of the rule above that it fits, *start* its offset."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset of what follows."""
        return self.start + len(self.text)


class Lexer:
    """Reads the tokens of *text* from any offset.

    It keeps where lines end, so that a comment costs the same however long it is and however often it is read.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _line_ends(self) -> Sequence[int]:
        return [found.start() for found in re.finditer(r"[\r\n]", self.text)]

    def token_at(self, offset: int) -> Token | None:
        """The first token at or after *offset* that is not white space or a comment.

        None at the end, and where a quote opens a string that does not end: no parser can go on from there.
        """
        while found := _TOKEN.match(self.text, offset):
            match found.lastgroup:
                case "space":
                    offset = found.end()
                case "comment":
                    offset = self._end_of_line(offset)
                case "broken":
                    return None
                case kind:
                    return Token(str(kind), found[0], found.start())
        return None

    def _end_of_line(self, offset: int) -> int:
        index = bisect_left(self._line_ends, offset)
        return self._line_ends[index] if index < len(self._line_ends) else len(self.text)


def tokens(text: str, offset: int = 0) -> Iterator[Token]:
    """The tokens of *text* from *offset* on, in order; whatever can be read as an IRI is one."""
    lexer = Lexer(text)
    while token := lexer.token_at(offset):
        yield token
        offset = token.end


def every_token(lexer: Lexer) -> Iterator[Token]:
    """Every token of every reading of a text, with ``<`` as the start of an IRI and as "less than" as well.

    Each offset is read once, so that the work stays linear.
    """
    pending, seen = [0], set[int]()
    while pending:
        token = lexer.token_at(pending.pop())
        if token and token.start not in seen:
            seen.add(token.start)
            yield token
            pending.append(token.end)
            if token.kind == "iri":
                pending.append(token.start + 1)


def unclosed_string(text: str) -> int | None:
    """The offset of a quote in *text* that opens a string which does not end; None where there is none."""
    lexer = Lexer(text)
    offset = 0
    while token := lexer.token_at(offset):
        offset = token.end
    rest = _NOTHING.match(text, offset)
    return rest.end() if rest and rest.end() < len(text) else None


def resolve_codepoints(text: str) -> str:
    r"""*text* with ``\uXXXX`` and ``\UXXXXXXXX`` replaced (https://www.w3.org/TR/sparql11-query/#codepointEscape)."""
    if "\\" not in text:
        return text
    return re.sub(_CODEPOINT, lambda m: _character(int(m[0][2:], 16)) or m[0], text)


def _character(codepoint: int) -> str | None:
    is_scalar = codepoint <= 0x10FFFF and not 0xD800 <= codepoint <= 0xDFFF
    return chr(codepoint) if is_scalar else None


def place_of(text: str, offset: int) -> tuple[int, int, str]:
    """Line and column of *offset*, both from 1, and the line itself."""
    before = text[:offset]
    line = before.count("\n") + 1
    column = offset - (before.rfind("\n") + 1) + 1
    return line, column, line_of(text, line)


def line_of(text: str, line: int) -> str:
    """The line number *line* of *text*, from 1, without its end; empty past the last."""
    lines = text.split("\n")
    return lines[line - 1].rstrip("\r") if 0 < line <= len(lines) else ""
