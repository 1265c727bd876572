"""What the site says of itself, and how it helps who met nothing at an address."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from workplan.cli import commands as verbs
from workplan.export.credits import licence_name
from workplan.language import LANGUAGES
from workplan.model.iris import RESERVED
from workplan.web import create_app
from workplan.web.about import PAGES
from workplan.web.service import Service


def asking(service: Service, **settings: str) -> FlaskClient:
    """A client of the same service with other *settings*."""
    return create_app(replace(service, config=replace(service.config, **settings))).test_client()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", [*PAGES, "search", "quality", "api"])
def test_each_page_is_there(client: FlaskClient, lang: str, page: str) -> None:
    """At an address that no network can take."""
    answer = client.get(f"/{lang}/{page}")

    assert answer.status_code == 200
    assert {page.partition("/")[0], "plan", "matrix"} <= RESERVED


def test_no_contact_is_made_up(service: Service) -> None:
    """Where the operator gave none, that is said, and no address stands there."""
    client = asking(service, contact="")
    page = client.get("/ca/contact").text

    assert "encara no té cap adreça" in page
    assert "workplan.toml" not in page
    assert '<a href="/ca/xmess"' in page.partition("<main")[2]
    assert "mailto:" not in page
    assert "@" not in page.partition("<main")[2].partition("</main>")[0]
    assert "[adreça de contacte]" in client.get("/ca/accessibility").text


@pytest.mark.parametrize(
    ("contact", "href"),
    [("dades@exemple.cat", "mailto:dades@exemple.cat"), ("https://exemple.cat/bustia", "https://exemple.cat/bustia")],
)
def test_the_operators_contact_is_shown(service: Service, contact: str, href: str) -> None:
    """An e-mail or a page, on both pages that need it."""
    client = asking(service, contact=contact)

    assert f'<a href="{href}">{contact}</a>' in client.get("/en/contact").text
    assert f'<a href="{href}">{contact}</a>' in client.get("/en/accessibility").text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_accessibility_page_claims_nothing(client: FlaskClient, lang: str) -> None:
    """Its readers are told that there is no statement; the template's blanks are folded away for who publishes."""
    page = client.get(f"/{lang}/accessibility").text
    seen = page.partition("<main")[2].partition('<details class="template">')[0]

    assert "[" not in seen
    assert {"ca": "encara no té", "es": "todavía no tiene", "en": "has no accessibility"}[lang] in seen
    assert page.count('class="blank"') >= 10
    assert '<div class="doubt">' in page


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),
        ("https://creativecommons.org/licenses/by-sa/3.0", "CC BY-SA 3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("https://example.org/licence", "https://example.org/licence"),
    ],
)
def test_a_licence_goes_by_the_name_that_people_know(iri: str, name: str) -> None:
    """Or by its address."""
    assert licence_name(iri) == name


def test_every_page_shows_the_configured_licence(service: Service) -> None:
    """And no other as that of the data."""
    client = asking(service, licence="https://creativecommons.org/publicdomain/zero/1.0/")
    page = client.get("/ca/licence").text

    assert page.count('<a href="https://creativecommons.org/publicdomain/zero/1.0/" rel="license">CC0 1.0</a>') == 2
    assert "si dieu d'on surten" not in page


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/ca/xmess/plan/2020/action/99", "/ca/xmess/plan/2020/action/"),
        ("/ca/xmess/plan/2020/acton/08", "/ca/xmess/plan/2020/action/08"),
        ("/ca/xmess/team/sst", "/ca/xmess/team/st"),
        ("/en/xmess/plan/2021", "/en/xmess/plan/2020"),
        ("/es/compra-publica", "/es/scheme/thematic-scope/cpr"),
        ("/id/xmess/team/sst", "/ca/xmess/team/st"),
    ],
)
def test_an_unknown_address_leads_to_what_is_near(client: FlaskClient, address: str, expected: str) -> None:
    """What is called alike, what is above it, or what its words find."""
    answer = client.get(address, headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert f'href="{expected}' in answer.text.partition("<main")[2]


@pytest.mark.parametrize(
    "address",
    ["/ca/%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "/ca/" + "a/" * 500 + "a", "/ca/%00", "/ca/%F0%9F%92%A9", "/fr/"],
)
def test_no_address_breaks_the_page_that_helps(client: FlaskClient, address: str) -> None:
    """Whatever was typed is words, and shown as text."""
    answer = client.get(address, headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(("lang", "said"), [("ca", "Format no disponible"), ("es", "Formato"), ("en", "ormat")])
def test_errors_speak_the_readers_language(client: FlaskClient, lang: str, said: str) -> None:
    """Where the address has none, the browser's."""
    answer = client.get("/data/xmess.docx", headers={"Accept": "text/html", "Accept-Language": lang})

    assert answer.status_code == 406
    assert f'<html lang="{lang}">' in answer.text
    assert said in answer.text
    assert "text/turtle" in answer.text


def test_a_statement_of_the_operators_own_takes_the_place_of_the_template(service: Service) -> None:
    """And nothing is left to fill in."""
    page = asking(service, accessibility="https://exemple.cat/accessibilitat", contact="a@exemple.cat").get(
        "/ca/accessibility"
    )

    assert '<a href="https://exemple.cat/accessibilitat">' in page.text
    assert 'class="blank"' not in page.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_source_code_is_shown_where_the_operator_says_it_is(service: Service, lang: str) -> None:
    """In the footer and where the software is spoken of; nothing is made up."""
    told = asking(service, source_url="https://exemple.cat/codi?a=1&b=2")
    silent = asking(service, source_url="")

    for page, times in (("", 1), ("about", 2), ("about/publish", 2)):
        text = told.get(f"/{lang}/{page}").text
        assert text.count('href="https://exemple.cat/codi?a=1&amp;b=2"') == times, page
        assert "exemple.cat" not in silent.get(f"/{lang}/{page}").text, page


@pytest.mark.parametrize(
    ("lang", "name"), [("ca", "Publiqueu el vostre pla"), ("es", "Publique su plan"), ("en", "Publish your plan")]
)
def test_every_page_leads_to_how_to_publish_a_plan(client: FlaskClient, lang: str, name: str) -> None:
    """In the menu; and the commands are those that exist."""
    page = client.get(f"/{lang}/about/publish").text

    assert f'<a href="/{lang}/about/publish">{name}</a>' in client.get(f"/{lang}/quality").text.partition("<main")[0]
    commands = set(re.findall(r"bin/workplan (\w+)", page))
    assert commands == {"validate", "serve"}
    assert commands <= set(verbs.commands)


def test_lines_that_share_actions_say_so(client: FlaskClient) -> None:
    """Where the numbers add up to more than there are."""
    for path in ("", "xmess/plan/2020"):
        assert "Els nombres sumen més de 29" in client.get(f"/ca/{path}").text
