"""``workplan releases``: what is kept, which is current, back to another, and old ones cleared."""

from datetime import UTC
from pathlib import Path

import click

from workplan.language import cli_language, number, sentence
from workplan.model.errors import N_, DamagedRelease, MissingFolder
from workplan.release.build import Release, all_releases, current_release
from workplan.release.keeping import prune as prune_releases
from workplan.release.keeping import use as use_release
from workplan.release.sources import load_home, releases_folder

from .options import home_option, out_option
from .words import _, example


@click.group(
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    short_help=_("Mostra les publicacions desades, torna a una d'anterior o n'esborra de velles."),
    help=_(
        "Mostra les publicacions desades, torna a una d'anterior o n'esborra de velles.\n\nSense cap ordre, les mostra."
    ),
    epilog=example("workplan releases use 4d3d0b6811c7"),
)
@click.pass_context
def releases(context: click.Context) -> None:
    """See to the releases that are kept."""
    if context.invoked_subcommand is None:
        # Made as if it had been named, so that it reads the environment.
        with list_releases.make_context("list", [], parent=context) as listing:
            list_releases.invoke(listing)


def _folder(root: Path | None, out: Path | None) -> Path:
    """Where the releases are. Raises MissingFolder where there are none."""
    folder = out or releases_folder(load_home(root))
    if not all_releases(folder):
        raise MissingFolder(path=folder, expected=N_("una publicació feta amb «workplan build»"))
    return folder


def _row(release: Release, current: Release | None) -> tuple[str, ...]:
    """What is told of *release*: mark, version, date, quads, state."""
    lang = cli_language()
    try:
        release.ensure_whole()
        state, quads = _("sencera"), number(release.manifest["quads"], lang)
    except DamagedRelease as error:
        state, quads = _("malmesa") + ": " + sentence("%(cause)s", {"cause": error.values["cause"]}, lang), "–"
    built = release.built
    return (
        "*" if release == current else "",
        release.version,
        f"{built.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if built else "–",
        quads,
        state,
    )


@releases.command(
    "list",
    short_help=_("Mostra les publicacions desades, la més nova primer."),
    help=_(
        "Mostra les publicacions desades, la més nova primer: versió, quan es va fer, quants quàdruples té i si és "
        "sencera. Un asterisc marca la que està en servei."
    ),
    epilog=example("workplan releases list --home vallbona"),
)
@home_option
@out_option
def list_releases(root: Path | None, out: Path | None) -> None:
    """Print the releases that are kept."""
    folder = _folder(root, out)
    current = current_release(folder)
    rows = [
        ("", _("versió"), _("data"), _("quàdruples"), _("estat")),
        *(_row(release, current) for release in all_releases(folder)),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for mark, version, built, quads, state in rows:
        cells = (mark.ljust(1), version.ljust(widths[1]), built.ljust(widths[2]), quads.rjust(widths[3]), state)
        click.echo("  ".join(cells))


@releases.command(
    short_help=_("Torna a una publicació desada."),
    help=_(
        "Posa en servei una publicació desada, dita per la seva versió o per com comença. Un servei en marxa l'agafa "
        "de seguida, i qui l'engegui de nou també, fins que canviïn les dades."
    ),
    epilog=example("workplan releases use 4d3d0b6811c7"),
)
@click.argument("version", metavar=_("VERSIÓ"))
@home_option
@out_option
def use(version: str, root: Path | None, out: Path | None) -> None:
    """Make the release *version* the current one."""
    click.echo(use_release(load_home(root), _folder(root, out), version).version)


@releases.command(
    short_help=_("Esborra les publicacions velles."),
    help=_(
        "Esborra totes les publicacions menys les N més noves, la que està en servei i les que algú consulta, i diu "
        "quines ha esborrat. Les adreces lligades a una publicació esborrada deixen de respondre: guardeu les que "
        "s'hagin citat."
    ),
    epilog=example("workplan releases prune --keep 10"),
)
@click.option("--keep", required=True, type=click.IntRange(1, 100_000), metavar="N", help=_("Quantes se'n guarden."))
@home_option
@out_option
def prune(keep: int, root: Path | None, out: Path | None) -> None:
    """Take old releases away, but for *keep* of them."""
    gone, used = prune_releases(_folder(root, out), keep)
    for release in gone:
        click.echo(release.version)
    for release in used:
        text = N_("La publicació %(version)s no s'ha esborrat: algú la consulta ara.")
        click.echo(sentence(text, {"version": release.version}, cli_language()), err=True)
