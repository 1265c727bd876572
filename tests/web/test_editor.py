"""The SPARQL editor without its script, and what the script is given."""

import io
import re
from html import unescape
from importlib.resources import files

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from served import FrontClient
from workplan.language import LANGUAGES
from workplan.model.iris import page_path
from workplan.model.namespaces import NAMESPACES

COUNT = "SELECT (COUNT(*) AS ?n) { ?a a <https://w3id.org/sse-workplan/ns#PlannedAction> }"
SLOW = (
    "PREFIX wp: <https://w3id.org/sse-workplan/ns#>\n"
    "SELECT * {\n  ?a a wp:PlannedAction FILTER NOT EXISTS { ?a wp:directlyExecutedBy ?t . ?t wp:code ?c } }"
)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_form_answers_on_its_own_page(client: FlaskClient, lang: str, method: str) -> None:
    """By address or by body: the query, its answer and every download."""
    given = {"query_string": {"query": COUNT}} if method == "GET" else {"data": {"query": COUNT}}
    page = client.open(f"/{lang}/sparql", method=method, **given).text

    assert "<span>29</span>" in page
    assert "SELECT (COUNT(*) AS ?n)" in page.partition("<textarea")[2].partition("</textarea>")[0]
    for form in ("json", "xml", "csv", "tsv"):
        assert re.search(rf'href="/sparql\?query=SELECT[^"]*&amp;format={form}"', page)


def test_downloads_of_a_query_too_long_for_an_address_are_a_form(client: FlaskClient) -> None:
    """No proxy cuts a body."""
    page = client.post("/ca/sparql", data={"query": COUNT + "\n#" + "é" * 3000}).text
    outcome = page.partition('id="outcome"')[2].partition("<template")[0]

    assert '<form action="/sparql" method="post"' in outcome
    assert '<button type="submit" name="format" value="csv">' in outcome
    assert "/sparql?query=SELECT" not in outcome


@pytest.mark.parametrize("term", ["TRIPLE(<a:b>, <a:c>, 1)", "BNODE()", '"x"@ca', "IRI('javascript:alert(1)')", "1.5"])
def test_every_kind_of_term_is_shown(client: FlaskClient, term: str) -> None:
    """Of those that are IRIs only the web's are links."""
    answer = client.get("/ca/sparql", query_string={"query": f"SELECT ({term} AS ?x) {{}}"})

    assert answer.status_code == 200
    assert 'href="javascript:' not in answer.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_query_to_begin_with_has_a_label_in_the_readers_language(client: FlaskClient, lang: str) -> None:
    """One row an action."""
    (query,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", client.get(f"/{lang}/sparql").text, re.DOTALL)
    text = query.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"')
    rows = client.get("/sparql", query_string={"query": text}).get_json(force=True)["results"]["bindings"]

    assert len(rows) == 29
    assert {row["label"]["xml:lang"] for row in rows} == {lang}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_vocabulary_speaks_the_readers_language(client: FlaskClient, lang: str) -> None:
    """Terms with a label and a definition, prefixes, examples; kept by release."""
    answer = client.get(f"/{lang}/sparql/vocabulary.json")
    found = answer.get_json()
    terms = {term["name"]: term for term in found["terms"]}
    label = {"ca": "Acció planificada", "es": "Acción planificada", "en": "Planned action"}[lang]

    assert terms["wp:PlannedAction"]["label"].casefold() == label.casefold()
    assert terms["wp:PlannedAction"]["is_class"]
    assert terms["wp:PlannedAction"]["definition"].endswith(".")
    assert not terms["wp:code"]["is_class"]
    assert "rdfs:label" in terms
    assert found["prefixes"] == dict(NAMESPACES)
    assert answer.cache_control.public
    assert answer.cache_control.max_age
    assert answer.headers["ETag"]


def test_every_name_in_the_vocabulary_is_one_that_sparql_takes(client: FlaskClient) -> None:
    """Written where a property stands, after its prefix, all of them parse."""
    found = client.get("/ca/sparql/vocabulary.json").get_json()
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in found["prefixes"].items())
    patterns = "".join(f"OPTIONAL {{ <a:b> {term['name']} ?x{n} }}\n" for n, term in enumerate(found["terms"]))
    answer = client.post("/sparql", data={"query": f"{prefixes}ASK {{ {patterns} }}"})

    assert answer.get_json(force=True)["boolean"] is True


def test_the_vocabulary_tells_where_each_resource_has_its_page(client: FlaskClient) -> None:
    """As the server's own links do."""
    pages = client.get("/es/sparql/vocabulary.json").get_json()["pages"]

    for space, page in pages.items():
        local = "x/y" if space[-1] in "/#" else ""

        assert page_path(space + local, "es") == page + local


def test_every_example_is_a_question_that_needs_no_value(client: FlaskClient) -> None:
    """The same as the page lists."""
    examples = client.get("/ca/sparql/vocabulary.json").get_json()["examples"]
    listed = re.findall(r'data-example="([^"]+)"', client.get("/ca/sparql").text)

    assert sorted(listed) == sorted(examples)
    assert len(listed) == len(set(listed)) > 10
    # One that can be kept to a plan asks of all; one that must be told a team cannot be asked as it stands.
    assert "team-load" in examples
    assert "team-actions" not in examples


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_hints_are_given_for_a_slow_query(client: FlaskClient, method: str) -> None:
    """With its place and another way to ask; none for a quick one, nor for what is no query."""
    given = {"query_string": {"query": SLOW}} if method == "GET" else {"data": {"query": SLOW}}
    found = client.open("/en/sparql/hints.json", method=method, **given).get_json()
    (hint,) = found["hints"]

    assert hint["line"] == 3
    assert "MINUS" in hint["rewrite"]
    assert found["help"] == "/en/problem/slow-query-shapes"
    for text in ("", "ASK {}", "SELECT {{{ <"):
        assert client.get("/en/sparql/hints.json", query_string={"query": text}).get_json()["hints"] == []


def test_the_editor_runs_our_scripts_alone(client: FlaskClient) -> None:
    """They ask this service; styles stay in sheets, and a page that needs no script may run none."""
    policy = client.get("/ca/sparql").headers["Content-Security-Policy"]

    assert {"script-src 'self'", "connect-src 'self'", "style-src 'self'"} <= set(policy.split("; "))
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "script-src" not in client.get("/ca/about").headers["Content-Security-Policy"]


def test_the_script_is_kept_for_good_under_the_hash_of_what_it_holds(client: FlaskClient) -> None:
    """Light, with the licences of what it bundles, and no map of its sources."""
    (address,) = re.findall(r'<script src="([^"]+)" type="module">', client.get("/ca/sparql").text)
    script = client.get(address)
    licences = client.get(address.replace(".js", ".txt")).text

    assert re.fullmatch(r"/static/built/editor-[A-Z0-9]{8}\.js", address)
    assert script.mimetype == "text/javascript"
    assert script.cache_control.immutable
    assert script.cache_control.max_age >= 31_536_000
    assert licences.startswith("@codemirror/")
    assert licences.count("Permission is hereby granted") >= 9
    assert b"sourceMappingURL" not in script.data
    assert not [
        file for file in files("workplan.web").joinpath("static", "built").iterdir() if file.name[-4:] == ".map"
    ]


def test_the_script_weighs_less_than_200_kb(front_client: FrontClient, client: FlaskClient) -> None:
    """Compressed as the service sends it to the browsers of today and to others."""
    (address,) = re.findall(r'<script src="([^"]+)" type="module">', client.get("/ca/sparql").text)
    for coding in ("br", "gzip"):
        answer = front_client.get(address, headers={"Accept-Encoding": coding})

        assert answer.headers["Content-Encoding"] == coding
        assert len(answer.data) < 200_000


@pytest.mark.parametrize("name", ["manifest.json", "editor.js", "x"])
def test_nothing_else_is_given_from_where_the_script_is(client: FlaskClient, name: str) -> None:
    """Only what the manifest names."""
    assert client.get(f"/static/built/{name}").status_code == 404


MISSPELT = "PREFIX wp: <https://w3id.org/sse-workplan/ns#>\nSELECT * { ?a a wp:PlanedAction ; wp:code ?code }"
NAMED = (
    "SELECT * { VALUES ?x { <https://w3id.org/sse-workplan/id/xmess/plan/2020/action/08> "
    "<https://w3id.org/sse-workplan/id/xmess/team/st> <https://example.org/nothing> } }"
)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("wp:PlanedAction", "wp:PlannedAction"),
        ("wp:plannedaction", "wp:PlannedAction"),
        ("<https://w3id.org/sse-workplan/ns#PlanedAction>", "wp:PlannedAction"),
        ("wp:xyzzy", ""),
        ("org:Organisation", "org:Organization"),
    ],
)
def test_a_name_that_nothing_has_is_told_with_the_one_that_may_be_meant(
    client: FlaskClient, name: str, near: str
) -> None:
    """On the page and to its script, as the validator tells it; the query in other words finds something."""
    prefix = "PREFIX org: <http://www.w3.org/ns/org#>\n"
    query = prefix + MISSPELT.replace("wp:PlanedAction", name)
    (told,) = client.post("/en/sparql/hints.json", data={"query": query}).get_json()["unknown"]
    page = client.get("/en/sparql", query_string={"query": query}).text.partition("<template")[0]

    assert (told["line"], told["column"]) == (3, 17)
    assert (f"perhaps you meant “{near}”" if near else "at /en/ns") in told["sentence"]
    assert told["sentence"] in unescape(page)
    assert "Names that do not exist" in page
    assert bool(told["rewrite"]) == bool(near)
    if near.startswith("wp:"):
        found = client.get("/sparql", query_string={"query": told["rewrite"]}).get_json(force=True)
        assert len(found["results"]["bindings"]) == 29


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o } LIMIT 1",
        MISSPELT.replace("Planed", "Planned"),
        MISSPELT.replace("wp:PlanedAction", "wp:PlannedAction # wp:Planed").replace("?code", "'wp:PlanedAction'"),
        "PREFIX xyz: <https://w3id.org/sse-workplan/ns#>\nSELECT * { ?a a xyz:PlannedAction }",
        "PREFIX wp: <https://example.org/>\nSELECT * { ?a a wp:PlanedAction }",
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\nSELECT * { ?a rdfs:member ?b }",
        "SELECT * { broken",
    ],
)
def test_nothing_is_told_of_names_that_are_fine_or_not_ours(client: FlaskClient, query: str) -> None:
    """Nor of texts, comments, and prefixes that mean something else here."""
    assert client.post("/en/sparql/hints.json", data={"query": query}).get_json()["unknown"] == []


def test_resources_of_an_answer_are_called_by_their_names(client: FlaskClient) -> None:
    """On the page beside the identifier, and for the script; the endpoint's own answers stay as SPARQL has them."""
    page = client.get("/ca/sparql", query_string={"query": NAMED}).text
    asked = {"iris": "\n".join(["https://w3id.org/sse-workplan/id/xmess/team/st", "no iri", "https://example.org/x"])}
    named = client.post("/es/sparql/names.json", data=asked).get_json()

    assert re.search(r'action/08</a> <span class="beside">A08 Generar un grup', page)
    assert re.search(r'team/st</a> <span class="beside">ST Secretaria', page)
    assert list(named) == ["https://w3id.org/sse-workplan/id/xmess/team/st"]
    assert named[asked["iris"].partition("\n")[0]]["text"].startswith("ST ")
    assert client.post("/ca/sparql/names.json", data={"iris": "urn:x\n" * 1001}).status_code == 400
    assert "Secretaria" not in client.get("/sparql", query_string={"query": NAMED}).text


def test_an_answer_is_given_as_a_spreadsheet(client: FlaskClient) -> None:
    """The rows of the answer and no other; what is no table has none."""
    page = client.get("/ca/sparql", query_string={"query": NAMED}).text
    (address,) = re.findall(r'href="(/ca/sparql/answer[.]xlsx[?]query=[^"]*)"', page)
    answer = client.get(unescape(address))
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    rows = [row[0] for row in sheet.iter_rows(values_only=True)]

    assert answer.status_code == 200
    assert rows[0] == "x"
    assert [row.rpartition("/")[2] for row in rows[1:]] == ["08", "st", "nothing"]
    assert client.get("/ca/sparql/answer.xlsx", query_string={"query": "ASK {}"}).status_code == 406
    assert client.get("/ca/sparql/answer.xlsx", query_string={"query": "SELECT"}).status_code == 400
    assert client.get("/ca/sparql/answer.xlsx").status_code == 400
    assert "answer.xlsx" not in client.get("/ca/sparql?query=ASK+{}").text.partition("<template")[0]


def test_values_are_proposed_of_a_property_that_has_few(client: FlaskClient) -> None:
    """Resources, as people call them; not of one that has texts, or more values than can be chosen from."""
    found = client.get("/ca/sparql/values.json?of=wp:instrument").get_json()

    assert {"Jornades, formacions, tallers", "Web"} <= {value["label"] for value in found}
    assert all(value["iri"].startswith("https://w3id.org/sse-workplan/id/scheme/instrument/") for value in found)
    for other in ("rdfs:label", "wp:statedIn", "nonsense", "", "wp:", "wp:a b"):
        assert client.get("/ca/sparql/values.json", query_string={"of": other}).get_json() == []
