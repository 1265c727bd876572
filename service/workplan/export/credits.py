"""What a file says of itself, so that it can be read, cited and checked when it is far from where it came from."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Credits:
    """What the answer is and where it is from, for a reader of *lang*.

    *title* and *question* are the question's, *asked* the values that it was asked with, *publisher* the site's name,
    *sources* what the data were taken from, *modified* the day of their last change; *address*, where there is a
    service, is where the same answer is found, in *release* for good.
    """

    lang: str
    title: str
    question: str
    asked: Sequence[tuple[str, str]]
    publisher: str
    sources: Sequence[tuple[str, str]]
    licence: str
    modified: str | None
    release: str | None
    address: str | None
