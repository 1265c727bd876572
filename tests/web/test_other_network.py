"""A network that has nothing to do with XMESS: two plans written as docs/write-a-plan.md says, and no settings.

Nothing on its site is named after another network, nothing is said that its data do not say, and every shared question
means its own plans.
"""

import csv
import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from releases import example_plan
from workplan.language import LANGUAGES
from workplan.release.build import Release, build
from workplan.release.sources import load_home
from workplan.web import create_app
from workplan.web.service import open_service

YEARS = (2027, 2028)
PAGES = (
    *(
        "",
        "about",
        "licence",
        "contact",
        "accessibility",
        "quality",
        "query/",
        "api",
        "search?q=exemple",
        "sparql",
        "ns",
    ),
    *("query/team-actions", "query/action", "query/actions", "ns/patterns", "ns/write"),
    *("exemple", "exemple/team/st", "exemple/plan/2028", "matrix/exemple/plan/2028", "exemple/plan/2028/action/01"),
    *("exemple/plan/2028/strategic-line/1", "time/2028-Q2", "scheme/instrument/jornades"),
)


def made(root: Path, folder: Path, *codes: str) -> Release:
    """A release of the plans of the networks of those *codes*, for each of YEARS, in *folder*."""
    text = example_plan(root)
    for code in codes:
        for year in YEARS:
            stated = folder / "data" / code / "plan" / str(year) / "v1" / "stated"
            stated.mkdir(parents=True)
            of_code = re.sub(r'"exemple(?=["/])', f'"{code}', text).replace("d'exemple", f"inventada {code}")
            (stated / "plan.json").write_text(of_code.replace("2027", str(year)), encoding="utf-8")
    return build(load_home(folder), folder / "releases")


@pytest.fixture(scope="module")
def release_of_one(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release of one network's plans."""
    return made(root, tmp_path_factory.mktemp("home"), "exemple")


@pytest.fixture(scope="module")
def client(release_of_one: Release) -> FlaskClient:
    """A client of a service over it."""
    return create_app(open_service(release_of_one.folder.parent.parent, None, None)).test_client()


def rows(client: FlaskClient, question: str, **parameters: str) -> list[dict[str, str]]:
    """The answer to *question*."""
    answer = client.get(f"/query/{question}.csv", query_string={"lang": "en", **parameters})
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_page_is_named_after_another_network(client: FlaskClient, lang: str) -> None:
    """In the frame, in titles, in citations; what there is no name for has that of its own network."""
    for path in PAGES:
        answer = client.get(f"/{lang}/{path}")

        assert answer.status_code == 200, path
        assert "xmess" not in answer.text.casefold(), path
        assert '<a class="site" href="/' + lang + '/">Xarxa inventada exemple' in answer.text, path


@pytest.mark.parametrize("path", ["/openapi.json", "/catalog.ttl", "/.well-known/void", "/ca/opensearch.xml"])
def test_no_description_of_the_service_is_named_after_another_network(client: FlaskClient, path: str) -> None:
    """Examples among them."""
    answer = client.get(path)

    assert answer.status_code == 200
    assert "xmess" not in answer.text.casefold()


def test_a_page_cites_the_network_whose_plan_it_is(client: FlaskClient) -> None:
    """With no date, since the data give none: the software's is not theirs."""
    text = client.get("/ca/exemple/plan/2028/action/01").text

    assert re.search(r'id="apa"[^>]*>Xarxa inventada exemple. \(s\. d\.\)\. ', text)


def test_nothing_is_said_of_a_document_or_a_translation_that_there_is_not(client: FlaskClient) -> None:
    """The plan is what was written down."""
    home, action, plan, quality = (
        client.get(f"/ca/{path}").text for path in ("", "exemple/plan/2028/action/01", "exemple/plan/2028", "quality")
    )

    assert "Tot surt del document" not in home
    assert "sse-workplan</a>" not in home
    assert "Tot això ho diu el pla" in action
    assert "Indicadors</h3>" not in plan
    assert "traducció nostra" not in quality
    assert "said by the plan" in client.get("/en/query/action?action=exemple/plan/2028/action/01").text


def test_a_quarter_of_any_year_has_its_name_and_days(client: FlaskClient) -> None:
    """By its identifier alone, as the page on writing a plan has it."""
    table = rows(client, "actions", plan="exemple/plan/2028")
    days = client.get("/export/exemple/plan/2028.decidim.csv").text

    assert "Segon trimestre del 2028" in client.get("/ca/exemple/plan/2028/action/01").text
    assert "Segundo trimestre de 2028" in client.get("/es/exemple/plan/2028/action/01").text
    assert len(table) == 1
    assert "2028-04-01" in days
    assert "2028-06-30" in days


def test_the_page_of_a_plan_shows_its_quarters(client: FlaskClient) -> None:
    """As a calendar, where the plan has any."""
    text = client.get("/es/exemple/plan/2028").text
    calendar = text.partition('<section id="calendari">')[2].partition("</section>")[0]

    assert "Segundo trimestre de 2028" in calendar
    assert 'href="/es/exemple/plan/2028/action/01"' in calendar
    assert '<a href="#calendari">' in text


def test_shared_questions_ask_of_the_networks_own_plans(client: FlaskClient) -> None:
    """Of all of them, or of the one that is named."""
    assert len(rows(client, "actions")) == len(YEARS)
    assert len(rows(client, "actions", plan="exemple/plan/2027")) == 1
    assert rows(client, "cq-017-approval-and-amendments", plan="exemple/plan/2028")[0]["value"] == "Proposta"
    assert [row["year"] for row in rows(client, "plans")] == ["2027", "2028"]


def test_a_home_of_two_networks_is_named_after_neither(root: Path, tmp_path: Path) -> None:
    """And each one's pages cite it."""
    made(root, tmp_path, "exemple", "mostra")
    client = create_app(open_service(tmp_path, None, None)).test_client()

    assert '<a class="site" href="/en/">Work plans</a>' in client.get("/en/about").text
    for code in ("exemple", "mostra"):
        assert f">Xarxa inventada {code}. (" in client.get(f"/ca/{code}/plan/2028").text
