"""The read side of the SPARQL 1.1 Graph Store HTTP Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/).

Graphs are identified indirectly, by ``?graph=`` or ``?default``; directly they are at ``/graph/…``. It may not write.
"""

import hashlib
from typing import Final

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode

from workplan.engine.negotiation import choose
from workplan.engine.writing import write_graph
from workplan.knowledge.graphs import statements
from workplan.model.errors import N_, BadRequest, MethodNotAllowed, UnknownResource
from workplan.model.formats import GRAPH_FORMATS

from .cors import open_to_all, options
from .data import service
from .sparql import ALL_METHODS

graph_store = Blueprint("graph_store", __name__)
graph_store.after_request(open_to_all)

METHODS: Final = ("GET", "HEAD", "OPTIONS")
"""What a store that is only read answers."""

PARAMETERS: Final = frozenset({"default", "format", "graph"})


@graph_store.route("/rdf-graph-store", methods=ALL_METHODS, provide_automatic_options=False)
def answer_graph() -> Response:
    """A named graph, or the union of all."""
    if request.method == "OPTIONS":
        return options(METHODS)
    if request.method not in METHODS:
        raise MethodNotAllowed(method=request.method, allowed=", ".join(METHODS))
    graph = _asked_graph()
    form = choose(GRAPH_FORMATS, request.args.get("format"), request.headers.get("Accept"))
    body = statements(service().engine, graph)
    if graph is not None and not body:
        raise UnknownResource(iri=graph)
    response = Response(write_graph(body, form), content_type=form.content_type)
    response.vary.add("Accept")
    version = service().version
    if version is None:
        # Nothing tells when the data behind a remote store change.
        response.cache_control.no_cache = True
        return response
    response.set_etag(hashlib.sha256(repr((version, graph, form.name)).encode()).hexdigest()[:32])
    response.cache_control.public = True
    response.cache_control.max_age = service().config.max_age
    response.make_conditional(request)
    return response


def _asked_graph() -> str | None:
    """The IRI of the graph that the request asks for, None for the union. Raises BadRequest (section 5.2)."""
    unknown = sorted(request.args.keys() - PARAMETERS)
    if unknown:
        raise BadRequest(
            N_("El paràmetre «%(name)s» no existeix; n'hi ha aquests: %(known)s."),
            name=unknown[0][:200],
            known=", ".join(sorted(PARAMETERS)),
        )
    graphs, defaults = request.args.getlist("graph"), request.args.getlist("default")
    if len(graphs) + len(defaults) != 1 or any(defaults):
        raise BadRequest(N_("Cal dir un sol graf: ?graph= amb el seu IRI, o ?default per a la unió de tots."))
    if not graphs:
        return None
    try:
        NamedNode(graphs[0])
    except ValueError:
        raise BadRequest(
            N_("«%(iri)s», a %(name)s, no és un IRI absolut."), iri=graphs[0][:200], name="graph"
        ) from None
    return graphs[0]
