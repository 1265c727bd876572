"""The pool: one process of one thread that holds the release and has each query answered by a worker it can kill.

It may not run a query, wait for a worker or a client, or start a thread: workers are forked from it.
"""

import fcntl
import gc
import json
import os
import selectors
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from math import ceil
from pathlib import Path
from shutil import rmtree
from typing import Any, Final

from workplan.model.errors import (
    N_,
    EngineDied,
    NoWorkers,
    QueryTimeout,
    QueryTooDeep,
    ServiceBusy,
    StoreError,
    WorkplanError,
)

from .frames import Stream, header_of, pack, pack_error
from .merging import Dataset, ensure_digest, loaded
from .processes import (
    address_space,
    be_first_to_go,
    leave_network,
    lower_priority,
    memory_allowed,
    processor_seconds,
    resident,
    restore_priority,
)
from .query import Capacity, Limits
from .worker import READY, out_of_memory, serve

GRACE_SECONDS: Final = 0.025
"""After so much processor time a query gets only what nobody else wants; nearly all end before.

The more there are of the kind already, the sooner the next becomes one of them. It is not counted by the clock, for a
short query that has to wait for a processor would then wait ever longer.
"""

LONG_SECONDS: Final = 0.25
"""After so much processor time a query needs one of the few places for long ones.

By the clock an honest query would become one of them on a busy machine, where it only waits.
"""

QUEUE_SECONDS: Final = 1.0
"""How long a query waits for a worker before its client is asked to come back."""

_PUT_OFF_SECONDS: Final = 0.75
"""How long who is put off is kept waiting for that word: a program that asks again at once can do no more harm."""

_WEIGH_EVERY: Final = 0.05
"""Seconds between two looks at what queries past their grace take; one core fills 50 MB meanwhile."""

_SOONEST: Final = 0.001
"""Seconds between two looks at a process whose grace, or whose life, is about to end."""

_MOST_LEFT: Final = 32 * 1024 * 1024
"""Bytes beside the data that a worker may still hold when it is asked again."""

_STILLBORN: Final = 3
"""So many workers that end one after the other before they can answer: the next will not be luckier."""

_STILLBORN_PAUSE: Final = 1.0
"""Seconds until another try then."""

_LONGEST_COMPLAINT: Final = 4096
"""Bytes that are read of what a dead worker has said, where a trace may stand before the reason."""

_SPARE: Final = 4
_MOST_IDLE: Final = 8
_RETRY_AFTER: Final = 2
"""After how many seconds to ask again what nothing tells the end of."""

_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class _Stage(IntEnum):
    """How long a query has been at work."""

    SHORT = 0
    LOWERED = 1
    LONG = 2


@dataclass(eq=False)
class _Job:
    """One query of a client, and until when it may wait or, once begun, run."""

    client: Stream
    frame: bytearray
    limits: Limits
    until: float
    has_begun: bool = False
    is_second_try: bool = False


@dataclass(eq=False)
class _Worker:
    """A process.

    One that is lent to a *tenant* answers it alone, and the descriptor *life* tells of its end, *death* how it came.
    """

    pid: int
    stream: Stream
    complaints: int | None
    job: _Job | None = None
    started: float = 0
    processor_at_start: float = 0
    look_at: float = 0
    stage: _Stage = _Stage.SHORT
    is_stopped: bool = False
    was_killed: bool = False
    tenant: Stream | None = None
    life: int | None = None
    death: "_Death | None" = None


@dataclass(frozen=True)
class _Death:
    """How a worker ended: with what *status*, as wait(2) tells it, and its last *words*."""

    status: int
    words: bytes = b""

    @property
    def signal(self) -> int:
        """The signal that ended it, or 0."""
        return os.WTERMSIG(self.status) if os.WIFSIGNALED(self.status) else 0

    @property
    def is_untimely(self) -> bool:
        """Whether it came before the worker could answer anything."""
        return self.status != 0 and not self.words.startswith(READY)

    @property
    def cause(self) -> str:
        """A name for it: a signal's, or an exit status."""
        if self.signal:
            return signal.Signals(self.signal).name
        return f"exit {os.waitstatus_to_exitcode(self.status)}"


@dataclass
class Pool:
    """Answers at *listener* until the descriptor *lifeline* ends."""

    listener: socket.socket
    lifeline: int
    dataset: Dataset
    allowed_services: Collection[str]
    capacity: Capacity
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _workers: dict[int, _Worker] = field(default_factory=dict)
    _idle: list[_Worker] = field(default_factory=list)
    _queue: deque[_Job] = field(default_factory=deque)
    _dying: list[_Worker] = field(default_factory=list)
    _put_off: deque[tuple[float, _Job, ServiceBusy]] = field(default_factory=deque)
    _lent: dict[Stream, _Worker] = field(default_factory=dict)
    _stops: dict[str, int] = field(default_factory=dict)
    _deaths: dict[str, int] = field(default_factory=dict)
    _stillborn: int = 0
    _why_stillborn: str = ""
    _next_try: float = 0
    _next_weighing: float = 0
    _weight: int = 0
    _space: int = 0
    _is_over: bool = False

    def run(self) -> None:
        """Serve."""
        self._weight, self._space = resident(os.getpid()), address_space(os.getpid())
        self.listener.settimeout(0)
        self._selector.register(self.listener, _READ, self._accept)
        self._selector.register(self.lifeline, _READ, self._end)
        while not self._is_over:
            self._replenish()
            for key, events in self._selector.select(self._pause()):
                # What an earlier event of the same round has closed is no longer registered.
                if self._selector.get_map().get(key.fd) is key:
                    key.data(events)
            self._watch()
        for worker in list(self._workers.values()):
            self._kill(worker)

    def _end(self, _: int) -> None:
        self._is_over = True

    # Clients

    def _accept(self, _: int) -> None:
        # Where there is no descriptor for it, it waits until there is.
        with suppress(OSError):
            client = Stream(self.listener.accept()[0])
            self._selector.register(client.channel, _READ, partial(self._hear_client, client))

    def _hear_client(self, client: Stream, events: int) -> None:
        try:
            if events & _WRITE:
                client.flush()
                self._attend(client, partial(self._hear_client, client))
            if events & _READ:
                for frame in client.receive():
                    self._take(client, frame)
        except (EOFError, OSError):
            self._hang_up(client)

    def _take(self, client: Stream, frame: bytearray) -> None:
        header = header_of(frame)
        if "lease" in header:
            self._lend(client)
        elif "watch" in header:
            self._watch_over(client, header)
        elif "done" in header:
            self._end_watch(client)
        elif "limits" in header:
            self._enqueue(client, frame, header)
        else:
            self._reply(client, pack(self._state()))

    def _enqueue(self, client: Stream, frame: bytearray, header: dict[str, Any]) -> None:
        if self._is_barren and not self._idle:
            self._reply(client, pack_error(NoWorkers(cause=self._why_stillborn)))
            return
        self._queue.append(_Job(client, frame, Limits(**header["limits"]), time.monotonic() + QUEUE_SECONDS))
        self._hand_out()

    def _state(self) -> dict[str, Any]:
        workers = [worker for worker in self._workers.values() if not worker.is_stopped]
        return {
            "workers": [worker.pid for worker in workers],
            "busy": sum(worker.job is not None for worker in workers),
            "lent": len(self._lent),
            "queued": len(self._queue),
            "stopped": self._stops,
            "died": self._deaths,
        }

    def _reply(self, client: Stream, frame: bytes | bytearray) -> None:
        try:
            client.send(frame)
            self._attend(client, partial(self._hear_client, client))
        except OSError:
            self._hang_up(client)

    def _hang_up(self, client: Stream) -> None:
        """Nobody waits for the answer, so nobody works for it."""
        self._forget(client)
        self._queue = deque(job for job in self._queue if job.client is not client)
        self._put_off = deque(waiting for waiting in self._put_off if waiting[1].client is not client)
        for worker in list(self._workers.values()):
            if worker.job and worker.job.client is client:
                self._stop(worker, "hung-up")
        lent = self._lent.pop(client, None)
        if lent and not lent.is_stopped:
            self._kill(lent)

    # Workers lent

    def _lend(self, client: Stream) -> None:
        """Give *client* a worker of its own to speak to, where there is one to spare."""
        worker = None
        if hasattr(os, "pidfd_open") and client not in self._lent and len(self._lent) < self.capacity.workers // 2:
            worker = self._free_worker()
        if worker is None:
            self._reply(client, pack({"lease": False}))
            return
        self._lent[client], worker.tenant = worker, client
        worker.life = os.pidfd_open(worker.pid)
        self._selector.unregister(worker.stream.channel)
        self._selector.register(worker.life, _READ, lambda _: self._let_die(worker))
        try:
            socket.send_fds(client.channel, [pack({"lease": True})], [worker.stream.channel.fileno()])
        except OSError:
            self._hang_up(client)
        worker.stream.channel.close()

    def _watch_over(self, client: Stream, header: dict[str, Any]) -> None:
        """See to the query that *client*'s lent worker has been at for a while."""
        worker = self._lent.get(client)
        if worker is None:
            self._hang_up(client)
            return
        limits, started = Limits(**header["watch"]), header["started"]
        worker.job = _Job(client, bytearray(), limits, started + limits.seconds, has_begun=True)
        worker.started, worker.processor_at_start = started, header["spent"]
        worker.look_at = time.monotonic()
        if worker.death:
            self._tell_tenant(worker, worker.job)

    def _end_watch(self, client: Stream) -> None:
        """A lent worker has answered: *client* may keep it if it is fit for another query."""
        worker = self._lent.get(client)
        if worker is None:
            return
        worker.job = None
        self._reply(client, pack({"kept": self._is_fit(worker)}))

    def _tell_tenant(self, worker: _Worker, job: _Job) -> None:
        """Tell the client of *job* why its lent *worker* is dead, or that it may ask again."""
        worker.job = None
        error = _guilt(worker.death, self._memory_for(job.limits)) if worker.death else None
        self._reply(job.client, pack_error(error) if error else pack({"lost": True}))

    # Workers

    @property
    def _is_barren(self) -> bool:
        """Whether no worker lives long enough to answer, for all that can be told."""
        return self._stillborn >= _STILLBORN

    @property
    def _may_fork(self) -> bool:
        return len(self._workers) < self.capacity.workers and time.monotonic() >= self._next_try

    def _free_worker(self) -> _Worker | None:
        """A worker that has nothing to do; None where there is none and none can be made."""
        if self._idle:
            return self._idle.pop()
        return self._fork() if self._may_fork else None

    def _fail_to_make(self, cause: str) -> None:
        """Note that a worker could not be made, or ended before it was of use."""
        self._stillborn += 1
        self._why_stillborn = cause
        if self._is_barren:
            self._next_try = time.monotonic() + _STILLBORN_PAUSE
            for job in self._queue:
                self._reply(job.client, pack_error(NoWorkers(cause=cause)))
            self._queue.clear()

    def _fork(self) -> _Worker | None:
        try:
            ours, theirs = socket.socketpair()
            complaints = os.memfd_create("complaints") if hasattr(os, "memfd_create") else None
        except OSError as error:
            self._fail_to_make(error.strerror or str(error))
            return None
        try:
            pid = os.fork()
        except OSError as error:
            ours.close()
            theirs.close()
            if complaints is not None:
                os.close(complaints)
            self._fail_to_make(error.strerror or str(error))
            return None
        if pid == 0:
            try:
                serve(theirs, self.dataset, self.allowed_services, complaints, self._space)
            finally:
                os._exit(1)
        theirs.close()
        worker = _Worker(pid, Stream(ours), complaints)
        self._workers[pid] = worker
        self._selector.register(ours, _READ, partial(self._hear_worker, worker))
        return worker

    def _replenish(self) -> None:
        """One at a time, so that no client waits for more than one fork."""
        if self._lacks_spares() and (worker := self._fork()):
            # Those that have answered before are quicker, and taken first.
            self._idle.insert(0, worker)

    def _lacks_spares(self) -> bool:
        return len(self._idle) < _SPARE and self._may_fork

    def _hand_out(self) -> None:
        while self._queue and (worker := self._free_worker()):
            job = self._queue.popleft()
            worker.job, worker.started = job, time.monotonic()
            worker.processor_at_start = processor_seconds(worker.pid)
            worker.look_at = worker.started + self._grace()
            if not job.has_begun:
                job.has_begun, job.until = True, worker.started + job.limits.seconds
            # Where the worker is dead its channel will say so, and the job goes to another.
            with suppress(OSError):
                worker.stream.send(job.frame)
                self._attend(worker.stream, partial(self._hear_worker, worker))

    def _hear_worker(self, worker: _Worker, events: int) -> None:
        try:
            if events & _WRITE:
                worker.stream.flush()
                self._attend(worker.stream, partial(self._hear_worker, worker))
            if events & _READ:
                for frame in worker.stream.receive():
                    self._pass_on(worker, frame)
        except (EOFError, OSError):
            self._let_die(worker)

    def _pass_on(self, worker: _Worker, frame: bytearray) -> None:
        job, worker.job = worker.job, None
        if worker.is_stopped or job is None:
            return
        self._stillborn = 0
        if not self._is_fit(worker) or len(self._idle) >= _MOST_IDLE:
            self._kill(worker)
        else:
            self._idle.append(worker)
        self._reply(job.client, frame)
        self._hand_out()

    def _is_fit(self, worker: _Worker) -> bool:
        """Whether *worker* may be asked again: with the priority and, nearly, the memory that a new one has.

        A new one would have to touch all of the data before it is as quick.
        """
        if (
            worker.stage is _Stage.LOWERED
            and not worker.is_stopped
            and resident(worker.pid) - self._weight <= _MOST_LEFT
            and restore_priority(worker.pid)
        ):
            worker.stage = _Stage.SHORT
        return worker.stage is _Stage.SHORT and not worker.is_stopped

    def _kill(self, worker: _Worker) -> None:
        worker.is_stopped = worker.was_killed = True
        if worker in self._idle:
            self._idle.remove(worker)
        if worker.stage > _Stage.SHORT:
            restore_priority(worker.pid)
        os.kill(worker.pid, signal.SIGKILL)

    def _stop(self, worker: _Worker, reason: str, error: WorkplanError | None = None) -> None:
        """End *worker*'s query, with *error* for its client."""
        job, worker.job = worker.job, None
        self._kill(worker)
        self._stops[reason] = self._stops.get(reason, 0) + 1
        if job and isinstance(error, ServiceBusy):
            self._put_off.append((time.monotonic() + _PUT_OFF_SECONDS, job, error))
        elif job and error:
            self._reply(job.client, pack_error(error))

    def _let_die(self, worker: _Worker) -> None:
        if worker.life is None:
            self._forget(worker.stream)
        else:
            self._selector.unregister(worker.life)
            os.close(worker.life)
        if worker in self._idle:
            self._idle.remove(worker)
        worker.is_stopped = True
        self._dying.append(worker)

    def _bury(self) -> None:
        # A process of low priority may take its time between closing its channel and its end, so nobody waits for it.
        for worker in list(self._dying):
            pid, status = os.waitpid(worker.pid, os.WNOHANG)
            if pid:
                self._dying.remove(worker)
                self._make_up_for(worker, status)

    def _make_up_for(self, worker: _Worker, status: int) -> None:
        """See to it that a query whose worker has died is answered all the same, where that can be."""
        words = READY
        if worker.complaints is not None:
            words = os.pread(worker.complaints, _LONGEST_COMPLAINT, 0)
            os.close(worker.complaints)
        del self._workers[worker.pid]
        death = worker.death = _Death(status, words)
        if status and not worker.was_killed:
            self._deaths[death.cause] = self._deaths.get(death.cause, 0) + 1
        if not death.is_untimely:
            self._stillborn = 0
        elif death.signal != signal.SIGKILL:
            # That one comes from outside, and tells nothing of the next worker.
            self._fail_to_make(death.cause)
        if worker.tenant:
            if worker.job:
                self._tell_tenant(worker, worker.job)
        elif job := worker.job:
            error = self._blame(death, job)
            if error:
                self._reply(job.client, pack_error(error))
            else:
                # Queries only read, so another worker may begin again.
                job.is_second_try = job.is_second_try or not death.is_untimely
                self._queue.appendleft(job)

    def _blame(self, death: _Death, job: _Job) -> WorkplanError | None:
        """The error of *job*, whose worker has ended in *death*; None where another worker may do better."""
        if death.is_untimely:
            return NoWorkers(cause=self._why_stillborn) if self._is_barren else None
        if (guilt := _guilt(death, self._memory_for(job.limits))) or not job.is_second_try:
            return guilt
        if death.signal == signal.SIGKILL:
            # Nothing in a query does that: whoever did, or the kernel for want of memory, may be done with it.
            return ServiceBusy(retry_after=_RETRY_AFTER)
        return EngineDied(cause=death.cause)

    def _memory_for(self, limits: Limits) -> int:
        """The bytes that a query of *limits* may take beside the data, as the system has it."""
        return memory_allowed(self._space, limits.memory)

    # Time and memory

    def _pause(self) -> float | None:
        """Until when nothing has to be looked at; None for ever."""
        if self._lacks_spares():
            return 0
        moments = [job.until for job in self._queue]
        if self._put_off:
            moments.append(self._put_off[0][0])
        if self._dying:
            moments.append(time.monotonic() + _SOONEST)
        if self._next_try > time.monotonic():
            moments.append(self._next_try)
        for worker in self._workers.values():
            if worker.job:
                moments.append(worker.job.until)
                if worker.stage is not _Stage.LONG:
                    moments.append(worker.look_at)
                if worker.stage is not _Stage.SHORT:
                    moments.append(self._next_weighing)
        return max(0.0, min(moments) - time.monotonic()) if moments else None

    def _watch(self) -> None:
        self._bury()
        now = time.monotonic()
        for job in [job for job in self._queue if job.until <= now]:
            self._queue.remove(job)
            is_late = job.has_begun
            error = (
                QueryTimeout(seconds=job.limits.seconds)
                if is_late
                else ServiceBusy(retry_after=self._rest(_Stage.SHORT))
            )
            self._reply(job.client, pack_error(error))
        while self._put_off and self._put_off[0][0] <= now:
            _, job, busy_with = self._put_off.popleft()
            self._reply(job.client, pack_error(busy_with))
        busy = [worker for worker in self._workers.values() if worker.job]
        for worker in busy:
            self._check_time(worker, now)
        if now >= self._next_weighing:
            self._next_weighing = now + _WEIGH_EVERY
            self._weigh([worker for worker in busy if worker.job and worker.stage > _Stage.SHORT])
        self._hand_out()

    def _rest(self, stage: _Stage) -> int:
        """Seconds until one of the queries that are at *stage* must have ended, when there is room for another."""
        now = time.monotonic()
        ends = [worker.job.until - now for worker in self._workers.values() if worker.job and worker.stage >= stage]
        return max(1, ceil(min(ends))) if ends else _RETRY_AFTER

    def _grace(self) -> float:
        return GRACE_SECONDS / (1 + sum(worker.stage > _Stage.SHORT for worker in self._workers.values()))

    def _check_time(self, worker: _Worker, now: float) -> None:
        job = worker.job
        if job is None:
            return
        if now >= job.until:
            self._stop(worker, "time", QueryTimeout(seconds=job.limits.seconds))
        elif worker.stage is not _Stage.LONG and now >= worker.look_at:
            self._check_share(worker, now)

    def _check_share(self, worker: _Worker, now: float) -> None:
        """See how much of a processor *worker*'s query has had."""
        used = processor_seconds(worker.pid) - worker.processor_at_start
        if worker.stage is _Stage.SHORT and used >= self._grace():
            worker.stage = _Stage.LOWERED
            lower_priority(worker.pid)
        rest = (self._grace() if worker.stage is _Stage.SHORT else LONG_SECONDS) - used
        if rest > 0:
            worker.look_at = now + max(rest, _SOONEST if worker.stage is _Stage.SHORT else _WEIGH_EVERY)
            return
        long = sum(other.job is not None and other.stage is _Stage.LONG for other in self._workers.values())
        if long < self.capacity.long:
            worker.stage = _Stage.LONG
        else:
            text = N_(
                "Ja hi ha %(long)s consultes llargues en marxa, i aquesta també ho és; "
                "torneu-la a provar d'aquí a %(retry_after)s s."
            )
            self._stop(worker, "long", ServiceBusy(text, long=long, retry_after=self._rest(_Stage.LONG)))

    def _weigh(self, workers: list[_Worker]) -> None:
        """Stop the largest of *workers* while all together take more memory than there is for them."""
        sizes = {worker.pid: max(0, resident(worker.pid) - self._weight) for worker in workers}
        for worker in sorted(workers, key=lambda worker: -sizes[worker.pid]):
            if sum(sizes.values()) <= self.capacity.memory:
                return
            del sizes[worker.pid]
            text = N_(
                "Les consultes en marxa ocupen juntes més de %(limit)s bytes de memòria i s'ha aturat la més gran, "
                "aquesta; torneu-la a provar d'aquí a %(retry_after)s s."
            )
            self._stop(worker, "memory", ServiceBusy(text, limit=self.capacity.memory, retry_after=_RETRY_AFTER))

    # Sockets

    def _attend(self, stream: Stream, hear: Callable[[int], None]) -> None:
        events = _READ | _WRITE if stream.has_more_to_send else _READ
        if self._selector.get_key(stream.channel).events != events:
            self._selector.modify(stream.channel, events, hear)

    def _forget(self, stream: Stream) -> None:
        with suppress(KeyError, ValueError):
            self._selector.unregister(stream.channel)
        stream.channel.close()


def _guilt(death: _Death, memory: int) -> WorkplanError | None:
    """The error of a query that kills its worker, which had so much *memory*; None where it may not be the query's."""
    if death.signal == signal.SIGABRT and b"memory allocation" in death.words:
        return out_of_memory(memory)
    if death.signal == signal.SIGSEGV:
        return QueryTooDeep()
    return None


def _hold(folder: Path) -> None:
    """Have others see that what *folder* holds is in use, as long as this process lives and the system can tell."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_SH)


def _loaded(data: Path, digest: str | None) -> Dataset:
    """The quads of *data*, loaded, if their SHA-256 is *digest*; else this process ends. Who started it is told."""
    dataset, told = None, pack({})
    try:
        _hold(data.parent)
        if digest:
            ensure_digest(data, digest)
        dataset = loaded(data)
    except WorkplanError as error:
        told = pack_error(error)
    except (OSError, SyntaxError, ValueError, MemoryError) as error:
        cause = N_("No s'han pogut carregar les dades de %(name)s: %(cause)s.")
        told = pack_error(StoreError(cause, name=data.name, cause=str(error) or type(error).__name__))
    with suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), told)
    if dataset is None:
        sys.exit(1)
    return dataset


def main(settings: str) -> None:
    """Run the pool that *settings* (JSON) describe, until standard input ends."""
    given = json.loads(settings)
    address, data = Path(given["address"]), Path(given["data"])
    address.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        # Clients may come while the data are being read: they are kept waiting, not refused.
        listener.bind(str(address))
        listener.listen(socket.SOMAXCONN)
        dataset = _loaded(data, given.get("digest"))
        be_first_to_go()
        if not given["allowed"]:
            leave_network()
        # Objects that the collector never touches stay on pages that all workers share.
        gc.freeze()
        Pool(listener, sys.stdin.fileno(), dataset, frozenset(given["allowed"]), Capacity(**given["capacity"])).run()
    rmtree(address.parent, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
