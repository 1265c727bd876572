"""The endpoint over HTTP: the protocol's statuses, headers and bodies, and clients as they are."""

import json
import logging
import re
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, Store, parse
from SPARQLWrapper import CSV, JSON, JSONLD, N3, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, XML, SPARQLWrapper
from werkzeug.serving import make_server

from served import FrontClient
from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.merging import united
from workplan.engine.query import Limits, QueryEngine
from workplan.operation.figures import Figures
from workplan.web import errors
from workplan.web.front import Front, Site
from workplan.web.sparql import sparql

G1, G2 = "http://example.org/graph/1", "http://example.org/graph/2"
SELECT = "SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@dataclass
class Settings:
    """The settings that the endpoint reads."""

    limits: Limits = field(default_factory=lambda: Limits(rows=20))
    max_age: int = 60
    slow_query: int = 0
    logs_requests: bool = False
    trusted_proxies: frozenset[str] = frozenset()


@dataclass
class Service:
    """What the application holds."""

    engine: QueryEngine
    version: str | None = "2020.11.1"
    config: Settings = field(default_factory=Settings)


@pytest.fixture
def app() -> Flask:
    """The endpoint and the error shape alone, over twenty triples in two named graphs."""
    store = Store()
    lines = [f'<http://example.org/{n}> <http://example.org/p> "x{n}"@ca <{G1 if n < 10 else G2}> .' for n in range(20)]
    store.load("\n".join(lines), RdfFormat.N_QUADS)
    settings = Settings()
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    app.extensions["workplan"] = Service(EmbeddedEngine(united(store), settings.limits), config=settings)
    errors.register(app)
    app.register_blueprint(sparql)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client within this process."""
    return app.test_client()


@pytest.fixture
def endpoint(app: Flask) -> Iterator[str]:
    """The address of the endpoint, served over a real connection."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sparql"
    server.shutdown()
    thread.join()
    server.server_close()


def url(query: str, **parameters: str) -> str:
    """The address that asks *query*."""
    return f"/sparql?{urlencode({'query': query, **parameters})}"


def test_each_method_gives_the_same_answer(client: FlaskClient) -> None:
    """Proxies and libraries choose a method for reasons of their own."""
    got = client.get(url(SELECT))
    answers = [
        got,
        client.post("/sparql", data={"query": SELECT}),
        client.post("/sparql", data=SELECT.encode(), content_type="application/sparql-query"),
    ]
    head = client.head(url(SELECT))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert len(got.json["results"]["bindings"]) == 20
    assert got.content_type == "application/sparql-results+json"
    assert head.data == b""
    assert head.content_length == len(got.data)
    assert head.headers["ETag"] == got.headers["ETag"]


def test_the_requests_graphs_replace_the_texts(client: FlaskClient) -> None:
    """Section 2.1.4 of the protocol."""
    text = "SELECT (COUNT(*) AS ?n) FROM <http://example.org/graph/2> { ?s ?p ?o }"
    answer = client.post(
        f"/sparql?{urlencode({'default-graph-uri': G1, 'named-graph-uri': G2})}",
        data=text.encode(),
        content_type="application/sparql-query",
        headers={"Accept": "text/csv"},
    )

    assert answer.text.split() == ["n", "10"]


def test_relative_iris_are_resolved_against_the_endpoint(client: FlaskClient) -> None:
    """A query without BASE has the address it is sent to."""
    answer = client.get(url("CONSTRUCT { <a> <b> <c> } {}", format="nt"))

    assert answer.text == "<http://localhost/a> <http://localhost/b> <http://localhost/c> .\n"


def test_an_answer_can_be_kept_by_caches(app: Flask) -> None:
    """The same release answers the same; asking again costs no query."""
    client = FrontClient(Front(Site(app), Figures()))
    first = client.get(url(SELECT), headers={"Accept": "text/csv"})
    again = client.get(url(SELECT), headers={"Accept": "text/csv", "If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert first.headers.getlist("Vary")[0] == "Accept"
    assert re.fullmatch(r"queue;dur=[0-9.]+, engine;dur=[0-9.]+", first.headers["Server-Timing"])
    assert not first.headers["ETag"].startswith("W/")
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    client.close()


def test_an_etag_tells_apart_all_that_changes_an_answer(client: FlaskClient, app: Flask) -> None:
    """Two answers with one tag would show one in place of the other."""
    tags = [
        client.get(address).headers["ETag"]
        for address in (
            url(SELECT),
            url(SELECT + " "),
            url(SELECT, format="csv"),
            url(SELECT, **{"default-graph-uri": G1}),
            url(SELECT, **{"named-graph-uri": G1}),
        )
    ]
    app.extensions["workplan"].version = "2020.12.1"
    tags.append(client.get(url(SELECT)).headers["ETag"])

    assert len(set(tags)) == len(tags)


def test_without_a_release_nothing_is_promised_to_caches(client: FlaskClient, app: Flask) -> None:
    """Data behind a remote store change unseen."""
    app.extensions["workplan"].version = None
    answer = client.get(url(SELECT), headers={"If-None-Match": "*"})

    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("method", "address", "arguments", "status", "slug"),
    [
        ("GET", url("SELECT * {"), {}, 400, "malformed-query"),
        ("GET", url("SELECT * { ?s ?p ?o FILTER(<http://x/f>(?s)) }"), {}, 400, "unknown-function"),
        ("GET", url(""), {}, 400, "bad-request"),
        ("GET", "/sparql", {}, 400, "bad-request"),
        ("GET", "/sparql?query=%ff", {}, 400, "bad-request"),
        ("POST", "/sparql", {"data": {"a": "b"}}, 400, "bad-request"),
        ("GET", url("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"), {}, 403, "refused"),
        ("POST", "/sparql", {"data": {"update": "CLEAR ALL"}}, 403, "refused"),
        ("GET", "/sparql?update=CLEAR+ALL", {}, 403, "refused"),
        ("GET", "/elsewhere", {}, 404, "not-found"),
        ("PUT", url(SELECT), {}, 405, "method-not-allowed"),
        ("DELETE", "/sparql", {}, 405, "method-not-allowed"),
        ("TRACE", "/sparql", {}, 405, "method-not-allowed"),
        ("GET", url(SELECT), {"headers": {"Accept": "text/turtle"}}, 406, "not-acceptable"),
        ("GET", url(CONSTRUCT, format="csv"), {}, 406, "not-acceptable"),
        (
            "POST",
            "/sparql",
            {"data": b"x" * 10_001, "content_type": "application/sparql-query"},
            413,
            "request-entity-too-large",
        ),
        ("GET", url("SELECT * { ?a ?b ?c . ?d ?e ?f }"), {}, 413, "answer-too-large"),
        ("POST", "/sparql", {"data": b"ASK {}"}, 415, "unsupported-media-type"),
        ("POST", "/sparql", {"data": b"ASK {}", "content_type": "text/plain"}, 415, "unsupported-media-type"),
    ],
)
def test_every_error_has_the_one_shape(
    client: FlaskClient, method: str, address: str, arguments: dict[str, object], status: int, slug: str
) -> None:
    """RFC 9457: type, title, status and detail; readable from any site's script."""
    answer = client.open(address, method=method, **arguments)
    problem = json.loads(answer.data)

    assert answer.status_code == problem["status"] == status
    assert answer.content_type == "application/problem+json"
    assert problem["type"] == f"http://localhost/problem/{slug}"
    assert problem["title"]
    assert problem["detail"]
    assert "%(" not in problem["detail"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_syntax_error_points_at_its_place(client: FlaskClient) -> None:
    """A caret line lets any client show where."""
    problem = json.loads(client.get(url("SELECT * {\n\t?s ?p ?o\n} LIMITT 3")).data)

    assert (problem["line"], problem["column"]) == (3, 3)
    assert problem["source"] == "} LIMITT 3"
    assert problem["caret"] == "  ^"


def test_of_a_long_line_only_what_is_near_its_error_is_shown(client: FlaskClient) -> None:
    """An answer is not longer than the question, and the caret stays under its character."""
    text = f"SELECT * {{ {'?s ?p ?o . ' * 200} ?s é ?o . {'?s ?p ?o . ' * 200} }}"
    problem = client.get(url(text)).get_json(force=True)

    assert problem["source"][len(problem["caret"]) - 1] == "é"
    assert problem["column"] == text.index("é") + 1
    assert len(problem["source"]) < 500


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE"])
def test_a_refused_method_names_the_others(client: FlaskClient, method: str) -> None:
    """RFC 9110 asks for Allow with each 405."""
    assert {"GET", "HEAD", "POST", "OPTIONS"} <= set(client.open("/sparql", method=method).allow)


def test_an_answer_that_is_too_large_links_to_the_dump(client: FlaskClient) -> None:
    """Whoever wants everything can have it, another way."""
    answer = client.get(url("SELECT * { ?a ?b ?c . ?d ?e ?f }"))

    assert json.loads(answer.data)["limit"] == 20
    assert "/dump.nq.gz>" in answer.headers["Link"]


def test_an_unexpected_failure_is_logged_and_not_told(
    client: FlaskClient, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """A traceback helps the operator and the attacker; only one may read it."""
    app.extensions["workplan"].engine = "not an engine"
    answer = client.get(url(SELECT))

    assert answer.status_code == 500
    assert json.loads(answer.data)["status"] == 500
    assert "attribute" not in answer.text
    assert "AttributeError" in caplog.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_preflight_is_answered_in_full(client: FlaskClient) -> None:
    """Without these headers a browser sends no query of another site's script."""
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "Content-Type, X-Request-ID"}
    answer = client.options("/sparql", headers={"Origin": "http://a", **asked})

    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST, OPTIONS"
    assert {"Content-Type", "X-Request-ID"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize("address", [url(SELECT), url("SELECT"), url(CONSTRUCT)])
def test_every_answer_can_be_read_by_any_site(client: FlaskClient, address: str) -> None:
    """Errors above all: a script that cannot read them shows nothing."""
    answer = client.get(address)

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert {"ETag", "Link", "Retry-After", "Server-Timing"} <= set(
        answer.headers["Access-Control-Expose-Headers"].split(", ")
    )


@pytest.mark.parametrize(("languages", "lang"), [("es", "es"), ("en-GB,en;q=0.9", "en"), ("fr", "ca"), ("", "ca")])
def test_a_browser_without_a_query_gets_the_editor(client: FlaskClient, languages: str, lang: str) -> None:
    """A person who types the address wants a page."""
    answer = client.get("/sparql", headers={"Accept": FIREFOX, "Accept-Language": languages})

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/{lang}/sparql"
    assert {"accept", "accept-language"} <= {name.lower() for name in answer.vary}


@pytest.mark.parametrize(
    "media_type", ["text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml"]
)
def test_an_rdf_client_without_a_query_gets_the_service_description(client: FlaskClient, media_type: str) -> None:
    """SPARQL 1.1 Service Description, and what this service promises."""
    answer = client.get("/sparql", headers={"Accept": media_type})
    triples = {quad.triple for quad in parse(answer.data, RdfFormat.from_media_type(media_type))}
    said = {(t.predicate.value.partition("#")[2], t.object.value) for t in triples if hasattr(t.object, "value")}
    sd = "http://www.w3.org/ns/sparql-service-description#"

    assert answer.mimetype == media_type
    assert ("endpoint", "http://localhost/sparql") in said
    assert ("feature", f"{sd}UnionDefaultGraph") in said
    assert ("supportedLanguage", f"{sd}SPARQL11Query") in said
    assert sum(name == "resultFormat" for name, _ in said) == 9
    assert any(value.startswith("limit-rows: 20.") for _, value in said)


@pytest.mark.parametrize(
    ("return_format", "query", "holds"),
    [
        (JSON, SELECT, "results"),
        (XML, SELECT, "<result>"),
        (CSV, SELECT, "s,o"),
        (TSV, SELECT, "?s\t?o"),
        (JSON, "ASK {}", "boolean"),
        (XML, "ASK {}", "<boolean>"),
        (XML, CONSTRUCT, "rdf:RDF"),
        (RDFXML, CONSTRUCT, "rdf:RDF"),
        (TURTLE, CONSTRUCT, "<http://example.org/1> <http://example.org/p>"),
        (N3, CONSTRUCT, "<http://example.org/1> <http://example.org/p>"),
        (JSONLD, CONSTRUCT, "@"),
    ],
)
@pytest.mark.parametrize("by_header_alone", [True, False])
@pytest.mark.parametrize("ways", [(), (POST,), (POST, POSTDIRECTLY)])
def test_sparqlwrapper_just_works(
    endpoint: str,
    return_format: str,
    query: str,
    holds: str,
    by_header_alone: bool,  # noqa: FBT001
    ways: tuple[str, ...],
) -> None:
    """The commonest Python client, with each of its formats, its defaults and its extra parameters."""
    wrapper = SPARQLWrapper(endpoint)
    wrapper.setQuery(query)
    wrapper.setReturnFormat(return_format)
    wrapper.setOnlyConneg(by_header_alone)
    for way, choose in zip(ways, (wrapper.setMethod, wrapper.setRequestMethod), strict=False):
        choose(way)
    with wrapper.query().response as response:
        body = response.read().decode()

    assert response.status == 200
    assert holds in body


@pytest.mark.parametrize("return_format", [JSON, XML, CSV, TSV])
def test_sparqlwrapper_converts_what_it_gets(endpoint: str, return_format: str) -> None:
    """Its converters look at the content type."""
    wrapper = SPARQLWrapper(endpoint)
    wrapper.setQuery(SELECT)
    wrapper.setReturnFormat(return_format)
    with warnings.catch_warnings():
        # SPARQLWrapper leaves its connection to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        converted = wrapper.queryAndConvert()

    assert converted
