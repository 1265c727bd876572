"""Questions as a person meets them in Chromium, with and without scripts; and the programs that their pages show."""

import html
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from workplan.language import LANGUAGES

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = (
    "query/",
    "query/?q=zeppelin",
    "query/team-load",
    "query/line-team-matrix",
    "query/team-actions",
    "query/team-actions?team=",
    "query/events-since?since=tomorrow",
    "query/team-load?page=9",
    "query/cq-024-support-of-each-datum?page=2&sort=-line",
    "query/actions",
    "query/action-graph",
    "api",
)
IN_THE_DARK = ("query/?q=zeppelin", "query/team-actions?team=", "query/cq-002-actions-by-strategic-line", "api")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test where a script of ours fails or the policy forbids something."""
    with browser.new_context(
        viewport=WIDE, locale="ca-ES", permissions=["clipboard-read", "clipboard-write"]
    ) as context:
        found = context.new_page()
        troubles: list[str] = []
        found.on("pageerror", lambda error: troubles.append(str(error)))
        found.on("console", lambda said: troubles.append(said.text) if "Content Security Policy" in said.text else None)
        yield found
        assert troubles == []


def until(page: Page, expression: str) -> None:
    """Wait for *expression* to hold: Playwright's own way is an ``eval``, which the policy of these pages forbids."""
    deadline = monotonic() + 10
    while not page.evaluate(expression):
        assert monotonic() < deadline, expression
        page.wait_for_timeout(20)


def violations(
    page: Page, server: str, lang: str, rules: dict[str, list[str]], paths: tuple[str, ...] = PAGES
) -> dict[str, str]:
    """What axe finds on each page, with everything that it folds away opened: where and what."""
    found = {}
    for path in paths:
        page.goto(f"{server}/{lang}/{path}")
        page.evaluate("document.querySelectorAll('details:not(:has(iframe))').forEach((each) => (each.open = true))")
        for violation in Axe().run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]:
            found[f"{path} {violation['id']}"] = ", ".join(node["html"][:120] for node in violation["nodes"][:3])
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing(page: Page, server: str, lang: str) -> None:
    """Tables, forms, charts, errors and documentation, in every language."""
    assert violations(page, server, lang, RULES) == {}


def test_colours_have_contrast_in_the_dark_too(browser: Browser, server: str) -> None:
    """Colours are the same in every language."""
    with browser.new_context(viewport=WIDE, color_scheme="dark") as context:
        assert violations(context.new_page(), server, "ca", {"runOnly": ["color-contrast"]}, IN_THE_DARK) == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_wider_than_a_narrow_window(browser: Browser, server: str, lang: str) -> None:
    """At 320 pixels tables and code scroll within themselves."""
    wide = []
    with browser.new_context(viewport=NARROW) as context:
        page = context.new_page()
        for path in PAGES:
            page.goto(f"{server}/{lang}/{path}")
            page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wide.append(path)

    assert wide == []


def test_a_question_is_found_asked_and_answered_without_a_mouse(page: Page, server: str) -> None:
    """From the header to another team's actions, by the keyboard alone; and each stop can be seen."""

    def stop_at(condition: str) -> None:
        for _ in range(150):
            page.keyboard.press("Tab")
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            if page.evaluate(f"document.activeElement.matches({json.dumps(condition)})"):
                return
        pytest.fail(f"no stop at {condition}")

    page.goto(f"{server}/ca/")
    stop_at("nav a[href='/ca/query/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ca/query/")
    stop_at("a[href='/ca/query/team-actions']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/query/team-actions")
    stop_at("#field-team")
    page.keyboard.type("CT")
    stop_at(".ask button")
    page.keyboard.press("Enter")
    page.wait_for_url("**team=**")
    stop_at(".result")
    stop_at(".result button.sort")
    stop_at(".files a")
    stop_at("#embed-view")
    stop_at("button.copy")
    stop_at("summary")

    assert page.locator(".result tbody tr").count() == 9


def column(page: Page, number: int) -> list[str]:
    """The texts of a column of the answer."""
    return page.locator(f".result tbody tr > *:nth-child({number})").all_inner_texts()


def test_columns_sort_in_place(page: Page, server: str) -> None:
    """Numbers by value, from the highest, and back; texts as the language sorts them; nothing is asked anew."""
    page.goto(f"{server}/ca/query/team-load")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    actions, team = (page.locator("button.sort", has_text=name) for name in ("Accions", "Equip"))
    actions.click()
    down = [int(text) for text in column(page, 3)]
    actions.click()
    up = [int(text) for text in column(page, 3)]
    way = page.locator("th", has=actions).get_attribute("aria-sort")
    team.click()
    names = column(page, 2)

    assert down == sorted(down, reverse=True) == up[::-1]
    assert way == "ascending"
    assert names == sorted(names)
    assert page.locator("[aria-sort]").count() == 1
    assert [address for address in asked if "/static/" not in address] == []


def test_without_scripts_everything_is_there(browser: Browser, server: str) -> None:
    """The table sorts by its links, the form asks, and no button stands that does nothing."""
    with browser.new_context(java_script_enabled=False, viewport=WIDE) as context:
        page = context.new_page()
        page.goto(f"{server}/ca/query/team-load")
        page.locator("a.sort", has_text="Accions").click()
        sorted_down = [int(text) for text in column(page, 3)]
        page.goto(f"{server}/ca/query/team-actions")
        page.get_by_label("Equip", exact=True).select_option(label="CT · Comissió tècnica")
        page.get_by_role("button", name="Mostra la resposta").click()

        assert sorted_down == sorted(sorted_down, reverse=True)
        assert page.locator(".result tbody tr").count() == 9
        assert page.locator("button.copy").count() == 0
        assert "[dia en què ho consulteu]" in page.locator("#apa").inner_text()


def test_the_head_of_a_long_table_stays_and_the_page_does_not_scroll_sideways(browser: Browser, server: str) -> None:
    """On a telephone the table scrolls within itself, by keys too."""
    with browser.new_context(viewport=NARROW) as context:
        page = context.new_page()
        page.goto(f"{server}/ca/query/actions")
        region = page.locator(".result")
        region.focus()
        page.keyboard.press("End")
        until(page, "document.querySelector('.result').scrollTop > 200")
        page.keyboard.press("ArrowRight")
        until(page, "document.querySelector('.result').scrollLeft > 0")
        apart = region.evaluate(
            "(each) => each.querySelector('th').getBoundingClientRect().top - each.getBoundingClientRect().top"
        )

        assert abs(apart) < 3
        assert page.evaluate("window.scrollX") == 0


def test_a_reference_is_copied_with_today_s_date(page: Page, server: str) -> None:
    """What the reader's browser knows and a kept page does not."""
    page.goto(f"{server}/ca/query/team-load")
    bibtex = page.locator("#bibtex")
    button = page.locator("pre:has(#bibtex) + .copying button")
    button.click()
    page.locator("pre:has(#bibtex) + .copying").get_by_text("Copiat").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")

    assert copied == bibtex.text_content()
    found = re.search(r"urldate = \{(\d{4}-\d\d-\d\d)\}", copied)
    assert found
    assert abs((datetime.fromisoformat(found[1]).date() - datetime.now(UTC).date()).days) <= 1


def test_the_preview_shows_the_embed(page: Page, server: str) -> None:
    """In a frame of our own, which the policy allows."""
    page.goto(f"{server}/ca/query/team-load?view=table")
    page.get_by_text("Mostra com queda").click()
    frame = page.frame_locator("iframe.preview")

    assert frame.locator("table tbody tr").count() > 0 or frame.locator("table").first.wait_for() is None
    assert "Secretaria tècnica" in frame.locator("table").inner_text()


def test_a_chart_is_drawn_for_the_window_s_width(browser: Browser, server: str) -> None:
    """So that its letters can be read on a telephone; its name and its summary are text."""
    drawn = {}
    for size in (WIDE, NARROW):
        with browser.new_context(viewport=size) as context:  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(f"{server}/ca/query/team-load")
            picture = page.locator(".chart img")
            until(page, "document.querySelector('.chart img').complete")
            drawn[size["width"]] = picture.evaluate("(img) => img.naturalWidth")
            assert "11" in str(picture.get_attribute("alt")), "what its title says"
            assert "2" in page.locator(".chart figcaption").inner_text()

    assert drawn[1280] > 500 > drawn[320] > 200


def test_on_paper_there_is_the_answer_and_how_to_cite_it(page: Page, server: str) -> None:
    """All rows, no buttons."""
    page.goto(f"{server}/ca/query/actions")
    page.emulate_media(media="print")
    region = page.locator(".result")

    assert region.evaluate("(each) => each.scrollHeight - each.clientHeight") <= 1
    assert page.locator("#apa").is_visible()
    assert not page.locator("#downloads").is_visible()
    assert not page.locator("button.copy").first.is_visible()
    assert not page.locator(".top nav").first.is_visible()


# --- the programs that a page shows, as a reader copies them

RUNNERS = {
    "curl": ["bash", "-c"],
    "pandas": [sys.executable, "-c"],
    "sparqlwrapper": [sys.executable, "-c"],
    "rdflib": [sys.executable, "-c"],
    "javascript": ["node", "--input-type=module", "--eval"],
    "r": ["Rscript", "-e"],
}


@pytest.mark.parametrize(
    ("question", "program", "expected"),
    [
        *(("team-actions?team=xmess/team/m", program, "A20") for program in RUNNERS if program != "rdflib"),
        *(("find-actions?words=l'ESS", program, "ESS") for program in RUNNERS if program != "rdflib"),
        *(("action-graph", program, "PlannedAction") for program in ("curl", "rdflib", "javascript", "r")),
    ],
)
def test_a_program_runs_as_shown(server: str, tmp_path: Path, question: str, program: str, expected: str) -> None:
    """Copied from the page and run against the server, it prints the answer."""
    runner = RUNNERS[program]
    with urllib.request.urlopen(f"{server}/ca/query/{quote(question, safe='/?=')}") as answer:  # noqa: S310 - ours
        found = re.search(rf'<code id="snippet-{program}"[^>]*>(.*?)</code>', answer.read().decode(), re.DOTALL)
    assert found
    code = html.unescape(found[1])
    done = subprocess.run([*runner, code], capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False)

    assert done.returncode == 0, done.stderr
    assert expected in done.stdout
