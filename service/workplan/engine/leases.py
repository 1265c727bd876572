"""Queries asked of the pool from an event loop: each goes straight to a worker that the pool has lent.

The pool is told only of a query that outlives a short grace; it then watches over it as over its own, and ends it where
it must. Two processes less to wake are two thirds of what a small query costs beyond the store. It may not hold data or
run a query.
"""

import asyncio
import os
import socket
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from workplan.model.errors import ServiceBusy
from workplan.model.formats import Format

from .frames import pack, pack_request, packed_limits, unpack, unpack_result, whole_frame
from .pooled import PATIENCE_SECONDS, PAUSE_SECONDS, ClientGone, check_fault
from .query import Limits, QueryRequest, QueryResult

GRACE_SECONDS: Final = 0.025
"""How long a query is between its client and its worker alone."""

_TURN_SECONDS: Final = 0.05
"""How long to wait for a lent worker to be free before the pool is asked for another."""

_SHORT_TURN_SECONDS: Final = 0.002
"""The same while long queries are at work: more of their kind may hold the lent ones."""


Unpacked = tuple[dict[str, Any], bytes]
"""The header and the body of a frame."""


_CHUNK: Final = 64 * 1024
"""Bytes of one read."""

_LOOK_OUT_SECONDS: Final = 0.0003
"""How long to look for an answer when there is nothing else to do: a process that sleeps takes a third of that to wake.

A lookup is answered within it, and nothing that takes longer loses more by it than this.
"""


class _Channel(asyncio.Protocol):
    """A socket to the pool or to a worker: *hear* is told of each whole frame, and of the end by None."""

    def __init__(self, hear: Callable[[Unpacked | None], None]) -> None:
        self._hear = hear
        self._incoming = bytearray()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        self._transport = transport  # type: ignore[assignment]  # a socket's can be written to

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        self._incoming += data
        frame = whole_frame(self._incoming)
        if frame is not None:
            self._incoming = bytearray()
            self._hear(unpack(frame))

    def connection_lost(self, _: Exception | None) -> None:
        """See asyncio."""
        self._transport = None
        self._hear(None)

    def send(self, frame: bytes) -> None:
        """Send *frame*."""
        if self._transport:
            self._transport.write(frame)

    def look_out(self, seconds: float) -> None:
        """Hear what comes within *seconds* at once; nobody else is served meanwhile."""
        # A transport that has ended has no socket, whose number may be another's by then.
        if self._transport is None or self._transport.is_closing():
            return
        descriptor = self._transport.get_extra_info("socket").fileno()
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            try:
                data = os.read(descriptor, _CHUNK)
            except BlockingIOError:
                continue
            except OSError:
                return
            if not data:
                # The event loop will be told of the end as well.
                return
            self.data_received(data)
            if not self._incoming:
                return

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.abort()


class _Ask:
    """One query under way: *answer* is what comes back, None where it may be asked again.

    *linger* is called once, when the query has outlived its *grace*.
    """

    def __init__(self, grace: "_Grace", linger: "Callable[[_Ask], None]") -> None:
        self.answer: asyncio.Future[Unpacked | None] = asyncio.get_running_loop().create_future()
        self.is_long = False
        self._linger = linger
        grace.begin(self)
        self._leaving: asyncio.Future[object] | None = None
        self._end: asyncio.TimerHandle | None = None

    def become_long(self) -> None:
        """End the grace."""
        if not self.is_long and not self.answer.done():
            self.is_long = True
            self._linger(self)

    def heed(self, gone: Awaitable[object], seconds: float) -> None:
        """Give up as soon as *gone* comes to an end, or after *seconds*: the pool is hung then, and ends no query."""
        self._leaving = asyncio.ensure_future(gone)
        self._leaving.add_done_callback(lambda _: self.fail(ClientGone()))
        self._end = asyncio.get_running_loop().call_later(seconds, self.fail, EOFError())

    def succeed(self, answer: Unpacked | None) -> None:
        """The answer is *answer*."""
        if not self.answer.done():
            self.answer.set_result(answer)

    def fail(self, error: Exception) -> None:
        """There is no answer but *error*."""
        if not self.answer.done():
            self.answer.set_exception(error)

    def close(self) -> None:
        """Wait for nothing any more."""
        self.answer.cancel()
        if self._leaving:
            self._leaving.cancel()
        if self._end:
            self._end.cancel()


class _Grace:
    """Tells queries that outlive their grace, which is the same for all, so that one timer does.

    A timer for each would cost as much as a tenth of a small query.
    """

    def __init__(self) -> None:
        self._asks: deque[tuple[float, _Ask]] = deque()
        self._is_waiting = False

    def begin(self, ask: _Ask) -> None:
        """*ask* begins now."""
        loop = asyncio.get_running_loop()
        self._asks.append((loop.time() + GRACE_SECONDS, ask))
        if not self._is_waiting:
            self._is_waiting = True
            loop.call_later(GRACE_SECONDS, self._end, loop)

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._asks and self._asks[0][0] <= loop.time():
            self._asks.popleft()[1].become_long()
        self._is_waiting = bool(self._asks)
        if self._asks:
            loop.call_at(self._asks[0][0], self._end, loop)


class _Lease:
    """A worker lent by the pool: *control* leads to the pool, *direct* to the worker.

    *settle* is told when the pool has said, after a query that it watched over, whether the worker may be asked again.
    """

    def __init__(self, settle: "Callable[[_Lease], None]") -> None:
        self.control = _Channel(self._hear_pool)
        self.direct = _Channel(self._hear_worker)
        self._settle = settle
        self._ask: _Ask | None = None
        self._is_over = False
        # Between the worker's answer to a query that was watched over and the pool's word on the worker.
        self.is_settling = False
        # The processor seconds that the worker had used after its last answer.
        self._spent = 0.0
        self._started = 0.0

    @property
    def is_free(self) -> bool:
        """Whether it may be asked again at once."""
        return not (self._is_over or self._ask or self.is_settling)

    def ask(self, ask: _Ask, frame: bytes) -> None:
        """Send *frame*, for *ask* to be told of the answer."""
        self._ask, self._started = ask, time.monotonic()
        if self._is_over:
            ask.fail(EOFError())
        else:
            self.direct.send(frame)

    def be_watched(self, limits: Limits) -> None:
        """Have the pool look after the query under way: it ends one that takes too long and knows why a worker died."""
        self.control.send(pack({"watch": packed_limits(limits), "started": self._started, "spent": self._spent}))

    def close(self) -> None:
        """Give the worker back, which ends what it does."""
        self.direct.close()
        self.control.close()

    def _hear_worker(self, answer: Unpacked | None) -> None:
        ask = self._ask
        if answer is None:
            self._is_over = True
            if ask:
                ask.become_long()
        elif ask:
            self._spent = answer[0].get("spent", 0.0)
            self._ask = None
            if ask.is_long:
                self.is_settling = True
                self.control.send(pack({"done": True}))
            ask.succeed(answer)

    def _hear_pool(self, word: Unpacked | None) -> None:
        header = word[0] if word else {}
        self._is_over = self._is_over or not header.get("kept")
        if self.is_settling:
            self.is_settling = False
            self._settle(self)
        elif self._ask and word:
            self._ask.succeed(None if "lost" in header else word)
        elif self._ask:
            self._ask.fail(EOFError())


class LeasedWorkers:
    """Asks the pool at *address*, over at most *places* lent workers at a time; for one event loop."""

    def __init__(self, address: Path, limits: Limits, places: int | None = None) -> None:
        self.limits = limits
        self._patience = limits.seconds + PATIENCE_SECONDS
        self._address = str(address)
        self._free: list[_Lease] = []
        self._all_places = self._places = places or (os.cpu_count() or 1) + 1
        self._waiting: list[asyncio.Future[None]] = []
        self._long = 0
        self._grace = _Grace()
        self._is_closed = False
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self, request: QueryRequest, form: Format, gone: Callable[[], Awaitable[object]]) -> QueryResult:
        """The answer to *request* in *form*; see QueryEngine.

        Raises ClientGone as soon as *gone*, asked for once a query takes its time, comes to an end.
        """
        frame = pack_request(request, form, self.limits)
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            try:
                answer = await self._ask_lent(frame, gone) or await self._ask_pool(frame, gone)
            except (EOFError, OSError):
                # Queries only read, so they may be asked again; a pool that was killed will be there again.
                check_fault(Path(self._address))
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            if answer:
                return unpack_result(*answer, form, request)
        raise ServiceBusy(retry_after=1)

    def close(self) -> None:
        """Give all lent workers back, each as soon as it is free; any thread may call it."""
        self._is_closed = True
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._give_back)

    @property
    def _is_idle_but_for_one(self) -> bool:
        """Whether one query is all that there is to do, and a processor is left for it."""
        return self._places == self._all_places - 1 and not self._long and (os.cpu_count() or 1) > 1

    def _give_back(self) -> None:
        while self._free:
            self._free.pop().close()

    async def _ask_lent(self, frame: bytes, gone: Callable[[], Awaitable[object]]) -> Unpacked | None:
        """The answer of a lent worker; None where there is none to be had, or it died and may be asked again."""
        if not await self._has_turn():
            return None
        lease = ask = None
        try:
            lease = self._free.pop() if self._free else await self._lend()
            if lease is None:
                return None
            ask = _Ask(self._grace, lambda ask: self._look_after(lease, ask, gone))
            lease.ask(ask, frame)
            if self._is_idle_but_for_one:
                lease.direct.look_out(_LOOK_OUT_SECONDS)
            return await ask.answer
        finally:
            if ask:
                ask.close()
            if ask and ask.is_long:
                self._long -= 1
            else:
                self._make_room()
            if lease and not lease.is_settling:
                self._settle(lease)

    def _settle(self, lease: _Lease) -> None:
        """Have *lease* free again, or give it back."""
        if lease.is_free and not self._is_closed:
            self._free.append(lease)
        else:
            lease.close()

    def _look_after(self, lease: _Lease, ask: _Ask, gone: Callable[[], Awaitable[object]]) -> None:
        """See to a query that takes its time: others get its place."""
        lease.be_watched(self.limits)
        ask.heed(gone(), self._patience)
        self._long += 1
        self._make_room()

    async def _ask_pool(self, frame: bytes, gone: Callable[[], Awaitable[object]]) -> Unpacked | None:
        """The answer of whatever worker the pool finds."""
        ask = _Ask(self._grace, lambda ask: ask.heed(gone(), self._patience))
        channel = _Channel(lambda answer: ask.fail(EOFError()) if answer is None else ask.succeed(answer))
        try:
            await _connect(channel, _connection(self._address))
            channel.send(frame)
            return await ask.answer
        finally:
            ask.close()
            channel.close()

    async def _has_turn(self) -> bool:
        """Wait for a place, though not for long; whether there is one."""
        if self._places > 0:
            self._places -= 1
            return True
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        patience = _SHORT_TURN_SECONDS if self._long else _TURN_SECONDS
        with suppress(TimeoutError):
            await asyncio.wait_for(turn, patience)
        if turn in self._waiting:
            self._waiting.remove(turn)
        return turn.done() and not turn.cancelled()

    def _make_room(self) -> None:
        """Let the next one have a place."""
        while self._waiting:
            turn = self._waiting.pop(0)
            if not turn.done():
                turn.set_result(None)
                return
        self._places += 1

    async def _lend(self) -> _Lease | None:
        """Another lent worker; None where the pool has none to spare."""
        loop = self._loop = asyncio.get_running_loop()
        connection = _connection(self._address)
        try:
            await loop.sock_sendall(connection, pack({"lease": True}))
            await _readable(connection)
            words, descriptors, _, _ = socket.recv_fds(connection, 4096, 1)
        except BaseException:
            connection.close()
            raise
        if descriptors:
            lease = _Lease(self._settle)
            await _connect(lease.control, connection)
            await _connect(lease.direct, socket.socket(fileno=descriptors[0]))
            return lease
        connection.close()
        if not words:
            raise EOFError
        return None


async def _connect(channel: _Channel, connection: socket.socket) -> None:
    connection.settimeout(0)
    await asyncio.get_running_loop().create_unix_connection(lambda: channel, sock=connection)


def _connection(address: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    # A pool that does not take it up says so at once.
    connection.settimeout(0)
    try:
        connection.connect(address)
    except BaseException:
        connection.close()
        raise
    return connection


async def _readable(connection: socket.socket) -> None:
    """Wait until *connection* has something to read, or its end."""
    loop = asyncio.get_running_loop()
    has_come = asyncio.Event()
    loop.add_reader(connection, has_come.set)
    try:
        await asyncio.wait_for(has_come.wait(), PATIENCE_SECONDS)
    finally:
        loop.remove_reader(connection)
