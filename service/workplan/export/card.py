"""The picture that other sites show of a page when someone shares its address: what it is about, in a few words.

Drawn as SVG with a font that the drawing program brings along, so that it is the same on any machine. Whatever the
words hold stays text. It may not know pages or requests.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from xml.etree import ElementTree as ET

from .drawing import DRAWER, SCALE
from .palette import LIGHT
from .svg import written

WIDTH: Final = 1200
HEIGHT: Final = 630
"""Pixels of the picture, the size that sites ask for (https://ogp.me)."""

FONT: Final = "Liberation Sans"
"""What vl-convert brings along; it draws nothing of a font that it does not find."""

LONGEST: Final = 400
"""Characters of a title that are looked at: no picture holds more."""

_SVG: Final = "{http://www.w3.org/2000/svg}"
_UNIT: Final = 1 / SCALE
_MARGIN: Final = 72
_SIZES: Final = ((68, 3), (56, 4), (46, 5))
"""The size of a title's letters and the lines that fit, the largest first."""

_ABOVE: Final = 190
_BELOW: Final = 560
"""Between which heights the title stands."""

_NARROW: Final = frozenset("fijlrtI.,:;'’|!·()[]-/ ")
_WIDE: Final = frozenset("mwMWQOGŒœÆæ@%&—…")


@dataclass(frozen=True)
class Card:
    """What a picture says: the *site*, what *kind* of thing it is with its *code*, its *title*, and *foot*."""

    site: str
    kind: str
    code: str
    title: str
    foot: str

    @property
    def name(self) -> str:
        """What the picture says, for those who cannot see it."""
        return ". ".join(filter(None, (" ".join(filter(None, (self.kind, self.code))), self.title, self.site)))

    def png(self) -> bytes:
        """The picture. Raises ServiceBusy or DrawingFailed."""
        return DRAWER.png(self.svg())

    def svg(self) -> str:
        """The picture as a drawing."""
        root = ET.Element(
            _SVG + "svg",
            {
                "width": _units(WIDTH),
                "height": _units(HEIGHT),
                "viewBox": f"0 0 {WIDTH} {HEIGHT}",
                "font-family": FONT,
            },
        )
        _rectangle(root, 0, 0, WIDTH, HEIGHT, LIGHT.ground)
        _rectangle(root, 0, 0, 20, HEIGHT, LIGHT.series[0])
        room = WIDTH - 2 * _MARGIN
        _words(root, _MARGIN, 84, _cut(_plain(self.site), 30, room), 30, LIGHT.quiet, is_bold=True)
        _words(root, _MARGIN, 142, _cut(_plain(" ".join((self.kind, self.code))), 30, room), 30, LIGHT.series[0])
        size, lines = _fitted(_plain(self.title), room)
        step = size * 1.2
        top = _ABOVE + (_BELOW - _ABOVE - step * len(lines)) / 2 + size * 0.85
        for place, line in enumerate(lines):
            _words(root, _MARGIN, round(top + place * step), line, size, LIGHT.ink, is_bold=True)
        _words(root, _MARGIN, HEIGHT - 40, _cut(_plain(self.foot), 24, room), 24, LIGHT.quiet)
        return written(root)


def _units(pixels: float) -> str:
    return f"{pixels * _UNIT:g}"


def _rectangle(root: ET.Element, x: int, y: int, width: int, height: int, color: str) -> None:
    places = {"x": x, "y": y, "width": width, "height": height}
    ET.SubElement(root, _SVG + "rect", {"fill": color, **{name: str(value) for name, value in places.items()}})


def _words(root: ET.Element, x: int, y: int, text: str, size: int, color: str, *, is_bold: bool = False) -> None:
    weight = {"font-weight": "700"} if is_bold else {}
    element = ET.SubElement(
        root, _SVG + "text", {"x": str(x), "y": str(y), "font-size": str(size), "fill": color, **weight}
    )
    element.text = text


def _plain(text: str) -> str:
    """*text* on one line, without characters that draw nothing or turn the others round."""
    kept = (" " if character.isspace() else character for character in text[:LONGEST])
    return " ".join("".join(c for c in kept if unicodedata.category(c)[0] != "C").split())


def _fitted(text: str, room: float) -> tuple[int, list[str]]:
    """The largest size at which *text* fits in its lines, and these; at the smallest it is cut."""
    for size, most in _SIZES:
        lines = _wrapped(text, size, room)
        if len(lines) <= most:
            return size, lines
    size, most = _SIZES[-1]
    lines = _wrapped(text, size, room)[:most]
    return size, [*lines[:-1], _cut(lines[-1] + "…", size, room)]


def _wrapped(text: str, size: int, room: float) -> list[str]:
    """*text* in lines of *room*, parted between words; a longer word is parted anywhere."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if _width(longer, size) <= room:
            lines[-1] = longer
            continue
        rest = word
        if lines[-1]:
            lines.append("")
        while _width(rest, size) > room:
            part = _head(rest, size, room)
            lines[-1:] = [part, ""]
            rest = rest[len(part) :]
        lines[-1] = rest
    return lines


def _cut(text: str, size: int, room: float) -> str:
    """*text*, or its beginning and three dots where it is longer than *room*."""
    if _width(text, size) <= room:
        return text
    return _head(text, size, room - _width("…", size)).rstrip("… ") + "…"


def _head(text: str, size: int, room: float) -> str:
    """The beginning of *text* that fits in *room*, one character at least."""
    end = 1
    while end < len(text) and _width(text[: end + 1], size) <= room:
        end += 1
    return text[:end]


def _width(text: str, size: int) -> float:
    """The width of *text* at *size*, as if its letters were bold: rather too much than too little."""
    return size * sum(map(_em, text))


@lru_cache(maxsize=4096)
def _em(character: str) -> float:
    """The width of *character*, in letters' sizes: groups that hold each letter of the bold font."""
    if unicodedata.east_asian_width(character) in "WF":
        return 1.1
    base = unicodedata.normalize("NFD", character)[0]
    if base in _NARROW:
        return 0.39 if base != " " else 0.28
    if base in _WIDE:
        return 1.0
    return 0.74 if base.isupper() else 0.62
