"""What browsers want to hear before scripts of other sites may read an answer (https://fetch.spec.whatwg.org/).

Data are open to all, errors included; nothing here knows who asks, so that nothing of anyone can be read by it.
"""

import re
from collections.abc import Sequence
from typing import Final

from flask import Response, request

CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After, Server-Timing, X-Request-ID, X-Total-Count",
}
"""Scripts of any site may read the answer and what its headers tell."""

PREFLIGHT_SECONDS: Final = 86_400
"""How long a browser may remember what another site's script is allowed to ask; browsers cap it themselves."""

LONGEST_LIST: Final = 2_000
"""Characters of a list of headers that a preflight names: longer ones are no browser's."""

# RFC 9110, section 5.6.2.
_TOKENS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+(?:[ \t]*,[ \t]*[A-Za-z0-9!#$%&'*+.^_`|~-]+)*")


def open_to_all(response: Response) -> Response:
    """*response*, which scripts of any site may read; that to a preflight allows whatever they want to send."""
    response.headers.update(CORS)
    if request.method == "OPTIONS":
        asked = request.headers.get("Access-Control-Request-Headers", "").strip()
        # By the standard the star leaves Authorization out, and browsers of before 2019 do not know it.
        named = f", {asked}" if len(asked) <= LONGEST_LIST and _TOKENS.fullmatch(asked) else ""
        response.headers["Access-Control-Allow-Headers"] = f"*, Authorization{named}"
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response


def options(methods: Sequence[str]) -> Response:
    """What an address says that is asked for its *methods*."""
    return Response(status=204, headers={"Allow": ", ".join(methods)})
