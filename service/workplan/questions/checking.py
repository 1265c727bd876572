"""What is wrong with a saved query, told by its file alone: each fault with its line and a sentence.

It may not run a query: whether it answers is known when a release is built.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from workplan.engine.guard import check as check_allowed
from workplan.engine.outline import kind_of
from workplan.engine.query import Kind
from workplan.engine.tokens import tokens
from workplan.language import LANGUAGES, sentence
from workplan.model.errors import N_, BadParameter, WorkplanError

from .catalogue import NAME, SavedQuery
from .charts import faults_of_chart
from .columns import EMPTY, Statement, expanded, words_in
from .columns import KEYS as COLUMN_KEYS
from .columns import KINDS as COLUMN_KINDS
from .parameters import KINDS, RESERVED, variables_of

_KEYS: Final = frozenset(
    [
        "chart",
        "choices",
        "columns",
        "defaults",
        "description",
        "endpoint",
        "endpoint-method",
        "endpoint_in_url",
        "enumerate",
        "fields",
        "formerly",
        "method",
        "mime",
        "pagination",
        "question",
        "since",
        "summary",
        "tags",
        "title",
        "transform",
        "tree",
        "words",
    ]
)
"""What a header may say: grlc's keys (README of https://github.com/CLARIAH/grlc) and ours."""

_IN_ALL_LANGUAGES: Final = ("title", "question")


@dataclass(frozen=True)
class Fault:
    """Something wrong with the saved query in *file*, at *line*: a *text* with its *values*."""

    file: Path
    line: int
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, lang: str) -> str:
        """Where and what, for a reader of *lang*."""
        where = sentence(N_("%(path)s, línia %(line)s: "), {"path": str(self.file), "line": self.line}, lang)
        return where + sentence(self.text, self.values, lang)


def faults_of(
    query: SavedQuery, file: Path, names: Collection[str] = (), allowed_services: Collection[str] = ()
) -> Iterator[Fault]:
    """What is wrong with *query*, read from *file*; *names* are those of all saved queries."""

    def fault(at: str, text: str, **values: Any) -> Fault:
        return Fault(file, query.lines.get(at, 1), text, values)

    if not NAME.fullmatch(query.name):
        yield fault(
            "", N_("el nom del fitxer ha de ser de minúscules, xifres i guionets, com ara «accions-per-equip.rq».")
        )
    for key in sorted(set(query.header) - _KEYS, key=str):
        yield fault(
            str(key),
            N_("la capçalera no té cap clau «%(key)s»; n'hi ha aquestes: %(known)s."),
            key=key,
            known=", ".join(sorted(_KEYS)),
        )
    yield from _faults_of_words(query, fault)
    if "tree" in query.header and query.tree is None:
        yield fault("tree", N_("«tree» ha de dir «node» i «parent», dues columnes de la consulta."))
    if not isinstance(query.header.get("formerly", {}), dict):
        yield fault(
            "formerly",
            N_("«%(key)s» ha de dir cada nom que la consulta tenia, amb les columnes que es deien d'una altra manera."),
            key="formerly",
        )
    try:
        check_allowed(query.text, allowed_services)
        kind = kind_of(query.text)
    except WorkplanError as error:
        yield Fault(file, error.values.get("line", 1), error.text, error.values)
        return
    yield from _faults_of_parameters(query, fault, names)
    if kind is Kind.SOLUTIONS and any(token.text == "*" for token in _projection(query.text)):
        yield fault("columns", N_("la consulta ha de dir les columnes una per una, no «SELECT *»."))


def faults_of_columns(query: SavedQuery, file: Path, variables: Sequence[str]) -> Iterator[Fault]:
    """What is wrong with how the header of *query* describes the columns *variables* that its answer has."""
    line = query.lines.get("columns", 1)
    for name in variables:
        column = query.columns.get(name)
        missing = [lang for lang in LANGUAGES if column is None or not column.labels.get(lang)]
        if missing:
            yield Fault(
                file,
                line,
                N_("la columna «%(name)s» no té nom en: %(languages)s."),
                {"name": name, "languages": ", ".join(missing)},
            )
        elif column and column.kind not in COLUMN_KINDS:
            yield Fault(
                file,
                line,
                N_("la columna «%(name)s» no pot ser de tipus «%(kind)s»; pot ser: %(known)s."),
                {"name": name, "kind": column.kind, "known": ", ".join(COLUMN_KINDS)},
            )
        elif column and column.of is not None and (column.of not in query.columns or column.of not in variables):
            yield Fault(
                file,
                line,
                N_("la columna «%(name)s» és el nom de «%(of)s», que la consulta no té."),
                {"name": name, "of": column.of},
            )
        elif (
            column
            and column.statement
            and not {column.statement.subject, column.statement.object or name} <= {*variables}
        ):
            yield Fault(
                file,
                line,
                N_("la columna «%(name)s» parla de columnes que la consulta no té; té: %(known)s."),
                {"name": name, "known": ", ".join(variables)},
            )
    for name, about in _said_of_columns(query):
        for text, values in _faults_of_column(about):
            yield Fault(file, line, text, {"name": name, **values})
    for name in sorted(set(query.columns) - set(variables)):
        origin_of = query.columns[name].origin_of
        if origin_of:
            yield Fault(
                file,
                line,
                N_("a la columna «%(name)s» no hi cap «statement»: la consulta agrupa les files (GROUP BY)."),
                {"name": origin_of},
            )
            continue
        yield Fault(
            file,
            line,
            N_("la consulta no té cap columna «%(name)s»; té: %(known)s."),
            {"name": name, "known": ", ".join(variables)},
        )
    if "chart" in query.header:
        line = query.lines.get("chart", 1)
        for text, values in faults_of_chart(query.header["chart"], query.columns, variables):
            yield Fault(file, line, text, values)


def _said_of_columns(query: SavedQuery) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    said = query.header.get("columns")
    for name, about in said.items() if isinstance(said, dict) else ():
        if isinstance(about, dict):
            yield str(name), about


def _faults_of_column(about: Mapping[Any, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What is wrong with what a header says *about* a column."""
    for key in about:
        if key not in COLUMN_KEYS:
            yield (
                N_("la columna «%(name)s» no té cap clau «%(key)s»; n'hi ha aquestes: %(known)s."),
                {"key": key, "known": ", ".join(COLUMN_KEYS)},
            )
    for key in ("of", "separator", "unit"):
        if key in about and not isinstance(about[key], str):
            yield N_("a la columna «%(name)s», «%(key)s» ha de ser un text."), {"key": key}
    if "statement" in about and Statement.read(about["statement"]) is None:
        yield (
            N_(
                "a la columna «%(name)s», «statement» ha de dir «subject», una columna, i «predicate», una propietat; "
                "si cada fila en diu un sol valor, també «object», la seva columna."
            ),
            {},
        )
    if "empty" in about and about["empty"] not in EMPTY:
        yield (
            N_("a la columna «%(name)s», «%(key)s» només pot ser: %(known)s."),
            {"key": "empty", "known": ", ".join(EMPTY)},
        )
    codes = about.get("values", {})
    if not isinstance(codes, dict) or any(len(words_in(words)) < len(LANGUAGES) for words in codes.values()):
        yield (
            N_("a la columna «%(name)s», «values» ha de dir cada codi en: %(languages)s."),
            {"languages": ", ".join(LANGUAGES)},
        )


def _faults_of_words(query: SavedQuery, fault: Any) -> Iterator[Fault]:
    if not isinstance(query.header.get("summary"), str):
        yield fault("summary", N_("falta «%(key)s», amb un text."), key="summary")
    for key in _IN_ALL_LANGUAGES:
        texts = query.header.get(key)
        said = texts if isinstance(texts, dict) else {}
        missing = [lang for lang in LANGUAGES if not isinstance(said.get(lang), str)]
        if missing:
            yield fault(key, N_("falta «%(key)s» en: %(languages)s."), key=key, languages=", ".join(missing))
    if query.header.get("method", "GET") != "GET":
        yield fault("method", N_("«%(key)s» només pot ser %(expected)s."), key="method", expected="GET")
    length = query.header.get("pagination", 1)
    if not isinstance(length, int) or isinstance(length, bool) or length < 1:
        yield fault("pagination", N_("«%(key)s» ha de ser un nombre enter positiu."), key="pagination")
    if not isinstance(query.header.get("tags", []), list):
        yield fault("tags", N_("«%(key)s» ha de ser una llista."), key="tags")
    words = query.header.get("words", {})
    if not isinstance(words, dict) or not all(lang in LANGUAGES and isinstance(words[lang], list) for lang in words):
        yield fault("words", N_("«%(key)s» ha de dir, per llengua, una llista de paraules."), key="words")


def _faults_of_parameters(query: SavedQuery, fault: Any, names: Collection[str]) -> Iterator[Fault]:
    known = {parameter.name: parameter for parameter in query.parameters}
    given_of = (
        ("defaults", query.defaults),
        ("enumerate", query.enumerations),
        ("choices", query.choice_sources),
        ("fields", query.fields),
    )
    for key, given in given_of:
        for name in sorted(set(given) - set(known)):
            yield fault(
                key,
                N_("«%(key)s» parla del paràmetre «%(name)s», que la consulta no pren; pren: %(known)s."),
                key=key,
                name=name,
                known=", ".join(known) or "–",
            )
    for name, labels in query.fields.items():
        missing = [lang for lang in LANGUAGES if lang not in labels]
        if missing:
            yield fault(
                "fields",
                N_("el camp «%(name)s» no té nom en: %(languages)s."),
                name=name,
                languages=", ".join(missing),
            )
    for source in query.choice_sources.values():
        if source not in names and expanded(source) is None:
            yield fault(
                "choices",
                N_("no hi ha cap consulta desada «%(name)s» d'on treure els valors, ni és cap propietat."),
                name=source,
            )
    for name, parameter in known.items():
        if name in RESERVED:
            yield fault(
                "", N_("cap paràmetre no es pot dir «%(name)s»: les adreces ja fan servir aquest nom."), name=name
            )
        if not parameter.is_known_kind:
            yield fault(
                "",
                N_("el paràmetre «%(name)s» no pot ser de tipus «%(kind)s»; pot ser: %(known)s."),
                name=name,
                kind=parameter.kind,
                known=", ".join((*KINDS, "ca")),
            )
            continue
        variables = variables_of(query.text, name)
        if len(variables) > 1:
            yield fault(
                "",
                N_("el paràmetre «%(name)s» s'escriu de maneres diferents: %(variables)s."),
                name=name,
                variables=", ".join(f"?{variable}" for variable in sorted(variables)),
            )
        if parameter.is_required and parameter.default is None:
            yield fault("defaults", N_("falta a «defaults» un valor d'exemple per al paràmetre «%(name)s»."), name=name)
        listed = [("enumerate", value) for value in parameter.choices]
        for key, value in (*listed, *([] if parameter.default is None else [("defaults", parameter.default)])):
            try:
                parameter.term(value)
            except BadParameter as error:
                yield fault(key, error.text, **error.values)


def _projection(text: str) -> Iterator[Any]:
    """The tokens between ``SELECT`` and the pattern that stand in no parentheses."""
    depth, is_within = 0, False
    for token in tokens(text):
        if token.kind == "word" and token.text.upper() == "SELECT":
            is_within = True
        depth += (token.text == "(") - (token.text == ")")
        if is_within and (token.text == "{" or token.text.upper() == "WHERE") and depth == 0:
            return
        if is_within and depth == 0:
            yield token
