"""``workplan query``: a saved query or SPARQL text, answered on the terminal."""

import sys
from pathlib import Path
from typing import TextIO

import click
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from workplan.configuration import load_configuration
from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.query import Kind, QueryEngine
from workplan.model.errors import N_, BadParameter, NotAcceptable
from workplan.model.formats import CSV, GRAPH_FORMATS, JSON_RESULTS, SOLUTION_FORMATS, TURTLE, named
from workplan.questions.catalogue import SUFFIX, SavedQuery, query_named, read_query
from workplan.release.build import current_release, is_up_to_date
from workplan.release.sources import load_home, releases_folder

from .build import make_release
from .options import home_option, out_option

_FORMATS = ("table", "csv", "tsv", "json", "xml", "turtle", "nt", "rdf", "jsonld")


def _question(name: str, folder: Path, stdin: TextIO) -> SavedQuery:
    """The query that *name* means: ``-`` for standard input, a file, or the name of a saved one."""
    if name == "-":
        return SavedQuery("-", {}, stdin.read())
    file = Path(name)
    if file.suffix == SUFFIX or file.is_file():
        return read_query(file) if file.is_file() else query_named(file.stem, folder)
    return query_named(name, folder)


def _values(given: tuple[str, ...]) -> dict[str, str]:
    """The ``name=value`` pairs of the command line."""
    values = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadParameter(N_("«%(given)s» no és un paràmetre; s'esperava nom=valor."), given=pair)
        values[name] = value
    return values


def open_engine(root: Path | None, out: Path | None, endpoint: str | None) -> QueryEngine:
    """The engine over *endpoint*, or over the release of the home at *root*, built first if need be."""
    home = load_home(root)
    config = load_configuration(home.root)
    if endpoint:
        # Its client imports rdflib, which an embedded store does not need.
        from workplan.engine.remote import RemoteEngine

        return RemoteEngine(endpoint, config.limits, config.allowed_services)
    folder = out or releases_folder(home)
    release = current_release(folder)
    if release is None or not is_up_to_date(home, folder):
        release = make_release(home, folder)
    return EmbeddedEngine(release.data, config.limits, config.allowed_services)


def _cell(term: object) -> str:
    """One term of an answer, as a person reads it."""
    return term.value if isinstance(term, NamedNode | Literal) else str(term or "")


def _table(body: bytes) -> str:
    """The JSON results *body* as aligned columns."""
    parsed = parse_query_results(body, format=QueryResultsFormat.JSON)
    if not isinstance(parsed, QuerySolutions):
        return str(bool(parsed)).lower()
    rows = [[v.value for v in parsed.variables], *([_cell(term) for term in row] for row in parsed)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


@click.command(epilog="Example: workplan query team-actions --param team=xmess/team/st --format csv")
@click.argument("question", metavar="NAME|FILE|-")
@click.option("--param", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the query; repeatable.")
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Default: table, or turtle for a graph.")
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead of the home's release.")
@home_option
@out_option
def query(
    question: str, given: tuple[str, ...], form: str | None, endpoint: str | None, root: Path | None, out: Path | None
) -> None:
    """Answer a saved query, a file with SPARQL, or SPARQL from standard input (-)."""
    saved = _question(question, load_home(root).queries, sys.stdin)
    request = saved.request(_values(given))
    engine = open_engine(root, out, endpoint)
    kind = engine.kind_of(request)
    offered = GRAPH_FORMATS if kind is Kind.GRAPH else SOLUTION_FORMATS
    if kind is not Kind.GRAPH and form in (None, "table"):
        click.echo(_table(engine.run(request, JSON_RESULTS).body))
        return
    chosen = TURTLE if form is None else named(form, (f for f in offered if form in (f.name, *f.aliases)))
    if chosen is None:
        raise NotAcceptable(offered=", ".join(f.name for f in offered))
    sys.stdout.buffer.write(engine.run(request, chosen).body)
    if chosen is not CSV:
        click.echo()
