"""The two readings of how a plan's actions are tied to its lines: what the document prints, and what curators propose.

It may not choose between them.
"""

from typing import Final, Literal

from workplan.model.namespaces import WP

from .plan import PlanOverview

Tie = Literal["printed", "doubted", "proposed", "added"]
"""As printed; printed, while curators propose another line instead; proposed so; added where nothing is printed."""

PRINTED: Final = frozenset[Tie](["printed", "doubted"])
"""The ties of the printed reading."""

PROPOSED: Final = frozenset[Tie](["printed", "proposed", "added"])
"""The ties of the proposed reading."""


def tie(plan: PlanOverview, action: str, line: str) -> Tie | None:
    """How *action* is tied to the strategic line or line of action *line*; None where neither reading ties them."""
    for name in ("strategicLine", "actionLine"):
        if line in plan.values_of(action, name):
            if (action, WP + name, line) in plan.curated:
                return "added"
            return "doubted" if (action, line) in plan.superseded else "printed"
    is_proposed = any(line in plan.values_of(action, f"proposed{kind}") for kind in ("StrategicLine", "ActionLine"))
    return "proposed" if is_proposed else None
