"""What the service says of itself, each figure counted here again from the release."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Quad, RdfFormat, parse
from pyshacl import validate
from rdflib import DCAT, DCTERMS, FOAF, RDF, SH, Graph, Literal, Namespace, URIRef

from workplan.configuration import load_configuration
from workplan.language import LANGUAGES
from workplan.model.errors import BadConfiguration
from workplan.model.namespaces import DATA, WP
from workplan.release.build import Release
from workplan.web import create_app, introspection
from workplan.web.about import PAGES
from workplan.web.service import Service

VOID = Namespace("http://rdfs.org/ns/void#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
TYPE = NamedNode(str(RDF.type))
SHAPES = Path(__file__).with_name("dcat-ap-es.ttl")
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def quads(release: Release) -> list[Quad]:
    """Everything that the release holds."""
    return list(parse(path=release.data, format=RdfFormat.N_QUADS))


def read(client: FlaskClient, address: str, accept: str = "text/turtle") -> Graph:
    """The graph at *address*."""
    answer = client.get(address, headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.data, format=answer.mimetype)


def count(graph: Graph, subject: object, prop: URIRef) -> int:
    """The one number that *prop* has."""
    return int(graph.value(subject, prop, any=False))


def test_the_service_description_lists_every_graph_with_its_size(client: FlaskClient, release: Release) -> None:
    """A client learns what there is without a query."""
    graph = read(client, "/sparql")
    dataset = graph.value(URIRef("http://localhost/sparql"), SD.defaultDataset)
    found = {
        str(graph.value(entry, SD.name)): count(graph, graph.value(entry, SD.graph), VOID.triples)
        for entry in graph.objects(dataset, SD.namedGraph)
    }

    assert found == release.manifest["graphs"]
    assert (None, SD.extensionFunction, None) not in graph
    assert graph.value(dataset, SD.defaultGraph)


@pytest.mark.parametrize(
    "accept", ["text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml"]
)
def test_void_counts_what_the_release_holds(client: FlaskClient, quads: list[Quad], accept: str) -> None:
    """In every format."""
    graph = read(client, "/.well-known/void", accept)
    this = graph.value(predicate=RDF.type, object=VOID.Dataset)
    triples = {quad.triple for quad in quads}
    entities = Counter(t.object.value for t in {(t.subject, t.object) and t for t in triples if t.predicate == TYPE})

    assert count(graph, this, VOID.triples) == len(triples)
    assert count(graph, this, VOID.distinctSubjects) == len({t.subject for t in triples})
    assert count(graph, this, VOID.distinctObjects) == len({t.object for t in triples})
    assert count(graph, this, VOID.properties) == len({t.predicate for t in triples})
    assert {
        str(graph.value(part, VOID["class"])): count(graph, part, VOID.entities)
        for part in graph.objects(this, VOID.classPartition)
    } == entities
    assert {
        str(graph.value(part, VOID.property)): count(graph, part, VOID.triples)
        for part in graph.objects(this, VOID.propertyPartition)
    } == Counter(t.predicate.value for t in triples)


def test_void_tells_the_properties_of_each_class(client: FlaskClient, quads: list[Quad]) -> None:
    """What a query builder offers for an action."""
    graph = read(client, "/.well-known/void")
    action = URIRef(WP + "PlannedAction")
    (part,) = graph.subjects(VOID["class"], action)
    triples = {quad.triple for quad in quads}
    actions = {t.subject for t in triples if t.predicate == TYPE and t.object == NamedNode(str(action))}
    found = {
        str(graph.value(each, VOID.property)): count(graph, each, VOID.triples)
        for each in graph.objects(part, VOID.propertyPartition)
    }

    assert found == Counter(t.predicate.value for t in triples if t.subject in actions)


def test_voids_links_lead_somewhere(client: FlaskClient) -> None:
    """Dumps and examples exist, the endpoint answers."""
    graph = read(client, "/.well-known/void")
    this = graph.value(predicate=RDF.type, object=VOID.Dataset)
    dumps, examples = list(graph.objects(this, VOID.dataDump)), list(graph.objects(this, VOID.exampleResource))

    assert len(dumps) == 8
    assert examples
    assert {client.get(urlsplit(dump).path).status_code for dump in dumps} == {200}
    assert {client.get(f"/id/{str(iri).removeprefix(DATA)}").status_code for iri in examples} == {303}
    assert (this, VOID.uriSpace, Literal(DATA)) in graph
    assert (this, VOID.sparqlEndpoint, URIRef("http://localhost/sparql")) in graph


def violations(graph: Graph, severity: URIRef = SH.Violation) -> list[str]:
    """What DCAT-AP-ES, as the shapes beside this file tell it, finds in *graph*."""
    _, report, _ = validate(graph, shacl_graph=Graph().parse(SHAPES), advanced=False)
    results = list(report.subjects(RDF.type, SH.ValidationResult))
    return sorted(
        f"{report.value(r, SH.focusNode)} {report.value(r, SH.resultPath)} {report.value(r, SH.resultMessage)}"
        for r in results
        if report.value(r, SH.resultSeverity) == severity
    )


@pytest.mark.parametrize("extension", ["ttl", "jsonld"])
def test_the_catalogue_has_what_dcat_ap_es_demands(client: FlaskClient, extension: str) -> None:
    """Its violations, in our words."""
    graph = read(client, f"/catalog.{extension}")

    assert violations(graph) == []
    assert [str(s) for s in graph.subjects(RDF.type, DCAT.Dataset)] == ["http://localhost/catalog#xmess-plan-2020"]
    assert [str(s) for s in graph.subjects(RDF.type, URIRef(f"{DCAT}DatasetSeries"))] == [
        "http://localhost/catalog#xmess"
    ]


@pytest.mark.parametrize(
    ("prop", "kind"),
    [
        (DCTERMS.title, DCAT.Dataset),
        (DCTERMS.publisher, DCAT.Catalog),
        (DCAT.themeTaxonomy, DCAT.Catalog),
        (DCAT.accessURL, DCAT.Distribution),
        (DCAT.endpointURL, DCAT.DataService),
        (FOAF.name, FOAF.Agent),
    ],
)
def test_the_shapes_would_find_what_is_missing(client: FlaskClient, prop: URIRef, kind: URIRef) -> None:
    """A check that finds nothing may check nothing."""
    graph = read(client, "/catalog.ttl")
    for subject in list(graph.subjects(RDF.type, kind)):
        graph.remove((subject, prop, None))

    assert any(str(prop) in line for line in violations(graph))


def test_no_contact_and_no_territory_are_made_up(client: FlaskClient) -> None:
    """They are the recommendations that are left open."""
    graph = read(client, "/catalog.ttl")
    open_ones = {line.split()[1] for line in violations(graph, SH.Warning)}

    assert open_ones == {str(DCAT.contactPoint), str(DCTERMS.spatial)}


@pytest.mark.parametrize(
    ("contact", "prop", "value"),
    [
        ("dades@example.org", VCARD.hasEmail, "mailto:dades@example.org"),
        ("https://example.org/contacte", VCARD.hasURL, "https://example.org/contacte"),
    ],
)
def test_the_operators_contact_is_the_contact_point(service: Service, contact: str, prop: URIRef, value: str) -> None:
    """An e-mail or a web address."""
    app = create_app(replace(service, config=replace(service.config, contact=contact)))
    graph = read(app.test_client(), "/catalog.ttl")
    points = set(graph.objects(None, DCAT.contactPoint))

    assert len(points) == 1
    assert graph.value(points.pop(), prop) == URIRef(value)
    assert violations(graph) == []
    assert not any("contactPoint" in line for line in violations(graph, SH.Warning))


@pytest.mark.parametrize("contact", ["nobody", "", "javascript:alert(1)", "a b@c", "ftp://x/"])
def test_a_contact_that_nobody_can_use_is_refused(tmp_path: Path, contact: str) -> None:
    """With what was expected."""
    with pytest.raises(BadConfiguration, match="contact"):
        load_configuration(tmp_path, {"WORKPLAN_CONTACT": contact})


def test_what_the_catalogue_names_is_there(client: FlaskClient) -> None:
    """Every address of our own answers."""
    graph = read(client, "/catalog.ttl")
    addresses = {str(o) for o in graph.objects()} - {str(o) for o in graph.objects(None, DCAT.endpointURL)}
    addresses = {iri for iri in addresses if iri.startswith("http://localhost/") and "#" not in iri}

    assert addresses
    assert {
        address: status
        for address in addresses
        if (status := client.get(address.removeprefix("http://localhost")).status_code) not in (200, 302, 303)
    } == {}


@pytest.mark.parametrize(
    ("accept", "extension"), [("text/turtle", "ttl"), ("application/ld+json", "jsonld"), ("", "ttl")]
)
def test_the_things_of_the_catalogue_lead_to_it(client: FlaskClient, accept: str, extension: str) -> None:
    """They are named by fragments of its address."""
    answer = client.get("/catalog", headers={"Accept": accept})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/catalog.{extension}")
    assert client.get("/catalog.csv").status_code == 406


def test_the_site_map_has_each_page_in_each_language(client: FlaskClient, quads: list[Quad]) -> None:
    """Each with its alternates, and a page behind it."""
    answer = client.get("/sitemap.xml")
    urls = ElementTree.fromstring(answer.data).findall(f"{SITEMAP}url")  # noqa: S314 - ours
    places = [url.findtext(f"{SITEMAP}loc") for url in urls]
    subjects = {
        q.subject.value
        for q in quads
        if isinstance(q.subject, NamedNode) and q.predicate.value != "http://purl.org/dc/terms/isReplacedBy"
    }
    held = {iri for iri in subjects if iri.startswith(DATA) and "#" not in iri}
    terms = {iri for iri in subjects if iri.startswith(WP)}
    pages = ["", *introspection.OVERVIEWS, *PAGES, "matrix/xmess/plan/2020", "document/pla2020", *terms]

    assert answer.mimetype == "application/xml"
    assert {f"http://localhost/en/{page}" for page in pages if page not in terms} <= set(places)
    assert len(places) == len(set(places)) == len(LANGUAGES) * (len(held) + len(pages))
    for url in urls:
        languages = [link.get("hreflang") for link in url.findall(f"{XHTML}link")]
        assert languages == [*LANGUAGES, "x-default"]
    questions = [place for place in places if "/en/query/" in str(place)]
    for place in [*places[: 3 * 12], *places[36::90], *questions]:
        assert client.get(str(place).removeprefix("http://localhost")).status_code == 200, place


def test_a_large_site_map_is_cut_into_pages(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file may hold 50,000 addresses."""
    whole = create_app(service).test_client().get("/sitemap.xml").data.count(b"<loc>")
    monkeypatch.setattr(introspection, "SITEMAP_RESOURCES", 100)
    client = create_app(service).test_client()
    maps = ElementTree.fromstring(client.get("/sitemap.xml").data).findall(f"{SITEMAP}sitemap")  # noqa: S314 - ours
    places = [str(each.findtext(f"{SITEMAP}loc")).removeprefix("http://localhost") for each in maps]

    assert len(places) > 1
    assert sum(client.get(place).data.count(b"<loc>") for place in places) == whole
    assert {client.get(f"/sitemap.xml?page={page}").status_code for page in ("0", "99", "x", "9" * 5000)} == {400}


def test_robots_are_told_where_the_map_is(client: FlaskClient) -> None:
    """And that questions are not pages."""
    lines = client.get("/robots.txt").text.splitlines()

    assert "Sitemap: http://localhost/sitemap.xml" in lines
    assert "Disallow: /sparql" in lines


@pytest.mark.parametrize("path", ["xmess/plan/2020", "xmess/plan/2020/action/08"])
def test_a_page_leads_programs_to_its_data(client: FlaskClient, path: str) -> None:
    """Signposting: what describes the resource, how to cite it, its licence."""
    links = client.get(f"/ca/{path}").headers.getlist("Link")

    assert f'</data/{path}.ttl>; rel="describedby"; type="text/turtle"' in links
    assert f'<{DATA}{path}>; rel="cite-as"' in links
    assert any('rel="license"' in link for link in links)


@pytest.mark.parametrize("address", ["/.well-known/void", "/catalog.ttl", "/sitemap.xml", "/robots.txt"])
def test_introspection_can_be_kept_and_read_by_any_site(client: FlaskClient, address: str) -> None:
    """Like the data that it tells of."""
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert again.status_code == 304
