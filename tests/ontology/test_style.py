"""The written form of every RDF file, as a contract.

In ``ontology/``, ``shapes/`` and ``data/`` a folder of Turtle files is one graph.
Prefixes are those of ``NAMESPACES``, only the used ones, sorted, and none is the default prefix.
A resource is one block whose subject stands at column 0; blocks follow one another in the natural order of their IRIs,
but in the ontology the header comes first, then the classes, then the properties.
A term of ours is declared once, in Catalan, Spanish and English; a term of others is named and never described, but
for the file that says which kind of thing each of them is.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from rdflib.namespace import DCTERMS, FOAF, ORG, PROV, QB, RDFS, SKOS, TIME, VANN, DefinedNamespace

from workplan.model.namespaces import DATA, NAMESPACES, ONTOLOGY, WP
from workplan.release.sources import frozen_versions, version_order

ROOT = Path(__file__).parents[2]
DECLARATIONS = ROOT / "ontology" / "declarations.ttl"
ONTOLOGY_FILES = [path for path in sorted((ROOT / "ontology").glob("*.ttl")) if path != DECLARATIONS]
SCHEME_FILES = sorted((ROOT / "ontology" / "schemes").glob("*.ttl"))
VERSION = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
TURTLE_FILES = sorted(path for folder in ("ontology", "shapes", "data") for path in (ROOT / folder).rglob("*.ttl"))
QUERY_FILES = sorted((ROOT / "queries").rglob("*.rq"))
FOLDERS = sorted({path.parent for path in TURTLE_FILES})

LANGUAGES = ["ca", "es", "en"]

BUILT_IN = tuple(NAMESPACES[prefix] for prefix in ("rdf", "rdfs", "owl", "xsd"))
"""The vocabularies that OWL itself knows."""

PUBLISHED: tuple[type[DefinedNamespace], ...] = (DCTERMS, FOAF, ORG, PROV, QB, RDFS, SKOS, TIME, VANN)
"""The vocabularies whose terms rdflib lists, so that a misspelt one can be told."""

_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\s]*>"
    r"|#[^\n]*"
    r"|(?P<declared>(?:@prefix|PREFIX)\s+(?P<name>[\w-]*):\s*<(?P<iri>[^>]*)>)"
    r"|(?<![\w?$@-])(?P<prefix>[A-Za-z][\w-]*|):(?=[\w%])",
    re.DOTALL,
)
"""What must be told apart to see a prefix: strings, IRIs and comments first, since they may look like one."""

_SUBJECT = re.compile(r"^(?![@#\s])(?P<subject><[^>]*>|[\w-]+:[^\s;,]+)", re.MULTILINE)
_LONG_STRING = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""', re.DOTALL)
_OUR_TERM = re.compile(rf"(?:(?<![\w-])wp:|{re.escape(WP)})([A-Za-z]\w*)")


def name_of(path: Path) -> str:
    """The path from the project's root, as tests are told apart by."""
    return path.relative_to(ROOT).as_posix()


each_turtle_file = pytest.mark.parametrize("path", TURTLE_FILES, ids=name_of)
each_prefixed_file = pytest.mark.parametrize("path", [*TURTLE_FILES, *QUERY_FILES], ids=name_of)
each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
each_sorted_file = pytest.mark.parametrize("path", [p for p in TURTLE_FILES if p not in ONTOLOGY_FILES], ids=name_of)
each_scheme = pytest.mark.parametrize("path", SCHEME_FILES, ids=lambda path: path.stem)


@cache
def text_of(path: Path) -> str:
    """What *path* holds, read once."""
    return path.read_text(encoding="utf-8")


@cache
def triples_of(path: Path) -> tuple[Triple, ...]:
    """The triples of *path* in writing order, parsed once."""
    return tuple(quad.triple for quad in parse(path=path, format=RdfFormat.TURTLE))


def triples_in(paths: list[Path]) -> Iterator[Triple]:
    """The triples of all of *paths*."""
    for path in paths:
        yield from triples_of(path)


def iri(prefixed_name: str) -> NamedNode:
    """The IRI that a prefixed name stands for."""
    prefix, _, local = prefixed_name.partition(":")
    return NamedNode(NAMESPACES[prefix] + local)


def values(paths: list[Path], subject: NamedNode, predicate: str) -> list[NamedNode | Literal]:
    """The values that *paths* give to a resource, in writing order."""
    wanted = iri(predicate)
    stated = (t.object for t in triples_in(paths) if t.subject == subject and t.predicate == wanted)
    return [value for value in stated if isinstance(value, NamedNode | Literal)]


def languages(paths: list[Path], subject: NamedNode, predicate: str) -> list[str | None]:
    """The languages of those values, in writing order."""
    return [value.language for value in values(paths, subject, predicate) if isinstance(value, Literal)]


def links(predicate: str) -> Iterator[tuple[NamedNode, NamedNode]]:
    """What the ontology joins by *predicate*, IRI to IRI."""
    wanted = iri(predicate)
    for t in triples_in(ONTOLOGY_FILES):
        if t.predicate == wanted and isinstance(t.subject, NamedNode) and isinstance(t.object, NamedNode):
            yield t.subject, t.object


def typed_as(paths: list[Path], *classes: str) -> set[NamedNode]:
    """The resources that *paths* declare to be of one of *classes*."""
    kinds = {iri(name) for name in classes}
    return {
        t.subject
        for t in triples_in(paths)
        if t.predicate == iri("rdf:type") and t.object in kinds and isinstance(t.subject, NamedNode)
    }


def subjects_in_writing(path: Path) -> list[str]:
    """The IRI of each block of *path*, in the order they are written."""
    return [expanded(match["subject"]) for match in _SUBJECT.finditer(_LONG_STRING.sub('""', text_of(path)))]


def expanded(subject: str) -> str:
    """The IRI of a subject as it is written, in full or prefixed."""
    return subject[1:-1] if subject.startswith("<") else iri(subject).value


def is_ours(subject: str) -> bool:
    """Whether the project minted this IRI."""
    return subject.startswith(ONTOLOGY.removesuffix("ns"))


def natural_order(text: str) -> list[tuple[int, str]]:
    """A key that puts ``action/9`` before ``action/10``, and a resource before its parts."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", text)]


def prefixes_of(path: Path) -> tuple[list[tuple[str, str]], set[str]]:
    """The prefixes that *path* declares, in writing order, and the set of those it uses."""
    found = list(_TOKEN.finditer(text_of(path)))
    declared = [(match["name"], match["iri"]) for match in found if match["declared"]]
    return declared, {match["prefix"] for match in found if match["prefix"] is not None}


CLASSES = typed_as(ONTOLOGY_FILES, "owl:Class")
PROPERTIES = typed_as(ONTOLOGY_FILES, "owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty")
TERMS = sorted(CLASSES | PROPERTIES, key=lambda term: term.value)
each_term = pytest.mark.parametrize("term", TERMS, ids=lambda term: term.value.removeprefix(WP))


@each_prefixed_file
def test_every_prefix_is_the_one_of_namespaces(path: Path) -> None:
    """Someone who has read one file can read them all."""
    declared, _ = prefixes_of(path)

    assert [(name, NAMESPACES.get(name)) for name, _ in declared] == declared


@each_prefixed_file
def test_prefixes_are_sorted_used_and_declared_once(path: Path) -> None:
    """An unused prefix claims a dependence that is not there."""
    declared, used = prefixes_of(path)

    assert [name for name, _ in declared] == sorted(used)


@each_turtle_file
def test_a_resource_is_one_block(path: Path) -> None:
    """Whoever looks for a resource finds all that this file says of it in one place."""
    written = Counter(subjects_in_writing(path))
    parsed = {t.subject.value for t in triples_of(path) if isinstance(t.subject, NamedNode)}

    assert [subject for subject, count in written.items() if count > 1] == []
    assert set(written) == parsed


@each_sorted_file
def test_blocks_are_in_natural_order(path: Path) -> None:
    """A new resource has one right place, so that two authors do not collide."""
    written = subjects_in_writing(path)

    assert written == sorted(written, key=natural_order)


def test_the_ontology_is_written_header_then_classes_then_properties() -> None:
    """The file reads as the documentation does: what there is, then how it is related."""
    classes = sorted((term.value for term in CLASSES), key=str.casefold)
    properties = sorted((term.value for term in PROPERTIES), key=str.casefold)

    assert subjects_in_writing(ROOT / "ontology" / "workplan.ttl") == [ONTOLOGY, *classes, *properties]


@each_turtle_file
def test_a_type_is_the_first_thing_said_of_a_resource(path: Path) -> None:
    """The first line of a block tells what the reader is looking at."""
    rdf_type = iri("rdf:type")
    late = [
        after.subject
        for before, after in pairwise(triples_of(path))
        if after.predicate == rdf_type and before.subject == after.subject and before.predicate != rdf_type
    ]

    assert late == []


@each_turtle_file
def test_languages_come_in_the_order_catalan_spanish_english(path: Path) -> None:
    """A missing translation shows at a glance."""
    disordered = [
        (before.subject, before.predicate)
        for before, after in pairwise(triples_of(path))
        if (before.subject, before.predicate) == (after.subject, after.predicate)
        and isinstance(before.object, Literal)
        and isinstance(after.object, Literal)
        and before.object.language in LANGUAGES
        and after.object.language in LANGUAGES
        and LANGUAGES.index(before.object.language) > LANGUAGES.index(after.object.language)
    ]

    assert disordered == []


@each_folder
def test_no_resource_is_typed_in_two_files_of_a_graph(folder: Path) -> None:
    """One resource, one place."""
    rdf_type = iri("rdf:type")
    places = Counter(
        subject
        for path in sorted(folder.glob("*.ttl"))
        for subject in {t.subject for t in triples_of(path) if t.predicate == rdf_type}
        if isinstance(subject, NamedNode)
    )

    assert [subject for subject, count in places.items() if count > 1] == []


@each_prefixed_file
def test_every_term_of_ours_in_use_is_declared(path: Path) -> None:
    """A misspelt term is silent everywhere else: it just matches nothing."""
    used = set(_OUR_TERM.findall(text_of(path)))

    assert used - {term.value.removeprefix(WP) for term in TERMS} == set()


@each_turtle_file
def test_every_foreign_term_in_use_is_published(path: Path) -> None:
    """A term that its vocabulary does not have promises a meaning that nobody gave it."""
    named = {node.value for t in triples_of(path) for node in (t.predicate, t.object) if isinstance(node, NamedNode)}
    unknown = {
        name
        for name in named
        for vocabulary in PUBLISHED
        if name.startswith(str(vocabulary)) and name != str(vocabulary) and name not in vocabulary
    }

    assert unknown == set()


@each_turtle_file
def test_no_foreign_term_is_described(path: Path) -> None:
    """What others defined is theirs to define; notes on how we use it belong in our shapes."""
    foreign = tuple(namespace for namespace in NAMESPACES.values() if namespace != WP)
    described = {t.subject.value for t in triples_of(path) if isinstance(t.subject, NamedNode)}
    others = {subject for subject in described if subject.startswith(foreign) and not is_ours(subject)}

    assert others == set() or path == DECLARATIONS


def test_the_foreign_terms_that_the_ontology_names_are_declared_and_no_others() -> None:
    """OWL 2 DL asks of a file without imports which kind of thing each name is; nothing else is ours to say."""
    kinds = {
        "rdf:type": "owl:Class",
        "rdfs:subClassOf": "owl:Class",
        "rdfs:domain": "owl:Class",
        "rdfs:range": "owl:Class",
    }
    datatype_properties = typed_as(ONTOLOGY_FILES, "owl:DatatypeProperty")
    named: set[tuple[str, str]] = set()
    for t in triples_in(ONTOLOGY_FILES):
        named.add((t.predicate.value, "owl:AnnotationProperty"))
        for predicate, kind in kinds.items():
            if t.predicate == iri(predicate) and isinstance(t.object, NamedNode):
                named.add((t.object.value, kind))
        if t.predicate == iri("rdfs:subPropertyOf") and isinstance(t.object, NamedNode):
            is_data = t.subject in datatype_properties
            named.add((t.object.value, "owl:DatatypeProperty" if is_data else "owl:ObjectProperty"))
    foreign = {(name, iri(kind).value) for name, kind in named if not is_ours(name) and not name.startswith(BUILT_IN)}
    declared = [(t.subject, t.predicate, t.object) for t in triples_of(DECLARATIONS)]

    assert sorted((s.value, o.value) for s, _, o in declared) == sorted(foreign)  # type: ignore[union-attr]
    assert {p for _, p, _ in declared} == {iri("rdf:type")}


@each_term
def test_every_term_is_in_our_namespace(term: NamedNode) -> None:
    """The ontology declares its own terms and no others."""
    assert term.value.startswith(WP)


@each_term
@pytest.mark.parametrize("predicate", ["rdfs:label", "skos:definition"])
def test_every_term_has_its_label_and_definition_in_three_languages(term: NamedNode, predicate: str) -> None:
    """The documentation shows each term in the reader's language, never in another."""
    assert languages(ONTOLOGY_FILES, term, predicate) == LANGUAGES


@each_term
@pytest.mark.parametrize("predicate", ["skos:scopeNote", "skos:example"])
def test_a_note_or_an_example_comes_in_three_languages(term: NamedNode, predicate: str) -> None:
    """A warning against a false friend is of no use in a language one does not read."""
    assert languages(ONTOLOGY_FILES, term, predicate) in ([], LANGUAGES)


def test_an_example_that_quotes_the_data_quotes_them_right() -> None:
    """A reader who looks for it finds it."""
    data = [path for path in TURTLE_FILES if path.is_relative_to(ROOT / "data")]
    told = {t.object.value for t in triples_in(data) if isinstance(t.object, Literal)}
    examples = [text.value for term in TERMS for text in values(ONTOLOGY_FILES, term, "skos:example")]
    quotes = {quote for text in examples for pair in re.findall("«(.+?)»|“(.+?)”", text) for quote in pair if quote}

    assert quotes
    assert {quote for quote in quotes if not any(quote in text for text in told)} == set()


@each_term
def test_every_definition_is_one_sentence_with_its_full_stop(term: NamedNode) -> None:
    """Genus and difference fit in a sentence; what does not is a scope note."""
    texts = [value.value for value in values(ONTOLOGY_FILES, term, "skos:definition")]

    assert [text for text in texts if not re.fullmatch(r"[^\W\d_][^.]*\.", text)] == []


@each_term
def test_every_term_says_where_it_is_defined_and_how_stable_it_is(term: NamedNode) -> None:
    """A term met alone in someone else's data leads back here."""
    assert values(ONTOLOGY_FILES, term, "rdfs:isDefinedBy") == [NamedNode(ONTOLOGY)]
    assert len(values(ONTOLOGY_FILES, term, "vs:term_status")) == 1


@each_term
def test_every_term_says_since_which_version_it_exists(term: NamedNode) -> None:
    """A reader of an older version knows which terms that version lacks; no term is from the future."""
    (since,) = values(ONTOLOGY_FILES, term, "owl:versionInfo")

    assert re.fullmatch(r"\d+\.\d+\.\d+", since.value)
    assert version_order(since.value) <= version_order(VERSION)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("terms", [CLASSES, PROPERTIES], ids=["classes", "properties"])
def test_no_two_terms_of_a_kind_share_a_label(terms: set[NamedNode], language: str) -> None:
    """A label is how people tell two terms apart."""
    labels = Counter(
        label.value
        for term in terms
        for label in values(ONTOLOGY_FILES, term, "rdfs:label")
        if isinstance(label, Literal) and label.language == language
    )

    assert [label for label, count in labels.items() if count > 1] == []


def test_class_names_are_upper_camel_and_property_names_lower_camel() -> None:
    """A name tells its kind before one looks it up."""
    assert [c.value for c in CLASSES if not c.value.removeprefix(WP)[0].isupper()] == []
    assert [p.value for p in PROPERTIES if not p.value.removeprefix(WP)[0].islower()] == []


def test_a_datatype_property_ranges_over_literals_and_an_object_property_does_not() -> None:
    """A consumer knows from the declaration alone whether to expect a link or a text."""
    literal_types = (NAMESPACES["xsd"], iri("rdfs:Literal").value)
    expected = dict.fromkeys(typed_as(ONTOLOGY_FILES, "owl:DatatypeProperty"), True)
    expected |= dict.fromkeys(typed_as(ONTOLOGY_FILES, "owl:ObjectProperty"), False)
    ranges = {term: kind.value.startswith(literal_types) for term, kind in links("rdfs:range")}

    assert {term for term, literal in ranges.items() if expected[term] is not literal} == set()


def test_no_class_is_both_an_activity_and_an_entity() -> None:
    """PROV-O declares the two disjoint: what is planned and what is done are two resources."""
    above: dict[str, set[str]] = {iri("prov:Plan").value: {iri("prov:Entity").value}}
    for narrower, broader in links("rdfs:subClassOf"):
        above.setdefault(narrower.value, set()).add(broader.value)

    def ancestors(name: str) -> set[str]:
        return {name}.union(*(ancestors(parent) for parent in above.get(name, ())))

    disjoint = {iri("prov:Activity").value, iri("prov:Entity").value}

    assert [c.value for c in CLASSES if disjoint <= ancestors(c.value)] == []


def test_no_term_stands_in_two_domains_or_ranges() -> None:
    """Two domains mean both at once, which is never what their author meant."""
    counts = Counter((predicate, term) for predicate in ("rdfs:domain", "rdfs:range") for term, _ in links(predicate))

    assert [term for term, count in counts.items() if count > 1] == []


def test_the_header_agrees_with_the_version_file() -> None:
    """A release says the same version wherever one looks."""
    ontology = NamedNode(ONTOLOGY)
    citations = values(ONTOLOGY_FILES, ontology, "dcterms:bibliographicCitation")

    assert values(ONTOLOGY_FILES, ontology, "owl:versionInfo") == [Literal(VERSION)]
    assert values(ONTOLOGY_FILES, ontology, "owl:versionIRI") == [NamedNode(f"{ONTOLOGY}/{VERSION}")]
    assert [text for text in citations if not text.value.endswith(f" {VERSION}. {ONTOLOGY}/{VERSION}")] == []


def test_the_header_says_what_a_catalogue_of_vocabularies_asks() -> None:
    """Texts in three languages, licence, author, dates, citation and the preferred prefix."""
    ontology = NamedNode(ONTOLOGY)

    for predicate in ("dcterms:title", "dcterms:abstract", "dcterms:description", "dcterms:bibliographicCitation"):
        assert languages(ONTOLOGY_FILES, ontology, predicate) == LANGUAGES
    for title, citation in zip(
        values(ONTOLOGY_FILES, ontology, "dcterms:title"),
        values(ONTOLOGY_FILES, ontology, "dcterms:bibliographicCitation"),
        strict=True,
    ):
        assert title.value in citation.value
    assert values(ONTOLOGY_FILES, ontology, "vann:preferredNamespacePrefix") == [Literal("wp")]
    assert values(ONTOLOGY_FILES, ontology, "vann:preferredNamespaceUri") == [Literal(WP)]
    for predicate in ("bibo:status", "dcterms:creator", "dcterms:license", "dcterms:publisher", "dcterms:source"):
        assert len(values(ONTOLOGY_FILES, ontology, predicate)) == 1
    created, issued, modified = (
        values(ONTOLOGY_FILES, ontology, predicate)[0].value
        for predicate in ("dcterms:created", "dcterms:issued", "dcterms:modified")
    )
    assert created <= issued <= modified
    assert values(ONTOLOGY_FILES, ontology, "owl:imports") == []


def test_the_header_counts_its_terms_as_they_are() -> None:
    """What a catalogue shows beside the name."""
    ontology = NamedNode(ONTOLOGY)
    deprecated = {t.subject for t in triples_in(ONTOLOGY_FILES) if t.predicate == iri("owl:deprecated")}

    for predicate, terms in (("voaf:classNumber", CLASSES), ("voaf:propertyNumber", PROPERTIES)):
        (count,) = values(ONTOLOGY_FILES, ontology, predicate)
        assert int(count.value) == len(terms - deprecated)


def test_the_header_names_the_vocabularies_that_the_ontology_builds_on() -> None:
    """Those whose terms it specialises, those that it relies on and those that it is described with."""
    ontology = NamedNode(ONTOLOGY)

    def vocabularies(names: set[str]) -> set[str]:
        spaces = [space for space in NAMESPACES.values() if not space.startswith((ONTOLOGY, *BUILT_IN))]
        return {space for space in spaces for name in names if name.startswith(space)}

    broader = {o.value for p in ("rdfs:subClassOf", "rdfs:subPropertyOf") for _, o in links(p)}
    other = {o.value for p in ("rdfs:domain", "rdfs:range", "rdf:type") for s, o in links(p) if s != ontology}
    described = {t.predicate.value for t in triples_in(ONTOLOGY_FILES)} | {o.value for _, o in links("rdf:type")}

    def stated(predicate: str) -> set[str]:
        return {value.value for value in values(ONTOLOGY_FILES, ontology, predicate)}

    assert stated("voaf:specializes") == vocabularies(broader)
    assert stated("voaf:reliesOn") == vocabularies(broader | other)
    assert stated("voaf:metadataVoc") == vocabularies(described) - {NAMESPACES["qb"]}


def test_a_prior_version_is_named_where_one_was_frozen_and_only_there() -> None:
    """A header that names a version which nobody can fetch sends its reader nowhere."""
    earlier = [version for version in frozen_versions() if version_order(version) < version_order(VERSION)]

    assert values(ONTOLOGY_FILES, NamedNode(ONTOLOGY), "owl:priorVersion") == [
        NamedNode(f"{ONTOLOGY}/{version}") for version in earlier[-1:]
    ]


@each_scheme
def test_a_scheme_is_alone_in_the_file_of_its_name(path: Path) -> None:
    """The address of a scheme is the name of its file."""
    assert typed_as([path], "skos:ConceptScheme") == {NamedNode(f"{DATA}scheme/{path.stem}")}


@each_scheme
def test_every_scheme_has_a_label_a_definition_and_says_where_its_members_come_from(path: Path) -> None:
    """Nobody should take a word of ours for a word of the document."""
    scheme = NamedNode(f"{DATA}scheme/{path.stem}")

    for predicate in ("rdfs:label", "skos:definition", "skos:editorialNote"):
        assert languages([path], scheme, predicate) == LANGUAGES


@each_scheme
def test_every_concept_has_labels_a_definition_a_notation_and_its_scheme(path: Path) -> None:
    """A list that people choose from must read well in each language."""
    scheme = NamedNode(f"{DATA}scheme/{path.stem}")
    concepts = typed_as([path], "skos:Concept")

    assert concepts
    for concept in concepts:
        assert languages([path], concept, "skos:prefLabel") == LANGUAGES
        assert languages([path], concept, "skos:definition") == LANGUAGES
        assert values([path], concept, "skos:inScheme") == [scheme]
        assert values([path], concept, "skos:topConceptOf") == [scheme]
        assert values([path], concept, "skos:notation") == [Literal(concept.value.removeprefix(f"{scheme.value}/"))]


@each_scheme
def test_no_two_concepts_of_a_scheme_share_a_label(path: Path) -> None:
    """Two members with one name cannot be told apart in a list."""
    labels = Counter(t.object for t in triples_of(path) if t.predicate == iri("skos:prefLabel"))

    assert [label for label, count in labels.items() if count > 1] == []


@pytest.mark.parametrize("scheme", ["confidence", "execution-status", "rating-3"])
def test_an_ordered_scheme_orders_each_of_its_concepts_once(scheme: str) -> None:
    """A grade left out of the order would silently be left out of every chart."""
    path = ROOT / "ontology" / "schemes" / f"{scheme}.ttl"
    ordered = NamedNode(f"{DATA}scheme/{scheme}/ordered")
    listed = Counter(t.object for t in triples_of(path) if t.predicate == iri("rdf:first"))

    assert typed_as([path], "skos:OrderedCollection") == {ordered}
    assert languages([path], ordered, "rdfs:label") == LANGUAGES
    assert listed == Counter(typed_as([path], "skos:Concept"))


@each_turtle_file
def test_every_shared_concept_in_use_exists(path: Path) -> None:
    """A value that no scheme has is a value that no page can show."""
    known = {t.subject for t in triples_in(SCHEME_FILES)}
    used = {
        t.object
        for t in triples_of(path)
        if isinstance(t.object, NamedNode) and t.object.value.startswith(f"{DATA}scheme/")
    }

    assert used - known == set()
