"""JSON text as values that know where they stand, and its mistakes as sentences.

It may not know what the values mean. Python's own reader keeps no positions and speaks English only.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from math import isinf
from typing import Any, Final

from workplan.model.errors import N_, Clause, UnreadableData, printable

DEEPEST: Final = 64
"""Levels of arrays and objects within one another; a plan has five."""

_LONGEST_FOUND: Final = 40
"""Characters that are told of what stands where something else should."""

_LONGEST_VALUE: Final = 120
"""Characters that are told of a value."""

# RFC 8259, sections 2, 6 and 7.
_TOKEN: Final = re.compile(
    r"""(?P<mark>[{}\[\]:,])
    |(?P<string>"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*")
    |(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    |(?P<word>true|false|null)
    |(?P<end>\Z)""",
    re.VERBOSE,
)
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_WORDS: Final = {"true": True, "false": False, "null": None}
_FOUND: Final = re.compile(r"[^\s{}\[\]:,\"]+|.", re.DOTALL)
_TURTLE: Final = re.compile(r"@(?:base|prefix)\b|(?:BASE|PREFIX)\s|<[^>]*>|#")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

Place = tuple[int, int]
"""A line and a column, from one."""


class Object(dict[str, Any]):
    """A JSON object that stands at the line and column *at*; *keys_at* and *values_at* tell of its members."""

    def __init__(self, at: Place) -> None:
        super().__init__()
        self.at = at
        self.keys_at: dict[str, Place] = {}
        self.values_at: dict[str, Place] = {}


class Array(list[Any]):
    """A JSON array; *items_at* tells where each item stands."""

    def __init__(self) -> None:
        super().__init__()
        self.items_at: list[Place] = []


class Number(float):
    """A number with a fraction or an exponent; *text* is how it is written."""

    text: str


def parse(text: str, name: str) -> Any:
    """The value that *text* of the file called *name* holds, its objects and arrays as ``Object`` and ``Array``.

    Raises UnreadableData with line and column: where it is no JSON, where a key is there twice, and beyond DEEPEST.
    """
    return _Parser(text, name).parse()


class _Parser:
    """One text and how far it has been read."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._kind: str | None = None
        self._written = ""
        self._at = self._next = 0

    def parse(self) -> Any:
        if not self._text.strip():
            raise UnreadableData(N_("No s'ha pogut llegir %(path)s: el fitxer és buit."), path=self._name)
        self._advance()
        if _TURTLE.match(self._text, self._at):
            raise self.fault(N_("el text sembla Turtle; deseu-lo en un fitxer acabat en .ttl"))
        value = self._value(1)
        if self._kind != "end":
            raise self._expected(N_("el final del fitxer"))
        return value

    def _advance(self) -> None:
        """Read the next token, whatever it is."""
        space = _SPACE.match(self._text, self._next)
        self._at = space.end() if space else self._next
        match = _TOKEN.match(self._text, self._at)
        self._kind = match.lastgroup if match else None
        self._written = match[0] if match else ""
        self._next = match.end() if match else self._at

    def _value(self, depth: int) -> Any:
        """The value that begins at the token read last."""
        if depth > DEEPEST:
            raise self.fault(
                N_("hi ha més de %(limit)s nivells d'objectes i llistes uns dins dels altres"), limit=DEEPEST
            )
        kind, written = self._kind, self._written
        if written == "{":
            return self._object(depth)
        if written == "[":
            return self._array(depth)
        if kind == "string":
            value: Any = self._string()
        elif kind == "number":
            value = self._number()
        elif kind == "word":
            value = _WORDS[written]
        else:
            raise self._expected(N_("un valor: un text entre cometes, un nombre, una llista o un objecte"))
        self._advance()
        return value

    def _object(self, depth: int) -> Object:
        found = Object(self._place())
        self._advance()
        while self._written != "}":
            if self._kind == "number" and type(last := next(reversed(found.values()), None)) is int:
                written = f"{last}.{self._written}"
                raise self.fault(
                    N_('els decimals s\'escriuen amb un punt i no amb una coma: "%(found)s"'), found=written
                )
            if self._kind != "string":
                raise self._expected(N_("una clau entre cometes dobles"))
            key, key_at = self._string(), self._place()
            if key in found:
                raise self.fault(N_("la clau «%(key)s» és dues vegades al mateix objecte; deixeu-n'hi una"), key=key)
            self._advance()
            self._take(":", N_("dos punts després de la clau"))
            found.keys_at[key], found.values_at[key] = key_at, self._place()
            found[key] = self._value(depth + 1)
            self._separate("}", N_("una coma o «}»"))
        self._advance()
        return found

    def _array(self, depth: int) -> Array:
        found = Array()
        self._advance()
        while self._written != "]":
            found.items_at.append(self._place())
            found.append(self._value(depth + 1))
            self._separate("]", N_("una coma o «]»"))
        self._advance()
        return found

    def _separate(self, closing: str, expected: str) -> None:
        """Go over the comma before the next member; *closing* may not follow it."""
        if self._written == closing:
            return
        at = self._at
        self._take(",", expected)
        if self._written == closing:
            self._at = at
            raise self.fault(N_("sobra la coma: darrere seu no hi ve res més"))

    def _take(self, mark: str, expected: str) -> None:
        if self._kind != "mark" or self._written != mark:
            raise self._expected(expected)
        self._advance()

    def _string(self) -> str:
        try:
            value: str = json.loads(self._written)
        except ValueError:
            raise self.fault(
                N_("hi ha una barra inversa que no escriu cap caràcter; una barra sola s'escriu «\\\\»")
            ) from None
        if _SURROGATE.search(value):
            raise self.fault(N_("el text conté mig caràcter (\\ud800 a \\udfff)"))
        return value

    def _number(self) -> int | Number:
        if self._written.lstrip("-").isdigit():
            if len(self._written) > _LONGEST_FOUND:
                raise self.fault(N_("el nombre té massa xifres"))
            return int(self._written)
        number = Number(self._written)
        if isinf(number):
            raise self.fault(N_("el nombre té massa xifres"))
        number.text = self._written
        return number

    def _place(self) -> Place:
        line = bisect_right(self._starts, self._at)
        return line, self._at - self._starts[line - 1] + 1

    def fault(self, cause: str, **values: Any) -> UnreadableData:
        """The error that *cause* is, where the token read last begins."""
        return fault(self._name, self._place(), cause, values)

    def _expected(self, expected: str) -> UnreadableData:
        """What was *expected* instead of the token read last."""
        if self._kind == "end":
            return self.fault(N_("el fitxer s'acaba aquí i s'esperava %(expected)s"), expected=expected)
        rest = self._text[self._at :]
        if rest.startswith('"') and self._kind is None:
            return self.fault(N_("el text entre cometes no es tanca a la mateixa línia"))
        if rest.startswith(("“", "”", "‘", "’", "«")):
            return self.fault(N_('hi ha cometes corbes; els textos van entre cometes rectes: "'))
        if rest.startswith(("//", "/*", "#")):
            return self.fault(N_("JSON no té comentaris; traieu aquest"))
        found = self._written if self._kind else _FOUND.findall(rest[:_LONGEST_FOUND])[0]
        return self.fault(
            N_("hi ha «%(found)s» i s'esperava %(expected)s"), expected=expected, found=found[:_LONGEST_FOUND]
        )


def fault(name: str, at: Place, cause: str, values: Mapping[str, Any]) -> UnreadableData:
    """The error that *cause* is, *at* a place of the file called *name*; *values* are shown as one short line."""
    shown = {
        key: printable(value)[:_LONGEST_VALUE] if isinstance(value, str) else value for key, value in values.items()
    }
    line, column = at
    return UnreadableData(path=name, line=line, column=column, cause=Clause(cause, shown))
