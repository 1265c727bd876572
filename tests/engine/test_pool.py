"""The pool under attack, by both its doors: real processes, killed by queries, by the pool and by hand."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import uvloop
from flask import Flask

from processes import HOSTILE, JOIN, SORT, busy_workers_abort, eventually, is_gone
from workplan.engine.frames import pack, pack_request, receive, unpack, unpack_request
from workplan.engine.leases import LeasedWorkers, _Channel
from workplan.engine.pooled import ClientGone, PooledEngine
from workplan.engine.query import Capacity, Limits, QueryRequest, QueryResult
from workplan.engine.supervision import SupervisedPool
from workplan.model import errors
from workplan.model.formats import CSV, JSON_RESULTS, Format
from workplan.web.errors import register

EX = "http://example.org/"
SIZE = 2000
BRIEF = Limits(seconds=0.5)
PATIENT = Limits(seconds=60)
"""For what takes long, and longer where other programs want the processors as well."""


class LeasedEngine(PooledEngine):
    """LeasedWorkers in an event loop of their own, for threads to ask."""

    def __init__(self, address: Path, limits: Limits) -> None:
        super().__init__(address, limits)
        self.loop = uvloop.new_event_loop()
        self.workers = LeasedWorkers(address, limits)
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def run(
        self, request: QueryRequest, form: Format, gone: Callable[[], Awaitable[object]] | None = None
    ) -> QueryResult:
        """See PooledEngine."""
        answer = self.workers.run(request, form, gone or asyncio.Event().wait)
        return asyncio.run_coroutine_threadsafe(answer, self.loop).result()

    def close(self) -> None:
        """See PooledEngine."""
        super().close()
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _end(self) -> None:
        self.workers.close()
        # What the pool still has to say of a worker, and the ends of all channels.
        await asyncio.sleep(0.05)


@pytest.fixture(autouse=True, params=[PooledEngine, LeasedEngine])
def door(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type[PooledEngine]:
    """By which each test's clients ask."""
    door: type[PooledEngine] = request.param
    monkeypatch.setattr(sys.modules[__name__], "Engine", door)
    return door


Engine: type[PooledEngine] = PooledEngine


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ring of resources, each with a number."""
    file = tmp_path_factory.mktemp("data") / "ring.nq"
    file.write_text(
        "".join(
            f'<{EX}{n}> <{EX}next> <{EX}{(n + 1) % SIZE}> <{EX}g> .\n<{EX}{n}> <{EX}number> "number {n}" <{EX}g> .\n'
            for n in range(SIZE)
        )
    )
    return file


@contextmanager
def running(data: Path, capacity: Capacity | None = None) -> Iterator[SupervisedPool]:
    """A pool of its own."""
    pool = SupervisedPool(data, capacity or Capacity())
    try:
        yield pool
    finally:
        pool.close()


@contextmanager
def asking(pool: SupervisedPool, limits: Limits = BRIEF) -> Iterator[PooledEngine]:
    """An engine on *pool*."""
    engine = Engine(pool.address, limits)
    try:
        yield engine
    finally:
        engine.close()


@pytest.fixture(scope="module")
def pool(data: Path) -> Iterator[SupervisedPool]:
    """A pool that several tests share."""
    with running(data) as pool:
        with asking(pool) as engine:
            assert lookup(engine, 7), "it has started"
        yield pool


@pytest.fixture
def engine(pool: SupervisedPool) -> Iterator[PooledEngine]:
    """An engine on it, whose queries may take half a second."""
    with asking(pool) as engine:
        yield engine


def lookup(engine: PooledEngine, n: int) -> bool:
    """Whether *engine* knows the number of resource *n*."""
    body = engine.run(QueryRequest(f"SELECT ?x {{ <{EX}{n}> <{EX}number> ?x }}"), CSV).body
    return body == f"x\r\nnumber {n}\r\n".encode()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_query_ends_at_its_time_whatever_it_does(engine: PooledEngine, text: str) -> None:
    """None of them writes a row before then, so only the end of their process ends them."""

    def overrun() -> float:
        started = time.monotonic()
        with pytest.raises(errors.QueryTimeout):
            engine.run(QueryRequest(text), JSON_RESULTS)
        late = time.monotonic() - started - BRIEF.seconds
        assert late > -0.02
        return late

    # A machine that is busy with something else is late now and then, but not each time.
    assert any(overrun() < 0.1 for _ in range(5))
    assert lookup(engine, 7)


def test_a_query_ends_at_its_memory(pool: SupervisedPool) -> None:
    """The answer says which limit it was, and the pool goes on."""
    with asking(pool, Limits(seconds=8, memory=128 * 1024 * 1024)) as engine:
        with pytest.raises(errors.AnswerTooLarge) as caught:
            engine.run(QueryRequest(SORT), JSON_RESULTS)

        assert caught.value.values == {"limit": 128 * 1024 * 1024, "resource": "memory"}
        assert lookup(engine, 7)


def test_a_query_that_overflows_the_parser_is_at_fault(engine: PooledEngine) -> None:
    """It kills its worker, and would kill the next: it is not tried again."""
    deep = 50_000
    with pytest.raises(errors.QueryTooDeep, match="massa enrevessada"):
        engine.run(QueryRequest(f"SELECT * {{ FILTER({'(' * deep}1{')' * deep}) }}"), JSON_RESULTS)

    assert lookup(engine, 7)


def test_a_query_that_ends_each_of_its_workers_is_told_so(engine: PooledEngine) -> None:
    """It need not come again, and whoever watches sees what happened."""
    before = engine.state()["died"].get("SIGABRT", 0)
    with busy_workers_abort(os.getpid()), pytest.raises(errors.EngineDied) as caught:
        engine.run(QueryRequest(JOIN), JSON_RESULTS)

    assert caught.value.values == {"cause": "SIGABRT"}
    assert caught.value.query == JOIN
    assert eventually(lambda: engine.state()["died"]["SIGABRT"] >= before + 2)
    assert lookup(engine, 7)


LIMITED = """
import resource, sys
from pathlib import Path
from workplan.engine.pooled import PooledEngine
from workplan.engine.processes import address_space
from workplan.engine.query import Capacity, Limits, QueryRequest
from workplan.engine.supervision import SupervisedPool
from workplan.model.errors import WorkplanError
from workplan.model.formats import CSV

limit, texts = int(sys.argv[2]), sys.argv[3:]
space = address_space(__import__("os").getpid())
resource.setrlimit(resource.RLIMIT_AS, (space + limit, space + limit))
pool = SupervisedPool(Path(sys.argv[1]), Capacity(workers=4))
engine = PooledEngine(pool.address, Limits(seconds=20))
for text in texts:
    try:
        print(engine.run(QueryRequest(text), CSV).body.decode().split()[-1])
    except WorkplanError as error:
        print(error.slug, error.values)
pool.close()
"""


def test_under_a_limit_of_the_system_queries_are_answered(data: Path) -> None:
    """As under ``ulimit -v``: the limit that a query meets first is the one that it is told."""
    megabytes = 400 * 1024 * 1024
    texts = [f"SELECT ?x {{ <{EX}7> <{EX}number> ?x }}", SORT]
    limited = [sys.executable, "-c", LIMITED, str(data), str(megabytes), *texts]
    answered = subprocess.run(limited, capture_output=True, text=True, timeout=120, check=True)

    number, slug, _, told, *_ = answered.stdout.split()
    assert (number, slug) == ("7", "answer-too-large")
    assert int(told.rstrip(",")) < megabytes + 200 * 1024 * 1024


STILLBORN = """
import os, sys
import workplan.engine.pool as pool

serve = pool.serve
def end():
    os.kill(os.getpid(), int(sys.argv[3])) if sys.argv[3] != "0" else os._exit(7)

pool.serve = lambda *given: end() if os.path.exists(sys.argv[2]) else serve(*given)
pool.main(sys.argv[1])
"""


def test_workers_that_end_before_they_can_answer_are_told_of(data: Path, tmp_path: Path) -> None:
    """At once and not as «busy», nor as the fault of a query; when they live again, there is nothing to mend."""
    address, plague = tmp_path / "pool" / "socket", tmp_path / "plague"
    address.parent.mkdir()
    plague.touch()
    settings = {"address": str(address), "data": str(data), "allowed": [], "capacity": {"workers": 4}}
    started = [sys.executable, "-c", STILLBORN, json.dumps(settings), str(plague), "0"]
    with subprocess.Popen(started, stdin=subprocess.PIPE) as process:
        engine = Engine(address, PATIENT)
        begun = time.monotonic()
        with pytest.raises(errors.NoWorkers) as caught:
            lookup(engine, 7)

        assert time.monotonic() - begun < 10
        assert caught.value.values == {"cause": "exit 7"}
        state = engine.state()
        assert state["died"]["exit 7"] < 30, "it does not try on and on"
        plague.unlink()

        def is_well() -> bool:
            with suppress(errors.NoWorkers):
                return lookup(engine, 7)
            return False

        assert eventually(is_well)
        engine.close()
        assert process.stdin
        process.stdin.close()


def test_workers_that_others_kill_are_no_sign_that_none_can_live(data: Path, tmp_path: Path) -> None:
    """However many end so before they can answer: the next may live, and answers who waits."""
    address, plague = tmp_path / "pool" / "socket", tmp_path / "plague"
    address.parent.mkdir()
    plague.touch()
    settings = {"address": str(address), "data": str(data), "allowed": [], "capacity": {"workers": 4}}
    started = [sys.executable, "-c", STILLBORN, json.dumps(settings), str(plague), str(int(signal.SIGKILL))]
    with subprocess.Popen(started, stdin=subprocess.PIPE) as process:
        engine = Engine(address, PATIENT)
        assert eventually(lambda: engine.state()["died"].get("SIGKILL", 0) > 10)
        plague.unlink()

        assert lookup(engine, 7)
        engine.close()
        assert process.stdin
        process.stdin.close()


def test_a_pool_that_cannot_live_is_not_waited_for(tmp_path: Path) -> None:
    """Its clients are told why there is nobody, long before their query's own time is over."""
    with running(tmp_path / "missing.nq") as pool, asking(pool, PATIENT) as engine:
        started = time.monotonic()
        with pytest.raises(errors.NoWorkers) as caught:
            lookup(engine, 7)

        assert time.monotonic() - started < 20
        assert caught.value.values == {"cause": "exit 1"}


@pytest.mark.parametrize(
    ("capacity", "reason"),
    [(Capacity(long=0), "llargues"), (Capacity(memory=32 * 1024 * 1024), "ocupen juntes")],
    ids=["long", "memory"],
)
def test_what_is_too_much_for_all_is_put_off(data: Path, capacity: Capacity, reason: str) -> None:
    """With the seconds after which to come back, and long before its own time is over."""
    # A query past its grace gets what others leave of the processors, which may be little.
    with running(data, capacity) as pool, asking(pool, Limits(seconds=60)) as engine:
        assert lookup(engine, 7)
        started = time.monotonic()
        with pytest.raises(errors.ServiceBusy, match=reason) as caught:
            engine.run(QueryRequest(SORT), JSON_RESULTS)

        assert time.monotonic() - started < 30
        assert caught.value.values["retry_after"] > 0
        assert lookup(engine, 7)


def test_queries_wait_for_a_worker_and_not_for_ever(data: Path) -> None:
    """One worker, taken by a long query: a second client is put off after a second."""
    with running(data, Capacity(workers=1)) as pool, asking(pool) as engine:
        assert lookup(engine, 7)
        with asked_by_hand(pool, JOIN):
            assert eventually(lambda: engine.state()["busy"] == 1)
            with pytest.raises(errors.ServiceBusy) as caught:
                lookup(engine, 7)

        # The longest that the other query may take, which is when there is room for sure.
        assert 50 < caught.value.values["retry_after"] <= 60
        assert eventually(lambda: engine.state()["busy"] == 0)
        assert lookup(engine, 7)


def test_who_finds_the_places_for_long_queries_taken_is_told_when_one_is_free(data: Path) -> None:
    """And then it is."""
    with running(data, Capacity(long=1)) as pool, asking(pool, Limits(seconds=5)) as engine:
        assert lookup(engine, 7)
        first = threading.Thread(target=ask_and_fail, args=(engine, JOIN))
        first.start()
        threading.Event().wait(1.5)
        with pytest.raises(errors.ServiceBusy, match="llargues") as caught:
            engine.run(QueryRequest(JOIN), JSON_RESULTS)
        assert 0 < caught.value.values["retry_after"] <= 5
        threading.Event().wait(caught.value.values["retry_after"])
        with pytest.raises(errors.QueryTimeout):
            engine.run(QueryRequest(JOIN), JSON_RESULTS)
        first.join()


@contextmanager
def asked_by_hand(pool: SupervisedPool, text: str) -> Iterator[None]:
    """A client of *pool* who waits for the answer to *text*, and then no more."""
    with socket.socket(socket.AF_UNIX) as channel:
        channel.connect(str(pool.address))
        channel.sendall(pack_request(QueryRequest(text), JSON_RESULTS, Limits(seconds=60)))
        yield


def ask_and_fail(engine: PooledEngine, text: str) -> None:
    """Ask what nobody can answer."""
    with suppress(errors.WorkplanError):
        engine.run(QueryRequest(text), JSON_RESULTS)


def p99_of_lookups(engine: PooledEngine, seconds: float) -> float:
    """The seconds that 99 of 100 lookups take at most, of all that there is time for."""
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.monotonic()
        assert lookup(engine, len(times) % SIZE)
        times.append(time.monotonic() - started)
        threading.Event().wait(0.005)
    return sorted(times)[len(times) * 99 // 100]


def test_a_lookup_stays_quick_while_eight_clients_attack(
    data: Path, record_property: Callable[[str, object], None]
) -> None:
    """They send what exhausts time and memory, without pause; nobody's answer is wrong."""
    over = threading.Event()
    with running(data) as pool, asking(pool, Limits(seconds=2, memory=256 * 1024 * 1024)) as engine:

        def attack(first: int) -> None:
            turn = first
            while not over.is_set():
                ask_and_fail(engine, list(HOSTILE.values())[turn % len(HOSTILE)])
                turn += 1

        assert lookup(engine, 7)
        quiet = p99_of_lookups(engine, 1)
        attackers = [threading.Thread(target=attack, args=(n,), daemon=True) for n in range(8)]
        for attacker in attackers:
            attacker.start()
        # A machine that is busy with something else is late now and then, but not each time, nor ever quiet.
        allowed = max(0.2, 10 * quiet)
        under_attack = p99_of_lookups(engine, 2.5)
        if under_attack >= allowed:
            under_attack = p99_of_lookups(engine, 2.5)
        over.set()
        record_property("p99 of the ninth client, ms", under_attack * 1000)

        assert under_attack < allowed
        for attacker in attackers:
            attacker.join(15)


def test_answers_are_right_while_workers_are_killed(data: Path) -> None:
    """By hand, with -9, one after the other, while four clients ask."""
    over = threading.Event()
    wrong: list[object] = []
    with running(data) as pool, asking(pool, Limits()) as engine:

        def ask() -> None:
            n = 0
            while not over.is_set():
                try:
                    if not lookup(engine, n % SIZE):
                        wrong.append(n)
                except errors.WorkplanError as error:
                    wrong.append(error)
                n += 1

        clients = [threading.Thread(target=ask) for _ in range(4)]
        for client in clients:
            client.start()
        for turn in range(20):
            workers = engine.state()["workers"]
            victim = workers[turn % len(workers)]
            os.kill(victim, signal.SIGKILL)
            assert eventually(lambda victim=victim: victim not in engine.state()["workers"])
        over.set()
        for client in clients:
            client.join()

    assert wrong == []


def test_a_query_is_answered_though_the_pool_is_killed(data: Path) -> None:
    """The next one, and one that is under way."""
    with running(data) as pool, asking(pool, PATIENT) as engine:
        assert lookup(engine, 7)
        workers = engine.state()["workers"]
        os.kill(pool.pid, signal.SIGKILL)

        assert lookup(engine, 7)
        assert eventually(lambda: all(map(is_gone, workers)))
        answers: list[bytes] = []
        count = QueryRequest("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }")
        asked = threading.Thread(target=lambda: answers.append(engine.run(count, CSV).body))
        asked.start()
        with asking(pool) as watcher:
            assert eventually(lambda: watcher.state()["busy"] == 1)
        os.kill(pool.pid, signal.SIGKILL)
        asked.join(90)

        assert answers == [f"n\r\n{(2 * SIZE) ** 2}\r\n".encode()]


def test_a_web_process_that_goes_frees_its_worker(pool: SupervisedPool, engine: PooledEngine) -> None:
    """Nobody computes for nobody."""
    with asked_by_hand(pool, JOIN):
        assert eventually(lambda: engine.state()["busy"] == 1)

    assert eventually(lambda: engine.state()["busy"] == 0)
    assert engine.state()["stopped"]["hung-up"] > 0


def test_a_client_that_hangs_up_frees_its_worker(data: Path) -> None:
    """Whether it speaks to a lent worker or, where there is none, to the pool."""
    for capacity in (Capacity(), Capacity(workers=1)):
        with running(data, capacity) as pool:
            engine = LeasedEngine(pool.address, Limits(seconds=60))
            assert lookup(engine, 7)
            started = time.monotonic()
            with pytest.raises(ClientGone):
                engine.run(QueryRequest(JOIN), JSON_RESULTS, lambda: asyncio.sleep(0.1))

            assert time.monotonic() - started < 10
            assert eventually(lambda engine=engine: engine.state()["busy"] == 0)
            assert engine.state()["stopped"] == {"hung-up": 1}
            assert lookup(engine, 7)
            engine.close()


def test_a_lent_worker_that_dies_while_it_waits_costs_no_answer(data: Path) -> None:
    """However little before the next question comes."""
    with running(data) as pool, asking(pool, Limits()) as engine:
        for number in range(30):
            # All workers at once are more than the pool makes good.
            with suppress(errors.ServiceBusy):
                assert lookup(engine, number)
            for worker in engine.state()["workers"]:
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
            threading.Event().wait(number * 0.0002)


def test_a_channel_between_its_end_and_the_news_of_it_is_not_read() -> None:
    """Nor after: its socket is gone by then, and the number of that may be another's."""
    heard: list[object] = []

    async def close_and_look_out(*, is_told: bool) -> None:
        ours, theirs = socket.socketpair()
        channel = _Channel(heard.append)
        transport, _ = await asyncio.get_running_loop().create_unix_connection(lambda: channel, sock=ours)
        transport.close()
        with theirs:
            theirs.sendall(pack({"late": True}))
            while is_told and not heard:
                await asyncio.sleep(0)
            channel.look_out(0.01)

    uvloop.run(close_and_look_out(is_told=False))
    # The news alone, and no frame.
    assert heard in ([], [None])
    heard.clear()
    uvloop.run(close_and_look_out(is_told=True))
    assert heard == [None]


def test_a_pool_that_is_hung_is_not_waited_for_for_ever(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clients are told to come back, and what it has lent is given up."""
    monkeypatch.setattr("workplan.engine.leases.PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr("workplan.engine.pooled.PATIENCE_SECONDS", 0.5)
    with running(data) as pool, asking(pool) as engine:
        assert lookup(engine, 7)
        os.kill(pool.pid, signal.SIGSTOP)
        started = time.monotonic()
        with pytest.raises(errors.ServiceBusy):
            engine.run(QueryRequest(JOIN), JSON_RESULTS)
        assert time.monotonic() - started < 5
        os.kill(pool.pid, signal.SIGCONT)

        assert eventually(lambda: lookup(engine, 7))


def test_a_lent_worker_is_kept_as_long_as_its_queries_are_light(data: Path) -> None:
    """Slow ones that wait for a processor do not cost it, those that use one do."""
    with running(data) as pool:
        engine = LeasedEngine(pool.address, PATIENT)
        assert lookup(engine, 7)
        # On a busy machine even this takes its time, and the pool then has a word to say.
        assert eventually(lambda: len(engine.workers._free) == 1)
        lent = engine.workers._free[0]
        assert lookup(engine, 8)
        assert eventually(lambda: engine.workers._free == [lent])

        engine.run(QueryRequest("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"), CSV)

        assert eventually(lambda: engine.state()["lent"] == 0)
        assert lookup(engine, 7)
        engine.close()


@pytest.mark.parametrize(
    "text",
    [f"SELECT * {{ {'<' * 1_000_000} SERVICE }}", f"{'PREFIX a-b: <c:d> ' * 55_000}SELECT * {{}}"],
    ids=["services", "prologue"],
)
def test_a_long_text_is_not_read_where_others_wait(engine: PooledEngine, text: str) -> None:
    """But by a worker, who is killed if he takes too long: this process answers everyone."""
    started = time.thread_time()
    with suppress(errors.MalformedQuery):
        engine.kind_of(QueryRequest(text))

    assert time.thread_time() - started < 0.2


def test_large_frames_go_in_pieces(pool: SupervisedPool) -> None:
    """A query and an answer that no socket takes at once."""
    number = "x" * 900_000
    with asking(pool, Limits()) as engine:
        row = engine.run(QueryRequest(f'SELECT ("{number}" AS ?a) ("{number}" AS ?b) {{}}'), CSV).body

    assert row == f"a,b\r\n{number},{number}\r\n".encode()


def descriptors() -> set[tuple[str, str]]:
    """What this process has open; the kernel numbers sockets and pipes, so that none is taken for another."""
    opened = set()
    for link in Path("/proc/self/fd").iterdir():
        # The folder that is being read is among them.
        with suppress(FileNotFoundError):
            opened.add((link.name, str(link.readlink())))
    return opened


def test_nothing_is_left_after_closing(data: Path) -> None:
    """No process, no descriptor, no socket."""
    before = descriptors()
    with running(data) as pool, asking(pool) as engine:
        ask_and_fail(engine, JOIN)
        ask_and_fail(engine, SORT)
        assert eventually(lambda: len(engine.state()["workers"]) == 4)
        processes = [pool.pid, *engine.state()["workers"]]
        # Standard ones, the selector, the listener, the data's folder, the client; a channel and last words for each
        # worker.
        assert eventually(lambda: len(list(Path(f"/proc/{pool.pid}/fd").iterdir())) <= 7 + 2 * (len(processes) - 1))

    assert eventually(lambda: all(map(is_gone, processes)))
    assert descriptors() <= before
    assert not pool.address.parent.exists()


def test_the_pool_goes_with_the_service_even_when_that_is_killed(data: Path) -> None:
    """And takes its socket along."""
    program = (
        "import sys, time; from pathlib import Path\n"
        "from workplan.engine.supervision import SupervisedPool; from workplan.engine.query import Capacity\n"
        "pool = SupervisedPool(Path(sys.argv[1]), Capacity()); print(pool.pid, pool.address, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, data], stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout
        pid, address = service.stdout.readline().split()
        engine = PooledEngine(Path(address), BRIEF)
        assert lookup(engine, 7)
        processes = [int(pid), *engine.state()["workers"]]
        engine.close()
        service.kill()

    assert eventually(lambda: all(map(is_gone, processes)))
    assert not Path(address).parent.exists()


def test_workers_have_no_network_where_the_system_allows_that(engine: PooledEngine) -> None:
    """Behind the guard, which is the rule."""
    assert lookup(engine, 7)
    (worker, *_) = engine.state()["workers"]
    if os.geteuid() != 0:
        pytest.skip("an ordinary user may not be allowed a network of its own")

    assert Path(f"/proc/{worker}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()
    assert len(list(Path(f"/proc/{worker}/fd").iterdir())) == 4, "it keeps its channel and nothing else of the pool's"


def test_a_request_survives_the_journey() -> None:
    """Every field, and text that is no Unicode."""
    request = QueryRequest("ASK {} # \ud800", ["a:1"], ["a:2"], "a:base")
    header, body = unpack(pack_request(request, CSV, BRIEF))

    assert unpack_request(header, body) == (request, BRIEF)


def test_a_channel_that_ends_is_told_from_an_answer() -> None:
    """A cut answer is none."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            theirs.sendall(pack_request(QueryRequest("ASK {}"), CSV, BRIEF)[:-1])
        with pytest.raises(EOFError):
            receive(ours)


def test_a_busy_service_says_when_to_come_back() -> None:
    """As a status and a header that programs know."""
    app = Flask("workplan.web")
    register(app)

    @app.get("/")
    def refuse() -> str:
        raise errors.ServiceBusy(retry_after=2)

    answer = app.test_client().get("/")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert answer.get_json()["type"].endswith("/problem/busy")
