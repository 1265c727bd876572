"""Words that a line may not end within: what follows a hyphen is too short to begin the next line.

Pure: it asks nothing and knows no request.
"""

import re
from typing import Final

from markupsafe import Markup, escape

_SHORT_END: Final = re.compile(r"[^\W\d_]{2,}-[^\W\d_]{1,3}(?!\w)")
"""A word with a hyphen before its last three letters or fewer, such as a pronoun tied to a verb."""


def whole(text: str) -> Markup:
    """*text* as HTML in which no such word is parted."""
    return Markup(_SHORT_END.sub(lambda word: f'<span class="whole-word">{word[0]}</span>', str(escape(text))))  # noqa: S704 - escaped before
