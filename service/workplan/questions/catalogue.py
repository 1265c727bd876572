"""The saved queries of a folder, read as grlc reads them (https://github.com/CLARIAH/grlc).

A file holds SPARQL; comment lines that begin with ``#+`` hold YAML. Of a variable ``?_team_iri`` the query takes a
required parameter ``team`` of kind ``iri``; ``?__team_iri`` is an optional one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import yaml
from pyoxigraph import Literal, NamedNode

from workplan.engine.query import QueryRequest
from workplan.language import fallback
from workplan.model.errors import N_, BadParameter, UnknownQuery, UnreadableData
from workplan.model.iris import data_iri
from workplan.model.namespaces import NAMESPACES

SUFFIX: Final = ".rq"
_MARK: Final = "#+"
_VARIABLE: Final = re.compile(r"[?$](_{1,2})([A-Za-z0-9]+)(?:_([a-z]+))?\b")

_LEXICAL: Final[Mapping[str, re.Pattern[str]]] = {
    "integer": re.compile(r"[+-]?[0-9]+"),
    "decimal": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"),
    "boolean": re.compile(r"true|false|1|0"),
    "date": re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
}
"""The forms that a value of each XSD datatype may have."""

_IRI: Final = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]+')
_PATH: Final = re.compile(r"[a-z0-9.-]+(/[A-Za-z0-9._-]+)+")


@dataclass(frozen=True)
class Parameter:
    """A value that a saved query takes: *variable* is its name in the text, *kind* a datatype or a language."""

    name: str
    variable: str
    kind: str
    is_required: bool

    def term(self, value: str) -> NamedNode | Literal:
        """*value* as the term that the query expects. Raises BadParameter."""
        if self.kind == "iri":
            if _IRI.fullmatch(value):
                return NamedNode(value)
            if _PATH.fullmatch(value):
                return NamedNode(data_iri(value))
        elif self.kind in _LEXICAL:
            if _LEXICAL[self.kind].fullmatch(value):
                return Literal(value, datatype=NamedNode(NAMESPACES["xsd"] + self.kind))
        elif self.kind == "literal":
            return Literal(value)
        else:
            return Literal(value, language=self.kind)
        raise BadParameter(
            N_("El paràmetre «%(name)s» no pot ser «%(value)s»; s'esperava un valor de tipus %(kind)s."),
            name=self.name,
            value=value,
            kind=self.kind,
        )


@dataclass(frozen=True)
class SavedQuery:
    """A question with a name: *header* is its YAML, *text* its SPARQL."""

    name: str
    header: Mapping[str, Any]
    text: str

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The values that the query takes, in the order in which its text names them."""
        found: dict[str, Parameter] = {}
        for underscores, name, kind in _VARIABLE.findall(self.text):
            known = "literal" if not kind else {"number": "decimal"}.get(kind, kind)
            variable = f"{underscores}{name}{f'_{kind}' if kind else ''}"
            found.setdefault(name, Parameter(name, variable, known, underscores == "_"))
        return tuple(found.values())

    def title(self, lang: str) -> str:
        """The question's title in the best language for a reader of *lang*."""
        titles = self.header.get("title")
        if isinstance(titles, dict):
            return str(next((titles[code] for code in fallback(lang) if code in titles), self.name))
        return str(titles or self.header.get("summary") or self.name)

    def request(self, values: Mapping[str, str]) -> QueryRequest:
        """The query with *values* bound to its parameters.

        Raises BadParameter for one that is unknown, missing or malformed.
        """
        parameters = {p.name: p for p in self.parameters}
        known = ", ".join(parameters) or "–"
        for name in values:
            if name not in parameters:
                near = "".join(get_close_matches(name, parameters, n=1))
                raise BadParameter(
                    N_("El paràmetre «%(name)s» no existeix; potser volíeu dir «%(near)s»?")
                    if near
                    else N_("El paràmetre «%(name)s» no existeix; aquesta consulta pren: %(known)s."),
                    name=name,
                    near=near,
                    known=known,
                )
        missing = [p.name for p in self.parameters if p.is_required and p.name not in values]
        if missing:
            raise BadParameter(
                N_("Falta el paràmetre «%(name)s»; aquesta consulta pren: %(known)s."), name=missing[0], known=known
            )
        bindings = {parameters[name].variable: parameters[name].term(value) for name, value in values.items()}
        return QueryRequest(self.text, bindings=bindings)


def read_query(file: Path) -> SavedQuery:
    """The saved query in *file*. Raises UnreadableData where its header is no YAML mapping."""
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    header = "\n".join(line[len(_MARK) :].removeprefix(" ") if line.startswith(_MARK) else "" for line in lines)
    try:
        parsed = yaml.safe_load(header) or {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise UnreadableData(
            path=file, line=mark.line + 1 if mark else 1, column=mark.column + 1 if mark else 1, cause=error.problem
        ) from error
    if not isinstance(parsed, dict):
        raise UnreadableData(path=file, line=1, column=1, cause=N_("la capçalera «#+» ha de ser clau: valor"))
    return SavedQuery(file.stem, parsed, text)


def catalogue(folder: Path) -> dict[str, SavedQuery]:
    """The saved queries of *folder* by name, sorted."""
    return {file.stem: read_query(file) for file in sorted(folder.glob("*" + SUFFIX))}


def query_named(name: str, folder: Path) -> SavedQuery:
    """The saved query *name* of *folder*. Raises UnknownQuery that lists those there are."""
    queries = catalogue(folder)
    if name not in queries:
        raise UnknownQuery(name=name, known=", ".join(queries) or "–")
    return queries[name]
