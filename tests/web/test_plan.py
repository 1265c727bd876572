"""A plan's page: its figures, its filters with their counts, both readings of its lines, and its matrix."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from workplan.knowledge import plan as plan_knowledge
from workplan.knowledge.facets import FACETS, choices, counts, left
from workplan.knowledge.plan import PlanOverview
from workplan.knowledge.readings import PRINTED, PROPOSED, tie
from workplan.language import LANGUAGES
from workplan.web.service import Service

PLAN = "/ca/xmess/plan/2020"


class Options(HTMLParser):
    """The choices of each list of a page: by the list's name, each one's value and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lists: dict[str, dict[str, str]] = {}
        self._list: dict[str, str] | None = None
        self._value = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a list or a choice."""
        given = dict(attrs)
        if tag == "select":
            self._list = self.lists[str(given["name"])] = {}
        elif tag == "option" and self._list is not None:
            self._value = str(given["value"])
            self._list[self._value] = ""

    def handle_data(self, data: str) -> None:
        """Add to the choice at hand."""
        if self._list is not None and self._value in self._list:
            self._list[self._value] += data

    def handle_endtag(self, tag: str) -> None:
        """End a list."""
        self._list = None if tag == "select" else self._list


def count_of(text: str) -> int:
    """The figure in brackets at the end of a choice."""
    found = re.search(r"\((\d+)\)\s*$", text)
    assert found, text
    return int(found[1])


def rows_of(page: str) -> list[str]:
    """The numbers of the actions that a page's table shows."""
    return re.findall(r'<th scope="row"><a href="[^"]*/action/(\d\d)"', page)


@pytest.fixture(scope="module")
def plan(service: Service) -> PlanOverview:
    """The 2020 plan."""
    return plan_knowledge.overview(service.engine, plan_knowledge.plans(service.engine)[0])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("team=ST", 10),
        ("team=st", 10),
        ("line=LE1", 14),
        ("scope=cpr", 3),
        ("scope=cpr&team=ST", 2),
        ("budget=conveni", 13),
        ("instrument=tercers", 8),
        ("action-line=LA07&line=LE1&budget=ordinari", 4),
        ("utm_source=elsewhere", 29),
    ],
)
def test_a_filter_leaves_the_actions_that_have_it(client: FlaskClient, query: str, expected: int) -> None:
    """All of what is chosen, whatever else the address holds."""
    assert len(rows_of(client.get(f"{PLAN}?{query}").text)) == expected


@pytest.mark.parametrize("query", ["", "?team=ST", "?line=LE2&budget=conveni"])
def test_a_count_is_what_its_choice_would_leave(client: FlaskClient, query: str) -> None:
    """Every choice of every list, beside what is chosen already."""
    page = client.get(PLAN + query).text
    chosen = dict(pair.split("=") for pair in query.lstrip("?").split("&") if pair)
    lists = Options(page).lists

    assert list(lists) == [facet.name for facet in FACETS]
    for name, offered in lists.items():
        for value, text in offered.items():
            asked = {**{k: v for k, v in chosen.items() if k != name}, **({name: value} if value else {})}
            answer = client.get(PLAN, query_string=asked)
            assert len(rows_of(answer.text)) == count_of(text), (name, value)


def test_filters_are_taken_off_one_by_one_or_all(client: FlaskClient) -> None:
    """By links, each to the address without it."""
    page = client.get(f"{PLAN}?team=ST&scope=cpr").text

    assert f'href="{PLAN}?scope=cpr#accions"><span class="unseen">Treu el filtre</span> Equip' in page
    assert f'href="{PLAN}?team=ST#accions"><span class="unseen">Treu el filtre</span> Àmbit' in page
    assert f'href="{PLAN}#accions">Treu tots els filtres</a>' in page
    assert '<meta name="robots" content="noindex">' in page


def test_an_acronym_comes_with_what_it_stands_for(client: FlaskClient) -> None:
    """On the home page and in the list to choose from, for who has never met it."""
    assert '<span class="also">Compra pública responsable</span>' in client.get("/ca/").text
    assert "CPR · Compra pública responsable (3)" in client.get(PLAN).text


def test_what_a_form_leaves_empty_is_not_in_the_address(client: FlaskClient) -> None:
    """So that people share what says something."""
    answer = client.get(f"{PLAN}?line=&action-line=&team=ST&instrument=&scope=cpr&budget=")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{PLAN}?team=ST&scope=cpr")


def test_where_nothing_is_left_it_says_so_and_what_to_take_off(client: FlaskClient) -> None:
    """With how many actions there would be without each filter."""
    answer = client.get(f"{PLAN}?team=M&budget=conveni&scope=cpr")

    assert answer.status_code == 200
    assert "Cap acció del pla no té tot això alhora." in answer.text
    assert answer.text.count("Sense «") == 3
    assert rows_of(answer.text) == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("team=XX", "The parameter “team” cannot be “XX”; it can be: CE, CT, ST, GT, M, C, A."),
        ("line=%3Cscript%3E", "it can be: LE1, LE2, LE3"),
        ("team=ST&team=C", "“team”"),
        ("scope=../../etc", "cpr"),
    ],
)
def test_a_wrong_value_is_one_sentence(client: FlaskClient, query: str, sentence: str) -> None:
    """In the page's language, with what there is to choose from."""
    answer = client.get(f"/en/xmess/plan/2020?{query}", headers={"Accept": "text/html"})

    assert answer.status_code == 400
    assert sentence in answer.text
    assert 'href="/en/xmess/plan/2020">The same page without parameters' in answer.text


def test_a_line_of_action_that_has_proposals_says_so(client: FlaskClient) -> None:
    """LA12 has none as printed, and four as proposed."""
    page = client.get(f"{PLAN}?action-line=LA12").text
    said = page.partition('<p class="doubt">')[2].partition("</p>")[0]

    assert rows_of(page) == []
    assert re.findall(r">(A\d\d)</a>", said) == ["A18", "A19", "A20", "A22"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_matrix_has_both_readings_in_words(client: FlaskClient, plan: PlanOverview, lang: str) -> None:
    """Each tie is a shape for eyes and words for ears, and the totals are those of the data."""
    page = client.get(f"/{lang}/matrix/xmess/plan/2020").text
    lines = [*plan.of_class("StrategicLine"), *plan.of_class("ActionLine")]
    ties = [tie(plan, action, line) for action in plan.of_class("PlannedAction") for line in lines]
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]

    assert {kind: body.count(f'class="mark tie-{kind}"') for kind in ("printed", "doubted", "proposed", "added")} == {
        "printed": 49,
        "doubted": 20,
        "proposed": 20,
        "added": 1,
    }
    assert body.count('class="say"') == sum(each is not None for each in ties)
    assert len(re.findall(r'<th scope="row">', body)) == 29


def test_lines_without_action_are_those_of_either_reading(plan: PlanOverview) -> None:
    """4, 5, 12, 14 and 18 as printed; 4, 5, 13 and 15 as proposed."""
    actions = plan.of_class("PlannedAction")
    empty = {
        name: [
            plan.names[line].code
            for line in plan.of_class("ActionLine")
            if not any(tie(plan, action, line) in reading for action in actions)
        ]
        for name, reading in (("printed", PRINTED), ("proposed", PROPOSED))
    }

    assert empty == {"printed": ["LA04", "LA05", "LA12", "LA14", "LA18"], "proposed": ["LA04", "LA05", "LA13", "LA15"]}


def test_counts_and_choices_agree_with_each_other(plan: PlanOverview) -> None:
    """Of each facet, what its choices would leave is what they leave."""
    for facet in FACETS:
        counted = counts(plan, facet, {})

        assert list(counted) == list(choices(plan, facet))
        assert all(len(left(plan, {facet.name: choice})) == count for choice, count in counted.items())


@pytest.mark.parametrize("path", ["matrix/xmess/plan/1999", "matrix/xmess", "matrix/xmess/plan/2017-2019"])
def test_what_is_no_plan_with_actions_has_no_matrix(client: FlaskClient, path: str) -> None:
    """A page, and not a table of nothing."""
    assert client.get(f"/ca/{path}", headers={"Accept": "text/html"}).status_code == 404


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_address_leads_to_the_latest_plan(client: FlaskClient, lang: str) -> None:
    """For who does not know its year."""
    answer = client.get(f"/{lang}/plan")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/{lang}/xmess/plan/2020")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_that_address_keeps_its_filters(client: FlaskClient, lang: str) -> None:
    """And nothing that no plan's page reads."""
    answer = client.get(f"/{lang}/plan?scope=cpr&team=ST&utm_source=elsewhere")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/{lang}/xmess/plan/2020?team=ST&scope=cpr")


def test_a_criterion_comes_with_its_points(client: FlaskClient) -> None:
    """And does not end with a colon; a plan without quarters has no calendar."""
    text = unescape(client.get(PLAN).text)
    criteria = text.partition('id="criteris"')[2].partition("</section>")[0]
    first = criteria.partition("individuals que:")[2]

    assert re.findall(r"<ul>.*?</ul>", first, re.DOTALL)[0].count("<li>") == 4
    assert "Són independents respecte als poders públics." in first
    assert 'id="calendari"' not in text
