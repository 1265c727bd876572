"""Threads by kind of work, so that many requests of one kind do not hold up those of another.

A request for which its kind has no free thread waits in a queue, which takes no thread. Where the queue is full too,
the request is refused, with the time after which to ask again. It may not know what the work is.
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from math import ceil
from typing import Any, Final, TypeVar

from workplan.model.errors import ServiceBusy

T = TypeVar("T")

_MEMORY: Final = 0.1
"""The weight of the last piece of work in the usual time of its kind."""

_DRAWN: Final = re.compile(r"(?:/releases/[^/]+)?/query/[^/]+\.(?:svg|png)|/oembed")
_PICTURE: Final = re.compile(r"/(?:ca|es|en)/picture[./]")
_FILE: Final = re.compile(r"/dump\.|/export/|/query/[^/]+\.xlsx")
_EDITOR: Final = re.compile(r"/(?:ca|es|en)/sparql(?:/hints\.json)?")
_PINNED: Final = re.compile(rb"(?:^|&)release=")


class Work(Enum):
    """Kinds of work."""

    PAGE = "page"
    STRANGE = "strange"
    QUERY = "query"
    CHART = "chart"
    PICTURE = "picture"
    FILE = "file"
    PINNED = "pinned"
    LIVE = "live"
    READY = "ready"
    METRICS = "metrics"
    COMPRESSION = "compression"
    ERROR = "error"


ROOM: Final[Mapping[Work, tuple[int, int]]] = {
    # All but their own little time is spent waiting for queries.
    Work.PAGE: (24, 512),
    # By a host or with parameters that nobody else asks by (see strangers).
    Work.STRANGE: (2, 64),
    # Texts that the event loop does not read itself.
    Work.QUERY: (8, 64),
    # Each waits for the one process that draws.
    Work.CHART: (4, 32),
    Work.PICTURE: (1, 8),
    # They keep a thread busy with the interpreter all the time.
    Work.FILE: (2, 16),
    # Each may have to wait for the release to be read.
    Work.PINNED: (4, 32),
    # Whoever watches is answered whatever else is asked: whether the service lives tells no less when queries wait.
    Work.LIVE: (1, 64),
    Work.READY: (2, 64),
    Work.METRICS: (1, 64),
    Work.COMPRESSION: (2, 4096),
    # The word that there is no room, and on queries that went wrong.
    Work.ERROR: (2, 4096),
}
"""The threads of each kind, and how many may wait for one."""

_WATCHED: Final = {"/health/live": Work.LIVE, "/health/ready": Work.READY, "/metrics": Work.METRICS}


def work_of(path: str, query_string: bytes) -> Work:
    """The kind of work that a request for *path* with *query_string* makes."""
    if path in _WATCHED:
        return _WATCHED[path]
    if path == "/rdf-graph-store" or _EDITOR.fullmatch(path):
        return Work.QUERY
    if _DRAWN.fullmatch(path):
        return Work.CHART
    if _PICTURE.match(path):
        return Work.PICTURE
    if path.startswith("/releases/") or _PINNED.search(query_string):
        return Work.PINNED
    if _FILE.match(path):
        return Work.FILE
    return Work.PAGE


class Lane:
    """So many *threads* for one kind of work, for which so many may be *waiting*; for one event loop."""

    def __init__(self, threads: int, waiting: int) -> None:
        self._threads = threads
        self._most = threads + waiting
        self._executor = ThreadPoolExecutor(threads)
        self._here = 0
        self._usual = 0.0

    async def run(self, work: Callable[[], T], left: asyncio.Future[Any] | None = None) -> T:
        """What *work* returns, in a thread. Raises ServiceBusy where too many wait for one.

        Where whoever asked has *left* before it is begun it never is, and asyncio.CancelledError is raised.
        """
        if self._here >= self._most:
            raise ServiceBusy(retry_after=self._wait)
        self._here += 1
        try:
            begun: Future[T] = self._executor.submit(self._timed, work)
            if left:
                left.add_done_callback(lambda _: begun.cancel())
            return await asyncio.wrap_future(begun)
        finally:
            self._here -= 1

    @property
    def _wait(self) -> int:
        """Seconds until all who are here now have usually been answered."""
        return max(1, ceil(self._usual * self._here / self._threads))

    def _timed(self, work: Callable[[], T]) -> T:
        started = time.monotonic()
        try:
            return work()
        finally:
            self._usual += _MEMORY * (time.monotonic() - started - self._usual)
