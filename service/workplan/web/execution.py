"""What pages say of how far actions have come, or that it is not known and whom to ask.

Pure: it asks nothing and knows no request.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from workplan.knowledge.execution import Execution
from workplan.language import long_date

from .resource import Namer, Value


@dataclass(frozen=True)
class Observed:
    """The *grade* of an *indicator* in a *period*; None where none was collected."""

    indicator: Value
    grade: Value | None
    period: Value


@dataclass(frozen=True)
class Tally:
    """How many actions are at each of the *grades* of an *indicator*, the lowest first, and at an *unknown* one."""

    indicator: Value
    grades: Sequence[tuple[Value, int]]
    unknown: int


class ExecutionView(Namer):
    """An *execution* as a reader of *lang* meets it on the day *today*."""

    def __init__(self, execution: Execution, lang: str, today: date) -> None:
        super().__init__(execution.names, lang)
        self.execution = execution
        self._today = today

    @property
    def is_known(self) -> bool:
        """Whether anything is known of what was done."""
        return self.execution.is_known

    @property
    def is_over(self) -> bool:
        """Whether the period of the plan is over."""
        return self.execution.end is not None and self.execution.end < self._today

    @cached_property
    def observed(self) -> list[Observed]:
        """What was last observed by each indicator, how far the action has come first."""
        return [
            Observed(
                self.named(each.indicator), self.named(each.grade) if each.grade else None, self.named(each.period)
            )
            for each in self.execution.observations
        ]

    @cached_property
    def executed(self) -> list[tuple[Value, str, str]]:
        """Each time that it was carried out, with the first and the last day in words, empty where not known."""
        return [
            (self.named(each.iri), self._day(each.started), self._day(each.ended)) for each in self.execution.executed
        ]

    @property
    def done(self) -> int:
        """How many actions were carried out."""
        return len({each.action for each in self.execution.executed})

    @property
    def teams(self) -> list[Value]:
        """The teams that are to carry it out."""
        return [self.named(team) for team in self.execution.teams]

    @property
    def network(self) -> Value | None:
        """The network whose plan it is."""
        return self.named(self.execution.network) if self.execution.network else None

    def tallies(self, actions: int) -> list[Tally]:
        """How many of the plan's *actions* are at which grade, by each indicator that has been observed."""
        counted: dict[str, Counter[str]] = {}
        for each in self.execution.observations:
            of_one = counted.setdefault(each.indicator, Counter())
            of_one.update([each.grade] if each.grade else [])
        return [
            Tally(
                self.named(indicator),
                [(self.named(g), grades[g]) for g in sorted(grades, key=lambda g: self.names[g].place(g))],
                actions - grades.total(),
            )
            for indicator, grades in counted.items()
        ]

    def _day(self, moment: str | None) -> str:
        try:
            return long_date(date.fromisoformat((moment or "")[:10]), self.lang)
        except ValueError:
            return ""
