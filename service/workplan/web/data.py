"""Linked data: canonical addresses, descriptions, graphs, the whole data.

``/id/…`` names a thing and redirects to what describes it (Cool URIs for the Semantic Web, section 4.2).
"""

import gzip
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from flask import Blueprint, Response, current_app, redirect, request
from flask.typing import ResponseReturnValue
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, parse, serialize
from pyoxigraph import Literal as Text
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response as BaseResponse

from workplan.engine.negotiation import choose
from workplan.engine.writing import write_graph
from workplan.knowledge.description import Description, describe
from workplan.knowledge.graphs import statements
from workplan.model.errors import N_, NotAcceptable, StoreError, UnknownResource
from workplan.model.formats import GRAPH_FORMATS, HTML, JSON_LD, N_QUADS, TRIG, TURTLE, Format, named
from workplan.model.iris import data_iri, graph_iri
from workplan.model.namespaces import NAMESPACES
from workplan.release import context
from workplan.release.build import Release

from .cors import open_to_all
from .reader import page_address
from .service import Service

data = Blueprint("data", __name__)

DESCRIPTION_FORMATS = (*GRAPH_FORMATS, TRIG)
DUMP_FORMATS = (N_QUADS, TRIG, TURTLE, JSON_LD)

_CONTEXT_PROFILE = "http://www.w3.org/ns/json-ld#context"

_LABEL = NamedNode(NAMESPACES["rdfs"] + "label")


def service() -> Service:
    """The running service."""
    found: Service = current_app.extensions["workplan"]
    return found


def found(path: str, also: Iterable[str] = ()) -> Description:
    """What the data say of the resource at *path*, those of *also* named with it.

    Raises UnknownResource where they hold nothing of it.
    """
    iri = data_iri(path)
    description = describe(service().engine, iri, also)
    if description is None:
        raise UnknownResource(iri=iri)
    return description


def graph_body(iri: str, form: Format) -> bytes:
    """The statements of the named graph *iri* in *form*. Raises UnknownResource where there are none."""
    body = statements(service().engine, iri)
    if not body.strip():
        raise UnknownResource(iri=iri)
    return write_graph(body, form)


def answer(body: bytes, form: Format, *, canonical: str | None = None) -> Response:
    """*body* as a response in *form*, with the address of what it describes."""
    response = Response(body, content_type=form.content_type)
    if canonical:
        response.headers.add("Link", f'<{iri_to_uri(canonical)}>; rel="canonical"')
    return response


def wants(offered: tuple[Format, ...]) -> Format:
    """The one of *offered* that the request asks for, by ``format=`` before ``Accept``. Raises NotAcceptable."""
    return choose(offered, request.args.get("format"), request.headers.get("Accept"))


@data.get("/id/<path:path>")
def identify(path: str) -> ResponseReturnValue:
    """The thing itself: 303 to its page or to its description."""
    form = wants((HTML, *DESCRIPTION_FORMATS))
    found(path)
    page = page_address(path)
    place = f"/data/{quote(path)}"
    addresses = {each: f"{place}.{each.name}" for each in DESCRIPTION_FORMATS}
    response = redirect(addresses.get(form, page), 303)
    for each, address in addresses.items():
        response.headers.add("Link", f'<{address}>; rel="alternate"; type="{each.media_type}"')
    response.headers.add("Link", f'<{page}>; rel="alternate"; type="{HTML.media_type}"')
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


@data.get("/data/<path:file>")
def describe_data(file: str) -> Response:
    """A resource's description: its statements, those that point to it, the labels of everything named."""
    path, _, extension = file.rpartition(".")
    form = next((f for f in DESCRIPTION_FORMATS if f.name == extension), None)
    if form is None:
        raise NotAcceptable(offered=", ".join(f"{f.name} ({f.media_type})" for f in DESCRIPTION_FORMATS))
    description = found(path)
    stated, labels = [*description.quads()], _labels(description)
    # A reader of the default graph alone finds all that a description holds; the named graphs say where it comes from.
    whole = {Quad(quad.subject, quad.predicate, quad.object) for quad in (*stated, *labels)}
    if form is TRIG:
        quads = {*stated, *whole}
        used = {p: n for p, n in NAMESPACES.items() if any(n in str(quad) for quad in quads)}
        body = serialize(sorted(quads, key=_in_order), format=RdfFormat.TRIG, prefixes=used)
        return answer(bytes(body or b""), form, canonical=description.iri)
    ntriples = serialize({quad.triple for quad in whole}, format=RdfFormat.N_TRIPLES)
    return answer(write_graph(bytes(ntriples or b""), form), form, canonical=description.iri)


def _in_order(quad: Quad) -> tuple[str, str]:
    """Graph by graph, the default one first, so that each is written once."""
    return "" if quad.graph_name == DefaultGraph() else str(quad.graph_name), str(quad)


def _labels(description: Description) -> list[Quad]:
    """The labels of everything that *description* names, in the default graph."""
    return [
        Quad(NamedNode(iri), _LABEL, Text(text, language=tag) if tag else Text(text))
        for iri, name in description.names.items()
        for text, tag in name.labels
    ]


@data.get("/graph/<path:path>")
def graph(path: str) -> ResponseReturnValue:
    """A named graph: its statements, or its page for a browser."""
    form = wants((*GRAPH_FORMATS, HTML))
    if form is HTML:
        return see_page(f"graph/{path}")
    return varied(answer(graph_body(graph_iri(path), form), form, canonical=graph_iri(path)))


@data.get("/context.jsonld")
@data.get("/context/<version>.jsonld")
def context_document(version: str | None = None) -> Response:
    """The JSON-LD context of plans written as plain JSON, now or in *version* (JSON-LD 1.1, section 3.1)."""
    response = Response(context.document(version), content_type=f'{JSON_LD.media_type}; profile="{_CONTEXT_PROFILE}"')
    response.add_etag()
    response.cache_control.public = True
    response.cache_control.max_age = service().config.max_age
    name = context.version_iri(version) if version else context.IRI
    response.headers.add("Link", f'<{name}>; rel="canonical"')
    response.make_conditional(request)
    return response


def see_page(path: str, fragment: str = "") -> BaseResponse:
    """303 to the page at *path*, or the *fragment* of it, in the reader's language."""
    response = redirect(page_address(path) + fragment, 303)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def varied(response: Response) -> Response:
    """*response*, which says that it depends on what the client accepts."""
    response.headers["Vary"] = "Accept"
    return response


@data.get("/dump.<extension>")
def dump(extension: str) -> Response:
    """All the data of the release, in the sources' own lexical forms; ``.gz`` compressed."""
    return dumped(service().release, extension)


def dumped(release: Release | None, extension: str) -> Response:
    """All the data of *release* as the file that ends in *extension*.

    Raises NotAcceptable, StoreError where there is no release, or DamagedRelease where it is not as it was written.
    """
    name = extension.removesuffix(".gz")
    form = named(name, (f for f in DUMP_FORMATS if f.name == name))
    if form is None:
        raise NotAcceptable(offered=", ".join(f"dump.{f.name}, dump.{f.name}.gz" for f in DUMP_FORMATS))
    if release is None:
        raise StoreError(N_("Les dades són en un magatzem remot: demaneu-les-hi, graf per graf, a /graph/…"))
    body = _dumped(release, form)
    if extension.endswith(".gz"):
        return Response(gzip.compress(body, mtime=0), content_type="application/gzip")
    return answer(body, form)


@lru_cache(maxsize=len(DUMP_FORMATS))  # one release's, as a rule: older ones are seldom asked for
def _dumped(release: Release, form: Format) -> bytes:
    """The quads of *release* in *form*; a format without graphs holds their union."""
    body = release.read(release.data.name)
    if form is N_QUADS:
        return body
    quads = parse(body, format=RdfFormat.N_QUADS)
    if form in (TURTLE,):
        return write_graph(serialize({q.triple for q in quads}, format=RdfFormat.N_TRIPLES) or b"", form)
    syntax = RdfFormat.TRIG if form is TRIG else RdfFormat.JSON_LD
    return bytes(serialize(quads, format=syntax, prefixes=dict(NAMESPACES)) or b"")


@data.after_request
def share(response: Response) -> Response:
    """Open to any site, kept by release."""
    return keep(open_to_all(response))


def keep(response: Response) -> Response:
    """*response* with leave to be kept: a release's answers do not change, a remote store's may."""
    running = service()
    if response.status_code == 200 and running.version:
        response.add_etag()
        response.cache_control.public = True
        response.cache_control.max_age = running.config.max_age
        response.make_conditional(request)
    return response
