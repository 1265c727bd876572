"""Identifiers that no address can say as they are written, and what they might be instead.

A client resolves ``.`` and ``..`` and takes ``?`` to end a path, and a server reads ``%20`` as a space, so that an
identifier with any of them is not found at its own address. One with ``#`` is found on the page of what stands before
it, of which a rule of ``queries/rules/`` says that it has this part. It may not read files.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Final
from urllib.parse import unquote

from pyoxigraph import NamedNode

from workplan.model.errors import N_, Clause
from workplan.model.iris import LONGEST_PATH, RESERVED, SHARED_SEGMENTS, data_iri
from workplan.model.namespaces import DATA

from .fault import PATTERN, Fault
from .reading import Reading, Term
from .report import Severity

_ENCODED: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_OF_THE_SITE: Final = RESERVED - SHARED_SEGMENTS
"""What an address of a resource does not begin with."""

_DOTS: Final = frozenset((".", ".."))
_UNCLEAN: Final = re.compile(r"[^A-Za-z0-9._~!$&'()*+,;=:@-]+")
"""What stands in no part of a clean identifier; in others letters of any script may."""


def identifier_faults(readings: Iterable[Reading], described: AbstractSet[Term]) -> Iterator[Fault]:
    """What is wrong with the identifiers of the resources of which *readings* say something.

    *described* are all of which anything is said: none of them is proposed for another.
    """
    subjects = {s for reading in readings for s, _, _ in reading.lines if isinstance(s, NamedNode)}
    ours = sorted((node for node in subjects if node.value.startswith(DATA)), key=str)
    alike: dict[str, NamedNode] = {}
    for node in ours:
        path = node.value.removeprefix(DATA)
        wrong = _wrong(path)
        if wrong is None:
            first = alike.setdefault(unicodedata.normalize("NFC", path).casefold(), node)
            if first != node:
                yield Fault(
                    *(node, "Identifier-case", PATTERN, Severity.WARNING),
                    N_(
                        "Aquest identificador i id/%(other)s només es distingeixen per les majúscules, i és fàcil "
                        "confondre'ls; si són una sola cosa, feu servir el mateix, i si no, un de ben diferent."
                    ),
                    {"other": first.value.removeprefix(DATA)},
                )
            continue
        text = N_("A l'adreça d'aquest identificador no s'hi trobaria res, perquè hi ha %(found)s; %(mend)s.")
        values = {"found": wrong, "mend": _mend(path, described)}
        yield Fault(node, "Identifier-address", PATTERN, Severity.VIOLATION, text, values)


def _mend(path: str, described: AbstractSet[Term]) -> Clause:
    """What to write instead of *path*."""
    if path.partition("/")[0] in _OF_THE_SITE:
        return Clause(N_("comenceu-lo pel codi de la xarxa"))
    near = _clean(path)
    if near and _wrong(near) is None and NamedNode(data_iri(near)) not in described:
        return Clause(N_("poseu-hi, per exemple, id/%(near)s"), {"near": near})
    return Clause(N_("poseu-n'hi un altre, fet de lletres, xifres, punts i guionets"))


def _wrong(path: str) -> Clause | None:
    """What in *path* keeps its address from leading to it; None where nothing does."""
    document = path.partition("#")[0]
    segments = document.split("/")
    if encoded := _ENCODED.search(path):
        return Clause(N_("«%(found)s», que una adreça fa servir en lloc d'un altre caràcter"), {"found": encoded[0]})
    if "?" in document:
        return Clause(N_("un «?», on s'acaba el camí d'una adreça"))
    if "" in segments:
        return Clause(N_("una part buida, abans o després d'un «/»"))
    if not _DOTS.isdisjoint(segments):
        return Clause(N_("una part que és «.» o «..», que en una adreça vol dir una altra carpeta"))
    if len(path) > LONGEST_PATH:
        return Clause(N_("més de %(most)s caràcters"), {"most": LONGEST_PATH})
    if unicodedata.normalize("NFC", path) != path:
        return Clause(N_("un accent escrit com un caràcter a part de la seva lletra"))
    if segments[0] in _OF_THE_SITE:
        return Clause(N_("al davant «%(found)s», que és una part del web"), {"found": segments[0]})
    return None


def _clean(path: str) -> str:
    """*path* as an identifier of plain letters that any address says; empty where nothing is left of its name."""
    parts: list[str] = []
    for segment in filter(None, path.split("/")):
        plain = unicodedata.normalize("NFKD", unquote(segment))
        plain = "".join(character for character in plain if not unicodedata.combining(character))
        parts.append("" if plain in _DOTS else _UNCLEAN.sub("-", plain).strip("-"))
    return "/".join(filter(None, parts)) if parts and parts[-1] else ""
