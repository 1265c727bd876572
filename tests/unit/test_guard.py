"""The guard: whatever an engine could read as a call out of the house is refused, and nothing else is."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, Store

from workplan.engine.guard import check
from workplan.model.errors import QueryRefused

ENDPOINT = "http://127.0.0.1:9999/sparql"
GROUP = "{?a ?b ?c}"
XSD = "http://www.w3.org/2001/XMLSchema#"

CALLS = {
    "plain": "SELECT * { SERVICE <U> … }",
    "silent": "SELECT * { SERVICE SILENT <U> … }",
    "no spaces": "SELECT*{SERVICE<U>…}",
    "silent glued": "SELECT*{SERVICESILENT<U>…}",
    "silent glued to a prefixed name": "PREFIX ex: <U> SELECT*{SERVICE SILENTex:…}",
    "all glued": "PREFIX ex: <U> SELECT*{SERVICESILENTex:…}",
    "mixed case": "select*{sErViCe <U> …}",
    "glued to an integer": "SELECT*{?s ?p 1SERVICE<U>…}",
    "glued to a full stop": "SELECT*{?s ?p 1.SERVICE<U>…}",
    "glued to a double": "SELECT*{?s ?p 1e5SERVICE<U>…}",
    "glued to a boolean": "SELECT*{?s ?p trueSERVICE<U>…}",
    "glued to brackets": "SELECT*{?s ?p [].SERVICE<U>…}",
    "glued to a string": "SELECT*{?s ?p 'x'SERVICE<U>…}",
    "glued to a language tag": "SELECT*{?s ?p 'x'@en--ltrSERVICE<U>…}",
    "glued to a name": "PREFIX ex: <http://x/> SELECT*{?s ?p ex:a.SERVICE<U>…}",
    "glued to a blank node": "SELECT*{?s ?p _:a.SERVICE<U>…}",
    "the empty prefix": "PREFIX : <U> SELECT*{SERVICE:…}",
    "a name glued": "PREFIX ex: <U> SELECT*{SERVICEex:…}",
    "a prefix called service": "PREFIX SERVICE: <U> SELECT*{SERVICE SERVICE:…}",
    "a prefix called service, ambiguous": "PREFIX SERVICE: <U> SELECT*{SERVICE:…}",
    "comments between": "SELECT*{#c\rSERVICE#c\rSILENT#x\n<U>#\n…}",
    "a relative endpoint": "BASE <U> SELECT*{SERVICE <> …}",
    "a variable": "SELECT*{VALUES ?x{<U>} SERVICE ?x …}",
    "a variable, glued": "SELECT*{BIND(<U> AS ?x)SERVICE$x{?a ?b ?c}}",
    "within a filter": "SELECT*{?s ?p ?o FILTER EXISTS{SERVICE <U> …}}",
    "within a lateral join": "SELECT*{LATERAL{SERVICE <U> …}}",
    "within a sub-select": "SELECT*{{SELECT*{SERVICE <U> …}}}",
    "an escaped keyword": "SELECT*{\\u0053ERVICE <U> …}",
    "an escaped endpoint": "SELECT*{SERVICE \\u003CU\\u003E …}",
    "an escape within the endpoint": "SELECT*{SERVICE <http\\u003A//127.0.0.1:9999/sparql> …}",
    "an escaped end of comment": "SELECT*{?s ?p ?o #\\u000A SERVICE <U> …\n}",
    "an escaped quote": "SELECT*{?s ?p '\\u0027. SERVICE <U> … #'}",
    "a quote within an escaped IRI": "BASE <http://x/> SELECT*{?s ?p <a\\u003E'b>. SERVICE <U> … FILTER('1'='1')}",
    "a long s": "SELECT*{\u017fERVICE <U> …}",
    "less-than before a string": "SELECT*{?s ?p ?o FILTER(?o<'>')SERVICE <U> … FILTER(1<'x'||true)}",
    "less-than before a comment": "SELECT*{?s ?p ?o FILTER(?o<?o#>'''\n||true)SERVICE <U> …#'''\n}",
    "less-than with the keyword inside": "SELECT*{?s ?p ?o FILTER(?o<?o||true)SERVICE#>\n<U> …}",
    "less-than and the keyword before a comment": "SELECT*{?s ?p ?o FILTER(true||?o<?o)SERVICE#>\n<U> …}",
    "quotes of the other kind": "SELECT*{?s ?p \"it's\". SERVICE <U> … FILTER(\"it's\"='x')}",
    "an escaped name": "PREFIX ex: <http://x/> SELECT*{?s ?p ex:a\\'. SERVICE <U> … FILTER('x'='x')}",
}

INNOCENT = {
    "a string": "SELECT * { ?s ?p 'SERVICE <http://x/> { ?a ?b ?c }' }",
    "a long string": 'SELECT * { ?s ?p """ " \\""" SERVICE <http://x/> { ?a ?b ?c } """ }',
    "a comment": "SELECT * { ?s ?p ?o # SERVICE <http://x/> {}\n }",
    "an IRI": "SELECT * { ?s <http://x/service#a> <http://x/service> }",
    "an IRI with a quote": "SELECT * { ?s <http://x/it's#service> ?service OPTIONAL { ?s ?p 'x' } }",
    "an IRI before a group": "SELECT * { GRAPH <http://x/a/service#b> { ?s ?p ?o } }",
    "a row of values": "SELECT * { VALUES (?a ?b) { (<http://x/service#a> <http://y/service#b>) } ?a ?p ?b }",
    "a variable": "SELECT ?service { GRAPH ?service { ?s ?p ?o } }",
    "a local name": "PREFIX ex: <http://x/> SELECT * { ?s ex:service ?o ; ex:a.service ?z . GRAPH ex:service {} }",
    "a prefix": "PREFIX service: <http://x/> SELECT * { ?s service:name ?o . service:a ?p ?o }",
    "words of update as data": "SELECT ?insert { ?insert ?p 'LOAD <http://x/>' } # DELETE",
    "an escaped string": "SELECT * { ?s ?p 'a\\u0041 service' }",
    "comparisons": "SELECT * { ?service ?p ?o FILTER(?o<5&&?o>3) }",
}

UPDATES = [
    "LOAD <http://x/>",
    "INSERT DATA { <http://a> <http://b> 1 }",
    "PREFIX ex: <http://x/SELECT> # ASK\nDELETE WHERE { ?s ?p ?o }",
    "with <http://g> delete { ?s ?p ?o } where { ?s ?p ?o }",
    "BASE<http://x/>CLEAR ALL",
    "DROP ALL",
    "CREATE GRAPH <http://g>",
    "COPY DEFAULT TO <http://g>",
    "MOVE DEFAULT TO <http://g>",
    "ADD DEFAULT TO <http://g>",
    "L\\u004FAD <http://x/>",
]


def written(template: str, endpoint: str = ENDPOINT) -> str:
    """*template* with its endpoint and its group filled in."""
    return (
        template.replace(ENDPOINT, endpoint)
        .replace("<U>", f"<{endpoint}>")
        .replace("U\\", f"{endpoint}\\")
        .replace("…", GROUP)
    )


@pytest.fixture(scope="module")
def store() -> Store:
    """Data that let every disguise reach its call: each object that a disguise asks for is there."""
    objects = [Literal(1), Literal("1e5", datatype=NamedNode(f"{XSD}double"))]
    objects += [
        Literal("true", datatype=NamedNode(f"{XSD}boolean")),
        Literal("x"),
        Literal("it's"),
        NamedNode("http://x/a"),
        NamedNode("http://x/a'"),
    ]
    subject, predicate = NamedNode("http://x/s"), NamedNode("http://x/p")
    store = Store()
    store.extend(Quad(subject, predicate, value) for value in objects)
    return store


@pytest.fixture(scope="module")
def contacts() -> Iterator[tuple[str, list[str]]]:
    """A listener's address, and the list of requests that reached it."""
    reached: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reached.append(self.path)
            self.send_response(400)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815  # http.server's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sparql", reached
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("template", CALLS.values(), ids=CALLS)
def test_a_call_is_refused_however_it_is_written(template: str) -> None:
    """A query must never make the server open a connection."""
    with pytest.raises(QueryRefused):
        check(written(template))


@pytest.mark.parametrize("template", [*CALLS.values(), *INNOCENT.values()], ids=[*CALLS, *INNOCENT])
def test_what_the_real_engine_would_contact_was_refused(
    template: str, store: Store, contacts: tuple[str, list[str]]
) -> None:
    """The engine's own parser is the judge of what is a call."""
    endpoint, reached = contacts
    text = written(template, endpoint)
    reached.clear()
    try:
        answer = store.query(text)
        if not isinstance(answer, QueryBoolean):
            list(answer)
    except (SyntaxError, RuntimeError, OSError, ValueError):
        pass

    if reached:
        with pytest.raises(QueryRefused):
            check(text)


def test_the_listener_would_notice_a_call(store: Store, contacts: tuple[str, list[str]]) -> None:
    """A test that no call reaches proves nothing unless calls can reach it."""
    endpoint, reached = contacts
    reached.clear()
    with pytest.raises(OSError, match="400"):
        list(store.query(written(CALLS["no spaces"], endpoint)))

    assert reached == ["/sparql"]


@pytest.mark.parametrize("text", INNOCENT.values(), ids=INNOCENT)
def test_the_word_alone_raises_no_alarm(text: str) -> None:
    """Strings, comments, IRIs and names may hold any word."""
    check(text)


@pytest.mark.parametrize("text", UPDATES)
def test_an_update_is_refused(text: str) -> None:
    """The endpoint only reads; LOAD would also open a connection."""
    with pytest.raises(QueryRefused):
        check(text)


@pytest.mark.parametrize("template", ["SELECT * { SERVICE <U> … }", "SELECT * { service silent <U>… }"])
def test_an_endpoint_on_the_list_is_allowed(template: str) -> None:
    """The operator's list opens exactly what it names."""
    check(written(template), {ENDPOINT})


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ SERVICE <{ENDPOINT}/> {GROUP} }}",
        f"SELECT * {{ SERVICE <{ENDPOINT}?x> {GROUP} }}",
        f"SELECT * {{ SERVICE <{ENDPOINT}> {{ SERVICE <http://other/> {GROUP} }} }}",
        f"SELECT * {{ SERVICE <{ENDPOINT}> {GROUP} SERVICE ?x {GROUP} }}",
        f"PREFIX e: <{ENDPOINT}> SELECT * {{ SERVICE e: {GROUP} }}",
        f"BASE <{ENDPOINT}> SELECT * {{ SERVICE <> {GROUP} }}",
    ],
)
def test_an_allowed_endpoint_opens_no_other(text: str) -> None:
    """Only the exact constant IRI counts: nothing near it, nested in it or resolved to it."""
    with pytest.raises(QueryRefused):
        check(text, {ENDPOINT})


@pytest.mark.parametrize(
    "piece", ["'''", "service<a", "service<'", "\\'''", "<a#>'", '"""\\"""', "a.service.", "((((", '\\"', "?o<?o#>"]
)
def test_hostile_texts_are_read_in_linear_time(piece: str) -> None:
    """A guard that can be kept busy is a way to stop the service."""
    text = "SELECT * { service " + piece * (200_000 // len(piece))

    thread = threading.Thread(target=check, args=(text,), daemon=True)
    thread.start()
    thread.join(5)

    assert not thread.is_alive()
