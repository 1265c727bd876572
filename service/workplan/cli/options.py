"""Options that several verbs take."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from workplan.language import LANGUAGES

home_option = click.option(
    "--home",
    "root",
    type=click.Path(path_type=Path),
    envvar="WORKPLAN_HOME",
    help="The network's folder, with data/ and workplan.toml. Without it, the XMESS data that come with the program.",
)

out_option = click.option(
    "--out",
    type=click.Path(path_type=Path),
    envvar="WORKPLAN_OUT",
    help="Where releases are kept. Without it, releases/ in the home folder.",
)


def lang_option(help_text: str) -> Callable[[Any], Any]:
    """The option by which a command, its errors too, speaks another language than the terminal's."""
    return click.option("--lang", type=click.Choice(LANGUAGES), callback=_speak, expose_value=False, help=help_text)


def _speak(_: click.Context, __: click.Parameter, lang: str | None) -> None:
    """Have all that this command says be in *lang*, where one is given."""
    if lang:
        os.environ["WORKPLAN_LANG"] = lang
