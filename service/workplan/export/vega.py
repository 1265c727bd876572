"""A chart as Vega-Lite: data within, words in the reader's language, nothing to load, so that any tool can draw it.

https://vega.github.io/vega-lite/docs/. Sizes are in pixels. It may not draw.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final, Literal

from babel.dates import get_month_names
from babel.numbers import get_decimal_symbol, get_group_symbol

from workplan.language import day_as, gettext, long_date, number

from .palette import Palette
from .plotted import MISSING, Plotted, Value
from .summary import left_out, nothing_to_draw, number_of

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"

FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif"
"""The site's own: what each reader's machine has."""

SIZE: Final = 13
LINE: Final = 16
CHARACTER: Final = 7.4
"""Width of a character, reckoned by a wide font: a reader's is not known here, and no word may be cut."""

TITLE_SIZE: Final = 16
TITLE_CHARACTER: Final = 9.6

GOOD_LINES: Final = 2
MOST_LINES: Final = 5
"""Lines of a name: where it would take more and there is a code before it, the code stands alone."""

BAR: Final = 20
KEY: Final = 34
"""Of a legend: the sign before a word, and the room after it."""

PADDING: Final = 12
HALF: Final = 0.5
SHAPES: Final = ("circle", "square", "triangle-up", "diamond", "cross")

_PIECES: Final = re.compile(r"[^\s/]*(?:/|\s+|$)")
"""What a line may end after."""

Spec = dict[str, Any]

_ORDER: Final = {"field": "order", "type": "quantitative"}
"""In which order the parts of a bar follow each other: that of the legend."""


def vega_lite(found: Plotted, title: str, palette: Palette, width: int, topic: str = "") -> Spec:
    """What *found* looks like in the colours of *palette*, *width* wide, under *title* and, smaller, its *topic*."""
    drawn = _nothing(found, palette, width) if found.is_empty else _KINDS[found.header.mark](found, palette, width)
    said = "" if found.is_empty else left_out(found)
    room = _fit(width - 2 * PADDING, CHARACTER)
    note = [line for text in (topic, said) if text for line in wrapped(text, room)]
    return {
        "$schema": SCHEMA,
        "background": palette.ground,
        "padding": PADDING,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "title": {
            "text": wrapped(title, _fit(width - 2 * PADDING, TITLE_CHARACTER)),
            **({"subtitle": note} if note else {}),
            "anchor": "start",
            "frame": "bounds",
            "offset": 14,
        },
        "width": width,
        **drawn,
        "config": _config(palette, found.lang),
    }


def _config(palette: Palette, lang: str) -> Spec:
    words = {"labelFontSize": SIZE, "labelColor": palette.ink, "titleFontSize": SIZE, "titleColor": palette.quiet}
    return {
        "font": FONT,
        "locale": _locale(lang),
        "view": {"stroke": None},
        "title": {
            "fontSize": TITLE_SIZE,
            "color": palette.ink,
            "lineHeight": 21,
            "subtitleFontSize": SIZE,
            "subtitleColor": palette.quiet,
            "subtitleLineHeight": LINE,
            "subtitlePadding": 6,
        },
        "axis": {
            **words,
            "labelLimit": 0,
            "labelPadding": 8,
            "labelLineHeight": LINE,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            "gridColor": palette.line,
            "domainColor": palette.quiet,
            "tickColor": palette.quiet,
        },
        "legend": {
            **words,
            "labelLimit": 0,
            "titleLimit": 0,
            "titleFontWeight": "normal",
            "symbolStrokeWidth": 0,
        },
        "text": {"fontSize": SIZE, "color": palette.ink},
    }


def _locale(lang: str) -> Spec:
    """Numbers and dates as *lang* writes them (https://vega.github.io/vega/docs/config/#locale)."""
    # By themselves, as on an axis: within a date Catalan says «d'abril».
    months = [list(get_month_names(form, "stand-alone", lang).values()) for form in ("wide", "abbreviated")]
    days = ["x"] * 7
    return {
        "number": {
            "decimal": get_decimal_symbol(lang),
            "thousands": get_group_symbol(lang),
            "grouping": [3],
            "currency": ["", "\u00a0€"],
        },
        "time": {
            "dateTime": "%x, %X",
            "date": "%-d/%-m/%Y",
            "time": "%H:%M:%S",
            "periods": ["AM", "PM"],
            "days": days,
            "shortDays": days,
            "months": months[0],
            "shortMonths": months[1],
        },
    }


def _bars(found: Plotted, palette: Palette, width: int) -> Spec:
    names = _shown_names(found, width)
    field = _value(found.titles["x"])
    room = width - 2 * PADDING - _extent(names.values())
    found = _with_short_series(found, room)
    totals = {name: found.total(name) for name in found.names}
    is_stacked = bool(found.series) and not found.is_side_by_side
    tallest = max(
        [*(totals.values() if is_stacked else ()), *(abs(v.number) for v in found.values if v.number is not None)]
    )
    lowest = min(0.0, *(v.number or 0 for v in found.values))
    longest = max(len(number_of(found, v.number or 0, v.of)) for v in found.values)
    # Beyond the longest bar there must be room for its number.
    most = (tallest or 1) * room / max(room - longest * CHARACTER - 10, room / 3)
    rows = [
        {
            "name": names[v.name],
            **({"series": v.series, "order": found.series.index(v.series or "")} if found.series else {}),
            "value": v.number,
            "end": v.number or 0,
            "label": gettext(MISSING, found.lang) if v.number is None else number_of(found, v.number, v.of),
            **({} if v.is_named else {"unnamed": True}),
        }
        for v in _in_order(found)
    ]
    bars = BAR * (len(found.series) if found.is_side_by_side else 1)
    row_height = max(bars + 10, LINE * _lines(names.values()) + 8)
    scale: Spec = {"domain": [lowest, most], "nice": False}
    y: Spec = {
        **_category("name"),
        "axis": _name_axis(names.values()),
        "scale": {"paddingInner": 1 - bars / row_height},
    }
    x: Spec = {
        **field,
        "scale": scale,
        "axis": {
            "labels": False,
            "ticks": False,
            "grid": False,
            "domain": False,
            "orient": "top",
            "titleAnchor": "start",
            "titlePadding": 4,
        },
    }
    side = {"yOffset": _category("series", found.series)} if found.is_side_by_side else {}
    color: Spec = {"value": palette.series[0]}
    if found.series:
        color = _series_color(found, palette.series, room)
    elif any(not v.is_named for v in found.values):
        # What the data do not say is no value beside the others.
        color = {"condition": {"test": "datum.unnamed", "value": palette.quiet}, **color}
    bar = {"type": "bar", "stroke": palette.ground, "strokeWidth": 1}
    order = {"order": _ORDER} if is_stacked else {}
    layers: list[Spec] = [{"mark": bar, "encoding": {"x": x, "color": color, **order}}]
    at_end: Spec = {"type": "text", "align": "left", "baseline": "middle", "dx": 6}
    if is_stacked:
        layers.append(_within_stack(found, rows, palette, x, room / most))
        ends = [
            {"name": names[name], "value": total, "label": number(total, found.lang)} for name, total in totals.items()
        ]
        layers.append({"data": {"values": ends}, "mark": at_end, "encoding": {"x": x, **_label()}})
    else:
        quiet = {
            "condition": {"test": {"field": "value", "valid": False}, "value": palette.quiet},
            "value": palette.ink,
        }
        # A value that is missing has no bar, but it has a word.
        place = {"x": {**x, "field": "end"}, "color": quiet, **_label()}
        layers.append({"mark": at_end, "encoding": place})
    return {
        "height": row_height * len(found.names),
        "data": {"values": rows},
        "encoding": {"y": y, **side},
        "layer": layers,
        # Words on a bar have colours of their own.
        "resolve": {"scale": {"color": "independent"}},
    }


def _within_stack(found: Plotted, rows: Sequence[Spec], palette: Palette, x: Spec, pixels: float) -> Spec:
    """The numbers within the parts of bars that are long enough for theirs, at so many *pixels* for each unit."""
    parts = Counter(row["name"] for row in rows if row["value"])
    for row in rows:
        fits = (row["value"] or 0) * pixels >= len(row["label"]) * CHARACTER + 8
        # A bar of one part has its number at its end.
        row["part"] = row["label"] if fits and parts[row["name"]] > 1 else ""
    return {
        "mark": {"type": "text", "baseline": "middle"},
        "encoding": {
            "x": {**x, "stack": "zero", "bandPosition": 0.5},
            "detail": {"field": "series"},
            "order": _ORDER,
            "text": {"field": "part"},
            "color": {**_color(found.series, palette.on_series), "legend": None},
        },
    }


def _matrix(found: Plotted, palette: Palette, width: int) -> Spec:
    names = _shown_names(found, width, (0.3,))
    places, axis = _place_axis(found.places, width - 2 * PADDING - _extent(names.values()))
    most = max(v.number or 0 for v in found.values) or 1
    steps = len(palette.ramp) - 1
    # A none is told from a little, and each step from the next.
    domain = [most / 1000, *(most * n / steps for n in range(1, steps))]
    rows = [
        {
            "name": names[v.name],
            "place": places[v.place or ""],
            "value": v.number,
            "label": gettext(MISSING, found.lang) if v.number is None else number(v.number, found.lang),
            "ink": palette.quiet if v.number is None else palette.on_ramp[bisect_right(domain, v.number)],
        }
        for v in _in_order(found)
    ]
    height = max(36, LINE * _lines(names.values()) + 10)
    y = {**_category("name", names.values()), "axis": _name_axis(names.values()), "scale": {"paddingInner": 0.08}}
    x = {**_category("place", places.values()), "axis": axis, "scale": {"paddingInner": 0.04}}
    shade = {**_value(), "scale": {"type": "threshold", "domain": domain, "range": list(palette.ramp)}, "legend": None}
    ink = {"field": "ink", "type": "nominal", "scale": None, "legend": None}
    return {
        "height": height * len(found.names),
        "data": {"values": rows},
        "encoding": {"y": y, "x": x},
        "layer": [
            {"mark": {"type": "rect", "stroke": palette.line}, "encoding": {"color": shade}},
            {"mark": {"type": "text", "baseline": "middle"}, "encoding": {"color": ink, **_label()}},
        ],
        "resolve": {"scale": {"color": "independent"}},
    }


def _place_axis(places: Sequence[str], room: float) -> tuple[dict[str, str], Spec]:
    """The *places* as they stand side by side above the rows within *room*, on their side where a word is too wide."""
    cell = room / len(places)
    longest_word = max(len(piece.strip()) for place in places for piece in _PIECES.findall(place))
    is_upright = longest_word * CHARACTER > cell
    # On their side, in two lines where a column has room for both.
    most = (22 if cell > 2 * LINE + 2 else 44) if is_upright else _fit(cell, CHARACTER)
    shown = {place: "\n".join(wrapped(place, most)) for place in places}
    axis = {**_split(), "orient": "top", "ticks": False, "domain": False, "grid": False, "title": None}
    if is_upright:
        longest = max(len(line) for text in shown.values() for line in text.split("\n"))
        upright = {"labelAngle": -90, "labelAlign": "left", "labelBaseline": "middle"}
        return shown, {**axis, **upright, "minExtent": longest * CHARACTER}
    # Vega hangs the lines from where the first one stands.
    padding = 8 + (_lines(shown.values()) - 1) * LINE
    return shown, {**axis, "labelAngle": 0, "labelBaseline": "line-bottom", "labelPadding": padding}


def _points(found: Plotted, palette: Palette, width: int) -> Spec:
    names = _shown_names(found, width)
    room = width - 2 * PADDING - _extent(names.values())
    found = _with_short_series(found, room)
    days = [v.day for v in found.values if v.day]
    color: Spec = {"value": palette.series[0]}
    shape: Spec = {"value": "circle"}
    if found.series:
        color = _series_color(found, palette.series, room, symbol="circle")
        shape = {
            "field": "series",
            "type": "nominal",
            "scale": {"domain": list(found.series), "range": list(SHAPES[: len(found.series)])},
            "legend": color["legend"],
        }
    y: Spec = {
        **_category("name", names.values()),
        "axis": {**_name_axis(names.values()), "grid": True},
    }
    row_height = max(30, LINE * _lines(names.values()) + 12)
    point = {"type": "point", "filled": True, "size": 130, "opacity": 1}
    common: Spec = {"height": row_height * len(found.names), "encoding": {"y": y}}
    if days:
        x, rows, texts = _over_time(found, names, days, palette, room)
    else:
        (x, rows), texts = _over_places(found, names, room), []
    return {
        **common,
        "data": {"values": rows},
        "layer": [{"mark": point, "encoding": {"x": x, "color": color, "shape": shape}}, *texts],
    }


def _over_places(found: Plotted, names: dict[str, str], room: float) -> tuple[Spec, list[Spec]]:
    """The x of points over categories, and their rows."""
    places, axis = _place_axis(found.places, room)
    rows = [
        {
            "name": names[v.name],
            "place": places[v.place or ""],
            **({"series": v.series} if found.series else {}),
        }
        for v in _in_order(found)
    ]
    return {**_category("place", places.values()), "axis": axis}, rows


def _over_time(
    found: Plotted, names: dict[str, str], days: list[date], palette: Palette, room: float
) -> tuple[Spec, list[Spec], list[Spec]]:
    """The x of a timeline, its rows, and the layers of its dates in words, which stand where there is room."""
    first, last = min(days), max(days)
    margin = max(timedelta(days=20), (last - first) * 0.05)
    start, end = first - margin, last + margin
    form = _form_of_days(days, start, end, room, found.lang)
    rows = []
    for v in _in_order(found):
        row: Spec = {"name": names[v.name], "before": "", "after": "", "unknown": ""}
        if found.series:
            row["series"] = v.series
        if v.day:
            part = (v.day - start) / (end - start)
            row["day"] = v.day.isoformat()
            row["before" if part > HALF else "after"] = day_as(form, v.day, found.lang)
        else:
            row["unknown"] = gettext(MISSING, found.lang)
        rows.append(row)
    x: Spec = {
        "field": "day",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [start.isoformat(), end.isoformat()], "nice": False},
        "axis": {
            "format": "%Y" if (last - first).days > 700 else "%b %Y",
            "tickCount": {"interval": "year", "step": 1} if (last - first).days > 700 else max(2, int(room / 110)),
            "grid": True,
            "title": found.titles["x"],
            "titleAnchor": "start",
            "labelOverlap": "greedy",
        },
    }
    # Above the line of its row, which would strike it through.
    base = {"type": "text", "baseline": "bottom", "dy": -2}
    at = {"x": {"field": "day", "type": "temporal"}}
    texts: list[Spec] = [
        {"mark": {**base, "align": "left", "dx": 9}, "encoding": {**at, "text": {"field": "after"}}},
        {"mark": {**base, "align": "right", "dx": -9}, "encoding": {**at, "text": {"field": "before"}}},
        {
            "mark": {**base, "align": "left", "color": palette.quiet, "fontStyle": "italic"},
            "encoding": {"x": {"value": 6}, "text": {"field": "unknown"}},
        },
    ]
    return x, rows, texts


def _form_of_days(days: Iterable[date], start: date, end: date, room: float, lang: str) -> Literal["long", "short"]:
    """How all of *days* are written: in words, or in figures where one has no room for those on either side."""
    for day in days:
        part = (day - start) / (end - start)
        if len(str(long_date(day, lang))) * CHARACTER + 10 > max(part, 1 - part) * room:
            return "short"
    return "long"


def _nothing(found: Plotted, palette: Palette, width: int) -> Spec:
    """A sentence where there is nothing to draw."""
    lines = wrapped(nothing_to_draw(found), _fit(width - 2 * PADDING, CHARACTER))
    return {
        "height": LINE * 1.25 * len(lines),
        "data": {"values": [{"label": "\n".join(lines)}]},
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "top",
            "lineBreak": "\n",
            "lineHeight": LINE * 1.25,
            "color": palette.quiet,
        },
        "encoding": {"x": {"value": 0}, "y": {"value": 0}, "text": {"field": "label"}},
    }


_KINDS: Final[dict[str, Callable[[Plotted, Palette, int], Spec]]] = {"bar": _bars, "rect": _matrix, "point": _points}


def _in_order(found: Plotted) -> list[Value]:
    """The values as names, places and series come: Vega-Lite keeps the order of the data where nothing is sorted."""
    orders = [{text: i for i, text in enumerate(texts)} for texts in (found.names, found.places, found.series)]
    return sorted(
        found.values,
        key=lambda v: (orders[0][v.name], orders[1].get(v.place or "", 0), orders[2].get(v.series or "", 0)),
    )


def _category(name: str, order: Iterable[str] = ()) -> Spec:
    listed = list(order)
    return {"field": name, "type": "nominal", "sort": listed or None, "title": None}


def _value(title: str | None = None) -> Spec:
    return {"field": "value", "type": "quantitative", "title": title}


def _label() -> Spec:
    return {"text": {"field": "label"}}


def _color(series: Sequence[str], colors: Sequence[str]) -> Spec:
    return {
        "field": "series",
        "type": "nominal",
        "sort": list(series),
        "scale": {"domain": list(series), "range": list(colors[: len(series)])},
        "title": None,
    }


def _with_short_series(found: Plotted, room: float) -> Plotted:
    """*found* with its series in lines of the length for which a legend has *room*."""
    shown = {series: "\n".join(wrapped(series, _fit(room - KEY, CHARACTER))) for series in found.series}
    values = (
        tuple(replace(value, series=shown[value.series or ""]) for value in found.values) if shown else found.values
    )
    return replace(found, series=tuple(shown.values()), values=values)


def _series_color(found: Plotted, colors: Sequence[str], room: float, symbol: str = "square") -> Spec:
    longest = max(len(line) for series in found.series for line in series.split("\n"))
    columns = max(1, min(len(found.series), int(room / (longest * CHARACTER + KEY))))
    legend: Spec = {
        "orient": "top",
        "direction": "horizontal",
        "columns": columns,
        "title": found.titles["color"] or None,
        "symbolSize": 120,
        "columnPadding": 24,
        **_split(),
        "offset": 10,
        **({"symbolType": symbol} if symbol == "square" else {}),
    }
    return {**_color(found.series, colors), "legend": legend}


def _shown_names(found: Plotted, width: int, shares: Sequence[float] = (0.4, 0.48, 0.55)) -> dict[str, str]:
    """The names as they stand beside the rows: in lines within the first of *shares* of *width* where two lines do."""
    shown: dict[str, str] = {}
    lines = 0
    longest_word = max(len(piece.strip()) for name in found.names for piece in _PIECES.findall(name))
    for share in shares:
        inner = width - 2 * PADDING
        most = max(_fit(inner * share, CHARACTER), min(longest_word, _fit(inner * shares[-1], CHARACTER)))
        shown = {name: "\n".join(wrapped(name, most)) for name in found.names}
        lines = _lines(shown.values())
        if lines <= GOOD_LINES:
            break
    if lines > MOST_LINES and "detail" in found.header.channels:
        return {name: name.partition(" ")[0] for name in found.names}
    return shown


def _extent(names: Iterable[str]) -> float:
    """The width that the longest line of *names* takes, with what stands between it and the rows."""
    return max(len(line) for text in names for line in text.split("\n")) * CHARACTER + 10


def _lines(texts: Iterable[str]) -> int:
    """The lines of that of *texts* which has most."""
    return max(len(text.split("\n")) for text in texts)


def _name_axis(names: Iterable[str]) -> Spec:
    return {**_split(), "domain": False, "ticks": False, "minExtent": round(_extent(names)), **_centred()}


def _split() -> Spec:
    return {"labelExpr": "split(datum.label, '\\n')"}


def _centred() -> Spec:
    """Lines of a name around the middle of its row: Vega puts the first one there."""
    return {"labelOffset": {"expr": f"(1 - length(split(datum.label, '\\n'))) * {LINE / 2}"}}


def _fit(pixels: float, character: float) -> int:
    return max(6, int(pixels / character))


def wrapped(text: str, most: int) -> list[str]:
    """*text* in lines of *most* characters, parted between words and after slashes; a longer word is parted too."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if len((lines[-1] + piece).rstrip()) > most and lines[-1]:
            lines.append("")
        lines[-1] += piece
        while len(lines[-1].rstrip()) > most:
            lines[-1:] = [lines[-1][:most], lines[-1][most:]]
    return [line.strip() for line in lines]
