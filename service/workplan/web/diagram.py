"""The ontology in one picture: its classes as boxes, the properties that join them as arrows.

Which box stands where is the work of a library for layered graphs; here is only what is drawn. Pure: it asks nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import Final

import fast_sugiyama

from workplan.knowledge.ontology import Term
from workplan.knowledge.rules import Rule
from workplan.model.namespaces import WP

WIDTH: Final = 138
"""Of a box, in units of the drawing; a column takes more, for arrows to pass between."""

LINE: Final = 17
"""From one line of text to the next."""

PADDING: Final = 11
COLUMN: Final = 154
GAP: Final = 74
"""Between two rows of boxes: what two lines of an arrow's words need."""

MARGIN: Final = 14
LETTERS: Final = 14
"""That a line of a box holds in bold, at the size of the drawing's type."""

MEMBER_LETTERS: Final = 18
"""That a line of a box holds for a member, in plain type."""

WORD_LETTERS: Final = 21
"""That a line of an arrow's words has."""

LETTER: Final = 6.5
"""The width of a letter of an arrow's words, in units of the drawing."""

_ALONG: Final = (0.5, 0.36, 0.64, 0.24, 0.76)
"""Where on an arrow its words may stand, the best first."""

ELEMENT: Final = WP + "PlanElement"
ANY: Final = "any"
"""The box of what may be anything: at one end of properties such as ``wp:statedIn``."""


@dataclass(frozen=True)
class Relation:
    """A *property* that leads from resources of the class *source* to those of *target*; ANY where either is open."""

    source: str
    property: str
    target: str


@dataclass(frozen=True)
class Box:
    """A class: its *lines* of text from *y* down, the *members* that it holds without a box of their own.

    A member has its lines, its IRI and how far below the top of the box it begins.
    """

    iri: str
    lines: Sequence[str]
    members: Sequence[tuple[Sequence[str], str, float]]
    is_element: bool
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Arrow:
    """A *path* as SVG writes it, and its words, around *x* and from *y* down."""

    path: str
    lines: Sequence[str]
    x: float
    y: float


@dataclass(frozen=True)
class Diagram:
    """All that is drawn."""

    width: float
    height: float
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]


def relations_of(terms: Iterable[Term], rules: Iterable[Rule]) -> list[Relation]:
    """How properties join the classes of the ontology, sorted.

    The ends are a property's domain and range; where it has none, the classes whose rules ask for it; else anything.
    """
    terms = list(terms)
    classes = {term.iri for term in terms if term.is_class}
    asked: dict[str, set[str]] = defaultdict(set)
    found = set()
    for rule in rules:
        if rule.path and not rule.is_of_others:
            asked[rule.path] |= classes & set(rule.targets)
            found |= {
                Relation(source, rule.path, target)
                for target in classes & set(rule.facets.get("http://www.w3.org/ns/shacl#class", ()))
                for source in classes & set(rule.targets)
            }
    covered = {relation.property for relation in found}
    for term in terms:
        # Literals and the terms of other vocabularies are no boxes.
        if term.is_class or not any(kind.endswith("#ObjectProperty") for kind in term.types):
            continue
        targets = [r for r in term.ranges if r in classes] if term.ranges else [ANY]
        sources = [d for d in term.domains if d in classes]
        if not sources and term.iri not in covered and targets != [ANY]:
            sources = sorted(asked[term.iri]) if len(asked[term.iri]) == 1 else [ANY]
        found |= {Relation(source, term.iri, target) for source in sources for target in targets}
    return sorted(found, key=lambda r: (r.source, r.target, r.property))


def draw(
    terms: Iterable[Term], relations: Sequence[Relation], name: Callable[[str], str], words: Mapping[str, str]
) -> Diagram:
    """The diagram of *relations*; *name* calls a class or a property, *words* what is no term."""
    joined = _joined(relations)
    ends = {end for pair in joined for end in pair}
    classes = {term.iri: term for term in terms if term.is_class}
    elements = {iri for iri, term in classes.items() if ELEMENT in term.parents}
    named = sorted((name(iri), iri) for iri in elements - ends)
    inside = [(wrap(called, MEMBER_LETTERS), iri) for called, iri in named]
    nodes = sorted(ends | set(classes) - elements)
    lines = {n: wrap(words.get(n) or name(n), LETTERS) for n in nodes}
    held = sum(len(member) for member, _ in inside)
    heights = {n: 2 * PADDING + LINE * (len(lines[n]) + (held if n == ELEMENT else 0)) for n in nodes}
    places, routes = _laid_out(nodes, sorted(joined))
    rows = sorted({y for _, y in places.values()})
    tops, top = {}, float(MARGIN)
    for row in rows:
        tops[row] = top
        beside = [heights[nodes[n]] for n, (_, y) in places.items() if y == row and n < len(nodes)]
        top += max(beside, default=LINE) + GAP
    centre = {n: MARGIN + WIDTH / 2 + x * COLUMN for n, (x, _) in places.items()}
    boxes = [
        Box(
            node,
            lines[node],
            _stacked(inside, LINE * len(lines[node])) if node == ELEMENT else (),
            node in elements or node == ELEMENT,
            centre[n] - WIDTH / 2,
            tops[places[n][1]],
            heights[node],
        )
        for n, node in enumerate(nodes)
    ]
    arrows = _arrows(boxes, joined, routes, centre, {n: tops[y] for n, (_, y) in places.items()}, name)
    return Diagram(
        max(centre.values(), default=0) + WIDTH / 2 + MARGIN,
        max((box.y + box.height for box in boxes), default=0) + MARGIN,
        boxes,
        arrows,
    )


def _stacked(members: Iterable[tuple[Sequence[str], str]], top: float) -> list[tuple[Sequence[str], str, float]]:
    """*members* below each other from *top* down."""
    placed = []
    for lines, iri in members:
        placed.append((lines, iri, top))
        top += LINE * len(lines)
    return placed


def _joined(relations: Sequence[Relation]) -> dict[tuple[str, str], list[str]]:
    """The properties between each two boxes; the way back of a pair is not drawn, nor a loop."""
    joined: dict[tuple[str, str], list[str]] = defaultdict(list)
    for relation in relations:
        if relation.source != relation.target and (relation.target, relation.source) not in joined:
            joined[relation.source, relation.target].append(relation.property)
    return dict(joined)


Places = dict[int, tuple[float, float]]


def _laid_out(
    nodes: Sequence[str], pairs: Sequence[tuple[str, str]]
) -> tuple[Places, dict[tuple[int, int], list[int]]]:
    """The column and row of each of *nodes*, and of the turns of arrows past other rows, by which each pair goes.

    Numbers, not names, are laid out: names the library puts into an order of its own, another one each time.
    """
    number = {node: n for n, node in enumerate(nodes)}
    edges = [(number[a], number[b]) for a, b in pairs]
    parts: list[Places] = []
    routes: dict[tuple[int, int], list[int]] = {}
    turns = len(nodes)
    for positions, _, _, steps in fast_sugiyama.from_edges(edges, dummy_vertices=True, vertex_spacing=1):
        laid = sorted((int(node), place) for node, place in positions)
        own = {node: (node if node < len(nodes) else turns + i) for i, (node, _) in enumerate(laid)}
        left, top = min(x for _, (x, _) in laid), max(y for _, (_, y) in laid)
        parts.append({own[node]: (x - left, top - y) for node, (x, y) in laid})
        turns += len(laid)
        routes |= _routes([(own[int(a)], own[int(b)]) for a, b in steps or ()], len(nodes))
    # What no arrow reaches is of no layer, so that the library knows nothing of it.
    known = {n for part in parts for n in part}
    parts += [{n: (0.0, 0.0)} for n in range(len(nodes)) if n not in known]
    return _side_by_side(parts), routes


def _side_by_side(parts: Sequence[Places]) -> Places:
    """*parts* in one drawing, the largest first, and small ones below each other where the rows of that one allow."""
    places: Places = {}
    shift, rows, height, column = 0.0, 0.0, 0.0, 0.0
    for part in sorted(parts, key=len, reverse=True):
        width, depth = (max(place[axis] for place in part.values()) + 1 for axis in (0, 1))
        if not places:
            height = depth
        elif rows + depth > height or not column:
            shift, rows, column = shift + column, 0.0, width
        places |= {n: (x + shift, y + rows) for n, (x, y) in part.items()}
        rows, column = rows + depth, max(column, width)
    return places


def _routes(steps: Sequence[tuple[int, int]], real: int) -> dict[tuple[int, int], list[int]]:
    """The turns between each two real nodes, of which there are *real*: what each step from turn to turn adds up to."""
    onward = {a: b for a, b in steps if a >= real}
    found = {}
    for a, b in steps:
        if a >= real:
            continue
        turns = []
        while b >= real:
            turns.append(b)
            b = onward[b]
        found[a, b] = turns
    return found


def _arrows(
    boxes: Sequence[Box],
    joined: Mapping[tuple[str, str], list[str]],
    routes: Mapping[tuple[int, int], list[int]],
    centre: Mapping[int, float],
    top: Mapping[int, float],
    name: Callable[[str], str],
) -> list[Arrow]:
    """The arrows, which leave and reach each box side by side."""
    number = {box.iri: n for n, box in enumerate(boxes)}
    ways: list[tuple[int, int, list[int], bool]] = []
    for a, b in ((number[a], number[b]) for a, b in sorted(joined)):
        # Where a cycle had to be broken the way was laid out from its end.
        turns, is_down = (routes[a, b], True) if (a, b) in routes else (routes[b, a][::-1], False)
        ways.append((a, b, turns, is_down))
    below: dict[int, list[tuple[float, int]]] = defaultdict(list)
    above: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for w, (a, b, turns, is_down) in enumerate(ways):
        (below if is_down else above)[a].append((centre[turns[0] if turns else b], w))
        (above if is_down else below)[b].append((centre[turns[-1] if turns else a], w))
    ports = {(w, n): x for side in (below, above) for n, held in side.items() for w, x in _spread(centre[n], held)}
    arrows: list[Arrow] = []
    for w, ((a, b, turns, is_down), (_, properties)) in enumerate(zip(ways, sorted(joined.items()), strict=True)):
        start = ports[w, a], boxes[a].y + (boxes[a].height if is_down else 0)
        end = ports[w, b], boxes[b].y + (0 if is_down else boxes[b].height)
        points = [start, *((centre[turn], top[turn] + LINE) for turn in turns), end]
        called = sorted((name(prop) for prop in properties), key=len)
        words = [line for word in called for line in wrap(word, WORD_LETTERS)][:3]
        # Beside a turn there is room for words; between two rows other arrows have theirs.
        spots = [points[1]] if turns else [_at(points[0], points[1], t) for t in _ALONG]
        tried = [Arrow(_curve(points), words, x, y - LINE * (len(words) - 1) / 2) for x, y in spots]
        free = (arrow for arrow in tried if not any(_collide(arrow, other) for other in arrows))
        arrows.append(next(free, tried[0]))
    return arrows


def _at(start: tuple[float, float], end: tuple[float, float], t: float) -> tuple[float, float]:
    """The point of the curve from *start* to *end* that is *t* of the way along it."""
    (x1, y1), (x2, y2) = start, end
    late, bend = t * t * (3 - 2 * t), 3 * t * (1 - t) * (0.45 * (1 - t) + 0.55 * t) + t**3
    return x1 + (x2 - x1) * late, y1 + (y2 - y1) * bend


def _collide(one: Arrow, other: Arrow) -> bool:
    """Whether the words of the two arrows would run together."""
    wide = (max(map(len, one.lines)) + max(map(len, other.lines))) / 2 * LETTER + 3 * LETTER
    middles = [arrow.y + LINE * (len(arrow.lines) - 1) / 2 for arrow in (one, other)]
    high = LINE * (len(one.lines) + len(other.lines)) / 2
    return abs(one.x - other.x) < wide and abs(middles[0] - middles[1]) < high


def _spread(middle: float, held: list[tuple[float, int]]) -> list[tuple[int, float]]:
    """Where on a side around *middle* each way of *held* begins or ends, in the order of where it leads."""
    step = min(36.0, (WIDTH - 30) / len(held))
    return [(w, middle + (place - (len(held) - 1) / 2) * step) for place, (_, w) in enumerate(sorted(held))]


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """A smooth path through *points* that leaves and arrives upright."""
    path = "M{:.0f} {:.0f}".format(*points[0])
    for (x1, y1), (x2, y2) in pairwise(points):
        bend = (y2 - y1) * 0.45
        path += f"C{x1:.0f} {y1 + bend:.0f} {x2:.0f} {y2 - bend:.0f} {x2:.0f} {y2:.0f}"
    return path
