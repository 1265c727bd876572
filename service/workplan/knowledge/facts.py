"""Everything that the data say of one plan, held to be looked up while the plan is written in another form.

It may not decide what that form is.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from workplan.engine.query import QueryEngine
from workplan.language import pick
from workplan.model.iris import data_path, graph_iri
from workplan.model.namespaces import expand

from .description import Text
from .graphs import graph_sizes, statements

_LABELS: Final = ("rdfs:label", "skos:prefLabel")
_NO_DATA: Final = ("shapes/", "queries")
"""How the paths of graphs begin that say nothing of any plan."""

_SHARED: Final = ("alignments/", "ontology/", "schemes/")
"""How those begin that every network has."""

Node = NamedNode | BlankNode


class Facts:
    """The statements about the plan *iri* and about what it names; properties and classes go by their prefixed name."""

    def __init__(self, iri: str, triples: Iterator[Triple]) -> None:
        self.iri = iri
        self._values: dict[Node, dict[str, list[Node | Literal]]] = defaultdict(lambda: defaultdict(list))
        self._subjects: dict[tuple[str, Node], list[str]] = defaultdict(list)
        for triple in sorted(set(triples), key=str):
            subject, value = triple.subject, triple.object
            if isinstance(subject, Triple) or isinstance(value, Triple):
                continue  # RDF 1.2, which no file of ours may hold
            self._values[subject][triple.predicate.value].append(value)
            if not isinstance(value, Literal) and isinstance(subject, NamedNode):
                self._subjects[triple.predicate.value, value].append(subject.value)

    def texts(self, iri: str, name: str) -> list[Text]:
        """The texts that are values of the property *name* of *iri*, with their languages."""
        return [(value.value, value.language or "") for value in self._of(iri, name) if isinstance(value, Literal)]

    def value(self, iri: str, name: str) -> str | None:
        """The first value of the property *name* of *iri*, as text."""
        return next((value.value for value in self._of(iri, name)), None)

    def resources(self, iri: str, name: str) -> list[str]:
        """The resources that the property *name* of *iri* points to, in their order."""
        return self.in_order(value.value for value in self._of(iri, name) if isinstance(value, NamedNode))

    def subjects(self, name: str, iri: str) -> list[str]:
        """The resources whose property *name* points to *iri*, in their order."""
        return self.in_order(self._subjects[expand(name), NamedNode(iri)])

    def items(self, iri: str, name: str) -> list[str]:
        """The resources in the list that is the value of the property *name* of *iri*."""
        found: list[str] = []
        links: Sequence[Node | Literal] = self._of(iri, name)
        while links and isinstance(links[0], BlankNode) and len(found) < len(self._values):
            values = self._values[links[0]]
            found += [value.value for value in values[expand("rdf:first")][:1]]
            links = values[expand("rdf:rest")]
        return found

    def of_class(self, name: str, among: Sequence[str]) -> list[str]:
        """Those of *among* that are of the class *name*."""
        kind = NamedNode(expand(name))
        return [iri for iri in among if kind in self._of(iri, "rdf:type")]

    def elements(self) -> list[str]:
        """What the plan's versions are made of, in their order."""
        versions = self.subjects("dcterms:isVersionOf", self.iri)
        return self.in_order({each for version in versions for each in self.subjects("wp:elementOf", version)})

    def label(self, iri: str, lang: str) -> Text | None:
        """What *iri* is called, for a reader of *lang*, and in which language that is."""
        return pick([text for name in _LABELS for text in self.texts(iri, name)], lang)

    def is_added(self, iri: str, name: str, value: str) -> bool:
        """Whether a curator added the *value* of the property *name* of *iri*, and the document does not state it."""
        told = set(self._subjects[expand("rdf:subject"), NamedNode(iri)])
        return bool(
            told
            & set(self._subjects[expand("rdf:predicate"), NamedNode(expand(name))])
            & set(self._subjects[expand("rdf:object"), NamedNode(value)])
        )

    def reason_missing(self, iri: str, name: str) -> str | None:
        """Why the property *name* of *iri* has no value, where that is on record: the reason's identifier."""
        gaps = set(self.subjects("wp:aboutResource", iri)) & set(self.subjects("wp:aboutProperty", expand(name)))
        return next((reason for gap in sorted(gaps) for reason in self.resources(gap, "wp:gapReason")), None)

    def in_order(self, iris: Iterator[str] | Sequence[str] | set[str]) -> list[str]:
        """*iris*, each once, by their order in the document, then by code."""
        return sorted(set(iris), key=self._place)

    def _place(self, iri: str) -> tuple[int, str, str]:
        order = self.value(iri, "wp:order") or "0"
        return int(order) if order.isdecimal() else 0, self.value(iri, "wp:code") or "", iri

    def _of(self, iri: str, name: str) -> Sequence[Node | Literal]:
        return self._values[NamedNode(iri)].get(expand(name), ())


def facts_of(engine: QueryEngine, plan: str) -> Facts:
    """All that the data behind *engine* say of *plan* and of what it names."""
    return Facts(plan, _triples(engine, _graphs(engine, _NO_DATA)))


def triples_of(engine: QueryEngine, plan: str) -> Iterator[Triple]:
    """The statements of the graphs of *plan*, and what other graphs of data say of what those name.

    What every network shares, the ontology and the concept schemes, is not among them.
    """
    own = graph_iri(data_path(plan) or "") + "/"
    graphs = _graphs(engine, (*_NO_DATA, *_SHARED))
    found = list(_triples(engine, [graph for graph in graphs if graph.startswith(own)]))
    others: dict[object, list[Triple]] = defaultdict(list)
    for triple in _triples(engine, [graph for graph in graphs if not graph.startswith(own)]):
        others[triple.subject].append(triple)
    waiting = found
    while waiting:
        yield from waiting
        named = {term for triple in waiting for term in (triple.subject, triple.object)}
        waiting = [triple for term in named for triple in others.pop(term, ())]


def _graphs(engine: QueryEngine, without: tuple[str, ...]) -> list[str]:
    """The graphs whose paths do not begin as one of *without*."""
    return [graph for graph in graph_sizes(engine) if not graph.startswith(tuple(map(graph_iri, without)))]


def _triples(engine: QueryEngine, graphs: Sequence[str]) -> Iterator[Triple]:
    """The statements of *graphs*, the nameless resources of each its own."""
    for graph in graphs:
        body = statements(engine, graph)
        yield from (quad.triple for quad in parse(body, format=RdfFormat.N_TRIPLES, rename_blank_nodes=True))
