"""Text as people send and save it: UTF-8, often with the mark that Windows puts at its beginning.

It may not guess another encoding.
"""

from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"

UTF_8: Final = "utf-8-sig"
"""The name of an encoding that passes the mark over."""


def unmarked(text: str) -> str:
    """*text* without a mark at its beginning, which is no part of it (RFC 3629, section 6)."""
    return text.removeprefix(BYTE_ORDER_MARK)
