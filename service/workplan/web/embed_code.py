"""A question's answer on another site's page: its address, the codes that put it there, and such addresses read back.

Pure: it asks nothing and knows no request.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from markupsafe import escape

from workplan.language import LANGUAGES

from .embed_size import LONG, WIDE, Size

VIEWS: Final = ("table", "chart", "value")
"""How an answer is shown; the first is the default."""

THEMES: Final = ("auto", "light", "dark")
"""Its colours; ``auto`` are those that the reader prefers."""

HEIGHTS: Final[Mapping[str, int]] = {"chart": 640, "value": 300}
"""Pixels of a frame whose height nobody has chosen, by view; a table's is its own."""

LOWEST, HIGHEST = 160, 2_000
"""Pixels of a frame: the least in which something can be read, and the most."""

_OF_RESOURCE: Final = re.compile(rf"/(?:id|(?P<lang>{'|'.join(LANGUAGES)}))/(?P<path>[^/].*?)/?")
_PATH: Final = re.compile(
    rf"/(?:(?:(?P<lang>{'|'.join(LANGUAGES)})/)?query|embed)/(?P<name>[a-z0-9]+(?:-[a-z0-9]+)*)/?"
)


@dataclass(frozen=True)
class Embed:
    """The answer to the question *name*, asked with *values*, as another site shows it to readers of *lang*.

    *columns* are those shown, in their order, none for all; *rows* the most that are; *height* is in pixels.
    """

    name: str
    lang: str
    view: str = VIEWS[0]
    columns: tuple[str, ...] = ()
    rows: int | None = None
    height: int | None = None
    theme: str = THEMES[0]
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, str]:
        """What is not as it is by default, by the name that addresses and attributes have for it."""
        chosen = {
            "view": "" if self.view == VIEWS[0] else self.view,
            "columns": ",".join(self.columns),
            "rows": str(self.rows or ""),
            "height": str(self.height or ""),
            "theme": "" if self.theme == THEMES[0] else self.theme,
        }
        return {"lang": self.lang, **{name: value for name, value in chosen.items() if value}}

    def size(self, table: Size = LONG) -> Size:
        """The height of the frame: the chosen one, or that of its view, of which *table* is the table's."""
        height = self.height or HEIGHTS.get(self.view)
        return Size(height, height) if height else table

    def address(self, base: str) -> str:
        """The absolute address of the frame at the service *base*."""
        return urljoin(base, f"/embed/{self.name}?{urlencode({**self.options, **self.values})}")

    def page(self, base: str) -> str:
        """The absolute address of the question's page, asked the same."""
        asked = f"?{urlencode(self.values)}" if self.values else ""
        return urljoin(base, f"/{self.lang}/query/{self.name}{asked}")

    def iframe(self, base: str, title: str, size: Size, width: int | None = None) -> str:
        """The code of a frame called *title* of such a *size*, as wide as its place or, at most, *width* pixels."""
        # The attributes are for editors and policies that drop the style.
        style = f"border:0;{'max-' if width else ''}width:100%;{size.style}"
        return (
            f'<iframe src="{escape(self.address(base))}" title="{escape(title)}" width="{width or WIDE}"'
            f' height="{size.wide}" style="{style}" loading="lazy"></iframe>'
        )

    def element(self, base: str, title: str) -> str:
        """The code of the element that needs a script, with a link for where that does not run."""
        asked = {"params": urlencode(self.values)} if self.values else {}
        attributes = "".join(
            f' {name}="{escape(value)}"' for name, value in {"name": self.name, **self.options, **asked}.items()
        )
        return (
            f'<script type="module" src="{escape(urljoin(base, "/embed.js"))}"></script>\n'
            f"<workplan-query{attributes}>\n"
            f'  <a href="{escape(self.page(base))}" lang="{self.lang}">{escape(title)}</a>\n'
            f"</workplan-query>"
        )


@dataclass(frozen=True)
class Pasted:
    """An address that someone pasted: of the question *name*, or of the resource at *path*, whichever is not empty.

    It is in *lang* where it says so, and has *parameters*.
    """

    name: str
    path: str
    lang: str | None
    parameters: Mapping[str, list[str]]


def pasted(address: str, host: str) -> Pasted | None:
    """What the *address* of a question, a frame or a resource names; None where it is none, or not of *host*."""
    try:
        parts = urlsplit(address.strip())
        given = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return None
    question = _PATH.fullmatch(parts.path)
    found = question or _OF_RESOURCE.fullmatch(parts.path)
    if not found or parts.scheme not in ("http", "https") or parts.netloc.lower() != host.lower():
        return None
    parameters: dict[str, list[str]] = {}
    for name, value in given:
        parameters.setdefault(name, []).append(value)
    name, path = (found["name"], "") if question else ("", unquote(found["path"]))
    return Pasted(name, path, found["lang"], parameters)
