"""A table as plain JSON: an array with an object for each row, as programs read it that know nothing of SPARQL.

Every row has every column, by the name of its variable. Numbers and truth are JSON's own where JSON holds them exactly;
what the data do not hold is null.
"""

import json
from typing import Final

from pyoxigraph import Literal

from workplan.knowledge.table import Table
from workplan.questions.columns import Column

from .cells import Cell, rows_for

Plain = str | int | float | bool | None

_LARGEST: Final = 2**53 - 1
"""The largest integer that every reader of JSON keeps (https://www.rfc-editor.org/rfc/rfc8259#section-6)."""

_MOST_DIGITS: Final = 15
"""Digits of a decimal that every reader keeps."""


def rows_json(table: Table, lang: str) -> bytes:
    """The rows of *table*, words of the data in *lang* where they have them."""
    names = [column.name for column in table.columns]
    rows = [
        dict(zip(names, (_plain(cell, column) for cell, column in zip(row, table.columns, strict=True)), strict=True))
        for row in rows_for(table, lang)
    ]
    return (json.dumps(rows, ensure_ascii=False, allow_nan=False, indent=0) + "\n").encode()


def _plain(cell: Cell, column: Column) -> Plain:
    if cell.term is None:
        return None
    if not isinstance(cell.term, Literal):
        return cell.iri or cell.text
    text, kind = cell.term.value, column.kind
    if kind == "any":
        kind = cell.term.datatype.value.rpartition("#")[2]
    if kind == "boolean" and text in ("true", "false", "1", "0"):
        return text in ("true", "1")
    if kind in ("integer", "decimal"):
        return _number(text)
    # A code stays the code that it is, whatever the language.
    return cell.text if kind == "text" else text


def _number(text: str) -> int | float | str:
    """The number that *text* is; the text itself where a reader would change it."""
    try:
        if not any(mark in text for mark in ".eEnN"):
            return int(text) if abs(int(text)) <= _LARGEST else text
        value = float(text)
    except ValueError:
        return text
    is_exact = sum(map(str.isdigit, text)) <= _MOST_DIGITS and value == value and abs(value) != float("inf")
    return value if is_exact else text
