"""The figures of the document, asked over HTTP by SPARQLWrapper with its defaults.

Counted by hand from the source: they are what every later change of the data must keep.
"""

from collections.abc import Callable

import pytest
from SPARQLWrapper import JSON, SPARQLWrapper

STATED = "https://w3id.org/sse-workplan/graph/xmess/plan/2020/v1/stated"
PREFIXES = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX wp: <https://w3id.org/sse-workplan/ns#>
"""

Ask = Callable[..., list[dict[str, str]]]


@pytest.fixture
def ask(server: str) -> Ask:
    """Ask the real server; *graphs* limits the dataset."""

    def answer(query: str, *graphs: str) -> list[dict[str, str]]:
        client = SPARQLWrapper(f"{server}/sparql")
        client.setQuery(PREFIXES + query)
        client.setReturnFormat(JSON)
        for graph in graphs:
            client.addDefaultGraph(graph)
        bindings = client.queryAndConvert()["results"]["bindings"]
        return [{name: cell["value"] for name, cell in row.items()} for row in bindings]

    return answer


def counted(rows: list[dict[str, str]]) -> dict[str, int]:
    """Rows of ?key and ?n as a table."""
    return {row["key"]: int(row["n"]) for row in rows}


@pytest.mark.parametrize(
    ("what", "pattern", "expected"),
    [
        ("strategic lines", "?x a wp:StrategicLine", 3),
        ("objectives", "?x a wp:Objective", 7),
        ("lines of action", "?x a wp:ActionLine", 18),
        ("actions", "?x a wp:PlannedAction", 29),
        ("teams", "?x a wp:Team", 7),
        ("indicators", "?x a wp:Indicator", 3),
        ("mechanisms", "?x a wp:EvaluationMechanism", 3),
        ("team links", "?action wp:directlyExecutedBy ?x", 51),
        ("action-line links", "?action wp:actionLine ?x", 36),
        ("instruments", "?action wp:instrument ?x", 29),
        ("scopes", "?action wp:thematicScope ?x", 33),
        ("calendar gaps", "?x a wp:DataGap ; wp:aboutProperty wp:plannedQuarter", 29),
        (
            "curated instruments",
            "?x a wp:CuratorAssertion ; <http://www.w3.org/1999/02/22-rdf-syntax-ns#predicate> wp:instrument",
            21,
        ),
    ],
)
def test_the_plan_has_as_many(ask: Ask, what: str, pattern: str, expected: int) -> None:
    """Whoever counts in the default graph gets the document's number."""
    assert ask(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")[0]["n"] == str(expected)


def test_every_action_has_all_that_the_plan_tells_of_it(ask: Ask) -> None:
    """A plain query over the default graph misses no action for want of one value."""
    rows = ask(
        "SELECT DISTINCT ?action WHERE { ?action a wp:PlannedAction ; wp:instrument ?i ; wp:thematicScope ?s ;"
        " wp:directlyExecutedBy ?t ; wp:budgetImpact ?b ; wp:actionLine ?la ; wp:strategicLine ?le }"
    )

    assert len(rows) == 29


@pytest.mark.parametrize(
    ("graphs", "expected"),
    [((STATED,), {"LE1": 13, "LE2": 10, "LE3": 10}), ((), {"LE1": 14, "LE2": 10, "LE3": 10})],
)
def test_strategic_lines_have_the_printed_links_and_one_added(
    ask: Ask, graphs: tuple[str, ...], expected: dict[str, int]
) -> None:
    """The document prints 33 links; a curator adds action 8's."""
    query = "SELECT ?key (COUNT(*) AS ?n) WHERE { ?action wp:strategicLine ?line . ?line wp:code ?key } GROUP BY ?key"

    assert counted(ask(query, *graphs)) == expected


def test_teams_carry_as_many_actions_as_printed(ask: Ask) -> None:
    """The load of each team."""
    rows = ask("SELECT ?key (COUNT(*) AS ?n) WHERE { ?a wp:directlyExecutedBy ?t . ?t wp:code ?key } GROUP BY ?key")

    assert counted(rows) == {"C": 11, "ST": 10, "CT": 9, "GT": 8, "CE": 6, "A": 5, "M": 2}


def test_instruments_are_used_as_often_as_the_merged_cells_say(ask: Ask) -> None:
    """In the order of the table: 1, 6, 3, 2, 4, 8, 2, 3."""
    rows = ask(
        "SELECT (MIN(?order) AS ?first) (COUNT(*) AS ?n) WHERE { ?a wp:instrument ?key ; wp:order ?order } "
        "GROUP BY ?key ORDER BY ?first"
    )

    assert [int(row["n"]) for row in rows] == [1, 6, 3, 2, 4, 8, 2, 3]


def test_only_eight_instruments_are_printed(ask: Ask) -> None:
    """The other twenty-one are a curator's."""
    assert len(ask("SELECT ?a WHERE { ?a wp:instrument ?i }", STATED)) == 8


def test_funding_is_as_printed(ask: Ask) -> None:
    """16 actions on the ordinary budget only, 9 on an agreement only, 4 on both."""
    rows = ask(
        "SELECT ?key (COUNT(?a) AS ?n) WHERE { { SELECT ?a (GROUP_CONCAT(?code; SEPARATOR='+') AS ?key) WHERE "
        "{ SELECT ?a ?code WHERE { ?a wp:budgetImpact/skos:notation ?code } ORDER BY ?a ?code } GROUP BY ?a } } "
        "GROUP BY ?key"
    )

    assert counted(rows) == {"ordinari": 16, "conveni": 9, "conveni+ordinari": 4}


def test_lines_have_two_two_and_three_objectives(ask: Ask) -> None:
    """Objectives by line, in order."""
    rows = ask("SELECT ?key (COUNT(*) AS ?n) WHERE { ?l wp:code ?key ; wp:hasObjective ?o } GROUP BY ?key")

    assert counted(rows) == {"LE1": 2, "LE2": 2, "LE3": 3}


@pytest.mark.parametrize(
    ("indicator", "codes"),
    [
        ("execucio", ["pendent", "en-proces", "finalitzada"]),
        ("utilitat", ["poc", "suficient", "molt"]),
        ("impacte", ["poc", "suficient", "molt"]),
    ],
)
def test_scales_are_ordered(ask: Ask, indicator: str, codes: list[str]) -> None:
    """An ordinal scale without its order would be a bag of words."""
    rows = ask(
        f"SELECT ?code (COUNT(?before) AS ?place) WHERE {{ "
        f"<https://w3id.org/sse-workplan/id/xmess/plan/2020/indicator/{indicator}> wp:scale/skos:memberList ?list . "
        "?list <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>* ?before . "
        "?before <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>* ?cell . "
        "?cell <http://www.w3.org/1999/02/22-rdf-syntax-ns#first>/skos:notation ?code } GROUP BY ?code ORDER BY ?place"
    )

    assert [row["code"] for row in rows] == codes


def test_no_quarter_is_invented(ask: Ask) -> None:
    """The calendar is lost: no value stands for it, in any graph."""
    assert ask("SELECT ?q WHERE { ?a wp:plannedQuarter ?q }") == []
