"""Answers kept in memory by release, given again before Flask is asked.

A release never changes and a process serves one, so nothing here ever grows stale; only the least used go when there
are too many. It may not keep what the application does not call public, nor an error.
"""

import gzip
import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from functools import lru_cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import brotli
from werkzeug.http import parse_accept_header, parse_etags

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_BYTES: Final = 64 * 1024 * 1024
"""Bytes of all bodies kept, compressed ones too."""

MAX_KEPT_QUERY: Final = 64 * 1024
"""Bytes of a POST whose answer is kept: a longer query is rarely asked twice."""

MIN_COMPRESSED: Final = 1024
"""Bytes below which compression saves nothing."""

_COMPRESSED_TYPES: Final = (
    "text/",
    "application/json",
    "application/ld+json",
    "application/rdf+xml",
    "application/n-",
    "application/trig",
    "application/sparql-results",
    "application/problem+json",
    "image/svg",
)
"""How the media types begin of which compression makes less."""

# Low levels: pages shrink to a fifth at a fraction of the highest level's cost.
_CODINGS: Final = MappingProxyType(
    {
        "br": partial(brotli.compress, quality=4),
        "gzip": partial(gzip.compress, compresslevel=5, mtime=0),
    }
)
"""How a body is compressed, by the name of the coding, the best first."""

_HIT: Final = ("Server-Timing", "cache;desc=hit")

_Headers = list[tuple[str, str]]


class Kept:
    """One answer in all the codings that clients have asked for so far."""

    def __init__(self, status: str, headers: _Headers, body: bytes) -> None:
        # How long it took is true of the first time only.
        self.timing = [pair for pair in headers if pair[0] == _HIT[0]]
        self.status = status
        named = {name.lower(): value for name, value in headers}
        self.is_public = status.startswith("200") and "public" in named.get("cache-control", "")
        self.can_be_compressed = (
            len(body) >= MIN_COMPRESSED
            and "content-encoding" not in named
            and named.get("content-type", "").startswith(_COMPRESSED_TYPES)
        )
        self._etag = named.get("etag", "").strip('"')
        self._headers = [pair for pair in headers if pair[0].lower() not in ("server-timing", "etag", "content-length")]
        if self.can_be_compressed:
            self._headers.append(("Vary", "Accept-Encoding"))
        self.forms = {"": self._form("", body)}
        self.counted = 0

    def compress(self, coding: str) -> None:
        """Make the form in *coding*."""
        self.forms[coding] = self._form(coding, _CODINGS[coding](self.forms[""][1]))

    @property
    def size(self) -> int:
        """Bytes held; *counted* is what the cache knows of."""
        return sum(len(body) for _, body, _ in list(self.forms.values()))

    def _form(self, coding: str, body: bytes) -> tuple[_Headers, bytes, str]:
        """The headers of a hit, the *body* and its tag."""
        etag = self._etag and (f"{self._etag}-{coding}" if coding else self._etag)
        headers = [*self._headers, ("Content-Length", str(len(body)))]
        if etag:
            headers.append(("ETag", f'"{etag}"'))
        if coding:
            headers.append(("Content-Encoding", coding))
        return [*headers, _HIT], body, etag


class ResponseCache:
    """A WSGI layer over *application*; equal requests that come together are answered by one."""

    def __init__(self, application: "WSGIApplication", max_bytes: int = MAX_BYTES) -> None:
        self._application = application
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[str, ...], Kept] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        self._under_way: dict[tuple[str, ...], Future[Kept]] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer from what is kept, or ask the application."""
        key = _key(environ)
        if key is None:
            return self._application(environ, start_response)
        # Both steps are atomic, so that hits wait for nobody.
        kept = self._kept.get(key)
        if kept is None:
            return self._give(key, self._asked_once(key, environ), environ, start_response, is_hit=False)
        with suppress(KeyError):  # another thread may just have let it go
            self._kept.move_to_end(key)
        return self._give(key, kept, environ, start_response, is_hit=True)

    def state(self) -> dict[str, int]:
        """How many ``entries`` are kept, and their ``bytes``."""
        return {"entries": len(self._kept), "bytes": self._size}

    def _asked_once(self, key: tuple[str, ...], environ: "WSGIEnvironment") -> Kept:
        """The application's answer, shared by all who ask the same while it is made, kept or not."""
        mine: Future[Kept] = Future()
        with self._lock:
            # Another may have finished since this one looked.
            if (kept := self._kept.get(key)) is not None:
                return kept
            theirs = self._under_way.setdefault(key, mine)
        if theirs is not mine:
            return theirs.result()
        try:
            kept = self._ask(environ)
            if kept.is_public:
                with self._lock:
                    self._kept[key] = kept
                self._count(key, kept)
            mine.set_result(kept)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._under_way[key]
        return kept

    def _ask(self, environ: "WSGIEnvironment") -> Kept:
        """The application's whole answer, as to a client that knows nothing yet."""
        asked = {k: v for k, v in environ.items() if k not in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")}
        if asked["REQUEST_METHOD"] == "HEAD":
            asked["REQUEST_METHOD"] = "GET"
        begun: list[tuple[str, _Headers]] = []

        def start(status: str, headers: _Headers, _info: object = None) -> Callable[[bytes], object]:
            begun.append((status, headers))
            return lambda _: None

        parts = self._application(asked, start)
        try:
            body = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close:
                close()
        return Kept(*begun[-1], body)

    def _count(self, key: tuple[str, ...], kept: Kept) -> None:
        """Make room for what has been added to *kept*: the least used go."""
        with self._lock:
            if self._kept.get(key) is not kept:
                return
            added, kept.counted = kept.size - kept.counted, kept.size
            self._size += added
            while self._size > self._max_bytes and self._kept:
                _, gone = self._kept.popitem(last=False)
                self._size -= gone.counted

    def _give(
        self,
        key: tuple[str, ...],
        kept: Kept,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        *,
        is_hit: bool,
    ) -> Iterable[bytes]:
        """*kept* as this client wants it: compressed, by 304, without body for HEAD."""
        coding = _coding(environ.get("HTTP_ACCEPT_ENCODING") or "") if kept.can_be_compressed else ""
        if coding not in kept.forms:
            # A few equal requests may do it twice; that is cheaper than a lock for each answer.
            kept.compress(coding)
            self._count(key, kept)
        headers, body, etag = kept.forms[coding]
        status = kept.status
        if not is_hit:
            headers = [*headers[:-1], *kept.timing]
        if etag and "HTTP_IF_NONE_MATCH" in environ and parse_etags(environ["HTTP_IF_NONE_MATCH"]).contains_weak(etag):
            status = "304 NOT MODIFIED"
            headers = [pair for pair in headers if pair[0] not in ("Content-Type", "Content-Length")]
            body = b""
        start_response(status, headers)
        return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)


@lru_cache(maxsize=256)
def _coding(accepted: str) -> str:
    """The best coding that the header ``Accept-Encoding`` *accepted* allows; none as an empty word."""
    allowed = parse_accept_header(accepted)
    return max(_CODINGS, key=lambda coding: allowed[coding]) if any(allowed[c] for c in _CODINGS) else ""


def _key(environ: "WSGIEnvironment") -> tuple[str, ...] | None:
    """What tells one answer from another; None for a request whose answer is never kept."""
    method = environ["REQUEST_METHOD"]
    body = ""
    if method == "POST":
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isdecimal() or int(length) > MAX_KEPT_QUERY:
            return None
        content = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(content)
        body = hashlib.sha256(content).hexdigest()
    elif method not in ("GET", "HEAD"):
        return None
    else:
        method = "GET"
    get = environ.get
    return (
        method,
        body,
        get("HTTP_HOST", ""),
        get("PATH_INFO", ""),
        get("QUERY_STRING", ""),
        get("HTTP_ACCEPT", ""),
        get("HTTP_ACCEPT_LANGUAGE", ""),
        get("CONTENT_TYPE", ""),
        get("wsgi.url_scheme", ""),
    )
