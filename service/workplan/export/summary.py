"""A chart in words: what it shows, the largest and the smallest, the sum, and what is missing, said as missing.

For whoever cannot see the picture, and for whoever wants to be sure of what it says.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from workplan.language import fallback, gettext, long_date, ngettext, number
from workplan.model.errors import N_, listed

from .plotted import Plotted, Value

MOST_TIED: Final = 3
"""Names that are told of those that share the largest or the smallest number: of more, how many."""

_KINDS: Final = {
    "bar": N_("Gràfic de barres: %(title)s."),
    "rect": N_("Taula de calor: %(title)s."),
    "point": N_("Gràfic de punts: %(title)s."),
    "day": N_("Cronologia: %(title)s."),
}


def name_of(found: Plotted, title: str) -> str:
    """What the chart is called: its kind and the *title* of its question."""
    is_of_days = any(value.day for value in found.values)
    text = _KINDS["day" if is_of_days else found.header.mark]
    return gettext(text, found.lang) % {"title": title.rstrip(".")}


def summary_of(found: Plotted) -> str:
    """The chart in a few sentences."""
    if found.is_empty:
        return nothing_to_draw(found)
    if found.header.mark == "point":
        said = _of_days(found) if any(value.day for value in found.values) else _of_points(found)
    else:
        said = _of_numbers(found)
    note = next((found.header.note[code] for code in fallback(found.lang) if code in found.header.note), "")
    return " ".join(filter(None, [*said, *_of_series(found), *_of_missing(found), left_out(found), note]))


def nothing_to_draw(found: Plotted) -> str:
    """Why there is no picture."""
    lang = found.lang
    if not found.rows:
        return gettext(N_("La resposta no té cap fila: no hi ha res a dibuixar."), lang)
    channel = "y" if found.is_counting else "color" if found.header.mark == "rect" else "x"
    return ngettext(
        "La resposta té %(count)s fila, i «%(title)s» no hi consta: no hi ha res a dibuixar.",
        "La resposta té %(count)s files, i «%(title)s» no consta en cap: no hi ha res a dibuixar.",
        found.rows,
        lang,
    ) % {"count": number(found.rows, lang), "title": found.titles[channel]}


def left_out(found: Plotted) -> str:
    """How many names do not fit in, where some do not."""
    if not found.left_out:
        return ""
    return ngettext(
        "Hi falta %(count)s nom que no hi cap: és a la taula.",
        "Hi falten %(count)s noms que no hi caben: són a la taula.",
        found.left_out,
        found.lang,
    ) % {"count": number(found.left_out, found.lang)}


def _of_numbers(found: Plotted) -> list[str]:
    lang = found.lang
    is_matrix = found.header.mark == "rect"
    what = found.titles["color" if is_matrix else "x"]
    if is_matrix:
        told = [
            gettext(N_("Creua %(rows)s files amb %(columns)s columnes i mostra «%(what)s»."), lang)
            % {"rows": len(found.names), "columns": len(found.places), "what": what}
        ]
        groups = [(_cell_name(v), v.number) for v in found.values if v.number is not None]
    else:
        told = [
            ngettext(
                "Mostra «%(what)s» en %(count)s barra.",
                "Mostra «%(what)s» en %(count)s barres.",
                len(found.names),
                lang,
            )
            % {"count": number(len(found.names), lang), "what": what}
        ]
        groups = _groups(found)
    told += _extremes(groups, lang)
    if found.can_be_added and len(groups) > 1 and not found.is_side_by_side:
        told.append(gettext(N_("En total, sumen %(sum)s."), lang) % {"sum": number(sum(n for _, n in groups), lang)})
    if is_matrix:
        empty = len(found.names) * len(found.places) - len(found.values)
        if empty:
            told.append(
                ngettext(
                    "Hi ha %(count)s casella buida: la resposta no en diu res.",
                    "Hi ha %(count)s caselles buides: la resposta no en diu res.",
                    empty,
                    lang,
                )
                % {"count": number(empty, lang)}
            )
    return told


def _cell_name(value: Value) -> str:
    return f"{value.name} · {value.place}"


def _groups(found: Plotted) -> list[tuple[str, float]]:
    """The bars as they are read: each name with its whole, or with the number of each series where they are apart."""
    known = [value for value in found.values if value.number is not None]
    if found.is_side_by_side:
        return [(f"{value.name} · {value.series}", value.number or 0) for value in known]
    have = {value.name for value in known}
    return [(name, found.total(name)) for name in found.names if name in have]


def _extremes(groups: Sequence[tuple[str, float]], lang: str) -> list[str]:
    if not groups:
        return []
    numbers = [n for _, n in groups]
    most, least = max(numbers), min(numbers)
    if len(groups) == 1:
        return [
            gettext(N_("L'únic valor és %(number)s (%(names)s)."), lang)
            % {"number": number(most, lang), "names": groups[0][0]}
        ]
    if most == least:
        return [gettext(N_("Tots els valors són iguals: %(number)s."), lang) % {"number": number(most, lang)}]
    highest = gettext(N_("El valor més alt és %(number)s (%(names)s)."), lang)
    lowest = gettext(N_("El més baix és %(number)s (%(names)s)."), lang)
    return [
        highest % {"number": number(most, lang), "names": _tied(groups, most, lang)},
        lowest % {"number": number(least, lang), "names": _tied(groups, least, lang)},
    ]


def _tied(groups: Sequence[tuple[str, float]], wanted: float, lang: str) -> str:
    names = [name for name, n in groups if n == wanted]
    if len(names) > MOST_TIED:
        return gettext(N_("en %(count)s casos"), lang) % {"count": number(len(names), lang)}
    return "; ".join(names)


def _of_series(found: Plotted) -> list[str]:
    """How much of what is drawn is of each colour: what its numbers add up to, or how many points."""
    if not found.series or not found.can_be_added:
        return []
    drawn = {
        series: [v.number for v in found.values if v.series == series and v.number is not None]
        if found.header.mark != "point"
        else [1 for v in found.values if v.series == series and (v.day or v.place)]
        for series in found.series
    }
    parts = [f"{series}, {number(sum(numbers), found.lang)}" for series, numbers in drawn.items() if numbers]
    title = found.titles["color"]
    text = N_("Segons «%(title)s»: %(parts)s.") if title else N_("Per parts: %(parts)s.")
    return [gettext(text, found.lang) % {"title": title, "parts": "; ".join(parts)}]


def _of_days(found: Plotted) -> list[str]:
    lang = found.lang
    known = sorted((value.day, value.name) for value in found.values if value.day)
    told = ngettext("Situa %(count)s fita en el temps.", "Situa %(count)s fites en el temps.", len(known), lang) % {
        "count": number(len(known), lang)
    }
    (first, first_name), (last, last_name) = known[0], known[-1]
    if len(known) == 1:
        return [told, f"{first_name}: {_day(first, lang)}."]
    span = gettext(N_("La primera és «%(first)s», %(start)s; la darrera, «%(last)s», %(end)s."), lang)
    return [
        told,
        span % {"first": first_name, "start": _day(first, lang), "last": last_name, "end": _day(last, lang)},
    ]


def _of_points(found: Plotted) -> list[str]:
    """Which names stand at which place."""
    last = gettext(N_("i"), found.lang)
    told = []
    for place in found.places:
        names = [value.name for value in found.values if value.place == place]
        told.append(f"{place}: {listed(names, last)}.")
    return told


def _of_missing(found: Plotted) -> list[str]:
    if not found.missing:
        return []
    is_dated = any(value.day for value in found.values)
    values = {"count": number(found.missing, found.lang)}
    if is_dated:
        return [
            ngettext(
                "D'una fita no en consta la data.",
                "De %(count)s fites no en consta la data.",
                found.missing,
                found.lang,
            )
            % values
        ]
    return [
        ngettext(
            "Hi ha %(count)s valor que no consta.", "Hi ha %(count)s valors que no consten.", found.missing, found.lang
        )
        % values
    ]


def _day(value: date, lang: str) -> str:
    return long_date(value, lang)
