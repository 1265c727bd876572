"""The values that the data offer for the parameters of a question, with what they are called.

It may not know languages: whoever shows a choice picks among its labels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from workplan.engine.outline import kind_of
from workplan.engine.query import Kind, QueryEngine, QueryRequest
from workplan.model.formats import JSON_RESULTS
from workplan.questions.catalogue import PLAN, SavedQuery
from workplan.questions.columns import expanded
from workplan.questions.parameters import Parameter
from workplan.questions.rewriting import values_of

from .description import Name, names_of

MOST_CHOICES: Final = 500
"""Values that a list may offer; where there are more, a reader writes one."""


_OF_PROPERTY: Final = """
SELECT DISTINCT ?value
WHERE {
  ?resource <%s> ?value .
  FILTER (isIRI(?value))
}
LIMIT %d
"""

_PLANS: Final = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX wp: <https://w3id.org/sse-workplan/ns#>

SELECT DISTINCT ?plan
WHERE { ?element wp:elementOf/dcterms:isVersionOf ?plan . }
LIMIT %d
"""
"""The plans that the data hold something of: of one that is only mentioned there is nothing to show."""


@dataclass(frozen=True)
class Choice:
    """A *value* that a parameter may have, as an address gives it, and its *name* where it is a resource."""

    value: str
    name: Name = field(default_factory=Name)


def choices_of(
    engine: QueryEngine, query: SavedQuery, queries: Mapping[str, SavedQuery]
) -> dict[str, tuple[Choice, ...]]:
    """The choices for each parameter of *query* that has any, in the order of their own.

    Those that its header lists; of an IRI, the first column of IRIs of the saved query that the header names, or the
    values of the property that it names; of a plan, all that the data hold something of; else the values that the
    variable takes when nobody holds it to one. Where there are more than MOST_CHOICES, none.
    """
    found: dict[str, tuple[Choice, ...]] = {}
    for parameter in query.parameters:
        if parameter.choices:
            found[parameter.name] = tuple(Choice(value) for value in parameter.choices)
        elif parameter.kind == "iri":
            iris = _iris(engine, _source(query, parameter, queries))
            if 0 < len(iris) <= MOST_CHOICES:
                found[parameter.name] = _named(engine, iris)
    return found


def plans_with_content(engine: QueryEngine) -> list[str]:
    """The IRIs of the plans of which the data behind *engine* hold something."""
    return _iris(engine, _PLANS % (MOST_CHOICES + 1))


_LIKE: Final = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

ASK {
  VALUES ?choice { %s }
  { ?choice a ?kind . FILTER (?kind != skos:Concept) } UNION { ?choice skos:inScheme ?kind . }
  { %s a ?kind . } UNION { %s skos:inScheme ?kind . }
}
"""


def is_of_their_kind(engine: QueryEngine, iri: str, others: Sequence[str]) -> bool:
    """Whether the data know *iri* as of the class, or the scheme, that any of *others* is of."""
    this = str(NamedNode(iri))
    text = _LIKE % (" ".join(str(NamedNode(other)) for other in others), this, this)
    return bool(parse_query_results(engine.run(QueryRequest(text), JSON_RESULTS).body, format=QueryResultsFormat.JSON))


def start_values(query: SavedQuery, choices: Mapping[str, Sequence[Choice]]) -> dict[str, str]:
    """Values with which *query* shows something: its defaults, or the first choice where the data hold no default."""
    values = query.example()
    for name in values:
        offered = [choice.value for choice in choices.get(name, ())]
        if offered and values[name] not in offered:
            values[name] = offered[0]
    return values


def _source(query: SavedQuery, parameter: Parameter, queries: Mapping[str, SavedQuery]) -> str | None:
    """The SELECT whose first IRIs are the values of *parameter*."""
    told = query.choice_sources.get(parameter.name, "")
    if told in queries:
        return queries[told].text
    if iri := expanded(told):
        return _OF_PROPERTY % (iri, MOST_CHOICES + 1)
    if parameter.name == PLAN:
        return _PLANS % (MOST_CHOICES + 1)
    is_select = kind_of(query.text) is Kind.SOLUTIONS
    return values_of(query.text, parameter.variable, MOST_CHOICES + 1) if is_select else None


def _iris(engine: QueryEngine, text: str | None) -> list[str]:
    if text is None:
        return []
    answer = parse_query_results(engine.run(QueryRequest(text), JSON_RESULTS).body, format=QueryResultsFormat.JSON)
    rows = answer if isinstance(answer, QuerySolutions) else ()
    first = (next((term.value for term in row if isinstance(term, NamedNode)), None) for row in rows)
    return list(dict.fromkeys(iri for iri in first if iri))


def _named(engine: QueryEngine, iris: Sequence[str]) -> tuple[Choice, ...]:
    names = names_of(engine, iris)
    listed = (Choice(iri, names[iri]) for iri in iris)
    return tuple(sorted(listed, key=lambda c: (c.name.order is None, c.name.order or 0, c.name.code or "", c.value)))
