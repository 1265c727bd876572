"""A client that asks an RSGI application within this process, as Flask's test client asks Flask."""

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response


class _Given:
    """The headers of a request, as granian gives them: by lower-case name, as text."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._values = {name.lower(): value for name, value in headers.items()}

    def get(self, name: str) -> str | None:
        return self._values.get(name)

    def get_all(self, name: str) -> list[str]:
        return [self._values[name]] if name in self._values else []

    def keys(self) -> list[str]:
        return list(self._values)


class _Protocol:
    """One request's body and what is answered to it."""

    def __init__(self, body: bytes, has_left: asyncio.Event) -> None:
        self._body = body
        self._has_left = has_left
        self.answer: tuple[int, list[tuple[str, str]], bytes] | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._body), 65_536):
            yield self._body[start : start + 65_536]

    async def client_disconnect(self) -> None:
        await self._has_left.wait()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answer = status, headers, body

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.answer = status, headers, b""


class Received(Response):
    """An answer."""

    @property
    def text(self) -> str:
        """Its body as text."""
        return self.get_data(as_text=True)


class RsgiClient:
    """Asks *application*, in an event loop of its own until closed."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

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
        path_info: str | None = None,
    ) -> Received | None:
        """The answer to the host *client*; None where it has hung up after *stays* seconds.

        *path_info* is a path that stands in no address.
        """
        asked = urlsplit(path)
        text = query_string if isinstance(query_string, str) else urlencode(query_string)
        given = {"Host": "localhost", **(headers or {})} | ({"Content-Type": content_type} if content_type else {})
        scope = SimpleNamespace(
            proto="http",
            http_version="1.1",
            scheme="http",
            method=method,
            path=unquote(asked.path) if path_info is None else path_info,
            query_string=text or asked.query,
            headers=_Given(given),
            authority=None,
            client=f"{client}:50000",
            server="127.0.0.1:8000",
        )
        body = data.encode() if isinstance(data, str) else data
        answer = asyncio.run_coroutine_threadsafe(self._answer(scope, body, stays), self.loop).result()
        if answer is None:
            return None
        response = Received(answer[2], answer[0])
        # As they were sent: werkzeug would count what HEAD leaves out.
        response.headers = Headers(answer[1])
        return response

    def get(self, path: str, **options: Any) -> Received:
        """See open."""
        answer = self.open(path, **options)
        assert answer
        return answer

    def head(self, path: str, **options: Any) -> Received:
        """See open."""
        return self.get(path, method="HEAD", **options)

    def post(self, path: str, **options: Any) -> Received:
        """See open."""
        return self.get(path, method="POST", **options)

    def close(self) -> None:
        """End the event loop, once what has been closed has ended."""
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    async def _answer(
        self, scope: SimpleNamespace, body: bytes, stays: float | None
    ) -> tuple[int, list[tuple[str, str]], bytes] | None:
        has_left = asyncio.Event()
        protocol = _Protocol(body, has_left)
        if stays is not None:
            asyncio.get_running_loop().call_later(stays, has_left.set)
        await self.application.__rsgi__(scope, protocol)
        return protocol.answer
