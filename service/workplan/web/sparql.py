"""The SPARQL endpoint: the protocol at ``/sparql``.

It may not answer pages: a browser that asks nothing is sent to the editor.
"""

import hashlib
import time
from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, Response, current_app, request

from workplan.engine.description import describe
from workplan.engine.negotiation import FORMATS, accepted_ranges, best_accepted, choose, first_known, prefers_html
from workplan.engine.protocol import METHODS, ProtocolRequest, has_query, read
from workplan.knowledge.graphs import graph_sizes
from workplan.language import preferred
from workplan.model.errors import N_, BadRequest
from workplan.model.formats import GRAPH_FORMATS, Format, named

sparql = Blueprint("sparql", __name__)

ALL_METHODS: Final = (*METHODS, "PUT", "PATCH", "DELETE")
"""Every method comes here, so that a wrong one is refused in the shape of all errors."""

PREFLIGHT_SECONDS: Final = 86_400
"""How long a browser may remember what another site's script is allowed to ask; browsers cap it themselves."""


@sparql.after_request
def allow_all_origins(response: Response) -> Response:
    """Let scripts of any site read the answer, errors included."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link, Server-Timing"
    return response


@sparql.route("/sparql", methods=ALL_METHODS, provide_automatic_options=False)
def answer_sparql() -> Response:
    """Answer a query, a preflight, or the question what this endpoint is."""
    if request.method == "OPTIONS":
        return preflight(METHODS)
    if request.method in ("GET", "HEAD") and not has_query(request.query_string):
        return _introduction()
    body = request.get_data(cache=False)
    asked = read(request.method, request.headers.get("Content-Type"), request.query_string, body, request.base_url)
    return _answer(asked)


def _answer(asked: ProtocolRequest) -> Response:
    service = _service()
    kind = service.engine.kind_of(asked.query)
    offered = FORMATS[kind]
    form = choose(offered, first_known(offered, asked.formats), request.headers.get("Accept"))
    etag = _etag(service.version, asked, form) if service.version else None
    if etag and request.method in ("GET", "HEAD") and _is_known(etag):
        return _cacheable(Response(status=304), etag)
    started = time.perf_counter()
    result = service.engine.run(asked.query, form)
    response = Response(result.body, content_type=form.content_type)
    response.headers["Server-Timing"] = f"engine;dur={(time.perf_counter() - started) * 1000:.1f}"
    return _cacheable(response, etag)


def _cacheable(response: Response, etag: str | None) -> Response:
    response.vary.add("Accept")
    if etag:
        response.set_etag(etag)
        response.cache_control.public = True
        response.cache_control.max_age = _service().config.max_age
    else:
        # Nothing tells when the data behind a remote store change.
        response.cache_control.no_cache = True
    return response


def _etag(version: str, asked: ProtocolRequest, form: Format) -> str:
    """A strong validator: the same release answers the same text in the same format with the same bytes."""
    query = asked.query
    parts = (version, query.text, query.default_graphs, query.named_graphs, query.base_iri, form.name)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _is_known(etag: str) -> bool:
    # `*` stands for any answer, and whether there is one takes running the query.
    return not request.if_none_match.star_tag and request.if_none_match.contains_weak(etag)


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


def _service() -> Any:
    """The running service: its ``engine``, its ``version`` (None where data change unseen) and its ``config``."""
    return current_app.extensions["workplan"]
