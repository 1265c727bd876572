"""A client's connection: uvicorn's, which gives kept answers again by itself and waits for no request for ever.

An application of ASGI costs a task and many small objects a request, several times what giving an answer again does; so
what the front keeps is written as soon as the head of a GET has come. It may not decide what is kept or answered.
"""

import asyncio
import json
import time
from collections.abc import Callable
from email.utils import formatdate
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from workplan.engine.processes import allowed_descriptors
from workplan.language import preferred, sentence
from workplan.model.errors import N_, WorkplanError
from workplan.operation.logs import SERVER
from workplan.operation.system import MAX_CONNECTIONS, connections_with

from .answers import lines
from .cors import CORS
from .errors import PROBLEM_JSON
from .front import SEND_WHOLE, Front
from .grammar import is_host
from .headers import HEADERS
from .incoming import NO_HOST
from .limits import (
    MAX_ADDRESS,
    MAX_FIELDS,
    MAX_IDLE_SECONDS,
    MAX_REQUEST_SECONDS,
    MAX_UNFINISHED,
    MAX_UNSENT,
    SLOWEST,
)

LINGER_SECONDS: Final = 2
"""How long a client that was refused may take to read why, and to stop sending."""

_MOST_CONNECTIONS: Final = min(MAX_CONNECTIONS, connections_with(allowed_descriptors()))

LOOK_SECONDS: Final = 30
"""How often to look whether a client goes on taking its answer."""

_LARGE: Final = 64 * 1024
"""Bytes of an answer of which no copy is made, and which a client may not take at once."""

_NEEDS_MORE: Final = frozenset(
    (
        *(b"content-length", b"transfer-encoding", b"expect", b"upgrade"),
        b"if-none-match",
    )
)
"""Headers that make a GET more than a plain question."""

_Fault = tuple[int, str, dict[str, int]]
"""A status, a sentence and its values."""

_LONG_FIELDS: Final[_Fault] = (431, N_("Les capçaleres fan més de %(limit)s bytes."), {"limit": MAX_FIELDS})
_NO_HTTP: Final[_Fault] = (400, N_("El que heu enviat no és una petició HTTP que es pugui llegir."), {})


class Connection(HttpToolsProtocol):
    """One client's connection to the front."""

    app: Front
    transport: asyncio.Transport
    parser: Any

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.headers = []
        self._head_size = 0
        self._is_in_head = True
        # A request is under way until its last byte has come, and so is the first one from the beginning.
        self._is_under_way = True
        self._since = self.loop.time()
        self._watch: asyncio.TimerHandle | None = None
        self._is_given = False
        self._is_refused = False
        self._fault: _Fault | None = None
        # A refusal that waits for the answers to earlier requests.
        self._refusal: Callable[[], None] | None = None
        # Bytes of the answer that waits for room, of all answers so far, and how many of these the client had taken at
        # the last look, where any waited then; and since when any has waited.
        self._held = 0
        self._written = 0
        self._taken: int | None = None
        self._waits_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own type
        """See asyncio."""
        super().connection_made(transport)
        if len(self.connections) > _MOST_CONNECTIONS:
            self._refuse(503, N_("Ara hi ha massa connexions obertes; torneu-ho a provar d'aquí una estona."))
        else:
            self._watch = self.loop.call_later(MAX_REQUEST_SECONDS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        if self._watch:
            self._watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        if self._is_refused:
            return
        super().data_received(data)
        if self._is_in_head:
            self._head_size += len(data)
            if self._head_size > MAX_UNFINISHED and not self._is_refused:
                status, text, values = self._too_long() or _LONG_FIELDS
                self._refuse(status, text, **values)

    def on_message_begin(self) -> None:
        """See httptools."""
        super().on_message_begin()
        self._is_in_head, self._head_size = True, 0
        self._is_under_way, self._since = True, self.loop.time()

    def on_headers_complete(self) -> None:
        """See httptools."""
        self._is_given = self._give_again()
        if not self._is_given:
            self._fault = self._found_fault()
            if self._fault:
                # It stops the parser, which has the fault told.
                raise ValueError
            super().on_headers_complete()
            # The application runs later, so that it finds this there.
            self.scope["extensions"] = {SEND_WHOLE: partial(self._send_whole, self.cycle)}  # type: ignore[dict-item]
        self._is_in_head, self._head_size = False, 0

    def on_message_complete(self) -> None:
        """See httptools."""
        self._is_under_way, self._is_in_head = False, True
        if self._is_given:
            self.on_response_complete()
        else:
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words are for its log
        """See uvicorn: what was sent is no HTTP, or no request that this service takes."""
        status, text, values = self._fault or _NO_HTTP
        if self._is_in_head or not self.cycle.response_complete:
            self._refuse(status, text, **values)
        else:
            # Its body is none, but it has been answered already.
            self.transport.close()

    def _found_fault(self) -> _Fault | None:
        """What is wrong with the request of which the head has come, if anything (RFC 9112, sections 3.2 and 5)."""
        size, hosts = 0, []
        for name, value in self.headers:
            size += len(name) + len(value)
            if name == b"host":
                hosts.append(value)
        if fault := self._too_long():
            return fault
        if size > MAX_FIELDS:
            return _LONG_FIELDS
        # Who has no name to tell says so.
        is_told = len(hosts) == 1 and (not hosts[0] or is_host(hosts[0].decode("latin-1")))
        if not is_told and (hosts or self.parser.get_http_version() != "1.0"):
            return 400, NO_HOST, {}
        return None

    def _too_long(self) -> _Fault | None:
        """What is wrong with the length of the address, as far as it has come (RFC 9110, section 15.5.15)."""
        if len(self.url) <= MAX_ADDRESS:
            return None
        return 414, N_("L'adreça fa més de %(limit)s bytes; envieu la consulta amb POST."), {"limit": MAX_ADDRESS}

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """See uvicorn, which would say in plain text that the application has failed."""

        async def answer(*arguments: Any) -> None:
            try:
                await app(*arguments)
            except Exception:
                SERVER.exception("unexpected failure before the application")
                cycle.response_started = cycle.response_complete = True
                self._refuse(500, WorkplanError.sentence)

        super()._start_asgi_task(cycle, answer)

    def _give_again(self) -> bool:
        """Write the kept answer to a plain GET; whether there is one."""
        parser, cycle = self.parser, self.cycle
        if (
            parser.get_method() != b"GET"
            or parser.get_http_version() != "1.1"
            or not parser.should_keep_alive()
            or self.flow.write_paused
            or not (cycle is None or cycle.response_complete)
        ):
            return False
        headers = dict(self.headers)
        if (
            len(headers) < len(self.headers)
            or not _NEEDS_MORE.isdisjoint(headers)
            # What is kept was asked of a host as it should be; these two are all else that is wrong with a request.
            or b"host" not in headers
            or sum(map(len, headers.values())) > MAX_FIELDS
        ):
            return False
        client = self.client[0] if self.client else ""
        given = self.app.give_again(self.url, headers, self.scheme or "http", client)
        if given is None:
            return False
        self._write(200, *given)
        return True

    async def _send_whole(self, cycle: RequestResponseCycle, status: int, head: bytes, body: bytes) -> None:
        """Answer the request of *cycle*, all at once; see uvicorn's ``RequestResponseCycle.send``."""
        if self.flow.write_paused and not cycle.disconnected:
            self._held = len(body)
            self._bound_unsent()
            await self.flow.drain()
            self._held = 0
        if cycle.disconnected:
            return
        if not cycle.keep_alive:
            head += b"connection: close\r\n"
        self._write(status, head, body)
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()

    def _write(self, status: int, head: bytes, body: bytes) -> None:
        """Write an answer: its status line, its date, the lines of its *head* and its *body*."""
        date = _date(int(time.time()))
        self._written += len(head) + len(body)
        if len(body) < _LARGE:
            self.transport.write(b"%b%b%b\r\n%b" % (STATUS_LINE[status], date, head, body))
            return
        if not self._unsent:
            self._waits_since = self.loop.time()
        self.transport.write(b"%b%b%b\r\n" % (STATUS_LINE[status], date, head))
        self.transport.write(body)
        self._bound_unsent()

    @property
    def _unsent(self) -> int:
        """The bytes of answers that the client has yet to take."""
        return self._held + self.transport.get_write_buffer_size()

    def _bound_unsent(self) -> None:
        """Hang up on those who have let answers wait longest, while all that wait take too much memory."""
        waiting = {each: each._unsent for each in self.connections if isinstance(each, Connection) and each._unsent}
        for connection in sorted(waiting, key=lambda each: each._waits_since):
            if sum(waiting.values()) <= MAX_UNSENT:
                return
            del waiting[connection]
            connection.transport.abort()

    def on_response_complete(self) -> None:
        """See uvicorn, which sets a timer for each answer; one for each connection does, and costs a tenth."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self._since = self.loop.time()
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._refusal:
            self._refusal()

    def _look(self) -> None:
        """Hang up on a client that takes too long to begin, to send what it has begun, or to take an answer."""
        if self._is_stalled():
            self.transport.abort()
            return
        if self._taken is not None:
            self._watch = self.loop.call_later(LOOK_SECONDS, self._look)
            return
        spent = self.loop.time() - self._since
        is_answered = self.cycle is None or self.cycle.response_complete
        longest = MAX_REQUEST_SECONDS if self._is_under_way else MAX_IDLE_SECONDS
        if spent < longest or not (self._is_under_way or is_answered):
            self._watch = self.loop.call_later(max(1, longest - spent), self._look)
        elif self._is_under_way and (self._is_in_head or not is_answered):
            self._refuse(408, N_("La petició no ha arribat sencera en %(seconds)s s."), seconds=MAX_REQUEST_SECONDS)
        else:
            self.transport.close()

    def _is_stalled(self) -> bool:
        """Whether the client has taken next to nothing of an answer since the last look, if any waited then."""
        before = self._taken
        self._taken = self._written - self._unsent if self._unsent else None
        return before is not None and self._taken is not None and self._taken - before < SLOWEST * LOOK_SECONDS

    def _refuse(self, status: int, text: str, **values: int) -> None:
        """Say *text* in the one shape of all errors, for Flask will not see this request, and hang up.

        It comes after the answers to the requests before.
        """
        if self.transport.is_closing():
            return
        self._is_refused = True
        if self.cycle and not self.cycle.response_complete:
            if self._is_in_head:
                self._refusal = partial(self._refuse, status, text, **values)
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        lang = preferred(dict(self.headers).get(b"accept-language", b"").decode("latin-1"))
        phrase = HTTPStatus(status).phrase
        problem = {
            **values,
            "type": "about:blank",  # RFC 9457, section 4.2.1: it is what its status says
            "title": phrase,
            "status": status,
            "detail": sentence(text, values, lang),
        }
        body = json.dumps(problem, ensure_ascii=False).encode()
        headers = {
            "Content-Type": PROBLEM_JSON,
            "Content-Length": str(len(body)),
            "Content-Language": lang,
            "Cache-Control": "no-store",
            "Connection": "close",
            **({"Retry-After": "5"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}),
            **HEADERS,
            **CORS,
        }
        self._write(status, lines([*headers.items()]), body)
        # Closed while the client sends, the connection would be reset and the reason lost (RFC 9112, section 9.6).
        self.transport.write_eof()
        if self._watch:
            self._watch.cancel()
        self._watch = self.loop.call_later(LINGER_SECONDS, self.transport.abort)


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    """The line that tells when an answer is sent, *second* of the epoch (RFC 9110, section 6.6.1)."""
    return b"date: %b\r\n" % formatdate(second, usegmt=True).encode()
