"""The quality page and its figures: each counted here again, from the release itself."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from itertools import pairwise

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from rdflib import Graph
from rdflib.namespace import SH

from workplan.language import LANGUAGES, long_date
from workplan.model.iris import page_path
from workplan.model.namespaces import GRAPH, NAMESPACES
from workplan.release.build import Release
from workplan.release.report import FEW
from workplan.web import create_app
from workplan.web.service import Service

Values = Callable[[str, str], dict[str, list[str]]]


def iri(name: str) -> NamedNode:
    """The IRI of a prefixed name."""
    prefix, _, local = name.partition(":")
    return NamedNode(NAMESPACES[prefix] + local)


@pytest.fixture(scope="module")
def quads(release: Release) -> list[Quad]:
    """Everything that the release holds."""
    return list(parse(path=release.data, format=RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def values(quads: list[Quad]) -> Values:
    """The values of a property for each resource of a class."""

    def find(kind: str, prop: str) -> dict[str, list[str]]:
        members = {q.subject for q in quads if q.predicate == iri("rdf:type") and q.object == iri(kind)}
        found: dict[str, set[str]] = {member.value: set() for member in members if isinstance(member, NamedNode)}
        for q in quads:
            if q.subject in members and q.predicate == iri(prop):
                found[q.subject.value].add(q.object.value)
        return {member: sorted(held) for member, held in found.items()}

    return find


@pytest.fixture
def figures(client: FlaskClient) -> dict:
    """The figures for programs."""
    return client.get("/quality.json").get_json()


@pytest.fixture
def remote(service: Service) -> FlaskClient:
    """A client of a service that knows no release, as over a remote store."""
    app: Flask = create_app(replace(service, release=None))
    return app.test_client()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_well_made(client: FlaskClient, lang: str) -> None:
    """It parses strictly, with one first heading, none skipped, no identifier twice and no table unnamed."""
    text = client.get(f"/{lang}/quality").text
    html5lib.HTMLParser(strict=True).parse(text)
    headings = [int(level) for level in re.findall(r"<h([1-6])", text)]
    idents = re.findall(r' id="([^"]+)"', text)

    assert f'<html lang="{lang}">' in text
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    assert len(idents) == len(set(idents))
    assert text.count("<table") == text.count("<caption") == text.count('class="scroll"') == 4
    assert "<th>" not in text
    assert f'<a href="/{lang}/quality"' in text


def test_the_report_is_the_releases_own(client: FlaskClient, figures: dict, release: Release) -> None:
    """The same results in both formats, and the same counts as the manifest."""
    shacl = Graph().parse(data=client.get("/quality.ttl").data, format="turtle")

    assert figures["release"] == release.version
    assert figures["report"] == json.loads((release.folder / "report.json").read_text(encoding="utf-8"))
    assert figures["report"]["counts"] == release.manifest["validation"]
    assert len(list(shacl.subject_objects(SH.resultSeverity))) == len(figures["report"]["results"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_finding_is_told_once_in_words_with_its_resources(client: FlaskClient, figures: dict, lang: str) -> None:
    """In the reader's language, without the names of properties that only who writes the data needs, dates in words."""
    section = unescape(client.get(f"/{lang}/quality").text).partition('id="validation"')[2].partition("</section>")[0]
    section = re.sub(r'<span class="unbroken">(.*?)</span>', r"\1", section)
    results = figures["report"]["results"]

    assert results
    for sentence, shape in {(r["messages"][lang], r["shape"]) for r in results}:
        same = [r for r in results if (r["messages"][lang], r["shape"]) == (sentence, shape)]
        told = re.sub(r" \(\w+:\w+\)", "", sentence).replace("2019-11-29", long_date(date(2019, 11, 29), lang))
        assert section.count(f"</strong> <span>{told}</span>") == 1
        assert all(f'href="{page_path(r["focus"], lang)}"' in section for r in same)


def test_the_verdict_is_in_words(client: FlaskClient) -> None:
    """A reader need not know what SHACL is."""
    assert "Les dades són conformes" in client.get("/ca/quality").text
    assert "Los datos son conformes" in client.get("/es/quality").text
    assert "The data conform" in client.get("/en/quality").text


def test_gaps_are_those_of_the_data(figures: dict, values: Values) -> None:
    """In all, and by property and reason."""
    properties, reasons = values("wp:DataGap", "wp:aboutProperty"), values("wp:DataGap", "wp:gapReason")
    counted = Counter((properties[gap][0], reasons[gap][0]) for gap in properties)

    assert figures["gaps"]["count"] == len(figures["gaps"]["results"]) == len(properties) > 0
    assert {(row["property"], row["reason"]): row["count"] for row in figures["gaps"]["counts"]} == counted


def test_anomalies_are_those_of_the_data(figures: dict, values: Values) -> None:
    """Each with its type, confidence and targets, and a name and an explanation in every language."""
    results = {anomaly["iri"]: anomaly for anomaly in figures["anomalies"]["results"]}

    assert figures["anomalies"]["count"] == len(results) > 0
    for key, prop in (("type", "wp:anomalyType"), ("confidence", "wp:confidence"), ("targets", "oa:hasTarget")):
        held = {name: found[key] if key == "targets" else [found[key]] for name, found in results.items()}
        assert held == values("wp:SourceAnomaly", prop)
    assert all(set(found["labels"]) == set(found["body"]) == set(LANGUAGES) for found in results.values())


def test_what_curators_added_is_that_of_the_data(figures: dict, values: Values) -> None:
    """In all, by method and confidence, and by property and confidence."""
    kind = "wp:CuratorAssertion"
    confidences = values(kind, "wp:confidence")

    assert figures["curated"]["count"] == len(figures["curated"]["results"]) == len(confidences) > 0
    for key, prop in (("method", "wp:inferenceMethod"), ("property", "rdf:predicate")):
        found = values(kind, prop)
        counted = Counter((found[note][0], confidences[note][0]) for note in found)
        rows = figures["curated"]["counts"][key]
        assert {(row[key], row["confidence"]): row["count"] for row in rows} == counted


def test_labels_are_counted_by_class_and_scheme(figures: dict, quads: list[Quad]) -> None:
    """A label that only a graph of translations holds is a translation, even where the build copied it."""
    own: dict[tuple[str, str], set] = {}
    translated: dict[tuple[str, str], set] = {}
    labels = {iri("rdfs:label"), iri("skos:prefLabel")}
    for q in quads:
        if q.predicate in labels and isinstance(q.object, Literal) and q.graph_name != NamedNode(GRAPH + "derived"):
            held = translated if "/translations/" in q.graph_name.value else own
            held.setdefault(q.object.language, set()).add(q.subject)
    rows = figures["coverage"]

    for row in rows:
        prop, group = ("rdf:type", row["class"]) if "class" in row else ("skos:inScheme", row["scheme"])
        members = {q.subject for q in quads if q.predicate == iri(prop) and q.object == NamedNode(group)}
        assert row["resources"] == len(members)
        for lang in LANGUAGES:
            assert row["own"].get(lang, 0) == len(members & own[lang])
            assert row["translated"].get(lang, 0) == len((members & translated.get(lang, set())) - own[lang])
    classes = {q.object.value for q in quads if q.predicate == iri("rdf:type")}
    assert {row["class"] for row in rows if "class" in row} == {
        name for name in classes if name.startswith(NAMESPACES["wp"]) or name == iri("skos:ConceptScheme").value
    }
    assert {row["scheme"] for row in rows if "scheme" in row} == {
        q.object.value for q in quads if q.predicate == iri("skos:inScheme")
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_note_is_linked_with_what_it_is_about(client: FlaskClient, figures: dict, lang: str) -> None:
    """Gaps; what was added with little confidence, on a page of its own; anomalies, whose long lists theirs have."""
    text, own = (client.get(f"/{lang}/quality{rest}").text for rest in ("", "/unsure"))
    unsure = [note for note in figures["curated"]["results"] if note["confidence"].endswith(("/medium", "/low"))]
    anomalies = figures["anomalies"]["results"]

    assert unsure
    assert f'href="/{lang}/quality/unsure"' in text
    assert f'<a href="/{lang}/quality" aria-current="true">' in own
    for page, notes in ((text, figures["gaps"]["results"]), (own, unsure)):
        linked = {note[key] for note in notes for key in ("iri", "resource")}
        assert {name for name in linked if f'href="{page_path(name, lang)}"' not in page} == set()
    for found in anomalies:
        assert f'href="{page_path(found["iri"], lang)}"' in text
        page = text if len(found["targets"]) <= FEW else client.get(str(page_path(found["iri"], lang))).text
        assert all(f'href="{page_path(target, lang)}"' in page for target in found["targets"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_shows_the_counts(client: FlaskClient, figures: dict, lang: str) -> None:
    """The same as for programs."""
    text = client.get(f"/{lang}/quality").text

    for fragment, part in (("gaps", "gaps"), ("anomalies", "anomalies"), ("curated", "curated")):
        assert f'<a href="#{fragment}"><strong>{figures[part]["count"]}</strong>' in text
    assert text.count('<div class="gap">') == len(figures["gaps"]["counts"])


def test_translations_are_told_from_what_the_document_says(client: FlaskClient) -> None:
    """In words, in the cell: the 29 actions are Catalan."""
    row = re.search(r"ns#PlannedAction\".*?</tr>", client.get("/ca/quality").text, re.DOTALL)

    assert row
    cells = re.findall(r"<td.*?</td>", row[0])
    assert ["traducció nostra" in cell for cell in cells] == [False, False, True, True]


@pytest.mark.parametrize("address", ["/quality.json", "/quality.ttl"])
def test_programs_of_any_site_may_ask_and_ask_again(client: FlaskClient, address: str) -> None:
    """CORS, and 304 by ETag."""
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_a_release_the_page_says_so_and_shows_the_rest(remote: FlaskClient, figures: dict, lang: str) -> None:
    """Nothing is claimed of a validation that the service does not know."""
    text = remote.get(f"/{lang}/quality").text

    assert {"ca": "magatzem remot", "es": "almacén remoto", "en": "remote store"}[lang] in text
    assert "/quality.ttl" not in text
    assert f'<a href="#gaps"><strong>{figures["gaps"]["count"]}</strong>' in text


def test_without_a_release_there_is_no_report_for_programs(remote: FlaskClient, figures: dict) -> None:
    """The figures of the data stay; the report is a 404 with a sentence; nothing is kept by version."""
    answer, refused = remote.get("/quality.json"), remote.get("/quality.ttl")

    assert (answer.get_json()["report"], answer.get_json()["release"]) == (None, None)
    assert answer.get_json()["gaps"] == figures["gaps"]
    assert "ETag" not in answer.headers
    assert refused.status_code == 404
    assert "magatzem remot" in refused.get_json(force=True)["detail"]
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
