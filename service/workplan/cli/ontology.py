"""``workplan ontology``: the ontology's versions, told apart and frozen."""

import json
from pathlib import Path

import click
from pyoxigraph import Triple

from workplan.language import LANGUAGES, cli_language
from workplan.model.errors import N_, InputError
from workplan.release.changes import changes
from workplan.release.sources import frozen_versions, ontology_version, version_order
from workplan.release.versions import freeze as freeze_ontology
from workplan.release.versions import ontology_at, read_ontology

from .options import lang_option
from .words import _, example


@click.group(
    help=_("Compara dues versions de l'ontologia, o fixa la d'ara."),
    epilog=example("workplan ontology diff 1.0.0 2.0.0 --lang es"),
)
def ontology() -> None:
    """Tell two versions of the ontology apart, or freeze the present one."""


def _chosen(given: str) -> list[Triple]:
    """The ontology that *given* names: a version, or the path of a file or folder."""
    path = Path(given)
    return read_ontology([path]) if path.exists() else ontology_at(given)


def _last_before(version: str) -> str:
    """The last version frozen before *version*."""
    earlier = [known for known in frozen_versions() if version_order(known) < version_order(version)]
    if not earlier:
        raise InputError(
            N_(
                "Encara no s'ha publicat cap versió de l'ontologia anterior a la %(version)s; "
                "digueu quines dues voleu comparar, per número o per fitxer."
            ),
            version=version,
        )
    return earlier[-1]


@ontology.command(
    short_help=_("Diu en paraules què canvia d'una versió a una altra."),
    help=_(
        "Diu en paraules què canvia de la versió VELLA a la NOVA, terme per terme.\n\n"
        "Cada una és un número de versió, o "
        "el camí d'un fitxer o d'una carpeta. Si no es diu la NOVA, l'ontologia tal com és; si no es diu la VELLA, "
        "l'última que es va publicar abans. Primer surt el que pot trencar dades."
    ),
    epilog=example("workplan ontology diff 1.0.0 2.0.0 --lang es"),
)
@click.argument("old", required=False, metavar=_("[VELLA]"))
@click.argument("new", required=False, metavar=_("[NOVA]"))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help=_("text, en una llengua; json, en totes tres."),
)
@lang_option(_("La llengua del text i dels errors. Si no es diu, la del terminal."))
def diff(old: str | None, new: str | None, form: str) -> None:
    """Print what changes from *old* to *new*, term by term."""
    found = changes(_chosen(old or _last_before(ontology_version())), _chosen(new or ontology_version()))
    if form == "json":
        rows = [
            {"term": c.term, "effect": c.effect.value, "sentence": {each: c.sentence(each) for each in LANGUAGES}}
            for c in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for change in found:
            click.echo(change.sentence(cli_language()))


@ontology.command(
    short_help=_("Fixa l'ontologia d'ara com a versió publicada."),
    help=_(
        "Desa l'ontologia, les regles i el context tal com són com el que serà per sempre la seva versió, la que "
        "respon a /ns/VERSIÓ; diu els fitxers."
    ),
    epilog=example("workplan ontology freeze"),
)
def freeze() -> None:
    """Keep ontology, shapes and context as their version and print the files."""
    for file in freeze_ontology():
        click.echo(file)
