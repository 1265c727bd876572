"""How high a frame has to be for a table to stand in it whole.

An estimate: a frame's height is written down before anyone knows its fonts and its width. It follows the style sheet of
embeds and the way in which browsers lay tables out (CSS 2.2, section 17.5.2.2). Pure: it asks nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from .result import MISSING, ShownCell, TableView

WIDE: Final = 640
"""Pixels of a frame whose site does not say how wide it may be."""

NARROW: Final = 320
"""Pixels of a frame on a small telephone, within the margins of its page."""

MOST_WIDE: Final = 1_000
"""Pixels up to which a frame grows with its table: a longer one scrolls within the frame."""

MOST_NARROW: Final = 2_000
"""The same on a telephone, where all that is read is long, and a box that scrolls is a trap for thumbs."""

_STEP: Final = 20

_SLACK: Final = 1.05
"""What other fonts may add."""

_MARGINS: Final = 40
"""Pixels of a page beside what stands in it, on a telephone."""

# Of embed.css, in pixels.
_AROUND, _GAP = 32, 10
_TITLE, _TEXT, _CELL, _HEAD, _FOOT = 24.0, 24.0, 22.8, 21.2, 20.4
_LEAST_TABLE, _SCROLLBAR = 178, 16
_CAPTION_SIDES, _CELL_ENDS, _BULLET = 24, 13.8, 18
_TELEPHONE, _FEW_COLUMNS = 416, 3


@dataclass(frozen=True)
class _Cells:
    """The pixels beside the text of a cell, and the least for it in a cell and in the one that its row is about."""

    sides: int
    least: int
    heading: int


def _cells(table: TableView, inner: float) -> _Cells:
    is_dense = inner < _TELEPHONE and len(table.columns) <= _FEW_COLUMNS
    return _Cells(16, 48, 112) if is_dense else _Cells(24, 80, 176)


_WIDTHS: Final = {
    **dict.fromkeys("ijlíìï.,;:'’|!()[]- ", 0.34),
    **dict.fromkeys("frt/", 0.41),
    **dict.fromkeys("mwMW%@", 0.95),
    **dict.fromkeys("ABCDEGHKNOPQRSTUVXYZÀÉÈÍÒÓÚ", 0.7),
}
"""How wide characters are, for the height of their font, in the wide ones of the fonts that embeds are shown in."""

_OTHERS: Final = 0.6
"""The same of characters that are not listed."""

_TITLE_FONT, _FONT, _CELL_FONT, _HEAD_FONT, _FOOT_FONT = 20.5, 16.0, 15.2, 15.0, 13.6

_FOOT_LENGTH: Final = 180
"""Characters of date, release, source and licence."""

_MARK_LENGTH: Final = 8
"""Characters of what is set beside a value to mark it."""


@dataclass(frozen=True)
class Size:
    """The height of a frame that is as *wide* as it gets, and of one on a telephone, where it is *narrow*."""

    wide: int
    narrow: int

    @property
    def style(self) -> str:
        """The height as a style: between the two as the window is between a telephone's and one with room for all."""
        if self.wide == self.narrow:
            return f"height:{self.wide}px"
        slope = (self.narrow - self.wide) / (WIDE - NARROW)
        at_nothing = round(self.narrow + slope * (NARROW + _MARGINS))
        return f"height:clamp({self.wide}px, {at_nothing}px - {100 * slope:.0f}vw, {self.narrow}px)"


LONG: Final = Size(640, 640)
"""The size of a frame whose table scrolls."""


def size_of(title: str, question: str, asked: Sequence[str], table: TableView, width: int = WIDE) -> Size:
    """The size of a frame for *table* with its *title*, the *question* and what is *asked*, at most *width* wide.

    Of a table that is not here whole it is that of a long one.
    """
    if table.total > len(table.rows) or len(table.rows) * (_CELL + _CELL_ENDS) > MOST_NARROW:
        return LONG
    wide, narrow = (height_of(title, question, asked, table, each) for each in (width, min(NARROW, width)))
    if wide > (MOST_WIDE if width > NARROW else MOST_NARROW):
        return LONG
    return Size(wide, max(wide, narrow if narrow <= MOST_NARROW else LONG.narrow))


def height_of(title: str, question: str, asked: Sequence[str], table: TableView, width: int) -> int:
    """The height of the frame's content where it is *width* pixels wide, in whole steps."""
    inner = width - _AROUND - 2
    parts = [
        _TITLE * _lines(title, inner, _TITLE_FONT),
        *([_TEXT * _lines(" · ".join(asked), inner, _FONT)] if asked else []),
        _table_height(question, table, inner - 2),
        _FOOT * ceil(_FOOT_LENGTH * _OTHERS * _FOOT_FONT / inner),
    ]
    return ceil((sum(parts) + _GAP * (len(parts) - 1) + _AROUND) * _SLACK / _STEP) * _STEP


def _table_height(question: str, table: TableView, inner: float) -> float:
    """The height of *table* in a box that is *inner* pixels wide within."""
    widths = _column_widths(table, inner)
    caption = _CELL * _lines(f"{question} {table.total} files", inner - _CAPTION_SIDES, _CELL_FONT) + 16
    head = _HEAD * max((_lines(c.label, w, _HEAD_FONT) for c, w in zip(table.columns, widths, strict=True)), default=1)
    rows = sum(
        _CELL * max((_cell_lines(cell, w) for cell, w in zip(row, widths, strict=True)), default=1) + _CELL_ENDS
        for row in table.rows
    )
    scrollbar = _SCROLLBAR if sum(widths) + _cells(table, inner).sides * len(widths) > inner + 1 else 0
    return max(_LEAST_TABLE, caption + head + _CELL_ENDS + (rows or _CELL + _CELL_ENDS) + scrollbar + 2)


def _column_widths(table: TableView, inner: float) -> list[float]:
    """The pixels that each column of *table* has for its text, in a box that is *inner* pixels wide within."""
    cells = _cells(table, inner)
    least, most = [], []
    for place, column in enumerate(table.columns):
        is_heading = place == table.heading
        texts = [text for row in table.rows for text in _texts(row[place])]
        # What a row is about may be broken within its words.
        unbroken = [column.label, *([] if is_heading else texts)]
        words = [word for text in unbroken for word in text.split()]
        least.append(max(cells.heading if is_heading else cells.least, *(_pixels(word, _CELL_FONT) for word in words)))
        most.append(max(least[-1], *(_pixels(text, _CELL_FONT) for text in (column.label, *texts))))
    room = inner - cells.sides * len(table.columns)
    if sum(least) >= room:
        return least
    spare, wanted = room - sum(least), sum(most) - sum(least)
    if wanted <= spare:
        return most
    return [low + spare * (high - low) / wanted for low, high in zip(least, most, strict=True)]


def _texts(cell: ShownCell) -> list[str]:
    """The lines of *cell*, with what stands beside it."""
    marks = "x" * (_MARK_LENGTH * bool(cell.note) + _MARK_LENGTH // 2 * bool(cell.lang))
    if cell.lines:
        return [*cell.lines, *([marks] if marks else [])]
    return [f"{cell.text} {marks}".strip() or MISSING]


def _cell_lines(cell: ShownCell, width: float) -> int:
    return sum(_lines(text, width - (_BULLET if cell.lines else 0), _CELL_FONT) for text in _texts(cell))


def _lines(text: str, width: float, font: float) -> int:
    """How many lines *text* takes: a word that does not fit goes to the next, and is broken where no line has room."""
    count, used, room = 1, 0.0, max(width, font)
    for word in re.findall(r"[^\s-]+-?\s?|-\s?", text):
        length = _pixels(word.rstrip(), font)
        if used and used + length > room:
            count, used = count + 1, 0.0
        if length > room:
            count += ceil(length / room) - 1
            length %= room
        used += length + (_WIDTHS[" "] * font if word[-1].isspace() else 0)
    return count


def _pixels(text: str, font: float) -> float:
    return font * sum(_WIDTHS.get(character, _OTHERS) for character in text)
