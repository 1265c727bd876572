"""Every page of every resource, in three languages, and every link on it."""

import gzip
import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup
from pyoxigraph import NamedNode, RdfFormat, parse

from workplan.language import LANGUAGES
from workplan.model.iris import data_path
from workplan.model.namespaces import NAMESPACES
from workplan.model.words import natural
from workplan.release.build import Release
from workplan.web.pages import whole


class Anchors(HTMLParser):
    """The links and identifiers of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what a tag holds."""
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        # A form that posts leads nowhere without what it sends: a query too long for an address.
        address = given.get("href") or (given.get("action") if given.get("method") != "post" else None)
        if address and given.get("rel") not in ("canonical", "nofollow"):
            self.links.append(address)


@pytest.fixture(scope="module")
def paths(release: Release) -> list[str]:
    """The path of every resource that the data describe, but for those in whose place others stand."""
    quads = list(parse(path=release.data, format=RdfFormat.N_QUADS))
    replaced = {quad.subject for quad in quads if quad.predicate.value == NAMESPACES["dcterms"] + "isReplacedBy"}
    subjects = {quad.subject for quad in quads} - replaced
    found = {data_path(s.value) for s in subjects if isinstance(s, NamedNode)}
    return sorted(path for path in found if path)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_resource_has_its_page(client: FlaskClient, paths: list[str], lang: str) -> None:
    """Whatever the data describe can be read by a person, on a page that is light to fetch."""
    answers = {path: client.get(f"/{lang}/{path}") for path in paths}
    heavy = {path: size for path, answer in answers.items() if (size := len(gzip.compress(answer.data))) > 20_000}

    assert len(paths) > 200
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 200} == {}
    assert heavy == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_link_is_dead(client: FlaskClient, lang: str) -> None:
    """A crawl from the home page meets no broken address and no missing fragment."""
    waiting, seen, broken = [f"/{lang}/"], {}, []
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        answer = client.get(address)
        page = Anchors(answer.text) if answer.mimetype == "text/html" else Anchors("")
        answer.close()
        seen[address] = page
        if answer.status_code >= 400:
            broken.append(address)
        for link in page.links:
            target, _ = urldefrag(urljoin(f"http://localhost{address}", link))
            parts = urlsplit(target)
            of_other_language = any(parts.path.startswith(f"/{other}/") for other in LANGUAGES if other != lang)
            if parts.netloc == "localhost" and not of_other_language:
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    missing = [
        (address, link)
        for address, page in seen.items()
        for link in page.links
        if link.startswith(("#", "/"))
        and (target := urldefrag(urljoin(f"http://localhost{address}", link)))[1]
        and (held := seen.get(urlsplit(target[0]).path)) is not None
        and held.ids
        and target[1] not in held.ids
    ]

    assert broken == []
    assert missing == []
    assert len(seen) > 250


def test_action_8_tells_what_the_document_states_and_what_was_added(client: FlaskClient) -> None:
    """In words: the added line with its reason, the gap and the doubt."""
    text = client.get("/ca/xmess/plan/2020/action/08").text

    assert "8. Generar un grup de treball per incorporar la interseccionalitat" in text
    assert text.count(">afegit a les dades</a>") == 1
    assert "Patró de codis" in text
    assert "Fila desplaçada una columna a la dreta" in text
    assert "trimestre previst" in text


def test_a_team_page_lists_its_actions(client: FlaskClient) -> None:
    """Links both ways: the Secretariat carries ten actions."""
    text = client.get("/en/xmess/team/st").text

    assert len(set(re.findall(r'href="/en/xmess/plan/2020/action/(\d\d)"', text))) == 10


def test_a_page_leads_to_its_neighbours_and_to_what_it_is_part_of(client: FlaskClient) -> None:
    """Action 8 is between 7 and 9, in the plan of the network."""
    text = client.get("/ca/xmess/plan/2020/action/08").text
    trail = text.partition('class="trail"')[2].partition("</nav>")[0]
    around = text.partition('class="around"')[2].partition("</nav>")[0]

    assert re.findall('href="([^"]+)"', trail) == ["/ca/", "/ca/xmess", "/ca/xmess/plan/2020"]
    assert re.findall('href="([^"]+)"', around) == [f"/ca/xmess/plan/2020/action/{code}" for code in ("07", "09")]
    assert "8 de 29" in text


def test_neighbours_follow_their_codes_where_orders_begin_anew(client: FlaskClient) -> None:
    """The first objective of the second line comes after the last of the first."""
    text = client.get("/ca/xmess/plan/2020/objective/2.1").text
    around = text.partition('class="around"')[2].partition("</nav>")[0]

    assert re.findall(r'objective/([0-9.]+)"', around) == ["1.2", "2.2"]


def test_each_value_leads_to_the_cell_that_prints_it(client: FlaskClient) -> None:
    """One click from a value to its place in the document."""
    text = client.get("/ca/xmess/plan/2020/action/08").text

    assert '<span class="printed">línia <a href="/ca/document/pla2020#L107c9">107</a> del document</span>' in text


def test_a_page_counts_what_the_document_states_and_what_was_added(client: FlaskClient) -> None:
    """In words that need no knowledge of graphs."""
    assert "1 s'ha afegit a les dades, amb el motiu." in client.get("/ca/xmess/plan/2020/action/08").text
    assert "no s'hi ha afegit cap valor" in client.get("/ca/xmess/team/ct").text
    for path in ("assertion/001", "team/ct/2020", "work/guia-abc"):
        assert (
            "Tot això s'ha afegit a les dades a partir del que diu el document." in client.get(f"/ca/xmess/{path}").text
        )


def test_notes_without_a_name_say_what_they_are_about(client: FlaskClient) -> None:
    """Never an address for a title."""
    assert "<h1>Valor que falta: trimestre previst (A01)</h1>" in client.get("/ca/xmess/gap/001").text
    assert "<h1>Added value: strategic line (A08)</h1>" in client.get("/en/xmess/assertion/001").text


def test_a_resource_can_be_cited(client: FlaskClient) -> None:
    """By the address that does not change; who made it, where the document does not say it."""
    text = client.get("/es/xmess/plan/2020/action/08").text

    assert "https://w3id.org/sse-workplan/id/xmess/plan/2020/action/08" in text.partition('id="apa"')[2]
    assert "@misc{xmess-plan-2020-action-08-" in text
    for address in ("scheme/instrument", "xmess/gap/001", "xmess/plan/2020/action/08"):
        page = client.get(f"/es/{address}").text
        assert "Proyecto sse-workplan. (" in page.partition('id="apa"')[2].partition("</pre>")[0]
    assert text.count('data-copy="Copiar"') == 3


def test_a_page_is_described_by_its_first_facts(client: FlaskClient) -> None:
    """What a list of results shows of it; of a text, the text."""
    action = client.get("/en/xmess/plan/2020/action/08").text
    criterion = client.get("/en/xmess/plan/2020/criterion/3").text

    assert re.search('name="description" content="Planned action: Set up .*LE1. Line of action: LA01. ', action)
    assert 'content="Guiding criterion: General criterion 3. La XMESS ha de promoure' in criterion


def test_a_list_tells_how_many_of_it_were_added(client: FlaskClient) -> None:
    """The first strategic line has thirteen actions by the document, and one more."""
    assert "Segons el document: 13; afegit a les dades: 1" in client.get("/ca/xmess/plan/2020/strategic-line/1").text


def test_a_page_leads_to_the_questions_about_its_resource(client: FlaskClient) -> None:
    """Their table, spreadsheet and SPARQL are one click away."""
    for path, question in (("team/st", "team-actions?team="), ("plan/2020/action/08", "action?action=")):
        address = f"/en/query/{question}xmess/{path}"

        assert f'<a href="{address}" rel="nofollow">' in client.get(f"/en/xmess/{path}").text
        assert client.get(address).status_code == 200


def test_a_line_that_no_action_cites_says_so(client: FlaskClient) -> None:
    """An empty list would look like a fault."""
    assert "Cap acció del pla no cita aquesta línia d'actuació" in client.get("/ca/xmess/plan/2020/action-line/4").text
    assert (
        "Cap acció del pla no cita aquesta línia d'actuació" not in client.get("/ca/xmess/plan/2020/action-line/7").text
    )


def test_a_name_that_is_the_same_in_the_source_is_no_translation(client: FlaskClient) -> None:
    """A town's."""
    assert "Todas las traducciones" not in client.get("/es/place/08187").text
    assert "Todas las traducciones" in client.get("/es/xmess/plan/2020/action/08").text


def test_a_team_tells_its_load(client: FlaskClient) -> None:
    """How much it carries alone and with whom the rest: the Secretariat's ten actions."""
    text = client.get("/ca/xmess/team/st").text
    load = text.partition('id="load"')[2].partition("</section>")[0]

    assert "5 en solitari i 5 amb altres equips" in load
    assert re.findall(r'href="/ca/xmess/team/(\w+)".*?</svg> (\d+)</td>', load) == [
        ("c", "3"),
        ("ct", "3"),
        ("gt", "2"),
    ]


def test_an_indicator_shows_its_scale_in_order_and_no_figure_that_nobody_gave(client: FlaskClient) -> None:
    """From lowest to highest; without observations it says so."""
    text = client.get("/ca/xmess/plan/2020/indicator/execucio").text
    scale = text.partition('class="scale"')[2].partition("</ol>")[0]

    assert re.findall(r"execution-status/([a-z-]+)", scale) == ["pendent", "en-proces", "finalitzada"]
    assert "No n'hi ha cap observació." in text


def test_an_event_stands_among_those_of_the_plans_making(client: FlaskClient) -> None:
    """With its date, its place, and what is only foreseen."""
    text = client.get("/ca/xmess/event/2019-11-29-assemblea-ordinaria").text
    line = text.partition('class="timeline"')[2].partition("</ol>")[0]

    assert re.findall('datetime="([^"]+)"', line) == ["2017-05-17", "2019-04-10", "2019-09-18", "2019-11-29"]
    assert line.count("El document no en diu la data") == 3
    assert line.count('class="foreseen"') == 1
    assert '<strong aria-current="step">Assemblea ordinària</strong>' in line


def test_the_definition_reads_whole_on_its_page(client: FlaskClient) -> None:
    """Its four clauses in the document's words, marked as Catalan for others."""
    text = client.get("/en/xmess/plan/2020/criterion/1").text

    assert len(re.findall(r'<li>\s*<blockquote lang="ca">', text.partition('class="quoted"')[2])) == 4


def test_the_page_of_a_document_leads_to_it_and_does_not_list_its_places(client: FlaskClient) -> None:
    """378 places are no list for a person."""
    answer = client.get("/ca/xmess/source/pla2020")

    assert '<a class="button" href="/ca/document/pla2020">' in answer.text
    assert "6011288190d54963" in answer.text
    assert ">SHA256</a>" in answer.text
    assert len(answer.data) < 60_000


def test_a_long_list_of_several_kinds_is_shown_by_kind(client: FlaskClient) -> None:
    """The elements of a version."""
    text = client.get("/ca/xmess/plan/2020/version/1").text

    assert re.search(
        r'<h3><a href="/ca/ns#PlannedAction">Acció planificada</a> <span class="count">29</span></h3>', text
    )


def test_the_plan_page_shows_29_rows(client: FlaskClient) -> None:
    """One row an action."""
    text = client.get("/ca/xmess/plan/2020").text

    assert len(re.findall(r'<th scope="row"><a href="/ca/xmess/plan/2020/action/\d\d"', text)) == 29


def test_content_in_another_language_is_marked(client: FlaskClient) -> None:
    """A reader of English is told that a text is Catalan, and so is a screen reader."""
    text = client.get("/en/xmess/plan/2020/action/08").text

    assert '<blockquote lang="ca">' in text


@pytest.mark.parametrize(
    ("header", "expected"),
    [(None, "ca"), ("es", "es"), ("en-GB,en;q=0.9", "en"), ("fr", "ca"), ("ca-valencia", "ca"), ("fr,es;q=0.5", "es")],
)
def test_the_front_door_leads_to_the_readers_language(client: FlaskClient, header: str | None, expected: str) -> None:
    """Catalan where the browser asks for none of ours."""
    answer = client.get("/", headers={"Accept-Language": header} if header else {})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/{expected}/")
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "path",
    ["/ca/xmess/plan/2020/action/99", "/ca/no-such", "/en/graph/none", "/fr/", "/es/problem/none", "/ca/scheme"],
)
def test_an_unknown_address_is_a_404_in_a_page(client: FlaskClient, path: str) -> None:
    """A person gets a page, not a problem document."""
    answer = client.get(path, headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_a_wrong_query_is_shown_with_its_place(client: FlaskClient) -> None:
    """The form keeps the text and points at the error."""
    answer = client.get("/ca/sparql", query_string={"query": "SELECT ?x WHERE { ?x <p }"})

    assert answer.status_code == 400
    assert "línia 1" in answer.text
    assert "SELECT ?x WHERE { ?x &lt;p }" in answer.text


def test_an_unchanged_page_is_not_sent_again(client: FlaskClient) -> None:
    """304 by ETag."""
    first = client.get("/ca/xmess/plan/2020")
    again = client.get("/ca/xmess/plan/2020", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.data == b""


def test_a_graph_lists_what_it_is_about_as_people_sort(client: FlaskClient) -> None:
    """By name, an accented initial where its letter stands."""
    text = (
        client.get("/ca/graph/xmess/plan/2020/v1/anomalies")
        .text.partition('<ul class="list">')[2]
        .partition("</ul>")[0]
    )
    names = re.findall(r'<li><a href="[^"]*">([^<]+)</a>', unescape(text))

    assert any(name.startswith("À") for name in names)
    assert names == sorted(names, key=natural)


@pytest.mark.parametrize(
    ("path", "author"),
    [
        ("scheme/instrument", "Projecte sse-workplan"),
        ("scheme/instrument/web", "Projecte sse-workplan"),
        ("scheme/rating-3/ordered", "Projecte sse-workplan"),
        ("xmess/plan/2020", "Projecte sse-workplan"),
        ("xmess/plan/2020/action-line", "Projecte sse-workplan"),
        ("xmess/plan/2020/action/08", "Projecte sse-workplan"),
        ("xmess/team/ct", "Projecte sse-workplan"),
        ("org/aescat", "Projecte sse-workplan"),
        ("about", "Projecte sse-workplan"),
        ("query/actions", "Projecte sse-workplan"),
    ],
)
def test_what_is_cited_is_cited_by_who_made_it(client: FlaskClient, path: str, author: str) -> None:
    """Who made the data, which the network did not; by one rule for pages, answers and all of it."""
    text = unescape(client.get(f"/ca/{path}").text)

    assert f"{author}. (20" in text
    assert path == "about" or f"author = {{{{{author}}}}}" in text


SOURCE = "Font: «Procés d'elaboració i aprovació del Pla de treball 2020 de l'associació XMESS»"


@pytest.mark.parametrize(
    "path", ["xmess/plan/2020", "xmess/plan/2020/action/08", "xmess/team/ct", "query/actions", "about"]
)
def test_what_is_cited_names_the_document_that_it_was_read_from(client: FlaskClient, path: str) -> None:
    """The network's, which is the source and not the author of the data."""
    text = unescape(client.get(f"/ca/{path}").text)

    assert f"[Conjunt de dades]. {SOURCE}. Consulta: " in text
    assert path == "about" or f"note = {{{SOURCE}}}" in text


@pytest.mark.parametrize("path", ["scheme/instrument", "xmess/source/pla2020"])
def test_nothing_is_cited_as_read_from_itself_or_from_nowhere(client: FlaskClient, path: str) -> None:
    """The shared lists are nobody's document."""
    assert "Font: «" not in unescape(client.get(f"/ca/{path}").text).partition('id="apa"')[2].partition("</pre>")[0]


@pytest.mark.parametrize(
    ("lang", "whole"), [("ca", "del document"), ("es", "del documento"), ("en", "of the document")]
)
def test_a_line_of_the_document_is_called_so(client: FlaskClient, lang: str, whole: str) -> None:
    """A plan has strategic lines and lines of action too."""
    for path in ("xmess/plan/2020/action/08", "xmess/team/ct", "search?q=compra"):
        text = client.get(f"/{lang}/{path}").text
        after = re.findall(r'/document/pla2020#L[^"]*">(?:\w+ )?\d+(?:</a>)? ([^<,]*)', text)
        assert after, path
        assert {words.strip() for words in after} == {whole}, path


@pytest.mark.parametrize("path", ["xmess/plan/2020/action/08", "xmess/plan/2020/action/17"])
def test_what_is_noted_of_all_actions_is_told_once(client: FlaskClient, path: str) -> None:
    """On the page of the note, to which each action leads; what is noted of one alone stands on its page."""
    text = unescape(client.get(f"/ca/{path}").text)
    ((note,),) = [re.findall(r'<a href="(/ca/xmess/anomaly/\d+)"[^>]*>Calendari buit</a>', text)]

    assert text.count("Passa igual en 29 recursos") == 2
    assert "Cap de les cent setze cel·les" not in text
    assert "Cap de les cent setze cel·les" in unescape(client.get(note).text)


def test_what_a_team_carries_out_comes_before_what_is_doubtful(client: FlaskClient) -> None:
    """And a line says from the start that there are doubts."""
    text = client.get("/ca/xmess/team/ct").text
    places = [text.index(mark) for mark in ('href="#gaps"', "Accions que executa", 'id="load"', 'id="gaps"')]

    assert places == sorted(places)


def test_an_organisation_shows_the_part_it_plays(client: FlaskClient) -> None:
    """In which actions, who carries these out and where that is known from; through its own departments too."""
    text = unescape(client.get("/ca/org/aescat").text)
    whole = unescape(client.get("/ca/org/generalitat-de-catalunya").text)

    assert "Quin paper hi té" in text
    assert "Comissió executiva" in text
    assert "El títol de l'acció diu" in text
    assert "A través de" in whole
    assert "/action/18" in whole


@pytest.mark.parametrize(
    ("lang", "name"), [("ca", "Compra pública responsable"), ("en", "Responsible public procurement")]
)
def test_initials_are_spelt_out_in_the_title(client: FlaskClient, lang: str, name: str) -> None:
    """With the initials beside them, as any code."""
    text = client.get(f"/{lang}/scheme/thematic-scope/cpr").text

    assert f"<h1>{name}</h1>" in text
    assert '<span class="code">CPR</span>' in text
    assert f"<title>CPR · {name} – " in text


def test_no_line_breaks_before_the_few_letters_that_a_hyphen_ties_to_a_word(client: FlaskClient) -> None:
    """A hyphen between longer words, or in a code, may end a line."""
    assert 'Incidir i <span class="unbroken">relacionar-se</span> amb' in client.get("/ca/").text
    assert whole("anar-hi <b> i socioeconòmic-social, 2020-01-02") == Markup(
        '<span class="unbroken">anar-hi</span> &lt;b&gt; i socioeconòmic-social, 2020-01-02'
    )
