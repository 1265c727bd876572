"""What the web processes count: plain numbers, each process's own in memory that all of them can read.

Counting costs less than a microsecond and waits for nobody else's process; whoever is asked for the figures sums them.
Nothing that a client chooses makes a new number. It may not forget what a process that is gone has counted.
"""

import mmap
import os
import threading
from bisect import bisect_left
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

CLASSES: Final = (
    "sparql",
    "graph-store",
    "query",
    "embed",
    "data",
    "dump",
    "page",
    "catalogue",
    "static",
    "state",
    "other",
)
"""Kinds of addresses: few, so that there are few series, and no client can make more."""

CODES: Final = (
    *("200", "204", "302", "303", "304", "308", "400", "403", "404", "405", "406", "408", "412", "413", "414", "415"),
    *("429", "500", "501", "502", "503", "504", "other"),
)
"""Status codes that are told apart."""

PHASES: Final = ("total", "queue", "engine", "web")
"""Where a request's time goes: waiting for a worker, in the store, in the web process; *total* is all of it."""

BOUNDS: Final = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025),
    *(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
"""Upper bounds of a histogram's buckets, in seconds: from a kept answer to a query's longest time."""

_BOUNDS_NS: Final = tuple(int(bound * 1e9) for bound in BOUNDS)
_HISTOGRAM: Final = len(BOUNDS) + 2  # with the bucket beyond the last bound, and the sum in nanoseconds

CLASS_INDEX: Final = {name: index for index, name in enumerate(CLASSES)}
CODE_INDEX: Final = {code: index for index, code in enumerate(CODES)}

_BEGUN, _ENDED, _HITS, _MISSES, _KEPT_ENTRIES, _KEPT_BYTES = range(6)
_BYTES: Final = 6
_REQUESTS: Final = _BYTES + len(CLASSES)
_TIMES: Final = _REQUESTS + len(CLASSES) * len(CODES)
_SIZE: Final = _TIMES + len(PHASES) * len(CLASSES) * _HISTOGRAM

_OF_LIVING: Final = (_BEGUN, _ENDED, _KEPT_ENTRIES, _KEPT_BYTES)
"""What says how things stand, and so ends with its process."""

_PREFIX: Final = "figures-"


class Histogram(NamedTuple):
    """How many requests took up to each of BOUNDS and beyond, not summed up, and their *seconds* together."""

    counts: tuple[int, ...]
    seconds: float


class Figures:
    """The figures of this process, in *folder* where there are others to share them with."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        if folder is None:
            memory: mmap.mmap | bytearray = bytearray(_SIZE * 8)
        else:
            with (folder / f"{_PREFIX}{os.getpid()}").open("a+b") as file:
                file.truncate(_SIZE * 8)
                memory = mmap.mmap(file.fileno(), _SIZE * 8)
        self._slots = memoryview(memory).cast("Q")

    def begin(self) -> None:
        """A request has come."""
        with self._lock:
            self._slots[_BEGUN] += 1

    def end_hit(self, kind: int, code: int, nanoseconds: int, size: int, *, has_begun: bool = True) -> None:
        """A request was answered from what is kept: *kind* and *code* by index, *size* in bytes.

        One that came and was answered at once *has_begun* without anybody having been told.
        """
        total = _TIMES + kind * _HISTOGRAM
        slots = self._slots
        with self._lock:
            slots[_BEGUN] += not has_begun
            slots[_ENDED] += 1
            slots[_HITS] += 1
            slots[_BYTES + kind] += size
            slots[_REQUESTS + kind * len(CODES) + code] += 1
            slots[total + bisect_left(_BOUNDS_NS, nanoseconds)] += 1
            slots[total + _HISTOGRAM - 1] += nanoseconds

    def end(self, kind: int, code: int, phases: tuple[int, ...], size: int, *, is_miss: bool) -> None:
        """A request was answered otherwise: *phases* in nanoseconds, as PHASES; *is_miss* where it may be kept."""
        slots = self._slots
        with self._lock:
            slots[_ENDED] += 1
            slots[_MISSES] += is_miss
            slots[_BYTES + kind] += size
            slots[_REQUESTS + kind * len(CODES) + code] += 1
            for phase, nanoseconds in enumerate(phases):
                start = _TIMES + (phase * len(CLASSES) + kind) * _HISTOGRAM
                slots[start + bisect_left(_BOUNDS_NS, nanoseconds)] += 1
                slots[start + _HISTOGRAM - 1] += nanoseconds

    def note_kept(self, entries: int, size: int) -> None:
        """This process keeps so many *entries*, of *size* bytes."""
        self._slots[_KEPT_ENTRIES], self._slots[_KEPT_BYTES] = entries, size

    def processes(self) -> list[int]:
        """The living processes that count."""
        return [pid for pid, _ in self._all() if is_alive(pid)]

    def summed(self) -> "Sum":
        """All processes' figures."""
        total = [0] * _SIZE
        for pid, slots in self._all():
            counts = [0 if i in _OF_LIVING else n for i, n in enumerate(slots)] if not is_alive(pid) else slots
            total = [a + b for a, b in zip(total, counts, strict=True)]
        return Sum(total)

    def _all(self) -> Iterator[tuple[int, list[int]]]:
        if self._folder is None:
            yield os.getpid(), self._slots.tolist()
            return
        for file in sorted(self._folder.glob(f"{_PREFIX}*")):
            yield int(file.name.removeprefix(_PREFIX)), memoryview(file.read_bytes()).cast("Q").tolist()


class Sum:
    """Figures by name."""

    def __init__(self, slots: list[int]) -> None:
        self._slots = slots
        self.in_progress = max(0, slots[_BEGUN] - slots[_ENDED])
        self.hits, self.misses = slots[_HITS], slots[_MISSES]
        self.kept_entries, self.kept_bytes = slots[_KEPT_ENTRIES], slots[_KEPT_BYTES]

    def requests(self) -> Iterator[tuple[str, str, int]]:
        """Kind of address, status code and how many, where there are any."""
        for index, (kind, code) in enumerate(product(CLASSES, CODES)):
            if count := self._slots[_REQUESTS + index]:
                yield kind, code, count

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Kind of address and the bytes of its answers, where there are any."""
        for kind, size in zip(CLASSES, self._slots[_BYTES:], strict=False):
            if size:
                yield kind, size

    def times(self) -> Iterator[tuple[str, str, Histogram]]:
        """Phase, kind of address and the times, where there are any."""
        for index, (phase, kind) in enumerate(product(PHASES, CLASSES)):
            start = _TIMES + index * _HISTOGRAM
            *counts, nanoseconds = self._slots[start : start + _HISTOGRAM]
            if any(counts):
                yield phase, kind, Histogram(tuple(counts), nanoseconds / 1e9)


def is_alive(pid: int) -> bool:
    """Whether there is a process *pid*."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
