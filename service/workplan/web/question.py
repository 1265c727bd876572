"""A question's page: its form, its answer, and everything that takes the answer elsewhere.

It may not hold SPARQL; what goes wrong while the question is answered becomes a sentence on the page.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from workplan.engine.binding import bind
from workplan.engine.hints import hints
from workplan.engine.query import Kind, QueryRequest
from workplan.export.answer import PAGE_LENGTH, RENDERERS, Answer, Asked, Page, Renderer, Source, read, renderers_of
from workplan.export.chart import WIDTH, Chart, chart_of
from workplan.export.palette import AUTO
from workplan.knowledge.choices import Choice, start_values
from workplan.knowledge.curation import added_values
from workplan.knowledge.origin import Origin
from workplan.knowledge.table import Table
from workplan.language import foreign, gettext, long_date, pick, sentence
from workplan.model.errors import (
    N_,
    BadParameter,
    InputError,
    QueryTimeout,
    RequestError,
    ServiceBusy,
    StoreError,
    WorkplanError,
)
from workplan.model.formats import CSV, TURTLE
from workplan.questions.catalogue import SavedQuery, plain_text
from workplan.questions.parameters import Parameter

from .citation import Citation
from .embed_size import LONG, Size, size_of
from .resource import Namer, Value
from .result import Branch, TableView, table_view, tree_of
from .snippets import Snippet, graph_snippets, table_snippets

SHOWN_ROWS: Final = 50
"""Rows of a page of the table, where neither the reader nor the question's header says."""

MOST_SORTED: Final = 2_000
"""Rows up to which a table is sorted by any column: they have to be fetched whole."""

SHOWN_LINES: Final = 200
"""Lines of a graph that the page shows; the downloads hold them all."""

NARROW: Final = 340
"""Pixels of a chart for a telephone, where the usual one would be too small to read."""

FAILURES: Final = (InputError, RequestError, StoreError)
"""What may go wrong with a question: its page stands, and says so."""

_EXPECTED: Final[Mapping[str, str]] = {
    "list": N_("Trieu un valor de la llista."),
    "iri": N_("Escriviu un IRI sencer, o el camí que segueix «id/»."),
    "date": N_("Escriviu un dia del calendari com a AAAA-MM-DD, per exemple 2020-03-31."),
    "integer": N_("Escriviu un nombre enter, per exemple 12."),
    "decimal": N_("Escriviu un nombre, amb punt per als decimals, per exemple 12.5."),
}
"""What a field takes, by the kind of its parameter, for whoever wrote something else."""

_USES: Final[Mapping[str, tuple[str, str]]] = {
    "csv": ("CSV", N_("per a qualsevol programa: una taula de text")),
    "xlsx": (N_("Full de càlcul (XLSX)"), N_("per llegir i filtrar: amb el títol, la font i la llicència")),
    "json": ("JSON", N_("per a programes: cada valor amb el seu tipus")),
    "rows.json": (
        N_("JSON, fila a fila"),
        N_("per a webs i programes: un objecte per fila, els nombres com a nombres"),
    ),
    "tsv": ("TSV", N_("text amb tabuladors, amb els termes tal com són a les dades")),
    "xml": ("XML", N_("per a eines que demanen XML")),
    "csv-metadata.json": (N_("Metadades del CSV"), N_("què vol dir cada columna, segons CSVW")),
    "svg": ("SVG", N_("el gràfic, nítid a qualsevol mida: webs i impremta")),
    "png": ("PNG", N_("el gràfic com a imatge: presentacions i xarxes socials")),
    "vl.json": ("Vega-Lite", N_("el gràfic amb les seves dades, per redibuixar-lo")),
    "ttl": ("Turtle", N_("RDF que també es llegeix bé")),
    "jsonld": ("JSON-LD", N_("RDF per a qui programa amb JSON")),
    "nt": ("N-Triples", N_("RDF, una afirmació per línia")),
    "rdf": ("RDF/XML", N_("RDF per a eines que demanen XML")),
}
"""What each format is called and good for, in the order in which people want them."""

EXCEL: Final = (N_("CSV per a l'Excel"), N_("s'obre amb un doble clic, amb les dates i els decimals com aquí"))
CHARTS: Final = ("png", "svg", "vl.json")


@dataclass(frozen=True)
class Option:
    """A value that a field may have, and its *label* in *lang* (empty where it is the reader's own)."""

    value: str
    label: str
    lang: str = ""


@dataclass(frozen=True)
class Field:
    """A parameter in the form: *control* is the kind of input, *error* what is wrong with *value*."""

    name: str
    label: str
    control: str
    value: str
    is_required: bool
    options: Sequence[Option] = ()
    error: str | None = None

    @property
    def is_choice(self) -> bool:
        """Whether there is anything to choose: of an optional value that the data have one of there is not."""
        return self.is_required or bool(self.value) or self.control != "select" or len(self.options) > 1

    @property
    def shown(self) -> str:
        """The value as people call it."""
        return next((option.label for option in self.options if option.value == self.value), self.value)


@dataclass(frozen=True)
class Download:
    """A file with the answer: where it is, what it is called, what it is good for."""

    href: str
    label: str
    use: str
    media_type: str


@dataclass(frozen=True)
class Trouble:
    """Why there is no answer: a *title*, a *sentence*, what to do, and with which *status*."""

    title: str
    sentence: str
    advice: str
    status: int
    hints: Sequence[Mapping[str, object]] = ()
    retry_after: str | None = None


def formats_in(lang: str) -> list[tuple[str, str, str]]:
    """The extension, the media type and the use of each format that answers have."""
    return [
        (extension, RENDERERS[extension].form.media_type, gettext(use, lang))
        for extension, (_, use) in _USES.items()
        if extension in RENDERERS
    ]


class QuestionView:
    """The question *saved* of *source* as a reader of *lang* asks it with *given*, at the service *base*."""

    def __init__(self, source: Source, saved: SavedQuery, given: Mapping[str, str], lang: str, base: str) -> None:
        self.source, self.saved, self.given, self.lang, self.base = source, saved, given, lang, base
        self.kind = source.engine.kind_of(QueryRequest(saved.text))
        self.title = saved.title(lang)
        self.question = saved.question(lang)
        self.trouble: Trouble | None = None
        self.fields = self._fields()
        self.values = {field.name: field.value for field in self.fields if field.value}
        self.has_errors = any(field.error for field in self.fields)
        self.table: TableView | None = None
        self.tree: Sequence[Branch] = ()
        self.text: str | None = None
        self.truth: bool | None = None
        self.page: Page | None = None
        self.last_page = 1
        self.sorted = ""
        self.is_cut = False
        if self.has_errors:
            return
        try:
            self._ask()
        except FAILURES as error:
            self.trouble = self._told(error)

    @property
    def status(self) -> int:
        """The status of the page's response."""
        return 400 if self.has_errors else self.trouble.status if self.trouble else 200

    @cached_property
    def whole(self) -> Answer:
        """The answer with all its rows."""
        return Answer(self.source, Asked(self.saved, self.values, None, self.lang), self.base)

    def _fields(self) -> list[Field]:
        choices: Mapping[str, Sequence[Choice]] = {}
        try:
            choices = self.source.choices(self.saved)
        except FAILURES as error:
            # Without its lists the form still takes what is written.
            self.trouble = self._told(error)
        start = start_values(self.saved, choices)
        listed = (self._field(p, choices.get(p.name, ()), start.get(p.name, "")) for p in self.saved.parameters)
        return [field for field in listed if field.is_choice]

    def _field(self, parameter: Parameter, choices: Sequence[Choice], start: str) -> Field:
        value = self.given.get(parameter.name, start).strip()
        error = None
        if value:
            try:
                # As the options have it, whether it came as an IRI or as its path.
                value = parameter.term(value).value if parameter.kind == "iri" else value
                parameter.term(value)
            except BadParameter as wrong:
                expected = _EXPECTED["list"] if choices else _EXPECTED.get(parameter.kind)
                error = gettext(expected, self.lang) if expected else sentence(wrong.text, wrong.values, self.lang)
        elif parameter.is_required:
            error = gettext(N_("Cal que ompliu aquest camp."), self.lang)
        options = [self._option(parameter, choice) for choice in choices]
        if value and options and not error and value not in {option.value for option in options}:
            options.insert(0, Option(value, value))
        numbers = {"integer": "integer", "decimal": "decimal"}
        control = "select" if options else "date" if parameter.kind == "date" else numbers.get(parameter.kind, "text")
        return Field(
            parameter.name,
            self.saved.field_label(parameter.name, self.lang),
            control,
            value,
            parameter.is_required,
            options,
            error,
        )

    def _option(self, parameter: Parameter, choice: Choice) -> Option:
        if parameter.kind == "boolean":
            return Option(choice.value, gettext(N_("Sí") if choice.value == "true" else N_("No"), self.lang))
        text, tag = pick(choice.name.labels, self.lang) or (choice.value, "")
        # A code that the label does not begin with tells which one it is.
        code = choice.name.code
        label = f"{code} · {text}" if code and not re.match(rf"{re.escape(code)}\b", text) else text
        return Option(choice.value, label, foreign(tag, self.lang))

    def _ask(self) -> None:
        if self.kind is Kind.SOLUTIONS:
            self._ask_table()
        elif self.kind is Kind.GRAPH:
            lines = self.whole.body(TURTLE).decode().splitlines()
            self.is_cut = len(lines) > SHOWN_LINES
            self.text = "\n".join(lines[:SHOWN_LINES])
        else:
            self.truth = self.whole.body(CSV).strip() == b"true"

    def _ask_table(self) -> None:
        if self.saved.tree and not self.given.get("sort") and self.whole.total <= MOST_SORTED:
            table = self.whole.table
            self.table = self._view(table, self.whole.total)
            self.tree = tree_of(table, self.table, *self.saved.tree)
            if self.tree:
                return
        names = ("page", "limit")
        length = min(self.saved.page_length or SHOWN_ROWS, PAGE_LENGTH, self.source.config.limits.rows)
        paging = {"page": "1", "limit": str(length)} | {n: self.given[n] for n in names if self.given.get(n)}
        given = {name: [value] for name, value in {**self.values, **paging}.items()}
        asked = replace(read(self.source, self.saved, given, names), lang=self.lang)
        answer = Answer(self.source, asked, self.base)
        self.page, self.last_page = asked.page, answer.last_page
        if not asked.page:
            return
        total = answer.total
        way = self.given.get("sort", "")
        column = way.removeprefix("-")
        if column in self.saved.columns:
            if total > MOST_SORTED:
                raise BadParameter(
                    N_(
                        "Aquí només s'ordenen taules de fins a %(most)s files; baixeu-la i ordeneu-la al full de "
                        "càlcul."
                    ),
                    most=MOST_SORTED,
                )
            answer.request  # noqa: B018 - raises where there is no such page
            self.sorted = way
            view = self._view(self.whole.table, total).sorted_by(column, is_descending=way.startswith("-"))
            self.table = view.part((asked.page.number - 1) * asked.page.length, asked.page.length)
        else:
            self.table = self._view(answer.table, total)

    def _view(self, table: Table, total: int) -> TableView:
        iris = {term.value for row in table.rows for term in row if isinstance(term, NamedNode)}
        return table_view(table, self.lang, total=total, added=added_values(self.source.engine, iris))

    def _told(self, error: WorkplanError) -> Trouble:
        is_slow = isinstance(error, QueryTimeout) or (isinstance(error, ServiceBusy) and "long" in error.values)
        return Trouble(
            gettext(error.title, self.lang),
            sentence(error.text, error.values, self.lang),
            gettext(error.advice, self.lang),
            error.status,
            [
                {
                    "line": hint.line,
                    "column": hint.column,
                    "sentence": gettext(hint.shape.sentence, self.lang),
                    "rewrite": hint.rewrite,
                }
                for hint in (hints(self.sparql) if is_slow else ())
            ],
            str(error.values["retry_after"]) if isinstance(error, ServiceBusy) else None,
        )

    def address(self, **changed: str) -> str:
        """The path of this page with its values, and with *changed* ones; an empty one is left out."""
        kept = {name: self.given[name] for name in ("limit", "release") if self.given.get(name)}
        parameters = {**self.values, **kept, **({"sort": self.sorted} if self.sorted else {}), **changed}
        query = urlencode({name: value for name, value in parameters.items() if value})
        return f"/{self.lang}/query/{self.saved.name}{query and '?'}{query}"

    @property
    def canonical(self) -> str:
        """The address of this page, whole, without what only changes how it looks."""
        page = str(self.page.number) if self.page and self.page.number > 1 else ""
        return f"{self.base.rstrip('/')}{self.address(page=page, limit='', sort='', release='')}"

    @property
    def sort_addresses(self) -> dict[str, str]:
        """Where the table is sorted by each of its columns, numbers from the highest; none where it is too long."""
        if not self.table or self.table.total > MOST_SORTED:
            return {}
        found = {}
        for column in self.table.columns:
            first, second = ("-", "") if column.is_number else ("", "-")
            way = second if self.sorted == first + column.name else first
            found[column.name] = self.address(sort=way + column.name) + "#answer"
        return found

    @property
    def is_complete(self) -> bool:
        """Whether the table holds all rows."""
        return bool(self.table) and self.last_page == 1

    @property
    def pages(self) -> list[tuple[str, str]]:
        """The relation and the address of the pages around this one."""
        if not self.page:
            return []
        number = self.page.number
        around = {"prev": number - 1, "next": number + 1}
        return [(rel, f"{self.address(page=str(n))}#answer") for rel, n in around.items() if 1 <= n <= self.last_page]

    @cached_property
    def sparql(self) -> str:
        """The question's SPARQL with its values, without its header."""
        asked = {field.name: field.value for field in self.fields if field.value and not field.error}
        try:
            text = bind(self.saved.text, self.saved.request(asked).bindings)
        except InputError:
            text = self.saved.text
        return plain_text(text)

    @property
    def editor(self) -> str:
        """The address of the editor with the question in it, asked the same."""
        return f"/{self.lang}/sparql?{urlencode({'example': self.saved.name, **self.values})}"

    def _file(self, extension: str, **changed: str) -> str:
        return self.whole.address(extension, is_pinned=self.source.is_pinned, **changed)

    @property
    def _renderers(self) -> list[Renderer]:
        order = list(_USES)
        offered = renderers_of(self.kind, has_chart=self.has_chart)
        return sorted(offered, key=lambda r: order.index(r.extension) if r.extension in order else len(order))

    @property
    def is_embeddable(self) -> bool:
        """Whether another site can show the answer: a graph is for programs."""
        return self.kind is Kind.SOLUTIONS

    @property
    def has_chart(self) -> bool:
        """Whether the question has a chart."""
        return self.saved.chart is not None

    @cached_property
    def chart(self) -> Chart | None:
        """The chart of the answer, where it has one."""
        if not self.table:
            return None
        try:
            return chart_of(self.saved, self.whole, self.lang)
        except FAILURES:
            # The table stands without it, and the downloads say why.
            return None

    def drawing(self, width: int = WIDTH) -> str:
        """Where the chart is drawn *width* pixels wide, in the colours that the reader prefers."""
        narrowed = {} if width == WIDTH else {"width": str(width)}
        return self._file("svg", lang=self.lang, theme=AUTO, bare="1", **narrowed)

    @property
    def chart_files(self) -> list[tuple[str, str]]:
        """Where the chart can be had as a file, with its name."""
        named = ((extension, gettext(_USES[extension][0], self.lang)) for extension in CHARTS)
        return [(self._file(extension, lang=self.lang), name) for extension, name in named]

    @property
    def narrow_drawing(self) -> str:
        """The same for a telephone."""
        return self.drawing(NARROW)

    @property
    def picture(self) -> str:
        """Where the chart is a picture."""
        return self._file("png", lang=self.lang)

    @property
    def downloads(self) -> list[Download]:
        """The answer's files, each with what it is good for."""
        found = []
        for each in self._renderers:
            name, use = _USES.get(each.extension, (each.form.label, ""))
            in_words = {"lang": self.lang} if each.extension in ("xlsx", *CHARTS) else {}
            found.append(
                Download(
                    self._file(each.extension, **in_words),
                    gettext(name, self.lang),
                    use and gettext(use, self.lang),
                    each.form.media_type,
                )
            )
            if each.form is CSV and self.kind is Kind.SOLUTIONS:
                name, use = EXCEL
                href = self._file(each.extension, excel="1", lang=self.lang)
                found.append(Download(href, gettext(name, self.lang), gettext(use, self.lang), each.form.media_type))
        return found

    @property
    def snippets(self) -> list[Snippet]:
        """Programs that get the answer."""
        addresses = {each.extension: self._file(each.extension) for each in self._renderers}
        if self.kind is Kind.GRAPH:
            return graph_snippets(addresses)
        if self.kind is Kind.SOLUTIONS:
            return table_snippets(addresses, f"{self.base.rstrip('/')}/sparql", self.sparql)
        return []

    @cached_property
    def citation(self) -> Citation:
        """How to cite the answer."""
        config, known = self.source.config, self._origin
        author = known.publisher_in(self.lang, config.title_in(self.lang))
        title = f"{config.title_in(self.lang)}: {self.title}"
        asked = "; ".join(f"{field.label}: {field.shown}" for field in self.fields if field.value)
        return Citation(
            self.lang,
            author,
            f"{title} ({asked})" if asked else title,
            date.fromisoformat(known.modified) if known.modified else None,
            self.source.version,
            self.whole.address(is_pinned=True),
            "-".join(filter(None, (config.network, self.saved.name, self.source.version))),
            [source.text for source in self.sources],
        )

    @cached_property
    def _origin(self) -> Origin:
        try:
            return self.source.origin
        except FAILURES:
            # A page that tells of a failure does not fail by what it says besides.
            return Origin({}, None)

    @property
    def day(self) -> str:
        """The day of the data, in words."""
        return long_date(self.citation.day, self.lang) if self.citation.day else ""

    @property
    def frame(self) -> Size:
        """The size of a frame for its table."""
        asked = [f"{field.label}: {field.shown}" for field in self.fields if field.value]
        return size_of(self.title, self.question, asked, self.table) if self.table else LONG

    @property
    def has_added(self) -> bool:
        """Whether a curator added any value of the table."""
        return any(cell.added for row in (self.table.rows if self.table else ()) for cell in row)

    @property
    def sources(self) -> list[Value]:
        """What the data were taken from."""
        namer = Namer({}, self.lang)
        found = []
        for iri, labels in self._origin.sources.items():
            text, tag = pick(labels, self.lang) or (iri, "")
            found.append(replace(namer.named(iri), text=text, lang=namer.mark(tag)))
        return found
