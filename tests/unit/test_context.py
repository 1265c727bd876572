"""The JSON-LD context and the plans that are written with it."""

import json
from pathlib import Path

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, Triple
from rdflib import RDF, Graph, URIRef

from workplan.export.plain import plain_json
from workplan.model.namespaces import DATA, NAMESPACES, WP
from workplan.release.context import context
from workplan.release.reading import Reading, read_all, read_file
from workplan.release.sources import Home

OWL = NAMESPACES["owl"]


def iri_of(term: str) -> str:
    """The IRI that *term* stands for."""
    definition = context()[term]
    name = definition if isinstance(definition, str) else definition["@id"]
    prefix, _, local = name.partition(":")
    return NAMESPACES[prefix] + local


def terms() -> dict[str, str]:
    """The IRIs of all terms, by term."""
    names = [name for name in context() if not name.startswith("@") and name not in ("id", "type", *NAMESPACES)]
    return {name: iri_of(name) for name in names}


def canonical(readings: list[Reading]) -> set[str]:
    """The union of *readings*, its nameless resources named by what is said of them."""
    dataset = Dataset(Quad(q.subject, q.predicate, q.object) for reading in readings for q in reading.quads)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


@pytest.fixture(scope="session")
def plan(home: Home) -> list[Reading]:
    """The 2020 plan: what is stated, curated, missing, doubtful, quoted and translated."""
    return read_all(file for file in home.data if file.is_relative_to(home.root / "data" / "xmess" / "plan" / "2020"))


@pytest.fixture(scope="session")
def ontology(root: Path) -> Graph:
    """The ontology's own file."""
    return Graph().parse(root / "ontology" / "workplan.ttl")


def test_every_term_of_the_ontology_goes_by_its_own_name(ontology: Graph) -> None:
    """Nobody has to learn a second name, and no name of ours means something else."""
    kinds = [URIRef(OWL + kind) for kind in ("Class", "ObjectProperty", "DatatypeProperty")]
    ours = {str(term) for kind in kinds for term in ontology.subjects(RDF.type, kind) if str(term).startswith(WP)}

    assert {iri.removeprefix(WP): iri for iri in ours} == {
        name: iri for name, iri in terms().items() if iri.startswith(WP)
    }


def test_each_property_has_its_values_written_plainly(ontology: Graph) -> None:
    """Resources by their identifier or code, text by language, dates and numbers as such: nothing is left to chance."""
    for kind, ways in (
        ("ObjectProperty", {"@id", "@vocab"}),
        ("DatatypeProperty", {"xsd:date", "xsd:gYear", "xsd:integer", "xsd:decimal", None}),
    ):
        for term in ontology.subjects(RDF.type, URIRef(OWL + kind)):
            definition = context()[str(term).removeprefix(WP)]
            assert (None if isinstance(definition, str) else definition.get("@type")) in ways, term


@pytest.mark.parametrize(
    ("term", "definition"),
    [
        ("verbatim", {"@id": "wp:verbatim", "@container": "@language"}),
        ("guidingQuestion", {"@id": "wp:guidingQuestion", "@container": "@language"}),
        ("planYear", {"@id": "wp:planYear", "@type": "xsd:gYear"}),
        ("eventDate", {"@id": "wp:eventDate", "@type": "xsd:date"}),
        ("plannedAmount", {"@id": "wp:plannedAmount", "@type": "xsd:decimal"}),
        ("order", {"@id": "wp:order", "@type": "xsd:integer"}),
        ("code", "wp:code"),
        ("ofNetwork", {"@id": "wp:ofNetwork", "@type": "@id"}),
        ("aboutProperty", {"@id": "wp:aboutProperty", "@type": "@vocab"}),
        ("printedSequence", {"@id": "wp:printedSequence", "@type": "@id", "@container": "@list"}),
        (
            "instrument",
            {"@id": "wp:instrument", "@type": "@vocab", "@context": {"@vocab": f"{DATA}scheme/instrument/"}},
        ),
        (
            "ratingValue",
            {
                "@id": "wp:ratingValue",
                "@type": "@vocab",
                "@context": {
                    **{
                        code: f"{DATA}scheme/execution-status/{code}"
                        for code in ("en-proces", "finalitzada", "pendent")
                    },
                    **{code: f"{DATA}scheme/rating-3/{code}" for code in ("molt", "poc", "suficient")},
                },
            },
        ),
    ],
)
def test_ranges_and_shapes_say_how_values_are_written(term: str, definition: object) -> None:
    """One property of each kind."""
    assert context()[term] == definition


def test_every_class_and_property_of_the_shipped_data_has_a_term(plan: list[Reading]) -> None:
    """A plan that holds all that ours holds can be written plainly."""
    used = {predicate.value for reading in plan for _, predicate, _ in reading.lines}
    classes = {
        value.value for reading in plan for _, predicate, value in reading.lines if predicate.value == str(RDF.type)
    }

    assert (used | classes) - set(terms().values()) <= {
        str(RDF.type), str(RDF.first), str(RDF.rest),
    }  # fmt: skip


def test_no_code_of_a_list_is_taken_for_a_term(root: Path) -> None:
    """A code is looked up among the terms before its list is."""
    schemes = Graph()
    for file in (root / "ontology" / "schemes").glob("*.ttl"):
        schemes.parse(file)
    paths = {str(subject).partition("/id/scheme/")[2] for subject in schemes.subjects(RDF.type)}
    codes = {path.partition("/")[2] for path in paths} - {""}

    assert "jornades" in codes
    assert codes & set(context()) == set()


def test_the_2020_plan_as_plain_json_says_the_same(plan: list[Reading], tmp_path: Path) -> None:
    """Every statement comes back, lists in their order, nameless resources too."""
    file = tmp_path / "plan.json"
    file.write_text(plain_json(quad.triple for reading in plan for quad in reading.quads), encoding="utf-8")

    assert canonical([read_file(file)]) == canonical(plan)


def test_a_plan_as_plain_json_is_plain(plan: list[Reading]) -> None:
    """Codes, names, numbers and text by language, and nothing that only JSON-LD would write so."""
    nodes = json.loads(plain_json(quad.triple for reading in plan for quad in reading.quads))["@graph"]
    (action,) = (node for node in nodes if node["id"] == "xmess/plan/2020/action/01")
    gap = next(node for node in nodes if node.get("type") == "DataGap")

    assert list(action)[:5] == ["id", "type", "code", "order", "label"]
    assert (action["type"], action["order"], action["instrument"]) == ("PlannedAction", 1, "jornades")
    assert action["budgetImpact"] == ["conveni", "ordinari"]
    assert action["directlyExecutedBy"] == ["xmess/team/ct", "xmess/team/st"]
    assert set(action["label"]) == {"ca", "es", "en"}
    assert (gap["aboutProperty"], gap["gapReason"]) == ("plannedQuarter", "lost-in-conversion")


@pytest.mark.parametrize(
    "turtle",
    [
        'e:s rdfs:label "no language", 3, "x"@ca .',
        "e:s wp:order 007, 1.5, \"x\" ; wp:code 3, \"a\"@ca ; wp:planYear 2020 .",
        "e:s wp:ofNetwork \"text\", [ wp:code \"x\" ], _:a . _:a wp:ofNetwork _:a . _:b wp:ofNetwork _:a .",
        "e:s wp:printedSequence ( e:a e:b ), ( ) . e:t wp:code ( 1 \"x\"@ca ) . e:u wp:printedSequence ( 1 [] ) .",
        "e:s wp:instrument <https://w3id.org/sse-workplan/id/scheme/instrument/a/b>, e:i, \"web\", [] .",
        "e:s wp:prints e:other, wp:code, rdfs:label ; a e:C, wp:Team ; wp:statedIn <urn:x>, <http://a/%20?q#f> .",
        "<https://w3id.org/sse-workplan/id/> wp:ofNetwork <https://w3id.org/sse-workplan/id/a:b> .",
        "_:x wp:printedSequence _:l . _:y wp:printedSequence _:l . _:l rdf:first e:a ; rdf:rest rdf:nil .",
    ],
)  # fmt: skip
def test_what_no_term_foresees_comes_back_too(turtle: str, tmp_path: Path) -> None:
    """Data of others may hold anything, and nothing of it is lost or bent."""
    prefixes = "".join(f"@prefix {name}: <{NAMESPACES[name]}> .\n" for name in ("rdf", "rdfs", "wp"))
    (tmp_path / "a.ttl").write_text(f"{prefixes}@prefix e: <http://example.org/> .\n{turtle}\n")
    given = read_file(tmp_path / "a.ttl")
    triples: list[Triple] = [quad.triple for quad in given.quads]
    (tmp_path / "a.json").write_text(plain_json(triples))

    assert canonical([read_file(tmp_path / "a.json")]) == canonical([given])
