"""What data should no longer say: the record of each deprecated term, as a rule that data are judged by.

It may not read files.
"""

import re
from collections.abc import Iterable
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from workplan.model.namespaces import NAMESPACES

from .reading import Reading


def _iri(prefix: str, name: str) -> NamedNode:
    return NamedNode(NAMESPACES[prefix] + name)


_DEPRECATED: Final = (_iri("owl", "deprecated"), Literal("true", datatype=_iri("xsd", "boolean")))
_CLASS: Final = (_iri("rdf", "type"), _iri("owl", "Class"))
_SAID: Final = (
    (_iri("sh", "message"), _iri("skos", "changeNote")),
    (_iri("sh", "name"), _iri("rdfs", "label")),
)
"""What a rule says, and what of the term's record it is."""

_PREFIXES: Final = "".join(f"PREFIX {prefix}: <{NAMESPACES[prefix]}>\n" for prefix in ("rdf", "sh", "wpsh"))

_CLASS_RULE: Final = """
wpsh:{name} a sh:NodeShape ; sh:targetClass {term} ; sh:property wpsh:{name}-use .
wpsh:{name}-use a sh:PropertyShape ; sh:path rdf:type ; sh:severity sh:Warning ;
  sh:qualifiedMaxCount 0 ; sh:qualifiedValueShape wpsh:{name}-itself .
wpsh:{name}-itself a sh:NodeShape ; sh:hasValue {term} .
"""

_PROPERTY_RULE: Final = """
wpsh:{name} a sh:NodeShape ; sh:targetSubjectsOf {term} ; sh:property wpsh:{name}-use .
wpsh:{name}-use a sh:PropertyShape ; sh:path {term} ; sh:severity sh:Warning ; sh:maxCount 0 .
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
        name = "Deprecated-" + re.split(r"[#/]", term.value)[-1]
        rule = _CLASS_RULE if _CLASS in said else _PROPERTY_RULE
        quads += parse(_PREFIXES + rule.format(name=name, term=term), RdfFormat.TURTLE)
        use = _iri("wpsh", f"{name}-use")
        quads += [Quad(use, predicate, o) for predicate, source in _SAID for p, o in said if p == source]
    return Reading("", tuple(quads), {(q.subject, q.predicate, q.object): None for q in quads})  # type: ignore[misc]
