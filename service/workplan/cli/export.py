"""``workplan export``: a plan in the form in which another tool takes it."""

from pathlib import Path

import click

from workplan.export.plans import FORMS, exported
from workplan.knowledge.plan import plans
from workplan.language import cli_language
from workplan.model.errors import N_, InputError, cause_in_words
from workplan.model.formats import Format
from workplan.model.iris import data_iri, data_path
from workplan.model.words import nearest
from workplan.release.sources import load_home

from .options import home_option, lang_option
from .query import open_source
from .words import _, example


def _chosen(known: list[str], plan: str) -> str:
    """The one of *known* that *plan*, a path, an IRI or a year, means."""
    for iri in known:
        if plan in (iri, iri.rpartition("/")[2]) or data_iri(plan) == iri:
            return iri
    raise InputError(
        N_("Aquestes dades no tenen cap pla «%(plan)s»; n'hi ha: %(known)s."),
        plan=plan,
        known=", ".join(data_path(iri) or iri for iri in known) or "–",
    )


def _form(name: str) -> Format:
    """The form of that *name*."""
    if name in FORMS:
        return FORMS[name]
    near = nearest(name, FORMS)
    raise InputError(
        N_("No s'exporta cap pla en el format «%(form)s»; se n'exporten en: %(known)s."),
        form=name,
        known=near or ", ".join(FORMS),
    )


def _write(body: bytes, file: Path | None) -> None:
    """Write *body* to *file*, or to standard output. Raises InputError where that cannot be done."""
    if file is None:
        click.echo(body, nl=False)
        return
    try:
        file.write_bytes(body)
    except OSError as error:
        raise InputError(
            N_("No s'ha pogut escriure %(path)s: %(cause)s."), path=file, cause=cause_in_words(error)
        ) from error


@click.command(
    short_help=_("Escriu un pla en el format d'una altra eina."),
    help=_(
        "Escriu el PLA, que es diu pel camí o per l'any, en el format d'una altra eina.\n\nEl que aquell format no té "
        "on posar es diu per la sortida d'errors."
    ),
    epilog=example("workplan export xmess/plan/2020 --format stratml --lang en --out plan.xml"),
)
@click.argument("plan", metavar=_("PLA"))
@click.option(
    "--format",
    "form",
    metavar="|".join(FORMS),
    default=next(iter(FORMS)),
    show_default=True,
    help=_(
        "json és JSON planer, que «workplan validate» llegeix; stratml és ISO 17469-1; decidim és el CSV que importa "
        "el mòdul de retiment de comptes de Decidim."
    ),
)
@lang_option(_("La llengua del text de StratML i de les observacions. Si no es diu, la del terminal."))
@click.option(
    "--out",
    "file",
    type=click.Path(path_type=Path, readable=False),
    metavar=_("FITXER"),
    help=_("El fitxer on s'escriu. Si no es diu, la sortida."),
)
@home_option
@click.option(
    "--releases",
    "folder",
    type=click.Path(path_type=Path, readable=False),
    metavar=_("CARPETA"),
    envvar="WORKPLAN_OUT",
    help=_("On es desen les publicacions. Si no es diu, releases/ a la carpeta de la xarxa."),
)
def export(plan: str, form: str, file: Path | None, root: Path | None, folder: Path | None) -> None:
    """Write *plan* in *form*, and on stderr what that form has no place for."""
    chosen = _form(form)
    engine = open_source(load_home(root), folder, None).engine
    iri = _chosen([entry.iri for entry in plans(engine)], plan)
    done = exported(engine, iri, chosen, cli_language())
    _write(done.body, file)
    for remark in done.remarks:
        click.echo(remark, err=True)
