"""The page of a resource and that of the document, as a person meets them in Chromium."""

from playwright.sync_api import Browser


def test_a_resources_page_breaks_no_policy_and_its_address_can_be_copied(browser: Browser, server: str) -> None:
    """What search engines read is no script to a browser; what copies is ours."""
    said: list[str] = []
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{server}/ca/xmess/plan/2020/action/08")
        page.locator(".data .copy").first.click()
        page.get_by_text("Copiat").first.wait_for()

        assert page.evaluate("navigator.clipboard.readText()").endswith("/id/xmess/plan/2020/action/08")
        assert said == []


def test_the_document_reads_without_its_notes(browser: Browser, server: str) -> None:
    """One box hides all that the document does not say, without a script."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{server}/ca/document/pla2020")
        note = page.locator(".remarks").first
        assert note.is_visible()
        page.get_by_label("Mostra els dubtes").uncheck()

        assert not note.is_visible()
        assert page.locator(".says").first.is_visible()


def test_no_kind_of_resource_is_wider_than_a_narrow_window(browser: Browser, server: str) -> None:
    """At 320 pixels, in the language with the longest words."""
    paths = ("team/c", "plan/2020/indicator/utilitat", "event/2019-11-29-assemblea-ordinaria", "plan/2020/criterion/1")
    with browser.new_context(viewport={"width": 320, "height": 640}) as context:
        page = context.new_page()
        for path in (*paths, "plan/2020/version/1", "source/pla2020", "assertion/001"):
            page.goto(f"{server}/ca/xmess/{path}")

            assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), path
