"""How to cite an answer: in APA's form and as BibTeX, with the address that always gives the same answer.

The day on which someone reads it is his browser's to say: a kept page does not know it. Pure: it asks nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from workplan.language import day_as, gettext
from workplan.model.errors import N_

_DAY: Final[Mapping[str, str]] = {"ca": "y, d MMMM", "es": "y, d 'de' MMMM", "en": "y, MMMM d"}
"""How APA writes the day of publication, as CLDR patterns (https://apastyle.apa.org/style-grammar-guidelines/references)."""

_LANGUAGES: Final[Mapping[str, str]] = {"ca": "catalan", "es": "spanish", "en": "english"}
"""The languages by the names that BibLaTeX knows them by."""

MOST_SOURCES: Final = 3
"""Documents that a reference names."""

_TEX: Final = re.compile(r"[\\{}$&#^_~%]")


@dataclass(frozen=True)
class Citation:
    """What is to be cited: *author*, *title*, *day* of the data, *release* and *address*, for a reader of *lang*.

    *sources* are the titles of the documents that the data were read from. *kind* and *edition* are what it and its
    releases are called, in the reader's language; data where none is given.
    """

    lang: str
    author: str
    title: str
    day: date | None
    release: str | None
    address: str
    key: str
    sources: Sequence[str] = ()
    kind: str = ""
    edition: str = ""

    @property
    def _called(self) -> tuple[str, str]:
        """What it and its releases are called."""
        return (
            self.edition or gettext(N_("publicació"), self.lang),
            self.kind or gettext(N_("Conjunt de dades"), self.lang),
        )

    @property
    def _read_from(self) -> str:
        """Which documents the data were read from; nothing where there are none, or too many to name."""
        if not 0 < len(self.sources) <= MOST_SOURCES:
            return ""
        return gettext(N_("Font:"), self.lang) + " " + ", ".join(f"«{title}»" for title in self.sources)

    @property
    def apa(self) -> tuple[str, str]:
        """The reference in APA's form up to the day of access, and what stands after that day."""
        edition, kind = self._called
        no_date = gettext(N_("s. d."), self.lang)
        day = day_as(_DAY[self.lang], self.day, self.lang) if self.day else no_date
        release = f" ({edition} {self.release})" if self.release else ""
        read = gettext(N_("Consulta: %(day)s, a %(address)s"), self.lang)
        before, after = read.split("%(day)s")
        # The address as it is: a mark of its own is no place for a value.
        after = after.replace("%(address)s", self.address)
        source = f" {self._read_from}." if self._read_from else ""
        return f"{self.author}. ({day}). {self.title}{release} [{kind}].{source} {before}", after

    @property
    def bibtex(self) -> tuple[str, str]:
        """The entry for BibTeX up to the day of access, and what stands after that day."""
        edition, kind = self._called
        fields = {
            "author": f"{{{_tex(self.author)}}}",
            "title": f"{{{_tex(self.title)}}}",
            "year": str(self.day.year) if self.day else "",
            "month": str(self.day.month) if self.day else "",
            "howpublished": f"{kind}, {edition} {self.release}" if self.release else kind,
            "note": _tex(self._read_from),
            "url": self.address,
            "langid": _LANGUAGES[self.lang],
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        return f"@misc{{{self.key},\n{lines}  urldate = {{", "}\n}"


def _tex(text: str) -> str:
    """*text* with what TeX would take for a command put out of its reach."""
    words = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
    return _TEX.sub(lambda match: words.get(match[0], "\\" + match[0]), text)
