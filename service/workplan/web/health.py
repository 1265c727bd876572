"""Whether the service lives, whether it can answer and how it fares, for whoever watches over it."""

import json

from flask import Blueprint, Response, current_app, jsonify, request

from workplan.engine.query import QueryRequest
from workplan.model.errors import StoreEmpty
from workplan.model.formats import JSON_RESULTS
from workplan.operation.exposition import expose
from workplan.release.sources import ontology_version

health = Blueprint("health", __name__)


@health.get("/health/live")
def live() -> Response:
    """The process answers."""
    return jsonify(status="live")


@health.get("/health/ready")
def ready() -> Response:
    """The store answers, and holds something: with the release's version, null where a remote store serves.

    Raises StoreEmpty where it holds nothing.
    """
    service = current_app.extensions["workplan"]
    answer = service.engine.run(QueryRequest("ASK { ?s ?p ?o }"), JSON_RESULTS)
    if json.loads(answer.body).get("boolean") is not True:
        raise StoreEmpty
    return jsonify(status="ready", version=service.version)


@health.get("/metrics")
def metrics() -> Response:
    """The figures of all web processes and of the pool, as Prometheus reads them."""
    service = current_app.extensions["workplan"]
    information = {"software": ontology_version(), "release": service.version or ""}
    body, content_type = expose(
        current_app.extensions["workplan.figures"],
        information,
        getattr(service.engine, "state", None),
        request.headers.get("Accept", ""),
    )
    return Response(body, content_type=content_type)


@health.after_request
def never_stored(response: Response) -> Response:
    """State is asked anew each time."""
    response.headers["Cache-Control"] = "no-store"
    return response
