"""A worker: a process that answers one query at a time from the data it was forked with, until it is killed.

It may not decide how long a query takes: the pool does, and the kernel where the pool should be gone.
"""

import os
import resource
import signal
import socket
import time
import traceback
from collections.abc import Collection
from typing import Final, NoReturn

from workplan.model.errors import N_, AnswerTooLarge, WorkplanError
from workplan.model.formats import CONSTRUCT_FORMATS, JSON_RESULTS, SOLUTION_FORMATS

from .embedded import EmbeddedEngine
from .frames import pack, pack_error, receive, unpack, unpack_request
from .merging import Dataset
from .processes import die_with_parent
from .query import Limits, QueryRequest

_FORMATS: Final = {form.name: form for form in (*SOLUTION_FORMATS, *CONSTRUCT_FORMATS)}
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
            answer = pack_error(out_of_memory(limits))
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


def out_of_memory(limits: Limits) -> AnswerTooLarge:
    """What is said of a query that wanted more memory than it may have."""
    return AnswerTooLarge(
        N_("Per respondre la consulta caldrien més de %(limit)s bytes de memòria; acoteu-la."),
        limit=limits.memory,
        resource="memory",
    )


class _Memory:
    """This process's address space, *at_start* bytes, to which a query may add so much and no more."""

    def __init__(self, at_start: int) -> None:
        self._at_start = at_start
        self._limit: int | None = None

    def limit(self, size: int) -> None:
        """Let this process grow by *size* bytes since its start; where nobody knows that, nothing is limited."""
        if self._at_start and size != self._limit:
            resource.setrlimit(resource.RLIMIT_AS, (self._at_start + size, resource.RLIM_INFINITY))
            self._limit = size


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
