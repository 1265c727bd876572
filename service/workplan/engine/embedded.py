"""The engine within this process: pyoxigraph over an in-memory store.

It may not outlast a query that computes for long before its first row: that takes a process to kill.
"""

import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
)

from workplan.model.errors import N_, StoreError
from workplan.model.formats import XML_RESULTS, Format

from .binding import bind
from .dataset import check_dataset, merged_graphs, names_dataset
from .faults import from_engine_error, from_syntax_error
from .guard import check
from .mending import Mended, mended, with_plain_booleans
from .merging import Dataset, loaded, merged
from .outline import kind_of
from .query import Kind, Limits, QueryRequest, QueryResult
from .writing import BoundedWriter, cannot_be_written, check_rows, count_rows, sound_xml, write_graph

_RESULT_FORMATS: Final = MappingProxyType(
    {
        "json": QueryResultsFormat.JSON,
        "xml": QueryResultsFormat.XML,
        "csv": QueryResultsFormat.CSV,
        "tsv": QueryResultsFormat.TSV,
    }
)

_MAY_NAME_GRAPHS: Final = re.compile(r"graph|from", re.IGNORECASE)


class EmbeddedEngine:
    """A QueryEngine over *source*: a dataset, a store whose default graph is the union, or a file of quads."""

    def __init__(
        self, source: Path | Dataset | Store, limits: Limits, allowed_services: Collection[str] = frozenset()
    ) -> None:
        self.limits = limits
        self._allowed_services = frozenset(allowed_services)
        dataset = loaded(source) if isinstance(source, Path) else source
        self._dataset = Dataset(dataset, dataset) if isinstance(dataset, Store) else dataset

    def kind_of(self, request: QueryRequest) -> Kind:
        """See QueryEngine."""
        check(request.text, self._allowed_services)
        return kind_of(request.text)

    def run(self, request: QueryRequest, form: Format) -> QueryResult:
        """See QueryEngine."""
        started = time.perf_counter()
        kind = self.kind_of(request)
        writer = BoundedWriter(self.limits)
        with _told_as_errors(request.text):
            answer = self._answer(request)
            # After the parser, which tells the place of what it cannot read.
            check_dataset(request, self._holds)
            writer.check_time()
            if isinstance(answer, QueryTriples):
                answer.serialize(writer, RdfFormat.N_TRIPLES)  # type: ignore[arg-type]  # pyoxigraph needs write only
                ntriples = writer.getvalue()
                check_rows(ntriples.count(b"\n"), self.limits, N_("triples"))
                body = write_graph(ntriples, form)
                # Another format can be longer than N-Triples; the time counts until the answer is whole.
                BoundedWriter(self.limits).write(body)
                writer.check_time()
            else:
                with _refused_by(form, request.text):
                    answer.serialize(writer, _RESULT_FORMATS[form.name])  # type: ignore[arg-type]
                body = writer.getvalue()
                # A row takes a byte at the very least, so that most answers need no counting.
                if len(body) > self.limits.rows and isinstance(answer, QuerySolutions):
                    check_rows(count_rows(body, form), self.limits)
                if form == XML_RESULTS:
                    body = sound_xml(body)
        return QueryResult(kind, form, body, time.perf_counter() - started)

    def close(self) -> None:
        """See QueryEngine."""
        self._dataset = Dataset(Store(), None)

    def _holds(self, iri: str) -> bool:
        return self._dataset.store.contains_named_graph(NamedNode(iri))

    def _answer(self, request: QueryRequest) -> QueryBoolean | QuerySolutions | QueryTriples:
        text = bind(request.text, request.bindings)
        query = mended(text)
        try:
            return self._answer_to(query, request)
        except SyntaxError:
            if query.functions is None:
                raise
        # The place of what is wrong is told in the text as it was.
        return self._answer_to(Mended(with_plain_booleans(text)), request)

    def _answer_to(self, query: Mended, request: QueryRequest) -> QueryBoolean | QuerySolutions | QueryTriples:
        text, base_iri, functions = query.text, request.base_iri, query.functions
        default_graphs, named_graphs = request.default_graphs, request.named_graphs
        if not default_graphs and not named_graphs:
            # First of all, because the parser tells the place of what it cannot read.
            answer = self._answer_over_union(query, base_iri)
            several = merged_graphs(request.text, base_iri)
            if several is None:
                return answer
            default_graphs, named_graphs = several
        is_merged = len(default_graphs) > 1
        store = self._dataset.store
        if is_merged:
            store = merged(store, default_graphs, named_graphs)
        return store.query(
            text,
            base_iri=base_iri,
            # Each list is passed even when empty: the dataset is what the request names and nothing else.
            default_graph=[DefaultGraph()] if is_merged else [NamedNode(iri) for iri in default_graphs],
            named_graphs=[NamedNode(iri) for iri in named_graphs],
            custom_functions=functions,
        )

    def _answer_over_union(self, query: Mended, base_iri: str | None) -> QueryBoolean | QuerySolutions | QueryTriples:
        """The answer to *query*, whose default graph is the union unless it names others."""
        text, functions = query.text, query.functions
        store, union = self._dataset.store, self._dataset.union
        if union is None:
            # pyoxigraph's union would win over the text's own FROM.
            is_union = not names_dataset(text)
            return store.query(text, base_iri=base_iri, use_default_graph_as_union=is_union, custom_functions=functions)
        chosen = store if _MAY_NAME_GRAPHS.search(text) else union
        return chosen.query(text, base_iri=base_iri, custom_functions=functions)


@contextmanager
def _refused_by(form: Format, text: str) -> Iterator[None]:
    """What *form* cannot hold is no fault of a service where *text* calls none."""
    try:
        yield
    except OSError as error:
        if "SERVICE" in text.upper():
            raise
        raise cannot_be_written(form) from error


@contextmanager
def _told_as_errors(text: str) -> Iterator[None]:
    try:
        yield
    except SyntaxError as error:
        raise from_syntax_error(str(error), text) from error
    except OSError as error:
        raise StoreError(N_("Un servei que la consulta crida no ha respost.")) from error
    except (RuntimeError, ValueError) as error:
        raise from_engine_error(str(error)) from error
