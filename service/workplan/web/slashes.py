"""Addresses with a slash too many at their end: people type them, and tools add them.

It may not answer anything else.
"""

import re
from typing import Final
from urllib.parse import quote, quote_from_bytes

from flask import Response, current_app, request
from werkzeug.routing import RequestRedirect

from .cors import open_to_all, options
from .incoming import ASCII

_MARKS: Final = "/:@!$&'()*+,;=~"
"""What a path holds as it is (RFC 3986, section 3.3). Backslashes are not among them: browsers read them as slashes."""


def leave_out() -> Response | None:
    """308 to the address without the slash, method and query kept, where only that one exists; None elsewhere.

    A browser follows no redirect before a preflight, so that it gets its answer here.
    """
    rule = request.url_rule
    if not request.path.endswith("/") or (rule and rule.rule.endswith("/")):
        return None
    if isinstance(request.routing_exception, RequestRedirect):
        return None
    # Never two slashes at the beginning: they would make a host of what follows.
    bare = re.sub(r"/+", "/", f"/{request.path}").removesuffix("/")
    adapter = current_app.create_url_adapter(request)
    methods = sorted(adapter.allowed_methods(bare)) if adapter and bare else []
    if not methods:
        return None
    if request.method == "OPTIONS":
        return open_to_all(options(methods))
    query = quote_from_bytes(request.query_string, safe=ASCII)
    location = f"{quote(bare, safe=_MARKS)}{query and '?'}{query}"
    return open_to_all(Response(status=308, headers={"Location": location}))
