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
"""Bytes of all that is kept: bodies, compressed ones too, the lines before them, keys, and what holds them together."""

MAX_KEPT: Final = 8 * 1024 * 1024
"""Bytes of the largest answer kept: one must not drive out all the others."""

MAX_ENTRIES: Final = 16 * 1024
"""Addresses of which an answer is kept."""

MAX_KEY: Final = 8 * 1024
"""Bytes of the longest key: a longer address is rarely asked twice."""

MAX_VARIANTS: Final = 16
"""Answers kept of one address, for clients who accept different things."""

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
"""What tells one address from another: method, address as sent, scheme, host, and of a POST its body."""

Wanted = tuple[bytes, bytes]
"""What a client accepts: media types and languages."""

_TOLD_APART: Final = frozenset(("date", "server-timing", "etag", "content-type", "content-length"))
"""Headers that are not the same each time, or not in each form."""


_ANSWER_BYTES: Final = 1024
_FORM_BYTES: Final = 512
_ENTRY_BYTES: Final = 1024
"""What Python takes for the objects of an answer, of a form of it and of its place, about; a test weighs them."""


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

    def __init__(
        self, status: int, headers: list[tuple[str, str]], body: bytes, heeds: tuple[bool, bool] = (True, True)
    ) -> None:
        """What was answered; *heeds* tells whether the client's media types and languages had a say in it."""
        named = {name.lower(): value for name, value in headers}
        self.status = status
        self.heeds = heeds
        # How long it took is true of the first time only.
        self.timing = named.get("server-timing", "")
        self.is_fleeting = status == 200 and "no-store" in named.get("cache-control", "")
        self.is_public = status == 200 and "public" in named.get("cache-control", "")
        self.can_be_compressed = (
            len(body) >= MIN_COMPRESSED
            and "content-encoding" not in named
            and named.get("content-type", "").startswith(_COMPRESSED_TYPES)
        )
        self._etag = named.get("etag", "").removeprefix("W/").strip('"')
        self._type = named.get("content-type", "")
        told = [pair for pair in headers if pair[0].lower() not in _TOLD_APART]
        if self.can_be_compressed:
            told.append(("Vary", "Accept-Encoding"))
        self._lines = lines(told)
        self.forms = {"": self._form("", body)}

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
        """Bytes held, about."""
        return _ANSWER_BYTES + len(self._lines) + sum(_FORM_BYTES + sum(map(len, form)) for form in self.forms.values())

    def _form(self, coding: str, body: bytes) -> Form:
        """The answer with *body* in *coding*."""
        etag = self._etag and (f"{self._etag}-{coding}" if coding else self._etag)
        headers = []
        if etag:
            headers.append(("ETag", f'"{etag}"'))
        if coding:
            headers.append(("Content-Encoding", coding))
        about = [("Content-Type", self._type)] if self._type else []
        if self.status != 204:  # RFC 9110, section 8.6
            about.append(("Content-Length", str(len(body))))
        return Form(self._lines + lines(headers), lines(about), body, etag)


def lines(headers: Sequence[tuple[str, str]]) -> bytes:
    """*headers* as they are sent (RFC 9112, section 5). Raises ValueError for what would be two of them."""
    text = "".join(f"{name}: {value}\r\n" for name, value in headers)
    if text.count("\n") != text.count("\r\n") or "\0" in text or text.count("\r\n") != len(headers):
        raise ValueError(f"no header may have a line of its own: {text!r}")
    return text.encode("latin-1")


class _Kept:
    """What is kept of one address: its answers by what their clients *heeded* of what they accept, and its *size*."""

    __slots__ = ("answers", "heeds", "size")

    def __init__(self, heeds: tuple[bool, bool]) -> None:
        self.heeds = heeds
        self.answers: dict[Wanted, Answer] = {}
        self.size = 0

    def find(self, wanted: Wanted) -> Answer | None:
        """The answer for a client who accepts what is *wanted*."""
        return self.answers.get(self._heeded(wanted))

    def keep(self, wanted: Wanted, answer: Answer) -> None:
        """Keep *answer* for who accepts what is *wanted*; of many the first goes."""
        heeds = (self.heeds[0] or answer.heeds[0], self.heeds[1] or answer.heeds[1])
        if heeds != self.heeds:
            # What was kept for everybody was kept for who asked in this way alone.
            self.heeds = heeds
            self.answers.clear()
        self.answers[self._heeded(wanted)] = answer
        if len(self.answers) > MAX_VARIANTS:
            del self.answers[next(iter(self.answers))]

    def weigh(self) -> int:
        """Bytes of all answers and of what tells them apart, about."""
        return sum(
            _ENTRY_BYTES + len(types) + len(languages) + answer.size
            for (types, languages), answer in self.answers.items()
        )

    def _heeded(self, wanted: Wanted) -> Wanted:
        types, languages = self.heeds
        return wanted[0] if types else b"", wanted[1] if languages else b""


class AnswerCache:
    """Public answers by address, for one thread: that of the event loop.

    What has been asked for once goes before what has been asked for again: there are endlessly many addresses that
    somebody may ask for once.
    """

    def __init__(self, max_bytes: int = MAX_BYTES, max_entries: int = MAX_ENTRIES) -> None:
        self._max_bytes = max_bytes
        self._max_entries = max_entries
        self._once: OrderedDict[Key, _Kept] = OrderedDict()
        self._again: OrderedDict[Key, _Kept] = OrderedDict()
        self._size = 0
        self._size_once = 0

    def find(self, key: Key, wanted: Wanted) -> Answer | None:
        """The answer kept for *key* and a client who accepts what is *wanted*."""
        kept = self._again.get(key)
        if kept is not None:
            self._again.move_to_end(key)
            return kept.find(wanted)
        kept = self._once.get(key)
        if kept is None:
            return None
        answer = kept.find(wanted)
        if answer is not None:
            del self._once[key]
            self._size_once -= kept.size
            self._again[key] = kept
        return answer

    def keep(self, key: Key, wanted: Wanted, answer: Answer) -> None:
        """Keep *answer*, where it may be kept, or count what has been added to it since."""
        if not answer.is_public or answer.size > MAX_KEPT:
            return
        kept = self._again.get(key) or self._once.get(key)
        if kept is None:
            kept = self._once[key] = _Kept(answer.heeds)
        kept.keep(wanted, answer)
        size = kept.weigh() + _key_size(key)
        self._size += size - kept.size
        if key in self._once:
            self._size_once += size - kept.size
        kept.size = size
        while self._size > self._max_bytes or len(self._once) + len(self._again) > self._max_entries:
            self._drop_one()

    def state(self) -> dict[str, int]:
        """Of how many addresses answers are kept (``entries``), and the ``bytes`` that all of it takes, about."""
        return {"entries": len(self._once) + len(self._again), "bytes": self._size}

    def _drop_one(self) -> None:
        # A quarter is for new ones, or none could ever show that it is asked for again.
        is_once = not self._again or 4 * self._size_once > self._max_bytes or 4 * len(self._once) > self._max_entries
        _, gone = (self._once if is_once else self._again).popitem(last=False)
        self._size -= gone.size
        if is_once:
            self._size_once -= gone.size


def _key_size(key: Key) -> int:
    return sum(map(len, key))


@lru_cache(maxsize=256)
def _coding(accepted: bytes) -> str:
    """The best coding that the header ``Accept-Encoding`` *accepted* allows; none as an empty word."""
    # Some still call gzip by its first name (RFC 9110, section 8.4.1.3).
    liked = {name.removeprefix("x-"): quality for name, quality in preferences(accepted.decode("latin-1")).items()}
    wanted = {coding: liked.get(coding, liked.get(ANY, 0)) for coding in _CODINGS}
    best = max(wanted, key=lambda coding: wanted[coding])
    return best if wanted[best] and wanted[best] >= liked.get("identity", 0) else ""
