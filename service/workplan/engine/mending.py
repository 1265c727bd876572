r"""Queries as the engine must be given them to answer as SPARQL 1.1 has it, where it would depart on its own.

- ``ORDER BY`` sorts by the keys of ``order``, each computed once for a row; so by ``RAND()`` too.
- ``REPLACE`` reads ``$1x`` and ``\$`` in what is put in as XPath does (Functions and Operators, 7.6.3).
- ``TRUE`` and ``FALSE`` are keywords in any case (section 19.8).

A text that needs nothing of this is not read. It may not change what a query means, nor hide what is wrong with one:
where the mended text cannot be read, the engine is to be given the text as it was, and says why.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from .order import Term, order_key
from .outline import form_of
from .tokens import Lexer, Token, every_token, tokens

_MAY_NEED: Final = ("ORDER", "REPLACE", "TRUE", "FALSE")
"""A text without these words stays as it is."""

_LONGEST_KEPT: Final = 16 * 1024
"""Characters of a text whose mending is kept: longer ones are rarely asked twice."""

_KEY: Final = "urn:x-workplan:order-key"
_REPLACEMENT: Final = "urn:x-workplan:replacement"

_FORMS: Final = frozenset({"SELECT", "CONSTRUCT", "DESCRIBE", "ASK"})
_AFTER_ORDER: Final = frozenset({"LIMIT", "OFFSET", "VALUES"})
_MODIFIERS: Final = frozenset({"GROUP", "HAVING", "ORDER", *_AFTER_ORDER})
_BEFORE_STAR: Final = frozenset({"SELECT", "DISTINCT", "REDUCED", "DESCRIBE"})
_AGGREGATES: Final = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_BOOLEANS: Final = frozenset({"TRUE", "FALSE"})

_GLUED: Final = re.compile(
    "SELECT|CONSTRUCT|DESCRIBE|ASK|DISTINCT|REDUCED|WHERE|GROUP(?!_)|HAVING|ORDER|BY|ASC|DESC|LIMIT|OFFSET|NOT|[0-9]+",
    re.IGNORECASE,
)
"""What may stand before a word without a space."""

Function = Callable[..., Term | None]
Span = tuple[int, int]
"""The first token and the one after the last."""


class Mended(NamedTuple):
    """A *text* for the engine and the *functions* that it calls, by name; None where it calls none."""

    text: str
    functions: dict[NamedNode, Function] | None = None


class _NotFollowedError(Exception):
    """A query of a shape that is not followed here."""


def mended(text: str) -> Mended:
    """*text* as the engine must be given it; the same where it needs nothing."""
    # Nearly every query comes this way, and a pattern takes ten times as long.
    upper = text.upper()
    if not any(word in upper for word in _MAY_NEED):
        return Mended(text)
    return _mended_again(text) if len(text) <= _LONGEST_KEPT else _mended(text)


@lru_cache(maxsize=256)  # saved questions and pages ask the same again and again
def _mended_again(text: str) -> Mended:
    return _mended(text)


def _mended(text: str) -> Mended:
    read = [part for token in tokens(text) for part in _apart(token)]
    texts = [token.text for token in read]
    edits = _Edits(text, read)
    for index, token in enumerate(read):
        word = token.text.upper()
        if token.kind == "word" and word in _BOOLEANS and token.text != word.lower():
            edits.replace((index, index + 1), word.lower())
        elif word == "REPLACE" and texts[index + 1 : index + 2] == ["("]:
            _mend_replacement(edits, texts, index + 1)
    for query in _queries(read):
        if query.order is not None:
            # The engine sorts in its own way where not even what it sorts by is followed.
            with suppress(_NotFollowedError):
                _Sorted(query, edits, text).mend()
    result = edits.result()
    return Mended(result, _FUNCTIONS if result != text else None)


def with_plain_booleans(text: str) -> str:
    """*text* with ``TRUE`` and ``FALSE`` in lower case, where all else stands where it stood."""
    pieces, end = [], 0
    for token in tokens(text) if any(word in text.upper() for word in _BOOLEANS) else ():
        if token.kind == "word" and token.text.upper() in _BOOLEANS:
            pieces += [text[end : token.start], token.text.lower()]
            end = token.end
    return "".join((*pieces, text[end:]))


def _apart(token: Token) -> Iterator[Token]:
    """The words in *token*: parsers need no space between a keyword and what follows, as in ``ORDERBY?x LIMIT2``."""
    kind, text, start = token
    while kind == "word" and (found := _GLUED.match(text)) and found.end() < len(text):
        yield Token(kind, found[0], start)
        text, start = text[found.end() :], start + found.end()
    yield Token(kind, text, start)


class _Edits:
    """Changes of a text by the places of its tokens, *read*."""

    def __init__(self, text: str, read: Sequence[Token]) -> None:
        self.text = text
        self.read = read
        self._changes: list[tuple[int, int, str]] = []

    def offset(self, index: int) -> int:
        """Where the token number *index* begins; the end of the text where there is none."""
        return self.read[index].start if index < len(self.read) else len(self.text)

    def source(self, span: Span) -> str:
        """The text of *span* as changed so far."""
        start, end = self._bounds(span)
        inner = [change for change in self._changes if start <= change[0] and change[1] <= end]
        return _changed(self.text[start:end], [(a - start, b - start, new) for a, b, new in inner])

    def take(self, span: Span) -> str:
        """The text of *span* as changed so far, which goes elsewhere: what has been changed in it no longer is."""
        taken = self.source(span)
        start, end = self._bounds(span)
        self._changes = [change for change in self._changes if not (start <= change[0] and change[1] <= end)]
        return taken

    def replace(self, span: Span, new: str) -> None:
        """Have *new* stand in the place of *span*."""
        self._changes.append((*self._bounds(span), new))

    def insert(self, index: int, new: str) -> None:
        """Have *new* stand before the token number *index*, after what was inserted there before."""
        # After the token before, for a comment may stand between them.
        place = self.read[index - 1].end if index else 0
        self._changes.append((place, place, new))

    def result(self) -> str:
        """The changed text."""
        return _changed(self.text, self._changes)

    def _bounds(self, span: Span) -> Span:
        return self.offset(span[0]), self.read[span[1] - 1].end if span[1] > span[0] else self.offset(span[0])


def _changed(text: str, changes: list[tuple[int, int, str]]) -> str:
    pieces, end = [], 0
    for start, after, new in sorted(changes, key=lambda change: change[:2]):
        pieces += [text[end:start], new]
        end = after
    return "".join((*pieces, text[end:]))


@dataclass
class _Query:
    """A query or a sub-select by its tokens: the *form*'s, the braces of its pattern and its modifiers' first ones."""

    form: int
    pattern: Span | None = None
    modifiers: dict[str, int] = field(default_factory=dict)
    source: int | None = None
    end: int = 0

    @property
    def order(self) -> Span | None:
        """The ``ORDER BY`` clause; None where it has none that a parser would read."""
        return None if self.pattern is None else self._clause("ORDER")

    @property
    def group(self) -> Span | None:
        """The ``GROUP BY`` clause."""
        return self._clause("GROUP")

    @property
    def values(self) -> Span | None:
        """The ``VALUES`` at its end."""
        start = self.modifiers.get("VALUES")
        return None if start is None else (start, self.end)

    def _clause(self, name: str) -> Span | None:
        start = self.modifiers.get(name)
        if start is None:
            return None
        return start, min((index for index in self.modifiers.values() if index > start), default=self.end)


@dataclass
class _Scope:
    """A pair of braces, or the text itself: the *query* that it is, and how many brackets are open in it."""

    query: _Query | None
    opened: int
    brackets: int = 0
    is_pattern: bool = False


def _queries(read: Sequence[Token]) -> Iterator[_Query]:
    """The query and its sub-selects, the inner ones first."""
    stack = [_Scope(None, -1)]
    is_prologue = True
    for index, token in enumerate(read):
        scope, word = stack[-1], token.text.upper()
        query = scope.query
        if token.text == "{":
            before = read[index - 1].text.upper() if index else ""
            inner = _Scope(None, index)
            if query and scope.brackets == 0 and query.pattern is None:
                is_template = read[query.form].text.upper() == "CONSTRUCT" and before == "CONSTRUCT"
                inner.is_pattern = not is_template
            stack.append(inner)
        elif token.text == "}":
            if len(stack) == 1:
                return
            stack.pop()
            if scope.is_pattern and (outer := stack[-1].query):
                outer.pattern = scope.opened, index
            if query:
                query.end = index
                yield query
        elif token.text in ("(", ")"):
            scope.brackets += 1 if token.text == "(" else -1
        elif token.kind == "word" and scope.brackets == 0:
            if word in _FORMS and query is None and (is_prologue or index == scope.opened + 1):
                scope.query = _Query(index)
                is_prologue = False
            elif query and query.pattern and word in _MODIFIERS:
                query.modifiers.setdefault(word, index)
            elif query and query.pattern is None and word == "FROM" and query.source is None:
                query.source = index
    if len(stack) == 1 and (query := stack[0].query):
        query.end = len(read)
        yield query


@dataclass(frozen=True)
class _Condition:
    """An expression to sort by, and in which *direction*: ``ASC`` or ``DESC``."""

    expression: Span
    direction: str


class _Sorted:
    """One query with ``ORDER BY``, mended by *edits* of *text*."""

    def __init__(self, query: _Query, edits: _Edits, text: str) -> None:
        self._query = query
        self._edits = edits
        self._text = text
        self._read = edits.read
        self._prefix = "wpKey"
        while self._prefix in text:
            self._prefix += "_"
        self._prefix += f"{query.form}_"

    def mend(self) -> None:
        """Have it sort by keys. Raises _NotFollowedError, with nothing changed."""
        order = self._query.order
        if order is None:
            raise _NotFollowedError
        conditions = list(self._conditions(order))
        try:
            self._sort_by_computed(order, conditions)
        except _NotFollowedError:
            self._edits.replace(order, f"ORDER BY {' '.join(map(self._compared, conditions))}")

    def _compared(self, condition: _Condition) -> str:
        """*condition* with its key computed anew for each comparison, where there is nowhere to keep it."""
        return f"{condition.direction}(<{_KEY}>({self._edits.take(condition.expression)}))"

    def _sort_by_computed(self, order: Span, conditions: Sequence[_Condition]) -> None:
        query = self._query
        form = self._read[query.form].text.upper()
        projection = query.form + 1, self._end_of_projection()
        if form != "SELECT":
            if self._is_grouped:
                raise _NotFollowedError
            self._sort_in_place(order, conditions, projection if form == "DESCRIBE" else None)
            return
        has_expressions = any(self._read[index].text == "(" for index in range(*projection))
        if self._is_grouped or has_expressions:
            self._sort_outside(order, conditions, projection)
        else:
            self._sort_in_place(order, conditions, projection)

    @property
    def _is_grouped(self) -> bool:
        return not self._query.modifiers.keys().isdisjoint(("GROUP", "HAVING"))

    @property
    def _pattern(self) -> Span:
        if self._query.pattern is None:
            raise _NotFollowedError
        return self._query.pattern

    def _end_of_projection(self) -> int:
        if self._query.source is not None:
            return self._query.source
        start = self._pattern[0]
        return start - 1 if self._read[start - 1].text.upper() == "WHERE" else start

    def _conditions(self, order: Span) -> Iterator[_Condition]:
        """What it sorts by (productions 23 and 24)."""
        read, (index, end) = self._read, order
        index += 2
        if index >= end or read[index - 1].text.upper() != "BY":
            raise _NotFollowedError
        while index < end:
            start, word = index, read[index].text.upper()
            if word in ("ASC", "DESC"):
                index = self._closed(index + 1, end)
                yield _Condition((start + 1, index), word)
                continue
            if read[index].kind == "variable":
                index += 1
            else:
                # A bracketed expression, or a call by its name; ``NOT EXISTS`` alone has two words.
                index += word == "NOT"
                index += read[start].kind in ("word", "name", "iri")
                index = self._closed(index, end)
            yield _Condition((start, index), "ASC")

    def _closed(self, index: int, end: int) -> int:
        """The token after the bracket that closes the one at *index*."""
        if index >= end or self._read[index].text not in ("(", "{"):
            raise _NotFollowedError
        depth = 0
        for place in range(index, end):
            depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(self._read[place].text, 0)
            if depth == 0:
                return place + 1
        raise _NotFollowedError

    def _keys(self, conditions: Sequence[_Condition]) -> str:
        """The keys in the place of *conditions*."""
        return " ".join(
            f"{condition.direction}(?{self._prefix}{number})" for number, condition in enumerate(conditions)
        )

    def _key(self, expression: str, number: int) -> str:
        return f"BIND(<{_KEY}>({expression}) AS ?{self._prefix}{number})"

    def _sort_in_place(self, order: Span, conditions: Sequence[_Condition], projection: Span | None = None) -> None:
        """Compute the keys at the end of the pattern."""
        read, edits, pattern = self._read, self._edits, self._pattern
        star = next((i for i in range(*projection) if read[i].text == "*"), None) if projection else None
        if projection and star is not None:
            if star + 1 < projection[1] or read[star - 1].text.upper() not in _BEFORE_STAR:
                raise _NotFollowedError
            # The keys are no part of the answer.
            edits.replace((star, star + 1), " ".join(self._visible()))
        form = self._query.form
        if read[form].text.upper() == "CONSTRUCT" and read[form + 1].text != "{":
            # Its pattern is its template too (production 10), which holds no keys; it begins with WHERE.
            if read[pattern[0] - 1].text.upper() != "WHERE":
                raise _NotFollowedError
            edits.insert(form + 1, " " + edits.source((pattern[0], pattern[1] + 1)))
        binds = [self._key(edits.take(each.expression), number) for number, each in enumerate(conditions)]
        edits.insert(pattern[0] + 1, " {")
        edits.insert(pattern[1], f"\n}} {self._taken_values()} {' '.join(binds)}")
        edits.replace(order, f"ORDER BY {self._keys(conditions)}")

    def _taken_values(self) -> str:
        """The ``VALUES`` at the end, which come before any order (section 18.2.4.3), to stand elsewhere."""
        values = self._query.values
        if values is None:
            return ""
        taken = self._edits.take(values)
        self._edits.replace(values, "")
        return taken

    def _visible(self) -> Sequence[str]:
        """The variables of ``SELECT *`` (section 18.2.1), which the engine itself tells."""
        form = form_of(self._text)
        prologue = self._text[: form.start] if form else ""
        pattern = self._edits.source((self._pattern[0], self._pattern[1] + 1))
        values = self._edits.source(self._query.values) if self._query.values else ""
        if "SERVICE" in pattern.upper():
            raise _NotFollowedError
        try:
            answer = Store().query(
                f"{prologue} SELECT * WHERE {pattern} LIMIT 0 {values}",
                base_iri="http://base.invalid/",
                custom_functions=_FUNCTIONS,
            )
        except (SyntaxError, ValueError, RuntimeError, OSError) as error:
            raise _NotFollowedError from error
        if not isinstance(answer, QuerySolutions) or not answer.variables:
            raise _NotFollowedError
        return [f"?{variable.value}" for variable in answer.variables]

    def _sort_outside(self, order: Span, conditions: Sequence[_Condition], projection: Span) -> None:
        """Have the query without its order, distinctness and limits as a sub-select, and compute the keys beside it."""
        query, edits, read, pattern = self._query, self._edits, self._read, self._pattern
        start = projection[0]
        is_distinct = read[start].text.upper() in ("DISTINCT", "REDUCED")
        first = start + is_distinct
        names, computed = self._projected((first, projection[1]))
        known, grouped = {*names}, self._grouped(projection)
        extra, binds = [], []
        for number, condition in enumerate(conditions):
            span = condition.expression
            expression = edits.source(span)
            # In `?a<?b&&?c>?d` is what could be an address.
            inside = list(every_token(Lexer(expression)))
            variables = dict.fromkeys("?" + token.text[1:] for token in inside if token.kind == "variable")
            if any(token.text.upper() in _AGGREGATES for token in inside):
                if computed.intersection(variables):
                    raise _NotFollowedError
                value = f"?{self._prefix}value{number}"
                extra.append(f"({expression} AS {value})")
                expression = value
            else:
                # What a group has no value for has none to sort by either.
                missing = [name for name in variables if name not in known and (grouped is None or name in grouped)]
                known.update(missing)
                extra += missing
            binds.append(self._key(expression, number))
        for condition in conditions:
            edits.take(condition.expression)
        sources = ""
        if query.source is not None:
            after = pattern[0] - (read[pattern[0] - 1].text.upper() == "WHERE")
            sources = edits.take((query.source, after))
            edits.replace((query.source, after), "")
        trailing = self._taken_values()
        edits.insert(first, f" {' '.join(dict.fromkeys(names))} {sources} WHERE {{ {{ SELECT")
        edits.insert(projection[1], f" {' '.join(extra)} ")
        keys = self._keys(conditions)
        edits.replace(order, f"{trailing}\n}} {' '.join(binds)} }} ORDER BY {keys}")

    def _grouped(self, projection: Span) -> Collection[str] | None:
        """The variables by which the query groups; None where it does not, nor has an aggregate in *projection*."""
        if group := self._query.group:
            return self._projected(group)[0]
        depth, is_one_group = 0, self._is_grouped
        for index in range(*projection):
            text = self._read[index].text
            depth += {"{": 1, "}": -1}.get(text, 0)
            is_one_group |= depth == 0 and text.upper() in _AGGREGATES
        return () if is_one_group else None

    def _projected(self, span: Span) -> tuple[Sequence[str], set[str]]:
        """The variables that the clause in *span* projects or groups by, and those of them that it computes."""
        names, computed, depth = [], set[str](), 0
        for index in range(*span):
            token = self._read[index]
            depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(token.text, 0)
            if token.text == "*" and depth == 0:
                raise _NotFollowedError
            is_computed = depth == 1 and self._read[index - 1].text.upper() == "AS"
            if token.kind == "variable" and (depth == 0 or is_computed):
                names.append("?" + token.text[1:])
                if is_computed:
                    computed.add(names[-1])
        return names, computed


def _mend_replacement(edits: _Edits, texts: Sequence[str], opened: int) -> None:
    """Have the third argument of the ``REPLACE`` whose bracket is *opened* read as XPath reads it."""
    starts, depth = [opened + 1], 0
    closed = None
    for index in range(opened, len(texts)):
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(texts[index], 0)
        if texts[index] == "," and depth == 1:
            starts.append(index + 1)
        if depth == 0:
            closed = index
            break
    if closed is None or len(starts) < 3:
        return
    ends = [*(start - 1 for start in starts[1:]), closed]
    pattern = edits.text[edits.offset(starts[1]) : edits.read[ends[1] - 1].end]
    edits.insert(starts[2], f" <{_REPLACEMENT}>({pattern},")
    edits.insert(ends[2], ")")


_GROUPS: Final = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|(\((?!\?))", re.DOTALL)
_IN_REPLACEMENT: Final = re.compile(r"\\([\\$])|\$([0-9]+)|([\\$])", re.DOTALL)


def _replacement(pattern: Term, replacement: Term) -> Literal | None:
    """*replacement* of XPath as the engine's expressions have it; None where it is none (err:FORX0004)."""
    if not isinstance(pattern, Literal) or not isinstance(replacement, Literal):
        return None
    text = replacement.value
    if "$" not in text and "\\" not in text:
        return replacement
    groups = sum(found[1] is not None for found in _GROUPS.finditer(pattern.value))
    pieces, end = [], 0
    for found in _IN_REPLACEMENT.finditer(text):
        pieces.append(text[end : found.start()])
        end = found.end()
        if found[3]:
            return None
        pieces.append({"$": "$$", "\\": "\\"}[found[1]] if found[1] else _reference(found[2], groups))
    return Literal("".join((*pieces, text[end:])))


def _reference(digits: str, groups: int) -> str:
    """What stands for ``$`` and *digits*: the longest number of a group that there is, and the digits after it."""
    length = len(digits)
    while length > 1 and int(digits[:length]) > groups:
        length -= 1
    group = int(digits[:length])
    return (f"${{{group}}}" if group <= groups else "") + digits[length:]


_FUNCTIONS: Final[dict[NamedNode, Function]] = {NamedNode(_KEY): order_key, NamedNode(_REPLACEMENT): _replacement}
