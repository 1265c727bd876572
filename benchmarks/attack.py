"""What a ninth client feels of eight that attack: time, right answers, and what the service's memory does.

Run it on a quiet machine; it takes a minute and a half.
"""

import argparse
import http.client
import itertools
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote

from compare import BIN, PREFIXES, QUESTIONS, free_port, running
from networks import synthetic_release

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


def attack(port: int, first: int, told: "multiprocessing.Queue[tuple[str, int]]") -> None:
    """Send what exhausts time, memory or output, without pause."""
    for name, query in itertools.islice(itertools.cycle(ATTACKS.items()), first, None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            status, _ = ask(connection, query)
        except OSError:
            status = 0
        told.put((name, status))
        connection.close()


def lookups(port: int, seconds: float, expected: bytes) -> tuple[list[float], int]:
    """Milliseconds of each of a client's lookups, all of them new to every cache, and how many answers were wrong."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times, wrong = [], 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.perf_counter()
        status, body = ask(connection, f"{PREFIXES}{QUESTIONS['lookup']} ORDER BY ?p ?o #{time.monotonic_ns()}")
        times.append((time.perf_counter() - started) * 1000)
        wrong += status != 200 or body != expected
        time.sleep(0.01)
    return times, wrong


def memory(port: int) -> int:
    """MiB that all of the service's processes hold, as its own figures say."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    return round(sum(float(line.split()[-1]) for line in lines if "resident" in line and line[0] != "#") / 2**20)


def shown(times: list[float]) -> str:
    """Median and 99th percentile."""
    return f"p50 {statistics.median(times):.2f} ms, p99 {statistics.quantiles(times, n=100)[98]:.2f} ms of {len(times)}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        synthetic_release(options.triples, folder)
        port = free_port()
        serve = [BIN / "workplan", "serve", "--port", str(port), "--out", folder]
        with running(serve, f"http://127.0.0.1:{port}/health/ready"):
            _, expected = ask(
                http.client.HTTPConnection("127.0.0.1", port), f"{PREFIXES}{QUESTIONS['lookup']} ORDER BY ?p ?o"
            )
            quiet, wrong = lookups(port, 10, expected)
            before = memory(port)
            print(f"quiet:    {shown(quiet)}, {wrong} wrong; the service holds {before} MiB")
            told: multiprocessing.Queue[tuple[str, int]] = multiprocessing.Queue()
            attackers = [
                multiprocessing.Process(target=attack, args=(port, n, told), daemon=True) for n in range(ATTACKERS)
            ]
            for attacker in attackers:
                attacker.start()
            beside, wrong = lookups(port, options.seconds, expected)
            during = memory(port)
            for attacker in attackers:
                attacker.kill()
            print(f"attacked: {shown(beside)}, {wrong} wrong; the service holds {during} MiB")
            time.sleep(3)
            after, wrong = lookups(port, 5, expected)
            print(f"after:    {shown(after)}, {wrong} wrong; the service holds {memory(port)} MiB")
            seen: Counter[tuple[str, int]] = Counter()
            while not told.empty():
                seen[told.get()] += 1
            for (attack_name, status), count in sorted(seen.items()):
                print(f"{attack_name}: {count} times {status}" + ("" if status in PUT_OFF else " (!)"))


if __name__ == "__main__":
    sys.exit(main())
