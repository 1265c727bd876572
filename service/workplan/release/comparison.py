"""What a release says that the one before did not: resource by resource, and graph by graph.

Both are read once, side by side, since their lines are sorted; what is told is bounded, and counted where it is not
told. It is made when a release is built and kept in it. It may not put anything into words.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from workplan.model.errors import DamagedRelease
from workplan.model.namespaces import DATA, NAMESPACES

from .integrity import MANIFEST, read_whole

FILE: Final = "changes.json"

MOST: Final = 100
"""Resources of each kind, added, dropped or altered, that are told one by one."""

MOST_VALUES: Final = 20
"""Properties of one resource, and values of one property, that are told."""

LONGEST: Final = 300
"""Letters of a text that are told."""

_LABEL: Final = NAMESPACES["rdfs"] + "label"
_BLANK: Final = re.compile(r"_:c14n[0-9]+")
"""The label of a blank node, which differs from release to release where nothing else does."""

_PREFIX: Final = f"<{DATA}"

Told = dict[str, Any]


def compared(before: Path, after: Iterable[str]) -> Told:
    """What the sorted N-Quads *after* change of those in the file *before*.

    ``graphs`` counts the statements of each graph that were ``added`` and ``dropped``. ``added``, ``dropped`` and
    ``altered`` have the ``count`` of resources, and the first of them as ``resources``: ``iri``, ``labels``, and of an
    altered one its ``values``, property by property, ``before`` and ``after`` as in SPARQL's JSON results.
    """
    found = {kind: _Resources() for kind in ("added", "dropped", "altered")}
    counts: dict[str, Counter[str]] = {"added": Counter(), "dropped": Counter()}
    unnamed: Counter[tuple[int, str]] = Counter()
    with before.open(encoding="utf-8", newline="\n") as lines:
        for subject, old, new in _side_by_side(lines, after):
            if subject.startswith("_:"):
                unnamed.update((hash(_folded(line)), _graph(line)) for line in new)
                unnamed.subtract((hash(_folded(line)), _graph(line)) for line in old)
                continue
            was, now = {_folded(line): line for line in old}, {_folded(line): line for line in new}
            gone = [line for folded, line in was.items() if folded not in now]
            come = [line for folded, line in now.items() if folded not in was]
            counts["added"].update(map(_graph, come))
            counts["dropped"].update(map(_graph, gone))
            if subject.startswith(_PREFIX) and (gone or come):
                kind = "altered" if old and new else "added" if new else "dropped"
                found[kind].note(subject[1:-2], new or old, gone, come)
    for (_, graph), number in unnamed.items():
        counts["added" if number > 0 else "dropped"][graph] += abs(number)
    graphs = sorted({graph for count in counts.values() for graph, number in count.items() if number})
    return {
        "graphs": [{"graph": graph, **{kind: counts[kind][graph] for kind in counts}} for graph in graphs],
        **{kind: {"count": told.count, "resources": told.listed} for kind, told in found.items()},
    }


def compared_questions(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    """The names of the saved questions that were ``added``, ``dropped`` and ``altered``; each text is given by name."""
    return {
        "added": sorted(after.keys() - before.keys()),
        "dropped": sorted(before.keys() - after.keys()),
        "altered": sorted(name for name in after.keys() & before.keys() if after[name] != before[name]),
    }


def written(version: str, told: Told, questions: Mapping[str, list[str]]) -> str:
    """What changed since the release *version*, as kept."""
    return json.dumps({"before": version, **told, "questions": questions}, ensure_ascii=False, indent=1) + "\n"


def manifest_and_changes(folder: Path) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """The manifest of the release in *folder* and what it changed: None for what is damaged or was never written."""
    try:
        manifest = json.loads(read_whole(folder, MANIFEST))
        return manifest, json.loads(read_whole(folder, FILE)) if (folder / FILE).exists() else None
    except DamagedRelease:
        return None, None


class _Resources:
    """Resources of one kind: how many, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self.listed: list[Told] = []

    def note(self, iri: str, lines: Sequence[str], gone: Sequence[str], come: Sequence[str]) -> None:
        """One more, of which *lines* tell, and which *gone* and *come* are the difference of."""
        self.count += 1
        if len(self.listed) >= MOST:
            return
        labels = sorted(
            {
                (quad.object.value, quad.object.language or "")
                for quad in _quads(lines)
                if quad.predicate.value == _LABEL and isinstance(quad.object, Literal)
            }
        )
        told: Told = {"iri": iri, "labels": labels[:MOST_VALUES]}
        if (gone and come) or len(gone) + len(come) < len(lines):
            told["values"] = _values(gone, come)
        self.listed.append(told)


def _values(gone: Sequence[str], come: Sequence[str]) -> list[Told]:
    """What the lines *gone* and *come* say, property by property, but for what has only gone to another graph."""
    was, now = _by_property(gone), _by_property(come)
    told = []
    for name in sorted(was.keys() | now.keys()):
        old, new = was.get(name, {}), now.get(name, {})
        before = [value for key, value in old.items() if key not in new]
        after = [value for key, value in new.items() if key not in old]
        if before or after:
            told.append({"property": name, "before": before[:MOST_VALUES], "after": after[:MOST_VALUES]})
    return told[:MOST_VALUES]


def _by_property(lines: Sequence[str]) -> dict[str, dict[str, Told]]:
    found: dict[str, dict[str, Told]] = {}
    for quad in _quads(lines):
        found.setdefault(quad.predicate.value, {})[str(quad.object)] = _term(quad.object)
    return found


def _term(term: Any) -> Told:
    """*term* as in SPARQL 1.1 Query Results JSON Format, section 3.2.2."""
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, Literal):
        text = term.value if len(term.value) <= LONGEST else term.value[: LONGEST - 1] + "…"
        if term.language:
            return {"type": "literal", "value": text, "xml:lang": term.language}
        return {"type": "literal", "value": text, "datatype": term.datatype.value}
    return {"type": "bnode", "value": "–"}


def _quads(lines: Sequence[str]) -> Iterator[Quad]:
    return parse("".join(lines).encode(), RdfFormat.N_QUADS)


def _folded(line: str) -> str:
    return _BLANK.sub("_:", line) if "_:c14n" in line else line


def _graph(line: str) -> str:
    """The graph in which a line of a release states what it does."""
    return line[line.rindex("<") + 1 : -4]


def _subject(line: str) -> str:
    return line[: line.index(" ") + 1]


def _side_by_side(before: Iterable[str], after: Iterable[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each subject of either with its lines in both, which are sorted."""
    old, new = groupby(before, _subject), groupby(after, _subject)
    one, other = next(old, None), next(new, None)
    while one or other:
        subject = min(group[0] for group in (one, other) if group)
        was, now = [], []
        if one and one[0] == subject:
            was = list(one[1])
            one = next(old, None)
        if other and other[0] == subject:
            now = list(other[1])
            other = next(new, None)
        yield subject, was, now
