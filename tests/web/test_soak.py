"""The service while its queries attack it and its processes are killed: answers are right, and nothing leaks."""

import http.client
import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import pytest

from conftest import wait_for
from processes import HOSTILE, descendants, descriptors, eventually, is_pool, parent, resident_bytes
from workplan.release.build import Release

SECONDS = 7.0
PREFIXES = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX wp: <https://w3id.org/sse-workplan/ns#>\n"
ACTION = "<https://w3id.org/sse-workplan/id/xmess/plan/2020/action/08>"
QUESTIONS = {
    "lookup": f"SELECT ?p ?o {{ {ACTION} ?p ?o }} ORDER BY ?p ?o",
    "list": "SELECT ?code ?label { ?a a wp:PlannedAction ; wp:code ?code ; rdfs:label ?label } ORDER BY ?code ?label",
    "yes": f"ASK {{ {ACTION} wp:code ?code }}",
    "sum": "SELECT ?team (COUNT(?a) AS ?n) { ?a wp:directlyExecutedBy ?team } GROUP BY ?team ORDER BY ?team",
    "graph": "CONSTRUCT { ?a wp:code ?code } WHERE { ?a a wp:Team ; wp:code ?code }",
}
HUGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
PUT_OFF = (413, 503, 504)
MORE_BYTES = 96 * 1024 * 1024
"""What a process may take more after the attack: a cache filled, and memory that its allocator keeps."""

MORE_DESCRIPTORS = 80
"""What the web process may have open more: a channel to the pool for each of its threads."""

MORE_PROCESSES = 8
"""Workers that wait for work, beyond those that did before."""


@dataclass
class Seen:
    """What clients have been told: how often which status, and what was not as it should be."""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@pytest.fixture
def served(command: list[str], release: Release, free_port: Callable[[], int]) -> Iterator[tuple[int, str]]:
    """A server of its own whose queries may take a second and 256 MiB: its process and its address."""
    port = free_port()
    process = subprocess.Popen(
        [*command, "serve", "--port", str(port), "--out", str(release.folder.parent)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "WORKPLAN_LIMITS_SECONDS": "1", "WORKPLAN_LIMITS_MEMORY": str(256 * 1024 * 1024)},
    )
    address = f"http://127.0.0.1:{port}"
    wait_for(f"{address}/health/ready", process)
    yield process.pid, address
    process.terminate()
    process.wait(20)


class Client:
    """One connection to *address*, opened anew where it was closed."""

    def __init__(self, address: str) -> None:
        self._place = urlsplit(address).netloc
        self._connection = http.client.HTTPConnection(self._place, timeout=30)

    def ask(self, query: str) -> tuple[int, str, bytes]:
        """Status, media type and body of the answer to *query*; the client checks that it is whole."""
        accept = "application/n-triples" if "CONSTRUCT" in query else "text/csv"
        self._connection.request("GET", f"/sparql?query={quote(query)}", headers={"Accept": accept})
        answer = self._connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def check_put_off(status: int, kind: str, body: bytes, seen: Seen) -> None:
    """Whether what is no answer says so as it should."""
    seen.statuses[status] += 1
    if status not in PUT_OFF or kind != "application/problem+json" or json.loads(body)["status"] != status:
        seen.wrong.append(f"{status} {kind} {body[:200]!r}")


def ask_well(address: str, expected: dict[str, bytes], over: threading.Event, seen: Seen) -> None:
    """Ask what has a known answer, each time in a text that no cache knows."""
    client, turn = Client(address), 0
    while not over.is_set():
        name = list(QUESTIONS)[turn % len(QUESTIONS)]
        turn += 1
        status, kind, body = client.ask(f"{PREFIXES}{QUESTIONS[name]} #{threading.get_ident()} {turn}")
        if status != 200:
            check_put_off(status, kind, body, seen)
        elif body != expected[name]:
            seen.wrong.append(f"{name}: {body[:200]!r}")
        else:
            seen.statuses[200] += 1
    client.close()


def ask_ill(address: str, first: int, over: threading.Event, seen: Seen) -> None:
    """Ask what nobody can answer within a second."""
    client, turn = Client(address), first
    texts = [*HOSTILE.values(), HUGE]
    while not over.is_set():
        turn += 1
        check_put_off(*client.ask(f"{texts[turn % len(texts)]} #{first} {turn}"), seen)
    client.close()


def processes(server: int) -> tuple[list[int], list[int], list[int]]:
    """The pool, its workers, and the others of the *server*, itself among them."""
    everyone = [server, *descendants(server)]
    of_pool = [pid for pid in everyone if is_pool(pid)]
    pools = [pid for pid in of_pool if parent(pid) not in of_pool]
    return pools, [pid for pid in of_pool if pid not in pools], [pid for pid in everyone if pid not in of_pool]


def kill(pid: int) -> None:
    """End *pid*, if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_nothing_is_wrong_and_nothing_leaks(
    served: tuple[int, str], record_property: Callable[[str, object], None]
) -> None:
    """Four good clients, two bad ones, a worker killed every so often and the pool once."""
    server, address = served
    client = Client(address)
    expected = {name: client.ask(PREFIXES + text)[2] for name, text in QUESTIONS.items()}
    client.close()
    assert eventually(lambda: len(processes(server)[0]) == 1 and len(processes(server)[1]) >= 4)
    (pool,), workers_before, others = processes(server)
    before = {pid: (descriptors(pid), resident_bytes(pid)) for pid in (*others, pool)}

    over, good, bad = threading.Event(), Seen(), Seen()
    clients = [threading.Thread(target=ask_well, args=(address, expected, over, good)) for _ in range(4)]
    clients += [threading.Thread(target=ask_ill, args=(address, n, over, bad)) for n in (0, 3)]
    for thread in clients:
        thread.start()
    choose = random.Random(1)  # noqa: S311 - any choice does
    started = time.monotonic()
    has_killed_pool = False
    kills = 0
    while (elapsed := time.monotonic() - started) < SECONDS:
        threading.Event().wait(0.1)
        pools, workers, _ = processes(server)
        if elapsed > SECONDS / 2 and not has_killed_pool and pools:
            has_killed_pool = True
            kill(pools[0])
        elif workers:
            kills += 1
            kill(choose.choice(workers))
    over.set()
    for thread in clients:
        thread.join(30)
    record_property("answers", dict(good.statuses))
    print(f"good {dict(good.statuses)}, hostile {dict(bad.statuses)}, workers killed {kills}")

    assert good.wrong == []
    assert bad.wrong == []
    # On a busy machine some wait for a worker until they are put off.
    assert good.statuses[200] > 0.8 * good.statuses.total()
    assert has_killed_pool
    assert eventually(lambda: len(processes(server)[1]) <= len(workers_before) + MORE_PROCESSES)
    # A worker whose parent has just gone may be counted for a pool.
    assert eventually(lambda: len(processes(server)[0]) == 1)
    (new_pool,), _, _ = processes(server)
    # A worker that ends while it is looked at is taken for another kind of process.
    assert eventually(lambda: processes(server)[2] == others), "no web process has died"
    for pid in (*others, new_pool):
        files, memory = before[pool if pid == new_pool else pid]
        assert eventually(lambda pid=pid, files=files: descriptors(pid) <= files + MORE_DESCRIPTORS)
        assert eventually(lambda pid=pid, memory=memory: resident_bytes(pid) <= memory + MORE_BYTES)
