"""What stands around a resource: what it is part of, its neighbours of the same kind, where the document prints it.

It may not decide what a page shows or in which words.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal

from workplan.engine.query import QueryEngine

from .asking import resource, solutions
from .description import Name

_ANCESTORS: Final = """
SELECT DISTINCT ?this ?rank ?ancestor
WHERE {
  {
    ?this wp:elementOf?/dcterms:isVersionOf?/wp:ofNetwork ?ancestor .
    BIND (0 AS ?rank)
  }
  UNION
  {
    ?this wp:concerns/dcterms:isVersionOf/wp:ofNetwork|prov:specializationOf/wp:ofNetwork ?ancestor .
    BIND (0 AS ?rank)
  }
  UNION
  {
    ?this dcterms:isPartOf/wp:ofNetwork|^prov:hadPrimarySource/dcterms:isVersionOf/wp:ofNetwork ?ancestor .
    BIND (0 AS ?rank)
  }
  UNION
  {
    ?this wp:elementOf?/dcterms:isVersionOf|wp:concerns/dcterms:isVersionOf ?ancestor .
    BIND (1 AS ?rank)
  }
  UNION
  {
    ?this dcterms:isPartOf|^prov:hadPrimarySource/dcterms:isVersionOf ?ancestor .
    BIND (1 AS ?rank)
  }
  UNION
  {
    ?this skos:inScheme|prov:specializationOf ?ancestor .
    BIND (2 AS ?rank)
  }
  UNION
  {
    ?this wp:objectiveOf|^dcterms:hasPart ?ancestor .
    BIND (3 AS ?rank)
  }
}
"""
"""What a resource is part of: its network, its plan, its scheme or team, and what it hangs from within these."""

_NEIGHBOURS: Final = """
SELECT DISTINCT ?this ?folder ?other ?order ?code
WHERE {
  ?this a ?type .
  ?other a ?type .
  FILTER (STRSTARTS(STR(?other), ?folder))
  OPTIONAL { ?other wp:order ?order }
  OPTIONAL { ?other wp:code ?code }
}
"""

_CELLS: Final = """
SELECT ?this ?property ?fragment
WHERE {
  ?this wp:statedIn ?fragment .
  ?fragment wp:prints ?property .
}
"""


_MAKERS: Final = """
SELECT DISTINCT ?this ?rank ?maker
WHERE {
  {
    ?this (skos:inScheme|skos:memberList/rdf:rest*/rdf:first/skos:inScheme)?/dcterms:creator ?maker .
    BIND (0 AS ?rank)
  }
  UNION
  {
    GRAPH ?graph { ?this ?property ?value }
    ?graph prov:wasAttributedTo ?maker .
    BIND (1 AS ?rank)
  }
}
"""
"""Who made a resource or the list that it is from, or else who answers for the data that tell of it."""

_SOURCES: Final = """
SELECT DISTINCT ?this ?source
WHERE {
  ?this wp:statedIn/oa:hasSource|(wp:elementOf|wp:concerns|^dcterms:isVersionOf)?/prov:hadPrimarySource ?source .
}
"""
"""The documents that state a resource, or from which its plan was read."""


_SHARED: Final = """
SELECT ?this ?note (COUNT(DISTINCT ?other) AS ?count)
WHERE {
  {
    ?note oa:hasTarget ?this, ?other ;
      a wp:SourceAnomaly .
  }
  UNION
  {
    ?note wp:aboutResource ?this ;
      wp:aboutProperty ?property ;
      wp:evidence ?evidence .
    ?like wp:evidence ?evidence ;
      wp:aboutProperty ?property ;
      wp:aboutResource ?other .
  }
}
GROUP BY ?this ?note
"""
"""Of how many resources the same is noted, in the same words."""


@dataclass(frozen=True)
class Surroundings:
    """What stands around a resource.

    *ancestors* are what it is part of, from the widest; *neighbours* those of its kind in their order, itself among
    them; *printed* the places of the document that print each of its properties. *makers* made it, or answer for the
    data that tell of it, where these say; *sources* are the documents that it was read from. *shared* counts the
    resources of which the same doubt or gap is noted, by the note.
    """

    ancestors: Sequence[str] = ()
    neighbours: Sequence[str] = ()
    place: int = 0
    printed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    makers: Sequence[str] = ()
    sources: Sequence[str] = ()
    shared: Mapping[str, int] = field(default_factory=dict)

    @property
    def before(self) -> str | None:
        """The neighbour before it; None for the first."""
        return self.neighbours[self.place - 1] if self.place else None

    @property
    def after(self) -> str | None:
        """The neighbour after it; None for the last."""
        following = self.neighbours[self.place + 1 : self.place + 2]
        return following[0] if following else None

    @property
    def mentioned(self) -> Iterable[str]:
        """The resources that a page leads to by them."""
        return {*self.ancestors, *self.makers, *self.sources, *filter(None, (self.before, self.after))}


def surroundings(engine: QueryEngine, iri: str) -> Surroundings:
    """What stands around *iri* in the data behind *engine*."""
    this = resource(iri)
    ranked = {row["ancestor"].value: int(row["rank"].value) for row in solutions(engine, _ANCESTORS, this=this)}
    printed: dict[str, list[str]] = defaultdict(list)
    for row in solutions(engine, _CELLS, this=this):
        printed[row["property"].value].append(row["fragment"].value)
    neighbours = _neighbours(engine, iri)
    makers = {(int(row["rank"].value), row["maker"].value) for row in solutions(engine, _MAKERS, this=this)}
    nearest = min(makers, default=(0, ""))[0]
    return Surroundings(
        sorted(ranked, key=lambda ancestor: (ranked[ancestor], ancestor)),
        neighbours,
        neighbours.index(iri) if iri in neighbours else 0,
        printed,
        sorted(maker for rank, maker in makers if rank == nearest),
        sorted(row["source"].value for row in solutions(engine, _SOURCES, this=this)),
        {row["note"].value: int(row["count"].value) for row in solutions(engine, _SHARED, this=this)},
    )


def _neighbours(engine: QueryEngine, iri: str) -> list[str]:
    """The resources of a class of *iri* and of the same folder of addresses, in their order, itself among them."""
    folder = iri.rpartition("/")[0] + "/"
    places: dict[str, tuple[int, tuple[str, ...]]] = {}
    for row in solutions(engine, _NEIGHBOURS, this=resource(iri), folder=Literal(folder)):
        other = row["other"].value
        if not re.search("[/#]", other.removeprefix(folder)):
            order = int(row["order"].value) if row["order"] and row["order"].value.isdecimal() else None
            name = Name(code=row["code"].value if row["code"] else None, order=order)
            places[other] = name.place(other)
    return sorted(places, key=lambda other: (places[other], other))
