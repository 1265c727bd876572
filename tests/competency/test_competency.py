"""The questions: what the data must be able to answer, and the answers.

A question is a query ``queries/….rq``, the answer expected beside this file, and a line in docs/questions.md; the
competency questions are those that it numbers. The expected answers are those that the engine writes; the figures
below were counted by hand from the document.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.outline import kind_of
from workplan.engine.query import Kind
from workplan.model.formats import CSV
from workplan.questions.catalogue import SavedQuery, read_query

ROOT = Path(__file__).parents[2]
ALL = [read_query(file) for file in sorted((ROOT / "queries").glob("*.rq"))]
TABLES = [query for query in ALL if kind_of(query.text) is Kind.SOLUTIONS]
NUMBERED = sorted(
    ((name, query) for query in ALL for name in (query.name, *query.former_names) if name.startswith("cq-")),
    key=lambda numbered: numbered[0],
)
"""The competency questions by the names that have their numbers; some have been taken in by another question."""

EXPECTED = ".expected.csv"
OTHER = re.compile(r"^\| ([^|\d].*?) \| \[`(.+?)`\]\(../queries/(.+?)\.rq\) \|$", re.MULTILINE)

Question = Callable[[int], list[dict[str, str]]]
OF_A_PLAN = [query for query in TABLES if "plan" in {parameter.name for parameter in query.parameters}]

each_table = pytest.mark.parametrize("query", TABLES, ids=lambda query: query.name)
each_of_a_plan = pytest.mark.parametrize("query", OF_A_PLAN, ids=lambda query: query.name)
each_question = pytest.mark.parametrize(("numbered", "query"), NUMBERED, ids=[name for name, _ in NUMBERED])


def codes(rows: list[dict[str, str]], **where: str) -> list[int]:
    """The numbers in the codes of the rows whose cells are as in *where*."""
    return [int(row["code"].lstrip("AL")) for row in rows if where.items() <= row.items()]


def test_a_question_has_a_query_an_answer_and_a_line(listed: list[tuple[str, ...]]) -> None:
    """None of the three may stand alone: an orphan is a question that nobody answers, reads or holds."""
    names = [query.name for _, query in NUMBERED]
    tables = [query.name for query in TABLES]

    assert sorted(file.name.removesuffix(EXPECTED) for file in Path(__file__).parent.glob("*.csv")) == sorted(tables)
    assert [name for _, _, name, _, _ in listed] == names
    assert [address for _, _, _, address, _ in listed] == [f"../queries/{name}.rq" for name in names]


def test_the_other_questions_have_a_line_too() -> None:
    """With the question as their header asks it in English."""
    lines = OTHER.findall((ROOT / "docs" / "questions.md").read_text(encoding="utf-8"))
    others = [query for query in ALL if query not in [numbered for _, numbered in NUMBERED]]

    assert [(name, file) for _, name, file in lines] == [(query.name, query.name) for query in others]
    assert [asked for asked, *_ in lines] == [query.question("en") for query in others]


def test_questions_are_numbered_without_a_gap(listed: list[tuple[str, ...]]) -> None:
    """A number is how a question is cited."""
    assert [int(name[3:6]) for name, _ in NUMBERED] == list(range(1, 26))
    assert [int(number) for number, *_ in listed] == list(range(1, 26))


@each_question
def test_a_question_reads_in_three_languages(numbered: str, query: SavedQuery, listed: list[tuple[str, ...]]) -> None:
    """Its line in docs/questions.md asks the same as its header in English."""
    header = query.header
    (asked,) = [question for number, question, *_ in listed if int(number) == int(numbered[3:6])]

    assert list(header["title"]) == list(header["question"]) == ["ca", "es", "en"]
    assert header["question"]["en"] == asked


@each_table
def test_the_answer_is_the_one_expected(
    query: SavedQuery, answer_of: Callable[..., bytes], request: pytest.FixtureRequest
) -> None:
    """Byte by byte, so that whoever changes the data reads in the diff what the change does to the answers."""
    expected = Path(__file__).parent / (query.name + EXPECTED)
    body = answer_of(query)
    if request.config.getoption("--update-expected"):
        expected.write_bytes(body)

    assert body == expected.read_bytes()


@each_table
def test_no_answer_is_an_empty_table(query: SavedQuery, answer_of: Callable[..., bytes]) -> None:
    """What the document does not say is answered by the gap and its reason."""
    assert answer_of(query).count(b"\n") > 1


def test_every_table_can_be_kept_to_one_plan() -> None:
    """But that of the plans themselves, and what is asked of one action."""
    without = [query.name for query in TABLES if query not in OF_A_PLAN]

    assert without == ["action", "plans"]


@each_of_a_plan
def test_a_plan_that_is_asked_for_keeps_to_itself(query: SavedQuery, answer_of: Callable[..., bytes]) -> None:
    """The only plan with actions gives the same answer as no plan; one that is not there gives no action."""
    assert set(answer_of(query, plan="xmess/plan/2020").splitlines()) <= set(answer_of(query).splitlines())
    assert answer_of(query, plan="xmess/plan/2020").count(b"/action/") == answer_of(query).count(b"/action/")
    assert b"/action/" not in answer_of(query, plan="xmess/plan/1900")


@each_of_a_plan
def test_a_plan_s_answer_does_not_depend_on_what_stands_beside_it(
    query: SavedQuery, answer_of: Callable[..., bytes], beside_another: EmbeddedEngine
) -> None:
    """Two networks that share places, schemes and years have each its own answer, byte by byte."""
    alone = answer_of(query, plan="xmess/plan/2020")

    def asked_of(network: str) -> bytes:
        values = {name: value.replace("/xmess", f"/{network}") for name, value in query.example().items()}
        return beside_another.run(query.request({**values, "plan": f"{network}/plan/2020"}), CSV).body

    assert asked_of("xmess") == alone
    assert asked_of("xarxa") == alone.replace(b"/xmess", b"/xarxa")


@each_question
def test_what_the_document_does_not_say_comes_with_its_reason(
    numbered: str, query: SavedQuery, question: Question, listed: list[tuple[str, ...]]
) -> None:
    """A question that the document does not answer, or only in part, says why or shows its other reading."""
    (how,) = [how for _, _, name, _, how in listed if name == query.name]
    rows = question(int(numbered[3:6]))
    if how == "no":
        assert any(row["reason"] and row["evidence"] for row in rows)
    if how == "partly":
        assert {"reading", "curated", "foundIn", "reason"} & rows[0].keys()


def test_the_plan_has_twenty_nine_actions_in_order(question: Question) -> None:
    """1 to 29."""
    assert codes(question(1)) == list(range(1, 30))


def test_strategic_lines_have_thirteen_ten_and_ten_actions_and_one_added(question: Question) -> None:
    """Five actions serve lines 1 and 3; action 8 serves line 1 by a curator's word."""
    rows = question(2)
    stated = Counter(row["lineCode"] for row in rows if row["origin"] == "stated")
    both = set(codes(rows, lineCode="LE1")) & set(codes(rows, lineCode="LE3"))

    assert stated == {"LE1": 13, "LE2": 10, "LE3": 10}
    assert codes(rows, origin="curated") == [8]
    assert len(codes(rows, lineCode="LE1")) == 14
    assert both == {3, 4, 5, 7, 11}


def test_twenty_of_thirty_six_links_have_two_readings(question: Question) -> None:
    """As many links in each reading; the proposed one moves twenty of them, eight with less confidence."""
    rows = question(3)
    links = {
        reading: {(row["lineCode"], row["code"]) for row in rows if row["reading"] == reading}
        for reading in ("printed", "proposed")
    }
    moved = links["proposed"] - links["printed"]

    assert [len(pairs) for pairs in links.values()] == [36, 36]
    assert len(moved) == 20
    assert {(row["lineCode"], row["code"]) for row in rows if row["evidence"]} == moved
    assert sorted(codes(rows, confidence="medium")) == [4, 5, 11, 12, 21, 24, 27, 29]


def test_lines_without_action_differ_by_reading(question: Question) -> None:
    """On the proposed reading it is both tax lines that stay empty."""
    rows = question(4)

    assert codes(rows, reading="printed") == [4, 5, 12, 14, 18]
    assert codes(rows, reading="proposed") == [4, 5, 13, 15]


def test_instruments_are_used_as_the_merged_cells_say(question: Question) -> None:
    """In the order of the table; only the first action of each block prints its instrument."""
    rows = question(5)

    assert [int(row["actions"]) for row in rows] == [1, 6, 3, 2, 4, 8, 2, 3]
    assert [int(row["stated"]) for row in rows] == [1] * 8
    assert sum(int(row["curated"]) for row in rows) == 21


def test_three_actions_are_on_responsible_procurement(question: Question) -> None:
    """Those of scope CPR."""
    assert codes(question(6)) == [1, 2, 23]


def test_one_action_has_the_three_scopes_and_three_others_their_subject_in_the_title(question: Question) -> None:
    """A1 by scope; A8, A9 and A22 by title."""
    rows = question(7)

    assert codes(rows, foundIn="scope") == [1, 1, 1]
    assert sorted(codes(rows, foundIn="title")) == [8, 9, 22]


def test_teams_carry_as_many_actions_as_printed(question: Question) -> None:
    """The one with the most comes first."""
    assert [(row["code"], int(row["actions"])) for row in question(8)] == [
        ("C", 11),
        ("ST", 10),
        ("CT", 9),
        ("GT", 8),
        ("CE", 6),
        ("A", 5),
        ("M", 2),
    ]


def test_three_actions_need_three_teams_or_more(question: Question) -> None:
    """A6 needs four."""
    rows = question(9)

    assert codes(rows) == [6, 10, 26]
    assert [int(row["teams"]) for row in rows] == [4, 3, 3]


def test_thirteen_actions_depend_on_an_agreement(question: Question) -> None:
    """Nine on nothing else, four beside the ordinary budget."""
    rows = question(10)

    assert len(rows) == 13
    assert codes([row for row in rows if row["besides"]]) == [1, 5, 7, 11]


def test_the_calendar_is_missing_for_every_action(question: Question) -> None:
    """No quarter is made up: one gap, told once, with the twenty-nine actions that it is about."""
    (row,) = question(12)

    assert (row["quarter"], row["resource"], row["missing"]) == ("", "", "29")
    assert row["codes"].split(" | ") == [f"A{number:02}" for number in range(1, 30)]


def test_seven_teams_meet_as_printed(question: Question) -> None:
    """The executive committee quarterly, the technical one monthly, the others on demand."""
    rows = question(13)

    assert [row["frequency"] for row in rows] == ["Trimestral", "Mensual"] + ["A demanda"] * 5
    assert [row["members"] for row in rows] == ["9", "9"] + [""] * 5
    assert Counter(row["ownership"] for row in rows) == {"Municipis": 2, "Proveïdora": 3, "Sòcies": 2}


def test_four_events_have_a_date_and_three_of_them_a_place(question: Question) -> None:
    """The last is foreseen, and where is not said; of the others, neither when nor where."""
    rows = question(16)

    assert [(row["date"], row["place"]) for row in rows if row["date"]] == [
        ("2017-05-17", "Barcelona"),
        ("2019-04-10", "Sabadell"),
        ("2019-09-18", "Cabrils"),
        ("2019-11-29", ""),
    ]
    assert [row["date"] for row in rows if row["certainty"] == "Prevista"] == ["2019-11-29"]
    assert all(bool(row["date"]) != bool(row["noDate"]) for row in rows)
    assert all(bool(row["place"]) != bool(row["noPlace"]) for row in rows)


def test_the_plan_is_a_proposal_without_date_of_approval(question: Question) -> None:
    """The assembly of November 2019 is foreseen; what came of it the document cannot know."""
    known = {row["property"].rpartition("/")[2].rpartition("#")[2]: row["value"] for row in question(17)}

    assert known == {"planStatus": "Proposta", "dateAccepted": "", "generated": ""}


def test_the_definition_has_four_points(question: Question) -> None:
    """Beneath its opening words."""
    assert [row["position"] for row in question(18)] == ["0", "1", "2", "3", "4"]


def test_nine_criteria_one_purpose_and_four_reasons_guide_the_plan(question: Question) -> None:
    """Each in the document's words."""
    rows = question(19)

    assert Counter(row["kind"] for row in rows) == {"Criteri general": 9, "Finalitat": 1, "Motivació": 4}
    assert all(row["text"] for row in rows)


def test_lines_have_two_two_and_three_objectives(question: Question) -> None:
    """In order."""
    assert [row["code"] for row in question(20)] == ["O1.1", "O1.2", "O2.1", "O2.2", "O3.1", "O3.2", "O3.3"]


def test_three_indicators_have_two_scales_and_three_mechanisms(question: Question) -> None:
    """From lowest to highest; which mechanism measures which indicator is not said."""
    rows = question(21)

    assert Counter(row["kind"] for row in rows) == {"indicator": 3, "mechanism": 3}
    assert {row["scale"] for row in rows} == {"Pendent | En procés | Finalitzada", "Poc | Suficient | Molt", ""}
    assert [bool(row["reason"]) for row in rows] == [True] * 3 + [False] * 3


def test_eight_actions_name_an_outside_organisation(question: Question) -> None:
    """And the provider of three teams has no name."""
    rows = question(23)

    assert codes([row for row in rows if row["organisation"]]) == [2, *range(18, 25)]
    assert sorted(row["code"] for row in rows if row["reason"]) == ["A", "C", "ST"]


def test_every_datum_of_the_actions_is_either_printed_or_accounted_for(question: Question) -> None:
    """One row each: the words on their line, or the method and the confidence."""
    rows = question(24)
    data = [(row["code"], row["property"], row["value"]) for row in rows]
    per_origin = Counter((row["origin"], row["property"].rpartition("#")[2]) for row in rows)

    assert len(set(data)) == len(data)
    assert all(row["words"] and row["line"] for row in rows if row["origin"] == "stated")
    assert all(row["method"] and row["confidence"] and row["evidence"] for row in rows if row["origin"] == "curated")
    assert {name: n for (origin, name), n in per_origin.items() if origin == "stated"} == {
        "verbatim": 29,
        "instrument": 8,
        "thematicScope": 33,
        "directlyExecutedBy": 51,
        "budgetImpact": 33,
        "actionLine": 36,
        "strategicLine": 33,
    }
    assert (per_origin["curated", "instrument"], per_origin["curated", "strategicLine"]) == (21, 1)
    assert per_origin["curated", "proposedActionLine"] == 20


def test_seven_cited_numbers_correspond_to_the_next_in_the_list(question: Question) -> None:
    """And the plan continues one whose text is not at hand."""
    rows = question(25)
    numbers = [
        tuple(int(row[end].rpartition("/")[2]) for end in ("source", "target"))
        for row in rows
        if row["relation"] == "corresponds"
    ]
    (continued,) = [row for row in rows if row["relation"] == "continues"]

    assert numbers == [(n, n + 1) for n in (9, 10, 11, 13, 15, 16, 17)]
    assert continued["target"].endswith("/plan/2017-2019")
    assert continued["reason"]


def rows_of(body: bytes) -> list[dict[str, str]]:
    """The rows of the CSV *body*."""
    return list(csv.DictReader(io.StringIO(body.decode())))


@pytest.fixture
def named(answer_of: Callable[..., bytes]) -> Callable[..., list[dict[str, str]]]:
    """The rows that answer the question of a name, asked with its example values or with others beside them."""
    by_name = {query.name: query for query in TABLES}
    return lambda name, **values: rows_of(answer_of(by_name[name], **values))


def test_the_matrix_counts_each_line_and_team(named: Callable[..., list[dict[str, str]]]) -> None:
    """As counted from the two last columns of the action tables and that of teams; a cell without actions is 0."""
    rows = named("line-team-matrix")
    cells = {code: [int(row["actions"]) for row in rows if row["lineCode"] == code] for code in ("LE1", "LE2", "LE3")}

    assert [row["teamCode"] for row in rows[:7]] == ["CE", "CT", "ST", "GT", "M", "C", "A"]
    assert cells == {"LE1": [0, 3, 8, 4, 0, 6, 2], "LE2": [5, 4, 1, 3, 2, 1, 1], "LE3": [1, 3, 3, 1, 0, 8, 3]}


def test_the_timeline_has_seven_steps_in_order(named: Callable[..., list[dict[str, str]]]) -> None:
    """The founding assembly belongs to the plan before."""
    rows = named("timeline")

    assert [row["date"] for row in rows] == ["2017-05-17", "2019-04-10", "2019-09-18", "", "", "", "2019-11-29"]
    assert [row["concerns"].rpartition("/")[2] for row in rows] == ["2017-2019"] + ["2020"] * 6
    assert len(named("timeline", plan="xmess/plan/2020")) == 6


def test_what_is_known_of_action_8_says_where_it_is_from(named: Callable[..., list[dict[str, str]]]) -> None:
    """Six printed values, the line that a curator adds, and the two that are missing."""
    rows = named("action")
    by_origin = Counter(row["origin"] for row in rows)

    assert by_origin == {"stated": 6, "curated": 1, "missing": 2}
    assert {row["property"].rpartition("#")[2] for row in rows if row["origin"] == "missing"} == {
        "strategicLine",
        "plannedQuarter",
    }
    assert all(row["evidence"] and row["confidence"] for row in rows if row["origin"] != "stated")


def test_the_work_of_the_secretariat_is_ten_actions(named: Callable[..., list[dict[str, str]]]) -> None:
    """With whom it shares each; another team has its own."""
    rows = {row["code"]: row["others"] for row in named("team-work")}

    assert len(rows) == 10
    assert (rows["A01"], rows["A06"], rows["A13"]) == ("CT", "C | CT | GT", "")
    assert [row["code"] for row in named("team-work", team="xmess/team/m")] == ["A20", "A24"]


def test_the_tree_has_three_lines_seven_objectives_and_thirty_four_links(
    named: Callable[..., list[dict[str, str]]],
) -> None:
    """Five actions stand twice; the line of action 8 is a curator's."""
    rows = named("plan-tree")

    assert Counter(row["kind"] for row in rows) == {"line": 3, "objective": 7, "action": 34}
    assert {row["parent"] for row in rows} <= {row["node"] for row in rows} | {rows[0]["parent"]}


def test_no_status_is_made_up(named: Callable[..., list[dict[str, str]]]) -> None:
    """Twenty-nine actions, no status, and why: one row, since there is one thing to say of all of them."""
    (row,) = named("execution-status")

    assert (row["status"], row["action"], row["actions"]) == ("", "", "29")
    assert row["codes"].count(" | ") == 28
    assert row["reason"]
    assert row["evidence"]


def test_coverage_sums_to_thirty_six_in_both_readings(named: Callable[..., list[dict[str, str]]]) -> None:
    """As many links, on other lines."""
    rows = named("coverage")

    assert [int(row["printed"]) for row in rows] == [4, 1, 1, 0, 0, 1, 4, 4, 3, 2, 4, 0, 2, 0, 5, 4, 1, 0]
    assert [int(row["proposed"]) for row in rows] == [4, 1, 1, 0, 0, 1, 4, 4, 1, 2, 2, 4, 0, 2, 0, 5, 4, 1]


def test_agreements_weigh_more_on_some_teams(named: Callable[..., list[dict[str, str]]]) -> None:
    """Alone, beside the budget, and as a percentage of the team's actions."""
    rows = {row["code"]: tuple(row[name] for name in ("alone", "shared", "percentage")) for row in named("agreements")}

    assert rows["M"] == ("2", "0", "100")
    assert rows["CT"] == ("5", "1", "66.7")
    assert rows["GT"] == ("1", "0", "12.5")


def test_fields_of_interest_have_the_actions_that_the_table_prints(
    named: Callable[..., list[dict[str, str]]],
) -> None:
    """Thirty-three in all; each stands in one cell of the matrix with the instruments."""
    rows = named("actions-by-scope")

    assert [int(row["actions"]) for row in rows] == [14, 7, 5, 3, 1, 1, 1, 1]
    assert sum(int(row["actions"]) for row in named("instrument-scope-matrix")) == 33


def test_the_flat_table_holds_the_whole_plan(named: Callable[..., list[dict[str, str]]]) -> None:
    """A row an action, in the order of the document, each on its line."""
    rows = named("actions")

    assert [int(row["position"]) for row in rows] == list(range(1, 30))
    assert [int(row["line"]) for row in rows] == [*range(100, 112), *range(115, 132)]
    assert rows[16]["proposedLines"] == "LA10"
    assert rows[0]["scopes"].count(" | ") == 4


def test_words_are_found_whatever_their_case(named: Callable[..., list[dict[str, str]]]) -> None:
    """In the names of actions."""
    assert [row["code"] for row in named("find-actions", words="GUIA")] == ["A06", "A26"]
    assert named("find-actions", words="zzz") == []


def test_events_are_found_from_a_day_on(named: Callable[..., list[dict[str, str]]]) -> None:
    """The day itself counts."""
    assert len(named("events-since", since="2019-09-18")) == 2


def test_actions_can_be_narrowed(named: Callable[..., list[dict[str, str]]]) -> None:
    """By team and by instrument, alone or together; what is shown of each stays whole."""
    by_team = named("actions", team="xmess/team/st")
    both = named("actions", team="xmess/team/st", instrument="scheme/instrument/materials")

    assert len(by_team) == 10
    assert [row["code"] for row in both] == ["A02", "A04", "A06", "A07"]
    assert both[2]["teams"] == "C | CT | GT | ST"
    assert both[2]["teamNames"] == "Comunicació | Comissió tècnica | Grup de treball | Secretaria tècnica"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("line", "xmess/plan/2020/strategic-line/2", 10),
        ("actionLine", "xmess/plan/2020/action-line/1", 4),
        ("scope", "scheme/thematic-scope/cpr", 3),
        ("budget", "scheme/budget-impact/conveni", 13),
    ],
)
def test_actions_are_narrowed_as_on_the_page_of_the_plan(
    named: Callable[..., list[dict[str, str]]], name: str, value: str, expected: int
) -> None:
    """By each of its filters."""
    assert len(named("actions", **{name: value})) == expected
