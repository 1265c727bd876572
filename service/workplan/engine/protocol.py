"""A request of the SPARQL 1.1 Protocol as a QueryRequest (https://www.w3.org/TR/sparql11-protocol/).

It may not know a web framework, run a query or ignore a parameter that the protocol defines.
"""

import re
from binascii import a2b_qp
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from pyoxigraph import NamedNode

from workplan.model.encoding import unmarked
from workplan.model.errors import N_, BadRequest, MethodNotAllowed, QueryRefused, UnsupportedMediaType

from .query import QueryRequest

METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")
"""What an endpoint answers; OPTIONS is a matter of the web alone."""

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"


_NO_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class ProtocolRequest:
    """A *query* with the names of *formats* that its parameters ask for, in their order."""

    query: QueryRequest
    formats: Sequence[str] = ()


class _Parameters:
    """Parameters of the URL and of the body, removed as they are read; those left over are nobody's."""

    def __init__(self, in_url: list[tuple[str, str]], in_body: list[tuple[str, str]]) -> None:
        self._in_url = in_url
        self._in_body = in_body

    def take_all(self, name: str) -> Sequence[str]:
        """Every value of *name*; an error where both the URL and the body give it."""
        in_url = [value for key, value in self._in_url if key == name]
        in_body = [value for key, value in self._in_body if key == name]
        if in_url and in_body:
            raise BadRequest(
                N_("El paràmetre «%(name)s» és alhora a l'adreça i al cos; deixeu-lo en un sol lloc."), name=name
            )
        self._in_url = [pair for pair in self._in_url if pair[0] != name]
        self._in_body = [pair for pair in self._in_body if pair[0] != name]
        return in_url or in_body

    def take_single(self, name: str) -> str | None:
        """The value of *name*, or None; an error where it is repeated."""
        values = self.take_all(name)
        if len(values) > 1:
            raise BadRequest(N_("El paràmetre «%(name)s» es repeteix; doneu-lo una sola vegada."), name=name)
        return values[0] if values else None

    def take_required(self, name: str) -> str:
        """The value of *name*; an error where it is missing or repeated."""
        value = self.take_single(name)
        if value is None:
            raise BadRequest(N_("Falta el paràmetre «%(name)s», amb la consulta SPARQL."), name=name)
        return value


def read(
    method: str, content_type: str | None, query_string: bytes, body: bytes, base_iri: str | None = None
) -> ProtocolRequest:
    """What a request of *method* asks, from its raw *query_string* and *body*.

    Raises MethodNotAllowed, UnsupportedMediaType, QueryRefused or BadRequest.
    """
    in_url = _pairs(query_string)
    if method in ("GET", "HEAD"):
        parameters = _Parameters(in_url, [])
    elif method == "POST":
        parameters = _posted(in_url, content_type, body)
    else:
        raise MethodNotAllowed(method=method, allowed=", ".join(METHODS))
    if parameters.take_all("update"):
        raise _update_refused()
    text = unmarked(parameters.take_required("query"))
    _check_text(text)
    query = QueryRequest(
        text,
        default_graphs=_graphs(parameters, "default-graph-uri"),
        named_graphs=_graphs(parameters, "named-graph-uri"),
        base_iri=base_iri,
    )
    # SPARQLWrapper gives a short name, media types and, where it knows neither, an empty value, all as `format`.
    formats = [*parameters.take_all("format"), *parameters.take_all("output")]
    return ProtocolRequest(query, tuple(name for name in formats if name))


def has_query(query_string: bytes) -> bool:
    """Whether a GET's *query_string* asks or updates anything."""
    return any(name in ("query", "update") for name, _ in _pairs(query_string))


def _posted(in_url: list[tuple[str, str]], content_type: str | None, body: bytes) -> _Parameters:
    media_type = _media_type(content_type)
    if media_type == UPDATE:
        raise _update_refused()
    if media_type == QUERY:
        # Section 2.1.3: the dataset is in the URL, the body is the query alone.
        return _Parameters(in_url, [("query", _decoded(body))])
    if media_type == FORM:
        return _Parameters(in_url, _pairs(body))
    raise UnsupportedMediaType(given=media_type or "?", expected=f"{FORM}, {QUERY}")


def _media_type(content_type: str | None) -> str:
    media_type, *options = (piece.strip().lower() for piece in (content_type or "").split(";"))
    for option in options:
        name, _, value = option.partition("=")
        if name.strip() == "charset" and value.strip(" \"'") not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(given=content_type, expected=f"{media_type}; charset=utf-8")
    return media_type


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    # What urllib's parse_qsl gives in eight times the time, which is as long as the store takes for a small query.
    pairs = (pair.partition(b"=") for pair in encoded.replace(b"+", b" ").split(b"&") if pair)
    try:
        return [(_unquoted(name).decode(), _unquoted(value).decode()) for name, _, value in pairs]
    except UnicodeDecodeError:
        raise _not_utf8() from None


def _unquoted(text: bytes) -> bytes:
    """*text* with its percent-encoding resolved (RFC 3986, section 2.1); what is no such encoding stays."""
    if _NO_ESCAPE.search(text):
        return unquote_to_bytes(text)
    # Quoted-printable is the same with another mark, and decoded in C.
    return a2b_qp(text.replace(b"=", b"=3D").replace(b"%", b"="))


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise _not_utf8() from None


def _not_utf8() -> BadRequest:
    return BadRequest(N_("La petició no és text UTF-8 vàlid."))


def _update_refused() -> QueryRefused:
    return QueryRefused(N_("Aquest servei només respon consultes: des d'aquí no es poden modificar les dades."))


def _check_text(text: str) -> None:
    if not text.strip():
        raise BadRequest(N_("La consulta és buida."))
    if "\0" in text:
        raise BadRequest(N_("La consulta conté un caràcter nul (U+0000)."))


def _graphs(parameters: _Parameters, name: str) -> Sequence[str]:
    graphs = tuple(dict.fromkeys(parameters.take_all(name)))
    for iri in graphs:
        try:
            NamedNode(iri)
        except ValueError:
            raise BadRequest(N_("«%(iri)s», a %(name)s, no és un IRI absolut."), iri=iri[:200], name=name) from None
    return graphs
