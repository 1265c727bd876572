"""Which values of resources the source does not print, and the note that says who added them and why.

It may not decide how that is shown.
"""

from collections.abc import Iterable
from typing import Final

from workplan.engine.query import QueryEngine
from workplan.questions.columns import Term

from .asking import solutions, values_block

_ADDED: Final = """
SELECT ?resource ?value ?note
WHERE {
  VALUES ?resource { %s }
  ?note rdf:subject ?resource ;
    rdf:predicate ?property ;
    rdf:object ?value .
  FILTER NOT EXISTS {
    ?resource ?other ?value .
    FILTER (?other != ?property)
  }
}
"""


def added_values(engine: QueryEngine, iris: Iterable[str]) -> dict[tuple[str, Term], str]:
    """The IRIs of curators' notes by the resource, one of *iris*, and the value that they gave it.

    A value that the resource also has by another property is left out: a table does not say which one it shows.
    """
    listed = values_block(set(iris))
    if not listed:
        return {}
    rows = solutions(engine, _ADDED % listed)
    return {(row["resource"].value, row["value"]): row["note"].value for row in rows}
