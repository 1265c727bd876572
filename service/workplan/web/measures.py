"""What is noted of each request: its id, how it was answered and how fast and, where wanted, a line in the log.

It may not answer any. A kept answer takes a few microseconds, so that every one counts here.
"""

import re
from collections.abc import Callable, Mapping
from itertools import count
from time import perf_counter_ns
from typing import Final
from uuid import UUID, uuid4

from workplan.operation.figures import CLASS_INDEX, CLASSES, CODE_INDEX, PHASES, Figures
from workplan.operation.logs import REQUESTS

LONGEST_PATH: Final = 500
"""Characters of a path that are logged."""

LONGEST_METHOD: Final = 16
"""Characters of a method that are logged: a client may have made it up."""

_SEGMENTS: Final = {
    "sparql": "sparql",
    "rdf-graph-store": "graph-store",
    "query": "query",
    **dict.fromkeys(("embed", "embed.js", "oembed"), "embed"),
    **dict.fromkeys(("id", "data", "graph", "ns", "shapes", "context", "problem"), "data"),
    **dict.fromkeys(("dump", "export", "releases"), "dump"),
    **dict.fromkeys(("", "ca", "es", "en"), "page"),
    **dict.fromkeys((".well-known", "catalog", "sitemap", "robots", "openapi", "quality", "search"), "catalogue"),
    **dict.fromkeys(("static", "favicon"), "static"),
    **dict.fromkeys(("health", "metrics"), "state"),
}
"""The first segment of an address, without what follows a dot: its class."""

_KINDS: Final = {segment: CLASS_INDEX[name] for segment, name in _SEGMENTS.items()}
_OTHER_KIND: Final = CLASS_INDEX["other"]
_OTHER_CODE: Final = CODE_INDEX["other"]
_CODES: Final = {int(code): index for code, index in CODE_INDEX.items() if code.isdecimal()}
_OK: Final = CODE_INDEX["200"]
HUNG_UP: Final = 499
"""No status of HTTP's, but what proxies log of a client that left; it counts among the others."""

_IS_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}").fullmatch


def _new_id() -> Callable[[], str]:
    """Something that makes ids: UUIDs of version 8 (RFC 9562), random by process and counted within it."""
    number = count(1)
    random = uuid4().int
    # Making a random one for each request would cost more than all the rest of this layer.
    start = str(UUID(int=(random & ~(0xF << 76)) | (8 << 76)))[:24]
    return lambda: f"{start}{next(number):012x}"


def _kind(path: str) -> int:
    """The class of the address *path*, by index."""
    first = path[1:].partition("/")[0]
    kind = _KINDS.get(first)
    return _KINDS.get(first.partition(".")[0] if first[:1] != "." else first, _OTHER_KIND) if kind is None else kind


class Measured:
    """A request under way: its *id*, the *kind* of its address by index, and when it *started*, in nanoseconds."""

    __slots__ = ("id", "kind", "method", "path", "started")

    def __init__(self, identifier: str, method: str, path: str) -> None:
        self.started = perf_counter_ns()
        self.id = identifier
        self.method = method
        self.path = path
        self.kind = _kind(path)


class Measures:
    """What is counted, in *figures*, and logged of each request."""

    def __init__(self, figures: Figures, *, logs_requests: bool = False) -> None:
        self.logs_requests = logs_requests
        self._figures = figures
        self._new_id = _new_id()

    def begin(self, method: str, path: str, given: bytes | None) -> Measured:
        """A request has come, with the id *given* in ``X-Request-ID``, if any."""
        self._figures.begin()
        return Measured(self._identified(given), method, path)

    def _identified(self, given: bytes | None) -> str:
        return given.decode() if given and _IS_ID(given) else self._new_id()

    def given_again(self, target: bytes, size: int, given: bytes | None, started: int) -> str:
        """A kept answer of *size* bytes is given at once to a GET of *target* that *started* when, in nanoseconds.

        Returns the request's id, as ``begin`` has it.
        """
        path = target.partition(b"?")[0].decode("latin-1")
        identifier = self._identified(given)
        spent = perf_counter_ns() - started
        self._figures.end_hit(_kind(path), _OK, spent, size, has_begun=False)
        if self.logs_requests:
            self._log(Measured(identifier, "GET", path), 200, size, (spent,), is_hit=True)
        return identifier

    def note_kept(self, state: Mapping[str, int]) -> None:
        """The cache of this process stands so."""
        self._figures.note_kept(state["entries"], state["bytes"])

    def hung_up(self, measured: Measured) -> None:
        """The client of *measured* has left before it was answered."""
        self.end(measured, HUNG_UP, 0, "", is_hit=False)

    def failed(self, measured: Measured) -> None:
        """What answers *measured* has failed itself."""
        self.end(measured, 500, 0, "", is_hit=False)

    def end(
        self,
        measured: Measured,
        status: int,
        size: int,
        timing: str,
        *,
        is_hit: bool,
        is_miss: bool = False,
    ) -> None:
        """*measured* was answered: *size* in bytes, *timing* as ``Server-Timing`` tells it.

        *is_miss* says that the answer is one that may be kept and was not there.
        """
        kind = measured.kind
        code = _CODES.get(status, _OTHER_CODE)
        spent = perf_counter_ns() - measured.started
        phases: tuple[int, ...] = (spent,)
        if is_hit:
            self._figures.end_hit(kind, code, spent, size)
        else:
            if "engine;dur=" in timing:
                waited, worked = _duration(timing, "queue"), _duration(timing, "engine")
                phases = (spent, waited, worked, max(0, spent - waited - worked))
            self._figures.end(kind, code, phases, size, is_miss=is_miss)
        if self.logs_requests:
            self._log(measured, status, size, phases, is_hit=is_hit)

    def _log(self, measured: Measured, status: int, size: int, phases: tuple[int, ...], *, is_hit: bool) -> None:
        fields = {
            "request": measured.id,
            "method": measured.method[:LONGEST_METHOD],
            "class": CLASSES[measured.kind],
            "path": measured.path[:LONGEST_PATH],
            "status": status,
            "bytes": size,
            "cached": is_hit,
            "milliseconds": {name: round(spent / 1e6, 3) for name, spent in zip(PHASES, phases, strict=False)},
        }
        REQUESTS.info("request", extra={"fields": fields})


def _duration(timing: str, name: str) -> int:
    """The nanoseconds of the metric *name* in a ``Server-Timing`` header of ours; none where it is not there."""
    _, _, rest = timing.partition(f"{name};dur=")
    try:
        return max(0, int(float(rest.partition(",")[0]) * 1e6)) if rest else 0
    except ValueError:
        return 0
