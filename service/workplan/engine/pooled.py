"""The engine of a web process: it asks the pool, and asks again where an answer did not come.

It may not hold data or run a query.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final

from workplan.model.errors import NoWorkers, ServiceBusy
from workplan.model.formats import Format

from .frames import header_of, pack, pack_request, receive, unpack, unpack_result
from .guard import refuse_update
from .outline import kind_of
from .query import Kind, Limits, QueryRequest, QueryResult

PATIENCE_SECONDS: Final = 3.0
"""Seconds beyond a query's own time: to wait in the queue, and for a pool that is being started again."""

PAUSE_SECONDS: Final = 0.01
"""Seconds between two tries to reach a pool that is not there."""


def fault_at(address: Path) -> Path:
    """Where it stands why the pool at *address* ends as soon as it is started, while that is so."""
    return address.with_name("fault")


def check_fault(address: Path) -> None:
    """Raise NoWorkers where the pool at *address* cannot live: nobody need wait for it."""
    try:
        cause = fault_at(address).read_text(encoding="utf-8")
    except OSError:
        return
    raise NoWorkers(cause=cause)


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


class Asker:
    """Who waits for the answers that a thread asks for; any thread may say that he has left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._channel: socket.socket | None = None
        self._has_left = False

    def leave(self) -> None:
        """Nobody waits any more: what is asked for ends, and nothing more is asked."""
        with self._lock:
            self._has_left = True
            if self._channel:
                # The pool takes the end of a channel for what it is, and ends the query.
                self._channel.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def waiting(self, channel: socket.socket) -> Iterator[None]:
        """Wait for what comes by *channel*. Raises ClientGone where nobody does."""
        with self._lock:
            self._ensure_here()
            self._channel = channel
        try:
            yield
        finally:
            with self._lock:
                self._channel = None
        self._ensure_here()

    def _ensure_here(self) -> None:
        if self._has_left:
            raise ClientGone


ASKER: Final[ContextVar[Asker | None]] = ContextVar("ASKER", default=None)
"""Who waits for what this thread does, where anybody can tell."""


class PooledEngine:
    """A QueryEngine over the pool at *address*."""

    def __init__(self, address: Path, limits: Limits) -> None:
        self.limits = limits
        self._address = str(address)
        # A list's append and pop are atomic, which is all that threads share here.
        self._idle: list[socket.socket] = []

    def kind_of(self, request: QueryRequest) -> Kind:
        """See QueryEngine; calls of services are for the worker to see, who is killed if reading takes him too long."""
        refuse_update(request.text)
        return kind_of(request.text)

    def run(self, request: QueryRequest, form: Format) -> QueryResult:
        """See QueryEngine; raises ServiceBusy where no worker has time for it."""
        return unpack_result(*unpack(self._ask(pack_request(request, form, self.limits))), form, request)

    def state(self) -> dict[str, Any]:
        """The pool's ``workers`` (process ids), how many are ``busy`` and ``queued``, and what has ended.

        ``stopped`` counts queries by reason, ``died`` the workers that ended of themselves by signal or status.
        """
        return header_of(self._ask(pack({})))

    def ensure_alive(self) -> None:
        """Raise the error that has the pool given up, where this process can know of one."""

    def close(self) -> None:
        """See QueryEngine."""
        while self._idle:
            self._idle.pop().close()

    def _ask(self, frame: bytes) -> bytearray:
        deadline = time.monotonic() + self.limits.seconds + PATIENCE_SECONDS
        while (rest := deadline - time.monotonic()) > 0:
            is_new = not self._idle
            channel = None
            try:
                channel = self._connection()
                channel.settimeout(rest)
                with asker.waiting(channel) if (asker := ASKER.get()) else nullcontext():
                    channel.sendall(frame)
                    answer = receive(channel)
            except (EOFError, OSError, ClientGone) as error:
                if channel:
                    channel.close()
                if isinstance(error, ClientGone):
                    raise
                self.ensure_alive()
                # Queries only read, so they may be asked again; a pool that was killed will be there again.
                if is_new:
                    check_fault(Path(self._address))
                    time.sleep(PAUSE_SECONDS)
                continue
            self._idle.append(channel)
            return answer
        raise ServiceBusy(retry_after=1)

    def _connection(self) -> socket.socket:
        try:
            return self._idle.pop()
        except IndexError:
            channel = socket.socket(socket.AF_UNIX)
        try:
            channel.connect(self._address)
        except OSError:
            channel.close()
            raise
        return channel
