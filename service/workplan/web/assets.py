"""The scripts that were built from the packages of frontend/, by the names that pages call them by.

It may not build them: where they are not there, a page goes without.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from flask import Blueprint, Response, abort, current_app

assets = Blueprint("assets", __name__)

FOLDER: Final = files(__package__).joinpath("static", "built")

MAX_AGE: Final = 365 * 24 * 3600
"""Seconds for which a built file may be kept: its name holds the hash of what is in it."""

_TYPES: Final = {".js": "text/javascript; charset=utf-8", ".txt": "text/plain; charset=utf-8"}


@cache
def built() -> Mapping[str, str]:
    """The name of each built file by the one that pages call it by; none where nothing was built."""
    manifest = FOLDER.joinpath("manifest.json")
    return dict(json.loads(manifest.read_text(encoding="utf-8"))) if manifest.is_file() else {}


def address_of(name: str) -> str | None:
    """The address of the built file that pages call *name*; None where it was not built."""
    return f"/static/built/{built()[name]}" if name in built() else None


@assets.get("/static/built/<name>")
def give(name: str) -> Response:
    """A built file, to be kept for good."""
    if name not in built().values():
        abort(404)
    response = Response(FOLDER.joinpath(name).read_bytes(), content_type=_TYPES["." + name.rpartition(".")[2]])
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE
    response.cache_control.immutable = True
    response.add_etag()
    return response


@assets.get("/favicon.ico")
def give_icon() -> Response:
    """The icon where browsers look for it that were told of none, such as beside data."""
    return current_app.send_static_file("icon.svg")
