"""The saved queries of a home as part of a release: each checked and asked before anyone else can ask it.

It may not mend a query: a broken one stops the release.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, QueryResultsFormat, QuerySolutions, parse_query_results

from workplan.engine.outline import kind_of
from workplan.engine.query import Kind, QueryEngine
from workplan.language import LANGUAGES
from workplan.model.errors import N_, QuestionsInvalid, UnreadableData, WorkplanError
from workplan.model.formats import JSON_RESULTS, TURTLE
from workplan.model.iris import data_iri, graph_iri
from workplan.model.namespaces import NAMESPACES, ONTOLOGY
from workplan.questions.catalogue import SavedQuery, query_files, read_query
from workplan.questions.checking import Fault, faults_of, faults_of_columns
from workplan.questions.rewriting import count_of, page_of

DESCRIPTIONS: Final = NamedNode(graph_iri("queries"))
"""The graph that describes the saved queries."""

_COMPETENCY: Final = "cq-"
"""How the names begin, or once began, of the questions that the ontology was made to answer."""

_SH: Final = NAMESPACES["sh"]
_FORMS: Final = {
    Kind.SOLUTIONS: ("SPARQLSelectExecutable", "select"),
    Kind.BOOLEAN: ("SPARQLAskExecutable", "ask"),
    Kind.GRAPH: ("SPARQLConstructExecutable", "construct"),
}


def read_questions(folders: tuple[Path, ...], allowed_services: Collection[str]) -> dict[str, tuple[SavedQuery, Path]]:
    """The saved queries of *folders* with their files, by name. Raises QuestionsInvalid with every fault found."""
    faults: list[Fault] = []
    read: dict[str, tuple[SavedQuery, Path]] = {}
    files = query_files(folders)
    for name, file in files.items():
        try:
            read[name] = (read_query(file), file)
        except UnreadableData as error:
            faults.append(Fault(file, error.values["line"], error.values["cause"]))
    for query, file in read.values():
        faults += faults_of(query, file, files, allowed_services)
    _raise_any(faults)
    return read


def ask_all(read: Mapping[str, tuple[SavedQuery, Path]], engine: QueryEngine) -> None:
    """Ask *engine* every question, whole and by page. Raises QuestionsInvalid with every fault found."""
    _raise_any([fault for query, file in read.values() for fault in _faults_of_answer(query, file, engine)])


def _raise_any(faults: list[Fault]) -> None:
    if faults:
        raise QuestionsInvalid(count=len(faults), faults=faults)


def _faults_of_answer(query: SavedQuery, file: Path, engine: QueryEngine) -> Iterator[Fault]:
    try:
        request = query.request(query.example())
        if engine.kind_of(request) is not Kind.SOLUTIONS:
            engine.run(request, TURTLE if engine.kind_of(request) is Kind.GRAPH else JSON_RESULTS)
            return
        answer = parse_query_results(engine.run(request, JSON_RESULTS).body, format=QueryResultsFormat.JSON)
        if not isinstance(answer, QuerySolutions):
            return
        variables = [variable.value for variable in answer.variables]
        yield from faults_of_columns(query, file, variables)
        yield from _faults_of_cells(query, file, variables, answer)
        for text in (page_of(query.text, variables, 0, 1), count_of(query.text)):
            engine.run(query.request(query.example(), text), JSON_RESULTS)
    except WorkplanError as error:
        yield Fault(file, error.values.get("line", 1), error.text, error.values)


def _faults_of_cells(query: SavedQuery, file: Path, variables: list[str], answer: QuerySolutions) -> Iterator[Fault]:
    """One fault for each column that holds what is not of its kind."""
    unlike: dict[str, str] = {}
    for row in answer:
        for name, term in zip(variables, row, strict=True):
            if name in query.columns and not query.columns[name].fits(term):
                unlike.setdefault(name, str(term))
    for name, term in unlike.items():
        yield Fault(
            file,
            query.lines.get("columns", 1),
            N_("la columna «%(name)s» és de tipus «%(kind)s», però hi ha %(term)s."),
            {"name": name, "kind": query.columns[name].kind, "term": term},
        )


def question_iri(name: str) -> str:
    """The IRI of the saved query *name*."""
    return data_iri(f"query/{name}")


def describe_all(queries: Mapping[str, SavedQuery], licence: str) -> list[Quad]:
    """*queries* as SHACL executables, so that editors which read them offer them unasked.

    After https://www.w3.org/TR/shacl-af/#SPARQLExecutable and the examples of https://github.com/sib-swiss/sparql-examples.
    Those that the ontology was made to answer are also said of it, as its competency questions (https://w3id.org/mod).
    """
    return [quad for query in queries.values() for quad in _described(query, licence)]


def _described(query: SavedQuery, licence: str) -> Iterator[Quad]:
    this = NamedNode(question_iri(query.name))
    kind, text = _FORMS[kind_of(query.text)]
    body = "".join(line for line in query.text.splitlines(keepends=True) if not line.startswith("#+"))
    facts: list[tuple[str, NamedNode | Literal]] = [
        (NAMESPACES["rdf"] + "type", NamedNode(_SH + "SPARQLExecutable")),
        (NAMESPACES["rdf"] + "type", NamedNode(_SH + kind)),
        (_SH + text, Literal(body)),
        (NAMESPACES["dcterms"] + "license", NamedNode(licence)),
        *((NAMESPACES["schema"] + "keywords", Literal(tag)) for tag in query.tags),
        *((NAMESPACES["rdfs"] + "label", Literal(query.title(lang), language=lang)) for lang in LANGUAGES),
        *((NAMESPACES["rdfs"] + "comment", Literal(query.question(lang), language=lang)) for lang in LANGUAGES),
        *(
            (NAMESPACES["skos"] + "hiddenLabel", Literal(word, language=lang))
            for lang in LANGUAGES
            for word in query.words(lang)
        ),
    ]
    for predicate, value in facts:
        yield Quad(this, NamedNode(predicate), value, DESCRIPTIONS)
    for name in query.former_names:
        yield Quad(NamedNode(question_iri(name)), NamedNode(NAMESPACES["dcterms"] + "isReplacedBy"), this, DESCRIPTIONS)
    if any(name.startswith(_COMPETENCY) for name in (query.name, *query.former_names)):
        for lang in LANGUAGES:
            asked = Literal(query.question(lang), language=lang)
            yield Quad(NamedNode(ONTOLOGY), NamedNode(NAMESPACES["mod"] + "competencyQuestion"), asked, DESCRIPTIONS)
