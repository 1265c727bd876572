"""Questions as an API: ``/query/{name}`` by ``Accept`` or by extension, and the same for one release for good.

It may not answer pages: a browser is sent to the question's.
"""

import hashlib
import json
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from workplan.engine.constancy import is_constant
from workplan.engine.negotiation import choose, prefers_html
from workplan.engine.query import QueryRequest
from workplan.export.answer import (
    RENDERERS,
    Answer,
    Renderer,
    Source,
    known_parameters,
    read,
    renderers_of,
    told_by,
)
from workplan.export.svg import POLICY
from workplan.language import LANGUAGES, preferred
from workplan.model.errors import N_, MethodNotAllowed, NotAcceptable
from workplan.model.formats import CHART_FORMATS, CSV, CSV_METADATA, ROWS, SVG, Format

from .cors import open_to_all, options
from .data import dumped
from .openapi import describe
from .reader import page_address
from .releases import sources
from .renamed import question_named
from .sparql import ALL_METHODS

query = Blueprint("query", __name__)
query.after_request(open_to_all)

METHODS: Final = ("GET", "HEAD", "OPTIONS")

FOREVER: Final = 31_536_000
"""Seconds in a year: for so long an answer of one release may be kept unasked."""


@query.route("/query/<file>", methods=ALL_METHODS, provide_automatic_options=False)
def answer_query(file: str) -> ResponseReturnValue:
    """The answer to a question over the release in service."""
    return _answered(lambda: sources().running, file)


@query.route("/releases/<version>/query/<file>", methods=ALL_METHODS, provide_automatic_options=False)
def answer_pinned_query(version: str, file: str) -> ResponseReturnValue:
    """The answer to a question over the release *version*, whichever is in service."""
    return _answered(lambda: sources().pinned(version), file)


@query.get("/releases/<version>/dump.<extension>")
def dump_release(version: str, extension: str) -> Response:
    """All the data of the release *version*."""
    return _kept_for_ever(dumped(sources().release(version), extension))


@query.route("/openapi.json", methods=ALL_METHODS, provide_automatic_options=False)
def describe_api() -> Response:
    """The questions and the data routes as OpenAPI, in the language of ``lang=`` or of ``Accept-Language``."""
    if request.method == "OPTIONS":
        return options(METHODS)
    if request.method not in METHODS:
        raise MethodNotAllowed(method=request.method, allowed=", ".join(METHODS))
    asked = request.args.get("lang", "")
    lang = asked if asked in LANGUAGES else preferred(request.headers.get("Accept-Language"))
    source = sources().running
    body = json.dumps(describe(source, request.host_url, lang), ensure_ascii=False)
    response = Response(body, content_type="application/json")
    response.headers["Content-Language"] = lang
    response.vary.add("Accept-Language")
    if source.version:
        response.add_etag()
        response.cache_control.public = True
        response.cache_control.max_age = source.config.max_age
        response.make_conditional(request)
    return response


def _answered(source: Callable[[], Source], file: str) -> ResponseReturnValue:
    if request.method == "OPTIONS":
        return options(METHODS)
    if request.method not in METHODS:
        raise MethodNotAllowed(method=request.method, allowed=", ".join(METHODS))
    found = source()
    name, _, extension = file.partition(".")
    saved = question_named(name, found.queries)
    kind = found.engine.kind_of(QueryRequest(saved.text))
    if not extension and "format" not in request.args and prefers_html(request.headers.get("Accept")):
        return _see_page(name, found)
    has_chart = saved.chart is not None
    if not has_chart and extension in (form.name for form in CHART_FORMATS):
        raise NotAcceptable(
            N_("Aquesta consulta no té gràfic; en tenen: %(known)s."),
            known=", ".join(name for name, each in found.queries.items() if each.chart),
        )
    renderer = _renderer(extension, renderers_of(kind, has_chart=has_chart))
    known = known_parameters(extension, kind, has_chart=has_chart)
    asked = read(found, saved, request.args.to_dict(flat=False), known)
    return _respond(Answer(found, asked, request.host_url), renderer.form, renderer, has_extension=bool(extension))


def _renderer(extension: str, offered: list[Renderer]) -> Renderer:
    """The one of *offered* that the address or the request asks for. Raises NotAcceptable that lists them."""
    if not extension:
        wanted = request.args.get("format")
        by_name = () if wanted == ROWS.name else (ROWS,)
        forms = tuple(each.form for each in offered if each.form not in (CSV_METADATA, *by_name))
        return RENDERERS[choose(forms, wanted, request.headers.get("Accept")).name]
    found = RENDERERS.get(extension)
    if found is None or found not in offered:
        raise NotAcceptable(offered=", ".join(f".{each.extension} ({each.form.media_type})" for each in offered))
    return found


def _see_page(name: str, source: Source) -> ResponseReturnValue:
    """303 to the page of the question *name* in the reader's language, with what was asked and of which release."""
    asked = list(request.args.items(multi=True))
    if source.is_pinned and source.version:
        asked.append(("release", source.version))
    parameters = urlencode(asked)
    response = redirect(f"{page_address(f'query/{name}')}{parameters and '?'}{parameters}", 303)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def _respond(answer: Answer, form: Format, renderer: Renderer, *, has_extension: bool) -> Response:
    source = answer.source
    may_be_kept = source.version and is_constant(answer.asked.query.text)
    etag = _etag(source.version, told_by(answer, form)) if source.version and may_be_kept else None
    if etag and request.if_none_match.contains_weak(etag) and not request.if_none_match.star_tag:
        response = Response(status=304)
    else:
        started = time.perf_counter()
        response = Response(renderer.write(answer), content_type=form.content_type)
        if form is SVG:
            response.headers["Content-Security-Policy"] = POLICY
        response.headers["Server-Timing"] = f"engine;dur={(time.perf_counter() - started) * 1000:.1f}"
        # Shown where a browser can show it, and saved under a name that says what it is.
        response.headers["Content-Disposition"] = f'inline; filename="{answer.file_name(form.name)}"'
        _tell_links(response, answer, form, has_extension=has_extension)
    response.vary.add("Accept")
    if etag is None:
        # Nothing tells when the data behind a remote store change.
        response.cache_control.no_cache = True
        return response
    response.set_etag(etag)
    if source.is_pinned:
        return _kept_for_ever(response)
    response.cache_control.public = True
    response.cache_control.max_age = source.config.max_age
    return response


def _kept_for_ever(response: Response) -> Response:
    response.cache_control.public = True
    response.cache_control.max_age = FOREVER
    response.cache_control.immutable = True
    return response


def _etag(version: str, what: tuple[object, ...]) -> str:
    """A strong validator: the same release answers the same question in the same format with the same bytes."""
    return hashlib.sha256(repr((version, *what)).encode()).hexdigest()[:32]


def _tell_links(response: Response, answer: Answer, form: Format, *, has_extension: bool) -> None:
    """What the answer is related to (https://www.iana.org/assignments/link-relations)."""
    links = []
    if form is CSV:
        # Some readers take the first link for the metadata, whatever its relation is.
        pinned = answer.source.is_pinned
        links.append((answer.address(CSV_METADATA.name, is_pinned=pinned), "describedby", CSV_METADATA.media_type))
    links += [(answer.address(), "canonical", ""), (answer.source.config.licence, "license", "")]
    if answer.source.version:
        links.append((answer.address(form.name if has_extension else "", is_pinned=True), "cite-as", ""))
    if not has_extension:
        links += [
            (answer.address(each.extension), "alternate", each.form.media_type)
            for each in renderers_of(answer.kind, has_chart=answer.asked.query.chart is not None)
        ]
    page = answer.asked.page
    if page:
        response.headers["X-Total-Count"] = str(answer.total)
        last = answer.last_page
        others = {"first": 1, "prev": page.number - 1, "next": page.number + 1, "last": last}
        extension = request.path.rpartition("/")[2].partition(".")[2]
        links += [
            (_same_request(answer, extension, number), relation, "")
            for relation, number in others.items()
            if 1 <= number <= last
        ]
    for address, relation, media_type in links:
        kind = f'; type="{media_type}"' if media_type else ""
        response.headers.add("Link", f'<{address}>; rel="{relation}"{kind}')


def _same_request(answer: Answer, extension: str, number: int) -> str:
    """The address of the page *number* of what this request asks, in its own format and language."""
    kept = {name: value for name in ("lang", "excel", "format") if (value := request.args.get(name))}
    return answer.address(extension, is_pinned=answer.source.is_pinned, page=str(number), **kept)
