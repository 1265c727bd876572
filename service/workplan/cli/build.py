"""``workplan build``: load, derive, validate and write one release."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from workplan.configuration import load_configuration
from workplan.language import cli_language, gettext
from workplan.model.errors import DataInvalid, QuestionsInvalid
from workplan.release.build import STEPS, Release
from workplan.release.build import build as build_release
from workplan.release.sources import Home, load_home, releases_folder

from .options import home_option, out_option
from .words import _, example, missing_before_going_public


@contextmanager
def _progress(lang: str) -> Iterator[Callable[[str], None]]:
    """Something to call as each step begins: a progress bar on a terminal, silence elsewhere."""
    done = 0
    is_hidden = not sys.stderr.isatty()
    with click.progressbar(length=len(STEPS), show_eta=False, width=24, file=sys.stderr, hidden=is_hidden) as bar:

        def begin(step: str) -> None:
            nonlocal done
            bar.label = gettext(step, lang)
            bar.update(done)
            bar.render_progress()
            done = 1

        yield begin
        bar.update(done)


def make_release(home: Home, folder: Path) -> Release:
    """Build *home*'s release in *folder*, showing progress; what stands in its way is reported on stderr.

    Raises what ``release.build.build`` raises.
    """
    lang = cli_language()
    try:
        with _progress(lang) as progress:
            return build_release(home, folder, progress)
    except QuestionsInvalid as error:
        for fault in error.values["faults"]:
            click.echo(fault.sentence(lang), err=True)
        raise
    except DataInvalid as error:
        click.echo(error.values["report"].text(lang), err=True)
        raise


@click.command(
    short_help=_("Valida les dades i n'escriu una publicació."),
    help=_(
        "Valida les dades, fa totes les consultes desades i escriu una publicació que ja no canvia; en diu la "
        "versió.\n\n"
        "Codi de sortida 1 si hi ha infraccions i 2 si hi ha una consulta desada trencada: no s'escriu res i la "
        "publicació d'abans segueix en servei."
    ),
    epilog=example("workplan build --home vallbona --out /srv/vallbona/releases"),
)
@home_option
@out_option
def build(root: Path | None, out: Path | None) -> None:
    """Write a release of the home at *root* in *out* and print its version."""
    home = load_home(root)
    click.echo(make_release(home, out or releases_folder(home)).version)
    if said := missing_before_going_public(load_configuration(home.root)):
        click.echo(said, err=True)
