"""The words that a query over the data may be written with: classes and properties, ours and those of others.

It may not decide in which language they are explained.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from workplan.engine.query import QueryEngine
from workplan.model.namespaces import NAMESPACES

from .asking import solutions
from .description import Text, names_of
from .ontology import terms_of

_USED = """
SELECT DISTINCT ?term ?is_class
WHERE {
  {
    { SELECT DISTINCT ?term WHERE { ?thing a ?term } }
    BIND (true AS ?is_class)
  }
  UNION
  {
    { SELECT DISTINCT ?term WHERE { ?thing ?term ?value } }
    BIND (false AS ?is_class)
  }
}
"""


@dataclass(frozen=True)
class Word:
    """A class or a property: its *name* with a prefix, and what it is called and means in each language."""

    name: str
    is_class: bool
    labels: Sequence[Text]
    definitions: Sequence[Text]


def words_of(engine: QueryEngine) -> list[Word]:
    """The ontology's terms, and those of other vocabularies that the data use under a known prefix; sorted by name."""
    words = {}
    for term in terms_of(engine):
        if name := prefixed(term.iri):
            words[name] = Word(name, term.is_class, term.labels, term.definitions)
    used = {row["term"].value: row["is_class"].value == "true" for row in solutions(engine, _USED)}
    others = {iri: name for iri in used if (name := prefixed(iri)) and name not in words}
    names = names_of(engine, others)
    for iri, name in others.items():
        words[name] = Word(name, used[iri], names[iri].labels, ())
    return sorted(words.values(), key=lambda word: word.name)


def prefixed(iri: str) -> str | None:
    """*iri* with its prefix, where it has a known one and may be written so."""
    for prefix, namespace in NAMESPACES.items():
        local = iri.removeprefix(namespace)
        # Of the names that SPARQL allows, those that need no escape.
        if local != iri and local.isidentifier() and local.isascii():
            return f"{prefix}:{local}"
    return None
