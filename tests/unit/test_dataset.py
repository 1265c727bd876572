"""Which graphs a text names: as the engine's own parser would read them."""

import pytest

from workplan.engine.dataset import graphs_named

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
        ("SELECT ?from { ?from ?p 'FROM <http://no>' } # FROM <http://no>", []),
    ],
)
def test_graphs_are_named_by_from_alone(text: str, expected: list[str]) -> None:
    """Prefixes, base and escapes resolved; strings, comments and variables are no clauses."""
    assert graphs_named(text, f"{EX}base/sparql") == expected


@pytest.mark.parametrize("text", ["ASK FROM ex:a {}", "ASK FROM <a> {}"])
def test_a_name_that_cannot_be_resolved_is_a_syntax_error(text: str) -> None:
    """Its place is told by whoever has the whole text."""
    with pytest.raises(SyntaxError):
        graphs_named(text)
