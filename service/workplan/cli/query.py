"""``workplan query``: a saved query or SPARQL text, answered on the terminal."""

import sys
from pathlib import Path

import click

from workplan.configuration import load_configuration
from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.query import Kind
from workplan.export.answer import Answer, Asked, Renderer, Source, refuse_unknown_choices, renderers_of
from workplan.export.cells import rows_for
from workplan.knowledge.site import completed
from workplan.language import cli_language
from workplan.model.errors import N_, BadParameter, NotAcceptable
from workplan.model.formats import CSV, CSV_METADATA, XLSX, named
from workplan.questions.catalogue import SUFFIX, SavedQuery, catalogue, decoded, query_named, read_query
from workplan.release.build import current_release, is_up_to_date
from workplan.release.sources import Home, load_home, releases_folder

from .build import make_release
from .options import home_option, out_option
from .words import _, example

_FORMATS = ("table", "csv", "tsv", "json", "xml", "xlsx", "turtle", "nt", "rdf", "jsonld")


def _question(name: str, home: Home) -> SavedQuery:
    """The query that *name* means: ``-`` for standard input, a file, or the name of a saved one."""
    if name == "-":
        # There is none where a program has closed it.
        return SavedQuery("-", {}, decoded(sys.stdin.buffer.read(), name) if sys.stdin else "")
    file = Path(name)
    if file.suffix == SUFFIX or file.is_file():
        return read_query(file) if file.is_file() else query_named(file.stem, home.queries)
    return query_named(name, home.queries)


def _values(given: tuple[str, ...]) -> dict[str, str]:
    """The ``name=value`` pairs of the command line."""
    values: dict[str, str] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadParameter(N_("«%(given)s» no és un paràmetre; s'esperava nom=valor."), given=pair)
        if name in values:
            raise BadParameter(N_("El paràmetre «%(name)s» hi és %(count)s vegades."), name=name, count=2)
        values[name] = value
    return values


def open_source(home: Home, out: Path | None, endpoint: str | None) -> Source:
    """What answers: *endpoint*, or the release of *home*, built first if need be."""
    config = load_configuration(home.root)
    if endpoint:
        # Its client imports rdflib, which an embedded store does not need.
        from workplan.engine.remote import RemoteEngine

        remote = RemoteEngine(endpoint, config.limits, config.allowed_services)
        return Source(remote, catalogue(home.queries), completed(config, remote), None)
    folder = out or releases_folder(home)
    release = current_release(folder) if is_up_to_date(home, folder) else None
    if release is None:
        release = make_release(home, folder)
    engine = EmbeddedEngine(release.data, config.limits, config.allowed_services)
    return Source(engine, catalogue(home.queries), completed(config, engine), release.version)


def _table(answer: Answer) -> str:
    """The rows of *answer* as aligned columns of what the store answered."""
    if answer.kind is Kind.BOOLEAN:
        return answer.body(CSV).decode().strip()
    table = answer.table
    rows = [
        [column.name for column in table.columns],
        *([getattr(cell.term, "value", cell.text) for cell in row] for row in rows_for(table, answer.asked.lang)),
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _renderer(answer: Answer, form: str | None) -> Renderer:
    """How *answer* is written in *form*. Raises NotAcceptable that lists the formats that it can have."""
    offered = [each for each in renderers_of(answer.kind) if each.form is not CSV_METADATA]
    chosen = named(form or offered[0].extension, (each.form for each in offered))
    if chosen is None:
        raise NotAcceptable(offered=", ".join(each.extension for each in offered))
    return next(each for each in offered if each.form == chosen)


@click.command(
    short_help=_("Respon una consulta desada, o SPARQL."),
    help=_("Respon una consulta desada, un fitxer amb SPARQL, o el SPARQL que arriba per l'entrada (-)."),
    epilog=example("workplan query team-actions --param team=xmess/team/st --format csv"),
)
@click.argument("question", metavar=_("NOM|FITXER|-"))
@click.option(
    "--param",
    "given",
    multiple=True,
    metavar=_("NOM=VALOR"),
    help=_("Un paràmetre de la consulta; se'n poden dir més."),
)
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), help=_("Si no es diu, table, o turtle si la resposta és un graf.")
)
@click.option("--endpoint", metavar="URL", help=_("Pregunta a aquest punt SPARQL i no a la publicació de la xarxa."))
@home_option
@out_option
def query(
    question: str, given: tuple[str, ...], form: str | None, endpoint: str | None, root: Path | None, out: Path | None
) -> None:
    """Print the answer to *question*, its parameters *given*, in *form*."""
    home = load_home(root)
    saved = _question(question, home)
    values = _values(given)
    saved.request(values)  # what is missing or malformed is refused before anything is built
    source = open_source(home, out, endpoint)
    refuse_unknown_choices(source, saved, {name: value for name, value in values.items() if value})
    answer = Answer(source, Asked(saved, values, None, cli_language()), base="")
    if answer.kind is not Kind.GRAPH and form in (None, "table"):
        click.echo(_table(answer))
        return
    renderer = _renderer(answer, form)
    click.echo(renderer.write(answer), nl=renderer.form not in (CSV, XLSX))
