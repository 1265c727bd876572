"""Every page of every resource, in three languages, and every link on it."""

import re
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import html5lib
import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, parse

from workplan.language import LANGUAGES
from workplan.model.iris import data_path
from workplan.release.build import Release


class Anchors(HTMLParser):
    """The links, identifiers and headings of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what a tag holds."""
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        address = given.get("href") or given.get("action")
        if address and given.get("rel") not in ("canonical", "nofollow"):
            self.links.append(address)


@pytest.fixture(scope="module")
def paths(release: Release) -> list[str]:
    """The path of every resource that the data describe."""
    subjects = {quad.subject for quad in parse(path=release.data, format=RdfFormat.N_QUADS)}
    found = {data_path(s.value) for s in subjects if isinstance(s, NamedNode)}
    return sorted(path for path in found if path)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_resource_has_its_page(client: FlaskClient, paths: list[str], lang: str) -> None:
    """Whatever the data describe can be read by a person."""
    answers = {path: client.get(f"/{lang}/{path}") for path in paths}

    assert len(paths) > 200
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 200} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_link_is_dead(client: FlaskClient, lang: str) -> None:
    """A crawl from the home page meets no broken address and no missing fragment."""
    waiting, seen, broken = [f"/{lang}/"], {}, []
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        answer = client.get(address)
        page = Anchors(answer.text) if answer.mimetype == "text/html" else Anchors("")
        answer.close()
        seen[address] = page
        if answer.status_code >= 400:
            broken.append(address)
        for link in page.links:
            target, _ = urldefrag(urljoin(f"http://localhost{address}", link))
            parts = urlsplit(target)
            of_other_language = any(parts.path.startswith(f"/{other}/") for other in LANGUAGES if other != lang)
            if parts.netloc == "localhost" and not of_other_language:
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    missing = [
        (address, link)
        for address, page in seen.items()
        for link in page.links
        if link.startswith(("#", "/"))
        and (target := urldefrag(urljoin(f"http://localhost{address}", link)))[1]
        and (held := seen.get(urlsplit(target[0]).path)) is not None
        and held.ids
        and target[1] not in held.ids
    ]

    assert broken == []
    assert missing == []
    assert len(seen) > 250


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "path",
    [
        "",
        "xmess",
        "xmess/plan/2020",
        "xmess/plan/2020/strategic-line/1",
        "xmess/plan/2020/objective/1.2",
        "xmess/plan/2020/action-line/7",
        "xmess/plan/2020/action/08",
        "xmess/plan/2020/indicator/utilitat",
        "xmess/team/ct",
        "scheme/instrument",
        "scheme/rating-3/ordered",
        "graph/xmess/plan/2020/v1/stated",
        "ns",
        "sparql",
        "sparql?query=SELECT+*+%7B%3Fs+%3Fp+%3Fo%7D+LIMIT+3",
        "problem/refused",
    ],
)
def test_pages_are_well_made(client: FlaskClient, lang: str, path: str) -> None:
    """HTML that parses strictly, in its language, with one first heading, none skipped and no identifier twice."""
    text = client.get(f"/{lang}/{path}").text
    html5lib.HTMLParser(strict=True).parse(text)
    page = Anchors(text)

    assert f'<html lang="{lang}">' in text
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert len(page.ids) == len(set(page.ids))
    assert all(f'hreflang="{other}"' in text for other in LANGUAGES)


def test_action_8_tells_what_the_document_states_and_what_was_added(client: FlaskClient) -> None:
    """In words: the added line with its reason, the gap and the doubt."""
    text = client.get("/ca/xmess/plan/2020/action/08").text

    assert "8. Generar un grup de treball per incorporar la interseccionalitat" in text
    assert text.count("afegit per la curadoria") == 1
    assert "Patró de codis" in text
    assert "Fila desplaçada una columna a la dreta" in text
    assert "trimestre previst" in text


def test_a_team_page_lists_its_actions(client: FlaskClient) -> None:
    """Links both ways: the Secretariat carries ten actions."""
    text = client.get("/en/xmess/team/st").text

    assert len(set(re.findall(r'href="/en/xmess/plan/2020/action/(\d\d)"', text))) == 10


def test_the_plan_page_shows_29_rows(client: FlaskClient) -> None:
    """One row an action."""
    text = client.get("/ca/xmess/plan/2020").text

    assert len(re.findall(r'<th scope="row"><a href="/ca/xmess/plan/2020/action/\d\d"', text)) == 29


def test_content_in_another_language_is_marked(client: FlaskClient) -> None:
    """A reader of English is told that a text is Catalan, and so is a screen reader."""
    text = client.get("/en/xmess/plan/2020/action/08").text

    assert '<blockquote lang="ca">' in text


@pytest.mark.parametrize(
    ("header", "expected"),
    [(None, "ca"), ("es", "es"), ("en-GB,en;q=0.9", "en"), ("fr", "ca"), ("ca-valencia", "ca"), ("fr,es;q=0.5", "es")],
)
def test_the_front_door_leads_to_the_readers_language(client: FlaskClient, header: str | None, expected: str) -> None:
    """Catalan where the browser asks for none of ours."""
    answer = client.get("/", headers={"Accept-Language": header} if header else {})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/{expected}/")
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "path",
    ["/ca/xmess/plan/2020/action/99", "/ca/no-such", "/en/graph/none", "/fr/", "/es/problem/none", "/ca/scheme/"],
)
def test_an_unknown_address_is_a_404_in_a_page(client: FlaskClient, path: str) -> None:
    """A person gets a page, not a problem document."""
    answer = client.get(path, headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_a_wrong_query_is_shown_with_its_place(client: FlaskClient) -> None:
    """The form keeps the text and points at the error."""
    answer = client.get("/ca/sparql", query_string={"query": "SELECT ?x WHERE { ?x <p }"})

    assert answer.status_code == 400
    assert "línia 1" in answer.text
    assert "SELECT ?x WHERE { ?x &lt;p }" in answer.text


def test_an_unchanged_page_is_not_sent_again(client: FlaskClient) -> None:
    """304 by ETag."""
    first = client.get("/ca/xmess/plan/2020")
    again = client.get("/ca/xmess/plan/2020", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.data == b""
