"""What our terms correspond to in other vocabularies: each mapping has its reason, each foreign name is a real one.

``foreign-terms.csv`` lists every foreign IRI that the ontology or its alignments name, with its kind, vocabulary and
version, and where it was seen: in the published file, in bindings generated from that file, in rdflib or in use.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flask.testing import FlaskClient
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse
from rdflib import DCTERMS, FOAF, ORG, PROV, QB, SDO, SKOS, SOSA, TIME, VANN
from rdflib.namespace import DefinedNamespace

from workplan.knowledge.graphs import statements
from workplan.model.iris import graph_iri
from workplan.model.namespaces import DATA, NAMESPACES, ONTOLOGY
from workplan.release.sources import ontology_version
from workplan.web.service import Service

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LISTED_BY_RDFLIB: tuple[type[DefinedNamespace], ...] = (DCTERMS, FOAF, ORG, PROV, QB, SDO, SKOS, SOSA, TIME, VANN)
LANGUAGES = ["ca", "es", "en"]
OURS = ONTOLOGY.removesuffix("ns")


def iri(prefixed_name: str) -> NamedNode:
    """The IRI that a prefixed name stands for."""
    prefix, _, local = prefixed_name.partition(":")
    return NamedNode(NAMESPACES[prefix] + local)


TYPE = iri("rdf:type")
MAPPINGS = {iri(name) for name in ("skos:closeMatch", "skos:relatedMatch", "skos:broadMatch", "skos:narrowMatch")}
LINKS = {*MAPPINGS, iri("rdfs:seeAlso"), iri("skos:notation")}
BUILT_IN = tuple(NAMESPACES[prefix] for prefix in ("rdf", "rdfs", "owl", "xsd"))


def triples(folder: str) -> Iterator[Triple]:
    """What the Turtle files in *folder* say."""
    for path in sorted((ROOT / folder).glob("*.ttl")):
        yield from (quad.triple for quad in parse(path=path, format=RdfFormat.TURTLE, rename_blank_nodes=True))


CORE = list(triples("ontology"))
ALIGNMENTS = list(triples("ontology/alignments"))
STATED = [t for t in ALIGNMENTS if isinstance(t.subject, NamedNode)]
LIST = (HERE / "foreign-terms.csv").read_text(encoding="utf-8")
CHECKED = {row["iri"]: row for row in csv.DictReader(LIST.splitlines())}


def kind_of(name: str) -> str:
    """What *name*, one of ours, is."""
    if name.startswith(DATA):
        return "individual"
    types = {t.object for t in CORE if t.subject == NamedNode(name) and t.predicate == TYPE}
    return "class" if iri("owl:Class") in types else "property"


def test_every_foreign_name_was_checked_and_no_other_is_listed() -> None:
    """A name that nobody looked up may be one that nobody published."""
    named = {
        node.value for t in (*CORE, *ALIGNMENTS) for node in (t.predicate, t.object) if isinstance(node, NamedNode)
    }
    linked = {t.object.value for t in STATED if isinstance(t.object, NamedNode)}
    built_in = {name for name in named if name.startswith(BUILT_IN)} - linked
    vocabularies = set(NAMESPACES.values()) | {t.object.value for t in CORE if t.predicate == iri("dcterms:license")}

    assert {name for name in named - built_in - vocabularies if not name.startswith(OURS)} == set(CHECKED)


def test_rdflib_lists_each_name_of_the_vocabularies_that_it_knows() -> None:
    """A second list, by others."""
    unknown = {
        name for name in CHECKED for space in LISTED_BY_RDFLIB if name.startswith(str(space)) and name not in space
    }

    assert unknown == set()


def test_a_term_is_mapped_to_one_of_its_own_kind() -> None:
    """A class to a class, a property to a property, a concept to a concept; a gap is close to a code of SDMX's."""
    kinds = {(t.subject.value, t.object.value) for t in STATED if t.predicate in MAPPINGS}
    mixed = {(ours, theirs) for ours, theirs in kinds if kind_of(ours) != CHECKED[theirs]["kind"]}

    assert mixed == {(iri("wp:DataGap").value, iri("sdmx-code:obsStatus-M").value)}


def test_only_terms_of_ours_are_mapped_and_only_by_mappings() -> None:
    """An alignment says nothing else: no axiom of others comes in by this door."""
    terms = {t.subject for t in (*CORE, *triples("ontology/schemes")) if t.predicate == TYPE}

    assert {t.predicate for t in STATED} <= LINKS
    assert {t.subject for t in STATED} <= terms
    assert [t.object.value for t in STATED if isinstance(t.object, NamedNode) and t.object.value.startswith(OURS)] == []


def test_every_mapping_has_its_reason_in_three_languages() -> None:
    """Why it is close and no more than that."""
    reasons: dict[BlankNode, dict[str, list[object]]] = {}
    for t in ALIGNMENTS:
        if isinstance(t.subject, BlankNode):
            reasons.setdefault(t.subject, {}).setdefault(t.predicate.value, []).append(t.object)
    source, predicate, target = (iri(f"owl:annotated{part}").value for part in ("Source", "Property", "Target"))
    given = Counter((*r[source], *r[predicate], *r[target]) for r in reasons.values())

    assert given == Counter((t.subject, t.predicate, t.object) for t in STATED)
    for reason in reasons.values():
        texts = [text for text in reason[iri("rdfs:comment").value] if isinstance(text, Literal)]
        assert [text.language for text in texts] == LANGUAGES
        assert [text.value for text in texts if not text.value.endswith(".")] == []


def test_the_core_holds_no_mapping() -> None:
    """Whoever loads it alone inherits nothing of others."""
    assert [t for t in CORE if t.predicate in LINKS] == []


def test_a_release_holds_the_alignments_as_a_graph_of_their_own(service: Service, client: FlaskClient) -> None:
    """At its address as in the data."""
    address = graph_iri(f"alignments/{ontology_version()}")
    answer = client.get(f"/graph/alignments/{ontology_version()}", headers={"Accept": "text/turtle"})

    assert len(statements(service.engine, address).splitlines()) == len(ALIGNMENTS)
    assert answer.status_code == 200
    assert len(list(parse(answer.data, RdfFormat.TURTLE))) == len(ALIGNMENTS)
