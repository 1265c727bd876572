"""Options that several verbs take."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from workplan.language import LANGUAGES

from .words import _

home_option = click.option(
    "--home",
    "root",
    # Whether it can be read is said as of any other folder.
    type=click.Path(path_type=Path, readable=False),
    metavar=_("CARPETA"),
    envvar="WORKPLAN_HOME",
    help=_(
        "La carpeta de la xarxa, amb data/ i workplan.toml. Si no es diu, les dades de la XMESS que hi ha al programa."
    ),
)

out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, readable=False),
    metavar=_("CARPETA"),
    envvar="WORKPLAN_OUT",
    help=_("On es desen les publicacions. Si no es diu, releases/ a la carpeta de la xarxa."),
)


def lang_option(help_text: str) -> Callable[[Any], Any]:
    """The option by which a command, its errors too, speaks another language than the terminal's."""
    return click.option("--lang", type=click.Choice(LANGUAGES), callback=_speak, expose_value=False, help=help_text)


def _speak(_context: click.Context, _parameter: click.Parameter, lang: str | None) -> None:
    """Have all that this command says be in *lang*, where one is given."""
    if lang:
        os.environ["WORKPLAN_LANG"] = lang
