"""Which format an answer takes, within the formats of its kind.

It may not look at the answer itself.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from workplan.model.errors import NotAcceptable
from workplan.model.formats import CONSTRUCT_FORMATS, SOLUTION_FORMATS, Format, named
from workplan.model.preferences import ANY, LONGEST, preferences

from .query import Kind

FORMATS: Final = MappingProxyType(
    {Kind.SOLUTIONS: SOLUTION_FORMATS, Kind.BOOLEAN: SOLUTION_FORMATS, Kind.GRAPH: CONSTRUCT_FORMATS}
)
"""The formats of each kind, its default first."""

_LONGEST_NAME: Final = 100
"""Characters of a format's name beyond which it is none of ours."""


def choose(formats: tuple[Format, ...], asked: str | None, accept: str | None) -> Format:
    """The one of *formats* that a client wants: by name (*asked*) before the ``Accept`` header; the first by default.

    Raises NotAcceptable, which lists *formats*.
    """
    found = _best(formats, (accept or "")[:LONGEST]) if asked is None else _named(asked, formats)
    if found is None:
        raise NotAcceptable(offered=", ".join(f"{form.name} ({form.media_type})" for form in formats))
    return found


def first_known(formats: Sequence[Format], names: Sequence[str]) -> str | None:
    """The first of *names* by which one of *formats* goes; the first of all where none does; None of none."""
    known = (name for name in names if _named(name, formats))
    return next(known, names[0] if names else None)


def _named(name: str, formats: Sequence[Format]) -> Format | None:
    # An unescaped plus sign, as in `format=application/rdf+xml`, arrives as a space.
    return named(name.strip().replace(" ", "+"), formats) if len(name) <= _LONGEST_NAME else None


def best_accepted(formats: Sequence[Format], accept: str | None) -> Format | None:
    """The one of *formats* that the header *accept* likes best; the first without a header; None where none will do."""
    return _best(tuple(formats), (accept or "")[:LONGEST])


@lru_cache(maxsize=512)  # clients send few different headers, and weighing one costs as much as a small query
def _best(formats: tuple[Format, ...], accept: str) -> Format | None:
    ranges = accepted_ranges(accept)
    if not ranges:
        return formats[0]
    offers: dict[str, Format] = {}
    for form in formats:
        if ranges.get(form.media_type) != 0:
            offers.setdefault(form.media_type, form)
    for form in list(offers.values()):
        # A wildcard means the media type itself; an alias must be asked for by name, and a short name is none here.
        for alias in form.aliases:
            if ranges.get(alias) and "/" in alias:
                offers.setdefault(alias, form)
    best = max(offers, key=lambda media_type: _liking(media_type, ranges), default="")
    return offers[best] if best and _liking(best, ranges)[0] else None


def _liking(media_type: str, ranges: Mapping[str, float]) -> tuple[float, int]:
    """How much *ranges* like *media_type*, and how closely the one of them that says so names it."""
    named_by = ("*/*", f"{media_type.partition('/')[0]}/*", media_type)
    return max(
        ((ranges[name], rank) for rank, name in enumerate(named_by) if name in ranges), key=_rank, default=(0, 0)
    )


def _rank(liking: tuple[float, int]) -> int:
    return liking[1]


def accepted_ranges(accept: str | None) -> Mapping[str, float]:
    """The media ranges of the header *accept*, lower-case and without parameters, and how much each is wanted.

    What the parameters ask for says how, not what: all that we write is UTF-8, and a client that knows a JSON-LD
    profile reads JSON-LD without it, too (RFC 6906, section 3).
    """
    # Java's own client asked for «*» for two decades.
    return {"*/*" if name == ANY else name: quality for name, quality in preferences(accept).items()}


def prefers_html(accept: str | None) -> bool:
    """Whether the header *accept* is a browser's: HTML by name, and nothing liked better."""
    ranges = accepted_ranges(accept)
    quality = max(ranges.get("text/html", 0), ranges.get("application/xhtml+xml", 0))
    return quality > 0 and max(ranges.values()) <= quality
