"""What a plan's actions are said to be, in words: for forms that have no place of their own for it.

It may not hide who says a thing, nor that nothing is known of it.
"""

from collections.abc import Iterator
from typing import Final

from workplan.knowledge.facts import Facts
from workplan.language import gettext, pick
from workplan.model.errors import N_
from workplan.model.namespaces import WP

PARTICULARS: Final = (
    "wp:strategicLine",
    "wp:actionLine",
    "wp:instrument",
    "wp:thematicScope",
    "wp:directlyExecutedBy",
    "wp:budgetImpact",
    "wp:plannedQuarter",
)
"""What is told of an action, in this order."""


class Teller:
    """The words of one plan in one language; it counts the texts that it had to leave in another."""

    def __init__(self, facts: Facts, lang: str) -> None:
        self.facts = facts
        self.lang = lang
        self.untranslated: set[str] = set()

    def label(self, iri: str) -> str:
        """What *iri* is called; the end of its identifier where nothing is said of that."""
        return self._noted(self.facts.label(iri, self.lang)) or iri.rpartition("/")[2].rpartition("#")[2]

    def named(self, iri: str) -> str:
        """Code and label of *iri*."""
        return " ".join(part for part in (self.facts.value(iri, "wp:code"), self.label(iri)) if part)

    def text(self, iri: str, *names: str) -> str:
        """The text of the first of the properties *names* that *iri* has."""
        return next((text for name in names if (text := self._noted(pick(self.facts.texts(iri, name), self.lang)))), "")

    def particulars(self, action: str, names: tuple[str, ...] = PARTICULARS) -> Iterator[tuple[str, str]]:
        """What each of the properties *names* of *action* is called and says.

        What a curator added is marked, and what is on record as missing is told with its reason.
        """
        for name in names:
            values = [self._value(action, name, value) for value in self.facts.resources(action, name)]
            reason = None if values else self.facts.reason_missing(action, name)
            if reason:
                values = [gettext(N_("no consta (%(reason)s)"), self.lang) % {"reason": self.label(reason)}]
            if values:
                yield self.label_of_property(name), "; ".join(values)

    def label_of_property(self, name: str) -> str:
        """What the property *name* is called, with a capital letter."""
        label = self.label(WP + name.partition(":")[2])
        return label[:1].upper() + label[1:]

    def _value(self, action: str, name: str, value: str) -> str:
        told = self.named(value)
        if self.facts.is_added(action, name, value):
            return gettext(N_("%(value)s [afegit a les dades]"), self.lang) % {"value": told}
        return told

    def _noted(self, picked: tuple[str, str] | None) -> str:
        if picked is None:
            return ""
        text, tag = picked
        if tag and tag != self.lang:
            self.untranslated.add(text)
        return text
