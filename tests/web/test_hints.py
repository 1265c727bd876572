"""Hints about slow queries, where people and programs meet them: in a problem document and on the editor's page."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.hints import SHAPES
from workplan.engine.query import Kind, Limits, QueryRequest, QueryResult
from workplan.language import LANGUAGES, gettext
from workplan.model.errors import ServiceBusy
from workplan.model.formats import Format
from workplan.release.build import Release
from workplan.web import create_app
from workplan.web.service import Service

PROLOGUE = "PREFIX wp: <https://w3id.org/sse-workplan/ns#>\n"
SLOW = PROLOGUE + "SELECT * {\n  ?s a wp:Team FILTER NOT EXISTS { ?a wp:directlyExecutedBy ?s ; wp:code 'A99' }\n}"
QUICK = PROLOGUE + "SELECT * {\n  ?s a wp:Team . MINUS { ?a wp:directlyExecutedBy ?s ; wp:code 'A99' } }"
HTML = {"Accept": "text/html,*/*;q=0.8"}


class BusyEngine:
    """An engine that has no place for another long query."""

    def kind_of(self, request: QueryRequest) -> Kind:  # noqa: ARG002 - whatever is asked
        """See QueryEngine."""
        return Kind.SOLUTIONS

    def run(self, request: QueryRequest, form: Format) -> QueryResult:  # noqa: ARG002 - idem
        """See QueryEngine."""
        raise ServiceBusy("%(long)s, %(retry_after)s", long=2, retry_after=2)

    def close(self) -> None:
        """See QueryEngine."""


@pytest.fixture(scope="module")
def hurried(service: Service, release: Release) -> Flask:
    """The application, with no time for any query."""
    return create_app(replace(service, engine=EmbeddedEngine(release.data, Limits(seconds=0))))


@pytest.fixture(params=["GET", "form", "POST"])
def asked(request: pytest.FixtureRequest) -> dict[str, object]:
    """A way to ask the slow query."""
    return {
        "GET": {"query_string": {"query": SLOW}},
        "form": {"method": "POST", "data": {"query": SLOW}},
        "POST": {"method": "POST", "data": SLOW.encode(), "content_type": "application/sparql-query"},
    }[request.param]


def test_a_timeout_tells_how_to_ask_instead(hurried: Flask, asked: dict[str, object]) -> None:
    """By place, in words and as a query; whichever way it was asked."""
    answer = hurried.test_client().open("/sparql", headers={"Accept-Language": "en"}, **asked)
    (hint,) = answer.get_json(force=True)["hints"]

    assert answer.status_code == 504
    assert (hint["name"], hint["line"], hint["column"]) == ("not-exists", 3, 16)
    assert "with MINUS" in hint["sentence"]
    assert hint["rewrite"].split() == QUICK.split()
    assert answer.headers["Link"] == '<http://localhost/problem/slow-query-shapes>; rel="help"'


def test_a_long_query_that_is_put_off_gets_its_hints(service: Service) -> None:
    """It would have run out of time."""
    client = create_app(replace(service, engine=BusyEngine())).test_client()
    answer = client.get("/sparql", query_string={"query": SLOW})

    assert answer.status_code == 503
    assert [hint["name"] for hint in answer.get_json(force=True)["hints"]] == ["not-exists"]
    assert 'rel="help"' in answer.headers["Link"]


def test_a_quick_shape_that_runs_out_of_time_gets_none(hurried: Flask) -> None:
    """The list is there and empty, and the page about shapes is linked all the same."""
    answer = hurried.test_client().get("/sparql", query_string={"query": "SELECT * { ?s ?p ?o } LIMIT 1"})

    assert answer.get_json(force=True)["hints"] == []
    assert 'rel="help"' in answer.headers["Link"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_browser_sees_the_hints(hurried: Flask, client: FlaskClient, lang: str) -> None:
    """On the error's page and on the editor's, before it is too slow too."""
    said = gettext(SHAPES[0].sentence, lang)
    pages = [
        hurried.test_client().get("/sparql", query_string={"query": SLOW}, headers={**HTML, "Accept-Language": lang}),
        hurried.test_client().get(f"/{lang}/sparql", query_string={"query": SLOW}),
        client.get(f"/{lang}/sparql", query_string={"query": SLOW}),
    ]

    assert [page.status_code for page in pages] == [504, 504, 200]
    for page in pages:
        assert said in page.text.replace("&#39;", "'")
        assert f'href="/{lang}/problem/slow-query-shapes"' in page.text
        assert f"/{lang}/sparql?query=PREFIX%20" in page.text


def test_the_editor_says_nothing_of_quick_queries(client: FlaskClient) -> None:
    """Nor of none."""
    texts = [
        client.get("/ca/sparql").text,
        client.get("/ca/sparql", query_string={"query": "SELECT * { ?s ?p ?o } LIMIT 1"}).text,
    ]

    assert not any("slow-query-shapes" in text for text in texts)


@pytest.mark.parametrize(("lang", "limit"), [("ca", "de memòria"), ("es", "de memoria"), ("en", "of memory")])
def test_the_editor_tells_every_limit(client: FlaskClient, lang: str, limit: str) -> None:
    """Seconds, memory, rows and bytes."""
    text = client.get(f"/{lang}/sparql").text

    assert limit in text
    assert all(number in text.replace("\xa0", ".").replace(",", ".") for number in ("10 ", "1.024", "100.000", "64"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_slow_shape_is_explained(client: FlaskClient, lang: str) -> None:
    """At the address that the Link header gives, with its slow and its quick form."""
    answer = client.get("/problem/slow-query-shapes", headers={"Accept-Language": lang}, follow_redirects=True)

    assert answer.request.path == f"/{lang}/problem/slow-query-shapes"
    for shape in SHAPES:
        assert f'id="{shape.name}"' in answer.text
        assert gettext(shape.sentence, lang) in answer.text.replace("&#39;", "'")
