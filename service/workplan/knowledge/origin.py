"""Where the data come from and when they last changed, for whatever quotes them.

It may not know languages.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from workplan.engine.query import QueryEngine
from workplan.language import pick
from workplan.model.iris import data_iri

from .asking import solutions
from .description import Text, names_of, text_of

_SOURCES = """
SELECT DISTINCT ?source ?label
WHERE {
  ?version prov:hadPrimarySource ?source .
  OPTIONAL { ?source rdfs:label ?label }
}
"""

_MODIFIED = """
SELECT (MAX(?day) AS ?modified)
WHERE {
  VALUES ?property { dcterms:issued prov:generatedAtTime }
  ?s ?property ?moment .
  # The software's own date says nothing of the data.
  FILTER NOT EXISTS { ?s a owl:Ontology }
  BIND (SUBSTR(STR(?moment), 1, 10) AS ?day)
}
"""


_PUBLISHERS = """
SELECT ?agent (COUNT(DISTINCT ?graph) AS ?graphs)
WHERE {
  ?graph a prov:Bundle ;
    prov:wasAttributedTo ?agent .
}
GROUP BY ?agent
ORDER BY DESC(?graphs) ?agent
"""


@dataclass(frozen=True)
class Origin:
    """The labels of the documents from which plans were read, by IRI, and the last day that the data give as theirs.

    *agent* is who made the data and answers for them, *publisher* what that is called: the network where the data
    attribute nothing to anyone.
    """

    sources: Mapping[str, tuple[Text, ...]]
    modified: str | None
    publisher: tuple[Text, ...] = ()
    agent: str | None = None

    def publisher_in(self, lang: str, otherwise: str) -> str:
        """What the publisher is called in *lang*, or *otherwise* where the data do not say."""
        found = pick(self.publisher, lang)
        return found[0] if found else otherwise


def publisher(engine: QueryEngine) -> str | None:
    """The IRI of who answers for the most graphs behind *engine*."""
    return next((row["agent"].value for row in solutions(engine, _PUBLISHERS)), None)


def origin(engine: QueryEngine, network: str) -> Origin:
    """Where the data behind *engine* come from, which are of the *network* of that code, if of one."""
    labels: dict[str, set[Text]] = defaultdict(set)
    for row in solutions(engine, _SOURCES):
        labels[row["source"].value] |= {text_of(row["label"])} if row["label"] else set()
    (dates,) = solutions(engine, _MODIFIED)
    agent = publisher(engine) or (data_iri(network) if network else None)
    return Origin(
        {iri: tuple(sorted(texts)) for iri, texts in sorted(labels.items())},
        dates["modified"].value if dates["modified"] else None,
        tuple(names_of(engine, [agent])[agent].labels) if agent else (),
        agent,
    )
