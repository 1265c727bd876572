"""What a catalogue of data sets has to know of the networks and their plans.

It may not know the words of a page or the address of a service.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from workplan.engine.query import QueryEngine

from .asking import solutions
from .description import Text, text_of
from .origin import publisher

_PLANS = """
PREFIX time: <http://www.w3.org/2006/time#>
SELECT ?plan ?network ?year ?start ?end (COUNT(DISTINCT ?action) AS ?actions)
WHERE {
  ?plan a wp:WorkPlan ;
    wp:ofNetwork ?network .
  ?version dcterms:isVersionOf ?plan .
  ?action a wp:PlannedAction ;
    wp:elementOf ?version .
  OPTIONAL { ?plan wp:planYear ?year }
  OPTIONAL {
    ?plan dcterms:temporal ?period .
    ?period time:hasBeginning/time:inXSDDate ?start ;
      time:hasEnd/time:inXSDDate ?end .
  }
}
GROUP BY ?plan ?network ?year ?start ?end
ORDER BY ?network ?year ?plan
"""

_LABELS = """
SELECT DISTINCT ?resource ?label
WHERE {
  { ?resource a wp:WorkPlan } UNION { ?resource a wp:MunicipalNetwork } UNION { ?any prov:wasAttributedTo ?resource }
  ?resource rdfs:label ?label .
}
"""

_KEYWORDS = """
SELECT DISTINCT ?plan ?keyword
WHERE {
  ?version dcterms:isVersionOf ?plan .
  ?action wp:elementOf ?version ;
    wp:thematicScope/rdfs:label ?keyword .
}
"""

_SOURCES = """
SELECT DISTINCT ?plan ?source
WHERE {
  ?version dcterms:isVersionOf ?plan ;
    prov:hadPrimarySource ?source .
}
"""


@dataclass(frozen=True)
class PlanEntry:
    """A plan as an entry: the days on which its time *start*s and *end*s, its number of *actions*, its *keywords*."""

    iri: str
    network: str
    year: str | None
    start: str | None
    end: str | None
    actions: int
    labels: Sequence[Text]
    keywords: Sequence[Text]
    sources: Sequence[str]


@dataclass(frozen=True)
class Catalogue:
    """The plans of which the data hold actions, by network and year; the *labels* of what is named, by IRI.

    *publisher* is who answers for the most graphs.
    """

    plans: Sequence[PlanEntry]
    labels: dict[str, Sequence[Text]]
    publisher: str | None


def catalogue(engine: QueryEngine) -> Catalogue:
    """What the data behind *engine* say of themselves as a collection."""
    labels: dict[str, list[Text]] = defaultdict(list)
    for row in solutions(engine, _LABELS):
        labels[row["resource"].value].append(text_of(row["label"]))
    keywords: dict[str, list[Text]] = defaultdict(list)
    for row in solutions(engine, _KEYWORDS):
        keywords[row["plan"].value].append(text_of(row["keyword"]))
    sources: dict[str, list[str]] = defaultdict(list)
    for row in solutions(engine, _SOURCES):
        sources[row["plan"].value].append(row["source"].value)
    plans = [
        PlanEntry(
            row["plan"].value,
            row["network"].value,
            row["year"].value if row["year"] else None,
            row["start"].value if row["start"] else None,
            row["end"].value if row["end"] else None,
            int(row["actions"].value),
            sorted(labels[row["plan"].value]),
            sorted(keywords[row["plan"].value]),
            sorted(sources[row["plan"].value]),
        )
        for row in solutions(engine, _PLANS)
    ]
    return Catalogue(plans, {iri: sorted(texts) for iri, texts in labels.items()}, publisher(engine))
