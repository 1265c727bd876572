"""What only some kinds of resource show: a team's load, an indicator's scale, the making of a plan, what is quoted.

Pure: it asks nothing and knows no request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from pyoxigraph import Literal, NamedNode

from workplan.knowledge.description import text_of
from workplan.knowledge.particulars import Particulars
from workplan.language import long_date, pick
from workplan.model.iris import page_path
from workplan.model.namespaces import DATA, expand

from .resource import Namer, Value

FORESEEN: Final = DATA + "scheme/event-certainty/foreseen"
"""How certain an event is of which no document of the data tells that it took place."""


@dataclass(frozen=True)
class Told:
    """A resource with what is said of it, in *texts*."""

    value: Value
    texts: Sequence[Value]


@dataclass(frozen=True)
class Shared:
    """A *partner* and the number of *actions* shared with it."""

    partner: Value
    actions: int


@dataclass(frozen=True)
class Step:
    """An event of a plan's making: its *day* as data and in words, where it was, how certain it is, its *words*.

    Both forms of the day are empty where none is known.
    """

    value: Value
    day: str
    date: str
    places: Sequence[Value]
    certainty: Sequence[Value]
    words: Sequence[Value]
    is_foreseen: bool
    is_this: bool


@dataclass(frozen=True)
class Part:
    """An *action* in which an organisation takes part, perhaps *through* one of its own, and the *teams* at work on it.

    *why* is the reason of the note at *href* that tells of it.
    """

    action: Value
    through: Value | None
    teams: Sequence[Value]
    why: Value | None
    href: str


class ParticularsView(Namer):
    """The *particulars* of the resource *iri* as a reader of *lang* meets them."""

    def __init__(self, particulars: Particulars, iri: str, lang: str) -> None:
        super().__init__(particulars.names, lang)
        self.particulars = particulars
        self.iri = iri

    @cached_property
    def partners(self) -> list[Shared]:
        """The teams with which a team shares actions, those with most first."""
        load = self.particulars.load
        return [Shared(self.named(iri), count) for iri, count in load.partners.items()] if load else []

    @cached_property
    def levels(self) -> list[Told]:
        """The levels of an indicator's scale, from lowest to highest, with their definitions."""
        return [Told(self.named(iri), self._texts(iri, "skos:definition")) for iri in self.particulars.levels]

    @cached_property
    def mechanisms(self) -> list[Told]:
        """The evaluation mechanisms of the indicator's plan, with what the document adds to them."""
        return [Told(self.named(iri), self._texts(iri, "skos:scopeNote")) for iri in self.particulars.mechanisms]

    @cached_property
    def quoted(self) -> list[Told]:
        """What is shown word for word."""
        return [Told(self.named(iri), self._texts(iri, "wp:verbatim")) for iri in self.particulars.quoted]

    part: Final = expand("wp:involves")
    """The property by which actions name who takes part."""

    @cached_property
    def involved(self) -> list[Part]:
        """Where an organisation takes part."""
        parts = []
        for each in self.particulars.involved:
            teams = self.particulars.told.get(each.action, {}).get(expand("wp:directlyExecutedBy"), ())
            best = pick(each.evidence, self.lang)
            parts.append(
                Part(
                    self.named(each.action),
                    self.named(each.through) if each.through != self.iri else None,
                    [self.named(team.value) for team in teams if isinstance(team, NamedNode)],
                    Value(best[0], self.mark(best[1])) if best and each.assertion else None,
                    page_path(each.assertion or "", self.lang) or "",
                )
            )
        return parts

    @cached_property
    def steps(self) -> list[Step]:
        """The events of a plan's making, in order."""
        return [self._step(iri) for iri in self.particulars.events]

    def _step(self, iri: str) -> Step:
        told = self.particulars.told.get(iri, {})
        days = sorted(term.value for term in told.get(expand("wp:eventDate"), ()) if isinstance(term, Literal))
        certainty = [t.value for t in told.get(expand("wp:eventCertainty"), ()) if isinstance(t, NamedNode)]
        places = sorted(t.value for t in told.get(expand("wp:eventPlace"), ()) if isinstance(t, NamedNode))
        return Step(
            self.named(iri),
            days[0] if days else "",
            long_date(date.fromisoformat(days[0]), self.lang) if days else "",
            [self.named(place) for place in places],
            [self.named(each) for each in certainty],
            self._texts(iri, "wp:verbatim"),
            FORESEEN in certainty,
            iri == self.iri,
        )

    def _texts(self, iri: str, name: str) -> list[Value]:
        """The texts that the property *name* of *iri* has, in the best language for the reader."""
        found = self.particulars.told.get(iri, {}).get(expand(name), ())
        texts = [text_of(term) for term in found if isinstance(term, Literal)]
        best = pick(texts, self.lang)
        return [Value(text, self.mark(tag)) for text, tag in sorted(texts) if best and tag == best[1]]
