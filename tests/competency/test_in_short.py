"""What tells a stated datum from an added one takes no more than a short query, over the union or over one graph."""

from collections.abc import Callable

import pytest

from workplan.model.namespaces import DATA, NAMESPACES

STATED = "https://w3id.org/sse-workplan/graph/xmess/plan/2020/v1/stated"
CURATED = "https://w3id.org/sse-workplan/graph/xmess/plan/2020/v1/curated"
PLAN = f"{DATA}xmess/plan/2020"
WP = NAMESPACES["wp"]

Ask = Callable[..., list[dict[str, str]]]


def test_what_is_stated_of_action_8_and_what_a_curator_added(ask: Ask) -> None:
    """Its graph tells who says each thing: the strategic line is the only thing added."""
    rows = ask(f"SELECT ?graph ?property ?value WHERE {{ GRAPH ?graph {{ <{PLAN}/action/08> ?property ?value }} }}")
    stated = {(row["property"], row["value"]) for row in rows if row["graph"] == STATED}
    added = {(row["property"], row["value"]) for row in rows if row["graph"] == CURATED}

    assert added == {(f"{WP}strategicLine", f"{PLAN}/strategic-line/1")}
    assert f"{WP}strategicLine" not in dict(stated)
    assert {
        (f"{WP}actionLine", f"{PLAN}/action-line/1"),
        (f"{WP}budgetImpact", f"{DATA}scheme/budget-impact/ordinari"),
        (f"{WP}directlyExecutedBy", f"{DATA}xmess/team/gt"),
        (f"{WP}instrument", f"{DATA}scheme/instrument/governanca"),
        (f"{WP}thematicScope", f"{DATA}scheme/thematic-scope/identitat-relat"),
    } <= stated


def test_which_lines_of_action_have_no_action_as_printed(ask: Ask) -> None:
    """The same over the union as over what is stated: a proposed code never mixes with a printed one."""
    query = (
        "SELECT ?code WHERE { ?line a wp:ActionLine ; wp:code ?code MINUS { ?action wp:actionLine ?line } } "
        "ORDER BY ?code"
    )
    printed = ["LA04", "LA05", "LA12", "LA14", "LA18"]

    assert [row["code"] for row in ask(query)] == printed
    assert [row["code"] for row in ask(query, STATED)] == printed


def test_which_lines_of_action_have_no_action_as_proposed(ask: Ask) -> None:
    """A proposed line takes the place of the printed one before it; the other printed ones stay."""
    rows = ask(
        "SELECT ?code WHERE { ?line a wp:ActionLine ; wp:code ?code MINUS { ?action wp:proposedActionLine ?line } "
        "MINUS { ?action wp:actionLine ?line MINUS { ?action wp:actionLine ?line ; wp:proposedActionLine ?next . "
        "?line wp:order ?order . ?next wp:order ?following FILTER (?following = ?order + 1) } } } ORDER BY ?code"
    )

    assert [row["code"] for row in rows] == ["LA04", "LA05", "LA13", "LA15"]


def test_who_meets_how_often(ask: Ask) -> None:
    """By code of the team and of the frequency."""
    rows = ask(
        "SELECT ?team ?frequency WHERE { ?t a wp:Team ; wp:code ?team ; wp:meetingFrequency/skos:notation ?frequency }"
    )

    assert {row["team"]: row["frequency"] for row in rows} == {
        "CE": "trimestral",
        "CT": "mensual",
        **dict.fromkeys(["ST", "GT", "M", "C", "A"], "a-demanda"),
    }


def test_which_facts_rest_on_low_confidence(ask: Ask) -> None:
    """One: where line of action 15 belongs."""
    rows = ask(
        "SELECT ?subject ?property ?value WHERE { ?assertion rdf:subject ?subject ; rdf:predicate ?property ; "
        "rdf:object ?value ; wp:confidence/skos:notation 'low' }"
    )

    assert [tuple(row.values()) for row in rows] == [
        (f"{PLAN}/action-line/15", f"{WP}linkedStrategicLine", f"{PLAN}/strategic-line/2")
    ]


@pytest.mark.parametrize(
    ("term", "printed", "complete"),
    [("directlyExecutedBy", 51, 51), ("strategicLine", 33, 34), ("instrument", 8, 29), ("actionLine", 36, 36)],
)
def test_the_stated_graph_gives_the_printed_figure_and_the_union_the_complete_one(
    ask: Ask, term: str, printed: int, complete: int
) -> None:
    """Naming the graph is all that it takes to leave out what a curator added."""
    query = f"SELECT (COUNT(*) AS ?n) WHERE {{ ?action a wp:PlannedAction ; wp:{term} ?value }}"

    assert [row["n"] for row in ask(query, STATED)] == [str(printed)]
    assert [row["n"] for row in ask(query)] == [str(complete)]
