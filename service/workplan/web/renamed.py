"""Addresses of questions that another question has taken in: they lead to that one, asked the same.

It may not hold which question took in which: the headers of questions say it.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode

from flask import Response, redirect, request

from workplan.questions.catalogue import SavedQuery, taken_in, unknown

_OF_COLUMNS = ("columns", "sort")
"""The parameters that name columns."""


class Renamed(Exception):
    """What was asked for goes by another name: *address* is where."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def question_named(name: str, queries: Mapping[str, SavedQuery]) -> SavedQuery:
    """The question *name* of *queries*. Raises Renamed where another has taken it in, or UnknownQuery."""
    if name in queries:
        return queries[name]
    if name not in taken_in(queries):
        raise unknown(name, queries)
    raise Renamed(address_now(request.path, request.query_string.decode("utf-8", "replace"), name, queries))


def address_now(path: str, query: str, name: str, queries: Mapping[str, SavedQuery]) -> str:
    """Where *path*, of the question *name* of before, asked with *query*, is now."""
    now, columns = taken_in(queries)[name]
    before, _, after = path.rpartition(f"/{name}")
    given = [
        (key, ",".join(_column(each, columns) for each in value.split(",")) if key in _OF_COLUMNS else value)
        for key, value in parse_qsl(query, keep_blank_values=True)
    ]
    return quote(f"{before}/{now}{after}") + (f"?{urlencode(given)}" if given else "")


def _column(name: str, columns: Mapping[str, str]) -> str:
    """What the column *name* is called now; a minus before it says how rows are sorted."""
    plain = name.removeprefix("-")
    return name[: len(name) - len(plain)] + columns.get(plain, plain)


def lead_on(error: Renamed) -> Response:
    """308: the same method, for good."""
    response = redirect(error.address, 308)
    assert isinstance(response, Response)  # noqa: S101 - what Flask's own function makes
    return response
