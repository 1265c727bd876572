r"""What a query may not do, decided from its text alone, before any engine sees it.

It may not trust that an engine reads the text as this module does: what *could* be read as a call is one.

- A text is read twice, as it stands and with its ``\u`` escapes resolved, for engines differ in that.
- Wherever ``<…>`` can be an IRI, it is also read as "less than" and what follows, for a string or a comment that begins
  there hides or shows all the rest.
- Engines need no space around ``SERVICE``, so it may be glued to a keyword, a number or the prefix of a name.
"""

import re
from collections.abc import Collection, Set
from typing import Final

from workplan.model.errors import N_, QueryRefused

from .outline import is_update
from .tokens import Lexer, Token, every_token, resolve_codepoints

# Not ASCII only: an engine that folds case by Unicode takes a long s for an s.
_SERVICE: Final = re.compile("service", re.IGNORECASE)
_GLUED_SILENT: Final = re.compile("silent", re.IGNORECASE)
_AFTER_DOT: Final = re.compile(r"\.service", re.IGNORECASE)


def check(text: str, allowed_services: Collection[str] = frozenset()) -> None:
    """Raise QueryRefused where *text* updates, or calls a service that is not exactly one of *allowed_services*.

    Of a long text that names one, every token is read, which may take a second.
    """
    refuse_update(text)
    for reading in _readings(text):
        if _SERVICE.search(reading):
            _check_services(reading, allowed_services)


def refuse_update(text: str) -> None:
    """Raise QueryRefused where *text* updates, which its beginning tells."""
    if any(map(is_update, _readings(text))):
        raise QueryRefused(N_("Aquest servei només respon consultes: des d'aquí no es poden modificar les dades."))


def _readings(text: str) -> Set[str]:
    return {text, resolve_codepoints(text)}


def _check_services(text: str, allowed: Collection[str]) -> None:
    lexer = Lexer(text)
    for token in every_token(lexer):
        call = _call(lexer, token)
        if call is None:
            continue
        is_plain, endpoint = call
        if is_plain and endpoint.kind == "iri" and endpoint.text[1:-1] in allowed:
            continue
        raise QueryRefused(
            N_("La consulta crida un altre servei (SERVICE %(endpoint)s), i aquest només respon amb dades pròpies."),
            endpoint=endpoint.text[:200],
        )


def _call(lexer: Lexer, token: Token) -> tuple[bool, Token] | None:
    """The endpoint that *token* may call, and whether it does so in plain words; None where it cannot be a call.

    The grammar wants ``SERVICE SILENT? VarOrIri {`` (production 59).
    """
    if not _SERVICE.search(token.text):
        return None
    following = lexer.token_at(token.end)
    if token.kind == "name" and _SERVICE.search(token.text.partition(":")[0]) and _is_brace(following):
        return False, token
    is_keyword = token.kind in ("word", "language") or bool(
        token.kind in ("name", "blank") and _AFTER_DOT.search(token.text)
    )
    if not is_keyword or following is None:
        return None
    if following.kind == "word" and _GLUED_SILENT.fullmatch(following.text):
        following = lexer.token_at(following.end)
    if following is None or following.kind not in ("iri", "name", "variable"):
        return None
    is_plain = token.kind == "word" and token.text.upper() == "SERVICE"
    return (is_plain, following) if _is_brace(lexer.token_at(following.end)) else None


def _is_brace(token: Token | None) -> bool:
    return token is not None and token.text == "{"
