"""What holds of every address, whatever it answers."""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from served import FrontClient, received
from workplan.release.build import Release

JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
"""What java.net.HttpURLConnection sends before Java 18 where its programmer says nothing."""


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/sparql?query=ASK%7B%7D", 200),
        ("/rdf-graph-store?default", 200),
        ("/query/plans.csv", 200),
        ("/query/plans", 303),
        ("/id/xmess", 303),
        ("/data/xmess.ttl", 200),
        ("/catalog", 303),
        ("/.well-known/void", 200),
        ("/ns", 303),
        ("/metrics", 200),
    ],
)
def test_an_old_java_gets_an_answer(client: FlaskClient, address: str, status: int) -> None:
    """Its header was never quite HTTP's."""
    assert client.get(address, headers={"Accept": JAVA}).status_code == status


@pytest.fixture(scope="module")
def addresses(app: Flask, release: Release) -> dict[str, str]:
    """An address of every rule of the map of addresses, by the rule."""
    known = {
        "path": "xmess",
        "version": release.version,
        "extension": "ttl",
        "ident": "pla2020",
        "slug": "malformed-query",
        "name": "team-load",
        "ontology.show_term name": "PlannedAction",
        "query.answer_query file": "team-load",
        "query.answer_pinned_query file": "team-load.csv",
        "data.describe_data file": "xmess.ttl",
        "exports.export_plan file": "xmess/plan/2020.json",
        "data.graph path": "ns/0.1.0",
        "static filename": "style.css",
    }
    found = {}
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<any\((\w+)[^<>]*>", r"\1", rule.rule)
        for argument in rule.arguments:
            value = known.get(f"{rule.endpoint} {argument}", known.get(argument, "x"))
            address = re.sub(rf"<(?:\w+:)?{argument}>", value, address)
        found[rule.rule] = address
    return found


IS_CLOSED = re.compile(
    r"/|/(?:ca|health|static|problem)/.*|/metrics|/favicon.ico|/sparql/differences|/releases(?:/[^/]+)?"
)
"""Pages, and what is for whoever runs the service: all other addresses are data."""


def test_scripts_of_any_site_may_send_what_they_want_to_every_address_of_data(
    client: FlaskClient, addresses: dict[str, str]
) -> None:
    """The preflight allows what it is asked for, and both the answer and an error can be read."""
    asked = {
        "Origin": "https://a.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "accept-datetime,queryid,traceparent",
    }
    open_ones = [address for address in addresses.values() if not IS_CLOSED.fullmatch(address)]

    assert {"/id/xmess", "/data/xmess.ttl", "/search.json", "/catalog", "/oembed", "/dump.ttl"} <= set(open_ones)
    for address in open_ones:
        allowed = client.options(address, headers=asked)
        assert allowed.status_code in (200, 204), address
        assert allowed.headers["Access-Control-Allow-Origin"] == "*", address
        assert {"GET", "HEAD"} <= set(allowed.headers["Access-Control-Allow-Methods"].split(", ")), address
        names = re.split(", *", allowed.headers["Access-Control-Allow-Headers"])
        assert {"*", "Authorization", "accept-datetime", "queryid", "traceparent"} <= set(names), address
        answers = client.get(address), client.get(address, headers={"Accept": "x/y"}), client.delete(address)
        for answer in answers:
            assert answer.headers["Access-Control-Allow-Origin"] == "*", address
            assert "ETag" in answer.headers["Access-Control-Expose-Headers"], address
        assert answers[-1].status_code == 405, address


def test_no_script_of_another_site_reads_what_is_the_operators(client: FlaskClient, addresses: dict[str, str]) -> None:
    """They may run in a browser that reaches what its owner keeps from others."""
    kept = [address for address in addresses.values() if address.startswith(("/health", "/metrics"))]

    assert len(kept) == 3
    for address in kept:
        asked = client.options(address, headers={"Access-Control-Request-Method": "GET"})
        for answer in (client.get(address), asked):
            assert answer.status_code == 200
            assert "Access-Control-Allow-Origin" not in answer.headers, address


@pytest.mark.parametrize("asked", ["", "a b", "a,,b", "x" * 3000, "a\u00e9", "a:b"])
def test_a_list_of_headers_that_is_none_is_not_repeated(client: FlaskClient, asked: str) -> None:
    """The rest is allowed all the same."""
    given = {"Access-Control-Request-Headers": asked.encode().decode("latin-1")}

    assert client.options("/sparql", headers=given).headers["Access-Control-Allow-Headers"] == "*, Authorization"


def test_a_slash_at_the_end_leads_to_the_address_without_it(client: FlaskClient, addresses: dict[str, str]) -> None:
    """Of every rule, by every method; what is asked stays. The few that end in one are where the others lead."""
    for rule, address in addresses.items():
        if rule.endswith("/"):
            bare = address.rstrip("/")
            if bare:
                answer = client.get(f"{bare}?a=b%20c")
                assert answer.status_code == 308, address
                assert answer.headers["Location"].endswith(f"{address}?a=b%20c"), address
            continue
        for method in ("GET", "HEAD", "POST"):
            for slashes in ("/", "//"):
                answer = client.open(f"{address}{slashes}?a=b%20c&d=%2F", method=method)
                # What joins several slashes first leads to a single one.
                if (location := urlsplit(answer.headers.get("Location", ""))).path == f"{address}/":
                    answer = client.open(f"{location.path}?{location.query}", method=method)
                assert answer.status_code == 308, (method, address)
                assert answer.headers["Location"] == f"{address}?a=b%20c&d=%2F", (method, address)
                assert answer.headers["Access-Control-Allow-Origin"] == "*", address
        allowed = client.options(f"{address}/", headers={"Access-Control-Request-Headers": "x-y"})
        assert allowed.status_code in (200, 204), address
        assert "x-y" in allowed.headers["Access-Control-Allow-Headers"], address


def test_a_slash_too_many_is_no_hindrance(front_client: FrontClient) -> None:
    """A POST reaches the endpoint by it, as a browser or curl follows."""
    first = front_client.post("/sparql/", data="ASK {}", content_type="application/sparql-query")
    answer = front_client.post(first.headers["Location"], data="ASK {}", content_type="application/sparql-query")

    assert first.status_code == 308
    assert answer.status_code == 200
    assert front_client.get("/ca/").status_code == 200
    assert front_client.get("/ca/query/").status_code == 200
    assert front_client.get("/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "///evil.example//",
        "/%2Fevil.example/",
        "/%2F%2Fevil.example/",
        "/%5Cevil.example/",
        "/ca/%5C%5Cevil.example/",
        "/%09/evil.example/",
        "/%0D%0ALocation:%20https://evil.example/",
        "/https:/evil.example/",
        "/id//evil.example/",
        "/id/%2F%2Fevil.example/",
        "/ca//",
        "/id/",
        "/id//",
        "/%FF/",
        "/id/%FF/",
    ],
)
def test_no_address_leads_to_another_site_or_in_circles(front_client: FrontClient, path: str) -> None:
    """However its slashes are written, it ends here, after two steps at most."""
    for _ in range(3):
        with front_client.connect() as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            answer = received(connection)
        assert answer
        if answer.status_code != 308:
            break
        location = urlsplit(answer.headers["Location"])
        assert location.netloc in ("", "localhost")
        assert not location.path.startswith(("//", "/\\"))
        path = f"{location.path}?{location.query}"

    assert answer
    assert answer.status_code in (200, 303, 404)


def test_the_icon_is_where_browsers_look_for_it(front_client: FrontClient) -> None:
    """Beside data, which cannot tell of another."""
    answer = front_client.get("/favicon.ico")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert answer.data.lstrip().startswith(b"<svg")
