"""What stands before Flask: it gives kept answers again, has queries answered by lent workers, and hands on the rest.

Flask costs more than a small query does, and a thread that waits for an answer cannot see that its client has hung up;
so this is an application of the event loop (RSGI), and all that takes time is done elsewhere. It may not decide what is
answered, only whether it is known already.
"""

import asyncio
import hashlib
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Final

from flask import Flask

from workplan.engine.leases import ClientGone, LeasedWorkers
from workplan.model.errors import WorkplanError
from workplan.operation.figures import Figures
from workplan.operation.logs import REQUEST_ID
from workplan.operation.slow_queries import note

from .answers import HIT, Answer, AnswerCache, Key
from .bridge import call, environ_of
from .headers import HEADERS
from .measures import Measured, Measures
from .service import Service
from .sparql import ADDRESS, CORS, FAILURE, MAX_REQUEST_BYTES, headers_of, prepare

MAX_READ: Final = 8 * 1024
"""Bytes of a query that the event loop reads itself; a longer one is read by a thread, for others wait meanwhile."""

MAX_KEPT_QUERY: Final = 64 * 1024
"""Bytes of a POST whose answer is kept: a longer query is rarely asked twice."""

MAX_COMPRESSED: Final = 64 * 1024
"""Bytes that the event loop compresses itself."""

THREADS: Final = 32
"""For pages: nearly all of their time is spent waiting for queries."""

_QUERY: Final = re.compile(r"(?:^|&)query=")
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]+)?|\[[0-9A-Fa-f:.]+\](?::[0-9]+)?")
_ALWAYS: Final = (*HEADERS.items(), *CORS.items())
_CONDITIONS: Final = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


class Site:
    """What answers for one release: Flask's *app* and, where there is a pool, its *workers*.

    *busy* counts the requests under way.
    """

    def __init__(self, app: Flask, workers: LeasedWorkers | None = None) -> None:
        self.app = app
        self.service: Service = app.extensions["workplan"]
        self.workers = workers
        self.cache = AnswerCache() if self.service.version else None
        self.under_way: dict[Key, asyncio.Future[Answer]] = {}
        self.busy = 0

    def close(self) -> None:
        """Let go of all that it holds."""
        self.service.engine.close()
        if self.workers:
            self.workers.close()


class Front:
    """The RSGI application over *site*, in whose place another may come at any time; it counts in *figures*."""

    def __init__(self, site: Site, figures: Figures) -> None:
        self._threads = ThreadPoolExecutor(THREADS)
        self._figures = figures
        self.take_up(site)

    def take_up(self, site: Site) -> None:
        """Have *site* answer what comes from now on."""
        config = site.service.config
        # Before the site, whose requests they are to measure and to trust.
        self._measures = Measures(self._figures, logs_requests=config.logs_requests)
        self._trusted = config.trusted_proxies
        self._site = site

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        measured = self._measures.begin(scope.method, scope.path, scope.headers.get("x-request-id"))
        site = self._site
        site.busy += 1
        try:
            await self._respond(site, scope, protocol, measured)
        except ClientGone:
            self._measures.hung_up(measured)
        finally:
            site.busy -= 1

    async def _respond(self, site: Site, scope: Any, protocol: Any, measured: Measured) -> None:
        get = scope.headers.get
        scheme = scope.scheme
        if self._trusted and scope.client.rpartition(":")[0] in self._trusted:
            forwarded = get("x-forwarded-proto")
            scheme = forwarded if forwarded in ("http", "https") else scheme
        body = b"" if scope.method in ("GET", "HEAD") else await _body(protocol)
        key = _key(scope, scheme, body) if site.cache else None
        answer = site.cache.find(key) if site.cache and key else None
        is_hit = answer is not None
        if answer is None:
            request = _Request(scope, protocol, body, scheme, measured.id)
            answer = await (self._ask_once(site, key, request) if key else self._ask(site, request))
        coding = answer.coding_for(get("accept-encoding") or "")
        if coding not in answer.forms:
            await self._compress(answer, coding)
            if site.cache and key:
                site.cache.keep(key, answer)
        status, size = _send(scope, protocol, answer, coding, measured.id, is_hit=is_hit)
        state = site.cache.state() if site.cache and answer.is_public and not is_hit else None
        self._measures.end(measured, status, size, answer.timing, is_hit=is_hit, cache=state)

    async def _compress(self, answer: Answer, coding: str) -> None:
        if answer.size <= MAX_COMPRESSED:
            answer.compress(coding)
        else:
            await asyncio.get_running_loop().run_in_executor(self._threads, answer.compress, coding)

    async def _ask_once(self, site: Site, key: Key, request: "_Request") -> Answer:
        """The answer to *request*, shared by all who ask the same while it is made, kept or not."""
        while (theirs := site.under_way.get(key)) is not None:
            try:
                return await asyncio.shield(theirs)
            except ClientGone:
                # Who asked first has left, and with him went the query.
                continue
        mine = site.under_way[key] = asyncio.get_running_loop().create_future()
        try:
            answer = await self._ask(site, request)
        except BaseException as error:
            mine.set_exception(error)
            # Where nobody else waits nobody is told.
            mine.exception()
            raise
        else:
            mine.set_result(answer)
            if site.cache:
                site.cache.keep(key, answer)
            return answer
        finally:
            del site.under_way[key]

    async def _ask(self, site: Site, request: "_Request") -> Answer:
        """The answer to *request*: a lent worker's, or Flask's."""
        failure = None
        if site.workers and request.is_plain_query:
            try:
                return await _queried(site, site.workers, request)
            except ClientGone:
                raise
            except Exception as error:
                # One handler tells of every error, in the reader's language and as a page where that is wanted.
                failure = error
        environ = environ_of(request.scope, request.body, request.scheme)
        if request.scope.method == "HEAD":
            # What GET would be answered is known whole, and kept.
            environ["REQUEST_METHOD"] = "GET"
        if "HTTP_RANGE" not in environ:
            # The answer is wanted whole, for others who know nothing of it.
            for name in _CONDITIONS:
                environ.pop(name, None)
        if failure:
            environ[FAILURE] = failure
        context = copy_context()
        context.run(REQUEST_ID.set, request.id)
        loop = asyncio.get_running_loop()
        return Answer(*await loop.run_in_executor(self._threads, context.run, call, site.app, environ))


class _Request:
    """What is asked: the RSGI *scope* and *protocol*, the *body* read, the client's *scheme* and the request's *id*."""

    def __init__(self, scope: Any, protocol: Any, body: bytes, scheme: str, identifier: str) -> None:
        self.scope = scope
        self.protocol = protocol
        self.body = body
        self.scheme = scheme
        self.id = identifier
        self.host = scope.headers.get("host") or scope.authority or ""

    @property
    def is_plain_query(self) -> bool:
        """Whether this can be told for a query to the endpoint at a glance; Flask sees to what cannot."""
        scope = self.scope
        return (
            scope.path == ADDRESS
            and len(scope.query_string) + len(self.body) <= MAX_READ
            and bool(_HOST.fullmatch(self.host))
            and (
                scope.method == "POST" or (scope.method in ("GET", "HEAD") and bool(_QUERY.search(scope.query_string)))
            )
        )


def _send(scope: Any, protocol: Any, answer: Answer, coding: str, identifier: str, *, is_hit: bool) -> tuple[int, int]:
    """Send *answer* as this client wants it: in *coding*, by 304, without body for HEAD; the status and bytes sent."""
    headers, body, _ = answer.forms[coding]
    status = answer.status
    headers = [*headers, ("X-Request-ID", identifier)]
    if is_hit:
        headers.append(HIT)
    elif answer.timing:
        headers.append(("Server-Timing", answer.timing))
    known = scope.headers.get("if-none-match")
    if known and status == 200 and answer.is_known(known, coding):  # RFC 9110, section 13.1.2
        status, body = 304, b""
        headers = [pair for pair in headers if pair[0] not in ("Content-Type", "Content-Length")]
    if not body or scope.method == "HEAD":
        protocol.response_empty(status, headers)
        return status, 0
    protocol.response_bytes(status, headers, body)
    return status, len(body)


async def _queried(site: Site, workers: LeasedWorkers, request: _Request) -> Answer:
    """A worker's answer to the query that *request* asks."""
    scope = request.scope
    get = scope.headers.get
    asked, form = prepare(
        site.service,
        scope.method,
        get("content-type"),
        scope.query_string.encode(),
        request.body,
        f"{request.scheme}://{request.host}{ADDRESS}",
        get("accept"),
    )
    started = time.perf_counter()
    result, failure = None, None
    try:
        result = await workers.run(asked.query, form, request.protocol.client_disconnect)
    except WorkplanError as error:
        failure = error
        error.query = asked.query.text
        raise
    finally:
        REQUEST_ID.set(request.id)
        note(asked.query, time.perf_counter() - started, site.service.config.slow_query, result, failure)
    headers = headers_of(site.service, asked, form, result, time.perf_counter() - started)
    return Answer(200, [*headers, *_ALWAYS], result.body)


async def _body(protocol: Any) -> bytes:
    """What the client sends, as far as any application here takes it."""
    body = bytearray()
    async for part in protocol:
        body += part
        if len(body) > MAX_REQUEST_BYTES:
            break
    return bytes(body)


def _key(scope: Any, scheme: str, body: bytes) -> Key | None:
    """What tells one answer from another; None for a request whose answer is never kept."""
    method = scope.method
    get = scope.headers.get
    if method == "HEAD":
        method = "GET"
    elif method not in ("GET", "POST") or len(body) > MAX_KEPT_QUERY:
        return None
    if get("range"):
        return None
    return (
        method,
        hashlib.sha256(body).hexdigest() if body else "",
        get("content-type") or "" if body else "",
        scheme,
        get("host") or scope.authority or "",
        scope.path,
        scope.query_string,
        get("accept") or "",
        get("accept-language") or "",
    )
