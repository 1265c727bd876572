"""Every format over hostile graphs and values: a whole and right answer, or a sentence that names other formats."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    QueryResultsFormat,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.query import Limits, QueryRequest
from workplan.engine.writing import write_graph
from workplan.model.errors import NotAcceptable
from workplan.model.formats import CONSTRUCT_FORMATS, CSV, RDF_XML, SOLUTION_FORMATS, Format
from workplan.model.xml import sound

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SUBJECT = "<http://x/a>"
READERS = {
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
    "trig": RdfFormat.TRIG,
}
PREDICATES = [
    *(f"{RDF}{name}" for name in ("li", "_1", "ID", "about", "Description", "RDF", "aboutEach", "bagID", "type", "x")),
    *("http://x/1", "http://x/", "urn:1", "a:b:c", "http://x/a%20", "http://x/a()", "http://x/é", "http://x/?a=1&b"),
    *("http://www.w3.org/2000/xmlns/a", "http://www.w3.org/XML/1998/namespace#a", "http://x/a-", "http://x/-a"),
]
OBJECTS = [
    r'"a\rb\r\nc\td\ne"',
    r'"a\rb]]>&amp;<x>"@ca',
    r'"a\u0001b"',
    r'"a\uFFFEb"',
    r'"a\u0000b"',
    '"  x  "',
    '""',
    '"x"@ar--rtl',
    '"x"^^<http://x/a&b>',
    '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>',
    f'"<a>"^^<{RDF}XMLLiteral>',
    f'"{{a"^^<{RDF}JSON>',
    "<http://x/a'b&c>",
    f"<{RDF}Description>",
    "_:b",
    '<<( <http://x/a> <http://x/b> "1" )>>',
]
GRAPHS = [
    *(f'{SUBJECT} <{predicate}> "b" .\n' for predicate in PREDICATES),
    *(f"{SUBJECT} <http://x/p> {term} .\n" for term in OBJECTS),
    *(f"{SUBJECT} <{RDF}type> <{name}> .\n" for name in (f"{RDF}li", f"{RDF}Bag", "http://x/1", "http://x/C")),
    "_:a <http://x/p> _:b .\n_:b <http://x/p> _:a .\n",
]


def canonical(data: bytes, form: RdfFormat) -> Dataset:
    """What *data* say, blank nodes aside."""
    found = Dataset(parse(data, form))
    found.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return found


def written(write: Callable[[], bytes]) -> bytes | None:
    """What is written; None where it is refused with other formats to ask for."""
    try:
        return write()
    except NotAcceptable as error:
        return None if "demaneu-la en" in str(error) else b"a sentence without a way out"


@pytest.mark.parametrize("form", CONSTRUCT_FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("graph", GRAPHS)
def test_a_graph_is_written_whole_or_refused(graph: str, form: Format) -> None:
    """Never half of it or another one."""
    body = written(lambda: write_graph(graph.encode(), form))
    if body is None:
        assert form.name in ("rdf", "jsonld"), "the others can hold anything"
        return

    assert canonical(body, READERS[form.name]) == canonical(graph.encode(), RdfFormat.N_TRIPLES)


@pytest.mark.parametrize("graph", [graph for graph in GRAPHS if "<<(" not in graph and "--" not in graph])
def test_others_read_the_same_in_our_xml(graph: str) -> None:
    """A reader that ends lines as XML says, as nearly all do."""
    body = written(lambda: write_graph(graph.encode(), RDF_XML))
    if body is None:
        return
    read = rdflib.Graph().parse(data=body, format="xml")
    meant = rdflib.Graph().parse(data=graph, format="nt")

    assert [str(term) for term in read.objects() if isinstance(term, rdflib.Literal)] == [
        str(term) for term in meant.objects() if isinstance(term, rdflib.Literal)
    ]
    assert len(read) == len(meant)


@pytest.mark.parametrize("form", SOLUTION_FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("term", [*OBJECTS, "UNDEF"])
def test_a_value_is_written_whole_or_refused(term: str, form: Format) -> None:
    """In JSON, XML and TSV the term, in CSV its text."""
    text = "SELECT (BNODE() AS ?x) {}" if term == "_:b" else f"SELECT ?x {{ VALUES ?x {{ {term} }} }}"
    body = written(lambda: EmbeddedEngine(Store(), Limits()).run(QueryRequest(text), form).body)
    if body is None:
        assert form.name == "xml"
        return
    (meant,) = next(iter(Store().query(text)))  # type: ignore[arg-type]
    if form is CSV:
        assert not isinstance(meant, Literal) or meant.value.replace('"', '""') in body.decode()
        return
    answer = parse_query_results(body, format=getattr(QueryResultsFormat, form.name.upper()))
    ((read,),) = answer  # type: ignore[misc]

    assert read == meant or (isinstance(read, BlankNode) and isinstance(meant, BlankNode))


@pytest.mark.parametrize(
    ("accept", "query"),
    [
        ("application/rdf+xml", f'CONSTRUCT {{ <urn:a> <{RDF}li> "b" }} {{}}'),
        ("application/ld+json", "CONSTRUCT { <urn:a> <http://x/p> <<( <urn:a> <urn:b> 1 )>> } {}"),
    ],
)
def test_a_format_that_cannot_hold_the_answer_is_not_acceptable(client: FlaskClient, accept: str, query: str) -> None:
    """Nobody is said not to have answered: the words are at fault, and others are offered."""
    answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})

    assert answer.status_code == 406
    assert answer.get_json()["type"].endswith("/problem/not-acceptable")
    assert "Turtle" in answer.get_json()["detail"]


HOSTILE = "a\rb\r\nc\td\ne ]]> & < \" ' \U0001f600"


@pytest.mark.parametrize("form", ["xml", "rdf"])
def test_carriage_returns_come_back(client: FlaskClient, form: str) -> None:
    """Through the door, as expat reads them."""
    term = str(Literal(HOSTILE))
    query = f"SELECT ({term} AS ?x) {{}}" if form == "xml" else f"CONSTRUCT {{ <urn:a> <http://x/p> {term} }} {{}}"
    root = ElementTree.fromstring(client.get("/sparql", query_string={"query": query, "format": form}).data)  # noqa: S314 - ours

    assert HOSTILE in [element.text for element in root.iter()]


def test_what_we_write_ourselves_comes_back() -> None:
    """In text and attribute; what XML cannot hold leaves a mark."""
    element = ElementTree.Element("a", {"b": HOSTILE})
    element.text = HOSTILE + "\x00\x1f\ufffe"
    read = ElementTree.fromstring(sound(ElementTree.tostring(element, encoding="unicode")))  # noqa: S314 - ours

    assert read.text == HOSTILE + "\ufffd\ufffd\ufffd"
    assert read.get("b") == HOSTILE


def test_nothing_writes_xml_in_another_way(root: Path) -> None:
    """StratML, oEmbed, drawings and the description of the search are made sound at the one place."""
    for file in (root / "service" / "workplan").rglob("*.py"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if "tostring(" in line or 'render_template("opensearch.xml"' in line:
                assert "sound(" in line, f"{file}: {line}"
