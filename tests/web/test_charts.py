"""Charts over HTTP: every question's picture in every language and theme, and what surrounds it."""

import re
import struct
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from workplan.configuration import load_configuration
from workplan.export.chart import WIDTH
from workplan.export.vega import SCHEMA
from workplan.language import LANGUAGES
from workplan.release.sources import load_home
from workplan.web.service import Service

SVG = "{http://www.w3.org/2000/svg}"
HARMLESS = {SVG + tag for tag in ("svg", "title", "desc", "g", "path", "line", "rect", "text", "tspan")}

Drawn = Callable[..., ET.Element]


@pytest.fixture(scope="module")
def names(service: Service) -> list[str]:
    """The questions that have a chart."""
    return [name for name, query in service.queries.items() if query.chart]


@pytest.fixture
def drawn(client: FlaskClient) -> Drawn:
    """Ask for a question's picture."""

    def ask(name: str, **parameters: Any) -> ET.Element:
        response = client.get(f"/query/{name}.svg", query_string=parameters)
        assert response.status_code == 200, response.text
        assert response.mimetype == "image/svg+xml"
        return ET.fromstring(response.text)  # noqa: S314 - our own answer

    return ask


def words(root: ET.Element) -> list[str]:
    """The words of a picture, a line each."""
    return [line for text in root.iter(SVG + "text") for line in (list(text.itertext()) or [""])]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_chart_is_drawn_in_every_language(names: list[str], drawn: Drawn, service: Service, lang: str) -> None:
    """With a name, a summary and a language, and with nothing that runs, loads or needs a style."""
    assert len(names) >= 15
    keys = set()
    for name in names:
        root = drawn(name, lang=lang)
        title, description = root[0], root[1]
        keys |= {title.get("id"), description.get("id")}

        assert root.get("role") == "img"
        assert root.get("lang") == lang
        assert root.get("aria-labelledby") == title.get("id")
        assert root.get("aria-describedby") == description.get("id")
        assert service.queries[name].title(lang) in (title.text or "")
        assert len(description.text or "") > 20
        assert {element.tag for element in root.iter()} <= HARMLESS
        attributes = {attribute for element in root.iter() for attribute in element.attrib}
        assert not attributes & {"style", "class", "href", "{http://www.w3.org/1999/xlink}href"}
        assert [attribute for attribute in attributes if attribute.startswith("on")] == []
        assert "CC BY 4.0" in " ".join(words(root))
        assert "undefined" not in " ".join(words(root))
    assert len(keys) == 2 * len(names)


def test_the_numbers_are_those_of_the_table(drawn: Drawn) -> None:
    """Each team's name and the number of its actions."""
    found = words(drawn("team-load"))
    first = found.index("Comunicació")

    assert found[first + 6] == "Membres"
    assert found[first + 7 : first + 14] == ["11", "10", "9", "8", "6", "5", "2"]


def test_a_summary_says_what_the_picture_shows(drawn: Drawn) -> None:
    """What is missing as missing; an action that counts twice is told of."""
    timeline = drawn("timeline", lang="ca")[1].text or ""
    gaps = drawn("execution-status", lang="en")[1].text or ""
    load = drawn("team-load", lang="es")[1].text or ""

    assert "4 fites" in timeline
    assert "De 3 fites no en consta la data" in timeline
    assert gaps == "The answer has 1 row, and “Status” is not stated in it: there is nothing to draw."
    assert "11 (Comunicación)" in load
    assert "total" not in load
    assert "cuenta en cada uno" in load


def test_a_picture_is_called_by_what_it_shows_and_what_it_is_about(drawn: Drawn) -> None:
    """Far from its page; a page that says the topic and the source by itself takes it without them."""
    whole, bare = drawn("team-load", lang="en"), drawn("team-load", lang="en", bare="1")

    assert words(whole)[-20:] != words(bare)[-20:]
    assert "Actions: at most 11 (Communication)" in words(whole)
    assert "Actions: at most 11 (Communication)" in words(bare)
    assert any("CC BY" in line for line in words(whole))
    assert not any("CC BY" in line for line in words(bare))
    assert float(bare.get("height", "0")) < float(whole.get("height", "0"))


def test_a_picture_without_anything_to_draw_holds_the_sentence(drawn: Drawn) -> None:
    """The same as its summary."""
    root = drawn("execution-status", lang="ca")

    assert (root[1].text or "") in " ".join(words(root))
    assert len(list(root.iter(SVG + "path"))) == 0


def test_themes_differ_in_colours_only(drawn: Drawn) -> None:
    """And ``auto`` has both, by its reader's browser."""
    light, dark, auto = (drawn("coverage", theme=theme) for theme in ("light", "dark", "auto"))
    (style,) = auto.iter(SVG + "style")

    def shape(root: ET.Element) -> list[str | None]:
        return [element.get("d") or element.get("transform") for element in root.iter() if element.tag != SVG + "style"]

    assert shape(light) == shape(dark) == shape(auto)
    assert light.find(SVG + "rect").get("fill") == auto.find(SVG + "rect").get("fill") == "#ffffff"  # type: ignore[union-attr]
    assert dark.find(SVG + "rect").get("fill") == "#1c2321"  # type: ignore[union-attr]
    assert re.fullmatch(
        r"@media \(prefers-color-scheme:dark\)\{(\.c\d+\{(fill|stroke):#[0-9a-f]{6}\})+\}", style.text or ""
    )


@pytest.mark.parametrize("width", [280, 720, 1600])
def test_a_picture_is_as_wide_as_is_asked(drawn: Drawn, client: FlaskClient, width: int) -> None:
    """A PNG has two pixels for each."""
    root = drawn("coverage", width=width)
    png = client.get(f"/query/coverage.png?width={width}").data

    assert root.get("width") == str(width)
    assert struct.unpack(">II", png[16:24]) == (2 * width, round(2 * float(root.get("height", "0"))))


def test_a_png_has_its_type_and_its_ground(client: FlaskClient) -> None:
    """Its name is that of the format."""
    light, dark = (client.get(f"/query/team-load.png?theme={theme}") for theme in ("light", "dark"))

    assert light.mimetype == "image/png"
    assert light.data.startswith(b"\x89PNG")
    assert light.data != dark.data


def test_a_description_is_whole(client: FlaskClient) -> None:
    """Any tool can draw it: it has its data, and loads nothing."""
    response = client.get("/query/line-team-matrix.vl.json?lang=es")
    spec = response.json

    assert response.mimetype == "application/vnd.vegalite.v6+json"
    assert spec["$schema"] == SCHEMA
    assert len(spec["data"]["values"]) == 21
    assert "Tabla de calor" in spec["description"]
    assert spec["usermeta"]["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "/releases/" in spec["usermeta"]["address"]
    assert '"url"' not in response.text
    assert '"transform"' not in response.text


@pytest.mark.parametrize("extension", ["svg", "png", "vl.json"])
def test_a_question_without_a_chart_says_which_have_one(client: FlaskClient, names: list[str], extension: str) -> None:
    """As does one whose answer is no table."""
    for name in ("plans", "action-graph"):
        response = client.get(f"/query/{name}.{extension}", headers={"Accept-Language": "ca"})

        assert response.status_code == 406
        assert "no té gràfic" in response.json["detail"]
        assert all(f" {each}" in response.json["detail"] for each in names)


@pytest.mark.parametrize(
    "parameters",
    ["theme=red", "width=10", "width=99999", "width=a", "page=1", "limit=3", "excel=1", "theme=dark&theme=dark", "x=1"],
)
def test_a_picture_takes_what_a_picture_can(client: FlaskClient, parameters: str) -> None:
    """It has no pages: it shows all."""
    assert client.get(f"/query/team-load.svg?{parameters}").status_code == 400


@pytest.mark.parametrize("parameters", ["theme=dark", "width=400"])
def test_a_table_takes_no_colours(client: FlaskClient, parameters: str) -> None:
    """Nor has it a width."""
    assert client.get(f"/query/team-load.csv?{parameters}").status_code == 400


def test_a_picture_is_negotiated(client: FlaskClient) -> None:
    """By name or by ``Accept``; nobody gets one unasked."""
    by_name = client.get("/query/team-load?format=svg&theme=dark")
    accepted = client.get("/query/team-load", headers={"Accept": "image/png"})
    linked = " ".join(by_name.headers.getlist("Link"))

    assert by_name.mimetype == "image/svg+xml"
    assert accepted.mimetype == "image/png"
    assert client.get("/query/team-load").mimetype == "application/sparql-results+json"
    assert client.get("/query/team-load", headers={"Accept": "application/json"}).mimetype.endswith("results+json")
    assert "team-load.png" in linked
    assert client.get("/query/team-load?format=svg&page=1").status_code == 404
    assert client.get("/query/plans", headers={"Accept": "image/png"}).status_code == 406


def test_a_picture_is_kept_by_release(client: FlaskClient) -> None:
    """Until its release goes, or for ever where it is pinned to it."""
    first = client.get("/query/team-load.svg")
    other = client.get("/query/team-load.svg?theme=dark")
    again = client.get("/query/team-load.svg", headers={"If-None-Match": first.headers["ETag"]})
    pinned = re.search(r'<([^>]*)>; rel="cite-as"', " ".join(first.headers.getlist("Link")))
    assert pinned
    for_good = client.get(pinned[1])

    assert again.status_code == 304
    assert other.headers["ETag"] != first.headers["ETag"]
    assert "public" in first.headers["Cache-Control"]
    assert "immutable" in for_good.headers["Cache-Control"]
    assert for_good.mimetype == "image/svg+xml"
    assert first.headers["Access-Control-Allow-Origin"] == "*"


def test_a_picture_opened_by_itself_can_load_nothing(client: FlaskClient) -> None:
    """It may have its style, and no more."""
    policy = client.get("/query/team-load.svg?theme=auto").headers["Content-Security-Policy"]

    assert policy == "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


def test_the_same_picture_has_the_same_bytes(client: FlaskClient) -> None:
    """Its tag promises as much."""
    assert client.get("/query/anomalies.svg").data == client.get("/query/anomalies.svg").data


def test_charts_are_described(client: FlaskClient, names: list[str]) -> None:
    """In OpenAPI, with what they take."""
    paths = client.get("/openapi.json").json["paths"]
    taken = {
        name: {each["name"] for each in paths[f"/query/{name}"]["get"]["parameters"]} for name in (names[0], "plans")
    }

    assert {"theme", "width"} <= taken[names[0]]
    assert not {"theme", "width"} & taken["plans"]
    content = paths[f"/query/{names[0]}"]["get"]["responses"]["200"]["content"]
    assert {"image/svg+xml", "image/png"} <= set(content)


def test_a_value_of_a_parameter_is_on_the_picture(drawn: Drawn) -> None:
    """One that is far from its address says what it was asked, in words."""
    foot = words(drawn("team-load", plan="xmess/plan/2020", lang="es", width=1200))

    assert any("Plan: Plan de trabajo 2020 · " in line for line in foot)


def test_an_answer_without_rows_is_told(drawn: Drawn) -> None:
    """A plan without actions has no bars."""
    root = drawn("actions-by-scope", plan="xmess/plan/2017-2019", lang="en")

    assert root[1].text == "The answer has no rows: there is nothing to draw."


def test_the_least_of_series_side_by_side_is_told_of_each(drawn: Drawn) -> None:
    """Two readings of the same line are not two lines."""
    said = drawn("coverage", lang="ca")[1].text or ""

    assert "El mínim és 0. Accions (codis impresos): 5 casos; Accions (codis proposats): 4 casos." in said


def test_pictures_are_the_configured_sites(app: Flask, drawn: Drawn) -> None:
    """By its title."""
    publisher = load_configuration(load_home().root).title_in("ca")

    assert any(publisher in line for line in words(drawn("team-load", lang="ca")))
    assert drawn("team-load").get("width") == str(WIDTH)
