"""The SPARQL endpoint: the protocol at ``/sparql``.

Most queries are answered before Flask (see front); what they have in common with the others is here, and the others,
errors, preflights and the question what this endpoint is come to the view. It may not answer pages: a browser that asks
nothing is sent to the editor.
"""

import hashlib
import time
from typing import Final

from flask import Blueprint, Response, current_app, request

from workplan.engine.constancy import is_constant
from workplan.engine.description import describe
from workplan.engine.negotiation import FORMATS, accepted_ranges, best_accepted, choose, first_known, prefers_html
from workplan.engine.protocol import METHODS, ProtocolRequest, has_query, read
from workplan.engine.query import QueryResult
from workplan.knowledge.graphs import graph_sizes
from workplan.language import preferred
from workplan.model.errors import N_, BadRequest, WorkplanError
from workplan.model.formats import GRAPH_FORMATS, Format, named

from .cors import open_to_all, options
from .service import Service

sparql = Blueprint("sparql", __name__)
sparql.after_request(open_to_all)

ADDRESS: Final = "/sparql"

ALL_METHODS: Final = (*METHODS, "PUT", "PATCH", "DELETE")
"""Every method comes here, so that a wrong one is refused in the shape of all errors."""

PARAMETERS: Final = frozenset((b"query", b"format", b"output", b"default-graph-uri", b"named-graph-uri"))
"""What a query is asked with."""


@sparql.route(ADDRESS, methods=ALL_METHODS, provide_automatic_options=False)
def answer_sparql() -> Response:
    """Answer a query, a preflight, or the question what this endpoint is."""
    if request.method == "OPTIONS":
        return options(METHODS)
    if request.method in ("GET", "HEAD") and not has_query(request.query_string):
        return _introduction()
    service = _service()
    asked, form = prepare(
        service,
        request.method,
        request.headers.get("Content-Type"),
        request.query_string,
        request.get_data(),
        request.base_url,
        request.headers.get("Accept"),
    )
    return _answer(service, asked, form)


def prepare(
    service: Service,
    method: str,
    content_type: str | None,
    query_string: bytes,
    body: bytes,
    address: str,
    accept: str | None,
) -> tuple[ProtocolRequest, Format]:
    """What a request at *address* asks, and the format of the answer to it."""
    asked = read(method, content_type, query_string, body, address)
    offered = FORMATS[service.engine.kind_of(asked.query)]
    return asked, choose(offered, first_known(offered, asked.formats), accept)


def headers_of(
    service: Service, asked: ProtocolRequest, form: Format, result: QueryResult, seconds: float
) -> list[tuple[str, str]]:
    """The headers of the *result* of what was *asked*, which took *seconds* in all."""
    queued = max(0.0, seconds - result.seconds)
    headers = [
        ("Content-Type", form.content_type),
        ("Vary", "Accept"),
        ("Server-Timing", f"queue;dur={queued * 1000:.2f}, engine;dur={result.seconds * 1000:.2f}"),
    ]
    if not is_constant(asked.query.text):
        headers.append(("Cache-Control", "no-store"))
    elif service.version:
        headers.append(("Cache-Control", f"public, max-age={service.config.max_age}"))
        headers.append(("ETag", f'"{_etag(service.version, asked, form)}"'))
    else:
        # Nothing tells when the data behind a remote store change.
        headers.append(("Cache-Control", "no-cache"))
    return headers


def _answer(service: Service, asked: ProtocolRequest, form: Format) -> Response:
    """The answer to what was *asked*."""
    started = time.perf_counter()
    try:
        result = service.engine.run(asked.query, form)
    except WorkplanError as error:
        error.query = asked.query.text
        raise
    headers = headers_of(service, asked, form, result, time.perf_counter() - started)
    return Response(result.body, headers=headers)


def _etag(version: str, asked: ProtocolRequest, form: Format) -> str:
    """A strong validator: the same release answers the same text in the same format with the same bytes."""
    query = asked.query
    parts = (version, query.text, query.default_graphs, query.named_graphs, query.base_iri, form.name)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _introduction() -> Response:
    """The editor for a browser, the Service Description for whoever asks for RDF by name."""
    accept = request.headers.get("Accept")
    asked = request.args.get("format")
    form = named(asked, GRAPH_FORMATS) if asked else None
    if form is None and prefers_html(accept):
        editor = f"/{preferred(request.headers.get('Accept-Language'))}/sparql"
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
    ranges = accepted_ranges(accept)
    return any(ranges.get(name) for form in GRAPH_FORMATS for name in (form.media_type, *form.aliases))


def _service() -> Service:
    """The running service."""
    service: Service = current_app.extensions["workplan"]
    return service
