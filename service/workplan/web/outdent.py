"""Templates without their indentation and empty lines, which are for who reads them and weigh on every page.

It may not touch what a value holds: only the templates' own lines.
"""

import re
from typing import Final

from jinja2.ext import Extension

_INDENTATION: Final = re.compile(r"^\s+", re.MULTILINE)
_TAG: Final = re.compile(r"{%.*?%}|{#.*?#}")
_ENDING_IN_TAG: Final = re.compile(r"^.*(?<!-)%}$", re.MULTILINE)


def _kept_apart(line: re.Match[str]) -> str:
    """The *line*, with a break of its own where it has words: Jinja takes away the break after a tag at its end."""
    return line[0] + "\n" if _TAG.sub("", line[0]).strip() else line[0]


class Outdented(Extension):
    """An extension of Jinja that leaves them out; no ``pre`` of ours holds any.

    A line with words is parted from the next one, also where it ends in a tag.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja hands it three
        """The template *source* without them."""
        return _ENDING_IN_TAG.sub(_kept_apart, _INDENTATION.sub("", source))
