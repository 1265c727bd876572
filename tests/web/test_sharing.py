"""What a page tells of itself to those who share it and to search engines: tags, a picture, schema.org's words."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, parse
from rdflib import DCAT, DCTERMS, RDF, SDO, Graph, URIRef

from workplan.export.card import Card
from workplan.knowledge.description import Name
from workplan.language import LANGUAGES
from workplan.model.iris import data_path
from workplan.model.namespaces import NAMESPACES
from workplan.release.build import Release
from workplan.web.resource import kind_of

SIZE = re.compile(rb"\x89PNG\r\n\x1a\n.{4}IHDR(.{4})(.{4})", re.DOTALL)
TYPE = NamedNode(NAMESPACES["rdf"] + "type")


def size_of(picture: bytes) -> tuple[int, ...]:
    """The width and the height of a PNG, in pixels."""
    found = SIZE.match(picture)
    return tuple(int.from_bytes(side) for side in found.groups()) if found else ()


def told(text: str) -> dict[str, Any]:
    """What a page tells search engines."""
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    found: dict[str, Any] = json.loads(data)
    return found


def tags_of(text: str) -> dict[str, str]:
    """The tags by which a page tells what to show of it."""
    return {
        name: unescape(value) for name, value in re.findall(r'<meta (?:name|property)="(.*?)" content="(.*?)">', text)
    }


def words_in(data: Any) -> Iterator[tuple[str, Any]]:
    """Every key of *data* with its value."""
    for one in data if isinstance(data, list) else [data]:
        for key, value in one.items() if isinstance(one, dict) else ():
            yield key, value
            yield from words_in(value)


@pytest.fixture(scope="module")
def kinds(release: Release) -> dict[str, str]:
    """The path of one resource of every kind."""
    types: dict[str, set[str]] = {}
    for quad in parse(path=release.data, format=RdfFormat.N_QUADS):
        if quad.predicate == TYPE and isinstance(quad.subject, NamedNode) and "#" not in quad.subject.value:
            types.setdefault(quad.subject.value, set()).add(quad.object.value)
    named = {kind_of(Name(types=frozenset(found))): data_path(iri) for iri, found in sorted(types.items())}
    return {kind: path for kind, path in named.items() if kind and path and not path.startswith("query/")}


def test_every_kind_of_resource_speaks_schema_org(client: FlaskClient, kinds: dict[str, str]) -> None:
    """In words that schema.org has, as JSON-LD that needs nothing fetched, of the resource itself."""
    assert len(kinds) > 25
    for kind, path in kinds.items():
        data = told(client.get(f"/ca/{path}").text)
        page, entity = data["@graph"]
        graph = Graph().parse(data=json.dumps(data), format="json-ld")

        assert entity["@id"] == page["mainEntity"]["@id"] == f"https://w3id.org/sse-workplan/id/{path}"
        assert len(graph) > 15
        used = {value for key, value in words_in(data["@graph"]) if key == "@type"}
        used |= {key for key, _ in words_in(data["@graph"]) if not key.startswith("@")}
        assert [word for word in used if word not in SDO] == [], kind


def test_an_action_tells_who_carries_it_out_and_no_status(client: FlaskClient) -> None:
    """It is planned; nobody has told whether it was done."""
    entity = told(client.get("/en/xmess/plan/2020/action/08").text)["@graph"][1]

    assert (entity["@type"], entity["identifier"]) == ("Action", "A08")
    assert [agent["name"] for agent in entity["agent"]] == ["Working group"]
    assert entity["subjectOf"][0]["inLanguage"] == "ca"
    assert "actionStatus" not in entity


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_home_page_tells_of_the_data_set(client: FlaskClient, lang: str) -> None:
    """Under the name that the catalogue gives it, with its licence and its files."""
    (data,) = told(client.get(f"/{lang}/").text)["@graph"]
    named = URIRef(data["@id"])
    catalogue = Graph().parse(data=client.get("/catalog.ttl").data, format="turtle")

    assert data["@type"] == "Dataset"
    assert (named, RDF.type, DCAT.Dataset) in catalogue
    assert (named, DCTERMS.license, URIRef(data["license"])) in catalogue
    assert "29" in data["description"]
    assert {each["contentUrl"] for each in data["distribution"]} == {
        str(address) for address in catalogue.objects(None, DCAT.downloadURL)
    }
    assert [word for word, _ in words_in(data) if not word.startswith("@") and word not in SDO] == []


def test_an_event_without_a_date_is_given_none(client: FlaskClient) -> None:
    """A gap stays one."""
    dated = told(client.get("/ca/xmess/event/2019-09-18-sessio-tecnica").text)["@graph"][1]
    undated = told(client.get("/ca/xmess/event/2019-periode-esmenes").text)["@graph"][1]

    assert dated["startDate"] == "2019-09-18"
    assert "startDate" not in undated


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "path",
    ["", "xmess", "xmess/plan/2020", "xmess/plan/2020/action/08", "xmess/gap/001", "query/actions", "quality"],
)
def test_a_shared_page_shows_its_title_and_a_picture(client: FlaskClient, lang: str, path: str) -> None:
    """Whole addresses, for they are read elsewhere."""
    text = client.get(f"/{lang}/{path}").text
    tags = tags_of(text)
    picture = client.get(urlsplit(tags["og:image"]).path)

    assert tags["og:title"] == unescape(re.findall("<title>(.*?)</title>", text)[0])
    assert tags["og:description"] == tags["description"]
    assert tags["og:url"].startswith(f"http://localhost/{lang}/{path}")
    assert tags["og:image"].startswith("http://localhost/")
    assert tags["twitter:card"] == "summary_large_image"
    assert picture.mimetype == "image/png"
    assert size_of(picture.data) == (int(tags["og:image:width"]), int(tags["og:image:height"])) == (1200, 630)


def test_each_language_of_a_page_is_canonical(client: FlaskClient) -> None:
    """Else search engines would know one of the three; the resource's own address is told beside it."""
    answer = client.get("/es/xmess/plan/2020/action/08")

    assert '<link rel="canonical" href="http://localhost/es/xmess/plan/2020/action/08">' in answer.text
    assert any('rel="cite-as"' in link for link in answer.headers.getlist("Link"))


def test_a_picture_of_nothing_is_a_404(client: FlaskClient) -> None:
    """As its page is."""
    assert client.get("/ca/picture/xmess/plan/2020/action/99.png").status_code == 404
    assert client.get("/ca/picture/query/none.png").status_code == 404


def test_a_picture_is_kept(client: FlaskClient) -> None:
    """It changes with the release alone."""
    first = client.get("/ca/picture/xmess/team/st.png")
    again = client.get("/ca/picture/xmess/team/st.png", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304


def test_a_title_too_long_for_the_picture_is_cut_within_it() -> None:
    """Marks of direction, controls and line breaks draw nothing, and take nothing with them."""
    drawing = Card("Lloc", "Acció", "A01", "\u202eGir\u202c \0una\nfrase " + "mot " * 3000, "peu").svg()
    lines = re.findall(r'font-weight="700">(.*?)</text>', drawing)

    assert lines[1].startswith("Gir una frase mot")
    assert len(lines) == 6
    assert lines[-1].endswith("…")
    assert all(len(line) < 60 for line in lines)
