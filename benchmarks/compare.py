"""`workplan serve` and `oxigraph serve` side by side, on the same data and the same questions.

Run it on a quiet machine; it takes a few minutes. It needs ``wrk``.
"""

import argparse
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from networks import synthetic_release

BIN = Path(sys.executable).parent
PREFIXES = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX wp: <https://w3id.org/sse-workplan/ns#>
"""
PLAN = "https://w3id.org/sse-workplan/id/xmess/plan/2020"
QUESTIONS = {
    "lookup": f"SELECT ?p ?o WHERE {{ <{PLAN}/action/08> ?p ?o }}",
    "list": f"SELECT ?a ?code ?label WHERE {{ ?a wp:elementOf <{PLAN}/version/1> ; a wp:PlannedAction ;"
    " wp:code ?code ; rdfs:label ?label } ORDER BY ?code",
    "heavy": "SELECT ?team (COUNT(DISTINCT ?a) AS ?n) WHERE { ?a wp:directlyExecutedBy ?t ;"
    " wp:strategicLine/wp:code ?le . ?t wp:code ?team } GROUP BY ?team ORDER BY DESC(?n)",
}
CLIENTS = (1, 8, 64)
ROUNDS = 3

# A comment with a number makes each request's text another one, in every round, so that no cache helps.
LUA = """
local n = %s
request = function()
  n = n + 1
  local q = "%s"
  if %s then q = q .. "%%23" .. n end
  return wrk.format("GET", wrk.path .. q, {["Accept"] = "application/sparql-results+json"})
end
"""


@dataclass(frozen=True)
class Figures:
    """One measurement: requests per second, and milliseconds."""

    rate: float
    p50: float
    p99: float
    errors: int


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: list[str | Path], ready: str) -> Iterator[None]:
    """*command* while it answers at *ready*."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - ours
    try:
        for _ in range(1200):
            try:
                urllib.request.urlopen(ready, timeout=2).close()  # noqa: S310 - our own address
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def load(file: Path, address: str) -> None:
    """Put the quads of *file* in the store at *address*."""
    request = urllib.request.Request(  # noqa: S310 - our own address
        address, file.read_bytes(), {"Content-Type": "application/n-quads"}, method="POST"
    )
    urllib.request.urlopen(request).close()  # noqa: S310 - our own address


def milliseconds(text: str) -> float:
    """A time as wrk writes it, in milliseconds."""
    value, unit = re.fullmatch(r"([0-9.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def measure(address: str, query: str, clients: int, seconds: int, folder: Path, *, is_cold: bool) -> Figures:
    """What wrk says of *query* at *address*."""
    script = folder / "ask.lua"
    script.write_text(LUA % (time.monotonic_ns(), urllib.parse.quote(PREFIXES + query, safe=""), str(is_cold).lower()))
    done = subprocess.run(  # noqa: S603 - ours
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "-s", script, f"{address}?query="],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    found = dict(re.findall(r"(50|99)%\s+(\S+)", done.stdout))
    rate = float(re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)[1])  # type: ignore[index]
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    return Figures(rate, milliseconds(found["50"]), milliseconds(found["99"]), int(errors[1]) if errors else 0)


def median(figures: list[Figures]) -> Figures:
    """The medians of several measurements."""
    return Figures(
        statistics.median(f.rate for f in figures),
        statistics.median(f.p50 for f in figures),
        statistics.median(f.p99 for f in figures),
        sum(f.errors for f in figures),
    )


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is needed: apt-get install wrk")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        release = synthetic_release(options.triples, folder)
        ours_port, theirs_port = free_port(), free_port()
        ours, theirs = f"http://127.0.0.1:{ours_port}/sparql", f"http://127.0.0.1:{theirs_port}/query"
        serve = [BIN / "workplan", "serve", "--port", str(ours_port), "--out", folder]
        peer = [BIN / "oxigraph", "serve", "--union-default-graph", "--bind", f"127.0.0.1:{theirs_port}"]
        with running(serve, ours + "?query=ASK{}"), running(peer, theirs + "?query=ASK{}"):
            load(release.data, f"http://127.0.0.1:{theirs_port}/store")
            print(f"{options.triples} triples, {ROUNDS} rounds of {options.seconds} s; req/s (p50 / p99 ms)\n")
            print("| question | cache | clients | ours | oxigraph serve | ratio |")
            print("|---|---|---|---|---|---|")
            for question, query in QUESTIONS.items():
                for is_cold in (True, False):
                    for clients in CLIENTS:
                        pairs = [
                            [
                                measure(a, query, clients, options.seconds, folder, is_cold=is_cold)
                                for a in (ours, theirs)
                            ]
                            for _ in range(ROUNDS)
                        ]
                        mine, other = (median([pair[i] for pair in pairs]) for i in (0, 1))
                        shown = [
                            f"{f.rate:.0f} ({f.p50:.2f} / {f.p99:.2f})" + (f" {f.errors} errors" if f.errors else "")
                            for f in (mine, other)
                        ]
                        print(
                            f"| {question} | {'cold' if is_cold else 'hot'} | {clients} | {shown[0]} | {shown[1]} "
                            f"| {mine.rate / other.rate:.2f} |",
                            flush=True,
                        )


if __name__ == "__main__":
    main()
