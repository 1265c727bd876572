"""The pages, each in three languages: home, any resource, a graph, the ontology, an error explained.

They show what the data say and nothing else.
"""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Flask, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from pyoxigraph import NamedNode

from workplan.engine.hints import SHAPES
from workplan.knowledge import plan as plan_knowledge
from workplan.knowledge.description import describe, names_of
from workplan.knowledge.document import sources
from workplan.knowledge.graphs import outline
from workplan.knowledge.ontology import Term, terms_of
from workplan.language import LANGUAGES, NAMES, gettext, ngettext, number, pick, preferred
from workplan.model.errors import UnknownResource, WorkplanError
from workplan.model.formats import GRAPH_FORMATS
from workplan.model.iris import data_iri, graph_iri, page_path
from workplan.model.namespaces import ONTOLOGY, WP
from workplan.release.sources import ontology_version

from .data import DESCRIPTION_FORMATS, found, keep, service
from .overview import PlanView
from .reader import page_address, reader_language
from .resource import Namer, ResourceView, Value, shortened

pages = Blueprint("pages", __name__)
pages.after_request(keep)


def prepare(app: Flask) -> None:
    """Give *app*'s templates the interface's words and forms."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        lambda text: gettext(text, reader_language()),
        lambda one, many, n: ngettext(one, many, n, reader_language()),
        newstyle=True,
    )
    # As the catalogues are extracted: line breaks within a text are one space.
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {"languages": NAMES, "ontology_version": ontology_version()}
    app.jinja_env.filters["number"] = lambda value: number(value, reader_language())
    app.context_processor(_common)


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
        "version": running.version,
        "elsewhere": {
            other: f"/{other}{rest.removeprefix(f'/{lang}')}" if in_language else f"/{other}/" for other in LANGUAGES
        },
    }


@pages.get("/")
def choose_language() -> ResponseReturnValue:
    """To the home page in the language that the browser prefers."""
    response = redirect(f"/{preferred(request.accept_languages)}/")
    response.headers["Vary"] = "Accept-Language"
    return response


@pages.get("/<any(ca, es, en):lang>/")
def home(lang: str) -> str:
    """The latest plan in a minute, and the ways in."""
    entries = plan_knowledge.plans(service().engine)
    if not entries:
        return render_template("home.html", plan=None)
    latest, *others = entries
    plan = PlanView(plan_knowledge.overview(service().engine, latest), lang)
    namer = Namer(names_of(service().engine, [entry.iri for entry in others]), lang)
    return render_template(
        "home.html",
        plan=plan,
        others=[namer.named(entry.iri) for entry in others],
        document=_document_of(latest.iri, lang),
    )


def _document_of(plan: str, lang: str) -> str | None:
    """The path of the page of the document from which *plan* was read; None where there is none."""
    found_source = next((s.iri for s in sources(service().engine) if s.plan == plan), None)
    return f"/{lang}/document/{found_source.rpartition('/')[2]}" if found_source else None


@pages.get("/<any(ca, es, en):lang>/<path:path>")
def resource(lang: str, path: str) -> Response:
    """The page of any resource; a plan's shows the whole plan."""
    description = found(path)
    view = ResourceView(description, lang, lambda text: gettext(text, lang))
    entry = next((e for e in plan_knowledge.plans(service().engine) if e.iri == view.iri), None)
    if WP + "WorkPlan" in view.name.types and entry:
        plan = PlanView(plan_knowledge.overview(service().engine, entry), lang)
        document = _document_of(entry.iri, lang)
        page = render_template(
            "plan.html", view=view, plan=plan, formats=DESCRIPTION_FORMATS, path=path, document=document
        )
    else:
        trail = _trail(view, lang)
        page = render_template("resource.html", view=view, formats=DESCRIPTION_FORMATS, path=path, trail=trail)
    return _signposted(page, path)


def _signposted(page: str, path: str) -> Response:
    """*page* with what programs look for beside a page: what describes it, how to cite it (https://signposting.org)."""
    response = Response(page, mimetype="text/html")
    place = quote(path, safe="/")
    for form in DESCRIPTION_FORMATS:
        response.headers.add("Link", f'</data/{place}.{form.name}>; rel="describedby"; type="{form.media_type}"')
    response.headers.add("Link", f'<{data_iri(place)}>; rel="cite-as"')
    response.headers.add("Link", f'<{service().config.licence}>; rel="license"')
    return response


def _trail(view: ResourceView, lang: str) -> list[Value]:
    """The plan that the resource is an element of and the scheme that it is in, for the way back."""
    trail: list[Value] = []
    for fact in view.description.outgoing():
        if fact.predicate.value == WP + "elementOf" and isinstance(fact.object, NamedNode):
            version = describe(service().engine, fact.object.value)
            if version:
                of = [s.object.value for s in version.outgoing() if s.predicate.value.endswith("isVersionOf")]
                trail += [Namer(version.names, lang).named(iri) for iri in of]
    schemes = [s.object.value for s in view.description.outgoing() if s.predicate.value.endswith("core#inScheme")]
    return trail + [view.named(iri) for iri in schemes]


@pages.get("/<any(ca, es, en):lang>/graph/<path:path>")
def graph(lang: str, path: str) -> str:
    """A named graph: how many statements it holds, about what, and its downloads."""
    iri = graph_iri(path)
    held = outline(service().engine, iri)
    if held is None:
        raise UnknownResource(iri=iri)
    namer = Namer(names_of(service().engine, held.subjects), lang)
    listed = sorted(
        (namer.named(subject) for subject in held.subjects), key=lambda v: (v.code or "", v.text.casefold())
    )
    return render_template("graph.html", iri=iri, path=path, listed=listed, triples=held.triples, formats=GRAPH_FORMATS)


@pages.get("/<any(ca, es, en):lang>/ns")
def ontology(lang: str) -> str:
    """The ontology's terms with their definitions."""
    terms = terms_of(service().engine)
    if not terms:
        raise UnknownResource(iri=ONTOLOGY)
    return render_template(
        "ns.html", terms=[TermView(term, lang) for term in terms], iri=ONTOLOGY, formats=GRAPH_FORMATS
    )


class TermView:
    """A term of the ontology as a reader of *lang* meets it."""

    def __init__(self, term: Term, lang: str) -> None:
        self.term = term
        self._namer = Namer({}, lang)
        self._lang = lang

    def best(self, texts: list[tuple[str, str]]) -> Value | None:
        """The one of *texts* that serves the reader best."""
        found_text = pick(texts, self._lang)
        return Value(found_text[0], self._namer.mark(found_text[1])) if found_text else None

    def links(self, iris: list[str]) -> list[Value]:
        """*iris* with their short names."""
        return [Value(shortened(iri), href=page_path(iri, self._lang) or iri) for iri in iris]


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
