"""How long `workplan serve` takes to answer each kind of page, cold and kept, beside its own simplest answer.

One client asks over one connection, one request after another. Cold is a page at an address that nobody has asked for
before, so that all of it is made anew; kept is the same address again. The simplest answer says only that the process
lives: it is made anew each time by the same server and the same framework, so that a ratio to it says what a page
itself costs, whatever the machine. Run it on a quiet one.
"""

import argparse
import http.client
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from compare import BIN, free_port, running

from workplan.release.build import build
from workplan.release.sources import load_home

HELLO = "/health/live"
PAGES = {
    "home": "/ca/",
    "the plan": "/ca/xmess/plan/2020",
    "the plan, filtered": "/ca/xmess/plan/2020?team=ST",
    "matrix": "/ca/matrix/xmess/plan/2020",
    "an action": "/ca/xmess/plan/2020/action/08",
    "a team": "/ca/xmess/team/st",
    "the document": "/ca/document/pla2020",
    "search": "/ca/search?q=compra+p%C3%BAblica",
    "the questions": "/ca/query/",
    "a question": "/ca/query/team-load",
    "quality": "/ca/quality",
    "ontology": "/ca/ns",
    "about": "/ca/about",
    "unknown address": "/ca/xmess/plan/2020/action/99",
}
COLD, KEPT = 10, 100
"""Requests of a round: kept ones are so short that more are needed."""

_NUMBERS = count()


@contextmanager
def served(folder: Path) -> Iterator[http.client.HTTPConnection]:
    """A connection to `workplan serve` over the shipped data, with a release in *folder*."""
    build(load_home(), folder)
    port = free_port()
    command = [BIN / "workplan", "serve", "--port", str(port), "--out", folder]
    with running(command, f"http://127.0.0.1:{port}{HELLO}"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        yield connection
        connection.close()


def milliseconds(connection: http.client.HTTPConnection, address: str) -> float:
    """How long the answer to *address* takes, to its last byte, compressed as browsers get it."""
    started = time.perf_counter()
    connection.request("GET", address, headers={"Accept": "text/html", "Accept-Encoding": "br"})
    answer = connection.getresponse()
    answer.read()
    taken = (time.perf_counter() - started) * 1000
    if answer.status >= 500:  # the line between what was asked for and a fault
        sys.exit(f"{address} answers {answer.status}")
    return taken


def cold(address: str) -> str:
    """*address* as nobody has asked for it before: pages pass over a parameter that they do not know."""
    return f"{address}{'&' if '?' in address else '?'}benchmark={next(_NUMBERS)}"


def measure(connection: http.client.HTTPConnection, rounds: int) -> Iterator[tuple[str, float, float]]:
    """Each page with its median cold and kept, the simplest answer first; each round asks for all of them in turn."""
    addresses = {"hello": HELLO, **PAGES}
    found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in addresses}
    for _ in range(rounds):
        for name, address in addresses.items():
            made = [milliseconds(connection, cold(address)) for _ in range(COLD)]
            milliseconds(connection, address)
            again = [milliseconds(connection, address) for _ in range(KEPT)]
            found[name][0].append(statistics.median(made))
            found[name][1].append(statistics.median(again))
    for name, (made, again) in found.items():
        yield name, statistics.median(made), statistics.median(again)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print("| page | cold, ms | times hello | kept, ms | times hello |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as connection:
        hello = 0.0
        for name, made, again in measure(connection, rounds):
            hello = hello or made
            print(f"| {name} | {made:.2f} | {made / hello:.1f} | {again:.2f} | {again / hello:.2f} |")


if __name__ == "__main__":
    main()
