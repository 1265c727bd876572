"""Values joined to a query as data, in a way that every SPARQL store understands.

Each group that mentions a bound variable gets a ``VALUES`` of one row at its start. A clause at the end of the text
would be joined after grouping, where an aggregate, a sub-select or an inner ``FILTER`` no longer sees it; substitutions
of pyoxigraph take projected variables only and exist in no other store. On 100,000 quads they cost the same.

It may not write a value by itself: pyoxigraph serialises every term, escapes included.
"""

from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from .tokens import Token, tokens


class _Scope:
    """A pair of braces, or the query itself.

    *is_select* says that its own tokens belong to the pattern that it opens next: ``?n`` in ``SELECT ?n { … }`` does.
    Braces that are no group (a template, the rows of ``VALUES``) mention what they mention for the scope around them.
    *sees_parent* says that the scope around binds the variables for this one, as for ``OPTIONAL`` and ``EXISTS``.
    """

    def __init__(self, parent: "_Scope | None", start: int, *, is_select: bool, is_group: bool) -> None:
        self.parent = parent
        self.start = start
        self.is_select = is_select
        self.is_group = is_group
        self.pattern: _Scope | None = None
        self.mentioned: set[str] = set() if is_group or parent is None else parent.mentioned
        self.sees_parent = False


def bind(text: str, bindings: Mapping[str, NamedNode | Literal]) -> str:
    """*text* with each variable of *bindings* (names without ``?``) held to its value; lines keep their numbers."""
    if not bindings:
        return text
    root, groups = _scopes(list(tokens(text)))
    insertions = [(group.start, group.mentioned) for group in groups if not group.is_select]
    if root.pattern is None:
        insertions.append((len(text), root.mentioned))
    # Inner scopes first, so that what they hand outwards goes on from there.
    for scope in reversed(groups):
        if scope.sees_parent and scope.parent:
            scope.parent.mentioned |= scope.mentioned
            scope.mentioned.clear()
    for scope in (root, *groups):
        if scope.is_select and scope.pattern:
            scope.pattern.mentioned |= scope.mentioned
    for start, mentioned in sorted(insertions, key=lambda insertion: -insertion[0]):
        names = [name for name in bindings if name in mentioned]
        if names:
            # A text may end in a comment, so what follows it takes a line of its own.
            gap = "\n" if start == len(text) else " "
            text = f"{text[:start]}{gap}{_values(names, bindings)} {text[start:]}"
    return text


def _values(names: list[str], bindings: Mapping[str, NamedNode | Literal]) -> str:
    variables = " ".join(f"?{name}" for name in names)
    return f"VALUES ({variables}) {{ ({' '.join(str(bindings[name]) for name in names)}) }}"


def _scopes(read: list[Token]) -> tuple[_Scope, list[_Scope]]:
    root = _Scope(None, 0, is_select=True, is_group=False)
    scope, groups = root, []
    for index, token in enumerate(read):
        if token.kind == "variable":
            scope.mentioned.add(token.text[1:])
        elif token.text == "{":
            scope = _opened(scope, token, read, index)
            if scope.is_group:
                groups.append(scope)
        elif token.text.upper() == "BIND":
            scope.sees_parent = False
        elif token.text == "}" and scope.parent:
            scope = scope.parent
    return root, groups


def _opened(parent: _Scope, token: Token, read: list[Token], index: int) -> _Scope:
    following = read[index + 1] if index + 1 < len(read) else token
    before = read[index - 1].text.upper() if index else ""
    is_template = before == "CONSTRUCT"
    is_short_template = before == "WHERE" and read[index - 2].text.upper() == "CONSTRUCT"
    is_annotation = following.text == "|"
    is_group = not (is_template or is_short_template or is_annotation or _is_data(read, index))
    is_select = is_group and following.kind == "word" and following.text.upper().startswith("SELECT")
    scope = _Scope(parent, token.end, is_select=is_select, is_group=is_group)
    # A value of their own would make the engine join the whole pattern before it looks at the outer rows (measured:
    # 87 ms for 0.02 ms); only BIND, computed within, cannot do without.
    scope.sees_parent = is_group and not is_select and before in ("OPTIONAL", "EXISTS")
    if parent.is_select and parent.pattern is None and is_group:
        parent.pattern = scope
    return scope


def _is_data(read: list[Token], index: int) -> bool:
    """Whether the brace at *index* opens the rows of a ``VALUES``."""
    index -= 1
    while index >= 0 and (read[index].kind == "variable" or read[index].text in ("(", ")")):
        index -= 1
    return index >= 0 and read[index].text.upper() == "VALUES"
