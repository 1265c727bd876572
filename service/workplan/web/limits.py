"""How much of a request this service takes, and for how long; docs/operation.md tells all of it, as a test holds.

What a query and its answer may take is an operator's to set (see configuration).
"""

from typing import Final

MAX_ADDRESS: Final = 60 * 1024
"""Bytes of an address: httptools reads none of 64 KiB, and a query that is longer goes in the body of a POST."""

MAX_FIELDS: Final = 16 * 1024
"""Bytes of a request's headers: some are lists of which each entry is looked at, and others wait meanwhile."""

MAX_BODY: Final = 1024 * 1024
"""Bytes of a request's body: a query longer than this is no query."""

MAX_UNFINISHED: Final = 256 * 1024
"""Bytes of an address and headers that have no end yet, after which nobody waits for one.

More than they may have, since the last of several requests may have come with the others.
"""

MAX_REQUEST_SECONDS: Final = 60
"""How long a client may take to send a request, from its first byte, or to begin its first one."""

MAX_IDLE_SECONDS: Final = 75
"""How long a connection is kept for another request; reverse proxies mostly keep theirs for a minute."""

MAX_UNSENT: Final = 256 * 1024 * 1024
"""Bytes of answers that one web process holds for clients to take.

Beyond it the client whose answer has waited longest loses it.
"""

SLOWEST: Final = 4 * 1024
"""Bytes a second that a client must take of an answer at least."""
