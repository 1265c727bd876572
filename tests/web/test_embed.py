"""Answers on other sites: the frame, oEmbed, the files of the web component, and what none of them may do."""

import json
import re
import struct
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from served import FrontClient
from workplan.configuration import load_configuration
from workplan.language import LANGUAGES
from workplan.model.errors import BadConfiguration
from workplan.release.build import Release, build
from workplan.release.sources import load_home
from workplan.web import create_app
from workplan.web.service import open_service

ID = "https://w3id.org/sse-workplan/id/"
ST = "xmess/team/st"
HOSTILE = ('"><script>alert(1)</script>', "' onload='alert(1)", "{{7*7}}%(x)s", "\r\nX-Evil: 1", "x" * 5_000)
ANCESTORS = re.compile(r"frame-ancestors ([^;]*)")
NO_STATEMENT = {"ca": "no consta", "es": "no consta", "en": "not stated"}


class Frame(HTMLParser):
    """The first frame in a piece of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.given: dict[str, str | None] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note its attributes."""
        if tag == "iframe" and not self.given:
            self.given = dict(attrs)


def embed(client: FlaskClient, name: str, **parameters: str) -> TestResponse:
    """The frame of the question *name*, asked with *parameters*."""
    return client.get(f"/embed/{name}", query_string=parameters)


def ancestors(response: TestResponse) -> str:
    """Who may frame *response*."""
    found = ANCESTORS.search(response.headers["Content-Security-Policy"])
    assert found
    return found[1]


def text_of(response: TestResponse) -> str:
    """The words of a frame, with single spaces."""
    return " ".join(re.sub(r"<[^>]*>", " ", response.text.partition("<main")[2]).split())


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, root: Path) -> FlaskClient:
    """A client of a service over a small network with hostile labels, sites that may frame it, and a slow question."""
    home = tmp_path_factory.mktemp("home")
    folder = home / "data" / "prova" / "plan" / "2020" / "v1"
    folder.mkdir(parents=True)
    text = (root / "tests" / "shapes" / "base.ttl").read_text(encoding="utf-8")
    label = '<script>alert(1)</script>\\"><img src=x onerror=alert(2)>' + "llarg" * 400
    (folder / "all.ttl").write_text(text.replace('"Fer una jornada"@ca', f'"{label}"@ca'), encoding="utf-8")
    (home / "workplan.toml").write_text(
        'network = "prova"\n[title]\nca = "<b>Prova</b>"\n[embed]\nancestors = ["https://www.exemple.cat"]\n',
        encoding="utf-8",
    )
    build(load_home(home), home / "releases")
    return create_app(open_service(home, None, None)).test_client()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_frame_says_what_it_shows_from_when_and_whose_it_is(client: FlaskClient, lang: str, release: Release) -> None:
    """Title, question, table, date, source and licence, in the language asked, without a script."""
    response = embed(client, "team-load", lang=lang)
    page = html5lib.HTMLParser(strict=True).parse(response.text)
    words = text_of(response)

    assert response.status_code == 200
    assert f'<html lang="{lang}"' in response.text
    assert "<script" not in response.text
    assert "style=" not in response.text
    assert {"ca": "La càrrega de cada equip", "es": "La carga de cada equipo", "en": "The load of each team"}[
        lang
    ] in words
    assert {"ca": "Quin equip", "es": "¿Qué equipo", "en": "Which team"}[lang] in words
    assert {"ca": "Data de les dades:", "es": "Fecha de los datos:", "en": "Date of the data:"}[lang] in words
    assert release.version in words
    assert "CC BY 4.0" in words
    assert f'href="http://localhost/{lang}/query/team-load"' in response.text
    assert page.find(".//{*}caption") is not None
    assert len(page.findall(".//{*}tbody/{*}tr")) == 7


def test_every_table_among_the_questions_can_be_embedded(client: FlaskClient, app: Flask) -> None:
    """With the examples of their headers; answers that are graphs say in a sentence that they are none."""
    statuses = {}
    for query in app.extensions["workplan"].queries.values():
        response = embed(client, query.name, **query.example())
        html5lib.HTMLParser(strict=True).parse(response.text)
        statuses[query.name] = response.status_code

    assert {name for name, status in statuses.items() if status != 200} == {"action-graph"}
    assert statuses["action-graph"] == 400


def test_all_addresses_of_a_frame_are_whole_and_leave_it(client: FlaskClient) -> None:
    """In a frame of another site our pages may not be shown, and the web component stands at another address."""
    text = embed(client, "team-work", team=ST).text
    addresses = re.findall(r'(?:href|src)="([^"]*)"', text)

    assert len(addresses) > 5
    assert [a for a in addresses if not a.startswith(("http://localhost/", "https://"))] == []
    assert '<base target="_top">' in text


def test_a_frame_names_what_it_was_asked(client: FlaskClient) -> None:
    """«This team» means nothing to who reads it elsewhere."""
    assert "Equip: Secretaria tècnica" in text_of(embed(client, "team-work", team=ST, lang="ca"))
    assert "Equipo: Secretaría técnica" in text_of(embed(client, "team-work", team=ST, lang="es"))


def test_columns_and_rows_are_chosen_and_the_number_of_all_is_told(client: FlaskClient) -> None:
    """In the order given; nothing is cut in silence."""
    response = embed(client, "team-load", columns="actions,label", rows="2", lang="ca")
    head = re.findall(r'<th scope="col"[^>]*>([^<]*)', response.text)

    assert head == ["Accions", "Equip"]
    assert response.text.count('<th scope="row"') == 2
    assert "2 de 7 files. Mostra-les totes" in text_of(response)
    assert "2 de 7" not in text_of(embed(client, "team-load", lang="ca"))


def test_a_chart_has_a_name_a_summary_and_its_table(client: FlaskClient) -> None:
    """And its picture, wide and narrow, is where it says."""
    response = embed(client, "team-load", view="chart", lang="es", theme="dark")
    pictures = re.findall(r'(?:src|srcset)="http://localhost(/query/[^"]*)"', response.text)

    assert re.search(r'<img [^>]*alt="[^"]{10,}"', response.text)
    assert "cuenta en cada uno" in response.text.partition("<figcaption>")[2].partition("</figcaption>")[0]
    assert re.search(r'<img [^>]*alt="[^"]*11 \(Comunicación\)', response.text)
    assert response.text.partition("<details>")[2].count("<tr>") == 8
    assert len(pictures) == 2
    for picture in pictures:
        assert "theme=dark" in picture
        assert client.get(picture.replace("&amp;", "&")).mimetype == "image/svg+xml"


def test_a_tree_is_embedded_as_one(client: FlaskClient) -> None:
    """Where all of it is shown; of chosen columns or of some rows it is a table."""
    frame = embed(client, "plan-tree", lang="ca").text

    assert (frame.count("<li>"), "<table" in frame) == (44, False)
    assert "<table" in embed(client, "plan-tree", lang="ca", rows="5").text
    assert "<table" in embed(client, "plan-tree", lang="ca", columns="code").text


def test_one_value_is_shown_with_what_it_is(client: FlaskClient) -> None:
    """The first number of the first row, or the column that is asked for."""
    first = text_of(embed(client, "team-load", view="value", lang="ca"))
    chosen = text_of(embed(client, "plans", view="value", columns="year", lang="en"))

    assert "Accions · Comunicació 11" in first
    assert "És la primera de 7 files" in first
    assert re.search(r"Year · .* 20\d\d", chosen)


@pytest.mark.parametrize(
    ("name", "columns"),
    [("cq-024-support-of-each-datum", ""), ("actions", "label,verbatim"), ("timeline", "")],
)
def test_words_that_are_in_another_language_say_so(client: FlaskClient, name: str, columns: str) -> None:
    """Those of the document, which nobody translates."""
    page = embed(client, name, lang="en", columns=columns).text
    words = re.findall(r'<td[^>]*><span lang="(\w+)"|<td lang="(\w+)"', page)

    assert {"ca"} <= {one or other for one, other in words}


@pytest.mark.parametrize("file", ["embedding.md", "examples/embedding/page.html"])
def test_what_the_documentation_embeds_can_be_embedded(client: FlaskClient, root: Path, file: str) -> None:
    """Its frames, the pages that it pastes or leads to, and its elements with all their attributes."""
    text = (root / "docs" / file).read_text(encoding="utf-8")
    service = r"(?:https://plans\.example\.org|\{\{service\}\})"
    addresses = re.findall(rf"{service}(/(?:embed/|ca/query/)[a-z][^\s\"<`]*)", text)
    for element in re.findall(r"<workplan-query ([^>]*=[^>]*)>", text):
        given = dict(re.findall(r'(\w+)="([^"]*)"', element))
        name, own = given.pop("name"), given.pop("params", "")
        addresses.append(f"/embed/{name}?{own}&{urlencode(given)}")

    assert len(addresses) > 2
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_unknown_value_is_never_a_zero(client: FlaskClient, lang: str) -> None:
    """No amount is in the document, and nobody else may think that actions cost nothing."""
    value = embed(client, "cq-011-cost-of-actions", view="value", columns="amount", lang=lang)
    none = embed(client, "events-since", view="value", columns="date", since="2999-01-01", lang=lang)

    assert [value.status_code, none.status_code] == [200, 200]
    for response in (value, none):
        shown = re.search(r"<dd>(.*?)</dd>", response.text)
        assert shown
        assert shown[1] == f'<span class="missing">{NO_STATEMENT[lang]}</span>'


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"view": "map"}, "«view»"),
        ({"view": "chart"}, "cap gràfic"),
        ({"theme": "blue"}, "«theme»"),
        ({"lang": "fr"}, "«lang»"),
        ({"rows": "0"}, "«rows»"),
        ({"rows": "1e3"}, "«rows»"),
        ({"height": "99999"}, "«height»"),
        ({"columns": "nope"}, "«nope»"),
        ({"teem": "x"}, "«teem»"),
        ({"plan": "not an iri"}, "«plan»"),
    ],
)
def test_what_cannot_be_shown_is_told_in_the_frame(client: FlaskClient, parameters: dict[str, str], told: str) -> None:
    """With its status, a sentence, and the way to the question's page; never a blank frame."""
    response = embed(client, "plans" if "view" in parameters else "team-load", **parameters)

    assert response.status_code == 400
    assert response.mimetype == "text/html"
    assert told in text_of(response)
    assert re.search(r'<a href="http://localhost/ca/query/(team-load|plans)">', response.text)
    assert ancestors(response) == "*"
    assert response.headers["Cache-Control"] == "no-store"
    assert len(response.data) < 1_500
    html5lib.HTMLParser(strict=True).parse(response.text)


@pytest.mark.parametrize("path", ["nope", "team-load/x", "team-load.csv"])
def test_an_unknown_question_leads_to_those_there_are(client: FlaskClient, path: str) -> None:
    """Whatever stands after ``/embed/`` is told in the frame."""
    response = client.get(f"/embed/{path}", headers={"Accept-Language": "en"})

    assert response.status_code == 404
    assert "There is no saved query" in text_of(response)
    assert 'href="http://localhost/en/query/"' in response.text
    assert ancestors(response) == "*"


def test_a_question_that_runs_out_of_time_says_so_in_the_frame(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    """With 504, a sentence in the language of the frame, and the link."""
    from workplan.model.errors import QueryTimeout

    def late(*_: object) -> None:
        raise QueryTimeout(seconds=10)

    monkeypatch.setattr(type(app.extensions["workplan"].engine), "run", late)
    response = embed(client, "team-load", lang="es")

    assert response.status_code == 504
    assert "10" in text_of(response)
    assert 'href="http://localhost/es/query/team-load"' in response.text
    assert ancestors(response) == "*"


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["lang", "view", "theme", "columns", "rows", "height", "plan", "zzz"])
def test_hostile_parameters_stay_text(client: FlaskClient, name: str, value: str) -> None:
    """They are refused, and shown as text in what says so."""
    response = embed(client, "team-load", **{name: value})

    assert response.status_code == 400
    assert "<script" not in response.text
    assert not re.search(r"<[^>]* onload=", response.text)
    assert "X-Evil" not in response.headers
    html5lib.HTMLParser(strict=True).parse(response.text)


def test_hostile_labels_stay_text(hostile: FlaskClient) -> None:
    """What data hold is shown, whole, and never run."""
    response = embed(hostile, "actions")
    described = hostile.get("/oembed", query_string={"url": "http://localhost/ca/query/actions"}).get_json()

    assert response.status_code == 200
    assert "&lt;script&gt;alert(1)" in response.text
    assert "<script" not in response.text
    assert "<img" not in response.text
    assert described["provider_name"] == "<b>Prova</b>"
    assert "<b>" not in described["html"]


@pytest.mark.parametrize(
    "path", ["/ca/", "/ca/query/team-load", "/query/team-load.csv", "/oembed", "/embed.js", "/nope"]
)
def test_nothing_but_embeds_may_be_framed_by_others(client: FlaskClient, path: str) -> None:
    """Whoever frames a form of ours could have people press its buttons."""
    assert ancestors(client.get(path)) == "'self'"


def test_the_operator_chooses_who_may_frame(hostile: FlaskClient) -> None:
    """Those sites and our own pages; errors too."""
    assert ancestors(embed(hostile, "actions")) == "'self' https://www.exemple.cat"
    assert ancestors(embed(hostile, "nope")) == "'self' https://www.exemple.cat"
    assert "X-Frame-Options" not in embed(hostile, "actions").headers


@pytest.mark.parametrize(
    "given", ["exemple.cat", "https://a.cat; script-src *", "https://a.cat/path", "javascript:x", "https://*"]
)
def test_a_site_that_may_frame_is_an_origin(tmp_path: Path, given: str) -> None:
    """Anything else would change the rest of the policy."""
    (tmp_path / "workplan.toml").write_text(f'[embed]\nancestors = ["{given}"]\n')

    with pytest.raises(BadConfiguration, match=r"embed\.ancestors"):
        load_configuration(tmp_path, {})


def test_an_embed_is_kept_by_release(client: FlaskClient) -> None:
    """Any site may fetch it, and asks again only for what has changed."""
    first = embed(client, "team-load", lang="ca")
    again = client.get("/embed/team-load?lang=ca", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.cache_control.public
    assert again.status_code == 304
    assert "Accept-Language" not in first.headers.get("Vary", "")
    assert "Accept-Language" in embed(client, "team-load").headers["Vary"]


def test_a_kept_embed_is_that_of_its_reader(front_client: FrontClient) -> None:
    """What is kept of one reader's language is not given to another's."""
    texts = [
        front_client.get("/embed/team-load", headers={"Accept-Language": lang}).text for lang in ("es", "en", "es")
    ]

    assert '<html lang="es">' in texts[0]
    assert '<html lang="en">' in texts[1]
    assert texts[2] == texts[0]


def described(client: FlaskClient, address: str, **parameters: str) -> TestResponse:
    """What oEmbed says of *address*."""
    return client.get("/oembed", query_string={"url": address, **parameters})


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://localhost/ca/query/team-load", {"lang": "ca"}),
        ("https://localhost/es/query/team-load/", {"lang": "es"}),
        ("http://localhost/query/team-load?lang=en", {"lang": "en"}),
        (
            "http://localhost/en/query/team-work?team=xmess/team/st&utm_source=x&page=2&sort=label",
            {"lang": "en", "team": ST},
        ),
        (
            "http://localhost/ca/query/team-load?columns=label,actions&rows=3",
            {"lang": "ca", "columns": "label,actions", "rows": "3"},
        ),
        (
            "http://localhost/embed/team-load?lang=es&view=value&theme=dark",
            {"lang": "es", "view": "value", "theme": "dark"},
        ),
    ],
)
def test_oembed_shows_the_frame_of_what_was_pasted(client: FlaskClient, address: str, shown: dict[str, str]) -> None:
    """Required fields and types of the specification for ``rich``; the frame has a title and answers."""
    response = described(client, address)
    answer = response.get_json()
    frame = Frame(answer["html"]).given
    source = urlsplit(frame["src"] or "")

    assert response.mimetype == "application/json"
    assert answer["version"] == "1.0"
    assert answer["type"] == "rich"
    assert all(isinstance(answer[name], int) and answer[name] > 0 for name in ("width", "height", "cache_age"))
    assert all(isinstance(answer[name], str) and answer[name] for name in ("html", "title", "provider_name"))
    assert answer["provider_url"] == "http://localhost/"
    assert [frame["width"], frame["height"]] == [str(answer["width"]), str(answer["height"])]
    assert frame["title"] == answer["title"]
    assert frame["loading"] == "lazy"
    assert dict(parse_qsl(source.query)) == shown
    assert client.get(f"{source.path}?{source.query}").status_code == 200


@pytest.mark.parametrize(
    ("address", "name", "asked"),
    [
        ("http://localhost/ca/xmess/plan/2020", "actions", {"plan": f"{ID}xmess/plan/2020"}),
        ("http://localhost/es/xmess/plan/2020/", "actions", {"plan": f"{ID}xmess/plan/2020"}),
        ("http://localhost/id/xmess/plan/2020?utm_source=x", "actions", {"plan": f"{ID}xmess/plan/2020"}),
        (
            "http://localhost/en/xmess/plan/2020/action/08?utm_source=x",
            "action",
            {"action": f"{ID}xmess/plan/2020/action/08"},
        ),
        ("http://localhost/ca/xmess/team/st", "team-actions", {"team": f"{ID}xmess/team/st"}),
    ],
)
def test_oembed_shows_what_a_page_of_ours_is_about(
    client: FlaskClient, address: str, name: str, asked: dict[str, str]
) -> None:
    """A plan's actions, what is known of an action, a team's actions; in the language of the page."""
    answer = described(client, address).get_json()
    source = urlsplit(Frame(answer["html"]).given["src"] or "")
    lang = address.removeprefix("http://localhost/")[:2].replace("id", "ca")

    assert source.path == f"/embed/{name}"
    assert dict(parse_qsl(source.query)).items() >= {"lang": lang, **asked}.items()
    assert client.get(f"{source.path}?{source.query}").status_code == 200


def test_a_page_with_something_to_embed_says_so(client: FlaskClient) -> None:
    """By a link that leads to a description; others have none, and a filtered plan is not passed off as the whole."""
    link = re.compile(r'<link rel="alternate" type="application/json\+oembed" title="[^"]+" href="([^"]+)">')
    for path in ("xmess/plan/2020", "xmess/plan/2020/action/08", "xmess/team/ct", "query/team-load"):
        found = link.findall(client.get(f"/ca/{path}").text)
        assert len(found) == 1, path
        assert client.get(unescape(found[0]).removeprefix("http://localhost")).status_code == 200, path
    for path in ("xmess", "xmess/plan/2017-2019", "xmess/plan/2020/strategic-line/1"):
        found = link.findall(client.get(f"/ca/{path}").text)
        answer = described(client, f"http://localhost/ca/{path}")
        assert (answer.status_code == 200) == bool(found), path
    filtered = described(client, "http://localhost/ca/xmess/plan/2020?team=ST")
    assert filtered.status_code == 400
    assert described(client, "http://localhost/ca/xmess/plan/2020?team=").status_code == 200


@pytest.mark.parametrize("address", ["http://localhost/ca/query/team-load", "http://localhost/ca/xmess/plan/2020"])
def test_the_code_of_a_frame_is_valid(client: FlaskClient, address: str) -> None:
    """Its width is a number, and what it looks like is said by a style."""
    pasted = unescape(client.get("/ca/query/team-load").text.partition('<code id="iframe"')[2].partition("</code>")[0])
    for html in (described(client, address).get_json()["html"], pasted):
        frame = Frame(html).given
        assert "frameborder" not in frame
        assert str(frame["width"]).isdecimal()
        assert str(frame["height"]).isdecimal()
        assert re.fullmatch(
            r"border:0;(max-)?width:100%;height:(\d+px|clamp\(\d+px, -?\d+px - \d+vw, \d+px\))", str(frame["style"])
        )


def test_a_page_asked_without_values_is_embedded_as_it_shows_itself(client: FlaskClient) -> None:
    """With the values that its form starts with."""
    frame = Frame(described(client, "http://localhost/ca/query/team-work").get_json()["html"]).given

    assert client.get(str(frame["src"]).removeprefix("http://localhost")).status_code == 200


def test_oembed_shows_no_release_but_the_current_one(client: FlaskClient, release: Release) -> None:
    """Who pastes a cited address would take the current answer for the cited one."""
    address = "http://localhost/ca/query/team-load?release="

    assert described(client, f"{address}{release.version}").status_code == 200
    answer = described(client, f"{address}000000000000")
    assert (answer.status_code, "000000000000" in answer.get_json(force=True)["detail"]) == (400, True)


def test_oembed_obeys_the_size_that_a_site_has(client: FlaskClient) -> None:
    """Never wider or higher than asked; the address may ask for less than that."""
    address = "http://localhost/ca/query/team-load"
    small = described(client, address, maxwidth="300", maxheight="200").get_json()
    large = described(client, address, maxwidth="5000", maxheight="5000").get_json()
    own = described(client, f"{address}?height=700").get_json()

    assert (small["width"], small["height"]) == (300, 200)
    assert large["width"] == 640
    assert 460 < large["height"] < 560
    assert own["height"] == 700
    assert "clamp" not in small["html"] + own["html"]
    assert described(client, address, maxwidth="wide").status_code == 400


def test_oembed_announces_a_chart_with_its_picture(client: FlaskClient) -> None:
    """Of the size that it says, where that fits; a question without chart has none."""
    address = "http://localhost/ca/query/team-load"
    answer = described(client, address).get_json()
    picture = client.get(answer["thumbnail_url"].removeprefix("http://localhost"))

    assert picture.mimetype == "image/png"
    assert struct.unpack(">II", picture.data[16:24]) == (answer["thumbnail_width"], answer["thumbnail_height"])
    assert described(client, address, maxwidth="600").get_json()["thumbnail_width"] == 600
    for given in ({"maxwidth": "300"}, {"maxheight": "100"}):
        assert "thumbnail_url" not in described(client, address, **given).get_json()
    assert "thumbnail_url" not in described(client, "http://localhost/ca/query/plans").get_json()


def test_oembed_in_xml_says_the_same(client: FlaskClient) -> None:
    """Element by element."""
    address = "http://localhost/ca/query/team-load?columns=label,actions"
    response = described(client, address, format="xml")
    root = ElementTree.fromstring(response.data)  # noqa: S314 - our own

    assert response.mimetype == "text/xml"
    assert response.data.startswith(b"<?xml")
    assert root.tag == "oembed"
    wanted = described(client, address, format="json").get_json()
    assert {child.tag: child.text for child in root} == {name: str(value) for name, value in wanted.items()}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("http://elsewhere.example/ca/query/team-load", 404),
        ("http://localhost.evil.example/ca/query/team-load", 404),
        ("http://localhost@evil.example/ca/query/team-load", 404),
        ("http://localhost:8080/ca/query/team-load", 404),
        ("ftp://localhost/ca/query/team-load", 404),
        ("javascript:alert(1)//localhost/ca/query/team-load", 404),
        ("http://localhost/ca/query/nope", 404),
        ("http://localhost/ca/xmess", 404),
        ("http://localhost/ca/query/", 404),
        ("http://localhost/sparql?query=ASK{}", 404),
        ("//localhost/ca/query/team-load", 404),
        ("http://[", 404),
        ("http://localhost/ca/query/action-graph", 400),
        ("http://localhost/ca/query/team-load?plan=x%22%20.%20%3Fa%20%3Fb%20%3Fc", 400),
        ("http://localhost/ca/query/team-load?" + urlencode([("plan", "a:b"), ("plan", "a:c")]), 400),
        ("", 400),
    ],
)
def test_oembed_answers_only_for_questions_of_this_site(client: FlaskClient, address: str, status: int) -> None:
    """It fetches nothing, and says in a sentence what it expected."""
    response = described(client, address)

    assert response.status_code == status
    assert response.get_json(force=True)["detail"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_a_format_that_oembed_does_not_have_is_not_implemented(client: FlaskClient) -> None:
    """So says its specification."""
    response = described(client, "http://localhost/ca/query/team-load", format="yaml")

    assert response.status_code == 501
    assert "json, xml" in json.loads(response.text)["detail"]


def test_oembed_cannot_be_made_to_write_markup(client: FlaskClient) -> None:
    """A value of the address stands in the frame's address and nowhere else."""
    address = "http://localhost/ca/query/find-actions?" + urlencode({"words": '"><script>alert(1)</script>'})
    html = described(client, address).get_json()["html"]

    assert "<script" not in html
    assert html.count("<") == 2


@pytest.mark.parametrize(("path", "media_type"), [("/embed.js", "text/javascript"), ("/embed.css", "text/css")])
def test_the_component_is_small_and_kept(client: FlaskClient, path: str, media_type: str) -> None:
    """A module is fetched with CORS; less than 8 kB, with its style."""
    response = client.get(path)
    again = client.get(path, headers={"If-None-Match": response.headers["ETag"]})

    assert response.mimetype == media_type
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert again.status_code == 304
    assert len(response.data) < 8_000
    assert not re.search(rb"\beval\b|innerHTML|new Function|https?://|@import", response.data)
