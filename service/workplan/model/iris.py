"""Between canonical IRIs and the paths at which this service answers for them.

It may not decide whether a resource exists: only the data can.
"""

import re
from typing import Final

from .namespaces import DATA, GRAPH, ONTOLOGY

RESERVED: Final = frozenset(
    [
        "about",
        "accessibility",
        "api",
        "catalog",
        "contact",
        "context",
        "data",
        "design",
        "document",
        "dump",
        "embed",
        "export",
        "graph",
        "health",
        "id",
        "licence",
        "matrix",
        "metrics",
        "ns",
        "oembed",
        "openapi",
        "org",
        "picture",
        "place",
        "plan",
        "problem",
        "quality",
        "query",
        "rdf-graph-store",
        "releases",
        "robots",
        "scheme",
        "search",
        "shapes",
        "sitemap",
        "sparql",
        "static",
        "time",
    ]
)
"""First path segments that addresses use, so that no network may take them as its code."""

SHARED_SEGMENTS: Final = frozenset(("org", "place", "scheme", "time"))
"""Those of them under which there are resources that no network has to itself."""

LONGEST_PATH: Final = 400
"""Characters of a resource's path: of nine bytes each in an address, it stays within the 8 kB that proxies pass on."""

_NETWORK_CODE = re.compile(r"[a-z0-9-]{2,20}")

_VERSION_PATH = re.compile(r"(?P<plan>[^/#]+/plan/[^/#]+)/version/(?P<number>[0-9]+)")

_SOURCE_FRAGMENT = re.compile(r"[^/]+/source/([^/#]+)#(L[0-9].*)")
"""A place in a source document, which the page of the document shows."""

_PATH_BASES: Final = ((DATA, "id/"), (GRAPH, "graph/"))


def is_network_code(text: str) -> bool:
    """Whether *text* may be a network's code: 2 to 20 lower-case letters, digits or hyphens, not reserved."""
    return bool(_NETWORK_CODE.fullmatch(text)) and text not in RESERVED


def network_of(path: str) -> str | None:
    """The code of the network whose resource is at *path*; None where it is of no network."""
    code = path.partition("/")[0]
    return code if is_network_code(code) else None


def data_iri(path: str) -> str:
    """The canonical IRI of the resource at *path*, for example ``xmess/plan/2020/action/08``."""
    return DATA + path


def graph_iri(path: str) -> str:
    """The canonical IRI of the named graph at *path*, for example ``xmess/plan/2020/v1/stated``."""
    return GRAPH + path


def version_graph_iri(version: str, name: str) -> str | None:
    """The IRI of the graph *name* of a plan version, for example ``…/graph/xmess/plan/2020/v1/curated``.

    None where *version* is not formed as ``…/id/{network}/plan/{period}/version/{n}``.
    """
    path = _VERSION_PATH.fullmatch(version.removeprefix(DATA)) if version.startswith(DATA) else None
    return graph_iri(f"{path['plan']}/v{path['number']}/{name}") if path else None


def data_path(iri: str) -> str | None:
    """What follows ``id/`` in a data IRI, without its fragment; None for any other IRI."""
    return iri.removeprefix(DATA).partition("#")[0] if iri.startswith(DATA) else None


def page_path(iri: str, lang: str) -> str | None:
    """The path of the page in *lang* that describes *iri*, with its fragment; None where this service has none."""
    if iri == ONTOLOGY or iri.startswith(ONTOLOGY + "#"):
        return f"/{lang}/ns{iri.removeprefix(ONTOLOGY)}"
    fragment = _SOURCE_FRAGMENT.fullmatch(iri.removeprefix(DATA)) if iri.startswith(DATA) else None
    if fragment:
        return f"/{lang}/document/{fragment[1]}#{fragment[2]}"
    for base, segment in _PATH_BASES:
        if iri.startswith(base):
            kept = "" if segment == "id/" else segment
            return f"/{lang}/{kept}{iri.removeprefix(base)}"
    return None
