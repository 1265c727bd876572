"""How the ontology is meant to be used: for each pattern, where the data hold an example of it.

It may not explain a pattern: pages do, in the reader's words.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad

from workplan.engine.query import QueryEngine

from .asking import solutions, values_block

_STATEMENTS = """
SELECT ?graph ?subject ?predicate ?object
WHERE {
  VALUES ?subject { %s }
  GRAPH ?graph { ?subject ?predicate ?object }
}
"""

PATTERNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "plan-version": """
SELECT ?plan ?version
WHERE {
  ?version a wp:PlanVersion ;
    dcterms:isVersionOf ?plan .
  ?plan wp:planYear ?year .
}
ORDER BY DESC(?year) ?version
LIMIT 1
""",
        "stated-curated": """
SELECT ?action ?assertion
WHERE {
  ?assertion a wp:CuratorAssertion ;
    rdf:subject ?action ;
    rdf:predicate wp:strategicLine ;
    rdf:object ?line .
  ?action a wp:PlannedAction ;
    wp:strategicLine ?line .
}
ORDER BY ?assertion
LIMIT 1
""",
        "gap": """
SELECT ?gap
WHERE {
  ?gap a wp:DataGap ;
    wp:aboutResource ?action .
  ?action a wp:PlannedAction .
}
ORDER BY ?gap
LIMIT 1
""",
        "anomaly": """
SELECT ?anomaly ?body
WHERE {
  ?anomaly a wp:SourceAnomaly ;
    oa:hasBody ?body ;
    oa:hasTarget ?action .
  ?action a wp:PlannedAction .
}
ORDER BY ?anomaly
LIMIT 1
""",
        "observation": """
SELECT ?observation
WHERE {
  ?observation a wp:IndicatorObservation .
}
ORDER BY ?observation
LIMIT 1
""",
        "team-year": """
SELECT ?team ?in_year
WHERE {
  ?in_year prov:specializationOf ?team ;
    wp:meetingFrequency ?frequency .
  ?team a wp:Team .
}
ORDER BY ?in_year
LIMIT 1
""",
    }
)
"""The query that finds an example of each pattern: the resources that it is made of, in the order to read them."""


def example_of(engine: QueryEngine, pattern: str) -> list[Quad]:
    """The statements of the example that the data hold of *pattern*; none where they hold no such thing."""
    found = next(iter(solutions(engine, PATTERNS[pattern])), None)
    if found is None:
        return []
    return statements_of(engine, [term.value for term in found if isinstance(term, NamedNode)])


def statements_of(engine: QueryEngine, iris: list[str]) -> list[Quad]:
    """What the data say of *iris*, in that order; what has no name is left out."""
    quads = [
        Quad(row["subject"], row["predicate"], row["object"], row["graph"])
        for row in solutions(engine, _STATEMENTS % values_block(iris))
        if not isinstance(row["object"], BlankNode)
    ]
    return sorted(quads, key=lambda quad: (iris.index(str(quad.subject)[1:-1]), str(quad)))
