"""The names under w3id.org replayed: an Apache with our rules in front, the running service behind."""

import http.client
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse
from rdflib import Graph, URIRef

from conftest import wait_for
from workplan.model.namespaces import DATA, GRAPH, ONTOLOGY, SHAPES
from workplan.release import context
from workplan.release.build import Release

ROOT = Path(__file__).parents[2]
RULES = ROOT / "docs" / "examples" / "w3id" / ".htaccess"
PLACEHOLDER = "https://workplan.example.org"
BASE = "https://w3id.org/sse-workplan"
VERSION = (ROOT / "VERSION").read_text().strip()
ACTION = "/id/xmess/plan/2020/action/08"
STATED = "/graph/xmess/plan/2020/v1/stated"

CONFIGURATION = """\
ServerRoot {root}
ServerName w3id.example.org
Listen 127.0.0.1:{port}
PidFile {root}/pid
ErrorLog {root}/errors
User nobody
Group nogroup
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule negotiation_module {modules}/mod_negotiation.so
LoadModule rewrite_module {modules}/mod_rewrite.so
DocumentRoot {root}/site
<Directory {root}/site>
    AllowOverride All
    Require all granted
</Directory>
"""


class Step(NamedTuple):
    """One answer on the way: where, its status, headers and body."""

    address: str
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@pytest.fixture(scope="module")
def w3id(server: str, free_port: Callable[[], int]) -> Iterator[str]:
    """An Apache that follows our rules as w3id.org's does, before the running service; yields its address."""
    apache = shutil.which("apache2") or shutil.which("/usr/sbin/apache2")
    assert apache, "apache2 is not installed; `make test` installs it"
    port = free_port()
    # Not pytest's folder, which only its owner reads: Apache takes another user where root starts it.
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        site = root / "site" / "sse-workplan"
        site.mkdir(parents=True)
        (site / ".htaccess").write_text(RULES.read_text().replace(PLACEHOLDER, server))
        (root / "conf").write_text(CONFIGURATION.format(root=root, port=port, modules="/usr/lib/apache2/modules"))
        process = subprocess.Popen([apache, "-d", folder, "-f", f"{root}/conf", "-DFOREGROUND"], text=True)
        wait_for(f"http://127.0.0.1:{port}/", process)
        yield f"http://127.0.0.1:{port}/sse-workplan"
        process.terminate()
        process.wait(timeout=20)


def way(address: str, accept: str | None, language: str = "ca") -> list[Step]:
    """The answers from *address* on, redirects followed."""
    steps: list[Step] = []
    while len(steps) < 6:
        parts = urlsplit(address)
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
        headers = {"Accept-Language": language, **({"Accept": accept} if accept else {})}
        connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""), headers=headers)
        answer = connection.getresponse()
        steps.append(Step(address, answer.status, answer.headers, answer.read()))
        connection.close()
        if answer.status not in (301, 302, 303, 307, 308):
            return steps
        address = urljoin(address, answer.headers["Location"])
    pytest.fail(f"no end of {[step.address for step in steps]}")


@pytest.mark.parametrize(
    ("media_type", "syntax"),
    [
        ("text/turtle", "turtle"),
        ("application/ld+json", "json-ld"),
        ("application/n-triples", "nt"),
        ("application/rdf+xml", "xml"),
    ],
)
@pytest.mark.parametrize("name", ["/ns", f"/ns/{VERSION}", "/shapes", f"/shapes/{VERSION}", ACTION, STATED])
def test_a_name_leads_a_program_to_its_format(w3id: str, name: str, media_type: str, syntax: str) -> None:
    """By 303 all the way, each step open to any site and telling that it varies; and what comes is about the name."""
    steps = way(w3id + name, media_type)
    last = steps[-1]
    about = ONTOLOGY if name.startswith("/ns") else SHAPES if name.startswith("/shapes") else BASE + ACTION

    assert [step.status for step in steps] == [303] * (len(steps) - 1) + [200]
    assert last.headers.get_content_type() == media_type
    assert all(step.headers["Access-Control-Allow-Origin"] == "*" for step in steps)
    assert all("accept" in step.headers["Vary"].lower() for step in steps)
    assert (URIRef(about), None, None) in Graph().parse(data=last.body, format=syntax)


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("/ns", "/es/ns"),
        (f"/ns/{VERSION}", "/es/ns"),
        ("/shapes", "/es/shapes"),
        (ACTION, "/es/xmess/plan/2020/action/08"),
        (STATED, "/es/graph/xmess/plan/2020/v1/stated"),
        ("", "/es/"),
    ],
)
def test_a_name_leads_a_browser_to_its_page(w3id: str, server: str, name: str, page: str) -> None:
    """In the reader's language."""
    steps = way(w3id + name + ("" if name else "/"), "text/html,application/xhtml+xml,*/*;q=0.8", "es")

    assert steps[0].status == 303
    assert (steps[-1].address, steps[-1].status) == (server + page, 200)
    assert b'<html lang="es">' in steps[-1].body


@pytest.mark.parametrize("name", [context.IRI, context.version_iri(VERSION)])
def test_the_context_is_found(w3id: str, name: str) -> None:
    """As JSON-LD processors ask for it."""
    steps = way(w3id + name.removeprefix(BASE), "application/ld+json")

    assert [step.status for step in steps] == [303, 200]
    assert steps[-1].body.decode() == context.document()


def test_what_is_asked_beside_the_name_is_kept(w3id: str) -> None:
    """``format=`` reaches the service."""
    assert way(f"{w3id}{ACTION}?format=nt", None)[-1].headers.get_content_type() == "application/n-triples"


def test_what_names_nothing_is_refused(w3id: str) -> None:
    """Where it is known: by w3id.org what is no name of ours, by the service what names nothing or has no such form."""
    refused = {name: [s.status for s in way(w3id + name, "text/turtle")] for name in ("/nothing", "/ns/latest", "/id/")}

    assert refused == {"/nothing": [404], "/ns/latest": [404], "/id/": [404]}
    assert [step.status for step in way(w3id + "/ns/9.9.9", "text/turtle")] == [303, 404]
    assert [step.status for step in way(w3id + "/id/xmess/nothing", "text/turtle")] == [303, 404]
    assert [step.status for step in way(w3id + "/ns", "image/png")] == [303, 406]


def test_every_name_in_the_data_has_its_way(w3id: str, server: str, release: Release) -> None:
    """Each IRI of the release that is under w3id.org leads to the same path of the service."""
    terms = {
        term.value.partition("#")[0]
        for quad in parse(path=release.data, format=RdfFormat.N_QUADS)
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        if isinstance(term, NamedNode) and term.value.startswith(BASE)
    }
    connection = http.client.HTTPConnection(urlsplit(w3id).netloc, timeout=20)
    led = {}
    for iri in sorted(terms):
        connection.request("HEAD", iri.removeprefix("https://w3id.org"))
        answer = connection.getresponse()
        answer.read()
        led[iri] = (answer.status, answer.headers["Location"])
    connection.close()

    assert len(terms) > 400
    assert {iri.split("/")[4] for iri in terms} >= {b.removeprefix(BASE + "/").split("/")[0] for b in (DATA, GRAPH)}
    assert {iri: way for iri, way in led.items() if way != (303, server + iri.removeprefix(BASE))} == {}


def test_the_readme_names_nobody() -> None:
    """Whoever asks for the names fills in who answers for them; every kind of name is explained."""
    text = (RULES.parent / "README.md").read_text()

    assert "To be filled in" in text
    assert all(f"{BASE}/{kind}" in text for kind in ("ns#", "ns/1.0.0", "shapes", "id/", "graph/", "context.jsonld"))
