"""Search as a person does it: by keyboard, without a script, from any page to the sentence of the document."""

import pytest
from playwright.sync_api import Browser, expect


@pytest.mark.parametrize("width", [1280, 320])
def test_from_any_page_to_the_sentence_of_the_document(browser: Browser, server: str, width: int) -> None:
    """What does the plan do about responsible public procurement, and where does the document say so?"""
    with browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 700}) as context:
        page = context.new_page()
        page.goto(f"{server}/ca/xmess")
        page.get_by_role("search").get_by_role("searchbox").focus()
        page.keyboard.type("compra publica responsable")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("6 resultats")
        action = page.get_by_role("region", name="Accions").get_by_role("listitem").first
        expect(action.locator("mark").last).to_have_text("responsable")
        action.get_by_role("link", name="del document").click()

        expect(page.locator(":target")).to_contain_text("CPR")


def test_a_mark_can_be_told_by_more_than_its_colour(browser: Browser, server: str) -> None:
    """An underline too, in light and dark and where colours are forced."""
    with browser.new_context(forced_colors="active") as context:
        page = context.new_page()
        page.goto(f"{server}/ca/search?q=joves")

        expect(page.locator("mark").first).to_have_css("border-block-end-style", "solid")


def test_the_page_of_the_search_keeps_what_was_asked(browser: Browser, server: str) -> None:
    """In the field, and in the other languages."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{server}/ca/search?q=secretaria+t%C3%A8cnica")
        expect(page.get_by_label("Què busqueu?")).to_have_value("secretaria tècnica")
        page.get_by_role("link", name="English").click()

        expect(page.get_by_role("searchbox")).to_have_value("secretaria tècnica")
        expect(page.get_by_role("main").get_by_role("link", name="Technical secretariat").first).to_be_visible()
