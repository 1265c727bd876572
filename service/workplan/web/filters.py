"""The filters of a plan's actions: read from an address, and shown with what each further choice would leave.

One choice of each facet, so that a count says exactly what choosing it gives. It may not hold how actions are matched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from workplan.knowledge.facets import FACETS, Facet, choices, counts, left
from workplan.knowledge.readings import tie
from workplan.language import gettext
from workplan.model.errors import N_

from .overview import ActionRow, PlanView, key_of
from .parameters import among
from .resource import Value

NAMES: Final = tuple(facet.name for facet in FACETS)
"""The parameters that filter."""

_TITLES: Final[Mapping[str, str]] = {
    "line": N_("Línia estratègica"),
    "action-line": N_("Línia d'actuació"),
    "team": N_("Equip"),
    "instrument": N_("Instrument"),
    "scope": N_("Àmbit"),
    "budget": N_("Impacte pressupostari"),
}

_LONGEST: Final = 64
"""Characters of a choice in a list: a telephone shows fewer still."""


@dataclass(frozen=True)
class Choice:
    """A choice of a facet: its *key* in addresses, what it is *also* called, the *count* of actions it would leave."""

    key: str
    value: Value
    also: Value | None
    count: int

    @property
    def text(self) -> str:
        """What it is called in a list: its code before its name, cut between words where it is long."""
        whole = " · ".join(filter(None, [self.value.code, self.value.text, self.also.text if self.also else ""]))
        return whole if len(whole) <= _LONGEST else whole[:_LONGEST].rpartition(" ")[0] + "…"


@dataclass(frozen=True)
class FacetView:
    """A facet with its *choices*; *chosen* is the one in force, *without* the address that does without it."""

    name: str
    title: str
    choices: Sequence[Choice]
    chosen: Choice | None
    without: str
    remaining: int


def read(given: Mapping[str, str], view: PlanView) -> dict[str, str]:
    """The IRI that *given* chooses of each facet. Raises BadParameter for what the plan of *view* does not offer."""
    chosen = {}
    for facet in FACETS:
        if facet.name in given:
            offered = {key_of(iri, view.names): iri for iri in choices(view.plan, facet)}
            # Codes are written in capitals, but people type as they like.
            typed = {key.casefold(): key for key in offered}.get(given[facet.name].casefold(), given[facet.name])
            chosen[facet.name] = offered[among(facet.name, typed, tuple(offered)) or ""]
    return chosen


class Filters:
    """The filters of the plan of *view* with *chosen* in force, on the page at *path*."""

    def __init__(self, view: PlanView, chosen: Mapping[str, str], path: str) -> None:
        self._view = view
        self._chosen = chosen
        self.path = path

    @cached_property
    def rows(self) -> list[ActionRow]:
        """The rows of the actions that are left."""
        kept = set(left(self._view.plan, self._chosen))
        return [row for row in self._view.actions if row.iri in kept]

    @cached_property
    def facets(self) -> list[FacetView]:
        """The facets that offer a choice."""
        return [view for facet in FACETS if (view := self._facet(facet)).choices]

    @property
    def active(self) -> list[FacetView]:
        """The facets of which something is chosen."""
        return [facet for facet in self.facets if facet.chosen]

    @cached_property
    def proposed(self) -> list[Value]:
        """The actions that curators propose to read under the chosen line of action, and that the document does not."""
        line = self._chosen.get("action-line")
        plan = self._view.plan
        if line is None:
            return []
        return [self._view.named(a) for a in plan.of_class("PlannedAction") if tie(plan, a, line) == "proposed"]

    def _facet(self, facet: Facet) -> FacetView:
        counted = counts(self._view.plan, facet, self._chosen)
        offered = {
            iri: Choice(key_of(iri, self._view.names), self._view.named(iri), self._view.also(iri), count)
            for iri, count in counted.items()
        }
        others = {name: iri for name, iri in self._chosen.items() if name != facet.name}
        return FacetView(
            facet.name,
            gettext(_TITLES[facet.name], self._view.lang),
            list(offered.values()),
            offered.get(self._chosen.get(facet.name, "")),
            self._address(others),
            len(left(self._view.plan, others)),
        )

    def _address(self, chosen: Mapping[str, str]) -> str:
        return address(self.path, {name: key_of(iri, self._view.names) for name, iri in chosen.items()}) + "#accions"


def address(path: str, given: Mapping[str, str]) -> str:
    """The page at *path* filtered by *given*, the facets in their own order, whatever order they were asked in."""
    kept = {name: given[name] for name in NAMES if given.get(name)}
    return path + (f"?{urlencode(kept)}" if kept else "")
