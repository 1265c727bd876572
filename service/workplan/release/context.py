"""The JSON-LD context with which a plan is written as plain JSON.

It is made from the ontology and the shapes, so that a term is declared once: a class or a property goes by its own
name, its range or its shape says how its values are written, and a property whose values the shapes take from a concept
scheme has them written as the scheme's codes. It may hold only what neither can say.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from workplan.model.errors import UnknownVersion
from workplan.model.namespaces import DATA, NAMESPACES, ONTOLOGY, WP
from workplan.release.sources import frozen_versions, known_versions, ontology_version, shared_root

IRI: Final = ONTOLOGY.removesuffix("ns") + "context.jsonld"
"""By this name a file asks for the context as it is now; it is never fetched."""

FILE: Final = "context.jsonld"
"""What the context of a published version is kept as."""

_OF_A_VERSION: Final = re.compile(re.escape(ONTOLOGY.removesuffix("ns")) + r"context/(?P<version>[^/]+)[.]jsonld")

KEYWORDS: Final = MappingProxyType({"id": "@id", "type": "@type"})
"""Words of JSON-LD that have a plainer name here."""

Definition = str | dict[str, Any]
Statements = defaultdict[str, defaultdict[str, list[str]]]

_RDF: Final = NAMESPACES["rdf"]
_RDFS: Final = NAMESPACES["rdfs"]
_OWL: Final = NAMESPACES["owl"]
_SH: Final = NAMESPACES["sh"]
_XSD: Final = NAMESPACES["xsd"]

_LANG_STRING: Final = _RDF + "langString"

_WHOLE_NUMBERS: Final = (_XSD + "integer", _XSD + "positiveInteger")
"""A number without quotes is an integer in JSON-LD; the shapes ask that it be positive."""

_CLASSES: Final = """
dcterms:Location foaf:Document oa:TextPositionSelector oa:TextQuoteSelector oa:TextualBody org:ChangeEvent
org:Organization org:OrganizationalCollaboration org:OrganizationalUnit prov:Agent prov:Bundle skos:Concept
skos:ConceptScheme spdx:Checksum time:Instant time:ProperInterval xkos:ConceptAssociation xkos:Correspondence
"""

_TEXTS: Final = """
dcterms:description dcterms:rights dcterms:title rdf:value rdfs:comment rdfs:label skos:altLabel skos:definition
skos:example skos:prefLabel skos:scopeNote
"""

_RESOURCES: Final = """
dcterms:hasPart dcterms:hasVersion dcterms:isPartOf dcterms:isVersionOf dcterms:license dcterms:references
dcterms:source dcterms:subject dcterms:temporal dcterms:type oa:hasBody oa:hasSelector oa:hasSource oa:hasTarget
oa:motivatedBy org:purpose org:resultingOrganization org:subOrganizationOf org:unitOf prov:hadPrimarySource
prov:wasAttributedTo prov:wasDerivedFrom prov:wasRevisionOf rdf:object rdf:subject sdmx-attribute:obsStatus
sdmx-dimension:refPeriod skos:broadMatch skos:closeMatch skos:exactMatch skos:inScheme skos:relatedMatch
skos:topConceptOf spdx:algorithm spdx:checksum time:hasBeginning time:hasEnd time:intervalIn xkos:compares xkos:madeOf
xkos:sourceConcept xkos:targetConcept
"""

_NAMES_OF_PROPERTIES: Final = ("rdf:predicate", "wp:aboutProperty", "wp:prints")
"""Properties whose values are properties; OWL 2 DL has no class of these that a range could name."""

_GRADED: Final = ("wp:ratingValue",)
"""Properties whose values are grades of a scale; which scale, only the data say."""

_ORDERED: Final = "/ordered"
"""How the name of a scale ends, after that of its scheme."""

_LISTS: Final = ("wp:printedSequence",)
"""Properties whose values are lists, idem."""

_STRINGS: Final = """
dcterms:language oa:exact oa:prefix oa:suffix org:identifier skos:notation spdx:checksumValue
"""

_TYPED: Final = MappingProxyType(
    {
        "dcterms:dateAccepted": "xsd:date",
        "oa:end": "xsd:integer",
        "oa:start": "xsd:integer",
        "prov:generatedAtTime": "xsd:dateTime",
        "time:inXSDDate": "xsd:date",
        "time:inXSDgYear": "xsd:gYear",
    }
)


@cache
def context() -> dict[str, Any]:
    """What each name means, as the value of ``@context``; one and the same each time."""
    terms = dict(sorted(_terms(), key=lambda pair: pair[0].lower()))
    return {"@version": 1.1} | dict(KEYWORDS) | dict(NAMESPACES) | terms


def version_iri(version: str) -> str:
    """The name by which a file asks for the context of *version*."""
    return f"{ONTOLOGY.removesuffix('ns')}context/{version}.jsonld"


def context_at(version: str) -> dict[str, Any]:
    """What each name meant in *version*, or means now; one and the same each time. Raises UnknownVersion."""
    if version == ontology_version():
        return context()
    kept = frozen_versions(name=FILE)
    if version not in kept:
        raise UnknownVersion(version=version, known=", ".join(known_versions(name=FILE)))
    return _frozen(kept[version])


@cache
def _frozen(file: Path) -> dict[str, Any]:
    """The context that *file* holds."""
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["@context"]
    return found


def named(iri: str) -> dict[str, Any] | None:
    """The context that a file asks for by *iri*; None where it is none of ours. Raises UnknownVersion."""
    asked = _OF_A_VERSION.fullmatch(iri)
    return context_at(asked["version"]) if asked else context() if iri == IRI else None


def document(version: str | None = None) -> str:
    """The context of *version*, or as it is now, as the file that is published. Raises UnknownVersion."""
    return written(context_at(version) if version else context())


def written(found: dict[str, Any]) -> str:
    """The context *found* as a file."""
    return json.dumps({"@context": found}, ensure_ascii=False, indent=2) + "\n"


def _terms() -> Iterator[tuple[str, Definition]]:
    """The terms of our ontology, then those that a plan takes from other vocabularies.

    A name of theirs that is taken stands with its prefix.
    """
    named: set[str] = set(KEYWORDS)
    for name, definition in (*_own(), *_foreign()):
        local = name.rpartition(":")[2]
        taken = local in named
        named.add(local)
        yield name if taken else local, definition


def _own() -> Iterator[tuple[str, Definition]]:
    """The classes and properties of the ontology."""
    statements, shapes = _statements("ontology"), _statements("shapes")
    schemes, datatypes = _schemes(shapes), _datatypes(shapes)
    for subject in sorted(statements):
        if not subject.startswith(WP):
            continue
        kinds = {kind.removeprefix(_OWL) for kind in statements[subject][_RDF + "type"]}
        name = "wp:" + subject.removeprefix(WP)
        if "Class" in kinds:
            yield name, name
        elif subject in schemes:
            yield name, _coded(name, schemes[subject])
        elif "ObjectProperty" in kinds:
            yield name, _pointing(name)
        elif kinds & {"DatatypeProperty", "AnnotationProperty"}:
            yield name, _literal(name, [*datatypes[subject], *statements[subject][_RDFS + "range"]])


def _pointing(name: str) -> Definition:
    """How the resources that the property *name* points to are written."""
    if name in _NAMES_OF_PROPERTIES:
        return _property(name)
    if name in _GRADED:
        return {"@id": name, "@type": "@vocab", "@context": _grades()}
    return {"@id": name, "@type": "@id", "@container": "@list"} if name in _LISTS else _resource(name)


def _literal(name: str, datatypes: list[str]) -> Definition:
    """How the values of the property *name* are written, which are of one of *datatypes*."""
    if _LANG_STRING in datatypes:
        return _text(name)
    if any(each in _WHOLE_NUMBERS for each in datatypes):
        return {"@id": name, "@type": "xsd:integer"}
    typed = [each for each in datatypes if each.startswith(_XSD) and each != _XSD + "string"]
    return {"@id": name, "@type": typed[0].replace(_XSD, "xsd:")} if typed else name


def _foreign() -> Iterator[tuple[str, Definition]]:
    for name in (_CLASSES + _STRINGS).split():
        yield name, name
    for name in _TEXTS.split():
        yield name, _text(name)
    for name in _RESOURCES.split():
        yield name, _resource(name)
    yield from ((name, _property(name)) for name in _NAMES_OF_PROPERTIES if not name.startswith("wp:"))
    for name, datatype in _TYPED.items():
        yield name, {"@id": name, "@type": datatype}


def _text(name: str) -> Definition:
    """Text by language."""
    return {"@id": name, "@container": "@language"}


def _resource(name: str) -> Definition:
    """The identifier of a resource, or the resource itself."""
    return {"@id": name, "@type": "@id"}


def _property(name: str) -> Definition:
    """The name of a property."""
    return {"@id": name, "@type": "@vocab"}


def _coded(name: str, scheme: str) -> Definition:
    """A code of *scheme*; the identifier of a concept of the network's own also serves."""
    return {"@id": name, "@type": "@vocab", "@context": {"@vocab": f"{scheme}/"}}


def _grades() -> dict[str, str]:
    """The grades of the shared scales by their codes, but for a code that two scales have.

    An ordered list that another property takes its values from is no scale of an indicator.
    """
    concepts = sorted(_statements("ontology/schemes"))
    scales = {iri.removesuffix(_ORDERED) for iri in concepts if iri.endswith(_ORDERED)}
    scales -= set(_schemes(_statements("shapes")).values())
    named: dict[str, list[str]] = defaultdict(list)
    for iri in concepts:
        scheme, _, code = iri.rpartition("/")
        if scheme in scales and f"/{code}" != _ORDERED:
            named[code].append(iri)
    return {code: iris[0] for code, iris in named.items() if len(iris) == 1}


def _schemes(shapes: Statements) -> dict[str, str]:
    """The concept scheme of each property whose values the shapes take from one of the shared schemes."""
    found: dict[str, str] = {}
    for shape in list(shapes.values()):
        for path in shape[_SH + "path"]:
            for node in shape[_SH + "node"]:
                for constraint in shapes[node][_SH + "property"]:
                    for value in shapes[constraint][_SH + "hasValue"]:
                        if value.startswith(DATA + "scheme/"):
                            found[path] = value
    return found


def _datatypes(shapes: Statements) -> dict[str, list[str]]:
    """The datatypes that the shapes ask of each property's values."""
    found: dict[str, list[str]] = defaultdict(list)
    for shape in list(shapes.values()):
        for path in shape[_SH + "path"]:
            found[path] += shape[_SH + "datatype"]
            found[path] += [_LANG_STRING for node in shape[_SH + "node"] if shapes[node][_SH + "languageIn"]]
    return found


def _statements(folder: str) -> Statements:
    """What the Turtle files of the shared *folder* say: subject to property to values, of what has an IRI."""
    found: Statements = defaultdict(lambda: defaultdict(list))
    for file in sorted((shared_root() / folder).glob("*.ttl")):
        for quad in parse(path=file, format=RdfFormat.TURTLE):
            if isinstance(quad.subject, NamedNode) and not isinstance(quad.object, Literal):
                found[quad.subject.value][quad.predicate.value].append(str(getattr(quad.object, "value", quad.object)))
    return found
