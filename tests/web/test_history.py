"""The page of releases: since when there is each, what it changed, where it can be had."""

import re
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from releases import copied, damage, release_like
from workplan.configuration import Configuration
from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.query import Limits
from workplan.release.build import Release, build
from workplan.release.sources import load_home
from workplan.web import create_app
from workplan.web.service import Service, open_service

STATED = "data/xmess/plan/2020/v1/stated"
WRITTEN = ('"1500.50"^^<http://www.w3.org/2001/XMLSchema#decimal>', '"2024-01-01T00:00:00+00:00"')


@pytest.fixture(scope="module")
def two(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Release, FlaskClient]:
    """Two releases of a home of one's own, the later one in service, and a client of it."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(root / "data", home / "data")
    shutil.copy(root / "workplan.toml", home)
    first = build(load_home(home), home / "releases")
    teams, actions = home / STATED / "teams.ttl", home / STATED / "actions.ttl"
    teams.write_text(teams.read_text().replace('"Comissió tècnica"@ca', '"Comissió <b>de</b> tècnica"@ca'))
    actions.write_text(
        actions.read_text()
        + '\n<https://w3id.org/sse-workplan/id/xmess/plan/2020/action/08> rdfs:seeAlso "1500.50"^^<http://www.w3.org/2001/XMLSchema#decimal>,\n'
        + '    "2024-01-01T00:00:00+00:00"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n'
    )
    second = build(load_home(home), home / "releases")
    return first, second, create_app(open_service(home, home / "releases", None)).test_client()


def test_a_release_says_what_it_changes(two: tuple[Release, Release, FlaskClient]) -> None:
    """In the words of the reader, escaped, with the date of its build and what it was compared with."""
    first, second, client = two
    page = client.get("/ca/releases").text
    _, new, old = re.split(r"<section id=\"r", page)

    assert new.startswith(second.version)
    assert old.startswith(first.version)
    assert second.built
    assert f'datetime="{second.built.isoformat()}"' in new
    assert f"publicació {first.version}" in new
    assert "Recursos amb altres valors" in new
    assert "etiqueta: abans «Comissió tècnica», ara «Comissió &lt;b&gt;de&lt;/b&gt; tècnica»" in new
    assert "No hi ha cap publicació anterior" in old


@pytest.mark.parametrize(("lang", "words"), [("ca", "en servei"), ("es", "en servicio"), ("en", "in service")])
def test_every_page_leads_to_it(two: tuple[Release, Release, FlaskClient], lang: str, words: str) -> None:
    """From the release that its foot names."""
    _, second, client = two
    (link,) = re.findall(rf'<a href="([^"]+)">[^<]*<code>{second.version}</code></a>', client.get(f"/{lang}/").text)

    assert link == f"/{lang}/releases"
    assert words in client.get(link).text


def test_its_links_answer(two: tuple[Release, Release, FlaskClient]) -> None:
    """Each release's files."""
    first, _, client = two
    links = re.findall(r'href="(/releases/[^"]+)"', client.get("/en/releases").text)

    assert len(links) == 8
    assert {client.get(link).status_code for link in links} == {200}
    assert client.get("/releases", headers={"Accept-Language": "es"}).location == "/es/releases"
    assert client.get(f"/releases/{first.version}").location == f"/ca/releases#r{first.version}"
    assert client.get("/releases/000000000000").status_code == 404
    assert client.get("/ca/releases?page=2").status_code == 400


def test_there_are_pages_of_them_and_what_is_damaged_is_said(release: Release, tmp_path: Path) -> None:
    """Many releases make no endless page, and one that cannot be read takes no other down."""
    current = copied(release, tmp_path)
    for day in range(10, 22):
        release_like(
            current,
            tmp_path,
            lambda data, day=day: data.replace(b"Retransmitir", b"%d" % day),
            f"2020-01-{day}T00:00:00Z",
        )
    client = create_app(open_service(None, tmp_path, None)).test_client()
    damage(current, "manifest.json", "cut")
    first, second = client.get("/en/releases").text, client.get("/en/releases?page=2").text

    assert [page.count("<section id=") for page in (first, second)] == [10, 3]
    assert "21 January 2020" in first
    assert "10 January 2020" in second
    assert "It is damaged" in second, "what has no date comes last"
    assert "no-cache" in client.get("/en/releases").headers["Cache-Control"]


def test_a_remote_store_has_none(release: Release) -> None:
    """And says so."""
    engine = EmbeddedEngine(release.data, Limits())
    client = create_app(Service(engine, Configuration(), None)).test_client()

    assert "remote store" in client.get("/en/releases").text


@pytest.mark.parametrize("extension", ["nq", "trig", "ttl", "jsonld"])
def test_a_dump_gives_literals_as_they_were_written(two: tuple[Release, Release, FlaskClient], extension: str) -> None:
    """Numbers and moments in the form that the network chose, in the release in service and by a pinned address."""
    _, second, client = two
    form = RdfFormat.from_extension(extension)
    assert form
    for address in (f"/dump.{extension}", f"/releases/{second.version}/dump.{extension}"):
        terms = {str(quad.object) for quad in parse(client.get(address).data, form) if "seeAlso" in str(quad.predicate)}
        assert any(term == WRITTEN[0] for term in terms)
        assert any(term.startswith(WRITTEN[1]) for term in terms)
