"""What a page shows of a description: facts in an order that reads well, each value marked where a curator added it.

Pure: it asks nothing and knows no request.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Final

from babel.dates import format_datetime
from pyoxigraph import BlankNode, Literal, NamedNode

from workplan.knowledge.description import Description, Name, Note, Statement, Text, text_of
from workplan.language import locale_of, long_date, number, pick
from workplan.model.errors import N_
from workplan.model.iris import page_path
from workplan.model.namespaces import GRAPH, NAMESPACES, WP

_XSD: Final = NAMESPACES["xsd"]
_INTEGERS: Final = frozenset(
    _XSD + name for name in ("integer", "positiveInteger", "nonNegativeInteger", "int", "long")
)


def expand(name: str) -> str:
    """The IRI of the prefixed *name*, for example ``wp:code``."""
    prefix, _, local = name.partition(":")
    return NAMESPACES[prefix] + local


TYPE: Final = expand("rdf:type")

IN_HEADING: Final = frozenset(
    map(expand, ("rdf:type", "rdfs:label", "skos:prefLabel", "dcterms:title", "wp:code", "wp:order", "wp:verbatim"))
)
"""Properties that the page's heading and quotation already show."""

APART: Final = frozenset(map(expand, ("skos:topConceptOf", "skos:notation", "rdfs:isDefinedBy", "wp:statedIn")))
"""Properties that say how the data are kept, not what they are about: shown among all statements only."""

FIRST: Final = tuple(
    map(
        expand,
        (
            "skos:definition",
            "wp:guidingQuestion",
            "wp:strategicLine",
            "wp:proposedStrategicLine",
            "wp:actionLine",
            "wp:proposedActionLine",
            "wp:hasObjective",
            "wp:objectiveOf",
            "wp:directlyExecutedBy",
            "wp:instrument",
            "wp:thematicScope",
            "wp:plannedQuarter",
            "wp:budgetImpact",
            "wp:teamFunction",
            "wp:meetingFrequency",
            "wp:ownership",
            "wp:memberCount",
            "wp:scale",
            "skos:memberList",
            "skos:scopeNote",
            "skos:example",
            "wp:ofNetwork",
            "org:unitOf",
            "wp:planYear",
            "wp:planStatus",
            "wp:aboutResource",
            "wp:aboutProperty",
            "wp:gapReason",
            "rdf:subject",
            "rdf:predicate",
            "rdf:object",
            "wp:inferenceMethod",
            "wp:confidence",
            "wp:evidence",
        ),
    )
)
"""The order in which facts read well; the others follow by their labels."""

INVERSE: Final = {
    expand(name): heading
    for name, heading in {
        "wp:strategicLine": N_("Accions d'aquesta línia estratègica"),
        "wp:actionLine": N_("Accions que despleguen aquesta línia"),
        "wp:directlyExecutedBy": N_("Accions que executa"),
        "wp:instrument": N_("Accions amb aquest instrument"),
        "wp:thematicScope": N_("Accions d'aquest àmbit"),
        "wp:budgetImpact": N_("Accions amb aquest finançament"),
        "wp:hasObjective": N_("Línia estratègica que el persegueix"),
        "wp:meetingFrequency": N_("Equips que es troben amb aquesta periodicitat"),
        "wp:ownership": N_("Equips amb aquesta titularitat"),
        "wp:planStatus": N_("Versions en aquest estat"),
        "wp:scale": N_("Indicadors que fan servir aquesta escala"),
        "wp:ofNetwork": N_("Plans i equips de la xarxa"),
        "wp:elementOf": N_("Elements que formen la versió"),
        "wp:gapReason": N_("Buits amb aquest motiu"),
        "wp:inferenceMethod": N_("Assercions fetes amb aquest mètode"),
        "wp:confidence": N_("Notes amb aquesta confiança"),
        "wp:anomalyType": N_("Anomalies d'aquest tipus"),
        "skos:inScheme": N_("Conceptes de l'esquema"),
        "dcterms:subject": N_("Recursos sobre aquest concepte"),
        "time:intervalIn": N_("Períodes que conté"),
        "prov:hadPrimarySource": N_("Versions fetes a partir d'aquest document"),
        "rdf:type": N_("Recursos d'aquesta classe"),
    }.items()
}
"""How a page calls what points to its resource by a property; any other property is called by its own label."""

_KEPT_APART_BACK: Final = frozenset(
    map(
        expand,
        [
            "rdf:subject",
            "rdf:object",
            "rdf:predicate",
            "wp:aboutResource",
            "oa:hasTarget",
            "skos:topConceptOf",
            "org:unitOf",
            "wp:objectiveOf",
            "dcterms:isVersionOf",
            "dcterms:hasVersion",
            "rdf:first",
            "prov:wasDerivedFrom",
            "prov:wasAttributedTo",
        ],
    )
)
"""Properties whose other end the page shows in another way, or that would only repeat it."""


@dataclass(frozen=True)
class Value:
    """One value as shown: *text* in language *lang* (empty where it needs no mark), *href* where it leads."""

    text: str
    lang: str = ""
    href: str | None = None
    code: str | None = None
    note: "NoteView | None" = None


@dataclass(frozen=True)
class NoteView:
    """A curator's note as shown: its page, what it rests on, how sure it is and why."""

    href: str
    basis: Value | None
    confidence: Value | None
    evidence: Value | None


@dataclass(frozen=True)
class Fact:
    """A property with its values, under the *label* that heads them; *href* is where the property is defined."""

    label: str
    lang: str
    href: str | None
    values: Sequence[Value]


@dataclass(frozen=True)
class Row:
    """A statement as it is in the data: *graphs* are the graphs' pages with their short names."""

    subject: Value
    predicate: Value
    object: Value
    graphs: Sequence[tuple[str, str]]


def shortened(iri: str) -> str:
    """*iri* as people recognise it: with a prefix, or by its path."""
    if iri.startswith(GRAPH):
        return iri.removeprefix(GRAPH)
    path = (page_path(iri, "") or "").lstrip("/")
    if path and not path.startswith("ns"):
        return path
    for prefix, namespace in NAMESPACES.items():
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


class Namer:
    """Calls resources by the best of their *names* for a reader of *lang*."""

    def __init__(self, names: Mapping[str, Name], lang: str) -> None:
        self.names = names
        self.lang = lang

    def named(self, iri: str, note: NoteView | None = None) -> Value:
        """*iri* by its best label for the reader, leading to its page."""
        name = self.names.get(iri, Name())
        text, tag = pick(name.labels, self.lang) or (shortened(iri), "")
        href = page_path(iri, self.lang) or (iri if iri.startswith(("http://", "https://")) else None)
        return Value(text, self.mark(tag), href, name.code, note)

    def mark(self, tag: str) -> str:
        """The language tag to mark a text with: none where it is the page's own."""
        return "" if tag.partition("-")[0] == self.lang else tag


class ResourceView(Namer):
    """A description as a reader of *lang* meets it; *translate* turns an interface text into that language."""

    def __init__(self, description: Description, lang: str, translate: Callable[[str], str]) -> None:
        super().__init__(description.names, lang)
        self.description = description
        self._translate = translate
        self._curated = {(n.subject, n.property, n.value): n for n in description.assertions}
        self._lists = {
            (s.subject, s.predicate.value): s.object for s in description.statements if isinstance(s.subject, BlankNode)
        }
        self._outgoing: dict[str, list[Statement]] = defaultdict(list)
        for statement in description.outgoing():
            self._outgoing[statement.predicate.value].append(statement)

    @property
    def iri(self) -> str:
        """The resource's canonical IRI."""
        return self.description.iri

    @property
    def name(self) -> Name:
        """How the resource is called."""
        return self.names.get(self.iri, Name())

    @property
    def title(self) -> Value:
        """The resource's label, or its path where it has none."""
        return self.named(self.iri)

    @property
    def translation(self) -> Value | None:
        """The graph of translations from which the title comes, where the source is in another language."""
        for prop in ("skos:prefLabel", "rdfs:label"):
            for statement in self._outgoing[expand(prop)]:
                text = statement.object
                graph = next((g for g in statement.graphs if "/translations/" in g), None)
                if graph and isinstance(text, Literal) and text_of(text)[0] == self.title.text:
                    return Value(shortened(graph), href=page_path(graph, self.lang))
        return None

    @property
    def kind(self) -> Value | None:
        """The resource's class, one of ours before any other."""
        types = sorted(self.name.types, key=lambda iri: (not iri.startswith(WP), iri))
        return self.named(types[0]) if types else None

    @property
    def verbatim(self) -> Sequence[Value]:
        """What the source document prints, word for word."""
        return self._values(expand("wp:verbatim"))

    @property
    def stated_in(self) -> Sequence[Value]:
        """The lines of the source document that state the resource, each leading to its place there."""
        fragments = sorted(s.object.value for s in self._outgoing[expand("wp:statedIn")])
        lines: dict[int, str] = {}
        for fragment in fragments:
            found = re.search(r"#L([0-9]+)", fragment)
            if found:
                lines.setdefault(int(found[1]), fragment)
        return [
            Value(number(line, self.lang), href=page_path(fragment, self.lang))
            for line, fragment in sorted(lines.items())
        ]

    @cached_property
    def facts(self) -> list[Fact]:
        """The resource's properties with their values, those that its heading shows left out."""
        shown = [p for p in self._outgoing if p not in IN_HEADING | APART]
        return [self._fact(p, self._values(p)) for p in sorted(shown, key=self._place)]

    @cached_property
    def gaps(self) -> list[Fact]:
        """What the source should say of the resource and does not, each with its reason."""
        return [
            Fact(p.text, p.lang, p.href, (Value("", note=self._noted(gap)),))
            for gap in self.description.gaps
            for p in (self.named(gap.property),)
        ]

    @cached_property
    def anomalies(self) -> list[tuple[Value, Value | None]]:
        """The doubts about what the source prints here: each one's name and explanation."""
        return [(self.named(a.iri), self._best(a.body)) for a in self.description.anomalies]

    def backlinks(self) -> list[Fact]:
        """What points to the resource, by property."""
        by_property: dict[str, list[Value]] = defaultdict(list)
        for statement in sorted(self.description.incoming(), key=lambda s: self._order(s.subject)):
            prop = statement.predicate.value
            if prop in _KEPT_APART_BACK or not isinstance(statement.subject, NamedNode):
                continue
            note = self._note_of(statement)
            by_property[prop].append(self.named(statement.subject.value, self._noted(note)))
        facts = []
        for prop in sorted(by_property, key=self._place):
            own = self.named(prop)
            heading = self._translate(INVERSE[prop]) if prop in INVERSE else f"{own.text} ←"
            facts.append(Fact(heading, "" if prop in INVERSE else own.lang, own.href, by_property[prop]))
        return facts

    def parts(self) -> list[tuple[str, list[Fact]]]:
        """The resources that live within this one's address, by their fragment, each with its facts."""
        parts: dict[str, dict[str, list[Statement]]] = defaultdict(lambda: defaultdict(list))
        for s in self.description.statements:
            if isinstance(s.subject, NamedNode) and s.subject.value.startswith(self.iri + "#"):
                parts[s.subject.value.partition("#")[2]][s.predicate.value].append(s)
        return [
            (fragment, [self._fact(p, self._shown(table[p])) for p in sorted(table, key=self._place) if p != TYPE])
            for fragment, table in sorted(parts.items())
        ]

    def rows(self) -> list[Row]:
        """Every statement from and to the resource, as the data hold it."""
        return [
            Row(
                self._raw(s.subject),
                self._raw(s.predicate),
                self._raw(s.object),
                [(page_path(g, self.lang) or g, shortened(g)) for g in sorted(s.graphs)],
            )
            for s in sorted(
                self.description.statements,
                key=lambda s: (s.subject != NamedNode(self.iri), str(s.subject), str(s.predicate), str(s.object)),
            )
        ]

    def _fact(self, prop: str, values: Sequence[Value]) -> Fact:
        own = self.named(prop)
        return Fact(own.text, own.lang, own.href, values)

    def _values(self, prop: str) -> list[Value]:
        return self._shown(self._outgoing[prop])

    def _shown(self, statements: Iterable[Statement]) -> list[Value]:
        """The objects of *statements*; of texts in several languages, those in the best one for the reader."""
        texts, others = [], []
        for s in sorted(statements, key=lambda s: self._order(s.object)):
            if isinstance(s.object, Literal) and s.object.language:
                texts.append(s)
            else:
                others.append(s)
        best = pick((text_of(s.object) for s in texts if isinstance(s.object, Literal)), self.lang)
        kept = [s for s in texts if isinstance(s.object, Literal) and best and s.object.language == best[1]]
        return [value for s in (*others, *kept) for value in self._members(s)]

    def _members(self, statement: Statement) -> list[Value]:
        """The value of *statement*, or the members of the list that it is, in their order."""
        cell, members = statement.object, []
        while isinstance(cell, BlankNode) and (first := self._lists.get((cell, expand("rdf:first")))) is not None:
            members.append(self._value(replace(statement, object=first)))
            cell = self._lists[cell, expand("rdf:rest")]
        return members or [self._value(statement)]

    def _value(self, statement: Statement) -> Value:
        term, note = statement.object, self._note_of(statement)
        if isinstance(term, NamedNode):
            return self.named(term.value, self._noted(note))
        if isinstance(term, BlankNode):
            return Value(self._translate(N_("(sense nom)")))
        return Value(self._literal(term), self.mark(term.language or ""), note=self._noted(note))

    def _literal(self, literal: Literal) -> str:
        datatype = literal.datatype.value
        try:
            if datatype in _INTEGERS:
                return number(int(literal.value), self.lang)
            if datatype == _XSD + "date":
                return long_date(date.fromisoformat(literal.value), self.lang)
            if datatype == _XSD + "dateTime":
                moment = datetime.fromisoformat(literal.value.replace("Z", "+00:00"))
                return str(format_datetime(moment, "long", locale=locale_of(self.lang)))
        except ValueError:
            return literal.value
        return literal.value

    def _raw(self, term: NamedNode | BlankNode | Literal) -> Value:
        if isinstance(term, NamedNode):
            href = page_path(term.value, self.lang) or (term.value if term.value.startswith("http") else None)
            return Value(shortened(term.value), href=href)
        if isinstance(term, BlankNode):
            return Value(str(term))
        return Value(term.value, term.language or "", code=None if term.language else shortened(term.datatype.value))

    def _note_of(self, statement: Statement) -> Note | None:
        return self._curated.get((statement.subject.value, statement.predicate.value, statement.object))

    def _noted(self, note: Note | None) -> NoteView | None:
        if note is None:
            return None
        return NoteView(
            page_path(note.iri, self.lang) or note.iri,
            self.named(note.basis) if note.basis else None,
            self.named(note.confidence) if note.confidence else None,
            self._best(note.evidence),
        )

    def _best(self, texts: Iterable[Text]) -> Value | None:
        best = pick(texts, self.lang)
        return Value(best[0], self.mark(best[1])) if best else None

    def _order(self, term: NamedNode | BlankNode | Literal) -> tuple[str, int, str, str]:
        name = self.names.get(term.value, Name())
        kind = min(name.types, default="")
        return (kind, name.order or 0, name.code or "", term.value)

    def _place(self, prop: str) -> tuple[int, str]:
        place = FIRST.index(prop) if prop in FIRST else len(FIRST)
        return (place, self.named(prop).text.casefold())
