"""The checks that the field's tools make of an ontology, made of ours as it is served.

docs/ontology-checks.md lists them, tool by tool: the tests of FOOPS!, the pitfalls of OOPS!, the rules of ROBOT report
and what LOV asks of a vocabulary. A row that says ``pass`` has its check here, and here alone; any other says why not.
What a tool would fetch from the Web is fetched from this machine's own server, which ``https://w3id.org/sse-workplan``
is mapped to.
"""

import re
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, VANN, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from workplan.model.formats import GRAPH_FORMATS
from workplan.model.namespaces import NAMESPACES, ONTOLOGY, WP

ROOT = Path(__file__).parents[2]
SITE = ONTOLOGY.removesuffix("/ns")
HEADER = URIRef(ONTOLOGY)
VS, BIBO, VOAF = (Namespace(NAMESPACES[prefix]) for prefix in ("vs", "bibo", "voaf"))
BUILT_IN = tuple(NAMESPACES[prefix] for prefix in ("rdf", "rdfs", "owl", "xsd"))
LANGUAGES = ["ca", "en", "es"]
HTML = "text/html"
LICENCE = URIRef("https://creativecommons.org/licenses/by/4.0/")

TOOLS = {"FOOPS!": 24, "OOPS!": 41, "ROBOT": 32, "LOV": 8}
"""How many checks each tool makes: FOOPS! in 2025, OOPS!'s catalogue, ROBOT 1.9 and LOV's conditions."""


@dataclass
class Published:
    """The ontology as someone meets it who has only its address, with *server* in the place of w3id.org."""

    server: str

    def fetch(self, iri: str, accept: str) -> tuple[str, bytes]:
        """The media type and the body at *iri* for a client that accepts *accept*, redirects followed."""
        assert iri.startswith(SITE)
        request = urllib.request.Request(iri.replace(SITE, self.server, 1), headers={"Accept": accept})  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - this machine's
            return answer.headers.get_content_type(), answer.read()

    @cached_property
    def graph(self) -> Graph:
        """What the ontology's address answers in Turtle."""
        return Graph().parse(data=self.fetch(ONTOLOGY, "text/turtle")[1], format="turtle")

    @cached_property
    def classes(self) -> set[Node]:
        """The classes that it defines."""
        return self._defined(OWL.Class)

    @cached_property
    def properties(self) -> set[Node]:
        """The properties that it defines."""
        return self._defined(OWL.ObjectProperty) | self._defined(OWL.DatatypeProperty)

    @property
    def terms(self) -> set[Node]:
        """All that it defines."""
        return self.classes | self.properties

    def _defined(self, kind: Node) -> set[Node]:
        return {term for term in self.graph.subjects(RDF.type, kind) if (term, RDFS.isDefinedBy, HEADER) in self.graph}

    def texts(self, predicate: Node) -> list[tuple[Node, Literal]]:
        """The texts that *predicate* gives to terms."""
        return [(s, o) for s, o in self.graph.subject_objects(predicate) if s in self.terms and isinstance(o, Literal)]

    def header(self, *predicates: Node) -> list[Node]:
        """What the header says with any of *predicates*."""
        return [value for predicate in predicates for value in self.graph.objects(HEADER, predicate)]

    def types(self, *kinds: Node) -> set[Node]:
        """The terms of any of *kinds*."""
        return {term for kind in kinds for term in self.graph.subjects(RDF.type, kind)}

    def said(self, *predicates: Node) -> list[tuple[Node, Node]]:
        """The pairs that any of *predicates* joins."""
        return [pair for predicate in predicates for pair in self.graph.subject_objects(predicate)]


CHECKS: dict[str, Callable[[Published], None]] = {}


def check(*names: str) -> Callable[[Callable[[Published], None]], Callable[[Published], None]]:
    """The function below makes the checks called *names*, a tool's name and its own."""

    def register(function: Callable[[Published], None]) -> Callable[[Published], None]:
        CHECKS.update(dict.fromkeys(names, function))
        return function

    return register


@pytest.fixture(scope="module")
def published(server: str) -> Published:
    """The ontology on a real server."""
    return Published(server)


# What the Web answers


@check("FOOPS! CN1", "FOOPS! RDF1", "LOV dereferenceable", "LOV parses")
def _every_form(published: Published) -> None:
    for form in GRAPH_FORMATS:
        kind, body = published.fetch(ONTOLOGY, form.media_type)
        assert kind == form.media_type
        syntax = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt", "rdf": "xml"}[form.name]
        assert len(Graph().parse(data=body, format=syntax)) == len(published.graph)


@check("FOOPS! DOC1", "FOOPS! URI1", "OOPS! P37")
def _page(published: Published) -> None:
    kind, body = published.fetch(ONTOLOGY, HTML)
    assert kind == HTML
    assert b"wp:PlannedAction" in body


@check("FOOPS! VER2")
def _version_resolves(published: Published) -> None:
    (version,) = published.header(OWL.versionIRI)
    kind, body = published.fetch(str(version), "text/turtle")
    assert kind == "text/turtle"
    assert (HEADER, OWL.versionIRI, version) in Graph().parse(data=body, format="turtle")


@check("FOOPS! URI2", "OOPS! P38")
def _names_itself(published: Published) -> None:
    assert set(published.graph.subjects(RDF.type, OWL.Ontology)) == {HEADER}


@check("FOOPS! HTTP1", "FOOPS! PURL1")
def _persistent(published: Published) -> None:
    assert ONTOLOGY.startswith("https://w3id.org/")
    assert all(str(term).startswith(ONTOLOGY + "#") for term in published.terms)


# What the header says


@check("FOOPS! VER1")
def _version(published: Published) -> None:
    (version,) = published.header(OWL.versionIRI)
    assert version != HEADER


@check("FOOPS! FIND1")
def _prefix(published: Published) -> None:
    assert published.header(VANN.preferredNamespacePrefix) == [Literal("wp")]


@check("FOOPS! OM1", "LOV metadata", "ROBOT missing_ontology_title", "ROBOT missing_ontology_description")
def _minimum(published: Published) -> None:
    needed = (DCTERMS.title, DCTERMS.description, DCTERMS.license, OWL.versionIRI, DCTERMS.creator, DCTERMS.created)
    assert [predicate for predicate in (*needed, VANN.preferredNamespaceUri) if not published.header(predicate)] == []


@check("FOOPS! OM2")
def _recommended(published: Published) -> None:
    needed = (VANN.preferredNamespacePrefix, OWL.versionInfo, DCTERMS.created, DCTERMS.bibliographicCitation)
    assert [predicate for predicate in needed if not published.header(predicate)] == []


@check("FOOPS! OM4.1", "OOPS! P41", "ROBOT missing_ontology_license")
def _licence(published: Published) -> None:
    assert published.header(DCTERMS.license) == [LICENCE]


@check("FOOPS! OM5.1", "LOV authorship")
def _provenance(published: Published) -> None:
    assert published.header(DCTERMS.creator)
    assert [value.datatype for value in published.header(DCTERMS.created)] == [XSD.date]  # type: ignore[attr-defined]


@check("FOOPS! OM5.2")
def _detailed_provenance(published: Published) -> None:
    assert published.header(DCTERMS.publisher)
    assert published.header(DCTERMS.issued)


@check("FOOPS! VOC1")
def _metadata_reused(published: Published) -> None:
    assert {str(DCTERMS), str(VANN)} <= {str(v) for v in published.header(VOAF.metadataVoc)}
    assert (HEADER, RDF.type, VOAF.Vocabulary) in published.graph


@check("FOOPS! VOC2", "LOV reuse")
def _reused(published: Published) -> None:
    broader = {str(o) for _, o in published.said(RDFS.subClassOf, RDFS.subPropertyOf)}
    assert len({name for name in broader if not name.startswith(WP)}) > 10
    assert len(published.header(VOAF.specializes)) > 5


# What is said of each term


@check("FOOPS! VOC3", "LOV labels", "ROBOT missing_label", "ROBOT multiple_labels", "ROBOT missing_obsolete_label")
def _labels(published: Published) -> None:
    given = Counter((s, text.language) for s, text in published.texts(RDFS.label))
    assert given == Counter((term, language) for term in published.terms for language in LANGUAGES)


@check(
    "FOOPS! VOC4",
    "LOV definitions",
    "OOPS! P08",
    "ROBOT missing_definition",
    "ROBOT multiple_definitions",
)
def _definitions(published: Published) -> None:
    given = Counter((s, text.language) for s, text in published.texts(SKOS.definition))
    assert given == Counter((term, language) for term in published.terms for language in LANGUAGES)


@check("OOPS! P02", "OOPS! P12", "OOPS! P30", "OOPS! P32", "ROBOT duplicate_label")
def _own_labels(published: Published) -> None:
    shared = Counter((str(text), text.language) for _, text in published.texts(RDFS.label))
    assert [label for label, count in shared.items() if count > 1] == []


@check("ROBOT duplicate_definition")
def _own_definitions(published: Published) -> None:
    shared = Counter((str(text), text.language) for _, text in published.texts(SKOS.definition))
    assert [text for text, count in shared.items() if count > 1] == []


@check("ROBOT annotation_whitespace", "ROBOT label_formatting", "ROBOT label_whitespace")
def _white_space(published: Published) -> None:
    texts = {str(o) for _, o in published.graph.subject_objects() if isinstance(o, Literal)}
    assert [text for text in texts if text != " ".join(text.split())] == []


@check("ROBOT lowercase_definition")
def _capital(published: Published) -> None:
    assert [text for _, text in published.texts(SKOS.definition) if not text[0].isupper()] == []


@check("OOPS! P20")
def _label_and_definition_in_their_places(published: Published) -> None:
    labels = [text for _, text in published.texts(RDFS.label)]
    definitions = [text for _, text in published.texts(SKOS.definition)]
    assert max(map(len, labels)) < 50
    assert [text for text in labels if text.endswith(".")] == []
    assert [text for text in definitions if len(text.split()) < 3] == []


@check("OOPS! P07")
def _one_concept_a_class(published: Published) -> None:
    words = {"i", "o", "y", "e", "u", "and", "or"}
    assert [
        t for s, t in published.texts(RDFS.label) if s in published.classes and words & set(t.lower().split())
    ] == []


@check("OOPS! P21")
def _no_rest(published: Published) -> None:
    rest = re.compile(r"\b(misc|other|altr|otr|divers|vari)", re.IGNORECASE)
    assert [text for s, text in published.texts(RDFS.label) if s in published.classes and rest.search(text)] == []


@check("OOPS! P22")
def _names(published: Published) -> None:
    assert [c for c in published.classes if not re.fullmatch(r"[A-Z][A-Za-z]*", str(c).removeprefix(WP))] == []
    assert [p for p in published.properties if not re.fullmatch(r"[a-z][A-Za-z]*", str(p).removeprefix(WP))] == []


@check("OOPS! P03")
def _no_is(published: Published) -> None:
    names = {str(p).removeprefix(WP).lower() for p in published.properties}
    assert names & {"is", "isa", "sameas", "subclassof", "type", "kindof"} == set()


@check("OOPS! P36", "ROBOT invalid_entity_uri")
def _addresses(published: Published) -> None:
    assert re.fullmatch(r"https://[\w./-]+", ONTOLOGY)
    assert not re.search(r"\.(owl|rdf|ttl|n3|rdfxml)\b", ONTOLOGY)
    assert [term for term in published.terms if not re.fullmatch(r"https://[\w./#-]+", str(term))] == []


@check("OOPS! P39")
def _namespace(published: Published) -> None:
    assert published.header(VANN.preferredNamespaceUri) == [Literal(WP)]


@check("OOPS! P40", "ROBOT illegal_use_of_built_in_vocabulary")
def _nobody_elses_terms(published: Published) -> None:
    about = {(s, p) for s, p in published.graph.subject_predicates() if isinstance(s, URIRef)}
    foreign = {(s, p) for s, p in about if not str(s).startswith(SITE)}
    assert {p for _, p in foreign} <= {RDF.type}
    assert [s for s, _ in foreign if str(s).startswith(BUILT_IN)] == []


@check("OOPS! P34", "OOPS! P35")
def _everything_is_typed(published: Published) -> None:
    classes = {o for _, o in published.said(RDFS.subClassOf, RDFS.domain, RDFS.range, OWL.disjointWith)}
    properties = set(published.graph.predicates()) | {o for _, o in published.said(RDFS.subPropertyOf, OWL.inverseOf)}
    named = {name for name in classes | properties if isinstance(name, URIRef) and not str(name).startswith(BUILT_IN)}
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    assert named - published.types(*kinds) == set()


# What is said of their relations


@check("OOPS! P04", "ROBOT missing_superclass")
def _connected(published: Published) -> None:
    assert published.classes - set(published.graph.subjects(RDFS.subClassOf)) == set()


@check("OOPS! P05", "OOPS! P25", "OOPS! P26")
def _inverses(published: Published) -> None:
    ends = {predicate: dict(published.said(predicate)) for predicate in (RDFS.domain, RDFS.range)}
    pairs = published.said(OWL.inverseOf)
    assert pairs
    for one, other in pairs:
        assert one != other
        assert ends[RDFS.domain][one] == ends[RDFS.range][other]
        assert ends[RDFS.range][one] == ends[RDFS.domain][other]


@check("OOPS! P06")
def _no_cycles(published: Published) -> None:
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf):
        for term in published.terms:
            above = (
                broader
                for direct in published.graph.objects(term, predicate)
                for broader in published.graph.transitive_objects(direct, predicate)
            )
            assert term not in set(above)


@check("OOPS! P10")
def _disjoint(published: Published) -> None:
    pairs = {frozenset(pair) for pair in published.said(OWL.disjointWith)}
    assert frozenset({URIRef(WP + "PlannedAction"), URIRef(WP + "ActionExecution")}) in pairs
    assert len(pairs) > 5


@check("OOPS! P19")
def _one_domain_one_range(published: Published) -> None:
    counts = Counter((p, s) for p in (RDFS.domain, RDFS.range) for s, _ in published.said(p))
    assert max(counts.values()) == 1


@check(
    "OOPS! P27",
    "OOPS! P31",
    "OOPS! P28",
    "OOPS! P29",
    "OOPS! P33",
    "ROBOT equivalent_pair",
    "ROBOT equivalent_class_axiom_no_genus",
    "ROBOT multiple_equivalent_classes",
    "ROBOT multiple_equivalent_class_definitions",
)
def _no_equivalence_symmetry_or_chain(published: Published) -> None:
    assert published.said(OWL.equivalentClass, OWL.equivalentProperty, OWL.propertyChainAxiom) == []
    assert published.types(OWL.SymmetricProperty, OWL.TransitiveProperty) == set()


@check("OOPS! P14", "OOPS! P15", "OOPS! P16", "OOPS! P24")
def _no_restrictions(published: Published) -> None:
    assert published.types(OWL.Restriction) == set()
    assert published.said(OWL.complementOf, OWL.intersectionOf, OWL.unionOf) == []


@check("OOPS! P23")
def _no_datatype_made_anew(published: Published) -> None:
    assert published.types(RDFS.Datatype) == set()
    assert {o for _, o in published.said(RDFS.range) if str(o).startswith(NAMESPACES["xsd"])} <= {
        XSD.string,
        XSD.integer,
        XSD.positiveInteger,
        XSD.decimal,
    }


# What is said of terms that are not to be used


@check(
    "ROBOT deprecated_boolean_datatype",
    "ROBOT deprecated_class_reference",
    "ROBOT deprecated_property_reference",
    "ROBOT misused_replaced_by",
    "ROBOT misused_obsolete_label",
)
def _deprecated(published: Published) -> None:
    deprecated = dict(published.said(OWL.deprecated))
    logic = (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.disjointWith, OWL.inverseOf)
    assert [value for value in deprecated.values() if value != Literal(True)] == []  # noqa: FBT003 - a literal
    assert {o for s, o in published.said(*logic) if s not in deprecated} & set(deprecated) == set()
    assert {s for s, _ in published.said(DCTERMS.isReplacedBy)} == set(deprecated)
    obsolete = re.compile(r"obsolet|en desús|desuso|deprecat", re.IGNORECASE)
    assert [text for s, text in published.texts(RDFS.label) if s not in deprecated and obsolete.search(text)] == []


# The page


@dataclass(frozen=True)
class Row:
    """A check as docs/ontology-checks.md tells it."""

    tool: str
    name: str
    asks: str
    result: str
    evidence: str


def rows() -> Iterator[Row]:
    """The rows of the page's tables."""
    tool = ""
    for line in (ROOT / "docs" / "ontology-checks.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            tool = line.removeprefix("## ")
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 4 and cells[0] != "check":
            yield Row(tool, *cells)


ROWS = list(rows())
PASSED = [f"{row.tool} {row.name}" for row in ROWS if row.result == "pass"]


@pytest.mark.parametrize("name", PASSED)
def test_a_check_that_the_page_says_passes_does(published: Published, name: str) -> None:
    """On the ontology as it is served."""
    CHECKS[name](published)


def test_every_check_of_every_tool_is_on_the_page_once() -> None:
    """And what the page says to pass is what is checked here."""
    names = [f"{row.tool} {row.name}" for row in ROWS]

    assert len(names) == len(set(names))
    assert Counter(row.tool for row in ROWS) == TOOLS
    assert sorted(PASSED) == sorted(CHECKS)


def test_a_check_that_does_not_pass_says_why() -> None:
    """In a sentence, and with one of three words."""
    others = [row for row in ROWS if row.result != "pass"]

    assert {row.result for row in others} <= {"by hand", "on purpose", "open", "no use"}
    assert [row.name for row in others if not re.fullmatch(r"[A-Z`].{20,}\.", row.evidence)] == []


def test_no_critical_pitfall_is_left_and_one_important_one_on_purpose() -> None:
    """As the page says in its first lines."""
    left = [row for row in ROWS if row.tool == "OOPS!" and row.result not in ("pass", "by hand")]

    assert [row.name for row in left if row.asks.endswith("(critical)")] == []
    assert [row.name for row in left if row.asks.endswith("(important)")] == ["P11"]


def test_the_page_counts_its_rows() -> None:
    """The summary at its top."""
    text = (ROOT / "docs" / "ontology-checks.md").read_text(encoding="utf-8")

    for tool, count in TOOLS.items():
        passed = sum(name.startswith(tool + " ") for name in PASSED)
        assert f"| {tool} | {count} | {passed} |" in text


def test_the_properties_without_domain_or_range_are_those_that_the_page_names(published: Published) -> None:
    """The one important pitfall that is left on purpose is left nowhere else."""
    (row,) = [row for row in ROWS if row.name == "P11"]
    bare = {
        str(p).removeprefix(WP)
        for p in published.properties
        for predicate in (RDFS.domain, RDFS.range)
        if (p, predicate, None) not in published.graph
    }

    assert set(re.findall(r"`wp:(\w+)`", row.evidence)) == bare
