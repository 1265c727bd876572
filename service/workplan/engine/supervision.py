"""The pool as a child of ``workplan serve``: started, started again should it die, and gone with its parent.

It is its parent's alone: other processes are told the pool's address only. One that cannot load its data is given up,
with the cause, for it would not the next time.
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
from typing import Any, Final

from workplan.model.errors import N_, StoreError, WorkplanError

from .frames import header_of, unpack_error, whole_frame
from .pooled import PooledEngine, fault_at
from .query import Capacity, Limits
from .temporary import TemporaryFolder

_LOG: Final = logging.getLogger("workplan.pool")

_HEALTHY_SECONDS: Final = 1.0
"""A pool that dies sooner than this would die again, so it is started again ever more slowly."""

_HOPELESS: Final = 3
"""After so many deaths in a row, each soon after the start, nobody is kept waiting for the next start."""

_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 5.0

_MOST_TRIES: Final = 4
"""How often in a row a pool may end before it has loaded its data: the machine may have been short of memory once."""


class SeparateEngine(PooledEngine):
    """A QueryEngine over a pool of its own, which holds the file of quads *data* of the SHA-256 *digest*."""

    def __init__(
        self,
        data: Path,
        limits: Limits,
        capacity: Capacity,
        allowed_services: Collection[str] = frozenset(),
        digest: str | None = None,
    ) -> None:
        self._pool = SupervisedPool(data, capacity, allowed_services, digest)
        super().__init__(self._pool.address, limits)

    def close(self) -> None:
        """See QueryEngine."""
        super().close()
        self._pool.close()

    def ensure_alive(self) -> None:
        """See PooledEngine."""
        if self._pool.failure:
            raise self._pool.failure


class SupervisedPool:
    """A running pool over the file of quads *data*, at *address* until closed.

    The data are refused where their SHA-256 is not the *digest* that is given. *failure* is why the pool has been given
    up, once it has.
    """

    def __init__(
        self,
        data: Path,
        capacity: Capacity,
        allowed_services: Collection[str] = frozenset(),
        digest: str | None = None,
    ) -> None:
        self._folder = TemporaryFolder()
        self.address = self._folder.path / "pool"
        self.failure: WorkplanError | None = None
        self._settings = json.dumps(
            {
                "address": str(self.address),
                "data": str(data),
                "digest": digest,
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
        self._folder.close()

    def _started(self) -> subprocess.Popen[bytes]:
        # The pool reads its standard input, whose other end only this process has: it ends with this process.
        # By its standard output it tells whether it has loaded its data.
        return subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-m", __package__ + ".pool", self._settings],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def _let_go(self) -> None:
        """Close the pool's standard input: in a forked web process it would keep the pool alive."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()

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
        pause, failures, tries = _FIRST_PAUSE, 0, 0
        while True:
            is_healthy = self._has_begun_well()
            status = self._process.wait()
            if self._is_closing.is_set():
                return
            cause = _cause(status)
            _LOG.error("the pool of query workers has ended (%s)", cause)
            # Where the kernel does not see to it, workers outlive their pool.
            self._kill_group()
            told = self._told()
            self._let_go()
            tries = 0 if told == {} else tries + 1
            if told or tries == _MOST_TRIES:
                self._give_up(unpack_error(told) if told else _never_loaded(tries, cause), cause)
                return
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

    def _told(self) -> dict[str, Any] | None:
        """What the pool that has ended told of its data: nothing amiss, an error, or None where it had no time to."""
        frame = whole_frame(bytearray(self._process.stdout.read())) if self._process.stdout else None
        return header_of(frame) if frame else None

    def _give_up(self, failure: WorkplanError, cause: str) -> None:
        """Start no pool any more, because of *failure*, and keep nobody waiting for one."""
        with suppress(OSError):
            fault_at(self.address).write_text(cause, encoding="utf-8")
        self.failure = failure


def _never_loaded(tries: int, cause: str) -> StoreError:
    return StoreError(
        N_(
            "El procés que ha de carregar les dades ha acabat %(tries)s vegades abans de poder-les donar "
            "(%(cause)s); potser no hi ha prou memòria."
        ),
        tries=tries,
        cause=cause,
    )


def _cause(status: int) -> str:
    """A name for how a process ended: a signal's, or its exit *status*."""
    return signal.Signals(-status).name if status < 0 else f"exit {status}"
