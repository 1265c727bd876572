"""What every answer forbids a browser: no page needs a script unless its view says so, and data are never run."""

from typing import Final

from flask import Response

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
