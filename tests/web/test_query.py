"""Questions over HTTP: formats, parameters, pages, caching, pinned releases, files to open, the description."""

import csv
import html
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pandas
import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from werkzeug.test import TestResponse

from served import FrontClient
from workplan.configuration import Configuration
from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.query import Limits
from workplan.export.answer import Answer, Asked, Source
from workplan.export.credits import Credits
from workplan.export.rows import rows_json
from workplan.export.spreadsheet import excel_csv, workbook
from workplan.knowledge.table import Table
from workplan.model.namespaces import DATA, NAMESPACES
from workplan.questions.catalogue import SavedQuery
from workplan.questions.columns import Column
from workplan.release.build import Release, build
from workplan.release.sources import load_home
from workplan.web import create_app
from workplan.web.service import Service, open_service

TEAM = "xmess/team/st"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

SAME_EACH_TIME = settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def rows(response: TestResponse) -> list[list[str]]:
    """The rows of a CSV without their head."""
    assert response.status_code == 200, response.text
    return list(csv.reader(io.StringIO(response.text)))[1:]


def links(response: TestResponse) -> dict[str, str]:
    """The addresses of the ``Link`` headers by relation, as paths."""
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"', ", ".join(response.headers.getlist("Link")))
    return {relation: address.removeprefix("http://localhost") for address, relation in found}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("text/csv", "text/csv"),
        ("application/json", "application/sparql-results+json"),
        ("text/tab-separated-values;q=0.5, application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",) * 2,
    ],
)
def test_a_question_answers_in_the_format_that_is_accepted(
    client: FlaskClient, accept: str | None, media_type: str
) -> None:
    """The default is the protocol's."""
    response = client.get("/query/plans", headers={"Accept": accept} if accept else {})

    assert response.status_code == 200
    assert response.mimetype == media_type
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("extension", ["csv", "tsv", "json", "xml", "xlsx"])
def test_a_question_answers_by_extension(client: FlaskClient, extension: str) -> None:
    """Whatever is accepted; by ``format=`` too."""
    response = client.get(f"/query/plans.{extension}", headers={"Accept": "text/turtle"})

    assert response.status_code == 200
    assert client.get(f"/query/plans?format={extension}").data == response.data


@pytest.mark.parametrize("extension", ["ttl", "nt", "rdf", "jsonld"])
def test_a_graph_answers_as_rdf(client: FlaskClient, extension: str) -> None:
    """The same graph in each."""
    address = f"/query/action-graph.{extension}?action=xmess/plan/2020/action/08"
    response = client.get(address)
    action = NamedNode(f"{DATA}xmess/plan/2020/action/08")

    assert response.status_code == 200
    triples = {quad.triple for quad in parse(response.data, RdfFormat.from_extension(extension))}  # type: ignore[arg-type]
    assert sum(triple.subject == action for triple in triples) > 10


@pytest.mark.parametrize(
    ("path", "accept", "status", "said"),
    [
        ("/query/none", None, 404, "team-load"),
        ("/query/team-lod", None, 404, "«team-load»"),
        ("/query/plans.ttl", None, 406, ".csv"),
        ("/query/plans.pdf", None, 406, ".xlsx"),
        ("/query/action-graph.csv?action=a/b", None, 406, ".ttl"),
        ("/query/plans", "image/png", 406, "csv"),
        ("/query/plans?format=pdf", None, 406, "csv"),
        ("/query/team-actions", None, 400, "team"),
        ("/query/team-actions?team=", None, 400, "team"),
        ("/query/team-actions?team=x%20y", None, 400, "iri"),
        ("/query/team-actions?team=http://%5B::1", None, 400, "iri"),
        ("/query/team-actions?taem=xmess/team/st", None, 400, "«team»"),
        (f"/query/team-actions?team={TEAM}&team={TEAM}", None, 400, "2"),
        ("/query/events-since?since=2020-02-30", None, 400, "date"),
        ("/query/plans?page=0", None, 400, "page"),
        ("/query/plans?page=1.5", None, 400, "page"),
        ("/query/plans?page=%D9%A3", None, 400, "page"),
        ("/query/plans?limit=", None, 400, "limit"),
        ("/query/plans?limit=100001", None, 400, "100000"),
        ("/query/plans?page=2", None, 404, "1"),
        ("/query/plans?lang=fr", None, 400, "ca, es, en"),
        ("/query/plans.csv?excel=2", None, 400, "excel"),
        ("/query/plans.json?excel=1", None, 400, "excel"),
        ("/query/plans.csv?format=csv", None, 400, "format"),
        ("/query/action-graph.ttl?action=a/b&page=1", None, 400, "page"),
        ("/releases/000000000000/query/plans.csv", None, 404, "000000000000"),
        ("/releases/..%2F..%2Fetc/query/plans.csv", None, 404, ""),
        ("/releases/000000000000/dump.nq", None, 404, "000000000000"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_sentence(
    client: FlaskClient, path: str, accept: str | None, status: int, said: str
) -> None:
    """With what exists, as problem details that scripts of any site can read."""
    response = client.get(path, headers={"Accept": accept} if accept else {})

    assert response.status_code == status
    assert said in response.get_json(force=True)["detail"]
    assert response.mimetype == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_preflight_is_answered_and_writing_refused(client: FlaskClient) -> None:
    """By every address of a question."""
    for path in ("/query/plans", "/query/plans.csv", "/openapi.json"):
        preflight = client.options(path)
        refused = client.post(path)

        assert preflight.status_code == 204
        assert preflight.headers["Access-Control-Allow-Origin"] == "*"
        assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        assert refused.status_code == 405
        assert refused.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_an_answer_says_what_it_is_related_to(client: FlaskClient, release: Release) -> None:
    """Its canonical address whatever the order of parameters, what describes it, its licence, where to cite it."""
    response = client.get(f"/query/team-actions.csv?lang=en&plan=xmess/plan/2020&team={TEAM}")
    found = links(response)

    assert found["canonical"] == "/query/team-actions?plan=xmess%2Fplan%2F2020&team=xmess%2Fteam%2Fst"
    assert found["cite-as"].startswith(f"/releases/{release.version}/query/team-actions.csv?")
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert client.get(found["describedby"]).mimetype == "application/csvm+json"
    assert client.get(found["cite-as"]).data == response.data
    assert "Link" in response.headers["Access-Control-Expose-Headers"]


def test_a_browser_is_sent_to_the_questions_page(client: FlaskClient) -> None:
    """In its language, with what was asked."""
    response = client.get("/query/plans?limit=1", headers={"Accept": FIREFOX, "Accept-Language": "es"})

    assert response.status_code == 303
    assert response.headers["Location"] == "/es/query/plans?limit=1"
    assert client.get("/query/plans?format=csv", headers={"Accept": FIREFOX}).mimetype == "text/csv"


@pytest.mark.parametrize("name", ["cq-024-support-of-each-datum", "plan-tree", "plans"])
def test_next_leads_through_every_row_once(client: FlaskClient, name: str) -> None:
    """In the order of the whole; the links exist where the pages do."""
    whole = rows(client.get(f"/query/{name}.csv"))
    address, found = f"/query/{name}.csv?limit=10", []
    while address:
        response = client.get(address)
        found += rows(response)
        related = links(response)
        assert int(response.headers["X-Total-Count"]) == len(whole)
        assert related["last"].endswith(f"page={-(-len(whole) // 10)}&limit=10")
        assert ("prev" in related) == (len(found) > 10)
        address = related.get("next", "")

    assert found == whole


def test_an_empty_answer_has_one_page(client: FlaskClient) -> None:
    """And no other."""
    response = client.get("/query/find-actions.csv?words=zzz&page=1")

    assert rows(response) == []
    assert {"next", "prev"}.isdisjoint(links(response))
    assert response.headers["X-Total-Count"] == "0"


def test_a_known_answer_is_not_sent_again(client: FlaskClient) -> None:
    """Same release, question, values, page and format: same ETag; anything else, another."""
    first = client.get("/query/plans.csv")
    again = client.get("/query/plans.csv", headers={"If-None-Match": first.headers["ETag"]})
    others = [
        "/query/plans.json",
        "/query/plans.csv?limit=1",
        "/query/plans.csv?excel=1",
        "/query/plans.csv?excel=1&lang=es",
        "/query/team-load.csv",
        "/query/team-load.csv?plan=xmess/plan/2020",
    ]
    etags = {client.get(path).headers["ETag"] for path in others}

    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert len(etags | {first.headers["ETag"]}) == len(others) + 1


def test_head_gives_the_headers_alone(client: FlaskClient) -> None:
    """The same as GET's."""
    response, whole = client.head("/query/plans.csv"), client.get("/query/plans.csv")

    assert response.data == b""
    assert response.headers["ETag"] == whole.headers["ETag"]
    assert response.headers["Content-Length"] == str(len(whole.data))


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A home of its own with a copy of the shipped data."""
    shutil.copytree(root / "data", tmp_path / "home" / "data")
    return tmp_path / "home"


MINE = (
    "#+ summary: Mine\n#+ title: {ca: A, es: A, en: A}\n#+ question: {ca: A, es: A, en: A}\n"
    "#+ columns:\n#+   n: {kind: integer, ca: N, es: N, en: N}\n"
)


def test_a_pinned_address_answers_from_its_release_for_good(copy: Path, tmp_path: Path) -> None:
    """After a new release plain addresses give the new answer and pinned ones the old: data, questions and dump."""
    out, own = tmp_path / "out", copy / "queries" / "mine.rq"
    own.parent.mkdir()
    own.write_text(MINE + "SELECT (1 AS ?n) {}")
    first = build(load_home(copy), out)
    old = create_app(open_service(copy, out, None)).test_client().get("/query/team-load.csv")
    pinned = links(old)["cite-as"]
    file = copy / "data/xmess/plan/2020/v1/stated/teams.ttl"
    file.write_text(file.read_text().replace('"Comissió tècnica"@ca', '"Comissió de tècnica"@ca'))
    own.write_text(MINE + "SELECT (2 AS ?n) {}")
    build(load_home(copy), out)
    client = create_app(open_service(copy, out, None)).test_client()
    new, kept = client.get("/query/team-load.csv"), client.get(pinned)
    dump = client.get(f"/releases/{first.version}/dump.nq")

    assert "Comissió de tècnica" in new.text
    assert new.headers["ETag"] != old.headers["ETag"]
    assert client.get("/query/team-load.csv", headers={"If-None-Match": old.headers["ETag"]}).status_code == 200
    assert kept.data == old.data
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert links(kept)["cite-as"] == pinned
    assert rows(client.get("/query/mine.csv")) == [["2"]]
    assert rows(client.get(f"/releases/{first.version}/query/mine.csv")) == [["1"]]
    assert "Comissió de tècnica" not in dump.text
    assert dump.headers["Cache-Control"].endswith("immutable")


# --- values that try to be more than values


@pytest.fixture(scope="module")
def asked(app: Flask) -> Callable[..., TestResponse]:
    """Ask the question of a name with values, whatever they are."""
    client = app.test_client()
    return lambda name, **values: client.get(f"/query/{name}.csv", query_string=values)


HOSTILE = [
    'x" . ?a ?b ?c',
    'x" . ?a ?b ?c . ?d ?e "y',
    "x') || true || ('",
    '"""',
    "'''",
    "\\",
    "\\u0022 . ?a ?b ?c",
    "> ?p ?o . <http://e/",
    "<http://e/>",
    "} UNION { ?a ?b ?c",
    "?_words_literal",
    "# comment\n",
    "\x00",
    "\ud7ff￿",
    "SERVICE <http://127.0.0.1/>",
    "%s %(name)s {0}",
]
"""Texts that would change a query into which they were pasted."""


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_a_value_or_an_error(asked: Callable[..., TestResponse], value: str) -> None:
    """As a word to look for it finds nothing; as anything else it is refused."""
    assert rows(asked("find-actions", words=value)) == []
    for name, parameter in (("team-actions", "team"), ("events-since", "since"), ("actions", "plan")):
        assert asked(name, **{parameter: value}).status_code == 400


@SAME_EACH_TIME
@given(
    value=st.one_of(
        st.text(max_size=60), st.sampled_from(HOSTILE).flatmap(lambda h: st.text(max_size=9).map(h.__add__))
    )
)
def test_no_value_changes_what_is_asked(asked: Callable[..., TestResponse], value: str) -> None:
    """Whatever the word, the rows are those whose name holds it; whatever the IRI, those of that team or none."""
    names = {row[1]: row[2] for row in rows(asked("actions"))}
    found = asked("find-actions", words=value)
    if value:
        assert {row[1] for row in rows(found)} == {c for c, name in names.items() if value.lower() in name.lower()}
    else:
        assert found.status_code == 400

    team = asked("team-actions", team=value)
    assert team.status_code == 400 or rows(team) == []


# --- files that people open


@pytest.fixture
def odd() -> Iterator[Answer]:
    """The answer to a question about values that spreadsheets like to change."""
    store = Store()
    lines = [
        '<http://e/1> <http://e/t> "=1+1" ; <http://e/n> 1234567 ; <http://e/d> "2020-11-29"^^<X#date> ; '
        "<http://e/b> true",
        '<http://e/2> <http://e/t> "-a;\\"b\\"\\nc" ; <http://e/n> 1.5 ; <http://e/d> "2020-02-03"^^<X#date>',
        '<http://e/3> <http://e/t> "@x"@ca ; <http://e/n> -3 ; <http://e/b> false',
        '<http://e/4> <http://e/t> "00123" ; <http://e/n> 12345678901234567890',
    ]
    text = " .\n".join(lines).replace("X#", NAMESPACES["xsd"]) + " ."
    store.load(text, RdfFormat.TURTLE)
    kinds = {"s": "iri", "t": "string", "n": "decimal", "d": "date", "b": "boolean"}
    header = {
        "title": {"ca": "Coses", "es": "Cosas", "en": "Things"},
        "columns": {
            name: {"kind": kind, "ca": f"{name} ca", "es": f"={name}", "en": name} for name, kind in kinds.items()
        },
    }
    query = SavedQuery(
        "odd",
        header,
        "SELECT ?s ?t ?n ?d ?b { ?s <http://e/t> ?t ; <http://e/n> ?n "
        "OPTIONAL { ?s <http://e/d> ?d } OPTIONAL { ?s <http://e/b> ?b } } ORDER BY ?s",
    )
    engine = EmbeddedEngine(store, Limits())
    source = Source(engine, {"odd": query}, Configuration(title={"ca": "Xarxa"}), "0123456789ab")
    yield Answer(source, Asked(query, {}, None, "ca"), "http://localhost/")
    engine.close()


@pytest.mark.parametrize(
    ("lang", "separator", "first", "second"),
    [
        ("ca", ";", ["'=1+1", "1234567", "29/11/2020", "CERT"], ['\'-a;"b"\nc', "1,5", "03/02/2020", ""]),
        ("es", ";", ["'=1+1", "1234567", "29/11/2020", "VERDADERO"], ['\'-a;"b"\nc', "1,5", "03/02/2020", ""]),
        ("en", ",", ["'=1+1", "1234567", "2020-11-29", "TRUE"], ['\'-a;"b"\nc', "1.5", "2020-02-03", ""]),
    ],
)
def test_excel_opens_the_csv_of_its_country(
    odd: Answer, lang: str, separator: str, first: list[str], second: list[str]
) -> None:
    """Byte-order mark, separator, decimal mark, dates and truth of the locale; no text runs as a formula."""
    body = excel_csv(odd.table, lang)
    read = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=separator))

    assert body.startswith(b"\xef\xbb\xbf")
    assert body.count(b"\r\n") == 5
    assert read[0][1] == {"ca": "t ca", "es": "'=t", "en": "t"}[lang]
    assert [read[1][1:], read[2][1:]] == [first, second]
    assert read[3][2] == "-3"


def test_a_workbook_begins_with_its_table_and_has_typed_cells(odd: Answer) -> None:
    """Numbers are numbers and dates dates; a text that looks like a formula is a text; each IRI is a link."""
    body = workbook(odd.table, odd.credits)
    book = openpyxl.load_workbook(io.BytesIO(body))
    sheet = book.worksheets[0]
    cells = [list(row) for row in sheet.iter_rows(min_row=2)]

    assert [cell.value for cell in sheet[1]] == ["s ca", "t ca", "n ca", "d ca", "b ca"]
    assert [cell.value for cell in cells[0]] == ["http://e/1", "=1+1", 1234567, datetime(2020, 11, 29), True]
    assert cells[0][1].data_type == "s"
    assert cells[0][0].hyperlink.target == "http://e/1"
    assert (cells[1][2].value, cells[2][2].value, cells[3][1].value) == (1.5, -3, "00123")
    assert cells[3][2].value == "12345678901234567890"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E5"
    assert workbook(odd.table, odd.credits) == body


def test_a_workbook_says_where_it_is_from_on_a_sheet_of_its_own(odd: Answer) -> None:
    """Title, licence and release, and what each column holds."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(odd.table, odd.credits)))
    said = {str(row[0].value): str(row[1].value) for row in book.worksheets[1].iter_rows(max_col=2)}

    assert len(book.worksheets) == 2
    assert next(iter(said)) == "Coses"
    assert "creativecommons" in said["Llicència"]
    assert said["Publicació"] == "0123456789ab"
    assert said["d ca"] == "Dia."


def test_a_workbook_prints_on_its_side_with_its_head_on_each_page(odd: Answer) -> None:
    """As wide as can be read."""
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(odd.table, odd.credits))).worksheets[0]

    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$1:$1"
    # One page wide is what a file means that does not say how many.
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


@pytest.mark.parametrize("name", ["actions", "timeline", "cq-024-support-of-each-datum"])
def test_pandas_reads_a_workbook_as_it_is(client: FlaskClient, name: str) -> None:
    """The columns of the CSV by the names that people call them, and as many rows."""
    read = pandas.read_excel(io.BytesIO(client.get(f"/query/{name}.xlsx?lang=en").data))
    plain = pandas.read_csv(io.BytesIO(client.get(f"/query/{name}.csv").data))

    assert read.shape == plain.shape
    assert not any(str(column).startswith("Unnamed") for column in read.columns)


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "1900-01-01", "1900-02-28", "-0044-03-15"])
def test_a_day_that_excel_reckons_wrong_is_a_text(day: str) -> None:
    """Excel's calendar begins in 1900, and has a 29 February in that year."""
    column = Column("d", "date", {"ca": "D"})
    term = Literal(day, datatype=NamedNode(NAMESPACES["xsd"] + "date"))
    after = Literal("1900-03-01", datatype=term.datatype)
    table = Table((column,), ((term,), (after,)))
    about = Credits("ca", "D", "D", (), "X", "X", (), "http://e/l", None, None, None)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(table, about))).worksheets[0]

    assert [cell.value for cell in sheet["A"]] == ["D", day, datetime(1900, 3, 1)]


def test_a_file_marks_what_a_curator_added(client: FlaskClient) -> None:
    """Beside the value, in every format; in a spreadsheet in words, with what they mean on the sheet of its own."""
    rows = list(csv.DictReader(io.StringIO(client.get("/query/actions.csv").text)))
    book = openpyxl.load_workbook(io.BytesIO(client.get("/query/actions.xlsx?lang=en").data))
    heads = [str(cell.value) for cell in book.worksheets[0][1]]
    bindings = client.get("/query/actions.json").get_json()["results"]["bindings"]
    place = heads.index("Instrument")
    words = [row[place + 1].value for row in book.worksheets[0].iter_rows(min_row=2)]
    legend = {str(row[0].value): str(row[1].value) for row in book.worksheets[1].iter_rows(max_col=2)}

    assert sum(row["instrumentOrigin"] == "curated" for row in rows) == 21
    assert sum(row["instrumentOrigin"]["value"] == "curated" for row in bindings) == 21
    assert "instrumentOrigin" in client.get("/query/actions.tsv").text.splitlines()[0]
    assert b'<variable name="instrumentOrigin"/>' in client.get("/query/actions.xml").data
    assert heads[place + 1] == "Instrument: origin"
    assert words.count("added to the data") == 21
    assert "added to the data" in legend["Instrument: origin"]


@pytest.mark.parametrize(("lang", "name", "label"), [("ca", "Nom", "Comissió"), ("es", "Nombre", "Comisión")])
def test_a_spreadsheet_speaks_the_language_asked(client: FlaskClient, lang: str, name: str, label: str) -> None:
    """Heads and, where the data hold a translation, texts; a text without one stays as it is."""
    text = client.get(f"/query/team-load.csv?excel=1&lang={lang}").text

    assert name in text.splitlines()[0]
    assert label in text


def test_no_row_is_lost_for_want_of_a_translation(client: FlaskClient) -> None:
    """Organisations have Catalan names only."""
    rows_in = {
        lang: client.get(f"/query/cq-023-outside-organisations.csv?excel=1&lang={lang}").text for lang in ("ca", "en")
    }

    assert rows_in["ca"].count("\r\n") == rows_in["en"].count("\r\n") == 12
    assert "Xarxa d'Ateneus Cooperatius" in rows_in["en"]
    assert "Contractor" not in rows_in["ca"]


@pytest.mark.parametrize("lang", ["ca", "en"])
def test_a_file_names_as_publisher_whom_a_citation_names(client: FlaskClient, lang: str) -> None:
    """Who made the data, and not what the site is called, in spreadsheets, metadata and charts."""
    author = client.get("/en/query/actions").text.partition("author = {{")[2].partition("}")[0]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/query/actions.xlsx?lang={lang}").data))
    told = {str(row[0].value): str(row[1].value) for row in book.worksheets[1].iter_rows(max_col=2)}
    metadata = json.loads(client.get(f"/query/actions.csv-metadata.json?lang={lang}").data)
    chart = json.loads(client.get("/query/team-load.vl.json?lang=en").data)

    assert author
    assert chart["usermeta"]["publisher"] == author
    names = {"ca": client.get("/ca/query/actions").text.partition("author = {{")[2].partition("}")[0], "en": author}
    assert told[{"ca": "Publicat per", "en": "Published by"}[lang]] == names[lang]
    assert book.properties.creator == names[lang]
    assert metadata["dc:publisher"] == names[lang]


def test_metadata_describe_every_column_of_the_csv(client: FlaskClient) -> None:
    """After the W3C's Metadata Vocabulary for Tabular Data: names in order, datatypes, labels, licence, source."""
    response = client.get("/query/timeline.csv-metadata.json")
    described = json.loads(response.data)
    columns = described["tableSchema"]["columns"]
    head = client.get(urlsplit(described["url"]).path).text.splitlines()[0]

    assert [column["titles"] for column in columns] == head.split(",")
    assert {column["name"]: column["datatype"] for column in columns}["event"] == "anyURI"
    assert [text["@language"] for text in columns[0]["rdfs:label"]] == ["ca", "es", "en"]
    assert described["dc:license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}
    assert described["dc:source"] == [{"@id": f"{DATA}xmess/source/pla2020"}]


# --- the description of the service


@pytest.fixture(scope="module")
def described(app: Flask) -> dict[str, Any]:
    """The service as it describes itself in English."""
    document: dict[str, Any] = app.test_client().get("/openapi.json?lang=en").get_json()
    return document


def test_the_description_is_valid_openapi(described: dict[str, Any]) -> None:
    """Version 3.1, by the validator of others; each operation has a name of its own."""
    assert list(OpenAPIV31SpecValidator(described).iter_errors()) == []
    names = [each["operationId"] for path in described["paths"].values() for each in path.values()]
    assert len(set(names)) == len(names)


def test_every_question_is_an_operation_with_examples_that_run(
    described: dict[str, Any], service: Service, client: FlaskClient
) -> None:
    """With its title in the reader's language, and the values that the data offer."""
    for name, query in service.queries.items():
        operation = described["paths"][f"/query/{name}"]["get"]
        assert operation["summary"] == query.title("en")
        example = {
            each["name"]: each.get("example") or next(iter(each["examples"].values()))["value"]
            for each in operation["parameters"]
            if each.get("required")
        }
        response = client.get(f"/query/{name}", query_string=example)
        assert response.status_code == 200
        assert response.mimetype in operation["responses"]["200"]["content"]

    (team,) = (
        each for each in described["paths"]["/query/team-actions"]["get"]["parameters"] if each["name"] == "team"
    )
    assert next(iter(team["examples"].values()))["summary"] == "Technical secretariat"
    assert len(team["examples"]) == 7


def test_the_examples_of_paths_run(described: dict[str, Any], client: FlaskClient) -> None:
    """In every format that the path may end in."""
    tried = []
    for path, operations in described["paths"].items():
        given = {each["name"]: each for each in operations["get"]["parameters"]}
        if "{path}" in path:
            for extension in given.get("extension", {"schema": {"enum": [""]}})["schema"]["enum"]:
                address = path.format(path=given["path"]["example"], extension=extension)
                tried.append((address, client.get(address).status_code))

    assert len(tried) > 5
    assert [address for address, status in tried if status not in (200, 303)] == []


def test_a_pinned_file_is_described_with_all_that_files_take(described: dict[str, Any]) -> None:
    """Some file of a question takes each of these."""
    told = described["paths"]["/releases/{version}/query/{name}.{extension}"]["get"]["parameters"]

    assert {"page", "limit", "lang", "excel", "theme", "width", "bare"} <= {each["name"] for each in told}


def test_the_description_speaks_the_readers_language(client: FlaskClient) -> None:
    """By ``lang=`` before ``Accept-Language``."""
    spanish = client.get("/openapi.json", headers={"Accept-Language": "es"})

    assert spanish.headers["Content-Language"] == "es"
    assert spanish.get_json()["paths"]["/query/plans"]["get"]["summary"] == "Los planes"
    assert client.get("/openapi.json?lang=ca", headers={"Accept-Language": "es"}).headers["Content-Language"] == "ca"


LOOSE = ("/releases/{version}/query/{name}.{extension}", "/sparql", "/rdf-graph-store")
"""Operations of which a description cannot tell which requests go together: these must only never fail."""


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["meant", "malformed"])
def test_the_service_is_as_described(app: Flask, mode: GenerationMode) -> None:
    """What the description allows is answered as it says; what it does not is refused, and never a failure of ours."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    for found in schema.include(method="GET").get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and (operation.path in LOOSE or operation.path == "/id/{path}"):
            continue

        # A question's files take what the question takes.
        tries = 2 if operation.path.startswith("/query/") and "." in operation.path else 6

        @settings(SAME_EACH_TIME, max_examples=tries, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case: Any) -> None:
            response = case.call(headers={"Accept-Encoding": "identity"})
            assert response.status_code not in (500, 501, 502)
            if case.operation.path not in LOOSE:
                # Which resources the data have no description can tell: one that they do not have is refused.
                case.validate_response(response, excluded_checks=[positive_data_acceptance])

        holds()


# --- questions as data


def test_every_question_is_described_in_the_data(client: FlaskClient, service: Service) -> None:
    """As a SHACL executable, so that editors that read them offer ours unasked; each runs as it stands there."""
    text = (
        "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
        "SELECT ?q ?comment ?text { ?q a sh:SPARQLExecutable ; rdfs:comment ?comment ; "
        "sh:select|sh:ask|sh:construct ?text FILTER (LANG(?comment) = 'en') }"
    )
    found = client.get("/sparql", query_string={"query": text}, headers={"Accept": "text/csv"})
    by_name = {row[0].rpartition("/")[2]: row for row in rows(found)}

    assert set(by_name) == set(service.queries)
    for name, (_, comment, sparql) in by_name.items():
        assert comment == service.queries[name].question("en")
        assert "#+" not in sparql


def test_a_question_is_a_resource(client: FlaskClient) -> None:
    """With an IRI that leads to its page and to its description."""
    response = client.get("/id/query/plans", headers={"Accept": "text/turtle"})

    assert response.headers["Location"] == "/data/query/plans.ttl"
    assert "SPARQLSelectExecutable" in client.get("/data/query/plans.ttl").text


def test_answers_are_kept_in_front_of_the_application(front_client: FrontClient) -> None:
    """Asked again, they come from memory, whole or as unchanged; an error is not kept."""
    first, again = front_client.get("/query/plans.csv"), front_client.get("/query/plans.csv")
    known = front_client.get("/query/plans.csv", headers={"If-None-Match": first.headers["ETag"]})

    assert again.data == first.data
    assert again.headers["Server-Timing"].startswith("cache")
    assert (known.status_code, known.data) == (304, b"")
    assert front_client.get("/query/plans.csv?x=1").status_code == 400


# --- rows, names of files, values that are not there


def test_rows_are_plain_json(client: FlaskClient) -> None:
    """An object a row, with every column; numbers are numbers, and what is not there is null."""
    response = client.get("/query/agreements.rows.json")
    found = response.get_json()
    timeline = client.get("/query/timeline.rows.json").get_json()
    plain = list(csv.DictReader(io.StringIO(client.get("/query/agreements.csv").text)))

    assert response.mimetype == "application/json"
    assert [list(row) for row in found] == [list(row) for row in plain]
    assert (found[0]["actions"], found[0]["percentage"]) == (2, 100)
    assert [row["date"] for row in timeline][3:5] == [None, None]
    assert timeline[0]["date"] == "2017-05-17"
    assert client.get("/query/agreements?format=rows.json").get_json() == found
    assert client.get("/query/agreements", headers={"Accept": "application/json"}).get_json()["head"]


def test_rows_speak_the_language_asked_and_keep_codes(client: FlaskClient) -> None:
    """A content manager shows words; a program compares codes."""
    row = client.get("/query/actions.rows.json?lang=en").get_json()[0]

    assert row["teamNames"] == "Technical committee | Technical secretariat"
    assert row["instrumentOrigin"] == "stated"


def test_pandas_reads_rows_unasked(client: FlaskClient) -> None:
    """With the types of the data."""
    read = pandas.read_json(io.BytesIO(client.get("/query/team-load.rows.json").data))

    assert read["actions"].sum() == 51
    assert list(read.columns) == ["team", "code", "label", "actions", "codes"]


def test_rows_are_exact(odd: Answer) -> None:
    """A number that a reader of JSON would change is a text."""
    found = json.loads(rows_json(odd.table, "ca"))

    assert [row["n"] for row in found] == [1234567, 1.5, -3, "12345678901234567890"]
    assert [row["b"] for row in found] == [True, None, False, None]
    assert [row["t"] for row in found][:2] == ["=1+1", '-a;"b"\nc']


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/query/actions.csv", "xmess-plan-2020-actions.csv"),
        ("/query/actions.xlsx?plan=xmess/plan/2020&team=xmess/team/st", "xmess-plan-2020-actions-st.xlsx"),
        ("/query/team-load.svg", "xmess-plan-2020-team-load.svg"),
        (
            "/query/find-actions?format=rows.json&words=Gu%C3%ADa+%22x%22",
            "xmess-plan-2020-find-actions-Gu-a-x.rows.json",
        ),
    ],
)
def test_a_file_is_called_by_its_plan_and_its_question(client: FlaskClient, address: str, name: str) -> None:
    """Far from here its name is all that tells."""
    assert client.get(address).headers["Content-Disposition"] == f'inline; filename="{name}"'


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/query/team-actions.csv?team=xmess/team/stt", "«xmess/team/st»"),
        ("/query/actions.csv?scope=scheme/thematic-scope/cpp", "«scheme/thematic-scope/cpr»"),
        ("/query/actions.csv?team=scheme/thematic-scope/cpr", "«xmess/team/"),
        ("/query/team-load.csv?plan=xmess/plan/2021", "«xmess/plan/2020»"),
        ("/ca/query/team-actions?team=xmess/team/stt", "«xmess/team/st»"),
        ("/embed/team-actions?team=xmess/team/stt", "«xmess/team/st»"),
    ],
)
def test_a_value_that_is_not_there_is_refused_with_what_may_be_meant(
    client: FlaskClient, address: str, said: str
) -> None:
    """Not answered by an empty table, which would say that there is nothing to know."""
    response = client.get(address, headers={"Accept-Language": "ca"})

    assert response.status_code == 400
    assert said in html.unescape(response.text)


def test_a_value_of_its_kind_that_has_nothing_is_answered(client: FlaskClient) -> None:
    """The plan before is known; of it the data hold no action."""
    assert rows(client.get("/query/actions.csv?plan=xmess/plan/2017-2019")) == []


def test_the_metadata_of_a_csv_come_first(client: FlaskClient) -> None:
    """Some readers look at the first link only."""
    first = client.get("/query/team-load.csv").headers.getlist("Link")[0]

    assert 'rel="describedby"' in first
    assert "csv-metadata.json" in first
