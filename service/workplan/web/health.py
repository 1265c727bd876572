"""Whether the service lives and whether it can answer, for whoever watches over it."""

from flask import Blueprint, Response, current_app, jsonify

from workplan.engine.query import QueryRequest
from workplan.model.formats import JSON_RESULTS

health = Blueprint("health", __name__, url_prefix="/health")


@health.get("/live")
def live() -> Response:
    """The process answers."""
    return jsonify(status="live")


@health.get("/ready")
def ready() -> Response:
    """The store answers: with the release's version, null where a remote store serves."""
    service = current_app.extensions["workplan"]
    service.engine.run(QueryRequest("ASK { ?s ?p ?o }"), JSON_RESULTS)
    return jsonify(status="ready", version=service.version)


@health.after_request
def never_stored(response: Response) -> Response:
    """State is asked anew each time."""
    response.headers["Cache-Control"] = "no-store"
    return response
