"""``workplan validate``: a report that a person can act on."""

from pathlib import Path

import click

from workplan.language import cli_language
from workplan.model.errors import N_, InputError
from workplan.release.derivation import derive
from workplan.release.quotation import quoted_words
from workplan.release.reading import read_all
from workplan.release.report import Report
from workplan.release.sources import Home, load_home
from workplan.release.validation import validate as validate_readings

from .options import home_option, lang_option
from .words import _, example

VIOLATED = 1
"""Exit code where a Violation stands."""


@click.command(
    short_help=_("Diu què no va bé a les dades, on, i què s'hi esperava."),
    help=_(
        "Comprova fitxers de dades amb les regles: què no va bé, què s'hi esperava i on.\n\n"
        "Sense FITXER, totes les dades de la carpeta de la xarxa. Amb fitxers d'aquella carpeta, allò de què parlen, a "
        "la llum de la resta. Amb altres fitxers, només ells, amb l'ontologia i les llistes de valors.\n\n"
        "Codi de sortida 0 si les dades són conformes, 1 "
        "si hi ha infraccions, 2 si no es pot llegir un fitxer."
    ),
    epilog=example("workplan validate data/xmess/plan/2020 --format html --lang es > report.html"),
)
@click.argument("paths", metavar=_("[FITXER|CARPETA]..."), nargs=-1, type=click.Path(path_type=Path, readable=False))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "turtle", "html"]),
    default="text",
    show_default=True,
    help=_("Com s'escriu l'informe; turtle és l'informe SHACL."),
)
@lang_option(_("La llengua de l'informe i dels errors. Si no es diu, la del terminal."))
@home_option
@click.pass_context
def validate(context: click.Context, paths: tuple[Path, ...], form: str, root: Path | None) -> None:
    """Print a report on *paths*, or on all the data of the home at *root*."""
    home = load_home(root)
    data = read_all(paths or home.data, None if paths else home.root)
    if not any(reading.lines for reading in data):
        raise InputError(N_("No hi ha res a validar: els fitxers no contenen cap dada."))
    background = [*read_all(home.background), *read_all(_rest_of(home, paths), home.root)]
    derived = derive((quad for reading in (*data, *background) for quad in reading.quads), home.rules)
    quoted = quoted_words([*data, *background], home.root / "data")
    report = validate_readings(data, read_all(home.shapes), [*background, quoted], derived)
    click.echo(_written(report, form, cli_language()).rstrip("\n"))
    context.exit(0 if report.conforms else VIOLATED)


def _rest_of(home: Home, paths: tuple[Path, ...]) -> list[Path]:
    """The files of *home* beside *paths*, where those are its own; none where they are strangers."""
    given = [path.resolve() for path in paths]
    if not any(path.is_relative_to(home.root / "data") for path in given):
        return []
    return [file for file in home.data if not any(file.is_relative_to(path) for path in given)]


def _written(report: Report, form: str, lang: str) -> str:
    """*report* in *form*; the forms for programs hold every language."""
    match form:
        case "json":
            return report.json()
        case "turtle":
            return report.turtle()
        case "html":
            return report.html(lang)
        case _:
            return report.text(lang)
