"""The themes under which questions are found: the tags of their headers, by name, in the order in which people ask."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from workplan.language import LANGUAGES, gettext
from workplan.model.errors import N_
from workplan.questions.catalogue import SavedQuery

THEMES: Final[Mapping[str, str]] = {
    "actions": N_("Accions"),
    "strategic-lines": N_("Línies estratègiques"),
    "action-lines": N_("Línies d'actuació"),
    "objectives": N_("Objectius"),
    "teams": N_("Equips"),
    "funding": N_("Impacte pressupostari"),
    "instruments": N_("Instruments"),
    "scopes": N_("Àmbits"),
    "calendar": N_("Calendari"),
    "evaluation": N_("Avaluació i seguiment"),
    "process": N_("Com s'ha fet el pla"),
    "principles": N_("Definicions i criteris"),
    "organisations": N_("Entitats"),
    "provenance": N_("Procedència de les dades"),
    "coverage": N_("Cobertura"),
    "comparison": N_("Comparació"),
    "gaps": N_("Buits"),
    "plans": N_("Plans"),
    "export": N_("Exportació"),
}
"""What each tag is called; one that is not here goes by itself, after the others."""

GROUPS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "plan": (N_("El pla i les seves accions"), ("plans", "actions", "instruments", "scopes", "export")),
    "lines": (
        N_("Línies i objectius"),
        ("strategic-lines", "action-lines", "objectives", "coverage", "comparison"),
    ),
    "people": (N_("Qui ho fa"), ("teams", "organisations")),
    "means": (N_("Diners, calendari i seguiment"), ("funding", "calendar", "evaluation")),
    "making": (N_("Com s'ha fet el pla i què vol dir"), ("process", "principles")),
    "trust": (N_("D'on surt cada dada i què hi falta"), ("provenance", "gaps")),
}
"""The groups of the gallery: what each is called, and its themes."""

OTHER: Final = "other"
"""Where questions without a tag stand."""


@dataclass(frozen=True)
class Theme:
    """A theme with the *questions* that it is the first of."""

    tag: str
    name: str
    questions: tuple[SavedQuery, ...]


def name_of(tag: str, lang: str) -> str:
    """What the theme *tag* is called for a reader of *lang*."""
    return gettext(N_("Altres preguntes"), lang) if tag == OTHER else gettext(THEMES.get(tag, tag), lang)


def themes_of(queries: Iterable[SavedQuery], lang: str) -> list[Theme]:
    """*queries*, each once, under the first of its tags."""
    by_tag: dict[str, list[SavedQuery]] = {}
    for query in queries:
        by_tag.setdefault(next(iter(query.tags), OTHER), []).append(query)
    order = [*THEMES, *sorted(set(by_tag) - set(THEMES) - {OTHER}), OTHER]
    return [Theme(tag, name_of(tag, lang), tuple(by_tag[tag])) for tag in order if tag in by_tag]


def groups_of(queries: Iterable[SavedQuery], lang: str) -> list[Theme]:
    """*queries*, each once, in the groups of the gallery: in each, charts first, and what asks for a value last."""
    listed = list(queries)
    found = []
    for tag, (name, tags) in (*GROUPS.items(), (OTHER, (N_("Altres preguntes"), ()))):
        own = [query for query in listed if next((t for t in query.tags if t in _GROUPED), OTHER) in (tags or (OTHER,))]
        own.sort(key=lambda query: (any(p.is_required for p in query.parameters), query.chart is None))
        if own:
            found.append(Theme(tag, gettext(name, lang), tuple(own)))
    return found


_GROUPED: Final = frozenset(tag for _, tags in GROUPS.values() for tag in tags)


def matching(queries: Iterable[SavedQuery], asked: str) -> list[SavedQuery]:
    """Those of *queries* that speak, in any language, of every word *asked*; accents and case count for nothing."""
    words = folded(asked).split()
    return [query for query in queries if all(word in _said_by(query) for word in words)]


def _said_by(query: SavedQuery) -> str:
    said = [query.name, str(query.header.get("summary") or "")]
    for lang in LANGUAGES:
        said += [query.title(lang), query.question(lang), *(name_of(tag, lang) for tag in query.tags)]
    return folded(" ".join(said))


def folded(text: str) -> str:
    """*text* without accents or case, and with the Catalan *l·l* as people type it."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("l·l", "ll"))
    return "".join(character for character in plain if not unicodedata.combining(character))
