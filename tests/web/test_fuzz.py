"""Requests of every kind, meant and malformed: each is answered, and each error in the one shape.

The examples are the same in every run.
"""

import json
import os
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import quote, quote_from_bytes, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers
from werkzeug.test import create_environ, run_wsgi_app

from conftest import wait_for
from served import FrontClient
from workplan.engine.leases import LeasedWorkers
from workplan.engine.pooled import PooledEngine
from workplan.engine.query import Capacity, Limits
from workplan.engine.supervision import SupervisedPool
from workplan.operation.figures import Figures
from workplan.release.build import Release
from workplan.web import create_app
from workplan.web.front import Front, Site
from workplan.web.service import Service

SAME_EACH_TIME = settings(
    max_examples=500,
    derandomize=True,
    deadline=None,
    database=None,
    # The fixtures are the same for all examples on purpose: a server outlives its requests.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
ACCEPTABLE_FAILURES = (503, 504)
ASCII = bytes(range(0x21, 0x7F))
ID = "https://w3id.org/sse-workplan/id/"
GRAPH = "https://w3id.org/sse-workplan/graph/xmess/plan/2020/stated"
QUERIES = [
    "SELECT * { ?s ?p ?o } LIMIT 3",
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c FILTER(REGEX(STR(?c), 'a|b')) }",
    "ASK { ?s a ?t . FILTER NOT EXISTS { ?s ?p ?o . ?o ?q ?r } }",
    f"CONSTRUCT {{ ?s ?p 'é\\n' }} WHERE {{ ?s ?p <{ID}xmess> }} LIMIT 2",
    f"DESCRIBE <{ID}xmess>",
    f"PREFIX ex: <{ID}> BASE <http://x/> ASK FROM <{GRAPH}> FROM NAMED ex:a {{ GRAPH ?g {{ ex:a ^ex:b|ex:c* [] }} }}",
    "SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT (<http://x/f>(1) AS ?x) (STRDT('1', <http://x>) AS ?y) { VALUES (?a ?b) { (UNDEF '''x''') } }",
    "INSERT DATA { <a:a> <a:b> <a:c> }",
    "LOAD <file:///etc/passwd>",
    "",
]
PATHS = [
    *("/sparql", "/sparql", "/sparql", "/rdf-graph-store", "/", "/ca/", "/es/sparql", "/en/ns", "/ns", "/shapes"),
    *("/data/xmess.ttl", "/data/xmess/plan/2020.jsonld", "/data/xmess/plan/2020/action/08.rdf", "/data/none.nt"),
    *("/id/xmess/plan/2020/action/08", "/id/xmess", "/id/none", "/id/", "/graph/xmess/plan/2020/stated"),
    *("/ca/xmess/plan/2020/action/08", "/en/document/none", "/ca/quality", "/quality.json", "/dump.nq", "/dump.ttl.gz"),
    *("/query/", "/query/team-load", "/query/team-load.csv", "/query/none.json", "/embed/team-load", "/search"),
    *(
        "/health/live",
        "/catalog",
        "/catalog.ttl",
        "/.well-known/void",
        "/problem/busy",
        "/static/style.css",
        "/metrics",
    ),
]
NAMES = ["query", "update", "format", "output", "default-graph-uri", "named-graph-uri", "graph", "default", "page", "x"]
VALUES = ["", "json", "text/turtle", "csv", "xlsx", GRAPH, "http://x", "no iri", "0", "-1", "é", "\0", "\u2028", "%"]
METHODS = ["GET", "GET", "GET", "HEAD", "POST", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get", "FOO", ""]
HEADERS = {
    "Accept": ["text/html", "*/*", "text/turtle;q=0.5", "application/sparql-results+json", "a/b;q=2", ";;,"],
    "Accept-Encoding": ["gzip", "br", "gzip;q=0", "*", "identity;q=0, *;q=0", ",,;q=x"],
    "Accept-Language": ["es", "en;q=0.1", "*", "xx-yy-zz", "ca;q=", "-"],
    "Content-Type": [
        "application/sparql-query",
        "application/sparql-query; charset=utf-16",
        "application/sparql-update",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "multipart/form-data",
        "x",
    ],
    "If-None-Match": ["*", '"a"', 'W/"a", "b"', '"', "a"],
    "If-Modified-Since": ["Sat, 01 Jan 2022 00:00:00 GMT", "x"],
    "Range": ["bytes=0-1", "bytes=5-1", "x"],
    "Host": [
        *("localhost", "evil.example:99999", "a b", "[::1]", "", "é", "a/b?c", "x:y", ".", "..", "a..b", "xn--a"),
        *("[:::::]", "[::1]:x", "a" * 64, "xn--mgbh.cat"),
    ],
    "Origin": ["http://evil.example", "null"],
    "Access-Control-Request-Method": ["POST"],
    "Content-Length": ["", "0", "5", "-1", "x", "999999999999"],
    "Transfer-Encoding": ["chunked"],
    "X-Forwarded-For": ["1.2.3.4, é", ""],
    "X-Request-ID": ["a", "é" * 300],
    "Cookie": ["a=b", ";;"],
    "Authorization": ["Basic x", "Basic"],
}
PIECES = [
    *(
        b"GET",
        b"POST",
        b"HEAD",
        b" ",
        b"/sparql",
        b"?query=ASK%7B%7D",
        b"?query=\xff",
        b" HTTP/1.1",
        b" HTTP/9.9",
        b"\n",
    ),
    *(b"Host: x", b"Host: \xff", b"Accept: \xe9", b"Content-Length: 3", b"Content-Length: -1", b"\0", b"\r\n", b""),
    *(b"Transfer-Encoding: chunked", b"5\r\nASK{}\r\n0\r\n\r\n", b"X: " + b"y" * 9000, b"/" + b"a" * 9000),
    *(b"Content-Type: application/sparql-query", b"Connection: close", b"Expect: 100-continue"),
]
STARTS = [
    b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\n",
    b"GET /rdf-graph-store?graph=\xff\xfe HTTP/1.1\r\nHost: x\r\n",
    b"GET /\xff?query=\xff HTTP/1.1\r\nHost: x\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\n",
    b"",
]

latin = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=12)


@st.composite
def queries(draw: st.DrawFn) -> str:
    """A query, whole or with a piece cut out, doubled or put in."""
    text = draw(st.sampled_from(QUERIES))
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 8)))
        put = draw(
            st.sampled_from(["", text[start:end] * 2, *"{}()<>\"'\\?$#.;,:*_@^|&\u017f\ud800é", "\\u007B", "FROMex:a"])
        )
        text = text[:start] + put + text[end:]
    return text


def parameters() -> st.SearchStrategy[bytes]:
    """Parameters of a URL or a form, percent-encoded or not."""
    value = st.one_of(
        queries().map(lambda text: quote(text.encode("utf-8", "surrogatepass"))),
        st.sampled_from(VALUES).map(quote),
        st.binary(max_size=6).map(quote_from_bytes),
        latin,
    )
    pair = st.tuples(st.one_of(st.sampled_from(NAMES), st.just("query"), latin), value).map("=".join)
    return st.lists(pair, max_size=4).map("&".join).map(lambda text: text.encode("latin-1", "replace"))


def paths() -> st.SearchStrategy[str]:
    """An address that exists, or nearly, as its decoded bytes."""
    known = st.sampled_from(PATHS)
    return st.one_of(known, known, st.tuples(known, st.sampled_from(["/", ".", ".csv", "//", "/..", "%"])).map("".join),
                     st.tuples(known, latin).map("".join), latin.map(lambda text: "/" + text))  # fmt: skip


def headers() -> st.SearchStrategy[dict[str, str]]:
    """Some headers, most with values that mean something."""
    name = st.sampled_from(list(HEADERS))
    pair = name.flatmap(lambda n: st.tuples(st.just(n), st.one_of(st.sampled_from(HEADERS[n]), latin)))
    return st.lists(pair, max_size=4).map(dict)


def bodies() -> st.SearchStrategy[bytes]:
    """What a POST may bring."""
    return st.one_of(
        st.just(b""),
        parameters(),
        queries().map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.binary(max_size=20),
    )


@pytest.fixture(scope="module")
def fuzzed(service: Service, release: Release) -> Iterator[Site]:
    """The application over a pool, whose queries have little time."""
    pool = SupervisedPool(release.data, Capacity())
    limits = Limits(seconds=0.5)
    engine = PooledEngine(pool.address, limits)
    site = Site(create_app(replace(service, engine=engine)), LeasedWorkers(pool.address, limits))
    yield site
    site.close()
    pool.close()


Door = Callable[[str, str, bytes, dict[str, str], bytes], tuple[int, Headers, bytes]]


@pytest.fixture(params=["Flask", "front"])
def door(request: pytest.FixtureRequest, fuzzed: Site) -> Iterator[Door]:
    """Flask alone, and all that stands before it."""

    def ask_flask(
        method: str, path: str, query_string: bytes, given: dict[str, str], body: bytes
    ) -> tuple[int, Headers, bytes]:
        environ = create_environ(path="/", method="GET")
        environ |= {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query_string.decode("latin-1"),
            "wsgi.input": create_environ(input_stream=None, data=body)["wsgi.input"],
            "CONTENT_LENGTH": str(len(body)) if body or method == "POST" else "",
        }
        for name, value in given.items():
            plain = name in ("Content-Type", "Content-Length")
            environ[("" if plain else "HTTP_") + name.upper().replace("-", "_")] = value
        parts, status, answered = run_wsgi_app(fuzzed.app.wsgi_app, environ, buffered=True)
        return int(status.split()[0]), answered, b"".join(parts)

    def ask_front(
        method: str, path: str, query_string: bytes, given: dict[str, str], body: bytes
    ) -> tuple[int, Headers, bytes]:
        # WSGI has a path decoded and as Latin-1; on the way it is ASCII, and so is what is asked.
        target, text = quote(path.encode("latin-1")), quote_from_bytes(query_string, safe=ASCII)
        # Who says that there is more to come and sends no more is waited for; the bytes below are cut short too.
        given = {name: value for name, value in given.items() if name not in ("Content-Length", "Transfer-Encoding")}
        answer = client.open(target, method=method, query_string=text, headers=given, data=body)
        assert answer
        return answer.status_code, answer.headers, answer.data

    if request.param == "Flask":
        yield ask_flask
        return
    client = FrontClient(Front(fuzzed, Figures()))
    yield ask_front
    if fuzzed.workers:
        fuzzed.workers.close()
    client.close()


def test_every_error_has_its_shape(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Never a failure of ours; a problem document or a page, for scripts of any site; a HEAD without a body."""

    @SAME_EACH_TIME
    @example("GET", "/sparql", b"query=ASK%7B%7D&query=", {}, b"")
    @example("GET", "/ca/sparql", b"query=%7B", {}, b"")
    @example("GET", "/rdf-graph-store", b"graph=\x80", {}, b"")
    @example("POST", "/sparql", b"", {"Content-Type": "application/sparql-query", "Content-Length": "x"}, b"ASK {}")
    @example("GET", "/ca/", b"", {"Host": ".."}, b"")
    @example("GET", "/ca/none", b"", {"Host": "xn--a"}, b"")
    @example("GET", "/id/xmess", b"", {"Host": "[:::::]"}, b"")
    @given(st.sampled_from(METHODS), paths(), parameters(), headers(), bodies())
    def ask(method: str, path: str, query_string: bytes, given: dict[str, str], body: bytes) -> None:
        code, answered, answer = door(method, path, query_string, given, body)

        assert code < 500 or code in ACCEPTABLE_FAILURES, caplog.text
        assert not (method == "HEAD" and answer)
        assert not any(character in value for _, value in answered for character in "\r\n\0")
        if code >= 400:
            kind = answered.get("Content-Type", "").partition(";")[0]
            assert kind in ("application/problem+json", "text/html")
            assert answered.get("Access-Control-Allow-Origin") == "*"
            if kind != "text/html" and method != "HEAD" and "Content-Encoding" not in answered:
                problem = json.loads(answer)
                assert problem["status"] == code
                assert problem["title"]
                assert problem["detail"]
                assert "%(" not in problem["detail"]
        if code == 405:
            assert answered.get("Allow")

    ask()


ANYTHING = [
    *(
        b"",
        b" ",
        b"*",
        b"-",
        b"\xff",
        b"\xc3\xa9",
        b"\xe2\x80\xa8",
        b"\xb2",
        b'"',
        b'""',
        b";",
        b"=",
        b",",
        b",,;;==",
        b"%",
        b"%00",
    ),
    *(
        b"%zz",
        b"0",
        b"-1",
        b"1e9",
        b"9" * 400,
        b"a" * 4_000,
        b"a/b;q=9;q=;=;q",
        b"bytes=-",
        b"bytes=0-,-1,5-2",
        b'W/"',
        b"W/",
    ),
    *(
        b'W/"a", "b',
        b"null",
        b"http://[",
        b"http://a:b@c:99999/",
        b"//",
        b"javascript:x",
        b"text/",
        b"/html",
        b"multipart/form-data",
    ),
    *(
        b'multipart/form-data; boundary="',
        b"a; charset=\xff",
        b"application/sparql-query; charset=utf-16",
        b"Sat, 99 Foo 9999 99:99:99 GMT",
    ),
    *(
        b"xn--a",
        b"..",
        b"[::",
        b"[fe80::1%lo]",
        b"ca-\xff",
        b"a" * 40 + b"-x",
        b"*;q=1.0001",
        b"chunked, chunked",
        b"100-continue",
    ),
]
"""Values that no header has, or some other header."""
FIELDS = [
    *(b"Host", b"Forwarded", b"X-Forwarded-For", b"X-Forwarded-Host", b"X-Forwarded-Proto", b"X-Forwarded-Prefix"),
    *(
        b"X-Forwarded-Port",
        b"Range",
        b"If-Range",
        b"If-Match",
        b"If-None-Match",
        b"If-Modified-Since",
        b"If-Unmodified-Since",
    ),
    *(b"Content-Length", b"Content-Type", b"Content-Encoding", b"Transfer-Encoding", b"Cookie", b"Referer", b"Origin"),
    *(b"Accept", b"Accept-Charset", b"Accept-Encoding", b"Accept-Language", b"Access-Control-Request-Method"),
    *(
        b"Access-Control-Request-Headers",
        b"Authorization",
        b"Connection",
        b"Expect",
        b"Upgrade",
        b"TE",
        b"Date",
        b"Prefer",
    ),
    *(b"User-Agent", b"X-Request-ID", b"X-HTTP-Method-Override", b"Sec-Fetch-Mode", b"\xff", b"a b", b"a_b", b""),
]
TARGETS = [
    *(
        b"*",
        b"http://x",
        b"http://x/ca/",
        b"http://[::/",
        b"//",
        b"//evil.example/..",
        b"/.",
        b"/..%2f..%2fetc/passwd",
        b"/%00",
    ),
    *(
        b"/ca/%",
        b"/ca/%zz",
        b"/ca/%ff%fe",
        b"/ca/%ed%a0%80",
        b"/id/%0d%0aX:y",
        b"/id/xmess%2Fplan",
        b"/data/.ttl",
        b"/graph/",
    ),
    *(
        b"/ca/search?q=%ff",
        b"/ca/search?q=%00",
        b"/search.json?q=" + b"%20" * 900,
        b"/ca/xmess/plan/2020?team=%ff&team=",
    ),
    *(
        b"/query/team-load.csv?plan=%ff",
        b"/query/team-load.svg?width=%c2%b2",
        b"/query/team-load.svg?width=9" + b"9" * 90,
    ),
    *(
        b"/query/%00.csv",
        b"/query/actions.csv?page=%c2%b2&limit=0",
        b"/embed/team-load?rows=%d9%a1&height=-1",
        b"/oembed?url=http://[",
    ),
    *(
        b"/oembed?url=%ff&maxwidth=%c2%b2",
        b"/ca/picture/%ff.png",
        b"/ca/picture/query/..png",
        b"/releases/%ff/dump.nq",
        b"/releases//query/x.csv",
    ),
    *(
        b"/ca/query/team-load?release=%00",
        b"/ca/query/team-load?page=%d9%a1",
        b"/static/../x",
        b"/static/%2e%2e/x",
        b"/context/%ff.jsonld",
    ),
    *(
        b"/ns/%00",
        b"/shapes/9.9.9",
        b"/export/%ff.json",
        b"/catalog.ttl?page=%c2%b2",
        b"/ca/sparql?query=%ff",
        b"/ca/sparql/hints.json?query=%00",
    ),
    *(
        b"/sparql?query=ASK%7B%7D&default-graph-uri=%ff",
        b"/rdf-graph-store?graph=http://[",
        b"/health/live?%ff=%ff",
        b"/metrics?a=b;c",
    ),
    *(
        b"/openapi.json?lang=%ff",
        b"/quality.json?x",
        b"/dump.%ff",
        b"/dump.ttl.gz.gz",
        b"/problem/%ff",
        b"/ca/ns/term/%ff",
        b"/?lang=%ff",
    ),
]


def test_whatever_a_client_writes_is_no_failure_of_ours(
    command: list[str], release: Release, free_port: Callable[[], int], tmp_path: Path
) -> None:
    """Any target and any value of any header, by a proxy that is believed: no 500, and no traceback."""
    port = free_port()
    log = tmp_path / "log"
    serve = [*command, "serve", "--port", str(port), "--out", str(release.folder.parent)]
    with log.open("w") as stderr:
        process = subprocess.Popen(
            serve,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            text=True,
            env=os.environ | {"WORKPLAN_SERVICE_PROXIES": "127.0.0.1"},
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/health/ready", process)

        @settings(SAME_EACH_TIME, max_examples=600)
        @given(
            st.sampled_from([b"GET", b"GET", b"HEAD", b"POST", b"OPTIONS", b"PUT", b"PROPFIND", b"get"]),
            st.one_of(st.sampled_from(TARGETS), st.sampled_from(PATHS).map(str.encode)),
            st.lists(st.tuples(st.sampled_from(FIELDS), st.sampled_from(ANYTHING)), max_size=4),
            st.sampled_from([b"", b"ASK {}", b"query=ASK%7B%7D", b"query=%ff", b"\xff"]),
        )
        def ask(method: bytes, target: bytes, fields: list[tuple[bytes, bytes]], body: bytes) -> None:
            names = {name for name, _ in fields}
            if b"Host" not in names:
                fields = [*fields, (b"Host", b"localhost")]
            if b"Content-Length" not in names and body:
                fields = [*fields, (b"Content-Length", b"%d" % len(body))]
            head = b"".join(b"%b: %b\r\n" % field for field in fields)
            with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
                connection.sendall(b"%b %b HTTP/1.1\r\n%b\r\n%b" % (method, target, head, body))
                # Who has said that more will come says with this that it will not.
                connection.shutdown(socket.SHUT_WR)
                answer = connection.recv(65_536)
            status = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
            assert not answer or (status and (int(status[1]) < 500 or int(status[1]) in (501, *ACCEPTABLE_FAILURES)))

        ask()
    finally:
        process.terminate()
        process.wait(20)

    told = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert [line for line in told if "exception" in line or line["level"] == "error"] == []
    assert "Traceback" not in log.read_text()


def test_the_server_outlives_any_bytes(server: str) -> None:
    """Over a connection: what is no HTTP is refused or dropped, and the next request is answered."""
    host, port = urlsplit(server).hostname, urlsplit(server).port

    @settings(SAME_EACH_TIME, max_examples=100)
    @given(
        st.sampled_from(STARTS),
        st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)), max_size=8),
        st.booleans(),
    )
    def send(start: bytes, rest: list[bytes], is_whole: bool) -> None:  # noqa: FBT001 - drawn
        with socket.create_connection((host, port), timeout=5) as connection:
            try:
                connection.sendall(start + b"\r\n".join(rest) + (b"\r\n\r\n" if is_whole else b""))
                connection.shutdown(socket.SHUT_WR)
                answer = HTTPResponse(connection)
                answer.begin()
            except (HTTPException, OSError):
                # Dropped without a word, as what is no HTTP may be.
                return
            assert answer.status < 500 or answer.status in ACCEPTABLE_FAILURES

    send()
    with socket.create_connection((host, port), timeout=5) as connection:
        connection.sendall(b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n")
        answer = HTTPResponse(connection)
        answer.begin()

        assert (answer.status, answer.read().strip()) == (200, b"true")
