"""docs/glossary.md, as a contract: one thing has one name wherever readers meet it.

What is read: the interface catalogues, the headers of the saved questions, the messages and names of the shapes, and
the names of terms, lists and their values.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from pyoxigraph import Literal, RdfFormat, parse

from workplan.language import LANGUAGES, day_as, long_date, long_moment
from workplan.questions.catalogue import read_query

ROOT = Path(__file__).parents[2]
TRANSLATIONS = ROOT / "service" / "workplan" / "translations"
NAMES = ("rdf-schema#label", "skos/core#prefLabel", "shacl#message", "shacl#name")
CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"


def avoided() -> list[tuple[str, str]]:
    """The words that the glossary gives up, each with its language."""
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    cells = [cell for *_, cell in rows[2:]]
    words = [word.partition(": ") for cell in cells for word in cell.split("; ") if word]
    return [(lang, word) for lang, _, word in words]


def of_the_interface() -> Iterator[tuple[str, str]]:
    """The texts of pages, messages and commands."""
    for lang in ("es", "en"):
        with (TRANSLATIONS / f"{lang}.po").open("rb") as po:
            for message in read_po(po, locale=lang):
                for said, text in (("ca", message.id), (lang, message.string)):
                    yield from ((said, form) for form in ([text] if isinstance(text, str) else text))


def of_a_header(value: Any) -> Iterator[tuple[str, str]]:
    """The texts of the header of a question: whatever stands under the code of a language."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in LANGUAGES and isinstance(inner, str):
                yield key, inner
            else:
                yield from of_a_header(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from of_a_header(inner)


def of_a_file(path: Path) -> Iterator[tuple[str, str]]:
    """The names and messages in a Turtle file."""
    for triple in parse(path=path, format=RdfFormat.TURTLE, base_iri="https://w3id.org/sse-workplan/id/"):
        literal = triple.object
        if isinstance(literal, Literal) and literal.language and triple.predicate.value.endswith(NAMES):
            yield literal.language, literal.value


@cache
def texts() -> list[tuple[str, str]]:
    """Every text that a reader meets, with its language."""
    found = [*of_the_interface()]
    for file in sorted((ROOT / "queries").glob("*.rq")):
        found += of_a_header(read_query(file).header)
    for folder in ("ontology", "shapes", "data"):
        for file in sorted((ROOT / folder).rglob("*.ttl")):
            # What a document prints is in its own words, and so is its translation.
            if not {"stated", "translations"} & set(file.parts):
                found += of_a_file(file)
    return found


@pytest.mark.parametrize(("lang", "word"), avoided(), ids=lambda part: part)
def test_no_text_uses_a_word_that_the_glossary_gives_up(lang: str, word: str) -> None:
    """Neither at the start of a sentence; names of columns and addresses of others (``scope/id``) are no words."""
    unwanted = re.compile(rf"(?<![\w/-]){re.escape(word)}(?![\w/-])", re.IGNORECASE)

    assert [text for said, text in texts() if said == lang and unwanted.search(text)] == []


def test_the_glossary_speaks_of_each_language() -> None:
    """A row that is not read, or a language that is none, would hold nothing."""
    assert {lang for lang, _ in avoided()} == set(LANGUAGES)
    assert len(avoided()) > 50
    assert {lang for lang, _ in texts()} >= set(LANGUAGES)


def test_no_text_curls_its_apostrophes() -> None:
    """One kind everywhere."""
    assert [text for _, text in texts() if CURLY in text] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_date_curls_its_apostrophe(lang: str) -> None:
    """CLDR writes «d'abril» with a curly one."""
    months = [date(2020, month, 29) for month in range(1, 13)]
    said = [form(day, lang) for day in months for form in (long_date, partial(day_as, "d MMM y"))]
    said += [long_moment(datetime(2020, month, 29, 10, tzinfo=UTC), lang) for month in range(1, 13)]

    assert not [text for text in said if CURLY in text]
