"""``workplan document``: the plan document back from the knowledge base alone."""

import difflib
from pathlib import Path

import click

from workplan.knowledge.document import Source, rebuild, sources, text_of_lines
from workplan.model.encoding import UTF_8
from workplan.model.errors import N_, InputError, MissingFolder
from workplan.model.iris import data_iri
from workplan.release.quotation import source_file
from workplan.release.sources import load_home

from .options import home_option, out_option
from .query import open_source
from .words import _, example

DIFFERENT = 1
"""Exit code where what is rebuilt is not what the file says."""


def _chosen(found: list[Source], plan: str | None) -> Source:
    """The document of *plan*, a path or an IRI; of the latest one where none is named."""
    for source in found:
        if plan in (None, source.plan, source.plan.rpartition("/")[2]) or data_iri(plan or "") == source.plan:
            return source
    raise InputError(
        N_("Cap document d'aquestes dades no és el del pla «%(plan)s»; n'hi ha de: %(known)s."),
        plan=plan or "–",
        known=", ".join(source.plan for source in found) or "–",
    )


def folded(text: str) -> list[str]:
    """The non-blank lines of *text*, white space folded."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


@click.command(
    short_help=_("Escriu el document del pla, refet a partir de les dades."),
    help=_(
        "Escriu el document del pla, refet només a partir de les dades.\n\nAmb --diff, codi de sortida 0 si cada línia "
        "que no és en blanc és igual que la de l'original, un cop plegats els espais, i 1 si no."
    ),
    epilog=example("workplan document xmess/plan/2020 --diff"),
)
@click.argument("plan", required=False, metavar=_("[PLA]"))
@click.option("--diff", "is_diff", is_flag=True, help=_("En comptes del text, les diferències amb l'original."))
@home_option
@out_option
@click.pass_context
def document(context: click.Context, plan: str | None, is_diff: bool, root: Path | None, out: Path | None) -> None:  # noqa: FBT001 - a flag of the command
    """Print the document of *plan*, or with *is_diff* what tells it from the source file."""
    home = load_home(root)
    engine = open_source(home, out, None).engine
    source = _chosen(sources(engine), plan)
    text = text_of_lines(rebuild(engine, source.iri))
    if not is_diff:
        click.echo(text, nl=False)
        return
    file = source_file(home.root / "data", source.checksum or "")
    if file is None:
        raise MissingFolder(
            N_("No hi ha cap fitxer amb el sha256 %(checksum)s a %(path)s."),
            checksum=source.checksum or "–",
            path=home.root / "data",
        )
    theirs, ours = folded(file.read_text(encoding=UTF_8)), folded(text)
    differences = list(difflib.unified_diff(theirs, ours, file.name, source.iri, lineterm="", n=1))
    click.echo("\n".join(differences), nl=bool(differences))
    context.exit(DIFFERENT if differences else 0)
