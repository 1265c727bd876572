"""The pool as a child of ``workplan serve``: started, started again should it die, and gone with its parent.

It is its parent's alone: other processes are told the pool's address only.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Final

from .pooled import PooledEngine, fault_at
from .query import Capacity, Limits

_LOG: Final = logging.getLogger("workplan.pool")

_HEALTHY_SECONDS: Final = 1.0
"""A pool that dies sooner than this would die again, so it is started again ever more slowly."""

_HOPELESS: Final = 3
"""After so many deaths in a row, each soon after the start, nobody is kept waiting for the next start."""

_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 5.0


class SeparateEngine(PooledEngine):
    """A QueryEngine over a pool of its own, which holds the file of quads *data*."""

    def __init__(
        self, data: Path, limits: Limits, capacity: Capacity, allowed_services: Collection[str] = frozenset()
    ) -> None:
        self._pool = SupervisedPool(data, capacity, allowed_services)
        super().__init__(self._pool.address, limits)

    def close(self) -> None:
        """See QueryEngine."""
        super().close()
        self._pool.close()


class SupervisedPool:
    """A running pool over the file of quads *data*, at *address* until closed."""

    def __init__(self, data: Path, capacity: Capacity, allowed_services: Collection[str] = frozenset()) -> None:
        # Short, for the address of a Unix socket has 108 bytes at most; mkdtemp makes it private.
        self.address = Path(mkdtemp(prefix="workplan-")) / "pool"
        self._settings = json.dumps(
            {
                "address": str(self.address),
                "data": str(data),
                "allowed": sorted(allowed_services),
                "capacity": asdict(capacity),
            }
        )
        self._is_closing = threading.Event()
        self._process = self._started()
        os.register_at_fork(after_in_child=self._let_go)
        self._thread = threading.Thread(target=self._keep_alive, daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """The pool's process."""
        return self._process.pid

    def close(self) -> None:
        """End the pool and its workers."""
        self._is_closing.set()
        self._end()
        self._thread.join()
        rmtree(self.address.parent, ignore_errors=True)

    def _started(self) -> subprocess.Popen[bytes]:
        # The pool reads its standard input, whose other end only this process has: it ends with this process.
        return subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-m", __package__ + ".pool", self._settings],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def _let_go(self) -> None:
        """Close the pool's standard input: in a forked web process it would keep the pool alive."""
        if self._process.stdin:
            with suppress(OSError):
                self._process.stdin.close()

    def _end(self) -> None:
        self._let_go()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._kill_group()

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _keep_alive(self) -> None:
        pause, failures = _FIRST_PAUSE, 0
        while True:
            is_healthy = self._has_begun_well()
            status = self._process.wait()
            if self._is_closing.is_set():
                return
            cause = _cause(status)
            _LOG.error("the pool of query workers has ended (%s) and is started again", cause)
            # Where the kernel does not see to it, workers outlive their pool.
            self._kill_group()
            self._let_go()
            if is_healthy:
                pause, failures = _FIRST_PAUSE, 0
            else:
                failures += 1
                if failures >= _HOPELESS:
                    with suppress(OSError):
                        fault_at(self.address).write_text(cause, encoding="utf-8")
                if self._is_closing.wait(pause):
                    return
                pause = min(2 * pause, _LONGEST_PAUSE)
            self._process = self._started()

    def _has_begun_well(self) -> bool:
        """Wait until the pool has lived for a while; whether it has."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_HEALTHY_SECONDS)
            return False
        fault_at(self.address).unlink(missing_ok=True)
        return True


def _cause(status: int) -> str:
    """A name for how a process ended: a signal's, or its exit *status*."""
    return signal.Signals(-status).name if status < 0 else f"exit {status}"
