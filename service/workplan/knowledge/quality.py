"""How good the data are: what a release's validation found, gaps, anomalies, what curators added, labels by language.

It may not decide what a page shows or in which words.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pyoxigraph import NamedNode

from workplan.engine.query import QueryEngine
from workplan.model.namespaces import DATA
from workplan.release.build import Release
from workplan.release.derivation import DERIVED
from workplan.release.report import Severity

from .asking import solutions
from .description import Name, Note, Text, names_of, text_of

_GAPS = """
SELECT ?note ?subject ?property ?basis ?confidence ?evidence
WHERE {
  ?note a wp:DataGap ;
    wp:aboutResource ?subject ;
    wp:aboutProperty ?property .
  OPTIONAL { ?note wp:gapReason ?basis }
  OPTIONAL { ?note wp:confidence ?confidence }
  OPTIONAL { ?note wp:evidence ?evidence }
}
"""

_ASSERTIONS = """
SELECT ?note ?subject ?property ?value ?basis ?confidence ?evidence
WHERE {
  ?note a wp:CuratorAssertion ;
    rdf:subject ?subject ;
    rdf:predicate ?property ;
    rdf:object ?value .
  OPTIONAL { ?note wp:inferenceMethod ?basis }
  OPTIONAL { ?note wp:confidence ?confidence }
  OPTIONAL { ?note wp:evidence ?evidence }
}
"""

_ANOMALIES = """
SELECT ?anomaly ?type ?confidence ?target ?body
WHERE {
  ?anomaly a wp:SourceAnomaly .
  OPTIONAL { ?anomaly wp:anomalyType ?type }
  OPTIONAL { ?anomaly wp:confidence ?confidence }
  OPTIONAL { ?anomaly oa:hasTarget ?target }
  OPTIONAL { ?anomaly oa:hasBody/rdf:value ?body }
}
"""

# A label that the build copied counts where it was copied from; one that is both own and translated counts as own.
_COVERAGE = """
SELECT ?group ?kind ?lang ?translated (COUNT(?resource) AS ?count)
WHERE {
  {
    SELECT ?group ?kind ?resource ?lang (MIN(?translation) AS ?translated)
    WHERE {
      {
        ?resource a ?group .
        FILTER (?group = skos:ConceptScheme || STRSTARTS(STR(?group), STR(wp:)))
        BIND ("class" AS ?kind)
      }
      UNION
      {
        ?resource skos:inScheme ?group .
        BIND ("scheme" AS ?kind)
      }
      {
        ?resource a ?any .
        BIND ("any" AS ?lang)
        BIND (0 AS ?translation)
      }
      UNION
      {
        GRAPH ?graph { ?resource rdfs:label|skos:prefLabel ?label }
        FILTER (?graph != %s)
        BIND (LCASE(STRBEFORE(CONCAT(LANG(?label), "-"), "-")) AS ?lang)
        BIND (IF(CONTAINS(STR(?graph), "/translations/"), 1, 0) AS ?translation)
      }
    }
    GROUP BY ?group ?kind ?resource ?lang
  }
}
GROUP BY ?group ?kind ?lang ?translated
"""

_ANY: Final = "any"
"""What the query above puts for a language where it counts resources whatever their labels."""

CONFIDENCES: Final = tuple(f"{DATA}scheme/confidence/{code}" for code in ("certain", "high", "medium", "low"))
"""Degrees of confidence, the surest first."""

UNSURE: Final = frozenset(CONFIDENCES[2:])
"""Degrees at which another reading can be defended."""


@dataclass(frozen=True)
class FindingGroup:
    """What a validation says, by language, in the same words of each of *resources*."""

    severity: Severity
    messages: Mapping[str, str]
    resources: Sequence[str]


@dataclass(frozen=True)
class Validation:
    """What the validation of a release's *files* files found: *counts* by severity and *groups*, worst first.

    *conforms* tells whether nothing stood in the way of the release; *raw* is the report for programs, as written.
    """

    conforms: bool
    files: int
    counts: Mapping[Severity, int]
    groups: Sequence[FindingGroup]
    raw: Mapping[str, Any]


@dataclass(frozen=True)
class SourceAnomaly:
    """A defect or doubt of the source, of a *type*, about *targets*, as *body* explains."""

    iri: str
    type: str | None = None
    confidence: str | None = None
    targets: tuple[str, ...] = ()
    body: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Coverage:
    """How many of the *resources* of a *group* have a label, by language: *own*, or only one *translated* by us.

    The group is a class, or a scheme where *is_scheme*: then its resources are its concepts.
    """

    group: str
    is_scheme: bool
    resources: int
    own: Mapping[str, int]
    translated: Mapping[str, int]

    @property
    def is_unlabelled(self) -> bool:
        """Whether none of the resources has a label in any language."""
        return not self.own and not self.translated


@dataclass(frozen=True)
class Quality:
    """All of it; no *validation* where no release is behind the engine. *names* names everything mentioned."""

    validation: Validation | None
    gaps: Sequence[Note]
    anomalies: Sequence[SourceAnomaly]
    assertions: Sequence[Note]
    coverage: Sequence[Coverage]
    names: Mapping[str, Name] = field(default_factory=dict)


def assess(engine: QueryEngine, release: Release | None) -> Quality:
    """How good the data behind *engine* are, with what the validation of their *release* found."""
    validation = read_validation(release) if release else None
    gaps, assertions = _notes(engine, _GAPS), _notes(engine, _ASSERTIONS)
    found = Quality(validation, gaps, _anomalies(engine), assertions, _coverage(engine))
    return replace(found, names=names_of(engine, _mentioned(found)))


def read_validation(release: Release) -> Validation:
    """What the validation of *release* found, findings that say the same of several resources together."""
    raw = json.loads(release.read("report.json"))
    resources: dict[tuple[Severity, str, tuple[Text, ...]], list[str]] = defaultdict(list)
    for result in raw["results"]:
        severity = Severity[result["severity"].upper()]
        resources[severity, result["shape"], tuple(sorted(result["messages"].items()))].append(result["focus"])
    return Validation(
        raw["conforms"],
        raw["files"],
        {severity: raw["counts"][severity.name.lower()] for severity in Severity},
        [FindingGroup(severity, dict(messages), foci) for (severity, _, messages), foci in resources.items()],
        raw,
    )


def report_graph(release: Release) -> bytes:
    """The SHACL report of *release*, as Turtle."""
    return release.read("report.ttl")


def _mentioned(found: Quality) -> set[str]:
    """Every IRI that *found* holds."""
    mentioned = {coverage.group for coverage in found.coverage}
    for note in (*found.gaps, *found.assertions):
        mentioned |= {iri for iri in (note.subject, note.property, note.basis, note.confidence) if iri}
        mentioned |= {note.value.value} if isinstance(note.value, NamedNode) else set()
    for anomaly in found.anomalies:
        mentioned |= {iri for iri in (anomaly.iri, anomaly.type, anomaly.confidence, *anomaly.targets) if iri}
    for group in found.validation.groups if found.validation else ():
        mentioned |= {iri for iri in group.resources if iri.startswith("http")}
    return mentioned


def _notes(engine: QueryEngine, text: str) -> list[Note]:
    """The notes that *text* finds, sorted."""
    found: dict[str, Note] = {}
    evidence: dict[str, set[Text]] = defaultdict(set)
    for row in solutions(engine, text):
        iri = row["note"].value
        found[iri] = Note(
            iri,
            row["subject"].value,
            row["property"].value,
            row["value"] if text is _ASSERTIONS else None,
            row["basis"].value if row["basis"] else None,
            row["confidence"].value if row["confidence"] else None,
        )
        evidence[iri] |= {text_of(row["evidence"])} if row["evidence"] else set()
    return [replace(note, evidence=tuple(sorted(evidence[iri]))) for iri, note in sorted(found.items())]


def _anomalies(engine: QueryEngine) -> list[SourceAnomaly]:
    """Every anomaly, sorted."""
    found: dict[str, SourceAnomaly] = {}
    targets: dict[str, set[str]] = defaultdict(set)
    bodies: dict[str, set[Text]] = defaultdict(set)
    for row in solutions(engine, _ANOMALIES):
        iri = row["anomaly"].value
        found[iri] = SourceAnomaly(
            iri,
            row["type"].value if row["type"] else None,
            row["confidence"].value if row["confidence"] else None,
        )
        targets[iri] |= {row["target"].value} if row["target"] else set()
        bodies[iri] |= {text_of(row["body"])} if row["body"] else set()
    return [
        replace(anomaly, targets=tuple(sorted(targets[iri])), body=tuple(sorted(bodies[iri])))
        for iri, anomaly in sorted(found.items())
    ]


def _coverage(engine: QueryEngine) -> list[Coverage]:
    """The labels of the resources of each class of ours and of the concepts of each scheme, sorted: classes first."""
    totals: Counter[tuple[str, str]] = Counter()
    own: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    translated: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in solutions(engine, _COVERAGE % DERIVED):
        key, lang, count = (row["kind"].value, row["group"].value), row["lang"].value, int(row["count"].value)
        if lang == _ANY:
            totals[key] = count
        else:
            (translated if int(row["translated"].value) else own)[key][lang] = count
    return [Coverage(key[1], key[0] == "scheme", totals[key], own[key], translated[key]) for key in sorted(totals)]


def tallied(keys: Iterable[tuple[str | None, str | None]]) -> dict[str | None, dict[str | None, int]]:
    """How many times each first member of *keys* comes with each second one; the commonest first."""
    found: dict[str | None, Counter[str | None]] = defaultdict(Counter)
    for first, second in keys:
        found[first][second] += 1
    return {
        first: dict(counts)
        for first, counts in sorted(found.items(), key=lambda item: (-item[1].total(), item[0] or ""))
    }
