"""Processes as the tests see them, and queries that mean harm to them."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

JOIN = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SORT = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY DESC(?f) ?c"
PATH = "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>|^!<x:y>)* ?b . ?b (!<x:y>|^!<x:y>)* ?c }"
REGEX = 'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(a|aa|b.*c.*)*z$")) }'
CONCAT = "SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
NESTED = f"SELECT * {{ ?s {'(' * 500}<a:b>{')*' * 500} ?o }}"
HOSTILE = {"join": JOIN, "sort": SORT, "path": PATH, "regex": REGEX, "concat": CONCAT, "nested": NESTED}
"""None of them writes a row before it has exhausted time or memory."""


def eventually(condition: Callable[[], bool], seconds: float = 15) -> bool:
    """Whether *condition* comes to hold within *seconds*."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        threading.Event().wait(0.005)
    return True


def is_gone(pid: int) -> bool:
    """Whether there is no such process, or only what is left for its parent to count."""
    state = _state(pid)
    return state is None or state[0] == "Z"


def descendants(pid: int) -> list[int]:
    """The living processes that *pid* has started, and those that these have."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (state := _state(int(folder.name))) and state[0] != "Z":
            parents[int(folder.name)] = int(state[1])
    found = [pid]
    for parent in found:
        found += [child for child, its_parent in parents.items() if its_parent == parent]
    return found[1:]


def _state(pid: int) -> list[str] | None:
    """What the kernel says after the name of process *pid*; None where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def parent(pid: int) -> int:
    """The process that *pid* is a child of; 0 where there is no such process."""
    state = _state(pid)
    return int(state[1]) if state else 0


def descriptors(pid: int) -> int:
    """How many files and sockets *pid* has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def resident_bytes(pid: int) -> int:
    """The memory that *pid* takes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def is_pool(pid: int) -> bool:
    """Whether *pid* is a pool or a worker that was forked from one."""
    try:
        return b"workplan.engine.pool" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def busy_workers_abort(process: int) -> Iterator[None]:
    """Meanwhile each worker below *process* that has computed for a while aborts, as where the engine panics."""
    over, begun = threading.Event(), dict[int, float]()

    def abort() -> None:
        while not over.wait(0.01):
            for pid in filter(is_pool, descendants(process)):
                spent = _processor_seconds(pid)
                if is_pool(parent(pid)) and spent - begun.setdefault(pid, spent) > 0.1:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGABRT)

    thread = threading.Thread(target=abort)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _processor_seconds(pid: int) -> float:
    """How long *pid* has computed."""
    state = _state(pid)
    return sum(map(int, state[11:13])) / os.sysconf("SC_CLK_TCK") if state else 0
