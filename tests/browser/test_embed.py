"""Answers on another site, in Chromium: a frame, a pasted address and the element, with scripts and without."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page, Route

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NARROW = {"width": 320, "height": 640}
SHOWN = "workplan-query >> css=table"
FRAMES = (
    "team-load?lang=ca",
    "team-load?lang=es&view=value",
    "team-load?lang=es&view=chart",
    "line-team-matrix?lang=en&view=chart&theme=dark",
    "coverage?lang=ca&view=chart&theme=dark",
    "team-work?lang=en&team=xmess/team/st",
    "team-load?lang=ca&theme=dark",
    "team-load?lang=ca&columns=nope",
    "nope",
)


@pytest.fixture(scope="session")
def demonstration(root: Path) -> ModuleType:
    """The program of the demonstration."""
    specification = spec_from_file_location("demonstration", root / "docs" / "examples" / "embedding" / "site.py")
    assert specification
    assert specification.loader
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def elsewhere(demonstration: ModuleType, server: str) -> Iterator[Callable[[str | None], str]]:
    """Another site, with a strict policy, on another origin: the address of its page, or of one with a given body."""
    bodies: list[str | None] = [None]

    def page(service: str) -> str:
        body = bodies[0]
        script = f'<script type="module" src="{service}/embed.js"></script>'
        return (
            demonstration.page(service)
            if body is None
            else f"<!doctype html><html lang=ca><title>x</title>{script}{body}"
        )

    site = demonstration.site(server, 0, page)
    threading.Thread(target=site.serve_forever, daemon=True).start()

    def address(body: str | None = None) -> str:
        bodies[0] = body
        return f"http://127.0.0.1:{site.server_port}/"

    yield address
    site.shutdown()
    site.server_close()


@contextmanager
def opened(browser: Browser, address: str, **options: object) -> Iterator[Page]:
    """The page at *address*, in which nothing may break the site's policy or run by surprise."""
    with browser.new_context(**options) as context:  # type: ignore[arg-type]
        page = context.new_page()
        wrong: list[str] = []
        page.on("dialog", lambda _: wrong.append("a script ran"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
        page.goto(address)
        yield page
        assert wrong == []


def frames(page: Page) -> list[Frame]:
    """The frames of *page*, loaded though they are out of sight."""
    for place in page.locator("iframe").all():
        place.scroll_into_view_if_needed()
        place.content_frame.locator("footer").wait_for()
    return page.frames[1:]


def findings(page: Page) -> dict[str, str]:
    """What axe finds on *page*, in frames and shadow roots too."""
    found = Axe().run(page, options={"resultTypes": ["violations"], **RULES}).response["violations"]
    return {violation["id"]: violation["nodes"][0]["html"][:200] for violation in found}


def test_a_foreign_site_shows_answers_in_all_three_ways(
    browser: Browser, elsewhere: Callable[..., str], server: str
) -> None:
    """With caption, date, source and licence, on another origin and under a strict policy."""
    with opened(browser, elsewhere()) as page:
        framed, pasted = frames(page)
        element = page.locator("workplan-query")
        element.locator("table").wait_for()

        assert "demostració" in page.locator("main").inner_text()
        assert framed.url == f"{server}/embed/team-load?lang=ca"
        assert pasted.url.startswith(f"{server}/embed/actions-by-scope?")
        for place in (framed.locator("main"), pasted.locator("main"), element.locator("section")):
            words = place.inner_text()
            assert place.locator("caption").count() == 1
            assert "Data de les dades" in words
            assert "CC BY 4.0" in words
            assert place.locator(f'footer a[href^="{server}/ca/query/"]').count() >= 1
        assert all(title for title in page.locator("iframe").evaluate_all("all => all.map(one => one.title)"))


def test_without_javascript_frames_are_whole_and_the_element_keeps_its_link(
    browser: Browser, elsewhere: Callable[..., str], server: str
) -> None:
    """Nothing is blank."""
    with opened(browser, elsewhere(), java_script_enabled=False) as page:
        framed, pasted = frames(page)

        assert framed.locator("tbody tr").count() == 7
        assert "CC BY 4.0" in pasted.locator("main").inner_text()
        assert page.locator("workplan-query a").get_attribute("href") == f"{server}/ca/query/plans"
        assert page.locator("workplan-query a").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_foreign_page(browser: Browser, elsewhere: Callable[..., str], scheme: str) -> None:
    """What a council embeds counts against its own conformance."""
    with opened(browser, elsewhere(), color_scheme=scheme, bypass_csp=True) as page:
        frames(page)
        page.locator(SHOWN).wait_for()

        assert findings(page) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_frame(browser: Browser, server: str, scheme: str) -> None:
    """Table, value, error, in three languages and every theme."""
    with browser.new_context(color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        found = {}
        for path in FRAMES:
            page.goto(f"{server}/embed/{path}")
            found |= {f"{path} {rule}": node for rule, node in findings(page).items()}

    assert found == {}


def test_nothing_is_wider_than_a_narrow_place(browser: Browser, server: str, elsewhere: Callable[..., str]) -> None:
    """At 320 pixels only tables scroll, within themselves; long words break."""
    wide = "document.documentElement.scrollWidth > window.innerWidth"
    with opened(browser, elsewhere(), viewport=NARROW) as page:
        page.locator(SHOWN).wait_for()
        found = [frame.url for frame in (page.main_frame, *frames(page)) if frame.evaluate(wide)]
        for path in FRAMES:
            page.goto(f"{server}/embed/{path}")
            found += [path] if page.evaluate(wide) else []

    assert found == []


def test_a_theme_is_kept_whatever_the_reader_prefers(browser: Browser, server: str) -> None:
    """The site around it may have one only."""

    def ground(path: str) -> str:
        page.goto(f"{server}/embed/team-load?lang=ca{path}")
        colour: str = page.locator("main").evaluate("main => getComputedStyle(main).backgroundColor")
        return colour

    with browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        dark, light, auto = ground("&theme=dark"), ground("&theme=light"), ground("")

    assert dark == auto != light == "rgb(255, 255, 255)"


def test_a_frame_in_a_sandbox_has_its_style(browser: Browser, server: str, elsewhere: Callable[..., str]) -> None:
    """As WordPress shows the frames of sites that it does not know."""
    body = f'<iframe sandbox="allow-scripts" title="x" src="{server}/embed/team-load?lang=ca" height="500"></iframe>'
    with opened(browser, elsewhere(body)) as page:
        (frame,) = frames(page)

        assert frame.locator("caption").evaluate("one => getComputedStyle(one).textAlign") == "start"


def test_a_link_in_a_frame_leaves_it(browser: Browser, server: str, elsewhere: Callable[..., str]) -> None:
    """Our pages may not be framed by others: in the frame they would be blank."""
    with opened(browser, elsewhere()) as page:
        page.locator("iframe").first.content_frame.get_by_role("link", name="Comunicació").click()
        page.wait_for_url(f"{server}/ca/xmess/team/c")


def test_the_element_shows_what_it_holds_until_the_answer_is_there(
    browser: Browser, elsewhere: Callable[..., str]
) -> None:
    """Then the answer; what was there is out of sight."""
    waiting: list[Route] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/embed/plans*", lambda route: waiting.append(route))
        page.goto(elsewhere())
        link = page.locator("workplan-query > p > a")
        while not waiting:
            page.wait_for_timeout(20)
        before = link.is_visible()
        waiting[0].continue_()
        page.locator(SHOWN).wait_for()
        after = link.is_visible()

    assert (before, after) == (True, False)


def test_the_element_shows_the_table_before_the_chart(browser: Browser, elsewhere: Callable[..., str]) -> None:
    """And goes on showing it where the picture does not come."""
    waiting: list[Route] = []
    body = '<workplan-query name="team-load" lang="ca" view="chart"></workplan-query>'
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/query/team-load.svg*", lambda route: waiting.append(route))
        page.goto(elsewhere(body))
        table, chart = page.locator(SHOWN), page.locator("workplan-query img")
        table.wait_for()
        before = chart.count()
        while not waiting:
            page.wait_for_timeout(20)
        waiting[0].continue_()
        chart.wait_for()

        assert before == 0
        assert chart.evaluate("one => one.naturalWidth") > 0
        assert chart.get_attribute("alt")
        assert not table.is_visible()


def test_a_chart_that_does_not_come_leaves_the_table(browser: Browser, elsewhere: Callable[..., str]) -> None:
    """With the summary in words."""
    body = '<workplan-query name="team-load" lang="ca" view="chart"></workplan-query>'
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/query/team-load.svg*", lambda route: route.abort())
        page.goto(elsewhere(body))
        page.locator(SHOWN).wait_for()

        assert page.locator("workplan-query img").count() == 0
        assert "Membres" in page.locator("workplan-query figcaption").inner_text()
        assert "Comunicació" in page.locator(SHOWN).inner_text()


def test_the_element_follows_its_attributes(browser: Browser, elsewhere: Callable[..., str]) -> None:
    """Language, columns, rows, parameters, theme and height, all at once and one by one."""
    body = '<workplan-query name="team-load" lang="ca"></workplan-query>'
    with opened(browser, elsewhere(body)) as page:
        element = page.locator("workplan-query")
        element.get_by_text("La càrrega de cada equip").wait_for()
        element.evaluate(
            """one => {
              for (const [name, value] of Object.entries({
                name: "team-work", lang: "es", columns: "label", rows: "2", theme: "dark", height: "300",
                params: "team=xmess/team/st",
              })) one.setAttribute(name, value);
            }"""
        )
        element.get_by_text("Secretaría técnica").wait_for()
        section = element.locator("section")

        assert element.locator("tbody tr").count() == 2
        assert element.locator("thead th").all_inner_texts() == ["Acción"]
        assert section.get_attribute("lang") == "es"
        assert section.evaluate("one => one.offsetHeight") <= 300
        assert section.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(28, 35, 33)"
        element.evaluate("one => one.setAttribute('view', 'value')")
        element.locator("dd").wait_for()


def test_the_element_takes_its_language_from_the_page_around_it(
    browser: Browser, elsewhere: Callable[..., str]
) -> None:
    """And its colours: a page that knows no dark ones has no dark box in it."""
    body = '<div lang="es-ES"><workplan-query name="team-load"></workplan-query></div>'
    with opened(browser, elsewhere(body), color_scheme="dark") as page:
        page.locator("workplan-query").get_by_text("La carga de cada equipo").wait_for()
        ground = page.locator("workplan-query section").evaluate("one => getComputedStyle(one).backgroundColor")

        assert ground == "rgb(255, 255, 255)"


def test_the_element_has_the_style_of_embeds_and_none_of_the_page(
    browser: Browser, elsewhere: Callable[..., str]
) -> None:
    """The foreign site gives its own tables a double border of 9 pixels."""
    with opened(browser, elsewhere()) as page:
        page.locator(SHOWN).wait_for()
        border = page.locator(SHOWN).evaluate("one => getComputedStyle(one).borderTopWidth")
        padding = page.locator("workplan-query section").evaluate("one => getComputedStyle(one).paddingLeft")

        assert (border, padding) == ("0px", "16px")


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ('name="nope" lang="en"', "There is no saved query"),
        ('name="team-load" columns="nope" lang="ca"', "cap columna «nope»"),
        ('name="team-work" lang="es"', "team"),
        ('lang="en"', "There is no saved query"),
        (f'name="{escape(chr(34))}><img src=x onerror=alert(1)>" lang="en"', "There is no saved query"),
        (f'name="team-load" lang="ca" params="{escape("plan=<script>alert(1)</script>")}"', "«plan»"),
    ],
)
def test_an_element_that_fails_says_why_and_keeps_what_it_holds(
    browser: Browser, server: str, elsewhere: Callable[..., str], attributes: str, told: str
) -> None:
    """A sentence with a link, beside what the site's own people wrote."""
    with opened(browser, elsewhere(f"<workplan-query {attributes}><p>Ours</p></workplan-query>")) as page:
        section = page.locator("workplan-query section")
        section.wait_for()

        assert told in section.inner_text()
        assert str(section.locator("a").get_attribute("href")).startswith(f"{server}/")
        assert page.get_by_text("Ours").is_visible()


def test_hostile_text_stays_text_in_a_frame_and_in_the_element(
    browser: Browser, server: str, elsewhere: Callable[..., str]
) -> None:
    """What someone is asked to search for is shown with the answer, as it was written."""
    words = '<img src=x onerror=alert(1)>"><script>alert(2)</script>'
    asked = urlencode({"words": words})
    body = (
        f'<iframe title="x" src="{server}/embed/find-actions?lang=ca&amp;{asked}"></iframe>'
        f'<workplan-query name="find-actions" lang="ca" params="{asked}"></workplan-query>'
    )
    with opened(browser, elsewhere(body)) as page:
        (frame,) = frames(page)
        element = page.locator("workplan-query section")
        element.wait_for()

        for place in (frame.locator("main"), element):
            assert words in place.inner_text()
            assert place.locator("img, script").count() == 0


def test_an_element_whose_service_is_gone_says_so(browser: Browser, elsewhere: Callable[..., str], server: str) -> None:
    """In the page's language, with the link."""
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/embed/plans*", lambda route: route.abort())
        page.goto(elsewhere())
        section = page.locator("workplan-query section")
        section.wait_for()

        assert "No s'ha pogut carregar" in section.inner_text()
        assert section.locator("a").get_attribute("href") == f"{server}/ca/query/plans"


def test_the_keyboard_reaches_the_table_and_its_links(browser: Browser, server: str) -> None:
    """The table is a stop, since it scrolls; then each link in it."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{server}/embed/team-load?lang=ca")
        page.keyboard.press("Tab")
        first = page.evaluate("document.activeElement.getAttribute('role')")
        page.keyboard.press("Tab")
        second = page.evaluate("document.activeElement.textContent")

    assert (first, second) == ("region", "Comunicació")


SCROLLS = """() => {
  const table = document.querySelector(".scroll");
  const page = document.documentElement;
  return table.scrollHeight > table.clientHeight || page.scrollHeight > innerHeight || page.scrollWidth > innerWidth;
}"""


FITS = "(() => { const t = document.querySelector('.scroll'); return t.scrollWidth <= t.clientWidth; })()"


def pasted(page: Page, server: str, path: str) -> str:
    """The code of the frame that oEmbed gives for *path*."""
    answer = page.request.get(f"{server}/oembed?{urlencode({'url': server + path})}")
    code: str = answer.json()["html"]
    return code


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(
    "path",
    [
        "/ca/query/team-load",
        "/es/query/agreements",
        "/en/query/plans",
        "/en/query/cq-013-team-meetings",
        "/ca/query/cq-004-lines-without-action",
        "/ca/xmess/team/st",
    ],
)
def test_a_short_table_is_whole_in_its_frame(
    browser: Browser, elsewhere: Callable[..., str], server: str, path: str, width: int
) -> None:
    """Whatever the window: nothing to scroll within it, nor sideways around it, and little room left over."""
    with browser.new_context() as context:
        code = pasted(context.new_page(), server, path)
    viewport = {"width": width, "height": 800}
    head = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    with opened(browser, elsewhere(head + code), viewport=viewport) as page:
        (frame,) = frames(page)
        left_over = frame.evaluate("""() => {
          const table = document.querySelector(".scroll");
          return (document.querySelector("footer").offsetTop - table.offsetTop - table.offsetHeight) / innerHeight;
        }""")

        assert frame.locator("tbody tr").count() > 1
        assert not frame.evaluate(SCROLLS)
        columns = frame.locator("thead th").count()
        assert columns > 3 or frame.evaluate(FITS)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert left_over < 0.25


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("path", ["/ca/query/anomalies", "/ca/xmess/plan/2020", "/en/query/coverage"])
def test_a_long_table_scrolls_in_a_frame_of_one_screen(
    browser: Browser, elsewhere: Callable[..., str], server: str, path: str, width: int
) -> None:
    """Its head and its source stay in sight."""
    with browser.new_context() as context:
        code = pasted(context.new_page(), server, path)
    with opened(browser, elsewhere(code), viewport={"width": width, "height": 800}) as page:
        (frame,) = frames(page)

        assert 400 <= frame.evaluate("innerHeight") <= 700
        assert frame.evaluate("document.documentElement.scrollHeight <= innerHeight")
        assert frame.locator("footer").is_visible()
