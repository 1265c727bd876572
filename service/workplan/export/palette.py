"""The colours of charts, in light and in dark.

Each was chosen by measure, and a test holds them to it: every one of a series has a contrast of 3 or more with its
ground (WCAG 2.2, 1.4.11), and any two are told apart by people who see no red, no green or no blue, and in grey print.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Palette:
    """*ground*, *ink* for words, *quiet* for lesser ones, *line*; *series* and the steps of a *ramp* from none to most.

    *on_series* and *on_ramp* are the colours of words upon them.
    """

    ground: str
    ink: str
    quiet: str
    line: str
    series: tuple[str, ...]
    on_series: tuple[str, ...]
    ramp: tuple[str, ...]
    on_ramp: tuple[str, ...]


LIGHT: Final = Palette(
    ground="#ffffff",
    ink="#1c2624",
    quiet="#55625f",
    line="#d9d8cf",
    series=("#0b5d52", "#c17c1a", "#422667", "#8a5ad6", "#3d0b01"),
    on_series=("#ffffff", "#000000", "#ffffff", "#ffffff", "#ffffff"),
    ramp=("#ffffff", "#dcebe6", "#a9d3c7", "#6fb3a4", "#2b7d70", "#0b5d52"),
    on_ramp=("#000000", "#000000", "#000000", "#000000", "#ffffff", "#ffffff"),
)

DARK: Final = Palette(
    ground="#1c2321",
    ink="#e8ebe7",
    quiet="#a9b5b0",
    line="#38423f",
    series=("#7fd1bf", "#db9d40", "#f4edb0", "#9a6ee8", "#bd4a48"),
    on_series=("#000000", "#000000", "#000000", "#000000", "#ffffff"),
    ramp=("#1c2321", "#233b35", "#2b544b", "#347166", "#52a394", "#7fd1bf"),
    on_ramp=("#ffffff", "#ffffff", "#ffffff", "#ffffff", "#000000", "#000000"),
)

AUTO: Final = "auto"
"""The theme of a picture that follows its reader's: light, and dark where the browser asks for it."""

THEMES: Final = {"light": LIGHT, "dark": DARK, AUTO: LIGHT}
"""The palettes by the name of the theme, the default first."""
