"""The read side of the SPARQL 1.1 Graph Store Protocol, over the shipped data."""

import json
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from workplan.model.formats import GRAPH_FORMATS, Format
from workplan.model.iris import graph_iri
from workplan.release.build import Release

STORE = "/rdf-graph-store"
TIME = graph_iri("time/2020")


def of(graph: str, **more: str) -> str:
    """The address of *graph* in the store."""
    return f"{STORE}?{urlencode({'graph': graph, **more})}"


@pytest.mark.parametrize("form", GRAPH_FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("by_header", [True, False])
def test_a_named_graph_comes_in_every_format(
    client: FlaskClient,
    release: Release,
    form: Format,
    by_header: bool,  # noqa: FBT001
) -> None:
    """Whole, by Accept or by format=."""
    answer = (
        client.get(of(TIME), headers={"Accept": form.media_type})
        if by_header
        else client.get(of(TIME, format=form.name))
    )

    assert (answer.status_code, answer.mimetype) == (200, form.media_type)
    assert answer.vary
    found = list(parse(answer.data, RdfFormat.from_media_type(form.media_type)))
    assert len(found) == release.manifest["graphs"][TIME]


def test_the_default_graph_is_the_union(client: FlaskClient, release: Release) -> None:
    """As at the endpoint; a statement of several graphs comes once."""
    answer = client.get(f"{STORE}?default", headers={"Accept": "application/n-triples"})
    triples = {quad.triple for quad in parse(path=release.data, format=RdfFormat.N_QUADS)}

    assert len(answer.data.splitlines()) == len(triples)


def test_head_has_the_headers_of_get(client: FlaskClient) -> None:
    """Content type and length above all."""
    got, head = client.get(of(TIME)), client.head(of(TIME))

    assert head.data == b""
    assert head.status_code == 200
    for name in ("Content-Type", "Content-Length", "ETag", "Vary", "Cache-Control"):
        assert head.headers[name] == got.headers[name]


def test_a_kept_graph_is_asked_for_again_at_no_cost(client: FlaskClient) -> None:
    """The same release holds the same."""
    tag = client.get(of(TIME)).headers["ETag"]
    again = client.get(of(TIME), headers={"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(of(TIME, format="nt")).headers["ETag"] != tag


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (STORE, 400),
        (f"{STORE}?default&graph=http://example.org/", 400),
        (f"{STORE}?graph=http://a/&graph=http://b/", 400),
        (f"{STORE}?default=yes", 400),
        (f"{STORE}?graph=relative", 400),
        (f"{STORE}?graph=", 400),
        (f"{STORE}?default&grahp=http://example.org/", 400),
        (of("http://example.org/none"), 404),
        (of(TIME, format="csv"), 406),
    ],
)
def test_a_request_that_names_no_graph_is_told_so(client: FlaskClient, target: str, status: int) -> None:
    """Each error in the one shape."""
    answer = client.get(target)

    assert answer.status_code == json.loads(answer.data)["status"] == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_writes_are_refused(client: FlaskClient, method: str) -> None:
    """With the methods that there are."""
    answer = client.open(of(TIME), method=method, data=b"")

    assert answer.status_code == 405
    assert set(answer.allow) == {"GET", "HEAD", "OPTIONS"}


def test_a_preflight_is_answered(client: FlaskClient) -> None:
    """So that scripts of other sites may read."""
    answer = client.options(STORE, headers={"Origin": "http://a", "Access-Control-Request-Method": "GET"})

    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
