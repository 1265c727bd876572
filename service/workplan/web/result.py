"""A question's table as a page shows it: a resource once, by its name and with its page; numbers and dates in words.

Pure: it asks nothing and knows no request.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode

from workplan.export.cells import Cell, rows_for
from workplan.knowledge.curation import Added
from workplan.knowledge.table import Table
from workplan.language import foreign, gettext, long_date, number
from workplan.model.errors import N_
from workplan.model.iris import page_path
from workplan.model.namespaces import NAMESPACES
from workplan.model.words import natural
from workplan.questions.columns import CURATED, MIXED, Column, Term

from .resource import shortened

_XSD: Final = NAMESPACES["xsd"]
_NUMBERS: Final = frozenset(
    _XSD + name
    for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger", "positiveInteger")
)

MISSING: Final = N_("no consta")
"""What stands where the source does not say: never a zero, never a blank."""

_EMPTY: Final[Mapping[str | None, str]] = {"missing": MISSING, "none": N_("cap")}
"""What stands in a cell without a value, by what that means of its column."""

_NOTHING: Final = "–"
"""What stands where there is nothing to say."""


@dataclass(frozen=True)
class ShownColumn:
    """A column as shown: *name* is that of its variable, *label* heads it."""

    name: str
    label: str
    is_number: bool = False


@dataclass(frozen=True)
class ShownCell:
    """A cell as shown: *text* in *lang* (empty where it is the reader's own), *href* where it leads.

    *key* is what it is sorted by, *added* whether a curator added the value (``curated``), or some of several
    (``mixed``), and *note* the page of the note on it; *is_missing* says that the data hold none. *lines* are its texts
    where it holds several.
    """

    text: str
    lang: str = ""
    href: str | None = None
    key: str = ""
    added: str = ""
    note: str | None = None
    is_missing: bool = False
    lines: Sequence[str] = ()


@dataclass(frozen=True)
class TableView:
    """*rows* of cells under *columns*; the cell number *heading* is what its row is about.

    *total* is the number of rows that the answer has, those of other pages too.
    """

    columns: Sequence[ShownColumn]
    rows: Sequence[Sequence[ShownCell]]
    heading: int
    total: int

    def sorted_by(self, name: str, *, is_descending: bool = False) -> "TableView":
        """The same with its rows in the order of the column *name*; rows without a value last."""
        place = next((i for i, column in enumerate(self.columns) if column.name == name), None)
        if place is None:
            return self
        is_number = self.columns[place].is_number
        known = [row for row in self.rows if not row[place].is_missing]
        known.sort(key=lambda row: _rank(row[place].key, is_number=is_number), reverse=is_descending)
        return TableView(
            self.columns, [*known, *(row for row in self.rows if row[place].is_missing)], self.heading, self.total
        )

    def part(self, start: int, length: int) -> "TableView":
        """The same with *length* rows from the one numbered *start*, counted from 0."""
        return TableView(self.columns, self.rows[start : start + length], self.heading, self.total)


def table_view(
    table: Table,
    lang: str,
    only: Sequence[str] = (),
    total: int | None = None,
    added: Added | None = None,
) -> TableView:
    """*table* for a reader of *lang*: all its columns, or *only* those named, in that order.

    A column of IRIs whose names another one holds is left out: the name leads to the resource. So is one that says who
    says the values of another, which are marked, and one that its header keeps for files. *added* are the curators'
    notes on the resources in it.
    """
    by_name = {column.name: column for column in table.columns}
    places = {column.name: i for i, column in enumerate(table.columns)}
    # Of several columns about one resource the first is its name.
    names = {column.of: column.name for column in reversed(table.columns) if column.of in by_name}
    named = {name: by_name[of] for of, name in names.items() if of}
    kept = [by_name[name] for name in only if name in by_name] or [
        c for c in table.columns if c.is_shown and c.name not in names and c.origin_of not in by_name
    ]
    origins = {c.origin_of: places[c.name] for c in table.columns if c.origin_of}
    rows = []
    for row, cells in zip(table.rows, rows_for(table, lang), strict=True):
        notes = _notes(row, cells, added or Added())
        shown = []
        for column in kept:
            # A resource without the name that another column should hold is called by its own.
            instead = row[places[column.name]] is None and column.name in named
            used = named[column.name] if instead else column
            place = places[used.name]
            leads = used.of is None or column.name in named
            cell = _shown(used, cells[place], lang, leads=leads)
            statement = column.statement or used.statement
            origin = cells[origins[used.name]].term if used.name in origins else None
            if isinstance(origin, Literal) and origin.value in (CURATED, MIXED):
                about = cells[places[statement.subject]].iri if statement and statement.subject in places else None
                note = (added or Added()).by_property.get((about or "", statement.predicate if statement else ""))
                cell = replace(cell, added=origin.value, note=page_path(note, lang) if note else None)
            elif place in notes:
                cell = replace(cell, added=CURATED, note=page_path(notes[place], lang))
            shown.append(cell)
        rows.append(shown)
    columns = [
        # What is named, not that it is a name: «Equip», not «Nom».
        ShownColumn(
            column.name,
            named.get(column.name, column).label(lang),
            _holds_numbers(column, [row[places[column.name]] for row in table.rows]),
        )
        for column in kept
    ]
    # What tells the rows apart best is what they are about.
    distinct = [len({row[i].href for row in rows if row[i].href}) for i in range(len(kept))]
    heading = distinct.index(max(distinct)) if distinct else 0
    return TableView(columns, rows, heading, len(rows) if total is None else total)


@dataclass(frozen=True)
class Branch:
    """A thing of a tree: the *cells* of its row, and its *children*; *place* is the cell that says what it is under."""

    cells: Sequence[ShownCell]
    place: ShownCell
    children: Sequence["Branch"]


def tree_of(table: Table, view: TableView, node: str, parent: str) -> list[Branch]:
    """The rows of *table*, shown as *view* does, as a tree: each thing in *node* under that in *parent*.

    What several things are above stands under each of them; a thing never stands under itself.
    """
    places = {column.name: i for i, column in enumerate(table.columns)}
    above = next((i for i, column in enumerate(view.columns) if column.name == parent), None)
    if above is None or node not in places:
        return []
    rows: dict[Term | None, list[int]] = {}
    for place, row in enumerate(table.rows):
        rows.setdefault(row[places[parent]], []).append(place)
    nodes = {row[places[node]] for row in table.rows}

    def grown(under: Term | None, way: frozenset[Term | None]) -> list[Branch]:
        found = []
        for place in rows.get(under, ()):
            term, cells = table.rows[place][places[node]], view.rows[place]
            children = [] if term is None or term in way else grown(term, way | {term})
            found.append(Branch([cell for i, cell in enumerate(cells) if i != above], cells[above], children))
        return found

    return [branch for root in rows if root not in nodes for branch in grown(root, frozenset({root}))]


def _rank(key: str, *, is_number: bool) -> tuple[float, tuple[str, ...]]:
    """Where a cell of *key* stands among others."""
    try:
        return (float(key), ()) if is_number else (0, natural(key))
    except ValueError:
        return 0, natural(key)


def _holds_numbers(column: Column, terms: Sequence[Term | None]) -> bool:
    known = [term for term in terms if term is not None]
    if column.kind == "any" and known:
        return all(isinstance(term, Literal) and term.datatype.value in _NUMBERS for term in known)
    return column.kind in ("integer", "decimal")


def _notes(row: Sequence[Term | None], cells: Sequence[Cell], added: Added) -> dict[int, str]:
    """The notes on the cells of *row* by their place: on what a curator says of another resource of the same row."""
    if not added.by_value:
        return {}
    resources = {cell.iri for cell in cells if cell.iri}
    found = {}
    for place, (term, cell) in enumerate(zip(row, cells, strict=True)):
        # Of a name what counts is the resource that it names.
        value = NamedNode(cell.iri) if cell.iri else term
        for resource in resources - {cell.iri}:
            note = None if value is None else added.by_value.get((resource, value))
            if note:
                found[place] = note
    return found


def _shown(column: Column, cell: Cell, lang: str, *, leads: bool) -> ShownCell:
    term, href = cell.term, None
    if term is None or (cell.text == "" and not cell.iri):
        return ShownCell(gettext(_EMPTY.get(column.empty, _NOTHING), lang), is_missing=True)
    if cell.iri and leads:
        href = page_path(cell.iri, lang) or (cell.iri if cell.iri.startswith(("http://", "https://")) else None)
    mark = foreign(cell.lang, lang)
    if cell.iri and cell.text == cell.iri:
        return ShownCell(shortened(cell.iri), mark, href, cell.iri)
    if column.separator and column.separator in cell.text:
        parts = [part for part in cell.text.split(column.separator) if part]
        if column.kind == "text":
            return ShownCell(cell.text, mark, href, cell.text, lines=parts)
        return ShownCell(", ".join(parts), mark, href, cell.text)
    if isinstance(term, Literal) and cell.text == term.value:
        text, key = _in_words(term, lang)
        return ShownCell(f"{text}\u00a0{column.unit}" if column.unit else text, mark, href, key)
    return ShownCell(cell.text, mark, href, cell.text)


def _in_words(literal: Literal, lang: str) -> tuple[str, str]:
    """The value of *literal* as *lang* writes it, and what it is sorted by."""
    text, kind = literal.value, literal.datatype.value
    try:
        if kind in _NUMBERS:
            value = float(text)
            return number(int(value) if value.is_integer() else value, lang), str(value)
        if kind == _XSD + "date":
            return long_date(date.fromisoformat(text), lang), text
        if kind == _XSD + "boolean":
            return gettext(N_("Sí") if text in ("true", "1") else N_("No"), lang), text
    except ValueError:
        # What is no number or day of the calendar stands as the data have it.
        return text, text
    return text, text
