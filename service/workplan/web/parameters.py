"""The parameters of a page as its address gives them, or one sentence that says what is wrong with them."""

from collections.abc import Sequence

from flask import request

from workplan.model.errors import N_, BadParameter


def once(names: Sequence[str]) -> dict[str, str]:
    """The parameters *names* of this request that are not empty. Raises BadParameter where one is there twice."""
    given = {name: request.args.getlist(name) for name in names}
    for name, values in given.items():
        if len(values) > 1:
            raise BadParameter(
                N_("El paràmetre «%(name)s» hi és %(count)s vegades; s'espera una."), name=name, count=len(values)
            )
    return {name: values[0] for name, values in given.items() if values and values[0] != ""}


def among(name: str, value: str | None, choices: Sequence[str]) -> str | None:
    """*value* if it is one of *choices*. Raises BadParameter that lists them."""
    if value is not None and value not in choices:
        raise BadParameter(
            N_("El paràmetre «%(name)s» no pot ser «%(value)s»; pot ser: %(choices)s."),
            name=name,
            value=value,
            choices=", ".join(choices) or "–",
        )
    return value
