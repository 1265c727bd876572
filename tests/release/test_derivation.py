"""What follows by rule: exactly what was counted by hand from the document, and nothing where nothing is in doubt."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from workplan.language import LANGUAGES
from workplan.model.iris import graph_iri
from workplan.model.namespaces import DATA, NAMESPACES, WP
from workplan.release.build import Release, quads_of, read_home
from workplan.release.derivation import derive
from workplan.release.reading import Reading, read_all
from workplan.release.sources import Home
from workplan.release.validation import validate

PLAN = DATA + "xmess/plan/2020/"
CURATED = NamedNode(graph_iri("xmess/plan/2020/v1/curated"))
BASE = Path(__file__).parents[1] / "shapes" / "base.ttl"
RULES_THAT_CURATE = ["fill-down", "linked-strategic-line", "proposed-action-line", "team-in-period"]

INSTRUMENTS = {
    "materials": [3, 4, 5, 6, 7],
    "governanca": [9, 10],
    "intercooperacio": [12],
    "mentories": [14, 15, 16],
    "tercers": [18, 19, 20, 21, 22, 23, 24],
    "xarxes-socials": [26],
    "web": [28, 29],
}
"""The actions whose instrument cell was merged with one above, by instrument."""

PROPOSED = {
    10: [17, 23],
    11: [27, 29],
    12: [18, 19, 20, 22],
    14: [21, 24],
    16: [3, 7, 25, 26, 28],
    17: [4, 5, 11, 12],
    18: [10],
}
"""The actions whose code is in doubt, by the line of action that is proposed for them."""

DOUBTFUL = [4, 5, 11, 12, 21, 24, 27, 29]
"""The actions of which another line makes sense as well as the proposed one: the printed one, or a third."""

LINKED = {1: [1, 2, 3, 6, 7, 8, 9], 2: [10, 11, 12, 14], 3: [16, 17, 18]}
"""The lines of action that the actions place with each strategic line."""

DOCUMENT = """
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix wp: <https://w3id.org/sse-workplan/ns#> .
@base <https://w3id.org/sse-workplan/id/> .

<prova/plan/2020/version/1> prov:hadPrimarySource <prova/source/pla> .
<prova/source/pla#L1> oa:hasSource <prova/source/pla> .
"""
"""What makes the small network's plan one that was read from a document."""

Facts = set[tuple[str, str, str]]
Derive = Callable[..., Facts]


def facts(quads: list[Quad]) -> Facts:
    """*quads* in short: paths in place of IRIs of ours, the words of literals."""
    short = [
        tuple(str(getattr(t, "value", t)).removeprefix(DATA).removeprefix(WP) for t in quad.triple) for quad in quads
    ]
    return {(s, p, o) for s, p, o in short}


@pytest.fixture(scope="module")
def curated(release: Release) -> Store:
    """The curated graph of the release, with nothing else."""
    store = Store()
    store.extend(quad for quad in parse(path=release.data, format=RdfFormat.N_QUADS) if quad.graph_name == CURATED)
    return store


@pytest.fixture(scope="module")
def derived(home: Home) -> list[Reading]:
    """What the rules give over the shipped data."""
    return derive(quads_of(home, read_home(home)), home.rules)


@pytest.fixture
def prova(home: Home) -> Derive:
    """What the rules give of the small network with some more Turtle; labels and inverses are left out."""
    background = [quad for reading in read_all(home.background) for quad in reading.quads]

    def run(*turtle: str) -> Facts:
        text = "\n".join([BASE.read_text(encoding="utf-8"), *turtle])
        readings = derive([*background, *parse(text, format=RdfFormat.TURTLE)], home.rules)
        curating = [quad for reading in readings for quad in reading.quads if "/v1/curated" in str(quad.graph_name)]
        return facts(curating)

    return run


def objects(store: Store, predicate: str, subjects: str) -> dict[str, str]:
    """The last segment of each object of wp:*predicate*, by that of its subject below the plan's *subjects*."""
    found = {}
    for quad in store.quads_for_pattern(None, NamedNode(WP + predicate), None, None):
        if quad.subject.value.startswith(PLAN + subjects):
            found[quad.subject.value.rpartition("/")[2]] = quad.object.value.rpartition("/")[2]
    return found


def asserted(store: Store, rule: str) -> dict[str, str]:
    """The confidence of each assertion of *rule*, by the last segment of its IRI."""
    found = {}
    for quad in store.quads_for_pattern(None, NamedNode(WP + "confidence"), None, None):
        if quad.subject.value.startswith(f"{DATA}xmess/assertion/{rule}/"):
            found[quad.subject.value.rpartition("/")[2]] = quad.object.value.rpartition("/")[2]
    return found


def test_a_plans_title_is_its_label_where_it_has_no_other(home: Home) -> None:
    """A title is written once; a shorter name that somebody gives it stays its only label in that language."""
    rule = [rule for rule in home.rules if rule.stem == "11-label-of-plan"]
    title = '<urn:plan> a wp:WorkPlan ; dcterms:title "Pla inventat"@ca , "Plan inventado"@es .'
    prefixes = "".join(f"PREFIX {name}: <{NAMESPACES[name]}>\n" for name in ("dcterms", "rdfs", "wp"))

    def labels(*turtle: str) -> set[Literal]:
        quads = parse(prefixes + "\n".join([title, *turtle]), format=RdfFormat.TURTLE)
        return {quad.object for reading in derive(quads, rule) for quad in reading.quads}  # type: ignore[misc]

    assert labels() == {Literal("Pla inventat", language="ca"), Literal("Plan inventado", language="es")}
    assert labels('<urn:plan> rdfs:label "Pla"@ca .') == {Literal("Plan inventado", language="es")}


def test_merged_instrument_cells_are_filled_from_above(curated: Store) -> None:
    """Twenty-one, whose block the document shows by its first row alone."""
    expected = {f"{action:02}": instrument for instrument, actions in INSTRUMENTS.items() for action in actions}

    assert objects(curated, "instrument", "action/") == expected
    assert asserted(curated, "fill-down") == {f"2020-{action}": "high" for action in expected}


def test_codes_of_the_older_numbering_are_proposed_the_next_line(curated: Store) -> None:
    """Twenty; of four a person says that both readings make sense."""
    expected = {f"{action:02}": str(line) for line, actions in PROPOSED.items() for action in actions}

    assert objects(curated, "proposedActionLine", "action/") == expected
    assert asserted(curated, "proposed-action-line") == {
        f"2020-{action}": "medium" if int(action) in DOUBTFUL else "high" for action in expected
    }


def test_lines_of_action_are_linked_where_actions_place_them(curated: Store) -> None:
    """Fourteen of the eighteen: the others no action cites."""
    linked = objects(curated, "linkedStrategicLine", "action-line/")
    expected = {str(line): str(strategic) for strategic, lines in LINKED.items() for line in lines}

    assert expected.items() <= linked.items()
    assert asserted(curated, "linked-strategic-line") == {f"2020-{int(line):02}": "medium" for line in expected}


def test_what_is_said_of_a_team_holds_in_the_plan_s_period(curated: Store) -> None:
    """Seven teams stay seven: in a period they are units that specialise them."""
    quads = list(curated.quads_for_pattern(NamedNode(DATA + "xmess/team/ct/2020"), None, None, None))
    found = {(p.rpartition("#")[2].rpartition("/")[2], o) for _, p, o in facts(quads) if "label" not in p}
    labels = {q.object.value for q in quads if q.predicate.value.endswith("#label") and q.object.language == "ca"}

    assert labels == {"Comissió tècnica (2020)"}
    assert found == {
        ("type", NAMESPACES["org"] + "OrganizationalUnit"),
        ("temporal", "time/2020"),
        ("specializationOf", "xmess/team/ct"),
        ("meetingFrequency", "scheme/periodicity/mensual"),
        ("memberCount", "9"),
        ("ownership", "scheme/ownership/municipis"),
    }
    assert asserted(curated, "team-in-period") == {
        f"2020-{t}": "certain" for t in ("a", "c", "ce", "ct", "gt", "m", "st")
    }


@pytest.mark.parametrize("rule", RULES_THAT_CURATE)
def test_an_assertion_says_what_how_who_when_and_why(curated: Store, rule: str) -> None:
    """And what it asserts does stand in the graph."""
    prefix = f"{DATA}xmess/assertion/{rule}/"
    subjects = {quad.subject for quad in curated if str(quad.subject.value).startswith(prefix)}

    assert subjects
    for subject in subjects:
        values: dict[str, list[NamedNode | Literal]] = {}
        for quad in curated.quads_for_pattern(subject, None, None, None):
            values.setdefault(quad.predicate.value, []).append(quad.object)
        (what,), (which,), (value,) = (values[NAMESPACES["rdf"] + part] for part in ("subject", "predicate", "object"))
        assert Quad(what, which, value, CURATED) in curated
        assert [v.value for v in values[NAMESPACES["prov"] + "wasAttributedTo"]] == [DATA + "org/sse-workplan"]
        assert [v.value for v in values[NAMESPACES["prov"] + "wasDerivedFrom"]] == [DATA + "xmess/source/pla2020"]
        assert [v.value for v in values[NAMESPACES["prov"] + "generatedAtTime"]] == ["2026-11-22T00:00:00Z"]
        assert sorted(v.language or "" for v in values[WP + "evidence"]) == sorted(LANGUAGES)
        assert len(values[WP + "inferenceMethod"]) == 1


def test_the_evidence_names_what_the_row_prints(curated: Store) -> None:
    """A reader can go and look."""
    evidence = {
        quad.subject.value.removeprefix(DATA + "xmess/assertion/"): quad.object.value
        for quad in curated.quads_for_pattern(None, NamedNode(WP + "evidence"), None, None)
        if quad.object.language == "ca"
    }

    assert "la de l'acció 8, porta «Governança»" in evidence["fill-down/2020-10"]
    assert "imprimeix LA15 al costat de LE3" in evidence["proposed-action-line/2020-03"]
    assert "totes dues lectures fan sentit" in evidence["proposed-action-line/2020-27"]
    assert evidence["linked-strategic-line/2020-16"].endswith("LE3: A03, A07, A25, A26, A28.")


def test_a_clean_network_has_nothing_to_curate(prova: Derive) -> None:
    """Neither as it is, nor with a spreadsheet as its source."""
    spreadsheet = "<prova/plan/2020/version/1> <http://www.w3.org/ns/prov#hadPrimarySource> <prova/source/full> ."

    assert prova() == set()
    assert prova(spreadsheet) == set()


def test_rules_give_the_same_again_and_nothing_more(home: Home, derived: list[Reading]) -> None:
    """A release is reproducible, and what was derived leaves nothing to derive."""
    quads = quads_of(home, read_home(home))
    further = derive([*quads, *(quad for reading in derived for quad in reading.quads)], home.rules)

    assert derive(reversed(quads), home.rules) == derived
    assert [quad for reading in further for quad in reading.quads] == []


def test_nothing_derived_repeats_what_is_stated(home: Home, derived: list[Reading]) -> None:
    """Nor does one rule repeat another."""
    stated = {quad.triple for quad in quads_of(home, read_home(home))}
    given = [quad.triple for reading in derived for quad in reading.quads]

    assert stated.isdisjoint(given)
    assert len(given) == len(set(given))


def test_a_line_that_actions_place_apart_is_not_linked(prova: Derive) -> None:
    """Two lines are linked; once the second action cites the first line, neither reading of it wins."""
    cited = "<prova/plan/2020/action/02> wp:actionLine <prova/plan/2020/action-line/1> ."
    link = "linkedStrategicLine"

    assert {(s[-13:], o[-16:]) for s, p, o in prova(DOCUMENT) if p == link} == {
        ("action-line/1", "strategic-line/1"),
        ("action-line/2", "strategic-line/2"),
    }
    assert {(s[-13:], o[-16:]) for s, p, o in prova(DOCUMENT, cited) if p == link} == {
        ("action-line/2", "strategic-line/2")
    }


def test_a_row_with_two_lines_pairs_them_by_position(prova: Derive) -> None:
    """The first with the first, the second with the second."""
    second = """
    <prova/plan/2020/action/01> wp:actionLine <prova/plan/2020/action-line/2> ;
        wp:strategicLine <prova/plan/2020/strategic-line/2> .
    """

    assert {(s[-13:], o[-16:]) for s, p, o in prova(DOCUMENT, second) if p == "linkedStrategicLine"} == {
        ("action-line/1", "strategic-line/1"),
        ("action-line/2", "strategic-line/2"),
    }


def test_a_proposal_needs_a_line_to_propose(prova: Derive) -> None:
    """The first line has a next one; after the last there is none."""
    doubt = """
    <prova/anomaly/001> oa:hasTarget <prova/plan/2020/action/01>, <prova/plan/2020/action/02> ;
        wp:anomalyType <scheme/anomaly-type/code-mismatch> .
    """

    assert {(s, o) for s, p, o in prova(DOCUMENT, doubt) if p == "proposedActionLine"} == {
        ("prova/plan/2020/action/01", "prova/plan/2020/action-line/2")
    }


def test_a_finding_about_a_derived_statement_names_the_rule(home: Home, tmp_path: Path) -> None:
    """What is to be mended is the rule."""
    rule = tmp_path / "queries" / "rules" / "10-wrong.rq"
    rule.parent.mkdir(parents=True)
    rule.write_text(
        f"CONSTRUCT {{ ?action <{WP}plannedQuarter> <{DATA}scheme> }} WHERE {{ ?action a <{WP}PlannedAction> }}"
    )
    data = read_all([BASE])
    background = read_all(home.background)
    given = derive((quad for reading in (*data, *background) for quad in reading.quads), [rule])
    report = validate(data, read_all(home.shapes), background, given)

    assert {str(finding.where) for finding in report.results} == {"queries/rules/10-wrong.rq"}


def test_what_follows_from_the_background_alone_is_not_reported(home: Home, tmp_path: Path) -> None:
    """Whoever checks a file is told about that file."""
    rule = tmp_path / "10-wrong.rq"
    skos = NAMESPACES["skos"]
    rule.write_text(f'CONSTRUCT {{ ?c <{skos}prefLabel> "X"@ca }} WHERE {{ ?c <{skos}notation> ?n }}')
    data, background = read_all([BASE]), read_all(home.background)
    given = derive((quad for reading in (*data, *background) for quad in reading.quads), [rule])

    assert given[0].quads
    assert validate(data, read_all(home.shapes), background, given).results == ()


def test_a_rule_with_a_graph_runs_for_each_version(tmp_path: Path) -> None:
    """Into that version's graph; a version whose IRI names no plan has none."""
    rule = tmp_path / "10-note.rq"
    rule.write_text(
        f'#+ graph: notes\nCONSTRUCT {{ ?version <{WP}verbatim> "x" }} WHERE {{ ?version a <{WP}PlanVersion> }}'
    )
    kind, version = NamedNode(NAMESPACES["rdf"] + "type"), NamedNode(WP + "PlanVersion")
    iris = [DATA + "a1/plan/2020/version/1", DATA + "b2/plan/2021/version/3", "http://example.org/version/1"]
    (given,) = derive([Quad(NamedNode(iri), kind, version) for iri in iris], [rule])

    assert {(quad.subject.value, quad.graph_name.value) for quad in given.quads} == {
        (iris[0], graph_iri("a1/plan/2020/v1/notes")),
        (iris[1], graph_iri("b2/plan/2021/v3/notes")),
    }


def test_a_rule_that_constructs_nothing_is_refused(tmp_path: Path) -> None:
    """A SELECT among the rules is a mistake of whoever wrote it."""
    (tmp_path / "10-select.rq").write_text("SELECT * WHERE { ?s ?p ?o }")

    with pytest.raises(TypeError, match="10-select"):
        derive([], [tmp_path / "10-select.rq"])


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ('rdfs:label "a"@ca-ES', {("label", "a", "ca")}),
        ('rdfs:label "a"@ca-valencia , "b"@ca-ES , "c"@es-ES', {("label", "b", "ca"), ("label", "c", "es")}),
        ('rdfs:label "a"@ca , "b"@ca-ES', set()),
        ('skos:altLabel "a"@ca , "b"@ca-ES , "c"@ca-valencia', {("altLabel", "b", "ca"), ("altLabel", "c", "ca")}),
        ('rdfs:label "a"@fr-CA , "b"@x-ours , "c"', {("label", "a", "fr")}),
    ],
)
def test_a_text_in_a_variety_is_given_in_its_language(
    written: str, given: set[tuple[str, str, str]], root: Path
) -> None:
    """Of whichever language, unless the language has a text of its own."""
    prefixes = "".join(f"@prefix {name}: <{NAMESPACES[name]}> .\n" for name in ("rdfs", "skos"))
    quads = parse(f"{prefixes}<{DATA}prova> {written} .", RdfFormat.TURTLE)
    (reading,) = derive(quads, [root / "queries" / "rules" / "05-text-in-plain-language.rq"])

    assert {
        (quad.predicate.value.rpartition("/")[2].rpartition("#")[2], quad.object.value, quad.object.language)
        for quad in reading.quads
        if isinstance(quad.object, Literal)
    } == given
