"""The answer to a question as a table: labelled, typed columns, rows of terms, and what those terms are called.

It may not decide how a cell looks.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from workplan.engine.query import QueryEngine
from workplan.language import DEFAULT, LANGUAGES
from workplan.questions.catalogue import SavedQuery
from workplan.questions.columns import Column, Term

from .asking import solutions
from .description import Name, names_of

_TRANSLATIONS: Final = """
SELECT ?text ?translation
WHERE {
  VALUES ?text { %s }
  ?resource ?property ?text, ?translation .
  FILTER (LANG(?translation) IN (%s))
}
"""

_OTHERS: Final = ", ".join(f'"{lang}"' for lang in LANGUAGES if lang != DEFAULT)


@dataclass(frozen=True)
class Table:
    """*rows* of terms under *columns*; *names* tells what the IRIs are called, *translations* the texts by language."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    names: Mapping[str, Name] = field(default_factory=dict)
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def table_of(engine: QueryEngine, query: SavedQuery, body: bytes) -> Table:
    """The answer *body*, SPARQL JSON results of the SELECT *query*, as a table."""
    answer = parse_query_results(body, format=QueryResultsFormat.JSON)
    if not isinstance(answer, QuerySolutions):
        raise TypeError("only a SELECT's answer is a table")
    columns = tuple(query.columns.get(variable.value, Column(variable.value)) for variable in answer.variables)
    rows = tuple(tuple(row) for row in answer)
    iris = {term.value for row in rows for term in row if isinstance(term, NamedNode)}
    texts = {
        part
        for row in rows
        for column, term in zip(columns, row, strict=True)
        if column.kind == "text" and isinstance(term, Literal) and not column.values
        for part in parts_of(term.value, column.separator)
    }
    return Table(columns, rows, names_of(engine, iris) if iris else {}, _translations(engine, texts))


def parts_of(text: str, separator: str | None) -> list[str]:
    """The texts in a cell that holds several, parted by *separator*; else the one."""
    return text.split(separator) if separator else [text]


def _translations(engine: QueryEngine, texts: Iterable[str]) -> dict[str, Mapping[str, str]]:
    """Each of *texts*, which are in the default language, in the others: where the data have one translation only."""
    listed = " ".join(str(Literal(text, language=DEFAULT)) for text in sorted(texts) if text)
    if not listed:
        return {}
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in solutions(engine, _TRANSLATIONS % (listed, _OTHERS)):
        found[row["text"].value][row["translation"].language].add(row["translation"].value)
    return {
        text: {lang: min(said) for lang, said in by_language.items() if len(said) == 1}
        for text, by_language in found.items()
    }
