"""Everything the data say of one resource, with what they say of their own saying it.

It may not decide what a page shows or in which words.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from workplan.engine.query import QueryEngine
from workplan.model.words import natural

from .asking import resource, solutions, values_block

_FACTS = """
SELECT ?this ?graph ?subject ?predicate ?object
WHERE {
  {
    GRAPH ?graph { ?this ?predicate ?object }
    BIND (?this AS ?subject)
  }
  UNION
  {
    GRAPH ?graph { ?subject ?predicate ?this }
    BIND (?this AS ?object)
  }
  UNION
  {
    ?this ?link ?part .
    ?part rdf:rest* ?subject .
    FILTER (isBlank(?subject) || STRSTARTS(STR(?subject), CONCAT(STR(?this), "#")))
    GRAPH ?graph { ?subject ?predicate ?object }
  }
}
"""

_ASSERTIONS = """
SELECT ?this ?assertion ?subject ?property ?value ?method ?confidence ?evidence
WHERE {
  ?assertion rdf:subject|rdf:object ?this ;
    rdf:subject ?subject ;
    rdf:predicate ?property ;
    rdf:object ?value .
  OPTIONAL { ?assertion wp:inferenceMethod ?method }
  OPTIONAL { ?assertion wp:confidence ?confidence }
  OPTIONAL { ?assertion wp:evidence ?evidence }
}
"""

_GAPS = """
SELECT ?this ?gap ?property ?reason ?confidence ?evidence
WHERE {
  ?gap wp:aboutResource ?this ;
    wp:aboutProperty ?property .
  OPTIONAL { ?gap wp:gapReason ?reason }
  OPTIONAL { ?gap wp:confidence ?confidence }
  OPTIONAL { ?gap wp:evidence ?evidence }
}
"""

_ANOMALIES = """
SELECT ?this ?anomaly ?body
WHERE {
  ?anomaly oa:hasTarget ?this ;
    a wp:SourceAnomaly .
  OPTIONAL { ?anomaly oa:hasBody/rdf:value ?body }
}
"""

_NAMES = """
SELECT ?resource ?property ?value
WHERE {
  VALUES ?resource { %s }
  {
    VALUES ?property { rdfs:label rdf:type wp:code wp:order }
    ?resource ?property ?value .
  }
  UNION
  {
    ?shape sh:path ?resource ;
      sh:name ?value .
    BIND (sh:name AS ?property)
  }
  UNION
  {
    ?shape sh:targetClass ?resource ;
      rdfs:label ?value .
    BIND (sh:name AS ?property)
  }
}
"""

_ABOUT = """
SELECT ?note ?about ?property
WHERE {
  VALUES ?note { %s }
  ?note rdf:subject|wp:aboutResource ?about ;
    rdf:predicate|wp:aboutProperty ?property .
}
"""

_OF_NOTES = frozenset(("subject", "predicate", "object", "aboutResource", "aboutProperty"))
"""Local names of the properties by which a note says what it is about."""

Text = tuple[str, str]
"""A text and its language tag, empty where it has none."""


@dataclass(frozen=True)
class Statement:
    """A triple and the graphs that hold it."""

    subject: NamedNode | BlankNode
    predicate: NamedNode
    object: NamedNode | BlankNode | Literal
    graphs: frozenset[str]


@dataclass(frozen=True)
class Note:
    """What curators noted of a *property* of the resource *subject*.

    Either that it has the *value*, by the method *basis*, or that it has none, for the reason *basis*.
    """

    iri: str
    subject: str
    property: str
    value: NamedNode | BlankNode | Literal | None = None
    basis: str | None = None
    confidence: str | None = None
    evidence: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Anomaly:
    """A defect or doubt of the source about the resource."""

    iri: str
    body: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Name:
    """How a resource may be called and placed: *labels* by language, its *code*, *order* and *types*.

    A note without a label may be called by the resource and the property that it is *about*, where these are known.
    """

    labels: tuple[Text, ...] = ()
    code: str | None = None
    order: int | None = None
    types: frozenset[str] = frozenset()
    about: tuple[str, str] | None = None

    def place(self, iri: str) -> tuple[int, tuple[str, ...]]:
        """Where the resource *iri* stands among others of its kind: by the number in its code, else by its order.

        Orders begin anew within each part of a plan, codes do not.
        """
        code = self.code or ""
        return (0 if any(map(str.isdecimal, code)) else self.order or 0, natural(code or iri))


@dataclass(frozen=True)
class Description:
    """All statements from, to and within the resource *iri*, with the notes on them and every name involved.

    *also* are resources that were asked to be named with it.
    """

    iri: str
    statements: Sequence[Statement]
    assertions: Sequence[Note]
    gaps: Sequence[Note]
    anomalies: Sequence[Anomaly]
    names: Mapping[str, Name] = field(default_factory=dict)
    also: frozenset[str] = frozenset()

    def outgoing(self) -> Iterable[Statement]:
        """The statements whose subject is the resource."""
        return (s for s in self.statements if s.subject == NamedNode(self.iri))

    def incoming(self) -> Iterable[Statement]:
        """The statements of other resources whose object is the resource."""
        this = NamedNode(self.iri)
        return (s for s in self.statements if s.object == this and s.subject != this)

    def quads(self) -> Iterable[Quad]:
        """The statements with their graphs, and the labels of everything that they name."""
        for s in self.statements:
            for graph in s.graphs:
                yield Quad(s.subject, s.predicate, s.object, NamedNode(graph))


def describe(engine: QueryEngine, iri: str, also: Iterable[str] = ()) -> Description | None:
    """What the data behind *engine* say of *iri*; None where they hold no statement of it.

    A resource that is only ever pointed to is not held: nothing is said of it. Those of *also* are named with it.
    """
    this = resource(iri)
    graphs: dict[tuple[NamedNode | BlankNode, NamedNode, NamedNode | BlankNode | Literal], set[str]] = defaultdict(set)
    for row in solutions(engine, _FACTS, this=this):
        graphs[row["subject"], row["predicate"], row["object"]].add(row["graph"].value)
    if not any(subject == this for subject, _, _ in graphs):
        return None
    statements = [Statement(*triple, frozenset(where)) for triple, where in graphs.items()]
    assertions = _notes(engine, _ASSERTIONS, this, "assertion", "method")
    gaps = _notes(engine, _GAPS, this, "gap", "reason")
    anomalies = _anomalies(engine, this)
    mentioned = {
        term.value for s in statements for term in (s.subject, s.predicate, s.object) if isinstance(term, NamedNode)
    }
    for note in (*assertions, *gaps):
        mentioned |= {iri for iri in (note.iri, note.property, note.basis, note.confidence) if iri}
    mentioned |= {a.iri for a in anomalies} | set(also)
    return Description(iri, statements, assertions, gaps, anomalies, names_of(engine, mentioned), frozenset(also))


def with_kinds(engine: QueryEngine, description: Description) -> Description:
    """*description* with the names of the classes of all that points to the resource, and of what notes are about."""
    pointing = {
        s.subject.value
        for s in description.incoming()
        if isinstance(s.subject, NamedNode) and s.predicate.value.rpartition("#")[2] not in _OF_NOTES
    }
    pointing |= {iri for iri in description.also if iri in description.names}
    kinds = {kind for iri in pointing for kind in description.names[iri].types}
    unlabelled = values_block(iri for iri in pointing if not description.names[iri].labels)
    rows = solutions(engine, _ABOUT % unlabelled) if unlabelled else ()
    about = {row["note"].value: (row["about"].value, row["property"].value) for row in rows}
    wanted = (kinds | {iri for pair in about.values() for iri in pair}) - set(description.names)
    names = {**description.names, **(names_of(engine, wanted) if wanted else {})}
    return replace(description, names=names | {iri: replace(names[iri], about=pair) for iri, pair in about.items()})


def _notes(engine: QueryEngine, text: str, this: NamedNode, key: str, basis: str) -> list[Note]:
    """The notes that *text* finds on *this*, one for each resource in the variable *key*, sorted."""
    found: dict[str, Note] = {}
    evidence: dict[str, set[Text]] = defaultdict(set)
    for row in solutions(engine, text, this=this):
        iri = row[key].value
        found[iri] = Note(
            iri,
            row["subject"].value if key == "assertion" else this.value,
            row["property"].value,
            row["value"] if key == "assertion" else None,
            row[basis].value if row[basis] else None,
            row["confidence"].value if row["confidence"] else None,
        )
        if row["evidence"]:
            evidence[iri].add(text_of(row["evidence"]))
    return [replace(note, evidence=tuple(sorted(evidence[iri]))) for iri, note in sorted(found.items())]


def _anomalies(engine: QueryEngine, this: NamedNode) -> list[Anomaly]:
    """The anomalies about *this*, sorted."""
    bodies: dict[str, set[Text]] = defaultdict(set)
    for row in solutions(engine, _ANOMALIES, this=this):
        bodies[row["anomaly"].value] |= {text_of(row["body"])} if row["body"] else set()
    return [Anomaly(iri, tuple(sorted(body))) for iri, body in sorted(bodies.items())]


def text_of(literal: Literal) -> Text:
    """The text of *literal* and its language tag."""
    return literal.value, literal.language or ""


def names_of(engine: QueryEngine, iris: Iterable[str]) -> dict[str, Name]:
    """The name of each of *iris*; a term that no ontology here labels is called as the shapes call it."""
    wanted = set(iris)
    labels: dict[str, set[Text]] = defaultdict(set)
    usage: dict[str, set[Text]] = defaultdict(set)
    types: dict[str, set[str]] = defaultdict(set)
    codes: dict[str, str] = {}
    orders: dict[str, int] = {}
    for row in solutions(engine, _NAMES % values_block(wanted)):
        iri, prop, value = row["resource"].value, row["property"].value.rpartition("#")[2], row["value"]
        if prop == "label":
            labels[iri].add(text_of(value))
        elif prop == "name":
            usage[iri].add(text_of(value))
        elif prop == "type":
            types[iri].add(value.value)
        elif prop == "code":
            codes[iri] = value.value
        elif prop == "order" and value.value.isdecimal():
            orders[iri] = int(value.value)
    return {
        iri: Name(tuple(sorted(labels[iri] or usage[iri])), codes.get(iri), orders.get(iri), frozenset(types[iri]))
        for iri in wanted
    }
