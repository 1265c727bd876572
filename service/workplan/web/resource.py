"""What a page shows of a description: facts in an order that reads well, each value marked where a curator added it.

Pure: it asks nothing and knows no request.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property
from itertools import groupby
from typing import Final

from babel import Locale
from pyoxigraph import BlankNode, Literal, NamedNode

from workplan.knowledge.description import Description, Name, Note, Statement, Text, text_of
from workplan.knowledge.particulars import QUOTED
from workplan.knowledge.surroundings import Surroundings
from workplan.language import DEFAULT, as_written, foreign, gettext, long_date, long_moment, number, pick
from workplan.model.errors import N_
from workplan.model.iris import page_path
from workplan.model.namespaces import DATA, GRAPH, NAMESPACES, ONTOLOGY, WP, expand, split
from workplan.model.words import natural

from .headings import APART, FIRST, IN_HEADING, IN_LEAD, IN_WORDS, INVERSE, KEPT_APART_BACK, LAST, TYPE

_XSD: Final = NAMESPACES["xsd"]
_INTEGERS: Final = frozenset(
    _XSD + name for name in ("integer", "positiveInteger", "nonNegativeInteger", "int", "long")
)

_LINE: Final = re.compile(r"/source/[^/#]+#L([0-9]+)")
"""A place in a source document, with its line."""

_ALGORITHM: Final = NAMESPACES["spdx"] + "checksumAlgorithm_"
"""What the addresses of the algorithms of checksums begin with, before the name that people know them by."""

_NOTES: Final[Mapping[str, str]] = {
    "/assertion/": N_("nota d'edició %(code)s"),
    "/gap/": N_("buit %(code)s"),
}
"""What notes without a name are called, by what stands in their addresses before their code."""

_INITIALS: Final = re.compile(r"[A-ZÀ-ÖØ-Þ]{2,8}")
"""A label that only who knows it already can read."""

_TEXTS: Final = ("wp:GuidingCriterion", "wp:DefinitionClause", "wp:Purpose", "wp:Rationale", "wp:DocumentPart")
"""Classes of what is a text."""

_SUMMARY: Final = 280
"""Characters of a summary: sites that show one show no more."""

_SUMMARY_FACTS: Final = 3

FEW: Final = 12
"""Resources of a list up to which it stands in one column."""

_ONE_GROUP: Final = 5
"""Resources of a list up to which it needs no headings by kind."""

MOST_ROWS: Final = 80
"""Statements that a page lists; the downloads hold them all."""

FEWER_ROWS: Final = 10
"""The same of a page that shows a whole plan, and is long without them."""


@dataclass(frozen=True)
class Value:
    """One value as shown: *text* in language *lang* (empty where it needs no mark), *href* where it leads.

    A value that lives within its resource's own address has its facts as *parts* instead of a text.
    """

    text: str
    lang: str = ""
    href: str | None = None
    code: str | None = None
    note: "NoteView | None" = None
    parts: "Sequence[Fact]" = ()


@dataclass(frozen=True)
class NoteView:
    """A curator's note as shown: its page, what it rests on, how sure it is and why; *shared* as a Doubt's."""

    href: str
    basis: Value | None
    confidence: Value | None
    evidence: Value | None
    shared: int = 0


@dataclass(frozen=True)
class Doubt:
    """A doubt about the source: its *name*, its explanation, and the number of resources that it is *shared* by.

    That is 0 where it is told in full, since few resources have it.
    """

    name: Value
    body: Value | None
    shared: int


@dataclass(frozen=True)
class Fact:
    """A property with its values, under the *label* that heads them; *href* is where the property is defined.

    *printed* leads to the places of the document that say so; *property* is the IRI.
    """

    label: str
    lang: str
    href: str | None
    values: Sequence[Value]
    printed: Sequence[Value] = ()
    property: str = ""


@dataclass(frozen=True)
class Backlinks:
    """What points to a resource by the property *prop*, under a *heading* in *lang*, in *groups* by kind.

    A group without a kind is the only one.
    """

    prop: str
    heading: str
    lang: str
    groups: Sequence[tuple[Value | None, Sequence[Value]]]

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(len(values) for _, values in self.groups)

    @property
    def added(self) -> int:
        """How many of them curators added."""
        return sum(value.note is not None for _, values in self.groups for value in values)


@dataclass(frozen=True)
class Standing:
    """How many of a resource's values the document states, and how many were added by a curator alone."""

    stated: int
    curated: int


@dataclass(frozen=True)
class Row:
    """A statement as it is in the data: *graphs* are the graphs' pages with their short names.

    *ident* is the place on the page of a resource that lives within the address of the page's own.
    """

    subject: Value
    predicate: Value
    object: Value
    graphs: Sequence[tuple[str, str]]
    ident: str = ""


def shortened(iri: str) -> str:
    """*iri* as people recognise it: with a prefix, or by its path."""
    if iri.startswith(GRAPH):
        return iri.removeprefix(GRAPH)
    path = (page_path(iri, "") or "").lstrip("/")
    if path and not path.startswith("ns"):
        return path
    return ":".join(split(iri) or ()) or iri


class Namer:
    """Calls resources by the best of their *names* for a reader of *lang*."""

    def __init__(self, names: Mapping[str, Name], lang: str) -> None:
        self.names = names
        self.lang = lang

    def named(self, iri: str, note: NoteView | None = None) -> Value:
        """*iri* by its best label for the reader, leading to its page."""
        name = self.names.get(iri, Name())
        text, tag = pick(name.labels, self.lang) or (self._unlabelled(iri), "")
        href = page_path(iri, self.lang) or (iri if iri.startswith(("http://", "https://")) else None)
        return Value(text, self.mark(tag), href, name.code, note)

    def _unlabelled(self, iri: str) -> str:
        """What *iri* is called that has no label."""
        if about := self.names.get(iri, Name()).about:
            resource, prop = (self.named(each) for each in about)
            return f"{resource.code or resource.text}: {prop.text}"
        if iri.startswith(DATA):
            if line := _LINE.search(iri):
                text = gettext(N_("línia %(n)s del document"), self.lang)
                return text % {"n": number(int(line[1]), self.lang)}
            for mark, text in _NOTES.items():
                _, found, code = iri.partition(mark)
                if found:
                    return gettext(text, self.lang) % {"code": code}
        if iri.startswith(_ALGORITHM):
            return iri.removeprefix(_ALGORITHM).upper()
        return shortened(iri)

    def mark(self, tag: str) -> str:
        """The language tag to mark a text with: none where it is the page's own."""
        return foreign(tag, self.lang)


class ResourceView(Namer):
    """A description as a reader of *lang* meets it, among its *surroundings*."""

    def __init__(self, description: Description, lang: str, surroundings: Surroundings | None = None) -> None:
        super().__init__(description.names, lang)
        self.description = description
        self.surroundings = surroundings or Surroundings()
        self._curated = {(n.subject, n.property, n.value): n for n in description.assertions}
        self._lists = {
            (s.subject, s.predicate.value): s.object for s in description.statements if isinstance(s.subject, BlankNode)
        }
        self._outgoing: dict[str, list[Statement]] = defaultdict(list)
        for statement in description.outgoing():
            self._outgoing[statement.predicate.value].append(statement)
        self._parts: dict[str, dict[str, list[Statement]]] = defaultdict(lambda: defaultdict(list))
        for s in description.statements:
            if isinstance(s.subject, NamedNode) and s.subject.value.startswith(self.iri + "#"):
                self._parts[s.subject.value][s.predicate.value].append(s)

    @property
    def iri(self) -> str:
        """The resource's canonical IRI."""
        return self.description.iri

    @property
    def name(self) -> Name:
        """How the resource is called."""
        return self.names.get(self.iri, Name())

    def is_a(self, name: str) -> bool:
        """Whether the resource is of the class with the prefixed *name*."""
        return expand(name) in self.name.types

    @cached_property
    def code(self) -> str | None:
        """The resource's code, or the initials that it is labelled with where it has a name in full too."""
        return self.name.code or (self.named(self.iri).text if self._in_full else None)

    @cached_property
    def _in_full(self) -> Value | None:
        """The name in full of what is labelled with its initials."""
        label = self.named(self.iri).text
        names = self.values(expand("skos:altLabel")) if self.name.labels and _INITIALS.fullmatch(label) else []
        return next((name for name in names if len(name.text) > len(label)), None)

    @cached_property
    def title(self) -> Value:
        """The resource's name in full, or its label; a note's says what it is about."""
        if self._in_full:
            return replace(self._in_full, href=None, note=None)
        if not self.name.labels:
            for text, prop, about in (
                (N_("Valor que falta: %(property)s"), "wp:aboutProperty", "wp:aboutResource"),
                (N_("Valor afegit: %(property)s"), "rdf:predicate", "rdf:subject"),
            ):
                of = [self.named(iri) for iri in self.values_of(about)]
                what = [self.named(iri) for iri in self.values_of(prop)]
                if of and what:
                    said = gettext(text, self.lang).replace("%(property)s", what[0].text)
                    return Value(f"{said} ({of[0].code or of[0].text})", what[0].lang)
        return replace(self.named(self.iri), href=None)

    @property
    def heading(self) -> str:
        """The title after the resource's code, for a tab, a list of results or a reference."""
        return f"{self.code} · {self.title.text}" if self.code else self.title.text

    def values_of(self, name: str) -> list[str]:
        """The IRIs that are values of the property with the prefixed *name*, in their order."""
        found = [s.object for s in self._outgoing.get(expand(name), ())]
        return [o.value for o in sorted(found, key=self._order) if isinstance(o, NamedNode)]

    @property
    def translation(self) -> Value | None:
        """The graph of translations from which the title comes, where the source says it in other words."""
        if (self.title.text, DEFAULT) in self.name.labels:
            return None
        for prop in ("skos:prefLabel", "rdfs:label"):
            for statement in self._outgoing.get(expand(prop), ()):
                text = statement.object
                graph = next((g for g in statement.graphs if "/translations/" in g), None)
                if graph and isinstance(text, Literal) and text_of(text)[0] == self.title.text:
                    return Value(shortened(graph), href=page_path(graph, self.lang))
        return None

    @property
    def kind(self) -> Value | None:
        """The resource's class, one of ours before any other."""
        kind = kind_of(self.name)
        return self.named(kind) if kind else None

    @property
    def verbatim(self) -> Sequence[Value]:
        """What the source document prints, word for word."""
        return self.values(expand("wp:verbatim"))

    @property
    def is_uncited(self) -> bool:
        """Whether this is a line of action that no action cites."""
        cited = {s.predicate.value for s in self.description.incoming()}
        return self.is_a("wp:ActionLine") and expand("wp:actionLine") not in cited

    @property
    def is_text(self) -> bool:
        """Whether the document's words are all that there is to the resource."""
        return any(self.is_a(name) for name in _TEXTS)

    @property
    def stated_in(self) -> Sequence[Value]:
        """The lines of the source document that state the resource, each leading to its place there."""
        return self._lines(s.object.value for s in self._outgoing.get(expand("wp:statedIn"), ()))

    @cached_property
    def lead(self) -> list[Value]:
        """What says first what the resource is: its definition, an anomaly's explanation, a note's reasons."""
        texts = [value for prop in IN_LEAD for value in self.values(prop)]
        if self.is_a("wp:CuratorAssertion") or self.is_a("wp:DataGap"):
            texts += self.values(expand("wp:evidence"))
        for iri in self.values_of("oa:hasBody"):
            texts += self._shown(self._parts.get(iri, {}).get(expand("rdf:value"), ()))
        return texts

    @cached_property
    def facts(self) -> list[Fact]:
        """The resource's properties with their values, those that its heading shows left out."""
        shown = [p for p in self._outgoing if p not in IN_HEADING | APART | self._led]
        return [self._fact(p, self.values(p)) for p in sorted(shown, key=self._place)]

    @property
    def _led(self) -> frozenset[str]:
        """The properties that the page says before the facts."""
        led = frozenset(QUOTED) | ({expand("skos:altLabel")} if self._in_full else set())
        return led | {*IN_LEAD, expand("oa:hasBody"), expand("wp:evidence")} if self.lead else led

    @property
    def summary(self) -> str:
        """What the resource is and the first of its facts, in a sentence or two of plain text."""
        said = [f"{self.kind.text if self.kind else ''}: {self.title.text}".removeprefix(": ")]
        said += [value.text for value in self.lead[:1] or (self.verbatim[:1] if self.is_text else ())]
        told = [fact for fact in self.facts if fact.property not in LAST]
        for fact in told[:_SUMMARY_FACTS]:
            values = [value.code or value.text for value in fact.values if value.text]
            if values:
                said.append(f"{fact.label[:1].upper()}{fact.label[1:]}: {', '.join(values)}")
        text = ". ".join(part.rstrip(".") for part in said) + "."
        return text if len(text) <= _SUMMARY else text[:_SUMMARY].rsplit(" ", 1)[0].rstrip(".,;:") + "…"

    @cached_property
    def standing(self) -> Standing | None:
        """How much of the facts the document states; None where the data do not tell one from the other."""
        graphs = [
            s.graphs for p, found in self._outgoing.items() if p not in IN_HEADING | APART | self._led for s in found
        ]
        stated = sum(any(graph.endswith("/stated") for graph in each) for each in graphs)
        curated = sum(all(graph.endswith("/curated") for graph in each) for each in graphs)
        return Standing(stated, curated) if stated or curated else None

    @property
    def is_curated(self) -> bool:
        """Whether curators alone hold that there is such a resource."""
        graphs = [graph for s in self._outgoing.get(TYPE, ()) for graph in s.graphs]
        return bool(graphs) and all(graph.endswith("/curated") for graph in graphs)

    @cached_property
    def gaps(self) -> list[Fact]:
        """What the source should say of the resource and does not, each with its reason."""
        return [
            Fact(p.text, p.lang, p.href, (Value("", note=self._noted(gap)),))
            for gap in sorted(self.description.gaps, key=lambda gap: self._shared(gap.iri))
            for p in (self.named(gap.property),)
        ]

    @cached_property
    def anomalies(self) -> list[Doubt]:
        """The doubts about what the source prints here, those of this resource first."""
        doubts = [Doubt(self.named(a.iri), self._best(a.body), self._shared(a.iri)) for a in self.description.anomalies]
        return sorted(doubts, key=lambda doubt: doubt.shared)

    def _shared(self, note: str) -> int:
        """By how many resources what *note* says is shared, where they are many: its own page tells it once for all."""
        count = self.surroundings.shared.get(note, 0)
        return count if count > FEW else 0

    @cached_property
    def backlinks(self) -> list[Backlinks]:
        """What points to the resource, by property; a long list of several kinds by kind."""
        by_property: dict[str, list[Statement]] = defaultdict(list)
        for statement in sorted(self.description.incoming(), key=lambda s: self._order(s.subject)):
            is_told = isinstance(statement.subject, NamedNode) and statement.subject.value != ONTOLOGY
            if is_told and statement.predicate.value not in KEPT_APART_BACK:
                by_property[statement.predicate.value].append(statement)
        return [self._backlinks(prop, by_property[prop]) for prop in sorted(by_property, key=self._place)]

    def _backlinks(self, prop: str, statements: Sequence[Statement]) -> Backlinks:
        groups: dict[str | None, list[Value]] = defaultdict(list)
        for s in statements:
            kind = kind_of(self.names.get(s.subject.value, Name())) if len(statements) > _ONE_GROUP else None
            groups[kind].append(self.named(s.subject.value, self._noted(self._note_of(s))))
        own = self.named(prop)
        heading, lang = (gettext(INVERSE[prop], self.lang), "") if prop in INVERSE else (f"← {own.text}", own.lang)
        if len(groups) == 1:
            return Backlinks(prop, heading, lang, [(None, values) for values in groups.values()])
        return Backlinks(prop, heading, lang, [(self.named(kind) if kind else None, v) for kind, v in groups.items()])

    @cached_property
    def rows(self) -> list[Row]:
        """Every statement from, to and within the resource, as the data hold it, its own first.

        Of a document the places within it are left out: its own page shows them.
        """
        this = NamedNode(self.iri)
        kept = [s for s in self.description.statements if s.subject == this or not _LINE.search(str(s.subject))]

        def place(s: Statement) -> tuple[bool, bool, str, str, str]:
            is_part = str(s.subject).strip("<>") in self._parts
            return (s.subject != this, not is_part, str(s.subject), str(s.predicate), str(s.object))

        rows: list[Row] = []
        seen: set[str] = set()
        for s in sorted(kept, key=place):
            subject = s.subject.value if s.subject.value in self._parts else ""
            ident = subject.partition("#")[2] if subject not in seen else ""
            seen.add(subject)
            graphs = [(page_path(g, self.lang) or g, shortened(g)) for g in sorted(s.graphs)]
            rows.append(Row(self._raw(s.subject), self._raw(s.predicate), self._raw(s.object), graphs, ident))
        return rows

    def listed(self, most: int) -> Iterator[tuple[Row, int]]:
        """The first *most* rows, each with how many from it on have its subject: 0 where one above says so."""
        for _, same in groupby(self.rows[:most], key=lambda row: row.subject):
            first, *others = same
            yield first, 1 + len(others)
            yield from ((row, 0) for row in others)

    def _fact(self, prop: str, values: Sequence[Value]) -> Fact:
        own = self.named(prop)
        if prop in IN_WORDS:
            own = replace(own, text=gettext(IN_WORDS[prop], self.lang), lang="")
        return Fact(own.text, own.lang, own.href, values, self._lines(self.surroundings.printed.get(prop, ())), prop)

    def values(self, prop: str) -> list[Value]:
        """The values of the property *prop*, as shown."""
        return self._shown(self._outgoing.get(prop, ()))

    def _lines(self, fragments: Iterable[str]) -> list[Value]:
        """The lines where *fragments* of the document stand, each leading to the first of its places there."""
        lines: dict[int, str] = {}
        for fragment in sorted(fragments, key=natural):
            found = _LINE.search(fragment)
            if found:
                lines.setdefault(int(found[1]), fragment)
        return [
            Value(number(line, self.lang), href=page_path(fragment, self.lang))
            for line, fragment in sorted(lines.items())
        ]

    def _shown(self, statements: Iterable[Statement]) -> list[Value]:
        """The objects of *statements*; of texts in several languages, those in the best one for the reader."""
        texts, others = [], []
        for s in sorted(statements, key=lambda s: self._order(s.object)):
            if isinstance(s.object, Literal) and s.object.language:
                texts.append(s)
            else:
                others.append(s)
        written = as_written(text_of(s.object) for s in texts if isinstance(s.object, Literal))
        best = pick(written, self.lang)
        texts = [s for s in texts if isinstance(s.object, Literal) and text_of(s.object) in written]
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
            named = self.named(term.value, self._noted(note))
            if term.value in self._parts and not self.names.get(term.value, Name()).labels:
                table = self._parts[term.value]
                parts = [self._fact(p, self._shown(table[p])) for p in sorted(table, key=self._place) if p != TYPE]
                return replace(named, text="", href=None, parts=parts)
            return named
        if isinstance(term, BlankNode):
            return Value(gettext(N_("(sense nom)"), self.lang))
        if statement.predicate.value == expand("dcterms:language"):
            return Value(Locale(self.lang).languages.get(term.value, term.value))
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
                if moment.time() == time():
                    return long_date(moment.date(), self.lang)
                return long_moment(moment, self.lang)
        except ValueError:
            return literal.value
        return literal.value

    def _raw(self, term: NamedNode | BlankNode | Literal) -> Value:
        if isinstance(term, NamedNode):
            href = page_path(term.value, self.lang) or (term.value if term.value.startswith("http") else None)
            return Value(shortened(term.value), href=None if term.value == self.iri else href)
        if isinstance(term, BlankNode):
            return Value(str(term))
        return Value(term.value, self.mark(term.language or ""), code=term.language or shortened(term.datatype.value))

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
            self._shared(note.iri),
        )

    def _best(self, texts: Iterable[Text]) -> Value | None:
        best = pick(texts, self.lang)
        return Value(best[0], self.mark(best[1])) if best else None

    def _order(self, term: NamedNode | BlankNode | Literal) -> tuple[str, int, tuple[str, ...]]:
        name = self.names.get(term.value, Name())
        return (kind_of(name) or "", *name.place(term.value))

    def _place(self, prop: str) -> tuple[int, tuple[str, ...]]:
        place = FIRST.index(prop) if prop in FIRST else len(FIRST) + (prop in LAST)
        return (place, natural(self.named(prop).text))


def kind_of(name: Name) -> str | None:
    """The IRI of the class by which a resource of *name* is best called: one of ours before any other."""
    return min(name.types, key=lambda iri: (not iri.startswith(WP), iri), default=None)
