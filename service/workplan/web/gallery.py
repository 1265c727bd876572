"""Questions as pages: the gallery, the page of each, and how to ask them from a program.

Views hold no SPARQL; the answers themselves are given by ``query``.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from workplan.engine.outline import kind_of
from workplan.export.answer import Answer, Asked, Page, Source
from workplan.model.errors import (
    AnswerTooLarge,
    BadParameter,
    MethodNotAllowed,
    NotAcceptable,
    QueryTimeout,
    ServiceBusy,
    UnknownPage,
    UnknownQuery,
    UnknownRelease,
)
from workplan.model.formats import CSV
from workplan.questions.catalogue import SavedQuery

from .data import keep, service
from .embedding import EmbedChoice
from .headers import SCRIPTED
from .openapi import describe
from .question import QuestionView, formats_in
from .releases import sources
from .renamed import question_named
from .themes import groups_of, matching, name_of, themes_of

gallery = Blueprint("gallery", __name__)
gallery.after_request(keep)

POLICY: Final = f"{SCRIPTED}; frame-src 'self'"
"""What a question's page may load beside what every page may: our scripts that sort and copy, and our own embeds."""

LONGEST_SEARCH: Final = 200
"""Characters of a search that are read: no title is longer."""

_ERRORS: Final = (
    BadParameter,
    UnknownQuery,
    UnknownPage,
    UnknownRelease,
    MethodNotAllowed,
    NotAcceptable,
    AnswerTooLarge,
    ServiceBusy,
    QueryTimeout,
)


@gallery.get("/<any(ca, es, en):lang>/query/")
def questions(lang: str) -> str:
    """All questions by theme, or those that a search finds."""
    queries = list(sources().running.queries.values())
    asked = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    found = matching(queries, asked)
    return render_template(
        "gallery.html",
        themes=groups_of(found or queries, lang),
        heads=lambda query: _heads(query, lang),
        asked=asked,
        found=len(found),
        total=len(queries),
        kind_of=lambda query: kind_of(query.text),
        asks=lambda query: [query.field_label(p.name, lang) for p in query.parameters if p.is_required],
        name_of=lambda tag: name_of(tag, lang),
        canonical=f"{request.host_url}{lang}/query/",
    )


def _heads(query: SavedQuery, lang: str) -> list[str]:
    """What the columns of *query* are called, as its page has them: a resource once, by what it is."""
    columns = query.columns.values()
    named = {column.of for column in columns if column.of}
    shown = [c for c in columns if c.is_shown and not c.origin_of and (c.of is None or c.of not in query.columns)]
    # What a thing is stands before what is said of it.
    return [column.label(lang) for column in sorted(shown, key=lambda c: c.name not in named)]


@gallery.get("/<any(ca, es, en):lang>/query/<name>")
def question(lang: str, name: str) -> Response:
    """One question: its form, its answer, and what takes the answer elsewhere."""
    given: Mapping[str, str] = request.args
    source = sources().pinned(given["release"]) if given.get("release") else sources().running
    saved = question_named(name, source.queries)
    view = QuestionView(source, saved, given, lang, request.host_url)
    page = render_template(
        "question.html",
        view=view,
        embed=EmbedChoice(given, lang, request.host_url, saved, view.values, view.frame, has_chart=view.has_chart),
        themes=[(tag, name_of(tag, lang)) for tag in saved.tags],
        oembed=f"{request.host_url}oembed?{urlencode({'url': view.canonical, 'format': 'json'})}",
    )
    response = Response(page, view.status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    if view.trouble and view.trouble.retry_after:
        response.headers["Retry-After"] = view.trouble.retry_after
    return response


@gallery.get("/<any(ca, es, en):lang>/api")
def api(lang: str) -> Response:
    """How to ask the questions from a program: made from the same description that programs read."""
    source = sources().running
    document = describe(source, request.host_url, lang)
    page = render_template(
        "api.html",
        document=document,
        themes=themes_of(source.queries.values(), lang),
        operation=lambda query: document["paths"][f"/query/{query.name}"]["get"],
        own=lambda query: [parameter.name for parameter in query.parameters],
        routes={path: about for path, about in document["paths"].items() if not path.startswith("/query/")},
        example=_example(source, lang),
        errors=_ERRORS,
        formats=formats_in(lang),
        limits=service().config.limits,
        max_age=service().config.max_age,
        canonical=f"{request.host_url}{lang}/api",
    )
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _example(source: Source, lang: str) -> dict[str, str] | None:
    """A question that asks nothing of its reader: how to ask it for three rows, and what it answers."""
    free = [query for query in source.queries.values() if _is_free_table(query)]
    if not free:
        return None
    # One that counts shows what a table is for.
    query = next((each for each in free if "teams" in each.tags and len(each.columns) < 6), free[0])
    answer = Answer(source, Asked(query, {}, Page(1, 3), lang), request.host_url)
    return {
        "title": query.title(lang),
        "page": f"/{lang}/query/{query.name}",
        "address": answer.address("csv"),
        "body": answer.body(CSV).decode(),
        "accept": answer.address(),
    }


def _is_free_table(query: SavedQuery) -> bool:
    has_none = not any(parameter.is_required for parameter in query.parameters)
    return has_none and bool(query.columns)
