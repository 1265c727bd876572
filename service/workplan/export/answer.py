"""One question as someone asks it: its values, its page, its format, and the answer in any format that it can have.

A format is an entry in RENDERERS, whoever adds one. It may not hold SPARQL or know how the question arrived.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from types import MappingProxyType
from typing import Final, TypeVar
from urllib.parse import urlencode, urljoin

from pyoxigraph import NamedNode

from workplan.configuration import Configuration
from workplan.engine.query import Kind, QueryEngine, QueryRequest
from workplan.knowledge.choices import Choice, choices_of, is_of_their_kind, plans_with_content
from workplan.knowledge.description import names_of
from workplan.knowledge.origin import Origin, origin
from workplan.knowledge.table import Table, table_of
from workplan.language import DEFAULT, LANGUAGES, pick
from workplan.model.errors import N_, BadParameter, NotAcceptable, UnknownPage
from workplan.model.formats import (
    CHART_FORMATS,
    CSV,
    CSV_METADATA,
    GRAPH_FORMATS,
    JSON_RESULTS,
    PNG,
    ROWS,
    SOLUTION_FORMATS,
    SVG,
    VEGA_LITE,
    XLSX,
    Format,
)
from workplan.model.iris import data_path
from workplan.questions.catalogue import PLAN, SavedQuery, refuse_unknown
from workplan.questions.rewriting import count_of, page_of

from .chart import NARROWEST, WIDEST, WIDTH, Chart, chart_of
from .credits import Credits
from .metadata import csvw
from .palette import THEMES
from .rows import rows_json
from .spreadsheet import excel_csv, workbook

PAGE_LENGTH: Final = 100
"""Rows of a page where neither the request nor the question's header says."""

LAST_PAGE: Final = 10**9
"""The highest number of a page that is read as one."""

SWITCH: Final[Mapping[str, bool]] = {"1": True, "0": False}
"""How a switch in an address is on or off."""

_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9]+")
"""What stands as a hyphen in the name of a file."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Source:
    """What answers: an *engine* over one release and that release's *queries*.

    *version* is None where the data may change unseen; a *pinned* address answers from one release for good.
    """

    engine: QueryEngine
    queries: Mapping[str, SavedQuery]
    config: Configuration
    version: str | None
    is_pinned: bool = False

    @property
    def origin(self) -> Origin:
        """Where its data come from: asked once of a release, each time of a store that may change."""
        return self._origin if self.version else origin(self.engine, self.config.network)

    @cached_property
    def _origin(self) -> Origin:
        return origin(self.engine, self.config.network)

    def choices(self, query: SavedQuery) -> Mapping[str, tuple[Choice, ...]]:
        """The values that the data offer for the parameters of *query*: asked once of a release."""
        if self.version is None:
            return choices_of(self.engine, query, self.queries)
        if query.name not in self._choices:
            self._choices[query.name] = choices_of(self.engine, query, self.queries)
        return self._choices[query.name]

    @cached_property
    def plan(self) -> str | None:
        """The only plan of which the data hold something; None where there are several, or they may change unseen."""
        plans = plans_with_content(self.engine) if self.version else []
        return plans[0] if len(plans) == 1 else None

    @cached_property
    def _choices(self) -> dict[str, Mapping[str, tuple[Choice, ...]]]:
        return {}


@dataclass(frozen=True)
class Page:
    """The page *number*, from 1, of *length* rows each."""

    number: int
    length: int


@dataclass(frozen=True)
class Asked:
    """What a request asks of *query*: *values* of its parameters, one *page* or all rows, for a reader of *lang*.

    *theme*, *width* and whether it *is bare* are of a picture.
    """

    query: SavedQuery
    values: Mapping[str, str]
    page: Page | None
    lang: str
    is_excel: bool = False
    theme: str = next(iter(THEMES))
    width: int = WIDTH
    is_bare: bool = False


def read(source: Source, query: SavedQuery, given: Mapping[str, list[str]], known: tuple[str, ...]) -> Asked:
    """What the parameters *given* ask of *query*; *known* are the ones beside the query's own.

    Raises BadParameter for one that is unknown, repeated or malformed, or names what the data of *source* do not have.
    """
    names = [parameter.name for parameter in query.parameters]
    refuse_unknown(given, [*names, *known])
    for name, values in given.items():
        if len(values) > 1:
            raise BadParameter(N_("El paràmetre «%(name)s» hi és %(count)s vegades."), name=name, count=len(values))
    one = {name: values[0] for name, values in given.items()}
    asked = {name: one[name] for name in names if one.get(name)}
    # What is missing or malformed is refused before anything is asked.
    query.request(asked)
    refuse_unknown_choices(source, query, asked)
    return Asked(
        query,
        asked,
        _page(query, one, source.config.limits.rows),
        _one_of("lang", one.get("lang", DEFAULT), {lang: lang for lang in LANGUAGES}),
        _one_of("excel", one.get("excel", "0"), SWITCH),
        _one_of("theme", one.get("theme", next(iter(THEMES))), {theme: theme for theme in THEMES}),
        _number("width", one, WIDTH, WIDEST, NARROWEST),
        _one_of("bare", one.get("bare", "0"), SWITCH),
    )


def refuse_unknown_choices(source: Source, query: SavedQuery, values: Mapping[str, str]) -> None:
    """Raise BadParameter for the first of *values* that names no resource of the kind that *query* asks for.

    One that the question does not offer may still be of that kind: its answer is empty, and rightly so.
    """
    named = [p for p in query.parameters if p.kind == "iri" and not p.choices and p.name in values]
    offered = source.choices(query) if named else {}
    for parameter in named:
        iris = [choice.value for choice in offered.get(parameter.name, ())]
        iri = getattr(parameter.term(values[parameter.name]), "value", "")
        if not iris or iri in iris or is_of_their_kind(source.engine, iri, iris):
            continue
        paths = [data_path(each) or each for each in iris]
        near = get_close_matches(data_path(iri) or iri, paths, n=3)
        raise BadParameter(
            N_("El paràmetre «%(name)s» no pot ser «%(value)s», que no és a les dades; potser volíeu dir %(near)s?")
            if near
            else N_("El paràmetre «%(name)s» no pot ser «%(value)s», que no és a les dades; per exemple: %(near)s."),
            name=parameter.name,
            value=values[parameter.name],
            near=", ".join(f"«{each}»" for each in near or paths[:3]),
        )


def _one_of(name: str, given: str, known: Mapping[str, Value]) -> Value:
    if given not in known:
        raise BadParameter(
            N_("El paràmetre «%(name)s» no pot ser «%(value)s»; pot ser: %(choices)s."),
            name=name,
            value=given,
            choices=", ".join(known),
        )
    return known[given]


def _page(query: SavedQuery, given: Mapping[str, str], most: int) -> Page | None:
    if "page" not in given and "limit" not in given:
        return None
    length = min(query.page_length or PAGE_LENGTH, most)
    return Page(_number("page", given, 1, LAST_PAGE), _number("limit", given, length, most))


def _number(name: str, given: Mapping[str, str], otherwise: int, most: int, least: int = 1) -> int:
    text = given.get(name)
    if text is None:
        return otherwise
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    if not is_number or not least <= int(text) <= most:
        raise BadParameter(
            N_("El paràmetre «%(name)s» no pot ser «%(value)s»; s'esperava un nombre enter, de %(least)s a %(most)s."),
            name=name,
            value=text,
            least=least,
            most=most,
        )
    return int(text)


@dataclass(frozen=True)
class Answer:
    """The answer of *source* to what was *asked*; nothing is asked of the store before it is needed.

    *base* is the address at which this service is reached, empty where there is none.
    """

    source: Source
    asked: Asked
    base: str

    @cached_property
    def kind(self) -> Kind:
        """The kind of answer that the question has."""
        return self.source.engine.kind_of(QueryRequest(self.asked.query.text))

    @cached_property
    def request(self) -> QueryRequest:
        """What the engine is asked: all rows, or those of the page. Raises UnknownPage."""
        query, page = self.asked.query, self.asked.page
        if page is None:
            return query.request(self.asked.values)
        if page.number > self.last_page:
            raise UnknownPage(page=page.number, last=self.last_page)
        start = (page.number - 1) * page.length
        return query.request(self.asked.values, page_of(query.text, list(query.columns), start, page.length))

    @cached_property
    def total(self) -> int:
        """How many rows all pages have together. Raises BadParameter where the answer has no rows."""
        if self.kind is not Kind.SOLUTIONS:
            raise BadParameter(N_("La resposta d'aquesta consulta no és una taula: no té pàgines."))
        query = self.asked.query
        asked = query.request(self.asked.values, count_of(query.text))
        (row,) = table_of(self.source.engine, query, self.source.engine.run(asked, JSON_RESULTS).body).rows
        return int(getattr(row[0], "value", 0))

    @property
    def last_page(self) -> int:
        """The number of the last page; an answer without rows has one."""
        return max(1, -(-self.total // self.asked.page.length)) if self.asked.page else 1

    @cached_property
    def table(self) -> Table:
        """The rows as a table."""
        return table_of(self.source.engine, self.asked.query, self.body(JSON_RESULTS))

    def body(self, form: Format) -> bytes:
        """What the engine writes in *form*."""
        return self.source.engine.run(self.request, form).body

    @property
    def parameters(self) -> dict[str, str]:
        """What the request asks, apart from its format and its language: the same whatever the order it came in."""
        page = self.asked.page
        paging = {"page": str(page.number), "limit": str(page.length)} if page else {}
        return {**dict(sorted(self.asked.values.items())), **paging}

    @property
    def _asked_in_words(self) -> tuple[tuple[str, str], ...]:
        """What the request asks, as its reader calls it: resources by their names."""
        query, lang = self.asked.query, self.asked.lang
        terms = {p.name: p.term(self.asked.values[p.name]) for p in query.parameters if p.name in self.asked.values}
        iris = {term.value for term in terms.values() if isinstance(term, NamedNode)}
        names = names_of(self.source.engine, iris) if iris else {}
        told = {
            name: (pick(names[term.value].labels, lang) or (term.value,))[0] if term.value in names else term.value
            for name, term in terms.items()
        }
        paging = ((name, self.parameters[name]) for name in ("page", "limit") if name in self.parameters)
        return (*((query.field_label(name, lang), text) for name, text in told.items()), *paging)

    def address(self, extension: str = "", *, is_pinned: bool = False, **changed: str) -> str:
        """The absolute address of this answer with *extension* and with the parameters *changed*.

        A *pinned* one answers from this release for good, where there is a release.
        """
        release = f"/releases/{self.source.version}" if is_pinned and self.source.version else ""
        path = f"{release}/query/{self.asked.query.name}{extension and '.'}{extension}"
        parameters = urlencode({**self.parameters, **changed})
        return urljoin(self.base, f"{path}?{parameters}" if parameters else path)

    def file_name(self, extension: str) -> str:
        """What a file with this answer is called: its plan or network, the question and what it was asked, in ASCII."""
        values = dict(self.asked.values)
        plan = values.pop(PLAN, None) or self.source.plan or self.source.config.network
        tails = (data_path(value) or value for value in values.values())
        said = (data_path(plan) or plan, self.asked.query.name, *(tail.rpartition("/")[2] for tail in tails))
        return "-".join(filter(None, (_NOT_IN_NAMES.sub("-", part).strip("-")[:40] for part in said))) + f".{extension}"

    @property
    def credits(self) -> Credits:
        """What a file with this answer says of itself."""
        query, lang, config = self.asked.query, self.asked.lang, self.source.config
        known = self.source.origin
        return Credits(
            lang=lang,
            title=query.title(lang),
            question=query.question(lang),
            asked=self._asked_in_words,
            publisher=known.publisher_in(lang, config.title_in(lang)),
            site=config.title_in(lang),
            sources=tuple((iri, (pick(labels, lang) or (iri,))[0]) for iri, labels in known.sources.items()),
            licence=config.licence,
            modified=known.modified,
            release=self.source.version,
            address=self.address(is_pinned=True) if self.base else None,
        )


@dataclass(frozen=True)
class Renderer:
    """How an answer becomes a file: in *form*, for answers of *kinds*, as *write* does."""

    form: Format
    kinds: tuple[Kind, ...]
    write: Callable[[Answer], bytes]

    @property
    def extension(self) -> str:
        """What follows the first dot of an address."""
        return self.form.name


def _as_engines_do(form: Format, *kinds: Kind) -> Renderer:
    return Renderer(form, kinds, lambda answer: answer.body(form))


def _csv(answer: Answer) -> bytes:
    return excel_csv(answer.table, answer.asked.lang) if answer.asked.is_excel else answer.body(CSV)


def _metadata(answer: Answer) -> bytes:
    columns = list(answer.asked.query.columns.values())
    url = answer.address(CSV.name, is_pinned=answer.source.is_pinned)
    return csvw(answer.asked.query, columns, answer.credits, url)


def _chart(answer: Answer) -> Chart:
    if answer.asked.page:
        raise UnknownPage(N_("Un gràfic mostra totes les files: no té pàgines."))
    asked = answer.asked
    chart = chart_of(asked.query, answer, asked.lang, asked.theme, asked.width, is_bare=asked.is_bare)
    if chart is None:
        raise NotAcceptable(offered=", ".join(each.extension for each in renderers_of(answer.kind)))
    return chart


RENDERERS: Final[Mapping[str, Renderer]] = MappingProxyType(
    {
        renderer.extension: renderer
        for renderer in (
            *(_as_engines_do(form, Kind.SOLUTIONS, Kind.BOOLEAN) for form in SOLUTION_FORMATS if form is not CSV),
            Renderer(CSV, (Kind.SOLUTIONS, Kind.BOOLEAN), _csv),
            Renderer(ROWS, (Kind.SOLUTIONS,), lambda answer: rows_json(answer.table, answer.asked.lang)),
            Renderer(XLSX, (Kind.SOLUTIONS,), lambda answer: workbook(answer.table, answer.credits)),
            Renderer(CSV_METADATA, (Kind.SOLUTIONS,), _metadata),
            Renderer(SVG, (Kind.SOLUTIONS,), lambda answer: _chart(answer).svg().encode()),
            Renderer(PNG, (Kind.SOLUTIONS,), lambda answer: _chart(answer).png()),
            Renderer(VEGA_LITE, (Kind.SOLUTIONS,), lambda answer: _chart(answer).vega_lite()),
            *(_as_engines_do(form, Kind.GRAPH) for form in GRAPH_FORMATS),
        )
    }
)
"""The formats of answers by extension; of those of one kind, the first is the default."""


def renderers_of(kind: Kind, *, has_chart: bool = False) -> list[Renderer]:
    """The formats that an answer of *kind* can have, the default first; pictures where its question *has a chart*."""
    return [
        renderer
        for renderer in RENDERERS.values()
        if kind in renderer.kinds and (has_chart or renderer.form not in CHART_FORMATS)
    ]


def known_parameters(extension: str, kind: Kind, *, has_chart: bool = False) -> tuple[str, ...]:
    """The parameters that an address with *extension* takes beside the question's own."""
    is_chart = any(extension == form.name for form in CHART_FORMATS)
    paging = ("page", "limit") if kind is Kind.SOLUTIONS and not is_chart else ()
    excel = ("excel",) if extension == CSV.name and kind is Kind.SOLUTIONS else ()
    drawing = ("theme", "width", "bare") if is_chart or (has_chart and not extension) else ()
    return (*paging, "lang", *excel, *drawing, *(() if extension else ("format",)))


def told_by(answer: Answer, form: Format) -> tuple[object, ...]:
    """All that tells the bytes of *answer* in *form* from those of others of the same release."""
    asked = answer.asked
    return (
        answer.base,
        asked.query.text,
        answer.parameters,
        form.name,
        asked.lang,
        asked.is_excel,
        asked.theme,
        asked.width,
        asked.is_bare,
    )
