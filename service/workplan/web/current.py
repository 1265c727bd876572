"""The site of the release in service: another one takes its place when another release does.

A request is answered to its end by the site that it came to. It may not choose the release.
"""

import gc
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workplan.model.errors import DamagedRelease
from workplan.operation.logs import RELEASES
from workplan.operation.succession import RunningPool, in_service, note_use, refuse

from .front import Site

_TICK: Final = 0.25
"""Seconds between two looks at which release is in service."""


def keep_for_long() -> None:
    """Have the collector clear away what is left over, and look no more at what there is now, which stays."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@dataclass(frozen=True)
class _Turn:
    """A *site* and the pool that it asks."""

    running: RunningPool
    site: Site


class CurrentSite:
    """The site that *make* makes of the pool in service, as *folder* tells."""

    def __init__(self, folder: Path, make: Callable[[RunningPool], Site]) -> None:
        self._folder = folder
        self._make = make
        self._replaced: list[_Turn] = []
        self._failed: RunningPool | None = None
        while (turn := self._first()) is None:
            time.sleep(_TICK)
        self._now: _Turn = turn
        self.first = turn.site

    def follow(self, put: Callable[[Site], None]) -> None:
        """Have *put* called with each site that follows the first."""
        threading.Thread(target=self._follow, args=(put,), daemon=True).start()

    def _first(self) -> _Turn | None:
        """The site over the pool in service; None where it has changed, or must: its release is damaged."""
        try:
            return self._next()
        except DamagedRelease:
            if running := in_service(self._folder):
                refuse(self._folder, running.turn)
            return None

    def _next(self, *kept: _Turn) -> _Turn | None:
        """The site over the pool in service, while those *kept* are in use too; None where it has changed."""
        running = in_service(self._folder)
        if running is None:
            return None
        self._note(running, *(turn.running for turn in kept))
        # Only a pool that is in service once its use is noted is sure to stay.
        return _Turn(running, self._make(running)) if in_service(self._folder) == running else None

    def _follow(self, put: Callable[[Site], None]) -> None:
        while True:
            time.sleep(_TICK)
            try:
                # A request that came to a site has had since the last look to say so.
                self._let_go()
                running = in_service(self._folder)
            except OSError:
                # Descriptors may have run out; they come back.
                continue
            if running in (self._now.running, self._failed):
                continue
            try:
                turn = self._next(self._now, *self._replaced)
            except Exception:
                # Whatever it is, the release in service still is.
                RELEASES.exception("this web process cannot take up the new release and goes on with the old one")
                self._failed = running
            else:
                if turn:
                    before, self._now = self._now, turn
                    put(turn.site)
                    self._replaced.append(before)

    def _let_go(self) -> None:
        idle = [turn for turn in self._replaced if not turn.site.busy]
        if not idle:
            return
        self._replaced = [turn for turn in self._replaced if turn.site.busy]
        for turn in idle:
            turn.site.close()
        del idle, turn
        keep_for_long()
        self._note(self._now.running, *(turn.running for turn in self._replaced))

    def _note(self, *running: RunningPool) -> None:
        note_use(self._folder, {each.turn for each in running})
