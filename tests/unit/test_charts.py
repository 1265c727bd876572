"""Charts by their parts: what a header may say, what is drawn and told, the colours, the process that draws."""

import itertools
import math
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pyoxigraph import Literal, NamedNode

from workplan.export import drawing
from workplan.export.drawer import refuse_addresses
from workplan.export.drawing import Drawer
from workplan.export.palette import DARK, LIGHT, Palette
from workplan.export.plotted import MOST_NAMES, Plotted, plotted
from workplan.export.summary import caption_of, headline_of, name_of, summary_of
from workplan.export.vega import vega_lite, wrapped
from workplan.knowledge.description import Name
from workplan.knowledge.table import Table
from workplan.language import LANGUAGES
from workplan.model.errors import DrawingFailed, ServiceBusy
from workplan.questions.charts import MOST_SERIES, ChartHeader, faults_of_chart
from workplan.questions.columns import Column
from workplan.questions.parameters import RESERVED

XSD = "http://www.w3.org/2001/XMLSchema#"
COLUMNS = {
    name: Column(name, kind, {lang: name.title() for lang in LANGUAGES})
    for name, kind in {"what": "string", "who": "string", "n": "integer", "m": "integer", "day": "date"}.items()
}
TITLE = {"ca": "Coses", "es": "Cosas", "en": "Things"}
BARS: dict[str, Any] = {"mark": "bar", "encoding": {"y": {"field": "what"}, "x": {"field": "n"}}}
STACKED = {**BARS, "encoding": {**BARS["encoding"], "color": {"field": "who"}}}
FOLDED = {
    "mark": "bar",
    "transform": [{"fold": ["n", "m"]}],
    "encoding": {"y": {"field": "what"}, "x": {"field": "value", "title": TITLE}, "color": {"field": "key"}},
}
COUNTED: dict[str, Any] = {
    "mark": "bar",
    "encoding": {"y": {"field": "what"}, "x": {"aggregate": "count", "title": TITLE}},
}
HEAT = {"mark": "rect", "encoding": {"y": {"field": "what"}, "x": {"field": "who"}, "color": {"field": "n"}}}
DAYS: dict[str, Any] = {"mark": "point", "encoding": {"y": {"field": "what"}, "x": {"field": "day"}}}
DOTS = {"mark": "point", "encoding": {"y": {"field": "what"}, "x": {"field": "who"}}}

Rows = list[tuple[Any, ...]]


def term(value: Any) -> Any:
    """*value* as the store would answer it."""
    if isinstance(value, int | float):
        return Literal(str(value), datatype=NamedNode(XSD + ("integer" if isinstance(value, int) else "decimal")))
    return None if value is None else Literal(value)


def draw(about: dict[str, Any], names: str, rows: Rows, lang: str = "en") -> Plotted:
    """What the chart *about* draws of *rows* in the columns *names*."""
    header = ChartHeader.read(about)
    assert header
    columns = tuple(COLUMNS[name] for name in names.split())
    return plotted(header, Table(columns, tuple(tuple(map(term, row)) for row in rows)), lang)


def told(about: dict[str, Any], names: str, rows: Rows, lang: str = "en") -> str:
    """The summary of that chart."""
    return summary_of(draw(about, names, rows, lang))


@pytest.mark.parametrize("about", [BARS, STACKED, FOLDED, COUNTED, HEAT, DAYS, DOTS])
def test_a_sound_chart_has_no_fault(about: dict[str, Any]) -> None:
    """Each mark, with what it may have."""
    assert list(faults_of_chart(about, COLUMNS, list(COLUMNS))) == []


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ("bar", "Vega-Lite"),
        ({"mark": "pie", "encoding": {}}, "«pie»"),
        ({"mark": {"type": "image"}, "encoding": {}}, "bar, rect, point"),
        ({**BARS, "data": {"url": "http://e/"}}, "«data»"),
        ({**BARS, "params": []}, "«params»"),
        ({**BARS, "transform": [{"calculate": "1"}]}, "«fold»"),
        ({**BARS, "transform": 3}, "«fold»"),
        ({**FOLDED, "transform": [{"fold": ["n"]}]}, "«fold»"),
        ({**FOLDED, "transform": [{"fold": ["n", "zzz"]}]}, "«zzz»"),
        ({**FOLDED, "transform": [{"fold": ["n", "what"]}]}, "«what»"),
        ({"mark": "bar", "encoding": {"y": {"field": "what"}}}, "«x»"),
        ({"mark": "bar", "encoding": {"y": {"field": "zzz"}, "x": {"field": "n"}}}, "«zzz»"),
        ({"mark": "bar", "encoding": {"y": {"field": "n"}, "x": {"field": "n"}}}, "paraules"),
        ({"mark": "bar", "encoding": {"y": {"field": "what"}, "x": {"field": "who"}}}, "nombres"),
        ({"mark": "point", "encoding": {"y": {"field": "what"}, "x": {"field": "n"}}}, "dates"),
        ({**COUNTED, "encoding": {**COUNTED["encoding"], "x": {"aggregate": "count"}}}, "ca, es, en"),
        ({**COUNTED, "encoding": {**COUNTED["encoding"], "x": {"aggregate": "sum", "title": TITLE}}}, "count"),
        ({**BARS, "encoding": {**BARS["encoding"], "url": {"field": "what"}}}, "«url»"),
        ({**BARS, "encoding": {"y": {"field": "what", "sort": "y"}, "x": {"field": "n"}}}, "sort"),
        ({**BARS, "encoding": {"y": {"field": "what", "axis": {}}, "x": {"field": "n"}}}, "«axis»"),
        ({**BARS, "encoding": {"y": "what", "x": {"field": "n"}}}, "«y»"),
        ({**BARS, "description": {"ca": "Coses"}}, "es, en"),
    ],
)
def test_a_broken_chart_is_told(about: Any, said: str) -> None:
    """With what it may be."""
    sentences = [text % values if values else text for text, values in faults_of_chart(about, COLUMNS, list(COLUMNS))]

    assert any(said in sentence for sentence in sentences), sentences


def test_what_is_no_chart_is_none() -> None:
    """A file may be asked while its chart is broken: the table is there."""
    assert [ChartHeader.read(about) for about in (None, "bar", {}, {"mark": "bar"}, {"mark": ["bar"]})] == [None] * 5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_is_told_as_one_and_more_as_more(lang: str) -> None:
    """In every language, for the numbers of bars, of missing values and of what does not fit in."""
    one, more = (told(BARS, "what n", [(f"w{i}", i) for i in range(n)] + [("z", None)] * n, lang) for n in (1, 2))
    singular = {"ca": "1 valor que no consta", "es": "1 valor que no consta", "en": "1 value is not stated"}
    plural = {"ca": "2 valors que no consten", "es": "2 valores que no constan", "en": "2 values are not stated"}

    assert singular[lang] in one
    assert plural[lang] in more


def test_a_summary_tells_the_largest_the_smallest_and_the_sum() -> None:
    """With their names; the largest is what the picture has above it."""
    found = draw(BARS, "what n", [("a", 3), ("b", 12), ("c", 0)])

    assert headline_of(found) == "N: at most 12 (b)"
    assert caption_of(found) == "The lowest is 0 (c). In all, 15."
    assert summary_of(found) == "N: at most 12 (b). The lowest is 0 (c). In all, 15."
    assert vega_lite(found, headline_of(found), LIGHT, 720, "Topic")["title"]["subtitle"] == ["Topic"]


def test_numbers_that_overlap_are_not_added_up() -> None:
    """An action that two teams carry out is not two actions; nor are the parts of each colour summed."""
    rows: Rows = [("a", "x", 3), ("b", "y", 12)]
    said = told({**STACKED, "overlap": True}, "what who n", rows)

    assert said == "N: at most 12 (b). The lowest is 3 (a)."


def test_of_several_that_have_least_only_their_number_is_told() -> None:
    """Three names of what has nothing tell nothing."""
    assert "The lowest, 0, occurs 2 times." in told(BARS, "what n", [("a", 3), ("b", 0), ("c", 0)])


def test_long_names_that_share_the_first_place_are_counted() -> None:
    """A headline is read at a glance."""
    rows: Rows = [("a" * 50, 3), ("b" * 50, 3), ("c", 1)]

    assert headline_of(draw(BARS, "what n", rows)) == "N: at most 3 (in 2 cases)"


def test_what_the_data_do_not_say_has_the_colour_of_no_value() -> None:
    """However long its bar is."""
    spec = vega_lite(draw(BARS, "what n", [("a", 3), (None, 27)]), "T", LIGHT, 720)
    color = spec["layer"][0]["encoding"]["color"]

    assert [row.get("unnamed", False) for row in spec["data"]["values"]] == [False, True]
    assert color["condition"] == {"test": "datum.unnamed", "value": LIGHT.quiet}


def test_percentages_are_not_added_up() -> None:
    """Whole ones neither: only what counts something has a sum."""
    columns = (COLUMNS["what"], Column("share", "decimal", {"en": "Share"}))
    header = ChartHeader.read({"mark": "bar", "encoding": {"y": {"field": "what"}, "x": {"field": "share"}}})
    assert header
    rows = tuple((term(name), term(share)) for name, share in (("a", 100.0), ("b", 50.0)))

    assert summary_of(plotted(header, Table(columns, rows), "en")) == ("Share: at most 100 (a). The lowest is 50 (b).")


def test_a_percentage_says_its_unit_and_of_how_many_it_is() -> None:
    """100 % of two is not much."""
    columns = (COLUMNS["what"], Column("share", "decimal", {"en": "Share"}, unit="%"), COLUMNS["n"])
    encoding = {"y": {"field": "what"}, "x": {"field": "share"}, "text": {"field": "n"}}
    about = {"mark": "bar", "encoding": encoding}
    header = ChartHeader.read(about)
    assert header
    rows = tuple((term(name), term(share), term(n)) for name, share, n in (("a", 100.0, 2), ("b", 50.0, 8)))
    found = plotted(header, Table(columns, rows), "en")
    labels = [row["label"] for row in vega_lite(found, "T", LIGHT, 720)["data"]["values"]]

    assert not list(faults_of_chart(about, {c.name: c for c in columns}, [c.name for c in columns]))
    assert labels == ["100\u00a0% of 2", "50\u00a0% of 8"]
    assert headline_of(found) == "Share: at most 100\u00a0% of 2 (a)"


def test_points_are_told_by_colour_too() -> None:
    """Who cannot see it should know that an event is only foreseen; what has no place has no point."""
    days = {**DAYS, "encoding": {**DAYS["encoding"], "color": {"field": "who"}}}
    said = told(days, "what day who", [("a", "2019-11-29", "x"), ("b", "2017-05-17", "y"), ("c", None, "y")])

    assert "By “Who”: x, 1; y, 1." in said


def test_what_is_missing_is_never_zero() -> None:
    """It has no bar and counts for nothing; its place says so."""
    found = draw(BARS, "what n", [("a", 3), ("b", None)])
    drawn = vega_lite(found, "T", LIGHT, 720)["data"]["values"]

    assert [(row["value"], row["label"]) for row in drawn] == [(3.0, "3"), (None, "not stated")]
    assert summary_of(found) == "N: 3 (a). 1 value is not stated."


@pytest.mark.parametrize(
    ("about", "names", "rows", "said"),
    [
        (BARS, "what n", [], "The answer has no rows"),
        (BARS, "what n", [("a", None)], "1 row, and “N” is not stated in it"),
        (COUNTED, "what", [(None,), (None,)], "2 rows, and “What” is not stated in any"),
        (DAYS, "what day", [("a", None), ("b", None)], "“Day” is not stated in any"),
        (HEAT, "what who n", [("a", "b", None)], "“N” is not stated"),
    ],
)
def test_where_there_is_nothing_to_draw_a_sentence_stands(
    about: dict[str, Any], names: str, rows: Rows, said: str
) -> None:
    """No empty frame."""
    found = draw(about, names, rows)
    spec = vega_lite(found, "T", LIGHT, 720)

    assert found.is_empty
    assert said in summary_of(found)
    assert said in " ".join(spec["data"]["values"][0]["label"].split())
    assert spec["mark"]["type"] == "text"


def test_parts_are_told_one_by_one() -> None:
    """Of each colour the sum; a bar's number is that of its parts together."""
    said = told(STACKED, "what who n", [("a", "x", 3), ("a", "y", 4), ("b", "x", 1)])

    assert "at most 7 (a)" in said
    assert "By “Who”: x, 4; y, 4." in said


def test_columns_are_folded() -> None:
    """Each is a series with the name of the column."""
    found = draw(FOLDED, "what n m", [("a", 3, 4), ("b", 0, None)])

    assert found.series == ("N", "M")
    assert [(v.name, v.series, v.number) for v in found.values] == [
        ("a", "N", 3), ("a", "M", 4), ("b", "N", 0), ("b", "M", None)
    ]  # fmt: skip


def test_rows_are_counted() -> None:
    """Those without a name too, as not stated."""
    found = draw(COUNTED, "what", [("a",), ("a",), (None,)])

    assert {name: found.total(name) for name in found.names} == {"a": 2, "not stated": 1}


def test_names_are_sorted_by_what_they_add_up_to() -> None:
    """Where the header wants it; else they come as the answer has them."""
    rows: Rows = [("a", 1), ("b", 3), ("c", 2)]
    about = {**BARS, "encoding": {"y": {"field": "what", "sort": "-x"}, "x": {"field": "n"}}}

    assert draw(BARS, "what n", rows).names == ("a", "b", "c")
    assert draw(about, "what n", rows).names == ("b", "c", "a")


def test_too_many_names_are_told() -> None:
    """The first ones are drawn; how many are not is on the picture and in the summary."""
    found = draw(BARS, "what n", [(f"w{i}", i) for i in range(MOST_NAMES + 5)])

    assert len(found.names) == MOST_NAMES
    assert "5 names do not fit in" in summary_of(found)
    assert vega_lite(found, "T", LIGHT, 720)["title"]["subtitle"] == ["5 names do not fit in: they are in the table."]


def test_too_many_colours_are_none() -> None:
    """Nobody would tell them apart: the bars stand with their sums."""
    found = draw(STACKED, "what who n", [("a", f"s{i}", 1) for i in range(MOST_SERIES + 1)])

    assert found.series == ()
    assert [(v.name, v.number) for v in found.values] == [("a", MOST_SERIES + 1)]


def test_things_of_one_name_stay_apart() -> None:
    """Two resources may be called the same."""
    header = ChartHeader.read(BARS)
    assert header
    name = Name((("X", "ca"),), ())
    rows = tuple((NamedNode(f"http://e/{i}"), term(i)) for i in (1, 2))
    columns = (Column("what", "iri"), COLUMNS["n"])
    table = Table(columns, rows, {f"http://e/{i}": name for i in (1, 2)})

    assert plotted(header, table, "ca").names == ("X", "X (2)")


def test_a_timeline_tells_first_and_last_and_what_has_no_date() -> None:
    """In the reader's words."""
    rows: Rows = [("a", "2019-11-29"), ("b", "2017-05-17"), ("c", None)]

    assert told(DAYS, "what day", rows, "ca") == (
        "Del 17 de maig del 2017 al 29 de novembre del 2019. 2 fites amb data. La primera és «b»; la darrera, «a». "
        "D'una fita no en consta la data."
    )
    assert name_of(draw(DAYS, "what day", rows, "es"), "El plan") == "Cronología: El plan."


@pytest.mark.parametrize(("lang", "month"), [("ca", "abr."), ("es", "abr"), ("en", "Apr")])
def test_a_month_on_an_axis_stands_alone(lang: str, month: str) -> None:
    """Not «d'abr.», as within a date."""
    spec = vega_lite(draw(DAYS, "what day", [("a", "2019-04-10"), ("b", "2019-09-18")], lang), "T", LIGHT, 720)

    assert spec["config"]["locale"]["time"]["shortMonths"][3] == month


@pytest.mark.parametrize(
    ("text", "most", "lines"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("Coneixement/consolidació", 14, ["Coneixement/", "consolidació"]),
        ("a/b", 8, ["a/b"]),
        ("abcdef", 4, ["abcd", "ef"]),
        ("", 4, [""]),
    ],
)
def test_long_names_are_wrapped_and_none_is_cut(text: str, most: int, lines: list[str]) -> None:
    """Between words, after slashes, or within a word that is too long."""
    assert wrapped(text, most) == lines


# --- colours ---------------------------------------------------------------------------------------------------------

SEEN = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
"""What people see who lack a kind of cone (Machado, Oliveira and Fernandes 2009, severity 1, linear RGB)."""


def linear(color: str) -> list[float]:
    """The linear RGB of an sRGB *color*."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def luminance(color: str) -> float:
    """The relative luminance of WCAG 2.2."""
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear(color), strict=True))


def contrast(one: str, other: str) -> float:
    """The contrast of WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lab(color: str, seen: str) -> tuple[float, float, float]:
    """CIELAB of *color* as it is *seen*."""
    r, g, b = (min(1.0, max(0.0, sum(x * y for x, y in zip(row, linear(color), strict=True)))) for row in SEEN[seen])
    rows = ((0.4124, 0.3576, 0.1805, 0.9505), (0.2126, 0.7152, 0.0722, 1.0), (0.0193, 0.1192, 0.9505, 1.089))
    x, y, z = ((i * r + j * g + k * b) / white for i, j, k, white in rows)
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


both_palettes = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


@both_palettes
def test_every_series_stands_out_from_its_ground(palette: Palette) -> None:
    """WCAG 2.2, 1.4.11."""
    assert min(contrast(color, palette.ground) for color in palette.series) >= 3


@both_palettes
@pytest.mark.parametrize("seen", SEEN)
def test_no_two_series_look_the_same_to_anyone(palette: Palette, seen: str) -> None:
    """20 is far more than the 2.3 at which a difference is just seen."""
    pairs = itertools.combinations(palette.series, 2)

    assert min(math.dist(lab(one, seen), lab(other, seen)) for one, other in pairs) >= 20


@both_palettes
def test_series_are_told_apart_in_grey(palette: Palette) -> None:
    """By their lightness, as a printer gives it."""
    lights = sorted(lab(color, "all")[0] for color in palette.series)

    assert min(more - less for less, more in itertools.pairwise(lights)) >= 7


@both_palettes
def test_a_ramp_goes_one_way(palette: Palette) -> None:
    """More is ever further from the ground."""
    contrasts = [contrast(color, palette.ground) for color in palette.ramp]

    assert contrasts == sorted(contrasts)
    assert contrasts[0] == 1


@both_palettes
def test_words_can_be_read_wherever_they_stand(palette: Palette) -> None:
    """WCAG 2.2, 1.4.3."""
    pairs = [
        (palette.ink, palette.ground),
        (palette.quiet, palette.ground),
        *zip(palette.on_series, palette.series, strict=True),
        *zip(palette.on_ramp, palette.ramp, strict=True),
    ]

    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < 4.5} == {}


def test_as_many_colours_as_series() -> None:
    """And the parameters of a picture are no question's."""
    assert {len(palette.series) for palette in (LIGHT, DARK)} == {MOST_SERIES}
    assert {"theme", "width"} <= RESERVED


# --- the process that draws ------------------------------------------------------------------------------------------

SPEC = {
    "data": {"values": [{"a": "A", "b": 2}]},
    "mark": "bar",
    "encoding": {"x": {"field": "b", "type": "quantitative"}},
}


@pytest.fixture(scope="module")
def drawer() -> Iterator[Drawer]:
    """What draws."""
    found = Drawer()
    yield found
    found.close()


def ill(program: str) -> Drawer:
    """A drawer whose process is *program*."""
    return Drawer((sys.executable, "-c", program))


def test_a_killed_process_is_started_again(drawer: Drawer) -> None:
    """Whoever asks next waits a little longer and gets the same picture."""
    first = drawer.svg(SPEC)
    assert drawer.pid
    os.kill(drawer.pid, signal.SIGKILL)

    assert drawer.svg(SPEC) == first


@pytest.mark.parametrize("where", ["http://127.0.0.1:9/x.csv", "file:///etc/passwd", "/etc/passwd", "data:,a"])
def test_nothing_outside_a_description_is_loaded(drawer: Drawer, where: str) -> None:
    """Nor is it tried: the description is refused, and the process goes on."""
    with pytest.raises(DrawingFailed):
        drawer.svg({**SPEC, "data": {"url": where}})
    with pytest.raises(DrawingFailed):
        drawer.svg({**SPEC, "mark": {"type": "image", "url": where}})
    with pytest.raises(ValueError, match="href"):
        refuse_addresses({"layer": [{"encoding": {"href": {"value": where}}}]})
    assert "<svg" in drawer.svg(SPEC)


def test_what_is_no_chart_fails_alone(drawer: Drawer) -> None:
    """The process says why, to the log, and goes on."""
    with pytest.raises(DrawingFailed):
        drawer.svg({"mark": "nonsense"})
    pid = drawer.pid
    assert "<svg" in drawer.svg(SPEC)
    assert drawer.pid == pid


def test_a_process_that_takes_too_long_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asked hears of it."""
    monkeypatch.setattr(drawing, "SECONDS", 0.2)
    slow = ill("import time; time.sleep(60)")

    with pytest.raises(DrawingFailed):
        slow.svg(SPEC)
    assert slow.pid is None


def test_a_process_that_cannot_start_is_told() -> None:
    """It is tried twice."""
    with pytest.raises(DrawingFailed):
        ill("raise SystemExit(1)").svg(SPEC)


def test_few_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are told to come again, at once: their threads are wanted."""
    monkeypatch.setattr(drawing, "SECONDS", 1)
    slow = ill("import time; time.sleep(60)")
    outcomes: list[type[Exception]] = []

    def ask() -> None:
        try:
            slow.svg(SPEC)
        except (DrawingFailed, ServiceBusy) as error:
            outcomes.append(type(error))

    waiting = [threading.Thread(target=ask) for _ in range(drawing.MOST_WAITING)]
    for thread in waiting:
        thread.start()
    while slow._places._value:  # type: ignore[attr-defined]
        pass
    with pytest.raises(ServiceBusy):
        slow.svg(SPEC)
    for thread in waiting:
        thread.join()
    assert outcomes == [DrawingFailed] * drawing.MOST_WAITING


def test_names_of_others_making_are_only_words(drawer: Drawer) -> None:
    """Whatever they look like: markup, expressions, line ends, what XML cannot hold."""
    hostile = [
        "</text><script>alert(1)</script>",
        "'); alert(1); //",
        "a\nb\x00c",
        "{{x}} %(y)s",
        "datum.label",
        "é" * 300,
    ]
    for about, names in ((BARS, "what n"), (HEAT, "what who n"), (STACKED, "what who n"), (DAYS, "what day")):
        value: dict[str, Any] = {"n": 3, "day": "2020-02-03"}
        rows = [tuple(text if name in ("what", "who") else value[name] for name in names.split()) for text in hostile]
        svg = drawer.svg(vega_lite(draw(about, names, rows), hostile[0], LIGHT, 720))
        root = ET.fromstring(svg)  # noqa: S314 - our own process wrote it
        words = "".join("".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text"))

        assert "<script" not in svg
        assert "alert(1)" in words
        assert "undefined" not in words
