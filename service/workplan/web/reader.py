"""Who reads: the language that a request asks for, by its address before its header.

It may not decide what is said.
"""

from urllib.parse import quote

from flask import request

from workplan.language import LANGUAGES, preferred


def reader_language() -> str:
    """The language of this request's answer: its address's, else the one that the browser prefers."""
    first = request.path.lstrip("/").partition("/")[0]
    asked = first if first in LANGUAGES else request.args.get("lang")
    return asked if asked in LANGUAGES else preferred(request.headers.get("Accept-Language"))


def page_address(path: str) -> str:
    """The address of the page at *path* in the language of this request, fit for a header."""
    return f"/{reader_language()}/{quote(path, safe='/')}"
