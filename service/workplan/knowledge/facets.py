"""Choosing among a plan's actions by what is said of them: which some choices leave, and how many a further one would.

It may not decide what a choice is called, or how it is written in an address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .plan import PlanOverview


@dataclass(frozen=True)
class Facet:
    """One thing to choose actions by: its *name*, and the *property* of ours that ties an action to a choice.

    The choices are the plan's elements of the class *elements*, its teams, or else the values that its actions have.
    """

    name: str
    property: str
    elements: str | None = None


FACETS: Final = (
    Facet("line", "strategicLine", "StrategicLine"),
    Facet("action-line", "actionLine", "ActionLine"),
    Facet("team", "directlyExecutedBy", "Team"),
    Facet("instrument", "instrument"),
    Facet("scope", "thematicScope"),
    Facet("budget", "budgetImpact"),
)

Chosen = Mapping[str, str]
"""The IRI chosen of each facet, by the facet's name; of a facet that is not there any would do."""


def choices(plan: PlanOverview, facet: Facet) -> Sequence[str]:
    """What *facet* offers to choose from, in the plan's order."""
    if facet.elements == "Team":
        return plan.teams
    if facet.elements:
        return plan.of_class(facet.elements)
    found = {value for action in plan.of_class("PlannedAction") for value in plan.values_of(action, facet.property)}
    return sorted(found, key=plan.place)


def left(plan: PlanOverview, chosen: Chosen) -> list[str]:
    """The actions of *plan* that have everything *chosen*, in order."""
    wanted = [(facet.property, chosen[facet.name]) for facet in FACETS if facet.name in chosen]
    return [
        action
        for action in plan.of_class("PlannedAction")
        if all(value in plan.values_of(action, prop) for prop, value in wanted)
    ]


def counts(plan: PlanOverview, facet: Facet, chosen: Chosen) -> dict[str, int]:
    """How many actions each choice of *facet* would leave if the others of *chosen* stayed as they are."""
    others = {name: value for name, value in chosen.items() if name != facet.name}
    return {choice: len(left(plan, {**others, facet.name: choice})) for choice in choices(plan, facet)}
