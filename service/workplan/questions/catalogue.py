"""The saved queries of folders, read as grlc reads them (https://github.com/CLARIAH/grlc).

A file holds SPARQL; comment lines that begin with ``#+`` hold YAML. Of a variable ``?_team_iri`` the query takes a
required parameter ``team`` of kind ``iri``; ``?__team_iri`` is an optional one.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml

from workplan.engine.query import QueryRequest
from workplan.language import fallback, gettext
from workplan.model.encoding import UTF_8
from workplan.model.errors import N_, BadParameter, UnknownQuery, UnreadableData
from workplan.model.words import nearest

from .charts import ChartHeader, faults_of_chart
from .columns import Column, words_in
from .parameters import Parameter, parameters_in
from .rewriting import Unreadable, ordered, with_origins

SUFFIX: Final = ".rq"
NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""A name as addresses take it: what follows its first dot says the format."""

_MARK: Final = "#+"

PLAN: Final = "plan"
"""The parameter that keeps a question to one plan."""

_KNOWN_FIELDS: Final[Mapping[str, str]] = {PLAN: N_("Pla")}
"""What parameters are called that many questions share, where their header does not say."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C is nearly ten times as fast; a PyYAML that was built without libyaml has none."""

_NO_YAML: Final = N_(
    "la capçalera «#+» no és YAML: el que porta «:», «,», «?» o «#» va entre cometes, el sagnat es fa amb espais, i "
    "les claus i els claudàtors es tanquen"
)
"""What YAML's own parser says is for whoever knows its grammar."""


@dataclass(frozen=True)
class SavedQuery:
    """A question with a name: *header* is its YAML, *text* its SPARQL, *lines* where the header's keys stand."""

    name: str
    header: Mapping[str, Any]
    text: str
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The values that the query takes, in the order in which its text names them."""
        defaults, choices = self.defaults, self.enumerations
        return tuple(
            replace(
                parameter,
                default=defaults.get(name),
                choices=choices.get(name) or (("true", "false") if parameter.kind == "boolean" else ()),
            )
            for name, parameter in parameters_in(self.text).items()
        )

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The columns that the header describes, by the name of their variable."""
        described = columns_in(self.header)
        with_origins = (each for column in described for each in (column, column.origin))
        return {column.name: column for column in with_origins if column}

    @cached_property
    def defaults(self) -> Mapping[str, str]:
        """The value with which a form starts, by parameter."""
        return {name: _as_text(value) for name, value in _pairs(self.header.get("defaults"))}

    @cached_property
    def fields(self) -> Mapping[str, Mapping[str, str]]:
        """What a form calls a parameter, by language, where the header says."""
        return {name: words_in(value) for name, value in _pairs(self.header.get("fields"))}

    def field_label(self, name: str, lang: str) -> str:
        """What the parameter *name* is called for a reader of *lang*."""
        said = self.fields.get(name)
        if said:
            return next((said[code] for code in fallback(lang) if code in said), name)
        if name in _KNOWN_FIELDS:
            return gettext(_KNOWN_FIELDS[name], lang)
        return self.columns[name].label(lang) if name in self.columns else name

    @cached_property
    def enumerations(self) -> Mapping[str, tuple[str, ...]]:
        """The only values of a parameter, where the header lists them."""
        given = dict(_pairs(self.header.get("enumerate")))
        return {name: tuple(map(_as_text, values)) for name, values in given.items() if isinstance(values, list)}

    @cached_property
    def choice_sources(self) -> Mapping[str, str]:
        """Where a parameter's choices come from, where the header says: a saved query or a property."""
        return {name: str(value) for name, value in _pairs(self.header.get("choices"))}

    @cached_property
    def former_names(self) -> Mapping[str, Mapping[str, str]]:
        """The names of questions that this one has taken in, each with the columns that are called otherwise here."""
        given = self.header.get("formerly")
        return {
            str(name): {str(old): str(new) for old, new in columns.items()} if isinstance(columns, dict) else {}
            for name, columns in (given.items() if isinstance(given, dict) else ())
        }

    @cached_property
    def tree(self) -> tuple[str, str] | None:
        """The column of the things that make a tree and that of what each is under, where the header says so."""
        given = self.header.get("tree")
        names = (given.get("node"), given.get("parent")) if isinstance(given, dict) else ()
        known = [str(name) for name in names if name in self.columns]
        return (known[0], known[1]) if len(known) == len(names) == 2 else None

    @cached_property
    def chart(self) -> ChartHeader | None:
        """How the answer is drawn, where the header says; nothing where it says it wrong, which the build refuses."""
        about = self.header.get("chart")
        is_sound = about is not None and not any(faults_of_chart(about, self.columns, list(self.columns)))
        return ChartHeader.read(about) if is_sound else None

    @property
    def tags(self) -> tuple[str, ...]:
        """What the question is about."""
        tags = self.header.get("tags")
        return tuple(map(str, tags)) if isinstance(tags, list) else ()

    def words(self, lang: str) -> tuple[str, ...]:
        """Other words of *lang* by which people look for the question."""
        given = self.header.get("words")
        words = given.get(lang) if isinstance(given, dict) else None
        return tuple(map(str, words)) if isinstance(words, list) else ()

    @property
    def page_length(self) -> int | None:
        """Rows of a page where whoever asks for one does not say; None where the header does not either."""
        length = self.header.get("pagination")
        return length if isinstance(length, int) else None

    def title(self, lang: str) -> str:
        """The question's title in the best language for a reader of *lang*."""
        return self._in("title", lang) or str(self.header.get("summary") or self.name)

    def question(self, lang: str) -> str:
        """The question itself, in full words, in the best language for a reader of *lang*."""
        return self._in("question", lang) or self.title(lang)

    def _in(self, key: str, lang: str) -> str | None:
        texts = self.header.get(key)
        if isinstance(texts, dict):
            return next((str(texts[code]) for code in fallback(lang) if code in texts), None)
        return str(texts) if texts else None

    @cached_property
    def ordered_text(self) -> str:
        """The SPARQL of the question; of a SELECT, with all its rows in one order, always the same."""
        try:
            return ordered(self.text, self.columns)
        except Unreadable:
            # Nothing to order, or a mistake that the engine tells best.
            return self.text

    def request(self, values: Mapping[str, str], text: str | None = None) -> QueryRequest:
        """The question, or another *text* made from it, with *values* bound to its parameters.

        An empty value is as good as none.

        Raises BadParameter for one that is unknown, missing or malformed.
        """
        parameters = {p.name: p for p in self.parameters}
        refuse_unknown(values, parameters)
        given = {name: value for name, value in values.items() if value}
        missing = [p.name for p in self.parameters if p.is_required and p.name not in given]
        if missing:
            raise BadParameter(
                N_("Falta el paràmetre «%(name)s»; aquesta consulta pren: %(known)s."),
                name=missing[0],
                known=", ".join(parameters),
            )
        bindings = {parameters[name].variable: parameters[name].term(value) for name, value in given.items()}
        return QueryRequest(text or self.ordered_text, bindings=bindings)

    def example(self) -> dict[str, str]:
        """Values with which the question can be asked: the default of each parameter that it must have."""
        return {p.name: p.default for p in self.parameters if p.is_required and p.default is not None}


def columns_in(header: Mapping[str, Any]) -> list[Column]:
    """The columns that *header* describes."""
    described = header.get("columns")
    return [
        Column.read(str(name), about)
        for name, about in (described.items() if isinstance(described, dict) else ())
        if isinstance(about, dict)
    ]


def refuse_unknown(names: Sequence[str] | Mapping[str, Any], known: Sequence[str] | Mapping[str, Any]) -> None:
    """Raise BadParameter for the first of *names* that is not among *known*, with the near miss or all that are."""
    for name in names:
        if name not in known:
            near = nearest(name, known) or ""
            raise BadParameter(
                N_("El paràmetre «%(name)s» no existeix; potser volíeu dir «%(near)s»? La consulta pren: %(known)s.")
                if near
                else N_("El paràmetre «%(name)s» no existeix; aquesta consulta pren: %(known)s."),
                name=name,
                near=near,
                known=", ".join(known) or "–",
            )


def plain_text(text: str) -> str:
    """The SPARQL *text* of a saved query without its header."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(_MARK)).strip()


def _pairs(given: Any) -> list[tuple[str, Any]]:
    """The entries of grlc's list of ``- name: value``, or of a mapping."""
    entries = given if isinstance(given, list) else [given]
    return [(str(name), value) for entry in entries if isinstance(entry, dict) for name, value in entry.items()]


def _as_text(value: Any) -> str:
    """A YAML scalar as it would stand in an address."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def decoded(content: bytes, name: str | Path) -> str:
    """*content*, of the file called *name*, as text. Raises UnreadableData where it is no UTF-8."""
    try:
        return content.decode(UTF_8).replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableData(path=name, line=line, column=1, cause=N_("no és UTF-8")) from error


def read_query(file: Path) -> SavedQuery:
    """The saved query in *file*. Raises UnreadableData where it is not UTF-8 or its header is no YAML mapping."""
    text = decoded(file.read_bytes(), file)
    header = "\n".join(
        line[len(_MARK) :].removeprefix(" ") if line.startswith(_MARK) else "" for line in text.splitlines()
    )
    try:
        parsed, lines = _read_header(header)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise UnreadableData(path=file, line=line, column=column, cause=_NO_YAML) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnreadableData(path=file, line=1, column=1, cause=_NO_YAML) from error
    if not isinstance(parsed, dict):
        raise UnreadableData(path=file, line=1, column=1, cause=N_("la capçalera «#+» ha de ser clau: valor"))
    with suppress(Unreadable):  # what is wrong with it is told when it is checked
        text = with_origins(text, columns_in(parsed))
    return SavedQuery(file.stem, parsed, text, lines)


def _read_header(header: str) -> tuple[Any, dict[str, int]]:
    """What the YAML *header* says, and on which line each of its keys stands, from 1."""
    loader = _LOADER(header)
    try:
        node = loader.get_single_node()
        parsed = loader.construct_document(node) if node else None
    finally:
        loader.dispose()
    keys = node.value if isinstance(node, yaml.MappingNode) else ()
    return parsed or {}, {str(key.value): key.start_mark.line + 1 for key, _ in keys}


def query_files(folders: Path | Sequence[Path]) -> dict[str, Path]:
    """The files of saved queries in *folders* by name, sorted; a later folder's take the place of an earlier one's."""
    listed = (folders,) if isinstance(folders, Path) else folders
    found = (file for folder in listed if folder.is_dir() for file in folder.iterdir())
    files = {file.stem: file for file in found if file.suffix == SUFFIX and file.is_file()}
    return dict(sorted(files.items()))


def catalogue(folders: Path | Sequence[Path]) -> dict[str, SavedQuery]:
    """The saved queries of *folders* by name, sorted.

    One that cannot be read is left out and logged: it must not take the others down with it. The build refuses it.
    """
    found = {}
    for name, file in query_files(folders).items():
        try:
            found[name] = read_query(file)
        except UnreadableData as error:
            logging.getLogger(__name__).warning("%s", error)
    return found


def taken_in(queries: Mapping[str, SavedQuery]) -> dict[str, tuple[str, Mapping[str, str]]]:
    """The names of before of *queries*: which question each has gone to, and what columns are called otherwise there.

    A question that has the name now is not led away from.
    """
    return {
        before: (query.name, columns)
        for query in queries.values()
        for before, columns in query.former_names.items()
        if before not in queries
    }


def query_named(name: str, folders: Path | Sequence[Path]) -> SavedQuery:
    """The saved query *name* of *folders*, or the one that has taken it in.

    Raises UnknownQuery that lists those there are, or UnreadableData.
    """
    files = query_files(folders)
    if name in files:
        return read_query(files[name])
    queries = catalogue(folders)
    if name in (before := taken_in(queries)):
        return queries[before[name][0]]
    raise unknown(name, files)


def unknown(name: str, known: Sequence[str] | Mapping[str, Any]) -> UnknownQuery:
    """The error that there is no question *name*: with the near miss, or all that are *known*."""
    near = nearest(name, known) or ""
    listed = ", ".join(known) or "–"
    if near:
        return UnknownQuery(
            N_("No hi ha cap consulta desada «%(name)s»; potser volíeu dir «%(near)s»? Les que hi ha són: %(known)s."),
            name=name,
            near=near,
            known=listed,
        )
    return UnknownQuery(name=name, known=listed)
