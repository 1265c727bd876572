"""The forms in which a whole plan leaves for other tools, each with the remarks on what it has no place for.

It may not know how the plan was asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from workplan.engine.query import QueryEngine
from workplan.knowledge.facts import facts_of, triples_of
from workplan.language import gettext, ngettext
from workplan.model.errors import N_
from workplan.model.formats import DECIDIM, PLAIN_JSON, STRATML, Format

from . import decidim, stratml
from .plain import plain_json
from .telling import Teller

FORMS: Final = MappingProxyType({"json": PLAIN_JSON, "stratml": STRATML, "decidim": DECIDIM})
"""The forms by name, the one that loses nothing first."""


@dataclass(frozen=True)
class Exported:
    """A plan as a file, and the *remarks* that whoever takes it should read."""

    body: bytes
    remarks: tuple[str, ...] = ()


def exported(engine: QueryEngine, plan: str, form: Format, lang: str) -> Exported:
    """The *plan* that the data behind *engine* hold, in one of FORMS; text and remarks are for a reader of *lang*.

    Raises InputError where the plan lacks what the form cannot do without.
    """
    if form is PLAIN_JSON:
        return Exported(plain_json(triples_of(engine, plan)).encode() + b"\n")
    facts = facts_of(engine, plan)
    body, teller = stratml.stratml(facts, lang) if form is STRATML else decidim.decidim(facts)
    return Exported(body, tuple(_remarks(teller, form, lang)))


def _remarks(teller: Teller, form: Format, lang: str) -> Iterator[str]:
    """What is not in the file, or not as one would think."""
    remark = stratml.WITHOUT_EQUAL if form is STRATML else decidim.WITHOUT_EQUAL
    yield gettext(remark, lang)
    if form is STRATML and (left := stratml.without_line(teller.facts)):
        yield gettext(N_("Sense línia estratègica, aquestes accions no hi caben: %(actions)s."), lang) % {
            "actions": ", ".join(teller.named(action) for action in left)
        }
    if count := len(teller.untranslated):
        yield ngettext(
            "%(n)s text hi és en una altra llengua, perquè no té traducció.",
            "%(n)s textos hi són en una altra llengua, perquè no tenen traducció.",
            count,
            lang,
        ) % {"n": count}
