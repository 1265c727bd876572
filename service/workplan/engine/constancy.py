"""Whether a query has the same answer each time that it is asked of the same data, told from its tokens.

What may call ``NOW``, ``RAND``, ``UUID``, ``STRUUID`` or ``BNODE`` (SPARQL 1.1, section 17.4), or another service, has
not. Blank nodes of a template, new each time, stand for the same: such an answer counts as the same. It may not take a
query that has another answer for one that has not; the other way round costs an answer that is not kept.
"""

from functools import lru_cache
from typing import Final

from .tokens import Lexer, every_token, resolve_codepoints

_WORDS: Final = ("NOW", "RAND", "UUID", "BNODE", "SERVICE")
"""A text without these need not be read."""

_FUNCTIONS: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})
_LONGEST_KEPT: Final = 16 * 1024


def is_constant(text: str) -> bool:
    """Whether the query *text* answers the same each time."""
    return _is_constant_again(text) if len(text) <= _LONGEST_KEPT else _is_constant(text)


@lru_cache(maxsize=512)  # pages and saved questions ask the same again and again
def _is_constant_again(text: str) -> bool:
    return _is_constant(text)


def _is_constant(text: str) -> bool:
    text = resolve_codepoints(text)
    upper = text.upper()
    return not any(word in upper for word in _WORDS) or not _calls(text)


def _calls(text: str) -> bool:
    lexer = Lexer(text)
    for token in every_token(lexer):
        if token.kind != "word":
            continue
        word = token.text.upper()
        following = lexer.token_at(token.end) if word in _FUNCTIONS else None
        if word.startswith("SERVICE") or (following and following.text == "("):
            return True
    return False
