"""What honest clients feel of a crowd that attacks: time, right answers, and what the service's memory does.

Eight clients ask what exhausts the store; with ``--crowd`` many others send long texts, have pictures and charts drawn,
ask for older releases, and make up addresses and hosts. Quiet and attacked moments take turns, so that other work of
the machine falls on both. Run it on a quiet machine; it takes two minutes.
"""

import argparse
import asyncio
import http.client
import itertools
import multiprocessing
import os
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from compare import BIN, PREFIXES, QUESTIONS, free_port, running
from networks import older_releases, synthetic_release

from workplan.release.build import Release

ATTACKS = {
    "cross join": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "deep path": "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>|^!<x:y>)* ?b . ?b (!<x:y>|^!<x:y>)* ?c }",
    "giant sort": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY DESC(?f) ?c",
    "regex bomb": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f"
    ' FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(a|aa|b.*c.*)*z$")) }',
    "group concat": "SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "huge answer": "SELECT * { ?a ?b ?c . ?d ?e ?f }",
}
ATTACKERS = 8
PUT_OFF = (413, 503, 504)


def ask(connection: http.client.HTTPConnection, query: str) -> tuple[int, bytes]:
    """The status and the body of the answer to *query*."""
    connection.request("GET", f"/sparql?format=csv&query={quote(query)}")
    answer = connection.getresponse()
    return answer.status, answer.read()


def attack(port: int, first: int, told: "multiprocessing.Queue[Told]") -> None:
    """Send what exhausts time, memory or output, without pause."""
    for name, query in itertools.islice(itertools.cycle(ATTACKS.items()), first, None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            status, _ = ask(connection, query)
        except OSError:
            status = 0
        told.put((name, status))
        connection.close()


def long_text(number: int) -> tuple[str, str]:
    """A query that the event loop does not read itself, and that nobody can answer."""
    query = f"{list(ATTACKS.values())[number % len(ATTACKS)]} #{number} {'x' * 9_000}"
    return f"/sparql?query={quote(query)}", "localhost"


def drawing(number: int) -> tuple[str, str]:
    """A picture, or a chart, at an address of its own."""
    if number % 2:
        return f"/query/team-load.svg?width={320 + number % 900}", "localhost"
    return f"/ca/picture.png?{number}", "localhost"


def pin(number: int) -> tuple[str, str]:
    """An answer of one of two older releases, at an address of its own."""
    return f"/releases/{OLDER[number % 2]}/query/team-load.csv?limit={1 + number % 9_000}", "localhost"


def address(number: int) -> tuple[str, str]:
    """A page by a parameter that nobody knows, or a very long address."""
    return f"/ca/?nonsense-{number}={'y' * (50_000 if number % 2 else 5)}", "localhost"


def host(number: int) -> tuple[str, str]:
    """A page by a name that nobody knows, or one that is none."""
    return "/ca/", f"host-{number}.example" if number % 2 else WRONG_HOSTS[number // 2 % len(WRONG_HOSTS)]


CROWD = {"long texts": long_text, "drawings": drawing, "pins": pin, "addresses": address, "hosts": host}
OLDER: list[str] = []
"""The versions of older releases, once they are made."""

WRONG_HOSTS = ("..", ".", "a..b", "xn--a", "[:::::]")

Told = tuple[str, int]
"""What was asked, and the status of the answer; 0 where none came."""


async def besiege(port: int, kind: str, numbers: Iterator[int], told: "multiprocessing.Queue[Told]") -> None:
    """Ask for one after the other of *kind*, without pause."""
    while True:
        path, name = CROWD[kind](next(numbers))
        status = 0
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
            status = int((await asyncio.wait_for(reader.readline(), 60)).split()[1])
            await asyncio.wait_for(reader.read(), 60)
            writer.close()
        except (OSError, TimeoutError, IndexError):
            await asyncio.sleep(0.01)
        told.put((kind, status))


def crowd(port: int, clients: int, first: int, told: "multiprocessing.Queue[Told]") -> None:
    """As many *clients*, of all kinds in turn, who go on from the number *first*."""

    async def all_at_once() -> None:
        numbers = itertools.count(first)
        kinds = itertools.islice(itertools.cycle(CROWD), clients)
        await asyncio.gather(*(besiege(port, kind, numbers, told) for kind in kinds))

    asyncio.run(all_at_once())


class Honest:
    """A client that asks for what nobody has asked for before, each kind in its turn, and how long it has waited."""

    def __init__(self, port: int, pages: Sequence[str]) -> None:
        self._pages = itertools.cycle(pages)
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        _, self._expected = ask(self._connection, f"{PREFIXES}{QUESTIONS['lookup']} ORDER BY ?p ?o")
        self.wrong = 0

    def ask(self, seconds: float) -> dict[str, list[float]]:
        """Milliseconds of each lookup, of each page and of each word that the service lives, asked for *seconds*."""
        times: dict[str, list[float]] = {"lookup": [], "page": [], "live": []}
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for _ in range(5):
                query = f"{PREFIXES}{QUESTIONS['lookup']} ORDER BY ?p ?o #{time.monotonic_ns()}"
                times["lookup"].append(self._timed(f"/sparql?format=csv&query={quote(query)}", self._expected))
            times["page"].append(self._timed(next(self._pages)))
            times["live"].append(self._timed("/health/live"))
            time.sleep(0.01)
        return times

    def _timed(self, path: str, expected: bytes | None = None) -> float:
        started = time.perf_counter()
        try:
            self._connection.request("GET", path)
            answer = self._connection.getresponse()
            body = answer.read()
            self.wrong += answer.status != 200 or (expected is not None and body != expected)
        except OSError:
            self._connection.close()
            self.wrong += 1
        return (time.perf_counter() - started) * 1000


def memory(port: int) -> int:
    """MiB that all of the service's processes hold, as its own figures say."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    return round(sum(float(line.split()[-1]) for line in lines if "resident" in line and line[0] != "#") / 2**20)


def percentile(times: list[float], of_hundred: int) -> float:
    """What so many of a hundred *times* do not exceed."""
    # Of one alone, as a service that hardly answers gives it, there is no more to say.
    return statistics.quantiles(times, n=100)[of_hundred - 1] if len(times) > 1 else times[0]


def shown(times: list[float]) -> str:
    """Median and 99th percentile."""
    return f"p50 {statistics.median(times):.2f} ms, p99 {percentile(times, 99):.2f} ms of {len(times)}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=10, help="of each quiet and each attacked moment")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--crowd", type=int, default=0, help="clients that attack beside the eight: 64, for instance")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        release = synthetic_release(options.triples, folder)
        OLDER.extend(each.version for each in older_releases(release, folder, 3))
        port = free_port()
        serve = [BIN / "workplan", "serve", "--port", str(port), "--out", folder]
        with running(serve, f"http://127.0.0.1:{port}/health/ready"):
            measure(port, pages_of(release), options)


def pages_of(release: Release) -> list[str]:
    """The addresses of the pages of what *release* describes, each of a plan's parts."""
    found = re.findall(
        r"^<https://w3id\.org/sse-workplan/id/(\w+/plan/[\w./-]+)> ", release.data.read_text(), re.MULTILINE
    )
    return [f"/ca/{path}" for path in dict.fromkeys(found)]


def measure(port: int, pages: Sequence[str], options: argparse.Namespace) -> None:
    """What honest clients feel, in quiet and in attacked moments; they ask for *pages*."""
    honest = Honest(port, pages)
    honest.ask(1)
    told: multiprocessing.Queue[Told] = multiprocessing.Queue()
    quiet: dict[str, list[float]] = {}
    attacked: dict[str, list[float]] = {}
    before, during = memory(port), 0
    for turn in range(options.rounds):
        for kind, times in honest.ask(options.seconds).items():
            quiet.setdefault(kind, []).extend(times)
        attackers = [multiprocessing.Process(target=attack, args=(port, n, told)) for n in range(ATTACKERS)]
        if options.crowd:
            arguments = (port, options.crowd, turn * 1_000_000, told)
            attackers.append(multiprocessing.Process(target=crowd, args=arguments))
        for attacker in attackers:
            attacker.start()
        # Those that have just started take the processors for themselves.
        time.sleep(1)
        for kind, times in honest.ask(options.seconds).items():
            attacked.setdefault(kind, []).extend(times)
        during = max(during, memory(port))
        for attacker in attackers:
            attacker.kill()
        time.sleep(3)
        print(f"round {turn + 1}: load {os.getloadavg()[0]:.1f}, the service holds {memory(port)} MiB", flush=True)
    print(f"the service held {before} MiB before, {during} meanwhile and {memory(port)} after; {honest.wrong} wrong")
    for kind, times in quiet.items():
        ratio = percentile(attacked[kind], 99) / percentile(times, 99)
        print(f"{kind}: quiet {shown(times)}; attacked {shown(attacked[kind])}; p99 {ratio:.1f} times")
    seen: Counter[Told] = Counter()
    while not told.empty():
        seen[told.get()] += 1
    for (name, status), count in sorted(seen.items()):
        print(f"{name}: {count} times {status}" + (" (!)" if status >= 500 and status not in PUT_OFF else ""))


if __name__ == "__main__":
    sys.exit(main())
