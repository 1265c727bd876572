"""Another network's home, with data that mean harm: everything is shown as text, nothing is run."""

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, parse

from workplan.language import LANGUAGES
from workplan.model.iris import data_path
from workplan.release.build import Release, build
from workplan.release.sources import load_home
from workplan.web import create_app
from workplan.web.service import open_service

SCRIPT = "<script>alert(1)</script>"
LABEL = (
    f'{SCRIPT}</script><!--<script>\\" onmouseover=\\"alert(2) \\u202Eevil\\u202C {{{{7*7}}}} %(x)s ]]>&lt;\\u2028 '
    + "x" * 10_000
)
PAGES = (
    "",
    "prova",
    "prova/plan/2020",
    "prova/plan/2020?team=CT",
    "matrix/prova/plan/2020",
    "about",
    "quality",
    "search?q=alert",
    "search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "sparql",
)
PNG = re.compile(rb"\x89PNG\r\n\x1a\n.{4}IHDR\x00\x00\x04\xb0\x00\x00\x02\x76", re.DOTALL)
"""The beginning of a picture of 1200 by 630 pixels."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Release:
    """A release of a small network with every kind of resource, all of whose texts are hostile."""
    home = tmp_path_factory.mktemp("home")
    folder = home / "data" / "prova" / "plan" / "2020" / "v1"
    folder.mkdir(parents=True)
    for source in (root / "tests" / "shapes" / "base.ttl", root / "tests" / "web" / "hostile.ttl"):
        text = re.sub(r'"[^"\n]+"@(ca|es|en)', lambda found: f'"{LABEL}"@{found[1]}', source.read_text("utf-8"))
        (folder / source.name).write_text(text, encoding="utf-8")
    (home / "workplan.toml").write_text(f'network = "prova"\n[title]\nca = "{SCRIPT}"\n', encoding="utf-8")
    return build(load_home(home), home / "releases")


@pytest.fixture(scope="module")
def client(hostile: Release) -> FlaskClient:
    """A client of a service over it."""
    return create_app(open_service(hostile.folder.parent.parent, None, None)).test_client()


@pytest.fixture(scope="module")
def paths(hostile: Release) -> list[str]:
    """The path of every resource of the network, and of what it brings along."""
    quads = parse(path=hostile.data, format=RdfFormat.N_QUADS)
    ours = {q.subject for q in quads if isinstance(q.graph_name, NamedNode) and "/prova/" in q.graph_name.value}
    found = {data_path(subject.value) for subject in ours if isinstance(subject, NamedNode)}
    return sorted(path for path in found if path)


def told_in(text: str) -> list[str]:
    """What stands in the elements of *text* that hold data for search engines."""
    return re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)


def assert_inert(text: str) -> None:
    """Hostile text is shown whole, as text."""
    for data in told_in(text):
        assert "<" not in data
        assert json.loads(data)["@graph"]
    shown = re.sub(r"<script (?:type|src)=.*?</script>", "", text, flags=re.DOTALL)
    assert "<script" not in shown.casefold()
    assert "onmouseover=" not in re.sub("&#34; onmouseover=&#34;", "", shown)
    assert not re.search(r'href="javascript:', shown)
    assert "49 %" not in shown


@pytest.mark.parametrize("path", PAGES)
def test_hostile_text_is_inert_on_every_page(client: FlaskClient, path: str) -> None:
    """Shown whole, as text."""
    answer = client.get(f"/ca/{path}")

    assert answer.status_code == 200
    assert_inert(answer.text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hostile_text_is_inert_on_the_page_of_every_kind(client: FlaskClient, paths: list[str], lang: str) -> None:
    """In titles, values, quotations, references, and in what search engines read."""
    assert len(paths) > 30
    for path in paths:
        answer = client.get(f"/{lang}/{path}")

        assert answer.status_code == 200, path
        assert_inert(answer.text)
        assert len(told_in(answer.text)) == 1


def test_hostile_text_is_drawn_as_text(client: FlaskClient, paths: list[str]) -> None:
    """Every picture is one, of the size that sites ask for."""
    for path in paths:
        answer = client.get(f"/ca/picture/{path}.png")

        assert answer.status_code == 200, path
        assert PNG.match(answer.data)


def test_hostile_text_in_an_answer_of_the_form_is_inert(client: FlaskClient) -> None:
    """A SELECT of everything."""
    text = client.get("/ca/sparql", query_string={"query": "SELECT * { ?s ?p ?o }"}).text

    assert SCRIPT not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    "path", ["/ca/prova/plan/2020", "/data/prova/plan/2020/action/01.ttl", "/dump.nq", "/sparql?query=ASK{}"]
)
def test_no_answer_may_be_taken_for_a_page_or_run_a_script(client: FlaskClient, path: str) -> None:
    """By headers, whatever the body holds."""
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy.get("script-src", "'self'") == "'self'"


def test_a_network_with_one_graph_and_no_assertions_is_served(client: FlaskClient) -> None:
    """The same pages, without what it does not need."""
    text = client.get("/ca/prova/plan/2020").text

    assert "afegit a les dades" not in text
    assert client.get("/ca/document/none").status_code == 404
