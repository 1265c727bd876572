"""``workplan export``: plain JSON that comes back, StratML after its schema, and the CSV that Decidim imports."""

import csv
import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from releases import example_plan
from workplan.cli import main
from workplan.export.decidim import csv_of
from workplan.release.build import Release

NAMESPACE = "{urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport}"

GOAL = "Name Description Identifier? SequenceIndicator? Stakeholder* OtherInformation?"

SCHEMA = {
    "PerformancePlanOrReport": "Name Description? OtherInformation? StrategicPlanCore AdministrativeInformation? "
    "Submitter?",
    "StrategicPlanCore": "Organization* Vision? Mission? Value* Goal+",
    "Organization": "Name? Acronym? Identifier? Description? Stakeholder*",
    "Mission": "Description? Identifier?",
    "Value": "Name? Description?",
    "Goal": f"{GOAL} Objective*",
    "Objective": "Name? Description? Identifier? SequenceIndicator? Stakeholder* OtherInformation? "
    "PerformanceIndicator*",
    "Stakeholder": "Name Description? Role*",
    "Role": "Name Description? RoleType? RoleType?",
    "PerformanceIndicator": "SequenceIndicator? MeasurementDimension UnitOfMeasurement Identifier? Relationship* "
    "MeasurementInstance* OtherInformation?",
    "MeasurementInstance": "TargetResult* ActualResult*",
    "ActualResult": "StartDate? EndDate? NumberOfUnits? Descriptor? Description?",
    "Descriptor": "DescriptorName? DescriptorValue?",
    "AdministrativeInformation": "Identifier? StartDate? EndDate? PublicationDate? Source?",
}
"""The elements of the schema of 16 February 2016 and what each holds, in this order; all others hold text."""

ATTRIBUTES = {
    "PerformancePlanOrReport": {"Type": {"Strategic_Plan", "Performance_Plan", "Performance_Report"}},
    "Stakeholder": {"StakeholderTypeType": {"Person", "Organization", "Generic_Group"}},
    "PerformanceIndicator": {"PerformanceIndicatorType": {"Quantitative", "Qualitative"}},
}

OBSERVED = """\
@base <https://w3id.org/sse-workplan/id/> .
@prefix sdmx-dimension: <http://purl.org/linked-data/sdmx/2009/dimension#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix wp: <https://w3id.org/sse-workplan/ns#> .
<exemple/plan/2027/indicator> a <http://www.w3.org/2004/02/skos/core#ConceptScheme> ; rdfs:label "Indicadors"@ca .
<exemple/plan/2027/indicator/execucio> a wp:Indicator ; wp:order 1 ; wp:elementOf <exemple/plan/2027/version/1> ;
    <http://www.w3.org/2004/02/skos/core#prefLabel> "Execució"@ca , "Ejecución"@es , "Execution"@en ;
    <http://www.w3.org/2004/02/skos/core#inScheme> <exemple/plan/2027/indicator> ;
    wp:scale <scheme/execution-status/ordered> .
<exemple/plan/2027/observation/1> a wp:IndicatorObservation ; wp:refAction <exemple/plan/2027/action/01> ;
    wp:refIndicator <exemple/plan/2027/indicator/execucio> ; sdmx-dimension:refPeriod <time/2027-Q2> ;
    wp:ratingValue <scheme/execution-status/pendent> .
<exemple/plan/2027/observation/2> a wp:IndicatorObservation ; wp:refAction <exemple/plan/2027/action/01> ;
    wp:refIndicator <exemple/plan/2027/indicator/execucio> ; sdmx-dimension:refPeriod <time/2027-Q2> ;
    wp:ratingValue <scheme/execution-status/finalitzada> ; prov:wasRevisionOf <exemple/plan/2027/observation/1> .
"""

Run = Callable[..., tuple[int, str, str]]
Captured = pytest.CaptureFixture[bytes]


@pytest.fixture
def run(release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Captured) -> Run:
    """Exit code, output and remarks of ``workplan`` with arguments, from an empty folder, over the tests' release."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path, lang: str = "ca", out: Path | None = None) -> tuple[int, str, str]:
        monkeypatch.setenv("WORKPLAN_LANG", lang)
        monkeypatch.setenv("WORKPLAN_OUT", str(out or release.folder.parent))
        monkeypatch.setattr(sys, "argv", ["workplan", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        said = capfdbinary.readouterr()
        return int(ended.value.code or 0), said.out.decode(), said.err.decode()

    return call


@pytest.fixture
def observed(root: Path, tmp_path: Path) -> Path:
    """A home with the example of docs/write-a-plan.md, whose action was found finished; its label has marks in it."""
    text = example_plan(root)
    folder = tmp_path / "home" / "data" / "exemple" / "plan" / "2027" / "v1" / "stated"
    folder.mkdir(parents=True)
    hostile = text.replace('"code": "A01"', '"code": "A01", "description": {"ca": "x"}')
    hostile = hostile.replace('"ca": "Fer una jornada de portes obertes"', '"ca": "Fer <b>1</b> & jornada"')
    (folder / "action.json").write_text(hostile, encoding="utf-8")
    (folder / "observations.ttl").write_text(OBSERVED, encoding="utf-8")
    return tmp_path / "home"


def parsed(text: str) -> ElementTree.Element:
    """The StratML in *text*, held against its schema."""
    root = ElementTree.fromstring(text)  # noqa: S314 - the program's own words
    identifiers: list[str] = []
    for element in root.iter():
        assert element.tag.startswith(NAMESPACE)
        name = element.tag.removeprefix(NAMESPACE)
        children = " ".join(child.tag.removeprefix(NAMESPACE) for child in element)
        wanted = "".join(
            rf"(?:{part.rstrip('?*+')} ){part[-1] if part[-1] in '?*+' else ''}"
            for part in SCHEMA.get(name, "").split()
        )
        assert re.fullmatch(wanted, f"{children} " if children else ""), (name, children)
        for attribute, value in element.attrib.items():
            assert value in ATTRIBUTES[name][attribute]
        identifiers += [element.text or ""] if name == "Identifier" else []
        assert name in SCHEMA or element.text
    assert len(set(identifiers)) == len(identifiers)
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", each) for each in identifiers)
    return root


def found(root: ElementTree.Element, path: str) -> list[str]:
    """The texts at *path*, whose steps have no namespace."""
    steps = "/".join(NAMESPACE + step for step in path.split("/"))
    return [element.text or "" for element in root.findall(steps)]


def test_the_plan_as_plain_json_conforms_by_itself(run: Run, tmp_path: Path) -> None:
    """With all that it names; whoever wants an example has the whole of ours."""
    exported = run("export", "xmess/plan/2020", "--out", "plan.json")
    found = json.loads((tmp_path / "plan.json").read_text())["@graph"]
    code, report, errors = run("validate", "plan.json")

    assert exported == (0, "", "")
    assert {"xmess/plan/2020/action/29", "xmess/source/pla2020", "time/2020"} <= {node.get("id") for node in found}
    assert (code, errors) == (0, "")
    assert report.splitlines()[-1].startswith("1 fitxer validat: 0 infraccions")


@pytest.mark.parametrize("lang", ["ca", "en"])
def test_the_plan_as_stratml_keeps_to_its_schema(run: Run, lang: str) -> None:
    """Names, order and number of elements, attributes, identifiers; the figures are the plan's."""
    code, text, remarks = run("export", "2020", "--format", "stratml", "--lang", lang)
    root = parsed(text)
    actions = [name for name in found(root, "StrategicPlanCore/Goal/Objective/SequenceIndicator") if name[0] == "A"]

    assert code == 0
    assert root.attrib == {"Type": "Performance_Plan"}
    assert found(root, "StrategicPlanCore/Organization/Acronym") == ["XMESS"]
    assert found(root, "StrategicPlanCore/Goal/Identifier") == ["LE1", "LE2", "LE3"]
    assert len(found(root, "StrategicPlanCore/Value/Name")) == 9
    assert len(found(root, "StrategicPlanCore/Organization/Stakeholder/Name")) == 7
    assert len(set(actions)) == 29
    assert len(actions) == 29 + 5  # those under two strategic lines stand under both
    assert found(root, "AdministrativeInformation/StartDate") == ["2020-01-01"]
    assert found(root, "AdministrativeInformation/Source") == ["https://w3id.org/sse-workplan/id/xmess/plan/2020"]
    assert ("en una altra llengua" in remarks, "in another language" in remarks) == (False, lang == "en")
    assert "OtherInformation" in remarks


def test_nothing_that_nobody_observed_is_a_result(run: Run) -> None:
    """An unknown figure is never shown as zero, nor a plan as progress."""
    stratml = parsed(run("export", "2020", "--format", "stratml")[1])
    rows = list(csv.DictReader(io.StringIO(run("export", "2020", "--format", "decidim")[1]), delimiter=";"))

    assert not list(stratml.iter(f"{NAMESPACE}MeasurementInstance"))
    assert {row["progress"] + row["status/key"] + row["status/id"] + row["start_date"] for row in rows} == {""}


def test_what_a_curator_added_and_what_is_missing_is_told(run: Run) -> None:
    """Also where another tool has no place for it."""
    rows = list(csv.DictReader(io.StringIO(run("export", "2020", "--format", "decidim")[1]), delimiter=";"))
    (action,) = (row for row in rows if row["external_id"].endswith("/action/08"))

    assert "LE1 Ajudar a enfortir l'ESS a cada municipi [afegit a les dades]" in action["description/ca"]
    assert "Planned quarter:</strong> not stated (Lost in conversion)" in action["description/en"]


def test_the_plan_as_decidims_csv_has_its_columns_in_three_languages(run: Run) -> None:
    """One row an action, no number that is the site's own, our identifier where there is a place for it."""
    _, text, remarks = run("export", "xmess/plan/2020", "--format", "decidim", lang="es")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))

    assert text.startswith("id;category/id;scope/id;parent/id;title/ca;title/es;title/en;description/ca;")
    assert [row["weight"] for row in rows] == [str(number) for number in range(1, 30)]
    assert rows[1]["title/en"].startswith("A02 Work with")
    assert rows[1]["title/es"].startswith("A02 Trabajar con")
    assert {row["id"] + row["parent/id"] + row["category/id"] for row in rows} == {""}
    assert all(row["description/ca"] and None not in row for row in rows)
    assert "status/key" in remarks


def test_an_observed_status_and_its_day_are_there(run: Run, observed: Path, tmp_path: Path) -> None:
    """The latest one, not what it corrects; text is text, whatever marks it holds."""
    out = tmp_path / "out"
    csv_text = run("export", "exemple/plan/2027", "--format", "decidim", "--home", observed, out=out)[1]
    (row,) = csv.DictReader(io.StringIO(csv_text), delimiter=";")
    stratml = parsed(run("export", "2027", "--format", "stratml", "--home", observed, out=out)[1])

    assert (row["status/key"], row["progress"]) == ("finalitzada", "100")
    assert row["title/es"] == ""
    assert [each.text for each in stratml.iter(f"{NAMESPACE}DescriptorValue")] == ["Finalitzada"]
    assert found(stratml, "StrategicPlanCore/Goal/Objective/Name")[1] == "Fer <b>1</b> & jornada"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_runs_as_a_formula(text: str) -> None:
    """Decidim's own exports mark them so too."""
    (line,) = csv.reader(io.StringIO(csv_of([{"title/ca": text}]).partition("\n")[2]), delimiter=";")

    assert f"'{text}" in line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export", "2021"), "n'hi ha: xmess/plan/2020"),
        (("export", "2020", "--format", "stratlm"), "se n'exporten en: stratml"),
        (("export", "2020", "--format", "pdf"), "json, stratml, decidim"),
        (("export", "2017-2019", "--format", "stratml"), "cap línia estratègica"),
        (("export", "2020", "--out", "nowhere/plan.json"), "nowhere/plan.json"),
    ],
)
def test_what_cannot_be_exported_is_said_in_one_sentence(run: Run, arguments: tuple[str, ...], said: str) -> None:
    """With what there is instead."""
    code, text, error = run(*arguments)

    assert (code, text) == (2, "")
    assert said in error
    assert len(error.strip().splitlines()) == 1
