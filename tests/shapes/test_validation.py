"""The door to pySHACL: what is reported, where it points and what stays out."""

from pathlib import Path

import pytest
from rdflib import RDF, SH, Graph

from workplan.language import LANGUAGES
from workplan.model.namespaces import DATA, ONTOLOGY
from workplan.release.build import quads_of, read_home, validate_home
from workplan.release.derivation import derive
from workplan.release.reading import read_all, read_file
from workplan.release.report import Finding, Report, Severity
from workplan.release.sources import load_home
from workplan.release.validation import validate

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHAPES = read_all([ROOT / "shapes"])
BACKGROUND = read_all([ROOT / "ontology"])

FAULTY = """\
@base <https://w3id.org/sse-workplan/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix wp: <https://w3id.org/sse-workplan/ns#> .

<prova/plan/2020/action/03> a wp:PlannedAction ;
    rdfs:label "Escriure una guia"@ca ;
    wp:actionLine <prova/plan/2020/action-line/1> ;
    wp:budgetImpact <scheme/budget-impact/ordinari> ,
        <scheme/instrument/web> ;
    wp:code "A03" ;
    wp:elementOf <prova/plan/2020/version/1> ;
    wp:instrument <scheme/instrument/materials> ;
    wp:instrument <scheme/instrument/web> ;
    wp:order 3 ;
    wp:plannedQuarter <prova/time/2020-Q1> ;
    wp:strategicLine <prova/plan/2020/strategic-line/1> ;
    wp:thematicScope <scheme/thematic-scope/joves> ;
    wp:verbatim "3. Escriure una guia"@ca .
"""


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A file with an action that has no team, two instruments and a budget from elsewhere."""
    path = tmp_path / "actions.ttl"
    path.write_text(FAULTY, encoding="utf-8")
    return path


@pytest.fixture
def report(faulty: Path) -> Report:
    """The report on the small network and the faulty file."""
    return validate([read_file(HERE / "base.ttl"), read_file(faulty, faulty.parent)], SHAPES, BACKGROUND)


def found(report: Report, shape: str) -> Finding:
    """The one finding of that *shape*."""
    (only,) = (finding for finding in report.results if finding.shape.endswith(f"#{shape}"))
    return only


@pytest.mark.parametrize(
    ("shape", "line"),
    [
        ("PlannedAction-budgetImpact-scheme", 9),
        ("PlannedAction-instrument-single", 12),
        ("PlannedAction-directlyExecutedBy", 5),
    ],
    ids=["the offending value", "the first of too many values", "the resource that lacks one"],
)
def test_a_finding_points_at_the_line_to_mend(report: Report, shape: str, line: int) -> None:
    """The nearest line there is: the value's, the property's or the resource's."""
    assert str(found(report, shape).where) == f"actions.ttl:{line}"


def test_a_finding_calls_the_resource_by_class_code_and_label(report: Report) -> None:
    """The page, the table and the report use one name."""
    focus = found(report, "PlannedAction-directlyExecutedBy").focus

    assert focus.title("ca") == "Acció planificada A03 «Escriure una guia»"
    assert focus.title("es") == "Acción planificada A03 «Escriure una guia»"
    assert focus.key == f"{DATA}prova/plan/2020/action/03"


def test_an_identifier_of_nothing_is_told_with_the_one_that_may_be_meant(tmp_path: Path) -> None:
    """In words, as JSON and on a page; where none comes close nothing is guessed."""
    path = tmp_path / "actions.ttl"
    text = FAULTY.replace("<scheme/instrument/web> ;", "<scheme/instrument/Webb> ;")
    path.write_text(text.replace("<scheme/thematic-scope/joves>", "<scheme/thematic-scope/zzz>"), encoding="utf-8")

    report = validate([read_file(HERE / "base.ttl"), read_file(path, tmp_path)], SHAPES, BACKGROUND)
    near = {finding.value.path: finding.near and finding.near.path for finding in report.results if finding.value}

    assert near["scheme/instrument/Webb"] == "scheme/instrument/web"
    assert near["scheme/thematic-scope/zzz"] is None
    assert "Perhaps you meant: scheme/instrument/web “Website”" in report.text("en")
    assert f'"near": "{DATA}scheme/instrument/web"' in report.json()
    assert "Potser volíeu dir: scheme/instrument/web «Web»" in report.html("ca")


def test_a_code_in_place_of_an_identifier_is_told_with_what_has_it(tmp_path: Path) -> None:
    """A team by its code, in whatever letters; but nothing that is of another class than the one expected."""
    path = tmp_path / "actions.ttl"
    text = FAULTY.replace("wp:order 3 ;", "wp:order 3 ; wp:directlyExecutedBy <CT> ;")
    path.write_text(text.replace("<prova/time/2020-Q1>", "<Q1>"), encoding="utf-8")

    report = validate([read_file(HERE / "base.ttl"), read_file(path, tmp_path)], SHAPES, BACKGROUND)
    near = {finding.value.path: finding.near and finding.near.path for finding in report.results if finding.value}

    assert near["CT"] == "prova/team/ct"
    assert near["Q1"] is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("scheme/instrument/tallers", "jornades"),
        ("scheme/instrument/Formació", "jornades"),
        ("tallers", "jornades"),
        ("scheme/instrument/redes-sociales", "xarxes-socials"),
        ("scheme/instrument/mentories-materials-web-i-xarxes", None),
    ],
)
def test_a_word_of_a_value_is_told_with_the_value(tmp_path: Path, written: str, meant: str | None) -> None:
    """People call things by a part of their names, in their own language; all the words must be of one value."""
    path = tmp_path / "actions.ttl"
    path.write_text(FAULTY.replace("<scheme/instrument/web> ;", f"<{written}> ;"), encoding="utf-8")

    report = validate([read_file(HERE / "base.ttl"), read_file(path, tmp_path)], SHAPES, BACKGROUND)
    near = {finding.value.path: finding.near and finding.near.path for finding in report.results if finding.value}

    assert near[written] == (f"scheme/instrument/{meant}" if meant else None)


UNKNOWN = {
    "a wp:PlannedAction": ("a wp:PlanedAction", "wp:PlanedAction", "wp:PlannedAction", 5),
    "wp:thematicScope <": ("wp:thematicscope <", "wp:thematicscope", "wp:thematicScope", 17),
    "wp:order 3": ("wp:aboutProperty wp:plannedQuater ; wp:order 3", "wp:plannedQuater", "wp:plannedQuarter", 14),
    "wp:verbatim": ("<https://w3id.org/sse-workplan/ns/verbatim>", f"{ONTOLOGY}/verbatim", f"{ONTOLOGY}#verbatim", 18),
    "wp:budgetImpact": ("<http://w3id.org/sse-workplan/ns#budgetImpact>", f"http{ONTOLOGY[5:]}#budgetImpact", "", 8),
    "wp:code": ("wp:xyzzy", "wp:xyzzy", None, 10),
}
"""What is right, what stands in its place, what is not known, what may be meant, and on which line."""


@pytest.mark.parametrize("right", UNKNOWN)
def test_a_term_that_nobody_made_is_no_way_round_the_rules(tmp_path: Path, right: str) -> None:
    """A name with a slip, or in a namespace with one, means nothing: it is told with the one that may be meant."""
    wrong, unknown, near, line = UNKNOWN[right]
    path = tmp_path / "actions.ttl"
    path.write_text(FAULTY.replace(right, wrong), encoding="utf-8")

    report = validate([read_file(HERE / "base.ttl"), read_file(path, tmp_path)], SHAPES, BACKGROUND)
    (finding,) = (each for each in report.results if "#Unknown-" in each.shape)

    assert finding.severity is Severity.VIOLATION
    assert str(finding.where) == f"actions.ttl:{line}"
    assert set(finding.messages) == set(LANGUAGES)
    assert finding.message("es").startswith(f"No hay nada que se llame «{unknown}»; ")
    if near is None:
        assert finding.message("en").endswith(f"the names that exist are at {ONTOLOGY}.")
    else:
        assert f"perhaps you meant “{near or ONTOLOGY + '#budgetImpact'}”." in finding.message("en")


def test_a_network_may_use_terms_of_its_own(tmp_path: Path) -> None:
    """Declared in its data, or in a vocabulary that is not ours."""
    own = "<https://w3id.org/sse-workplan/id/prova/ns#cost>"
    path = tmp_path / "actions.ttl"
    path.write_text(
        f"{own} a <http://www.w3.org/2002/07/owl#DatatypeProperty> .\n"
        f"<https://w3id.org/sse-workplan/id/prova> {own} 3 ; <http://example.org/cost> 3 .",
        encoding="utf-8",
    )

    assert validate([read_file(HERE / "base.ttl"), read_file(path)], SHAPES, BACKGROUND).results == ()


def test_the_report_graph_is_shacl_with_the_languages_kept(report: Report) -> None:
    """Other tools read it, and pySHACL by itself loses the languages of a query's message."""
    graph = Graph().parse(data=report.turtle(), format="turtle")
    (root,) = graph.subjects(RDF.type, SH.ValidationReport)

    assert graph.value(root, SH.conforms).toPython() is False
    assert len(list(graph.objects(root, SH.result))) == len(report.results)
    for result in graph.objects(root, SH.result):
        assert {message.language for message in graph.objects(result, SH.resultMessage)} == set(LANGUAGES)
        assert graph.value(result, SH.sourceShape).startswith("https://w3id.org/sse-workplan/shapes#")


def test_one_input_has_one_report(faulty: Path) -> None:
    """A report that shuffles cannot be compared with yesterday's."""
    first, second = (validate(read_all([HERE / "base.ttl", faulty]), SHAPES, BACKGROUND) for _ in range(2))

    assert first == second


def test_a_nameless_resource_is_reported_by_its_line(tmp_path: Path) -> None:
    """Data of others hold blank nodes, even some that lead back to themselves."""
    path = tmp_path / "nameless.ttl"
    path.write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n\n_:x a skos:Concept ;\n    skos:related _:x .\n",
        encoding="utf-8",
    )

    report = validate([read_file(path, tmp_path)], SHAPES, BACKGROUND)

    assert {str(finding.where) for finding in report.results} == {"nameless.ttl:3"}
    assert (None, SH.conforms, None) in Graph().parse(data=report.turtle(), format="turtle")


def test_what_is_wrong_with_the_background_is_not_reported(tmp_path: Path) -> None:
    """Whoever checks a file is told about that file."""
    scheme = tmp_path / "scheme.ttl"
    scheme.write_text("<http://example.org/s> a <http://www.w3.org/2004/02/skos/core#Concept> .\n", encoding="utf-8")
    base, stray = read_file(HERE / "base.ttl"), read_file(scheme)

    assert validate([base], SHAPES, [*BACKGROUND, stray]).results == ()
    assert validate([base, stray], SHAPES, BACKGROUND).results != ()


def test_the_shared_ontology_and_schemes_break_no_rule() -> None:
    """What every network builds on is sound."""
    assert validate(BACKGROUND, SHAPES).results == ()


def test_the_data_of_xmess_conform() -> None:
    """What is published has no Violation, and says of each lost quarter that it is lost."""
    home = load_home(ROOT)
    readings = read_home(home)
    report = validate_home(home, readings, derive(quads_of(home, readings), home.rules))
    lost = [finding for finding in report.results if finding.shape.endswith("#PlannedAction-plannedQuarter-lost")]

    assert [finding.message("ca") for finding in report.results if finding.severity is Severity.VIOLATION] == []
    assert len(lost) == 29
    assert all(finding.where and finding.where.file.startswith("data/xmess/") for finding in report.results)
