"""A request as it came, made fit to be read.

It may not judge it: whoever reads it does.
"""

from typing import Any
from urllib.parse import quote_from_bytes

import flask

_ASCII = bytes(range(0x21, 0x7F))
"""What may stand in an address as it is."""


class Request(flask.Request):
    """A request whose query string is ASCII, as RFC 3986 wants: a client may have sent any bytes."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not self.query_string.isascii():
            self.query_string = quote_from_bytes(self.query_string, safe=_ASCII).encode()
