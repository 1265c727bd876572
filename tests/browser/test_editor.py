"""The SPARQL editor as a person meets it: typed into, by keyboard, narrow, in the dark, and without its script."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from processes import JOIN, eventually
from workplan.language import LANGUAGES

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
HARM = "<img src=x onerror=alert(1)><script>alert(2)</script>"
ROWS = 'SELECT ?x ?n { VALUES (?x ?n) { ("b" 10) ("à" 9) ("c" 100) } }'
LINKS = """SELECT ?x WHERE { VALUES ?x {
  <https://w3id.org/sse-workplan/id/xmess/plan/2020/action/08> <https://w3id.org/sse-workplan/ns#code>
  <https://w3id.org/sse-workplan/id/xmess/source/pla2020#L45> <https://w3id.org/sse-workplan/graph/xmess/plan/2020/v1/stated>
  <https://w3id.org/sse-workplan/ns> <http://www.w3.org/2000/01/rdf-schema#label> <https://example.org/> <urn:x:y>
  "text"@ca "text" 1.50 true } }"""


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """A page at *address*, on which no script may break, no dialog open and no policy be broken."""
    with browser.new_context(**options) as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(address)
        yield page
        assert wrong == []


def write(page: Page, text: str) -> None:
    """Put *text* in place of what the editor holds, key by key."""
    page.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def paste(page: Page, text: str) -> None:
    """Put *text* in place of what the editor holds, at once."""
    page.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def held(page: Page) -> str:
    """What the editor holds."""
    return "\n".join(page.locator(".cm-line").all_inner_texts()).replace("\n\n", "\n")


def ask(page: Page, query: str) -> None:
    """Ask *query* by pasting it and pressing the button, and wait for the answer."""
    paste(page, query)
    page.get_by_role("button", name="Executa", exact=True).click()
    expect(page.get_by_role("status")).not_to_have_text("S'espera la resposta…")


def column(page: Page, place: int) -> list[str]:
    """The texts of a column of the answer."""
    return page.locator(f"#outcome tbody tr td:nth-child({place})").all_inner_texts()


def test_a_query_is_typed_completed_and_asked_by_keyboard(browser: Browser, server: str) -> None:
    """A term is found by its label, its prefix declares itself, and Ctrl+Enter asks."""
    with opened(browser, f"{server}/ca/sparql") as page:
        write(page, "SELECT (COUNT(*) AS ?n) { ?x a acció plani")
        option = page.get_by_role("option", name="wp:PlannedAction")
        expect(page.get_by_role("option").first).to_be_visible()
        for _ in range(len("acció plani")):
            page.keyboard.press("Backspace")
        page.keyboard.type("acció")
        expect(option).to_be_visible()
        expect(option).to_contain_text("Acció planificada")
        page.wait_for_timeout(100)  # CodeMirror takes no Enter for a choice before 75 ms have shown the list
        page.keyboard.press("Enter")
        page.keyboard.type(" }")
        text = held(page)
        page.keyboard.press("Control+Enter")
        expect(page.locator("#outcome td")).to_have_text("29")

        assert text.startswith("PREFIX wp: <https://w3id.org/sse-workplan/ns#>\n")
        assert "?x a wp:PlannedAction }" in text


def test_a_known_prefix_declares_itself_as_it_is_typed(browser: Browser, server: str) -> None:
    """Once, after those that stand there; not in a text, a comment or a declaration."""
    with opened(browser, f"{server}/ca/sparql") as page:
        page.wait_for_load_state("networkidle")
        write(
            page,
            "PREFIX wp: <https://w3id.org/sse-workplan/ns#>\nASK {{ ?x wp:code 'skos:' ; skos:prefLabel ?y }} # org:",
        )
        page.keyboard.press("Escape")
        text = held(page)

    assert text.count("PREFIX") == 2
    assert (
        text.index("PREFIX wp:") < text.index("PREFIX skos: <http://www.w3.org/2004/02/skos/core#>") < text.index("ASK")
    )


def test_variables_and_words_of_sparql_are_proposed(browser: Browser, server: str) -> None:
    """Those that the query has."""
    with opened(browser, f"{server}/ca/sparql") as page:
        write(page, "SELECT ?team { ?team ?p ?o . ?te")
        expect(page.get_by_role("option", name="?team")).to_be_visible()
        page.keyboard.type("am a ?o } ORD")
        expect(page.get_by_role("option", name=re.compile("^ORDER"))).to_be_visible()


def test_an_error_is_marked_where_it_is(browser: Browser, server: str) -> None:
    """In the text, in words and with a caret; a button leads there, and typing takes the mark away."""
    with opened(browser, f"{server}/ca/sparql") as page:
        ask(page, "SELECT * {\n  ?s ?p ?o .\n  ?s <a:😀> = ?o\n}")
        editor = page.get_by_role("textbox", name="Consulta")
        expect(page.locator("#outcome .problem")).to_contain_text("línia 3, columna 12")
        expect(page.locator("#outcome .problem pre")).to_have_text(
            f"  ?s <a:😀> = ?o\n{' ' * 11}^", use_inner_text=True
        )
        expect(page.locator(".cm-wrong-line")).to_have_text("  ?s <a:😀> = ?o")
        expect(page.locator(".cm-wrong")).to_have_text("=")
        expect(editor).to_have_attribute("aria-invalid", "true")
        page.get_by_role("button", name="Ves al lloc de l'error").click()
        page.keyboard.press("Delete")
        expect(page.locator(".cm-wrong-line")).to_have_count(0)
        expect(editor).not_to_have_attribute("aria-invalid", "true")

        assert "?s <a:😀>  ?o" in held(page)


def test_an_error_that_the_server_shows_is_marked_too(browser: Browser, server: str) -> None:
    """By the address of the query."""
    with opened(browser, f"{server}/es/sparql?query=SELECT+*+%7B") as page:
        expect(page.locator(".cm-wrong-line")).to_have_text("SELECT * {")


def test_a_query_under_way_is_stopped_and_its_worker_with_it(browser: Browser, server: str) -> None:
    """The service says so itself."""

    def stopped() -> float:
        with urlopen(f"{server}/metrics") as answer:  # noqa: S310 - our own address
            found = re.search(r'pool_stopped_total\{reason="hung-up"\} (\S+)', answer.read().decode())
            return float(found[1]) if found else 0

    before = stopped()
    with opened(browser, f"{server}/ca/sparql") as page:
        paste(page, JOIN)
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(300)  # the pool learns of a query when it has not ended after 25 ms
        page.get_by_role("button", name="Atura").click()
        expect(page.get_by_role("status")).to_have_text("Consulta aturada.")
        expect(page.get_by_role("button", name="Atura")).to_be_hidden()

        assert eventually(lambda: stopped() > before)
        ask(page, "ASK {}")
        expect(page.locator("#outcome .figure")).to_have_text("Sí")


def test_an_answer_shows_what_the_server_would_show(browser: Browser, server: str) -> None:
    """The same texts and links for every kind of term, and the same downloads."""

    def shown(page: Page) -> list[Any]:
        cells = page.locator("#outcome tbody td").evaluate_all(
            "cells => cells.map(td => [td.innerText.trim(), td.querySelector('a')?.getAttribute('href') ?? null])"
        )
        links = page.locator("#outcome .downloads a").evaluate_all(
            "links => links.map(a => [a.textContent, new URL(a.href).search])"
        )
        return [cells, [[label, parse_qs(search[1:])] for label, search in links]]

    with opened(browser, f"{server}/ca/sparql") as page:
        ask(page, LINKS)
        by_script = shown(page)
        page.reload()
        by_server = shown(page)

    assert len(by_script[0]) == 12
    assert by_script == by_server


def test_each_kind_of_answer_has_its_form(browser: Browser, server: str) -> None:
    """A word, a graph, rows told and timed, the raw text, downloads that download."""
    with opened(browser, f"{server}/ca/sparql") as page:
        ask(page, "ASK { ?s ?p ?o }")
        expect(page.locator("#outcome .figure")).to_have_text("Sí")
        ask(page, "CONSTRUCT { <a:b> <a:c> 'd' } {}")
        expect(page.locator("#outcome .whole")).to_contain_text('<a:b> <a:c> "d"')
        ask(page, ROWS)
        expect(page.get_by_role("status")).to_have_text(re.compile(r"^3 files · \d+ ms"))
        page.get_by_text("La resposta tal com arriba").click()
        expect(page.locator(".raw pre")).not_to_be_empty()
        raw = page.locator(".raw pre").inner_text()
        link = page.locator("#outcome .downloads a", has_text="CSV").get_attribute("href")
        ask(page, "SELECT * { ?s ?p ?o } LIMIT 600")
        expect(page.get_by_role("status")).to_contain_text("aquí se'n mostren les primeres 500")

        assert page.locator("#outcome tbody tr").count() == 500
        assert json.loads(raw)["head"]["vars"] == ["x", "n"]
        with urlopen(f"{server}{link}") as answer:  # noqa: S310 - our own address
            assert answer.read().decode().split() == ["x,n", "b,10", "à,9", "c,100"]


@pytest.mark.parametrize("way", ["script", "server"])
def test_columns_sort(browser: Browser, server: str, way: str) -> None:
    """Texts as the language sorts them, numbers as numbers; and say so."""
    with opened(browser, f"{server}/ca/sparql") as page:
        ask(page, ROWS)
        if way == "server":
            page.reload()
        page.get_by_role("button", name="x", exact=True).click()
        by_text = column(page, 1)
        page.get_by_role("button", name="n", exact=True).click()
        upwards = column(page, 2)
        page.get_by_role("button", name="n", exact=True).click()

        assert by_text == ["à", "b", "c"]
        assert upwards == ["9", "10", "100"]
        assert column(page, 2) == ["100", "10", "9"]
        assert page.get_by_role("columnheader", name="n").get_attribute("aria-sort") == "descending"


def test_a_link_brings_the_query_and_its_answer_to_someone_else(browser: Browser, server: str) -> None:
    """The address bar holds it once it is asked; the links to other languages do too."""
    with opened(browser, f"{server}/ca/sparql") as page:
        ask(page, ROWS)
        page.get_by_role("button", name="Copia l'enllaç").click()
        expect(page.get_by_role("status")).to_have_text(re.compile("^(Enllaç copiat|L'enllaç és)"))
        address = page.url
        spanish = page.get_by_role("link", name="castellano").get_attribute("href")
    with opened(browser, address) as page:
        assert held(page) == ROWS
        assert column(page, 1) == ["b", "à", "c"]
    assert spanish
    assert parse_qs(urlsplit(spanish).query) == {"query": [ROWS]}


def test_a_query_too_long_for_a_link_is_asked_all_the_same(browser: Browser, server: str) -> None:
    """In the body; the address stays short, the button says why, and the downloads are a form."""
    with opened(browser, f"{server}/ca/sparql?query=ASK%7B%7D") as page:
        ask(page, f"{ROWS} # {'é' * 5000}")
        expect(page.get_by_role("status")).to_contain_text("3 files")
        assert page.url == f"{server}/ca/sparql"
        page.get_by_role("button", name="Copia l'enllaç").click()
        expect(page.get_by_role("status")).to_contain_text("massa llarga")
        with page.expect_navigation():
            page.locator("#outcome .by-form button", has_text="JSON").click()
        assert '"100"' in page.content()


def test_what_was_written_is_kept_in_its_tab_only(browser: Browser, server: str) -> None:
    """It comes back to the tab, not to another; a query in the address goes before it."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{server}/ca/sparql")
        paste(page, "# meu")
        page.goto(f"{server}/en/sparql")
        again = held(page)
        page.goto(f"{server}/en/sparql?query=ASK%7B%7D")
        by_address = held(page)
        other = context.new_page()
        other.goto(f"{server}/en/sparql")

        assert again == "# meu"
        assert by_address == "ASK{}"
        assert "# meu" not in held(other)
        assert page.evaluate("localStorage.length") == 0
        assert context.cookies() == []


def test_an_example_takes_the_place_of_the_query_and_can_be_undone(browser: Browser, server: str) -> None:
    """Grouped by theme."""
    with opened(browser, f"{server}/ca/sparql") as page:
        page.wait_for_load_state("networkidle")
        paste(page, "# meu")
        page.locator("main details").first.locator("summary").click()
        page.locator("main details").first.get_by_role("link").first.click()
        expect(page.get_by_role("textbox", name="Consulta")).to_contain_text("SELECT")
        page.keyboard.press("ControlOrMeta+z")
        expect(page.get_by_role("textbox", name="Consulta")).to_have_text("# meu")


def test_a_slow_query_gets_hints_and_is_rewritten_by_a_button(browser: Browser, server: str) -> None:
    """The answer comes all the same."""
    query = (
        "PREFIX wp: <https://w3id.org/sse-workplan/ns#>\n"
        "SELECT ?a { ?a a wp:PlannedAction FILTER NOT EXISTS { ?a wp:directlyExecutedBy ?t . ?t wp:code 'x' } }"
    )
    with opened(browser, f"{server}/ca/sparql") as page:
        ask(page, query)
        expect(page.locator("#outcome tbody tr")).to_have_count(29)
        page.get_by_role("button", name="Reescriu-la així").click()

        assert "MINUS" in held(page)
        href = page.get_by_role("link", name="Formes lentes d'una consulta").get_attribute("href")
        assert href == "/ca/problem/slow-query-shapes"


def test_a_misspelt_name_is_told_and_mended_by_a_button(browser: Browser, server: str) -> None:
    """A query with it has no answer, and nothing else says why."""
    query = "PREFIX wp: <https://w3id.org/sse-workplan/ns#>\nSELECT ?a { ?a a wp:PlanedAction }"
    with opened(browser, f"{server}/ca/sparql") as page:
        ask(page, query)
        region = page.get_by_role("region", name="Noms que no hi ha")
        expect(region).to_contain_text("potser volíeu dir «wp:PlannedAction»")
        region.get_by_role("button", name="Reescriu-la així").click()
        page.get_by_role("button", name="Executa", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("29 files")
        expect(region).to_have_count(0)
        assert re.match(r"xmess/plan/2020/action/01 A01 Celebrar", sorted(column(page, 1))[0])
        expect(page.get_by_role("link", name="Excel")).to_have_attribute(
            "href", re.compile(r"^/ca/sparql/answer\.xlsx")
        )


def test_values_are_proposed_after_a_property(browser: Browser, server: str) -> None:
    """By their names; what is written is the identifier."""
    with opened(browser, f"{server}/ca/sparql") as page:
        write(page, "SELECT * { ?a wp:instrument tall")
        option = page.get_by_role("option", name="Jornades, formacions, tallers")
        expect(option).to_be_visible()
        option.click()
        expect(page.locator(".cm-content")).to_contain_text(
            "wp:instrument <https://w3id.org/sse-workplan/id/scheme/instrument/jornades>"
        )


def test_the_keyboard_gets_in_and_out(browser: Browser, server: str) -> None:
    """Tab leaves the editor by itself, forwards and backwards, proposals open or not (WCAG 2.1.2), as the page says."""
    focused = "document.activeElement.className + document.activeElement.textContent.trim().slice(0, 8)"
    with opened(browser, f"{server}/ca/sparql") as page:
        expect(page.get_by_text("Tab surt de l'editor")).to_be_visible()
        page.get_by_role("textbox", name="Consulta").focus()
        page.keyboard.press("Control+Space")
        expect(page.get_by_role("listbox")).to_be_visible()
        page.keyboard.press("Tab")
        after = page.evaluate(focused)
        page.keyboard.press("Shift+Tab")
        back = page.evaluate("document.activeElement.shadowRoot?.activeElement.getAttribute('role')")
        page.keyboard.press("Shift+Tab")
        before = page.evaluate(focused)

    assert after == "buttonExecuta"
    assert back == "textbox"
    assert "editor" not in before


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, server: str, lang: str, scheme: str) -> None:
    """With proposals open, an error marked, an answer shown; WCAG 2.2 AA and what is good besides."""
    found = {}
    with opened(browser, f"{server}/{lang}/sparql", viewport=WIDE, color_scheme=scheme) as page:

        def look(state: str) -> None:
            for violation in Axe().run(page, options={"resultTypes": ["violations"], **RULES}).response["violations"]:
                found[f"{state} {violation['id']}"] = [node["html"][:150] for node in violation["nodes"][:3]]

        content = page.locator(".cm-content")
        content.click()
        page.keyboard.press("Control+Enter")
        expect(page.locator("#outcome tbody tr")).to_have_count(29)
        page.locator(".raw summary").click()
        look("answer")
        write(page, "# x\nSELECT 'a' { ?s wp:co")
        expect(page.get_by_role("listbox")).to_be_visible()
        look("proposals")
        page.keyboard.press("Escape")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#outcome .problem")).to_be_visible()
        look("error")

    assert found == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_wider_than_a_narrow_window(browser: Browser, server: str, lang: str) -> None:
    """At 320 pixels lines wrap, and proposals fit."""
    with opened(browser, f"{server}/{lang}/sparql", viewport=NARROW) as page:
        write(page, "SELECT * { <https://example.org/a-very-long-address/without/any/space/in-it> ?p ?o ; wp:")
        expect(page.get_by_role("listbox")).to_be_visible()
        box = page.get_by_role("listbox").bounding_box()
        page.keyboard.press("Control+Enter")
        expect(page.locator("#outcome .problem")).to_be_visible()

        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= NARROW["width"]
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.locator(".cm-scroller").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_nothing_is_asked_of_anyone_else(browser: Browser, server: str) -> None:
    """Nor fails to load, from the first look to the last answer."""
    asked: list[str] = []
    failed: list[str] = []
    with opened(browser, "about:blank") as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: failed.append(request.url))
        page.goto(f"{server}/ca/sparql")
        ask(page, LINKS)
        page.wait_for_load_state("networkidle")

    assert len(asked) > 5
    assert [url for url in asked if not url.startswith(server)] == []
    assert failed == []


def test_hostile_answers_and_labels_stay_text(browser: Browser, server: str) -> None:
    """In the table, the proposals, the error and the raw answer."""

    def poison(route: Route) -> None:
        found = route.fetch().json()
        for term in found["terms"]:
            term["label"] = term["definition"] = HARM
        route.fulfill(json=found)

    with opened(browser, "about:blank") as page:
        page.route("**/vocabulary.json*", poison)
        page.goto(f"{server}/ca/sparql")
        page.wait_for_load_state("networkidle")
        ask(page, f'SELECT ("{HARM}" AS ?x) ("{HARM}"@ca AS ?y) (IRI("javascript:alert(3)") AS ?z) {{}}')
        expect(page.locator("#outcome tbody")).to_contain_text(HARM)
        page.locator(".raw summary").click()
        write(page, "SELECT * { ?x wp:co")
        expect(page.get_by_role("listbox")).to_contain_text(HARM)
        page.wait_for_timeout(200)  # an image would have failed by now
        page.keyboard.press("Escape")
        ask(page, f"SELECT * {{ {HARM}")
        expect(page.locator("#outcome .problem")).to_contain_text("img")

        assert page.locator("main img, main script, [href^=javascript]").count() == 0


def test_without_a_script_the_form_does_it_all(browser: Browser, server: str) -> None:
    """A table with its downloads, an error with its caret, examples, limits; and no button that does nothing."""
    with opened(browser, f"{server}/ca/sparql", java_script_enabled=False) as page:
        page.get_by_label("Consulta", exact=True).fill(ROWS)
        page.get_by_role("button", name="Executa").click()
        rows = column(page, 1)
        downloads = page.locator("#outcome .downloads a").all_inner_texts()
        buttons = page.locator("main").get_by_role("button").all_inner_texts()
        page.get_by_label("Consulta", exact=True).fill("SELECT ?x {\n ?x }")
        page.get_by_role("button", name="Executa").click()
        error = page.locator("#outcome .problem").inner_text()
        page.locator("main details").first.locator("summary").click()
        page.locator("main details").first.get_by_role("link").first.click()

        assert rows == ["b", "à", "c"]
        assert downloads == ["JSON", "XML", "CSV", "TSV", "Excel"]
        assert buttons == ["Executa"]
        assert "línia 2" in error
        assert error.splitlines()[-1].strip() == "^"
        assert "SELECT" in page.get_by_label("Consulta", exact=True).input_value()
        expect(page.get_by_text("Límits d'una consulta")).to_be_visible()


def test_where_the_script_does_not_come_the_form_stays(browser: Browser, server: str) -> None:
    """A network that drops it takes nothing away."""
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/built/*", lambda route: route.abort())
        page.goto(f"{server}/ca/sparql?query=ASK%7B%7D")

        expect(page.get_by_label("Consulta", exact=True)).to_be_visible()
        expect(page.locator("#outcome .figure")).to_have_text("Sí")
