"""Which format an answer takes, within the formats of its kind.

It may not look at the answer itself.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from workplan.model.errors import NotAcceptable
from workplan.model.formats import CONSTRUCT_FORMATS, SOLUTION_FORMATS, Format, named

from .query import Kind

FORMATS: Final = MappingProxyType(
    {Kind.SOLUTIONS: SOLUTION_FORMATS, Kind.BOOLEAN: SOLUTION_FORMATS, Kind.GRAPH: CONSTRUCT_FORMATS}
)
"""The formats of each kind, its default first."""

# All that we write is UTF-8, and what a media type's other parameters ask for says how, not what: a client that knows a
# JSON-LD profile reads JSON-LD without it, too (RFC 6906, section 3). Werkzeug would take each for a type of its own.
_PARAMETERS: Final = re.compile(r";\s*(?:charset|header|profile)\s*=\s*(?:\"[^\"]*\"|[^;,]*)", re.IGNORECASE)


@lru_cache(maxsize=512)  # clients send few different headers, and parsing one costs as much as a small query
def choose(formats: tuple[Format, ...], asked: str | None, accept: str | None) -> Format:
    """The one of *formats* that a client wants: by name (*asked*) before the ``Accept`` header; the first by default.

    Raises NotAcceptable, which lists *formats*.
    """
    found = best_accepted(formats, accept) if asked is None else _named(asked, formats)
    if found is None:
        raise NotAcceptable(offered=", ".join(f"{form.name} ({form.media_type})" for form in formats))
    return found


def first_known(formats: Sequence[Format], names: Sequence[str]) -> str | None:
    """The first of *names* by which one of *formats* goes; the first of all where none does; None of none."""
    known = (name for name in names if _named(name, formats))
    return next(known, names[0] if names else None)


def _named(name: str, formats: Sequence[Format]) -> Format | None:
    # An unescaped plus sign, as in `format=application/rdf+xml`, arrives as a space.
    return named(name.strip().replace(" ", "+"), formats)


def best_accepted(formats: Sequence[Format], accept: str | None) -> Format | None:
    """The one of *formats* that the header *accept* likes best; the first without a header; None where none will do."""
    ranges = accepted_ranges(accept)
    if not ranges:
        return formats[0]
    refused = {media_range for media_range, quality in ranges if quality == 0}
    spoken = {media_range for media_range, quality in ranges if quality > 0}
    offers: dict[str, Format] = {}
    for form in formats:
        if form.media_type not in refused:
            offers.setdefault(form.media_type, form)
    for form in offers.copy().values():
        # A wildcard means the media type itself; an alias must be asked for by name, and a short name is none here.
        for alias in form.aliases:
            if alias in spoken and "/" in alias:
                offers.setdefault(alias, form)
    best = ranges.best_match(list(offers))
    return offers[best] if best else None


def accepted_ranges(accept: str | None) -> MIMEAccept:
    """The media ranges of the header *accept*, lower-case and without parameters."""
    return parse_accept_header(_PARAMETERS.sub("", accept or "").lower(), MIMEAccept)


def prefers_html(accept: str | None) -> bool:
    """Whether the header *accept* is a browser's: HTML by name, and nothing liked better."""
    ranges = accepted_ranges(accept)
    quality = max((q for media_range, q in ranges if media_range in ("text/html", "application/xhtml+xml")), default=0)
    return quality > 0 and all(q <= quality for _, q in ranges)
