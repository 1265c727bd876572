"""The ontology and its shapes as a publication: for machines by ``Accept`` and version, for people in three languages.

A term's IRI has a hash, so that what a client asks for is the whole ontology and its own browser finds the place: a
page for each term is an address of ours beside that (Cool URIs for the Semantic Web, section 4.1).
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from flask import Blueprint, Response, current_app, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from workplan.engine.query import QueryEngine
from workplan.engine.writing import ntriples_of, write_graph
from workplan.export import profile
from workplan.knowledge import ontology as knowledge
from workplan.knowledge.description import names_of
from workplan.knowledge.ontology import Header, Term
from workplan.knowledge.patterns import example_of, statements_of
from workplan.knowledge.rules import Rule, rules_of
from workplan.language import LANGUAGES, gettext, pick
from workplan.model.errors import N_, UnknownResource, UnknownVersion
from workplan.model.formats import CSV, GRAPH_FORMATS, HTML
from workplan.model.iris import graph_iri
from workplan.model.namespaces import NAMESPACES, ONTOLOGY, SHAPES, WP
from workplan.release.changes import changes
from workplan.release.sources import frozen_versions, known_versions, ontology_version
from workplan.release.versions import (
    SHAPES_FILE,
    ontology_at,
    read_ontology,
)

from . import diagram, example, primer
from .data import answer, graph_body, see_page, service, share, varied, wants
from .data import keep as keep_release
from .headers import SCRIPTED
from .parameters import among, once
from .pattern import PATTERNS, PatternView
from .publication import CHECKS, HeaderView, VersionView, defined
from .reader import reader_language
from .resource import Namer, Value, shortened
from .term import TermView, Vocabulary
from .themes import folded

ontology = Blueprint("ontology", __name__)
ontology.after_request(keep_release)

ontology_data = Blueprint("ontology_data", __name__)
ontology_data.after_request(share)

_FORMATS: Final = (*GRAPH_FORMATS, HTML)

_Found = TypeVar("_Found")

_DCTERMS: Final = NAMESPACES["dcterms"]

_MINUTE: Final = """\
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX wp: <https://w3id.org/sse-workplan/ns#>

SELECT ?name (COUNT(DISTINCT ?action) AS ?actions)
WHERE {
  ?action a wp:PlannedAction ;
    wp:directlyExecutedBy ?team .
  ?team rdfs:label ?name .
  FILTER (LANG(?name) = "%s")
}
GROUP BY ?name
ORDER BY DESC(?actions) ?name"""
"""A first query, for readers of a language."""


@ontology_data.get("/ns")
@ontology_data.get("/ns/<version>")
def give_ontology(version: str | None = None) -> BaseResponse:
    """The ontology, or its page for a browser."""
    return _published(ONTOLOGY, "ns", "ontology", version)


@ontology_data.get("/shapes")
@ontology_data.get("/shapes/<version>")
def give_shapes(version: str | None = None) -> BaseResponse:
    """The SHACL shapes, or their page for a browser."""
    return _published(SHAPES, "shapes", "shapes", version)


@ontology_data.get("/shapes.csv")
def give_profile() -> Response:
    """What the shapes ask for as a table: a DCTAP profile, with labels in the language of ``lang=``."""
    lang = _table_language()
    rules = _rules()
    names = names_of(service().engine, {target for rule in rules for target in rule.targets})
    response = answer(profile.written(rules, lambda iri: names[iri].labels, shortened, lang), CSV)
    response.headers["Content-Language"] = lang
    response.headers.add("Link", f'<{SHAPES}>; rel="describes"')
    response.vary.add("Accept-Language")
    return response


def _table_language() -> str:
    """The language that ``lang=`` asks for, or the reader's. Raises BadParameter where it is none of ours."""
    among("lang", once(("lang",)).get("lang"), LANGUAGES)
    return reader_language()


def _published(iri: str, path: str, graph: str, version: str | None) -> BaseResponse:
    """What is published at *path* and named *iri*, in the graph *graph* of its version: as data, or its page."""
    form = wants(_FORMATS)
    current = ontology_version()
    file = f"{graph}.ttl"
    known, frozen = known_versions(name=file), frozen_versions(name=file)
    if version not in (None, *known):
        raise UnknownVersion(version=version, known=", ".join(known))
    response: BaseResponse
    page = path if version in (None, current) else f"ns/version/{version}"
    if form is HTML:
        response = see_page(page)
    else:
        body = (
            write_graph(ntriples_of(read_ontology([frozen[version]])), form)
            if version in frozen
            else graph_body(graph_iri(f"{graph}/{current}"), form)
        )
        # The canonical address of a version is its own.
        response = varied(answer(body, form, canonical=f"{iri}/{version}" if version else iri))
    address = f"/{path}/{version}" if version else f"/{path}"
    for each in GRAPH_FORMATS:
        response.headers.add("Link", f'<{address}?format={each.name}>; rel="alternate"; type="{each.media_type}"')
    for lang in LANGUAGES:
        response.headers.add("Link", f'</{lang}/{page}>; rel="alternate"; type="text/html"; hreflang="{lang}"')
    response.headers.add("Link", f'<{_licence()}>; rel="license"')
    response.headers.add("Link", f'<{iri}>; rel="latest-version"')  # RFC 5829
    return response


@ontology.get("/<any(ca, es, en):lang>/ns")
def show_ontology(lang: str) -> Response:
    """The ontology in one page: what it is for, its picture, its terms, how to reuse it."""
    terms, rules = _terms(), _rules()
    counts = knowledge.counts_of(service().engine)
    schemes = knowledge.schemes_of(service().engine)
    vocabulary = Vocabulary(terms, names_of(service().engine, schemes), lang)
    views = sorted(
        (TermView(term, vocabulary, counts.get(term.iri, 0)) for term in terms),
        key=lambda view: folded(view.label.text),
    )
    relations = diagram.relations_of(terms, rules)
    drawn = diagram.draw(
        terms,
        relations,
        lambda iri: vocabulary.term(iri).text if iri in vocabulary.terms else _called(iri, rules, lang),
        {diagram.ANY: gettext(N_("qualsevol recurs"), lang)},
    )
    header = _header()
    makers = header.values.get(_DCTERMS + "creator", ())
    about = HeaderView(header, Namer(names_of(service().engine, makers), lang))
    return _documented(
        "ns",
        "ns.html",
        about=about,
        classes=[view for view in views if view.term.is_class],
        properties=[view for view in views if not view.term.is_class],
        schemes=[(vocabulary.named(iri), count) for iri, count in schemes.items()],
        patterns=PATTERNS,
        minute=_MINUTE % lang,
        versions=known_versions()[::-1],
        checks=CHECKS,
        rules=len(rules),
        diagram=drawn,
        relations=relations,
        vocabulary=vocabulary,
        called=lambda iri: _called(iri, rules, lang),
        linked=about.linked(views),
    )


@ontology.get("/<any(ca, es, en):lang>/ns/term/<name>")
def show_term(lang: str, name: str) -> Response:
    """All about one term: how the data use it, its rules, an example."""
    terms = _terms()
    term = next((t for t in terms if t.local_name == name), None)
    if term is None:
        raise UnknownResource(iri=WP + name)
    engine, rules = service().engine, _rules()
    usage = knowledge.usage_of(engine, term)
    vocabulary = Vocabulary(terms, names_of(engine, [*usage.examples[:3], *usage.schemes]), lang)
    about = [rule for rule in rules if term.iri in rule.targets or term.iri == rule.path]
    view = TermView(term, vocabulary, len(usage.examples), about, usage, knowledge.alignments_of(engine, term))
    inherited = [
        (vocabulary.term(parent), sum(parent in rule.targets for rule in rules))
        for parent in term.parents
        if parent in vocabulary.terms
    ]
    shown = _example(usage.examples, term, lang)
    return _documented(
        f"ns/term/{name}",
        "term.html",
        view=view,
        inherited=[(parent, count) for parent, count in inherited if count],
        example=example.pieces(shown, lang) if shown else [],
        linked=defined(view, lang),
    )


def _example(examples: Sequence[str], term: Term, lang: str) -> str:
    """The first of *examples* as Turtle; of a property, the statement that it makes."""
    if not examples:
        return ""
    quads = statements_of(service().engine, list(examples[:1]))
    kept = example.chosen(quads, lang)
    if not term.is_class:
        named = ("rdf:type", "rdfs:label", "wp:code")
        wanted = {term.iri, *(NAMESPACES[n.partition(":")[0]] + n.partition(":")[2] for n in named)}
        kept = [quad for quad in kept if quad.predicate.value in wanted]
    return example.written(kept)


@ontology.get("/<any(ca, es, en):lang>/ns/version/<version>")
def show_version(lang: str, version: str) -> Response:
    """One version: its address, its files, and what it changes of the one before."""
    known = known_versions()
    new = ontology_at(version)
    place = known.index(version)
    prior = known[place - 1] if place else None
    found = changes(ontology_at(prior), new) if prior else []
    has_rules = version in known_versions(name=SHAPES_FILE)
    view = VersionView(version, prior, ontology_version(), found, lang, has_rules=has_rules)
    return _documented(f"ns/version/{version}", "version.html", view=view)


@ontology.get("/<any(ca, es, en):lang>/ns/patterns")
def show_patterns(lang: str) -> Response:
    """How the ontology is meant to be used, each way with an example from the data."""
    vocabulary = Vocabulary(_terms(), {}, lang)
    views = [PatternView(pattern, example_of(service().engine, pattern.name), vocabulary, lang) for pattern in PATTERNS]
    return _documented("ns/patterns", "patterns.html", patterns=views, questions=service().queries)


@ontology.get("/<any(ca, es, en):lang>/ns/write")
def show_primer(lang: str) -> Response:
    """How to write a first plan: its files, the mistakes that all of us make, and what comes after."""
    texts = {
        name: example.pieces(text, lang, is_invented=True) if name.endswith(".ttl") else text
        for name, text in primer.texts().items()
    }
    told = [(mistake, answer) for mistake in primer.MISTAKES if (answer := mistake.answer(_rules(), lang))]
    return _documented("ns/write", "primer.html", texts=texts, primer=primer, mistakes=told)


@ontology.get("/<any(ca, es, en):lang>/shapes")
def show_shapes(lang: str) -> Response:
    """The rules, class by class, in words."""
    rules = _rules()
    vocabulary = Vocabulary(_terms(), {}, lang)
    ours = {target for rule in rules for target in rule.targets if target in vocabulary.terms and _is_class(target)}
    groups: list[tuple[Value | None, list[Rule]]] = [
        (vocabulary.term(iri), [rule for rule in rules if iri in rule.targets])
        for iri in sorted(ours, key=lambda iri: folded(vocabulary.term(iri).text))
    ]
    groups.append((None, [rule for rule in rules if ours.isdisjoint(rule.targets)]))
    return _documented(
        "shapes",
        "shapes.html",
        groups=[(name, len(held), vocabulary.rules_by_property(held)) for name, held in groups if held],
        rules=len(rules),
    )


def _is_class(iri: str) -> bool:
    """Whether our term *iri* is a class, told by its name as the shapes of terms want it."""
    return iri.removeprefix(WP)[:1].isupper()


def _licence() -> str:
    """The address of the ontology's licence, which need not be that of a network's data."""
    return _header().value(_DCTERMS + "license") or service().config.licence


def _header() -> Header:
    """What the ontology says of itself."""
    return _kept("header", lambda engine: [knowledge.header_of(engine)])[0]


def _terms() -> list[Term]:
    """The ontology's terms. Raises UnknownResource where the data hold none."""
    terms = _kept("terms", knowledge.terms_of)
    if not terms:
        raise UnknownResource(iri=ONTOLOGY)
    return terms


def _rules() -> list[Rule]:
    """The rules of the shapes."""
    return _kept("rules", rules_of)


def _kept(name: str, find: Callable[[QueryEngine], list[_Found]]) -> list[_Found]:
    """What *find* finds, kept with the application: a release's does not change, a remote store's may."""
    running = service()
    if running.version is None:
        return find(running.engine)
    kept = current_app.extensions.setdefault("workplan.ontology", {})
    if name not in kept:
        kept[name] = find(running.engine)
    found: list[_Found] = kept[name]
    return found


def _called(iri: str, rules: Sequence[Rule], lang: str) -> str:
    """What the rules call the property *iri* of another vocabulary; its short name where they do not."""
    names = next((rule.names for rule in rules if rule.path == iri and rule.names), ())
    return (pick(names, lang) or (shortened(iri), ""))[0]


def _documented(path: str, template: str, **values: Any) -> Response:
    """A page of the documentation, with what programs look for beside it (https://signposting.org)."""
    page = render_template(template, formats=GRAPH_FORMATS, iri=ONTOLOGY, base=request.host_url.rstrip("/"), **values)
    response = Response(page, mimetype="text/html")
    source = "shapes" if path == "shapes" else "ns"
    for form in GRAPH_FORMATS:
        response.headers.add("Link", f'</{source}?format={form.name}>; rel="describedby"; type="{form.media_type}"')
    version = path.rpartition("/")[2] if "/version/" in path else ontology_version()
    named = SHAPES if path == "shapes" else f"{ONTOLOGY}/{version}"
    response.headers.add("Link", f'<{named}>; rel="cite-as"')
    response.headers.add("Link", f'<{_licence()}>; rel="license"')
    kind = "DefinedTerm" if "/term/" in path else "DefinedTermSet"
    response.headers.add("Link", f'<{NAMESPACES["schema"]}{kind}>; rel="type"')
    response.headers["Content-Security-Policy"] = SCRIPTED
    return response
