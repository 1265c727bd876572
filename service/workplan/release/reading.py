"""Data files as statements, each with the line it stands on.

It may not judge what the files say, nor open a connection.
"""

import io
import logging
import os
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from workplan.model.errors import N_, UnreadableData, cause_in_words, printable_path
from workplan.release.jsonld import read_jsonld
from workplan.release.sources import SUFFIXES, is_data_file
from workplan.release.syntax import cause_of

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

Term = NamedNode | BlankNode | Literal
Statement = tuple[Term, Term, Term]

FORMATS: Final[Mapping[str, RdfFormat]] = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".jsonld": RdfFormat.JSON_LD,
    ".json": RdfFormat.JSON_LD,
    ".rdf": RdfFormat.RDF_XML,
}
"""What a file holds, by its ending."""

LONGEST_LINE: Final = 4 * 1024 * 1024
"""Bytes of the longest line that is read: a longer one is an accident, and would be held in memory whole."""

LARGEST_FILE: Final = 64 * 1024 * 1024
"""Bytes of the largest file that is read; the plan of XMESS has half a million in all its files."""

LARGEST_JSON: Final = 8 * 1024 * 1024
"""Bytes of the largest JSON file: it is looked through before it is read."""

_XSD_STRING: Final = NamedNode("http://www.w3.org/2001/XMLSchema#string")
_ENTITY: Final = re.compile(rb"""<!ENTITY\s[^>"']*(?:"([^"]*)"|'([^']*)')""")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Reading:
    """What one file says.

    *name* is how the file is called in front of people. *lines* has each statement once, in the file's order, with the
    line it first stands on; None where that is not known.
    """

    name: str
    quads: tuple[Quad, ...]
    lines: Mapping[Statement, int | None]


class _Lines:
    """A binary file that hands out one line at a time and counts them.

    The parser asks for more only when what it holds completes no statement, so that the count, when a statement
    comes out, is the line on which that statement ends.
    """

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)
        self._is_at_start = True
        self.line = 0

    def read(self, size: int = -1) -> bytes:
        """The next line, or as much of it as fits in *size*."""
        chunk = self._content.readline(size)
        if chunk and self._is_at_start:
            self.line += 1
        self._is_at_start = chunk.endswith(b"\n")
        return chunk


def read_file(path: Path, base: Path | None = None) -> Reading:
    """The statements of the file at *path*, which is called by its path below *base* where it stands there.

    Raises UnreadableData with the cause and, where the format has lines, the line and column.
    """
    name = printable_path(path.relative_to(base) if base and path.is_relative_to(base) else path)
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise UnreadableData(
            N_("No se sap llegir %(path)s: s'espera un fitxer acabat en %(expected)s."),
            path=name,
            expected=", ".join(FORMATS),
        )
    return read_content(_content(path, name, LARGEST_JSON if form == RdfFormat.JSON_LD else LARGEST_FILE), form, name)


def read_content(content: bytes, form: RdfFormat, name: str) -> Reading:
    """The statements of *content*, which is UTF-8, written in *form* and that of a file called *name*.

    Raises UnreadableData as read_file does.
    """
    if form == RdfFormat.JSON_LD:
        return _collect(read_jsonld(content.decode(), name), name)
    return _collect(_statements(content, form, name), name)


def read_all(paths: Iterable[Path], base: Path | None = None) -> list[Reading]:
    """The readings of *paths*, with every data file at or below each folder among them.

    Raises UnreadableData for a file that cannot be read and for a folder without data files.
    """
    return [read_file(file, base) for path in paths for file in _files_at(path)]


def to_graph(readings: Iterable[Reading], into: "Graph | None" = None) -> "Graph":
    """The union of *readings* as one rdflib graph, *into* the given one if any.

    Terms are made from the parsed file, never read back from a store, which drops derived integer types. Literals
    stay as written, ill-typed ones too, and a plain string is one thing whether or not it names its type.
    """
    import rdflib

    graph = rdflib.Graph() if into is None else into
    known: dict[Term, Node] = {}

    def term(given: Term) -> "Node":
        if given not in known:
            known[given] = to_node(given)
        return known[given]

    with silenced_literals():
        for reading in readings:
            for subject, predicate, value in reading.lines:
                graph.add((term(subject), term(predicate), term(value)))
    return graph


def to_node(term: Term) -> "Node":
    """*term* as rdflib holds it."""
    import rdflib

    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    if term.datatype == _XSD_STRING:
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)


def to_term(node: "Node") -> Term:
    """The rdflib *node* as the readings hold it."""
    import rdflib

    if isinstance(node, rdflib.Literal):
        if node.language:
            return Literal(str(node), language=node.language)
        return Literal(str(node), datatype=NamedNode(str(node.datatype)) if node.datatype else None)
    return BlankNode(str(node)) if isinstance(node, rdflib.BNode) else NamedNode(str(node))


@contextmanager
def silenced_literals() -> Iterator[None]:
    """Keep rdflib from logging each ill-typed literal with a traceback: the shapes report it, with its place."""
    logger = logging.getLogger("rdflib.term")
    was_disabled, logger.disabled = logger.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Serializing weird numerical")
            yield
    finally:
        logger.disabled = was_disabled


def _files_at(path: Path) -> tuple[Path, ...]:
    """The file *path*, or every data file at or below the folder *path*, sorted."""
    if not path.is_dir():
        return (path,)
    found = (Path(folder, name) for folder, _, names in os.walk(path, onerror=_raise) for name in names)
    files = tuple(sorted(file for file in found if is_data_file(file)))
    if not files:
        raise UnreadableData(
            N_("La carpeta %(path)s no té cap fitxer de dades; s'esperen fitxers acabats en %(expected)s."),
            path=path,
            expected=", ".join(SUFFIXES),
        )
    return files


def _raise(error: OSError) -> None:
    """Raise *error*: a folder that cannot be read is not an empty one."""
    raise error


def _content(path: Path, name: str, most: int) -> bytes:
    """The bytes of the file at *path*, known to be UTF-8, without byte-order mark and not more than *most*."""
    try:
        with path.open("rb") as file:
            content = file.read(most + 1).removeprefix(_BYTE_ORDER_MARK)
    except FileNotFoundError:
        raise UnreadableData(N_("No hi ha cap fitxer %(path)s."), path=name) from None
    except OSError as error:
        raise UnreadableData(
            N_("No s'ha pogut llegir %(path)s: %(cause)s."), path=name, cause=cause_in_words(error)
        ) from error
    if len(content) > most:
        raise UnreadableData(
            N_("No s'ha pogut llegir %(path)s: passa de %(limit)s bytes; partiu-lo en més d'un fitxer."),
            path=name,
            limit=most,
        )
    if not content.strip():
        raise UnreadableData(N_("No s'ha pogut llegir %(path)s: el fitxer és buit."), path=name)
    if b"\0" in content:
        raise UnreadableData(
            N_(
                "No s'ha pogut llegir %(path)s: no és un fitxer de text, o no és UTF-8; deseu-lo com a text amb la "
                "codificació UTF-8."
            ),
            path=name,
        )
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise UnreadableData(
            N_(
                "No s'ha pogut llegir %(path)s, línia %(line)s, columna %(column)s: el text no és UTF-8; "
                "deseu el fitxer amb la codificació UTF-8."
            ),
            path=name,
            line=line,
            column=column,
        ) from error
    return content


def _collect(statements: Iterable[tuple[Quad, int | None]], name: str) -> Reading:
    """The reading of the file called *name* that says *statements*."""
    quads: list[Quad] = []
    lines: dict[Statement, int | None] = {}
    for quad, line in statements:
        subject, predicate, value = quad.subject, quad.predicate, quad.object
        if not isinstance(subject, NamedNode | BlankNode) or not isinstance(value, Term):
            raise UnreadableData(
                N_(
                    "No s'ha pogut llegir %(path)s, línia %(line)s: una afirmació en conté una altra "
                    "(RDF 1.2), i aquí s'espera RDF 1.1."
                ),
                path=name,
                line=line,
            )
        quads.append(quad)
        lines.setdefault((subject, predicate, value), line)
    return Reading(name, tuple(quads), lines)


def _statements(content: bytes, form: RdfFormat, name: str) -> Iterator[tuple[Quad, int]]:
    """The statements of *content*, written in *form*, of the file called *name*, each with the line where it ends."""
    _refuse_long_lines(content, name)
    if form == RdfFormat.RDF_XML:
        _refuse_growing_entities(content, name)
    source = _Lines(content)
    try:
        # Blank nodes are renamed so that those of two files never meet.
        for quad in parse(source, format=form, rename_blank_nodes=True):  # type: ignore[arg-type]
            yield quad, source.line
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or source.line or 1
        column = getattr(error, "offset", None) or 1
        raise UnreadableData(
            path=name, line=line, column=column, cause=cause_of(error, content.decode(), form.name)
        ) from error


def _refuse_long_lines(content: bytes, name: str) -> None:
    """Raise UnreadableData where *content* has a line beyond LONGEST_LINE."""
    for number, line in enumerate(io.BytesIO(content), start=1):
        if len(line) > LONGEST_LINE:
            raise UnreadableData(
                N_("No s'ha pogut llegir %(path)s: la línia %(line)s passa de %(limit)s bytes."),
                path=name,
                line=number,
                limit=LONGEST_LINE,
            )


def _refuse_growing_entities(content: bytes, name: str) -> None:
    """Raise UnreadableData where the entities of the XML in *content* stand for others, or for very much text."""
    values = [double or single for double, single in _ENTITY.findall(content)]
    grown = content.count(b"&") * max(map(len, values), default=0)
    if grown > LARGEST_FILE or any(b"&" in value for value in values):
        raise UnreadableData(
            N_(
                "No s'ha pogut llegir %(path)s: les seves entitats XML (<!ENTITY …>) creixen massa; escriviu-hi el "
                "text que abreugen."
            ),
            path=name,
        )
