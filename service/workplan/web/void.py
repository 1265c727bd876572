"""The data as a VoID data set (https://www.w3.org/TR/void/): how large they are, what of, and where to get them.

It may not count: the survey does.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from workplan.knowledge.introspection import Survey
from workplan.model.formats import Format
from workplan.model.namespaces import DATA, NAMESPACES

VOID: Final = "http://rdfs.org/ns/void#"
PREFIXES: Final[Mapping[str, str]] = MappingProxyType({"void": VOID})
ADDRESS: Final = "/.well-known/void"
"""Where a client that knows only the host looks (VoID, section 7.2)."""

_A: Final = NamedNode(NAMESPACES["rdf"] + "type")
_XSD_DATE: Final = NamedNode(NAMESPACES["xsd"] + "date")


def void(base: str, found: Survey, titles: Mapping[str, str], licence: str, dumps: tuple[Format, ...]) -> list[Triple]:
    """The description of the data that *found* counts, served at *base*, with its *dumps* there."""
    return list(_triples(base, found, titles, licence, dumps))


def _triples(
    base: str, found: Survey, titles: Mapping[str, str], licence: str, dumps: tuple[Format, ...]
) -> Iterator[Triple]:
    document, this = NamedNode(base + ADDRESS), NamedNode(f"{base}{ADDRESS}#dataset")
    yield Triple(document, _A, NamedNode(VOID + "DatasetDescription"))
    yield Triple(document, NamedNode(NAMESPACES["foaf"] + "primaryTopic"), this)
    yield Triple(this, _A, NamedNode(VOID + "Dataset"))
    for lang, title in titles.items():
        yield Triple(this, NamedNode(NAMESPACES["dcterms"] + "title"), Literal(title, language=lang))
    yield Triple(this, NamedNode(NAMESPACES["dcterms"] + "license"), NamedNode(licence))
    for name, day in (("issued", found.issued), ("modified", found.modified)):
        if day:
            yield Triple(this, NamedNode(NAMESPACES["dcterms"] + name), Literal(day, datatype=_XSD_DATE))
    yield Triple(this, NamedNode(NAMESPACES["foaf"] + "homepage"), NamedNode(f"{base}/"))
    links = [
        ("sparqlEndpoint", f"{base}/sparql"),
        *(("dataDump", f"{base}/dump.{form.name}{end}") for form in dumps for end in ("", ".gz")),
        *(("vocabulary", iri) for iri in found.vocabularies),
        *(("exampleResource", iri) for iri in found.examples),
    ]
    for name, iri in links:
        yield Triple(this, NamedNode(VOID + name), NamedNode(iri))
    yield Triple(this, NamedNode(VOID + "uriSpace"), Literal(DATA))
    yield from _counts(
        this,
        triples=found.triples,
        distinctSubjects=found.subjects,
        distinctObjects=found.objects,
        classes=len(found.classes),
        properties=len(found.properties),
    )
    for number, each in enumerate(found.classes):
        part = BlankNode(f"class{number}")
        yield Triple(this, NamedNode(VOID + "classPartition"), part)
        yield Triple(part, NamedNode(VOID + "class"), NamedNode(each.iri))
        yield from _counts(part, entities=each.entities, triples=sum(each.properties.values()))
        for place, (iri, triples) in enumerate(each.properties.items()):
            yield from _property(part, BlankNode(f"class{number}property{place}"), iri, triples=triples)
    for number, prop in enumerate(found.properties):
        part = BlankNode(f"property{number}")
        counts = {"triples": prop.triples, "distinctSubjects": prop.subjects, "distinctObjects": prop.objects}
        yield from _property(this, part, prop.iri, **counts)


def _property(whole: NamedNode | BlankNode, part: BlankNode, iri: str, **counts: int) -> Iterator[Triple]:
    yield Triple(whole, NamedNode(VOID + "propertyPartition"), part)
    yield Triple(part, NamedNode(VOID + "property"), NamedNode(iri))
    yield from _counts(part, **counts)


def _counts(whole: NamedNode | BlankNode, **counts: int) -> Iterator[Triple]:
    for name, count in counts.items():
        yield Triple(whole, NamedNode(VOID + name), Literal(count))
