"""Which words a reader gets: the interface catalogues, the fallback of content, the forms of numbers and dates.

It may not know requests or pages; the reader's language always arrives as an argument.
"""

import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from workplan.model.errors import N_, Choice, Clause, listed
from workplan.model.preferences import ANY, preferences

LANGUAGES: Final = ("ca", "es", "en")
"""Languages of the interface and of content, in the order in which a missing one falls back."""

DEFAULT: Final = LANGUAGES[0]

NAMES: Final[Mapping[str, str]] = {"ca": "català", "es": "castellano", "en": "English"}
"""Each language's name in itself."""


@cache
def _catalogue(lang: str) -> Mapping[str, str | tuple[str, ...]]:
    """The interface catalogue of *lang*: Catalan sentence to its translation, or to its plural forms."""
    if lang == DEFAULT:
        return {}
    with (files(__package__) / "translations" / f"{lang}.po").open("rb") as po:
        catalogue = read_po(po, locale=lang)
    entries: dict[str, str | tuple[str, ...]] = {}
    for message in catalogue:
        if message.id and message.string and not message.fuzzy:
            if isinstance(message.id, str):
                entries[message.id] = str(message.string)
            else:
                entries[message.id[0]] = tuple(message.string)
    return entries


def gettext(text: str, lang: str) -> str:
    """The Catalan interface *text* in *lang*; itself where the catalogue lacks it."""
    found = _catalogue(lang).get(text, text)
    return found if isinstance(found, str) else found[0]


def ngettext(singular: str, plural: str, number: int, lang: str) -> str:
    """The Catalan *singular* or *plural* as *number* asks, in *lang*: the three languages all part at one."""
    found = _catalogue(lang).get(singular, (singular, plural))
    forms = (found, found) if isinstance(found, str) else found
    return forms[0 if number == 1 else 1]


def sentence(text: str, values: Mapping[str, Any], lang: str) -> str:
    """The sentence *text* in *lang*, its marks ``%(name)s`` from *values* (interface texts too, and lists of them)."""
    shown = {name: translated(value, lang) for name, value in values.items()}
    return gettext(text, lang) % shown if shown else gettext(text, lang)


def translated(value: Any, lang: str) -> Any:
    """*value* in *lang* where it is an interface text, a choice of them or a clause."""
    if isinstance(value, Clause):
        return sentence(value.text, value.values, lang)
    if isinstance(value, Choice):
        return listed([gettext(word, lang) for word in value], gettext(N_("o"), lang))
    return gettext(value, lang) if isinstance(value, str) else value


def preferred(accepted: str | None) -> str:
    """The interface language that the header ``Accept-Language`` asks for; Catalan where it asks for none of ours.

    A range with a region or a script asks for its language; of what is wanted equally the first counts.
    """
    ranges = preferences(accepted)
    wanted: dict[str, float] = {}
    for name, quality in ranges.items():
        lang = language_of(name.replace("_", "-"))
        if lang in LANGUAGES:
            wanted[lang] = max(quality, wanted.get(lang, 0.0))
    for lang in LANGUAGES:
        wanted.setdefault(lang, ranges.get(ANY, 0.0))
    best = max(wanted, key=lambda lang: wanted[lang])
    return best if wanted[best] else DEFAULT


def cli_language(environment: Mapping[str, str] = os.environ) -> str:
    """The language of a command's sentences, by the usual variables; Catalan where they name none of ours."""
    for name in ("WORKPLAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        lang = environment.get(name, "")[:2].lower()
        if lang in LANGUAGES:
            return lang
    return DEFAULT


def fallback(lang: str) -> tuple[str, ...]:
    """The languages in which to look for content, the asked one first."""
    return (lang, *(other for other in LANGUAGES if other != lang))


def pick(literals: Iterable[tuple[str, str]], lang: str) -> tuple[str, str] | None:
    """The best of (text, language tag) for a reader of *lang*, with its tag; None of none.

    A language is a range (RFC 4647, section 3.3.1): its own tag comes first, then the first of its varieties, as
    ``ca-ES``. A text without tag serves where nothing else does.
    """
    offered = sorted(literals, key=lambda literal: (literal[1].lower(), literal[0]))
    for wanted in (*fallback(lang), ""):
        for text, tag in offered:
            if in_range(tag, wanted):
                return text, tag
    return offered[0] if offered else None


def in_range(tag: str, wanted: str) -> bool:
    """Whether the language *tag* is *wanted* or one of its varieties (basic filtering, RFC 4647, section 3.3.1)."""
    return language_of(tag) == wanted


def foreign(tag: str, lang: str) -> str:
    """The language *tag* to mark a text with for a reader of *lang*: empty where the text is in that language."""
    return "" if in_range(tag, lang) else tag


def language_of(tag: str) -> str:
    """The language of *tag* without region, script or variety: its first subtag (RFC 5646, section 2.1)."""
    return tag.partition("-")[0].lower()


def as_written(literals: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of (text, language tag) that are no other's in plain language: «a» in ``ca`` beside «a» in ``ca-ES``.

    A release gives each text in a variety of a language in that language too, so that whoever asks for it finds it.
    """
    offered = set(literals)
    plain = {(text, language_of(tag)) for text, tag in offered if "-" in tag}
    return {(text, tag) for text, tag in offered if (text, tag.lower()) not in plain}


def locale_of(lang: str) -> str:
    """The locale whose forms of dates a reader of *lang* finds natural: the English of these pages is British."""
    return {"en": "en_GB"}.get(lang, lang)


def long_date(day: date, lang: str) -> str:
    """*day* in words, as «29 de novembre del 2019»."""
    return day_as("long", day, lang)


def day_as(form: str, day: date, lang: str) -> str:
    """*day* as *form*, a length or a pattern of CLDR, writes it in *lang*."""
    return _straight(format_date(day, form, locale=locale_of(lang)))


def long_moment(moment: datetime, lang: str) -> str:
    """*moment* in words, with its time and zone."""
    return _straight(format_datetime(moment, "long", locale=locale_of(lang)))


def _straight(text: str) -> str:
    """*text* with the apostrophe of all other texts: CLDR curls that of «d'abril»."""
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


@lru_cache(maxsize=4096)  # a page writes the same few hundred figures again and again, and Babel takes its time
def number(value: int | float, lang: str) -> str:
    """*value* as *lang* writes numbers."""
    return format_decimal(value, locale=lang)
