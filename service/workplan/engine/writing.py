"""Answers as bytes: limits watched while they are written, rows counted, graphs in every format.

It may not cut an answer: it is complete or it is an error.
"""

import re
import time
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from pyoxigraph import RdfFormat, Triple, parse, serialize

from workplan.model.errors import N_, AnswerTooLarge, NotAcceptable, QueryTimeout
from workplan.model.formats import CSV, JSON_RESULTS, N_TRIPLES, RDF_XML, TSV, Format
from workplan.model.namespaces import NAMESPACES

from .query import Limits

_RDF_FORMATS: Final = MappingProxyType(
    {
        "ttl": RdfFormat.TURTLE,
        "trig": RdfFormat.TRIG,
        "rdf": RdfFormat.RDF_XML,
        "nt": RdfFormat.N_TRIPLES,
        "nq": RdfFormat.N_QUADS,
        "jsonld": RdfFormat.JSON_LD,
    }
)
_XML_ROW: Final = re.compile(rb"<(?:[\w-]+:)?result[\s/>]")
_SPACE: Final = b" \t\r\n"

# https://www.w3.org/TR/xml/#charsets; the last is how pyoxigraph names a property whose IRI ends in no XML name.
_NO_XML: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]|<oxprefix:[\s/>]")

# What RDF/XML and namespaces reserve and pyoxigraph writes all the same (https://www.w3.org/TR/rdf-syntax-grammar/#propertyElementURIs).
_RESERVED: Final = re.compile(rb"<(?:rdf:(?:aboutEach|aboutEachPrefix|bagID)[\s/>]|xmlns:)")


class BoundedWriter:
    """A file to write an answer to: it raises as soon as the answer is too large or too late."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._deadline = time.monotonic() + limits.seconds
        self._body = bytearray()

    def write(self, data: bytes) -> int:
        """Take *data*; raises AnswerTooLarge or QueryTimeout."""
        self.check_time()
        if len(self._body) + len(data) > self._limits.bytes:
            raise AnswerTooLarge(limit=self._limits.bytes, unit="bytes")
        self._body += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits to be written."""

    def check_time(self) -> None:
        """Raise QueryTimeout past the deadline."""
        if time.monotonic() > self._deadline:
            raise QueryTimeout(seconds=self._limits.seconds)

    def getvalue(self) -> bytes:
        """All that was written; raises QueryTimeout past the deadline."""
        self.check_time()
        return bytes(self._body)


def check_rows(count: int, limits: Limits, unit: str = N_("files")) -> None:
    """Raise AnswerTooLarge where *count* rows (or what *unit* says) are more than *limits* allow."""
    if count > limits.rows:
        raise AnswerTooLarge(limit=limits.rows, unit=unit)


def sound_xml(body: bytes) -> bytes:
    """The XML in *body* with its carriage returns as references, without which they are read as line feeds.

    Raises NotAcceptable where it would not be XML: engines write characters and names that it cannot hold.
    """
    if _NO_XML.search(body):
        raise NotAcceptable(
            N_(
                "La resposta no es pot escriure en XML: conté caràcters de control, o una propietat l'IRI de la qual "
                "no acaba en un nom; demaneu-la en JSON o en Turtle."
            )
        )
    return body.replace(b"\r", b"&#13;")


def count_rows(body: bytes, form: Format) -> int:
    """How many rows the SELECT answer *body* has, told from its bytes: no term is built for it."""
    if form == CSV:
        return b"".join(body.replace(b'""', b"").split(b'"')[::2]).count(b"\n") - 1
    if form == TSV:
        return body.count(b"\n") - 1
    if form == JSON_RESULTS:
        return _count_json_rows(body)
    return len(_XML_ROW.findall(body))


def _count_json_rows(body: bytes) -> int:
    """Rows of SPARQL JSON results: what is left of *body* without its strings is braces, colons and commas.

    A row opens with ``{:{`` or is ``{}``. So open also the triples of RDF 1.2, after ``,:`` or ``,:,:``, and the
    whole document only where its head comes first and holds an object, which ``{"vars": …}`` always is.
    """
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    shape = b"".join(unescaped.split(b'"')[::2]).translate(None, _SPACE)
    return shape.count(b"{}") + shape.count(b"{:{") - shape.count(b",:{:{") - shape.startswith(b"{:{")


def write_graph(ntriples: bytes, form: Format, extra_prefixes: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """The graph in *ntriples* written in *form*: each triple once, subjects together, only prefixes that are used.

    Raises NotAcceptable where *form* cannot hold it.
    """
    lines = sorted(set(ntriples.splitlines(keepends=True)))
    canonical = b"".join(lines)
    if form == N_TRIPLES:
        return canonical
    known = {**NAMESPACES, **extra_prefixes}
    used = {prefix: iri for prefix, iri in sorted(known.items()) if b"<" + iri.encode() in canonical}
    triples = (quad.triple for quad in parse(canonical, RdfFormat.N_TRIPLES))
    try:
        body = serialize(triples, format=_RDF_FORMATS[form.name], prefixes=used) or b""
    except (OSError, ValueError) as error:
        raise cannot_be_written(form) from error
    if form != RDF_XML:
        return body
    if _RESERVED.search(body):
        raise cannot_be_written(form)
    return sound_xml(body)


def cannot_be_written(form: Format) -> NotAcceptable:
    """What is said of an answer that has terms for which *form* has no words."""
    return NotAcceptable(
        N_("La resposta conté termes que no es poden escriure en %(given)s; demaneu-la en %(offered)s."),
        given=form.label,
        offered="Turtle, N-Triples" if form.name in _RDF_FORMATS else "JSON, TSV",
    )


def graph_in(body: bytes, form: Format) -> bytes:
    """The graph *body*, which is in *form*, as N-Triples; raises SyntaxError where it is not."""
    return ntriples_of(quad.triple for quad in parse(body, _RDF_FORMATS[form.name]))


def count_triples(body: bytes, form: Format) -> int:
    """How many triples the graph *body* holds, which is in *form*; raises SyntaxError where it is not."""
    return sum(1 for _ in parse(body, _RDF_FORMATS[form.name]))


def ntriples_of(triples: Iterable[Triple]) -> bytes:
    """*triples* as N-Triples."""
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""
