"""What the pages of home and plan show of a plan: its lines, actions, teams and what measures them.

Pure: it asks nothing and knows no request.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from workplan.knowledge.description import Name
from workplan.knowledge.facets import FACETS, counts
from workplan.knowledge.plan import PlanOverview
from workplan.knowledge.readings import PRINTED, PROPOSED, tie
from workplan.language import long_date, number, pick
from workplan.model.iris import data_path, page_path
from workplan.model.namespaces import WP
from workplan.model.words import natural

from .resource import Namer, NoteView, Value


@dataclass(frozen=True)
class LineView:
    """A strategic line: its *objectives*, and its *actions* with how many of them a curator added."""

    value: Value
    objectives: Sequence[Value]
    actions: Sequence[Value]
    added: int


@dataclass(frozen=True)
class ActionRow:
    """An action's row of the plan: each cell a sequence of values."""

    iri: str
    order: str
    value: Value
    strategic_lines: Sequence[Value]
    action_lines: Sequence[Value]
    instruments: Sequence[Value]
    scopes: Sequence[Value]
    teams: Sequence[Value]
    budgets: Sequence[Value]


@dataclass(frozen=True)
class ActionLineView:
    """A line of action with its actions: those that the document *printed*, and those of the reading *proposed*."""

    value: Value
    printed: Sequence[Value]
    proposed: Sequence[Value]

    @property
    def is_disputed(self) -> bool:
        """Whether the two readings differ."""
        return self.printed != self.proposed


@dataclass(frozen=True)
class ScopeView:
    """A subject with the *count* of its actions, its *key* in addresses, and what it is *also* called."""

    value: Value
    also: Value | None
    key: str
    count: int


@dataclass(frozen=True)
class TeamRow:
    """A team with its meetings, who holds it and the actions that it executes."""

    value: Value
    frequency: Sequence[Value]
    ownership: Sequence[Value]
    members: Sequence[str]
    actions: Sequence[Value]


@dataclass(frozen=True)
class QuotedView:
    """What the document says of something in *words*, with its *points*."""

    words: Value
    points: Sequence[Value]


@dataclass(frozen=True)
class QuarterView:
    """A quarter with the *actions* planned for it."""

    value: Value
    actions: Sequence[Value]


@dataclass(frozen=True)
class EventView:
    """An event of the plan's making: its *date* in words, empty where none is known, and how certain it is."""

    value: Value
    date: str
    places: Sequence[Value]
    certainty: Sequence[Value]


def key_of(iri: str, names: Mapping[str, Name]) -> str:
    """What stands for *iri* in an address: its code, or the last part of its own address where it has none."""
    name = names.get(iri)
    return (name.code if name else None) or iri.rpartition("/")[2]


class PlanView(Namer):
    """A plan as a reader of *lang* meets it."""

    def __init__(self, plan: PlanOverview, lang: str) -> None:
        super().__init__(plan.names, lang)
        self.plan = plan

    @property
    def title(self) -> Value:
        """The plan's label."""
        return self.named(self.plan.iri)

    @property
    def network(self) -> Value:
        """The network's label."""
        return self.named(self.plan.network)

    @property
    def matrix_path(self) -> str:
        """The path of the page of its matrix."""
        return f"/{self.lang}/matrix/{data_path(self.plan.iri)}"

    @cached_property
    def has_proposals(self) -> bool:
        """Whether curators propose to read any line of action otherwise than it is printed."""
        return any(line.is_disputed for line in self.action_lines)

    @cached_property
    def lines(self) -> list[LineView]:
        """The strategic lines, in order."""
        return [
            LineView(
                self.named(line),
                [self.named(o) for o in self.plan.values_of(line, "hasObjective")],
                self._actions_of(line, "strategicLine"),
                sum((a, WP + "strategicLine", line) in self.plan.curated for a in self._elements("PlannedAction")),
            )
            for line in self._elements("StrategicLine")
        ]

    @cached_property
    def actions(self) -> list[ActionRow]:
        """The actions, in order."""
        return [
            ActionRow(
                action,
                number(self.names[action].order or 0, self.lang),
                self.named(action),
                *(
                    self._values(action, name)
                    for name in (
                        "strategicLine",
                        "actionLine",
                        "instrument",
                        "thematicScope",
                        "directlyExecutedBy",
                        "budgetImpact",
                    )
                ),
            )
            for action in self._elements("PlannedAction")
        ]

    @cached_property
    def action_lines(self) -> list[ActionLineView]:
        """The lines of action, in order, with the actions of each by either reading."""
        views = []
        for line in self._elements("ActionLine"):
            tied = [(self.named(a), how) for a in self._elements("PlannedAction") if (how := tie(self.plan, a, line))]
            printed, proposed = ([action for action, how in tied if how in of] for of in (PRINTED, PROPOSED))
            views.append(ActionLineView(self.named(line), printed, proposed))
        return views

    @cached_property
    def scopes(self) -> list[ScopeView]:
        """The subjects of the actions, those of most actions first."""
        facet = next(facet for facet in FACETS if facet.name == "scope")
        counted = counts(self.plan, facet, {})
        return [
            ScopeView(self.named(iri), self.also(iri), key_of(iri, self.names), count)
            for iri, count in sorted(counted.items(), key=lambda item: -item[1])
        ]

    def also(self, iri: str) -> Value | None:
        """What the subject *iri* is also called, as where its name is an acronym."""
        found = pick(self.plan.alternatives.get(iri, ()), self.lang)
        return Value(found[0], self.mark(found[1])) if found else None

    @cached_property
    def statuses(self) -> list[Value]:
        """How far the plan has come."""
        return [self.named(status) for status in self.plan.statuses]

    @cached_property
    def teams(self) -> list[TeamRow]:
        """The teams, in order."""
        return [
            TeamRow(
                self.named(team),
                self._values(team, "meetingFrequency"),
                self._values(team, "ownership"),
                [number(int(n), self.lang) for n in self.plan.values_of(team, "memberCount") if n.isdecimal()],
                self._actions_of(team, "directlyExecutedBy"),
            )
            for team in self.plan.teams
        ]

    @cached_property
    def events(self) -> list[EventView]:
        """The events of the plan's making, in order."""
        return [
            EventView(
                self.named(event),
                ", ".join(
                    long_date(date.fromisoformat(day), self.lang) for day in self.plan.values_of(event, "eventDate")
                ),
                self._values(event, "eventPlace"),
                self._values(event, "eventCertainty"),
            )
            for event in self.plan.events
        ]

    def elements(self, local_name: str) -> list[Value]:
        """The elements of the class ``wp:local_name``, in order."""
        return [self.named(iri) for iri in self._elements(local_name)]

    def quoted(self, local_name: str) -> list[QuotedView]:
        """The elements of the class ``wp:local_name`` in the words of the document, with their points."""
        return [
            QuotedView(self._words(iri), [self._words(part) for part in self.plan.parts_of(iri)])
            for iri in self._elements(local_name)
        ]

    def _words(self, iri: str) -> Value:
        """*iri* in the words of the document, or by its label where it has none."""
        named, words = self.named(iri), self.plan.values_of(iri, "verbatim")
        return Value(" ".join(words), self.mark("ca"), named.href) if words else named

    @cached_property
    def quarters(self) -> list[QuarterView]:
        """The quarters for which actions are planned, in order; none where the plan gives none."""
        held: dict[str, list[Value]] = defaultdict(list)
        for action in self._elements("PlannedAction"):
            for quarter in self.plan.values_of(action, "plannedQuarter"):
                held[quarter].append(self._marked(action, "plannedQuarter", quarter, shown=action))
        return [QuarterView(self.named(quarter), held[quarter]) for quarter in sorted(held, key=natural)]

    @cached_property
    def without_quarter(self) -> list[Value]:
        """The actions for which no quarter is planned."""
        return [self.named(a) for a in self._elements("PlannedAction") if not self.plan.values_of(a, "plannedQuarter")]

    @cached_property
    def missing(self) -> list[tuple[Value, int]]:
        """The properties on record as unknown, with the number of elements that lack each."""
        properties = [prop for _, prop in self.plan.gaps]
        return [(self.named(prop), properties.count(prop)) for prop in sorted(set(properties))]

    def _elements(self, local_name: str) -> Sequence[str]:
        return self.plan.of_class(local_name)

    def _actions_of(self, iri: str, local_name: str) -> list[Value]:
        return [
            self._marked(action, local_name, iri, shown=action) for action in self.plan.pointing_to(iri, local_name)
        ]

    def _values(self, iri: str, local_name: str) -> list[Value]:
        return [self._marked(iri, local_name, value, shown=value) for value in self.plan.values_of(iri, local_name)]

    def _marked(self, subject: str, local_name: str, value: str, *, shown: str) -> Value:
        assertion = self.plan.curated.get((subject, WP + local_name, value))
        note = NoteView(page_path(assertion, self.lang) or assertion, None, None, None) if assertion else None
        return self.named(shown, note)
