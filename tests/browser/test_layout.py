"""Where things stand on a page: nothing is cut off or runs together, and what is wider than the window shows it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from workplan.language import LANGUAGES

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

TALLEST_HEADER = 0.17
"""Of the first screen of a telephone."""

WITHIN_BOXES = """() => [...document.querySelectorAll('.diagram .box')].flatMap(box => {
  const edge = box.querySelector('rect').getBBox();
  return [...box.querySelectorAll('text')].filter(text => {
    const own = text.getBBox();
    return own.x < edge.x + 2 || own.x + own.width > edge.x + edge.width - 2;
  }).map(text => text.textContent);
})"""

RUN_TOGETHER = """() => {
  const words = [...document.querySelectorAll('.diagram .words')].map(text => [text.textContent, text.getBBox()]);
  return words.flatMap(([one, a], place) => words.slice(place + 1).filter(([, b]) =>
    a.x < b.x + b.width + 4 && b.x < a.x + a.width + 4 && a.y < b.y + b.height && b.y < a.y + a.height
  ).map(([other]) => [one, other]));
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a browser of its own."""
    context = browser.new_context(viewport=WIDE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_header_leaves_a_telephone_to_the_page(page: Page, server: str, lang: str) -> None:
    """With its menu, its languages and its search."""
    page.set_viewport_size(NARROW)
    page.goto(f"{server}/{lang}/quality")
    height = page.evaluate("document.querySelector('header').getBoundingClientRect().height")

    assert height < TALLEST_HEADER * NARROW["height"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_of_a_plan_is_whole_on_a_desk(page: Page, server: str, lang: str) -> None:
    """Its last column too."""
    page.goto(f"{server}/{lang}/xmess/plan/2020")
    widths = page.evaluate("[...document.querySelectorAll('.scroll')].map(e => [e.scrollWidth, e.clientWidth])")

    assert [pair for pair in widths if pair[0] > pair[1]] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_matrix_shows_all_its_rows_and_names(page: Page, server: str, lang: str) -> None:
    """No box that scrolls within the page, and the names of the lines over their columns."""
    page.goto(f"{server}/{lang}/matrix/xmess/plan/2020")
    inner, outer = page.evaluate("(e => [e.scrollHeight, e.clientHeight])(document.querySelector('.scroll.matrix'))")
    heads = page.locator(".matrix thead tr:last-child th + th a").all_inner_texts()

    assert inner == outer
    assert len(heads) == 21
    assert all(len(head.split()) > 1 for head in heads)


def test_what_is_wider_than_a_telephone_shows_that_there_is_more(page: Page, server: str) -> None:
    """A shadow that stays at the edge while the table is scrolled below it."""
    page.set_viewport_size(NARROW)
    page.goto(f"{server}/ca/query/team-work?team=xmess/team/st")
    box = page.locator(".result")
    style = box.evaluate("e => [getComputedStyle(e).backgroundImage, getComputedStyle(e).backgroundAttachment]")

    assert box.evaluate("e => e.scrollWidth > e.clientWidth")
    assert style[0].count("linear-gradient") == 4
    assert style[1].split(", ")[:4] == ["local", "local", "scroll", "scroll"]


def test_the_heads_of_a_wide_table_show_that_there_is_more(page: Page, server: str) -> None:
    """Until the end is in sight, and not where all of it is."""
    shadow = "Number(getComputedStyle(document.querySelector('.result thead tr'), '::after').opacity)"
    page.goto(f"{server}/ca/query/team-load")
    whole = page.evaluate(shadow)
    page.goto(f"{server}/ca/query/actions")
    page.wait_for_function(f"{shadow} === 1")
    page.locator(".result").evaluate("e => e.scrollTo(e.scrollWidth, 0)")
    page.wait_for_function(f"{shadow} === 0")

    assert whole == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_drawing_of_the_ontology_can_be_read(page: Page, server: str, lang: str) -> None:
    """Every text within its box, and no two labels in one place."""
    page.goto(f"{server}/{lang}/ns")

    assert page.evaluate(WITHIN_BOXES) == []
    assert page.evaluate(RUN_TOGETHER) == []


@pytest.mark.parametrize("width", [320, 390, 700, 1024, 1280])
def test_a_short_end_is_not_parted_from_its_word(page: Page, server: str, width: int) -> None:
    """As «relacionar-se» is one word."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{server}/ca/")
    unbroken = page.locator("span.unbroken")
    lines = unbroken.evaluate_all("all => all.map(e => [e.textContent, e.getClientRects().length])")

    assert ["relacionar-se", 1] in lines
    assert {count for _, count in lines} == {1}
