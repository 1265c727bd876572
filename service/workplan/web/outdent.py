"""Templates without their indentation and empty lines, which are for who reads them and weigh on every page.

It may not touch what a value holds: only the templates' own lines.
"""

import re
from typing import Final

from jinja2.ext import Extension

_INDENTATION: Final = re.compile(r"^\s+", re.MULTILINE)


class Outdented(Extension):
    """An extension of Jinja that leaves them out; no ``pre`` of ours holds any."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja hands it three
        """The template *source* without them."""
        return _INDENTATION.sub("", source)
