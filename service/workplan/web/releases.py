"""What answers: the release in service, and older ones for addresses that are pinned to them.

An older release is read from its folder by a pool of its own when someone first asks for it. It may not change which
one is in service.
"""

import re
import threading
import time
from collections import OrderedDict
from dataclasses import replace
from math import ceil
from typing import Final

from flask import Flask, current_app

from workplan.export.answer import Source
from workplan.model.errors import N_, ServiceBusy, UnknownRelease
from workplan.questions.catalogue import catalogue
from workplan.release.build import VERSION_LENGTH, Release, kept_release

from .service import Service

KEPT: Final = 2
"""Older releases that are held in memory for a web process at a time."""

REST_SECONDS: Final = 30
"""How long an older release is not asked before another takes its place: whoever asks many in turn has each read."""

_VERSION: Final = re.compile(rf"[0-9a-f]{{{VERSION_LENGTH}}}")
_EXTENSION: Final = "workplan.sources"


class Sources:
    """The sources of the running *service*."""

    def __init__(self, service: Service) -> None:
        self.running = Source(service.engine, service.queries, service.config, service.version)
        self._pinned = replace(self.running, is_pinned=True)
        self._service = service
        self._release = service.release
        self._opened: OrderedDict[str, tuple[Source, float]] = OrderedDict()
        self._lock = threading.Lock()

    def release(self, version: str) -> Release:
        """The release *version*. Raises UnknownRelease where it is not kept here."""
        current = self._release
        if current and version == current.version:
            return current
        found = kept_release(current.folder.parent, version) if current and _VERSION.fullmatch(version) else None
        if found is None:
            raise UnknownRelease(version=version, current=current.version if current else "–")
        return found

    def pinned(self, version: str) -> Source:
        """What answers for the release *version* for good. Raises UnknownRelease, or ServiceBusy where others do."""
        release = self.release(version)
        if release.version == self.running.version:
            return self._pinned
        with self._lock:
            source = self._opened[version][0] if version in self._opened else self._open(release)
            self._opened[version] = source, time.monotonic()
            self._opened.move_to_end(version)
            return source

    def close(self) -> None:
        """Let go of the older releases."""
        with self._lock:
            while self._opened:
                self._close_oldest()

    def _open(self, release: Release) -> Source:
        if len(self._opened) >= KEPT:
            self._make_room()
        engine = self._service.engine_over(release)
        return Source(engine, catalogue(release.queries), self.running.config, release.version, is_pinned=True)

    def _make_room(self) -> None:
        """Close the older release that was not asked for longest. Raises ServiceBusy where that is not long enough."""
        _, asked = next(iter(self._opened.values()))
        # What was asked of it last must have been answered.
        rest = asked + max(REST_SECONDS, 2 * self.running.config.limits.seconds) - time.monotonic()
        if rest > 0:
            raise ServiceBusy(
                N_(
                    "Ara es consulten altres publicacions anteriors, i només se'n tenen obertes %(kept)s alhora; "
                    "torneu-ho a provar d'aquí a %(retry_after)s segons."
                ),
                kept=KEPT,
                retry_after=ceil(rest),
            )
        self._close_oldest()

    def _close_oldest(self) -> None:
        _, (source, _) = self._opened.popitem(last=False)
        source.engine.close()


def prepare(app: Flask) -> None:
    """Give *app* the sources of its service."""
    app.extensions[_EXTENSION] = Sources(app.extensions["workplan"])


def sources() -> Sources:
    """The sources of this request's application."""
    return sources_of(current_app)


def sources_of(app: Flask) -> Sources:
    """The sources of *app*."""
    found: Sources = app.extensions[_EXTENSION]
    return found
