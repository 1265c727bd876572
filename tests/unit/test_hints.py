"""Hints about slow queries: told where they are due, and rewritten only to what means the same."""

import itertools
import random

import pytest
from pyoxigraph import NamedNode, Quad, QuerySolutions, Store

from workplan.engine.hints import MOST_LEVELS, MOST_TOKENS, SHAPES, hints

SHOWN = {
    "not-exists": "SELECT * { ?s ?p ?o FILTER NOT EXISTS { ?s <x:1> ?a . ?a <x:2> ?b } }",
    "not-exists, by semicolon": "SELECT * { ?s ?p ?o FILTER NOT EXISTS { ?s <x:1> ?a ; <x:2> ?b } }",
    "not-exists, by comma": "SELECT * { ?s ?p ?o FILTER NOT EXISTS { ?s <x:1> ?a , ?b } }",
    "not-exists, by brackets": "SELECT * { ?s ?p ?o FILTER NOT EXISTS { ?s <x:1> [ <x:2> ?b ] } }",
    "not-exists, among others": "SELECT * { ?s ?p ?o FILTER(isIRI(?o) && not exists { ?s <x:1> ?a . ?a <x:2> ?b }) }",
    "not-exists, in a subquery": "SELECT * {{ SELECT ?s { ?s ?p ?o FILTER NOT EXISTS { ?s <x:1> ?a . ?a ?b 2 } } } }",
    "exists": "ASK { ?s ?p ?o FILTER EXISTS { ?s <x:1> ?a . ?a <x:2> ?b } }",
    "optional-first": "SELECT * { OPTIONAL { ?s <x:1> ?a } ?s <x:2> ?o }",
    "cross-product": "SELECT * { ?s <x:1> ?a . ?t <x:2> ?b FILTER(?a = ?b) }",
}
SILENT = {
    "one pattern": "SELECT * { ?s ?p ?o FILTER NOT EXISTS { ?s <x:1> ?a } }",
    "a semicolon at the end": "SELECT * { ?s ?p ?o FILTER NOT EXISTS { ?s <x:1> ?a ; } }",
    "minus": "SELECT * { ?s ?p ?o MINUS { ?s <x:1> ?a . ?a <x:2> ?b } }",
    "words in a string": "SELECT * { ?s ?p 'FILTER NOT EXISTS { ?s <x:1> ?a . ?a <x:2> ?b }' }",
    "words in a comment": "SELECT * { ?s ?p ?o # FILTER NOT EXISTS { ?s <x:1> ?a . ?a <x:2> ?b }\n }",
    "optional last": "SELECT * { ?s <x:2> ?o OPTIONAL { ?s <x:1> ?a } }",
    "optional about one thing": "SELECT * { OPTIONAL { <x:s> <x:1> ?a } <x:s> <x:2> ?o }",
    "optional alone": "SELECT * { OPTIONAL { ?s <x:1> ?a } OPTIONAL { ?s <x:2> ?b } }",
    "joined by a third": "SELECT * { ?s <x:1> ?a . ?t <x:2> ?b . ?a <x:3> ?b }",
    "joined by a value": "SELECT * { ?s <x:1> ?a . BIND(?a AS ?b) ?t <x:2> ?b }",
    "joined by a table": "SELECT * { ?s <x:1> ?a . ?t <x:2> ?b VALUES (?a ?b) { (1 2) } }",
    "joined by a subquery": "SELECT * { ?s <x:1> ?a . ?t <x:2> ?b { SELECT * { ?a <x:3> ?b } } }",
    "joined by a blank node": "SELECT * { ?s <x:1> _:a . ?t <x:2> _:a }",
    "about two things": "SELECT * { <x:s> <x:1> ?a . <x:t> <x:2> ?b }",
    "no query": "} FILTER NOT EXISTS { ?s",
    "no end": "SELECT * { ?s ?p ?o FILTER NOT EXISTS { ?s <x:1> ?a . ?a <x:2> ?b",
    "an open string": "SELECT * { ?s ?p '} FILTER NOT EXISTS { ?s <x:1> ?a . ?a <x:2> ?b } }",
    "too many groups": "SELECT * " + "{" * (MOST_LEVELS + 1) + "}" * (MOST_LEVELS + 1),
    "too long": SHOWN["not-exists"] + " LIMIT" * MOST_TOKENS,
    "empty": "",
}
REWRITTEN = [
    "SELECT * { ?s <x:1> ?o FILTER NOT EXISTS { ?s <x:2> ?a . ?a <x:1> ?b } }",
    "SELECT * { ?s <x:1> ?o . FILTER NOT EXISTS { ?s <x:2> ?a . ?a <x:1> ?o } . ?o <x:2> ?z }",
    "SELECT * { ?s <x:1> ?o FILTER NOT EXISTS { ?s <x:2> ?a . ?a <x:1> ?o } ?o <x:2> ?z . }",
    "SELECT * { ?s <x:1> ?o FILTER NOT EXISTS { ?s <x:2> ?a . ?a <x:1> ?o }\n# end\n}",
    "SELECT * { FILTER NOT EXISTS { ?s <x:2> ?a . ?a <x:1> ?z } ?s <x:1> ?o OPTIONAL { ?o <x:2> ?z } }",
    "SELECT * { ?s <x:1> ?o FILTER NOT EXISTS { ?s <x:2> _:a . _:a <x:1> ?o } FILTER(?o != <x:b>) }",
    "SELECT * { ?s <x:1> ?o FILTER NOT EXISTS { ?s <x:1>/<x:2> ?o ; ^<x:1> ?s } FILTER EXISTS { ?o <x:1> ?k , ?l } }",
    "SELECT * { { ?s <x:1> ?o FILTER EXISTS { $s <x:2> ?a . ?a <x:1> ?b } } UNION { ?s <x:2> ?o } }",
    "SELECT ?s (COUNT(?o) AS ?n) { ?s <x:1> ?o FILTER EXISTS { ?s <x:2> ?a . ?o <x:1> ?b } } GROUP BY ?s",
    "SELECT * { GRAPH ?g { ?s <x:1> ?o FILTER NOT EXISTS { ?s <x:2> ?a ; <x:1> ?a } } }",
    "SELECT * { VALUES ?s { <x:a> UNDEF } ?s <x:1> ?o FILTER NOT EXISTS { ?s <x:2> ?a . ?a <x:2> ?k } }",
    "SELECT * { ?s <x:1> ?o BIND(<x:a> AS ?k) FILTER NOT EXISTS { ?s <x:2> ?a . ?a <x:1> ?k } }",
]
KEPT = {
    "nothing shared": "SELECT * { ?s <x:1> ?o FILTER NOT EXISTS { ?a <x:2> ?b . ?b <x:1> ?c } }",
    "a condition on what is outside": "SELECT * { ?s <x:1> ?o"
    " FILTER NOT EXISTS { ?s <x:2> ?a ; <x:1> ?b FILTER(?b = ?o) } }",
    "what is shared may be unbound": "SELECT * { { <x:a> <x:1> ?o } OPTIONAL { ?s <x:1> ?o }"
    " FILTER NOT EXISTS { ?s <x:2> ?a . ?a <x:1> ?b } }",
    "what is shared may be unbound, positive": "SELECT * { ?s <x:1> ?o OPTIONAL { ?o <x:2> ?a }"
    " FILTER EXISTS { ?s <x:2> ?a . ?a <x:1> ?b } }",
    "within OPTIONAL": "SELECT * { ?s <x:1> ?o OPTIONAL { ?o <x:2> ?z"
    " FILTER NOT EXISTS { ?s <x:2> ?z . ?z <x:1> ?b } } }",
    "within a graph": "SELECT * { GRAPH ?g { ?s <x:1> ?o FILTER EXISTS { ?s <x:2> ?a ; <x:1> ?a } } }",
    "a path of any length": "SELECT * { ?s <x:1> ?o FILTER NOT EXISTS { ?s <x:2>* ?a . ?a <x:1> ?b } }",
    "one condition of several": "SELECT * { ?s <x:1> ?o FILTER(?o = 1 || NOT EXISTS { ?s <x:2> ?a . ?a <x:1> ?b }) }",
    "comparisons that look like an address": "SELECT * { ?s <x:1> ?o FILTER(?o<?s&&?s>?o)"
    " FILTER EXISTS { ?s <x:2> ?a ; <x:1> 1 } }",
}


@pytest.fixture(scope="module")
def stores() -> list[Store]:
    """Many small stores, each with another choice of the statements that two properties and four things make."""
    things = [NamedNode(f"x:{name}") for name in "abcd"]
    properties = [NamedNode("x:1"), NamedNode("x:2")]
    choose = random.Random(1)  # noqa: S311 - the same each time
    made = []
    for _ in range(60):
        store = Store()
        for statement in itertools.product(things, properties, things):
            if choose.random() < 0.2:
                store.add(Quad(*statement, NamedNode(f"g:{choose.randrange(2)}")))
        made.append(store)
    return made


def rows(store: Store, text: str) -> list[str]:
    """The answer to *text*, in an order of its own."""
    found = store.query(text, use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    names = sorted(variable.value for variable in found.variables)
    return sorted(str([row[name] for name in names]) for row in found)


@pytest.mark.parametrize(("name", "text"), SHOWN.items(), ids=SHOWN)
def test_a_slow_shape_is_told(name: str, text: str) -> None:
    """By its name."""
    assert [hint.shape.name for hint in hints(text)] == [name.partition(",")[0]]


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_is_quick_or_cannot_be_followed_is_not_told(text: str) -> None:
    """A false alarm teaches people not to read them."""
    assert hints(text) == ()


def test_a_hint_tells_its_place() -> None:
    """As an editor counts."""
    (hint,) = hints("SELECT *\n{ ?s ?p ?o\n  FILTER NOT EXISTS { ?s <x:1> ?a . ?a <x:2> ?b } }")

    assert (hint.line, hint.column) == (3, 3)


@pytest.mark.parametrize("text", REWRITTEN)
def test_the_other_words_mean_the_same(stores: list[Store], text: str) -> None:
    """The engine itself says so, of many data sets; and there is no slow shape left."""
    found = hints(text)
    (rewritten,) = {hint.rewrite for hint in found}

    assert rewritten
    answers = [rows(store, text) for store in stores]
    assert [rows(store, rewritten) for store in stores] == answers
    assert any(answers)
    assert [hint.shape.name for hint in hints(rewritten) if "exists" in hint.shape.name] == []


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_where_the_meaning_might_change_nothing_is_rewritten(text: str) -> None:
    """Only described."""
    found = hints(text)

    assert isinstance(Store().query(text), QuerySolutions), "it is SPARQL"
    assert {"exists", "not-exists"} & {hint.shape.name for hint in found}
    assert {hint.rewrite for hint in found} == {""}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_the_examples_are_what_they_say(shape: object) -> None:
    """The slow one has the shape, the quick one has none."""
    around = "PREFIX rdfs: <x:> PREFIX wp: <x:> SELECT * {{ {} }}".format

    assert [hint.shape for hint in hints(around(shape.slow))] == [shape]  # type: ignore[attr-defined]
    assert hints(around(shape.quick)) == ()  # type: ignore[attr-defined]
