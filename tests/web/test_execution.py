"""What pages say of how far actions have come: what was observed, or that it is not known and whom to ask."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from releases import example_plan
from workplan.language import LANGUAGES
from workplan.release.build import build
from workplan.release.sources import load_home
from workplan.web import create_app
from workplan.web.service import open_service

UNKNOWN = {"ca": "Execució: no se sap.", "es": "Ejecución: no se sabe.", "en": "Execution: not known."}
OVER = {"ca": "El període del pla ja s'ha acabat", "es": "ya ha terminado", "en": "The period of the plan is over"}

FOLLOWED = """
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix sdmx-dimension: <http://purl.org/linked-data/sdmx/2009/dimension#> .
@prefix time: <http://www.w3.org/2006/time#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wp: <https://w3id.org/sse-workplan/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@base <https://w3id.org/sse-workplan/id/> .

<exemple/plan/2027/indicator/estat> a skos:Concept, wp:Indicator ;
    skos:inScheme <exemple/plan/2027/indicator> ;
    skos:prefLabel "Com va"@ca, "Cómo va"@es, "How it goes"@en ;
    wp:elementOf <exemple/plan/2027/version/1> ;
    wp:order 1 ;
    wp:scale <scheme/execution-status/ordered> .

<time/2027-Q1> a time:ProperInterval .

<exemple/plan/2027/indicator> a skos:ConceptScheme ;
    skos:prefLabel "Indicadors"@ca, "Indicadores"@es, "Indicators"@en .

<exemple/plan/2027/observation/1> a wp:IndicatorObservation ;
    sdmx-dimension:refPeriod <time/2027-Q1> ;
    wp:ratingValue <scheme/execution-status/pendent> ;
    wp:refAction <exemple/plan/2027/action/01> ;
    wp:refIndicator <exemple/plan/2027/indicator/estat> .

<exemple/plan/2027/observation/2> a wp:IndicatorObservation ;
    sdmx-dimension:refPeriod <time/2027-Q2> ;
    wp:ratingValue <scheme/execution-status/finalitzada> ;
    wp:refAction <exemple/plan/2027/action/01> ;
    wp:refIndicator <exemple/plan/2027/indicator/estat> .

<exemple/plan/2027/observation/3> a wp:IndicatorObservation ;
    prov:wasRevisionOf <exemple/plan/2027/observation/2> ;
    sdmx-dimension:refPeriod <time/2027-Q2> ;
    wp:ratingValue <scheme/execution-status/en-proces> ;
    wp:refAction <exemple/plan/2027/action/01> ;
    wp:refIndicator <exemple/plan/2027/indicator/estat> .
"""


def told(text: str) -> str:
    """What a page says of execution, as it is read."""
    (found,) = re.findall(r'<(?:p|ul) class="execution[^>]*>(.*?)</(?:p|ul)>', text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", found).split())


@pytest.fixture(scope="module")
def other(root: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of the service of another network, of whose one action something is known."""
    home = tmp_path_factory.mktemp("home")
    plan = example_plan(root)
    stated = home / "data" / "exemple" / "plan" / "2027" / "v1" / "stated"
    stated.mkdir(parents=True)
    (stated / "plan.json").write_text(plan, encoding="utf-8")
    (stated / "followed.ttl").write_text(FOLLOWED, encoding="utf-8")
    build(load_home(home), home / "releases")
    return create_app(open_service(home, None, None)).test_client()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", ["", "xmess/plan/2020", "xmess/plan/2020/action/08"])
def test_what_is_not_known_is_said_first_and_in_the_past(client: FlaskClient, lang: str, path: str) -> None:
    """The year is over, and nothing was recorded of it."""
    text = client.get(f"/{lang}/{path}").text

    assert told(text).startswith(UNKNOWN[lang])
    assert OVER[lang] in told(text)
    assert text.index('class="execution') < text.index("<h2")
    assert f'href="/{lang}/xmess"' in text.partition('class="ask-whom"')[2].partition("</p>")[0]


def test_an_action_names_the_teams_that_may_know(client: FlaskClient) -> None:
    """Those that the plan has execute it, and nobody else."""
    assert "GT Grup de treball" in told(client.get("/ca/xmess/plan/2020/action/08").text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_page_of_a_plan_that_is_over_says_yet(client: FlaskClient, lang: str) -> None:
    """Nor does the page of what it was to be measured by."""
    for path in ("", "xmess/plan/2020", "xmess/plan/2020/indicator/utilitat"):
        page = re.sub(r'<div class="gap">.*?</div>', "", client.get(f"/{lang}/{path}").text, flags=re.DOTALL)
        assert not re.search(r"(?i)encara no|todavía no|no \w+ yet", page), path


def test_what_was_observed_last_is_shown(other: FlaskClient) -> None:
    """By any indicator whatever it is called, a correction in place of what it corrects."""
    assert told(other.get("/ca/exemple/plan/2027/action/01").text) == "Com va : En procés ( Segon trimestre del 2027 )"
    assert told(other.get("/en/").text) == "How it goes : In progress 1 · not known 0"
    assert told(other.get("/es/exemple/plan/2027").text) == "Cómo va : En proceso 1 · no se sabe 0"
