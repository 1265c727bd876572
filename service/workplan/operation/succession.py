"""One release in service after another, without a request lost in between.

``workplan serve`` starts a pool for each and says in a file which is in service; each web process takes it up when it
is ready and says which it still uses, and a pool that nobody uses is closed. A release that is not what was written is
never begun; where the one in service can no longer be loaded, the last whole one follows it. It may not answer a
request.
"""

import json
import os
import signal
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from workplan.configuration import load_configuration
from workplan.engine.pooled import PooledEngine
from workplan.engine.query import Limits
from workplan.engine.supervision import SupervisedPool
from workplan.language import cli_language, sentence
from workplan.model.errors import N_, DamagedRelease, StoreError, WorkplanError
from workplan.release.build import Release, all_releases, current_mark, current_release, servable_release

from .figures import is_alive
from .logs import RELEASES

_TICK: Final = 0.25
"""Seconds between two looks at which release is current: reading a line costs nothing that could be noticed."""

_IN_SERVICE: Final = "in-service.json"
_USES: Final = "uses-"
_UNFIT: Final = "unfit-"


@dataclass(frozen=True)
class RunningPool:
    """A pool at *address* that holds the release *version*, the *turn*-th that this service has started."""

    address: str
    version: str
    turn: int = 0


def in_service(folder: Path) -> RunningPool | None:
    """What is to be served, as said in *folder*; None where a remote store is."""
    try:
        return RunningPool(**json.loads((folder / _IN_SERVICE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def note_use(folder: Path, turns: set[int]) -> None:
    """This process uses the pools of these *turns*."""
    _write(folder / f"{_USES}{os.getpid()}", json.dumps(sorted(turns)))


def refuse(folder: Path, turn: int) -> None:
    """This process cannot use the pool of that *turn*, whose release is damaged, and waits for another."""
    (folder / f"{_UNFIT}{turn}").touch()


def _used(folder: Path) -> set[int]:
    """The turns whose pools living web processes use."""
    turns: set[int] = set()
    for file in folder.glob(f"{_USES}*"):
        if not is_alive(int(file.name.removeprefix(_USES))):
            file.unlink(missing_ok=True)
            continue
        turns.update(json.loads(file.read_text(encoding="utf-8")))
    return turns


def _write(file: Path, text: str) -> None:
    """Put *text* in *file* in a single move, so that nobody reads half of it."""
    unfinished = file.with_name(f".{file.name}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(file)


class Succession:
    """The pools of the service of the home at *root*, over the current release in *releases*, told of in *folder*.

    Where it cannot go on it has the service end, and *failure* tells why. Raises MissingFolder where there is no
    release yet, DamagedRelease where none is whole, and what reading the configuration raises.
    """

    def __init__(self, root: Path, releases: Path, folder: Path) -> None:
        self._root, self._releases, self._folder = root, releases, folder
        self._pools: dict[int, SupervisedPool] = {}
        self._is_closing = threading.Event()
        self._is_told = False
        self._refused: tuple[str, int] | None = None
        self._trouble = ""
        self.failure: WorkplanError | None = None
        release, damage = servable_release(releases)
        self._now = self._begun(release)
        if damage:
            self._tell(damage, current_release(releases))
        self._announce(self._now)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def renew(self) -> None:
        """Read the settings and the current release anew, even if they have not changed. A signal may call it."""
        # A lock is not for signal handlers, so nothing is waked up.
        self._is_told = True

    def close(self) -> None:
        """End all pools."""
        self._is_closing.set()
        self._thread.join()
        for pool in self._pools.values():
            pool.close()

    def _begun(self, release: Release) -> RunningPool:
        """A pool over *release*, which may not have read it yet."""
        config = load_configuration(self._root)
        pool = SupervisedPool(release.data, config.capacity, config.allowed_services, release.digest)
        turn = max(self._pools, default=0) + 1
        self._pools[turn] = pool
        return RunningPool(str(pool.address), release.version, turn)

    def _announce(self, running: RunningPool) -> None:
        self._now = running
        _write(self._folder / _IN_SERVICE, json.dumps(asdict(running)))

    def _watch(self) -> None:
        while not self._is_closing.wait(_TICK):
            release = None
            try:
                self._close_unused()
                if failure := self._failure_now():
                    self._fall_back(failure)
                    continue
                release = self._due()
                if release:
                    self._replace(release)
            except Exception as error:
                # Were it to end this thread, no release would ever follow the one that is in service.
                self._tell(error, release)
            else:
                self._trouble = ""

    def _tell(self, error: Exception, release: Release | None) -> None:
        """Log once that *release*, or whichever is current, cannot be served because of *error*."""
        if release:
            # Not to be tried again until one is made current or someone asks for it.
            self._refused = release.version, current_mark(self._releases)
        cause = sentence(error.text, error.values, cli_language()) if isinstance(error, WorkplanError) else repr(error)
        if cause != self._trouble:
            self._trouble = cause
            RELEASES.error(
                "the release cannot be served and another stays in service: %s",
                cause,
                extra={"fields": {"release": release and release.version, "in_service": self._now.version}},
            )

    def _due(self) -> Release | None:
        """The release to put in service now, if any. Raises StoreError where none is current."""
        is_told, self._is_told = self._is_told, False
        release = current_release(self._releases)
        if release is None:
            raise StoreError(
                N_("El fitxer «current» no diu la versió de cap publicació de %(folder)s."), folder=self._releases
            )
        is_due = release.version != self._now.version and self._refused != (
            release.version,
            current_mark(self._releases),
        )
        return release if is_told or is_due else None

    def _failure_now(self) -> WorkplanError | None:
        """Why the release in service can serve no longer, if so: its pool was given up, or its files are others."""
        turn, version = self._now.turn, self._now.version
        if (self._folder / f"{_UNFIT}{turn}").exists():
            try:
                Release(version, self._releases / version).ensure_whole()
            except DamagedRelease as error:
                return error
            (self._folder / f"{_UNFIT}{turn}").unlink()
        return self._pools[turn].failure

    def _fall_back(self, failure: WorkplanError) -> None:
        """Put the last whole release in the place of the one in service, whose pool *failure* has ended."""
        failed = self._now.version
        for release in all_releases(self._releases):
            if release.version == failed:
                self._tell(failure, release)
                continue
            with suppress(WorkplanError):
                self._replace(release)
                self._refused = failed, current_mark(self._releases)
                return
            if self._is_closing.is_set():
                return
        self.failure = failure
        self._is_closing.set()
        # The web server ends as it does for whoever stops it.
        os.kill(os.getpid(), signal.SIGTERM)

    def _replace(self, release: Release) -> None:
        """Put *release* in the place of the one in service. Raises a WorkplanError where it cannot be served."""
        release.ensure_whole()
        running = self._begun(release)
        pool = self._pools[running.turn]
        if not self._is_ready(pool):
            self._pools.pop(running.turn).close()
            if self._is_closing.is_set():
                return
            raise pool.failure or StoreError(N_("El procés que la carrega ha acabat abans de poder respondre."))
        RELEASES.info(
            "a new release is in service",
            extra={"fields": {"release": running.version, "before": self._now.version}},
        )
        self._refused = None
        self._announce(running)

    def _is_ready(self, pool: SupervisedPool) -> bool:
        """Whether *pool* answers, once it has read its release; False where its process ends or this service does."""
        process = pool.pid
        engine = PooledEngine(pool.address, Limits(seconds=0))
        try:
            while pool.pid == process and not self._is_closing.is_set():
                # A large release takes longer to read than the engine waits.
                with suppress(WorkplanError):
                    engine.state()
                    return pool.pid == process
        finally:
            engine.close()
        return False

    def _close_unused(self) -> None:
        for turn in self._pools.keys() - _used(self._folder) - {self._now.turn}:
            self._pools.pop(turn).close()
