"""Words as they are compared: what people type and what texts print meet, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workplan.model.words import code_key, forms, nearest, normalised, stems, words_of


def folded_words(text: str) -> list[str]:
    """The words of *text* as they are compared."""
    return [word.folded for word in words_of(normalised(text))]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("CONTRACTACIO", "contractació"),
        ("col·legi", "COL·LEGI"),
        ("col.legi", "col·legi"),
        ("col•legi", "coŀlegi"),
        ("collegi", "col·legi"),
        ("l'economia", "economia"),
        ("L’economia", "d'economia"),
        ("d`economia", "economia"),
        ("socio-econòmic", "socioeconòmic"),
        ("vice‑presidència", "vicepresidència"),
        ("cafe\u0301", "café"),
        ("so\u00adcial", "social"),
        ("\u202esocial\u202c", "social"),
        ("L.A.3", "LA03"),
        ("L.A. 3", "LA3"),
        ("E.S.S.", "ESS"),
        ("A08", "a8"),
        ("the network's", "the network"),
        ("ＥＳＳ", "ess"),
    ],
)
def test_what_is_typed_meets_what_is_printed(typed: str, printed: str) -> None:
    """Case, accents, *l·l*, apostrophes, hyphens, marks without width and zeros of codes make no difference."""
    assert folded_words(typed) == folded_words(printed)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("final.La casa", ["final", "la", "casa"]),
        ("O1.1, O11", ["o1.1", "o11"]),
        ("2017-2019", ["20172019"]),
        ("a/b_c", ["a", "b", "c"]),
        ("«»\0\n\t…", []),
        ("d'", ["d"]),
    ],
)
def test_what_parts_words_parts_them(text: str, words: list[str]) -> None:
    """And what is no word is none."""
    assert folded_words(text) == words


def test_a_word_with_hyphens_has_its_parts_too() -> None:
    """So that either of them is found."""
    (word,) = words_of("socio-econòmic")

    assert [part.folded for part in word.parts] == ["socio", "economic"]


@pytest.mark.parametrize("typed", ["LA03", "la3", "L.A.3", "L.A. 3", "LA 3", "la-03", " LA 03 "])
def test_a_code_is_one_however_it_is_written(typed: str) -> None:
    """With dots, spaces, hyphens and zeros or without."""
    assert code_key(typed) == "la3"


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        ("ca", "contractació", "contractacions"),
        ("ca", "contractacio", "contractació"),
        ("ca", "feminisme", "feminismes"),
        ("ca", "tècnica", "tècniques"),
        ("ca", "públic", "públiques"),
        ("ca", "jove", "joves"),
        ("ca", "línia", "línies"),
        ("ca", "cooperativa", "cooperatives"),
        ("es", "contratacion", "contrataciones"),
        ("es", "joven", "jóvenes"),
        ("es", "pública", "públicas"),
        ("en", "action", "actions"),
        ("en", "municipality", "municipalities"),
        ("en", "procure", "procurement"),
    ],
)
def test_a_word_has_a_stem_or_a_form_in_common_with_its_other_forms(lang: str, one: str, other: str) -> None:
    """In each of the three languages, with accents or without."""
    assert (stems(one, lang) | forms(one, lang)) & (stems(other, lang) | forms(other, lang))


@pytest.mark.parametrize(("one", "other"), [("pla", "plaça"), ("formació", "forma"), ("acció", "acta")])
def test_a_word_is_not_a_form_of_another(one: str, other: str) -> None:
    """What counts as the same word is stricter than what shares a stem."""
    assert not forms(one, "ca") & forms(other, "ca")


@given(st.text())
def test_any_text_has_words_where_it_says_they_are(text: str) -> None:
    """Whatever is typed: places are within the text and in order, and a word never holds what could be syntax."""
    plain = normalised(text)
    place = 0
    for word in words_of(plain):
        assert place <= word.start < word.end <= len(plain)
        assert not set(word.folded) & set("\"'()*:^+{}@ \0")
        place = word.end


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Instrment", "Instrument"),
        ("instrment", "instrument"),
        ("PLANYEAR", "planYear"),
        ("planYaer", "planYear"),
        ("zzz", None),
    ],
)
def test_a_near_miss_is_found_whatever_its_case(name: str, meant: str | None) -> None:
    """Of a class and a property that differ in case alone, as ours do, the one that is written more alike."""
    assert nearest(name, ["Instrument", "instrument", "planYear"]) == meant
    assert nearest(name, ["planYear", "instrument", "Instrument"]) == meant
