"""What only some kinds of resource have to tell: a team's load, an indicator's scale, the making of a plan, quotations.

It may not decide what a page shows or in which words.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from workplan.engine.query import QueryEngine
from workplan.model.namespaces import NAMESPACES, WP

from .asking import resource, solutions, values_block
from .description import Description, Name, Text, names_of, text_of

_TOGETHER: Final = """
SELECT ?this ?action ?other
WHERE {
  ?action wp:directlyExecutedBy ?this .
  OPTIONAL {
    ?action wp:directlyExecutedBy ?other .
    FILTER (?other != ?this)
  }
}
"""

_LEVELS: Final = """
SELECT ?this ?level (COUNT(?cell) AS ?place)
WHERE {
  ?this wp:scale/skos:memberList/rdf:rest* ?cell .
  ?cell rdf:rest*/rdf:first ?level .
}
GROUP BY ?this ?level
"""

_MECHANISMS: Final = """
SELECT ?this ?mechanism
WHERE {
  ?this wp:elementOf ?version .
  ?mechanism wp:elementOf ?version ;
    a wp:EvaluationMechanism .
}
"""

_INVOLVED: Final = """
SELECT DISTINCT ?this ?action ?through ?assertion ?evidence
WHERE {
  ?through org:subOrganizationOf* ?this .
  ?action wp:involves ?through .
  OPTIONAL {
    ?assertion rdf:subject ?action ;
      rdf:predicate wp:involves ;
      rdf:object ?through ;
      wp:evidence ?evidence .
  }
}
"""
"""The actions in which an organisation or a part of it takes part, and by which note that is known."""

_LEADS_TO_PART: Final = (WP + "involves", NAMESPACES["org"] + "subOrganizationOf")

_TOLD: Final = """
SELECT ?resource ?property ?value
WHERE {
  VALUES ?resource { %s }
  VALUES ?property {
    wp:verbatim wp:eventDate wp:eventPlace wp:eventCertainty wp:directlyExecutedBy skos:definition skos:scopeNote
  }
  ?resource ?property ?value .
}
"""

QUOTED: Final = (NAMESPACES["dcterms"] + "hasPart", NAMESPACES["org"] + "purpose")
"""Properties whose values a page quotes in full, since they are the text of what it is about."""

Told = Mapping[str, Mapping[str, Sequence[NamedNode | BlankNode | Literal]]]
"""What is said of resources, by their IRIs and by property."""


@dataclass(frozen=True)
class Load:
    """What a team carries: *alone* and *shared* actions, and with whom it shares how many."""

    alone: int
    shared: int
    partners: Mapping[str, int]


@dataclass(frozen=True)
class Involvement:
    """That the organisation *through* which a resource acts takes part in an *action*; the *assertion* says why."""

    action: str
    through: str
    assertion: str | None
    evidence: tuple[Text, ...]


@dataclass(frozen=True)
class Particulars:
    """What a resource has to tell for its kind; *told* is what its page says of others, *names* names them all.

    *levels* are those of an indicator's scale, from lowest to highest, *mechanisms* those of its plan, and
    *is_observed* tells whether anything has been observed by it. *events* are those among which an event stands, or
    that concern a version of a plan; *quoted* is what the page shows word for word; *involved* is where an organisation
    takes part.
    """

    load: Load | None = None
    levels: Sequence[str] = ()
    mechanisms: Sequence[str] = ()
    is_observed: bool = False
    events: Sequence[str] = ()
    quoted: Sequence[str] = ()
    involved: Sequence[Involvement] = ()
    told: Told = field(default_factory=dict)
    names: Mapping[str, Name] = field(default_factory=dict)


def particulars(engine: QueryEngine, description: Description, neighbours: Iterable[str]) -> Particulars:
    """What *description* has to tell for its kind, *neighbours* being those of its kind around it."""
    types = description.names[description.iri].types
    load = _load(engine, description.iri) if WP + "Team" in types else None
    levels = _levels(engine, description.iri) if WP + "Indicator" in types else []
    mechanisms = _mechanisms(engine, description.iri) if levels else []
    events: list[str] = []
    if WP + "ProcessEvent" in types:
        events = list(neighbours)
    elif WP + "PlanVersion" in types:
        events = [s.subject.value for s in description.incoming() if s.predicate.value == WP + "concerns"]
    quoted = [s.object.value for s in description.outgoing() if s.predicate.value in QUOTED]
    leads = any(s.predicate.value in _LEADS_TO_PART for s in description.incoming())
    involved = _involved(engine, description.iri) if leads else []
    parts = {iri for each in involved for iri in (each.action, each.through)}
    shown = {*levels, *mechanisms, *events, *quoted, *parts}
    told = _told(engine, shown)
    others = {term.value for of in told.values() for terms in of.values() for term in terms if _is_named(term)}
    wanted = shown | others | set(load.partners if load else ())
    names = names_of(engine, wanted) if wanted else {}

    def place(iri: str) -> tuple[int, tuple[str, ...]]:
        return names.get(iri, Name()).place(iri)

    return Particulars(
        load,
        levels,
        sorted(mechanisms, key=place),
        any(s.predicate.value == WP + "refIndicator" for s in description.incoming()),
        sorted(events, key=place),
        sorted(quoted, key=place),
        sorted(involved, key=lambda each: place(each.action)),
        told,
        names,
    )


def _is_named(term: NamedNode | BlankNode | Literal) -> bool:
    return isinstance(term, NamedNode)


def _load(engine: QueryEngine, team: str) -> Load | None:
    """What *team* carries; None where it carries nothing."""
    with_whom: dict[str, set[str]] = defaultdict(set)
    for row in solutions(engine, _TOGETHER, this=resource(team)):
        with_whom[row["action"].value] |= {row["other"].value} if row["other"] else set()
    alone = sum(not others for others in with_whom.values())
    partners = Counter(other for others in with_whom.values() for other in others)
    ordered = sorted(partners.items(), key=lambda item: (-item[1], item[0]))
    return Load(alone, len(with_whom) - alone, dict(ordered)) if with_whom else None


def _involved(engine: QueryEngine, organisation: str) -> list[Involvement]:
    reasons: dict[tuple[str, str], tuple[str | None, set[Text]]] = {}
    for row in solutions(engine, _INVOLVED, this=resource(organisation)):
        assertion = row["assertion"].value if row["assertion"] else None
        _, texts = reasons.setdefault((row["action"].value, row["through"].value), (assertion, set()))
        texts |= {text_of(row["evidence"])} if row["evidence"] else set()
    return [Involvement(*key, assertion, tuple(sorted(texts))) for key, (assertion, texts) in reasons.items()]


def _levels(engine: QueryEngine, indicator: str) -> list[str]:
    rows = solutions(engine, _LEVELS, this=resource(indicator))
    return [level for _, level in sorted((int(row["place"].value), row["level"].value) for row in rows)]


def _mechanisms(engine: QueryEngine, indicator: str) -> list[str]:
    return [row["mechanism"].value for row in solutions(engine, _MECHANISMS, this=resource(indicator))]


def _told(engine: QueryEngine, iris: Iterable[str]) -> Told:
    """What is said of *iris* that their own pages quote; nothing is asked of none."""
    told: dict[str, dict[str, list[NamedNode | BlankNode | Literal]]] = defaultdict(lambda: defaultdict(list))
    listed = values_block(set(iris))
    for row in solutions(engine, _TOLD % listed) if listed else ():
        told[row["resource"].value][row["property"].value].append(row["value"])
    return told
