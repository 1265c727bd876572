"""A worker: a process that answers one query at a time from the data it was forked with, until it is killed.

It may not decide how long a query takes: the pool does, and the kernel where the pool should be gone.
"""

import os
import resource
import signal
import socket
import sys
import time
import traceback
from collections.abc import Collection
from typing import Final, NoReturn

from workplan.model.errors import N_, AnswerTooLarge, WorkplanError
from workplan.model.formats import CONSTRUCT_FORMATS, JSON_RESULTS, SOLUTION_FORMATS

from .embedded import EmbeddedEngine
from .frames import pack, pack_error, receive, unpack, unpack_request
from .merging import Dataset
from .processes import die_with_parent, memory_allowed
from .query import Limits, QueryRequest

_FORMATS: Final = {form.name: form for form in (*SOLUTION_FORMATS, *CONSTRUCT_FORMATS)}
READY: Final = b"ready\n"
"""What a worker says first: one that has not has ended before it could answer anything."""

_ALARM_AFTER: Final = 1.0
"""Seconds past a query's time at which the kernel ends a worker that no pool has ended."""


def serve(
    channel: socket.socket,
    dataset: Dataset,
    allowed_services: Collection[str],
    complaints: int | None,
    at_start: int,
) -> NoReturn:
    """Answer what comes through *channel*, by a process whose address space has *at_start* bytes.

    What dies says why in the descriptor *complaints*.
    """
    _be_alone(channel, complaints)
    memory = _Memory(at_start)
    # The first query writes to many pages that the pool shares until then, which takes a while.
    EmbeddedEngine(dataset, Limits()).run(QueryRequest("ASK {}"), JSON_RESULTS)
    os.write(sys.stderr.fileno(), READY)
    while True:
        try:
            frame = receive(channel)
        except (EOFError, OSError):
            os._exit(0)
        header, body = unpack(frame)
        request, limits = unpack_request(header, body)
        memory.limit(limits.memory)
        signal.setitimer(signal.ITIMER_REAL, limits.seconds + _ALARM_AFTER)
        is_out_of_memory = False
        try:
            result = EmbeddedEngine(dataset, limits, allowed_services).run(request, _FORMATS[header["format"]])
            answer = pack(
                {"kind": result.kind.value, "seconds": result.seconds, "spent": time.process_time()}, result.body
            )
        except WorkplanError as error:
            answer = pack_error(error)
        except MemoryError:
            is_out_of_memory = True
            answer = pack_error(out_of_memory(memory.allowed))
        except Exception:
            # Told to the web process, which logs it whole.
            answer = pack({"failure": traceback.format_exc()})
        try:
            channel.sendall(answer)
        except OSError:
            os._exit(0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if is_out_of_memory:
            os._exit(0)


def out_of_memory(limit: int) -> AnswerTooLarge:
    """What is said of a query that wanted more memory than the *limit* bytes that it may have."""
    return AnswerTooLarge(
        N_("Per respondre la consulta caldrien més de %(limit)s bytes de memòria; acoteu-la."),
        limit=limit,
        resource="memory",
    )


class _Memory:
    """This process's address space, *at_start* bytes, to which a query may add so much and no more.

    *allowed* is what it may add, which the system may have limited before.
    """

    def __init__(self, at_start: int) -> None:
        self._at_start = at_start
        self._limit: int | None = None
        self.allowed = 0

    def limit(self, size: int) -> None:
        """Let this process grow by *size* bytes since its start; where nobody knows that, nothing is limited."""
        if size == self._limit:
            return
        self._limit, self.allowed = size, memory_allowed(self._at_start, size)
        if self._at_start:
            hard = resource.getrlimit(resource.RLIMIT_AS)[1]
            resource.setrlimit(resource.RLIMIT_AS, (self._at_start + self.allowed, hard))


def _be_alone(channel: socket.socket, complaints: int | None) -> None:
    """Keep nothing of the pool's but *channel* and the store, and die when the pool dies."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard, ours in enumerate((nothing, nothing, nothing if complaints is None else complaints)):
        os.dup2(ours, standard)
    own = channel.fileno()
    os.closerange(3, own)
    os.closerange(own + 1, os.sysconf("SC_OPEN_MAX"))
    channel.settimeout(None)
    die_with_parent(signal.SIGKILL)
