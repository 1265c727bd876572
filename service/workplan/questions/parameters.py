"""The values that a saved query takes: their names, their kinds, and text from outside as terms.

It may not put a value into a query's text: the engine joins it as data.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode

from workplan.engine.tokens import tokens
from workplan.model.errors import N_, BadParameter
from workplan.model.iris import data_iri
from workplan.model.namespaces import NAMESPACES

RESERVED: Final = frozenset(
    [
        "bare",
        "columns",
        "excel",
        "format",
        "height",
        "lang",
        "limit",
        "name",
        "page",
        "release",
        "rows",
        "sort",
        "theme",
        "url",
        "view",
        "width",
    ]
)
"""Names that addresses of every question use, so that no question may take them for a parameter."""

LONGEST_LITERAL: Final = 2_000
"""Characters of a text value: a word or a name to look for is far shorter."""

_VARIABLE: Final = re.compile(r"(_{1,2})([A-Za-z0-9]+)(?:_(?:xsd_)?([A-Za-z]+))?")

_LEXICAL: Final[Mapping[str, re.Pattern[str]]] = {
    "integer": re.compile(r"[+-]?[0-9]{1,18}"),
    "decimal": re.compile(r"[+-]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})"),
    "boolean": re.compile(r"true|false|1|0"),
    "date": re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
}
"""The forms that a value of each XSD datatype may have; of numbers, those that every store holds exactly."""

_ALIASES: Final[Mapping[str, str]] = {"number": "decimal", "string": "literal", "": "literal"}

KINDS: Final = ("iri", "literal", *_LEXICAL)
"""The kinds of parameter, apart from the codes of languages."""

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_IRI: Final = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]+')
_PATH: Final = re.compile(r'[a-z0-9.-]+(/[^\x00-\x20<>"{}|^`\\/?%]+)+')
"""Of an identifier that has an address of its own: any letters, and the marks that may stand in a path."""


@dataclass(frozen=True)
class Parameter:
    """A value that a saved query takes: *variable* is its name in the text, *kind* one of KINDS or a language's code.

    *choices*, where there are any, are the only values that it may have; *default* is the one that a form starts with.
    """

    name: str
    variable: str
    kind: str
    is_required: bool
    default: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def is_known_kind(self) -> bool:
        """Whether values of this kind can be read."""
        return self.kind in KINDS or bool(_LANGUAGE.fullmatch(self.kind))

    def term(self, value: str) -> NamedNode | Literal:
        """*value* as the term that the query expects; of an IRI also its path. Raises BadParameter."""
        if self.choices and value not in self.choices:
            raise BadParameter(
                N_("El paràmetre «%(name)s» no pot ser «%(value)s»; pot ser: %(choices)s."),
                name=self.name,
                value=value,
                choices=", ".join(self.choices),
            )
        term = self._read(value)
        if term is None:
            raise BadParameter(
                N_("El paràmetre «%(name)s» no pot ser «%(value)s»; s'esperava un valor de tipus %(kind)s."),
                name=self.name,
                value=value,
                kind=self.kind,
            )
        return term

    def _read(self, value: str) -> NamedNode | Literal | None:
        if self.kind == "iri":
            return _iri(value)
        if self.kind in _LEXICAL:
            if not _LEXICAL[self.kind].fullmatch(value) or (self.kind == "date" and not _is_day(value)):
                return None
            return Literal(_canonical(self.kind, value), datatype=NamedNode(NAMESPACES["xsd"] + self.kind))
        if not self.is_known_kind or len(value) > LONGEST_LITERAL:
            return None
        return Literal(value) if self.kind == "literal" else Literal(value, language=self.kind)


def parameters_in(text: str) -> dict[str, Parameter]:
    """The parameters that the variables of the SPARQL *text* name, in its order: of ``?_team_iri``, ``team``.

    Their forms are grlc's: ``?_x``, ``?_x_iri``, ``?_x_date``, ``?_x_xsd_date``, ``?_x_ca``; ``?__x`` is optional.
    """
    found: dict[str, Parameter] = {}
    for token in tokens(text):
        if token.kind == "variable" and (match := _VARIABLE.fullmatch(token.text[1:])):
            underscores, name, kind = match[1], match[2], match[3] or ""
            parameter = Parameter(name, match[0], _ALIASES.get(kind, kind), underscores == "_")
            found.setdefault(name, parameter)
    return found


def variables_of(text: str, name: str) -> set[str]:
    """The variables of the SPARQL *text* that name the parameter *name*; more than one is a mistake."""
    matches = (_VARIABLE.fullmatch(token.text[1:]) for token in tokens(text) if token.kind == "variable")
    return {match[0] for match in matches if match and match[2] == name}


def _iri(value: str) -> NamedNode | None:
    """The IRI that *value* is, whole or as the path of one of the data; None where it is none."""
    try:
        if _IRI.fullmatch(value):
            return NamedNode(value)
        return NamedNode(data_iri(value)) if _PATH.fullmatch(value) else None
    except ValueError:
        return None


def _is_day(value: str) -> bool:
    """Whether the calendar has the day *value*."""
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _canonical(kind: str, value: str) -> str:
    """*value* as a store compares it: some compare terms by their letters, not by their value."""
    if kind == "integer":
        return str(int(value))
    if kind == "boolean":
        return {"1": "true", "0": "false"}.get(value, value)
    return value
