"""One contract for all engines: the embedded store, the pool, and a real SPARQL server of another process."""

import json
import re
import socket
import subprocess
import sysconfig
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, RdfFormat, Store, parse, parse_query_results

from workplan.engine.binding import bind
from workplan.engine.dataset import names_dataset
from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.merging import loaded, united
from workplan.engine.outline import kind_of
from workplan.engine.pooled import PooledEngine
from workplan.engine.query import Capacity, Kind, Limits, QueryEngine, QueryRequest
from workplan.engine.remote import RemoteEngine
from workplan.engine.supervision import SupervisedPool
from workplan.engine.writing import count_rows
from workplan.model import errors
from workplan.model.formats import (
    CONSTRUCT_FORMATS,
    CSV,
    JSON_RESULTS,
    N_TRIPLES,
    SOLUTION_FORMATS,
    TSV,
    TURTLE,
    XML_RESULTS,
    Format,
)
from workplan.web import create_app
from workplan.web.service import open_service

G1, G2 = "http://example.org/graph/1", "http://example.org/graph/2"
EX = "http://example.org/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
HOSTILE = "x\" . } #\\\n''' \x7f ?s ') UNION { <a> \\u0022"

MakeEngine = Callable[[Limits], QueryEngine]


def quads() -> str:
    """Twenty quads in two graphs: ten actions each, with a label; one label is hostile."""
    lines = []
    for graph, numbers in ((G1, range(5)), (G2, range(5, 10))):
        for n in numbers:
            label = str(Literal(HOSTILE)) if n == 9 else f'"acció {n}"@ca'
            lines.append(f"<{EX}a/{n}> <{SKOS}prefLabel> {label} <{graph}> .\n")
            lines.append(f'<{EX}a/{n}> <{EX}order> "{n}"^^<http://www.w3.org/2001/XMLSchema#integer> <{graph}> .\n')
    return "".join(lines)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The query address of `oxigraph serve`, loaded with the quads; its default graph is empty."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    program = Path(sysconfig.get_path("scripts")) / "oxigraph"
    with subprocess.Popen([program, "serve", "--bind", address], stderr=subprocess.DEVNULL) as process:
        load = urllib.request.Request(
            f"http://{address}/store", quads().encode(), {"Content-Type": "application/n-quads"}, method="POST"
        )
        deadline = time.monotonic() + 10
        while True:
            try:
                with urllib.request.urlopen(load):  # noqa: S310  # the address is ours
                    break
            except urllib.error.URLError:
                assert time.monotonic() < deadline, "the server does not start"
                threading.Event().wait(0.02)
        yield f"http://{address}/query"
        process.terminate()


@pytest.fixture(scope="module")
def store() -> Store:
    """The quads in a store of this process."""
    store = Store()
    store.load(quads(), RdfFormat.N_QUADS)
    return united(store)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SupervisedPool]:
    """A pool over the quads."""
    file = tmp_path_factory.mktemp("data") / "quads.nq"
    file.write_text(quads())
    pool = SupervisedPool(file, Capacity())
    yield pool
    pool.close()


@pytest.fixture(params=["embedded", "pooled", "remote"])
def make_engine(request: pytest.FixtureRequest) -> Iterator[MakeEngine]:
    """Makes each of the engines over the same data, with given limits."""
    made: list[QueryEngine] = []

    def make(limits: Limits) -> QueryEngine:
        if request.param == "embedded":
            return EmbeddedEngine(request.getfixturevalue("store"), limits)
        if request.param == "remote":
            return RemoteEngine(request.getfixturevalue("server"), limits)
        made.append(PooledEngine(request.getfixturevalue("pool").address, limits))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def engine(make_engine: MakeEngine) -> QueryEngine:
    """Each of the engines, with the published limits."""
    return make_engine(Limits())


def rows(engine: QueryEngine, text: str, **request: object) -> list[dict[str, str]]:
    """The rows of a SELECT as plain dictionaries."""
    body = engine.run(QueryRequest(text, **request), JSON_RESULTS).body
    return [{name: term["value"] for name, term in row.items()} for row in json.loads(body)["results"]["bindings"]]


def count(engine: QueryEngine, pattern: str, dataset: str = "", **request: object) -> int:
    """How many solutions *pattern* has."""
    return int(rows(engine, f"SELECT (COUNT(*) AS ?n) {dataset} {{ {pattern} }}", **request)[0]["n"])


ALL = "?s ?p ?o"
IN_GRAPHS = "GRAPH ?g { ?s ?p ?o }"


@pytest.mark.parametrize(
    ("pattern", "dataset", "request_graphs", "expected"),
    [
        (ALL, "", {}, 20),
        (IN_GRAPHS, "", {}, 20),
        (f"{ALL} {IN_GRAPHS}", "", {}, 20),
        (ALL, f"FROM <{G1}>", {}, 10),
        (IN_GRAPHS, f"FROM <{G1}>", {}, 0),
        (ALL, f"FROM <{G1}> FROM <{G2}>", {}, 20),
        (ALL, f"FROM NAMED <{G1}>", {}, 0),
        (IN_GRAPHS, f"from#c\nnamed<{G1}>", {}, 10),
        (ALL, "", {"default_graphs": [G1]}, 10),
        (IN_GRAPHS, "", {"default_graphs": [G1]}, 0),
        (ALL, "", {"named_graphs": [G1]}, 0),
        (IN_GRAPHS, "", {"named_graphs": [G1]}, 10),
        (ALL, f"FROM <{G1}>", {"default_graphs": [G1, G2]}, 20),
        (IN_GRAPHS, f"FROM NAMED <{G1}>", {"default_graphs": [G1], "named_graphs": [G2]}, 10),
    ],
)
def test_the_dataset_is_what_the_request_or_the_text_names(
    engine: QueryEngine, pattern: str, dataset: str, request_graphs: dict[str, list[str]], expected: int
) -> None:
    """The union by default; FROM where the text has it; the protocol's graphs above both."""
    assert count(engine, pattern, dataset, **request_graphs) == expected


@pytest.fixture(scope="module")
def said_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two statements that each stand in two graphs."""
    file = tmp_path_factory.mktemp("twice") / "quads.nq"
    file.write_text("".join(f"<{EX}a> <{EX}{p}> <{EX}b> <{graph}> .\n" for graph in (G1, G2) for p in "pq"))
    return file


@pytest.mark.parametrize(
    ("pattern", "dataset", "request_graphs", "expected"),
    [
        (ALL, "", {}, 2),
        (IN_GRAPHS, "", {}, 4),
        (f"{ALL} . {IN_GRAPHS}", "", {}, 4),
        (ALL, f"FROM <{G1}>", {}, 2),
        (ALL, f"FROM <{G1}> FROM <{G2}>", {}, 2),
        (f"{ALL} . {IN_GRAPHS}", f"FROM <{G1}> FROM NAMED <{G2}> FROM <{G2}>", {}, 2),
        (ALL, "", {"default_graphs": [G1, G2]}, 2),
        (f"{ALL} . {IN_GRAPHS}", "", {"default_graphs": [G1, G2], "named_graphs": [G1]}, 2),
    ],
)
def test_what_several_graphs_say_counts_once(
    said_twice: Path, pattern: str, dataset: str, request_graphs: dict[str, list[str]], expected: int
) -> None:
    """A merge of graphs is a set: two networks that both name a place do not double what took place there."""
    assert count(EmbeddedEngine(said_twice, Limits()), pattern, dataset, **request_graphs) == expected


@pytest.mark.parametrize(
    ("lines", "repeats", "expected"),
    [
        ((), False, 0),
        ((f"<a:a> <a:p> <a:b> <{G1}>", f"<a:a> <a:p> <a:c> <{G2}>"), False, 2),
        ((f"<a:a> <a:p> <a:b> <{G1}>", f"<a:a> <a:p> <a:b> <{G2}>"), True, 1),
        ((f'<a:a> <a:p> "b" <{G1}>', f'<a:a> <a:p> "b"@ca <{G1}>'), False, 2),
        ((f'<a:a> <a:p> " <{G1}>" <{G1}>', f'<a:a> <a:p> " <{G2}>" <{G1}>'), False, 2),
        (("<a:a> <a:p> <a:b>", f"<a:a> <a:p> <a:b> <{G1}>"), True, 1),
        (('<a:a> <a:p> "b"', f'<a:a> <a:p> "b" <{G1}>'), True, 1),
    ],
)
def test_a_union_is_made_only_where_a_statement_stands_twice(
    tmp_path: Path, lines: tuple[str, ...], *, repeats: bool, expected: int
) -> None:
    """It takes memory and time; each statement counts once either way."""
    file = tmp_path / "quads.nq"
    file.write_text("".join(f"{line} .\n" for line in lines))

    assert (loaded(file).union is not None) == repeats
    assert count(EmbeddedEngine(file, Limits()), ALL) == expected


def test_what_several_graphs_say_counts_once_in_a_worker_too(said_twice: Path) -> None:
    """It has its data from the pool."""
    with closing(SupervisedPool(said_twice, Capacity())) as pool, closing(PooledEngine(pool.address, Limits())) as made:
        assert count(made, ALL) == 2


@pytest.mark.parametrize(
    ("dataset", "request_graphs"),
    [
        (f"FROM <{EX}none>", {}),
        (f"FROM <{G1}> FROM NAMED <{EX}none>", {}),
        ("", {"default_graphs": [G1, f"{EX}none"]}),
        ("", {"named_graphs": [f"{EX}none"]}),
        (f"FROM <{G1}>", {"default_graphs": [f"{EX}none"]}),
    ],
)
def test_a_graph_that_is_not_here_is_refused(
    engine: QueryEngine, dataset: str, request_graphs: dict[str, list[str]]
) -> None:
    """It would have to be fetched, and an answer over nothing looks like one over that graph."""
    with pytest.raises(errors.QueryRefused, match=f"{EX}none"):
        count(engine, ALL, dataset, **request_graphs)


@pytest.mark.parametrize("form", SOLUTION_FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("text", ["SELECT ?s ?o { ?s ?p ?o }", "SELECT ?s { ?s <http://none> ?o }", "SELECT * {}"])
def test_rows_come_in_every_format(engine: QueryEngine, text: str, form: Format) -> None:
    """The hostile label has quotes, line ends and commas for every syntax to escape."""
    result = engine.run(QueryRequest(text), form)
    expected = {"SELECT ?s ?o { ?s ?p ?o }": 20, "SELECT * {}": 1}.get(text, 0)

    assert (result.kind, result.format) == (Kind.SOLUTIONS, form)
    assert count_rows(result.body, form) == expected


@pytest.mark.parametrize("form", SOLUTION_FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize(("text", "expected"), [("ASK { ?s ?p ?o }", b"true"), ("ASK { ?s <http://no> ?o }", b"false")])
def test_a_yes_or_no_comes_in_every_format(engine: QueryEngine, text: str, expected: bytes, form: Format) -> None:
    """CSV and TSV have no standard form of it; the bare word is what stores agree on."""
    assert expected in engine.run(QueryRequest(text), form).body


@pytest.mark.parametrize("form", CONSTRUCT_FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("text", ["CONSTRUCT WHERE { ?s ?p ?o }", f"DESCRIBE <{EX}a/1>"])
def test_a_graph_comes_in_every_format(engine: QueryEngine, text: str, form: Format) -> None:
    """What is written reads back to the same triples."""
    body = engine.run(QueryRequest(text), form).body
    found = {quad.triple for quad in parse(body, RdfFormat.from_media_type(form.media_type))}

    assert len(found) == (20 if "WHERE" in text else 2)


def test_a_graph_has_each_triple_once_and_only_used_prefixes(store: Store) -> None:
    """A graph is a set, and a reader should see what is there."""
    engine = EmbeddedEngine(store, Limits())
    body = engine.run(QueryRequest("CONSTRUCT { ?s a <http://x/T> } WHERE { ?s ?p ?o }"), TURTLE).body.decode()
    labels = engine.run(QueryRequest(f"CONSTRUCT WHERE {{ ?s <{SKOS}prefLabel> ?o }}"), TURTLE).body.decode()

    assert body.count("http://x/T") == 10
    assert "skos:" not in body
    assert f"@prefix skos: <{SKOS}> ." in labels
    assert labels.count("@prefix") == 1
    assert "skos:prefLabel" in labels


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?x { ?x ?p ?o }", 2),
        ("SELECT ?p { ?x ?p ?o } # a comment", 2),
        ("SELECT (COUNT(*) AS ?n) { ?x ?p ?o } HAVING(COUNT(*) = 2)", 1),
        ("SELECT * { ?s ?p ?o FILTER(?s = ?x) }", 2),
        ("SELECT ?s { ?s ?p ?o { SELECT ?s { ?s ?q ?z FILTER(?s = $x) } } }", 4),
        ("SELECT ?s { { SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o FILTER(?s = ?x) } GROUP BY ?s } FILTER(?n = 2) }", 1),
        ("SELECT ?s { { ?s ?p ?o FILTER(?s = ?x) } UNION { ?x ?p ?o BIND(?x AS ?s) } }", 4),
        ("SELECT ?s { ?s ?p ?o OPTIONAL { ?s ?q ?z FILTER(?s = ?x) } FILTER(BOUND(?z)) }", 4),
        ("SELECT ?s { ?s ?p ?o OPTIONAL { ?s ?p ?o BIND(?x AS ?z) } FILTER(?z = ?s) }", 2),
        ("SELECT ?s { ?s ?p ?o OPTIONAL { { SELECT ?s { ?s ?q ?z FILTER(?s = ?x) } } FILTER(?s = ?x) } }", 22),
        ("SELECT ?s { ?s ?p ?o OPTIONAL { ?s ?q ?z OPTIONAL { ?x ?q ?y } } FILTER(?o = ?y) }", 2),
        ("SELECT ?s { ?s ?p ?o FILTER NOT EXISTS { ?x ?p ?o } }", 18),
        ("SELECT ?s { ?s ?p ?o FILTER EXISTS { ?s ?q ?z FILTER(?s = ?x) } }", 2),
        ("SELECT ?s { ?s ?p ?o MINUS { ?s ?p ?o FILTER(?s = ?x) } }", 18),
        ("SELECT ?s { GRAPH ?g { ?x ?p ?o } VALUES ?s { <a:b> <c:d> } }", 4),
        ("SELECT ?x { ?x ?p ?o } VALUES ?p { <http://example.org/order> }", 1),
        ("SELECT * { ?s ?p ?o }", 20),
    ],
)
def test_a_bound_variable_has_its_value_everywhere(engine: QueryEngine, text: str, expected: int) -> None:
    """A parameter is one value for the whole query, groups, aggregates and sub-selects included."""
    assert len(rows(engine, text, bindings={"x": NamedNode(f"{EX}a/1")})) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CONSTRUCT { ?x <a:b> ?o } WHERE { ?x ?p ?o }", 2),
        ("CONSTRUCT WHERE { ?x ?p ?o }", 2),
        ("DESCRIBE ?x", 2),
        ("DESCRIBE ?s { ?s ?p ?o FILTER(?s = ?x) }", 2),
    ],
)
def test_graph_queries_take_bindings_too(engine: QueryEngine, text: str, expected: int) -> None:
    """The two forms without a pattern to hold the value take it at their end."""
    body = engine.run(QueryRequest(text, bindings={"x": NamedNode(f"{EX}a/1")}), N_TRIPLES).body

    assert body.count(b"\n") == expected


@pytest.mark.parametrize(
    "value", [HOSTILE, "'''", '"""', "\\", "\\u0022 } #", "\n\r\t", "?x", "$x", "}", "<a>", "😀", "\ud7ff", ""]
)
def test_a_hostile_value_is_only_ever_a_value(engine: QueryEngine, value: str) -> None:
    """Values come from anybody's address bar."""
    bound = {"x": Literal(value)}

    assert count(engine, "?s ?p ?x", bindings=bound) == (value == HOSTILE)
    assert rows(engine, "SELECT ?x ?y { BIND(?x AS ?y) }", bindings=bound)[0]["y"] == value


def test_values_are_typed(engine: QueryEngine) -> None:
    """A number joins as a number, a label with its language."""
    assert count(engine, "?s ?p ?x", bindings={"x": Literal(3)}) == 1
    assert count(engine, "?s ?p ?x", bindings={"x": Literal("3")}) == 0
    assert count(engine, "?s ?p ?x FILTER(?o = ?x) ?s ?p ?o", bindings={"x": Literal("acció 1", language="ca")}) == 1
    assert count(engine, "?s ?p ?x . ?s ?q ?y", bindings={"x": Literal(3), "y": Literal("acció 3", language="ca")}) == 1


def test_a_binding_moves_no_line() -> None:
    """A syntax error in a saved query is reported where its author sees it."""
    text = "SELECT ?x {\n  ?x ?p ?o\n}"

    assert bind(text, {"x": Literal("a\nb")}).count("\n") == text.count("\n")
    assert bind(text, {}) == text


def test_relative_iris_are_resolved_against_the_base(engine: QueryEngine) -> None:
    """The protocol says that the text's BASE comes first, then the request's."""
    assert count(engine, "<a/1> ?p ?o", base_iri=EX) == 2
    assert rows(engine, "BASE <http://example.org/a/> SELECT ?o { <1> ?p ?o }", base_iri="http://other/")


@pytest.mark.parametrize(
    ("limits", "text", "form", "error"),
    [
        (Limits(rows=19), "SELECT * { ?s ?p ?o }", CSV, errors.AnswerTooLarge),
        (Limits(rows=19), "SELECT * { ?s ?p ?o }", TSV, errors.AnswerTooLarge),
        (Limits(rows=19), "SELECT * { ?s ?p ?o }", JSON_RESULTS, errors.AnswerTooLarge),
        (Limits(rows=19), "SELECT * { ?s ?p ?o }", XML_RESULTS, errors.AnswerTooLarge),
        (Limits(rows=19), "CONSTRUCT WHERE { ?s ?p ?o }", TURTLE, errors.AnswerTooLarge),
        (Limits(bytes=1900), "SELECT * { ?s ?p ?o }", JSON_RESULTS, errors.AnswerTooLarge),
        (Limits(bytes=900), "CONSTRUCT WHERE { ?s ?p ?o }", N_TRIPLES, errors.AnswerTooLarge),
        (Limits(seconds=0), "SELECT * { ?s ?p ?o }", JSON_RESULTS, (errors.QueryTimeout, errors.StoreUnavailable)),
    ],
)
def test_an_answer_over_a_limit_is_an_error(
    make_engine: MakeEngine, limits: Limits, text: str, form: Format, error: type[errors.WorkplanError]
) -> None:
    """A cut answer that looks whole is the worst of answers."""
    with pytest.raises(error):
        make_engine(limits).run(QueryRequest(text), form)


def test_an_answer_at_the_limit_is_whole(make_engine: MakeEngine) -> None:
    """The published number is allowed; one more is not."""
    assert len(rows(make_engine(Limits(rows=20)), "SELECT * { ?s ?p ?o }")) == 20


def test_a_query_that_streams_is_stopped_at_its_time(store: Store) -> None:
    """A cross join of everything with everything would write for hours."""
    started = time.monotonic()
    with pytest.raises((errors.QueryTimeout, errors.AnswerTooLarge)):
        EmbeddedEngine(store, Limits(seconds=0.3)).run(
            QueryRequest("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r }"), CSV
        )

    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("SELECT * {", 1, 11, "s'esperava"),
        ("SELECT * {\n  ?s ?p\n}", 3, 1, "hi ha «}» i s'esperava una variable"),
        ("SELECT *{?s ?p ?o}\n\n  LIMITT 3", 3, 3, "hi ha «LIMITT» i s'esperava .* LIMIT"),
        ("SELECT * {\n  ?s ex:p ?o }", 2, 6, "«ex:» no està declarat"),
        ("SELECT ?s { ?s ?p ?o } GROUP BY ?p", 1, 1, "projecta una variable"),
    ],
)
def test_a_syntax_error_tells_its_place(engine: QueryEngine, text: str, line: int, column: int, said: str) -> None:
    """A person mends what they can find; forty expected tokens help nobody."""
    with pytest.raises(errors.MalformedQuery, match=said) as caught:
        engine.run(QueryRequest(text, base_iri=EX), JSON_RESULTS)

    values = caught.value.values
    assert (values["line"], values["column"]) == (line, column)
    assert values["source"] == text.split("\n")[line - 1]
    assert len(str(caught.value)) < 200
    assert not re.search(r"\\u\{|\.\.=|\[_\]", str(caught.value))


def test_an_unknown_function_is_named(engine: QueryEngine) -> None:
    """Functions of other stores are the commonest reason why a borrowed query fails."""
    with pytest.raises(errors.UnknownFunction, match=r"la funció <http://example\.org/f>"):
        engine.run(QueryRequest("SELECT * { ?s ?p ?o FILTER(<http://example.org/f>(?s)) }"), JSON_RESULTS)


@pytest.mark.parametrize(
    "text", ["SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "LOAD <http://127.0.0.1/>"]
)
def test_the_guard_stands_before_each_engine(engine: QueryEngine, text: str) -> None:
    """No engine is trusted to refuse by itself."""
    with pytest.raises(errors.QueryRefused):
        engine.run(QueryRequest(text), JSON_RESULTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT*{}", Kind.SOLUTIONS),
        ("select(1 as ?x){}", Kind.SOLUTIONS),
        ("ASK{}", Kind.BOOLEAN),
        ("# SELECT\nBASE <http://x/CONSTRUCT#SELECT> PREFIX ask: <http://x/ASK> # '\n aSk {}", Kind.BOOLEAN),
        ("PREFIX:<http://x>DESCRIBE:a", Kind.GRAPH),
        ("prefix select:<a:>prefix ask:<b:>construct{}where{}", Kind.GRAPH),
        ("PREFIXex:<http://x/>SELECTDISTINCT*{}", Kind.SOLUTIONS),
        ("VERSION '1.2' DESCRIBE <ask:a>", Kind.GRAPH),
        ("BASE<http://x/'>ASK{ ?s ?p 'SELECT' }", Kind.BOOLEAN),
        ("PREFIX a.b-c: <a:> CONSTRUCT WHERE {}", Kind.GRAPH),
    ],
)
def test_the_kind_is_told_without_running(text: str, expected: Kind) -> None:
    """The format is negotiated before the query costs anything."""
    assert kind_of(text) is expected


@pytest.mark.parametrize(
    "text", ["", "# no", "PREFIX ex: <http://x/>", "DEFINE input:grab 'x' SELECT * {}", "<a>", "'"]
)
def test_what_is_no_query_has_no_kind(text: str) -> None:
    """Extensions of single stores are no SPARQL."""
    with pytest.raises(errors.MalformedQuery):
        kind_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * FROM <a:b> {}", True),
        ("SELECT*from named<a:b>{}", True),
        ("ASK FROMNAMED<a:b>{}", True),
        ("SELECT ?from { ?from ?p 'FROM <a:b>' } # FROM <a:b>", False),
        ("PREFIX from: <a:> SELECT * { from:from <FROM> ?o }", False),
    ],
)
def test_a_dataset_clause_is_told_from_the_word(text: str, expected: bool) -> None:  # noqa: FBT001
    """The union would silently win over the text's own FROM."""
    assert names_dataset(text) is expected


@pytest.mark.parametrize("form", SOLUTION_FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize(
    "text",
    [
        """SELECT * { VALUES (?a ?b) { ('}},{"' 'x') (UNDEF UNDEF) ('\\\\"}},{"\\\\' '<result>') (UNDEF 1) } }""",
        """SELECT * { VALUES ?a { '\\n"\\n' ',"\\n' '' ':' '{}' '{"' "\\t" } }""",
        "SELECT * { VALUES ?a { <<( <a:b> <a:b> <<( <a:b> <a:b> 1 )>> )>> 'x' } VALUES ?b { 'x' } }",
        "SELECT ?a {}",
        "SELECT * { FILTER(false) }",
    ],
)
def test_rows_are_counted_from_bytes_exactly(store: Store, text: str, form: Format) -> None:
    """The count decides between an answer and an error, so no literal may fool it."""
    expected = len(list(store.query(text)))

    assert count_rows(EmbeddedEngine(store, Limits()).run(QueryRequest(text), form).body, form) == expected


def test_a_file_of_quads_can_be_served(tmp_path: Path) -> None:
    """A release is a file."""
    file = tmp_path / "data.nq"
    file.write_text(quads(), encoding="utf-8")
    engine = EmbeddedEngine(file, Limits())

    assert count(engine, ALL) == 20
    engine.close()
    assert count(engine, ALL) == 0


@contextmanager
def faulty_store(
    status: int, content_type: str, body: bytes, length: int | None = None, wait: float = 0
) -> Iterator[str]:
    """The address of a store that answers everything the same way, and stays silent for *wait* seconds first."""
    released = threading.Event()

    class Store(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            released.wait(wait)
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body) if length is None else length))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Store)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sparql"
    finally:
        released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def knowing(url: str, limits: Limits) -> RemoteEngine:
    """An engine that has already learnt that the store at *url* holds the graph ``a:b``."""
    engine = RemoteEngine(url, limits)
    engine._graphs, engine._graphs_until = ("a:b",), time.monotonic() + 60
    return engine


JSON_TYPE = JSON_RESULTS.media_type
CUT = b'{"head":{"vars":["s"]},"results":{"bindings":[The SPARQL operation has been cancelled'


@pytest.mark.parametrize(
    ("status", "content_type", "body", "length", "form", "error"),
    [
        (200, JSON_TYPE, CUT, None, JSON_RESULTS, errors.StoreError),
        (200, JSON_TYPE, b'{"boolean":true}', None, JSON_RESULTS, errors.StoreError),
        (200, JSON_TYPE, b'{"head":{}', 500, JSON_RESULTS, errors.StoreError),
        (200, JSON_TYPE, b"", None, JSON_RESULTS, errors.StoreError),
        (200, "text/html", b"<h1>Error</h1>", None, JSON_RESULTS, errors.StoreError),
        (200, XML_RESULTS.media_type, b"<sparql><results><result>", None, XML_RESULTS, errors.StoreError),
        (
            200,
            XML_RESULTS.media_type,
            b"<sparql><results>\x01</results></sparql>",
            None,
            XML_RESULTS,
            errors.NotAcceptable,
        ),
        (200, "text/csv", b"a,b\r\n1,2\r\nThe operation has been cancelled", None, CSV, errors.StoreError),
        (200, "text/tab-separated-values", b"?a\t?b\n1\t2\nException\n", None, TSV, errors.StoreError),
        (500, "text/plain", b"java.lang.NullPointerException", None, JSON_RESULTS, errors.StoreError),
        (503, "text/plain", b"busy", None, JSON_RESULTS, errors.StoreError),
        (404, "text/plain", b"no", None, JSON_RESULTS, errors.StoreError),
        (504, "text/plain", b"late", None, JSON_RESULTS, errors.QueryTimeout),
        (400, "text/plain", b"Parse error: line 1\nat org.Parser", None, JSON_RESULTS, errors.MalformedQuery),
    ],
)
def test_a_faulty_store_is_never_believed(
    status: int, content_type: str, body: bytes, length: int | None, form: Format, error: type[errors.WorkplanError]
) -> None:
    """Stores promise 200 and then fail; what they say of themselves is not told on."""
    with faulty_store(status, content_type, body, length) as url, pytest.raises(error) as caught:
        knowing(url, Limits(seconds=5)).run(QueryRequest("SELECT * FROM <a:b> { ?s ?p ?o }"), form)

    assert type(caught.value) is error
    assert "java" not in str(caught.value)
    assert "org.Parser" not in str(caught.value)


ROW = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"literal","value":"%b"}}]}}'
META = ROW[:-1] + b',"meta":{"query-time-ms":3}}'
XML = (
    b'<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="s"/></head>'
    b"<results><result><binding name='s'><literal>1</literal></binding></result></results></sparql>"
)


@pytest.mark.parametrize(
    ("content_type", "body", "value"),
    [
        (JSON_TYPE, META % b"1", "1"),
        (JSON_TYPE, b'{"status":"OK","warnings":[],' + META[1:] % b"1", "1"),
        (JSON_TYPE, ROW.replace(b'"type"', b'"unknown":{"a":[]},"type"') % b"1", "1"),
        (JSON_TYPE, ROW.replace(b'"literal"', b'"typed-literal","datatype":"a:b"') % b"1", "1"),
        (JSON_TYPE, b"\xef\xbb\xbf" + ROW % b"1", "1"),
        (f"{JSON_TYPE}; charset=ISO-8859-1", ROW % b"\xe0", "à"),
        ("application/json", ROW % b"1", "1"),
        ("text/plain", ROW % b"1", "1"),
        ("application/octet-stream", ROW % b"1", "1"),
        ("application/sparql-results+xml", XML, "1"),
        ("text/xml", XML, "1"),
        ("text/plain", XML, "1"),
        ("text/tab-separated-values", b'?s\n"1"\n', "1"),
    ],
)
def test_what_is_right_in_a_strange_answer_is_read(content_type: str, body: bytes, value: str) -> None:
    """Members that nobody knows, another format than the one asked for, a mark at the start, another charset."""
    with faulty_store(200, content_type, body) as url:
        engine = knowing(url, Limits(seconds=5))
        answer = engine.run(QueryRequest("SELECT * FROM <a:b> { ?s ?p ?o }"), JSON_RESULTS).body
        ((term,),) = parse_query_results(answer, format=QueryResultsFormat.JSON)  # type: ignore[misc]

    assert term.value == value


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (JSON_TYPE, b"[" * 100_000),
        (JSON_TYPE, b"null"),
        (JSON_TYPE, b"\xff\xfe{}"),
        (JSON_TYPE, ROW.replace(b"literal", b"uri") % b"no iri"),
        (JSON_TYPE, ROW.replace(b"literal", b"thing") % b"1"),
        (JSON_TYPE, b'{"head":{"vars":"s"},"results":{"bindings":{"s":1}}}'),
        (JSON_TYPE, b'{"head":{},"results":null}'),
        (f"{JSON_TYPE}; charset=klingon", ROW % b"1"),
        ("text/html", b"<html>" + ROW % b"1"),
        ("", b""),
        ("application/sparql-results+xml", XML[:-30]),
        ("application/sparql-results+xml", b"<html/>"),
        ("text/turtle", b"<a:b> <a:b> <a:b> ."),
        ("image/png", b"\x89PNG"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(content_type: str, body: bytes) -> None:
    """Never an exception of a parser."""
    with faulty_store(200, content_type, body) as url, pytest.raises(errors.StoreError) as caught:
        knowing(url, Limits(seconds=5)).run(QueryRequest("SELECT * FROM <a:b> { ?s ?p ?o }"), JSON_RESULTS)

    assert caught.value.status == 502


def test_a_graph_in_another_format_is_read() -> None:
    """Turtle where N-Triples were asked for."""
    with faulty_store(200, "text/turtle", b"@prefix a: <a:> . a:s a:p 1 .") as url:
        text = "CONSTRUCT { ?s ?p ?o } FROM <a:b> { ?s ?p ?o }"
        body = knowing(url, Limits(seconds=5)).run(QueryRequest(text), N_TRIPLES).body

    assert body == b'<a:s> <a:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'


def test_the_command_and_pages_say_so_in_one_sentence(command: list[str], tmp_path: Path) -> None:
    """Exit 2, or a 502."""
    (tmp_path / "one.rq").write_text('SELECT ?s { BIND("1" AS ?s) }')
    for body, code, said in ((META % b"1", 0, "1"), (b"<h1>Hi</h1>", 2, "magatzem")):
        with faulty_store(200, JSON_TYPE, body) as url:
            asked = [*command, "query", str(tmp_path / "one.rq"), "--endpoint", url]
            done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
            assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
            assert said in done.stdout + done.stderr


@pytest.mark.parametrize("path", ["/ca/", "/query/actions.xlsx", "/sitemap.xml", "/data/xmess.ttl", "/ca/quality"])
def test_an_answer_to_another_question_is_told_on_a_page(path: str) -> None:
    """As a cache in front of a store gives it that looks at addresses alone."""
    for body in (META % b"1", b'{"head":{"vars":[]},"results":{"bindings":[]}}'):
        with faulty_store(200, JSON_TYPE, body) as url:
            answer = create_app(open_service(None, None, url)).test_client().get(path)

        assert answer.status_code == 502
        assert answer.json["type"].endswith("/problem/store")


@pytest.mark.parametrize(
    ("text", "is_answer"),
    [
        ("SELECT ?s { ?s ?p ?o }", True),
        ("SELECT DISTINCT $s { ?s ?p ?o }", True),
        ("SELECT ?s ?more { ?s ?p ?o }", False),
        ("PREFIX x: <x:> SELECT (STR(?x) AS ?s) WHERE { ?x x:p ?o }", True),
        ("SELECT * { ?x ?p ?s }", True),
        ("SELECT ?x { ?x ?p ?s }", False),
        ("SELECT (STR(?s) AS ?x) FROM <a:b> { ?s ?p ?o }", False),
        ("SELECT (EXISTS { SELECT ?s { ?s ?p ?o } } AS ?x) { ?s ?p ?o }", False),
    ],
)
def test_an_answer_has_the_variables_that_were_asked_for(text: str, *, is_answer: bool) -> None:
    """All of them, and no other."""
    with (
        faulty_store(200, JSON_TYPE, META % b"1") as url,
        nullcontext() if is_answer else pytest.raises(errors.StoreError),
    ):
        assert knowing(url, Limits(seconds=5)).run(QueryRequest(text), JSON_RESULTS)


def test_a_silent_store_is_given_up() -> None:
    """The promise of time holds whoever keeps the data."""
    with faulty_store(200, JSON_TYPE, b"", wait=30) as url, pytest.raises(errors.QueryTimeout):
        knowing(url, Limits(seconds=1)).run(QueryRequest("SELECT * FROM <a:b> { ?s ?p ?o }"), JSON_RESULTS)


def test_a_store_that_is_down_is_named() -> None:
    """An operator must learn which store, and that it is not the query."""
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unheard.getsockname()[1]}/sparql"
        with pytest.raises(errors.StoreUnavailable, match=url):
            RemoteEngine(url, Limits()).run(QueryRequest("ASK {}"), JSON_RESULTS)


def test_a_store_has_a_web_address() -> None:
    """The client library would also open files."""
    with pytest.raises(errors.BadConfiguration):
        RemoteEngine("file:///etc/passwd", Limits())
