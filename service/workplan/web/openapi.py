"""The service described as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0): every question, and the data routes.

It is made from the catalogue of questions, so that it cannot lie. It may not answer.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from workplan.configuration import Configuration
from workplan.engine.outline import kind_of
from workplan.engine.query import Kind
from workplan.export.answer import LAST_PAGE, RENDERERS, Renderer, Source, known_parameters, renderers_of
from workplan.export.chart import NARROWEST, WIDEST, WIDTH
from workplan.export.palette import THEMES
from workplan.export.plans import FORMS
from workplan.knowledge.choices import Choice, start_values
from workplan.knowledge.plan import plans
from workplan.knowledge.search import LONGEST, MOST_RESULTS
from workplan.language import LANGUAGES, gettext, pick
from workplan.model.errors import N_
from workplan.model.formats import (
    CHART_FORMATS,
    CONSTRUCT_FORMATS,
    CSV,
    CSV_METADATA,
    GRAPH_FORMATS,
    JSON_RESULTS,
    SOLUTION_FORMATS,
    Format,
)
from workplan.model.iris import data_path
from workplan.questions.catalogue import SavedQuery
from workplan.questions.parameters import LONGEST_LITERAL, Parameter
from workplan.release.integrity import VERSION_LENGTH
from workplan.release.search import KINDS

from .data import DESCRIPTION_FORMATS, DUMP_FORMATS

VERSION: Final = "3.1.1"

SHOWN_CHOICES: Final = 50
"""Choices of a parameter that are given as examples: the rest are where the question's page lists them."""

_IRI: Final = r"^(https?://[a-z0-9-]+(\.[a-z0-9-]+)*(/[A-Za-z0-9._~-]*)*|[a-z0-9.-]+(/[A-Za-z0-9._-]+)+)$"
"""A whole IRI, or the path of one of the data; a service takes more, but these are all that anyone needs."""

_SCHEMAS: Final[Mapping[str, Mapping[str, Any]]] = {
    "iri": {"type": "string", "pattern": _IRI},
    "literal": {"type": "string", "minLength": 1, "maxLength": LONGEST_LITERAL},
    "integer": {"type": "integer", "minimum": -(10**18) + 1, "maximum": 10**18 - 1},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}
"""The JSON Schema of each kind of parameter; those of a language are texts."""

_RESULTS: Final = {
    "type": "object",
    "required": ["head"],
    "properties": {
        "head": {
            "type": "object",
            "properties": {"vars": {"type": "array", "items": {"type": "string"}}},
        },
        "results": {
            "type": "object",
            "required": ["bindings"],
            "properties": {"bindings": {"type": "array", "items": {"type": "object"}}},
        },
        "boolean": {"type": "boolean"},
    },
}
"""SPARQL 1.1 Query Results JSON Format (https://www.w3.org/TR/sparql11-results-json/)."""

_SEARCH: Final = {
    "type": "object",
    "required": ["query", "lang", "total", "page", "pages", "allWords", "kinds", "results", "suggestions"],
    "properties": {
        "query": {"type": "string"},
        "lang": {"type": "string", "enum": list(LANGUAGES)},
        "release": {"type": ["string", "null"]},
        "total": {"type": "integer"},
        "page": {"type": "integer"},
        "pages": {"type": "integer"},
        "allWords": {"type": "boolean"},
        "kinds": {"type": "object", "additionalProperties": {"type": "object"}},
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["iri", "page", "kind", "title", "titleParts", "titleLang"],
                "properties": {
                    "iri": {"type": "string"},
                    "page": {"type": "string"},
                    "kind": {"type": "string", "enum": list(KINDS)},
                    "class": {"type": "string"},
                    "code": {"type": "string"},
                    "title": {"type": "string"},
                    "titleParts": {"type": "array", "items": {"type": "object"}},
                    "titleLang": {"type": "string"},
                    "snippet": {"type": "object"},
                    "line": {"type": "integer"},
                    "source": {"type": "string"},
                },
            },
        },
        "suggestions": {"type": "array", "items": {"type": "object"}},
    },
}
"""What a search answers: see docs/search.md."""

_PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
    },
}
"""Problem details (RFC 9457)."""

_ERRORS: Final = {
    "400": N_("Un paràmetre sobra, falta o no té la forma que s'espera; la frase diu quins n'hi ha."),
    "404": N_("No existeix."),
    "403": N_("La consulta vol escriure dades o cridar un altre servei, i aquí no es pot."),
    "406": N_("El format no es pot donar; la frase diu quins n'hi ha."),
    "413": N_("La resposta passa dels límits: mai no es talla."),
    "415": N_("El contingut enviat no és d'un tipus que aquest servei admeti."),
    "503": N_("El servei està ocupat; Retry-After diu quan tornar-hi."),
    "504": N_("La consulta ha esgotat el temps."),
}

_OF_SPARQL: Final = ("403", "415")
"""Errors of the SPARQL endpoint alone."""

Words = Mapping[str, Any]


def describe(source: Source, base: str, lang: str) -> dict[str, Any]:
    """The document of the service at *base* over *source*, for a reader of *lang*."""

    def said(text: str) -> str:
        return gettext(text, lang)

    paths: dict[str, Any] = {}
    for query in source.queries.values():
        paths |= _question(query, source, lang)
    paths |= _routes(source, said, lang)
    return {
        "openapi": VERSION,
        "info": _info(source.config, source.version, lang),
        "servers": [{"url": base.rstrip("/")}],
        # Who asks needs no key: said, it is no omission.
        "security": [],
        "tags": [{"name": tag} for tag in sorted({tag for query in source.queries.values() for tag in query.tags})],
        "paths": paths,
        "components": {
            "schemas": {
                "Results": _RESULTS,
                "Problem": _PROBLEM,
                "Found": _SEARCH,
                **{_answer_name(each): _answer_schema(each) for each in source.queries.values() if _is_table(each)},
            },
            "responses": {
                status: {
                    "description": said(text),
                    "content": {"application/problem+json": {"schema": _ref("Problem")}},
                }
                for status, text in _ERRORS.items()
            },
        },
    }


def _info(config: Configuration, version: str | None, lang: str) -> dict[str, Any]:
    return {
        "title": config.title_in(lang),
        "description": gettext(
            N_("Cada consulta desada és una operació; les dades també es donen per recurs, senceres o amb SPARQL."),
            lang,
        ),
        "version": version or "0",
        "license": {"name": config.licence, "url": config.licence},
        **({"contact": {_contact_key(config.contact): config.contact}} if config.contact else {}),
    }


def _contact_key(contact: str) -> str:
    return "email" if "@" in contact and "://" not in contact else "url"


def _question(query: SavedQuery, source: Source, lang: str) -> dict[str, Any]:
    """The paths that answer *query*: by ``Accept`` or ``format=``, and as a file of each kind, by its extension.

    Files of one kind take the same parameters; those of a chart are asked for by ``format=``.
    """
    name = _camel(query.name)
    offered = [each for each in renderers_of(kind_of(query.text)) if each.form not in CHART_FORMATS]
    paths = {f"/query/{query.name}": {"get": _negotiated(query, source, lang)}}
    if any(each.form is CSV for each in offered):
        paths[f"/query/{query.name}.csv"] = {"get": _file(query, source, lang, f"{name}Csv", [RENDERERS[CSV.name]])}
    others = [each for each in offered if each.form is not CSV]
    paths[f"/query/{query.name}.{{extension}}"] = {"get": _file(query, source, lang, f"{name}File", others)}
    return paths


def _file(query: SavedQuery, source: Source, lang: str, operation: str, offered: Sequence[Renderer]) -> dict[str, Any]:
    """The operation that answers *query* as a file in one of the formats *offered*."""
    extensions = [each.extension for each in offered]
    taken = known_parameters(extensions[0], kind_of(query.text))
    return {
        "operationId": operation,
        "summary": f"{query.title(lang)} ({', '.join(extensions)})",
        "tags": list(query.tags),
        "parameters": [
            *([_extension(extensions)] if len(extensions) > 1 else []),
            *(_parameter(each, (), None, lang) for each in query.parameters),
            *_common(taken, offered, source.config, lang),
        ],
        "responses": _answers(query, offered, lang, is_paged="page" in taken),
    }


def _negotiated(query: SavedQuery, source: Source, lang: str) -> dict[str, Any]:
    """The operation that answers *query* by ``Accept`` or ``format=``."""
    kind = kind_of(query.text)
    choices = source.choices(query)
    start = start_values(query, choices)
    has_chart = query.chart is not None
    taken = known_parameters("", kind, has_chart=has_chart)
    offered = renderers_of(kind, has_chart=has_chart)
    description = [query.question(lang), str(query.header.get("description") or "")]
    return {
        "operationId": _camel(query.name),
        "summary": query.title(lang),
        "description": "\n\n".join(filter(None, description)),
        "tags": list(query.tags),
        "parameters": [
            *(_parameter(each, choices.get(each.name, ()), start.get(each.name), lang) for each in query.parameters),
            *_common(taken, offered, source.config, lang),
        ],
        "responses": {
            **_answers(query, offered, lang, is_paged="page" in taken),
            "303": {"description": gettext(N_("La pàgina de la consulta, per a un navegador."), lang)},
        },
    }


def _answers(query: SavedQuery, offered: Sequence[Renderer], lang: str, *, is_paged: bool) -> dict[str, Any]:
    return {
        "200": {
            "description": gettext(N_("La resposta."), lang),
            "headers": _headers(lang, is_paged=is_paged),
            "content": _content(query, offered),
        },
        "304": {"description": gettext(N_("No ha canviat."), lang)},
        **_errors(),
    }


def _parameter(parameter: Parameter, choices: Sequence[Choice], start: str | None, lang: str) -> dict[str, Any]:
    schema: dict[str, Any] = dict(_SCHEMAS.get(parameter.kind, _SCHEMAS["literal"]))
    if parameter.choices:
        schema = {"type": "string", "enum": list(parameter.choices)}
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "required": parameter.is_required,
        "schema": schema,
    }
    if not parameter.is_required:
        # As a form sends it whose field was left alone.
        described["allowEmptyValue"] = True
    examples = {
        _key(choice.value): {
            "summary": (pick(choice.name.labels, lang) or (choice.value,))[0],
            "value": choice.value,
        }
        for choice in sorted(choices[:SHOWN_CHOICES], key=lambda choice: choice.value != start)
    }
    if examples:
        described["examples"] = examples
    elif start is not None:
        described["example"] = start
    return described


def _common(
    taken: Iterable[str], offered: Sequence[Renderer], config: Configuration, lang: str
) -> list[dict[str, Any]]:
    """The parameters *taken* that every question has."""
    rows = config.limits.rows
    known: dict[str, tuple[str, dict[str, Any]]] = {
        "page": (
            N_("El número de la pàgina, des d'1; les capçaleres Link duen a les altres."),
            {"type": "integer", "minimum": 1, "maximum": LAST_PAGE},
        ),
        "limit": (N_("Les files de cada pàgina."), {"type": "integer", "minimum": 1, "maximum": rows}),
        "lang": (
            N_("La llengua dels noms de les columnes i dels textos."),
            {"type": "string", "enum": list(LANGUAGES)},
        ),
        "excel": (
            N_("Amb 1, un CSV que l'Excel obre bé en la llengua demanada."),
            {"type": "string", "enum": ["0", "1"]},
        ),
        "theme": (
            N_("Els colors d'un gràfic: clars, foscos, o els que vulgui el navegador de qui el mira."),
            {"type": "string", "enum": list(THEMES)},
        ),
        "width": (
            N_("L'amplada d'un gràfic, en píxels."),
            {"type": "integer", "minimum": NARROWEST, "maximum": WIDEST, "default": WIDTH},
        ),
        "bare": (
            N_("Amb 1, el gràfic sense el tema ni la font: per a una pàgina que ja els diu."),
            {"type": "string", "enum": ["0", "1"]},
        ),
        "format": (
            N_("El format, en lloc de la capçalera Accept."),
            {"type": "string", "enum": [each.extension for each in offered if each.form is not CSV_METADATA]},
        ),
    }
    return [
        {"name": name, "in": "query", "description": gettext(known[name][0], lang), "schema": known[name][1]}
        for name in taken
    ]


def _headers(lang: str, *, is_paged: bool) -> dict[str, Any]:
    texts = {
        "ETag": N_("Canvia només amb la publicació."),
        "Link": N_("L'adreça canònica, la citable, la llicència, les metadades i les altres pàgines."),
        **({"X-Total-Count": N_("Les files de totes les pàgines.")} if is_paged else {}),
    }
    return {name: {"description": gettext(text, lang), "schema": {"type": "string"}} for name, text in texts.items()}


def _answer_name(query: SavedQuery) -> str:
    """What the schema of the answer to *query* as JSON is called."""
    name = _camel(query.name)
    return f"{name[:1].upper()}{name[1:]}Answer"


def _is_table(query: SavedQuery) -> bool:
    return any(each.form is JSON_RESULTS for each in renderers_of(kind_of(query.text)))


def _answer_schema(query: SavedQuery) -> dict[str, Any]:
    bindings = {
        "type": "object",
        "properties": {name: {"type": "object", "title": column.label("en")} for name, column in query.columns.items()},
    }
    return {
        "allOf": [
            _ref("Results"),
            {
                "type": "object",
                "properties": {
                    "results": {"type": "object", "properties": {"bindings": {"type": "array", "items": bindings}}}
                },
            },
        ]
    }


def _content(query: SavedQuery, offered: Iterable[Renderer]) -> dict[str, Any]:
    return _bare(each.form for each in offered if each.form is not JSON_RESULTS) | {
        each.form.media_type: {"schema": _ref(_answer_name(query))} for each in offered if each.form is JSON_RESULTS
    }


def _routes(source: Source, said: Any, lang: str) -> dict[str, Any]:
    """The addresses that every network's service has."""
    name = _in_path("name", {"type": "string", "enum": list(source.queries)})
    files = [each.form for each in RENDERERS.values()]
    path = _in_path("path", {"type": "string", "minLength": 1}, source.config.network or None)
    latest = next((data_path(each.iri) for each in plans(source.engine)), None)
    plan = _in_path("path", {"type": "string", "minLength": 1}, latest)
    # Some file or other takes each of them.
    taken = tuple(dict.fromkeys(each for form in files for each in known_parameters(form.name, Kind.SOLUTIONS)))
    version = _in_path("version", {"type": "string", "pattern": f"^[0-9a-f]{{{VERSION_LENGTH}}}$"}, source.version)
    dumps = [_extension([f"{form.name}{end}" for form in DUMP_FORMATS for end in ("", ".gz")])]
    graph_format = _in_query("format", {"type": "string", "enum": [form.name for form in GRAPH_FORMATS]})
    return {
        "/releases/{version}/query/{name}.{extension}": _get(
            "pinnedQueryFile",
            said(N_("La mateixa resposta, sempre la d'aquella publicació")),
            [version, name, _extension([form.name for form in files]), *_common(taken, (), source.config, lang)],
            files,
        ),
        "/id/{path}": {
            "get": {
                "operationId": "identify",
                "summary": said(N_("Un recurs: porta a la seva pàgina o a la seva descripció")),
                "parameters": [path],
                "responses": {"303": {"description": said(N_("On és descrit."))}, **_errors()},
            }
        },
        "/data/{path}.{extension}": _get(
            "describe",
            said(N_("La descripció d'un recurs")),
            [path, _extension([form.name for form in DESCRIPTION_FORMATS])],
            DESCRIPTION_FORMATS,
        ),
        "/export/{path}.{extension}": _get(
            "exportPlan",
            said(N_("Un pla sencer, com el prenen altres eines")),
            [plan, _extension([form.name for form in FORMS.values()])],
            tuple(FORMS.values()),
        ),
        "/sparql": _sparql(said),
        "/rdf-graph-store": _get(
            "graph",
            said(N_("Un graf, pel seu IRI")),
            [_in_query("graph", {"type": "string", "format": "uri"}, is_required=True)],
            GRAPH_FORMATS,
        ),
        "/search.json": _search(said),
        "/ns": _get("ontology", said(N_("L'ontologia")), [graph_format], GRAPH_FORMATS),
        "/shapes": _get("shapes", said(N_("Les formes SHACL")), [graph_format], GRAPH_FORMATS),
        "/shapes.csv": _get(
            "profile",
            said(N_("El que demanen les formes, com a taula DCTAP")),
            [_in_query("lang", {"type": "string", "enum": list(LANGUAGES)})],
            [CSV],
        ),
        "/dump.{extension}": _get("dump", said(N_("Totes les dades")), dumps, DUMP_FORMATS, is_compressed=True),
        "/releases/{version}/dump.{extension}": _get(
            "pinnedDump",
            said(N_("Totes les dades d'una publicació")),
            [version, *dumps],
            DUMP_FORMATS,
            is_compressed=True,
        ),
    }


def _sparql(said: Any) -> dict[str, Any]:
    """The operations of the SPARQL endpoint (SPARQL 1.1 Protocol, section 2.1)."""
    forms = [*SOLUTION_FORMATS, *CONSTRUCT_FORMATS]
    iris = {"type": "array", "items": {"type": "string", "format": "uri"}}
    asked = {"type": "string", "minLength": 1}
    example = "ASK { ?s ?p ?o }"
    given: dict[str, tuple[str, Words]] = {
        "default-graph-uri": (N_("Els grafs que fan el graf per defecte, en lloc de la unió de tots."), iris),
        "named-graph-uri": (N_("Els grafs amb nom que es poden demanar amb GRAPH."), iris),
        "format": (
            N_("El format, en lloc de la capçalera Accept."),
            {"type": "string", "enum": list(dict.fromkeys(form.name for form in forms))},
        ),
    }
    parameters = [{**_in_query(name, schema), "description": said(text)} for name, (text, schema) in given.items()]
    form = {
        "type": "object",
        "required": ["query"],
        "properties": {"query": asked, **{name: schema for name, (_, schema) in given.items()}},
    }
    answers = {"200": {"description": said(N_("La resposta.")), "content": _bare(forms)}}
    return {
        "get": {
            "operationId": "sparql",
            "summary": said(N_("Una consulta SPARQL 1.1")),
            "parameters": [_in_query("query", asked, example, is_required=True), *parameters],
            "responses": {
                **answers,
                "304": {"description": said(N_("No ha canviat."))},
                **_errors(("403",)),
            },
        },
        "post": {
            "operationId": "sparqlPost",
            "summary": said(N_("Una consulta SPARQL 1.1, al cos")),
            "parameters": parameters,
            "requestBody": {
                "required": True,
                "content": {
                    "application/x-www-form-urlencoded": {"schema": form, "example": {"query": example}},
                    "application/sparql-query": {"schema": {"type": "string"}, "example": example},
                },
            },
            "responses": {**answers, **_errors(_OF_SPARQL)},
        },
    }


def _search(said: Any) -> dict[str, Any]:
    """The operation that finds resources by words."""
    given: list[tuple[str, str, Words]] = [
        ("q", N_("El que se cerca: paraules o un codi."), {"type": "string", "minLength": 1, "maxLength": LONGEST}),
        (
            "lang",
            N_("La llengua dels noms de les columnes i dels textos."),
            {"type": "string", "enum": list(LANGUAGES)},
        ),
        ("kind", N_("Només els resultats d'aquest tipus."), {"type": "string", "enum": list(KINDS)}),
        (
            "in",
            N_("La xarxa o el pla en què se cerca, pel seu camí."),
            {"type": "string", "pattern": "^[a-z0-9-]+(/[A-Za-z0-9._-]+)*$"},
        ),
        ("limit", N_("Els resultats de cada pàgina."), {"type": "integer", "minimum": 1, "maximum": MOST_RESULTS}),
        (
            "page",
            N_("El número de la pàgina, des d'1; les capçaleres Link duen a les altres."),
            {"type": "integer", "minimum": 1, "maximum": LAST_PAGE},
        ),
        ("prefix", N_("Amb 1, l'última paraula pot ser a mig escriure."), {"type": "string", "enum": ["0", "1"]}),
    ]
    parameters: list[Words] = [
        {**_in_query(name, schema, is_required=name == "q"), "description": said(text)} for name, text, schema in given
    ]
    described = _get("search", said(N_("Cerca en tots els textos")), parameters, [])
    described["get"]["responses"]["200"]["content"] = {"application/json": {"schema": _ref("Found")}}
    return described


def _get(
    operation: str, summary: str, parameters: list[Words], forms: Sequence[Format], *, is_compressed: bool = False
) -> dict[str, Any]:
    content = _bare(forms) | ({"application/gzip": {}} if is_compressed else {})
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "200": {"description": summary, "content": content},
                "303": {"description": summary},
                "304": {"description": summary},
                **_errors(),
            },
        }
    }


def _bare(forms: Iterable[Format]) -> dict[str, Any]:
    """What an answer holds in each of *forms*: text where it is text, which generated clients would take for JSON."""
    return {
        form.media_type: {"schema": {"type": "string"}} if form.is_text or form.media_type.endswith("+xml") else {}
        for form in forms
    }


def _errors(also: Sequence[str] = ()) -> dict[str, Any]:
    """The errors that any address may answer with, and *also* those of its own."""
    return {
        status: {"$ref": f"#/components/responses/{status}"}
        for status in _ERRORS
        if status not in _OF_SPARQL or status in also
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _extension(names: Sequence[str]) -> Words:
    return _in_path("extension", {"type": "string", "enum": list(names)})


def _in_path(name: str, schema: Words, example: str | None = None) -> Words:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": schema,
        **({"example": example} if example else {}),
    }


def _in_query(name: str, schema: Words, example: str | None = None, *, is_required: bool = False) -> Words:
    return {
        "name": name,
        "in": "query",
        "required": is_required,
        "schema": schema,
        **({"example": example} if example else {}),
    }


def _camel(name: str) -> str:
    first, *others = name.split("-")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def _key(value: str) -> str:
    """The end of an IRI as the name of an example, which takes no slashes (OpenAPI, section 4.8.7.1)."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", "-".join(value.rstrip("/").split("/")[-2:]))
