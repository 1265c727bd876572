"""Answers on other sites' pages: in a frame that needs no script, by oEmbed, and the script of the web component.

Frames, and they alone, may be shown by other sites. Views hold no SPARQL.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlencode, urljoin, urlsplit
from xml.etree import ElementTree

from flask import Blueprint, Response, g, render_template, request
from pyoxigraph import NamedNode

from workplan.engine.query import Kind, QueryRequest
from workplan.export.answer import PAGE_LENGTH, Answer, Asked, Page, Source, read
from workplan.export.chart import NARROWEST, chart_of
from workplan.export.drawing import SCALE
from workplan.knowledge.choices import start_values
from workplan.knowledge.curation import added_values
from workplan.knowledge.description import names_of
from workplan.knowledge.table import Table
from workplan.language import gettext, long_date, pick
from workplan.model.errors import (
    N_,
    BadParameter,
    DrawingFailed,
    ServiceBusy,
    UnknownEmbed,
    UnknownOembedFormat,
    UnknownQuery,
)
from workplan.model.formats import SVG
from workplan.model.iris import data_iri
from workplan.model.xml import DECLARATION, sound
from workplan.questions.catalogue import SavedQuery, taken_in

from . import filters
from .cors import open_to_all
from .data import keep, service
from .embed_code import HIGHEST, LOWEST, THEMES, VIEWS, Embed, Pasted, pasted
from .embed_size import LONG, WIDE, Size, size_of
from .embeddable import question_about
from .reader import reader_language
from .releases import sources
from .renamed import address_now, question_named
from .resource import Namer, Value
from .result import MISSING, ShownCell, TableView, table_view, tree_of

embed = Blueprint("embed", __name__)

OPTIONS: Final = ("lang", "view", "columns", "rows", "height", "theme")
"""The parameters of a frame beside its question's own."""

LARGEST: Final = 100_000
"""Pixels: more than any screen has."""

SMALL: Final = 360
"""Width of the chart that announces an embed; its picture has SCALE pixels for each."""

FORMATS: Final = ("json", "xml")
"""What oEmbed answers in (https://oembed.com/#section2)."""

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors {}"
)
_FRAMES: Final = ("/embed/",)
_FILES: Final = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}


@embed.before_request
def prepare() -> None:
    """Have errors told within the frame, by a page that is as small as it."""
    if request.path.startswith(_FRAMES):
        g.error_template = "embed_error.html"


@embed.after_request
def share(response: Response) -> Response:
    """Kept by release and open to scripts of any site; a frame may be shown by the sites that the operator allows."""
    open_to_all(response)
    if request.path.startswith(_FRAMES):
        allowed = service().config.ancestors
        ancestors = "*" if "*" in allowed else " ".join(("'self'", *allowed))
        response.headers["Content-Security-Policy"] = _POLICY.format(ancestors)
        if "lang" not in request.args:
            response.vary.add("Accept-Language")
    return keep(response)


@embed.context_processor
def _common() -> dict[str, Any]:
    """What every frame shows, those that tell of an error too."""
    name = (request.view_args or {}).get("name", "")
    asked = request.args.get("theme")
    known = name if name in service().queries else ""
    return {
        "base": request.host_url.rstrip("/"),
        "theme": asked if asked in THEMES else THEMES[0],
        "page": urljoin(request.host_url, f"/{reader_language()}/query/{known}"),
    }


@embed.get("/embed/", defaults={"name": ""})
@embed.get("/embed/<path:name>")
def show(name: str) -> str:
    """The answer to the question *name*, for a frame on another site's page."""
    source = sources().running
    if name not in source.queries and name not in taken_in(source.queries):
        # The whole list, which others are told, does not fit in a frame.
        raise UnknownQuery(N_("No hi ha cap consulta desada «%(name)s»."), name=name)
    saved = question_named(name, source.queries)
    wanted = _wanted(source, saved, request.args.to_dict(flat=False))
    answer = _answer(source, saved, wanted)
    table = answer.table
    _refuse_unknown_columns(wanted.columns, table)
    known = source.origin.modified
    view = None if wanted.view == "value" else _table(source, table, wanted, answer.total)
    is_whole = not wanted.columns and len(table.rows) == answer.total
    return render_template(
        "embed.html",
        wanted=wanted,
        title=saved.title(wanted.lang),
        question=saved.question(wanted.lang),
        asked=_asked(source, saved, wanted),
        table=view,
        tree=tree_of(table, view, *saved.tree) if view and saved.tree and is_whole else (),
        number=_number(source, table, wanted) if wanted.view == "value" else None,
        shown=len(table.rows),
        total=answer.total,
        chart=_chart(answer, wanted) if wanted.view == "chart" else None,
        page=wanted.page(request.host_url),
        oembed=urljoin(request.host_url, f"/oembed?{urlencode({'url': wanted.address(request.host_url)})}"),
        credits=answer.credits,
        sources=_sources(source, wanted.lang),
        day=long_date(date.fromisoformat(known), wanted.lang) if known else None,
    )


@embed.get("/oembed")
def describe() -> Response:
    """How to show a page or a frame of this site, whose address is ``url``, on another (https://oembed.com)."""
    form = request.args.get("format") or FORMATS[0]
    if form not in FORMATS:
        raise UnknownOembedFormat(given=form, known=", ".join(FORMATS))
    url = request.args.get("url")
    if not url:
        raise BadParameter(N_("Falta el paràmetre «url»: l'adreça de la pàgina d'una pregunta d'aquest web."))
    source = sources().running
    asked = pasted(_now(url, source.queries), request.host)
    saved, about = _named(source, asked) if asked else (None, {})
    if asked is None or saved is None:
        raise UnknownEmbed(url=url)
    if about and any(map(any, (asked.parameters.get(name, ()) for name in filters.NAMES))):
        raise BadParameter(
            N_("L'adreça és d'un pla amb filtres, i el que s'incrusta és el pla sencer: incrusteu-ne una pregunta.")
        )
    release = asked.parameters.get("release", [""])[0]
    if release not in ("", source.version):
        raise BadParameter(
            N_("L'adreça és de la resposta d'una altra publicació («%(release)s»), i el que s'incrusta és l'actual."),
            release=release,
        )
    # Of an address that people pass around, others may have added to the parameters.
    own = {p.name for p in saved.parameters}
    given = {k: v for k, v in asked.parameters.items() if k in own or k in OPTIONS}
    # What its page is asked with where nothing is asked.
    given = {k: [v] for k, v in start_values(saved, source.choices(saved)).items()} | _without_empty(given)
    given |= {k: [v] for k, v in about.items()}
    if asked.lang:
        given["lang"] = [asked.lang]
    wanted = _wanted(source, saved, given)
    described = _described(source, saved, wanted)
    if form == "json":
        response = Response(json.dumps(described, ensure_ascii=False), content_type="application/json")
    else:
        root = ElementTree.Element("oembed")
        for name, value in described.items():
            ElementTree.SubElement(root, name).text = str(value)
        body = DECLARATION + sound(ElementTree.tostring(root, encoding="unicode"))
        response = Response(body, content_type="text/xml; charset=utf-8")
    response.vary.add("Accept-Language")
    return response


@embed.get("/embed.<any(js, css):kind>")
def give(kind: str) -> Response:
    """The web component's script, and the style sheet of all embeds."""
    response = Response(_file(f"embed.{kind}"), content_type=_FILES[kind])
    response.add_etag()
    response.cache_control.public = True
    response.cache_control.max_age = service().config.max_age
    response.make_conditional(request)
    return response


def _now(url: str, queries: Mapping[str, SavedQuery]) -> str:
    """*url*, or where it leads today where it is of a question that another has taken in."""
    before = pasted(url, request.host)
    if before is None or before.name in queries or before.name not in taken_in(queries):
        return url
    parts = urlsplit(url.strip())
    return urljoin(url.strip(), address_now(parts.path.rstrip("/"), parts.query, before.name, queries))


@cache
def _file(name: str) -> bytes:
    return files(__package__).joinpath("static", name).read_bytes()


def _named(source: Source, asked: Pasted) -> tuple[SavedQuery | None, Mapping[str, str]]:
    """The question that is *asked*, or the one about the resource that is, with the values that this one takes."""
    if asked.name:
        return source.queries.get(asked.name), {}
    return question_about(source, data_iri(asked.path)) or (None, {})


def _without_empty(given: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """*given* without the fields that a form sends though they were left alone."""
    return {name: values for name, values in given.items() if values != [""]}


def _wanted(source: Source, saved: SavedQuery, parameters: Mapping[str, list[str]]) -> Embed:
    """The embed of *saved* that *parameters* ask for. Raises BadParameter."""
    given = _without_empty(parameters)
    given.setdefault("lang", [reader_language()])
    asked = read(source, saved, given, OPTIONS)
    if source.engine.kind_of(QueryRequest(saved.text)) is not Kind.SOLUTIONS:
        raise BadParameter(N_("La resposta d'aquesta pregunta no és una taula: no es pot incrustar."))
    one = {name: values[0] for name, values in given.items()}
    wanted = Embed(
        saved.name,
        asked.lang,
        _one_of("view", one, VIEWS),
        tuple(dict.fromkeys(filter(None, one.get("columns", "").split(",")))),
        _number_in("rows", one, 1, source.config.limits.rows),
        _number_in("height", one, LOWEST, HIGHEST),
        _one_of("theme", one, THEMES),
        asked.values,
    )
    if wanted.view == "chart" and saved.chart is None:
        raise BadParameter(N_("Aquesta pregunta no té cap gràfic; se'n pot incrustar la taula."))
    return wanted


def _one_of(name: str, given: Mapping[str, str], known: Sequence[str]) -> str:
    """The parameter *name*, one of *known*; the first where it is not *given*. Raises BadParameter."""
    value = given.get(name, known[0])
    if value not in known:
        raise BadParameter(
            N_("El paràmetre «%(name)s» no pot ser «%(value)s»; pot ser: %(choices)s."),
            name=name,
            value=value,
            choices=", ".join(known),
        )
    return value


def _number_in(name: str, given: Mapping[str, str], least: int, most: int) -> int | None:
    """The parameter *name*, from *least* to *most*; None where it is not *given*. Raises BadParameter."""
    text = given.get(name)
    if text is None:
        return None
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    if not is_number or not least <= int(text) <= most:
        raise BadParameter(
            N_("El paràmetre «%(name)s» no pot ser «%(value)s»; s'esperava un nombre enter de %(least)s a %(most)s."),
            name=name,
            value=text,
            least=least,
            most=most,
        )
    return int(text)


def _refuse_unknown_columns(columns: Sequence[str], table: Table) -> None:
    """Raise BadParameter for the first of *columns* that *table* does not have."""
    known = [column.name for column in table.columns]
    for name in columns:
        if name not in known:
            raise BadParameter(
                N_("La resposta no té cap columna «%(name)s»; té aquestes: %(known)s."),
                name=name,
                known=", ".join(known),
            )


def _table(source: Source, table: Table, wanted: Embed, total: int) -> TableView:
    """*table* in the columns *wanted*, with curators' values marked."""
    iris = {term.value for row in table.rows for term in row if isinstance(term, NamedNode)}
    return table_view(table, wanted.lang, wanted.columns, total, added_values(source.engine, iris))


def _number(source: Source, table: Table, wanted: Embed) -> tuple[str, ShownCell, ShownCell | None]:
    """One value of the first row: what it is called, the value, and what its row is about.

    It is that of the first column *wanted*, else of the first that holds numbers. Raises BadParameter where there is
    none such.
    """
    whole = _table(source, table, replace(wanted, columns=()), 0)
    shown = _table(source, table, wanted, 0) if wanted.columns else whole
    place = 0 if wanted.columns else next((i for i, column in enumerate(shown.columns) if column.is_number), None)
    if place is None:
        raise BadParameter(
            N_("Aquesta pregunta no té cap columna de nombres; digueu quina columna voleu: %(known)s."),
            known=", ".join(column.name for column in table.columns),
        )
    column = shown.columns[place]
    if not table.rows:
        return column.label, ShownCell(gettext(MISSING, wanted.lang), is_missing=True), None
    is_about_itself = whole.columns[whole.heading].name == column.name
    return column.label, shown.rows[0][place], None if is_about_itself else whole.rows[0][whole.heading]


def _answer(source: Source, saved: SavedQuery, wanted: Embed) -> Answer:
    """The answer with the rows that are shown."""
    length = 1 if wanted.view == "value" else wanted.rows or min(PAGE_LENGTH, source.config.limits.rows)
    return Answer(source, Asked(saved, wanted.values, Page(1, length), wanted.lang), request.host_url)


def _size(source: Source, saved: SavedQuery, wanted: Embed, width: int) -> Size:
    """The size of the frame of *wanted* where it is at most *width* pixels wide."""
    if wanted.height or wanted.view != "table":
        return wanted.size()
    answer = _answer(source, saved, wanted)
    if answer.total > len(answer.table.rows):
        return LONG
    asked = [f"{label}: {value.text}" for label, value in _asked(source, saved, wanted)]
    view = _table(source, answer.table, wanted, answer.total)
    return size_of(saved.title(wanted.lang), saved.question(wanted.lang), asked, view, width)


def _whole(source: Source, saved: SavedQuery, wanted: Embed) -> Answer:
    """The answer with all its rows."""
    return Answer(source, Asked(saved, wanted.values, None, wanted.lang), request.host_url)


def _picture(answer: Answer, extension: str, wanted: Embed, width: int) -> str:
    """Where the chart of *answer* is, *width* pixels wide; within a frame, which says the rest by itself, bare."""
    given = {"lang": wanted.lang, "theme": wanted.theme, "width": str(width)}
    return answer.address(extension, is_pinned=False, **given, **({"bare": "1"} if extension == SVG.name else {}))


def _chart(answer: Answer, wanted: Embed) -> dict[str, str]:
    """The chart of all rows of *answer*: its addresses, its name and what it shows."""
    whole = _whole(answer.source, answer.asked.query, wanted)
    # Only its words are made here; the picture is fetched, and kept, by itself.
    chart = chart_of(answer.asked.query, whole, wanted.lang, wanted.theme)
    return {
        "address": "" if chart and chart.is_empty else _picture(whole, "svg", wanted, WIDE),
        "narrow": _picture(whole, "svg", wanted, NARROWEST),
        "name": " ".join(filter(None, (chart.name, chart.headline and f"{chart.headline}."))) if chart else "",
        "caption": chart.caption if chart else "",
    }


def _thumbnail(source: Source, saved: SavedQuery, wanted: Embed, most: Mapping[str, int]) -> dict[str, str | int]:
    """The chart as oEmbed shows what is to come, where there is one that fits in what the request allows."""
    width = min(SMALL, most["width"] // int(SCALE))
    answer = _whole(source, saved, wanted)
    chart = chart_of(saved, answer, wanted.lang, "light", width) if width >= NARROWEST else None
    if chart is None:
        return {}
    try:
        # Its height is not known before it is drawn (https://www.w3.org/TR/png-3/#11IHDR).
        width, height = struct.unpack(">II", chart.png()[16:24])
    except (DrawingFailed, ServiceBusy):
        return {}
    if height > most["height"]:
        return {}
    address = _picture(answer, "png", replace(wanted, theme="light"), chart.width)
    return {"thumbnail_url": address, "thumbnail_width": width, "thumbnail_height": height}


def _asked(source: Source, saved: SavedQuery, wanted: Embed) -> list[tuple[str, Value]]:
    """The values that the question is asked with, each with what its parameter is called."""
    terms = {p.name: p.term(wanted.values[p.name]) for p in saved.parameters if p.name in wanted.values}
    iris = {term.value for term in terms.values() if isinstance(term, NamedNode)}
    namer = Namer(names_of(source.engine, iris) if iris else {}, wanted.lang)
    return [
        (
            saved.field_label(name, wanted.lang),
            namer.named(term.value) if isinstance(term, NamedNode) else Value(term.value),
        )
        for name, term in terms.items()
    ]


def _sources(source: Source, lang: str) -> list[ShownCell]:
    """The documents from which the data were taken."""
    namer = Namer({}, lang)
    found = []
    for iri, labels in source.origin.sources.items():
        text, tag = pick(labels, lang) or (iri, "")
        found.append(ShownCell(text, namer.mark(tag), namer.named(iri).href))
    return found


def _described(source: Source, saved: SavedQuery, wanted: Embed) -> dict[str, str | int]:
    """What oEmbed says of *wanted*: no wider and no higher than the request allows."""
    given = {name: value for name in ("maxwidth", "maxheight") if (value := request.args.get(name))}
    most = {name: _number_in(f"max{name}", given, 1, LARGEST) or LARGEST for name in ("width", "height")}
    width = min(WIDE, most["width"])
    size = _size(source, saved, wanted, width)
    size = Size(*(min(height, most["height"]) for height in (size.wide, size.narrow)))
    title = saved.title(wanted.lang)
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": source.config.title_in(wanted.lang),
        "provider_url": request.host_url,
        "cache_age": source.config.max_age,
        **_thumbnail(source, saved, wanted, most),
        "html": wanted.iframe(request.host_url, title, size, width),
        "width": width,
        "height": size.wide,
    }
