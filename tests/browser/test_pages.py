"""Pages as a person meets them: in Chromium, wide and narrow, light and dark, with and without a mouse."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from workplan.language import LANGUAGES

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PAGES = (
    "",
    "xmess",
    "xmess/plan/2020",
    "xmess/plan/2020/strategic-line/1",
    "xmess/plan/2020/action/01",
    "xmess/plan/2020/action/08",
    "xmess/plan/2020/indicator/impacte",
    "xmess/team/c",
    "xmess/anomaly/001",
    "scheme/thematic-scope/cpr",
    "graph/xmess/plan/2020/v1/curated",
    "document/pla2020",
    "quality",
    "ns",
    "ns/term/PlannedAction",
    "ns/term/strategicLine",
    "ns/patterns",
    "shapes",
    "sparql?query=SELECT+*+%7B%3Fs+%3Fp+%3Fo%7D+LIMIT+20",
    "sparql?query=SELEC",
    "problem/malformed-query",
    "search",
    "search?q=compra+p%C3%BAblica+responsable",
    "search?q=municipis&kind=action",
    "search?q=contractasi%C3%B3+p%C3%BAblica",
    "search?q=zzzzzz",
)


def violations(browser: Browser, server: str, lang: str, scheme: str, rules: dict[str, list[str]]) -> dict[str, str]:
    """What axe finds on every kind of page: where and what."""
    found = {}
    with browser.new_context(viewport=WIDE, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        for path in PAGES:
            page.goto(f"{server}/{lang}/{path}")
            for violation in Axe().run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]:
                nodes = ", ".join(node["html"][:120] for node in violation["nodes"][:3])
                found[f"{path} {violation['id']}"] = nodes
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing(browser: Browser, server: str, lang: str) -> None:
    """WCAG 2.2 AA, as far as a program can tell, on every kind of page in every language."""
    assert violations(browser, server, lang, "light", RULES) == {}


def test_colours_have_contrast_in_the_dark_too(browser: Browser, server: str) -> None:
    """Colours are the same in every language."""
    assert violations(browser, server, "ca", "dark", {"runOnly": ["color-contrast"]}) == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_wider_than_a_narrow_window(browser: Browser, server: str, lang: str) -> None:
    """At 320 pixels, which is 1280 at 400 % zoom, only tables scroll, and within themselves."""
    wide = []
    with browser.new_context(viewport=NARROW) as context:
        page = context.new_page()
        for path in PAGES:
            page.goto(f"{server}/{lang}/{path}")
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wide.append(path)

    assert wide == []


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
        page.get_by_role("link", name="Vegeu el pla sencer").click()
        page.get_by_role("link", name="incorporar la interseccionalitat").click()
        quoted = page.locator("blockquote").inner_text()
        page.get_by_role("link", name="español").click()

        assert quoted.startswith("8. Generar un grup de treball")
        assert page.url.endswith("/es/xmess/plan/2020/action/08")


def test_a_term_is_found_as_it_is_typed(browser: Browser, server: str) -> None:
    """The list narrows to what is meant, accents or not, and says where nothing is left; without a script it stays."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{server}/ca/ns")
        field = page.get_by_label("Filtreu els termes")
        shown = page.locator(".terms > li:visible")
        whole = shown.count()
        field.fill("accio planificada")
        found = shown.first.locator("h3").inner_text()
        field.fill("zzzz")

        assert found.startswith("Acció planificada")
        assert shown.count() == 0
        assert page.get_by_text("Cap terme no hi correspon.").is_visible()
        field.fill("")
        assert shown.count() == whole > 70
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{server}/ca/ns#PlannedAction")

        assert page.locator(".terms > li:visible").count() == whole
        assert page.locator("#PlannedAction:target").is_visible()
