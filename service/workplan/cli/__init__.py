"""The command ``workplan``: each verb a short story told to the floors below.

It may not hold a rule of its own: a verb reads its options, calls, and says what came of it.
"""

import sys

import click

from workplan.language import cli_language, sentence
from workplan.model.errors import WorkplanError
from workplan.release.sources import ontology_version

from .build import build
from .document import document
from .export import export
from .ontology import ontology
from .query import query
from .serve import serve
from .validate import validate


@click.group(
    epilog="Example: workplan serve, then open http://127.0.0.1:8000",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(ontology_version(), prog_name="workplan")
def commands() -> None:
    """Publish a network's work plan as linked data."""


for verb in (serve, build, validate, query, document, export, ontology):
    commands.add_command(verb)


def main() -> None:
    """Run the command; an error that can be said in a sentence is said so, on stderr, with its exit code."""
    try:
        commands(prog_name="workplan")
    except WorkplanError as error:
        click.echo(sentence(error.text, error.values, cli_language()), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
