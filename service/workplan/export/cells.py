"""The cells of a table as a reader sees them: names for IRIs, words for codes, translations where the data hold one.

Nothing is left out for want of a translation: a text stands in the language that it has, and says which.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from workplan.knowledge.table import Table, parts_of
from workplan.language import DEFAULT, pick
from workplan.questions.columns import Column, Term


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: its *text* in the language *lang*, empty where it has none of its own.

    *iri* is the resource that it is or names, where there is one; *term* is what the store answered.
    """

    text: str
    lang: str = ""
    iri: str | None = None
    term: Term | None = None


def rows_for(table: Table, lang: str) -> Iterator[tuple[Cell, ...]]:
    """The rows of *table* for a reader of *lang*."""
    for row in table.rows:
        yield tuple(
            _cell(table, column, term, _named(table, row, column), lang)
            for column, term in zip(table.columns, row, strict=True)
        )


def _cell(table: Table, column: Column, term: Term | None, named: str | None, lang: str) -> Cell:
    if isinstance(term, NamedNode):
        name = pick(table.names[term.value].labels, lang)
        return Cell(*(name or (term.value, "")), term.value, term)
    if not isinstance(term, Literal):
        return Cell("" if term is None else str(term), term=term)
    words = column.values.get(term.value)
    if words:
        text, tag = pick([(text, code) for code, text in words.items()], lang) or (term.value, "")
    elif column.kind == "text":
        text, tag = _translated(table, term, column.separator, lang)
    else:
        text, tag = term.value, term.language or ""
    return Cell(text, tag, named, term)


def _named(table: Table, row: tuple[Term | None, ...], column: Column) -> str | None:
    """The IRI whose name the cell of *row* under *column* holds."""
    for other, term in zip(table.columns, row, strict=True):
        if other.name == column.of and isinstance(term, NamedNode):
            return term.value
    return None


def _translated(table: Table, literal: Literal, separator: str | None, lang: str) -> tuple[str, str]:
    """The text of *literal* in *lang* where all its parts have a translation; else as it stands, with its language."""
    tag = literal.language or DEFAULT
    if lang == tag:
        return literal.value, tag
    translated = [table.translations.get(part, {}).get(lang) for part in parts_of(literal.value, separator)]
    known = [part for part in translated if part]
    return ((separator or "").join(known), lang) if len(known) == len(translated) else (literal.value, tag)
