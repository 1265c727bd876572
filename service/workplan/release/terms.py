"""The terms that data should not use, as rules that they are judged by: the deprecated, and those that nobody made.

A misspelt term is a term as any other in RDF, and no rule looks at what it says. It may not read files.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from workplan.language import LANGUAGES, sentence
from workplan.model.errors import N_
from workplan.model.namespaces import NAMESPACES, ONTOLOGY, WP
from workplan.model.words import nearest

from .reading import Reading, Statement, Term


def _iri(prefix: str, name: str) -> NamedNode:
    return NamedNode(NAMESPACES[prefix] + name)


def _local_name(iri: str) -> str:
    return re.split(r"[#/]", iri)[-1]


_TYPE: Final = _iri("rdf", "type")
_CLASS: Final = (_TYPE, _iri("owl", "Class"))
_KINDS: Final = frozenset(
    _iri("owl", name)
    for name in ("AnnotationProperty", "Class", "DatatypeProperty", "NamedIndividual", "ObjectProperty", "Ontology")
)
"""What is of one of these is declared."""

_DEPRECATED: Final = (_iri("owl", "deprecated"), Literal("true", datatype=_iri("xsd", "boolean")))
_MESSAGE: Final = _iri("sh", "message")
_SAID: Final = (
    (_MESSAGE, _iri("skos", "changeNote")),
    (_iri("sh", "name"), _iri("rdfs", "label")),
)
"""What a rule says, and what of the term's record it is."""

_OURS: Final = re.compile(r"https?://w3id\.org/sse-workplan\b")
"""How the names of ours begin, and what is meant to be one."""

_PREFIXES: Final = "".join(f"PREFIX {prefix}: <{NAMESPACES[prefix]}>\n" for prefix in ("rdf", "sh", "wpsh"))

_PROPERTY_RULE: Final = """
wpsh:{name} a sh:NodeShape ; sh:targetSubjectsOf {predicate} ; sh:property wpsh:{name}-use .
wpsh:{name}-use a sh:PropertyShape ; sh:path {predicate} ; sh:severity sh:{severity} ; sh:maxCount 0 .
"""

_VALUE_RULE: Final = """
wpsh:{name} a sh:NodeShape ; {target} ; sh:property wpsh:{name}-use .
wpsh:{name}-use a sh:PropertyShape ; sh:path {predicate} ; sh:severity sh:{severity} ;
  sh:qualifiedMaxCount 0 ; sh:qualifiedValueShape wpsh:{name}-itself .
wpsh:{name}-itself a sh:NodeShape ; sh:hasValue {value} .
"""


def deprecation_rules(readings: Iterable[Reading]) -> Reading:
    """The shapes that warn wherever data use a term that *readings* deprecate, in the words of its ``skos:changeNote``.

    A class is found in what is said to be of it, a property in what has it.
    """
    statements = [reading.lines for reading in readings]
    deprecated = {s for lines in statements for s, p, o in lines if (p, o) == _DEPRECATED and isinstance(s, NamedNode)}
    quads: list[Quad] = []
    for term in sorted(deprecated, key=str):
        said = [(p, o) for lines in statements for s, p, o in lines if s == term]
        name = "Deprecated-" + _local_name(term.value)
        words = [(says, o) for p, o in said for says, source in _SAID if p == source]
        predicate, value = (_TYPE, term) if _CLASS in said else (term, None)
        quads += _rule(name, predicate, value, "Warning", words)
    return _reading(quads)


def unknown_rules(readings: Iterable[Reading], background: Iterable[Reading]) -> Reading:
    """The shapes that forbid what *readings* say by a term of ours that neither they nor *background* declare.

    Each tells the term that may have been meant. There are none where the ontology is not in *background*.
    """
    data = [reading.lines for reading in readings]
    declared = {
        s.value
        for lines in (*data, *(reading.lines for reading in background))
        for s, p, o in lines
        if p == _TYPE and o in _KINDS and isinstance(s, NamedNode)
    }
    if ONTOLOGY not in declared:
        return _reading([])
    terms = {_local_name(iri): iri for iri in sorted(declared) if iri.startswith(WP)}
    used = {use for lines in data for statement in lines for use in _uses(statement, declared)}
    quads: list[Quad] = []
    for number, (predicate, value) in enumerate(sorted(used, key=str), start=1):
        messages = [(_MESSAGE, message) for message in _unknown(value or predicate, terms)]
        quads += _rule(f"Unknown-{number}", predicate, value, "Violation", messages)
    return _reading(quads)


def _uses(statement: Statement, declared: set[str]) -> Iterator[tuple[NamedNode, NamedNode | None]]:
    """The undeclared terms of ours in *statement*: a property by itself, a class or another value with its property."""
    _, predicate, value = statement
    if isinstance(predicate, NamedNode) and _OURS.match(predicate.value) and predicate.value not in declared:
        yield predicate, None
    # Any resource of ours may be the value of a property, but only a term is a class or stands in our namespace.
    elif (
        isinstance(predicate, NamedNode)
        and isinstance(value, NamedNode)
        and value.value not in declared
        and (value.value.startswith(WP) or (predicate == _TYPE and _OURS.match(value.value)))
    ):
        yield predicate, value


def _unknown(term: NamedNode, terms: dict[str, str]) -> Iterator[Literal]:
    """That there is no *term*, and which of *terms*, by local name, may be meant, in each language."""
    meant = nearest(_local_name(term.value), terms)
    text = N_("No hi ha res que es digui «%(found)s»; els noms que hi ha són a %(address)s.")
    values = {"found": _short(term.value), "address": ONTOLOGY}
    if meant:
        text = N_("No hi ha res que es digui «%(found)s»; potser volíeu dir «%(near)s».")
        near = terms[meant]
        # Of a namespace with a slip the whole of the right one is told.
        values["near"] = _short(near) if term.value.startswith(WP) else near
    for lang in LANGUAGES:
        yield Literal(sentence(text, values, lang), language=lang)


def _short(iri: str) -> str:
    return f"wp:{iri.removeprefix(WP)}" if iri.startswith(WP) else iri


def _rule(
    name: str,
    predicate: NamedNode,
    value: NamedNode | None,
    severity: str,
    said: Iterable[tuple[NamedNode, Term]],
) -> Iterator[Quad]:
    """The shape *name* that nothing may have the *value* of *predicate*, or any of it, and what it says."""
    target = f"sh:targetClass {value}" if predicate == _TYPE else f"sh:targetSubjectsOf {predicate}"
    rule = _VALUE_RULE if value else _PROPERTY_RULE
    text = rule.format(name=name, predicate=predicate, value=value, target=target, severity=severity)
    yield from parse(_PREFIXES + text, RdfFormat.TURTLE)
    use = _iri("wpsh", f"{name}-use")
    yield from (Quad(use, says, words) for says, words in said)


def _reading(quads: list[Quad]) -> Reading:
    return Reading("", tuple(quads), {(q.subject, q.predicate, q.object): None for q in quads})  # type: ignore[misc]
