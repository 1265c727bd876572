"""``workplan export``: a plan in the form in which another tool takes it."""

import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import click

from workplan.export.decidim import WITHOUT_EQUAL as NOT_IN_DECIDIM
from workplan.export.decidim import decidim
from workplan.export.plain import plain_json
from workplan.export.stratml import WITHOUT_EQUAL as NOT_IN_STRATML
from workplan.export.stratml import stratml, without_line
from workplan.export.telling import Teller
from workplan.knowledge.facts import facts_of, triples_of
from workplan.knowledge.plan import plans
from workplan.language import cli_language, gettext, ngettext
from workplan.model.errors import N_, InputError
from workplan.model.iris import data_iri, data_path
from workplan.release.sources import load_home

from .options import home_option, lang_option
from .query import open_source

FORMATS: Final = ("json", "stratml", "decidim")


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


def _checked(form: str) -> str:
    """*form*, which is one of FORMATS."""
    if form in FORMATS:
        return form
    near = get_close_matches(form.lower(), FORMATS, n=1)
    raise InputError(
        N_("No s'exporta cap pla en el format «%(form)s»; se n'exporten en: %(known)s."),
        form=form,
        known=near[0] if near else ", ".join(FORMATS),
    )


def _remarks(teller: Teller, form: str, lang: str) -> Iterator[str]:
    """What is not in the file, or not as one would think."""
    remark = NOT_IN_STRATML if form == "stratml" else NOT_IN_DECIDIM
    yield gettext(remark, lang)
    if form == "stratml" and (left := without_line(teller.facts)):
        yield gettext(N_("Sense línia estratègica, aquestes accions no hi caben: %(actions)s."), lang) % {
            "actions": ", ".join(teller.named(action) for action in left)
        }
    if count := len(teller.untranslated):
        yield ngettext(
            "%(n)s text hi és en una altra llengua, perquè no té traducció.",
            "%(n)s textos hi són en una altra llengua, perquè no tenen traducció.",
            count,
            lang,
        ) % {"n": count}


def _write(body: bytes, file: Path | None) -> None:
    """Write *body* to *file*, or to standard output. Raises InputError where that cannot be done."""
    if file is None:
        sys.stdout.buffer.write(body)
        return
    try:
        file.write_bytes(body)
    except OSError as error:
        raise InputError(
            N_("No s'ha pogut escriure %(path)s: %(cause)s."), path=file, cause=error.strerror or error
        ) from error


@click.command(epilog="Example: workplan export xmess/plan/2020 --format stratml --lang en --out plan.xml")
@click.argument("plan")
@click.option(
    "--format",
    "form",
    metavar="|".join(FORMATS),
    default=FORMATS[0],
    show_default=True,
    help="json is plain JSON that `workplan validate` reads; stratml is ISO 17469-1; decidim is the CSV that Decidim's "
    "accountability imports.",
)
@lang_option("The language of StratML's text and of remarks. Without it, the terminal's.")
@click.option("--out", "file", type=click.Path(path_type=Path), help="The file to write. Without it, standard output.")
@home_option
@click.option(
    "--releases",
    "folder",
    type=click.Path(path_type=Path),
    envvar="WORKPLAN_OUT",
    help="Where releases are kept. Without it, releases/ in the home folder.",
)
def export(plan: str, form: str, file: Path | None, root: Path | None, folder: Path | None) -> None:
    """Write a PLAN, by its path or its year, in another tool's format.

    What that format has no place for is told on stderr.
    """
    form = _checked(form)
    engine = open_source(load_home(root), folder, None).engine
    iri = _chosen([entry.iri for entry in plans(engine)], plan)
    if form == "json":
        _write(plain_json(triples_of(engine, iri)).encode() + b"\n", file)
        return
    lang = cli_language()
    facts = facts_of(engine, iri)
    body, teller = stratml(facts, lang) if form == "stratml" else decidim(facts)
    _write(body, file)
    for remark in _remarks(teller, form, lang):
        click.echo(remark, err=True)
