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
from workplan.questions.catalogue import SavedQuery
from workplan.questions.parameters import Parameter
from workplan.questions.rewriting import values_of

from .description import Name, names_of

MOST_CHOICES: Final = 500
"""Values that a list may offer; where there are more, a reader writes one."""


@dataclass(frozen=True)
class Choice:
    """A *value* that a parameter may have, as an address gives it, and its *name* where it is a resource."""

    value: str
    name: Name = field(default_factory=Name)


def choices_of(
    engine: QueryEngine, query: SavedQuery, queries: Mapping[str, SavedQuery]
) -> dict[str, tuple[Choice, ...]]:
    """The choices for each parameter of *query* that has any, in the order of their own.

    Those that its header lists; of an IRI, the first column of the saved query that the header names, else the values
    that the variable takes when nobody holds it to one. Where there are more than MOST_CHOICES, none.
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


def start_values(query: SavedQuery, choices: Mapping[str, Sequence[Choice]]) -> dict[str, str]:
    """Values with which *query* shows something: its defaults, or the first choice where the data hold no default."""
    values = query.example()
    for name in values:
        offered = [choice.value for choice in choices.get(name, ())]
        if offered and values[name] not in offered:
            values[name] = offered[0]
    return values


def _source(query: SavedQuery, parameter: Parameter, queries: Mapping[str, SavedQuery]) -> str | None:
    """The SELECT whose first column holds the values of *parameter*."""
    listing = queries.get(query.choice_queries.get(parameter.name, ""))
    if listing:
        return listing.text
    is_select = kind_of(query.text) is Kind.SOLUTIONS
    return values_of(query.text, parameter.variable, MOST_CHOICES + 1) if is_select else None


def _iris(engine: QueryEngine, text: str | None) -> list[str]:
    if text is None:
        return []
    answer = parse_query_results(engine.run(QueryRequest(text), JSON_RESULTS).body, format=QueryResultsFormat.JSON)
    first = [row[0] for row in answer] if isinstance(answer, QuerySolutions) else []
    return list(dict.fromkeys(term.value for term in first if isinstance(term, NamedNode)))


def _named(engine: QueryEngine, iris: Sequence[str]) -> tuple[Choice, ...]:
    names = names_of(engine, iris)
    listed = (Choice(iri, names[iri]) for iri in iris)
    return tuple(sorted(listed, key=lambda c: (c.name.order is None, c.name.order or 0, c.name.code or "", c.value)))
