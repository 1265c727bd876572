"""The command ``workplan``: each verb a short story told to the floors below.

It may not hold a rule of its own: a verb reads its options, calls, and says what came of it.
"""

import os
import sys
from typing import Final

import click

from workplan.language import cli_language, sentence
from workplan.model.errors import N_, InputError, WorkplanError, cause_in_words, printable_path
from workplan.release.sources import ontology_version

from .build import build
from .document import document
from .export import export
from .ontology import ontology
from .query import query
from .releases import releases
from .serve import serve
from .validate import validate
from .words import Formatter, _, example, misuse

INTERRUPTED: Final = 130
"""Exit code after Ctrl+C, as shells have it: 128 and the number of the signal."""

click.Context.formatter_class = Formatter


@click.group(
    help=_("Publica el pla de treball d'una xarxa com a dades enllaçades."),
    epilog=example("workplan serve --port 8080"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(ontology_version(), prog_name="workplan", help=_("Diu la versió i acaba."))
def commands() -> None:
    """Publish a network's work plan as linked data."""


for verb in (serve, build, validate, query, document, export, ontology, releases):
    commands.add_command(verb)


def _run() -> int:
    """Run the command and return its exit code; what goes wrong is said in a sentence on stderr."""
    try:
        # A verb that ends with a code of its own returns it.
        return commands.main(prog_name="workplan", standalone_mode=False) or 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help(), err=True)
        return error.exit_code
    except click.UsageError as error:
        said: WorkplanError = misuse(error)
    except click.Abort:
        return INTERRUPTED
    except WorkplanError as error:
        said = error
    except OSError as error:
        said = _of_the_system(error)
    click.echo(sentence(said.text, said.values, cli_language()), err=True)
    return said.exit_code


def _of_the_system(error: OSError) -> InputError:
    """What *error* is in a sentence: a file that cannot be read, or an output that does not take more."""
    cause = cause_in_words(error)
    if error.filename is not None:
        path = printable_path(error.filename)
        return InputError(N_("No s'ha pogut obrir %(path)s: %(cause)s."), path=path, cause=cause)
    # What is left to write would fail once more, and be complained of, when Python ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return InputError(N_("Ha fallat la lectura o l'escriptura d'un fitxer: %(cause)s."), cause=cause)


def main() -> None:
    """Run the command ``workplan``."""
    sys.exit(_run())
