"""A request to the event loop's server as a WSGI application sees it, and the application's whole answer.

It may not change either.
"""

import io
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

Headers = Mapping[bytes, bytes]
"""A request's headers by lower-case name."""


class Environ(dict[str, Any]):
    """A WSGI environment that notes in *read* what the application looks up: the answer depends on nothing else."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        super().__init__(given)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        """See dict."""
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """See dict."""
        self.read.add(name)
        return super().get(name, default)


def joined(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The headers *pairs* of an ASGI scope, those of one name as one (RFC 9110, section 5.3)."""
    headers: dict[bytes, bytes] = {}
    for name, value in pairs:
        before = headers.get(name)
        headers[name] = value if before is None else before + (b"; " if name == b"cookie" else b", ") + value
    return headers


def environ_of(scope: Any, headers: Headers, body: bytes, scheme: str) -> Environ:
    """The WSGI environment (PEP 3333) of the ASGI *scope* with *headers* and *body*, which its client sent by *scheme*.

    WSGI has bytes as Latin-1.
    """
    host, port = scope["server"]
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0] if scope["client"] else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        # WSGI writes both as an underscore, so that one could pass for the other.
        if b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value.decode("latin-1")
    # A body that came in pieces has a length now.
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ["CONTENT_LENGTH"] = str(len(body))
    return Environ(environ)


def call(application: "WSGIApplication", environ: "WSGIEnvironment") -> tuple[int, list[tuple[str, str]], bytes]:
    """The status, the headers and the body of what *application* answers."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
        begun.append((status, headers))
        return lambda _: None

    parts = application(environ, start)
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    status, headers = begun[-1]
    return int(status[:3]), headers, body
