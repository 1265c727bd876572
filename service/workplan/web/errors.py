"""Every error of the web in one shape: problem details (RFC 9457), or a page for a browser.

It may not tell what happened inside: an unexpected failure is logged and answered without its cause.
"""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urljoin

from flask import Flask, Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from workplan.engine.hints import hints
from workplan.engine.negotiation import prefers_html
from workplan.engine.pooled import ClientGone
from workplan.language import gettext, sentence
from workplan.model.errors import (
    N_,
    AnswerTooLarge,
    MalformedQuery,
    MethodNotAllowed,
    QueryTimeout,
    ServiceBusy,
    WorkplanError,
)
from workplan.operation.logs import REQUEST_ID, fingerprint

from .cors import CORS
from .limits import MAX_BODY
from .measures import HUNG_UP
from .nearby import nearby
from .reader import reader_language
from .renamed import Renamed, lead_on

FAILURE: Final = "workplan.failure"
"""Where a request keeps what went wrong before Flask saw it."""

PROBLEM_JSON: Final = "application/problem+json"

DUMP: Final = "/dump.nq.gz"
"""Where the whole data is, for an answer that is too large."""

SLOW_SHAPES: Final = "/problem/slow-query-shapes"
"""Where the shapes that hints are about are explained."""

LONGEST_SOURCE: Final = 400
"""Characters of a line that are shown around what is wrong in it."""

_IS_UUID: Final = re.compile("-".join(f"[0-9a-f]{{{digits}}}" for digits in (8, 4, 4, 4, 12))).fullmatch

_NOWHERE: Final = ("unknown-resource", "not-found")
"""The kinds of error for which something near may help: an address at which there is nothing."""

_HTTP_TITLES: Final = {
    400: N_("Petició incorrecta"),
    404: N_("Pàgina desconeguda"),
    405: N_("Mètode no permès"),
    413: N_("Petició massa gran"),
    415: N_("Tipus de contingut no admès"),
    500: N_("Error del servei"),
}
_HTTP_SENTENCES: Final = {
    400: N_("La petició no s'entén."),
    404: N_("Aquí no hi ha res; comproveu l'adreça."),
    405: N_("Aquesta adreça no respon al mètode %(method)s."),
    413: N_("El cos de la petició fa més de %(limit)s bytes."),
    415: N_("El contingut enviat no és d'un tipus que aquest servei admeti."),
    500: N_("Alguna cosa ha fallat dins del servei."),
}


def register(app: Flask) -> None:
    """Have *app* answer every error in the one shape."""
    app.register_error_handler(WorkplanError, answer_error)
    app.register_error_handler(Renamed, lead_on)
    app.register_error_handler(ClientGone, lambda _: Response(status=HUNG_UP))
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(Exception, answer_failure)


def raise_earlier() -> None:
    """Raise what went wrong with this request before Flask saw it, so that it is told as all errors are."""
    if failure := request.environ.get(FAILURE):
        raise failure


def answer_error(error: WorkplanError) -> Response:
    """The answer to an error of ours."""
    # The line between their faults and ours, but for a format that is not implemented because nobody should.
    if error.status >= 500 and error.status != HTTPStatus.NOT_IMPLEMENTED:
        fields = {"query_hash": fingerprint(error.query)} if error.query else {}
        current_app.logger.warning("%s: %s", error.slug, error, extra={"fields": fields})
    is_slow = isinstance(error, QueryTimeout) or (isinstance(error, ServiceBusy) and "long" in error.values)
    extra = {"hints": _advice(error)} if is_slow else where(error)
    response = _problem(error.slug, error.status, error.title, error.text, error.values, extra, error.advice)
    if is_slow:
        response.headers["Link"] = f'<{urljoin(request.host_url, SLOW_SHAPES)}>; rel="help"'
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = str(error.values["allowed"])
    if isinstance(error, ServiceBusy):
        response.headers["Retry-After"] = str(error.values["retry_after"])
    if isinstance(error, AnswerTooLarge):
        response.headers["Link"] = f'<{urljoin(request.host_url, DUMP)}>; rel="alternate"; type="application/n-quads"'
    return response


def answer_http_error(error: HTTPException) -> Response | HTTPException:
    """The answer to an error that the framework raises, with the headers it asks for."""
    if error.response is not None or error.code is None or error.code < 400:  # redirects are no errors
        return error
    code = error.code
    title = _HTTP_TITLES.get(code, error.name)
    # Those that name the method and the limit.
    values: Mapping[int, Mapping[str, Any]] = {405: {"method": request.method}, 413: {"limit": MAX_BODY}}
    response = _problem(
        error.name.lower().replace(" ", "-"),
        code,
        title,
        _HTTP_SENTENCES.get(code, title),
        values.get(code, {}),
        {},
    )
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def answer_failure(error: Exception) -> Response | HTTPException:
    """The answer to what nobody expected: logged whole, told without detail."""
    current_app.logger.error("unexpected failure at %s", request.path, exc_info=error)
    return answer_http_error(InternalServerError())


def _advice(error: WorkplanError) -> list[dict[str, Any]]:
    """What may have made the query slow that *error* is about, and how to write it instead."""
    # Of a query in the address Flask knows as well.
    text = error.query or request.args.get("query", "")
    lang = reader_language()
    return [
        {
            "name": hint.shape.name,
            "sentence": gettext(hint.shape.sentence, lang),
            "line": hint.line,
            "column": hint.column,
            **({"rewrite": hint.rewrite} if hint.rewrite else {}),
        }
        for hint in hints(text)
    ]


def where(error: WorkplanError) -> Mapping[str, str]:
    """The line of a syntax error, as ``source``, and a ``caret`` line under its place; of a long line what is near."""
    if not isinstance(error, MalformedQuery) or "column" not in error.values:
        return {}
    source, before = str(error.values["source"]), error.values["column"] - 1
    if len(source) > LONGEST_SOURCE:
        start = max(0, min(before - LONGEST_SOURCE // 2, len(source) - LONGEST_SOURCE))
        end = start + LONGEST_SOURCE
        source = f"{'…' if start else ''}{source[start:end]}{'…' if end < len(source) else ''}"
        before -= start - bool(start)
    # Tabs stay tabs, so that the caret stands under its character whatever their width.
    return {"source": source, "caret": "".join("\t" if each == "\t" else " " for each in source[:before]) + "^"}


def _plain(value: Any, lang: str) -> Any:
    """*value* as JSON has it; words of which any would do, in *lang*."""
    if isinstance(value, list | tuple):
        return [gettext(word, lang) for word in value]
    return value if isinstance(value, int | float) else str(value)


def _problem(
    slug: str,
    status: int,
    title: str,
    text: str,
    values: Mapping[str, Any],
    extra: Mapping[str, Any],
    advice: str = "",
) -> Response:
    lang = reader_language()
    plain = {name: _plain(value, lang) for name, value in values.items()}
    problem = {
        **plain,
        **extra,
        "type": urljoin(request.host_url, f"/problem/{slug}"),
        "title": gettext(title, lang),
        "status": status,
        "detail": sentence(text, values, lang),
    }
    if request_id := REQUEST_ID.get():
        problem["instance"] = f"urn:uuid:{request_id}" if _IS_UUID(request_id) else request_id
    # A view may have its errors told in a page of its own, whatever the client accepts.
    template = g.get("error_template")
    if template or prefers_html(request.headers.get("Accept")):
        page = render_template(
            template or "error.html",
            problem=problem,
            advice=gettext(advice, lang) if advice else "",
            nearby=nearby(request.path, lang) if slug in _NOWHERE and not template else None,
            plain=request.path if status == 400 and request.method == "GET" and request.args else None,
            lang=lang,
        )
        response = Response(page, status, mimetype="text/html")
    else:
        response = Response(json.dumps(problem, ensure_ascii=False), status, content_type=PROBLEM_JSON)
    response.headers.update(CORS)
    response.headers["Content-Language"] = lang
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(["Accept", "Accept-Language"])
    return response
