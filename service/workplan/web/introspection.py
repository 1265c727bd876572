"""What the service and its data are, for programs that have never heard of them: VoID, DCAT, robots and sitemap.

All of it comes from queries over the data in service. It may not answer pages.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from workplan.engine.negotiation import choose
from workplan.engine.writing import ntriples_of, write_graph
from workplan.knowledge.catalogue import catalogue
from workplan.knowledge.document import sources
from workplan.knowledge.introspection import Survey, count_resources, resources, survey
from workplan.knowledge.ontology import terms_of
from workplan.language import DEFAULT, LANGUAGES
from workplan.model.errors import N_, BadRequest, NotAcceptable
from workplan.model.formats import GRAPH_FORMATS, JSON_LD, TURTLE, Format
from workplan.model.iris import data_path, page_path

from . import catalogue as dcat
from . import void
from .about import PAGES
from .data import DUMP_FORMATS, service, share

introspection = Blueprint("introspection", __name__)
introspection.after_request(share)

CATALOGUE_FORMATS: Final = (TURTLE, JSON_LD)

SITEMAP_RESOURCES: Final = 15_000
"""Resources in one file: each has an address a language, and a file holds 50,000 (https://www.sitemaps.org)."""

OVERVIEWS: Final = (
    "ns",
    "ns/patterns",
    "ns/write",
    "shapes",
    "quality",
    "quality/unsure",
    "sparql",
    "search",
    "query/",
    "releases",
    "api",
)
"""The pages of many things at once, as they stand after their language."""

_SITEMAP: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'

_IRI_MARKS: Final = "/:?@!$&'()*+,;=%~"
"""Characters that an IRI's path holds as they are; all others are escaped as in any address."""


def _base() -> str:
    """The address at which this service is reached, without a slash at its end."""
    return request.host_url.rstrip("/")


def _counted() -> Survey:
    """The data counted: once for a release, each time where they may change unseen."""
    running = service()
    return survey(running.engine) if running.version is None else _counted_once(running.version)


@lru_cache(maxsize=2)
def _counted_once(version: str) -> Survey:  # noqa: ARG001 - a version names its content: another is counted anew
    return survey(service().engine)


def _dumps() -> tuple[Format, ...]:
    """The formats in which the whole data can be had: a remote store's are its own."""
    return DUMP_FORMATS if service().release else ()


@introspection.get(void.ADDRESS)
def describe_dataset() -> Response:
    """The data as VoID."""
    form = choose(GRAPH_FORMATS, request.args.get("format"), request.headers.get("Accept"))
    config = service().config
    triples = void.void(_base(), _counted(), dcat.titles(config), config.licence, _dumps())
    response = Response(write_graph(ntriples_of(triples), form, void.PREFIXES), content_type=form.content_type)
    response.vary.add("Accept")
    return response


@introspection.get(dcat.ADDRESS)
def find_catalogue() -> ResponseReturnValue:
    """303 to the catalogue in the format that the request asks for: the things in it are named here."""
    form = choose(CATALOGUE_FORMATS, request.args.get("format"), request.headers.get("Accept"))
    response = redirect(f"{dcat.ADDRESS}.{form.name}", 303)
    response.headers["Vary"] = "Accept"
    return response


@introspection.get(f"{dcat.ADDRESS}.<extension>")
def list_datasets(extension: str) -> Response:
    """The data as a DCAT catalogue."""
    form = next((each for each in CATALOGUE_FORMATS if each.name == extension), None)
    if form is None:
        raise NotAcceptable(offered=", ".join(f"catalog.{each.name}" for each in CATALOGUE_FORMATS))
    running = service()
    found, tables = catalogue(running.engine), dcat.tables_in(running.queries.values())
    triples = dcat.catalogue_triples(_base(), running.config, running.version, found, _counted(), _dumps(), tables)
    return Response(write_graph(ntriples_of(triples), form, dcat.PREFIXES), content_type=form.content_type)


@introspection.get("/robots.txt")
def guide_robots() -> Response:
    """Everything may be read; questions are not pages."""
    lines = ("User-agent: *", "Disallow: /sparql", "Disallow: /rdf-graph-store", "", f"Sitemap: {_base()}/sitemap.xml")
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@introspection.get("/sitemap.xml")
def map_site() -> Response:
    """Every page in every language; a list of such maps where one cannot hold them."""
    engine = service().engine
    pages = max(-(-count_resources(engine) // SITEMAP_RESOURCES), 1)
    asked = request.args.get("page")
    if asked is None and pages > 1:
        entries = (f"<sitemap><loc>{_base()}/sitemap.xml?page={page}</loc></sitemap>" for page in range(1, pages + 1))
        return _xml(f"<sitemapindex {_SITEMAP}>", entries, "</sitemapindex>")
    numbers = {str(number): number for number in range(1, pages + 1)}
    page = 1 if asked is None else numbers.get(asked)
    if page is None:
        raise BadRequest(N_("El mapa web té les pàgines d'1 a %(count)s."), count=pages)
    found = resources(engine, SITEMAP_RESOURCES, (page - 1) * SITEMAP_RESOURCES)
    paths = [{lang: page_path(iri, lang) or "/" for lang in LANGUAGES} for iri in found]
    if page == 1:
        ends = (
            "",
            *OVERVIEWS,
            *PAGES,
            *(f"matrix/{data_path(plan.iri)}" for plan in catalogue(engine).plans),
            *(f"document/{source.iri.rpartition('/')[2]}" for source in sources(engine)),
            *(f"ns/term/{term.local_name}" for term in terms_of(engine)),
        )
        paths = [*({lang: f"/{lang}/{end}" for lang in LANGUAGES} for end in ends), *paths]
    return _xml(f"<urlset {_SITEMAP}>", (_entry(each) for each in paths), "</urlset>")


def _entry(paths: dict[str, str]) -> str:
    """A page in each language, each with all of them as its alternates."""
    addresses = {lang: f"{_base()}{quote(path, safe=_IRI_MARKS)}" for lang, path in paths.items()}
    alternates = "".join(
        f'<xhtml:link rel="alternate" hreflang="{lang}" href={quoteattr(address)}/>'
        for lang, address in (*addresses.items(), ("x-default", addresses[DEFAULT]))
    )
    return "".join(f"<url><loc>{escape(address)}</loc>{alternates}</url>\n" for address in addresses.values())


def _xml(start: str, entries: Iterable[str], end: str) -> Response:
    body = "".join(('<?xml version="1.0" encoding="UTF-8"?>\n', start, "\n", *entries, end, "\n"))
    return Response(body, content_type="application/xml; charset=utf-8")
