"""The ontology and its shapes as a publication: what machines get, what people read, and that each example is true."""

import csv
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from html import unescape
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from dctap.config import get_config
from dctap.csvreader import csvreader
from flask.testing import FlaskClient
from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat, Store, parse
from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, URIRef

from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.merging import united
from workplan.export.profile import COLUMNS
from workplan.language import LANGUAGES
from workplan.release.build import Release
from workplan.release.changes import changes
from workplan.release.reading import read_all, read_file
from workplan.release.validation import validate
from workplan.release.versions import read_ontology
from workplan.web import create_app
from workplan.web.pattern import PATTERNS
from workplan.web.publication import CHECKS, VersionView
from workplan.web.service import Service

ROOT = Path(__file__).parents[2]
NS = "https://w3id.org/sse-workplan/ns"
NAMES = ("ttl", "jsonld", "nt", "rdf")
TYPES = ("text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml")
VERSION = (ROOT / "VERSION").read_text().strip()
each_language = pytest.mark.parametrize("lang", LANGUAGES)


@cache
def ontology() -> Graph:
    """The ontology's files."""
    graph = Graph()
    for file in sorted((ROOT / "ontology").glob("*.ttl")):
        graph.parse(file)
    return graph


@cache
def terms() -> list[str]:
    """The local names of its terms."""
    return sorted(str(term).partition("#")[2] for term in ontology().subjects(RDFS.isDefinedBy, URIRef(NS)))


@cache
def shapes() -> Graph:
    """The shapes' files."""
    graph = Graph()
    for file in sorted((ROOT / "shapes").glob("*.ttl")):
        graph.parse(file)
    return graph


class Page(HTMLParser):
    """What a page says: the text of each ``pre``, the languages marked outside of them, identifiers and links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.examples: list[tuple[str, str]] = []
        self.marked: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self._pre: list[str] | None = None
        self._kind = ""
        self._is_main = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what *tag* says of itself."""
        given = {name: value or "" for name, value in attrs}
        self._is_main = self._is_main or tag == "main"
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag == "a" and "href" in given else []
        if tag == "pre":
            self._pre, self._kind = [], given.get("class", "")
        elif self._is_main and "lang" in given and self._pre is None:
            self.marked.append(given["lang"])

    def handle_endtag(self, tag: str) -> None:
        """Keep what a ``pre`` held."""
        if tag == "main":
            self._is_main = False
        if tag == "pre" and self._pre is not None:
            self.examples.append((self._kind, "".join(self._pre)))
            self._pre = None

    def handle_data(self, data: str) -> None:
        """Gather what stands within a ``pre``."""
        if self._pre is not None:
            self._pre.append(data)


def read(client: FlaskClient, address: str) -> Page:
    """The page at *address*."""
    answer = client.get(address)

    assert answer.status_code == 200, address
    return Page(answer.text)


def canonical(body: bytes, media_type: str) -> Dataset:
    """The graph *body*, its blank nodes named by what is said of them."""
    form = RdfFormat.from_media_type(media_type)
    assert form
    graph = Dataset(parse(body, format=form))
    graph.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return graph


@pytest.mark.parametrize("address", ["/ns", f"/ns/{VERSION}", "/shapes", f"/shapes/{VERSION}"])
def test_one_graph_in_four_formats(client: FlaskClient, address: str) -> None:
    """Turtle, JSON-LD, N-Triples and RDF/XML by Accept are isomorphic, and each names the others and its page."""
    answers = {media_type: client.get(address, headers={"Accept": media_type}) for media_type in TYPES}
    graphs = [canonical(answer.data, media_type) for media_type, answer in answers.items()]
    links = answers["text/turtle"].headers.getlist("Link")
    page = address.split("/")[1]

    assert len(graphs[0]) > 600
    assert all(other == graphs[0] for other in graphs[1:])
    for media_type, answer in answers.items():
        assert answer.mimetype == media_type
        assert answer.headers["Vary"] == "Accept"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert all(f'<{address}?format={name}>; rel="alternate"' in ",".join(links) for name in NAMES)
    assert all(f'</{lang}/{page}>; rel="alternate"; type="text/html"; hreflang="{lang}"' in links for lang in LANGUAGES)
    assert f'<https://w3id.org/sse-workplan{address}>; rel="canonical"' in links
    assert f'<https://w3id.org/sse-workplan/{page}>; rel="latest-version"' in links
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in links


@pytest.mark.parametrize("address", ["/ns", "/shapes"])
def test_a_known_answer_is_not_sent_again_nor_where_only_its_headers_are_wanted(
    client: FlaskClient, address: str
) -> None:
    """ETag, 304, and HEAD as GET without a body."""
    got, headed = client.get(address), client.head(address)

    assert client.get(address, headers={"If-None-Match": got.headers["ETag"]}).status_code == 304
    assert (headed.status_code, headed.data) == (200, b"")
    assert headed.headers["Content-Type"] == got.headers["Content-Type"]


@pytest.mark.parametrize("address", ["/ns", f"/ns/{VERSION}", "/shapes"])
def test_a_browser_is_led_to_the_page_in_its_language(client: FlaskClient, address: str) -> None:
    """By 303, which depends on both headers."""
    answer = client.get(address, headers={"Accept": "text/html", "Accept-Language": "es"})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/es/{address.split('/')[1]}")
    assert {"Accept", "Accept-Language"} == set(answer.headers["Vary"].split(", "))


@pytest.mark.parametrize("address", ["/ns", "/shapes"])
def test_what_is_not_on_offer_is_refused_with_what_is(client: FlaskClient, address: str) -> None:
    """406 lists the formats, 404 the versions that were published."""
    no_format = client.get(address, headers={"Accept": "image/png"})
    no_version = client.get(f"{address}/9.9.9", headers={"Accept": "text/turtle"})

    assert no_format.status_code == 406
    assert all(media_type in no_format.get_json(force=True)["detail"] for media_type in (*TYPES, "text/html"))
    assert no_version.status_code == 404
    assert VERSION in no_version.get_json(force=True)["detail"]


@each_language
def test_every_term_has_its_place_and_its_page(client: FlaskClient, lang: str) -> None:
    """The anchor that its IRI leads to, and a page with all that is known of it."""
    overview = read(client, f"/{lang}/ns")
    lists = [link for link in overview.links if link.startswith(f"/{lang}/scheme/")]

    assert [term for term in terms() if term not in overview.ids] == []
    assert [term for term in terms() if f"/{lang}/ns/term/{term}" not in overview.links] == []
    assert len(lists) == len(list((ROOT / "ontology" / "schemes").glob("*.ttl")))
    assert client.get(f"/{lang}/ns/term/NoSuchTerm").status_code == 404


@each_language
def test_a_page_is_in_one_language(client: FlaskClient, lang: str) -> None:
    """Labels, definitions, notes and rules in that of the page, nothing borrowed from another."""
    text = unescape(client.get(f"/{lang}/ns").text)
    texts = {
        (prop, o.language): str(o)
        for prop in (RDFS.label, SKOS.definition)
        for o in ontology().objects(URIRef(f"{NS}#DataGap"), prop)
    }

    assert [texts[prop, lang] in text for prop in (RDFS.label, SKOS.definition)] == [True, True]
    assert not any(texts[SKOS.definition, other] in text for other in LANGUAGES if other != lang)
    for address in ("ns", "ns/patterns", "shapes"):
        assert read(client, f"/{lang}/{address}").marked == [], address


def test_the_overview_is_light(client: FlaskClient) -> None:
    """Below 60 kB without its drawing, which is why each term has a page of its own beside it."""
    text = client.get("/ca/ns").text

    assert len(re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL).encode()) < 60_000


@cache
def held(release: Path) -> frozenset[Quad]:
    """The statements of the release."""
    return frozenset(parse(path=release, format=RdfFormat.N_QUADS))


def test_examples_are_statements_of_the_data(client: FlaskClient, release: Release) -> None:
    """Each example parses as it stands on the page, and the data, which conform, hold each statement of it."""
    quads = held(release.data)
    triples = {quad.triple for quad in quads}
    invented, shown = [], 0
    addresses = [f"/{LANGUAGES[place % 3]}/ns/term/{term}" for place, term in enumerate(terms())]
    for address in (*addresses, *(f"/{lang}/ns/patterns" for lang in LANGUAGES)):
        for kind, text in read(client, address).examples:
            if kind != "turtle" or any(text == pattern.demonstration for pattern in PATTERNS):
                continue
            found = list(parse(text, format=RdfFormat.TRIG))
            shown += 1
            assert found, address
            invented += [q for q in found if q not in quads and not (_has_no_graph(q) and q.triple in triples)]

    assert invented == []
    assert shown > 70


def _has_no_graph(quad: Quad) -> bool:
    return not isinstance(quad.graph_name, NamedNode)


def test_every_pattern_has_an_example_and_only_what_the_data_lack_is_invented(client: FlaskClient) -> None:
    """No observation was ever made, so its example says that it is a demonstration."""
    text = client.get("/en/ns/patterns").text

    assert len(Page(text).examples) == len(PATTERNS)
    assert text.count("The example is a demonstration") == 1
    assert "exemple/plan" in next(pattern.demonstration for pattern in PATTERNS if pattern.name == "observation")


def test_the_demonstration_conforms(tmp_path: Path) -> None:
    """Added to a small network on which no rule has anything to say, it changes nothing."""
    text = next(pattern.demonstration for pattern in PATTERNS if pattern.name == "observation")
    (tmp_path / "demonstration.ttl").write_text(text.replace("<exemple/", "<prova/"))
    readings = [read_file(tmp_path / "demonstration.ttl"), read_file(ROOT / "tests" / "shapes" / "base.ttl")]

    assert list(validate(readings, read_all([ROOT / "shapes"]), read_all([ROOT / "ontology"])).results) == []


@each_language
def test_the_queries_of_the_pages_run(client: FlaskClient, lang: str) -> None:
    """The first query has an answer, and that of a term lists as many resources as its page counts."""
    overview = client.get(f"/{lang}/ns").text
    (minute,) = (text for kind, text in Page(overview).examples if text.startswith("PREFIX"))
    answer = client.get("/sparql", query_string={"query": minute}, headers={"Accept": "text/csv"})

    assert len(answer.text.splitlines()) == 8  # the seven teams of the document, under a heading
    for term, count in (("PlannedAction", 29), ("DataGap", 55), ("instrument", 29)):
        page = client.get(f"/{lang}/ns/term/{term}").text
        link = next(link for link in Page(page).links if "/sparql?query=" in link)
        listed = client.get(link.replace(f"/{lang}/", "/"), headers={"Accept": "text/csv"}).text.splitlines()[1:]
        assert len({line.split(",")[0] for line in listed}) == count
        assert f"{count} " in page


def test_the_commands_of_the_page_run(server: str, command: list[str], tmp_path: Path) -> None:
    """As a reader copies them: the download gives the ontology, and the check agrees with a plan that is well made."""
    request = subprocess.run(["curl", "--silent", "--fail", f"{server}/en/ns"], capture_output=True, check=True)
    examples = [text for _, text in Page(request.stdout.decode()).examples]
    (download,) = (text for text in examples if text.startswith("curl"))
    (check,) = (text for text in examples if text.startswith("workplan"))
    got = subprocess.run([*shlex.split(download), "--silent"], capture_output=True, check=True).stdout
    (tmp_path / "el-meu-pla.ttl").write_text((ROOT / "tests" / "shapes" / "base.ttl").read_text())
    checked = subprocess.run([*command, *shlex.split(check)[1:]], cwd=tmp_path, check=False)

    assert (URIRef(NS), RDF.type, OWL.Ontology) in Graph().parse(data=got, format="turtle")
    assert checked.returncode == 0


def test_the_fragments_of_turtle_of_the_page_parse(client: FlaskClient) -> None:
    """The prefix and the import, put together as a reader would."""
    examples = [text for _, text in read(client, "/ca/ns").examples]
    prefix = next(text for text in examples if text.startswith("@prefix"))
    imports = next(text for text in examples if text.startswith("owl:imports"))
    graph = Graph().parse(
        data=f"@prefix owl: <{OWL}> .\n{prefix}\n<https://example.org/> a owl:Ontology ; {imports}", format="turtle"
    )

    assert (URIRef("https://example.org/"), OWL.imports, URIRef(f"{NS}/{VERSION}")) in graph


@each_language
def test_the_picture_is_of_the_ontology_and_said_in_words(client: FlaskClient, lang: str) -> None:
    """Every class is in it once, with a title and a description, and its arrows are the rows of a table."""
    text = client.get(f"/{lang}/ns").text
    drawing = re.search(r"<svg.*?</svg>", text, re.DOTALL)
    classes = {str(c).partition("#")[2] for c in ontology().subjects(RDF.type, OWL.Class) if str(c).startswith(NS)}
    assert drawing
    drawn = re.findall(rf'href="/{lang}/ns/term/(\w+)"', drawing[0])
    rows = text.partition("</svg>")[2].partition("</table>")[0].count("<tr>") - 1

    assert sorted(drawn) == sorted(classes)
    assert "<title" in drawing[0]
    assert "<desc" in drawing[0]
    assert rows >= drawing[0].count('class="way"') > 15


def test_the_picture_is_the_same_whoever_draws_it(client: FlaskClient, release: Release) -> None:
    """Another process, which orders its sets in another way, gives the same page: kept answers stay true."""
    program = (
        "import hashlib, sys\nfrom pathlib import Path\n"
        "from workplan.web import create_app\nfrom workplan.web.service import open_service\n"
        "app = create_app(open_service(None, Path(sys.argv[1]), None))\n"
        "print(hashlib.sha256(app.test_client().get('/ca/ns').data).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program, str(release.folder.parent)],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert other.stdout.strip() == hashlib.sha256(client.get("/ca/ns").data).hexdigest()


def test_a_term_s_page_tells_all(client: FlaskClient) -> None:
    """Definition, kind, ends, lists, counts, examples, rules with their severity, what else holds."""
    scope, action = (unescape(client.get(f"/en/ns/term/{name}").text) for name in ("thematicScope", "PlannedAction"))

    for said in ("dcterms:subject", "Planned action", "skos:Concept", "(8 values)", "It is said of 29", "may still"):
        assert said in scope
    assert f"since version {VERSION}" in scope
    assert "May be said of it" in action
    assert "Lead to it" in action
    assert "The action has no code; exactly one is expected" in action
    assert "Violation" in action
    assert "To check" in action
    assert "Celebrar entre 3-4 jornades" in action
    assert "The rules of the following hold too" in action
    (apart,) = re.findall(r"<dt>Incompatible with</dt><dd>(.*?)</dd>", action)
    assert re.findall(r"/ns/term/(\w+)", apart) == ["ActionExecution", "ActionLine"]


def test_search_engines_and_programs_read_the_page(client: FlaskClient) -> None:
    """JSON-LD of schema.org, and Signposting: what describes the page, what to cite, under which licence."""
    overview, term = client.get("/es/ns"), client.get("/es/ns/term/Team")
    linked = [
        json.loads(found)
        for answer in (overview, term)
        for found in re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.text, re.DOTALL)
    ]
    links = ",".join(overview.headers.getlist("Link"))

    assert [each["@type"] for each in linked] == ["DefinedTermSet", "DefinedTerm"]
    assert (linked[0]["inLanguage"], linked[0]["version"]) == ("es", VERSION)
    assert len(linked[0]["hasDefinedTerm"]) == len(terms())
    assert (linked[1]["name"], linked[1]["@id"]) == ("Equipo", f"{NS}#Team")
    assert f'<{NS}/{VERSION}>; rel="cite-as"' in links
    assert '</ns?format=ttl>; rel="describedby"; type="text/turtle"' in links
    assert '<https://schema.org/DefinedTermSet>; rel="type"' in links
    assert "'unsafe" not in overview.headers["Content-Security-Policy"]


@each_language
def test_the_page_says_how_to_cite_a_version(client: FlaskClient, lang: str) -> None:
    """In APA's form and as BibTeX, by the address that does not change."""
    examples = [text for _, text in read(client, f"/{lang}/ns").examples]
    apa = next(text for text in examples if f"{NS}/{VERSION}" in text and "@" not in text and "owl:" not in text)
    bibtex = next(text for text in examples if text.startswith("@misc"))

    assert "(2026" in apa
    assert f"url = {{{NS}/{VERSION}}}" in bibtex
    assert "year = {2026}" in bibtex


def test_the_page_counts_the_checks_as_they_are_told(client: FlaskClient) -> None:
    """As many made and passed as the document says, which a test of its own holds to what is checked."""
    told = re.findall(r"^\| ([A-Z]+!?) \| (\d+) \| (\d+) \|$", (ROOT / "docs" / "ontology-checks.md").read_text(), re.M)

    assert [(tool, int(made), int(passed)) for tool, made, passed in told] == list(CHECKS)
    assert "FOOPS!" in client.get("/ca/ns").text


@each_language
def test_every_rule_is_told_in_words(client: FlaskClient, lang: str) -> None:
    """The page of the shapes gives each message, in its language and with no place left to fill in."""
    # As it is read: what keeps a line from breaking within a word is no part of it.
    text = unescape(re.sub(r'<span class="unbroken">(.*?)</span>', r"\1", client.get(f"/{lang}/shapes").text))
    said = {
        re.sub(r"\{[?$]\w+\}", "…", str(message))
        for message in shapes().objects(None, SH.message)
        if message.language == lang
    }

    assert [message for message in said if message not in text] == []
    assert not re.search(r"\{[?$]\w+\}", text)


def test_the_table_of_the_shapes_speaks_three_languages_and_says_so(client: FlaskClient) -> None:
    """Another gets a sentence with those."""
    answer = client.get("/shapes.csv?lang=fr")

    assert answer.status_code == 400
    assert "ca, es, en" in answer.json["detail"]  # type: ignore[index]


@each_language
def test_the_table_of_the_shapes_reads_back(client: FlaskClient, lang: str) -> None:
    """DCTAP's own reader finds its columns, a row for each property of each class, and nothing to complain of."""
    answer = client.get("/shapes.csv", query_string={"lang": lang})
    rows = list(csv.DictReader(StringIO(answer.text, newline="")))
    profile = csvreader(open_csvfile_obj=StringIO(answer.text, newline=""), config_dict=get_config())
    asked = {
        (f"wp:{str(target).partition('#')[2]}", path.n3(shapes().namespace_manager))
        for shape, target in shapes().subject_objects(SH.targetClass)
        if str(target).startswith(NS)
        for rule in shapes().objects(shape, SH.property)
        if (path := shapes().value(rule, SH.path)) is not None and isinstance(path, URIRef)
    }
    code = next(row for row in rows if (row["shapeID"], row["propertyID"]) == ("wp:PlannedAction", "wp:code"))
    team = next(
        row for row in rows if (row["shapeID"], row["propertyID"]) == ("wp:PlannedAction", "wp:directlyExecutedBy")
    )

    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Language"] == lang
    assert tuple(rows[0]) == COLUMNS
    assert not any(profile["warnings"].values())
    assert len(profile["shapes"]) == len({row["shapeID"] for row in rows})
    assert asked - {(row["shapeID"], row["propertyID"]) for row in rows} == set()
    assert (code["mandatory"], code["repeatable"], code["valueConstraintType"]) == ("TRUE", "FALSE", "pattern")
    assert re.fullmatch(code["valueConstraint"], "A08")
    assert (team["mandatory"], team["repeatable"], team["valueNodeType"], team["valueShape"]) == (
        "TRUE",
        "TRUE",
        "IRI",
        "wp:Team",
    )
    assert "{?" not in answer.text


@pytest.fixture
def bare(service: Service) -> FlaskClient:
    """A client of a service that holds an ontology with deprecated terms, and nothing that uses it."""
    text = (ROOT / "tests" / "ontology" / "life" / "2.0.0" / "ontology.ttl").read_text()
    store = Store()
    store.load(
        text.replace("https://w3id.org/sse-workplan/id/prova/ns", NS).encode(),
        format=RdfFormat.TURTLE,
        to_graph=NamedNode(f"https://w3id.org/sse-workplan/graph/ontology/{VERSION}"),
    )
    engine = EmbeddedEngine(united(store), service.config.limits)
    return create_app(Service(engine, service.config, None, service.queries)).test_client()


def test_a_deprecated_term_says_what_to_use_instead(bare: FlaskClient) -> None:
    """On its page with the reason, and in the list at a glance."""
    text = unescape(bare.get("/en/ns/term/Fair").text)

    assert "Use in its place:" in text
    assert '<a href="/en/ns/term/Market">Market</a>' in text
    assert "The class “Fair” is deprecated; use “Market”, which serves weekly ones too." in text
    assert bare.get("/es/ns").text.count("en desuso</span>") == 2


@each_language
def test_an_ontology_that_no_data_use_is_documented_too(bare: FlaskClient, lang: str) -> None:
    """Without shapes, examples or counts, which no page then makes up."""
    answers = {path: bare.get(f"/{lang}/{path}") for path in ("ns", "ns/term/Market", "ns/patterns", "shapes")}

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert Page(answers["ns/term/Market"].text).examples == []
    assert len(Page(answers["ns/patterns"].text).examples) == 1  # the demonstration
    assert bare.get("/shapes.csv").text.strip() == ",".join(COLUMNS)


@each_language
def test_a_version_says_what_it_changes(client: FlaskClient, lang: str) -> None:
    """In the reader's words, what asks most first; the first version has none before it."""
    text = client.get(f"/{lang}/ns/version/{VERSION}").text
    life = ROOT / "tests" / "ontology" / "life"
    old, new = (read_ontology([life / version / "ontology.ttl"]) for version in ("1.0.0", "2.0.0"))
    view = VersionView("2.0.0", "1.0.0", "2.0.0", changes(old, new), lang)

    assert f"/{lang}/ns/version/{VERSION}" in read(client, f"/{lang}/ns").links
    assert f"{NS}/{VERSION}" in text
    assert client.get(f"/{lang}/ns/version/9.9.9").status_code == 404
    assert len(view.changes) > 1
    assert all(sentences for _, sentences in view.changes)
    assert (
        view.changes[0][0]
        == {
            "ca": "Obliga a revisar les dades",
            "es": "Obliga a revisar los datos",
            "en": "Data must be revised",
        }[lang]
    )


def test_a_published_version_stays_as_it_was(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file in every format, a page that says which is current, and a place in the list of those that there are."""
    life = ROOT / "tests" / "ontology" / "life"
    monkeypatch.setattr("workplan.release.sources.versions_folder", lambda: life)
    kept = canonical((life / "1.0.0" / "ontology.ttl").read_bytes(), "text/turtle")
    given = [client.get("/ns/1.0.0", headers={"Accept": media_type}) for media_type in TYPES]
    shown = client.get("/ns/1.0.0", headers={"Accept": "text/html", "Accept-Language": "en"})
    page = client.get(shown.headers["Location"]).text

    assert all(canonical(answer.data, answer.mimetype) == kept for answer in given)
    assert f'<{NS}/1.0.0>; rel="canonical"' in given[0].headers.getlist("Link")
    assert '</en/ns/version/1.0.0>; rel="alternate"; type="text/html"; hreflang="en"' in shown.headers.getlist("Link")
    assert shown.headers["Location"] == "/en/ns/version/1.0.0"
    assert f"It is not the current one, which is {VERSION}." in page
    assert f"What changes from {VERSION}" in page
    assert (
        f"{VERSION}, 1.0.0, 2.0.0" in client.get("/ns/9.9.9", headers={"Accept": "*/*"}).get_json(force=True)["detail"]
    )
    assert "/shapes/1.0.0" not in page


def test_the_shapes_of_a_published_version_stay_as_they_were(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As data; a browser is led to the page of that version, which leads to them and to its context."""
    life = ROOT / "tests" / "ontology" / "life"
    shutil.copytree(life / "1.0.0", tmp_path / "1.0.0")
    kept = b"<https://w3id.org/sse-workplan/shapes#Old> a <http://www.w3.org/ns/shacl#NodeShape> ."
    (tmp_path / "1.0.0" / "shapes.ttl").write_bytes(kept)
    monkeypatch.setattr("workplan.release.sources.versions_folder", lambda: tmp_path)
    given = [client.get("/shapes/1.0.0", headers={"Accept": media_type}) for media_type in TYPES]
    shown = client.get("/shapes/1.0.0", headers={"Accept": "text/html", "Accept-Language": "en"})
    missing = client.get("/shapes/2.0.0", headers={"Accept": "text/turtle"})

    assert all(canonical(answer.data, answer.mimetype) == canonical(kept, "text/turtle") for answer in given)
    assert '<https://w3id.org/sse-workplan/shapes/1.0.0>; rel="canonical"' in given[0].headers.getlist("Link")
    assert shown.headers["Location"] == "/en/ns/version/1.0.0"
    assert {"/shapes/1.0.0?format=ttl", "/context/1.0.0.jsonld"} <= set(read(client, "/en/ns/version/1.0.0").links)
    assert f"{VERSION}, 1.0.0" in missing.get_json(force=True)["detail"]
