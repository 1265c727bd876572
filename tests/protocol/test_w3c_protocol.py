"""The W3C's tests of the SPARQL 1.1 Protocol for queries, each over HTTP, and what they leave out.

What each asks is told at https://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/; the names are its own.
"""

import json
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, Store, parse
from werkzeug.test import TestResponse

from workplan.configuration import Configuration
from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.merging import united
from workplan.engine.query import Limits
from workplan.model.formats import CONSTRUCT_FORMATS, SOLUTION_FORMATS
from workplan.web import create_app
from workplan.web.service import Service

DATA = [f"http://kasei.us/2009/09/sparql/data/data{n}.rdf" for n in (1, 2, 3)]
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
DIRECT = {"Content-Type": QUERY}
FOAF = "http://xmlns.com/foaf/0.1/"


@pytest.fixture(scope="module")
def app() -> Flask:
    """The whole application over the three graphs of the tests: each says that it is a document."""
    store = Store()
    lines = [f"<{iri}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{FOAF}Document> <{iri}> .\n" for iri in DATA]
    store.load("".join(lines), RdfFormat.N_QUADS)
    return create_app(Service(EmbeddedEngine(united(store), Limits()), Configuration(), None))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of it."""
    return app.test_client()


def address(*pairs: tuple[str, str]) -> str:
    """The endpoint with parameters, which may repeat."""
    return f"/sparql?{urlencode(pairs)}"


def truth(answer: TestResponse) -> bool:
    """What an ASK was answered with, whatever the format."""
    assert answer.status_code == 200, answer.text
    assert answer.mimetype in {form.media_type for form in SOLUTION_FORMATS}
    found: bool = json.loads(answer.data)["boolean"]
    return found


def holds(*numbers: int) -> str:
    """A query for whether the default graph holds the documents *numbers* and no others."""
    patterns = [
        f"{'' if n in numbers else 'FILTER NOT EXISTS '}{{ <{iri}> a <{FOAF}Document> }}"
        for n, iri in enumerate(DATA, 1)
    ]
    return f"ASK {{ {' '.join(patterns)} }}"


def names(*numbers: int) -> str:
    """A query for whether the named graphs are those of the documents *numbers* and no others."""
    patterns = [
        f"{'' if n in numbers else 'FILTER NOT EXISTS '}{{ GRAPH <{iri}> {{ ?s{n} a <{FOAF}Document> }} }}"
        for n, iri in enumerate(DATA, 1)
    ]
    return f"ASK {{ {' '.join(patterns)} }}"


def test_query_get(client: FlaskClient) -> None:
    """A query in the address."""
    assert truth(client.get(address(("query", "ASK {}"))))


def test_query_post_form(client: FlaskClient) -> None:
    """A query in a form."""
    assert truth(client.post("/sparql", data={"query": "ASK {}"}))


def test_query_post_direct(client: FlaskClient) -> None:
    """A query as the body."""
    assert truth(client.post("/sparql", data="ASK {}", headers=DIRECT))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_query_dataset_default_graph(client: FlaskClient, number: int) -> None:
    """One graph as the default one, in the address, beside a body and in a form."""
    pair = ("default-graph-uri", DATA[number - 1])

    assert truth(client.get(address(("query", holds(number)), pair)))
    assert truth(client.post(address(pair), data=holds(number), headers=DIRECT))
    assert truth(client.post("/sparql", data={"query": holds(number), pair[0]: pair[1]}))


def test_query_dataset_default_graphs_get(client: FlaskClient) -> None:
    """Several make one default graph together."""
    pairs = [("default-graph-uri", DATA[0]), ("default-graph-uri", DATA[1])]

    assert truth(client.get(address(("query", holds(1, 2)), *pairs)))


def test_query_dataset_default_graphs_post(client: FlaskClient) -> None:
    """The same, with the query in a form or as the body."""
    pairs = [("default-graph-uri", DATA[0]), ("default-graph-uri", DATA[1])]

    assert truth(client.post("/sparql", data=urlencode([("query", holds(1, 2)), *pairs]), content_type=FORM))
    assert truth(client.post(address(*pairs), data=holds(1, 2), headers=DIRECT))


def test_query_dataset_named_graphs_get(client: FlaskClient) -> None:
    """Named graphs alone leave the default graph empty."""
    pairs = [("named-graph-uri", DATA[0]), ("named-graph-uri", DATA[1])]

    assert truth(client.get(address(("query", names(1, 2)), *pairs)))
    assert truth(client.get(address(("query", holds()), *pairs)))


def test_query_dataset_named_graphs_post(client: FlaskClient) -> None:
    """The same, with the query in a form or as the body."""
    pairs = [("named-graph-uri", DATA[0]), ("named-graph-uri", DATA[1])]

    assert truth(client.post("/sparql", data=urlencode([("query", names(1, 2)), *pairs]), content_type=FORM))
    assert truth(client.post(address(*pairs), data=names(1, 2), headers=DIRECT))


def test_query_dataset_full(client: FlaskClient) -> None:
    """A default graph and named graphs, each apart."""
    pairs = [("default-graph-uri", DATA[2]), ("named-graph-uri", DATA[0]), ("named-graph-uri", DATA[1])]

    assert truth(client.get(address(("query", holds(3)), *pairs)))
    assert truth(client.get(address(("query", names(1, 2)), *pairs)))


@pytest.mark.parametrize("by_form", [True, False])
def test_query_multiple_dataset(client: FlaskClient, by_form: bool) -> None:  # noqa: FBT001
    """The request's dataset goes before the text's."""
    text = holds(1).replace("ASK", f"ASK FROM <{DATA[2]}>")
    pair = ("default-graph-uri", DATA[0])
    answer = (
        client.post("/sparql", data=urlencode([("query", text), pair]), content_type=FORM)
        if by_form
        else client.get(address(("query", text), pair))
    )

    assert truth(answer)


@pytest.mark.parametrize("text", ["SELECT (1 AS ?value) {}", "ASK {}"])
def test_query_content_type_select_and_ask(client: FlaskClient, text: str) -> None:
    """Each format of results can be had."""
    for form in SOLUTION_FORMATS:
        answer = client.get(address(("query", text)), headers={"Accept": form.media_type})

        assert (answer.status_code, answer.mimetype) == (200, form.media_type)


@pytest.mark.parametrize("text", ["DESCRIBE <http://example.org/>", "CONSTRUCT { <s> <p> 1 } WHERE {}"])
def test_query_content_type_describe_and_construct(client: FlaskClient, text: str) -> None:
    """Each format of graphs can be had, relative IRIs resolved."""
    for form in CONSTRUCT_FORMATS:
        answer = client.get(address(("query", text)), headers={"Accept": form.media_type})

        assert (answer.status_code, answer.mimetype) == (200, form.media_type)
        assert len(list(parse(answer.data, RdfFormat.from_media_type(form.media_type)))) == text.startswith("CONSTRUCT")


@pytest.mark.parametrize(
    ("name", "method", "target", "arguments", "status"),
    [
        ("bad_query_method", "PUT", address(("query", "ASK {}")), {}, 405),
        ("bad_multiple_queries", "GET", address(("query", "ASK {}"), ("query", "SELECT * {}")), {}, 400),
        (
            "bad_multiple_queries, form",
            "POST",
            "/sparql",
            {"data": "query=ASK{}&query=ASK{}", "content_type": FORM},
            400,
        ),
        ("bad_query_wrong_media_type", "POST", "/sparql", {"data": "ASK {}", "content_type": "text/plain"}, 415),
        ("bad_query_missing_form_type", "POST", "/sparql", {"data": f"query={quote('ASK {}')}"}, 415),
        ("bad_query_missing_direct_type", "POST", "/sparql", {"data": "ASK {}"}, 415),
        ("bad_query_non_utf8", "POST", "/sparql", {"data": "ASK {}".encode("utf-16"), "content_type": QUERY}, 400),
        (
            "bad_query_non_utf8, said",
            "POST",
            "/sparql",
            {"data": "ASK {}".encode("utf-16"), "content_type": f"{QUERY}; charset=UTF-16"},
            415,
        ),
        ("bad_query_syntax", "GET", address(("query", "ASK {")), {}, 400),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("bad") else "",
)
def test_bad_query(
    client: FlaskClient, name: str, method: str, target: str, arguments: dict[str, object], status: int
) -> None:
    """Refused with a status of the 400s, as a problem document that any site may read."""
    answer = client.open(target, method=method, **arguments)

    assert answer.status_code == json.loads(answer.data)["status"] == status
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "pairs",
    [
        [("query", "ASK {}"), ("default-graph-uri", "http://169.254.169.254/")],
        [("query", "ASK {}"), ("named-graph-uri", "file:///etc/passwd")],
        [("query", "ASK FROM <http://127.0.0.1:8000/> {}")],
        [("query", "PREFIX e: <http://e/> ASK FROM NAMED e:x {}")],
        [("query", "ASK FROM <relative> {}")],
    ],
)
def test_a_graph_that_would_have_to_be_fetched_is_refused(client: FlaskClient, pairs: list[tuple[str, str]]) -> None:
    """No query makes the server open a connection, nor pretends that a graph unknown here is empty."""
    answer = client.get(address(*pairs))

    assert answer.status_code == 403
    assert "/sparql" in json.loads(answer.data)["detail"]


@pytest.mark.parametrize("character", ["\\u0001", "\\u000B", "\\uFFFE"])
def test_what_xml_cannot_hold_is_not_sent_as_xml(client: FlaskClient, character: str) -> None:
    """Broken XML with status 200 is a lie; JSON holds it."""
    text = f'SELECT ("{character}" AS ?value) {{}}'
    graph = f'CONSTRUCT {{ <s> <p> "{character}" }} {{}}'

    assert client.get(address(("query", text), ("format", "xml"))).status_code == 406
    assert client.get(address(("query", graph), ("format", "rdf"))).status_code == 406
    assert client.get(address(("query", graph), ("format", "ttl"))).status_code == 200
    answer = json.loads(client.get(address(("query", text))).data)
    assert answer["results"]["bindings"][0]["value"]["value"] == json.loads(f'"{character}"')
