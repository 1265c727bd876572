"""Which values of resources the source does not print, and the note that says who added them and why.

It may not decide how that is shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from workplan.engine.query import QueryEngine
from workplan.questions.columns import Term

from .asking import solutions, values_block

_ADDED: Final = """
SELECT ?resource ?property ?value ?note ?other
WHERE {
  VALUES ?resource { %s }
  ?note rdf:subject ?resource ;
    rdf:predicate ?property ;
    rdf:object ?value .
  OPTIONAL {
    ?resource ?other ?value .
    FILTER (?other != ?property)
  }
}
ORDER BY ?note
"""


@dataclass(frozen=True)
class Added:
    """The IRIs of curators' notes: *by_value* of a resource, and *by_property* of it, the first of several.

    A value that the resource also has by another property is not among those by value: a table that shows no property
    does not say which one it shows.
    """

    by_value: Mapping[tuple[str, Term], str] = field(default_factory=dict)
    by_property: Mapping[tuple[str, str], str] = field(default_factory=dict)


def added_values(engine: QueryEngine, iris: Iterable[str]) -> Added:
    """The notes on values that curators gave to the resources *iris*."""
    listed = values_block(set(iris))
    if not listed:
        return Added()
    by_value: dict[tuple[str, Term], str] = {}
    by_property: dict[tuple[str, str], str] = {}
    for row in solutions(engine, _ADDED % listed):
        resource, note = row["resource"].value, row["note"].value
        by_property.setdefault((resource, row["property"].value), note)
        if not row["other"]:
            by_value.setdefault((resource, row["value"]), note)
    return Added(by_value, by_property)
