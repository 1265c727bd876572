"""What a person judged of the 2020 plan: its anomalies, its gaps and what is added to it.

Over the files as they are written, before any rule adds to them.
"""

import re
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from workplan.model.namespaces import DATA, NAMESPACES

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "data" / "xmess" / "plan" / "2020" / "v1"
LANGUAGES = ["ca", "es", "en"]
SOURCE = f"{DATA}xmess/source/pla2020"

DESCRIPTION = ["rdf:type", "rdfs:label", "skos:altLabel", "skos:prefLabel", "skos:definition", "skos:scopeNote"]
"""What a resource that exists only in the curated graph says of itself, with nothing to prove."""

NUMBERING = ["skos:ConceptScheme", "skos:Concept", "xkos:Correspondence", "xkos:ConceptAssociation"]
"""Classes of the two numberings, which carry their own confidence and evidence."""

OFF_BY_ONE = [3, 4, 5, 7, 10, 11, 12, *range(17, 30)]
MERGED = sorted({*range(1, 30)} - {1, 2, 8, 11, 13, 17, 25, 27})


def iri(prefixed_name: str) -> NamedNode:
    """The IRI that a prefixed name stands for."""
    prefix, _, local = prefixed_name.partition(":")
    return NamedNode(NAMESPACES[prefix] + local)


def data(path: str) -> NamedNode:
    """The IRI of a resource of ours."""
    return NamedNode(DATA + path)


@cache
def triples_of(folder: Path) -> tuple[Triple, ...]:
    """The triples of the Turtle files of *folder*, and of the folders below it."""
    files = sorted(folder.rglob("*.ttl"))
    return tuple(quad.triple for file in files for quad in parse(path=file, format=RdfFormat.TURTLE))


@cache
def graph(name: str) -> tuple[Triple, ...]:
    """The triples of one graph of the plan version."""
    return triples_of(PLAN / name)


def values(triples: tuple[Triple, ...], subject: NamedNode, predicate: str) -> list[NamedNode | Literal]:
    """The values that *triples* give to a resource, in writing order."""
    return [t.object for t in triples if t.subject == subject and t.predicate == iri(predicate)]


def value(triples: tuple[Triple, ...], subject: NamedNode, predicate: str) -> NamedNode | Literal:
    """The only value that they give."""
    (only,) = values(triples, subject, predicate)
    return only


def languages(triples: tuple[Triple, ...], subject: NamedNode, predicate: str) -> list[str | None]:
    """The languages of those values, in writing order."""
    return [text.language for text in values(triples, subject, predicate) if isinstance(text, Literal)]


def typed(triples: tuple[Triple, ...], *classes: str) -> list[NamedNode]:
    """The resources that *triples* declare to be of one of *classes*, in writing order."""
    kinds = [iri(name) for name in classes]
    return [t.subject for t in triples if t.predicate == iri("rdf:type") and t.object in kinds]


def numbered(kind: str, count: int) -> list[NamedNode]:
    """The IRIs that *count* resources of a kind have when none is skipped."""
    return [data(f"xmess/{kind}/{n:03}") for n in range(1, count + 1)]


def actions(numbers: list[int]) -> set[NamedNode]:
    """The actions of these numbers."""
    return {data(f"xmess/plan/2020/action/{n:02}") for n in numbers}


def reified(assertion: NamedNode) -> Triple:
    """The triple that an assertion of the curated graph is about."""
    terms = (value(graph("curated"), assertion, f"rdf:{part}") for part in ("subject", "predicate", "object"))
    return Triple(*terms)


ANOMALIES = typed(graph("anomalies"), "wp:SourceAnomaly")
ASSERTIONS = typed(graph("curated"), "wp:CuratorAssertion")
GAPS = typed(graph("gaps"), "wp:DataGap")

each_anomaly = pytest.mark.parametrize("anomaly", ANOMALIES, ids=lambda a: a.value.removeprefix(DATA))
each_assertion = pytest.mark.parametrize("assertion", ASSERTIONS, ids=lambda a: a.value.removeprefix(DATA))
each_gap = pytest.mark.parametrize("gap", GAPS, ids=lambda g: g.value.removeprefix(DATA))


@cache
def known() -> frozenset[NamedNode]:
    """Every resource that the data or the ontology say something of."""
    everything = chain(triples_of(ROOT / "data"), triples_of(ROOT / "ontology"))
    return frozenset(t.subject for t in everything if isinstance(t.subject, NamedNode))


def test_anomalies_assertions_and_gaps_are_numbered_without_a_hole() -> None:
    """A number is never reused, so that a missing one would be a resource that someone has lost."""
    assert numbered("anomaly", 24) == ANOMALIES
    assert numbered("assertion", len(ASSERTIONS)) == ASSERTIONS
    assert numbered("gap", 55) == GAPS


@each_anomaly
def test_an_anomaly_says_what_it_is_about_and_of_which_kind(anomaly: NamedNode) -> None:
    """It shows on the page of each resource that it targets, which must exist."""
    targets = values(graph("anomalies"), anomaly, "oa:hasTarget")

    assert targets
    assert set(targets) - known() == set()
    assert value(graph("anomalies"), anomaly, "wp:anomalyType").value.startswith(f"{DATA}scheme/anomaly-type/")
    assert value(graph("anomalies"), anomaly, "wp:confidence").value.startswith(f"{DATA}scheme/confidence/")


@each_anomaly
def test_an_anomaly_is_explained_in_three_languages_in_a_few_sentences(anomaly: NamedNode) -> None:
    """What is odd and how one knows, for whoever reads any of the three."""
    body = value(graph("anomalies"), anomaly, "oa:hasBody")
    texts = values(graph("anomalies"), body, "rdf:value")

    assert body == NamedNode(f"{anomaly.value}#body")
    assert languages(graph("anomalies"), anomaly, "rdfs:label") == LANGUAGES
    assert languages(graph("anomalies"), body, "rdf:value") == LANGUAGES
    assert [text.value for text in texts if not 1 <= len(re.findall(r"[.?](?= [A-ZÀ-Ý«“]|$)", text.value)) <= 4] == []


@each_anomaly
def test_what_would_resolve_an_anomaly_is_an_assertion_and_makes_it_an_edit(anomaly: NamedNode) -> None:
    """A question has no answer yet; a proposed answer is a statement that someone answers for."""
    proposed = values(graph("anomalies"), anomaly, "wp:proposedResolution")
    motive = value(graph("anomalies"), anomaly, "oa:motivatedBy")

    assert set(proposed) <= set(ASSERTIONS)
    assert motive in {iri("oa:editing"), iri("oa:questioning")}
    assert not proposed or motive == iri("oa:editing")


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [("code-mismatch", OFF_BY_ONE), ("merged-cell", MERGED), ("packed-values", [1])],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_the_anomalies_that_rules_rest_on_target_exactly_their_actions(kind: str, numbers: list[int]) -> None:
    """A rule adds a value to each action targeted: one too many would be an invention."""
    of_kind = [t.subject for t in graph("anomalies") if t.object == data(f"scheme/anomaly-type/{kind}")]
    targets = chain.from_iterable(values(graph("anomalies"), anomaly, "oa:hasTarget") for anomaly in of_kind)

    assert sorted(targets, key=str) == sorted(actions(numbers), key=str)


@each_assertion
def test_what_is_asserted_is_in_the_curated_graph(assertion: NamedNode) -> None:
    """An assertion of a statement that nobody made explains nothing."""
    assert reified(assertion) in graph("curated")


@each_assertion
def test_an_assertion_rests_on_fragments_and_says_why_in_three_languages(assertion: NamedNode) -> None:
    """Whoever doubts it can go and read the words."""
    sources = values(graph("curated"), assertion, "prov:wasDerivedFrom")

    assert sources
    assert set(sources) <= set(typed(graph("annotations"), "wp:SourceFragment"))
    assert languages(graph("curated"), assertion, "wp:evidence") == LANGUAGES


@each_assertion
def test_the_words_that_an_assertion_quotes_are_those_of_its_fragments(assertion: NamedNode) -> None:
    """A quotation that the document does not print proves nothing."""
    lines = (PLAN.parent / "source" / "pla-de-treball-2020.txt").read_text(encoding="utf-8").splitlines()
    numbers = (
        re.fullmatch(rf"{re.escape(SOURCE)}#L(\d+)\w*", source.value)
        for source in values(graph("curated"), assertion, "prov:wasDerivedFrom")
    )
    printed = "\n".join(lines[int(number[1]) - 1] for number in numbers if number)
    texts = [text.value for text in values(graph("curated"), assertion, "wp:evidence")]
    quotes = {quote for text in texts for quote in re.findall(r"«([^»]*)»|“([^”]*)”", text)}

    assert [quote for pair in quotes for quote in pair if quote not in printed] == []


def test_whatever_is_added_is_asserted_once() -> None:
    """Of what the document states, nothing is added unaccounted for; names of what is only here need no proof."""
    curated = graph("curated")
    declared = {t.subject for t in curated if t.predicate == iri("rdf:type")}
    apart = {*ASSERTIONS, *typed(curated, *NUMBERING)}
    descriptive = {iri(name) for name in DESCRIPTION}
    added = [
        t for t in curated if t.subject not in apart and not (t.subject in declared and t.predicate in descriptive)
    ]

    assert sorted(map(str, added)) == sorted(str(reified(assertion)) for assertion in ASSERTIONS)


def test_nothing_added_repeats_what_is_stated() -> None:
    """A value of the document's needs no curator."""
    assert set(graph("curated")) & set(graph("stated")) == set()


def test_an_organisation_is_named_in_catalan_as_the_document_prints_it() -> None:
    """A name that cannot be found in the document was invented."""
    text = (PLAN.parent / "source" / "pla-de-treball-2020.txt").read_text(encoding="utf-8")
    named = typed(
        graph("curated"),
        "foaf:Document",
        "org:Organization",
        "org:OrganizationalCollaboration",
        "org:OrganizationalUnit",
    )
    names = [
        name.value
        for resource in named
        for predicate in ("rdfs:label", "skos:altLabel")
        for name in values(graph("curated"), resource, predicate)
        if isinstance(name, Literal) and name.language == "ca"
    ]

    assert len(named) == 11
    assert [name for name in names if name not in text] == []


def test_the_two_numberings_correspond_one_to_the_next() -> None:
    """Seven codes are cited with strategic lines 2 and 3, each one below its line in the list."""
    plan = "xmess/plan/2020"
    correspondence = data(f"{plan}/correspondence/cited-listed")
    pairs = [
        (
            value(graph("curated"), association, "xkos:sourceConcept"),
            value(graph("curated"), association, "xkos:targetConcept"),
        )
        for association in values(graph("curated"), correspondence, "xkos:madeOf")
    ]

    assert set(values(graph("curated"), correspondence, "xkos:compares")) == {
        data(f"{plan}/action-line"),
        data(f"{plan}/cited-action-line"),
    }
    assert pairs == [
        (data(f"{plan}/cited-action-line/{n}"), data(f"{plan}/action-line/{n + 1}"))
        for n in (9, 10, 11, 13, 15, 16, 17)
    ]


@each_gap
def test_a_gap_is_about_a_known_resource_and_says_why(gap: NamedNode) -> None:
    """The reader learns what is missing, from what, why, and how one knows."""
    assert value(graph("gaps"), gap, "wp:aboutResource") in known()
    assert value(graph("gaps"), gap, "wp:gapReason").value.startswith(f"{DATA}scheme/gap-reason/")
    assert value(graph("gaps"), gap, "wp:confidence").value.startswith(f"{DATA}scheme/confidence/")
    assert languages(graph("gaps"), gap, "wp:evidence") == LANGUAGES


def test_no_gap_is_declared_twice() -> None:
    """Two gaps for one absence would be counted as two."""
    about = [
        (value(graph("gaps"), gap, "wp:aboutResource"), value(graph("gaps"), gap, "wp:aboutProperty")) for gap in GAPS
    ]

    assert len(set(about)) == len(about)


@each_gap
def test_no_gap_is_stale(gap: NamedNode) -> None:
    """Where the data hold a value that no curator added, nothing is missing."""
    resource = value(graph("gaps"), gap, "wp:aboutResource")
    missing = value(graph("gaps"), gap, "wp:aboutProperty")
    asserted = {reified(assertion) for assertion in ASSERTIONS}

    assert [
        t for t in triples_of(ROOT / "data") if t.subject == resource and t.predicate == missing and t not in asserted
    ] == []
