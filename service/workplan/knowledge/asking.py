"""The one way to ask the engine and read its answer as terms.

It may not hold a question.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolution, QuerySolutions, parse_query_results

from workplan.engine.query import QueryEngine, QueryRequest
from workplan.model.errors import UnknownResource
from workplan.model.formats import JSON_RESULTS

PREFIXES = """\
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX spdx: <http://spdx.org/rdf/terms#>
PREFIX sdmx-dimension: <http://purl.org/linked-data/sdmx/2009/dimension#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX time: <http://www.w3.org/2006/time#>
PREFIX wp: <https://w3id.org/sse-workplan/ns#>
PREFIX xkos: <http://rdf-vocabulary.ddialliance.org/xkos#>
"""


def solutions(engine: QueryEngine, text: str, **bindings: NamedNode | Literal) -> Iterator[QuerySolution]:
    """The solutions of the SELECT *text*, which may use the prefixes above, with variables bound to *bindings*."""
    answer = engine.run(QueryRequest(PREFIXES + text, bindings=bindings), JSON_RESULTS)
    rows = parse_query_results(answer.body, format=QueryResultsFormat.JSON)
    if not isinstance(rows, QuerySolutions):
        raise TypeError("a SELECT was expected")
    yield from rows


def resource(iri: str) -> NamedNode:
    """*iri* as a term. Raises UnknownResource where it is no IRI: then no data can hold it."""
    try:
        return NamedNode(iri)
    except ValueError:
        raise UnknownResource(iri=iri) from None


def values_block(iris: Iterable[str]) -> str:
    """*iris* as the rows of a VALUES block, each written by the store's own library so that none breaks out."""
    return " ".join(str(NamedNode(iri)) for iri in sorted(iris))


def iris_among(texts: Iterable[str]) -> set[str]:
    """Those of *texts* that are IRIs."""
    found = set()
    for text in texts:
        with suppress(ValueError):
            found.add(NamedNode(text).value)
    return found
