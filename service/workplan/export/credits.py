"""What a file says of itself, so that it can be read, cited and checked when it is far from where it came from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_CREATIVE_COMMONS: Final = re.compile(
    r"https?://creativecommons\.org/(?:licenses/([a-z-]+)|publicdomain/zero)/([0-9.]+)/?(?:deed\.\w+)?"
)


def licence_name(iri: str) -> str:
    """The licence *iri* as people call it; its address where it is none of Creative Commons'."""
    match = _CREATIVE_COMMONS.fullmatch(iri)
    if not match:
        return iri
    return f"CC {match[1].upper()} {match[2]}" if match[1] else f"CC0 {match[2]}"


@dataclass(frozen=True)
class Credits:
    """What the answer is and where it is from, for a reader of *lang*.

    *title* and *question* are the question's, *asked* the values that it was asked with, *publisher* who made the
    data, *site* what the service is called, *sources* what the data were taken from, *modified* the day of their last
    change; *address*, where there is a service, is where the same answer is found, in *release* for good.
    """

    lang: str
    title: str
    question: str
    asked: Sequence[tuple[str, str]]
    publisher: str
    site: str
    sources: Sequence[tuple[str, str]]
    licence: str
    modified: str | None
    release: str | None
    address: str | None

    @property
    def licence_name(self) -> str:
        """The licence as people call it."""
        return licence_name(self.licence)
