"""Search as its users reach it: the page without a script, the same as JSON, and services that have no index."""

import dataclasses
import json
import re
import shutil
from pathlib import Path
from urllib.parse import quote

import html5lib
import pytest
from flask.testing import FlaskClient

from workplan.engine.embedded import EmbeddedEngine
from workplan.knowledge.search import LONGEST
from workplan.language import LANGUAGES
from workplan.release.build import Release, build
from workplan.release.search import KINDS
from workplan.release.sources import Home
from workplan.web import create_app
from workplan.web.search import KIND_NAMES
from workplan.web.service import Service, open_service

LONG = "a" * 10_000
HOSTILE = [
    '"',
    "<script>alert(1)</script>",
    "a AND (b",
    "joves*",
    "x\0y",
    "\u202ejoves",
    "%",
    "''",
    LONG,
    "joves " * 1_500,
]


def page(client: FlaskClient, address: str) -> str:
    """The page at *address*, which must be one and parse strictly."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    html5lib.HTMLParser(strict=True).parse(answer.text)
    return answer.text


def results(client: FlaskClient, query: str) -> list[dict[str, object]]:
    """The results of that query string."""
    found: list[dict[str, object]] = client.get(f"/search.json?{query}").json["results"]  # type: ignore[index]
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_empty_page_has_a_labelled_form_and_examples_that_find_something(client: FlaskClient, lang: str) -> None:
    """In the words of the data."""
    text = page(client, f"/{lang}/search")
    examples = re.findall(rf'<li><a href="(/{lang}/search\?q=[^"]+)">', text)

    assert '<label for="q">' in text
    assert len(examples) >= 4
    for example in examples:
        assert 'class="hits"' in page(client, example)


def test_results_stand_by_kind_with_counts_marks_and_lines(client: FlaskClient) -> None:
    """The kind of the best one first; the document's line leads to the document."""
    text = page(client, "/ca/search?q=compra+p%C3%BAblica")

    assert re.findall(r'<section class="found" aria-labelledby="([a-z-]+)">', text)[0] == "question"
    assert "<mark>Compra</mark> <mark>pública</mark> responsable" in text
    assert 'href="/ca/document/pla2020#L100c3">línia 100 del document</a>' in text
    assert '<meta name="robots" content="noindex">' in text


def test_a_kind_is_paged_and_the_pages_lead_to_each_other(client: FlaskClient) -> None:
    """All of them, each once."""
    whole = client.get("/search.json?q=xarxa&lang=ca&kind=note&limit=100").json
    first = page(client, "/ca/search?q=accions&kind=note")
    last = int(re.findall(r"Pàgina 1 de (\d+)", first)[0])
    numbered = [page(client, f"/ca/search?q=accions&kind=note&page={n}") for n in range(1, last + 1)]
    links = [href for text in numbered for href in re.findall(r'<p class="hit"><a href="([^"]+)"', text)]
    total = client.get("/search.json?q=accions&lang=ca&kind=note").json["total"]  # type: ignore[index]

    assert whole is not None
    assert last > 1
    assert len(links) == len(set(links)) == total
    assert 'rel="next"' in first
    assert 'rel="prev"' in numbered[-1]
    assert client.get(f"/ca/search?q=accions&kind=note&page={last + 1}").status_code == 404


def test_text_in_another_language_is_marked(client: FlaskClient) -> None:
    """A Catalan sentence on the English page."""
    text = page(client, "/en/search?q=cooperatives")

    assert re.search(r'<span lang="ca">[^<]*(?:<mark>cooperatives</mark>)', text)
    assert '<span class="lang" title="Text in another language">ca</span>' in text


def test_what_a_curator_added_is_marked(client: FlaskClient) -> None:
    """Beside the value by which it was found."""
    assert '<span class="added">afegit a les dades</span>' in page(client, "/ca/search?q=LE1&kind=action")


def test_nothing_found_offers_other_ways(client: FlaskClient) -> None:
    """Words that exist, and where else to look."""
    slip, none = page(client, "/ca/search?q=jvoes"), page(client, "/ca/search?q=zzzzzzzz")

    assert 'href="/ca/search?q=joves">joves</a>' in slip
    assert 'href="/ca/document/pla2020"' in none
    assert 'href="/ca/query/"' in none


def test_some_of_the_words_are_better_than_nothing_and_it_is_said(client: FlaskClient) -> None:
    """With the word that was meant."""
    text = page(client, "/ca/search?q=contractasi%C3%B3+p%C3%BAblica")

    assert "Res no té totes les paraules de «contractasió pública»" in text
    assert 'href="/ca/search?q=contractaci%C3%B3+p%C3%BAblica">' in text
    assert 'class="hits"' in text


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_words_are_inert(client: FlaskClient, text: str) -> None:
    """On the page they are words; to a program too many are an error with a sentence."""
    html = page(client, f"/ca/search?q={quote(text)}")
    answer = client.get(f"/search.json?lang=ca&q={quote(text)}")

    assert "<script>alert" not in html
    assert answer.status_code == (400 if len(text.strip()) > 500 else 200)
    assert answer.json is not None
    if len(text) > 500:
        assert "500" in html
        assert "500" in answer.json["detail"]


def test_every_page_has_the_box_and_tells_browsers_of_it(client: FlaskClient) -> None:
    """But for the search page, which has its own."""
    home, search = page(client, "/es/"), page(client, "/es/search")

    assert '<form action="/es/search"' in home
    assert home.count('role="search"') == search.count('role="search"') == 1
    assert 'href="/es/opensearch.xml"' in home
    answer = client.get("/es/opensearch.xml")
    assert answer.mimetype == "application/opensearchdescription+xml"
    assert "/es/search?q={searchTerms}" in answer.text


def test_json_has_the_shape_that_is_documented(client: FlaskClient, root: Path) -> None:
    """Every key stands in docs/search.md."""
    answer = client.get("/search.json?q=compra+p%C3%BAblica&lang=es&limit=3")
    body = answer.json
    assert body is not None
    keys = set(body) | {key for result in body["results"] for key in (*result, *result.get("snippet", {}))}
    documented = (root / "docs" / "search.md").read_text()

    assert [key for key in sorted(keys) if f"`{key}`" not in documented] == []
    assert body["total"] == sum(kind["total"] for kind in body["kinds"].values()) == 6
    assert (len(body["results"]), body["page"], body["pages"]) == (3, 1, 2)
    assert body["results"][0]["titleParts"][0] == {"text": "Compra", "match": True}
    assert 'rel="next"' in answer.headers["Link"]
    for result in body["results"]:
        assert "".join(part["text"] for part in result["titleParts"]) == result["title"]


def test_what_a_term_is_called_elsewhere_is_no_name_of_its_own(client: FlaskClient) -> None:
    """StratML's words are not ours, and a question is found once, as itself."""
    strangers = client.get("/search.json?q=PerformancePlanOrReport&lang=en").json
    kinds = client.get("/search.json?q=compra+p%C3%BAblica&lang=es").json["kinds"]  # type: ignore[index]

    assert strangers is not None
    assert strangers["total"] == 0
    assert "term" not in kinds or kinds["term"]["total"] == 0


def test_json_is_open_to_any_site_and_kept_by_release(client: FlaskClient) -> None:
    """The same answer is not sent twice."""
    answer = client.get("/search.json?q=joves&lang=ca")
    again = client.get("/search.json?q=joves&lang=ca", headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "public" in answer.headers["Cache-Control"]
    assert "Vary" not in answer.headers
    assert again.status_code == 304


def test_json_speaks_the_language_that_is_preferred(client: FlaskClient) -> None:
    """Where none is named, and caches are told so."""
    answer = client.get("/search.json?q=joves", headers={"Accept-Language": "en"})

    assert answer.json is not None
    assert answer.json["lang"] == "en"
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_last_word_may_be_unfinished_for_who_says_so(client: FlaskClient) -> None:
    """For suggestions while someone types."""
    whole = client.get("/search.json?q=pla&lang=ca").json
    typing = client.get("/search.json?q=pla&lang=ca&prefix=1").json

    assert whole is not None
    assert typing is not None
    assert typing["total"] > whole["total"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "«q»"),
        ("q=", "«q»"),
        ("q=a&foo=1", "«foo»"),
        ("q=a&kinds=x", "potser volíeu dir «kind»"),
        ("q=a&q=b", "2 vegades"),
        ("q=a&kind=x", "strategic-line"),
        ("q=a&lang=fr", "ca, es, en"),
        ("q=a&limit=0", "d'1 a 100"),
        ("q=a&limit=101", "d'1 a 100"),
        ("q=a&limit=%C2%B2", "d'1 a 100"),
        ("q=a&page=-1", "«page»"),
        ("q=a&prefix=yes", "0, 1"),
    ],
)
def test_a_wrong_parameter_is_refused_with_what_is_expected(client: FlaskClient, query: str, said: str) -> None:
    """As problem details that any site may read."""
    answer = client.get(f"/search.json?{query}", headers={"Accept-Language": "ca"})

    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert said in json.loads(answer.text)["detail"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_page_that_is_not_there_is_no_page(client: FlaskClient) -> None:
    """With the last one there is."""
    assert client.get("/search.json?q=joves&page=9").status_code == 404
    assert client.get("/ca/search?q=joves&page=2").status_code == 404
    assert client.get("/ca/search?q=joves&kind=nothing").status_code == 400
    assert client.get("/search.json?q=joves&in=nowhere").status_code == 404
    assert client.get("/ca/search?q=joves&in=nowhere").status_code == 404


def test_one_network_with_one_plan_offers_no_choice(client: FlaskClient) -> None:
    """A field with one choice is none; the address works all the same."""
    assert '<select id="in"' not in page(client, "/ca/search?q=joves")
    assert results(client, "q=joves&in=xmess/plan/2020&lang=ca")[0]["code"] == "A01"


def test_blank_words_find_nothing(client: FlaskClient) -> None:
    """Without being an error: there was something."""
    assert client.get("/search.json?q=%20%0c").json["total"] == 0  # type: ignore[index]


def test_every_kind_has_a_name_and_a_row_in_the_documentation(root: Path) -> None:
    """So that none is shown by its key."""
    documented = (root / "docs" / "search.md").read_text()

    assert set(KIND_NAMES) == set(KINDS)
    assert [kind for kind in KINDS if f"`{kind}`" not in documented] == []


def test_every_result_leads_to_a_page(client: FlaskClient) -> None:
    """Of every kind."""
    seen = set()
    for result in results(client, "q=de+la&lang=ca&limit=100"):
        if result["kind"] not in seen:
            seen.add(result["kind"])
            assert client.get(str(result["page"]).removeprefix("http://localhost")).status_code == 200, result

    assert len(seen) > 5


def without_index(service: Service, tmp_path: Path) -> Service:
    """The service over a release as an older program made it."""
    assert service.release
    folder = tmp_path / service.release.version
    shutil.copytree(service.release.folder, folder)
    (folder / "search.sqlite3").unlink()
    return dataclasses.replace(service, release=Release(service.release.version, folder))


@pytest.mark.parametrize("kind", ["older", "remote"])
def test_without_an_index_there_is_a_sentence_and_no_box(service: Service, tmp_path: Path, kind: str) -> None:
    """A release made by an older program, and a store elsewhere."""
    bare = without_index(service, tmp_path) if kind == "older" else dataclasses.replace(service, release=None)
    client = create_app(bare).test_client()
    html = client.get("/ca/search?q=joves", headers={"Accept": "text/html"})
    data = client.get("/search.json?q=joves")

    assert (html.status_code, data.status_code) == (503, 503)
    assert "índex de paraules" in html.text
    assert data.mimetype == "application/problem+json"
    assert 'role="search"' not in client.get("/ca/").text
    assert "opensearch" not in client.get("/ca/").text


def test_a_new_program_puts_its_index_in_an_old_release(home: Home, release: Release, tmp_path: Path) -> None:
    """The same version, which names data and questions; who has the old index open goes on reading it."""
    out = tmp_path / "out"
    shutil.copytree(release.folder.parent, out)
    old = out / release.version / "search.sqlite3"
    old.write_bytes(b"of another form")
    with old.open("rb") as still_open:
        again = build(home, out)

        assert still_open.read() == b"of another form"
    assert again.version == release.version
    assert again.words.read_bytes() == release.words.read_bytes()
    client = create_app(open_service(None, out, None)).test_client()
    assert client.get("/search.json?q=joves&lang=ca").status_code == 200


def test_search_asks_no_query_of_the_store(service: Service) -> None:
    """So that it answers whatever the store is busy with."""

    class Deaf(EmbeddedEngine):
        def __init__(self) -> None:
            pass

    client = create_app(dataclasses.replace(service, engine=Deaf())).test_client()

    assert client.get("/search.json?q=joves&lang=ca").status_code == 200


def test_what_is_too_long_to_be_read_is_not_said_again_in_links(client: FlaskClient) -> None:
    """The address of the page itself holds it, in each language; what the page leads to does not."""
    text = page(client, f"/ca/search?q={'joves+' * 1_500}").partition("<main")[2]
    asked = re.findall(r'href="[^"]*[?]q=([^"&]*)', text)

    assert asked
    assert max(map(len, asked)) <= 3 * LONGEST
