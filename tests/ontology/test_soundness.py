"""The ontology as logic: its profiles, its consistency, and what follows from it, with the data and beside others'.

The profiles are OWLAPI's to judge, consistency is HermiT's; both come with Owlready2 and run in Java. The OWL 2 RL
closure is reasonable's. ``foreign.ttl`` holds what other vocabularies say of their own terms.
"""

import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import owlready2
import pytest
import reasonable
from rdflib import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SKOS, BNode, Graph, Namespace, URIRef

from workplan.model.namespaces import DATA, ONTOLOGY
from workplan.model.namespaces import WP as TERMS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WP = Namespace(TERMS)
PELLET = Path(owlready2.__file__).parent / "pellet"

ACTION = URIRef(f"{DATA}xmess/plan/2020/action/08")


def read(*patterns: str) -> Graph:
    """The union of the Turtle files that *patterns* find."""
    graph = Graph()
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            graph.parse(path)
    return graph


def closure(*graphs: Iterable[tuple[object, object, object]]) -> Graph:
    """What follows from *graphs* by the rules of OWL 2 RL, with what they say."""
    union = Graph()
    for graph in graphs:
        union += graph  # type: ignore[arg-type]
    reasoner = reasonable.PyReasoner()
    reasoner.from_graph(union)
    for triple in reasoner.reason():
        union.add(triple)
    return union


def clashes(graph: Graph) -> set[URIRef]:
    """The resources that *graph* puts in two disjoint classes."""
    disjoint = list(graph.subject_objects(OWL.disjointWith))
    return {x for a, b in disjoint for x in graph.subjects(RDF.type, a) if (x, RDF.type, b) in graph}  # type: ignore[misc]


def types_of_ours(graph: Graph) -> dict[object, set[object]]:
    """Which of our classes *graph* puts each resource in."""
    found: dict[object, set[object]] = defaultdict(set)
    for resource, kind in graph.subject_objects(RDF.type):
        if str(kind).startswith(TERMS):
            found[resource].add(kind)
    return found


with_hermit = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
"""Owlready2 leaves files to the collector and calls Python as it once was."""


@pytest.fixture(scope="module")
def core() -> Graph:
    """The ontology alone."""
    return read("ontology/*.ttl")


@pytest.fixture(scope="module")
def others() -> Graph:
    """What other vocabularies say of their own terms."""
    return Graph().parse(HERE / "foreign.ttl")


@pytest.fixture(scope="module")
def facts() -> Graph:
    """The data and the concept schemes."""
    return read("data/**/*.ttl", "ontology/schemes/*.ttl")


@pytest.fixture(scope="module")
def inferred(core: Graph, others: Graph, facts: Graph) -> Graph:
    """What follows from the data in the light of our ontology and of others'."""
    return closure(core, others, facts)


@pytest.fixture(scope="module")
def profiles(core: Graph, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The smallest OWL 2 profile that OWLAPI finds each in: the ontology, its axioms alone, and those with a fault."""
    judged = {"ontology": core}
    for name in ("axioms", "fault"):
        judged[name] = Graph().add((URIRef(f"urn:example:{name}"), RDF.type, OWL.Ontology))
        judged[name] += (triple for triple in core if triple[0] != URIRef(ONTOLOGY))
    judged["fault"].add((WP.evidence, RDFS.range, RDF.List))
    folder = tmp_path_factory.mktemp("profiles")
    for name, graph in judged.items():
        graph.serialize(folder / name, format="xml")
    command = ["java", "-cp", f"{PELLET}/*", "pellet.Pellet", "info", *(str(folder / name) for name in judged)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    told = re.findall(r"^Information about file:.*/(\w+) \(.*\)\s+OWL Profile = (.*)$", done.stdout, re.MULTILINE)
    assert len(told) == len(judged), done.stdout + done.stderr
    return dict(told)


def test_the_ontology_is_in_owl_2_dl(profiles: Mapping[str, str]) -> None:
    """As it is published, without any import: every reasoner for OWL may be given it."""
    assert profiles["ontology"] == "OWL 2 DL"


def test_its_axioms_are_in_owl_2_rl(profiles: Mapping[str, str]) -> None:
    """Rules draw every conclusion. The header is none, yet OWLAPI counts its dates, which OWL 2 RL does not know."""
    assert profiles["axioms"] == "OWL 2 RL"


def test_a_term_outside_the_profile_is_told(profiles: Mapping[str, str]) -> None:
    """The judge does judge: a range that OWL 2 does not know leaves OWL 2 DL."""
    assert profiles["fault"] not in ("OWL 2 DL", "OWL 2 RL")


def hermit(graph: Graph, path: Path) -> list[str]:
    """The classes that HermiT finds can have no instance; raises where *graph* contradicts itself."""
    graph.serialize(path, format="nt", encoding="utf-8")
    world = owlready2.World()
    world.get_ontology(path.as_uri()).load()
    # Data hold xsd:date and xsd:gYear, which OWL 2 does not know and HermiT is told to pass over.
    owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)
    return [kind.name for kind in world.inconsistent_classes() if kind is not owlready2.Nothing]


@with_hermit
def test_ontology_and_data_are_consistent_and_every_class_can_have_instances(
    core: Graph, others: Graph, facts: Graph, tmp_path: Path
) -> None:
    """By HermiT, a complete reasoner, with what PROV, ORG, FOAF, SKOS, OWL-Time and others say of their terms."""
    assert hermit(core + others + facts, tmp_path / "all.nt") == []


@with_hermit
def test_an_action_that_were_also_its_execution_would_be_found(core: Graph, others: Graph, tmp_path: Path) -> None:
    """The reasoner does reason: PROV keeps apart what is planned and what is done."""
    both = Graph().add((WP.Both, RDFS.subClassOf, WP.PlannedAction)).add((WP.Both, RDFS.subClassOf, WP.ActionExecution))
    both.add((WP.Both, RDF.type, OWL.Class))

    assert hermit(core + others + both, tmp_path / "both.nt") == ["Both"]


def test_the_closure_puts_no_resource_in_another_class_of_ours(core: Graph, facts: Graph, inferred: Graph) -> None:
    """A domain or a range that makes something what it is not: what follows is what is said, and its superclasses."""
    above = {kind: set(core.transitive_objects(kind, RDFS.subClassOf)) for kind in core.subjects(RDF.type, OWL.Class)}
    said = {
        resource: {broader for kind in kinds for broader in above[kind] if str(broader).startswith(TERMS)}  # type: ignore[index]
        for resource, kinds in types_of_ours(facts).items()
    }
    ours = {resource: kinds for resource, kinds in types_of_ours(inferred).items() if not isinstance(resource, BNode)}

    assert said
    assert ours == said


def test_the_closure_puts_nothing_in_two_disjoint_classes(inferred: Graph) -> None:
    """Rules alone find no contradiction between our words and those of the vocabularies that they build on."""
    assert clashes(inferred) == set()


def test_a_clash_would_be_found(core: Graph, others: Graph, facts: Graph) -> None:
    """Were an action said to execute another, it would be planned and done at once."""
    wrong = Graph().add((ACTION, WP.executes, URIRef(f"{DATA}xmess/plan/2020/action/09")))

    assert clashes(closure(core, others, facts, wrong)) == {ACTION}


def test_the_alignments_put_no_resource_in_another_class_of_ours(
    core: Graph, others: Graph, facts: Graph, inferred: Graph
) -> None:
    """Whoever loads them gains names in other vocabularies; whoever does not misses nothing."""
    with_alignments = closure(core, others, facts, read("ontology/alignments/*.ttl"))

    assert types_of_ours(with_alignments) == types_of_ours(inferred)
    assert clashes(with_alignments) == set()


@pytest.mark.parametrize(
    ("kind", "never"),
    [
        (WP.PlannedAction, PROV.Activity),
        (WP.PlannedAction, PROV.Agent),
        (WP.WorkPlan, PROV.Activity),
        (WP.PlanVersion, PROV.Plan),
        (WP.ProcessEvent, PROV.Entity),
        (WP.Team, FOAF.Person),
        (WP.Team, ORG.FormalOrganization),
        (WP.MunicipalNetwork, ORG.OrganizationalUnit),
        (WP.MunicipalNetwork, FOAF.Person),
        (WP.DataGap, SKOS.Concept),
        (WP.SourceFragment, FOAF.Document),
        (WP.SourceDocument, ORG.Organization),
        (WP.Indicator, SKOS.Collection),
        (WP.SourceAnomaly, PROV.Activity),
    ],
    ids=lambda term: str(term).rpartition("/")[2].rpartition("#")[2],
)
def test_no_instance_of_the_one_becomes_one_of_the_other(inferred: Graph, kind: URIRef, never: URIRef) -> None:
    """What a reader would never guess, and a careless domain would say."""
    instances = set(inferred.subjects(RDF.type, kind))

    assert instances
    assert instances & set(inferred.subjects(RDF.type, never)) == set()


@pytest.mark.parametrize(
    ("kind", "also"),
    [
        (WP.PlannedAction, PROV.Entity),
        (WP.StrategicLine, SKOS.Concept),
        (WP.Team, FOAF.Agent),
        (WP.MunicipalNetwork, FOAF.Organization),
        (WP.CuratorAssertion, PROV.Entity),
    ],
    ids=lambda term: str(term).rpartition("/")[2].rpartition("#")[2],
)
def test_every_instance_of_the_one_is_also_one_of_the_other(inferred: Graph, kind: URIRef, also: URIRef) -> None:
    """Whoever asks in the words of ORG, PROV or SKOS finds ours."""
    assert set(inferred.subjects(RDF.type, kind)) <= set(inferred.subjects(RDF.type, also))


def test_subproperties_answer_in_the_words_of_dublin_core(inferred: Graph) -> None:
    """Part of, subject and notation follow from ours."""
    assert set(inferred.objects(ACTION, WP.elementOf)) <= set(inferred.objects(ACTION, DCTERMS.isPartOf))
    assert set(inferred.objects(ACTION, WP.thematicScope)) <= set(inferred.objects(ACTION, DCTERMS.subject))
    assert {str(code) for code in inferred.objects(ACTION, WP.code)} == {
        str(notation) for notation in inferred.objects(ACTION, SKOS.notation)
    }
