"""The slow-query log.

It may not change what an engine answers.
"""

import time
from typing import Any, Final

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
        started = time.perf_counter()
        result, failure = None, None
        try:
            result = self._engine.run(request, form)
        except WorkplanError as error:
            failure = error
            raise
        finally:
            note(request, time.perf_counter() - started, self._threshold, result, failure)
        return result

    def close(self) -> None:
        """See QueryEngine."""
        self._engine.close()


def note(
    request: QueryRequest, seconds: float, threshold: int, result: QueryResult | None, failure: WorkplanError | None
) -> None:
    """Log *request* where it took *threshold* milliseconds or more; 0 logs none.

    Where there is neither a *result* nor a *failure* its client has left.
    """
    milliseconds = seconds * 1000
    if not threshold or milliseconds < threshold:
        return
    outcome = "answered" if result else failure.slug if failure else "hung-up"
    fields: dict[str, Any] = {"outcome": outcome, "milliseconds": round(milliseconds, 1)}
    if result:
        fields |= {"queue": round(milliseconds - result.seconds * 1000, 1), "bytes": len(result.body)}
    fields["query"] = request.text[:LONGEST_TEXT]
    SLOW_QUERIES.warning("slow query", extra={"fields": fields})
