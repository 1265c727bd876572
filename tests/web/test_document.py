"""The page of the document: every sentence leads to what it states, and back; doubts stand in place, in words."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from workplan.language import LANGUAGES
from workplan.web import create_app
from workplan.web.service import Service

PAGE = "/ca/document/pla2020"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_document_is_shown_with_its_words_in_catalan(client: FlaskClient, lang: str) -> None:
    """Whatever the language of the interface."""
    answer = client.get(f"/{lang}/document/pla2020")

    assert answer.status_code == 200
    assert '<div class="document" lang="ca">' in answer.text
    assert "8. Generar un grup de treball per incorporar la interseccionalitat" in answer.text


def test_a_sentence_leads_to_its_resource_and_back(client: FlaskClient) -> None:
    """Both ways, by the fragment's own address."""
    document = client.get(PAGE).text
    action = client.get("/ca/xmess/plan/2020/action/08").text

    assert re.search(r'<a id="L107c1" href="/ca/xmess/plan/2020/action/08"', document)
    assert 'href="/ca/document/pla2020#L107' in action


def test_a_fragments_own_address_leads_to_its_place(client: FlaskClient) -> None:
    """Each fragment of the data has its anchor on the page."""
    anchors = set(re.findall(r'id="(L[0-9][^"]*)"', client.get(PAGE).text))

    assert len(anchors) > 370
    assert {"L5barcelona", "L107", "L107c9", "L152s1"} <= anchors


def test_doubts_gaps_and_added_values_show_in_place_in_words(client: FlaskClient) -> None:
    """Beside action 8's row: the shifted cells, the missing quarter, the added line."""
    document = client.get(PAGE).text
    _, _, after = document.partition('id="L107c1"')
    row = after.partition('id="L108c1"')[0]

    assert "Dubtes:" in row
    assert "Fila desplaçada una columna a la dreta" in row
    assert "No consta:" in row
    assert "Afegit a les dades:" in row
    assert "LE1" in row


def test_displaced_cells_are_shown_where_they_are_printed(client: FlaskClient) -> None:
    """Action 8's instrument stands in the third column."""
    row = re.search(r'<tr id="L107"><th scope="row">.*?</tr>', client.get(PAGE).text, re.DOTALL)

    assert row
    cells = re.findall(r"<t[hd][ >].*?</t[hd]>", row[0], re.DOTALL)
    assert "Governança" in cells[2]


@pytest.mark.parametrize(("lang", "marked"), [("ca", 0), ("es", 1), ("en", 1)])
def test_a_translated_title_says_that_it_is_ours(client: FlaskClient, lang: str, marked: int) -> None:
    """The Catalan is the document's; the others lead to the graph of translations."""
    text = client.get(f"/{lang}/xmess/plan/2020/action/08").text

    assert (
        len(re.findall(rf'<p class="note">[^<]*<a href="/{lang}/graph/xmess/plan/2020/translations/', text)) == marked
    )


def test_a_row_leads_once_to_what_it_states(client: FlaskClient) -> None:
    """Its cells are places to link to, not more ways to the same page; a title says only what the words do not."""
    pages = {lang: client.get(f"/{lang}/document/pla2020").text for lang in LANGUAGES}
    rows = {lang: page.partition('<tr id="L107">')[2].partition("</tr>")[0] for lang, page in pages.items()}

    for lang, row in rows.items():
        assert re.findall(r'href="([^"]+)"', row) == ["#L107", f"/{lang}/xmess/plan/2020/action/08"]
        assert 'id="L107c9"' in row
    assert "title=" not in rows["ca"]
    assert rows["en"].count("title=") == 1


@pytest.mark.parametrize("network", ["", "altra"])
def test_a_document_is_found_whichever_network_the_service_is_of(service: Service, network: str) -> None:
    """Data of several networks may be served together, and nobody needs to say of which one the service is."""
    client = create_app(replace(service, config=replace(service.config, network=network))).test_client()

    assert 'id="L107c1"' in client.get(PAGE).text
    assert f'href="{PAGE}"' in client.get("/ca/xmess/source/pla2020").text
    assert f'href="{PAGE}"' in client.get("/ca/").text


def test_an_unknown_document_is_a_404(client: FlaskClient) -> None:
    """Nothing is shown for it."""
    assert client.get("/ca/document/none", headers={"Accept": "text/html"}).status_code == 404


def test_every_line_has_its_number_which_leads_to_it(client: FlaskClient) -> None:
    """So that a line can be cited, and linked to."""
    text = client.get("/es/document/pla2020").text
    numbered = re.findall(
        r'<a class="at" lang="es" href="#([^"]+)" aria-label="línea (\d+) del documento">(\d+)</a>', text
    )
    idents = set(re.findall(r'id="(L[0-9][^"]*)"', text))

    assert len(numbered) > 100
    assert [number for _, number, _ in numbered] == sorted({n for _, n, _ in numbered}, key=int)
    assert all(shown == number and ident in idents for ident, number, shown in numbered)
    assert all(ident == f"L{number}" for ident, number, _ in numbered if f"L{number}" in idents)


def test_the_document_has_a_table_of_contents(client: FlaskClient) -> None:
    """Its six parts."""
    text = client.get("/ca/document/pla2020").text
    contents = text.partition('class="contents"')[2].partition("</nav>")[0]

    assert "LÍNIES D&#39;ACTUACIÓ DE LA XMESS" in contents
    assert len(re.findall("<li>", contents)) == 6


@pytest.mark.parametrize("lang", ["ca", "es", "en"])
def test_the_counts_of_marks_lead_to_the_counts_of_things(client: FlaskClient, lang: str) -> None:
    """One doubt marks several lines: who compares the two pages learns why they differ."""
    page = client.get(f"/{lang}/document/pla2020").text
    note = page.partition('<p class="note">')[2].partition("</p>")[0]

    assert f'href="/{lang}/quality"' in note
