"""What the ontology says of itself, as a reader of one language meets it, and as search engines read it.

Pure: it asks nothing and knows no request.
"""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, Final

from workplan.export.credits import licence_name
from workplan.knowledge.ontology import Header
from workplan.language import gettext, long_date, pick
from workplan.model.errors import N_
from workplan.model.namespaces import ONTOLOGY, expand
from workplan.release.changes import Change, Effect

from .citation import Citation
from .resource import Namer, Value
from .structured import CONTEXT
from .term import TermView

CHECKS: Final = (("FOOPS!", 24, 19), ("OOPS!", 41, 35), ("ROBOT", 32, 26), ("LOV", 8, 7))
"""How many checks each tool of the field makes and how many the ontology passes, as docs/ontology-checks.md tells."""


class HeaderView:
    """The *header* of the ontology; *namer* calls who made it."""

    def __init__(self, header: Header, namer: Namer) -> None:
        self._header = header
        self._namer = namer

    def _text(self, *properties: str) -> Value | None:
        """The text of the first of *properties* that there is, in the language that serves the reader best."""
        for prop in properties:
            if found := pick(self._header.texts.get(expand(prop), ()), self._namer.lang):
                return Value(found[0], self._namer.mark(found[1]))
        return None

    @property
    def title(self) -> Value:
        """What the ontology is called."""
        return self._text("dcterms:title", "rdfs:label") or Value(ONTOLOGY)

    @property
    def abstract(self) -> Value | None:
        """What it is about."""
        return self._text("dcterms:abstract", "dcterms:description")

    @property
    def version(self) -> str:
        """Its version's number."""
        return self._header.value(expand("owl:versionInfo")) or ""

    @property
    def version_iri(self) -> str:
        """Its version's IRI, or its own where it names none."""
        return self._header.value(expand("owl:versionIRI")) or ONTOLOGY

    @property
    def creators(self) -> list[Value]:
        """Who made it."""
        return [self._namer.named(iri) for iri in self._header.values.get(expand("dcterms:creator"), ())]

    @property
    def licence(self) -> str | None:
        """The address of its licence."""
        return self._header.value(expand("dcterms:license"))

    @property
    def licence_name(self) -> str:
        """What its licence is called."""
        return licence_name(self.licence) if self.licence else ""

    @property
    def _modified(self) -> date | None:
        day = self._header.value(expand("dcterms:modified")) or self._header.value(expand("dcterms:issued"))
        return date.fromisoformat(day) if day else None

    @property
    def day(self) -> str:
        """The day of its last change, in words."""
        return long_date(self._modified, self._namer.lang) if self._modified else ""

    @cached_property
    def citation(self) -> Citation:
        """How to cite it: its version, whose address does not change."""
        return Citation(
            self._namer.lang,
            ", ".join(creator.text for creator in self.creators),
            self.title.text,
            self._modified,
            self.version,
            self.version_iri,
            f"wp-{self.version}",
            kind=gettext(N_("Ontologia"), self._namer.lang),
            edition=gettext(N_("versió"), self._namer.lang),
        )

    def linked(self, terms: Sequence[TermView]) -> dict[str, Any]:
        """The ontology with its *terms* in the words of schema.org."""
        return {
            "@context": CONTEXT,
            "@type": "DefinedTermSet",
            "@id": ONTOLOGY,
            "url": ONTOLOGY,
            "name": self.title.text,
            "description": self.abstract.text if self.abstract else "",
            "inLanguage": self._namer.lang,
            "version": self.version,
            "license": self.licence,
            "dateModified": self._modified.isoformat() if self._modified else None,
            "creator": [{"@type": "Organization", "name": creator.text} for creator in self.creators],
            "hasDefinedTerm": [{"@id": view.term.iri} for view in terms],
        }


_EFFECTS: Final = {
    Effect.BREAKS: N_("Obliga a revisar les dades"),
    Effect.DEPRECATES: N_("Queda en desús"),
    Effect.ADDS: N_("És nou"),
    Effect.REWORDS: N_("Vol dir el mateix, dit millor"),
}
"""What a change asks of a reader, as a heading."""


class VersionView:
    """A *version* of the ontology, with the *changes* that it makes to the one before, *prior*.

    *has_rules* tells whether its shapes and its context were kept too.
    """

    def __init__(
        self,
        version: str,
        prior: str | None,
        current: str,
        found: Sequence[Change],
        lang: str,
        *,
        has_rules: bool = False,
    ) -> None:
        self.version = version
        self.prior = prior
        self.current = current
        self.is_current = version == current
        self.iri = f"{ONTOLOGY}/{version}"
        self.has_rules = has_rules
        self._found = found
        self._lang = lang

    @property
    def changes(self) -> list[tuple[str, list[str]]]:
        """The changes in words, under what they ask for, that which asks most first."""
        return [
            (gettext(_EFFECTS[effect], self._lang), said)
            for effect in Effect
            if (said := [change.sentence(self._lang) for change in self._found if change.effect is effect])
        ]


def defined(view: TermView, lang: str) -> dict[str, Any]:
    """The term *view* in the words of schema.org."""
    return {
        "@context": CONTEXT,
        "@type": "DefinedTerm",
        "@id": view.term.iri,
        "url": view.term.iri,
        "name": view.label.text,
        "termCode": f"wp:{view.term.local_name}",
        "description": view.definition.text if view.definition else "",
        "inLanguage": lang,
        "inDefinedTermSet": {"@type": "DefinedTermSet", "@id": ONTOLOGY},
    }
