"""What a saved query's header says of its chart: a small part of Vega-Lite (https://vega.github.io/vega-lite/).

A description names columns and nothing else: it can hold no address, no expression and no style. It may not draw.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from workplan.language import LANGUAGES
from workplan.model.errors import N_

from .columns import Column, words_in

NUMBERS: Final = ("integer", "decimal")
"""Kinds of column that a bar's length or a cell's colour can show."""

FOLDED: Final = ("key", "value")
"""The columns that folding gives: which of the folded columns it was, and what stood there."""

MOST_SERIES: Final = 5
"""How many things a chart tells apart by colour."""

_NUMBER: Final = "number"
_DAY: Final = "day"
_CATEGORY: Final = "category"

MARKS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "bar": {"y": (_CATEGORY,), "x": (_NUMBER,)},
    "rect": {"y": (_CATEGORY,), "x": (_CATEGORY,), "color": (_NUMBER,)},
    "point": {"y": (_CATEGORY,), "x": (_DAY, _CATEGORY)},
}
"""The marks that there are, with the channels that each must have and what these may hold."""

OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = {
    "bar": ("color", "yOffset", "detail", "text"),
    "rect": ("detail",),
    "point": ("color", "detail"),
}
"""The channels that each mark may have besides: they hold categories, but ``text`` a number.

``text`` says of how many the number of a bar is, for a percentage; ``yOffset`` puts the bars of each colour side by
side, not one after another; ``detail`` is a code before the name on y.
"""

SORTS: Final = ("x", "-x")
_OF_NUMBERS: Final = ("text",)
_KEYS: Final = ("mark", "encoding", "transform", "description", "overlap")
_CHANNEL_KEYS: Final = ("field", "aggregate", "sort", "title")

Said = tuple[str, Mapping[str, Any]]
"""A sentence with its values."""


@dataclass(frozen=True)
class Channel:
    """What a channel shows: the column *name*, or how many rows there are (no name); *labels* say what of, by language.

    *sort* orders categories by what ``x`` adds up to; without it they come as the answer has them.
    """

    name: str | None
    labels: Mapping[str, str] = field(default_factory=dict)
    sort: str | None = None


@dataclass(frozen=True)
class ChartHeader:
    """A chart: its *mark*, its *channels* by name, the columns *folded* into one, and a *note* on it by language.

    It *overlaps* where one thing may count in several of its numbers, so that their sum says nothing.
    """

    mark: str
    channels: Mapping[str, Channel]
    folded: tuple[str, ...] = ()
    note: Mapping[str, str] = field(default_factory=dict)
    overlaps: bool = False

    @property
    def columns(self) -> frozenset[str]:
        """The columns that the answer must have."""
        named = {channel.name for channel in self.channels.values() if channel.name}
        return frozenset((named - {*FOLDED}) | {*self.folded}) if self.folded else frozenset(named)

    @classmethod
    def read(cls, about: Any) -> "ChartHeader | None":
        """The chart that a header tells *about*; None where there is none, or one that says too little."""
        if not isinstance(about, dict):
            return None
        mark = about.get("mark")
        if not isinstance(mark, str) or mark not in MARKS:
            return None
        given = about.get("encoding")
        channels = {
            str(name): Channel(_column(channel), words_in(channel.get("title")), channel.get("sort"))
            for name, channel in (given.items() if isinstance(given, dict) else ())
            if isinstance(channel, dict)
        }
        if not set(MARKS[mark]) <= set(channels):
            return None
        return cls(
            mark, channels, tuple(_folded(about)), words_in(about.get("description")), about.get("overlap") is True
        )


def _column(channel: Mapping[str, Any]) -> str | None:
    name = channel.get("field")
    return None if name is None else str(name)


def _folded(about: Mapping[str, Any]) -> list[str]:
    transform = about.get("transform")
    first = transform[0] if isinstance(transform, list) and transform else None
    names = first.get("fold") if isinstance(first, dict) else None
    return [str(name) for name in names] if isinstance(names, list) else []


def faults_of_chart(about: Any, columns: Mapping[str, Column], variables: Sequence[str]) -> Iterator[Said]:
    """What is wrong with the chart that a header tells *about*, where the answer's *variables* are those *columns*."""
    if not isinstance(about, dict):
        yield N_("«chart» ha de ser una descripció de Vega-Lite: clau i valor."), {}
        return
    yield from _unknown_keys(about, _KEYS)
    mark = about.get("mark")
    if not isinstance(mark, str) or mark not in MARKS:
        yield (
            N_("el gràfic no pot ser «%(mark)s»; pot ser: %(known)s."),
            {"mark": mark or "", "known": ", ".join(MARKS)},
        )
    folded = _folded(about)
    if "transform" in about and (not 2 <= len(folded) <= MOST_SERIES or [*map(set, about["transform"])] != [{"fold"}]):
        yield N_("«transform» només pot ser una llista amb un «fold» de 2 a %(most)s columnes."), {"most": MOST_SERIES}
    for name in folded:
        if name not in variables:
            yield _no_column(name, variables)
        elif name in columns and columns[name].kind not in NUMBERS:
            yield _wrong_kind("fold", columns[name], _NUMBER)
    if not isinstance(about.get("overlap", False), bool):
        yield N_("«%(key)s» només pot ser %(expected)s."), {"key": "overlap", "expected": "true, false"}
    if "description" in about:
        yield from _untold("description", about["description"])
    yield from _faults_of_encoding(about.get("encoding"), str(mark), columns, [*variables, *(FOLDED if folded else ())])


def _faults_of_encoding(
    encoding: Any, mark: str, columns: Mapping[str, Column], known: Sequence[str]
) -> Iterator[Said]:
    given = encoding if isinstance(encoding, dict) else {}
    needed = MARKS.get(mark, {})
    for name in needed:
        if name not in given:
            yield N_("a un gràfic «%(mark)s» li cal el canal «%(channel)s»."), {"mark": mark, "channel": name}
    taken = (*needed, *OPTIONAL.get(mark, ()))
    for name, channel in given.items():
        if needed and name not in taken:
            yield (
                N_("un gràfic «%(mark)s» no té cap canal «%(channel)s»; té: %(known)s."),
                {"mark": mark, "channel": name, "known": ", ".join(taken)},
            )
        elif not isinstance(channel, dict):
            yield N_("el canal «%(channel)s» ha de dir quina columna mostra."), {"channel": name}
        else:
            may_be = (_NUMBER,) if name in _OF_NUMBERS else needed.get(name, (_CATEGORY,))
            yield from _faults_of_channel(str(name), channel, may_be, columns, known)


def _faults_of_channel(
    name: str, channel: Mapping[str, Any], may_be: Sequence[str], columns: Mapping[str, Column], known: Sequence[str]
) -> Iterator[Said]:
    yield from _unknown_keys(channel, _CHANNEL_KEYS)
    if channel.get("sort", SORTS[0]) not in SORTS:
        yield N_("«%(key)s» només pot ser %(expected)s."), {"key": "sort", "expected": ", ".join(SORTS)}
    if "title" in channel or "aggregate" in channel:
        yield from _untold("title", channel.get("title"))
    if "aggregate" in channel:
        if channel["aggregate"] != "count" or "field" in channel or _NUMBER not in may_be:
            yield N_("«%(key)s» només pot ser %(expected)s."), {"key": "aggregate", "expected": "count"}
        return
    column = channel.get("field")
    if not isinstance(column, str):
        yield N_("el canal «%(channel)s» ha de dir quina columna mostra."), {"channel": name}
    elif column not in known:
        yield _no_column(column, known)
    elif column in FOLDED and column not in columns:
        if (column == FOLDED[1]) != (_NUMBER in may_be):
            yield _wrong_kind(name, Column(column, "integer" if column == FOLDED[1] else "text"), may_be[0])
    elif column in columns and not any(_may_show(columns[column], what) for what in may_be):
        yield _wrong_kind(name, columns[column], may_be[0])


def _may_show(column: Column, what: str) -> bool:
    if what == _NUMBER:
        return column.kind in NUMBERS
    return column.kind == "date" if what == _DAY else column.kind not in (*NUMBERS, "date")


def _unknown_keys(given: Mapping[Any, Any], known: Sequence[str]) -> Iterator[Said]:
    for key in given:
        if key not in known:
            yield (
                N_("la descripció d'un gràfic no té cap clau «%(key)s»; n'hi ha aquestes: %(known)s."),
                {"key": key, "known": ", ".join(known)},
            )


def _untold(key: str, texts: Any) -> Iterator[Said]:
    missing = [lang for lang in LANGUAGES if lang not in words_in(texts)]
    if missing:
        yield N_("falta «%(key)s» en: %(languages)s."), {"key": key, "languages": ", ".join(missing)}


def _no_column(name: str, known: Sequence[str]) -> Said:
    return (
        N_("el gràfic fa servir la columna «%(name)s», que la consulta no té; té: %(known)s."),
        {"name": name, "known": ", ".join(known)},
    )


_WANTED: Final = {_NUMBER: N_("nombres"), _DAY: N_("dates"), _CATEGORY: N_("paraules")}


def _wrong_kind(channel: str, column: Column, wanted: str) -> Said:
    return (
        N_("al gràfic, «%(channel)s» vol %(wanted)s, i la columna «%(name)s» és de tipus «%(kind)s»."),
        {"channel": channel, "wanted": _WANTED[wanted], "name": column.name, "kind": column.kind},
    )
