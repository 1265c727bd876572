"""The SPARQL editor: a form that answers on the same page, and what a script needs to make more of it.

It may not need the script: whatever can be asked with it can be asked without.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from pyoxigraph import BlankNode, NamedNode, QueryResultsFormat, QuerySolutions, Triple, parse_query_results
from pyoxigraph import Literal as Text

from workplan.engine.binding import bind
from workplan.engine.differences import DIFFERENCES
from workplan.engine.hints import hints
from workplan.engine.query import Kind, QueryRequest
from workplan.export.answer import Answer, Asked
from workplan.export.spreadsheet import workbook
from workplan.knowledge.asking import iris_among
from workplan.knowledge.description import Name, names_of
from workplan.knowledge.vocabulary import unknown_names, values_of, words_of
from workplan.language import foreign, gettext, pick, sentence
from workplan.model.encoding import unmarked
from workplan.model.errors import N_, BadRequest, NotAcceptable, RequestError, StoreError
from workplan.model.formats import CONSTRUCT_FORMATS, JSON_RESULTS, SOLUTION_FORMATS, TURTLE, XLSX
from workplan.model.iris import page_path
from workplan.model.namespaces import DATA, GRAPH, NAMESPACES, ONTOLOGY, WP
from workplan.questions.catalogue import SavedQuery, plain_text

from .assets import address_of
from .cors import CORS
from .data import keep, see_page, service
from .errors import SLOW_SHAPES, where
from .headers import SCRIPTED
from .reader import page_address, reader_language
from .releases import sources
from .resource import Value, shortened
from .themes import themes_of

editor = Blueprint("editor", __name__)
editor.after_request(keep)

SHOWN_ROWS: Final = 500
"""Rows of an answer that the page shows; the downloads hold them all."""

LONGEST_ADDRESS: Final = 8 * 1024
"""Bytes of an address that a query may be shared by: proxies and mail programs cut or refuse longer ones."""

MOST_NAMED: Final = 1000
"""Resources of an answer that are called by their names at once: more than a page shows rows."""

_FIRST_QUERY: Final = """\
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX wp: <https://w3id.org/sse-workplan/ns#>

SELECT ?code ?label
WHERE {
  ?action a wp:PlannedAction ;
    wp:code ?code ;
    rdfs:label ?label .
  FILTER (LANG(?label) = "%(lang)s")
}
ORDER BY ?code"""


@editor.route("/<any(ca, es, en):lang>/sparql", methods=["GET", "POST"])
def ask(lang: str) -> Response:
    """A form to ask SPARQL with, and the answer as a table; by POST what is too long for an address."""
    example = service().queries.get(request.args.get("example", ""))
    text = unmarked(request.values.get("query", "")).strip() or (_as_asked(example) if example else "")
    answer, error, status = None, None, 200
    if text:
        try:
            answer = _answered(text)
        except (RequestError, StoreError) as refused:
            error, status = refused, refused.status
    page = render_template(
        "sparql.html",
        text=text,
        answer=answer,
        error=error,
        detail=sentence(error.text, error.values, lang) if error else None,
        where=where(error) if error else {},
        hints=_hints(text, lang),
        unknown=_unknown(text, lang) if text and not error else [],
        default=_FIRST_QUERY % {"lang": lang},
        themes=themes_of(_examples().values(), lang),
        limits=service().config.limits,
        formats={"solutions": SOLUTION_FORMATS, "boolean": SOLUTION_FORMATS, "graph": CONSTRUCT_FORMATS},
        shown=SHOWN_ROWS,
        longest=LONGEST_ADDRESS,
        is_long=len(quote(text)) > LONGEST_ADDRESS,
        script=address_of("editor.js"),
        vocabulary=f"/{lang}/sparql/vocabulary.json?release={service().version or ''}",
    )
    response = Response(page, status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = SCRIPTED
    if error:
        # As every error: scripts of any site may read it.
        response.headers.update(CORS)
    return response


@editor.route("/<any(ca, es, en):lang>/sparql/hints.json", methods=["GET", "POST"])
def advise(lang: str) -> Response:
    """What may make a query slow, which of its names nothing has, what to ask instead, and where that is explained."""
    text = unmarked(request.values.get("query", ""))
    return jsonify(hints=_hints(text, lang), unknown=_unknown(text, lang), help=page_address(SLOW_SHAPES.lstrip("/")))


@editor.post("/<any(ca, es, en):lang>/sparql/names.json")
def name(lang: str) -> Response:
    """How people call each of the resources in ``iris``, one a line: its code and label, and the label's language.

    Raises BadRequest where there are more than MOST_NAMED.
    """
    iris = request.form.get("iris", "").split("\n", MOST_NAMED)
    if len(iris) > MOST_NAMED:
        raise BadRequest(N_("S'hi poden demanar fins a %(most)s noms."), most=MOST_NAMED)
    found = {iri: named for iri, called in _names(iris).items() if (named := _called(called, lang))}
    return jsonify({iri: {"text": text, "lang": tag} for iri, (text, tag) in found.items()})


@editor.get("/<any(ca, es, en):lang>/sparql/values.json")
def values(lang: str) -> Response:
    """The resources that are values of the property ``of``, with their labels: what may stand after it."""
    found = values_of(service().engine, request.args.get("of", ""))
    return jsonify(
        [
            {"iri": iri, "code": called.code or "", "label": (pick(called.labels, lang) or ("", ""))[0]}
            for iri, called in found.items()
        ]
    )


@editor.route("/<any(ca, es, en):lang>/sparql/answer.xlsx", methods=["GET", "POST"])
def spreadsheet(lang: str) -> Response:
    """The answer to the query as a spreadsheet. Raises NotAcceptable where it is no table."""
    text = unmarked(request.values.get("query", "")).strip()
    asked = Asked(SavedQuery(gettext(N_("Consulta SPARQL"), lang), {}, text), {}, None, lang)
    if service().engine.kind_of(QueryRequest(text)) is not Kind.SOLUTIONS:
        raise NotAcceptable(offered=", ".join(form.name for form in (*SOLUTION_FORMATS, *CONSTRUCT_FORMATS)))
    answer = Answer(sources().running, asked, request.host_url)
    response = Response(workbook(answer.table, answer.credits), content_type=XLSX.media_type)
    response.headers["Content-Disposition"] = 'attachment; filename="sparql.xlsx"'
    return response


@editor.get("/<any(ca, es, en):lang>/sparql/differences")
def tell_differences(lang: str) -> str:  # noqa: ARG001 - the frame reads the address's language
    """Where the endpoint answers otherwise than SPARQL says, and how to ask instead."""
    return render_template("differences.html", cases=DIFFERENCES)


@editor.get("/sparql/differences")
def find_differences() -> ResponseReturnValue:
    """To that page in the reader's language."""
    return see_page("sparql/differences")


@editor.get("/<any(ca, es, en):lang>/sparql/vocabulary.json")
def vocabulary(lang: str) -> Response:
    """What the editor completes: prefixes, terms with their labels, and the saved questions that need no value."""
    return jsonify(
        prefixes=dict(NAMESPACES),
        pages={DATA: f"/{lang}/", GRAPH: f"/{lang}/graph/", WP: f"/{lang}/ns#", ONTOLOGY: f"/{lang}/ns"},
        terms=[
            {
                "name": word.name,
                "is_class": word.is_class,
                "label": (pick(word.labels, lang) or ("", ""))[0],
                "definition": (pick(word.definitions, lang) or ("", ""))[0],
            }
            for word in words_of(service().engine)
        ],
        examples={name: plain_text(query.text) for name, query in _examples().items()},
    )


def _examples() -> dict[str, SavedQuery]:
    """The saved questions whose text can be asked as it stands: a value that may be left out is any value there."""
    return {
        name: query
        for name, query in service().queries.items()
        if not any(parameter.is_required for parameter in query.parameters)
    }


def _as_asked(example: SavedQuery) -> str:
    """The SPARQL of *example* with the values of its parameters that the address gives, without its header."""
    given = {p.name: value for p in example.parameters if (value := request.args.get(p.name))}
    return plain_text(bind(example.text, example.request({**example.example(), **given}).bindings))


def _hints(text: str, lang: str) -> list[dict[str, Any]]:
    return [
        {
            "line": hint.line,
            "column": hint.column,
            "sentence": gettext(hint.shape.sentence, lang),
            "rewrite": hint.rewrite,
        }
        for hint in hints(text)
    ]


def _unknown(text: str, lang: str) -> list[dict[str, Any]]:
    """The names in the query *text* that nothing here has, each with what is said of it."""
    said = {
        True: N_("No hi ha res que es digui «%(found)s»; potser volíeu dir «%(near)s»."),
        False: N_("No hi ha res que es digui «%(found)s»; els noms que hi ha són a %(address)s."),
    }
    return [
        {
            "line": unknown.line,
            "column": unknown.column,
            "sentence": sentence(
                said[bool(unknown.near)],
                {"found": unknown.found, "near": unknown.near, "address": f"/{lang}/ns"},
                lang,
            ),
            "rewrite": unknown.rewrite,
        }
        for unknown in unknown_names(service().engine, text)
    ]


def _names(iris: Iterable[str]) -> Mapping[str, Name]:
    """How people call those of *iris* that are IRIs."""
    return names_of(service().engine, iris_among(iris))


def _called(name: Name, lang: str) -> tuple[str, str] | None:
    """Code and label of what has the *name*, with the label's language; None where it has neither."""
    text, tag = pick(name.labels, lang) or ("", "")
    said = " ".join(part for part in (name.code, text) if part)
    return (said, tag) if said else None


def _answered(text: str) -> dict[str, Any]:
    """The answer to the query *text* as the page shows it."""
    engine = service().engine
    asked = QueryRequest(text)
    kind = engine.kind_of(asked)
    if kind is Kind.GRAPH:
        return {"kind": "graph", "text": engine.run(asked, TURTLE).body.decode()}
    parsed = parse_query_results(engine.run(asked, JSON_RESULTS).body, format=QueryResultsFormat.JSON)
    if not isinstance(parsed, QuerySolutions):
        return {"kind": "boolean", "truth": bool(parsed)}
    rows = list(parsed)
    lang = reader_language()
    resources = dict.fromkeys(term.value for row in rows[:SHOWN_ROWS] for term in row if isinstance(term, NamedNode))
    names = _names(list(resources)[:MOST_NAMED])
    called = {iri: found for iri, name in names.items() if (found := _called(name, lang))}
    return {
        "kind": "solutions",
        "columns": [variable.value for variable in parsed.variables],
        "rows": [[_cell(term, called) for term in row] for row in rows[:SHOWN_ROWS]],
        "count": len(rows),
    }


def _cell(
    term: NamedNode | BlankNode | Text | Triple | None, called: Mapping[str, tuple[str, str]]
) -> tuple[Value, Value | None] | None:
    """One term of an answer, and what it is *called* if it is a resource with a name."""
    if term is None:
        return None
    if isinstance(term, NamedNode):
        web = term.value if term.value.startswith(("http://", "https://")) else None
        lang = reader_language()
        name = called.get(term.value)
        beside = Value(name[0], foreign(name[1], lang)) if name else None
        return Value(shortened(term.value), href=page_path(term.value, lang) or web), beside
    if isinstance(term, Text):
        return Value(term.value, term.language or ""), None
    return Value(str(term)), None
