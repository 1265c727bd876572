"""What a running service holds: an engine, the release behind it and its settings.

It may not know Flask.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from workplan.configuration import Configuration, load_configuration
from workplan.engine.constancy import is_constant
from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.pooled import PooledEngine
from workplan.engine.query import Capacity, Kind, QueryEngine, QueryRequest, QueryResult
from workplan.engine.supervision import SeparateEngine
from workplan.knowledge.site import completed
from workplan.model.errors import N_, MissingFolder
from workplan.model.formats import Format
from workplan.operation.slow_queries import SlowQueryLog
from workplan.operation.succession import RunningPool
from workplan.questions.catalogue import SavedQuery, catalogue
from workplan.release.build import Release, current_release
from workplan.release.sources import load_home, releases_folder

_SECONDARY: Final = Capacity(workers=2, long=1, memory=1024 * 1024 * 1024)
"""What queries over a release that is not in service may take together: they are few, and few wait for them."""


FLEETING: Final[ContextVar[bool]] = ContextVar("FLEETING", default=False)
"""Whether the answer that this thread makes would be another if it were made again: none of it may be kept."""


@dataclass(frozen=True)
class Service:
    """One network's service.

    *release* is the release behind the pool or the embedded engine; None where a remote store answers, since what
    that store holds may change unseen. *is_pooled* says that queries run in processes that can be killed.
    """

    engine: QueryEngine
    config: Configuration
    release: Release | None
    queries: Mapping[str, SavedQuery] = field(default_factory=dict)
    is_pooled: bool = False

    @property
    def version(self) -> str | None:
        """The release's version, from which answers derive their ETag; None where answers may change."""
        return self.release.version if self.release else None

    def engine_over(self, release: Release) -> QueryEngine:
        """An engine over another *release*, whose queries can be killed where this service's can.

        Raises DamagedRelease where it is not as it was written.
        """
        config = self.config
        release.ensure_whole()
        if not self.is_pooled:
            return WatchedForChange(EmbeddedEngine(release.data, config.limits, config.allowed_services))
        engine = SeparateEngine(release.data, config.limits, _SECONDARY, config.allowed_services, release.digest)
        return _watched(engine, config)


def open_service(root: Path | None, out: Path | None, store: str | None, pool: RunningPool | None = None) -> Service:
    """The service of the home at *root*: over the endpoint *store*, a *pool*, or the current release in *out*.

    Raises MissingFolder where no release has been built, DamagedRelease where it is not as it was written, and what
    loading a home and its configuration raises.
    """
    home = load_home(root)
    config = load_configuration(home.root)
    if store:
        # Its client imports rdflib, which an embedded store does not need.
        from workplan.engine.remote import RemoteEngine

        remote = RemoteEngine(store, config.limits, config.allowed_services)
        return Service(_watched(remote, config), completed(config, remote), None, catalogue(home.queries))
    folder = out or releases_folder(home)
    if pool:
        served = Release(pool.version, folder / pool.version)
        # Its quads are the pool's business.
        served.ensure_whole(has_data=False)
        return _over(served, PooledEngine(Path(pool.address), config.limits), config, is_pooled=True)
    release = current_release(folder)
    if release is None:
        raise MissingFolder(path=folder, expected=N_("una publicació feta amb «workplan build»"))
    release.ensure_whole()
    embedded = EmbeddedEngine(release.data, config.limits, config.allowed_services)
    return _over(release, embedded, config)


def _over(release: Release, engine: QueryEngine, config: Configuration, *, is_pooled: bool = False) -> Service:
    """The service over *release*, whose saved questions are those that were checked with it."""
    queries = catalogue(release.queries)
    return Service(_watched(engine, config), completed(config, engine), release, queries, is_pooled)


def _watched(engine: QueryEngine, config: Configuration) -> QueryEngine:
    """*engine*, watched for what has another answer each time, its slow queries logged where that is wanted."""
    return WatchedForChange(SlowQueryLog(engine, config.slow_query) if config.slow_query else engine)


class WatchedForChange:
    """*engine*; FLEETING is set as soon as it is asked a query that has another answer each time."""

    def __init__(self, engine: QueryEngine) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        """What only some engines have."""
        return getattr(self._engine, name)

    def kind_of(self, request: QueryRequest) -> Kind:
        """See QueryEngine."""
        return self._engine.kind_of(request)

    def run(self, request: QueryRequest, form: Format) -> QueryResult:
        """See QueryEngine."""
        if not is_constant(request.text):
            FLEETING.set(True)
        return self._engine.run(request, form)

    def close(self) -> None:
        """See QueryEngine."""
        self._engine.close()
