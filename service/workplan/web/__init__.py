"""The Flask application: one blueprint a file, each a set of addresses; and what stands before it.

Views hold no SPARQL and catch nothing: what goes wrong below reaches one handler.
"""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from workplan.engine.leases import LeasedWorkers
from workplan.engine.processes import die_with_parent
from workplan.operation import logs
from workplan.operation.figures import Figures
from workplan.operation.succession import RunningPool

from . import (
    about,
    assets,
    data,
    document,
    editor,
    embed,
    errors,
    exports,
    gallery,
    graph_store,
    health,
    history,
    introspection,
    ontology,
    pages,
    picture,
    quality,
    query,
    releases,
    search,
    slashes,
    sparql,
)
from .current import CurrentSite, keep_for_long
from .front import Front, Site
from .headers import begin, guard, keep_nothing_fleeting
from .incoming import Request, note_ignored, refuse_wrong_host
from .limits import MAX_BODY
from .service import Service, open_service


def create_app(service: Service, figures: Figures | None = None) -> Flask:
    """The application over *service*, which counts in *figures*."""
    figures = figures or Figures()
    app = Flask(__name__)
    app.request_class = Request
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    app.extensions["workplan"] = service
    app.extensions["workplan.figures"] = figures
    app.jinja_options = {"autoescape": True}
    errors.register(app)
    app.before_request(begin)
    app.before_request(refuse_wrong_host)
    app.before_request(errors.raise_earlier)
    app.after_request(note_ignored)
    for blueprint in (
        sparql.sparql,
        graph_store.graph_store,
        data.data,
        introspection.introspection,
        health.health,
        document.document,
        quality.quality,
        query.query,
        embed.embed,
        gallery.gallery,
        about.about,
        exports.exports,
        assets.assets,
        editor.editor,
        search.search,
        search.search_data,
        picture.picture,
        ontology.ontology,
        ontology.ontology_data,
        history.history,
        pages.pages,
    ):
        app.register_blueprint(blueprint)
    pages.prepare(app)
    releases.prepare(app)
    search.prepare(app)
    app.before_request(slashes.leave_out)
    app.after_request(guard)
    app.after_request(keep_nothing_fleeting)
    return app


def create_front() -> Front:
    """The application that ``workplan serve`` starts in each of the server's processes, told by the environment."""
    with _ended_at_once():
        return _front()


@contextmanager
def _ended_at_once() -> Iterator[None]:
    """Let a signal to end have its way: the server would wait for what is being loaded, perhaps in vain."""
    handlers = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _front() -> Front:
    # Orphans would hold the port, and nobody would start their pool again.
    die_with_parent(signal.SIGKILL)
    logs.configure()
    root, out, shared = (Path(os.environ[f"WORKPLAN_{name}"]) for name in ("HOME", "OUT", "SHARED"))
    store = os.environ.get("WORKPLAN_STORE")
    figures = Figures(shared)

    def make(pool: RunningPool | None) -> Site:
        service = open_service(root, out, store, pool)
        workers = LeasedWorkers(Path(pool.address), service.config.limits) if pool else None
        return Site(create_app(service, figures), workers)

    # The event loop waits for so long at most when a thread is computing; the usual 5 ms are a hundred kept answers.
    sys.setswitchinterval(0.0005)
    # Requests leave little behind that only the collector finds, and it stops all of them while it looks.
    gc.set_threshold(10_000, 10, 10)
    if store:
        front = Front(make(None), figures)
        keep_for_long()
        return front
    current = CurrentSite(shared, make)
    front = Front(current.first, figures)
    keep_for_long()
    current.follow(front.take_up)
    return front
