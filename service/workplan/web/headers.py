"""What every answer forbids: that a browser runs what data hold, and that anybody keeps what changes each time."""

from typing import Final

from flask import Response

from .service import FLEETING

HEADERS: Final = {
    "Content-Security-Policy": (
        # Nothing that runs is let in by the right to connect; who judges a page asks for robots.txt from within it.
        "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'self'"
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}

SCRIPTED: Final = f"{HEADERS['Content-Security-Policy']}; script-src 'self'"
"""The content security policy of a page that our own scripts help."""


def guard(response: Response) -> Response:
    """*response* with the headers that keep browsers from running what data hold."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def begin() -> None:
    """At the start of a request, nothing has been asked that has another answer each time."""
    FLEETING.set(False)


def keep_nothing_fleeting(response: Response) -> Response:
    """*response*, which nobody may keep where it would be another if it were made again (see constancy)."""
    if FLEETING.get() and response.status_code == 200:
        response.headers["Cache-Control"] = "no-store"
        response.headers.pop("ETag", None)
    return response
