"""The engine that stands for a SPARQL 1.1 store elsewhere, reached through SPARQLWrapper.

It may not send what the guard refuses, nor believe an answer before it has it whole.
"""

import ast
import csv
import io
import json
import math
import re
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError, URLError
from xml.parsers import expat

from SPARQLWrapper import POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import EndPointInternalError, QueryBadFormed, SPARQLWrapperException

from workplan.model.errors import (
    N_,
    BadConfiguration,
    MalformedQuery,
    QueryTimeout,
    RequestError,
    StoreError,
    StoreUnavailable,
    UnknownFunction,
    WorkplanError,
)
from workplan.model.formats import CSV, JSON_RESULTS, RDF_XML, TSV, XML_RESULTS, Format

from .binding import bind
from .dataset import check_dataset, names_dataset
from .faults import from_engine_error, from_syntax_error
from .foreign import as_asked, cut, ensure_asked
from .guard import check
from .outline import kind_of, projected
from .query import Kind, Limits, QueryRequest, QueryResult
from .writing import BoundedWriter, check_rows, count_rows, count_triples, sound_xml

GRAPHS_SECONDS: Final = 60
"""How long the list of the store's graphs is trusted: a new graph joins the union this much later at most."""

_NO_GRAPH: Final = "urn:x-workplan:none"
"""Names a graph that no store holds: the protocol has no other way to ask for an empty half of a dataset."""

_CHUNK: Final = 64 * 1024
_TIMEOUT_STATUSES: Final = frozenset({408, 504})
_FORMS: Final = {Kind.SOLUTIONS: "SELECT", Kind.BOOLEAN: "ASK", Kind.GRAPH: "CONSTRUCT"}
_BOOLEANS: Final = frozenset({b"true", b"false"})


class RemoteEngine:
    """A QueryEngine over the SPARQL endpoint *url*.

    Many stores keep the default graph apart from the named ones, and each has a switch of its own to unite them. The
    protocol itself has one that all must obey: naming every graph both as ``default-graph-uri`` and as
    ``named-graph-uri``. So the graphs are listed, and a query that names no dataset is sent with all of them.
    """

    def __init__(self, url: str, limits: Limits, allowed_services: Collection[str] = frozenset()) -> None:
        if not re.match(r"https?://", url):
            # urllib would also open files.
            raise BadConfiguration(
                N_("L'adreça del magatzem «%(url)s» ha de començar per http:// o https://."), url=url
            )
        self.url = url
        self.limits = limits
        self._allowed_services = frozenset(allowed_services)
        self._graphs: Sequence[str] = ()
        self._graphs_until = 0.0

    def kind_of(self, request: QueryRequest) -> Kind:
        """See QueryEngine."""
        check(request.text, self._allowed_services)
        return kind_of(request.text)

    def run(self, request: QueryRequest, form: Format) -> QueryResult:
        """See QueryEngine."""
        started = time.perf_counter()
        kind = self.kind_of(request)
        default_graphs, named_graphs = self._dataset(request)
        text = bind(request.text, request.bindings)
        body = self._sent(_base(request) + text, request, kind, form, default_graphs, named_graphs)
        if form in (XML_RESULTS, RDF_XML):
            sound_xml(body)
        check_rows(*_counted(body, kind, form, self.limits))
        if form == JSON_RESULTS:
            ensure_asked(body, projected(request.text))
        return QueryResult(kind, form, body, time.perf_counter() - started)

    def close(self) -> None:
        """See QueryEngine."""
        self._graphs_until = 0.0

    def _dataset(self, request: QueryRequest) -> tuple[Sequence[str], Sequence[str]]:
        if request.default_graphs or request.named_graphs or names_dataset(request.text):
            self._check_dataset(request)
        if request.default_graphs or request.named_graphs:
            return request.default_graphs or (_NO_GRAPH,), request.named_graphs or (_NO_GRAPH,)
        if names_dataset(request.text):
            return (), ()
        graphs = self._known_graphs()
        return graphs, graphs

    def _check_dataset(self, request: QueryRequest) -> None:
        """Raise QueryRefused where the store, which may fetch what it lacks, does not hold a graph of *request*."""
        known = frozenset(self._known_graphs())
        try:
            check_dataset(request, known.__contains__)
        except SyntaxError as error:
            raise from_syntax_error(str(error), request.text) from error

    def _known_graphs(self) -> Sequence[str]:
        if time.monotonic() > self._graphs_until:
            request = QueryRequest("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
            body = self._sent(request.text, request, Kind.SOLUTIONS, JSON_RESULTS, (), ())
            _counted(body, Kind.SOLUTIONS, JSON_RESULTS, self.limits)
            rows = json.loads(body)["results"]["bindings"]
            graphs = {row["g"]["value"] for row in rows if "g" in row and row["g"]["type"] == "uri"}
            self._graphs = tuple(sorted(graphs))
            self._graphs_until = time.monotonic() + GRAPHS_SECONDS
        return self._graphs

    def _sent(
        self,
        text: str,
        request: QueryRequest,
        kind: Kind,
        form: Format,
        default_graphs: Sequence[str],
        named_graphs: Sequence[str],
    ) -> bytes:
        """The store's answer to *text*, in *form* and whole as far as HTTP tells."""
        wrapper = SPARQLWrapper(self.url)
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.setTimeout(math.ceil(self.limits.seconds))
        # Not setQuery: it guesses the form again, and what it takes for an update it sends as one.
        wrapper.queryString = text
        wrapper.queryType = _FORMS[kind]
        wrapper.addCustomHttpHeader("Accept", form.media_type)
        for name, graphs in (("default-graph-uri", default_graphs), ("named-graph-uri", named_graphs)):
            for graph in graphs:
                wrapper.addParameter(name, graph)
        writer = BoundedWriter(self.limits)
        with self._told_as_errors(request), wrapper.query().response as response:
            headers = response.headers
            # read1 returns what has arrived, so a store that trickles meets the deadline too.
            while chunk := response.read1(_CHUNK):
                writer.write(chunk)
            if response.length:
                raise cut()
            return as_asked(writer.getvalue(), headers.get_content_type(), headers.get_content_charset(), kind, form)

    @contextmanager
    def _told_as_errors(self, request: QueryRequest) -> Iterator[None]:
        try:
            yield
        except WorkplanError:
            raise
        except SPARQLWrapperException as error:
            with _cause_of(error):
                raise _refusal(error, request) from error
        except HTTPError as error:
            with error:
                if error.code in _TIMEOUT_STATUSES:
                    raise QueryTimeout(seconds=self.limits.seconds) from error
                raise StoreError(N_("El magatzem ha respost amb l'estat HTTP %(given)s."), given=error.code) from error
        except TimeoutError as error:
            raise QueryTimeout(seconds=self.limits.seconds) from error
        except HTTPException as error:
            raise cut() from error
        except (URLError, OSError, UnicodeError) as error:
            raise StoreUnavailable(url=self.url, cause=getattr(error, "reason", None) or error) from error


def _base(request: QueryRequest) -> str:
    """A declaration for the base IRI of *request*, on a line of its own: the protocol has no parameter for it."""
    return f"BASE <{request.base_iri}>\n" if request.base_iri else ""


def _cause_of(error: SPARQLWrapperException) -> HTTPError:
    """The HTTP error that SPARQLWrapper read and left open."""
    cause = error.__context__
    if not isinstance(cause, HTTPError):
        raise error
    return cause


def _refusal(error: SPARQLWrapperException, request: QueryRequest) -> WorkplanError:
    """What a store's 400 or 500 means; other statuses tell of the store's address, not of the query."""
    message = _message_of(error)
    told = from_engine_error(message)
    if isinstance(told, UnknownFunction):
        return told
    if isinstance(error, QueryBadFormed):
        return _malformed(message, request)
    if isinstance(error, EndPointInternalError):
        return StoreError(N_("El magatzem ha fallat en respondre la consulta."))
    return StoreError(N_("El magatzem no té cap punt d'accés SPARQL obert en aquesta adreça."))


def _malformed(message: str, request: QueryRequest) -> RequestError:
    if "error at " in message:
        return from_syntax_error(message, request.text, lines_before=_base(request).count("\n"))
    return MalformedQuery(
        N_("El magatzem no entén la consulta: %(cause)s"),
        cause=from_engine_error(message).values["cause"],
    )


def _message_of(error: SPARQLWrapperException) -> str:
    """The body of the store's answer, out of SPARQLWrapper's message."""
    quoted = str(error).partition("Response:\n")[2]
    try:
        return ast.literal_eval(quoted).decode(errors="replace") if quoted else ""
    except (ValueError, SyntaxError, MemoryError):
        return ""


def _counted(body: bytes, kind: Kind, form: Format, limits: Limits) -> tuple[int, Limits, str]:
    """The arguments of `check_rows` for *body*; raises StoreError where it is not a whole answer in *form*.

    A store may promise 200 and fail later: then its text ends early, or in a sentence.
    """
    try:
        if kind is Kind.GRAPH:
            return count_triples(body, form), limits, N_("triples")
        is_boolean = kind is Kind.BOOLEAN
        if form == JSON_RESULTS:
            answer = json.loads(body)
            is_whole = isinstance(answer["boolean"] if is_boolean else answer["results"]["bindings"], bool | list)
        elif form in (CSV, TSV):
            is_whole = body.strip().lower() in _BOOLEANS if is_boolean else _is_table(body, form)
        else:
            expat.ParserCreate().ParseFile(io.BytesIO(body))
            is_whole = b"<boolean" in body if is_boolean else b"<results" in body
    except (ValueError, KeyError, TypeError, SyntaxError, RecursionError, expat.ExpatError, csv.Error) as error:
        raise cut() from error
    if not is_whole:
        raise cut()
    return (0 if is_boolean else count_rows(body, form)), limits, N_("files")


def _is_table(body: bytes, form: Format) -> bool:
    """Whether every row of *body* has as many cells as its header, and the last one ends."""
    text = body.decode()
    if form == TSV:
        widths = {line.count("\t") for line in text.split("\n")[:-1]}
    else:
        widths = {len(row) or 1 for row in csv.reader(io.StringIO(text, newline=""), strict=True)}
    return len(widths) == 1 and text.endswith("\n")
