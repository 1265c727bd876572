"""What the command line says of itself, in the language of the terminal.

click's own words are English; those that a person meets have ours here in their place.
"""

from collections.abc import Iterable
from typing import Any, Final

import click

from workplan.configuration import FILE_NAME, Configuration
from workplan.language import cli_language, gettext
from workplan.model.errors import N_, Clause, InputError, listed
from workplan.model.words import nearest


def _(text: str) -> str:
    """The interface *text* in the language of the terminal, as help texts are from the start."""
    return gettext(text, cli_language())


def example(command: str) -> str:
    """The line of a help page that shows how *command* is written."""
    return _("Exemple:") + " " + command


_MISSING: Final = {
    "contact": N_("l'adreça de contacte («contact»)"),
    "accessibility": N_("la declaració d'accessibilitat («accessibility»)"),
}
"""What the keys give that a public site should have."""


def missing_before_going_public(config: Configuration) -> str:
    """The sentence that tells an operator what his site's readers will look for in vain; empty where there is none."""
    if not config.missing:
        return ""
    keys = listed([_(_MISSING[key]) for key in config.missing], _("i"))
    return _(
        "Abans de fer públic el web, poseu a %(file)s el que hi falta: %(keys)s. Mentrestant les pàgines diuen a qui "
        "les llegeix que no hi és."
    ) % {"file": FILE_NAME, "keys": keys}


class Formatter(click.HelpFormatter):
    """Writes a help page whose headings and marks are in the language of its texts."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """See HelpFormatter."""
        args = args.replace("[OPTIONS]", _("[OPCIONS]")).replace("COMMAND [ARGS]...", _("ORDRE [ARGUMENTS]..."))
        super().write_usage(prog, args, prefix or _("Ús:") + " ")

    def write_heading(self, heading: str) -> None:
        """See HelpFormatter."""
        super().write_heading({"Options": _("Opcions"), "Commands": _("Ordres")}.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """See HelpFormatter."""
        ours = {"Show this message and exit.": _("Mostra aquesta ajuda i acaba."), "[default: ": _("[per defecte: ")}
        told = []
        for term, text in rows:
            for theirs, words in ours.items():
                text = text.replace(theirs, words)
            told.append((term, text))
        super().write_dl(told, col_max, col_spacing)


def misuse(error: click.UsageError) -> InputError:
    """What *error*, made by click of a wrong use of a command, is in a sentence."""
    context = error.ctx
    if isinstance(error, click.BadOptionUsage):
        return InputError(N_("A l'opció «%(name)s» li falta el valor, o no en vol cap."), name=error.option_name)
    if context is None:
        return InputError(error.format_message())
    command = context.command
    match error:
        case click.NoSuchCommand() if isinstance(command, click.Group):
            return _unknown(N_("No hi ha cap ordre «%(name)s»"), error.command_name, list(command.commands))
        case click.NoSuchOption():
            names = [name for parameter in command.get_params(context) for name in parameter.opts if name[:2] == "--"]
            return _unknown(N_("No hi ha cap opció «%(name)s»"), error.option_name, names)
        case click.MissingParameter(param=parameter) if parameter:
            return InputError(
                N_("A l'ordre «%(command)s» li falta «%(name)s»; «%(command)s --help» ho explica."),
                command=context.command_path,
                name=parameter.make_metavar(context),
            )
        case click.BadParameter(param=parameter) if parameter and (expected := _expected(parameter.type)):
            return InputError(
                N_("El valor de «%(name)s» no serveix; s'esperava %(expected)s."),
                name=parameter.opts[0],
                expected=expected,
            )
        case _:
            usage = " ".join(context.get_usage().partition(":")[2].split())
            return InputError(N_("No s'ha entès l'ordre; s'escriu així: %(usage)s"), usage=usage)


def _unknown(what: str, name: str, known: list[str]) -> InputError:
    """The error that there is no *name*, told by *what*, among the *known* ones, with the near miss."""
    said = Clause(what, {"name": name})
    if near := nearest(name, known):
        return InputError(N_("%(said)s; potser volíeu dir «%(near)s»?"), said=said, near=near)
    return InputError(N_("%(said)s; n'hi ha: %(known)s."), said=said, known=", ".join(known))


def _expected(kind: click.ParamType[Any]) -> Clause | str:
    """What a parameter of that *kind* takes; nothing where anything goes."""
    match kind:
        case click.Choice():
            return listed([str(choice) for choice in kind.choices], _("o"))
        case click.IntRange():
            return Clause(N_("un nombre enter de %(min)s a %(max)s"), {"min": kind.min, "max": kind.max})
        case _:
            return ""
