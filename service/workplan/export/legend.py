"""What the columns of a table hold, in words: for a file that is read far from its page.

Pure: it knows no format.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from workplan.language import fallback, gettext
from workplan.model.errors import N_
from workplan.questions.columns import Column

_KINDS: Final[Mapping[str, str]] = {
    "iri": N_("L'identificador, que és una adreça."),
    "text": N_("Text."),
    "string": N_("Codi o text, tal com és a les dades."),
    "integer": N_("Nombre enter."),
    "decimal": N_("Nombre."),
    "boolean": N_("Cert o fals."),
    "date": N_("Dia."),
}

_EMPTY: Final[Mapping[str, str]] = {
    "missing": N_("Buit: el document no ho diu."),
    "none": N_("Buit: no n'hi ha cap."),
}


def legend_of(column: Column, columns: Sequence[Column], lang: str) -> Iterator[str]:
    """What *column* of *columns* holds, sentence by sentence, for a reader of *lang*."""
    labels = {each.name: each.label(lang) for each in columns}
    if column.origin_of:
        text = N_("Qui diu el que hi ha a «%(column)s»:")
        yield gettext(text, lang) % {"column": labels.get(column.origin_of, column.origin_of)}
    elif column.of:
        yield gettext(N_("El nom del que hi ha a «%(column)s»."), lang) % {"column": labels.get(column.of, column.of)}
    elif column.kind in _KINDS and not column.values:
        yield gettext(_KINDS[column.kind], lang)
    if column.values:
        said = (next((words[code] for code in fallback(lang) if code in words), "") for words in column.values.values())
        yield "; ".join(said) + "."
    if column.unit:
        yield gettext(N_("En %(unit)s."), lang) % {"unit": column.unit}
    if column.separator:
        text = N_("Quan n'hi ha més d'un, els separa «%(separator)s».")
        yield gettext(text, lang) % {"separator": column.separator.strip()}
    if column.empty and column.empty in _EMPTY:
        yield gettext(_EMPTY[column.empty], lang)
    if column.statement and column.origin:
        text = N_("Qui ho diu és a «%(column)s».")
        yield gettext(text, lang) % {"column": column.origin.label(lang)}
