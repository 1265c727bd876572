"""Logs: one JSON object a line, on standard error.

It may not tell who asked: no address of a client, no user agent, no referrer, no query string.
"""

import hashlib
import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

REQUEST_ID: Final[ContextVar[str | None]] = ContextVar("REQUEST_ID", default=None)
"""The id of the request that this thread is answering."""

REQUESTS: Final = logging.getLogger("workplan.requests")
SLOW_QUERIES: Final = logging.getLogger("workplan.slow-queries")
SETTINGS: Final = logging.getLogger("workplan.settings")
RELEASES: Final = logging.getLogger("workplan.releases")

SERVER: Final = logging.getLogger("uvicorn.error")


def fingerprint(query: str) -> str:
    """What tells one *query* from another in a log without its text: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(query.encode(errors="surrogatepass")).hexdigest()[:16]


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON, with the members of its ``fields`` where it was logged with such."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            line["request"] = request_id
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        # What clients send may hold lone surrogates, which no terminal takes; escaped they are harmless.
        return json.dumps(line, default=str)


def configure() -> None:
    """Have everything that this process logs written so."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # Who asks for these wants them whatever their level.
    REQUESTS.setLevel(logging.INFO)
    RELEASES.setLevel(logging.INFO)
    # It warns of whatever a client sends that is no HTTP, which anybody may do all day.
    SERVER.setLevel(logging.ERROR)
