"""Which queries have another answer each time."""

import pytest

from workplan.engine.constancy import is_constant


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (NOW() AS ?x) {}",
        "select (now ( ) as ?x) {}",
        "SELECT ?x { ?x ?y ?z } ORDER BY RAND() LIMIT 3",
        "SELECT (UUID() AS ?x) (STRUUID() AS ?y) {}",
        "SELECT (STRUUID() AS ?y) {}",
        "SELECT (BNODE() AS ?x) {}",
        'SELECT (BNODE("a") AS ?x) {}',
        "SELECT ?x { FILTER(?x<NOW()&&?x>1) }",
        "SELECT (NOW# a comment\n() AS ?x) {}",
        "SELECT (\\u004EOW() AS ?x) {}",
        "CONSTRUCT { ?x ?y ?t } { ?x ?y ?z BIND(NOW()AS ?t) }",
        "SELECT ?x { SERVICE <http://example.org/sparql> { ?x ?y ?z } }",
        "SELECT ?x { SERVICE?s { ?x ?y ?z } }",
    ],
)
def test_what_differs_from_one_time_to_the_next_is_told(text: str) -> None:
    """However it is written."""
    assert not is_constant(text)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT ("NOW()" AS ?x) {}',
        "SELECT ?x { ?x ?y '''RAND() \" UUID()''' } # BNODE()",
        "SELECT ?now ?rand { ?now ?rand ?uuid }",
        "PREFIX now: <http://example.org/rand#> SELECT ?x { ?x now:uuid now:rand }",
        "SELECT (now:now(?x) AS ?y) { ?x ?y _:RAND }",
        "SELECT ?x { ?x ?y 'a service' }",
        "SELECT (YEAR(?now) AS ?x) {}",
        "CONSTRUCT { [] ?y ?z } { ?x ?y ?z }",
    ],
)
def test_words_in_strings_names_and_comments_are_no_functions(text: str) -> None:
    """Nor are blank nodes of a template another graph."""
    assert is_constant(text)
