"""Questions made from a question: one page of its rows, how many they are, which values a variable of it takes.

They are made from tokens at the outermost level, so that nothing within a sub-select, a string or a comment is touched.
Each of them raises Unreadable for what is no SELECT. It may not put a value into a text other than numbers of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from workplan.engine.outline import form_of, namespaces_of
from workplan.engine.tokens import Token, tokens
from workplan.model.namespaces import NAMESPACES

from .columns import Column, Statement

_OPENING: Final = ("{", "(", "[")
_CLOSING: Final = ("}", ")", "]")
_SLICE: Final = ("LIMIT", "OFFSET", "VALUES")


class Unreadable(ValueError):
    """A text whose parts cannot be told apart: no SELECT, or none that an engine would read."""


@dataclass(frozen=True)
class _Select:
    """Where the parts of a SELECT begin: the offsets of its text.

    *dataset* is where ``FROM`` stands, *where* what follows it; *tail* is where ``LIMIT``, ``OFFSET`` or ``VALUES`` do.
    """

    text: str
    start: int
    dataset: int
    where: int
    pattern: tuple[int, int]
    is_ordered: bool
    is_grouped: bool
    tail: int
    values: int
    limit: int | None
    offset: int

    @property
    def prologue(self) -> str:
        return self.text[: self.start]

    @property
    def from_clauses(self) -> str:
        return self.text[self.dataset : self.where]

    @property
    def values_clause(self) -> str:
        return self.text[self.values :]


def ordered(text: str, variables: Iterable[str]) -> str:
    """The SELECT *text* with all its rows in one order, always the same.

    Its own order is kept; rows that it leaves in any order are put in that of their cells in *variables*, because what
    is kept, cited or cut into pages must not depend on chance: a store may give equals in another order each time.
    """
    select = _read(text)
    limit = "" if select.limit is None else f"LIMIT {select.limit} "
    return _sliced(select, variables, f"{limit}OFFSET {select.offset}" if limit or select.offset else "")


def page_of(text: str, variables: Iterable[str], start: int, length: int) -> str:
    """The SELECT *text* for *length* of its *ordered* rows from the one numbered *start*, counted from 0."""
    select = _read(text)
    if select.limit is not None:
        length = max(0, min(length, select.limit - start))
    return _sliced(select, variables, f"LIMIT {length} OFFSET {select.offset + start}")


def _sliced(select: _Select, variables: Iterable[str], slice_: str) -> str:
    order = " ".join(f"STR(?{name}) LANG(?{name}) STR(DATATYPE(?{name}))" for name in variables)
    keyword = "" if select.is_ordered or not order else "ORDER BY "
    return f"{select.text[: select.tail]}\n{keyword}{order}\n{slice_}\n{select.values_clause}"


def with_origins(text: str, columns: Iterable[Column]) -> str:
    """The SELECT *text* with a column more for each of *columns* that has an origin, beside it.

    It says whether the document states the values of a cell, a curator added them, or some are of each. One that *text*
    has already stays as it is.
    """
    stating = [(column, column.statement, column.origin) for column in columns if column.statement]
    if not stating:
        return text
    if _read(text).is_grouped:
        raise Unreadable(text)
    known = {token.text for token in tokens(text) if token.kind == "variable"}
    patterns = []
    for column, statement, origin in stating:
        if origin and f"?{origin.name}" not in known:
            text = _beside(text, column.name, f" ?{origin.name}")
            patterns.append(_ORIGIN % _origin_parts(statement, origin.name, text))
    closed = _read(text).pattern[1] - 1
    return f"{text[:closed]}{''.join(patterns)}{text[closed:]}"


_ORIGIN: Final = """  OPTIONAL {
    SELECT %(keys)s (IF(MAX(?isAdded) = 0, "stated", IF(MIN(?isAdded) = 1, "curated", "mixed")) AS ?%(name)s)
    WHERE {
      %(subject)s %(predicate)s %(object)s .
      OPTIONAL {
        ?assertion %(has_subject)s %(subject)s ;
          %(has_predicate)s %(predicate)s ;
          %(has_object)s %(object)s .
      }
      BIND (IF(BOUND(?assertion), 1, 0) AS ?isAdded)
    }
    GROUP BY %(keys)s
  }
"""


def _origin_parts(statement: Statement, name: str, text: str) -> dict[str, str]:
    declared = namespaces_of(text)
    subject = f"?{statement.subject}"
    value = f"?{statement.object}" if statement.object else "?addedValue"
    return {
        "keys": f"{subject} {value}" if statement.object else subject,
        "name": name,
        "subject": subject,
        "predicate": _short(statement.predicate, declared),
        "object": value,
        **{f"has_{part}": _short(NAMESPACES["rdf"] + part, declared) for part in ("subject", "predicate", "object")},
    }


def _short(iri: str, declared: Mapping[str, str]) -> str:
    """*iri* with one of the prefixes *declared*, where it needs no escape; else whole."""
    for prefix, namespace in declared.items():
        local = iri.removeprefix(namespace)
        if local != iri and local.isalnum():
            return f"{prefix}:{local}"
    return f"<{iri}>"


def _beside(text: str, name: str, more: str) -> str:
    """*text* with *more* after the variable *name* of its projection. Raises Unreadable where it has none such."""
    select, depth, last = _read(text), 0, ""
    for token in tokens(text, select.start):
        if token.start >= select.dataset:
            break
        depth += (token.text == "(") - (token.text == ")")
        # Of «(… AS ?name)» the name is the last variable.
        last = token.text if token.kind == "variable" else last
        if depth == 0 and last == f"?{name}" and token.text in (last, ")"):
            return f"{text[: token.end]}{more}{text[token.end :]}"
    raise Unreadable(text)


def count_of(text: str) -> str:
    """A SELECT whose one cell is how many rows the SELECT *text* has."""
    select = _read(text)
    inner = text[select.start : select.dataset] + text[select.where :]
    name = "rows"
    while name in text:
        name += "_"
    return f"{select.prologue}SELECT (COUNT(*) AS ?{name}) {select.from_clauses}WHERE {{ {{ {inner}\n}} }}"


def values_of(text: str, variable: str, most: int) -> str:
    """A SELECT of at most *most* values that *variable* takes in the pattern of the SELECT *text*."""
    select = _read(text)
    opened, closed = select.pattern
    pattern = text[opened:closed]
    return (
        f"{select.prologue}SELECT DISTINCT ?{variable} {select.from_clauses}WHERE {pattern}\nLIMIT {most}\n"
        f"{select.values_clause}"
    )


def _read(text: str) -> _Select:
    form = form_of(text)
    outer = list(_outermost(text, form)) if form else []
    opened = next((token for token in outer if token.text == "{"), None)
    closed = next((token for token in outer if token.text == "}"), None)
    if form is None or opened is None or closed is None or not form.text.upper().startswith("SELECT"):
        raise Unreadable(text)
    before = [token for token in outer if token.start < opened.start]
    after = [token for token in outer if token.start > closed.start]
    where = next((token.start for token in before if token.text.upper() == "WHERE"), opened.start)
    values = _start(after, "VALUES", len(text))
    return _Select(
        text=text,
        start=form.start,
        dataset=_start(before, "FROM", where),
        where=where,
        pattern=(opened.start, closed.end),
        is_grouped=any(token.text.upper() == "GROUP" for token in after),
        is_ordered=any(token.text.upper() == "ORDER" for token in after),
        tail=min((_start(after, word, len(text)) for word in _SLICE), default=len(text)),
        values=values,
        limit=_number_after(after, "LIMIT"),
        offset=_number_after(after, "OFFSET") or 0,
    )


def _outermost(text: str, form: Token) -> Iterable[Token]:
    """The tokens of *text* from *form* on that stand in no braces or parentheses, with those that open and close."""
    depth = 0
    for token in tokens(text):
        if token.start < form.start:
            continue
        depth -= token.text in _CLOSING
        if depth == 0:
            yield token
        depth += token.text in _OPENING


def _start(found: list[Token], word: str, otherwise: int) -> int:
    return next((token.start for token in found if token.text.upper() == word), otherwise)


def _number_after(found: list[Token], word: str) -> int | None:
    for token, following in pairwise(found):
        if token.text.upper() == word and following.text.isdecimal():
            return int(following.text)
    return None
