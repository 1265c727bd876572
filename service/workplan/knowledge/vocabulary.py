"""The words that a query over the data may be written with: classes and properties, ours and those of others.

It may not decide in which language they are explained.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pyoxigraph import NamedNode

from workplan.engine.outline import form_of, namespaces_of
from workplan.engine.query import QueryEngine
from workplan.engine.tokens import Token, place_of, tokens
from workplan.model.namespaces import NAMESPACES, split
from workplan.model.words import nearest

from .asking import solutions, values_block
from .description import Name, Text, names_of
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


_KNOWN = """
SELECT DISTINCT ?term
WHERE {
  VALUES ?term { %s }
  FILTER (EXISTS { ?term ?property ?value } || EXISTS { ?thing ?term ?value } || EXISTS { ?thing a ?term })
}
"""

_VALUES = """
SELECT DISTINCT ?value
WHERE {
  ?thing ?property ?value .
  FILTER (isIRI(?value))
}
LIMIT %d
"""

MOST_VALUES: Final = 200
"""Values of a property that are proposed: nobody chooses from more."""

MOST_TOKENS: Final = 20_000
"""Beyond it a text is a program's, and nobody reads what is said of its names."""

MOST_NAMES: Final = 200
"""Names of a query that are looked up."""

_FREE: Final = frozenset(("rdf", "rdfs", "owl", "xsd", "sh"))
"""Prefixes of languages, whose names a query may well ask for though no data here have them."""


@dataclass(frozen=True)
class Unknown:
    """A name *found* in a query, at a place from 1, that nothing here has; *near* is the one that may be meant.

    *rewrite* is the query with that one in its place, empty where none is near.
    """

    found: str
    near: str
    line: int
    column: int
    rewrite: str


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


def values_of(engine: QueryEngine, name: str) -> dict[str, Name]:
    """The resources that are values of the property *name*, written with a known prefix, by code or label.

    Empty where there are none, or more than can be chosen from, and where *name* is no such name.
    """
    prefix, _, local = name.partition(":")
    if prefix not in NAMESPACES or prefixed(NAMESPACES[prefix] + local) != name:
        return {}
    rows = solutions(engine, _VALUES % (MOST_VALUES + 1), property=NamedNode(NAMESPACES[prefix] + local))
    found = [row["value"].value for row in rows]
    if len(found) > MOST_VALUES:
        return {}
    names = names_of(engine, found)
    return {iri: names[iri] for iri in sorted(found, key=lambda iri: (names[iri].place(iri), iri))}


def unknown_names(engine: QueryEngine, text: str) -> list[Unknown]:
    """The names in the query *text*, of vocabularies with a known prefix, that the data behind *engine* do not have.

    A query with such a name has no answer, and nothing is wrong with it. Each name is told once, where it first stands.
    """
    named = _named(text)
    if not named:
        return []
    known = {row["term"].value for row in solutions(engine, _KNOWN % values_block(named))}
    missing = {iri: token for iri, token in named.items() if iri not in known}
    if not missing:
        return []
    names = [word.name for word in words_of(engine)]
    return list(filter(None, (_unknown(text, iri, token, names) for iri, token in missing.items())))


def _unknown(text: str, iri: str, token: Token, names: Sequence[str]) -> Unknown | None:
    """What is said of the name *iri*, which *token* writes; nothing of another's vocabulary unless a name is near."""
    found = prefixed(iri) or iri
    prefix = found.partition(":")[0]
    near = nearest(found, [name for name in names if name.startswith(f"{prefix}:")]) or ""
    if not near and prefix != "wp":
        return None
    meant = near.partition(":")[2]
    written = f"{token.text.partition(':')[0]}:{meant}" if token.kind == "name" else f"<{NAMESPACES[prefix]}{meant}>"
    rewrite = text[: token.start] + written + text[token.end :] if near else ""
    return Unknown(found, near, *place_of(text, token.start)[:2], rewrite)


def _named(text: str) -> dict[str, Token]:
    """The names of vocabularies with a known prefix in the query *text*, each with where it first stands."""
    found: dict[str, Token] = {}
    form, declared = form_of(text), namespaces_of(text)
    read = list(islice(tokens(text, form.start), MOST_TOKENS + 1)) if form else []
    for token in read if len(read) <= MOST_TOKENS else ():
        if token.kind in ("iri", "name"):
            prefix, _, local = token.text.partition(":")
            iri = token.text[1:-1] if token.kind == "iri" else declared.get(prefix, "") + local
            known, _ = split(iri) or ("", "")
            if known and known not in _FREE and prefixed(iri) and len(found) < MOST_NAMES:
                found.setdefault(iri, token)
    return found


def prefixed(iri: str) -> str | None:
    """*iri* with its prefix, where it has a known one and may be written so."""
    prefix, local = split(iri) or ("", "")
    # Of the names that SPARQL allows, those that need no escape.
    return f"{prefix}:{local}" if local.isidentifier() and local.isascii() else None
