"""The formats this service speaks: short name, media type, file extension, aliases.

It may not serialise anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Format:
    """One way to write an answer.

    *name* is the short name that ``format=`` takes and the file extension; *aliases* are other media types and
    short names under which clients ask for it.
    """

    name: str
    media_type: str
    label: str
    aliases: tuple[str, ...] = ()
    is_text: bool = True

    @property
    def content_type(self) -> str:
        """The ``Content-Type`` header's value."""
        return f"{self.media_type}; charset=utf-8" if self.is_text else self.media_type


TURTLE: Final = Format(
    "ttl",
    "text/turtle",
    "Turtle",
    (
        "turtle",
        "n3",
        "text/rdf+n3",
        "text/n3",
        "application/n3",
        "application/turtle",
        "application/x-turtle",
        "text/ttl",
    ),
)
JSON_LD: Final = Format(
    "jsonld",
    "application/ld+json",
    "JSON-LD",
    ("json-ld", "application/x-json+ld", "application/json", "json"),
    is_text=False,
)
N_TRIPLES: Final = Format("nt", "application/n-triples", "N-Triples", ("ntriples", "n-triples", "text/plain"))
RDF_XML: Final = Format(
    "rdf", "application/rdf+xml", "RDF/XML", ("rdfxml", "rdf+xml", "application/xml", "xml"), is_text=False
)
TRIG: Final = Format("trig", "application/trig", "TriG", ("application/x-trig",))
N_QUADS: Final = Format("nq", "application/n-quads", "N-Quads", ("nquads", "n-quads", "text/x-nquads"))

JSON_RESULTS: Final = Format(
    "json",
    "application/sparql-results+json",
    "JSON",
    ("application/json", "text/javascript", "application/javascript", "sparql-json"),
    is_text=False,
)
XML_RESULTS: Final = Format(
    "xml", "application/sparql-results+xml", "XML", ("application/xml", "text/xml"), is_text=False
)
CSV: Final = Format("csv", "text/csv", "CSV")
TSV: Final = Format("tsv", "text/tab-separated-values", "TSV", ("text/tsv",))

XLSX: Final = Format(
    "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel", is_text=False
)
ROWS: Final = Format("rows.json", "application/json", "JSON (rows)", is_text=False)
"""A table as an array of objects: asked for by name only, since ``application/json`` is the protocol's own results."""

CSV_METADATA: Final = Format("csv-metadata.json", "application/csvm+json", "CSVW", is_text=False)

PLAIN_JSON: Final = Format("json", "application/ld+json", "JSON", is_text=False)
STRATML: Final = Format("stratml.xml", "application/xml", "StratML (ISO 17469-1)", is_text=False)
DECIDIM: Final = Format("decidim.csv", "text/csv", "CSV (Decidim)")

SVG: Final = Format("svg", "image/svg+xml", "SVG", is_text=False)
PNG: Final = Format("png", "image/png", "PNG", is_text=False)
VEGA_LITE: Final = Format("vl.json", "application/vnd.vegalite.v6+json", "Vega-Lite", ("vega-lite",), is_text=False)

HTML: Final = Format("html", "text/html", "HTML", ("application/xhtml+xml",))

GRAPH_FORMATS: Final = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
"""Formats of a description: one graph, no names of graphs."""

SOLUTION_FORMATS: Final = (JSON_RESULTS, XML_RESULTS, CSV, TSV)
"""Formats of a SELECT's or an ASK's answer; the first is the default (SPARQL 1.1 Protocol, section 2.1.6)."""

CHART_FORMATS: Final = (SVG, PNG, VEGA_LITE)
"""Formats of a SELECT's answer where its question has a chart."""

CONSTRUCT_FORMATS: Final = (*GRAPH_FORMATS, TRIG)
"""Formats of a CONSTRUCT's or a DESCRIBE's answer."""


def named(name: str, formats: Iterable[Format]) -> Format | None:
    """The one of *formats* that goes by *name*: a short name, a media type or an alias of either, in any case."""
    wanted = name.strip().lower()
    offered = tuple(formats)
    exact = (f for f in offered if wanted in (f.name, f.media_type))
    loose = (f for f in offered if wanted in f.aliases)
    return next(exact, None) or next(loose, None)
