"""What answers: the release in service, and older ones for addresses that are pinned to them.

An older release is read from its folder by a pool of its own when someone first asks for it. It may not change which
one is in service.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

from flask import Flask, current_app, g

from workplan.export.answer import Source
from workplan.model.errors import N_, ServiceBusy, UnknownRelease
from workplan.questions.catalogue import catalogue
from workplan.release.build import Release, kept_release

from .service import Service

KEPT: Final = 2
"""Older releases that are held in memory for a web process at a time."""

TERM_SECONDS: Final = 30
"""How long an older release may be asked while others wait for its place: then it is the turn of the first of them."""

CLAIM_SECONDS: Final = 60
"""How long a release that was promised a place is waited for, from the moment for which it was promised."""

_EXTENSION: Final = "workplan.sources"
_IN_USE: Final = "older_releases_in_use"


@dataclass(eq=False)
class _Opened:
    """An older release that is held: its *source*, since when, and how many requests are asking it now."""

    source: Source
    since: float
    users: int = 0


class Sources:
    """The sources of the running *service*.

    Older releases take turns: where all places are taken, those that are asked for wait in a line, and each is told
    when it will have its turn. Nobody keeps a place by asking for what has it.
    """

    def __init__(self, service: Service) -> None:
        self.running = Source(service.engine, service.queries, service.config, service.version)
        self._pinned = replace(self.running, is_pinned=True)
        self._service = service
        self._release = service.release
        self._opened: dict[str, _Opened] = {}
        # Versions that wait, the first one first, each with the moment for which it was promised a place.
        self._claims: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def release(self, version: str) -> Release:
        """The release *version*. Raises UnknownRelease where it is not kept here."""
        current = self._release
        if current and version == current.version:
            return current
        found = kept_release(current.folder.parent, version) if current else None
        if found is None:
            raise UnknownRelease(version=version, current=current.version if current else "–")
        return found

    def pinned(self, version: str) -> Source:
        """What answers for the release *version* for good. Raises UnknownRelease, or ServiceBusy where others do."""
        release = self.release(version)
        if release.version == self.running.version:
            return self._pinned
        with self._lock:
            now = time.monotonic()
            self._drop_stale_claims(now)
            opened = self._opened.get(version)
            if opened is None or self._is_over(opened, now):
                opened = self._take_turn(release, now)
            opened.users += 1
        # Until the request has been answered.
        g.setdefault(_IN_USE, []).append(opened)
        return opened.source

    def let_go(self, opened: _Opened) -> None:
        """A request that asked *opened* has been answered."""
        with self._lock:
            opened.users -= 1

    def close(self) -> None:
        """Let go of the older releases."""
        with self._lock:
            while self._opened:
                self._close(next(iter(self._opened)))

    def _is_over(self, opened: _Opened, now: float) -> bool:
        """Whether *opened* has to make way: it has had its turn, and others wait for theirs."""
        return bool(self._claims) and now >= opened.since + TERM_SECONDS

    def _take_turn(self, release: Release, now: float) -> _Opened:
        """Have *release* opened if it is its turn. Raises ServiceBusy where it has to wait for it."""
        version = release.version
        self._claims.setdefault(version, now)
        wait = self._free_at([*self._claims].index(version), version, now) - now
        if wait > 0:
            self._claims[version] = now + ceil(wait)
            raise ServiceBusy(
                N_(
                    "Ara es consulten altres publicacions anteriors, i només se'n tenen obertes %(kept)s alhora; "
                    "torneu-ho a provar d'aquí a %(retry_after)s s."
                ),
                kept=KEPT,
                retry_after=ceil(wait),
            )
        del self._claims[version]
        if version in self._opened:
            # There is a place for each of those who wait before it.
            self._opened[version].since = now
            return self._opened[version]
        if len(self._opened) >= KEPT:
            idle = {each: opened.since for each, opened in self._opened.items() if not opened.users}
            self._close(min(idle, key=lambda each: idle[each]))
        engine = self._service.engine_over(release)
        source = Source(engine, catalogue(release.queries), self.running.config, version, is_pinned=True)
        self._opened[version] = _Opened(source, now)
        return self._opened[version]

    def _free_at(self, turn: int, version: str, now: float) -> float:
        """When there is a place for *version*, before which *turn* others wait."""
        longest = self.running.config.limits.seconds
        moments = [now] * (KEPT - len(self._opened))
        for each, opened in self._opened.items():
            end = opened.since + TERM_SECONDS
            is_busy = opened.users and each != version
            moments.append(end if end > now else now + longest if is_busy else now)
        return sorted(moments)[turn % KEPT] + turn // KEPT * TERM_SECONDS

    def _drop_stale_claims(self, now: float) -> None:
        for version in [v for v, promised in self._claims.items() if now > promised + CLAIM_SECONDS]:
            del self._claims[version]

    def _close(self, version: str) -> None:
        self._opened.pop(version).source.engine.close()


def prepare(app: Flask) -> None:
    """Give *app* the sources of its service."""
    found = app.extensions[_EXTENSION] = Sources(app.extensions["workplan"])

    @app.teardown_appcontext
    def let_go(_: BaseException | None) -> None:
        for opened in g.pop(_IN_USE, ()):
            found.let_go(opened)


def sources() -> Sources:
    """The sources of this request's application."""
    return sources_of(current_app)


def sources_of(app: Flask) -> Sources:
    """The sources of *app*."""
    found: Sources = app.extensions[_EXTENSION]
    return found
