"""What stands before Flask: it gives kept answers again, has queries answered by lent workers, and hands on the rest.

Flask costs more than a small query does, and a thread that waits for an answer cannot see that its client has hung up;
so this is an application of the event loop (ASGI), and all that takes time is done elsewhere. It may not decide what is
answered, only whether it is known already.
"""

import asyncio
import hashlib
import re
import time
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from functools import partial
from typing import Any, Final

from flask import Flask

from workplan.engine.leases import LeasedWorkers
from workplan.engine.pooled import ASKER, Asker, ClientGone
from workplan.model.errors import ServiceBusy, WorkplanError
from workplan.operation.figures import Figures
from workplan.operation.logs import REQUEST_ID
from workplan.operation.slow_queries import Watch

from .answers import HIT, MAX_KEY, Answer, AnswerCache, Form, Key, Wanted, lines
from .bridge import Environ, Headers, call, environ_of, joined
from .cors import CORS
from .errors import FAILURE
from .headers import HEADERS
from .incoming import IGNORED
from .lanes import ROOM, Lane, Work, work_of
from .limits import MAX_BODY
from .measures import HUNG_UP, Measured, Measures
from .releases import sources_of
from .service import Service
from .sparql import ADDRESS, PARAMETERS, headers_of, prepare
from .strangers import Strangers, names_in

MAX_READ: Final = 8 * 1024
"""Bytes of a query and of the formats wanted that the event loop reads itself, for others wait; a thread reads more."""

MAX_KEPT_QUERY: Final = 64 * 1024
"""Bytes of a POST whose answer is kept: a longer query is rarely asked twice."""

MAX_COMPRESSED: Final = 64 * 1024
"""Bytes that the event loop compresses itself."""

PUT_OFF_SECONDS: Final = 0.75
"""How long who finds no room is kept waiting for the refusal, so that asking again at once does no more harm."""

_QUERY: Final = re.compile(rb"(?:^|&)query=")
_ALWAYS: Final = (*HEADERS.items(), *CORS.items())
_KEPT: Final = ("GET", "HEAD", "POST")
_OF_WHOLE: Final = (
    *("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"),
    *("HTTP_RANGE", "HTTP_IF_RANGE"),
)
"""Headers that Flask is not shown: its answer is wanted whole, for others who know nothing of it."""

SEND_WHOLE: Final = "workplan.whole"
"""What a connection calls its way to send a whole answer, among the extensions of an ASGI scope."""

Receive = Callable[[], Awaitable[Any]]


class Site:
    """What answers for one release: Flask's *app* and, where there is a pool, its *workers*.

    *busy* counts the requests under way.
    """

    def __init__(self, app: Flask, workers: LeasedWorkers | None = None) -> None:
        self.app = app
        self.service: Service = app.extensions["workplan"]
        self.workers = workers
        self.cache = AnswerCache() if self.service.version else None
        self.under_way: dict[tuple[Key, Wanted], asyncio.Future[Answer]] = {}
        self.busy = 0

    def close(self) -> None:
        """Let go of all that it holds."""
        sources_of(self.app).close()
        self.service.engine.close()
        if self.workers:
            self.workers.close()


class Front:
    """The ASGI application over *site*, in whose place another may come at any time; it counts in *figures*."""

    def __init__(self, site: Site, figures: Figures) -> None:
        self._lanes = {kind: Lane(*room) for kind, room in ROOM.items()}
        self._strangers = Strangers()
        self._figures = figures
        self.take_up(site)

    def take_up(self, site: Site) -> None:
        """Have *site* answer what comes from now on."""
        config = site.service.config
        # Before the site, whose requests they are to measure and to trust.
        self._measures = Measures(self._figures, logs_requests=config.logs_requests)
        self._trusted = config.trusted_proxies
        self._site = site
        if site.cache:
            self._measures.note_kept(site.cache.state())

    def give_again(self, target: bytes, headers: Headers, scheme: str, client: str) -> tuple[bytes, bytes] | None:
        """The answer kept for a plain GET of *target* by the host *client*: its header lines and its body.

        None where there is none and where all of the front is needed.
        """
        cache = self._site.cache
        if cache is None or len(target) > MAX_KEY:
            return None
        started = time.perf_counter_ns()
        scheme = self._scheme(scheme, client, headers)
        answer = cache.find(_key("GET", target, headers, scheme, b""), _wanted(headers))
        if answer is None:
            return None
        form = answer.forms.get(answer.coding_for(headers.get(b"accept-encoding", b"")))
        if form is None:
            return None
        identifier = self._measures.given_again(target, len(form.body), headers.get(b"x-request-id"), started)
        return _head(form, identifier, HIT), form.body

    async def __call__(self, scope: Any, receive: Receive, _: object) -> None:
        """Answer one request (https://asgi.readthedocs.io/en/latest/specs/www.html).

        ASGI sends the head of an answer and its body one after the other, which wakes the client twice; so an answer
        goes by what the connection lends in *scope* instead.
        """
        headers = joined(scope["headers"])
        measured = self._measures.begin(scope["method"], scope["path"], headers.get(b"x-request-id"))
        REQUEST_ID.set(measured.id)
        site = self._site
        site.busy += 1
        try:
            await self._respond(site, scope, headers, receive, measured)
        except ClientGone:
            self._measures.hung_up(measured)
        except Exception:
            self._measures.failed(measured)
            raise
        finally:
            site.busy -= 1

    def _scheme(self, scheme: str, client: str, headers: Headers) -> str:
        """By what the client came: *scheme*, or what a trusted proxy tells."""
        if self._trusted and client in self._trusted:
            forwarded = headers.get(b"x-forwarded-proto")
            if forwarded in (b"http", b"https"):
                return forwarded.decode()
        return scheme

    async def _respond(self, site: Site, scope: Any, headers: Headers, receive: Receive, measured: Measured) -> None:
        method = scope["method"]
        scheme = self._scheme(scope["scheme"], scope["client"][0] if scope["client"] else "", headers)
        body = await _body(receive)
        request = _Request(scope, headers, body, scheme, receive)
        request.is_known = self._strangers.knows_host(request.host)
        key, wanted = None, _wanted(headers)
        if site.cache and method in _KEPT and len(body) <= MAX_KEPT_QUERY:
            key = _key(method, _target(scope), headers, scheme, body)
            if sum(map(len, key)) + sum(map(len, wanted)) > MAX_KEY:
                key = None
        answer = site.cache.find(key, wanted) if site.cache and key else None
        is_hit = answer is not None
        if answer is None:
            answer = await (self._ask_once(site, key, wanted, request) if key else self._ask(site, request))
        coding = answer.coding_for(headers.get(b"accept-encoding", b""))
        if coding not in answer.forms:
            await self._compress(answer, coding)
            self._keep(site, key, wanted, answer)
        status, head, body = _as_wanted(answer, coding, headers, measured.id, is_hit=is_hit)
        if method == "HEAD":
            body = b""
        await scope["extensions"][SEND_WHOLE](status, head, body)
        is_miss = bool(site.cache) and answer.is_public and not is_hit
        self._measures.end(measured, status, len(body), answer.timing, is_hit=is_hit, is_miss=is_miss)

    def _keep(self, site: Site, key: Key | None, wanted: Wanted, answer: Answer) -> None:
        """Keep *answer* at *site*, where it may be kept."""
        if site.cache is None or key is None:
            return
        site.cache.keep(key, wanted, answer)
        if site is self._site:
            self._measures.note_kept(site.cache.state())

    async def _compress(self, answer: Answer, coding: str) -> None:
        if answer.size <= MAX_COMPRESSED:
            answer.compress(coding)
        else:
            await self._lanes[Work.COMPRESSION].run(partial(answer.compress, coding))

    async def _ask_once(self, site: Site, key: Key, wanted: Wanted, request: "_Request") -> Answer:
        """The answer to *request*, shared by all who ask the same while it is made, unless each has one of his own."""
        asked = key, wanted
        while (theirs := site.under_way.get(asked)) is not None:
            try:
                answer = await asyncio.shield(theirs)
            except ClientGone:
                # Who asked first has left, and with him went the query.
                continue
            return await self._ask(site, request) if answer.is_fleeting else answer
        mine = site.under_way[asked] = asyncio.get_running_loop().create_future()
        try:
            answer = await self._ask(site, request)
        except BaseException as error:
            mine.set_exception(error)
            # Where nobody else waits nobody is told.
            mine.exception()
            raise
        else:
            mine.set_result(answer)
            self._keep(site, key, wanted, answer)
            return answer
        finally:
            del site.under_way[asked]

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
        environ = environ_of(request.scope, request.headers, request.body, request.scheme)
        if environ["REQUEST_METHOD"] == "HEAD":
            # What GET would be answered is known whole, and kept.
            environ["REQUEST_METHOD"] = "GET"
        for name in _OF_WHOLE:
            environ.pop(name, None)
        if failure:
            environ[FAILURE] = failure
        answered = await self._call(site, environ, request, Work.ERROR if failure else self._kind(request))
        query_string = request.scope["query_string"]
        is_heeded = request.is_query or not environ.get(IGNORED)
        heeds = "HTTP_ACCEPT" in environ.read, "HTTP_ACCEPT_LANGUAGE" in environ.read
        answer = Answer(*answered, heeds)
        if answer.is_public and is_heeded and not request.is_query:
            self._strangers.learn_names(query_string)
        # Nobody else will ask for what nobody asks for.
        answer.is_public = answer.is_public and is_heeded and request.is_usual
        return answer

    def _kind(self, request: "_Request") -> Work:
        """The kind of work that *request* makes."""
        if request.is_query:
            return Work.QUERY
        kind = work_of(request.scope["path"], request.scope["query_string"])
        is_familiar = request.is_known and self._strangers.knows_names(request.scope["query_string"])
        return Work.STRANGE if kind is Work.PAGE and not is_familiar else kind

    async def _call(
        self, site: Site, environ: Environ, request: "_Request", kind: Work
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """What Flask answers in a thread for this *kind* of work, unless the client leaves meanwhile."""
        asker = Asker()
        context = copy_context()
        context.run(ASKER.set, asker)
        leaving = asyncio.ensure_future(request.left())
        leaving.add_done_callback(lambda left: None if left.cancelled() else asker.leave())
        work = partial(context.run, call, site.app, environ)
        try:
            answered = await self._lanes[kind].run(work, leaving)
        except ServiceBusy as error:
            await asyncio.sleep(PUT_OFF_SECONDS)
            environ[FAILURE] = error
            answered = await self._lanes[Work.ERROR].run(work)
        except asyncio.CancelledError:
            if leaving.done() and not leaving.cancelled():
                raise ClientGone from None
            raise
        finally:
            leaving.cancel()
        if answered[0] == HUNG_UP:
            raise ClientGone
        return answered


class _Request:
    """What is asked: the ASGI *scope*, *headers* and *body*, and the client's *scheme*.

    *receive* tells when the client leaves; *is_known* whether it came by a name that this site is known by.
    """

    def __init__(self, scope: Any, headers: Headers, body: bytes, scheme: str, receive: Receive) -> None:
        self.scope = scope
        self.headers = headers
        self.body = body
        self.scheme = scheme
        self.host = headers.get(b"host", b"")
        self.is_known = True
        self._receive = receive

    @property
    def is_query(self) -> bool:
        """Whether this asks the endpoint something."""
        scope = self.scope
        return scope["path"] == ADDRESS and (scope["method"] == "POST" or bool(_QUERY.search(scope["query_string"])))

    @property
    def is_usual(self) -> bool:
        """Whether somebody else may ask the same: by this host, and of the endpoint with its own parameters alone."""
        return self.is_known and (not self.is_query or names_in(self.scope["query_string"]) <= PARAMETERS)

    @property
    def is_plain_query(self) -> bool:
        """Whether this can be told for a query to the endpoint at a glance; Flask sees to what cannot."""
        scope = self.scope
        return (
            scope["path"] == ADDRESS
            and len(scope["query_string"]) + len(self.body) + len(self.headers.get(b"accept", b"")) <= MAX_READ
            and bool(self.host)
            and (
                scope["method"] == "POST"
                or (scope["method"] in ("GET", "HEAD") and bool(_QUERY.search(scope["query_string"])))
            )
        )

    def text(self, name: bytes) -> str | None:
        """The header *name*."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    async def left(self) -> None:
        """Come to an end when the client leaves."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


def _as_wanted(
    answer: Answer, coding: str, headers: Headers, identifier: str, *, is_hit: bool
) -> tuple[int, bytes, bytes]:
    """The status, header lines and body of *answer* in *coding*: 304 where the client has it (RFC 9110, 13.1.2)."""
    form, known = answer.forms[coding], headers.get(b"if-none-match")
    timing = HIT if is_hit else lines([("server-timing", answer.timing)]) if answer.timing else b""
    if known and answer.status == 200 and answer.is_known(known.decode("latin-1"), coding):
        return 304, _head(form._replace(about=b""), identifier, timing), b""
    return answer.status, _head(form, identifier, timing), form.body


def _head(form: Form, identifier: str, timing: bytes) -> bytes:
    return b"%b%b%bx-request-id: %b\r\n" % (form.head, form.about, timing, identifier.encode())


async def _queried(site: Site, workers: LeasedWorkers, request: _Request) -> Answer:
    """A worker's answer to the query that *request* asks."""
    scope = request.scope
    asked, form = prepare(
        site.service,
        scope["method"],
        request.text(b"content-type"),
        scope["query_string"],
        request.body,
        f"{request.scheme}://{request.host.decode()}{ADDRESS}",
        request.text(b"accept"),
    )
    started = time.perf_counter()
    try:
        with Watch(asked.query, site.service.config.slow_query) as watch:
            result = watch.result = await workers.run(asked.query, form, request.left)
    except WorkplanError as error:
        error.query = asked.query.text
        raise
    headers = headers_of(site.service, asked, form, result, time.perf_counter() - started)
    answer = Answer(200, [*headers, *_ALWAYS], result.body, (not asked.formats, False))
    answer.is_public = answer.is_public and request.is_usual
    return answer


async def _body(receive: Receive) -> bytes:
    """What the client sends, as far as any application here takes it. Raises ClientGone where it leaves meanwhile."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body") and len(body) <= MAX_BODY:
        message = await receive()
        body += message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise ClientGone
    return body


def _target(scope: Any) -> bytes:
    """The address that the ASGI *scope* asks for, as the client sent it."""
    path: bytes = scope["raw_path"]
    return path + b"?" + scope["query_string"] if scope["query_string"] else path


def _key(method: str, target: bytes, headers: Headers, scheme: str, body: bytes) -> Key:
    """What tells one address from another."""
    key = ("GET" if method == "HEAD" else method, target, scheme, headers.get(b"host", b"").lower())
    if method == "POST" or body:
        return (*key, hashlib.sha256(body).digest(), headers.get(b"content-type", b""))
    return key


def _wanted(headers: Headers) -> Wanted:
    """What the client accepts."""
    return headers.get(b"accept", b""), headers.get(b"accept-language", b"")
