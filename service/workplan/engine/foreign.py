"""Answers of other people's stores, read as leniently as their meaning is certain, and given on as they should be.

Members that JSON results do not have are passed over, another format of the same kind is read in the place of the one
that was asked for, and text is read in the charset that it names. It may not guess what is missing: what cannot be read
whole is not given on.
"""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Mapping, Set
from typing import Any, Final

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from workplan.model.errors import N_, StoreError
from workplan.model.formats import CSV, JSON_RESULTS, RDF_XML, TSV, XML_RESULTS, Format, named

from .negotiation import FORMATS
from .query import Kind
from .writing import graph_in, write_graph

_READABLE: Final = {
    JSON_RESULTS: QueryResultsFormat.JSON,
    XML_RESULTS: QueryResultsFormat.XML,
    TSV: QueryResultsFormat.TSV,
}
_WRITABLE: Final = {**_READABLE, CSV: QueryResultsFormat.CSV}
_ANYTHING: Final = frozenset({"text/plain", "application/octet-stream", "application/json", "text/json"})
"""What a store may call an answer of which it does not say more."""

_UNREADABLE: Final = (ValueError, TypeError, SyntaxError, AttributeError, LookupError, RecursionError)
_KINDS_OF_TERM: Final = frozenset({"uri", "bnode", "literal", "typed-literal", "triple"})


def as_asked(body: bytes, media_type: str, charset: str | None, kind: Kind, form: Format) -> bytes:
    """The answer *body*, which its store calls *media_type* in *charset*, in *form*. Raises StoreError."""
    is_named_so = media_type in (form.media_type, *form.aliases)
    given = form if is_named_so else _format_of(media_type, body, kind)
    if given is None:
        raise StoreError(
            N_("El magatzem ha respost en %(given)s quan se li demanava %(expected)s."),
            given=media_type,
            expected=form.media_type,
        )
    try:
        text = _in_utf8(body, charset) if given not in (XML_RESULTS, RDF_XML) else body
        if kind is Kind.GRAPH:
            return text if given == form else write_graph(graph_in(text, given), form)
        return _results(text, given, form)
    except _UNREADABLE as error:
        raise cut() from error


def ensure_asked(body: bytes, asked: Set[str] | None) -> None:
    """Raise StoreError where the JSON results in *body* have other variables than *asked*; None stands for any."""
    if asked is None:
        return
    answer = parse_query_results(body, format=QueryResultsFormat.JSON)
    if isinstance(answer, QuerySolutions) and {variable.value for variable in answer.variables} != asked:
        raise StoreError(N_("El magatzem ha respost una altra pregunta."))


def cut() -> StoreError:
    """What is said of an answer that nobody can read."""
    return StoreError(N_("La resposta del magatzem no és sencera o no és en el format demanat."))


def _format_of(media_type: str, body: bytes, kind: Kind) -> Format | None:
    """The format in which *body* is, by its *media_type* or, where that says little, by how it begins."""
    offered = [form for form in FORMATS[kind] if form != CSV]
    found = named(media_type, offered)
    if found and media_type not in _ANYTHING:
        return found
    if media_type not in _ANYTHING and not media_type.endswith(("+xml", "/xml")):
        return None
    beginning = body.removeprefix(BOM_UTF8).lstrip()[:200]
    if kind is Kind.GRAPH:
        return found
    if beginning.startswith(b"{"):
        return JSON_RESULTS
    return XML_RESULTS if re.search(rb"<(?:\w+:)?sparql[\s>]|^<\?xml", beginning) else None


def _in_utf8(body: bytes, charset: str | None) -> bytes:
    body = body.removeprefix(BOM_UTF8)
    if charset is None or charset.lower().replace("-", "").replace("_", "") in ("utf8", "usascii"):
        return body
    return body.decode(charset).encode()


def _results(body: bytes, given: Format, form: Format) -> bytes:
    """The solutions or the boolean in *body*, which is in *given*, in *form*."""
    if given == CSV or (given == form and given != JSON_RESULTS):
        return body
    written = _reread(body, given, form)
    if written is None and given == JSON_RESULTS:
        body = _known_json(body)
        written = _reread(body, given, form)
    if written is None:
        raise cut()
    return body if given == form else written


def _reread(body: bytes, given: Format, form: Format) -> bytes | None:
    """*body*, which is in *given*, in *form*; None where it cannot be read.

    What reads it belongs to this thread, and an exception that went on would keep it longer.
    """
    try:
        return parse_query_results(body, format=_READABLE[given]).serialize(format=_WRITABLE[form])
    except _UNREADABLE:
        return None


def _known_json(body: bytes) -> bytes:
    """The JSON results in *body*, without members that no specification has."""
    answer = json.loads(body)
    if "boolean" in answer:
        return json.dumps({"head": {}, "boolean": answer["boolean"]}).encode()
    names, rows = answer["head"]["vars"], answer["results"]["bindings"]
    known = [{name: _term(row[name]) for name in names if row.get(name)} for row in rows]
    return json.dumps({"head": {"vars": names}, "results": {"bindings": known}}).encode()


def _term(given: Mapping[str, Any]) -> dict[str, Any]:
    """A term of JSON results (https://www.w3.org/TR/sparql11-results-json/#select-encode-terms)."""
    kind = given["type"]
    if kind not in _KINDS_OF_TERM:
        raise ValueError(kind)
    if kind == "triple":
        return {"type": kind, "value": {name: _term(part) for name, part in given["value"].items()}}
    term = {"type": "literal" if kind == "typed-literal" else kind, "value": given["value"]}
    if term["type"] == "literal":
        term |= {name: given[name] for name in ("xml:lang", "datatype", "its:dir") if given.get(name)}
    return term
