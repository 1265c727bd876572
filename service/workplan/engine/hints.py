"""Shapes of a query that the engine plans badly, told from its tokens, with what to write instead.

It may not run or change a query: whoever asked decides. A text that it cannot follow gets fewer hints, never an error.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import Final

from workplan.model.errors import N_

from .tokens import Token, place_of, tokens

MOST_TOKENS: Final = 20_000
"""Beyond it a text is a program's, and nobody reads hints about it."""

MOST_LEVELS: Final = 60
"""Groups within groups that are followed."""


@dataclass(frozen=True)
class Shape:
    """A badly planned shape: its *name*, what is said of it, and a *slow* and a *quick* way to ask the same."""

    name: str
    sentence: str
    slow: str
    quick: str


@dataclass(frozen=True)
class Hint:
    """Where a query has the *shape*, from 1, and the whole query in other words, empty where that is not certain."""

    shape: Shape
    line: int
    column: int
    rewrite: str = ""


# How much slower each is than its other form was measured over 300,000 statements of benchmarks/networks.py:
# 20, 20, 50 and 35 times, and ever more with more data.
_NOT_EXISTS: Final = Shape(
    "not-exists",
    N_(
        "FILTER NOT EXISTS amb dos patrons o més es torna a avaluar per a cada fila; amb MINUS, el grup s'avalua una "
        "sola vegada."
    ),
    "?action a wp:PlannedAction\nFILTER NOT EXISTS { ?action wp:directlyExecutedBy ?team . ?team wp:code ?code }",
    "?action a wp:PlannedAction\nMINUS { ?action wp:directlyExecutedBy ?team . ?team wp:code ?code }",
)
_EXISTS: Final = Shape(
    "exists",
    N_(
        "FILTER EXISTS amb dos patrons o més es torna a avaluar per a cada fila; amb una subconsulta SELECT DISTINCT, "
        "el grup s'avalua una sola vegada."
    ),
    "?action a wp:PlannedAction\nFILTER EXISTS { ?action wp:directlyExecutedBy ?team . ?team wp:code ?code }",
    "?action a wp:PlannedAction\n"
    "{ SELECT DISTINCT ?action { ?action wp:directlyExecutedBy ?team . ?team wp:code ?code } }",
)
_OPTIONAL_FIRST: Final = Shape(
    "optional-first",
    N_(
        "El grup comença amb OPTIONAL, que així s'avalua sobre totes les dades abans que cap condició; poseu-hi al "
        "davant els patrons obligatoris."
    ),
    "OPTIONAL { ?action rdfs:label ?label }\n?action wp:code 'A08'",
    "?action wp:code 'A08'\nOPTIONAL { ?action rdfs:label ?label }",
)
_CROSS_PRODUCT: Final = Shape(
    "cross-product",
    N_(
        "Aquest patró no comparteix cap variable amb els d'abans, i cada fila dels uns es combina amb totes les dels "
        "altres; uniu-los amb una mateixa variable en lloc de comparar-ne dues amb FILTER."
    ),
    "?action wp:code ?code . ?other wp:code ?same\nFILTER(?code = ?same)",
    "?action wp:code ?code . ?other wp:code ?code",
)
SHAPES: Final = (_NOT_EXISTS, _EXISTS, _OPTIONAL_FIRST, _CROSS_PRODUCT)

_KEYWORDS: Final = frozenset({"BIND", "FILTER", "GRAPH", "LATERAL", "MINUS", "OPTIONAL", "SERVICE", "UNION", "VALUES"})
_IN_TRIPLES: Final = frozenset({"A", "FALSE", "TRUE"})
"""Words that stand in a triple pattern; any other ends it."""

_REPEATED_PATH: Final = frozenset("*+?")

_NO_IRI: Final = re.compile(r"<[?$]|<.*[()]|<.*&&", re.DOTALL)
"""What is read as an IRI and is rather two comparisons."""


class _Lost(Exception):
    """The text is not built as expected, so nothing more can be told of it."""


@dataclass
class _Statement:
    """Triple patterns about one subject: where they begin, how many they are and what they name."""

    start: int
    is_anchored: bool
    patterns: int = 1
    variables: set[str] = field(default_factory=set)
    has_repeated_path: bool = False


@dataclass
class _Test:
    """An ``EXISTS`` or ``NOT EXISTS`` from *start* to *end*, which *stands_alone* where it is all that a FILTER has.

    *needs_stop* where only it parts the triple patterns before from those after it.
    """

    start: int
    end: int
    group: "_Group"
    is_negative: bool
    stands_alone: bool
    needs_stop: bool


@dataclass
class _Part:
    """An element of a group that is no triple pattern: its *keyword*, empty for a group, and all that it names."""

    keyword: str
    start: int
    variables: set[str] = field(default_factory=set)
    groups: list["_Group"] = field(default_factory=list)
    tests: list[_Test] = field(default_factory=list)


@dataclass
class _Group:
    start: int
    end: int = 0
    is_optional: bool = False
    is_in_graph: bool = False
    elements: list[_Statement | _Part] = field(default_factory=list)
    sub_select: set[str] = field(default_factory=set)

    @property
    def statements(self) -> list[_Statement]:
        return [element for element in self.elements if isinstance(element, _Statement)]

    @property
    def parts(self) -> list[_Part]:
        return [element for element in self.elements if isinstance(element, _Part)]

    @property
    def patterns(self) -> int:
        """Triple patterns in it, those of groups within it too."""
        within = sum(group.patterns for part in self.parts for group in part.groups)
        return within + sum(statement.patterns for statement in self.statements)

    @property
    def variables(self) -> set[str]:
        return self.sub_select.union(*(element.variables for element in self.elements))


def hints(text: str) -> tuple[Hint, ...]:
    """What may make the query *text* slow, in the order of the text."""
    read = _tokens(text)
    if not read:
        return ()
    is_certain = not any(token.kind == "iri" and _NO_IRI.match(token.text) for token in read)
    groups: list[_Group] = []
    try:
        reader = _Reader(read)
        while reader.seek_group():
            groups.append(reader.group())
    except _Lost:
        is_certain = False
    found = sorted((found for group in groups for found in _slow(group)), key=lambda found: found[1])
    rewritten = _edited(text, [move for _, _, move in found if move])
    return tuple(
        Hint(shape, *place_of(text, start)[:2], rewrite=rewritten if move and is_certain else "")
        for shape, start, move in found
    )


def _tokens(text: str) -> list[Token]:
    """The tokens of *text*, none where there are too many."""
    read = []
    for token in tokens(text):
        read.append(token)
        if len(read) > MOST_TOKENS:
            return []
    return read


class _Reader:
    """Reads groups from tokens; raises _Lost where they are not built as SPARQL 1.1's grammar says."""

    def __init__(self, read: list[Token]) -> None:
        self._tokens = read
        self._at = 0
        self._level = 0
        self._graphs = 0

    def seek_group(self) -> bool:
        """Go to the next group that is not within one, if any."""
        while self._at < len(self._tokens) and self._now.text != "{":
            self._at += 1
        return self._at < len(self._tokens)

    @property
    def _now(self) -> Token:
        if self._at >= len(self._tokens):
            raise _Lost
        return self._tokens[self._at]

    def _word(self) -> str:
        return self._now.text.upper() if self._now.kind == "word" else ""

    def _next(self) -> Token:
        token = self._now
        self._at += 1
        return token

    def _take(self, text: str) -> Token:
        if self._now.text.upper() != text:
            raise _Lost
        return self._next()

    def group(self, keyword: str = "") -> _Group:
        """The group that begins here, after *keyword*."""
        self._level += 1
        if self._level > MOST_LEVELS:
            raise _Lost
        self._graphs += keyword == "GRAPH"
        group = _Group(self._take("{").start, is_optional=keyword == "OPTIONAL", is_in_graph=self._graphs > 0)
        if self._word() == "SELECT":
            self._sub_select(group)
        while self._now.text != "}":
            if self._now.text == ".":
                self._next()
            elif self._now.text == "{" or self._word() in _KEYWORDS:
                group.elements.append(self._part())
            else:
                group.elements.append(self._statement())
        group.end = self._next().start
        self._level -= 1
        self._graphs -= keyword == "GRAPH"
        return group

    def _sub_select(self, group: _Group) -> None:
        part = _Part("SELECT", self._now.start)
        names_all = False
        while self._now.text != "{":
            token = self._next()
            names_all = names_all or token.text == "*"
            if token.kind == "variable":
                group.sub_select.add(_name(token))
        inner = self.group()
        if names_all:
            group.sub_select |= inner.variables
        part.groups.append(inner)
        group.elements.append(part)
        # What follows is GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET and VALUES.
        depth = 0
        while depth or self._now.text != "}":
            depth += {"{": 1, "}": -1}.get(self._next().text, 0)

    def _part(self) -> _Part:
        start = self._now
        part = _Part(self._word(), start.start)
        if part.keyword:
            self._next()
        match part.keyword:
            case "FILTER":
                self._filter(part)
            case "BIND":
                self._expression(part)
            case "VALUES":
                self._values(part)
            case "GRAPH" | "SERVICE":
                while self._now.text != "{":
                    self._note(part.variables, self._next())
                self._groups(part)
            case _:
                self._groups(part)
        return part

    def _groups(self, part: _Part) -> None:
        part.groups.append(self.group(part.keyword))
        while self._word() == "UNION":
            self._next()
            part.groups.append(self.group())
        for group in part.groups:
            part.variables |= group.variables

    def _values(self, part: _Part) -> None:
        while self._now.text != "{":
            self._note(part.variables, self._next())
        while self._next().text != "}":
            pass

    def _filter(self, part: _Part) -> None:
        if self._word() in ("EXISTS", "NOT"):
            self._test(part, stands_alone=True)
            return
        while self._now.text != "(":
            if self._now.kind not in ("iri", "name", "word"):
                raise _Lost
            self._next()
        self._expression(part)

    def _expression(self, part: _Part) -> None:
        """What stands in parentheses."""
        self._take("(")
        depth = 1
        while depth:
            following = self._tokens[self._at + 1 : self._at + 2]
            if self._word() == "EXISTS" or (
                self._word() == "NOT" and following and following[0].text.upper() == "EXISTS"
            ):
                self._test(part, stands_alone=False)
                continue
            token = self._next()
            if token.text in "{}":
                raise _Lost
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            self._note(part.variables, token)

    def _test(self, part: _Part, *, stands_alone: bool) -> None:
        start = part.start if stands_alone else self._now.start
        # A FILTER's word has been read; what stands before it may be the end of a triple pattern.
        needs_stop = stands_alone and self._tokens[self._at - 2].text not in (".", "{", "}")
        is_negative = self._word() == "NOT"
        if is_negative:
            self._next()
        self._take("EXISTS")
        group = self.group()
        end = self._tokens[self._at - 1].end
        if stands_alone and self._now.text == ".":
            end = self._now.end
        part.tests.append(_Test(start, end, group, is_negative, stands_alone, needs_stop))

    def _statement(self) -> _Statement:
        """Triple patterns about one subject, up to their full stop."""
        first = self._now
        statement = _Statement(first.start, is_anchored=first.kind in ("iri", "name"))
        brackets = 0
        before = first
        while brackets or self._now.text not in (".", "}", "{"):
            token = self._now
            word = self._word()
            if word and word not in _IN_TRIPLES:
                if brackets or word not in _KEYWORDS:
                    raise _Lost
                break
            if token.text in ("{", "}"):
                raise _Lost
            self._next()
            brackets += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
            # An empty predicate after a semicolon is allowed and is no pattern.
            if token.text == "," or (before.text == ";" and token.text not in ";]"):
                statement.patterns += 1
            if token.kind == "blank":
                statement.variables.add(token.text)
            statement.has_repeated_path |= token.kind == "mark" and token.text in _REPEATED_PATH
            statement.patterns += before.text == "[" and token.text != "]"
            self._note(statement.variables, token)
            before = token
        if before is first and first.text not in ("]", ")"):
            raise _Lost
        return statement

    @staticmethod
    def _note(variables: set[str], token: Token) -> None:
        if token.kind == "variable":
            variables.add(_name(token))


def _name(variable: Token) -> str:
    """``?x`` and ``$x`` are one variable."""
    return "?" + variable.text[1:]


@dataclass(frozen=True)
class _Move:
    """What stands at *cut* gives way to *stop*; its part *body* goes to *at*, between *before* and *after*."""

    cut: slice
    stop: str
    body: slice
    at: int
    before: str
    after: str


_Found = tuple[Shape, int, _Move | None]


def _slow(group: _Group, given: Set[str] = frozenset()) -> Iterator[_Found]:
    """The slow shapes of *group* and of those within it: where each begins, and what could be moved.

    Variables that are *given* have their values from outside.
    """
    yield from _late(group)
    yield from _unjoined(group, given)
    for part in group.parts:
        for test in part.tests:
            if test.group.patterns > 1:
                shape = _NOT_EXISTS if test.is_negative else _EXISTS
                yield shape, test.start, _instead_of(test, group)
            yield from _slow(test.group, group.variables)
        for inner in part.groups:
            yield from _slow(inner)


def _late(group: _Group) -> Iterator[_Found]:
    """An OPTIONAL before everything that is required."""
    for element in group.elements:
        if not isinstance(element, _Part) or element.keyword not in ("FILTER", "OPTIONAL"):
            return
        is_open = any(not statement.is_anchored for inner in element.groups for statement in inner.statements)
        if is_open and group.statements:
            yield _OPTIONAL_FIRST, element.start, None
            return


def _unjoined(group: _Group, given: Set[str]) -> Iterator[_Found]:
    """The first statement of *group* that nothing joins to those before it."""
    open_statements = [s for s in group.statements if s.variables and not s.is_anchored]
    links = [e.variables for e in group.elements if isinstance(e, _Statement) or e.keyword not in ("FILTER", "MINUS")]
    links.append(set(given))
    if not open_statements:
        return
    first, *others = open_statements
    reached = _reach(first.variables, links)
    for statement in others:
        if not statement.variables & reached:
            yield _CROSS_PRODUCT, statement.start, None
            return


def _reach(variables: set[str], links: list[set[str]]) -> set[str]:
    """All that is joined to *variables* by *links*, directly or not."""
    reached = set(variables)
    rest = list(links)
    while near := [link for link in rest if link & reached]:
        rest = [link for link in rest if not link & reached]
        reached = reached.union(*near)
    return reached


def _instead_of(test: _Test, outer: _Group) -> _Move | None:
    """What says the same without *test*; None where that is not certain.

    A group of triple patterns alone is matched by the same rows whichever way it is evaluated, if what it shares with
    *outer* is bound in every row there (https://www.w3.org/TR/sparql11-query/#neg-notexists-minus). What stands for
    the FILTER goes to the end of *outer*, for a FILTER holds for all of its group. That of an OPTIONAL sees more than
    its group, and repeated paths match even what is not in the data.
    """
    inner = test.group
    # The label of a blank node is no variable: it cannot be shared.
    bound = {name for s in outer.statements for name in s.variables if name.startswith("?")}
    shared = inner.variables & outer.variables
    is_plain = not inner.parts and not any(s.has_repeated_path for s in inner.statements)
    if not (test.stands_alone and is_plain and shared & bound) or outer.is_optional:
        return None
    # A subquery forgets which graph it is in, where that is a variable it does not select.
    if not test.is_negative and (outer.is_in_graph or not shared <= bound):
        return None
    before, after = ("MINUS ", " ") if test.is_negative else (f"{{ SELECT DISTINCT {' '.join(sorted(shared))} ", " } ")
    return _Move(
        cut=slice(test.start, test.end),
        stop="." if test.needs_stop else "",
        body=slice(inner.start, inner.end + 1),
        at=outer.end,
        before=before,
        after=after,
    )


def _edited(text: str, moves: list[_Move]) -> str:
    """*text* with *moves* made."""
    changes = [(move.cut.start, move.cut.stop, move.stop) for move in moves]
    changes += [(move.at, move.at, move.before + text[move.body] + move.after) for move in moves]
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text
