"""Addresses of questions that another question has taken in: whoever relies on them is led on, asked the same."""

import pytest
from flask.testing import FlaskClient

from workplan.web.service import Service


@pytest.mark.parametrize(
    ("address", "now"),
    [
        ("/query/plan-table.csv?plan=xmess%2Fplan%2F2020", "/query/actions.csv?plan=xmess%2Fplan%2F2020"),
        ("/query/plan-table?format=xlsx", "/query/actions?format=xlsx"),
        ("/query/cq-001-actions-in-order.json", "/query/actions.json"),
        ("/query/cq-008-actions-by-team.csv-metadata.json", "/query/team-load.csv-metadata.json"),
        ("/ca/query/cq-016-process-events?lang=es", "/ca/query/timeline?lang=es"),
        ("/en/query/cq-008-actions-by-team?sort=-teamCode", "/en/query/team-load?sort=-code"),
        (
            "/embed/cq-008-actions-by-team?columns=teamCode,actions&lang=es&view=table",
            "/embed/team-load?columns=code%2Cactions&lang=es&view=table",
        ),
        ("/es/picture/query/plan-table.png", "/es/picture/query/actions.png"),
    ],
)
def test_an_address_of_before_leads_on(client: FlaskClient, address: str, now: str) -> None:
    """For good, by the same method, with what was asked; columns by what they are called now."""
    found = client.get(address)

    assert found.status_code == 308
    assert found.headers["Location"] == now
    assert client.get(address, follow_redirects=True).status_code == 200


def test_every_format_of_before_is_still_answered(client: FlaskClient, service: Service) -> None:
    """Of each question that was taken in, to scripts of any site."""
    for query in service.queries.values():
        for name in query.former_names:
            for extension in ("csv", "tsv", "json", "xml", "xlsx"):
                found = client.get(f"/query/{name}.{extension}")
                assert found.headers["Access-Control-Allow-Origin"] == "*"
                assert client.get(found.headers["Location"]).status_code == 200


def test_a_pinned_address_of_before_leads_on(client: FlaskClient, service: Service) -> None:
    """Within its release."""
    found = client.get(f"/releases/{service.version}/query/plan-table.csv")

    assert found.headers["Location"] == f"/releases/{service.version}/query/actions.csv"


def test_oembed_shows_what_an_address_of_before_leads_to(client: FlaskClient) -> None:
    """People have pasted it."""
    url = "http://localhost/es/query/cq-008-actions-by-team?columns=teamCode"
    described = client.get("/oembed", query_string={"url": url}).get_json()

    assert "/embed/team-load?" in described["html"]
    assert "columns=code" in described["html"]


def test_the_identifier_of_before_leads_to_the_page_of_today(client: FlaskClient) -> None:
    """It was minted, so it stays, and the data say what took its place."""
    turtle = client.get("/data/query/plan-table.ttl").text
    page = client.get("/id/query/plan-table", headers={"Accept": "text/html"}, follow_redirects=True)

    assert "isReplacedBy" in turtle
    assert page.request.path == "/ca/query/actions"


def test_a_question_of_that_name_is_not_led_away_from(client: FlaskClient) -> None:
    """Nor is a name that no question ever had."""
    assert client.get("/query/actions.csv").status_code == 200
    assert client.get("/query/plan-tables.csv").status_code == 404
