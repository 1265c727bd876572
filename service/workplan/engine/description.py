"""What this endpoint is and may be asked, as a SPARQL 1.1 Service Description.

It may not describe the data beyond the sizes of graphs: VoID and the catalogue do.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from workplan.model.formats import CONSTRUCT_FORMATS, SOLUTION_FORMATS, Format
from workplan.model.namespaces import NAMESPACES

from .query import Limits
from .writing import ntriples_of, write_graph

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_W3C_FORMATS: Final = "http://www.w3.org/ns/formats/"
_VOID: Final = "http://rdfs.org/ns/void#"
_PREFIXES: Final = MappingProxyType({"formats": _W3C_FORMATS, "sd": _SD, "void": _VOID})

_FORMAT_NAMES: Final = MappingProxyType(
    {
        "json": "SPARQL_Results_JSON",
        "xml": "SPARQL_Results_XML",
        "csv": "SPARQL_Results_CSV",
        "tsv": "SPARQL_Results_TSV",
        "ttl": "Turtle",
        "jsonld": "JSON-LD",
        "nt": "N-Triples",
        "rdf": "RDF_XML",
        "trig": "TriG",
    }
)
"""Local names in http://www.w3.org/ns/formats/ of what this service writes."""


def describe(endpoint: str, limits: Limits, form: Format, graphs: Mapping[str, int] = MappingProxyType({})) -> bytes:
    """The description of the service at *endpoint* written in *form*; *graphs* tells the triples of each graph."""
    return write_graph(ntriples_of(_triples(endpoint, limits, graphs)), form, _PREFIXES)


def _triples(endpoint: str, limits: Limits, graphs: Mapping[str, int]) -> Iterator[Triple]:
    service = NamedNode(endpoint)
    dataset, default_graph = BlankNode("dataset"), BlankNode("graph")
    a = NamedNode(NAMESPACES["rdf"] + "type")
    yield Triple(service, a, NamedNode(_SD + "Service"))
    yield Triple(service, NamedNode(_SD + "endpoint"), service)
    yield Triple(service, NamedNode(_SD + "supportedLanguage"), NamedNode(_SD + "SPARQL11Query"))
    yield Triple(service, NamedNode(_SD + "feature"), NamedNode(_SD + "UnionDefaultGraph"))
    for form in (*SOLUTION_FORMATS, *CONSTRUCT_FORMATS):
        yield Triple(service, NamedNode(_SD + "resultFormat"), NamedNode(_W3C_FORMATS + _FORMAT_NAMES[form.name]))
    yield Triple(service, NamedNode(_SD + "defaultDataset"), dataset)
    yield Triple(dataset, a, NamedNode(_SD + "Dataset"))
    yield Triple(dataset, NamedNode(_SD + "defaultGraph"), default_graph)
    yield Triple(default_graph, a, NamedNode(_SD + "Graph"))
    for number, (iri, triples) in enumerate(graphs.items()):
        entry, graph = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
        yield Triple(dataset, NamedNode(_SD + "namedGraph"), entry)
        yield Triple(entry, a, NamedNode(_SD + "NamedGraph"))
        yield Triple(entry, NamedNode(_SD + "name"), NamedNode(iri))
        yield Triple(entry, NamedNode(_SD + "graph"), graph)
        yield Triple(graph, a, NamedNode(_SD + "Graph"))
        yield Triple(graph, NamedNode(_VOID + "triples"), Literal(triples))
    yield Triple(service, NamedNode(NAMESPACES["rdfs"] + "seeAlso"), NamedNode(f"{endpoint}/differences"))
    # No vocabulary has terms for limits, so each is a sentence that begins with its name.
    for text in _limits(limits):
        yield Triple(service, NamedNode(NAMESPACES["rdfs"] + "comment"), text)


def _limits(limits: Limits) -> Iterator[Literal]:
    yield Literal(f"limit-seconds: {limits.seconds:g}. A longer query is stopped and answered with 504.", language="en")
    yield Literal(f"limit-rows: {limits.rows}. A longer answer, in rows or triples, is a 413.", language="en")
    yield Literal(f"limit-memory: {limits.memory} bytes. A query that needs more is stopped.", language="en")
    yield Literal(f"limit-bytes: {limits.bytes}. A larger answer is a 413; none is ever cut.", language="en")
