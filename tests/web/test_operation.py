"""A service as its operator sees it: figures, logs, request ids, a new release under load, and the end."""

import hashlib
import json
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic, perf_counter_ns, sleep
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families

from conftest import wait_for
from processes import JOIN, busy_workers_abort, descendants, is_gone, is_pool
from releases import damage, release_like
from running import Answer, Running, figure, in_service
from served import FrontClient
from workplan.operation.figures import CLASS_INDEX, CODE_INDEX, Figures
from workplan.operation.logs import REQUESTS
from workplan.release.build import Release
from workplan.web import create_app
from workplan.web.front import Front, Site
from workplan.web.measures import Measures
from workplan.web.service import Service

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LONG = "SELECT (COUNT(*) AS ?n) { { SELECT * { ?a ?b ?c } LIMIT 2000 } { SELECT * { ?d ?e ?f } LIMIT 2000 } }"
PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
MARK = "Retransmitir"
MARKED = f'SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c FILTER(CONTAINS(STR(?c), "{MARK} en")) }}'
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


Serve = Callable[..., Any]


def eventually(condition: Callable[[], object], seconds: float = 15) -> bool:
    """Whether *condition* comes to hold within *seconds*."""
    deadline = monotonic() + seconds
    while not condition():
        if monotonic() > deadline:
            return False
        sleep(0.02)
    return True


@pytest.fixture(scope="module")
def serve(
    command: list[str], release: Release, free_port: Callable[[], int], tmp_path_factory: pytest.TempPathFactory
) -> Serve:
    """Start a server over a copy of the release, with options and settings."""

    @contextmanager
    def start(*options: str, **settings: str) -> Iterator[Running]:
        folder = tmp_path_factory.mktemp("operation")
        shutil.copytree(release.folder.parent, folder / "releases")
        port = free_port()
        log = folder / "log"
        with log.open("w") as stderr:
            process = subprocess.Popen(
                [*command, "serve", "--port", str(port), "--out", str(folder / "releases"), *options],
                env=os.environ | {"WORKPLAN_LANG": "en"} | {f"WORKPLAN_{k.upper()}": v for k, v in settings.items()},
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                text=True,
            )
        running = Running(f"http://127.0.0.1:{port}", process, log)
        try:
            wait_for(f"{running.address}/health/ready", process)
            yield running
        finally:
            process.terminate()
            process.wait(timeout=20)

    return start


@pytest.fixture(scope="module")
def running(serve: Serve) -> Iterator[Running]:
    """A server that several tests share: a query may take a second, and a fifth of one is slow."""
    with serve(limits_seconds="1", log_slow_query="200") as running:
        yield running


@pytest.fixture(scope="module")
def pair(serve: Serve) -> Iterator[Running]:
    """A server of two web processes that logs each request."""
    with serve("--workers", "2", log_requests="true") as running:
        yield running


def put_in_service(running: Running, version: str) -> None:
    """Make *version* the current one, as a build does."""
    releases = running.log.parent / "releases"
    (releases / ".next").write_text(version + "\n", errors="surrogateescape")
    (releases / ".next").replace(releases / "current")


def add_release(running: Running, like: Release, word: bytes) -> Release:
    """A whole release *like* another, that says *word* where the other has MARK."""
    return release_like(like, running.log.parent / "releases", lambda data: data.replace(MARK.encode(), word))


@contextmanager
def asked_without_pause(running: Running, text: str) -> Iterator[set[tuple[int, bytes]]]:
    """Have four clients ask *text*, each time anew; yields the answers so far."""
    seen: set[tuple[int, bytes]] = set()
    is_over = threading.Event()

    def ask(client: int) -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            answer = running.ask(f"{text} # {client} {number}")
            seen.add((answer.status, answer.body))

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def test_requests_are_counted_by_address_and_status(running: Running) -> None:
    """With where their time went, and whether the answer was kept."""
    before = {
        "sparql": running.figure("workplan_requests_total", **{"class": "sparql", "code": "200"}),
        "page": running.figure("workplan_requests_total", **{"class": "page", "code": "404"}),
        "engine": running.figure("workplan_request_seconds_count", **{"class": "sparql", "phase": "engine"}),
        "hit": running.figure("workplan_cache_requests_total", result="hit"),
    }
    text = f"ASK {{ <a:{uuid.uuid4()}> ?p ?o }}"
    assert running.ask(text).headers["Date"]
    running.ask(text)
    running.get("/ca/none")

    assert running.figure("workplan_requests_total", **{"class": "sparql", "code": "200"}) == before["sparql"] + 2
    assert running.figure("workplan_requests_total", **{"class": "page", "code": "404"}) == before["page"] + 1
    phases = {"class": "sparql", "phase": "engine"}
    assert running.figure("workplan_request_seconds_count", **phases) == before["engine"] + 1
    assert running.figure("workplan_cache_requests_total", result="hit") == before["hit"] + 1
    assert running.figure("workplan_cache_entries") >= 1
    assert running.figure("workplan_cache_bytes") > 0
    assert running.figure("workplan_processes", role="web") == 1
    assert running.figure("workplan_process_resident_bytes", role="pool") > 1e7
    assert running.figure("workplan_requests_in_progress") == 1, "the one that asks"


def test_figures_are_never_kept_and_name_the_release(running: Running, release: Release) -> None:
    """For whoever draws them."""
    answer = running.get("/metrics")

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert figure(answer.body.decode(), "workplan_info", release=release.version) == 1


@pytest.mark.parametrize("padding", [0, 20_000], ids=["read by the loop", "read by a thread"])
def test_a_query_ends_when_its_client_leaves(running: Running, padding: int) -> None:
    """Whoever changes his mind holds none of the few places for long queries."""
    before = running.figure("workplan_pool_stopped_total", reason="hung-up")
    text = f"{ENDLESS} # {uuid.uuid4()} {'x' * padding}"
    host, _, port = running.address.rpartition("/")[2].partition(":")
    with socket.create_connection((host, int(port))) as connection:
        body = text.encode()
        head = (
            f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: {len(body)}"
        )
        connection.sendall(head.encode() + b"\r\n\r\n" + body)
        assert eventually(lambda: running.figure("workplan_pool_busy") > 0)

    assert eventually(lambda: running.figure("workplan_pool_stopped_total", reason="hung-up") == before + 1)
    assert running.ask("ASK {}").status == 200


def test_a_killed_query_is_counted_and_logged_once_without_its_client(running: Running) -> None:
    """Its text and its time, not who asked."""
    before = running.figure("workplan_pool_stopped_total", reason="time")
    answer = running.ask(ENDLESS, **{"X-Request-ID": "killed-1", "User-Agent": "Spy/1", "Referer": "http://spy.org/"})
    slow = [line for line in running.lines() if line["logger"] == "workplan.slow-queries"]

    assert answer.status == 504
    assert running.figure("workplan_pool_stopped_total", reason="time") == before + 1
    assert [(line["query"], line["outcome"], line["request"]) for line in slow] == [
        (ENDLESS, "query-timeout", "killed-1")
    ]
    assert 900 < slow[0]["milliseconds"] < 3000
    assert not re.search(r"127\.0\.0\.1|Spy|spy\.org", running.log.read_text())


def test_a_query_that_ends_its_workers_is_told_counted_and_logged(running: Running) -> None:
    """As what it is, and not as a service that is busy: nobody is asked to come again."""
    before = running.figure("workplan_pool_died_total", cause="SIGABRT")
    with busy_workers_abort(running.process.pid):
        answer = running.ask(JOIN, **{"X-Request-ID": "deadly-1"})
    logged = [line for line in running.lines() if line.get("request") == "deadly-1" and "query_hash" in line]

    assert answer.status == 500
    assert json.loads(answer.body)["type"] == f"{running.address}/problem/engine-died"
    assert "Retry-After" not in answer.headers
    assert running.figure("workplan_pool_died_total", cause="SIGABRT") > before
    assert [line["query_hash"] for line in logged] == [hashlib.sha256(JOIN.encode()).hexdigest()[:16]]
    assert running.get("/ca/problem/engine-died").status == 200


@pytest.mark.parametrize("given", ["a", "trace-01.b_C", "x" * 64])
def test_a_request_keeps_the_id_that_it_brings(running: Running, given: str) -> None:
    """So that a proxy's log and ours tell of the same thing; on kept answers and errors too."""
    fresh = [running.ask(text, **{"X-Request-ID": given}) for text in ("ASK {}", "ASK {}", "SELEC")]

    assert [answer.headers["X-Request-ID"] for answer in fresh] == [given] * 3
    assert json.loads(fresh[2].body)["instance"] == given


@pytest.mark.parametrize("given", [None, "", "x" * 65, "a b", "a\tb", "<script>", "à", '"', "a,b", "a;b", "%0d%0aX:y"])
def test_an_id_that_is_none_is_replaced(running: Running, given: str | None) -> None:
    """By one of our own, another for each request."""
    headers = {} if given is None else {"X-Request-ID": given.encode().decode("latin-1")}
    ids = [running.ask("SELEC", **headers) for _ in range(2)]

    assert all(UUID.fullmatch(answer.headers["X-Request-ID"]) for answer in ids)
    assert ids[0].headers["X-Request-ID"] != ids[1].headers["X-Request-ID"]
    assert json.loads(ids[0].body)["instance"] == "urn:uuid:" + ids[0].headers["X-Request-ID"]


def test_requests_are_logged_where_wanted_without_what_the_client_asked_or_was(pair: Running) -> None:
    """One line each, of whichever process."""
    for number in range(12):
        pair.get(f"/ca/?secret={number}", **{"User-Agent": "Spy/1"})

    def logged(path: str) -> list[dict[str, Any]]:
        return [line for line in pair.lines() if line["logger"] == "workplan.requests" and line["path"] == path]

    # A request is logged once it has been answered.
    assert eventually(lambda: len(logged("/ca/")) == 12)
    pages = logged("/ca/")
    assert {line["status"] for line in pages} == {200}
    assert {"method", "class", "bytes", "cached", "milliseconds", "request", "time"} <= pages[0].keys()
    assert not re.search(r"secret|Spy", json.dumps(pages))


def test_figures_are_summed_over_processes(pair: Running) -> None:
    """Whichever is asked tells of all."""
    before = pair.figure("workplan_requests_total", **{"class": "data", "code": "404"})
    for number in range(12):
        pair.get(f"/id/none/{number}")

    def told() -> set[float]:
        return {pair.figure("workplan_requests_total", **{"class": "data", "code": "404"}) for _ in range(4)}

    assert eventually(lambda: told() == {before + 12})
    assert pair.figure("workplan_processes", role="web") == 2


def test_what_a_public_site_lacks_is_logged(running: Running) -> None:
    """Where an operator looks who did not see the terminal."""
    assert [line["missing"] for line in running.lines() if line["logger"] == "workplan.settings"] == [
        ["contact", "accessibility"]
    ]


def test_requests_are_not_logged_by_default(running: Running) -> None:
    """An operator has to want it."""
    running.get("/ca/")

    assert not [line for line in running.lines() if line["logger"] == "workplan.requests"]


def test_a_new_release_comes_into_service_under_load(pair: Running, release: Release) -> None:
    """Every request is answered, by one release or the other; those that come after it by the new one."""
    old, new = b"n\r\n1\r\n", b"n\r\n0\r\n"
    other = add_release(pair, release, b"Emitir").version
    with asked_without_pause(pair, MARKED) as seen:
        for version, expected in ((other, new), (release.version, old), (other, new)):
            put_in_service(pair, version)
            # The pool of the release before ends when the last web process has left it.
            assert eventually(lambda version=version: in_service(pair) == {version} and only_one_pool(pair))
            assert {pair.ask(MARKED).body for _ in range(6)} == {expected}

    assert seen == {(200, old), (200, new)}


def only_one_pool(running: Running) -> bool:
    """Whether no other pool than the one in service is left."""
    return len(pools(running.process.pid)) == 1


def pools(pid: int) -> list[int]:
    """The pool processes of the server *pid*."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for task in Path(f"/proc/{pid}/task").iterdir():
        children += (task / "children").read_text().split()
    return [
        int(child)
        for child in sorted(set(children))
        if b"workplan.engine.pool" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


@pytest.mark.parametrize(
    ("name", "harm", "expected"),
    [
        ("data.nq", "cut", "data.nq is not as it was written"),
        ("data.nq", "one bit changed", "data.nq is not as it was written"),
        ("data.nq", "malformed", "data.nq is not as it was written"),
        ("search.sqlite3", "empty", "search.sqlite3 is not as it was written"),
        ("manifest.json", "cut", "manifest.json cannot be read"),
        ("SHA256SUMS", "missing", "SHA256SUMS is missing"),
    ],
)
def test_a_release_that_is_damaged_is_not_taken_up(
    pair: Running, release: Release, name: str, harm: str, expected: str
) -> None:
    """The old one stays, and the log says why, once; made whole and current again, it is."""
    before = in_service(pair)
    word = f"{name} {harm}".encode()
    damaged = add_release(pair, release, word)
    damage(damaged, name, harm)
    put_in_service(pair, damaged.version)
    assert eventually(lambda: f'"release": "{damaged.version}"' in pair.log.read_text())
    sleep(0.6)  # time enough for two more tries
    (line,) = (text for text in pair.log.read_text().splitlines() if f'"release": "{damaged.version}"' in text)

    assert expected in line
    assert "stays in service" in line
    assert in_service(pair) == before
    assert eventually(lambda: only_one_pool(pair))

    shutil.rmtree(damaged.folder)
    add_release(pair, release, word)
    for version in (damaged.version, *before):
        put_in_service(pair, version)
        assert eventually(lambda version=version: in_service(pair) == {version} and only_one_pool(pair))


def test_whatever_is_made_current_the_next_release_is_served(pair: Running, release: Release) -> None:
    """Files that no build writes are told of, and are no end of looking for better ones."""
    before = in_service(pair)
    good = add_release(pair, release, b"good").version
    unmade = add_release(pair, release, b"unmade")
    (unmade.folder / "manifest.json").write_text("{}")
    nothing = ("\udcff", "nowhere", f"../{good}", "")
    # One trouble is told once, so that another comes in between.
    for version in (each for name in nothing for each in (unmade.version, name)):
        told = pair.log.read_text().count("stays in service")
        put_in_service(pair, version)
        assert eventually(lambda told=told: pair.log.read_text().count("stays in service") > told)
        sleep(0.6)  # time enough for two more tries
        assert pair.log.read_text().count("stays in service") == told + 1
        assert in_service(pair) == before
    for version in (good, *before):
        put_in_service(pair, version)
        assert eventually(lambda version=version: in_service(pair) == {version} and only_one_pool(pair))


def test_an_older_release_is_asked_in_processes_that_can_be_killed(serve: Serve, release: Release) -> None:
    """They end with the service, and are not had started by whoever asks one release after another."""

    def of_pools(running: Running) -> set[int]:
        return {pid for pid in descendants(running.process.pid) if is_pool(pid)}

    with serve() as running:
        one, two, three = (add_release(running, release, word).version for word in (b"one", b"two", b"three"))
        before = of_pools(running)
        expected = running.get("/query/plans.csv").body
        answer = running.get(f"/releases/{one}/query/plans.csv")
        assert (answer.status, answer.body) == (200, expected)
        started = of_pools(running) - before
        assert started
        for pid in started:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert running.get(f"/releases/{one}/query/plans.json").status == 200
        assert running.get(f"/releases/{two}/query/plans.csv").body == expected
        put_off = running.get(f"/releases/{three}/query/plans.csv")
        assert (put_off.status, json.loads(put_off.body)["kept"]) == (503, 2)
        assert 0 < int(put_off.headers["Retry-After"]) <= 30
        everyone = of_pools(running)

    assert eventually(lambda: all(map(is_gone, everyone)))


def test_a_hang_up_has_the_settings_read_anew(serve: Serve, root: Path, tmp_path: Path) -> None:
    """With the same release, and still without ending a process."""
    home = tmp_path / "home"
    shutil.copytree(root / "data", home / "data")
    (home / "workplan.toml").write_text("[cache]\nmax_age = 7\n")
    with serve("--home", str(home)) as running:
        assert running.ask("ASK {}").headers["Cache-Control"].endswith("max-age=7")
        (home / "workplan.toml").write_text("[cache]\nmax_age = 8\n")
        running.process.send_signal(signal.SIGHUP)

        assert eventually(lambda: running.ask("ASK {}").headers["Cache-Control"].endswith("max-age=8"))
        assert not re.search("error", running.log.read_text())


def test_data_that_cannot_be_read_leave_the_release_in_service(serve: Serve, root: Path, tmp_path: Path) -> None:
    """Said in a sentence, and served as before."""
    home = tmp_path / "home"
    shutil.copytree(root / "data", home / "data")
    (home / "data" / "broken.ttl").write_text("<a:b> <a:c>\n")
    with serve("--home", str(home)) as running:
        assert running.ask("ASK {}").status == 200
        assert "broken.ttl" in running.log.read_text()


def test_who_is_being_answered_when_the_service_ends_is_answered(serve: Serve) -> None:
    """SIGTERM waits for queries, and for nothing else."""
    with serve(limits_seconds="60") as running:
        answers: list[Answer] = []
        asking = threading.Thread(target=lambda: answers.append(running.ask(LONG)))
        running.get("/metrics")  # the first time takes longer
        asking.start()
        assert eventually(lambda: running.figure("workplan_pool_busy") == 1)
        running.process.terminate()
        asking.join()

        assert (answers[0].status, answers[0].body) == (200, b"n\r\n4000000\r\n")
        assert running.process.wait(timeout=5) == 0
        assert "Killing" not in running.log.read_text()


def test_no_client_makes_a_new_series(front_client: FrontClient) -> None:
    """Whatever it asks, by whatever method."""
    for path, method in (("/a", "GET"), ("/b/c", "PUT"), ("/%F0%9F", "GET"), ("//", "GET"), ("/.x", "FOO")):
        front_client.open(path, method=method)
    text = front_client.get("/metrics").text
    labels = {
        sample.labels["class"]
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if "class" in sample.labels
    }

    assert labels <= CLASS_INDEX.keys()


def test_figures_come_as_open_metrics_where_asked(front_client: FrontClient) -> None:
    """As newer Prometheus does; without a pool there are no figures of one."""
    front_client.get("/ca/")
    answer = front_client.get("/metrics", headers={"Accept": PROMETHEUS})
    families = {family.name for family in open_metrics(answer.get_data(as_text=True))}

    assert "workplan_requests" in families
    assert not [name for name in families if name.startswith("workplan_pool")]


@pytest.mark.parametrize(
    "accept",
    [*("", "*/*", "*; q=.2", "text/plain;version=0.0.4, application/openmetrics-text;q=0.5"), "text/plain; version=²"],
)
def test_figures_come_as_plain_text_otherwise(front_client: FrontClient, accept: str) -> None:
    """Whatever the header says besides."""
    answer = front_client.get("/metrics", headers={"Accept": accept.encode().decode("latin-1")})

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")


@pytest.mark.parametrize("version", ["abc", "0.0.1", "1.0.0; escaping=x", '"'])
def test_a_version_of_the_figures_that_is_none_does_not_matter(front_client: FrontClient, version: str) -> None:
    """There is one of each format."""
    answer = front_client.get("/metrics", headers={"Accept": f"application/openmetrics-text; version={version}"})

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")


def test_a_kept_answer_counts_and_is_logged_with_its_whole_time(caplog: pytest.LogCaptureFixture) -> None:
    """The look into the cache is part of it, whether or not requests are logged."""
    for is_logged in (True, False):
        figures = Figures()
        with caplog.at_level("INFO", REQUESTS.name):
            Measures(figures, logs_requests=is_logged).given_again(
                b"/ca/?q", 10, b"mine", perf_counter_ns() - 5_000_000
            )
        total = figures.summed()

        assert (total.hits, total.in_progress) == (1, 0)
        assert [histogram.seconds >= 0.005 for _, _, histogram in total.times()] == [True]
    (line,) = (record.fields for record in caplog.records)
    assert (line["request"], line["path"], line["status"]) == ("mine", "/ca/", 200)
    assert line["milliseconds"]["total"] >= 5


def test_a_service_may_hold_more_than_a_shell_lets_it() -> None:
    """Its processes have what the system allows them, up to what they can need."""
    program = (
        "import resource; from workplan.engine.processes import allow_descriptors, allowed_descriptors\n"
        "hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))\n"
        "for number in (50, 300, 10**9):\n"
        "    allow_descriptors(number)\n"
        "    print(allowed_descriptors() == min(max(100, number), hard))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert told.split() == ["True"] * 3


def test_what_a_dead_process_counted_stays_counted(tmp_path: Path) -> None:
    """Counters never go back, and what was under way there no longer is."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    figures = Figures(tmp_path)
    for _ in range(3):
        figures.begin()
    figures.end_hit(CLASS_INDEX["page"], CODE_INDEX["200"], 1_000_000, 10)
    (tmp_path / f"figures-{os.getpid()}").rename(tmp_path / f"figures-{ended.pid}")
    others = Figures(tmp_path)
    others.begin()
    total = others.summed()

    assert list(total.requests()) == [("page", "200", 1)]
    assert total.in_progress == 1
    assert others.processes() == [os.getpid()]


@pytest.mark.parametrize(
    ("proxy", "said", "expected"),
    [
        ("127.0.0.2", "https", "https"),
        ("127.0.0.2", "http", "http"),
        ("127.0.0.2", "javascript", "http"),
        ("127.0.0.3", "https", "http"),
    ],
)
def test_only_a_trusted_proxy_tells_the_scheme(service: Service, proxy: str, said: str, expected: str) -> None:
    """Addresses in answers then are those that the client can use."""
    config = replace(service.config, trusted_proxies=frozenset({"127.0.0.2"}))
    client = FrontClient(Front(Site(create_app(replace(service, config=config))), Figures()))

    assert (
        f"Sitemap: {expected}://" in client.get("/robots.txt", headers={"X-Forwarded-Proto": said}, client=proxy).text
    )
    client.close()


def test_the_alarm_is_for_faults_of_ours_alone(
    front_client: FrontClient, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What a client can bring about whenever it likes wakes nobody: oEmbed wants 501 for a format that there is not."""
    page = "http://localhost/ca/query/team-load"
    with caplog.at_level(logging.WARNING):
        answer = front_client.get("/oembed", query_string={"url": page, "format": "yaml"})
    alarm = re.search(r'requests_total\{code=~"([^"]+)"', (root / "docs" / "operation.md").read_text(encoding="utf-8"))

    assert answer.status_code == 501
    assert caplog.records == []
    assert alarm
    assert [code for code in CODE_INDEX if re.fullmatch(alarm[1], code)] == ["500", "502", "503"]
