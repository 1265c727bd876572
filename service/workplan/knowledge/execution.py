"""What is known of how far actions have come: the latest observation by each indicator, and when they were carried out.

It may not decide what a page shows or in which words, nor hold what a network's indicators are called.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pyoxigraph import QuerySolution

from workplan.engine.query import QueryEngine
from workplan.model.namespaces import DATA

from .asking import resource, solutions
from .description import Name, names_of

STAGES: Final = DATA + "scheme/execution-status/ordered"
"""The scale of the indicators that tell how far an action has come; the shapes know them by it too."""

_ACTION: Final = "BIND (?this AS ?action)"
_PLAN: Final = "?version dcterms:isVersionOf ?this . ?action wp:elementOf ?version ."

_OBSERVED: Final = """
SELECT DISTINCT ?this ?action ?observation ?indicator ?scale ?grade ?period ?begin
WHERE {
  %s
  ?observation wp:refAction ?action ;
    wp:refIndicator ?indicator ;
    sdmx-dimension:refPeriod ?period .
  OPTIONAL { ?indicator wp:scale ?scale }
  OPTIONAL { ?observation wp:ratingValue ?grade }
  OPTIONAL { ?period time:hasBeginning/time:inXSDDate ?begin }
  FILTER NOT EXISTS { ?later prov:wasRevisionOf ?observation }
}
"""

_EXECUTED: Final = """
SELECT DISTINCT ?this ?action ?execution ?started ?ended
WHERE {
  %s
  ?execution wp:executes ?action .
  OPTIONAL { ?execution prov:startedAtTime ?started }
  OPTIONAL { ?execution prov:endedAtTime ?ended }
}
"""

_PERIOD: Final = """
SELECT DISTINCT ?this ?network ?year ?end
WHERE {
  ?this (wp:elementOf/dcterms:isVersionOf)? ?plan .
  ?plan wp:ofNetwork ?network .
  OPTIONAL { ?plan wp:planYear ?year }
  OPTIONAL { ?plan dcterms:temporal/time:hasEnd/time:inXSDDate ?end }
}
"""

_TEAMS: Final = """
SELECT ?this ?team
WHERE {
  ?this wp:directlyExecutedBy ?team .
}
"""


@dataclass(frozen=True)
class Observation:
    """That an *action* was at the *grade* of an *indicator* in a *period*; None where no grade was collected.

    *tells_stage* where the indicator tells how far the action has come.
    """

    iri: str
    action: str
    indicator: str
    grade: str | None
    period: str
    tells_stage: bool


@dataclass(frozen=True)
class Executed:
    """That an *action* was carried out, from the day *started* to the day *ended* as far as these are known."""

    iri: str
    action: str
    started: str | None
    ended: str | None


@dataclass(frozen=True)
class Execution:
    """What is known of how far the actions of a plan, or one action, have come.

    *observations* are the latest of each action and indicator, those that tell the stage first; *teams* and *network*
    answer for the action or the plan; *end* is the last day of the plan's period, None where it is not known.
    """

    observations: Sequence[Observation] = ()
    executed: Sequence[Executed] = ()
    teams: Sequence[str] = ()
    network: str | None = None
    end: date | None = None
    names: Mapping[str, Name] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """Whether anything is known of what was done."""
        return bool(self.observations or self.executed)


def of_action(engine: QueryEngine, action: str) -> Execution:
    """How far *action* has come."""
    return _execution(engine, action, _ACTION)


def of_plan(engine: QueryEngine, plan: str) -> Execution:
    """How far the actions of *plan* have come."""
    return _execution(engine, plan, _PLAN)


def _execution(engine: QueryEngine, iri: str, actions: str) -> Execution:
    this = resource(iri)
    executed = {
        row["execution"].value: Executed(
            row["execution"].value,
            row["action"].value,
            row["started"].value if row["started"] else None,
            row["ended"].value if row["ended"] else None,
        )
        for row in solutions(engine, _EXECUTED % actions, this=this)
    }
    observations = _latest(solutions(engine, _OBSERVED % actions, this=this))
    teams = sorted({row["team"].value for row in solutions(engine, _TEAMS, this=this)})
    periods = list(solutions(engine, _PERIOD, this=this))
    network = periods[0]["network"].value if periods else None
    mentioned = {*teams, *executed, *([network] if network else [])}
    for each in observations:
        mentioned |= {each.indicator, each.period, *([each.grade] if each.grade else [])}
    names = names_of(engine, mentioned) if mentioned else {}

    def place(each: Observation) -> tuple[bool, tuple[int, tuple[str, ...]]]:
        return not each.tells_stage, names[each.indicator].place(each.indicator)

    return Execution(
        sorted(observations, key=place), list(executed.values()), teams, network, _last_day(periods), names
    )


def _latest(rows: Iterable[QuerySolution]) -> list[Observation]:
    """The observation of the latest period for each action and indicator."""
    found: dict[tuple[str, str], list[tuple[tuple[str, str], str, Observation]]] = defaultdict(list)
    for row in rows:
        period = row["period"].value
        observation = Observation(
            row["observation"].value,
            row["action"].value,
            row["indicator"].value,
            row["grade"].value if row["grade"] else None,
            period,
            bool(row["scale"]) and row["scale"].value == STAGES,
        )
        # A period without days is placed before all others, by its identifier, which names the year first.
        when = ("1", row["begin"].value) if row["begin"] else ("0", period)
        found[observation.action, observation.indicator].append((when, observation.iri, observation))
    return [max(each)[2] for each in found.values()]


def _last_day(periods: Sequence[QuerySolution]) -> date | None:
    """The last day of the period of a plan: as the data say, or of its year."""
    for row in periods:
        text = row["end"].value if row["end"] else f"{row['year'].value}-12-31" if row["year"] else ""
        try:
            return date.fromisoformat(text)
        except ValueError:
            continue
    return None
