"""Every prefix that the project's files, queries and answers use, declared once.

It may not hold terms: those are looked up in the ontology.
"""

from types import MappingProxyType
from typing import Final

ONTOLOGY: Final = "https://w3id.org/sse-workplan/ns"
"""IRI of the ontology; its terms follow a ``#``."""

DATA: Final = "https://w3id.org/sse-workplan/id/"
"""Base of every data IRI."""

PROJECT: Final = DATA + "org/sse-workplan"
"""Who made the ontology, which is in every network's release and no concern of its plan."""

GRAPH: Final = "https://w3id.org/sse-workplan/graph/"
"""Base of every named graph's IRI."""

WP: Final = ONTOLOGY + "#"

SHAPES: Final = "https://w3id.org/sse-workplan/shapes"
"""IRI of the shapes; each follows a ``#``."""

NAMESPACES: Final = MappingProxyType(
    {
        "bibo": "http://purl.org/ontology/bibo/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcterms": "http://purl.org/dc/terms/",
        "dqv": "http://www.w3.org/ns/dqv#",
        "ep-plan": "https://w3id.org/ep-plan#",
        "essglobal": "http://purl.org/essglobal/vocab/",
        "fibo-fnd-gao-obj": "https://spec.edmcouncil.org/fibo/ontology/FND/GoalsAndObjectives/Objectives/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "m8g": "http://data.europa.eu/m8g/",
        "mod": "https://w3id.org/mod#",
        "oa": "http://www.w3.org/ns/oa#",
        "org": "http://www.w3.org/ns/org#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "p-plan": "http://purl.org/net/p-plan#",
        "prov": "http://www.w3.org/ns/prov#",
        "qb": "http://purl.org/linked-data/cube#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "schema": "https://schema.org/",
        "sdgo": "http://metadata.un.org/sdg/ontology#",
        "sdmx-attribute": "http://purl.org/linked-data/sdmx/2009/attribute#",
        "sdmx-code": "http://purl.org/linked-data/sdmx/2009/code#",
        "sdmx-dimension": "http://purl.org/linked-data/sdmx/2009/dimension#",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "sosa": "http://www.w3.org/ns/sosa/",
        "spdx": "http://spdx.org/rdf/terms#",
        "time": "http://www.w3.org/2006/time#",
        "vann": "http://purl.org/vocab/vann/",
        "voaf": "http://purl.org/vocommons/voaf#",
        "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
        "wp": WP,
        "wpsh": SHAPES + "#",
        "xkos": "http://rdf-vocabulary.ddialliance.org/xkos#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)
"""Prefix to namespace IRI, sorted by prefix."""


def expand(name: str) -> str:
    """The IRI of the prefixed *name*, for example ``wp:code``."""
    prefix, _, local = name.partition(":")
    return NAMESPACES[prefix] + local


def split(iri: str) -> tuple[str, str] | None:
    """The prefix of the namespace that *iri* is in, and its name there; None where it is in none, or names one."""
    for prefix, namespace in NAMESPACES.items():
        if iri.startswith(namespace) and iri != namespace:
            return prefix, iri.removeprefix(namespace)
    return None
