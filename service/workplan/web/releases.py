"""What answers: the release in service, and older ones for addresses that are pinned to them.

An older release is read from its folder when someone first asks for it. It may not change which one is in service.
"""

import re
import threading
from collections import OrderedDict
from typing import Final

from flask import Flask, current_app

from workplan.engine.embedded import EmbeddedEngine
from workplan.export.answer import Source
from workplan.model.errors import UnknownRelease
from workplan.questions.catalogue import catalogue
from workplan.release.build import VERSION_LENGTH, Release, kept_release

from .service import Service

KEPT: Final = 2
"""Older releases that a process holds in memory at a time."""

_VERSION: Final = re.compile(rf"[0-9a-f]{{{VERSION_LENGTH}}}")
_EXTENSION: Final = "workplan.sources"


class Sources:
    """The sources of the running *service*."""

    def __init__(self, service: Service) -> None:
        self.running = Source(service.engine, service.queries, service.config, service.version)
        self._release = service.release
        self._opened: OrderedDict[str, Source] = OrderedDict()
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
        """What answers for the release *version* for good. Raises UnknownRelease."""
        release = self.release(version)
        with self._lock:
            source = self._opened.pop(version, None) or self._open(release)
            self._opened[version] = source
            while len(self._opened) > KEPT:
                self._opened.popitem(last=False)
            return source

    def _open(self, release: Release) -> Source:
        running = self.running
        if release.version == running.version:
            return Source(running.engine, running.queries, running.config, release.version, is_pinned=True)
        # Its questions were asked when it was built, so that none needs a process that can be killed.
        engine = EmbeddedEngine(release.data, running.config.limits, running.config.allowed_services)
        return Source(engine, catalogue(release.queries), running.config, release.version, is_pinned=True)


def prepare(app: Flask) -> None:
    """Give *app* the sources of its service."""
    app.extensions[_EXTENSION] = Sources(app.extensions["workplan"])


def sources() -> Sources:
    """The sources of this request's application."""
    found: Sources = current_app.extensions[_EXTENSION]
    return found
