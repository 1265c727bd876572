"""Which graphs a text names: as the engine's own parser would read them."""

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store

from workplan.engine.dataset import graphs_named, merged_graphs, names_dataset

EX = "http://example.org/"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { ?s ?p ?o }", []),
        (f"SELECT * FROM <{EX}a> {{}}", [f"{EX}a"]),  # noqa: S608 - SPARQL
        (f"select*from<{EX}a>from named<{EX}b>{{}}", [f"{EX}a", f"{EX}b"]),
        (f"PREFIX ex: <{EX}> ASK FROM NAMED ex:a FROM ex:b {{}}", [f"{EX}a", f"{EX}b"]),
        (f"BASE <{EX}> DESCRIBE ?s FROM <a> {{ ?s ?p ?o }}", [f"{EX}a"]),
        ("ASK FROM <a> {}", [f"{EX}base/a"]),
        (f"ASK FROM#<{EX}no>\n<{EX}a> {{}}", [f"{EX}a"]),
        (f"ASK FROM <{EX}\\u0061> {{}}", [f"{EX}a"]),
        (f"PREFIX ex: <{EX}> ASK FROMex:a {{}}", [f"{EX}a"]),
        (f"PREFIX ex: <{EX}> ASK FROMNAMEDex:a FROM NAMEDex:b {{}}", [f"{EX}a", f"{EX}b"]),
        (f"PREFIX : <{EX}> SELECT*from:a from named:b{{}}", [f"{EX}a", f"{EX}b"]),
        (f"PREFIX from: <{EX}> PREFIX named: <{EX}n/> ASK FROM from:a FROM named:b {{}}", [f"{EX}a", f"{EX}n/b"]),
        (f"PREFIX : <{EX}> PREFIX from: <x:> SELECT * from:a {{ ?s ?p ?o }}", [f"{EX}a"]),
        (f"PREFIX NAMED: <{EX}> PREFIX : <x:> ASKFROMNAMED:a {{}}", [f"{EX}a"]),
        (f"PREFIXex:<{EX}>CONSTRUCT {{ ?s ?p ?o }} FROMex:a WHERE {{ ?s ?p ?o }}", [f"{EX}a"]),
        (f"PREFIX ex: <{EX}> DESCRIBE ex:s FROMex:a", [f"{EX}a"]),
        (f"PREFIX ex: <{EX}> PREFIX from: <x:> DESCRIBE from:s FROM ex:a", [f"{EX}a"]),
        ("PREFIX from: <x:> SELECT (from:f(?s) AS ?t) { ?s from:p ?o }", []),
        (f"PREFIX fromage: <{EX}> ASK FROM fromage:a {{ ?s fromage:b fromage:c }}", [f"{EX}a"]),
        ("SELECT ?from { ?from ?p 'FROM <http://no>' } # FROM <http://no>", []),
    ],
)
def test_graphs_are_named_by_from_alone(text: str, expected: list[str]) -> None:
    """Prefixes, base and escapes resolved; strings, comments and variables are no clauses."""
    assert graphs_named(text, f"{EX}base/sparql") == expected
    assert names_dataset(text) is bool(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"ASK FROM <{EX}a> FROM NAMED <{EX}b> {{}}", None),
        (f"ASK FROM <{EX}a> FROM NAMED <{EX}b> FROM <{EX}c> {{}}", ([f"{EX}a", f"{EX}c"], [f"{EX}b"])),
        (f"PREFIX ex: <{EX}> ASK FROMex:a FROMNAMEDex:b FROM NAMEDex:c FROM ex:d {{}}", (["a", "d"], ["b", "c"])),
        ("ASK FROM <a> FROM <b> {}", (["base/a", "base/b"], [])),
    ],
)
def test_several_graphs_of_from_are_told_from_named_ones(text: str, expected: tuple[list[str], list[str]]) -> None:
    """Only they are merged."""
    found = merged_graphs(text, f"{EX}base/sparql")

    assert found == (expected and tuple([f"{EX}{iri.removeprefix(EX)}" for iri in iris] for iris in expected))


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX ex: <x:> SELECT * FROMex:a { ?s ?p ?o }",
        "PREFIX : <x:> SELECT *from:a{ ?s ?p ?o }",
        "PREFIX : <x:> PREFIX from: <y:> SELECT * from:a{ ?s ?p ?o }",
        "PREFIX FROM: <x:> PREFIX : <y:> SELECT * FROMFROM:a { ?s ?p ?o }",
        "PREFIX named: <x:> PREFIX : <y:> SELECT * FROM named:a { ?s ?p ?o }",
    ],
)
def test_the_engine_reads_glued_names_so(text: str) -> None:
    """The graph that is named is the one that is asked, where nothing else would answer."""
    store = Store()
    store.load("<x:s> <x:p> <x:o> <x:a> .", RdfFormat.N_QUADS)
    answer = store.query(text)

    assert isinstance(answer, QuerySolutions)
    assert len(list(answer)) == 1
    assert graphs_named(text) == ["x:a"]


@pytest.mark.parametrize("text", ["ASK FROM ex:a {}", "ASK FROM <a> {}"])
def test_a_name_that_cannot_be_resolved_is_a_syntax_error(text: str) -> None:
    """Its place is told by whoever has the whole text."""
    with pytest.raises(SyntaxError):
        graphs_named(text)
