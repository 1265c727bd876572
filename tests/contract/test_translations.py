"""The interface catalogues, as a contract.

Every Catalan sentence of the service that a reader may see stands in Spanish and in English, with the same marks for
its values and in every plural form; a catalogue holds nothing else.
"""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from workplan.language import DEFAULT, LANGUAGES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "service" / "workplan"
MARK = re.compile(r"%\(\w+\)\w|%%")

each_catalogue = pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != DEFAULT])


@cache
def wanted() -> dict[str, tuple[str, ...]]:
    """The forms of each message of the service, by the first: one, or singular and plural."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as settings:
        methods, options = parse_mapping_cfg(settings)
    found = extract_from_dir(PACKAGE, methods, options, keywords={**DEFAULT_KEYWORDS, "N_": None})
    return {forms[0]: forms for _, _, message, _, _ in found for forms in [as_forms(message)]}


@cache
def catalogue(lang: str) -> Catalog:
    """The catalogue of *lang* as it is shipped."""
    with (PACKAGE / "translations" / f"{lang}.po").open("rb") as po:
        return read_po(po, locale=lang)


def messages(lang: str) -> dict[str, Message]:
    """The messages of that catalogue, by their first Catalan form."""
    return {as_forms(message.id)[0]: message for message in catalogue(lang) if message.id}


def as_forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """The forms of *text*: itself where it has no plural."""
    return (text,) if isinstance(text, str) else tuple(text)


@each_catalogue
def test_every_sentence_of_the_service_is_translated(lang: str) -> None:
    """A reader of one language never meets a sentence in another."""
    found = messages(lang)
    missing = [first for first in wanted() if first not in found or not all(as_forms(found[first].string))]

    assert missing == []


@each_catalogue
def test_every_plural_form_is_filled(lang: str) -> None:
    """Nobody writes «1 rows»."""
    found = messages(lang)
    unlike = [
        forms
        for first, forms in wanted().items()
        if first in found and (as_forms(found[first].id) != forms or len(as_forms(found[first].string)) != len(forms))
    ]

    assert catalogue(lang).num_plurals == 2
    assert unlike == []


@each_catalogue
def test_a_translation_has_the_marks_of_its_original(lang: str) -> None:
    """A mark too many breaks the page; one too few hides a value."""
    unlike = [
        (form, translated)
        for message in messages(lang).values()
        for form, translated in zip(as_forms(message.id), as_forms(message.string), strict=True)
        if sorted(MARK.findall(form)) != sorted(MARK.findall(translated))
    ]

    assert unlike == []


@each_catalogue
def test_no_translation_outlives_its_sentence(lang: str) -> None:
    """What is no longer said need not be translated, nor read by the next translator."""
    assert sorted(set(messages(lang)) - set(wanted())) == []
    assert list(catalogue(lang).obsolete) == []


@each_catalogue
def test_no_translation_is_in_doubt(lang: str) -> None:
    """A fuzzy translation is not shown, so that it would leave the reader with Catalan."""
    assert [message.id for message in catalogue(lang) if message.id and message.fuzzy] == []


RUN = 6
"""Words in a row that no text says twice by chance."""


def said_twice(text: str) -> bool:
    """Whether *text* repeats RUN of its words in a row."""
    words = re.findall(r"\w+", text.casefold())
    runs = [tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)]
    return len(runs) != len(set(runs))


@each_catalogue
def test_no_translation_says_twice_what_its_original_says_once(lang: str) -> None:
    """As where a text is pasted beside what it was to replace."""
    found = [
        translated
        for message in messages(lang).values()
        for form, translated in zip(as_forms(message.id), as_forms(message.string), strict=True)
        if said_twice(translated) and not said_twice(form)
    ]

    assert found == []
