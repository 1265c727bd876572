"""A whole plan at a glance: its elements with their values, its teams, its gaps.

It may not decide what a page shows or in which words.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from workplan.engine.query import QueryEngine
from workplan.model.namespaces import NAMESPACES, WP

from .asking import solutions
from .description import Name, Text, names_of, text_of
from .execution import Execution, of_plan

_PLANS = """
SELECT ?plan ?network ?year
WHERE {
  ?plan a wp:WorkPlan ;
    wp:ofNetwork ?network .
  ?version dcterms:isVersionOf ?plan .
  OPTIONAL { ?plan wp:planYear ?year }
}
ORDER BY DESC(?year) ?plan
"""

_ELEMENTS = """
SELECT ?this ?element ?property ?value
WHERE {
  ?version dcterms:isVersionOf ?this .
  ?element wp:elementOf ?version ;
    ?property ?value .
  FILTER (isIRI(?value) || ?property IN (wp:code, wp:order, wp:verbatim))
}
"""

_TEAMS = """
SELECT ?this ?team ?property ?value
WHERE {
  ?this wp:ofNetwork ?network .
  ?team a wp:Team ;
    wp:ofNetwork ?network ;
    ?property ?value .
}
"""

_EVENTS = """
SELECT ?this ?event ?property ?value
WHERE {
  ?version dcterms:isVersionOf ?this .
  ?event wp:concerns ?version ;
    ?property ?value .
}
"""

_CURATED = """
SELECT ?this ?assertion ?element ?property ?value
WHERE {
  ?version dcterms:isVersionOf ?this .
  ?element wp:elementOf ?version .
  ?assertion rdf:subject ?element ;
    rdf:predicate ?property ;
    rdf:object ?value .
}
"""

_GAPS = """
SELECT ?this ?element ?property
WHERE {
  ?version dcterms:isVersionOf ?this .
  ?element wp:elementOf ?version .
  ?gap wp:aboutResource ?element ;
    wp:aboutProperty ?property .
}
"""

_STATUS = """
SELECT ?this ?status
WHERE {
  ?version dcterms:isVersionOf ?this ;
    wp:planStatus ?status .
}
"""

_ALTERNATIVES = """
SELECT ?this ?scope ?label
WHERE {
  ?version dcterms:isVersionOf ?this .
  ?action wp:elementOf ?version ;
    wp:thematicScope ?scope .
  ?scope skos:altLabel ?label .
}
"""

_SUPERSEDED = """
SELECT ?this ?action ?printed
WHERE {
  ?version dcterms:isVersionOf ?this .
  ?action wp:elementOf ?version ;
    wp:proposedActionLine ?proposed ;
    wp:actionLine ?printed .
  ?printed wp:order ?order .
  ?association xkos:targetConcept ?proposed ;
    xkos:sourceConcept/skos:notation ?number .
  FILTER (STR(?order) = ?number)
}
"""

_TYPE = NAMESPACES["rdf"] + "type"

Values = Mapping[str, Sequence[str]]
"""A resource's values by property IRI, as IRIs or plain text."""


@dataclass(frozen=True)
class PlanOverview:
    """One plan: its *elements* by class IRI, in order; each element's *values*; the network's *teams*, in order.

    *events* are those of its making, in order; *statuses* how far its versions have come. *curated* holds the assertion
    behind each (element, property, value) that curators added, *gaps* the (element, property) on record as unknown.
    *superseded* are the printed (action, line of action) in whose place curators propose another line. *alternatives*
    are other names of the subjects of actions, and *execution* is what is known of what was done.
    *names* names everything mentioned.
    """

    iri: str
    network: str
    elements: Mapping[str, Sequence[str]]
    values: Mapping[str, Values]
    teams: Sequence[str]
    events: Sequence[str]
    curated: Mapping[tuple[str, str, str], str]
    gaps: frozenset[tuple[str, str]]
    statuses: Sequence[str]
    superseded: frozenset[tuple[str, str]]
    alternatives: Mapping[str, Sequence[Text]]
    execution: Execution
    names: Mapping[str, Name]

    def of_class(self, local_name: str) -> Sequence[str]:
        """The elements of the class ``wp:local_name``, in the plan's order."""
        return self.elements.get(WP + local_name, ())

    def values_of(self, iri: str, local_name: str) -> Sequence[str]:
        """The values of ``wp:local_name`` for the element or team *iri*, in their own order."""
        return self.values.get(iri, {}).get(WP + local_name, ())

    def parts_of(self, iri: str) -> Sequence[str]:
        """The parts of the element *iri*, in their order."""
        return self.values.get(iri, {}).get(NAMESPACES["dcterms"] + "hasPart", ())

    def place(self, iri: str) -> tuple[int, str, str]:
        """Where *iri* stands among others of its kind."""
        return _place(self.names, iri)

    def pointing_to(self, iri: str, local_name: str) -> Sequence[str]:
        """The actions whose ``wp:local_name`` has the value *iri*, in the plan's order."""
        return [action for action in self.of_class("PlannedAction") if iri in self.values_of(action, local_name)]


@dataclass(frozen=True)
class PlanEntry:
    """A plan that has a version here, whose network and which year."""

    iri: str
    network: str
    year: str | None


def plans(engine: QueryEngine) -> list[PlanEntry]:
    """The plans of which the data hold a version, the latest first."""
    found: dict[str, PlanEntry] = {}
    for row in solutions(engine, _PLANS):
        year = row["year"].value if row["year"] else None
        found.setdefault(row["plan"].value, PlanEntry(row["plan"].value, row["network"].value, year))
    return list(found.values())


def overview(engine: QueryEngine, entry: PlanEntry) -> PlanOverview:
    """The plan of *entry* at a glance."""
    this = NamedNode(entry.iri)
    values: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    mentioned = {entry.iri, entry.network}
    for text, key in ((_ELEMENTS, "element"), (_TEAMS, "team"), (_EVENTS, "event")):
        for row in solutions(engine, text, this=this):
            value = row["value"]
            cell = values[row[key].value][row["property"].value]
            if value.value not in cell:  # the same text may stand in a language and in a variety of it
                cell.append(value.value)
            mentioned |= {row[key].value, value.value} if isinstance(value, NamedNode) else {row[key].value}
    gaps = {(row["element"].value, row["property"].value) for row in solutions(engine, _GAPS, this=this)}
    alternatives: dict[str, list[Text]] = defaultdict(list)
    for row in solutions(engine, _ALTERNATIVES, this=this):
        if text_of(row["label"]) not in alternatives[row["scope"].value]:
            alternatives[row["scope"].value].append(text_of(row["label"]))
    statuses = sorted({row["status"].value for row in solutions(engine, _STATUS, this=this)})
    names = names_of(engine, mentioned | {prop for _, prop in gaps} | set(statuses))

    def place(iri: str) -> tuple[int, str, str]:
        return _place(names, iri)

    elements: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(values, key=place):
        for kind in values[iri].get(_TYPE, ()):
            elements[kind].append(iri)
        for cell in values[iri].values():
            cell.sort(key=place)
    curated = {
        (row["element"].value, row["property"].value, row["value"].value): row["assertion"].value
        for row in solutions(engine, _CURATED, this=this)
    }
    teams, events = elements.pop(WP + "Team", []), elements.pop(WP + "ProcessEvent", [])
    return PlanOverview(
        entry.iri,
        entry.network,
        elements,
        values,
        teams,
        events,
        curated,
        frozenset(gaps),
        statuses,
        frozenset((row["action"].value, row["printed"].value) for row in solutions(engine, _SUPERSEDED, this=this)),
        alternatives,
        of_plan(engine, entry.iri),
        names,
    )


def _place(names: Mapping[str, Name], iri: str) -> tuple[int, str, str]:
    name = names.get(iri, Name())
    return (name.order or 0, name.code or "", iri)
