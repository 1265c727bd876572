"""A question's answer as a chart: drawn, in words, and as a description that any Vega-Lite tool can draw.

The picture is drawn on the server, so that it needs no script where it is shown.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from workplan.language import gettext, long_date
from workplan.model.errors import N_
from workplan.questions.catalogue import SavedQuery

from .credits import Credits
from .drawing import DRAWER
from .palette import AUTO, DARK, THEMES, Palette
from .plotted import Plotted, plotted
from .summary import caption_of, headline_of, name_of, summary_of
from .svg import Foot, Words, follow_reader, picture, written
from .vega import FONT, PADDING, vega_lite, wrapped

if TYPE_CHECKING:
    from .answer import Answer

WIDTH: Final = 720
"""Pixels of a picture where nobody says."""

NARROWEST: Final = 280
WIDEST: Final = 1600

_FOOT_CHARACTER: Final = 6.4


@dataclass(frozen=True)
class Chart:
    """A chart of *plotted*, of the question with *title*, in *theme*, *width* wide; *credits* say what it is from.

    A *bare* one is for a page that says by itself what it is about and from: the picture does not.
    """

    plotted: Plotted
    title: str
    credits: Credits
    theme: str
    width: int
    is_bare: bool = False

    @cached_property
    def name(self) -> str:
        """What it is called, in a sentence: its accessible name."""
        return name_of(self.plotted, self.title)

    @cached_property
    def summary(self) -> str:
        """What it shows, in words."""
        return summary_of(self.plotted)

    @cached_property
    def headline(self) -> str:
        """What it shows first of all; empty where that cannot be told."""
        return headline_of(self.plotted)

    @cached_property
    def caption(self) -> str:
        """What it shows besides its headline."""
        return caption_of(self.plotted)

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to draw, so that it holds a sentence."""
        return self.plotted.is_empty

    @cached_property
    def spec(self) -> dict[str, Any]:
        """The chart as Vega-Lite, with its data."""
        about = self.credits
        return {
            **self._spec(THEMES[self.theme]),
            "description": f"{self.name} {self.summary}",
            "usermeta": {
                "lang": about.lang,
                "question": about.question,
                "asked": dict(about.asked),
                "publisher": about.publisher,
                "sources": [iri for iri, _ in about.sources],
                "license": about.licence,
                "modified": about.modified,
                "release": about.release,
                "address": about.address,
            },
        }

    def svg(self) -> str:
        """The picture, which may stand within a page. Raises ServiceBusy or DrawingFailed."""
        root = self._picture(THEMES[self.theme])
        if self.theme == AUTO:
            follow_reader(root, self._picture(DARK))
        return written(root)

    def png(self) -> bytes:
        """The picture as pixels, two for each of its own. Raises ServiceBusy or DrawingFailed."""
        return DRAWER.png(written(self._picture(THEMES[self.theme])))

    def vega_lite(self) -> bytes:
        """The description as a file."""
        return (json.dumps(self.spec, ensure_ascii=False, indent=1) + "\n").encode()

    def _spec(self, palette: Palette) -> dict[str, Any]:
        topic = "" if self.is_bare or not self.headline else self.title
        return vega_lite(self.plotted, self.headline or self.title, palette, self.width, topic)

    def _picture(self, palette: Palette) -> Any:
        spec = self._spec(palette)
        words = Words(self._key, self.credits.lang, self.name, self.summary, FONT)
        lines = [] if self.is_bare else wrapped(self._foot, int((self.width - 2 * PADDING) / _FOOT_CHARACTER))
        return picture(DRAWER.svg(spec), words, Foot(lines, palette.quiet, PADDING))

    @property
    def _key(self) -> str:
        told = (self.title, self.theme, self.width, self.is_bare, self.credits.lang, *self.credits.asked)
        return f"chart-{hashlib.sha256(repr(told).encode()).hexdigest()[:8]}"

    @property
    def _foot(self) -> str:
        """What a picture that is far from its page says of itself."""
        about, lang = self.credits, self.credits.lang
        day = long_date(date.fromisoformat(about.modified), lang) if about.modified else ""
        credit = {N_("Font"): about.site, N_("Dades de"): day, N_("Llicència"): about.licence_name}
        said = [
            *(f"{name}: {value}" for name, value in about.asked),
            *(f"{gettext(word, lang)}: {value}" for word, value in credit.items() if value),
        ]
        return " · ".join(said)


def chart_of(
    saved: SavedQuery,
    answer: "Answer",
    lang: str | None = None,
    theme: str = "light",
    width: int = WIDTH,
    *,
    is_bare: bool = False,
) -> Chart | None:
    """The chart of all rows of *answer* to the question *saved*; None where the question has none that fits it.

    *lang* is that of whoever asked where it is not given; *theme* one of THEMES.
    """
    header = saved.chart
    if header is None:
        return None
    lang = lang or answer.asked.lang
    whole = replace(answer, asked=replace(answer.asked, page=None, lang=lang))
    # The rows of a page are kept by the answer that asked for them; the whole asks for its own.
    table = answer.table if answer.asked.page is None else whole.table
    if not header.columns <= {column.name for column in table.columns}:
        return None
    return Chart(plotted(header, table, lang), saved.title(lang), whole.credits, theme, width, is_bare)
