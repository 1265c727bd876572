"""Questions as pages: found, asked, answered, sorted, cited, embedded; and what is shown when something is wrong."""

import html
import re
import shutil
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.query import Limits
from workplan.export.answer import Source
from workplan.knowledge.description import Name
from workplan.knowledge.table import Table
from workplan.language import LANGUAGES
from workplan.model.namespaces import DATA
from workplan.questions.columns import Column
from workplan.release.build import Release, build
from workplan.release.sources import load_home
from workplan.web import create_app
from workplan.web.citation import Citation
from workplan.web.result import table_view, tree_of
from workplan.web.service import Service, open_service

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
TEAM = "https://w3id.org/sse-workplan/id/xmess/team"
HEAVIEST = 60_000
"""Bytes of a page without its charts."""


def text_of(page: str) -> str:
    """What a reader sees of the markup *page*, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def body_rows(page: str) -> list[str]:
    """The markup of each row of the answer."""
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)


def code_of(page: str, ident: str) -> str:
    """The text of the code *ident* on the page."""
    found = re.search(rf'<code id="{ident}"[^>]*>(.*?)</code>', page, re.DOTALL)
    assert found, ident
    return html.unescape(re.sub(r"<[^>]*>", "", found[1]))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_gallery_has_every_question_once(client: FlaskClient, service: Service, lang: str) -> None:
    """Whoever adds a file has it listed."""
    page = client.get(f"/{lang}/query/").text
    listed = re.findall(rf'<h3><a href="/{lang}/query/([a-z0-9-]+)">', page)

    assert sorted(listed) == sorted(service.queries)
    assert str(len(service.queries)) in text_of(page)


@pytest.mark.parametrize("asked", ["línies equips", "LINIES EQUIPS", "equipos líneas", "strategic teams"])
def test_a_search_folds_accents_and_case_and_knows_three_languages(client: FlaskClient, asked: str) -> None:
    """People type as they can."""
    page = client.get("/ca/query/", query_string={"q": asked}).text

    assert 'href="/ca/query/line-team-matrix"' in page
    assert 'href="/ca/query/cq-018-sse-definition"' not in page


def test_a_search_that_finds_nothing_says_so_and_offers_all(client: FlaskClient, service: Service) -> None:
    """Nobody is left before an empty page, and what was searched is shown as text."""
    page = client.get("/ca/query/", query_string={"q": "<b>zeppelin"}).text

    assert "Cap pregunta no parla de «<b>zeppelin»" in text_of(page)
    assert "&lt;b&gt;zeppelin" in page
    assert page.count("<h3><a") == len(service.queries)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_question_has_a_light_valid_page(client: FlaskClient, service: Service, lang: str) -> None:
    """It parses strictly, says what it is, and weighs less than a photograph."""
    heavy = {}
    for name, query in service.queries.items():
        answer = client.get(f"/{lang}/query/{name}")
        page = answer.text
        heavy |= {name: len(answer.data)} if len(answer.data) > HEAVIEST else {}

        assert answer.status_code == 200, name
        html5lib.HTMLParser(strict=True).parse(page)
        assert page.count("<h1") == 1, name
        assert html.escape(query.title(lang), quote=True).replace("&#x27;", "&#39;") in page, name
        assert '<meta name="description"' in page
        assert re.search(rf'<link rel="canonical" href="http://localhost/{lang}/query/{name}[?"]', page), name
        others = [f'hreflang="{other}" href="http://localhost/{other}/query/{name}"' for other in LANGUAGES]
        assert all(other in page for other in others), name
    assert heavy == {}


@pytest.mark.parametrize("name", ["team-load", "action-graph", "find-actions"])
def test_a_page_leads_programs_to_its_files(client: FlaskClient, name: str) -> None:
    """By ``alternate`` links: each answers, in the type that it announces."""
    page = client.get(f"/ca/query/{name}").text
    links = re.findall(r'<link rel="alternate" type="([^"]*)" title="[^"]*" href="([^"]*)"', page)
    files = [(kind, html.unescape(href)) for kind, href in links if "oembed" not in kind]
    oembed = [html.unescape(href) for kind, href in links if "oembed" in kind]

    assert len(files) > 3
    for kind, href in files:
        answer = client.get(href)
        assert (answer.status_code, answer.mimetype) == (200, kind), href
    canonical = re.search(r'<link rel="canonical" href="([^"]*)"', page)
    assert canonical
    # A graph cannot be embedded.
    assert [parse_qs(urlsplit(each).query)["url"] for each in oembed] == (
        [] if name == "action-graph" else [[html.unescape(canonical[1])]]
    )
    assert [client.get(each).get_json()["type"] for each in oembed] == ["rich"] * len(oembed)


def test_every_resource_that_a_form_asks_for_is_chosen_from_a_list(client: FlaskClient, service: Service) -> None:
    """Nobody knows IRIs by heart."""
    for query in service.queries.values():
        page = client.get(f"/ca/query/{query.name}").text
        written = re.findall(r'<input id="field-(\w+)"', page)
        assert [p.name for p in query.parameters if p.kind == "iri" and p.name in written] == [], query.name


def test_a_form_offers_the_choices_that_the_data_hold(client: FlaskClient) -> None:
    """By their names, the one that is asked chosen, whether it came whole or as a path."""
    page = client.get("/ca/query/team-actions?team=xmess/team/ct").text

    assert f'<option value="{TEAM}/ct" selected>CT · Comissió tècnica</option>' in page
    assert page.count(f'<option value="{TEAM}/') == 7
    assert len(body_rows(page)) == 9
    assert '<label for="field-team">Equip' in page


@pytest.mark.parametrize(
    ("address", "field", "kept", "sentence"),
    [
        ("events-since?since=2019-99-01", "since", 'value="2019-99-01"', "Escriviu un dia del calendari"),
        ("team-actions?team=", "team", "", "Cal que ompliu aquest camp."),
        ('team-actions?team=x"+.+?a+?b+?c', "team", "x&#34; . ?a ?b ?c", "Trieu un valor de la llista."),
        ("find-actions?words=" + "a" * 2001, "words", "a" * 2001, "s'esperava un valor de tipus"),
    ],
)
def test_a_wrong_value_is_told_beside_its_field(
    client: FlaskClient, address: str, field: str, kept: str, sentence: str
) -> None:
    """The value stays, the page stands, and nothing is asked."""
    answer = client.get(f"/ca/query/{address}")
    page = answer.text

    assert answer.status_code == 400
    assert kept in page
    assert f'aria-invalid="true" aria-describedby="error-{field}"' in page
    assert f'<a href="#field-{field}">' in page
    assert sentence in text_of(page)
    assert "<tbody>" not in page
    html5lib.HTMLParser(strict=True).parse(page)


def test_a_resource_stands_once_by_its_name(client: FlaskClient) -> None:
    """Its IRI and its name make one link, headed by what it is."""
    page = client.get("/es/query/team-load").text
    heads = [text_of(head) for head in re.findall(r'<th scope="col".*?</th>', page)]

    assert heads == ["Código", "Equipo", "Acciones"]
    assert '<a href="/es/xmess/team/st">Secretaría técnica</a>' in page
    assert f"{TEAM}/st" not in "".join(body_rows(page))


def test_dates_and_numbers_are_as_the_reader_writes_them(client: FlaskClient) -> None:
    """In the forms of his language."""
    pages = {lang: text_of(client.get(f"/{lang}/query/timeline").text) for lang in LANGUAGES}

    assert re.search(r"\d d’octubre del? 2019|\d de \w+ del? 2019", pages["ca"])
    assert re.search(r"\d de \w+ de 2019", pages["es"])
    assert re.search(r"\d+ [A-Z]\w+ 2019", pages["en"])


def test_what_the_data_do_not_say_is_said_not_to_be_known(client: FlaskClient, service: Service) -> None:
    """Never a blank, never a zero."""
    blank = [
        name
        for name in service.queries
        if re.search(r"<t[dh][^>]*>\s*</t[dh]>", client.get(f"/ca/query/{name}").text.partition("<tbody>")[2])
    ]

    assert blank == []
    assert "no consta" in text_of("".join(body_rows(client.get("/ca/query/cq-011-cost-of-actions").text)))


def test_a_text_in_another_language_says_which(client: FlaskClient) -> None:
    """To eyes and to voices."""
    rows = "".join(body_rows(client.get("/en/query/cq-024-support-of-each-datum").text))

    assert re.search(r'lang="ca">[^<]+<.*?<span class="lang"[^>]*>ca</span>', rows)


@pytest.mark.parametrize(("lang", "others"), [("ca", {"es", "en"}), ("es", {"ca", "en"}), ("en", {"ca", "es"})])
def test_each_name_of_the_plans_table_says_its_language(client: FlaskClient, lang: str, others: set[str]) -> None:
    """It has them in three, and the document's own words."""
    rows = body_rows(client.get(f"/embed/actions?lang={lang}&columns=label,labelEs,labelEn,verbatim").text)

    assert len(rows) == 29
    assert all(set(re.findall(r'<span lang="(\w+)">', row)) == others for row in rows)


def test_a_value_that_a_curator_added_leads_to_the_reason(client: FlaskClient) -> None:
    """Action 8 prints no strategic line; the others do."""
    rows = body_rows(client.get("/ca/query/cq-002-actions-by-strategic-line").text)
    marked = [row for row in rows if 'class="added"' in row]

    assert len(rows) == 34
    assert [re.findall(r"action/(\d+)", row)[0] for row in marked] == ["08"]
    note = re.search(r'class="added"><a href="([^"]*)"', marked[0])
    assert note
    assert client.get(note[1]).status_code == 200


def test_columns_sort_by_links(client: FlaskClient) -> None:
    """Without a script: numbers by value, from the highest first, and back."""
    first = client.get("/ca/query/team-load").text
    way = re.search(r'<a class="sort"[^>]*href="([^"]*sort=-actions[^"]*)"', first)
    assert way
    sorted_page = client.get(html.unescape(way[1])).text
    numbers = [int(re.findall(r'class="number"[^>]*>(\d+)', row)[0]) for row in body_rows(sorted_page)]

    assert numbers == sorted(numbers, reverse=True)
    assert 'aria-sort="descending"' in sorted_page
    assert "sort=actions" in sorted_page


def test_a_long_answer_has_pages_that_link_to_one_another(client: FlaskClient) -> None:
    """Each row on one page only; sorted, they go on from page to page."""
    seen: list[str] = []
    address: str | None = "/ca/query/cq-024-support-of-each-datum?sort=-line"
    while address:
        page = client.get(address).text
        seen += body_rows(page)
        after = re.search(r'<a rel="next" href="([^"#]*)', page)
        address = html.unescape(after[1]) if after else None

    whole = client.get("/query/cq-024-support-of-each-datum.csv").text.count("\r\n") - 1
    assert len(seen) == whole
    assert f"{whole} files" in text_of(page)


@pytest.mark.parametrize("query", ["page=99", "page=0", "page=x", "limit=999999999"])
def test_a_page_that_does_not_exist_says_so_on_the_question_s_page(client: FlaskClient, query: str) -> None:
    """With the way back."""
    answer = client.get(f"/ca/query/team-load?{query}")

    assert answer.status_code in (400, 404)
    assert "La càrrega de cada equip" in text_of(answer.text)
    assert 'role="alert"' in answer.text
    assert "Torna-ho a provar" in text_of(answer.text)


def test_a_question_that_fails_says_so_on_its_own_page(service: Service) -> None:
    """The status is the failure's, the sentence says what may be done, and the rest of the page stands."""
    assert service.release
    tight = replace(service.config, limits=Limits(bytes=200))
    engine = EmbeddedEngine(service.release.data, Limits(bytes=200), frozenset())
    app = create_app(Service(engine, tight, service.release, service.queries))
    answer = app.test_client().get("/ca/query/team-load")

    assert answer.status_code == 413
    assert "Resposta massa gran" in text_of(answer.text)
    assert "no-store" in answer.headers.get("Cache-Control", "no-store")
    assert "La càrrega de cada equip" in text_of(answer.text)
    assert "SELECT" in code_of(answer.text, "query")


def test_an_unknown_question_is_a_404_that_names_near_ones(client: FlaskClient) -> None:
    """As an address with a typing error."""
    answer = client.get("/ca/query/team-lod", headers={"Accept": FIREFOX})

    assert answer.status_code == 404
    assert "«team-load»" in text_of(answer.text)


def test_a_graph_is_shown_as_turtle(client: FlaskClient) -> None:
    """With its prefixes, and its files in RDF."""
    page = client.get("/ca/query/action-graph").text

    assert "@prefix wp:" in html.unescape(page)
    assert "action-graph.ttl?" in page
    assert "action-graph.csv" not in page


def test_the_sparql_has_the_values_and_runs_as_shown(client: FlaskClient) -> None:
    """The same rows as the table, by the protocol."""
    page = client.get("/ca/query/team-actions?team=xmess/team/m").text
    sparql = code_of(page, "query")
    answer = client.get("/sparql", query_string={"query": sparql}, headers={"Accept": "text/csv"})

    assert "#+" not in sparql
    assert answer.text.count("\r\n") - 1 == len(body_rows(page)) == 2
    editor = re.search(r'href="(/ca/sparql\?example=[^"]*)"', page)
    assert editor
    opened = client.get(html.unescape(editor[1]))
    assert opened.status_code == 200
    assert "id/xmess/team/m&gt;" in opened.text


def test_a_citation_names_who_made_the_data_the_release_and_an_address_that_stays(
    client: FlaskClient, release: Release
) -> None:
    """In APA's form and as BibTeX; the address gives the answer to a program and the page to a reader.

    The network wrote the plan; the data were made of it by others, who do not speak for it.
    """
    page = client.get("/en/query/team-actions?team=xmess/team/ct").text
    apa, bibtex = code_of(page, "apa"), code_of(page, "bibtex")
    address = f"http://localhost/releases/{release.version}/query/team-actions?team="

    assert re.match(r"sse-workplan project\. \(20\d\d, [A-Z]\w+ \d+\)\. XMESS work plan: The actions of a team", apa)
    assert f"(release {release.version}) [Data set]. Source: «" in apa
    assert "». Retrieved [" in apa
    assert address in apa
    assert address in bibtex
    assert bibtex.startswith(f"@misc{{xmess-team-actions-{release.version},\n  author = {{{{")
    assert re.search(r"\n  urldate = \{[^}]+\}\n\}$", bibtex)
    pinned = re.search(r"url = \{([^}]*)\}", bibtex)
    assert pinned
    assert client.get(pinned[1]).mimetype == "application/sparql-results+json"
    seen = client.get(pinned[1], headers={"Accept": FIREFOX, "Accept-Language": "en"}, follow_redirects=True)
    assert f"Answer of the release {release.version}" in text_of(seen.text)
    assert len(body_rows(seen.text)) == 9


def test_tex_takes_no_title_for_a_command() -> None:
    """What TeX reads as a mark is written as a letter."""
    entry = "".join(Citation("en", "R&D_1", r"50 % {of} \x", None, None, "https://a.example/?x=%20", "k").bibtex)

    assert r"{{R\&D\_1}}" in entry
    assert r"50 \% \{of\} \textbackslash{}x" in entry
    assert "url = {https://a.example/?x=%20}" in entry


def test_the_page_of_an_older_release_stays_as_it_was(root: Path, release: Release, tmp_path: Path) -> None:
    """A reader who follows a citation sees what was cited, and the way to what is said now."""
    shutil.copytree(root / "data", tmp_path / "home" / "data")
    out = tmp_path / "out"
    old = Release(release.version, out / release.version)
    shutil.copytree(release.folder, old.folder)
    file = tmp_path / "home" / "data/xmess/plan/2020/v1/stated/teams.ttl"
    file.write_text(file.read_text().replace('"Comissió tècnica"@ca', '"Comissió de tècnica"@ca'))
    new = build(load_home(tmp_path / "home"), out)
    client = create_app(open_service(tmp_path / "home", out, None)).test_client()

    assert old.version != new.version
    now = client.get("/ca/query/team-load").text
    kept = client.get(f"/ca/query/team-load?release={old.version}").text
    assert "Comissió de tècnica" in now
    assert "Comissió tècnica" in kept
    assert f"/releases/{old.version}/query/team-load" in code_of(kept, "bibtex")
    assert f"/releases/{old.version}/query/team-load.csv" in kept
    assert ("json+oembed" in now, "json+oembed" in kept) == (True, False)
    assert "mostra sempre la resposta actual" in text_of(kept)
    assert client.get("/ca/query/team-load?release=000000000000").status_code == 404


def test_the_embedding_code_is_what_was_chosen(client: FlaskClient) -> None:
    """Language, view, height and colours, in every way to embed; and the values of the question."""
    page = client.get(
        "/ca/query/team-load",
        query_string={"plan": "xmess/plan/2020", "lang": "es", "view": "value", "height": "333", "theme": "dark"},
    ).text
    frame, pasted, element = (code_of(page, ident) for ident in ("iframe", "pasted", "element"))
    asked = parse_qs(urlsplit(pasted).query)

    assert asked == {
        "lang": ["es"],
        "view": ["value"],
        "height": ["333"],
        "theme": ["dark"],
        "plan": [f"{DATA}xmess/plan/2020"],
    }
    assert html.escape(pasted, quote=False) in frame
    assert 'title="La carga de cada equipo"' in frame
    assert 'height="333"' in frame
    assert 'lang="es"' in element
    assert 'theme="dark"' in element


@pytest.mark.parametrize(
    "given", [{"lang": '"><script>'}, {"view": "x"}, {"height": "-1"}, {"height": "9" * 50}, {"theme": "<b>"}]
)
def test_a_choice_that_is_none_changes_nothing(client: FlaskClient, given: dict[str, str]) -> None:
    """An address that somebody made up embeds what it would without it."""
    page = client.get("/ca/query/team-load", query_string=given)

    assert page.status_code == 200
    assert code_of(page.text, "iframe") == code_of(client.get("/ca/query/team-load").text, "iframe")


def test_a_question_s_page_runs_our_scripts_only(client: FlaskClient) -> None:
    """And frames nothing but our own; it is kept by release as every page."""
    answer = client.get("/ca/query/team-load")
    policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|<[^>]*\sstyle=", answer.text)
    assert answer.headers["ETag"]
    assert "public" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_api_s_page_has_every_operation_and_error(client: FlaskClient, service: Service, lang: str) -> None:
    """As the description that programs read: one truth."""
    page = client.get(f"/{lang}/api").text
    document = client.get(f"/openapi.json?lang={lang}").get_json()
    shown = text_of(page)

    # That a question's answer is a file by its extension is told once for all of them.
    of_files = re.compile(r"/query/[a-z0-9-]+\.(csv|\{extension\})")
    assert [path for path in document["paths"] if path not in shown and not of_files.fullmatch(path)] == []
    assert all(f'href="/{lang}/query/{name}"' in page for name in service.queries)
    assert re.findall(r"<td>(4\d\d|5\d\d)</td>", page) == [
        "400",
        "404",
        "404",
        "404",
        "405",
        "406",
        "413",
        "503",
        "504",
    ]
    html5lib.HTMLParser(strict=True).parse(page)
    assert len(page.encode()) < HEAVIEST


def test_the_example_on_the_api_s_page_is_what_it_answers(client: FlaskClient) -> None:
    """Word for word."""
    page = client.get("/ca/api").text
    address = code_of(page, "ask").removeprefix("curl '").removesuffix("'")
    by_accept = re.search(r"'(http://[^']*)'$", code_of(page, "negotiated"))

    # HTML knows one kind of line end.
    told = client.get(address).text.replace("\r\n", "\n")
    assert code_of(page, "told").replace("\r\n", "\n") == told
    assert by_accept
    assert client.get(by_accept[1], headers={"Accept": "text/csv"}).text.replace("\r\n", "\n") == told


def test_the_gallery_is_found_from_every_page(client: FlaskClient) -> None:
    """In the header, and from home."""
    assert client.get("/en/quality").text.count('href="/en/query/"') == 1
    assert client.get("/en/").text.count('href="/en/query/"') > 1


def test_a_network_without_questions_has_an_empty_gallery(app: Flask, service: Service) -> None:
    """It says so with a number, not with an error."""
    empty = create_app(replace(service, queries={}))

    for address in ("/ca/query/", "/ca/query/?q=x", "/ca/api"):
        assert empty.test_client().get(address).status_code == 200


def test_a_single_number_is_offered_of_tables_that_have_numbers(client: FlaskClient) -> None:
    """Of others its code would make an error."""
    pages = {name: client.get(f"/ca/query/{name}").text for name in ("cq-004-lines-without-action", "team-load")}

    assert '<option value="value"' not in pages["cq-004-lines-without-action"]
    assert '<option value="value"' in pages["team-load"]


def test_a_chart_has_its_files_and_its_code_beside_it(client: FlaskClient) -> None:
    """And the way to the code opens what it will look like."""
    page = client.get("/ca/query/team-load").text
    figure = page.partition('<figure class="chart">')[2].partition("</figure>")[0]
    (chosen,) = re.findall(r'href="(/ca/query/team-load\?view=chart)#embed"', figure)

    assert {"png", "svg"} <= set(re.findall(r'href="[^"]*\.(\w+)\?[^"]*" download', figure))
    assert "<details open>\n<summary>Mostra com queda" in client.get(chosen).text
    assert "<details>\n<summary>Mostra com queda" in page


def test_an_empty_cell_says_what_it_means(client: FlaskClient) -> None:
    """«No consta» where the document does not say it; «cap» where there is none; else nothing."""
    proposed = body_rows(client.get("/ca/query/actions").text)[0]
    readings = body_rows(client.get("/ca/query/cq-003-actions-by-action-line").text)[0]

    assert '<span class="missing">cap</span>' in proposed
    assert "no consta" not in proposed
    assert '<span class="missing">–</span>' in readings
    assert "no consta" not in readings


def test_a_filtered_plan_s_download_has_the_actions_that_are_left(client: FlaskClient) -> None:
    """Whatever it is filtered by."""
    for asked, count in (("team=ST&instrument=materials", 4), ("line=LE2", 10), ("action-line=LA01&scope=cpr", 1)):
        page = client.get(f"/ca/xmess/plan/2020?{asked}").text
        address = html.unescape(re.findall(r'href="(/query/actions\.csv\?[^"]*)"', page)[0])

        assert client.get(address).text.count("\r\n") - 1 == count, asked


def test_the_choice_of_a_plan_offers_those_that_hold_something(service: Service) -> None:
    """Of the plan of 2017-2019 the document only says that there was one."""
    source = Source(service.engine, service.queries, service.config, service.version)
    plans = source.choices(service.queries["team-load"])["plan"]

    assert [choice.value for choice in plans] == [f"{DATA}xmess/plan/2020"]


def test_a_choice_has_its_code_also_where_its_name_begins_alike(client: FlaskClient) -> None:
    """«M» is the code of «Miembros», not its first letter."""
    page = client.get("/es/query/team-work?team=xmess/team/st").text

    for choice in ("M · Miembros", "C · Comunicación", "A · Administración", "ST · Secretaría técnica"):
        assert f">{choice}</option>" in page


def test_the_gallery_is_in_a_few_groups_with_a_sample_of_each_answer(client: FlaskClient, service: Service) -> None:
    """A small chart, or what the columns are called; what asks for a value comes last."""
    page = client.get("/ca/query/").text
    groups = page.split("<section aria-labelledby=")[1:]
    first = re.findall(r'href="/ca/query/([a-z0-9-]+)"', groups[0])
    asking = [any(p.is_required for p in service.queries[name].parameters) for name in first]

    assert len(groups) <= 7
    assert sum(group.count("<h3>") for group in groups) == len(service.queries)
    assert asking == sorted(asking)
    assert all('class="sample' in item for item in page.split("<h3>")[1:] if "<span>Graf</span>" not in item)


def test_a_picture_of_the_gallery_is_drawn(client: FlaskClient) -> None:
    """As the page asks for it."""
    source = html.unescape(
        re.findall(r'<p class="sample picture"><img src="([^"]*)"', client.get("/ca/query/").text)[0]
    )

    assert client.get(source).mimetype == "image/svg+xml"


def test_a_tree_is_shown_as_one(client: FlaskClient) -> None:
    """Three lines, and under each its objectives and actions; the line that was added to an action is marked."""
    page = client.get("/ca/query/plan-tree").text
    tree = page.partition('<ul class="tree">')[2].partition("</section>")[0]

    assert tree.count("<li>") == 44
    assert tree.count('<ul class="tree">') == 3
    assert tree.count('class="added"') == 1
    assert "<table" not in page
    assert "<table" in client.get("/ca/query/plan-tree?sort=code").text


def test_a_thing_never_stands_under_itself() -> None:
    """However the data go round."""
    a, b = (NamedNode(f"http://e/{name}") for name in "ab")
    root = NamedNode("http://e/root")
    columns = tuple(Column(name, "iri", {"ca": name}) for name in ("parent", "node"))
    names = {term.value: Name((), ()) for term in (a, b, root)}
    table = Table(columns, ((root, a), (a, b), (b, a)), names)
    (branch,) = tree_of(table, table_view(table, "ca"), "node", "parent")

    assert [child.cells[0].key for child in branch.children] == ["http://e/b"]
    assert [[c.cells[0].key for c in child.children] for child in branch.children] == [["http://e/a"]]
    assert not branch.children[0].children[0].children


def test_a_chart_of_nothing_is_a_sentence(client: FlaskClient) -> None:
    """Neither a picture nor files of one."""
    page = client.get("/ca/query/execution-status").text

    assert "no hi ha res a dibuixar" in page
    assert '<figure class="chart">' not in page
    assert "<picture>" not in client.get("/embed/execution-status?view=chart&lang=ca").text
