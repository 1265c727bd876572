"""The pages, each in three languages: home, any resource, a graph, an error explained.

They show what the data say and nothing else.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from workplan.engine.hints import SHAPES
from workplan.export.credits import licence_name
from workplan.export.plans import FORMS
from workplan.knowledge import plan as plan_knowledge
from workplan.knowledge.description import names_of, with_kinds
from workplan.knowledge.document import sources as documents
from workplan.knowledge.execution import Execution, of_action
from workplan.knowledge.graphs import outline
from workplan.knowledge.particulars import particulars
from workplan.knowledge.plan import PlanEntry, PlanOverview
from workplan.knowledge.surroundings import surroundings
from workplan.language import DEFAULT, LANGUAGES, NAMES, gettext, ngettext, number, preferred
from workplan.model.errors import UnknownResource, WorkplanError
from workplan.model.formats import GRAPH_FORMATS
from workplan.model.iris import data_iri, data_path, graph_iri, network_of, page_path
from workplan.model.words import natural
from workplan.questions.catalogue import PLAN
from workplan.release.sources import ontology_version

from . import filters
from .catalogue import tables_in
from .citation import Citation
from .data import DESCRIPTION_FORMATS, DUMP_FORMATS, found, keep, service
from .embeddable import question_about
from .execution import ExecutionView
from .headers import SCRIPTED
from .kinds import ParticularsView
from .matrix import matrix_of
from .outdent import Outdented
from .overview import PlanView
from .parameters import once
from .picture import sharing
from .reader import page_address, reader_language
from .releases import sources
from .resource import FEW, FEWER_ROWS, MOST_ROWS, Namer, ResourceView
from .search import examples_in
from .structured import dataset, structured

ACTIONS_TABLE: Final = "actions"
"""The saved question that gives all that is known of each action, a row an action."""

_ASKED_AS: Final = {"wp:Team": "team", "wp:PlannedAction": "action"}
"""What a parameter is called that takes a resource of each of these classes."""

_TABLE_FILTERS: Final = {"action-line": "actionLine"}
"""The filters of a plan's page that the parameters of that question call otherwise."""

_SHEETS: Final = (("xlsx", "Excel (XLSX)"), ("csv", "CSV"))

pages = Blueprint("pages", __name__)
pages.after_request(keep)


def prepare(app: Flask) -> None:
    """Give *app*'s templates the interface's words and forms."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.add_extension(Outdented)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        lambda text: gettext(text, reader_language()),
        lambda one, many, n: ngettext(one, many, n, reader_language()),
        newstyle=True,
    )
    # As the catalogues are extracted: line breaks within a text are one space.
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {
        "languages": NAMES,
        "few": FEW,
        "default_language": DEFAULT,
        "most_rows": MOST_ROWS,
        "ontology_version": ontology_version(),
    }
    app.jinja_env.filters["number"] = lambda value: number(value, reader_language())
    app.jinja_env.filters["whole"] = whole
    app.context_processor(_common)


_TIED: Final = re.compile(r"[^\W\d_]+-[^\W\d_]{1,3}(?![\w-])")


def whole(text: str) -> Markup:
    """*text* with no line broken before the few letters that a hyphen ties to a word, as in «relacionar-se»."""
    escaped = escape(text)
    if "-" not in text:
        return escaped
    return Markup(_TIED.sub(r'<span class="unbroken">\g<0></span>', str(escaped)))  # noqa: S704 - escaped above


def _common() -> dict[str, Any]:
    """What every page's frame shows."""
    lang, running = reader_language(), service()
    rest = request.full_path.rstrip("?")
    in_language = (request.view_args or {}).get("lang") == lang
    return {
        "lang": lang,
        "site": running.config.title_in(lang),
        "network": running.config.network,
        "licence": running.config.licence,
        "contact": running.config.contact,
        "source_url": running.config.source_url,
        "licence_name": licence_name(running.config.licence),
        "address": request.base_url,
        "origin": request.host_url.rstrip("/"),
        "section": rest.partition("?")[0].removeprefix(f"/{lang}/"),
        "version": running.version,
        "sharing": sharing(lang),
        "elsewhere": {
            other: f"/{other}{rest.removeprefix(f'/{lang}')}" if in_language else f"/{other}/" for other in LANGUAGES
        },
    }


@pages.get("/")
def choose_language() -> ResponseReturnValue:
    """To the home page in the language that the browser prefers."""
    response = redirect(f"/{preferred(request.headers.get('Accept-Language'))}/")
    response.headers["Vary"] = "Accept-Language"
    return response


@pages.get("/<any(ca, es, en):lang>/")
def home(lang: str) -> str:
    """The latest plan in a minute, and the ways in."""
    entries = plan_knowledge.plans(service().engine)
    if not entries:
        return render_template("home.html", plan=None)
    latest, *others = entries
    plan = PlanView(_overview(latest), lang)
    namer = Namer(names_of(service().engine, [entry.iri for entry in others]), lang)
    running, config = sources().running, service().config
    dumps = DUMP_FORMATS if service().release else ()
    tables = tables_in(running.queries.values())
    told = dataset(plan, request.host_url.rstrip("/"), config.licence, running.version, running.origin, dumps, tables)
    return render_template(
        "home.html",
        plan=plan,
        execution=_execution(plan.plan.execution, lang),
        structured=told,
        others=[namer.named(entry.iri) for entry in others],
        document=_document_of(latest.iri, lang),
        files=_sheets(latest.iri, lang),
        examples=examples_in(lang),
    )


def _overview(entry: PlanEntry) -> PlanOverview:
    """The plan of *entry*: read once for a release, each time where it may change unseen."""
    running = service()
    if running.version is None:
        return plan_knowledge.overview(running.engine, entry)
    return _overview_once(running.version, entry)


@lru_cache(maxsize=16)
def _overview_once(version: str, entry: PlanEntry) -> PlanOverview:  # noqa: ARG001 - a version names its content
    return plan_knowledge.overview(service().engine, entry)


def _document_of(plan: str, lang: str) -> str | None:
    """The path of the page of the document from which *plan* was read; None where there is none."""
    found_source = next((s.iri for s in documents(service().engine) if s.plan == plan), None)
    return f"/{lang}/document/{found_source.rpartition('/')[2]}" if found_source else None


def _sheets(plan: str, lang: str, chosen: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Where the actions of *plan* can be had as a spreadsheet, and as what: all, or those that filters have *chosen*.

    Nowhere without a question for it that takes all of these filters.
    """
    query = service().queries.get(ACTIONS_TABLE)
    values = {_TABLE_FILTERS.get(name, name): iri for name, iri in (chosen or {}).items()}
    if query is None or not {PLAN, *values} <= {parameter.name for parameter in query.parameters}:
        return []
    paths = {name: data_path(iri) or iri for name, iri in values.items()}
    asked = urlencode({PLAN: data_path(plan), **paths, "lang": lang}, safe="/")
    return [(f"/query/{ACTIONS_TABLE}.{form}?{asked}", name) for form, name in _SHEETS]


@pages.get("/<any(ca, es, en):lang>/<path:path>")
def resource(lang: str, path: str) -> ResponseReturnValue:
    """The page of any resource; a plan's shows the whole plan, its actions filtered as the address says."""
    engine, author = service().engine, data_iri(network_of(path) or service().config.network)
    around = surroundings(engine, data_iri(path))
    description = with_kinds(engine, found(path, {*around.mentioned, author}))
    view = ResourceView(description, lang, around)
    frame = {"view": view, "path": path, "formats": DESCRIPTION_FORMATS, **_references(view, author, path)}
    plans = plan_knowledge.plans(engine) if view.is_a("wp:WorkPlan") else []
    entry = next((e for e in plans if e.iri == view.iri), None)
    if entry:
        given = once(filters.NAMES)
        if any(request.args.get(name) == "" for name in filters.NAMES):
            # A form sends all its fields; an address that people share names those that say something.
            return redirect(filters.address(request.path, given))
        plan = PlanView(_overview(entry), lang)
        chosen = filters.read(given, plan)
        page = render_template(
            "plan.html",
            plan=plan,
            execution=_execution(plan.plan.execution, lang),
            filters=filters.Filters(plan, chosen, request.path),
            document=_document_of(entry.iri, lang),
            files=_sheets(entry.iri, lang, chosen),
            exports=FORMS.values(),
            most_rows=FEWER_ROWS,
            **frame,
        )
    else:
        own = ParticularsView(particulars(engine, description, around.neighbours), view.iri, lang)
        execution = _execution(of_action(engine, view.iri), lang) if view.is_a("wp:PlannedAction") else None
        page = render_template("resource.html", own=own, execution=execution, document=_document_at(view), **frame)
    return _signposted(page, path)


def _execution(execution: Execution, lang: str) -> ExecutionView:
    """How far actions have come, as it stands today."""
    return ExecutionView(execution, lang, datetime.now(UTC).date())


def _references(view: ResourceView, author: str, path: str) -> dict[str, Any]:
    """How to refer to the resource of *view*: the address of its page, how to cite it, what search engines read."""
    running, config = sources().running, service().config
    known = running.origin.modified
    network = view.named(author).text if view.names[author].labels else config.title_in(view.lang)
    makers = ", ".join(view.named(iri).text for iri in view.surroundings.makers if view.names[iri].labels)
    citation = Citation(
        view.lang,
        # Who made the data answers for them; the network wrote the document that they were read from.
        makers or network,
        view.heading,
        date.fromisoformat(known) if known else None,
        running.version,
        view.iri,
        re.sub(r"[^A-Za-z0-9]+", "-", "-".join(filter(None, (path, running.version)))),
        [view.named(iri).text for iri in view.surroundings.sources if iri != view.iri],
    )
    address, shared = f"{request.host_url}{view.lang}/{quote(path, safe='/')}", sharing(view.lang)
    told = structured(view, address, config.title_in(view.lang), config.licence, shared.picture)
    oembed = f"{request.host_url}oembed?{urlencode({'url': address, 'format': 'json'})}"
    return {
        "citation": citation,
        "canonical": address,
        "structured": told,
        "questions": _questions_about(view),
        "oembed": oembed if question_about(running, view.iri) else None,
    }


def _questions_about(view: ResourceView) -> list[tuple[str, str]]:
    """The saved questions that ask of such a resource as that of *view*: each one's title, and where it is answered."""
    name = next((name for kind, name in _ASKED_AS.items() if view.is_a(kind)), None)
    asked = urlencode({name: data_path(view.iri)}, safe="/") if name else ""
    return [
        (query.title(view.lang), f"/{view.lang}/query/{query.name}?{asked}")
        for query in service().queries.values()
        if any(parameter.name == name and parameter.is_required for parameter in query.parameters)
    ]


def _document_at(view: ResourceView) -> str | None:
    """The path of the page that shows *view* whole; None where it is no document, or none of its places are known."""
    _, _, ident = (data_path(view.iri) or "").partition("/source/")
    has_places = any(s.predicate.value.endswith("#hasSource") for s in view.description.incoming())
    return f"/{view.lang}/document/{ident}" if ident and "/" not in ident and has_places else None


def _signposted(page: str, path: str) -> Response:
    """*page* with what programs look for beside a page: what describes it, how to cite it (https://signposting.org)."""
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = SCRIPTED
    place = quote(path, safe="/")
    for form in DESCRIPTION_FORMATS:
        response.headers.add("Link", f'</data/{place}.{form.name}>; rel="describedby"; type="{form.media_type}"')
    response.headers.add("Link", f'<{data_iri(place)}>; rel="cite-as"')
    response.headers.add("Link", f'<{service().config.licence}>; rel="license"')
    return response


@pages.get("/<any(ca, es, en):lang>/plan")
def latest_plan(lang: str) -> ResponseReturnValue:
    """To the page of the latest plan, wherever it is, filtered as the address says."""
    entries = plan_knowledge.plans(service().engine)
    page = page_path(entries[0].iri, lang) if entries else None
    return redirect(filters.address(page, once(filters.NAMES)) if page else f"/{lang}/")


@pages.get("/<any(ca, es, en):lang>/matrix/<path:path>")
def matrix(lang: str, path: str) -> str:
    """A plan's actions against its lines, by both readings."""
    entry = next((e for e in plan_knowledge.plans(service().engine) if e.iri == data_iri(path)), None)
    plan = PlanView(_overview(entry), lang) if entry else None
    if plan is None or not plan.actions:
        raise UnknownResource(iri=data_iri(path))
    document = _document_of(plan.plan.iri, lang)
    return render_template("matrix.html", plan=plan, matrix=matrix_of(plan), document=document)


@pages.get("/<any(ca, es, en):lang>/graph/<path:path>")
def graph(lang: str, path: str) -> str:
    """A named graph: how many statements it holds, about what, and its downloads."""
    iri = graph_iri(path)
    held = outline(service().engine, iri)
    if held is None:
        raise UnknownResource(iri=iri)
    namer = Namer(names_of(service().engine, held.subjects), lang)
    listed = sorted(
        (namer.named(each) for each in held.subjects), key=lambda v: (natural(v.code or ""), natural(v.text))
    )
    return render_template("graph.html", iri=iri, path=path, listed=listed, triples=held.triples, formats=GRAPH_FORMATS)


@pages.get("/problem/<slug>")
def problem(slug: str) -> ResponseReturnValue:
    """The page that explains a kind of error, in the language that the browser prefers."""
    return redirect(page_address(f"problem/{slug}"), 303)


@pages.get("/<any(ca, es, en):lang>/problem/slow-query-shapes")
def slow_shapes(lang: str) -> str:  # noqa: ARG001 - the frame reads the address's language
    """The shapes of a query that the engine plans badly, each with its quick form."""
    return render_template("slow_shapes.html", shapes=SHAPES)


@pages.get("/<any(ca, es, en):lang>/problem/<slug>")
def explain_problem(lang: str, slug: str) -> str:  # noqa: ARG001 - the frame reads the address's language
    """What a kind of error means."""
    cause = next((c for c in _causes(WorkplanError) if c.slug == slug), None)
    if cause is None:
        raise UnknownResource(iri=request.base_url)
    return render_template("problem.html", cause=cause)


def _causes(root: type[WorkplanError]) -> list[type[WorkplanError]]:
    """*root* and all the kinds of error below it."""
    return [root, *(cause for child in root.__subclasses__() for cause in _causes(child))]
