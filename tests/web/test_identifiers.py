"""An identifier that the rules accept is found at its own address, whatever it is made of.

Identifiers of every sort are judged; a release is made of a plan with those that no rule refuses, and each is asked of
the front that stands before the application, in the bytes that a client sends.
"""

import random
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from releases import example_plan
from served import FrontClient, Received, received
from workplan.model.namespaces import DATA, NAMESPACES
from workplan.release.build import build
from workplan.release.reading import read_all
from workplan.release.sources import load_home
from workplan.release.validation import validate
from workplan.web import create_app
from workplan.web.front import Front, Site
from workplan.web.service import open_service

PLAN = "exemple/plan/2027"
PIECES = (
    *("02", "acció", "l·l", "日本", "cami\u0301", "Ω", "𝒜", "x", "X", "a.ttl", "b.html", "csv", "L" * 90),
    *(".", "..", "...", "/", "//", ";", "+", "~", "@", ":", ",", "=", "&", "'", "(", ")", "*", "!", "$", "-", "_"),
    *("%20", "%2F", "%C3%B3", "%2e%2e", "?", "?y=1", "#y", "query", "graph", "document", "sparql", "id", "data"),
)
NAMED = (
    *("02", "comunicaci%C3%B3", "a%20b", "a%2Fb", "x?y=1", "x#y", "comunicació", "日本", "a/./b", "a/../b", "a//b"),
    *("a/", "a;b", "a+b", "a~b", "a@b", "cami\u0301", "x.ttl", ".well-known", "...", "L" * 500),
)
REFUSED = re.compile(r"%|[?]|/$|//|(^|/)[.][.]?(/|#|$)|\u0301")
"""What the rules refuse of NAMED, but for the longest."""

FIRST = ("query", "graph", "document", "search", "static", "org", "place", "time", "scheme", "exemple", "altra", "ca")
"""Segments at the beginning of an address, some of them the site's own."""

DOTS = frozenset((".", ".."))

EXTENSIONS = ("ttl", "jsonld", "nt", "rdf", "trig")


def identifiers() -> list[str]:
    """Paths of every sort, the same each time."""
    made = random.Random(20270228)  # noqa: S311 - nothing depends on nobody guessing it
    chosen = ["".join(made.choices(PIECES, k=made.randint(1, 4))) for _ in range(150)]
    paths = [f"{PLAN}/action/{name}" for name in dict.fromkeys((*NAMED, *chosen))]
    paths += [f"{first}/cosa" for first in FIRST]
    # What two paths would be as one identifier is another test's matter.
    return sorted({path.casefold(): path for path in paths}.values())


def resource(path: str) -> str:
    """Turtle of a resource with the identifier *path*."""
    return (
        f"<{DATA}{path}> a <{NAMESPACES['org']}Organization> ;\n"
        f'  <{NAMESPACES["rdfs"]}label> "Una cosa"@ca , "Una cosa"@es , "A thing"@en .\n'
    )


def is_iri(path: str) -> bool:
    """Whether RDF has such an identifier at all."""
    try:
        list(parse(resource(path), RdfFormat.TURTLE))
    except SyntaxError:
        return False
    return True


@pytest.fixture(scope="module")
def judged(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], set[str]]:
    """A home of what the rules accept, its identifiers, and those that they refuse."""
    home = tmp_path_factory.mktemp("home")
    stated = home / "data" / PLAN / "v1" / "stated"
    stated.mkdir(parents=True)
    text = example_plan(root)
    (stated / "plan.json").write_text(text, encoding="utf-8")
    paths = list(filter(is_iri, identifiers()))
    things = stated / "things.ttl"
    things.write_text("".join(map(resource, paths)), encoding="utf-8")
    shipped = load_home(home)
    report = validate(read_all([things]), read_all(shipped.shapes), read_all(shipped.background))
    refused = {finding.focus.key.removeprefix(DATA) for finding in report.results if "Identifier-" in finding.shape}
    accepted = [path for path in paths if path not in refused]
    things.write_text("".join(map(resource, accepted)), encoding="utf-8")
    build(shipped, home / "releases")
    return home, accepted, refused


@pytest.fixture(scope="module")
def client(judged: tuple[Path, list[str], set[str]]) -> Iterator[FrontClient]:
    """A client of the front over that release."""
    app = create_app(open_service(judged[0], None, None))
    client = FrontClient(Front(Site(app), app.extensions["workplan.figures"]))
    yield client
    client.close()


def asked(client: FrontClient, address: str, accept: str = "*/*") -> Received:
    """The answer to *address* as a browser asks for it: letters in UTF-8 and no fragment; it would resolve dots."""
    path, mark, query = address.removeprefix("http://localhost").partition("#")[0].partition("?")
    assert DOTS.isdisjoint(path.split("/"))
    target = quote(path, safe="/%:@!$&'()*+,;=~") + mark + query
    with client.connect() as connection:
        lines = (f"GET {target} HTTP/1.1", "Host: localhost", "Connection: close", f"Accept: {accept}", "", "")
        connection.sendall("\r\n".join(lines).encode())
        answer = received(connection)
    assert answer
    return answer


def test_what_no_address_can_say_is_refused_and_nothing_else(judged: tuple[Path, list[str], set[str]]) -> None:
    """Letters of any script and the marks of a path are fine."""
    _, accepted, refused = judged
    names = {path.removeprefix(f"{PLAN}/action/") for path in refused}

    assert {name for name in NAMED if len(name) < 400 and name in names} == set(filter(REFUSED.search, NAMED))
    assert names & {"L" * 500}
    assert {f"{first}/cosa" for first in FIRST[:5]} == {path for path in refused if path.endswith("/cosa")}
    assert len(accepted) > 50


def test_every_accepted_identifier_is_found_at_its_address(
    client: FrontClient, judged: tuple[Path, list[str], set[str]]
) -> None:
    """By its name, as a page in each language and as data in each format."""
    wrong = []
    for path in judged[1]:
        named = asked(client, f"/id/{path}", "text/turtle")
        page = asked(client, f"/id/{path}", "text/html")
        places = [
            *(answer.headers.get("Location", "/nowhere") for answer in (named, page)),
            *(f"/{lang}/{path}" for lang in ("ca", "es", "en")),
            *(f"/data/{path.partition('#')[0]}.{extension}" for extension in EXTENSIONS),
            *re.findall(r"<(/[^>]*)>", ", ".join(named.headers.getlist("Link"))),
        ]
        wrong += [(path, answer.status_code) for answer in (named, page) if answer.status_code != 303]
        wrong += [(path, place) for place in places if asked(client, place).status_code != 200]
        described = asked(client, named.headers.get("Location", "/nowhere"))
        wrong += [(path, "says nothing of it")] if NamedNode(DATA + path) not in subjects_of(described) else []

    assert wrong == []


def subjects_of(answer: Received) -> set[object]:
    """What *answer*, in Turtle, says something of; nothing where it is an error."""
    body = answer.get_data() if answer.status_code == 200 else b""
    return {quad.subject for quad in parse(body, RdfFormat.TURTLE)}


def test_every_identifier_is_a_value_of_a_question(
    client: FrontClient, judged: tuple[Path, list[str], set[str]]
) -> None:
    """By its path, as pages link to questions about it."""
    ways = {path: f"/query/action-graph.nt?action={quote(path, safe='')}" for path in judged[1]}

    assert [path for path, way in ways.items() if "s'esperava un valor de tipus iri" in asked(client, way).text] == []


def test_every_link_to_them_leads_somewhere(client: FrontClient, judged: tuple[Path, list[str], set[str]]) -> None:
    """Those of the map of the site, and those by which pages name each other."""
    sitemap = [unescape(found) for found in re.findall(r"<loc>([^<]*)</loc>", asked(client, "/sitemap.xml").text)]
    pages = [asked(client, f"/ca/{path}").text for path in judged[1][::10]]
    links = {unescape(found) for page in pages for found in re.findall(r'(?:href|src)="(/[^"]*)"', page)}

    listed = {quote(f"/ca/{path.partition('#')[0]}", safe="/:@!$&'()*+,;=~") for path in judged[1]}
    assert listed <= {urlsplit(address).path for address in sitemap}
    assert {address for address in (*sitemap, *links) if asked(client, address).status_code >= 400} == set()
