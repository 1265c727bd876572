"""XML 1.0 as text that every reader takes, with every value coming back as it was.

It may not read XML.
"""

import re
from typing import Final

DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'

# https://www.w3.org/TR/xml/#charsets
_NO_CHARACTER: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def marked(text: str) -> str:
    """*text* with a mark in the place of characters that XML cannot hold."""
    return _NO_CHARACTER.sub("\ufffd", text)


def sound(markup: str) -> str:
    """*markup* with such marks, and with carriage returns as references.

    A reader makes a line feed of a carriage return that stands there as itself (section 2.11).
    """
    return marked(markup).replace("\r", "&#13;")
