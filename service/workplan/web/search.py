"""Search: a page of results by kind, the same as JSON, and what tells browsers that there is a search."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, current_app, render_template, request

from workplan.export.answer import LAST_PAGE
from workplan.knowledge.document import sources
from workplan.knowledge.search import LONGEST, MOST_RESULTS, Asked, Found, Passage, SearchIndex, Shown, Suggestions
from workplan.language import LANGUAGES, gettext, pick
from workplan.model.errors import N_, BadParameter, DamagedRelease, SearchUnavailable, UnknownPage, UnknownResource
from workplan.model.iris import data_iri, page_path
from workplan.model.words import normalised
from workplan.model.xml import sound
from workplan.questions.catalogue import refuse_unknown
from workplan.release.search import KINDS

from .data import keep, service, share
from .parameters import among, once
from .reader import reader_language
from .resource import Namer, shortened

search = Blueprint("search", __name__)
search.after_request(keep)
search_data = Blueprint("search_data", __name__)
search_data.after_request(share)

KIND_NAMES: Final[Mapping[str, str]] = {
    "action": N_("Accions"),
    "strategic-line": N_("Línies estratègiques"),
    "action-line": N_("Línies d'actuació"),
    "objective": N_("Objectius"),
    "team": N_("Equips"),
    "question": N_("Preguntes"),
    "concept": N_("Conceptes i llistes"),
    "evaluation": N_("Avaluació i seguiment"),
    "principle": N_("Definicions i criteris"),
    "event": N_("Com s'ha fet el pla"),
    "plan": N_("Plans"),
    "organisation": N_("Entitats"),
    "part": N_("Parts del document"),
    "note": N_("Anomalies, buits i valors afegits"),
    "term": N_("Ontologia"),
    "other": N_("Altres recursos"),
}
"""What the kinds of results are called."""

IN_GROUP: Final = 3
"""Results of each kind on a page that shows all kinds."""

ON_PAGE: Final = 20
"""Results on a page of one kind, and in JSON where nothing else is asked for."""

SHOWN_LETTERS: Final = 240
"""Letters of a passage that a result shows."""

BEFORE_MARK: Final = 90
"""Letters of it that stand before the first word found."""

PARAMETERS: Final = ("q", "lang", "kind", "in", "limit", "page", "prefix")
"""What the JSON takes."""

_EXTENSION: Final = "workplan.search"


def prepare(app: Flask) -> None:
    """Give *app* the index of its service's release, where it has one."""
    release = app.extensions["workplan"].release
    app.extensions[_EXTENSION] = SearchIndex.open(release.words) if release else None
    app.context_processor(lambda: {"can_search": app.extensions[_EXTENSION] is not None})


def opened() -> SearchIndex | None:
    """The index of this request's application, where it has one."""
    found: SearchIndex | None = current_app.extensions[_EXTENSION]
    return found


def index() -> SearchIndex:
    """The index of this request's application. Raises SearchUnavailable where it has none."""
    found = opened()
    if found is not None:
        return found
    if service().release is None:
        raise SearchUnavailable(
            N_("Les dades són en un magatzem remot, que no té índex de paraules: feu servir les preguntes o SPARQL.")
        )
    raise SearchUnavailable


def examples_in(lang: str) -> Sequence[str]:
    """Searches that find something, for a reader of *lang*; none where there is no index that can be read."""
    held = opened()
    try:
        return held.examples[lang] if held else ()
    except DamagedRelease:
        return ()


Piece = tuple[str, bool]
"""A stretch of a text, and whether it is what was asked for."""


@dataclass(frozen=True)
class Result:
    """A hit as a reader of a language meets it; an empty *lang* needs no mark.

    *snippet* is the passage where it was found, *heading* the property that it is a value of, where that helps;
    *line* and *place* are where the document prints it.
    """

    iri: str
    href: str
    kind: str
    cls: str
    code: str | None
    title: Sequence[Piece]
    title_lang: str
    snippet: Sequence[Piece]
    snippet_lang: str
    heading: str
    line: int | None
    place: str | None
    is_curated: bool


@dataclass(frozen=True)
class Group:
    """The *results* of a kind, of *total* that there are."""

    kind: str
    name: str
    total: int
    results: Sequence[Result]


def _number(name: str, value: str | None, start: int, most: int) -> int:
    """The number that *value* is, from 1 to *most*; *start* where it is None. Raises BadParameter."""
    if value is None:
        return start
    if not (value.isascii() and value.isdecimal() and len(value) < 10 and 1 <= int(value) <= most):
        raise BadParameter(
            N_("El paràmetre «%(name)s» no pot ser «%(value)s»; s'esperava un nombre d'1 a %(most)s."),
            name=name,
            value=value,
            most=most,
        )
    return int(value)


def _within(given: Mapping[str, str], held: SearchIndex) -> str | None:
    """The network or plan that *given* names. Raises UnknownResource where it is not one of those in *held*."""
    path = given.get("in")
    if path is not None and path not in [place.path for place in held.places]:
        raise UnknownResource(iri=data_iri(path))
    return path


def _choices(held: SearchIndex, lang: str) -> list[tuple[str, str]]:
    """The path and name of each network and plan; none where there is but one network with one plan."""
    one_of_each = 2
    if len(held.places) <= one_of_each:
        return []
    return [(place.path, (pick(place.titles, lang) or (place.path, ""))[0]) for place in held.places]


@search.get("/<any(ca, es, en):lang>/search")
def find(lang: str) -> Response:
    """What the words of ``q`` find, by kind or of one ``kind`` by pages."""
    held = index()
    given = once(("q", "kind", "in", "page"))
    typed = normalised(given.get("q", "")).strip()
    # What is not read is not said again in each of the page's links.
    text = typed[:LONGEST]
    asked = Asked(text, lang, among("kind", given.get("kind"), tuple(KINDS)), _within(given, held))
    found = held.find(asked)
    number = _number("page", given.get("page"), 1, LAST_PAGE)
    last = max(1, -(-len(found.hits) // ON_PAGE)) if asked.kind else 1
    if number > last:
        raise UnknownPage(page=number, last=last)
    page = render_template(
        "search.html",
        asked=asked,
        text=text,
        is_cut=len(typed) > LONGEST,
        longest=LONGEST,
        found=found,
        total=sum(found.kinds.values()),
        groups=_groups(held, found, number),
        kinds=[(kind, gettext(KIND_NAMES[kind], lang), count) for kind, count in found.kinds.items()],
        suggestions=held.suggest(asked) if text and (found.is_partial or not found.kinds) else Suggestions(),
        examples=held.examples[lang],
        places=_choices(held, lang),
        page=number,
        on_page=ON_PAGE,
        last=last,
        address=lambda **changed: _address(lang, asked, changed),
        document=_document(lang),
        canonical=request.host_url.rstrip("/") + _address(lang, asked, {"page": number}),
    )
    return Response(page, mimetype="text/html")


def _address(lang: str, asked: Asked, changed: Mapping[str, Any]) -> str:
    """The address of the search *asked* with some of its parameters *changed*."""
    values = {"q": asked.text, "kind": asked.kind, "in": asked.within, "page": 1, **changed}
    kept = {name: value for name, value in values.items() if value not in (None, "", 1)}
    return f"/{lang}/search" + (f"?{urlencode(kept)}" if kept else "")


def _document(lang: str) -> str | None:
    """The page of the document of the latest plan; None where there is none."""
    source = next(iter(sources(service().engine)), None)
    return f"/{lang}/document/{source.iri.rpartition('/')[2]}" if source else None


def _groups(held: SearchIndex, found: Found, number: int) -> list[Group]:
    """The results by kind, the kind of the best one first; of one kind those of the page *number*."""
    kind = found.asked.kind
    if kind:
        hits = found.hits[(number - 1) * ON_PAGE : number * ON_PAGE]
    else:
        counted = dict.fromkeys(found.kinds, 0)
        hits = []
        for hit in found.hits:
            counted[hit.kind] += 1
            if counted[hit.kind] <= IN_GROUP:
                hits.append(hit)
    by_kind: dict[str, list[Result]] = {}
    for result in results_of(held, found.asked, held.show(found.asked, hits)):
        by_kind.setdefault(result.kind, []).append(result)
    return [
        Group(each, gettext(KIND_NAMES[each], found.asked.lang), found.kinds[each], results)
        for each, results in by_kind.items()
    ]


def results_of(held: SearchIndex, asked: Asked, shown: Sequence[Shown]) -> Iterator[Result]:
    """*shown* as a reader meets them."""
    lang = asked.lang
    namer = Namer({}, lang)
    terms = {each.hit.cls for each in shown} | {each.passage.text.property for each in shown if each.passage}
    labels = held.labels_of(term for term in terms if term)
    for each in shown:
        hit, passage = each.hit, each.passage
        text = passage.text if passage else None
        related = text.property if text and text.field == "related" else None
        yield Result(
            iri=hit.iri,
            href=page_path(hit.iri, lang) or hit.iri,
            kind=hit.kind,
            # A heading of many classes, or of lists, leaves something to say.
            cls=(pick(labels.get(hit.cls or "", ()), lang) or ("", ""))[0] if len(KINDS[hit.kind]) != 1 else "",
            code=hit.code,
            title=_pieces(each.title) if each.title else [(shortened(hit.iri), False)],
            title_lang=namer.mark(each.title.text.lang) if each.title else "",
            snippet=_cut(passage) if passage and not each.is_repeated else (),
            snippet_lang=namer.mark(text.lang) if text else "",
            heading=(pick(labels.get(related, ()), lang) or ("", ""))[0] if related else "",
            line=text.line if text else None,
            place=page_path(text.fragment, lang) if text and text.fragment else None,
            is_curated=bool(text and text.is_curated),
        )


def _pieces(passage: Passage, start: int = 0, end: int | None = None) -> list[Piece]:
    """The text of *passage* from *start* to *end* in pieces, those that were asked for apart."""
    text, pieces, place = passage.text.value[:end], [], start
    for begin, stop in passage.marks:
        if begin < start or stop > len(text):
            continue
        pieces += [(text[place:begin], False)] if begin > place else []
        pieces.append((text[begin:stop], True))
        place = stop
    return pieces + ([(text[place:], False)] if text[place:] else [])


def _cut(passage: Passage) -> list[Piece]:
    """The pieces of as much of *passage* as a result shows: about its first mark, whole words."""
    text = passage.text.value
    if len(text) <= SHOWN_LETTERS:
        return _pieces(passage)
    first = passage.marks[0][0] if passage.marks else 0
    start = 0 if first <= BEFORE_MARK else text.find(" ", first - BEFORE_MARK, first) + 1 or first
    end = len(text)
    if end - start > SHOWN_LETTERS:
        broken = text.rfind(" ", start + 1, start + SHOWN_LETTERS)
        end = broken if broken > first else start + SHOWN_LETTERS
    pieces = _pieces(passage, start, end)
    return [*([("… ", False)] if start else []), *pieces, *([(" …", False)] if end < len(text) else [])]


@search_data.get("/search.json")
def find_data() -> Response:
    """The same for programs: results in one list, the best first, with what was found marked."""
    refuse_unknown(list(request.args), PARAMETERS)
    held = index()
    given = once(PARAMETERS)
    lang = among("lang", given.get("lang"), LANGUAGES) or reader_language()
    typed = given.get("q", "")
    if not 1 <= len(typed) <= LONGEST:
        raise BadParameter(
            N_("El paràmetre «q» ha de tenir d'1 a %(most)s caràcters; en té %(count)s."),
            most=LONGEST,
            count=len(typed),
        )
    text = normalised(typed).strip()
    prefix = among("prefix", given.get("prefix"), ("0", "1")) == "1"
    kind = among("kind", given.get("kind"), tuple(KINDS))
    asked = Asked(text, lang, kind, _within(given, held), is_typing=prefix)
    limit = _number("limit", given.get("limit"), ON_PAGE, MOST_RESULTS)
    found = held.find(asked)
    last = max(1, -(-len(found.hits) // limit))
    number = _number("page", given.get("page"), 1, LAST_PAGE)
    if number > last:
        raise UnknownPage(page=number, last=last)
    shown = held.show(found.asked, found.hits[(number - 1) * limit : number * limit])
    suggestions = held.suggest(asked) if found.is_partial or not found.kinds else Suggestions()
    body = {
        "query": text,
        "lang": lang,
        "release": service().version,
        "total": len(found.hits),
        "page": number,
        "pages": last,
        "allWords": not found.is_partial,
        "kinds": {each: {"label": gettext(KIND_NAMES[each], lang), "total": n} for each, n in found.kinds.items()},
        "results": [_plain(result, lang) for result in results_of(held, found.asked, shown)],
        "suggestions": [{"query": words, "total": n} for words, n in (*suggestions.words, *suggestions.shorter)],
    }
    response = Response(json.dumps(body, ensure_ascii=False), content_type="application/json")
    if "lang" not in given:
        response.vary.add("Accept-Language")
    for relation, other in (("prev", number - 1), ("next", number + 1)):
        if 1 <= other <= last:
            query = urlencode({**given, "page": other})
            response.headers.add("Link", f'</search.json?{query}>; rel="{relation}"')
    return response


def _plain(result: Result, lang: str) -> dict[str, Any]:
    """*result* as JSON has it; what it has not is left out."""
    snippet = {
        "parts": _parts(result.snippet),
        "lang": result.snippet_lang or lang,
        "property": result.heading,
        "addedByCurators": result.is_curated,
    }
    described = {
        "iri": result.iri,
        "page": request.host_url.rstrip("/") + result.href if result.href.startswith("/") else result.href,
        "kind": result.kind,
        "class": result.cls,
        "code": result.code,
        "title": "".join(text for text, _ in result.title),
        "titleParts": _parts(result.title),
        "titleLang": result.title_lang or lang,
        "snippet": {name: value for name, value in snippet.items() if value} if result.snippet else None,
        "line": result.line,
        "source": request.host_url.rstrip("/") + result.place if result.place else None,
    }
    return {name: value for name, value in described.items() if value not in (None, "")}


def _parts(pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    return [{"text": text, "match": True} if is_match else {"text": text} for text, is_match in pieces]


@search.get("/<any(ca, es, en):lang>/opensearch.xml")
def describe_search(lang: str) -> Response:
    """How a browser searches here (https://github.com/dewitt/opensearch)."""
    index()
    body = sound(render_template("opensearch.xml", lang=lang, base=request.host_url.rstrip("/")))
    return Response(body, content_type="application/opensearchdescription+xml; charset=utf-8")
