"""The front at an address of this machine, by the connections that it has in service, and a client of it."""

import asyncio
import http.client
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from uvicorn import Config
from uvicorn.server import ServerState
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from workplan.operation.web_processes import SETTINGS
from workplan.web.connection import Connection
from workplan.web.front import Front


class Received(Response):
    """An answer."""

    @property
    def text(self) -> str:
        """Its body as text."""
        return self.get_data(as_text=True)


class Counting:
    """A WSGI application that says how often it was asked, over *application*."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application
        self.asked = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Count and pass on."""
        self.asked += 1
        return self.application(environ, start_response)


class FrontClient:
    """Asks *front*, each time by a connection of its own; it is served by an event loop until closed."""

    def __init__(self, front: Front) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        config = Config(front, http=Connection, **SETTINGS)
        config.load()
        self.state = ServerState()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(config), self.loop).result()
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def _listen(self, config: Config) -> asyncio.Server:
        make = partial(Connection, config, self.state, {}, None)
        return await self.loop.create_server(make, "127.0.0.1", 0)

    def connect(self, client: str = "127.0.0.1") -> socket.socket:
        """A connection from the host *client*, an address of the loopback range."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(client, 0))

    def open(
        self,
        path: str,
        method: str = "GET",
        query_string: str | Mapping[str, str] = "",
        headers: Mapping[str, str] | None = None,
        data: bytes | str = b"",
        content_type: str | None = None,
        stays: float | None = None,
        client: str = "127.0.0.1",
    ) -> Received | None:
        """The answer to the host *client*; None where it has hung up after *stays* seconds."""
        asked = urlsplit(path)
        text = query_string if isinstance(query_string, str) else urlencode(query_string)
        target = quote(asked.path, safe="/%") + (f"?{text or asked.query}" if text or asked.query else "")
        body = data.encode() if isinstance(data, str) else data
        given = {"Host": "localhost", "Connection": "close"}
        given |= {"Content-Length": str(len(body))} if body or method == "POST" else {}
        given |= {"Content-Type": content_type} if content_type else {}
        given |= headers or {}
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items()), "", ""]
        with self.connect(client) as connection:
            connection.sendall("\r\n".join(lines).encode("latin-1") + body)
            if stays is not None:
                connection.settimeout(stays)
            return received(connection, method)

    def get(self, path: str, **options: object) -> Received:
        """See open."""
        answer = self.open(path, **options)  # type: ignore[arg-type]  # passed on
        assert answer
        return answer

    def head(self, path: str, **options: object) -> Received:
        """See open."""
        return self.get(path, method="HEAD", **options)

    def post(self, path: str, **options: object) -> Received:
        """See open."""
        return self.get(path, method="POST", **options)

    def close(self) -> None:
        """End the event loop, once what has been closed has ended."""
        self.loop.call_soon_threadsafe(self._server.close)
        for connection in list(self.state.connections):
            self.loop.call_soon_threadsafe(connection.transport.abort)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.02), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class Reader:
    """What comes by *connection*, for one answer after another: http.client would close it after the first."""

    def __init__(self, connection: socket.socket) -> None:
        self._file = connection.makefile("rb")

    def makefile(self, _: str) -> "Reader":
        """See socket."""
        return self

    def close(self) -> None:
        """Leave the rest for the next answer."""

    def __getattr__(self, name: str) -> object:
        """See io.BufferedReader."""
        return getattr(self._file, name)


def received(connection: "socket.socket | Reader", method: str = "GET") -> Received | None:
    """The next answer that comes by *connection*; None where none comes in its time."""
    answer = http.client.HTTPResponse(connection, method=method)  # type: ignore[arg-type]  # makefile is all it needs
    try:
        answer.begin()
    except TimeoutError:
        return None
    response = Received(answer.read(), answer.status)
    # As they were sent: werkzeug would count what HEAD leaves out.
    response.headers = Headers(answer.getheaders())
    return response
