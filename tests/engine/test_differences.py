"""The page on where the endpoint departs from SPARQL cannot lie: each of its cases is run."""

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Store

from workplan.engine.differences import DIFFERENCES, Difference, Rows
from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.query import Limits, QueryRequest
from workplan.language import LANGUAGES
from workplan.model.errors import MalformedQuery
from workplan.model.formats import TSV


def answered(text: str) -> Rows | None:
    """The values of ``?x`` in the answer to *text*; None where it is refused."""
    try:
        body = EmbeddedEngine(Store(), Limits()).run(QueryRequest(text), TSV).body.decode()
    except MalformedQuery:
        return None
    names, *rows = body.removesuffix("\n").split("\n")
    place = names.split("\t").index("?x")
    return tuple(row.split("\t")[place] for row in rows)


@pytest.mark.parametrize("case", DIFFERENCES, ids=lambda case: case.name)
def test_each_case_is_as_it_is_told(case: Difference) -> None:
    """What is answered is not what SPARQL says, and what to ask instead gives what is promised."""
    assert answered(case.query) == case.answer
    assert case.answer != case.standard
    if case.instead:
        assert answered(case.instead) == case.told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'SELECT (REPLACE("2024-03-01", "^(\\d+)-(\\d+)-(\\d+)$", "$3_$2_$1") AS ?x) {}', '"01_03_2024"'),
        ('SELECT (REPLACE("abc", "(b)", "$1x") AS ?x) {}', '"abxc"'),
        (r'SELECT (REPLACE("10 EUR", "EUR", "\\$") AS ?x) {}', '"10 $"'),
        (r'SELECT (REPLACE("abc", "b", "\\\\") AS ?x) {}', r'"a\\c"'),
        ('SELECT (REPLACE("abc", "(b)", "$12") AS ?x) {}', '"ab2c"'),
        ('SELECT (REPLACE("abc", "(b)", "$3") AS ?x) {}', '"ac"'),
        ('SELECT (REPLACE("abc", "[(]b|(?:b)", "[$0]") AS ?x) {}', '"a[b]c"'),
        ('SELECT (REPLACE("abc", "b", "$") AS ?x) {}', ""),
        ('SELECT (REPLACE("abc", "B", "$0$0", "i") AS ?x) {}', '"abbc"'),
        ('SELECT (REPLACE("abc"@ca, "b", "x") AS ?x) {}', '"axc"@ca'),
        ("SELECT (TRUE AS ?x) {}", "true"),
        ("SELECT ?x { VALUES ?x { False } }", "false"),
        ('SELECT ("TRUE" AS ?x) {} # FALSE', '"TRUE"'),
    ],
)
def test_what_is_mended_is_answered_as_sparql_says(text: str, expected: str) -> None:
    """XPath's replacements and keywords in any case."""
    assert answered(text) == (expected,)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_tells_each_case(client: FlaskClient, lang: str) -> None:
    """In every language; the editor and the Service Description lead there."""
    page = client.get(f"/{lang}/sparql/differences")

    assert page.status_code == 200
    assert all(f'id="{case.name}"' in page.text for case in DIFFERENCES)
    assert f'href="/{lang}/sparql/differences"' in client.get(f"/{lang}/sparql").text
    answer = client.get("/sparql/differences", headers={"Accept-Language": lang})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/{lang}/sparql/differences")
    assert "/sparql/differences>" in client.get("/sparql", headers={"Accept": "text/turtle"}).text
