"""What a chart draws: an answer's cells as names, days and numbers, in order, with what is missing counted.

A value that the data do not hold is never taken for zero. It may not know colours, sizes or Vega.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import isfinite
from typing import Final

from workplan.knowledge.table import Table
from workplan.language import fallback, gettext
from workplan.model.errors import N_
from workplan.model.xml import marked
from workplan.questions.charts import FOLDED, MOST_SERIES, NUMBERS, Channel, ChartHeader
from workplan.questions.columns import Column

from .cells import Cell, rows_for

MOST_NAMES: Final = 60
"""Names, one under another, that a picture shows: of more, the first ones, and it says so."""

MOST_PLACES: Final = 20
"""The same for those side by side."""

MISSING: Final = N_("no consta")
"""What stands where the data say nothing."""


@dataclass(frozen=True)
class Value:
    """One thing drawn: for the *name* on y, at the *place* or the *day* on x, of a *series*, the *number*.

    *of* is of how many the number is, where that is told; a value that *is not named* is of what the data do not say.
    """

    name: str
    place: str | None = None
    series: str | None = None
    day: date | None = None
    number: float | None = None
    of: float | None = None
    is_named: bool = True


@dataclass(frozen=True)
class Plotted:
    """The *values* of a chart, for a reader of *lang*.

    *names*, *places* and *series* are in order; *titles* say what each channel shows. Of the values *looked_for* in the
    answer's *rows* it holds none for *missing*; *left_out* is how many names are not shown for want of room. Numbers
    *can be added* where each thing counts in one of them: a sum of percentages says nothing. *unit* is theirs.
    """

    lang: str
    header: ChartHeader
    titles: Mapping[str, str]
    values: tuple[Value, ...] = ()
    names: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    rows: int = 0
    looked_for: int = 0
    missing: int = 0
    left_out: int = 0
    can_be_added: bool = True
    unit: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw: no row, or no known value in any."""
        return self.missing == self.looked_for

    @property
    def is_named(self) -> bool:
        """Whether anything that is drawn has a name."""
        return any(value.is_named for value in self.values)

    @property
    def is_counting(self) -> bool:
        """Whether the numbers are of rows."""
        return any(channel.name is None for channel in self.header.channels.values())

    @property
    def is_side_by_side(self) -> bool:
        """Whether the bars of each series stand side by side."""
        return "yOffset" in self.header.channels

    def total(self, name: str) -> float:
        """What the known numbers of *name* add up to."""
        return sum(value.number or 0 for value in self.values if value.name == name)


@dataclass
class _Read:
    """A row of the answer as the channels see it."""

    name: str
    place: str | None
    series: str | None
    day: date | None
    number: float | None
    of: float | None = None
    is_named: bool = True
    is_known: bool = True


@dataclass
class _Names:
    """The names that the resources on y go by: no two the same."""

    given: dict[str, str] = field(default_factory=dict)

    def of(self, cell: Cell, code: str) -> str:
        key = f"{code} {cell.iri or cell.text}"
        if key not in self.given:
            name = f"{code} {_plain(cell.text)}".strip()
            if name in self.given.values():
                name = f"{name} ({(cell.iri or key).rstrip('/').rpartition('/')[2]})"
            self.given[key] = name
        return self.given[key]


def plotted(header: ChartHeader, table: Table, lang: str) -> Plotted:
    """The rows of *table* as the chart *header* draws them, for a reader of *lang*."""
    columns = {column.name: column for column in table.columns}
    read = list(_read(header, columns, rows_for(table, lang), lang))
    number = next((name for name in ("color", "x") if _is_number(header, name, columns)), None)
    series = () if number == "color" else _in_order(header, "color", columns, (each.series for each in read), lang)
    if len(series) > MOST_SERIES:
        # So many colours would tell nothing apart.
        series, read = (), [replace(each, series=None) for each in read]
    values = _added_up(read) if number else tuple(Value(r.name, r.place, r.series, r.day) for r in read)
    places = _in_order(header, "x", columns, (each.place for each in read), lang)
    found = Plotted(
        lang,
        header,
        _titles(header, columns, lang),
        values,
        _unique(value.name for value in values),
        places,
        series,
        rows=len(table.rows),
        looked_for=len(read),
        missing=sum(not each.is_known for each in read),
        can_be_added=not header.overlaps and all(columns[name].kind != "decimal" for name in header.columns),
        unit=_unit(header, columns),
    )
    return _cut(_sorted(found))


def _unit(header: ChartHeader, columns: Mapping[str, Column]) -> str:
    """The unit of the numbers that are drawn."""
    channels = (header.channels.get(name) for name in ("x", "color"))
    names = header.folded or [channel.name for channel in channels if channel and channel.name]
    return next((columns[name].unit or "" for name in names if name in columns and columns[name].kind in NUMBERS), "")


def _sorted(found: Plotted) -> Plotted:
    sort = found.header.channels["y"].sort
    return replace(found, names=tuple(sorted(found.names, key=found.total, reverse=sort == "-x"))) if sort else found


def _cut(found: Plotted) -> Plotted:
    names, places = found.names[:MOST_NAMES], found.places[:MOST_PLACES]
    left_out = len(found.names) - len(names) + len(found.places) - len(places)
    if not left_out:
        return found
    kept = {*names}, {*places, None}
    values = tuple(value for value in found.values if value.name in kept[0] and value.place in kept[1])
    return replace(found, values=values, names=names, places=places, left_out=left_out)


def _is_number(header: ChartHeader, channel: str, columns: Mapping[str, Column]) -> bool:
    found = header.channels.get(channel)
    if found is None:
        return False
    if found.name is None or (header.folded and found.name == FOLDED[1]):
        return True
    return found.name in columns and columns[found.name].kind in NUMBERS


def _read(
    header: ChartHeader, columns: Mapping[str, Column], rows: Iterable[tuple[Cell, ...]], lang: str
) -> Iterator[_Read]:
    names = _Names()
    for row in rows:
        cells = dict(zip(columns, row, strict=True))
        for key in header.folded or (None,):
            folded = {FOLDED[0]: Cell(columns[key].label(lang)), FOLDED[1]: cells[key]} if key else {}
            yield _read_one(header, columns, {**cells, **folded}, names, gettext(MISSING, lang))


def _read_one(
    header: ChartHeader, columns: Mapping[str, Column], cells: Mapping[str, Cell], names: _Names, missing: str
) -> _Read:
    channels = header.channels
    about = cells[channels["y"].name or ""]
    is_named = bool(about.text.strip())
    code = _text(cells, channels.get("detail")) or ""
    read = _Read(names.of(about, code) if is_named else missing, None, None, None, None, None, is_named, is_named)
    for channel, found in channels.items():
        if found.name is None:
            read.number = 1
        elif channel == "text":
            read.of = _number(cells[found.name])
        elif _is_number(header, channel, columns):
            read.number = _number(cells[found.name])
            read.is_known = is_named and read.number is not None
        elif channel == "x" and found.name in columns and columns[found.name].kind == "date":
            read.day = _day(cells[found.name])
            read.is_known = read.day is not None
        elif channel == "x":
            place = _text(cells, found)
            read.place = place or missing
            read.is_known = is_named and bool(place)
        elif channel == "color":
            read.series = _text(cells, found) or missing
    return read


def _text(cells: Mapping[str, Cell], channel: Channel | None) -> str | None:
    return _plain(cells[channel.name].text) if channel and channel.name else None


def _plain(text: str) -> str:
    """*text* on one line, without the characters that XML cannot hold."""
    return " ".join(marked(text).split())


def _number(cell: Cell) -> float | None:
    try:
        found = float(getattr(cell.term, "value", ""))
    except ValueError:
        return None
    return found if isfinite(found) else None


def _day(cell: Cell) -> date | None:
    try:
        return date.fromisoformat(getattr(cell.term, "value", ""))
    except ValueError:
        return None


def _added_up(read: Iterable[_Read]) -> tuple[Value, ...]:
    """One value for each name, place and series: the sum of what is known, None where nothing is."""
    sums: dict[tuple[str, str | None, str | None], Value] = {}
    for each in read:
        key = (each.name, each.place, each.series)
        before = sums.get(key)
        known = before.number if before else None
        number = known if each.number is None else each.number + (known or 0)
        # Of how many is told of a single row only: two of them need not be of the same.
        of = each.of if before is None else None
        sums[key] = Value(each.name, each.place, each.series, None, number, of, each.is_named)
    return tuple(sums.values())


def _unique(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text is not None))


def _in_order(
    header: ChartHeader, channel: str, columns: Mapping[str, Column], found: Iterable[str | None], lang: str
) -> tuple[str, ...]:
    """*found*, each once: in the order in which the column of *channel* lists the words for its codes, if it does."""
    about = header.channels.get(channel)
    column = columns.get(about.name or "") if about else None
    words = column.values.values() if column else ()
    listed = [next((said[code] for code in fallback(lang) if code in said), "") for said in words]
    return tuple(sorted(_unique(found), key=lambda text: listed.index(text) if text in listed else len(listed)))


def _titles(header: ChartHeader, columns: Mapping[str, Column], lang: str) -> dict[str, str]:
    titles = {}
    for name, channel in header.channels.items():
        said = next((channel.labels[code] for code in fallback(lang) if code in channel.labels), None)
        column = columns.get(channel.name or "")
        titles[name] = said or (column.label(lang) if column else "")
    return titles
