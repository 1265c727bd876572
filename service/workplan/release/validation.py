"""The one door to pySHACL: data, shapes and background in, a report out.

It may not read files. rdflib and pySHACL are imported where they are used, because a query needs neither.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, cached_property
from itertools import chain, count
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from workplan.language import LANGUAGES, language_of, pick
from workplan.model.namespaces import DATA, NAMESPACES, ONTOLOGY
from workplan.model.words import normalised, stems, words_of
from workplan.release.fault import Fault, prefixed
from workplan.release.identifiers import identifier_faults
from workplan.release.reading import Reading, Statement, Term, silenced_literals, to_graph, to_node, to_term
from workplan.release.report import Finding, Named, Place, Report, Severity
from workplan.release.terms import deprecation_rules, unknown_rules
from workplan.release.values import value_faults

if TYPE_CHECKING:
    from rdflib import BNode, Graph, URIRef
    from rdflib.plugins.sparql.sparql import Query
    from rdflib.query import Result
    from rdflib.term import Node

_SH: Final = NAMESPACES["sh"]
_RDF: Final = NAMESPACES["rdf"]
_SEVERITIES: Final[Mapping[str, Severity]] = {
    _SH + "Violation": Severity.VIOLATION,
    _SH + "Warning": Severity.WARNING,
    _SH + "Info": Severity.INFO,
}
_OF_A_VALUE: Final = tuple(f"{_SH}{name}ConstraintComponent" for name in ("Class", "Node", "SPARQL"))
"""What a rule breaks that says what a value must be: another may have been meant."""

_LABEL_PROPERTIES: Final = (NAMESPACES["skos"] + "prefLabel", NAMESPACES["rdfs"] + "label")
_CALLED: Final = (*_LABEL_PROPERTIES, NAMESPACES["skos"] + "altLabel")
_IN_SCHEME: Final = NAMESPACES["skos"] + "inScheme"
_RDF_TYPE: Final = NamedNode(_RDF + "type")
_CODE: Final = NAMESPACES["wp"] + "code"


def validate(
    readings: Sequence[Reading],
    shapes: Sequence[Reading],
    background: Sequence[Reading] = (),
    derived: Sequence[Reading] = (),
) -> Report:
    """The report on *readings* and on what is *derived* from them, judged by *shapes* in the light of *background*.

    *background* is the ontology and the concept schemes: it tells which class is below which and which values a list
    has. What is wrong with the background itself, or with what follows from it, is not reported, unless it is also
    given as data. What it deprecates, data are warned of; a term of ours that it does not have, they may not use.
    What no value of any property may be, and no identifier, is told too, unless a shape tells of it in its own words.
    """
    data = to_graph([*readings, *background, *derived], into=_graph_that_parses_a_query_once())
    rules = to_graph([*shapes, deprecation_rules([*background, *readings]), unknown_rules(readings, background)])
    results = _run(data, rules)
    described = _subjects([*readings, *background, *derived])
    _tell(results, [*value_faults(readings, described), *identifier_faults(readings, described)])
    places = _Places.of([*readings, *derived])
    judged = _subjects(readings) | (_subjects(derived) - _subjects(background))
    describer = _Describer(data)
    found = [
        (_finding(result, results, rules, describer, places), result)
        for result in results.objects(predicate=_node(_SH + "result"))
        if to_term(_only(results, result, _SH + "focusNode")) in judged
    ]
    found.sort(key=lambda pair: _order(pair[0]))
    with silenced_literals():
        graph = _report_graph(found, results).serialize(format="turtle")
    return Report(results=tuple(finding for finding, _ in found), files=len(readings), graph=graph)


def _subjects(readings: Iterable[Reading]) -> set[Term]:
    """The resources of which *readings* say something."""
    return {subject for reading in readings for subject, _, _ in reading.lines}


def _tell(results: "Graph", faults: Iterable[Fault]) -> None:
    """Write *faults* into the report graph *results*, but for those of a value of which a shape has told."""
    import rdflib
    from rdflib.namespace import RDF, SH

    known = {
        tuple(results.value(result, about) for about in (SH.focusNode, SH.resultPath, SH.value))
        for result in results.objects(predicate=SH.result)
    }
    (report,) = results.subjects(RDF.type, SH.ValidationReport)
    with silenced_literals():
        for fault in faults:
            about = tuple(
                None if term is None else to_node(term) for term in (fault.focus, fault.property, fault.value)
            )
            if about in known:
                continue
            result = rdflib.BNode()
            results.add((report, SH.result, result))
            results.add((result, RDF.type, SH.ValidationResult))
            for predicate, node in zip((SH.focusNode, SH.resultPath, SH.value), about, strict=True):
                if node is not None:
                    results.add((result, predicate, node))
            results.add((result, SH.resultSeverity, _node(_SH + fault.severity.name.capitalize())))
            results.add((result, SH.sourceConstraintComponent, _node(_SH + fault.component)))
            results.add((result, SH.sourceShape, _node(NAMESPACES["wpsh"] + fault.rule)))
            for lang, message in fault.messages().items():
                results.add((result, SH.resultMessage, rdflib.Literal(message, lang=lang)))


def _run(data: "Graph", rules: "Graph") -> "Graph":
    """The report graph of pySHACL on *data*."""
    import rdflib
    from pyshacl import validate as run

    with silenced_literals():
        _, results, text = run(
            data,
            shacl_graph=rules,
            inference="none",
            advanced=False,
            meta_shacl=False,
            do_owl_imports=False,
            js=False,
            allow_infos=True,
            allow_warnings=True,
        )
    if not isinstance(results, rdflib.Graph):
        raise TypeError(f"the shapes cannot be run: {text}")
    return results


@cache
def _parsed(query: str) -> "Query":
    """The parsed form of *query*; there are as many as there are queries in the shapes."""
    from rdflib.plugins.sparql import prepareQuery

    return prepareQuery(query)


def _graph_that_parses_a_query_once() -> "Graph":
    """An empty graph that keeps the parsed form of each query text.

    pySHACL asks the text of a constraint anew for each resource, and parsing it costs rdflib more than answering.
    """
    import rdflib

    class Parsed(rdflib.Graph):
        """A graph that parses each query text once."""

        def query(self, query_object: "str | Query", *args: Any, **kwargs: Any) -> "Result":
            """The answer to *query_object*."""
            known = _parsed(query_object) if isinstance(query_object, str) else query_object
            return super().query(known, *args, **kwargs)

    return Parsed()


def _node(iri: str) -> "URIRef":
    from rdflib import URIRef

    return URIRef(iri)


def _only(graph: "Graph", subject: "Node", predicate: str) -> Any:
    """The one value of *predicate* for *subject* in *graph*, or None."""
    return graph.value(subject, _node(predicate))


def _order(finding: Finding) -> tuple[Any, ...]:
    """Worst first, then by resource, rule and value, so that one input has one report."""
    value = finding.value.key if finding.value else ""
    natural = [part.zfill(9) if part.isdecimal() else part for part in re.split(r"(\d+)", finding.focus.key)]
    return finding.severity, natural, finding.shape, value


def _finding(result: "Node", results: "Graph", rules: "Graph", described: "_Describer", places: "_Places") -> Finding:
    """*result* of the report graph *results*, with what *rules*, data and files know about it."""
    from rdflib import Literal

    focus = _only(results, result, _SH + "focusNode")
    path = _only(results, result, _SH + "resultPath")
    shape = _only(results, result, _SH + "sourceShape")
    component = str(_only(results, result, _SH + "sourceConstraintComponent"))
    value = _only(results, result, _SH + "value")
    if value == focus:
        value = None  # SHACL repeats the focus as the value of a rule on the resource itself
    constraint = _only(results, result, _SH + "sourceConstraint")
    # pySHACL fills in a query's messages at the cost of their language, so that they are taken from the rule itself.
    if constraint is None:
        templates = results.objects(result, _node(_SH + "resultMessage"))
    else:
        templates = rules.objects(constraint, _node(_SH + "message"))
    named_value = None if value is None else described.named(value)
    messages = {
        message.language or "": _filled(str(message), named_value, message.language or "")
        for message in templates
        if isinstance(message, Literal)
    }
    return Finding(
        severity=_SEVERITIES[str(_only(results, result, _SH + "resultSeverity"))],
        focus=described.named(focus),
        path=None if path is None else _path_text(results, path),
        value=named_value,
        near=described.nearest(value, _kind(rules, shape), _scheme(rules, shape)) if component in _OF_A_VALUE else None,
        messages=dict(sorted(messages.items())),
        shape=str(shape),
        component=component,
        where=places.where(
            to_term(focus),
            () if path is None else tuple(_first_steps(results, path)),
            None if value is None else to_term(value),
        ),
    )


def _kind(rules: "Graph", shape: "Node") -> "Node | None":
    """The class of which *shape*, or another shape of the same property, wants the values to be, if any."""
    path = _only(rules, shape, _SH + "path")
    alike = () if path is None else sorted(rules.subjects(_node(_SH + "path"), path), key=str)
    found = (_only(rules, each, _SH + "class") for each in (shape, *alike))
    return next((kind for kind in found if kind is not None), None)


def _scheme(rules: "Graph", shape: "Node") -> "Node | None":
    """The concept scheme from which *shape* wants its values, if any."""
    node = _only(rules, shape, _SH + "node")
    member = None if node is None else _only(rules, node, _SH + "property")
    scheme = None if member is None else _only(rules, member, _SH + "hasValue")
    return scheme if str(scheme).startswith(DATA) else None


def _filled(template: str, value: Named | None, lang: str) -> str:
    """*template* with its mark for the value, if any, filled in."""
    return template.replace("{?value}", value.short(lang)) if value else template


def _path_text(graph: "Graph", path: "Node", *, nested: bool = False) -> str:
    """*path* as SPARQL writes it, with the project's prefixes."""
    from rdflib import URIRef
    from rdflib.collection import Collection

    if isinstance(path, URIRef):
        return prefixed(str(path))
    if (inverse := _only(graph, path, _SH + "inversePath")) is not None:
        return "^" + _path_text(graph, inverse, nested=True)
    if (repeated := _only(graph, path, _SH + "zeroOrMorePath")) is not None:
        return _path_text(graph, repeated, nested=True) + "*"
    alternatives = _only(graph, path, _SH + "alternativePath")
    steps = Collection(graph, path if alternatives is None else alternatives)
    text = ("/" if alternatives is None else "|").join(_path_text(graph, step, nested=True) for step in steps)
    return f"({text})" if nested else text


def _first_steps(graph: "Graph", path: "Node", *, is_inverse: bool = False) -> "Iterator[tuple[Term, bool]]":
    """The properties by which *path* may leave the focus, each with whether it is followed backwards."""
    from rdflib import URIRef
    from rdflib.collection import Collection

    if isinstance(path, URIRef):
        yield to_term(path), is_inverse
    elif (inverse := _only(graph, path, _SH + "inversePath")) is not None:
        yield from _first_steps(graph, inverse, is_inverse=not is_inverse)
    elif (alternatives := _only(graph, path, _SH + "alternativePath")) is not None:
        for step in Collection(graph, alternatives):
            yield from _first_steps(graph, step, is_inverse=is_inverse)
    elif (first := _only(graph, path, _RDF + "first")) is not None:
        yield from _first_steps(graph, first, is_inverse=is_inverse)


def _report_graph(found: "Iterable[tuple[Finding, Node]]", results: "Graph") -> "Graph":
    """The SHACL report of *found*, with the languages of the messages and the same order for the same input."""
    import rdflib

    graph = rdflib.Graph(bind_namespaces="none")
    for prefix, namespace in NAMESPACES.items():
        graph.bind(prefix, namespace)
    numbers = count()

    copies: dict[Node, BNode] = {}

    def copy(node: "Node", without: "URIRef | None" = None) -> "BNode":
        """The blank *node* and all that hangs from it, less one property; once, though it may hang from itself."""
        if node in copies:
            return copies[node]
        new = copies[node] = rdflib.BNode(f"n{next(numbers):06d}")
        for predicate, value in sorted(results.predicate_objects(node), key=str):
            if predicate != without:
                graph.add((new, predicate, copy(value) if isinstance(value, rdflib.BNode) else value))
        return new

    report = rdflib.BNode(f"n{next(numbers):06d}")
    message = _node(_SH + "resultMessage")
    conforms = True
    for finding, result in found:
        conforms &= finding.severity is not Severity.VIOLATION
        new = copy(result, without=message)
        graph.add((report, _node(_SH + "result"), new))
        for lang, text in finding.messages.items():
            graph.add((new, message, rdflib.Literal(text, lang=lang or None)))
    graph.add((report, _node(_RDF + "type"), _node(_SH + "ValidationReport")))
    graph.add((report, _node(_SH + "conforms"), rdflib.Literal(conforms)))
    return graph


class _Describer:
    """What people call the resources of one graph; it remembers what it has looked up."""

    def __init__(self, graph: "Graph") -> None:
        self._graph = graph
        self._named: dict[Node, Named] = {}
        self._siblings: dict[str, dict[str, Node]] = {}

    def named(self, node: "Node") -> Named:
        """How people call *node*."""
        if node not in self._named:
            self._named[node] = self._look_up(node)
        return self._named[node]

    def nearest(self, node: "Node", kind: "Node | None", scheme: "Node | None" = None) -> Named | None:
        """The resource that *node*, of which nothing is said, may be meant to be.

        Its identifier differs at the end; or *node* is the end or the code of it alone, of those of the class *kind*;
        or a word of what it alone is called, of those beside it or in *scheme*.
        """
        from rdflib import RDF, URIRef

        if not isinstance(node, URIRef) or (node, None, None) in self._graph:
            return None
        parent, _, last = str(node).rpartition("/")
        if parent not in self._siblings:
            self._siblings[parent] = {
                name.lower(): subject
                for subject in self._graph.subjects(unique=True)
                if isinstance(subject, URIRef) and (name := subject.removeprefix(parent + "/")) != subject
            }
        if close := get_close_matches(last.lower(), self._siblings[parent], n=1):
            return self.named(self._siblings[parent][close[0]])
        meant = [
            each for each in self._ending.get(last.lower(), ()) if not kind or (each, RDF.type, kind) in self._graph
        ]
        if not meant:
            members = set(self._graph.subjects(_node(_IN_SCHEME), scheme)) if scheme else set()
            meant = self._called(last, members or set(self._siblings[parent].values()))
        return self.named(meant[0]) if len(meant) == 1 else None

    def _called(self, name: str, among: "Iterable[Node]") -> "list[Node]":
        """Those of *among* whose labels have all the words of *name*, whatever their case, accents and endings."""
        from rdflib import Literal

        asked = list(words_of(normalised(re.sub(r"[-_]+", " ", name))))
        found = []
        for each in among:
            labels = [o for predicate in _CALLED for o in self._graph.objects(each, _node(predicate))]
            known = [
                (lang, words_of(normalised(str(label))))
                for label in labels
                if isinstance(label, Literal) and (lang := language_of(label.language or "")) in LANGUAGES
            ]
            roots = {(lang, root) for lang, words in known for word in words for root in stems(word.plain, lang)}
            if asked and any(
                all(any((lang, root) in roots for root in stems(word.plain, lang)) for word in asked)
                for lang in LANGUAGES
            ):
                found.append(each)
        return found

    @cached_property
    def _ending(self) -> dict[str, set["Node"]]:
        """The resources of ours by how their identifier ends and by their code, in small letters."""
        from rdflib import URIRef

        found: dict[str, set[Node]] = defaultdict(set)
        for subject in self._graph.subjects(unique=True):
            if isinstance(subject, URIRef) and subject.startswith(DATA):
                found[subject.rpartition("/")[2].lower()].add(subject)
        for subject, code in self._graph.subject_objects(_node(_CODE)):
            found[str(code).lower()].add(subject)
        return found

    def _look_up(self, node: "Node") -> Named:
        from rdflib import BNode, Literal

        if isinstance(node, Literal):
            return Named(str(node), {}, "", {})
        key = f"_:{node}" if isinstance(node, BNode) else str(node)
        codes = sorted(str(code) for code in self._graph.objects(node, _node(_CODE)))
        return Named(key, self._kinds(node), codes[0] if codes else "", self._labels(node))

    def _labels(self, node: "Node") -> dict[str, tuple[str, str]]:
        from rdflib import Literal

        texts = {
            (str(label), label.language or "")
            for predicate in _LABEL_PROPERTIES
            for label in self._graph.objects(node, _node(predicate))
            if isinstance(label, Literal)
        }
        return {lang: picked for lang in LANGUAGES if (picked := pick(texts, lang))}

    def _kinds(self, node: "Node") -> dict[str, str]:
        """The label, by language, of the most specific class of ours that *node* has."""
        from rdflib.namespace import RDF, RDFS

        classes = {c for c in self._graph.objects(node, RDF.type) if str(c).startswith(ONTOLOGY)}
        above = {up for c in classes for up in self._graph.transitive_objects(c, RDFS.subClassOf) if up != c}
        own = sorted(classes - above, key=str)
        return {lang: text for lang, (text, _) in self._labels(own[0]).items()} if own else {}


@dataclass(frozen=True)
class _Places:
    """Where each statement, resource and mention is written; of several places, the first."""

    exact: dict[Statement, Place] = field(default_factory=dict)
    forward: dict[tuple[Term, Term], Place] = field(default_factory=dict)
    backward: dict[tuple[Term, Term], Place] = field(default_factory=dict)
    typed: dict[Term, Place] = field(default_factory=dict)
    first: dict[Term, Place] = field(default_factory=dict)

    @classmethod
    def of(cls, readings: Iterable[Reading]) -> "_Places":
        """The places of all that *readings* say."""
        places = cls()
        for reading in readings:
            for statement, line in reading.lines.items():
                subject, predicate, value = statement
                place = Place(reading.name, line)
                places.exact.setdefault(statement, place)
                places.forward.setdefault((subject, predicate), place)
                places.backward.setdefault((value, predicate), place)
                places.first.setdefault(subject, place)
                if predicate == _RDF_TYPE:
                    places.typed.setdefault(subject, place)
        return places

    def where(self, focus: Term, steps: Iterable[tuple[Term, bool]], value: Term | None) -> Place | None:
        """The line to mend: the offending statement's, else that of the property, else that of the resource."""
        followed = tuple(steps)
        exact = (self.exact.get((focus, step, value)) for step, inverse in followed if value and not inverse)
        near = ((self.backward if inverse else self.forward).get((focus, step)) for step, inverse in followed)
        return next((place for place in chain(exact, near) if place), self.typed.get(focus) or self.first.get(focus))
