"""The choices that a question's page offers to whoever embeds its answer.

Pure: it asks nothing and knows no request. What the choices lead to is given by ``embed_code``.
"""

from collections.abc import Mapping
from typing import Final

from workplan.language import LANGUAGES
from workplan.model.errors import N_
from workplan.questions.catalogue import SavedQuery
from workplan.questions.charts import NUMBERS

from .embed_code import HIGHEST, LOWEST, THEMES, VIEWS, Embed
from .embed_size import Size

_VIEWS: Final[Mapping[str, str]] = {"table": N_("Taula"), "chart": N_("Gràfic"), "value": N_("Una sola xifra")}
_THEMES: Final[Mapping[str, str]] = {
    "auto": N_("Automàtics"),
    "light": N_("Clars"),
    "dark": N_("Foscos"),
}


class EmbedChoice:
    """What *given* chooses for embedding *saved*, asked with *values*, on a page in *lang* of the service *base*.

    *table* is the size of a frame for its table.
    """

    def __init__(
        self,
        given: Mapping[str, str],
        lang: str,
        base: str,
        saved: SavedQuery,
        values: Mapping[str, str],
        table: Size,
        *,
        has_chart: bool,
    ) -> None:
        has_number = any(column.kind in NUMBERS and column.is_shown for column in saved.columns.values())
        there_is = {"chart": has_chart, "value": has_number}
        self.views = {view: _VIEWS[view] for view in VIEWS if there_is.get(view, True)}
        self.themes = {theme: _THEMES[theme] for theme in THEMES}
        view = _one_of(given.get("view"), tuple(self.views), "chart" if has_chart else VIEWS[0])
        height = given.get("height", "")
        is_height = height.isascii() and height.isdecimal() and len(height) <= len(str(HIGHEST))
        self.embed = Embed(
            saved.name,
            _one_of(given.get("lang"), LANGUAGES, lang),
            view,
            height=min(max(int(height), LOWEST), HIGHEST) if is_height else None,
            theme=_one_of(given.get("theme"), THEMES, THEMES[0]),
            values=values,
        )
        self.is_chosen = given.get("view") in self.views
        self.size = self.embed.size(table)
        self.lowest, self.highest = LOWEST, HIGHEST
        self.base = base
        self.title = saved.title(self.embed.lang)

    @property
    def preview(self) -> str:
        """Where this site itself shows the frame."""
        return self.embed.address("/")

    @property
    def pasted(self) -> str:
        """The one address to paste where oEmbed is known."""
        return self.embed.address(self.base)

    @property
    def iframe(self) -> str:
        """The code of the frame."""
        return self.embed.iframe(self.base, self.title, self.size)

    @property
    def element(self) -> str:
        """The code of the element."""
        return self.embed.element(self.base, self.title)


def _one_of(given: str | None, known: tuple[str, ...], otherwise: str) -> str:
    return given if given in known else otherwise
