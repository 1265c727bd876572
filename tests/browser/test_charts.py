"""Charts as a browser draws them: with fonts that the server does not know, and within pages that allow no style."""

import pytest
from playwright.sync_api import Browser, Route

from workplan.web.headers import HEADERS
from workplan.web.service import Service

OUTSIDE = """
() => [...document.querySelectorAll("svg")].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
  const name = svg.querySelector("title").textContent;
  const cut = texts.filter(([, box]) => box.left < frame.left || box.right > frame.right + 0.5
    || box.top < frame.top || box.bottom > frame.bottom).map(([said]) => `${name} cuts ${said}`);
  const covered = texts.flatMap(([said, one], i) => texts.slice(i + 1).filter(([, other]) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 3)
    .map(([over]) => `${name} covers ${said} with ${over}`));
  return [...cut, ...covered];
})
"""


@pytest.mark.parametrize(("lang", "width"), [("ca", 720), ("ca", 320), ("es", 400), ("en", 1200)])
def test_no_word_is_cut_or_covered(browser: Browser, server: str, service: Service, lang: str, width: int) -> None:
    """In a page with the site's own policy, which allows a picture within it nothing but shapes and words."""
    charts = [name for name, query in service.queries.items() if query.chart]
    complaints: list[str] = []

    def answer(route: Route) -> None:
        pictures = "".join(
            context.request.get(f"{server}/query/{name}.svg?lang={lang}&width={width}").text() for name in charts
        )
        route.fulfill(
            body=f"<!doctype html><title>t</title>{pictures}",
            headers={**HEADERS, "Content-Type": "text/html; charset=utf-8"},
        )

    with browser.new_context(viewport={"width": 1300, "height": 900}) as context:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.route("**/pictures", answer)
        page.goto(f"{server}/pictures")

        assert page.locator("svg[role=img]").count() == len(charts)
        assert page.evaluate(OUTSIDE) == []
    assert complaints == []


def test_a_picture_follows_its_reader(browser: Browser, server: str) -> None:
    """Dark where the browser asks for it, though the page that holds it has no say."""
    pictures = {}
    for scheme in ("light", "dark"):
        with browser.new_context(viewport={"width": 800, "height": 400}, color_scheme=scheme) as context:  # type: ignore[arg-type]
            page = context.new_page()
            page.route(
                "**/picture",
                lambda route: route.fulfill(
                    content_type="text/html", body='<!doctype html><img src="/query/team-load.svg?theme=auto">'
                ),
            )
            page.goto(f"{server}/picture", wait_until="networkidle")
            pictures[scheme] = page.locator("img").screenshot()
            page.goto(f"{server}/query/team-load.svg?theme=auto")
            ground = page.evaluate("getComputedStyle(document.querySelector('rect')).fill")

            assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(28, 35, 33)"}[scheme]
    assert pictures["light"] != pictures["dark"]
