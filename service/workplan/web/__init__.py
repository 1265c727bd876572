"""The Flask application: one blueprint a file, each a set of addresses.

Views hold no SPARQL and catch nothing: what goes wrong below reaches one handler.
"""

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response

from workplan.engine.processes import die_with_parent

from . import data, document, errors, graph_store, health, introspection, pages, quality, sparql
from .cache import ResponseCache
from .service import RunningPool, Service, open_service

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'self'"
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer forbids a browser: no page here needs a script, and data are never run."""


def create_app(service: Service) -> Flask:
    """The application over *service*."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = sparql.MAX_REQUEST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = sparql.MAX_REQUEST_BYTES
    app.extensions["workplan"] = service
    app.jinja_options = {"autoescape": True}
    errors.register(app)
    for blueprint in (
        sparql.sparql,
        graph_store.graph_store,
        data.data,
        introspection.introspection,
        health.health,
        document.document,
        quality.quality,
        pages.pages,
    ):
        app.register_blueprint(blueprint)
    pages.prepare(app)
    app.after_request(_guarded)
    layers: WSGIApplication = sparql.QueryLayer(app.wsgi_app, service, HEADERS)
    if service.version:
        # A release never changes, so that its answers can be given again before anything is asked.
        layers = ResponseCache(layers)
    app.wsgi_app = layers  # type: ignore[method-assign, assignment]  # Flask's own place for layers
    return app


def _guarded(response: Response) -> Response:
    """*response* with the headers that keep browsers from running what data hold."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def create_app_from_environment() -> Flask:
    """The application that ``workplan serve`` starts in each of the server's processes."""
    # Orphans would hold the port, and nobody would start their pool again.
    die_with_parent(signal.SIGKILL)
    given = {name: os.environ.get(f"WORKPLAN_{name}") for name in ("HOME", "OUT", "STORE", "POOL", "VERSION")}
    root, out, store, pool, version = given.values()
    return create_app(
        open_service(
            Path(root) if root else None,
            Path(out) if out else None,
            store,
            RunningPool(Path(pool), version) if pool and version else None,
        )
    )
