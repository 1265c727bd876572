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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from werkzeug.datastructures import Headers
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


@dataclass
class Kept:
    """One answer: *compressed* is its body for clients that accept gzip, made when the first one asks."""

    status: str
    headers: Headers
    body: bytes
    compressed: bytes | None = field(default=None)

    @property
    def size(self) -> int:
        """Bytes held."""
        return len(self.body) + len(self.compressed or b"")

    @property
    def can_be_compressed(self) -> bool:
        """Whether compressing saves anything."""
        kind = self.headers.get("Content-Type", "")
        return len(self.body) >= MIN_COMPRESSED and kind.startswith(_COMPRESSED_TYPES)


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
        kept = self._find(key)
        is_hit = kept is not None
        return self._answer(kept or self._asked_once(key, environ), environ, start_response, is_hit=is_hit)

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
            self._keep(key, kept)
            mine.set_result(kept)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._under_way[key]
        return kept

    def _find(self, key: tuple[str, ...]) -> Kept | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def _ask(self, environ: "WSGIEnvironment") -> Kept:
        """The application's whole answer, as to a client that knows nothing yet."""
        asked = {k: v for k, v in environ.items() if k not in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")}
        if asked["REQUEST_METHOD"] == "HEAD":
            asked["REQUEST_METHOD"] = "GET"
        begun: list[tuple[str, Headers]] = []

        def start(status: str, headers: list[tuple[str, str]], _info: object = None) -> Callable[[bytes], object]:
            begun.append((status, Headers(headers)))
            return lambda _: None

        parts = self._application(asked, start)
        try:
            body = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close:
                close()
        return Kept(*begun[-1], body)

    def _keep(self, key: tuple[str, ...], kept: Kept) -> None:
        if not kept.status.startswith("200") or "public" not in kept.headers.get("Cache-Control", ""):
            return
        with self._lock:
            self._kept[key] = kept
            self._size += kept.size
            self._shrink()

    def _shrink(self) -> None:
        """Let the least used go until the rest fits; the caller holds the lock."""
        while self._size > self._max_bytes and self._kept:
            _, gone = self._kept.popitem(last=False)
            self._size -= gone.size

    def _compressed(self, kept: Kept) -> bytes:
        body = kept.compressed
        if body is None:
            # A low level: pages shrink to a fifth at a fraction of the highest level's cost.
            body = gzip.compress(kept.body, compresslevel=5, mtime=0)
            with self._lock:
                if kept.compressed is None and any(held is kept for held in self._kept.values()):
                    kept.compressed = body
                    self._size += len(body)
                    self._shrink()
        return body

    def _answer(
        self, kept: Kept, environ: "WSGIEnvironment", start_response: "StartResponse", *, is_hit: bool
    ) -> Iterable[bytes]:
        """*kept* as this client wants it: compressed, by 304, without body for HEAD."""
        headers, body = Headers(kept.headers), kept.body
        if is_hit:
            headers["Server-Timing"] = "cache;desc=hit"
        etag = headers.get("ETag", "").strip('"')
        if kept.can_be_compressed:
            headers.add("Vary", "Accept-Encoding")
            if parse_accept_header(environ.get("HTTP_ACCEPT_ENCODING", ""))["gzip"]:
                body = self._compressed(kept)
                headers["Content-Encoding"] = "gzip"
                if etag:
                    etag += "-gzip"
                    headers["ETag"] = f'"{etag}"'
        status = kept.status
        if etag and parse_etags(environ.get("HTTP_IF_NONE_MATCH", "")).contains(etag):
            status, body = "304 NOT MODIFIED", b""
            headers.remove("Content-Type")
            headers.remove("Content-Length")
        else:
            headers["Content-Length"] = str(len(body))
        start_response(status, list(headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


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
    names = ("HTTP_HOST", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "CONTENT_TYPE")
    return (method, body, *(environ.get(name) or "" for name in names), environ.get("wsgi.url_scheme", ""))
