"""``workplan ontology``: the ontology's versions, told apart and frozen."""

import json
from pathlib import Path

import click
from pyoxigraph import Triple

from workplan.language import LANGUAGES, cli_language
from workplan.model.errors import N_, InputError
from workplan.release.changes import changes
from workplan.release.sources import ontology_version
from workplan.release.versions import freeze as freeze_ontology
from workplan.release.versions import frozen_versions, ontology_at, read_ontology, version_order


@click.group(epilog="Example: workplan ontology diff 1.0.0 2.0.0 --lang es")
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


@ontology.command(epilog="Example: workplan ontology diff 1.0.0 2.0.0 --lang es")
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text in one language; json in all three.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="The language of the text. Without it, the terminal's.")
def diff(old: str | None, new: str | None, form: str, lang: str | None) -> None:
    """Say in plain words what changes from OLD to NEW, term by term.

    Each is a version or the path of a file or folder. Without NEW, the ontology as it is; without OLD, the last
    version published before it. What may break data comes first.
    """
    found = changes(_chosen(old or _last_before(ontology_version())), _chosen(new or ontology_version()))
    if form == "json":
        rows = [
            {"term": c.term, "effect": c.effect.value, "sentence": {each: c.sentence(each) for each in LANGUAGES}}
            for c in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for change in found:
            click.echo(change.sentence(lang or cli_language()))


@ontology.command(epilog="Example: workplan ontology freeze")
def freeze() -> None:
    """Keep the ontology as it is as its version, for /ns/VERSION to answer with for ever; prints the file."""
    click.echo(freeze_ontology())
