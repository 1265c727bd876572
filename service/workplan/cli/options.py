"""Options that several verbs take."""

from pathlib import Path

import click

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
