"""Answers as bytes, kept in memory by release and given again before anything is asked.

A release never changes and a cache belongs to one, so nothing here ever grows stale; only the least used go when there
are too many. It may not keep what the application does not call public, nor an error.
"""

import gzip
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Final, NamedTuple

import brotli
from werkzeug.http import parse_etags

from workplan.model.preferences import ANY, LONGEST, preferences

MAX_BYTES: Final = 64 * 1024 * 1024
"""Bytes of all bodies kept, compressed ones too."""

MAX_KEPT: Final = 8 * 1024 * 1024
"""Bytes of the largest answer kept: one must not drive out all the others."""

MIN_COMPRESSED: Final = 1024
"""Bytes below which compression saves nothing."""

_COMPRESSED_TYPES: Final = (
    "text/",
    "application/json",
    "application/ld+json",
    "application/rdf+xml",
    "application/n-",
    "application/trig",
    "application/sparql-results",
    "application/problem+json",
    "image/svg",
)
"""How the media types begin of which compression makes less."""

# Low levels: pages shrink to a fifth at a fraction of the highest level's cost.
_CODINGS: Final = MappingProxyType(
    {
        "br": partial(brotli.compress, quality=4),
        "gzip": partial(gzip.compress, compresslevel=5, mtime=0),
    }
)
"""How a body is compressed, by the name of the coding, the best first."""

HIT: Final = b"server-timing: cache;desc=hit\r\n"

Key = tuple[bytes | str, ...]

_TOLD_APART: Final = frozenset(("date", "server-timing", "etag", "content-type", "content-length"))
"""Headers that are not the same each time, or not in each form."""


class Form(NamedTuple):
    """An answer in one coding, as sent: its *body*, the lines *about* that, the other lines of its *head*, its *etag*.

    What differs from one time to the next is in neither.
    """

    head: bytes
    about: bytes
    body: bytes
    etag: str


class Answer:
    """One answer in all the codings that clients have asked for so far."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        named = {name.lower(): value for name, value in headers}
        self.status = status
        # How long it took is true of the first time only.
        self.timing = named.get("server-timing", "")
        self.is_public = status == 200 and "public" in named.get("cache-control", "")
        self.can_be_compressed = (
            len(body) >= MIN_COMPRESSED
            and "content-encoding" not in named
            and named.get("content-type", "").startswith(_COMPRESSED_TYPES)
        )
        self._etag = named.get("etag", "").removeprefix("W/").strip('"')
        self._type = named.get("content-type", "")
        self._headers = [pair for pair in headers if pair[0].lower() not in _TOLD_APART]
        if self.can_be_compressed:
            self._headers.append(("Vary", "Accept-Encoding"))
        self.forms = {"": self._form("", body)}
        self.counted = 0

    def coding_for(self, accepted: bytes) -> str:
        """The coding in which a client that sends ``Accept-Encoding`` *accepted* gets it; empty for none."""
        return _coding(accepted[:LONGEST]) if accepted and self.can_be_compressed else ""

    def compress(self, coding: str) -> None:
        """Make the form in *coding*."""
        self.forms[coding] = self._form(coding, _CODINGS[coding](self.forms[""].body))

    def is_known(self, etags: str, coding: str) -> bool:
        """Whether a client that sends ``If-None-Match`` *etags* has it already."""
        etag = self.forms[coding].etag
        return bool(etag) and parse_etags(etags).contains_weak(etag)

    @property
    def size(self) -> int:
        """Bytes held; *counted* is what the cache knows of."""
        return sum(len(form.body) for form in self.forms.values())

    def _form(self, coding: str, body: bytes) -> Form:
        """The answer with *body* in *coding*."""
        etag = self._etag and (f"{self._etag}-{coding}" if coding else self._etag)
        headers = [*self._headers]
        if etag:
            headers.append(("ETag", f'"{etag}"'))
        if coding:
            headers.append(("Content-Encoding", coding))
        about = [("Content-Type", self._type)] if self._type else []
        if self.status != 204:  # RFC 9110, section 8.6
            about.append(("Content-Length", str(len(body))))
        return Form(lines(headers), lines(about), body, etag)


def lines(headers: Sequence[tuple[str, str]]) -> bytes:
    """*headers* as they are sent (RFC 9112, section 5). Raises ValueError for what would be two of them."""
    text = "".join(f"{name}: {value}\r\n" for name, value in headers)
    if text.count("\n") != text.count("\r\n") or "\0" in text or text.count("\r\n") != len(headers):
        raise ValueError(f"no header may have a line of its own: {text!r}")
    return text.encode("latin-1")


class AnswerCache:
    """Public answers by key, for one thread: that of the event loop."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[Key, Answer] = OrderedDict()
        self._size = 0

    def find(self, key: Key) -> Answer | None:
        """The answer kept for *key*."""
        answer = self._kept.get(key)
        if answer is not None:
            self._kept.move_to_end(key)
        return answer

    def keep(self, key: Key, answer: Answer) -> None:
        """Keep *answer*, where it may be kept, or count what has been added to it since."""
        if not answer.is_public or answer.size > MAX_KEPT:
            return
        if self._kept.setdefault(key, answer) is not answer:
            return
        added, answer.counted = answer.size - answer.counted, answer.size
        self._size += added
        while self._size > self._max_bytes:
            _, gone = self._kept.popitem(last=False)
            self._size -= gone.counted
            gone.counted = 0

    def state(self) -> dict[str, int]:
        """How many ``entries`` are kept, and their ``bytes``."""
        return {"entries": len(self._kept), "bytes": self._size}


@lru_cache(maxsize=256)
def _coding(accepted: bytes) -> str:
    """The best coding that the header ``Accept-Encoding`` *accepted* allows; none as an empty word."""
    # Some still call gzip by its first name (RFC 9110, section 8.4.1.3).
    liked = {name.removeprefix("x-"): quality for name, quality in preferences(accepted.decode("latin-1")).items()}
    wanted = {coding: liked.get(coding, liked.get(ANY, 0)) for coding in _CODINGS}
    best = max(wanted, key=lambda coding: wanted[coding])
    return best if wanted[best] and wanted[best] >= liked.get("identity", 0) else ""
