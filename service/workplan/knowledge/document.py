"""A source document rebuilt from what the data say: its lines, from the resources that they state.

No line is stored. A fragment says which property of which resource it prints, with which marks around the words; the
words are the resource's own. It may not read the document's file.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from workplan.engine.query import QueryEngine
from workplan.model.namespaces import WP

from .asking import resource, solutions
from .description import Name, names_of

_SOURCES = """
SELECT ?source ?plan ?checksum
WHERE {
  ?version prov:hadPrimarySource ?source ;
    dcterms:isVersionOf ?plan .
  ?element wp:elementOf ?version .
  OPTIONAL { ?source spdx:checksum/spdx:checksumValue ?checksum }
}
GROUP BY ?source ?plan ?checksum
ORDER BY DESC(?plan)
"""

_FRAGMENTS = """
SELECT ?this ?fragment ?line ?column ?start ?layout ?property ?resource
WHERE {
  ?fragment oa:hasSource ?this ;
    oa:hasSelector/oa:start ?start ;
    wp:layout ?layout ;
    wp:prints ?property ;
    wp:sourceLine ?line .
  ?resource wp:statedIn ?fragment .
  OPTIONAL { ?fragment wp:tableColumn ?column }
}
"""

# What curators or translators add is never printed: the document does not hold it.
_VALUES = """
SELECT ?this ?resource ?property ?value
WHERE {
  {
    SELECT DISTINCT ?this ?resource ?property
    WHERE {
      ?fragment oa:hasSource ?this ;
        wp:prints ?printed .
      ?resource wp:statedIn ?fragment .
      VALUES (?printed ?property) {
        (wp:actionLine wp:actionLine)
        (wp:budgetImpact wp:budgetImpact)
        (wp:directlyExecutedBy wp:directlyExecutedBy)
        (wp:guidingQuestion wp:guidingQuestion)
        (wp:instrument wp:instrument)
        (wp:meetingFrequency wp:meetingFrequency)
        (wp:ownership wp:memberCount)
        (wp:ownership wp:ownership)
        (wp:strategicLine wp:strategicLine)
        (wp:teamFunction wp:teamFunction)
        (wp:thematicScope wp:thematicScope)
        (wp:verbatim wp:verbatim)
        (skos:altLabel skos:altLabel)
        (skos:scopeNote skos:scopeNote)
      }
    }
  }
  GRAPH ?graph { ?resource ?property ?value }
  FILTER (!STRENDS(STR(?graph), "/curated") && !CONTAINS(STR(?graph), "/translations/"))
  FILTER (!isLiteral(?value) || LANG(?value) IN ("", "ca"))
}
"""

_SEQUENCES = """
SELECT ?this ?fragment ?member (COUNT(?before) AS ?place)
WHERE {
  ?fragment oa:hasSource ?this ;
    wp:printedSequence ?list .
  ?list rdf:rest* ?before .
  ?before rdf:rest* ?cell .
  ?cell rdf:first ?member .
}
GROUP BY ?this ?fragment ?member
"""


@dataclass(frozen=True)
class Source:
    """A document from which a plan was read: *checksum* is its file's sha256."""

    iri: str
    plan: str
    checksum: str | None


@dataclass(frozen=True)
class Span:
    """A stretch of a line: the *text* of the resource that it states, within the marks of *layout*."""

    fragment: str
    resource: str
    property: str
    layout: str
    text: str
    column: int | None

    def in_print(self) -> str:
        """The text with its marks."""
        return self.layout.replace("{}", self.text)


@dataclass(frozen=True)
class Line:
    """A line of the document, *number* from 1, as its *spans* in order."""

    number: int
    spans: Sequence[Span]

    @property
    def is_row(self) -> bool:
        """Whether the line is a row of a table."""
        return any(span.column for span in self.spans)

    @property
    def text(self) -> str:
        """The line as the document prints it, cells parted by tabs."""
        if not self.is_row:
            return "".join(span.in_print() for span in self.spans)
        cells = {span.column or 1: span.in_print() for span in self.spans}
        return "\t".join(cells.get(column, "") for column in range(1, max(cells) + 1))


def sources(engine: QueryEngine) -> list[Source]:
    """The documents behind the plans that have elements here, the latest plan first."""
    return [
        Source(row["source"].value, row["plan"].value, row["checksum"].value if row["checksum"] else None)
        for row in solutions(engine, _SOURCES)
    ]


def rebuild(engine: QueryEngine, source: str) -> list[Line]:
    """The lines of the document *source*, in order; none where the data place nothing in it."""
    this = resource(source)
    values, mentioned = _values(engine, this)
    names = names_of(engine, mentioned)
    printer = _Printer(values, names, _sequences(engine, this))
    rows = sorted(
        solutions(engine, _FRAGMENTS, this=this),
        key=lambda row: (int(row["line"].value), int(row["start"].value), row["resource"].value),
    )
    lines: dict[int, list[Span]] = defaultdict(list)
    for row in rows:
        lines[int(row["line"].value)].append(
            Span(
                row["fragment"].value,
                row["resource"].value,
                row["property"].value,
                row["layout"].value,
                "",
                int(row["column"].value) if row["column"] else None,
            )
        )
    return [Line(number, printer.fill(spans)) for number, spans in sorted(lines.items())]


def _values(
    engine: QueryEngine, this: NamedNode
) -> tuple[Mapping[tuple[str, str], list[NamedNode | Literal]], set[str]]:
    """The printable values of each resource and property, and the resources among them."""
    values: dict[tuple[str, str], list[NamedNode | Literal]] = defaultdict(list)
    mentioned = set()
    for row in solutions(engine, _VALUES, this=this):
        held = values[row["resource"].value, row["property"].value]
        if row["value"] not in held:
            held.append(row["value"])
        if isinstance(row["value"], NamedNode):
            mentioned.add(row["value"].value)
    return values, mentioned


def _sequences(engine: QueryEngine, this: NamedNode) -> Mapping[str, Sequence[str]]:
    """The order in which each fragment that keeps its own prints its values."""
    places: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in solutions(engine, _SEQUENCES, this=this):
        places[row["fragment"].value].append((int(row["place"].value), row["member"].value))
    return {fragment: [member for _, member in sorted(found)] for fragment, found in places.items()}


class _Printer:
    """Puts values into words as the document does."""

    def __init__(
        self,
        values: Mapping[tuple[str, str], list[NamedNode | Literal]],
        names: Mapping[str, Name],
        sequences: Mapping[str, Sequence[str]],
    ) -> None:
        self._values = values
        self._names = names
        self._sequences = sequences

    def fill(self, spans: Sequence[Span]) -> list[Span]:
        """*spans* with their texts; cells of a row that print one property share its values, one each in order."""
        filled = []
        for index, span in enumerate(spans):
            sharing = [i for i, s in enumerate(spans) if (s.resource, s.property) == (span.resource, span.property)]
            texts = [self._text(span, value) for value in self._ordered(span)]
            place = sharing.index(index)
            mine = texts[place:] if index == sharing[-1] else texts[place : place + 1]
            filled.append(Span(span.fragment, span.resource, span.property, span.layout, " ".join(mine), span.column))
        return filled

    def _ordered(self, span: Span) -> list[NamedNode | Literal]:
        """The values of *span* in the order in which it prints them."""
        sequence = self._sequences.get(span.fragment, ())

        def place(value: NamedNode | Literal) -> tuple[int, int, str]:
            name = self._names.get(value.value, Name())
            listed = sequence.index(value.value) if value.value in sequence else len(sequence)
            return listed, name.order or 0, value.value

        return sorted(self._values.get((span.resource, span.property), []), key=place)

    def _text(self, span: Span, value: NamedNode | Literal) -> str:
        """*value* as the document prints it where *span* stands."""
        if isinstance(value, Literal):
            return value.value
        how = _IN_PRINT.get(span.property, _label)
        name = self._names.get(value.value, Name())
        counts = self._values.get((span.resource, WP + "memberCount"), [])
        return how(name, [count.value for count in counts])


def _label(name: Name, _counts: Iterable[str]) -> str:
    """The Catalan label: the document's own words for the values of its lists."""
    return next((text for text, tag in name.labels if tag == "ca"), name.code or "")


def _code(name: Name, _counts: Iterable[str]) -> str:
    return name.code or ""


def _dotted(prefix: str) -> Callable[[Name, Iterable[str]], str]:
    """The code of a line as tables print it: ``LA07`` is ``L.A.7``."""

    def dotted(name: Name, _counts: Iterable[str]) -> str:
        digits = (name.code or "").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return f"{prefix}{int(digits)}" if digits.isdecimal() else name.code or ""

    return dotted


def _counted(name: Name, counts: Iterable[str]) -> str:
    """A kind of holder, after its number where one is told: ``9 municipis``."""
    label = _label(name, ())
    number = next(iter(counts), None)
    return f"{number} {label[:1].lower()}{label[1:]}" if number else label


_IN_PRINT: Final[Mapping[str, Callable[[Name, Iterable[str]], str]]] = {
    WP + "actionLine": _dotted("L.A."),
    WP + "strategicLine": _dotted("L.E."),
    WP + "directlyExecutedBy": _code,
    WP + "ownership": _counted,
}
"""How the values of a property are printed where it is not by their labels."""


def text_of_lines(lines: Iterable[Line]) -> str:
    """The document as text: each line on its number, blank lines between."""
    written: list[str] = []
    for line in lines:
        written += [""] * (line.number - len(written) - 1)
        written.append(line.text)
    return "\n".join(written) + "\n"


_ANCHORS = """
SELECT ?this ?fragment ?line
WHERE {
  ?fragment oa:hasSource ?this ;
    wp:sourceLine ?line .
}
"""

# The store joins each kind of note by itself several times as fast as all of them in one UNION.
_NOTES: Final[Mapping[str, str]] = {
    kind: f"""
SELECT DISTINCT ?this ?resource ?note {shown}
WHERE {{
  {{
    SELECT DISTINCT ?this ?resource
    WHERE {{
      ?fragment oa:hasSource ?this .
      ?resource wp:statedIn ?fragment .
    }}
  }}
  {pattern}
}}
"""
    for kind, shown, pattern in (
        ("anomaly", "", "?note a wp:SourceAnomaly ; oa:hasTarget|oa:hasTarget/^wp:statedIn ?resource ."),
        ("gap", "?property", "?note wp:aboutResource ?resource ; wp:aboutProperty ?property ."),
        (
            "assertion",
            "?property ?value",
            "?note rdf:subject ?resource ; rdf:predicate ?property ; rdf:object ?value .",
        ),
    )
}
"""What finds each kind of note on what a document states."""


@dataclass(frozen=True)
class Remark:
    """What is on record beside the document about a resource that it states.

    *kind* is ``anomaly``, ``gap`` or ``assertion``, *note* its IRI. A gap has a *property*, an assertion a *value* too.
    """

    kind: str
    note: str
    property: str | None = None
    value: NamedNode | Literal | None = None


def anchors(engine: QueryEngine, source: str) -> Mapping[int, Sequence[str]]:
    """Every fragment of *source*, those that print nothing too, by line."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in solutions(engine, _ANCHORS, this=resource(source)):
        found[int(row["line"].value)].append(row["fragment"].value)
    return {line: sorted(fragments) for line, fragments in found.items()}


def remarks(engine: QueryEngine, source: str) -> Mapping[str, Sequence[Remark]]:
    """The remarks on each resource that *source* states, sorted."""
    found: dict[str, list[Remark]] = defaultdict(list)
    for kind, text in _NOTES.items():
        for row in solutions(engine, text, this=resource(source)):
            prop, value = row["property"] if kind != "anomaly" else None, row["value"] if kind == "assertion" else None
            remark = Remark(kind, row["note"].value, prop.value if prop else None, value)
            found[row["resource"].value].append(remark)
    return {iri: sorted(notes, key=lambda r: (r.kind, r.note)) for iri, notes in found.items()}
