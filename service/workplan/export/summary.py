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

LONGEST_TIED: Final = 80
"""Characters of the names of several that share it: of longer ones, how many they are."""

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


def headline_of(found: Plotted) -> str:
    """What the chart shows first of all, in a few words; empty where that cannot be told from its numbers."""
    if found.is_empty:
        return ""
    if found.header.mark == "point":
        return _span(found) if any(value.day for value in found.values) else ""
    what = found.titles["color" if found.header.mark == "rect" else "x"]
    return gettext(N_("%(what)s: %(found)s"), found.lang) % {"what": what, "found": _highest(found)}


def summary_of(found: Plotted) -> str:
    """The chart in a few sentences."""
    headline = headline_of(found)
    return " ".join(filter(None, [headline and f"{headline}.", caption_of(found)]))


def caption_of(found: Plotted) -> str:
    """What the chart shows besides its headline."""
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
    channel = "y" if found.is_counting or not found.is_named else "color" if found.header.mark == "rect" else "x"
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


def number_of(found: Plotted, value: float, of: float | None = None) -> str:
    """*value* as the reader of *found* writes it, with its unit and *of* how many it is."""
    told = number(value, found.lang) + (f"\u00a0{found.unit}" if found.unit else "")
    if of is None:
        return told
    return gettext(N_("%(value)s de %(count)s"), found.lang) % {"value": told, "count": number(of, found.lang)}


def _numbers(found: Plotted) -> list[tuple[str, float, float | None]]:
    """What is read off the chart: each name, its number, and of how many that is."""
    if found.header.mark == "rect":
        return [(_cell_name(v), v.number, None) for v in found.values if v.number is not None]
    return _groups(found)


def _highest(found: Plotted) -> str:
    """The largest number and whose it is."""
    lang, groups = found.lang, _numbers(found)
    most = max(n for _, n, _ in groups)
    if len(groups) > 1 and most == min(n for _, n, _ in groups):
        return gettext(N_("%(number)s en tots els casos"), lang) % {"number": number_of(found, most)}
    tied = [(name, of) for name, n, of in groups if n == most]
    of = tied[0][1] if len(tied) == 1 else None
    text = N_("%(number)s (%(names)s)") if len(groups) == 1 else N_("el màxim, %(number)s (%(names)s)")
    return gettext(text, lang) % {"number": number_of(found, most, of), "names": _names([n for n, _ in tied], lang)}


def _of_numbers(found: Plotted) -> list[str]:
    lang, groups = found.lang, _numbers(found)
    told = []
    least, most = min(n for _, n, _ in groups), max(n for _, n, _ in groups)
    if least != most:
        lowest = [(name, of) for name, n, of in groups if n == least]
        if len(lowest) > 1 and found.is_side_by_side:
            text = N_("El mínim és %(number)s. %(counts)s.")
            told.append(gettext(text, lang) % {"number": number_of(found, least), "counts": _by_series(found, least)})
        elif len(lowest) == 1:
            (name, of), text = lowest[0], N_("El mínim és %(number)s (%(names)s).")
            told.append(gettext(text, lang) % {"number": number_of(found, least, of), "names": name})
        else:
            # Names of several that have least, or nothing, tell nothing.
            text = N_("El mínim, %(number)s, es repeteix en %(count)s casos.")
            told.append(gettext(text, lang) % {"number": number_of(found, least), "count": number(len(lowest), lang)})
    is_matrix = found.header.mark == "rect"
    if found.can_be_added and len(groups) > 1 and not found.is_side_by_side and not is_matrix:
        told.append(gettext(N_("En total, %(sum)s."), lang) % {"sum": number_of(found, sum(n for _, n, _ in groups))})
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


def _groups(found: Plotted) -> list[tuple[str, float, float | None]]:
    """The bars as they are read: each name with its whole, or with the number of each series where they are apart."""
    known = [value for value in found.values if value.number is not None]
    if found.is_side_by_side:
        return [(f"{value.name} · {value.series}", value.number or 0, value.of) for value in known]
    of = {value.name: value.of for value in known}
    return [(name, found.total(name), of[name]) for name in found.names if name in of]


def _by_series(found: Plotted, one: float) -> str:
    """How many times each series has the number *one*."""
    drawn = [(value.series, value.number) for value in found.values]
    counts = [(series, drawn.count((series, one))) for series in found.series]
    return "; ".join(
        ngettext("%(series)s: %(count)s cas", "%(series)s: %(count)s casos", count, found.lang)
        % {"series": series, "count": number(count, found.lang)}
        for series, count in counts
        if count
    )


def _names(names: Sequence[str], lang: str) -> str:
    if len(names) > MOST_TIED or (len(names) > 1 and len("; ".join(names)) > LONGEST_TIED):
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


def _dated(found: Plotted) -> list[tuple[date, str]]:
    return sorted((value.day, value.name) for value in found.values if value.day)


def _span(found: Plotted) -> str:
    """From when to when."""
    lang, known = found.lang, _dated(found)
    (first, _), (last, _) = known[0], known[-1]
    if first == last:
        return _day(first, lang)
    return gettext(N_("Del %(start)s al %(end)s"), lang) % {"start": _day(first, lang), "end": _day(last, lang)}


def _of_days(found: Plotted) -> list[str]:
    lang, known = found.lang, _dated(found)
    told = ngettext("%(count)s fita amb data.", "%(count)s fites amb data.", len(known), lang) % {
        "count": number(len(known), lang)
    }
    (_, first), (_, last) = known[0], known[-1]
    if len(known) == 1:
        return [told]
    span = gettext(N_("La primera és «%(first)s»; la darrera, «%(last)s»."), lang)
    return [told, span % {"first": first, "last": last}]


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
