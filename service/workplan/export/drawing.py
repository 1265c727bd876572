"""Pictures of Vega-Lite descriptions, by a process that is started when someone first wants one and can be killed.

One picture is drawn at a time, and few may wait for theirs: whoever asks for many must not take the threads of others.
"""

import atexit
import json
import logging
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any, Final

from workplan.model.errors import DrawingFailed, ServiceBusy

from .drawer import HEAD

SECONDS: Final = 15.0
"""How long a picture may take, the start of the process with it: usually a twentieth of a second, and a whole one."""

MOST_WAITING: Final = 8
"""Requests that may be drawn or wait to be: the others are told to come again."""

SCALE: Final = 2.0
"""Pixels of a PNG for each of the drawing's, so that it is sharp on today's screens and in print."""

_RETRY_AFTER: Final = 2


class _GoneError(Exception):
    """The process has ended, as it does when it has been idle."""


class Drawer:
    """What draws, for the threads of one process."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", __package__ + ".drawer")) -> None:
        self._command = command
        self._places = threading.BoundedSemaphore(MOST_WAITING)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def svg(self, spec: Mapping[str, Any]) -> str:
        """The drawing of the Vega-Lite description *spec*. Raises ServiceBusy or DrawingFailed."""
        return self._ask({"spec": spec}).decode()

    def png(self, svg: str) -> bytes:
        """The drawing *svg* as pixels. Raises ServiceBusy or DrawingFailed."""
        return self._ask({"svg": svg, "scale": SCALE})

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        process.wait()

    @property
    def pid(self) -> int | None:
        """The process, where one runs."""
        return self._process.pid if self._process else None

    def _ask(self, what: Mapping[str, Any]) -> bytes:
        if not self._places.acquire(blocking=False):
            raise ServiceBusy(retry_after=_RETRY_AFTER)
        try:
            body = json.dumps(what).encode()
            with self._lock:
                return self._answered(HEAD.pack(1, len(body)) + body)
        finally:
            self._places.release()

    def _answered(self, message: bytes) -> bytes:
        deadline = time.monotonic() + SECONDS
        try:
            try:
                return self._exchange(message, deadline)
            except _GoneError:
                # It had been idle for long, or was killed: a new one is as good.
                self.close()
                return self._exchange(message, deadline)
        except (_GoneError, TimeoutError) as error:
            self.close()
            raise DrawingFailed from error

    def _exchange(self, message: bytes, deadline: float) -> bytes:
        process = self._process = self._process or subprocess.Popen(  # noqa: S603 - this very program
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True
        )
        if process.stdin is None or process.stdout is None:
            raise _GoneError
        _send(process.stdin.fileno(), message, deadline)
        is_done, size = HEAD.unpack(_receive(process.stdout.fileno(), HEAD.size, deadline))
        body = _receive(process.stdout.fileno(), size, deadline)
        if not is_done:
            logging.getLogger(__name__).error("a chart could not be drawn: %s", body.decode())
            raise DrawingFailed
        return body


def _send(pipe: int, message: bytes, deadline: float) -> None:
    os.set_blocking(pipe, False)
    left = memoryview(message)
    while left:
        _wait(pipe, select.POLLOUT, deadline)
        try:
            left = left[os.write(pipe, left) :]
        except BrokenPipeError as error:
            raise _GoneError from error


def _receive(pipe: int, size: int, deadline: float) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        _wait(pipe, select.POLLIN, deadline)
        part = os.read(pipe, size - len(parts))
        if not part:
            raise _GoneError
        parts += part
    return bytes(parts)


def _wait(pipe: int, event: int, deadline: float) -> None:
    # Not select(): a busy server's descriptors have numbers beyond those it knows.
    ready = select.poll()
    ready.register(pipe, event)
    if not ready.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError


DRAWER: Final = Drawer()
"""The one that this process shares."""

atexit.register(DRAWER.close)
