"""A plan's actions against its lines, as the document prints them and as curators propose to read them.

Pure: it asks nothing and knows no request.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from workplan.knowledge.readings import PRINTED, PROPOSED, Tie, tie

from .overview import PlanView
from .resource import Value


@dataclass(frozen=True)
class MatrixRow:
    """An *action* with its tie to each column's line, None where there is none."""

    action: Value
    ties: Sequence[Tie | None]


@dataclass(frozen=True)
class Matrix:
    """The actions of a plan by its lines: *strategic_lines* are the first columns, *action_lines* the others.

    *printed* and *proposed* count each column's actions by either reading.
    """

    strategic_lines: Sequence[Value]
    action_lines: Sequence[Value]
    rows: Sequence[MatrixRow]
    printed: Sequence[int]
    proposed: Sequence[int]

    @property
    def columns(self) -> Sequence[Value]:
        """The lines of all columns."""
        return [*self.strategic_lines, *self.action_lines]

    @property
    def has_proposals(self) -> bool:
        """Whether the two readings differ anywhere."""
        return any(row_tie not in (None, "printed") for row in self.rows for row_tie in row.ties)

    def empty(self, counts: Sequence[int]) -> list[Value]:
        """The lines of action that have no action by the reading of *counts*."""
        return [
            line for line, count in zip(self.columns, counts, strict=True) if not count and line in self.action_lines
        ]


def matrix_of(view: PlanView) -> Matrix:
    """The matrix of the plan of *view*."""
    plan = view.plan
    strategic, lines = plan.of_class("StrategicLine"), plan.of_class("ActionLine")
    columns = [*strategic, *lines]
    ties = [[tie(plan, action, line) for line in columns] for action in plan.of_class("PlannedAction")]
    return Matrix(
        [view.named(line) for line in strategic],
        [view.named(line) for line in lines],
        [MatrixRow(view.named(a), row) for a, row in zip(plan.of_class("PlannedAction"), ties, strict=True)],
        [sum(row[place] in PRINTED for row in ties) for place in range(len(columns))],
        [sum(row[place] in PROPOSED for row in ties) for place in range(len(columns))],
    )
