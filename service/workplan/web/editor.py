"""The SPARQL editor: a form that answers on the same page, and what a script needs to make more of it.

It may not need the script: whatever can be asked with it can be asked without.
"""

from typing import Any, Final
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, render_template, request
from pyoxigraph import BlankNode, NamedNode, QueryResultsFormat, QuerySolutions, Triple, parse_query_results
from pyoxigraph import Literal as Text

from workplan.engine.binding import bind
from workplan.engine.hints import hints
from workplan.engine.query import Kind, QueryRequest
from workplan.knowledge.vocabulary import words_of
from workplan.language import gettext, pick, sentence
from workplan.model.encoding import unmarked
from workplan.model.errors import RequestError, StoreError
from workplan.model.formats import CONSTRUCT_FORMATS, JSON_RESULTS, SOLUTION_FORMATS, TURTLE
from workplan.model.iris import page_path
from workplan.model.namespaces import DATA, GRAPH, NAMESPACES, ONTOLOGY, WP
from workplan.questions.catalogue import SavedQuery, plain_text

from .assets import address_of
from .cors import CORS
from .data import keep, service
from .errors import SLOW_SHAPES, where
from .headers import SCRIPTED
from .reader import page_address, reader_language
from .resource import Value, shortened
from .themes import themes_of

editor = Blueprint("editor", __name__)
editor.after_request(keep)

SHOWN_ROWS: Final = 500
"""Rows of an answer that the page shows; the downloads hold them all."""

LONGEST_ADDRESS: Final = 8 * 1024
"""Bytes of an address that a query may be shared by: proxies and mail programs cut or refuse longer ones."""

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
    """What may make a query slow, how to ask it instead, and where that is explained."""
    found = _hints(unmarked(request.values.get("query", "")), lang)
    return jsonify(hints=found, help=page_address(SLOW_SHAPES.lstrip("/")))


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
        examples={name: query.text for name, query in _examples().items()},
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
    return {
        "kind": "solutions",
        "columns": [variable.value for variable in parsed.variables],
        "rows": [[_cell(term) for term in row] for row in rows[:SHOWN_ROWS]],
        "count": len(rows),
    }


def _cell(term: NamedNode | BlankNode | Text | Triple | None) -> Value | None:
    """One term of an answer."""
    if term is None:
        return None
    if isinstance(term, NamedNode):
        web = term.value if term.value.startswith(("http://", "https://")) else None
        return Value(shortened(term.value), href=page_path(term.value, reader_language()) or web)
    if isinstance(term, Text):
        return Value(term.value, term.language or "")
    return Value(str(term))
