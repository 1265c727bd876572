"""Texts as words that can be compared: case, accents, *l·l*, apostrophes and hyphens folded, endings taken off.

The same for what is kept in an index and for what is asked of it, so that both meet. It may not know what is searched.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any, Final

LONGEST_WORD: Final = 64
"""Letters of a word that count: the longest of any dictionary has fewer."""

STEMMERS: Final[Mapping[str, str]] = {"ca": "catalan", "es": "spanish", "en": "english"}
"""The algorithm that takes the endings off the words of each language (https://snowballstem.org)."""

_DOTS: Final = "·•‧∙⋅"
_GEMINATE: Final = rf"(?:(?<=[lL])[{_DOTS}](?=[lL])|(?<=l)\.(?=l)|(?<=L)\.(?=L))"
"""How people write what stands between the two letters of *l·l*: a full stop too, but not «final.La»."""

_HYPHENS: Final = r"\-‐‑"
_APOSTROPHES: Final = "'’ʼ‘`´"
_UNSEEN: Final = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
"""Characters without width, such as soft hyphens and marks of direction: they part no word."""

_CONTROLS: Final = re.compile("[\0-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""What no text holds: control characters, line breaks too, and those that Unicode never gives away."""

_LETTER: Final = rf"[^\W\d_{_UNSEEN}]"
_PLAIN: Final = rf"(?:[^\W_]|[{_UNSEEN}]|{_GEMINATE})+"
_WORD: Final = re.compile(
    # An abbreviation and its number, «L.A. 3»; a code in two steps, «O1.1»; words, perhaps with hyphens.
    rf"(?:{_LETTER}\.){{2,}}(?:{_LETTER}(?![^\W_]))?(?:\s?\d+)?"
    rf"|{_LETTER}{{1,4}}\d+(?:\.\d+)+"
    rf"|{_PLAIN}(?:[{_HYPHENS}]{_PLAIN})*"
)
_PARTED: Final = re.compile(rf"[{_HYPHENS}]")
_LOST: Final = re.compile(r"[^\w.]|_|(?<!\d)\.|\.(?!\d)")
_ZEROS: Final = re.compile(r"([^\W\d_]{1,4})0+(?=\d)")
_CODE_MARKS: Final = re.compile(rf"[\s{_HYPHENS}{_UNSEEN}]|(?<!\d)\.|\.(?!\d)")

_ELIDED_BEFORE: Final = frozenset("dlmnst")
"""What an apostrophe ties to the word after it: *d'economia*, *l'economia*, *s'aprova*."""

_ELIDED_AFTER: Final = frozenset(["d", "l", "ll", "ls", "m", "n", "ns", "re", "s", "t", "ve"])
"""What it ties to the word before it: *recull-ne'ls*, *the network's*."""

_STOP_WORDS: Final = {
    "ca": """
        a al als amb aquest aquesta aquestes aquests com d de del dels des diu diuen el els en entre és es fa fan ha han
        hi i l la les li lo m més n ni no o on per perquè però pel pels que què quin quina quines quins qui s se sense
        ser seu seus seva seves si sobre són t té tenen un una unes uns va van
    """,
    "es": """
        al con como cómo cual cuál cuáles de del desde dice dicen donde dónde e el en entre es esta este estos estas fue
        ha hace hacen hay la las lo los más no o para pero por porque qué que quien quién quiénes se según ser sin sobre
        son su sus tiene tienen un una unas unos y
    """,
    "en": """
        a about an and are as at be been by can do does for from has have how in into is it its of on or say says that
        the their them there these they this to was were what when where which who whose why will with
    """,
}

STOP_WORDS: Final = frozenset(word for words in _STOP_WORDS.values() for word in words.split())
"""Words that say nothing of what a text is about."""


@dataclass(frozen=True)
class Word:
    """A word of a text from *start* to *end*: *plain* as written, in lower case; *folded* as it is compared.

    *parts* are those between hyphens, none where it has none.
    """

    start: int
    end: int
    plain: str
    folded: str
    parts: tuple["Word", ...] = ()


def normalised(text: str) -> str:
    """*text* with each accented letter as one character (NFC), so that its words are found, without control marks."""
    return unicodedata.normalize("NFC", _CONTROLS.sub(" ", text))


@lru_cache(maxsize=65536)
def folded(word: str) -> str:
    """*word* as it is compared: without case, accents, what people write within *l·l*, or zeros before a number."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return _ZEROS.sub(r"\1", _LOST.sub("", plain))[:LONGEST_WORD]


def code_key(text: str) -> str:
    """*text* as a code is compared: «L.A. 3», «LA-03» and «la3» are one."""
    return folded(_CODE_MARKS.sub("", text))


def natural(text: str) -> tuple[str, ...]:
    """*text* as people sort it: without accents or case, and numbers by their value."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    parts, digits = [""], False
    for character in plain:
        is_digit = character in "0123456789"
        if is_digit != digits:
            parts.append("")
            digits = is_digit
        parts[-1] += character
    return tuple(part.zfill(18) if part[:1].isdigit() else part for part in parts)


def words_of(text: str) -> Iterator[Word]:
    """The words of the normalised *text*, in order, without the articles and pronouns that an apostrophe ties on."""
    for found in _WORD.finditer(text):
        start, end = found.span()
        plain = found[0].lower()
        word = Word(start, end, plain, folded(plain))
        if not word.folded or _is_elided(text, word):
            continue
        if _PARTED.search(plain):
            pieces = _pieces(text, start, end)
            joined = "".join(part.folded for part in pieces)[:LONGEST_WORD]
            word = Word(start, end, plain, joined, tuple(pieces))
        yield word


def _pieces(text: str, start: int, end: int) -> list[Word]:
    """The words between hyphens from *start* to *end* of *text*."""
    pieces = []
    for piece in _PARTED.split(text[start:end]):
        if kept := folded(piece.lower()):
            pieces.append(Word(start, start + len(piece), piece.lower(), kept))
        start += len(piece) + 1
    return pieces


def _is_elided(text: str, word: Word) -> bool:
    """Whether *word* is only an article or pronoun that an apostrophe in *text* ties to another word."""
    before, after = text[word.start - 1 : word.start], text[word.end : word.end + 1]
    if after and after in _APOSTROPHES and word.folded in _ELIDED_BEFORE:
        return text[word.end + 1 : word.end + 2].isalnum()
    if before and before in _APOSTROPHES and word.folded in _ELIDED_AFTER:
        return text[max(word.start - 2, 0) : word.start - 1].isalnum()
    return False


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of *names* that *name*, which is none of them, may be a slip of, whatever its case; None of none."""
    folded: dict[str, list[str]] = {}
    for each in names:
        folded.setdefault(each.lower(), []).append(each)
    close = get_close_matches(name.lower(), folded, n=1)
    # Of those that differ in case alone, the one written more alike.
    return get_close_matches(name, folded[close[0]], n=1, cutoff=0)[0] if close else None


def is_stop_word(word: Word) -> bool:
    """Whether *word* says nothing of what a text is about."""
    return word.plain in STOP_WORDS


@lru_cache(maxsize=65536)
def forms(plain: str, lang: str) -> frozenset[str]:
    """The word *plain* of *lang* itself, folded, and what would be its singular if it is a plural."""
    return frozenset(map(folded, (plain, *_singulars(plain, lang))))


@lru_cache(maxsize=65536)
def stems(plain: str, lang: str) -> frozenset[str]:
    """What is left of the word *plain* without the endings of *lang*, folded; nothing in a language without stemmer.

    More than one: with its accents and without, since people leave them out, and of its singular too, since the
    algorithms part some words from their own plurals (*tècnica*, *tècniques*).
    """
    if lang not in STEMMERS or len(plain) > LONGEST_WORD:
        return frozenset()
    variants = {variant for form in (plain, *_singulars(plain, lang)) for variant in (form, folded(form))}
    with _LOCK:
        found = {folded(_stemmer(lang).stemWord(variant)) for variant in variants}
    return frozenset(stem for stem in found if len(stem) > 1)


_PLURALS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "ca": (
        ("ions", "ió"),
        ("ques", "ca"),
        ("gues", "ga"),
        ("ges", "ja"),
        ("ces", "ça"),
        ("es", "a"),
        ("s", ""),
    ),
    "es": (("iones", "ión"), ("ces", "z"), ("es", ""), ("s", "")),
    "en": (("ies", "y"), ("s", "")),
}
"""Endings of plurals and what stands there in the singular; a word may be the plural of more than one."""

_SHORTEST_SINGULAR: Final = 3
"""Letters that a singular has: shorter words that end so are no plurals."""


def _singulars(plain: str, lang: str) -> Iterator[str]:
    """What may be the singular of the word *plain* of *lang*."""
    for plural, singular in _PLURALS.get(lang, ()):
        if plain.endswith(plural) and len(plain) - len(plural) + len(singular) >= _SHORTEST_SINGULAR:
            yield plain.removesuffix(plural) + singular


_LOCK: Final = threading.Lock()
"""A stemmer works on a word within itself, so that threads take turns."""


@cache
def _stemmer(lang: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(STEMMERS[lang])


def stemmer_version() -> str:
    """The version of the library that takes endings off: an index is only as good as the same endings."""
    return version("snowballstemmer")
