"""The slow-query log.

It may not change what an engine answers.
"""

import time
from typing import Any, Final, Self

from workplan.engine.query import Kind, QueryEngine, QueryRequest, QueryResult
from workplan.model.errors import WorkplanError
from workplan.model.formats import Format

from .logs import SLOW_QUERIES

LONGEST_TEXT: Final = 2000
"""Characters of a query that are logged."""


class SlowQueryLog:
    """*engine*, with a line in the log for each query that takes *threshold* milliseconds or more, answered or not."""

    def __init__(self, engine: QueryEngine, threshold: int) -> None:
        self._engine = engine
        self._threshold = threshold

    def __getattr__(self, name: str) -> Any:
        """What only some engines have."""
        return getattr(self._engine, name)

    def kind_of(self, request: QueryRequest) -> Kind:
        """See QueryEngine."""
        return self._engine.kind_of(request)

    def run(self, request: QueryRequest, form: Format) -> QueryResult:
        """See QueryEngine."""
        with Watch(request, self._threshold) as watch:
            watch.result = self._engine.run(request, form)
            return watch.result

    def close(self) -> None:
        """See QueryEngine."""
        self._engine.close()


class Watch:
    """Logs *request* if what is done meanwhile takes *threshold* milliseconds or more; 0 logs none.

    *result* is the answer. Where there is none, and no error of ours either, its client has left.
    """

    def __init__(self, request: QueryRequest, threshold: int) -> None:
        self.result: QueryResult | None = None
        self._request = request
        self._threshold = threshold

    def __enter__(self) -> Self:
        """Begin."""
        self._started = time.perf_counter()
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Log it where it is slow."""
        milliseconds = (time.perf_counter() - self._started) * 1000
        if not self._threshold or milliseconds < self._threshold:
            return
        result = self.result
        outcome = "answered" if result else error.slug if isinstance(error, WorkplanError) else "hung-up"
        fields: dict[str, Any] = {"outcome": outcome, "milliseconds": round(milliseconds, 1)}
        if result:
            fields |= {"queue": round(milliseconds - result.seconds * 1000, 1), "bytes": len(result.body)}
        fields["query"] = self._request.text[:LONGEST_TEXT]
        SLOW_QUERIES.warning("slow query", extra={"fields": fields})
