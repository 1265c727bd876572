"""`workplan serve` and its peers side by side, on the same data and the same questions.

Run it on a quiet machine; it takes a while. It needs ``wrk``. The peers are `oxigraph serve`, rdflib-endpoint, which
gets an environment of its own, and Virtuoso where Debian's package of it is installed.
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
import venv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from networks import synthetic_release
from pyoxigraph import RdfFormat, parse, serialize

from workplan.release.build import Release

BIN = Path(sys.executable).parent
PREFIXES = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX wp: <https://w3id.org/sse-workplan/ns#>
"""
PLAN = "https://w3id.org/sse-workplan/id/xmess/plan/2020"
ACTIONS = "?a a wp:PlannedAction ; wp:code ?code"
QUESTIONS = {
    "lookup": f"SELECT ?p ?o WHERE {{ <{PLAN}/action/08> ?p ?o }}",
    "ask": f"ASK {{ <{PLAN}/action/08> wp:directlyExecutedBy ?team }}",
    "list": f"SELECT ?a ?code ?label WHERE {{ ?a wp:elementOf <{PLAN}/version/1> ; a wp:PlannedAction ;"
    " wp:code ?code ; rdfs:label ?label } ORDER BY ?code",
    "lines": f"SELECT ?code ?label ?line ?lineLabel WHERE {{ ?a wp:elementOf <{PLAN}/version/1> ; wp:code ?code ;"
    " rdfs:label ?label ; wp:strategicLine ?l . ?l wp:code ?line ; rdfs:label ?lineLabel"
    ' FILTER(LANG(?label) = "ca") FILTER(LANG(?lineLabel) = "ca") } ORDER BY ?code ?line',
    "path": f"SELECT ?code WHERE {{ <{PLAN}/action/08> wp:strategicLine/wp:code ?code }}",
    "optional": f"SELECT ?code ?team WHERE {{ {ACTIONS} ; wp:elementOf <{PLAN}/version/1> OPTIONAL"
    " { ?a wp:directlyExecutedBy/wp:code ?team } } ORDER BY ?code ?team",
    "describe": f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o . FILTER(?s = <{PLAN}/action/08>) }}",
    "search": "SELECT ?a ?label WHERE { ?a a wp:PlannedAction ; rdfs:label ?label"
    ' FILTER(CONTAINS(LCASE(STR(?label)), "jornada")) } LIMIT 20',
    "without": f"SELECT (COUNT(*) AS ?n) WHERE {{ {ACTIONS} FILTER NOT EXISTS {{ ?a wp:directlyExecutedBy ?t }} }}",
    "by team": "SELECT ?team (COUNT(?a) AS ?n) WHERE { ?a wp:directlyExecutedBy ?t . ?t wp:code ?team } GROUP BY ?team",
    "heavy": "SELECT ?team (COUNT(DISTINCT ?a) AS ?n) WHERE { ?a wp:directlyExecutedBy ?t ;"
    " wp:strategicLine/wp:code ?le . ?t wp:code ?team } GROUP BY ?team ORDER BY DESC(?n)",
    "profile": "SELECT ?class ?p (COUNT(*) AS ?n) WHERE { ?s a ?class ; ?p ?o } GROUP BY ?class ?p ORDER BY DESC(?n)",
}
CLIENTS = (1, 8, 64)
ROUNDS = 3
PEERS_HOME = BIN.parent / "peers"
"""Where the environments of peers are made, once."""

# A comment with a number makes each request's text another one, in every round, so that no cache helps.
LUA = """
local n = %s
request = function()
  n = n + 1
  local q = "%s"
  if %s then q = q .. "%%23" .. n end
  return wrk.format("GET", wrk.path .. q, {["Accept"] = "%s"})
end
"""


@dataclass(frozen=True)
class Figures:
    """One measurement: requests per second, milliseconds, and how many requests were not answered with 200."""

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
def running(command: list[str | Path], ready: str, folder: Path | None = None) -> Iterator[None]:
    """*command* while it answers at *ready*; it has ten minutes to load its data."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        for _ in range(6000):
            if process.poll() is not None:
                sys.exit(f"{command[0]} ended with {process.returncode}")
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


@contextmanager
def ours(_release: Release, folder: Path) -> Iterator[str]:
    """`workplan serve`."""
    port = free_port()
    address = f"http://127.0.0.1:{port}/sparql"
    with running([BIN / "workplan", "serve", "--port", str(port), "--out", folder], address + "?query=ASK{}"):
        yield address


@contextmanager
def oxigraph(release: Release, folder: Path) -> Iterator[str]:
    """`oxigraph serve`, in memory."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [BIN / "oxigraph", "serve", "--union-default-graph", "--bind", f"127.0.0.1:{port}"]
    with running(command, f"{address}/query?query=ASK{{}}", folder):
        put = urllib.request.Request(  # noqa: S310 - our own address
            f"{address}/store", release.data.read_bytes(), {"Content-Type": "application/n-quads"}, method="POST"
        )
        urllib.request.urlopen(put).close()  # noqa: S310 - our own address
        yield f"{address}/query"


@contextmanager
def rdflib_endpoint(release: Release, folder: Path) -> Iterator[str]:
    """rdflib-endpoint over rdflib's own store; it serves one graph."""
    home = PEERS_HOME / "rdflib-endpoint"
    if not (home / "bin" / "rdflib-endpoint").is_file():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", "rdflib-endpoint[cli,web]"], check=True)  # noqa: S603
    graph = folder / "graph.nt"
    with graph.open("wb") as file:
        quads = parse(path=release.data, format=RdfFormat.N_QUADS)
        serialize((quad.triple for quad in quads), file, RdfFormat.N_TRIPLES)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [home / "bin" / "rdflib-endpoint", "serve", "--host", "127.0.0.1", "--port", str(port), graph]
    with running(command, f"{address}/?query=ASK{{}}", folder):
        yield f"{address}/"


VIRTUOSO = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {folder}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
"""
"""Its manual's sizes for 2 GB of memory."""


@contextmanager
def virtuoso(release: Release, folder: Path) -> Iterator[str]:
    """Virtuoso, its default graph the union of all."""
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(sql=sql, http=http, folder=folder))
    address = f"http://127.0.0.1:{http}/sparql"
    with running(["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"], address, folder):
        load = f"ld_dir('{release.data.parent}', '{release.data.name}', 'urn:all'); rdf_loader_run(); checkpoint;"
        command = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec={load}"]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - ours
        yield address


PEERS: dict[str, Callable[[Release, Path], AbstractContextManager[str]]] = {
    "oxigraph serve": oxigraph,
    "rdflib-endpoint": rdflib_endpoint,
} | ({"Virtuoso": virtuoso} if shutil.which("virtuoso-t") else {})


def milliseconds(text: str) -> float:
    """A time as wrk writes it, in milliseconds."""
    value, unit = re.fullmatch(r"([0-9.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def measure(address: str, query: str, clients: int, seconds: int, folder: Path, *, is_cold: bool) -> Figures | None:
    """What wrk says of *query* at *address*; None where nothing was answered in time."""
    script = folder / "ask.lua"
    accept = "application/n-triples" if query.startswith("CONSTRUCT") else "application/sparql-results+json"
    text = urllib.parse.quote(PREFIXES + query, safe="")
    script.write_text(LUA % (time.monotonic_ns(), text, str(is_cold).lower(), accept))
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "60s", "--latency", "-s", str(script)]
    done = subprocess.run([*command, f"{address}?query="], capture_output=True, text=True, check=True)  # noqa: S603
    found = dict(re.findall(r"(50|99)%\s+(\S+)", done.stdout))
    rate = float(re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)[1])  # type: ignore[index]
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    if not rate:
        return None
    return Figures(rate, milliseconds(found["50"]), milliseconds(found["99"]), int(errors[1]) if errors else 0)


def median(figures: list[Figures | None]) -> Figures | None:
    """The medians of several measurements; None where one of them gave nothing."""
    whole = [f for f in figures if f is not None]
    if len(whole) < len(figures):
        return None
    return Figures(
        statistics.median(f.rate for f in whole),
        statistics.median(f.p50 for f in whole),
        statistics.median(f.p99 for f in whole),
        sum(f.errors for f in whole),
    )


def shown(figures: Figures | None) -> str:
    """A cell of the table."""
    if figures is None:
        return "nothing"
    errors = f", {figures.errors} errors" if figures.errors else ""
    return f"{figures.rate:.0f} ({figures.p50:.2f} / {figures.p99:.2f}{errors})"


def ratio(mine: Figures | None, other: Figures | None) -> str:
    """How many times *other*'s rate ours is."""
    return f"{mine.rate / other.rate:.2f}" if mine and other else "–"


def rows(addresses: dict[str, str], options: argparse.Namespace, folder: Path) -> Iterator[str]:
    """The table, row by row; the peers take turns within a round, so that a noisy moment falls on all of them."""
    peers = list(addresses)[1:]
    yield "| question | cache | clients | ours | " + " | ".join(f"{peer} | times" for peer in peers) + " |"
    yield "|---|---|---|---|" + "---|---|" * len(peers)
    for question in options.questions:
        for is_cold in (True, False):
            for clients in options.clients:
                rounds = [
                    [
                        measure(a, QUESTIONS[question], clients, options.seconds, folder, is_cold=is_cold)
                        for a in addresses.values()
                    ]
                    for _ in range(options.rounds)
                ]
                mine, *others = (median([of[i] for of in rounds]) for i in range(len(addresses)))
                cells = [f"{shown(other)} | {ratio(mine, other)}" for other in others]
                cache = "cold" if is_cold else "hot"
                yield f"| {question} | {cache} | {clients} | {shown(mine)} | " + " | ".join(cells) + " |"


def main() -> None:
    """Measure, print the table and write it to a file of today."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=2, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--clients", type=int, nargs="+", default=CLIENTS)
    parser.add_argument("--questions", nargs="+", choices=QUESTIONS, default=list(QUESTIONS))
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is needed: apt-get install wrk")
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        release = synthetic_release(options.triples, folder)
        addresses = {"ours": stack.enter_context(ours(release, folder))}
        for peer in options.peers:
            addresses[peer] = stack.enter_context(PEERS[peer](release, folder))
        head = f"{options.triples} triples, {options.rounds} rounds of {options.seconds} s; req/s (p50 / p99 ms)"
        with (results / f"{datetime.now(UTC):%Y-%m-%d-%H%M}.md").open("w", encoding="utf-8") as file:
            for row in chain([head, ""], rows(addresses, options, folder)):
                print(row, flush=True)
                file.write(row + "\n")


if __name__ == "__main__":
    main()
