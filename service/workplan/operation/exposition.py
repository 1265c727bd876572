"""The figures as Prometheus reads them.

It may not count anything itself.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from workplan.engine.negotiation import accepted_ranges
from workplan.engine.processes import processor_seconds, resident
from workplan.model.errors import WorkplanError

from .figures import BOUNDS, Figures, Sum

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

_OPEN_METRICS: Final = "application/openmetrics-text"

_BOUNDS: Final = (*(str(bound) for bound in BOUNDS), "+Inf")


def expose(
    figures: Figures, information: Mapping[str, str], pool_state: Callable[[], Mapping[str, Any]] | None, accept: str
) -> tuple[bytes, str]:
    """All *figures* and their media type, as *accept* prefers it: the Prometheus text format or OpenMetrics.

    *information* is told as labels; *pool_state* asks the pool, where there is one.
    """
    # Only who is watched needs it, and it takes longer to import than the rest of the service does to start.
    from prometheus_client.exposition import choose_encoder

    ranges = accepted_ranges(accept)
    wants_open = ranges.get(_OPEN_METRICS, 0) > ranges.get("text/plain", 0)
    # The library reads versions of its own in the header, and fails at what is none.
    encode, content_type = choose_encoder(_OPEN_METRICS if wants_open else "")
    return encode(_Families(figures, information, pool_state)), content_type


class _Families:
    """Stands where the library expects a registry."""

    def __init__(
        self,
        figures: Figures,
        information: Mapping[str, str],
        pool_state: Callable[[], Mapping[str, Any]] | None,
    ) -> None:
        self._figures = figures
        self._information = information
        self._pool_state = pool_state

    def collect(self) -> "Iterable[Metric]":
        """Every family of figures."""
        from prometheus_client.metrics_core import InfoMetricFamily

        yield InfoMetricFamily("workplan", "What is in service.", dict(self._information))
        yield from _of_requests(self._figures.summed())
        pool: Mapping[str, Any] | None = None
        if self._pool_state:
            # A pool that does not answer is a figure too, and the rest are wanted then most of all.
            with suppress(WorkplanError):
                pool = self._pool_state()
            yield from _of_pool(pool)
        yield from _of_processes(self._figures.processes(), pool)


def _of_requests(total: Sum) -> "Iterable[Metric]":
    from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    requests = CounterMetricFamily("workplan_requests", "Requests answered.", labels=("class", "code"))
    for kind, code, count in total.requests():
        requests.add_metric((kind, code), count)
    yield requests
    yield GaugeMetricFamily("workplan_requests_in_progress", "Requests being answered.", total.in_progress)
    times = HistogramMetricFamily(
        "workplan_request_seconds",
        "Time of answering a request: waiting for a worker, in the store, in the web process, in total.",
        labels=("class", "phase"),
    )
    for phase, kind, histogram in total.times():
        buckets = list(zip(_BOUNDS, accumulate(histogram.counts), strict=True))
        times.add_metric((kind, phase), buckets, histogram.seconds)
    yield times
    sizes = CounterMetricFamily("workplan_response_bytes", "Bytes of answers' bodies.", labels=("class",))
    for kind, size in total.sizes():
        sizes.add_metric((kind,), size)
    yield sizes
    cache = CounterMetricFamily(
        "workplan_cache_requests", "Requests for answers that may be kept, by whether one was.", labels=("result",)
    )
    cache.add_metric(("hit",), total.hits)
    cache.add_metric(("miss",), total.misses)
    yield cache
    yield GaugeMetricFamily("workplan_cache_entries", "Answers kept, by all web processes.", total.kept_entries)
    yield GaugeMetricFamily("workplan_cache_bytes", "Bytes of the answers kept.", total.kept_bytes)


def _of_pool(state: Mapping[str, Any] | None) -> "Iterable[Metric]":
    from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily

    yield GaugeMetricFamily("workplan_pool_up", "Whether the pool of query workers answers.", int(state is not None))
    if state is None:
        return
    yield GaugeMetricFamily("workplan_pool_workers", "Processes that answer queries.", len(state["workers"]))
    yield GaugeMetricFamily("workplan_pool_busy", "Workers that have a query.", state["busy"])
    yield GaugeMetricFamily("workplan_pool_queued", "Queries that wait for a worker.", state["queued"])
    stopped = CounterMetricFamily(
        "workplan_pool_stopped", "Queries stopped by the end of their worker, by reason.", labels=("reason",)
    )
    # A series that begins at nought shows its first increase; one that begins at one does not.
    for reason, count in ({"time": 0, "long": 0, "memory": 0, "hung-up": 0} | dict(state["stopped"])).items():
        stopped.add_metric((reason,), count)
    yield stopped
    died = CounterMetricFamily(
        "workplan_pool_died", "Workers that ended of themselves, by the signal or status.", labels=("cause",)
    )
    for cause, count in ({"SIGABRT": 0, "SIGSEGV": 0, "SIGKILL": 0} | dict(state["died"])).items():
        died.add_metric((cause,), count)
    yield died


def _of_processes(web: list[int], pool: Mapping[str, Any] | None) -> "Iterable[Metric]":
    from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily

    roles = {"web": web}
    workers: list[int] = pool["workers"] if pool else []
    if workers and (parent := _parent(workers[0])):
        roles |= {"pool": [parent], "worker": workers}
    shared = resident(roles["pool"][0]) if "pool" in roles else 0
    processes = GaugeMetricFamily("workplan_processes", "Processes, by what they do.", labels=("role",))
    memory = GaugeMetricFamily(
        "workplan_process_resident_bytes",
        "Memory of all processes of a role; of workers, what is theirs alone at least.",
        labels=("role",),
    )
    for role, pids in roles.items():
        processes.add_metric((role,), len(pids))
        own = shared if role == "worker" else 0
        memory.add_metric((role,), sum(max(0, resident(pid) - own) for pid in pids))
    yield processes
    yield memory
    yield GaugeMetricFamily(
        "workplan_web_open_descriptors", "Files and connections that web processes hold.", sum(map(_descriptors, web))
    )
    yield CounterMetricFamily(
        "workplan_web_processor_seconds", "Processor time of the web processes.", sum(map(processor_seconds, web))
    )


def _parent(pid: int) -> int | None:
    """The process that started *pid*; None where nobody can tell."""
    try:
        # proc(5): the name, in brackets, may hold anything.
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="latin-1").rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return None


def _descriptors(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return 0
