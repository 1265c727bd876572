"""The SPARQL endpoint: the protocol at ``/sparql``.

Queries are answered by a layer in front of Flask, which would cost more than a small query does. Errors, preflights and
the question what this endpoint is go on to Flask. It may not answer pages: a browser that asks nothing is sent to the
editor.
"""

import hashlib
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, current_app, request

from workplan.engine.description import describe
from workplan.engine.negotiation import FORMATS, accepted_ranges, best_accepted, choose, first_known, prefers_html
from workplan.engine.protocol import METHODS, ProtocolRequest, has_query, read
from workplan.knowledge.graphs import graph_sizes
from workplan.language import preferred
from workplan.model.errors import N_, BadRequest
from workplan.model.formats import GRAPH_FORMATS, Format, named

from .service import Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

sparql = Blueprint("sparql", __name__)

ADDRESS: Final = "/sparql"

ALL_METHODS: Final = (*METHODS, "PUT", "PATCH", "DELETE")
"""Every method comes here, so that a wrong one is refused in the shape of all errors."""

MAX_REQUEST_BYTES: Final = 1024 * 1024
"""A query longer than this is no query."""

PREFLIGHT_SECONDS: Final = 86_400
"""How long a browser may remember what another site's script is allowed to ask; browsers cap it themselves."""

CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Server-Timing, X-Request-ID",
}
"""Scripts of any site may read the answer, errors included."""

_FAILURE: Final = "workplan.failure"
"""Where a request keeps what went wrong before Flask saw it."""

_QUERY: Final = re.compile(r"(?:^|&)query=")
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]+)?|\[[0-9A-Fa-f:.]+\](?::[0-9]+)?")


class QueryLayer:
    """A WSGI layer over Flask's *application*: it answers queries to *service*, with *headers* beside those of its own.

    What is unusual goes to Flask, which answers it in the same way.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        service: Service,
        headers: Mapping[str, str],
        max_bytes: int = MAX_REQUEST_BYTES,
    ) -> None:
        self._application = application
        self._service = service
        self._max_bytes = max_bytes
        self._headers = [*headers.items(), *CORS.items()]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer, or have Flask answer."""
        if environ["PATH_INFO"] != ADDRESS or not self._is_usual(environ):
            return self._application(environ, start_response)
        method, length = environ["REQUEST_METHOD"], environ.get("CONTENT_LENGTH")
        try:
            headers, body = _answer(
                self._service,
                method,
                environ.get("CONTENT_TYPE"),
                environ["QUERY_STRING"].encode("latin-1"),
                environ["wsgi.input"].read(int(length)) if length else b"",
                f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ.get('SCRIPT_NAME', '')}{ADDRESS}",
                environ.get("HTTP_ACCEPT"),
            )
        except Exception as failure:
            # One handler tells of every error, in the reader's language and as a page where that is wanted.
            environ[_FAILURE] = failure
            return self._application(environ, start_response)
        start_response("200 OK", [*headers, ("Content-Length", str(len(body))), *self._headers])
        return () if method == "HEAD" else (body,)

    def _is_usual(self, environ: "WSGIEnvironment") -> bool:
        """Whether a request to the endpoint can be told for a query at a glance."""
        if not _HOST.fullmatch(environ.get("HTTP_HOST", "")):
            return False
        method, length = environ["REQUEST_METHOD"], environ.get("CONTENT_LENGTH") or ""
        if method in ("GET", "HEAD"):
            return not length and bool(_QUERY.search(environ["QUERY_STRING"]))
        return method == "POST" and length.isdecimal() and int(length) <= self._max_bytes


@sparql.after_request
def allow_all_origins(response: Response) -> Response:
    """Let scripts of any site read the answer."""
    response.headers.update(CORS)
    return response


@sparql.route(ADDRESS, methods=ALL_METHODS, provide_automatic_options=False)
def answer_sparql() -> Response:
    """Answer a query, a preflight, or the question what this endpoint is."""
    if failure := request.environ.get(_FAILURE):
        raise failure
    if request.method == "OPTIONS":
        return preflight(METHODS)
    if request.method in ("GET", "HEAD") and not has_query(request.query_string):
        return _introduction()
    headers, body = _answer(
        _service(),
        request.method,
        request.headers.get("Content-Type"),
        request.query_string,
        request.get_data(cache=False),
        request.base_url,
        request.headers.get("Accept"),
    )
    return Response(body, headers=headers)


def _answer(
    service: Service,
    method: str,
    content_type: str | None,
    query_string: bytes,
    body: bytes,
    address: str,
    accept: str | None,
) -> tuple[list[tuple[str, str]], bytes]:
    """The headers and the body of the answer to a query at *address*."""
    asked = read(method, content_type, query_string, body, address)
    offered = FORMATS[service.engine.kind_of(asked.query)]
    form = choose(offered, first_known(offered, asked.formats), accept)
    started = time.perf_counter()
    result = service.engine.run(asked.query, form)
    queued = time.perf_counter() - started - result.seconds
    headers = [
        ("Content-Type", form.content_type),
        ("Vary", "Accept"),
        ("Server-Timing", f"queue;dur={queued * 1000:.2f}, engine;dur={result.seconds * 1000:.2f}"),
    ]
    if service.version:
        headers.append(("Cache-Control", f"public, max-age={service.config.max_age}"))
        headers.append(("ETag", f'"{_etag(service.version, asked, form)}"'))
    else:
        # Nothing tells when the data behind a remote store change.
        headers.append(("Cache-Control", "no-cache"))
    return headers, result.body


def _etag(version: str, asked: ProtocolRequest, form: Format) -> str:
    """A strong validator: the same release answers the same text in the same format with the same bytes."""
    query = asked.query
    parts = (version, query.text, query.default_graphs, query.named_graphs, query.base_iri, form.name)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def preflight(methods: Sequence[str]) -> Response:
    """What a browser is told before a script of another site sends a request by one of *methods*."""
    response = Response(status=204)
    response.headers["Allow"] = ", ".join(methods)
    response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
    response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type, If-None-Match"
    response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response


def _introduction() -> Response:
    """The editor for a browser, the Service Description for whoever asks for RDF by name."""
    accept = request.headers.get("Accept")
    asked = request.args.get("format")
    form = named(asked, GRAPH_FORMATS) if asked else None
    if form is None and prefers_html(accept):
        editor = f"/{preferred(request.accept_languages)}/sparql"
        response = Response(status=302, headers={"Location": editor})
        response.vary.update(["Accept", "Accept-Language"])
        return response
    if form is None and not asked and _names_rdf(accept):
        form = best_accepted(GRAPH_FORMATS, accept)
    if form is None:
        raise BadRequest(N_("Falta el paràmetre «%(name)s», amb la consulta SPARQL."), name="query")
    running = _service()
    body = describe(request.base_url, running.config.limits, form, graph_sizes(running.engine))
    response = Response(body, content_type=form.content_type)
    response.vary.add("Accept")
    return response


def _names_rdf(accept: str | None) -> bool:
    """Whether the header *accept* asks for RDF in so many words, not by ``*/*``."""
    spoken = {media_range for media_range, quality in accepted_ranges(accept) if quality > 0}
    return any(not spoken.isdisjoint((form.media_type, *form.aliases)) for form in GRAPH_FORMATS)


def _service() -> Service:
    """The running service."""
    service: Service = current_app.extensions["workplan"]
    return service
