"""What someone who met nothing at an address may have been looking for: resources near it, and what its words find.

It knows only what the index of words knows, so that it helps where the store does not answer.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from workplan.knowledge.search import Asked, SearchIndex
from workplan.language import LANGUAGES
from workplan.model.errors import DamagedRelease
from workplan.model.iris import data_iri

from .search import Result, opened, results_of

_FIRST: Final = frozenset([*LANGUAGES, "id", "data", "graph"])
"""Segments that stand before a resource's own path."""

_SHOWN: Final = 5
"""Results of the search by the address's words."""

_LONGEST: Final = 80
"""Characters of an address that are taken for words: what is longer was made by no person."""


@dataclass(frozen=True)
class Nearby:
    """Resources *beside* the asked address and *above* it; *words* to search for, and what they *found*."""

    beside: Sequence[Result]
    above: Sequence[Result]
    words: str
    found: Sequence[Result]


def nearby(address: str, lang: str) -> Nearby:
    """What is near the path *address*, for a reader of *lang*; nothing but its words where there is no index."""
    segments = [segment for segment in unquote(address).split("/") if segment]
    segments = segments[1:] if segments and segments[0] in _FIRST else segments
    held = opened()
    # Who meets a wrong address is told so, whatever has become of the index.
    with suppress(DamagedRelease):
        if held:
            return _near(held, segments, lang)
    return Nearby((), (), _words(segments), ())


def _words(segments: Sequence[str]) -> str:
    return " ".join(re.findall(r"\w+", " ".join(segments)))[:_LONGEST]


def _near(held: SearchIndex, segments: Sequence[str], lang: str) -> Nearby:
    above = held.above(data_iri("/".join(segments)))
    # Of the address, what no resource has.
    known = max((hit.iri.count("/") - data_iri("").count("/") + 1 for hit in above), default=0)
    words = _words(segments[known:])
    asked = Asked(words, lang)
    beside = held.beside(data_iri("/".join(segments)), above[0].iri if above else None)
    search = held.find(asked) if words else None
    # Words of which only some are found say little, where an address like it is known.
    hits = search.hits[:_SHOWN] if search and not (search.is_partial and beside) else []
    shown = [list(results_of(held, asked, held.show(asked, each))) for each in (beside, above, hits)]
    return Nearby(shown[0], shown[1], words, shown[2])
