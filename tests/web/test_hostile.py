"""Another network's home, with data that mean harm: everything is shown as text, nothing is run."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from workplan.release.build import build
from workplan.release.sources import load_home
from workplan.web import create_app
from workplan.web.service import open_service

SCRIPT = "<script>alert(1)</script>"
LABEL = f'{SCRIPT}\\" onmouseover=\\"alert(2) \\u202Eevil\\u202C {{{{7*7}}}} %(x)s ' + "x" * 10_000
PAGES = (
    "",
    "prova",
    "prova/plan/2020",
    "prova/plan/2020/action/01",
    "prova/team/ct",
    "quality",
    "search?q=alert",
    "search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "sparql",
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, root: Path) -> FlaskClient:
    """A client of a service over a small network whose action's label is hostile."""
    home = tmp_path_factory.mktemp("home")
    folder = home / "data" / "prova" / "plan" / "2020" / "v1"
    folder.mkdir(parents=True)
    text = (root / "tests" / "shapes" / "base.ttl").read_text(encoding="utf-8")
    text = (
        text.replace('"Fer una jornada"@ca', f'"{LABEL}"@ca')
        + "\n<prova/team/ct> rdfs:seeAlso <javascript:alert(1)> .\n"
    )
    (folder / "all.ttl").write_text(text, encoding="utf-8")
    (home / "workplan.toml").write_text(f'network = "prova"\n[title]\nca = "{SCRIPT}"\n', encoding="utf-8")
    build(load_home(home), home / "releases")
    return create_app(open_service(home, None, None)).test_client()


@pytest.mark.parametrize("path", PAGES)
def test_hostile_text_is_inert_on_every_page(client: FlaskClient, path: str) -> None:
    """Shown whole, as text."""
    answer = client.get(f"/ca/{path}")

    assert answer.status_code == 200
    assert SCRIPT not in answer.text
    assert 'onmouseover="' not in answer.text
    assert not re.search(r'href="javascript:', answer.text)
    assert "49" not in answer.text.partition("{{7*7}}")[0][-3:]


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

    assert "afegit per la curadoria" not in text
    assert client.get("/ca/document/none").status_code == 404
