"""Whole plans as files for other tools: plain JSON, StratML, Decidim's CSV."""

from functools import lru_cache
from typing import Final
from urllib.parse import quote

from flask import Blueprint, Response

from workplan.export.plans import FORMS, exported
from workplan.knowledge.plan import plans
from workplan.model.errors import NotAcceptable, UnknownResource
from workplan.model.formats import Format
from workplan.model.iris import data_iri

from .data import service, share
from .reader import reader_language

exports = Blueprint("exports", __name__)
exports.after_request(share)

KEPT: Final = 12
"""Files that are kept: a few plans in each form and language."""


@exports.get("/export/<path:file>")
def export_plan(file: str) -> Response:
    """The plan at the path that *file* begins with, in the form that it ends with."""
    form = next((form for form in FORMS.values() if file.endswith(f".{form.name}")), None)
    if form is None:
        raise NotAcceptable(offered=", ".join(form.name for form in FORMS.values()))
    path = file.removesuffix(f".{form.name}")
    iri, running = data_iri(path), service()
    if iri not in {entry.iri for entry in plans(running.engine)}:
        raise UnknownResource(iri=iri)
    lang = reader_language()
    body = _kept(running.version, iri, form, lang) if running.version else _written(iri, form, lang)
    response = Response(body, content_type=form.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{quote(path.replace("/", "-"))}.{form.name}"'
    response.vary.add("Accept-Language")
    return response


@lru_cache(maxsize=KEPT)
def _kept(version: str, iri: str, form: Format, lang: str) -> bytes:  # noqa: ARG001 - a version names its content
    return _written(iri, form, lang)


def _written(iri: str, form: Format, lang: str) -> bytes:
    return exported(service().engine, iri, form, lang).body
