"""Whole plans as files for other tools: the same as the command writes, for anyone with a browser."""

import csv
import io
import re
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

PLAN = "/export/xmess/plan/2020"


@pytest.mark.parametrize(
    ("extension", "media_type", "beginning"),
    [
        ("json", "application/ld+json", b'{\n "@context": [\n  "https://w3id.org/sse-workplan/context.jsonld"'),
        ("stratml.xml", "application/xml", b"<?xml version"),
        ("decidim.csv", "text/csv; charset=utf-8", b"id;category/id;scope/id;parent/id;title/ca"),
    ],
)
def test_a_plan_is_a_file_to_keep(client: FlaskClient, extension: str, media_type: str, beginning: bytes) -> None:
    """With a name, open to any site, unchanged while nothing changes."""
    answer = client.get(f"{PLAN}.{extension}")
    again = client.get(f"{PLAN}.{extension}", headers={"If-None-Match": answer.headers["ETag"]})

    assert (answer.status_code, answer.content_type) == (200, media_type)
    assert answer.data.startswith(beginning)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="xmess-plan-2020.{extension}"'
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("address", "headers", "name"),
    [
        ("?lang=en", {}, "Municipal"),
        ("", {"Accept-Language": "es"}, "Red de Municipios"),
        ("?lang=xx", {}, "Xarxa de Municipis"),
    ],
)
def test_its_text_is_in_the_language_asked_for(
    client: FlaskClient, address: str, headers: dict[str, str], name: str
) -> None:
    """By the address, else as the browser prefers."""
    answer = client.get(f"{PLAN}.stratml.xml{address}", headers=headers)
    organization = ElementTree.fromstring(answer.data)[2][0][0]  # noqa: S314 - the service's own words

    assert name in (organization.text or "")
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/export/xmess/plan/2021.json", 404, "xmess/plan/2021"),
        ("/export/xmess/plan/2020/action/01.json", 404, "action/01"),
        (f"{PLAN}.pdf", 406, "json, stratml.xml, decidim.csv"),
        ("/export/xmess/plan/2017-2019.stratml.xml", 400, "Goal"),
        ("/export/a%22%0d%0ab.json", 404, ""),
    ],
)
def test_what_cannot_be_exported_is_an_error_in_words(
    client: FlaskClient, address: str, status: int, said: str
) -> None:
    """Unknown plans and formats, and plans that a format cannot hold."""
    answer = client.get(address, headers={"Accept": "application/json"})

    assert answer.status_code == status
    assert said in answer.get_json(force=True)["detail"]


@pytest.mark.parametrize("lang", ["ca", "es", "en"])
def test_the_plans_page_leads_to_its_files(client: FlaskClient, lang: str) -> None:
    """Each of them answers; the older plan, which is only cited, has none."""
    page = client.get(f"/{lang}/xmess/plan/2020").get_data(as_text=True)
    addresses = re.findall(r'href="(/export/[^"]+)"', page)
    rows = list(csv.DictReader(io.StringIO(client.get(addresses[2]).get_data(as_text=True)), delimiter=";"))

    assert addresses == [f"{PLAN}.{extension}?lang={lang}" for extension in ("json", "stratml.xml", "decidim.csv")]
    assert len(rows) == 29
    assert "/export/" not in client.get(f"/{lang}/xmess/plan/2017-2019").get_data(as_text=True)
