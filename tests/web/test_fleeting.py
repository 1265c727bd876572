"""Answers that are others each time are made each time, and nobody is told that he may keep them."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from releases import example_plan
from served import FrontClient
from workplan.operation.figures import Figures
from workplan.release.build import Release, build
from workplan.release.sources import load_home
from workplan.web import create_app
from workplan.web.front import Front, Site
from workplan.web.service import open_service

FUNCTIONS = ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()"]
QUESTION = """#+ summary: chance
#+ title: {ca: atzar, es: azar, en: chance}
#+ question: {ca: quin, es: cual, en: which}
#+ columns: {x: {ca: x, es: x, en: x}}
SELECT ?x { BIND(STRUUID() AS ?x) }
"""


@pytest.fixture(scope="module")
def release(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Of a home with a question whose answer is chance."""
    home = tmp_path_factory.mktemp("home")
    plan = example_plan(root)
    stated = home / "data" / "exemple" / "plan" / "2027" / "v1" / "stated"
    stated.mkdir(parents=True)
    (stated / "plan.json").write_text(plan, encoding="utf-8")
    (home / "queries").mkdir()
    (home / "queries" / "chance.rq").write_text(QUESTION, encoding="utf-8")
    return build(load_home(home), home / "releases")


@pytest.fixture(scope="module")
def client(release: Release) -> Iterator[FrontClient]:
    """A client of its service."""
    app = create_app(open_service(release.folder.parent.parent, release.folder.parent, None))
    client = FrontClient(Front(Site(app), Figures()))
    yield client
    client.close()


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_endpoint_asks_again(client: FrontClient, function: str, method: str) -> None:
    """By GET and by POST."""
    text = f"SELECT ({function} AS ?x) {{}}"
    answers = [
        client.get(f"/sparql?query={quote(text)}")
        if method == "GET"
        else client.post("/sparql", data=text, content_type="application/sparql-query")
        for _ in range(2)
    ]

    assert answers[0].data != answers[1].data or function == "BNODE()"
    for answer in answers:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
        assert "cache" not in answer.headers["Server-Timing"]


def test_a_moment_is_the_present_one(client: FrontClient) -> None:
    """Not that of whoever asked first."""
    address = f"/sparql?format=csv&query={quote('SELECT (NOW() AS ?x) {}')}"
    assert client.get(address).data < client.get(address).data


@pytest.mark.parametrize(
    "path",
    [
        "/query/chance.csv",
        "/query/chance.json",
        "/ca/query/chance",
        "/embed/chance?lang=ca&view=table",
        "/releases/{version}/query/chance.csv",
        f"/ca/sparql?query={quote('SELECT (STRUUID() AS ?x) {}')}",
    ],
)
def test_questions_embeds_and_pages_are_made_again(client: FrontClient, release: Release, path: str) -> None:
    """Those of a pinned release too."""
    first, second = (client.get(path.format(version=release.version)) for _ in range(2))

    assert first.status_code == second.status_code == 200
    assert first.data != second.data
    assert first.headers["Cache-Control"] == "no-store"
    assert "ETag" not in first.headers


def test_what_the_client_has_is_not_taken_for_the_answer(client: FrontClient) -> None:
    """Whatever validator it sends."""
    for path in (f"/sparql?query={quote('SELECT (NOW() AS ?x) {}')}", "/query/chance.csv"):
        assert client.get(path, headers={"If-None-Match": "*"}).status_code == 200


def test_words_of_a_text_cost_no_answer_its_keeping(client: FrontClient) -> None:
    """In a string or a comment they call nothing."""
    path = f"/sparql?query={quote('SELECT (' + repr('NOW()') + ' AS ?x) {} # RAND()')}"
    client.get(path)

    assert client.get(path).headers["Server-Timing"] == "cache;desc=hit"
