"""Pages as a person meets them: in Chromium, wide and narrow, light and dark, with and without a mouse."""

import re
from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, ViewportSize, expect

from kinds import ERRORS, PAGES
from workplan.language import LANGUAGES

WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 640}
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
LOOKS: tuple[tuple[Literal["light", "dark"], ViewportSize], ...] = (
    ("light", WIDE),
    ("dark", NARROW),
    ("light", NARROW),
    ("dark", WIDE),
)
"""Each page is tried in another one of these in each language; any three in a row have all four halves."""

ADDRESSES = (*PAGES, *ERRORS)
FOCUS = """() => {
  const held = document.activeElement;
  const shown = getComputedStyle(held);
  const place = held.getBoundingClientRect();
  return {
    name: held.tagName,
    visible: shown.outlineStyle !== "none" && parseFloat(shown.outlineWidth) >= 2,
    inside: place.bottom > 0 && place.right > 0 && place.top < innerHeight && place.left < innerWidth,
  };
}"""
STOPS = """[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((each) => !each.disabled && each.type !== "hidden" && each.checkVisibility()).length"""


def violations(page: Page) -> list[str]:
    """What axe finds on *page*: what, and where first."""
    run = """(rules) => axe.run(document, { runOnly: rules, resultTypes: ["violations"] })
      .then((found) => found.violations.map((each) => `${each.id}: ${each.nodes[0].html.slice(0, 160)}`))"""
    page.evaluate(Axe().axe_script)
    found: list[str] = page.evaluate(run, RULES)
    return found


def words(page: Page) -> set[str]:
    """The words that *page* shows or has read out."""
    text: str = page.locator("main").inner_text()
    return {word.casefold() for word in re.findall(r"\w+", text)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_and_nothing_is_lost_when_narrow(browser: Browser, server: str, lang: str) -> None:
    """WCAG 2.2 AA, as far as a program can tell, on every kind of page in every language, as LOOKS says.

    At 320 pixels, which is 1280 at 400 % zoom, only tables scroll, within themselves, and every word is still there.
    """
    found: dict[str, list[str]] = {}
    with browser.new_context() as context:
        page = context.new_page()
        for place, path in enumerate(ADDRESSES, LANGUAGES.index(lang)):
            scheme, size = LOOKS[place % len(LOOKS)]
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(WIDE)
            page.goto(f"{server}/{lang}/{path}")
            shown = words(page)
            page.set_viewport_size(size)
            said = [f"{scheme}, {size['width']}: {each}" for each in violations(page)]
            page.set_viewport_size(NARROW)
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                said.append("wider than a narrow window")
            if lost := shown - words(page):
                said.append(f"lost when narrow: {sorted(lost)[:9]}")
            found |= {path: said} if said else {}

    assert found == {}


@pytest.mark.parametrize(
    "path", ["", "xmess/plan/2020?team=A", "matrix/xmess/plan/2020", "design", "contact", "no-such"]
)
def test_the_keyboard_reaches_everything_and_shows_where_it_is(browser: Browser, server: str, path: str) -> None:
    """From the address bar to the last link of the footer, each stop in view with a mark about it, and out again."""
    with browser.new_context(viewport=WIDE, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(f"{server}/ca/{path}")
        expected = page.evaluate(STOPS)
        stops = []
        for _ in range(expected + 1):
            page.keyboard.press("Tab")
            stops.append(page.evaluate(FOCUS))

    assert [
        stop for stop in stops[:expected] if stop["name"] == "BODY" or not stop["visible"] or not stop["inside"]
    ] == []
    assert stops[-1]["name"] == "BODY"


def test_who_wants_no_motion_gets_none(browser: Browser, server: str) -> None:
    """Neither scrolling that glides nor anything that moves by itself."""
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        for path in ("", "xmess/plan/2020", "sparql", "query/team-load"):
            page.goto(f"{server}/ca/{path}")

            assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
            assert page.evaluate("document.getAnimations().length") == 0


def test_a_page_asks_nothing_of_anyone_else(browser: Browser, server: str) -> None:
    """No script, font or picture comes from another host, and nothing fails to load."""
    asked: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: pytest.fail(request.url))
        page.goto(f"{server}/ca/xmess/plan/2020")

    assert all(url.startswith(server) for url in asked)


def test_the_plan_reads_without_javascript(browser: Browser, server: str) -> None:
    """All 29 actions are in the page itself."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{server}/ca/xmess/plan/2020")

        assert page.locator("table.actions tbody tr").count() == 29


def test_the_keyboard_reaches_the_content_first(browser: Browser, server: str) -> None:
    """The first stop skips the header."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{server}/ca/")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        assert page.evaluate("document.activeElement.id") == "content"


def test_from_the_front_door_to_the_sentence(browser: Browser, server: str) -> None:
    """Home, plan, action 8: its words and who says so; then the same page in Spanish."""
    with browser.new_context(locale="ca-ES") as context:
        page = context.new_page()
        page.goto(server)
        page.get_by_role("link", name="El pla sencer").click()
        page.get_by_role("link", name="incorporar la interseccionalitat").click()
        quoted = page.locator("blockquote").inner_text()
        page.get_by_role("link", name="castellano").click()

        assert quoted.startswith("8. Generar un grup de treball")
        assert page.url.endswith("/es/xmess/plan/2020/action/08")


def test_filters_work_by_keyboard_and_without_javascript(browser: Browser, server: str) -> None:
    """A team and a kind of funding, one after the other; the address holds them, and going back undoes the last."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{server}/ca/xmess/plan/2020")
        page.get_by_label("Equip", exact=True).focus()
        page.keyboard.type("ST")
        page.get_by_role("button", name="Filtra").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/2020?team=ST#accions")
        page.get_by_label("Impacte pressupostari").select_option("conveni")
        page.get_by_role("button", name="Filtra").click()
        page.wait_for_url("**/2020?team=ST&budget=conveni#accions")
        expect(page.get_by_text("de 29 accions")).to_be_in_viewport()
        both = page.locator("table.actions tbody tr").count()
        page.get_by_role("link", name="Treu el filtre Impacte pressupostari").click()
        one = page.locator("table.actions tbody tr").count()
        page.get_by_role("link", name="Treu el filtre Equip").click()

        assert (both, one, page.locator("table.actions tbody tr").count()) == (3, 10, 29)
        assert page.url.endswith("/ca/xmess/plan/2020#accions")


def test_a_stranger_finds_what_the_technical_secretariat_carries(browser: Browser, server: str) -> None:
    """From the home page in one step: its ten actions."""
    with browser.new_context(locale="ca-ES") as context:
        page = context.new_page()
        page.goto(server)
        page.get_by_role("link", name="Secretaria tècnica").click()

        links = page.get_by_role("main").locator('a[href*="/plan/2020/action/"]')
        assert len({link.get_attribute("href") for link in links.all()}) == 10


def test_a_stranger_finds_what_is_done_about_responsible_procurement_and_where_it_says_so(
    browser: Browser, server: str
) -> None:
    """From the home page: search, an action that is found, its line of the document."""
    with browser.new_context(locale="ca-ES") as context:
        page = context.new_page()
        page.goto(server)
        page.get_by_label("Què en voleu saber?").fill("compra pública responsable")
        page.keyboard.press("Enter")
        page.locator(".hits").get_by_role("link", name=re.compile("Col·legi de Secretaris")).first.click()
        page.locator("figcaption").get_by_role("link").first.click()

        assert re.search(r"/ca/document/pla2020#L\d+", page.url)
        row = page.locator("tr:target")
        expect(row).to_be_in_viewport()
        expect(row).to_contain_text("Secretaris")


def test_a_stranger_gets_the_actions_as_a_spreadsheet(browser: Browser, server: str) -> None:
    """From the home page in one step: a file with a row for each of the 29."""
    with browser.new_context(locale="ca-ES") as context:
        page = context.new_page()
        page.goto(server)
        with page.expect_download() as expected:
            page.get_by_role("link", name="Excel (XLSX)").click()
        sheet = load_workbook(BytesIO(Path(expected.value.path()).read_bytes())).worksheets[0]

        codes = {
            str(cell.value) for row in sheet.iter_rows() for cell in row if re.fullmatch(r"A\d\d", str(cell.value))
        }
        assert len(codes) == 29


def test_who_judges_a_page_can_read_robots_txt_from_within_it(browser: Browser, server: str) -> None:
    """As Lighthouse does: a policy that forbids it looks like a site without one."""
    with browser.new_context() as context:
        page = context.new_page()
        for path in ("/ca/", "/ca/sparql", "/en/query/team-load"):
            page.goto(server + path)
            text = page.evaluate("() => fetch('/robots.txt').then((answer) => answer.text())")
            assert text.startswith("User-agent: *\n")
            assert f"\nSitemap: {server}/sitemap.xml\n" in text
