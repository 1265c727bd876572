"""What source documents really say where the data quote them.

The text at each fragment's position is read from the document's file, found by its hash, and handed to the shapes as
statements; they judge whether it is the text quoted. It may not judge by itself.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from workplan.model.namespaces import NAMESPACES, WP

from .reading import Reading

TEXT_AT_POSITION: Final = NamedNode(WP + "textAtPosition")

_OA: Final = NAMESPACES["oa"]
_SPDX: Final = NAMESPACES["spdx"]
_HAS_SOURCE: Final = NamedNode(_OA + "hasSource")
_HAS_SELECTOR: Final = NamedNode(_OA + "hasSelector")
_START: Final = NamedNode(_OA + "start")
_END: Final = NamedNode(_OA + "end")
_CHECKSUM: Final = NamedNode(_SPDX + "checksum")
_CHECKSUM_VALUE: Final = NamedNode(_SPDX + "checksumValue")


def source_files(folder: Path) -> list[Path]:
    """The source documents at or below *folder*: the files of its folders called ``source``, sorted."""
    return sorted(file for file in folder.rglob("source/*") if file.is_file())


def source_file(folder: Path, checksum: str) -> Path | None:
    """The file at or below *folder* whose sha256 is *checksum*; None where there is none."""
    return next(
        (f for f in source_files(folder) if hashlib.sha256(f.read_bytes()).hexdigest() == checksum.lower()), None
    )


def quoted_words(readings: Iterable[Reading], folder: Path) -> Reading:
    """The text at each fragment's position (``wp:textAtPosition``), from the source files at or below *folder*.

    A fragment gets none where its document's file is not found or its position lies outside it.
    """
    found = list(_found([quad for reading in readings for quad in reading.quads], folder))
    quads = tuple(Quad(fragment, TEXT_AT_POSITION, text) for fragment, text in found)
    return Reading(str(folder), quads, {(fragment, TEXT_AT_POSITION, text): None for fragment, text in found})


def _found(quads: list[Quad], folder: Path) -> Iterator[tuple[NamedNode, Literal]]:
    """Each fragment with the text at its position, where its document's file is at or below *folder*."""
    texts = {
        document: file.read_text(encoding="utf-8")
        for document, checksum in _pairs(quads, _CHECKSUM)
        for value in _values(quads, checksum, _CHECKSUM_VALUE)
        if isinstance(value, Literal) and (file := source_file(folder, value.value)) is not None
    }
    ends = dict(_pairs(quads, _END))
    starts = dict(_pairs(quads, _START))
    selectors = defaultdict(list)
    for fragment, selector in _pairs(quads, _HAS_SELECTOR):
        selectors[fragment].append(selector)
    for fragment, document in _pairs(quads, _HAS_SOURCE):
        for selector in selectors[fragment]:
            text = texts.get(document, "")[_position(starts.get(selector)) : _position(ends.get(selector))]
            if text and isinstance(fragment, NamedNode):
                yield fragment, Literal(text)


def _pairs(quads: Iterable[Quad], predicate: NamedNode) -> Iterator[tuple[object, object]]:
    """Subject and object of each of *quads* with *predicate*."""
    return ((quad.subject, quad.object) for quad in quads if quad.predicate == predicate)


def _values(quads: Iterable[Quad], subject: object, predicate: NamedNode) -> Iterator[object]:
    """The objects of *subject*'s statements with *predicate*."""
    return (value for other, value in _pairs(quads, predicate) if other == subject)


def _position(term: object) -> int:
    """The number that *term* holds; zero where it holds none, so that nothing is found there."""
    return int(term.value) if isinstance(term, Literal) and term.value.isdecimal() else 0
