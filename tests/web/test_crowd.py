"""Many who ask for much: what they hold of the service's threads and memory, and what is left for everybody else."""

import re
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from conftest import wait_for
from kinds import PAGES
from processes import descendants, eventually, resident_bytes
from served import Counting, FrontClient
from workplan.operation.figures import Figures
from workplan.release.build import Release
from workplan.web.answers import MAX_KEY
from workplan.web.errors import FAILURE
from workplan.web.front import Front, Site
from workplan.web.lanes import ROOM, Work, work_of
from workplan.web.strangers import ENOUGH, MOST_HOSTS, MOST_NAMES, Strangers

PLAN = "/ca/xmess/plan/2020"
FILES = (
    *("/data/xmess.ttl", "/graph/xmess/plan/2020/v1/stated", "/dump.nq", "/ns", "/shapes", "/context.jsonld"),
    *("/catalog.ttl", "/.well-known/void", "/sitemap.xml", "/robots.txt", "/openapi.json", "/quality.json"),
    *("/embed/team-load", "/oembed?url=http://localhost/ca/query/team-load", "/embed.js", "/static/style.css"),
    *("/query/team-load.csv", "/query/team-load.svg", "/search.json?q=pla", "/ca/picture.png"),
    *("/ca/picture/xmess.png", "/ca/picture/query/team-load.png", "/export/xmess/plan/2020.json"),
    *("/rdf-graph-store?default", "/sparql?query=ASK%7B%7D"),
)
"""An address of every kind that is no page."""


@pytest.fixture
def site(app: Flask) -> Site:
    """The site, without a pool."""
    return Site(app)


@pytest.fixture
def client(site: Site) -> Iterator[FrontClient]:
    """A client of the whole application."""
    client = FrontClient(Front(site, Figures()))
    yield client
    client.close()


def kept(site: Site) -> int:
    """How many answers are kept, those of one address each for itself."""
    assert site.cache
    return sum(len(each.answers) for kept in (site.cache._once, site.cache._again) for each in kept.values())


@pytest.mark.parametrize("path", [f"/ca/{path}" for path in PAGES] + list(FILES))
def test_what_has_no_say_in_an_answer_makes_no_other_one(client: FrontClient, site: Site, path: str) -> None:
    """No parameter that means nothing, no wish that cannot be met, no header that is not heeded."""
    first = client.get(path)
    before = kept(site)
    mark = "&" if "?" in path else "?"
    for n in range(3):
        answer = client.get(f"{path}{mark}nonsense-{n}=1")
        assert answer.status_code in (first.status_code, 400)
    assert kept(site) == before
    for n in range(20):
        client.get(path, headers={"Accept": f"*/*, x/y{n}", "Accept-Language": f"ca, x{n}", "Cookie": f"a={n}"})
    assert kept(site) <= max(before, 1) * 16


def test_a_long_address_is_not_kept(client: FrontClient, site: Site) -> None:
    """Nor shared while it is answered: its key would take more than most answers."""
    for padding, expected in ((100, 1), (MAX_KEY, 0)):
        before = kept(site)
        client.get("/sparql?query=ASK%7B%7D%23" + "a" * padding)
        assert kept(site) - before == expected


def test_what_is_asked_by_a_name_that_nobody_knows_is_not_kept(client: FrontClient, site: Site) -> None:
    """Until enough ask by it."""
    for n in range(MOST_HOSTS):
        client.get("/robots.txt", headers={"Host": f"known-{n}"})
    before = kept(site)
    for n in range(2 * ENOUGH):
        assert client.get("/robots.txt", headers={"Host": f"unknown-{n}"}).status_code == 200
    assert kept(site) == before
    for _ in range(ENOUGH):
        client.get("/robots.txt", headers={"Host": "new"})
    assert kept(site) == before + 1


def test_what_is_familiar_stays_so_whoever_comes() -> None:
    """A crowd of names takes no other's place."""
    strangers = Strangers()
    hosts = [b"%d" % n for n in range(MOST_HOSTS)]
    for host in hosts * 2:
        assert strangers.knows_host(host)
    assert not any(strangers.knows_host(b"x%d" % n) for n in range(10_000))
    assert all(strangers.knows_host(host) for host in hosts)
    strangers.learn_names(b"q=1&page=2")
    assert strangers.knows_names(b"page=x")
    assert not strangers.knows_names(b"page=x&fbclid=1")
    for n in range(2 * MOST_NAMES):
        strangers.learn_names(b"n%d" % n)
    assert not strangers.knows_names(b"n%d" % (2 * MOST_NAMES - 1))


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/ca/", Work.PAGE),
        ("/ca/query/team-load", Work.PAGE),
        ("/query/team-load.csv", Work.PAGE),
        ("/query/team-load.svg", Work.CHART),
        ("/releases/0123456789ab/query/team-load.png", Work.CHART),
        ("/oembed", Work.CHART),
        ("/en/picture.png", Work.PICTURE),
        ("/en/picture/xmess.png", Work.PICTURE),
        ("/query/team-load.xlsx", Work.FILE),
        ("/dump.ttl.gz", Work.FILE),
        ("/ca/query/team-load?release=0123456789ab", Work.PINNED),
        ("/releases/0123456789ab/dump.nq", Work.PINNED),
        ("/ca/sparql", Work.QUERY),
        ("/rdf-graph-store", Work.QUERY),
        ("/health/live", Work.LIVE),
        ("/health/ready", Work.READY),
        ("/metrics", Work.METRICS),
    ],
)
def test_each_kind_of_work_has_threads_of_its_own(address: str, kind: Work) -> None:
    """What takes long does not stand before what does not."""
    asked = urlsplit(address)

    assert work_of(asked.path, asked.query.encode()) is kind
    assert set(ROOM) == set(Work)


@contextmanager
def held(counting: Counting, path: str) -> Iterator[threading.Event]:
    """Have every request for *path* wait, until its event is set."""
    go_on = threading.Event()
    application = counting.application

    def wait(environ: dict[str, object], start: object) -> object:
        if str(environ["PATH_INFO"]).startswith(path) and FAILURE not in environ:
            go_on.wait(30)
        return application(environ, start)

    counting.application = wait  # type: ignore[assignment]
    try:
        yield go_on
    finally:
        go_on.set()
        counting.application = application


@pytest.fixture
def counting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Counting:
    """Flask's part, counted."""
    counting = Counting(app.wsgi_app)
    monkeypatch.setattr(app, "wsgi_app", counting)
    return counting


def ask(client: FrontClient, path: str, stack: ExitStack) -> socket.socket:
    """A connection by which *path* has been asked for."""
    connection = stack.enter_context(client.connect())
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    return connection


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/sparql?query=ASK%7B%7D%23{n}" + "x" * 9_000, Work.QUERY),
        ("/query/team-load.svg?width=4{n}", Work.CHART),
        ("/ca/picture/xmess.png", Work.PICTURE),
        ("/releases/{n:012x}/dump.nq", Work.PINNED),
        ("/dump.ttl?format={n}", Work.FILE),
        ("/es/?nobody-knows={n}", Work.STRANGE),
        ("/es/search?q={n}", Work.PAGE),
    ],
)
def test_who_watches_and_who_asks_for_something_else_is_answered(
    client: FrontClient, counting: Counting, path: str, kind: Work
) -> None:
    """Though every thread of one kind be held and as many wait as may; the next is put off in an honest sentence."""
    client.get("/es/search?q=all")
    threads, waiting = ROOM[kind]
    numbers = count(10)
    with held(counting, path.partition("?")[0].partition("{")[0]) as go_on, ExitStack() as stack:
        others = {kind: p for p, kind in ((PLAN, Work.PAGE), ("/es/?nobody-knows=1", Work.STRANGE))}
        crowd = [ask(client, path.format(n=next(numbers)), stack) for _ in range(min(threads + waiting, 200))]
        assert eventually(lambda: counting.asked > threads)
        for watched in ("/health/live", "/health/ready", "/metrics"):
            assert client.get(watched).status_code == 200
        for other, address in others.items():
            if other is not kind:
                assert client.get(f"{address}#{kind}").status_code == 200
        if threads + waiting <= 200 and kind is not Work.PICTURE:
            started = time.monotonic()
            answer = client.get(path.format(n=next(numbers)), headers={"Accept-Language": "en"})
            assert (answer.status_code, answer.get_json()["retry_after"]) == (503, int(answer.headers["Retry-After"]))
            assert f" {answer.headers['Retry-After']} " in answer.get_json()["detail"]
            assert time.monotonic() - started > 0.5
        go_on.set()
        for connection in crowd:
            assert re.match(rb"HTTP/1.1 [234]", connection.recv(64))


def test_who_leaves_before_his_turn_is_not_answered(client: FrontClient, counting: Counting) -> None:
    """Nobody works for nobody."""
    threads = ROOM[Work.STRANGE][0]
    with held(counting, "/es/") as go_on:
        with ExitStack() as stack:
            for n in range(threads + 20):
                ask(client, f"/es/?nobody-knows={n}", stack)
            assert eventually(lambda: counting.asked == threads)
            threading.Event().wait(0.1)
        assert eventually(lambda: not client.state.connections)
        go_on.set()
    assert client.get("/es/?nobody-knows=last").status_code == 200
    assert counting.asked == threads + 1


@pytest.fixture
def served(command: list[str], release: Release, free_port: Callable[[], int]) -> Iterator[tuple[int, str]]:
    """A server of its own: its web process and its address."""
    port = free_port()
    process = subprocess.Popen(
        [*command, "serve", "--port", str(port), "--out", str(release.folder.parent)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    wait_for(f"{address}/health/ready", process)
    yield next(pid for pid in descendants(process.pid) if is_web(pid)), address
    process.terminate()
    process.wait(20)


def is_web(pid: int) -> bool:
    """Whether *pid* is a web process."""
    return b"multiprocessing.spawn" in Path(f"/proc/{pid}/cmdline").read_bytes()


def kept_bytes(address: str) -> int:
    """What the service says that its cache takes."""
    with urllib.request.urlopen(f"{address}/metrics") as answer:  # noqa: S310 - our own address
        return int(float(re.search(rb"^workplan_cache_bytes (\S+)", answer.read(), re.MULTILINE)[1]))


def test_the_gauge_tells_what_the_cache_takes(served: tuple[int, str]) -> None:
    """Of thousands of addresses that nobody will ask for again, and of long ones, which take nothing."""
    pid, address = served
    place = urlsplit(address)

    def fill(length: int, number: int) -> tuple[int, int]:
        connection = socket.create_connection((place.hostname, place.port), timeout=30)
        with connection, connection.makefile("rb") as answers:
            for n in range(number):
                text = f"GET /sparql?query=ASK%7B%7D%23{length}-{n}-{'x' * length} HTTP/1.1\r\nHost: localhost\r\n\r\n"
                connection.sendall(text.encode())
                size = 0
                while (line := answers.readline()) != b"\r\n":
                    if line.lower().startswith(b"content-length:"):
                        size = int(line.split(b":")[1])
                assert answers.read(size)
        return kept_bytes(address), resident_bytes(pid)

    gauge, memory = fill(50_000, 100)
    more, memory_more = fill(6_000, 3_000)
    assert more - gauge > 3_000 * 6_000
    assert 0.5 < (memory_more - memory) / (more - gauge) < 1.5
    # Those are read by threads, each with a heap of its own, which grows once.
    _, memory_before = fill(50_000, 800)
    longer, memory_longer = fill(50_000, 800)
    assert longer == more
    assert memory_longer - memory_before < 6_000_000
