"""A term of the ontology, and a rule about it, as a reader of one language meets them.

Pure: it asks nothing and knows no request.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from workplan.knowledge.description import Name, Text
from workplan.knowledge.ontology import Alignment, Term, Usage
from workplan.knowledge.rules import SH, Rule
from workplan.language import gettext, pick
from workplan.model.errors import N_
from workplan.model.namespaces import NAMESPACES, ONTOLOGY, WP, expand
from workplan.release.report import Severity, severity_name

from .resource import Namer, Value, shortened
from .themes import folded

_KINDS: Final = {
    expand("owl:Class"): N_("Classe"),
    expand("owl:ObjectProperty"): N_("Propietat que porta a un recurs"),
    expand("owl:DatatypeProperty"): N_("Propietat amb un valor escrit"),
    expand("owl:AnnotationProperty"): N_("Propietat d'anotació"),
}

_RELATIONS: Final = {
    expand("skos:exactMatch"): N_("el mateix que"),
    expand("skos:closeMatch"): N_("gairebé el mateix que"),
    expand("skos:broadMatch"): N_("més concret que"),
    expand("skos:narrowMatch"): N_("més general que"),
    expand("skos:relatedMatch"): N_("relacionat amb"),
    expand("owl:equivalentClass"): N_("la mateixa classe que"),
    expand("owl:equivalentProperty"): N_("la mateixa propietat que"),
    expand("rdfs:seeAlso"): N_("vegeu també"),
    expand("skos:notation"): N_("element de StratML"),
}
"""How a term stands to that of another vocabulary with which it is aligned, the strongest first."""

_STATUSES: Final = {
    "stable": N_("estable"),
    "testing": N_("en prova"),
    "unstable": N_("pot canviar"),
    "archaic": N_("en desús"),
}
"""What the words of https://www.w3.org/2003/06/sw-vocab-status/note mean to a reader."""

_SEVERITIES: Final = {
    SH + "Violation": Severity.VIOLATION,
    SH + "Warning": Severity.WARNING,
    SH + "Info": Severity.INFO,
}


@dataclass(frozen=True)
class RuleView:
    """A rule: its IRI, how bad it is to break it, and the sentence that who breaks it gets.

    *targets* are what it is laid down for, *property* what it is about.
    """

    iri: str
    severity: str
    kind: str
    sentence: Value
    description: Value | None
    property: Value | None
    targets: Sequence[Value]


RuleGroup = tuple[Value | None, list[RuleView]]
"""The rules about one property, or laid down for one class; None where they are about the whole."""


class Vocabulary(Namer):
    """Terms, those of others too, as a reader of *lang* calls them."""

    def __init__(self, terms: Iterable[Term], names: Mapping[str, Name], lang: str) -> None:
        super().__init__(names, lang)
        self.terms = {term.iri: term for term in terms}

    def term(self, iri: str) -> Value:
        """The term *iri*: ours by its label and leading to its page, another's by its short name."""
        if iri in self.terms:
            return self.best(self.terms[iri].labels, self.address(iri)) or Value(shortened(iri))
        return Value(shortened(iri), href=iri if iri.startswith(("http://", "https://")) else None)

    def address(self, iri: str) -> str:
        """Where the page of our term *iri* is."""
        return f"/{self.lang}/ns/term/{iri.removeprefix(WP)}"

    def best(self, texts: Iterable[Text], href: str | None = None) -> Value | None:
        """The one of *texts* that serves the reader best."""
        found = pick(texts, self.lang)
        return Value(found[0], self.mark(found[1]), href) if found else None

    def rule(self, rule: Rule) -> RuleView:
        """*rule* in the reader's words."""
        severity = _SEVERITIES.get(rule.severity, Severity.VIOLATION)
        return RuleView(
            rule.iri,
            severity_name(severity, self.lang),
            severity.name.lower(),
            self.best(rule.messages) or Value(shortened(rule.iri)),
            self.best(rule.descriptions),
            self._property(rule),
            [self.term(target) for target in rule.targets],
        )

    def _property(self, rule: Rule) -> Value | None:
        """What *rule* is about: ours by its label, another's as the rule calls it."""
        if rule.path is None:
            return None
        own = self.term(rule.path)
        return own if rule.path in self.terms else self.best(rule.names, own.href) or own

    def rules_by_property(self, rules: Iterable[Rule]) -> list[RuleGroup]:
        """*rules* under the properties that they are about, in alphabetical order."""
        return _grouped((view.property, view) for view in map(self.rule, rules))


class TermView:
    """A term, with how the data use it, its *count* there and the *rules* about it."""

    def __init__(
        self,
        term: Term,
        vocabulary: Vocabulary,
        count: int,
        rules: Sequence[Rule] = (),
        usage: Usage | None = None,
        alignments: Sequence[Alignment] = (),
    ) -> None:
        self.term = term
        self.count = count
        self._of = vocabulary
        self._rules = rules
        self._usage = usage
        self._alignments = alignments

    @property
    def label(self) -> Value:
        """What the term is called."""
        return self._of.term(self.term.iri)

    @property
    def href(self) -> str:
        """Where its page is."""
        return self._of.address(self.term.iri)

    @property
    def definition(self) -> Value | None:
        """What it means, in one sentence."""
        return self._of.best(self.term.definitions)

    @property
    def note(self) -> Value | None:
        """What it could be taken for and is not."""
        return self._of.best(self.term.notes)

    @property
    def example(self) -> Value | None:
        """An example in words."""
        return self._of.best(self.term.examples)

    @property
    def change(self) -> Value | None:
        """What has changed in it, or why it is no longer to be used."""
        return self._of.best(self.term.changes)

    @property
    def kind(self) -> str:
        """What kind of term it is, in plain words."""
        return gettext(next((_KINDS[t] for t in _KINDS if t in self.term.types), N_("Terme")), self._of.lang)

    @property
    def kinds(self) -> list[str]:
        """What kinds of term it is, as ontologists write them."""
        return [shortened(iri) for iri in self.term.types]

    @property
    def status(self) -> str:
        """How settled it is."""
        status = self.term.status or ""
        return gettext(_STATUSES.get(status, status), self._of.lang)

    @property
    def parents(self) -> list[Value]:
        """What it is a kind of."""
        return [self._of.term(iri) for iri in self.term.parents]

    @property
    def children(self) -> list[Value]:
        """Which of our terms are a kind of it."""
        return [self._of.term(t.iri) for t in self._of.terms.values() if self.term.iri in t.parents]

    @property
    def opposites(self) -> list[Value]:
        """Which of our terms nothing is of that is of it, whichever of the two says so."""
        said = [t.iri for t in self._of.terms.values() if self.term.iri in t.disjoint]
        return [self._of.term(iri) for iri in (*self.term.disjoint, *said)]

    @property
    def said_of_it(self) -> list[Value]:
        """Our properties that are said of a class and of no other."""
        return [self._of.term(t.iri) for t in self._of.terms.values() if self.term.iri in t.domains]

    @property
    def leading_to_it(self) -> list[Value]:
        """Our properties that lead to a class and to no other."""
        return [self._of.term(t.iri) for t in self._of.terms.values() if self.term.iri in t.ranges]

    @property
    def domains(self) -> list[Value]:
        """What a property is said of."""
        return [self._of.term(iri) for iri in self.term.domains]

    @property
    def ranges(self) -> list[Value]:
        """What a property leads to."""
        return [self._of.term(iri) for iri in self.term.ranges]

    @property
    def replacements(self) -> list[Value]:
        """What to use in its place."""
        return [self._of.term(iri) for iri in self.term.replacements]

    @property
    def alignments(self) -> list[tuple[str, Value, Value | None]]:
        """The terms of other vocabularies that it is aligned with, each after how and before why."""
        order = list(_RELATIONS)
        return [
            (
                gettext(_RELATIONS[each.relation], self._of.lang),
                Value(each.target) if each.scheme else Value(shortened(each.target), href=each.target),
                self._of.best(each.reasons),
            )
            for each in sorted(self._alignments, key=lambda each: order.index(each.relation))
        ]

    @property
    def rule_count(self) -> int:
        """How many rules are about it."""
        return len(self._rules)

    @cached_property
    def rules(self) -> list[RuleGroup]:
        """The rules about it: of a class by property, of a property by what they are laid down for."""
        if self.term.is_class:
            return self._of.rules_by_property(self._rules)
        return _grouped((target, view) for view in map(self._of.rule, self._rules) for target in view.targets)

    def used(self, found: Mapping[str, int]) -> list[tuple[Value, int]]:
        """The terms in *found* with their counts, the most used first; ours before others."""
        ranked = sorted(found.items(), key=lambda pair: (not pair[0].startswith(WP), -pair[1], pair[0]))
        return [(self._of.term(iri), count) for iri, count in ranked]

    @property
    def carried(self) -> list[tuple[Value, int]]:
        """The properties of a class's resources, each with how many have it."""
        return self.used({p: n for p, n in self._usage.carried.items() if p != _TYPE}) if self._usage else []

    @property
    def subjects(self) -> list[tuple[Value, int]]:
        """The classes of what a property is said of."""
        return self.used(_ours_first(self._usage.subjects)) if self._usage else []

    @property
    def objects(self) -> list[tuple[Value, int]]:
        """The classes of what a property leads to."""
        return self.used(_ours_first(self._usage.objects)) if self._usage else []

    @property
    def schemes(self) -> list[tuple[Value, int]]:
        """The lists that a property takes its values from, each with its number of concepts."""
        return [(self._of.named(iri), n) for iri, n in sorted(self._usage.schemes.items())] if self._usage else []

    @property
    def examples(self) -> list[Value]:
        """A few resources that it is said of."""
        return [self._of.named(iri) for iri in self._usage.examples[:EXAMPLES]] if self._usage else []

    @property
    def query(self) -> str:
        """The query that lists every resource that it is said of."""
        name = f"wp:{self.term.local_name}"
        if self.term.is_class:
            head, pattern = "?resource ?label", f"?resource a/rdfs:subClassOf* {name} ."
        else:
            head, pattern = "?resource ?label ?value", f"?resource {name} ?value ."
        return (
            f"PREFIX rdfs: <{NAMESPACES['rdfs']}>\nPREFIX wp: <{ONTOLOGY}#>\n\n"
            f"SELECT DISTINCT {head}\nWHERE {{\n  {pattern}\n"
            "  OPTIONAL {\n    ?resource rdfs:label ?label .\n"
            f'    FILTER (LANG(?label) = "{self._of.lang}")\n  }}\n}}\nORDER BY ?resource'
        )


EXAMPLES: Final = 3
"""Resources that a term's page names; the query lists them all."""

_TYPE: Final = expand("rdf:type")


def _grouped(views: Iterable[tuple[Value | None, RuleView]]) -> list[RuleGroup]:
    """*views* by what each comes with, in alphabetical order, the strictest of a group first."""
    groups: dict[Value | None, list[RuleView]] = {}
    for heading, view in views:
        groups.setdefault(heading, []).append(view)
    order = [severity.name.lower() for severity in Severity]
    for held in groups.values():
        held.sort(key=lambda view: order.index(view.kind))
    return sorted(groups.items(), key=lambda group: (group[0] is None, folded(group[0].text) if group[0] else ""))


def _ours_first(classes: Mapping[str, int]) -> Mapping[str, int]:
    """*classes* without those of others where there is one of ours: who is a team is an org:OrganizationalUnit too."""
    ours = {iri: count for iri, count in classes.items() if iri.startswith(WP)}
    return ours or classes
