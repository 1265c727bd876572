"""Linked data: redirects, descriptions, graphs, dumps."""

import gzip

import pytest
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Triple, parse
from rdflib import Graph
from rdflib.compare import isomorphic

from workplan.release.context import context, version_iri
from workplan.release.sources import ontology_version

ACTION = "xmess/plan/2020/action/08"
BASE = "https://w3id.org/sse-workplan/id/"
SYNTAX = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt", "rdf": "xml"}


@pytest.mark.parametrize(
    ("accept", "location"),
    [
        ("text/turtle", f"/data/{ACTION}.ttl"),
        ("application/ld+json", f"/data/{ACTION}.jsonld"),
        ("application/n-triples", f"/data/{ACTION}.nt"),
        ("application/rdf+xml", f"/data/{ACTION}.rdf"),
        ("application/trig", f"/data/{ACTION}.trig"),
        ("text/html", f"/ca/{ACTION}"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", f"/ca/{ACTION}"),
        ("text/turtle;q=0.5,text/html", f"/ca/{ACTION}"),
    ],
)
def test_a_thing_redirects_to_what_was_asked(client: FlaskClient, accept: str, location: str) -> None:
    """303 by Accept, telling that it varies and which formats there are."""
    answer = client.get(f"/id/{ACTION}", headers={"Accept": accept})

    assert (answer.status_code, answer.headers["Location"]) == (303, location)
    assert {"Accept", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
    assert f'</data/{ACTION}.ttl>; rel="alternate"; type="text/turtle"' in ",".join(answer.headers.getlist("Link"))


@pytest.mark.parametrize("asked", ["ttl", "turtle", "text/turtle"])
def test_format_overrides_accept(client: FlaskClient, asked: str) -> None:
    """By short name or by media type."""
    answer = client.get(f"/id/{ACTION}", query_string={"format": asked}, headers={"Accept": "text/html"})

    assert answer.headers["Location"] == f"/data/{ACTION}.ttl"


def test_an_unknown_thing_is_404_and_an_unknown_format_406(client: FlaskClient) -> None:
    """406 lists the formats on offer."""
    refused = client.get(f"/id/{ACTION}", headers={"Accept": "image/png"})

    assert client.get("/id/xmess/none").status_code == 404
    assert refused.status_code == 406
    assert "text/turtle" in refused.get_json(force=True)["detail"]


def test_all_formats_say_the_same(client: FlaskClient) -> None:
    """Each parses back to one graph."""
    graphs = [
        Graph().parse(data=client.get(f"/data/{ACTION}.{extension}").data, format=syntax)
        for extension, syntax in SYNTAX.items()
    ]

    assert len(graphs[0]) > 40
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])


def test_a_description_holds_both_directions_and_the_labels_of_what_it_names(client: FlaskClient) -> None:
    """One answer is enough to show a page."""
    triples = {
        (t.subject.value, t.predicate.value.rpartition("#")[2], t.object.value)
        for t in (q.triple for q in parse(client.get(f"/data/{ACTION}.nt").data, RdfFormat.N_TRIPLES))
    }

    assert (BASE + ACTION, "directlyExecutedBy", BASE + "xmess/team/gt") in triples
    assert (BASE + "xmess/team/gt", "label", "Grup de treball") in triples
    assert any(s.startswith(BASE + "xmess/gap/") and o == BASE + ACTION for s, _, o in triples)


def test_a_description_says_what_is_canonical(client: FlaskClient) -> None:
    """And opens to any site."""
    answer = client.get(f"/data/{ACTION}.ttl")

    assert f'<{BASE}{ACTION}>; rel="canonical"' in answer.headers.getlist("Link")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert b"@prefix wp:" in answer.data


def test_trig_keeps_stated_and_curated_apart(client: FlaskClient) -> None:
    """The added strategic line stands in the curated graph alone, beside the default graph that holds everything."""
    line = NamedNode(BASE + "xmess/plan/2020/strategic-line/1")
    graphs = {
        q.graph_name.value.rpartition("/")[2]
        for q in parse(client.get(f"/data/{ACTION}.trig").data, RdfFormat.TRIG)
        if q.object == line and q.predicate.value.endswith("strategicLine") and q.graph_name != DefaultGraph()
    }

    assert graphs == {"curated"}


def test_the_default_graph_of_trig_is_the_description(client: FlaskClient) -> None:
    """Whoever reads no other finds what Turtle says, and each statement once in each graph."""
    quads = list(parse(client.get(f"/data/{ACTION}.trig").data, RdfFormat.TRIG))
    triples = {q.triple for q in parse(client.get(f"/data/{ACTION}.ttl").data, RdfFormat.TURTLE)}
    default = [q.triple for q in quads if q.graph_name == DefaultGraph()]

    assert set(default) == triples == {q.triple for q in quads}
    assert len(default) == len(triples)
    assert len(quads) == len(set(quads))


@pytest.mark.parametrize("address", ["/graph/schemes/0.1.0", "/graph/xmess/plan/2020/v1/stated"])
def test_graphs_say_the_same_in_every_format(client: FlaskClient, address: str) -> None:
    """Any named graph by Accept."""
    sizes = {
        extension: len(Graph().parse(data=client.get(address, query_string={"format": extension}).data, format=syntax))
        for extension, syntax in SYNTAX.items()
    }

    assert len(set(sizes.values())) == 1
    assert sizes["ttl"] > 700


def test_the_dump_is_the_release(client: FlaskClient) -> None:
    """All of it, compressed or not; Turtle holds the union."""
    plain = client.get("/dump.nq").data
    quads = list(parse(plain, RdfFormat.N_QUADS))

    assert gzip.decompress(client.get("/dump.nq.gz").data) == plain
    assert len(list(parse(client.get("/dump.trig").data, RdfFormat.TRIG))) == len(quads)
    assert len({Triple(q.subject, q.predicate, q.object) for q in quads}) == len(
        list(parse(client.get("/dump.ttl").data, RdfFormat.TURTLE))
    )
    assert client.get("/dump.exe").status_code == 406


def test_unchanged_data_are_not_sent_again(client: FlaskClient) -> None:
    """304 by ETag."""
    first = client.get(f"/data/{ACTION}.ttl")

    assert client.get(f"/data/{ACTION}.ttl", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_health_tells_the_release(client: FlaskClient, app: object) -> None:
    """Alive, and ready with a version."""
    ready = client.get("/health/ready").get_json()

    assert client.get("/health/live").status_code == 200
    assert ready["status"] == "ready"
    assert len(ready["version"]) == 12


@pytest.mark.parametrize(
    "prefix", ["/id/", "/ca/", "/data/", "/graph/", "/ca/graph/", "/ns/", "/ca/document/", "/problem/"]
)
@pytest.mark.parametrize(
    "path",
    [
        "a%20b",
        "%3Cscript%3E",
        "x%00y",
        "a%0D%0ASet-Cookie:x",
        "%E2%80%AE",
        "%FF%FE",
        "..%2F..%2Fetc%2Fpasswd",
        "%7B%22%7D%5C%60",
        "%25zz",
        "%5B%5D",
        "x" * 5000,
        "a//b",
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "text/turtle"])
def test_an_address_that_is_no_iri_is_answered_with_a_4xx(
    client: FlaskClient, prefix: str, path: str, accept: str
) -> None:
    """Whatever is asked, nothing breaks and nothing is injected."""
    suffix = ".ttl" if prefix == "/data/" else ""
    answer = client.get(prefix + path + suffix, headers={"Accept": accept}, follow_redirects=True)

    assert 400 <= answer.status_code < 500
    assert "Set-Cookie" not in answer.headers


def test_the_context_is_served_as_other_processors_ask_for_it(client: FlaskClient) -> None:
    """By its media type, to any site, unchanged while nothing changes."""
    answer = client.get("/context.jsonld", headers={"Accept": "application/ld+json, application/json"})
    again = client.get("/context.jsonld", headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.content_type == 'application/ld+json; profile="http://www.w3.org/ns/json-ld#context"'
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in answer.headers["Cache-Control"]
    assert '<https://w3id.org/sse-workplan/context.jsonld>; rel="canonical"' in answer.headers["Link"]
    assert answer.get_json(force=True) == {"@context": context()}
    assert (again.status_code, again.data) == (304, b"")


def test_the_context_of_a_version_has_an_address_of_its_own(client: FlaskClient) -> None:
    """Its canonical one; of no such version, those that there are."""
    answer = client.get(f"/context/{ontology_version()}.jsonld")
    missing = client.get("/context/9.9.9.jsonld")

    assert answer.get_json(force=True) == {"@context": context()}
    assert f'<{version_iri(ontology_version())}>; rel="canonical"' in answer.headers["Link"]
    assert missing.status_code == 404
    assert ontology_version() in missing.get_json(force=True)["detail"]
