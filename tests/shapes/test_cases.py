"""What each rule says, case by case, as a contract.

``base.ttl`` is a small network on which no rule has anything to say. A file ``cases/<subject>/{ok,bad}-<why>.ttl``
holds what the case adds to it; its ``# remove:`` lines hold what the case takes away and its ``# expect:`` lines the
results: constraint component, path (``-`` for a rule on the resource as a whole) and severity. Exactly those come out.

All cases are validated in one run, each as a network of its own: rules never reach from one network into another.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from workplan.language import LANGUAGES
from workplan.model.iris import RESERVED
from workplan.model.namespaces import DATA, NAMESPACES
from workplan.release.reading import Reading, Statement, Term, read_all, read_file
from workplan.release.report import Finding
from workplan.release.validation import validate

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CASES = {str(path.relative_to(HERE / "cases").with_suffix("")): path for path in sorted(HERE.glob("cases/*/*.ttl"))}
SHAPES = read_all([ROOT / "shapes"])
BACKGROUND = read_all([ROOT / "ontology"])

PROLOGUE = f"@base <{DATA}> .\n" + "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in NAMESPACES.items())
BASE_NETWORK = f"{DATA}prova"

_DIRECTIVE = re.compile(r"^# (?P<name>expect|remove): (?P<value>.+)$", re.MULTILINE)

Expected = tuple[str, str, str]


def directives(text: str, name: str) -> list[str]:
    """What the comment lines *name* of a case say."""
    return [match["value"] for match in _DIRECTIVE.finditer(text) if match["name"] == name]


def read_turtle(path: Path, text: str) -> list[Statement]:
    """What the file that *path* becomes says once it holds *text*."""
    path.write_text(text, encoding="utf-8")
    return list(read_file(path).lines)


def moved(term: Term, network: str) -> Term:
    """*term* of the base network or its neighbours as one of *network*'s."""
    is_local = isinstance(term, NamedNode) and term.value.startswith(BASE_NETWORK)
    return NamedNode(network + term.value.removeprefix(BASE_NETWORK)) if is_local else term


def reading_of(name: str, statements: Iterable[Statement], network: str) -> Reading:
    """*statements* as a file of *network*."""
    return Reading(name, (), {(moved(s, network), p, moved(o, network)): None for s, p, o in statements})


def case_statements(path: Path, base: Sequence[Statement], scratch: Path) -> list[Statement]:
    """The *base* less what the case at *path* removes, and what it adds."""
    lines = directives(path.read_text(encoding="utf-8"), "remove")
    removed = read_turtle(scratch / "removed.ttl", PROLOGUE + "\n".join(lines))
    assert [statement for statement in removed if statement not in base] == []
    return [statement for statement in base if statement not in removed] + list(read_file(path).lines)


@pytest.fixture(scope="session")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Finding]]:
    """What the rules find, by case; the base is the case ``base``."""
    scratch = tmp_path_factory.mktemp("cases")
    base = list(read_file(HERE / "base.ttl").lines)
    networks = {f"{DATA}case{index:03d}": name for index, name in enumerate(["base", *CASES])}
    readings = [
        reading_of(name, base if name == "base" else case_statements(CASES[name], base, scratch), network)
        for network, name in networks.items()
    ]
    found: dict[str, list[Finding]] = {name: [] for name in networks.values()}
    for finding in validate(readings, SHAPES, BACKGROUND).results:
        assert finding.where
        found[finding.where.file].append(finding)
    return found


def as_expected(finding: Finding) -> Expected:
    """*finding* as a case writes it."""
    return finding.component.rpartition("#")[2], finding.path or "-", finding.severity.name.capitalize()


def test_the_base_network_has_nothing_to_mend(findings: Mapping[str, list[Finding]]) -> None:
    """What a case finds is the case's own doing."""
    assert findings["base"] == []


@pytest.mark.parametrize("name", CASES)
def test_a_case_yields_exactly_what_it_expects(name: str, findings: Mapping[str, list[Finding]]) -> None:
    """One fault, one sentence: neither silence nor an echo."""
    expected = [tuple(line.split()) for line in directives(CASES[name].read_text(encoding="utf-8"), "expect")]

    assert Counter(map(as_expected, findings[name])) == Counter(expected)
    assert bool(expected) == CASES[name].name.startswith("bad-")


def values(predicate: str) -> list[tuple[Term, Term]]:
    """Subject and object of every statement of the shapes with *predicate*."""
    prefix, _, local = predicate.partition(":")
    wanted = NamedNode(NAMESPACES[prefix] + local)
    return [(s, o) for reading in SHAPES for s, p, o in reading.lines if p == wanted]


def test_every_rule_has_a_case_that_breaks_it(findings: Mapping[str, list[Finding]]) -> None:
    """A rule that no file breaks may well be a rule that nothing can break."""
    rules = {subject.value for subject, _ in values("sh:severity") if isinstance(subject, NamedNode)}
    broken = {finding.shape for results in findings.values() for finding in results}

    assert rules - broken == set()


def test_every_sentence_comes_in_three_languages_with_its_value_filled_in(
    findings: Mapping[str, list[Finding]],
) -> None:
    """Whoever has to mend the data reads one of the three."""
    for finding in (finding for results in findings.values() for finding in results):
        assert set(finding.messages) == set(LANGUAGES)
        assert [text for text in finding.messages.values() if "{" in text or not text.endswith(".")] == []


def test_every_property_shape_has_a_name_in_three_languages() -> None:
    """Pages and forms take the name of a field from its shape."""
    shapes = {subject for subject, kind in values("rdf:type") if kind == NamedNode(NAMESPACES["sh"] + "PropertyShape")}
    names = {
        shape: sorted(o.language or "" for s, o in values("sh:name") if s == shape and isinstance(o, Literal))
        for shape in shapes
    }

    assert {shape for shape, languages in names.items() if languages != sorted(LANGUAGES)} == set()


def test_a_shape_calls_a_property_of_ours_as_the_ontology_does() -> None:
    """One word for one thing, in each language."""
    labels: dict[Term, set[Term]] = defaultdict(set)
    names: dict[Term, set[Term]] = defaultdict(set)
    for reading in BACKGROUND:
        for subject, predicate, value in reading.lines:
            if predicate == NamedNode(NAMESPACES["rdfs"] + "label"):
                labels[subject].add(value)
    for shape, name in values("sh:name"):
        names[shape].add(name)

    called = {(shape, path) for shape, path in values("sh:path") if path in labels}
    assert called
    assert {shape for shape, path in called if names[shape] != labels[path]} == set()


def test_no_shape_is_nameless() -> None:
    """A result cites the shape it comes from."""
    kinds = {NamedNode(NAMESPACES["sh"] + name) for name in ("NodeShape", "PropertyShape", "SPARQLConstraint")}

    assert [s for s, kind in values("rdf:type") if kind in kinds and isinstance(s, BlankNode)] == []
    assert [o for _, o in values("sh:property") if isinstance(o, BlankNode)] == []


def test_the_reserved_codes_are_those_of_the_addresses() -> None:
    """A network called like a section of the site could not be reached."""
    following = dict(values("rdf:rest"))
    first = dict(values("rdf:first"))
    listed = []
    node = dict(values("sh:in"))[NamedNode(NAMESPACES["wpsh"] + "ReservedCode")]
    while node in first:
        listed.append(first[node].value)
        node = following[node]

    assert listed == sorted(RESERVED)


def test_the_prefixes_inside_queries_are_those_of_the_project() -> None:
    """A query inside a shape reads as any other query."""
    namespaces = dict(values("sh:namespace"))

    declared = {prefix.value: namespaces[node].value for node, prefix in values("sh:prefix")}
    assert declared == {prefix: NAMESPACES[prefix] for prefix in declared}
