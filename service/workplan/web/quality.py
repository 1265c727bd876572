"""How good the data are: a page for people, the same figures for programs, the SHACL report.

Every figure comes from the data or from the release's report.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import floor
from typing import Any, Final

from babel.numbers import format_percent
from flask import Blueprint, Response, render_template
from pyoxigraph import NamedNode

from workplan.knowledge.description import Name, Note, Text
from workplan.knowledge.quality import CONFIDENCES, UNSURE, Coverage, Quality, assess, report_graph, tallied
from workplan.language import LANGUAGES, gettext, long_date, pick
from workplan.model.errors import N_, UnknownResource
from workplan.model.formats import TURTLE
from workplan.model.iris import page_path
from workplan.model.namespaces import NAMESPACES
from workplan.model.words import natural
from workplan.release.report import FEW, Severity, severity_name

from .data import service, share
from .resource import Namer, Value

_FOR_WRITERS: Final = re.compile(rf" \((?:{'|'.join(NAMESPACES)}):\w+\)")
"""What a finding says only to who writes the data: the property's name, after what it is called."""

_DAY: Final = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b")

quality = Blueprint("quality", __name__)
quality.after_request(share)


@quality.get("/<any(ca, es, en):lang>/quality")
def show(lang: str) -> str:
    """What is known of the data's quality."""
    return render_template("quality.html", view=QualityView(assess(service().engine, service().release), lang))


@quality.get("/<any(ca, es, en):lang>/quality/unsure")
def show_unsure(lang: str) -> str:
    """What curators added of which another reading can be defended, one by one."""
    return render_template("unsure.html", view=QualityView(assess(service().engine, service().release), lang))


@quality.get("/quality.ttl")
def report() -> Response:
    """The SHACL report of the release. Raises UnknownResource where no release is behind the service."""
    release = service().release
    if release is None:
        raise UnknownResource(
            N_("Les dades són en un magatzem remot, i l'informe de la seva validació no és en aquest servei.")
        )
    return Response(report_graph(release), content_type=TURTLE.content_type)


@quality.get("/quality.json")
def figures() -> Response:
    """The page's figures, with all that they count."""
    running = service()
    found = _as_json(assess(running.engine, running.release), running.version)
    return Response(json.dumps(found, ensure_ascii=False, indent=2), content_type="application/json")


def _as_json(found: Quality, version: str | None) -> dict[str, Any]:
    """All of *found* for programs; *version* is the release's."""
    methods = ((note.basis, note.confidence) for note in found.assertions)
    properties = ((note.property, note.confidence) for note in found.assertions)
    return {
        "release": version,
        "report": found.validation.raw if found.validation else None,
        "gaps": {
            "count": len(found.gaps),
            "counts": _counts("property", "reason", ((gap.property, gap.basis) for gap in found.gaps)),
            "results": [_note(gap, "reason") for gap in found.gaps],
        },
        "anomalies": {
            "count": len(found.anomalies),
            "results": [
                {
                    "iri": anomaly.iri,
                    "labels": _by_language(found.names[anomaly.iri].labels),
                    "type": anomaly.type,
                    "confidence": anomaly.confidence,
                    "targets": anomaly.targets,
                    "body": _by_language(anomaly.body),
                }
                for anomaly in found.anomalies
            ],
        },
        "curated": {
            "count": len(found.assertions),
            "counts": {
                "method": _counts("method", "confidence", methods),
                "property": _counts("property", "confidence", properties),
            },
            "results": [
                _note(note, "method") | {"value": note.value.value if note.value else None} for note in found.assertions
            ],
        },
        "coverage": [
            {
                "scheme" if row.is_scheme else "class": row.group,
                "resources": row.resources,
                "own": row.own,
                "translated": row.translated,
            }
            for row in found.coverage
        ],
    }


def _counts(first: str, second: str, keys: Iterable[tuple[str | None, str | None]]) -> list[dict[str, Any]]:
    return [
        {first: one, second: other, "count": count}
        for one, others in tallied(keys).items()
        for other, count in others.items()
    ]


def _note(note: Note, basis: str) -> dict[str, Any]:
    return {
        "iri": note.iri,
        "resource": note.subject,
        "property": note.property,
        basis: note.basis,
        "confidence": note.confidence,
        "evidence": _by_language(note.evidence),
    }


def _by_language(texts: Iterable[Text]) -> dict[str, str]:
    return {lang: text for text, lang in texts}


@dataclass(frozen=True)
class FindingView:
    """What the validation says of *resources*: a *sentence* after the name of its *severity*."""

    severity: str
    sentence: Value
    resources: Sequence[Value]


@dataclass(frozen=True)
class Noted:
    """A *resource* and the *value* that a note gives it, none for a gap; *note* leads to the note by its number."""

    resource: Value
    value: Value | None
    note: Value


@dataclass(frozen=True)
class Reasoned:
    """What rests on the same *evidence* with the same *confidence*."""

    evidence: Value | None
    confidence: Value | None
    notes: Sequence[Noted]


@dataclass(frozen=True)
class NoteGroup:
    """The *count* notes on a *property* that have one *basis*: a gap's reason or an assertion's method.

    *confidence* is what all of them share; none where they differ.
    """

    ident: str
    property: Value
    basis: Value | None
    confidence: Value | None
    count: int
    parts: Sequence[Reasoned]


@dataclass(frozen=True)
class AnomalyView:
    """An anomaly as shown: *order* is its place among all."""

    order: int
    name: Value
    type: Value | None
    confidence: Value | None
    targets: Sequence[Value]
    body: Value | None


@dataclass(frozen=True)
class Tally:
    """A row of counts: *cells* are in the columns' order, *total* is their sum."""

    name: Value
    cells: Sequence[int]
    total: int


@dataclass(frozen=True)
class Labels:
    """How many have a label in a language: *share* of all in the locale's form, *translated* of them only by us."""

    count: int
    share: str
    translated: int


@dataclass(frozen=True)
class CoverageRow:
    """A class or a scheme with its *labels*, in the interface's languages in their order."""

    name: Value
    resources: int
    labels: Sequence[Labels]


def _in_words(day: str, lang: str) -> str:
    """The ISO *day* in words; as it is where there is no such day."""
    try:
        return long_date(date.fromisoformat(day), lang)
    except ValueError:
        return day


class QualityView(Namer):
    """The data's quality as a reader of *lang* meets it."""

    def __init__(self, found: Quality, lang: str) -> None:
        super().__init__(found.names, lang)
        self.found = found
        self.few = FEW

    @property
    def counts(self) -> Mapping[str, int]:
        """How many findings of each severity, by its name in lower case; none without a validation."""
        held = self.found.validation
        return {severity.name.lower(): held.counts[severity] for severity in Severity} if held else {}

    def findings(self) -> list[FindingView]:
        """What the validation says, worst first, each sentence once."""
        return [
            FindingView(
                severity_name(group.severity, self.lang),
                self._read((text, tag) for tag, text in group.messages.items()),
                [self.named(iri) for iri in group.resources],
            )
            for group in (self.found.validation.groups if self.found.validation else ())
        ]

    def _read(self, messages: Iterable[Text]) -> Value:
        """The best of *messages* as a reader meets it who writes no data, its dates in words."""
        text, lang = pick(messages, self.lang) or ("", "")
        dated = _DAY.sub(lambda day: _in_words(day[0], lang or self.lang), text)
        return Value(_FOR_WRITERS.sub("", dated), self.mark(lang))

    def gaps(self) -> list[NoteGroup]:
        """The gaps by property and reason, the commonest first."""
        return self._grouped(self.found.gaps, "gap")

    def unsure(self) -> list[NoteGroup]:
        """What curators added with so little confidence that another reading can be defended, by property."""
        return self._grouped((note for note in self.found.assertions if note.confidence in UNSURE), "added")

    @property
    def unsure_count(self) -> int:
        """How many those are."""
        return sum(note.confidence in UNSURE for note in self.found.assertions)

    def anomalies(self) -> list[AnomalyView]:
        """Every anomaly, numbered."""
        return [
            AnomalyView(
                order,
                self.named(anomaly.iri),
                self._named(anomaly.type),
                self._degree(anomaly.confidence),
                [self.named(iri) for iri in sorted(anomaly.targets, key=self._order)],
                self._best(anomaly.body),
            )
            for order, anomaly in enumerate(self.found.anomalies, 1)
        ]

    def confidences(self) -> list[Value]:
        """The columns of the tallies: the degrees of confidence, the surest first."""
        return [self.named(iri) for iri in self._confidences()]

    def methods(self) -> list[Tally]:
        """What curators added, by method and confidence."""
        return self._tallies((note.basis, note.confidence) for note in self.found.assertions)

    def properties(self) -> list[Tally]:
        """What curators added, by property and confidence."""
        return self._tallies((note.property, note.confidence) for note in self.found.assertions)

    def coverage(self, *, of_schemes: bool) -> list[CoverageRow]:
        """The labels of each class, or of each scheme's concepts, where at least one resource has any."""
        rows = [
            CoverageRow(self.named(row.group), row.resources, [self._labels(row, lang) for lang in LANGUAGES])
            for row in self.found.coverage
            if row.is_scheme is of_schemes and not row.is_unlabelled
        ]
        return sorted(rows, key=lambda row: natural(row.name.text))

    def has_translations(self) -> bool:
        """Whether any label is a translation made beside the data."""
        return any(any(row.translated.values()) for row in self.found.coverage)

    def unlabelled(self) -> list[tuple[Value, int]]:
        """The classes and schemes whose resources have no label in any language, with how many those are."""
        return [(self.named(row.group), row.resources) for row in self.found.coverage if row.is_unlabelled]

    def _labels(self, row: Coverage, lang: str) -> Labels:
        translated = row.translated.get(lang, 0)
        count = row.own.get(lang, 0) + translated
        # Rounded down: only all of them are 100 %.
        share_of_all = floor(100 * count / row.resources) / 100
        return Labels(count, format_percent(share_of_all, locale=self.lang), translated)

    def _confidences(self) -> list[str]:
        used = {note.confidence for note in self.found.assertions if note.confidence}
        return [*(c for c in CONFIDENCES if c in used), *sorted(used - set(CONFIDENCES))]

    def _tallies(self, keys: Iterable[tuple[str | None, str | None]]) -> list[Tally]:
        return [
            Tally(
                self._named(key) or Value(gettext(N_("(no consta)"), self.lang)),
                [counts.get(confidence, 0) for confidence in self._confidences()],
                sum(counts.values()),
            )
            for key, counts in tallied(keys).items()
        ]

    def _grouped(self, notes: Iterable[Note], kind: str) -> list[NoteGroup]:
        """*notes* by property and basis, the commonest first, and within each by their evidence."""
        by_key: dict[tuple[str, str | None], list[Note]] = defaultdict(list)
        for note in notes:
            by_key[note.property, note.basis].append(note)
        commonest = sorted(by_key.items(), key=lambda item: (-len(item[1]), item[0][0], item[0][1] or ""))
        return [
            self._group(f"{kind}-{order}", prop, basis, found)
            for order, ((prop, basis), found) in enumerate(commonest, 1)
        ]

    def _group(self, ident: str, prop: str, basis: str | None, notes: Sequence[Note]) -> NoteGroup:
        shared = {note.confidence for note in notes}
        confidence = self._degree(shared.pop()) if len(shared) == 1 else None
        return NoteGroup(ident, self.named(prop), self._named(basis), confidence, len(notes), list(self._parts(notes)))

    def _parts(self, notes: Iterable[Note]) -> Iterable[Reasoned]:
        by_evidence: dict[tuple[frozenset[str], str | None], list[Note]] = defaultdict(list)
        for note in notes:
            # Whatever their tags: texts of one wording may be in a language here and in a variety of it there.
            by_evidence[frozenset(text for text, _ in note.evidence), note.confidence].append(note)
        for (_, confidence), found in by_evidence.items():
            yield Reasoned(
                self._best(found[0].evidence), self._degree(confidence), [self._noted(note) for note in found]
            )

    def _noted(self, note: Note) -> Noted:
        return Noted(
            self.named(note.subject),
            self._value(note) if note.value else None,
            Value(note.iri.rpartition("/")[2], href=page_path(note.iri, self.lang) or note.iri),
        )

    def _value(self, note: Note) -> Value:
        if isinstance(note.value, NamedNode):
            return self.named(note.value.value)
        text = note.value.value if note.value else ""
        return Value(text, self.mark(getattr(note.value, "language", None) or ""))

    def _order(self, iri: str) -> tuple[str, int, str]:
        """Where *iri* stands among others: those of a class together, in its own order."""
        name = self.names.get(iri, Name())
        return min(name.types, default="~"), name.order or 0, iri

    def _named(self, iri: str | None) -> Value | None:
        return self.named(iri) if iri else None

    def _degree(self, iri: str | None) -> Value | None:
        """The degree of confidence *iri* by its name alone: the heads of the tallies lead to what it means."""
        return replace(self.named(iri), href=None) if iri else None

    def _best(self, texts: Iterable[Text]) -> Value | None:
        best = pick(texts, self.lang)
        return Value(best[0], self.mark(best[1])) if best else None
