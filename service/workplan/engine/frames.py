"""Frames between web processes, the pool and its workers: a header in JSON and a body of bytes, each with its length.

It may not read what a body holds.
"""

import json
import socket
import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from pyoxigraph import Literal, NamedNode

from workplan.model import errors
from workplan.model.errors import WorkplanError
from workplan.model.formats import Format

from .query import Kind, Limits, QueryRequest, QueryResult

LENGTHS: Final = struct.Struct("!IQ")
"""Bytes of the header and of the body."""

_CHUNK: Final = 64 * 1024
"""Bytes of one read: larger ones would be mapped and unmapped each time."""

_PLAIN: Final = (str, int, float, bool, tuple)


def pack(header: Mapping[str, Any], body: bytes = b"") -> bytes:
    """One frame."""
    head = json.dumps(header).encode()
    return b"".join((LENGTHS.pack(len(head), len(body)), head, body))


def unpack(frame: bytes | bytearray) -> tuple[dict[str, Any], bytes]:
    """The header and the body of a whole *frame*."""
    head, _ = LENGTHS.unpack_from(frame)
    start = LENGTHS.size
    return json.loads(frame[start : start + head]), bytes(memoryview(frame)[start + head :])


def receive(channel: socket.socket) -> bytearray:
    """The next whole frame of a blocking *channel*; raises EOFError where it ends before."""
    incoming = bytearray()
    size = LENGTHS.size
    # One frame is in flight at a time, so nothing of another can come along.
    while len(incoming) < size:
        _read_more(channel, incoming)
        if size == LENGTHS.size <= len(incoming):
            size += sum(LENGTHS.unpack_from(incoming))
    return incoming


def _read_more(channel: socket.socket, incoming: bytearray) -> None:
    chunk = channel.recv(_CHUNK)
    if not chunk:
        raise EOFError
    incoming += chunk


def header_of(frame: bytes | bytearray) -> dict[str, Any]:
    """The header of a whole *frame*, for who passes its body on as it is."""
    head, _ = LENGTHS.unpack_from(frame)
    header: dict[str, Any] = json.loads(frame[LENGTHS.size : LENGTHS.size + head])
    return header


def whole_frame(incoming: bytearray) -> bytearray | None:
    """*incoming* where it is a whole frame; None where more is to come."""
    if len(incoming) < LENGTHS.size or len(incoming) < LENGTHS.size + sum(LENGTHS.unpack_from(incoming)):
        return None
    return incoming


def packed_limits(limits: Limits) -> dict[str, float]:
    """*limits* for a header."""
    return {"seconds": limits.seconds, "rows": limits.rows, "bytes": limits.bytes, "memory": limits.memory}


def pack_request(request: QueryRequest, form: Format, limits: Limits) -> bytes:
    """What a web process asks."""
    bindings = tuple((name, *_packed_term(term)) for name, term in request.bindings.items())
    head = _request_head(
        tuple(request.default_graphs), tuple(request.named_graphs), request.base_iri, bindings, form.name, limits
    )
    # A lone surrogate is no text; the engine says so of what it cannot decode.
    body = request.text.encode("utf-8", "surrogatepass")
    return b"".join((LENGTHS.pack(len(head), len(body)), head, body))


@lru_cache(maxsize=256)  # most queries differ in their text alone
def _request_head(
    default_graphs: tuple[str, ...],
    named_graphs: tuple[str, ...],
    base_iri: str | None,
    bindings: tuple[tuple[str | None, ...], ...],
    form: str,
    limits: Limits,
) -> bytes:
    header = {
        "default": default_graphs,
        "named": named_graphs,
        "base": base_iri,
        "bindings": {name: term for name, *term in bindings},
        "format": form,
        "limits": packed_limits(limits),
    }
    return json.dumps(header).encode()


def unpack_request(header: Mapping[str, Any], body: bytes) -> tuple[QueryRequest, Limits]:
    """What ``pack_request`` packed, without the format."""
    request = QueryRequest(
        body.decode("utf-8", "surrogatepass"),
        header["default"],
        header["named"],
        header["base"],
        {name: _unpacked_term(parts) for name, parts in header["bindings"].items()},
    )
    return request, Limits(**header["limits"])


def unpack_result(header: Mapping[str, Any], body: bytes, form: Format, request: QueryRequest) -> QueryResult:
    """The result of *request* in a worker's answer of *header* and *body*; raises the error that it tells instead."""
    if "error" in header:
        error = unpack_error(header)
        error.query = request.text
        raise error
    if "failure" in header:
        raise RuntimeError(header["failure"])
    return QueryResult(Kind(header["kind"]), form, body, header["seconds"])


def pack_error(error: WorkplanError) -> bytes:
    """*error* as an answer."""
    values = {name: value if isinstance(value, _PLAIN) else str(value) for name, value in error.values.items()}
    return pack({"error": type(error).__name__, "text": error.text, "values": values})


def unpack_error(header: Mapping[str, Any]) -> WorkplanError:
    """The error that an answer's *header* tells."""
    cause: type[WorkplanError] = getattr(errors, header["error"])
    # JSON has lists where a sentence has a choice of words.
    values = {name: errors.Choice(v) if isinstance(v, list) else v for name, v in header["values"].items()}
    return cause(header["text"], **values)


def _packed_term(term: NamedNode | Literal) -> list[str | None]:
    if isinstance(term, NamedNode):
        return [term.value]
    return [term.value, term.language, term.datatype.value]


def _unpacked_term(parts: list[str]) -> NamedNode | Literal:
    if len(parts) == 1:
        return NamedNode(parts[0])
    value, language, datatype = parts
    return Literal(value, language=language) if language else Literal(value, datatype=NamedNode(datatype))


class Stream:
    """A socket that never makes its owner wait: whole frames come out of it, and frames go in at its own pace."""

    def __init__(self, channel: socket.socket) -> None:
        channel.settimeout(0)
        self.channel = channel
        self._incoming = bytearray()
        self._outgoing = memoryview(b"")

    @property
    def has_more_to_send(self) -> bool:
        """Whether the socket has not taken everything yet."""
        return bool(self._outgoing)

    def receive(self) -> Iterator[bytearray]:
        """The frames that are whole by now. Raises EOFError or OSError at the other end's end."""
        try:
            _read_more(self.channel, self._incoming)
        except BlockingIOError:
            return
        while len(self._incoming) >= LENGTHS.size:
            size = LENGTHS.size + sum(LENGTHS.unpack_from(self._incoming))
            if len(self._incoming) < size:
                return
            # Answers are large, and while one is copied nobody else is served.
            frame, self._incoming = self._incoming, self._incoming[size:]
            del frame[size:]
            yield frame

    def send(self, frame: bytes | bytearray) -> None:
        """Send *frame*, as much as goes now."""
        self._outgoing = memoryview(bytes(self._outgoing) + bytes(frame) if self._outgoing else frame)
        self.flush()

    def flush(self) -> None:
        """Send more of what waits."""
        try:
            while self._outgoing:
                self._outgoing = self._outgoing[self.channel.send(self._outgoing) :]
        except BlockingIOError:
            return
