"""ORDER BY over whatever data hold: always an answer, and one in SPARQL's order wherever SPARQL 1.1 (15.1) has one."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store

from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.mending import mended
from workplan.engine.order import Term, order_key
from workplan.engine.pooled import PooledEngine
from workplan.engine.query import Capacity, Limits, QueryEngine, QueryRequest
from workplan.engine.supervision import SupervisedPool
from workplan.model.errors import MalformedQuery
from workplan.model.formats import JSON_RESULTS, N_TRIPLES

XSD = "http://www.w3.org/2001/XMLSchema#"
EX = "http://example.org/"

NUMBERS = st.one_of(
    st.integers(-(2**80), 2**80).map(lambda n: typed(str(n), "integer")),
    st.integers(-20, 20).map(lambda n: typed(str(n), "int")),
    st.decimals(-1000, 1000, places=2).map(lambda n: typed(str(n), "decimal")),
    st.floats().map(lambda n: typed(str(n).replace("inf", "INF").replace("nan", "NaN"), "double")),
    st.floats(width=32, allow_nan=False, allow_infinity=False).map(lambda n: typed(repr(n), "float")),
)
INSTANTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29))
ZONES = st.sampled_from(["", "Z", "+00:00", "+02:00", "-14:00"])
MOMENTS = st.builds(lambda moment, zone: typed(moment.isoformat() + zone, "dateTime"), INSTANTS, ZONES)
DAYS = st.builds(lambda day, zone: typed(day.isoformat() + zone, "date"), st.dates(), ZONES)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5)
TEXTS = st.one_of(
    TEXT.map(Literal),
    st.builds(lambda text, tag: Literal(text, language=tag), TEXT, st.sampled_from(["ca", "es", "en"])),
    st.from_regex(r"[0-9]{1,3}[A-Za-z]{0,2}", fullmatch=True).map(Literal),
)
OTHERS = st.sampled_from(
    [
        *(typed_ for typed_ in (Literal("true", datatype=NamedNode(XSD + "boolean")), Literal(value=False))),
        *(Literal(text, datatype=NamedNode(XSD + "duration")) for text in ("P1Y", "P1D", "PT1H", "-P1M", "P")),
        *(Literal(text, datatype=NamedNode(XSD + "integer")) for text in ("many", "", "1.5")),
        *(Literal(text, datatype=NamedNode(EX + "type")) for text in ("1", "10", "9")),
        *(Literal("12:00:00", datatype=NamedNode(XSD + "time")), Literal("2020", datatype=NamedNode(XSD + "gYear"))),
        *(NamedNode(EX + name) for name in ("a", "b", "10", "9")),
    ]
)
TERMS = st.one_of(NUMBERS, MOMENTS, DAYS, TEXTS, OTHERS)


def typed(text: str, name: str) -> Literal:
    """*text* as a literal of the XML Schema type *name*."""
    return Literal(text, datatype=NamedNode(XSD + name))


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryEngine]:
    """An engine over a pool of one worker at a time, so that a death would be seen."""
    file = tmp_path_factory.mktemp("data") / "data.nq"
    file.write_text(f"<{EX}s> <{EX}p> <{EX}o> <{EX}g> .\n")
    pool = SupervisedPool(file, Capacity())
    engine = PooledEngine(pool.address, Limits())
    yield engine
    engine.close()
    pool.close()


def sorted_by(engine: QueryEngine, terms: Sequence[Literal | NamedNode], clause: str = "ORDER BY ?x") -> list[str]:
    """The values of *terms*, each with its place, in the order that *engine* gives."""
    rows = " ".join(f"({term} {place})" for place, term in enumerate(terms))
    text = f"SELECT ?place {{ VALUES (?x ?place) {{ {rows} (UNDEF {len(terms)}) }} }} {clause}"
    answer = json.loads(engine.run(QueryRequest(text), JSON_RESULTS).body)
    return [row["place"]["value"] for row in answer["results"]["bindings"]]


def is_less(a: Term | None, b: Term | None) -> bool:
    """Whether SPARQL says that *a* sorts before *b*, told in another way than the service's."""
    kinds = [
        0 if each is None else 1 if isinstance(each, BlankNode) else 2 if isinstance(each, NamedNode) else 3
        for each in (a, b)
    ]
    if kinds[0] != kinds[1]:
        return kinds[0] < kinds[1]
    if isinstance(a, NamedNode) and isinstance(b, NamedNode):
        return a.value < b.value
    if not isinstance(a, Literal) or not isinstance(b, Literal):
        return False
    values = [_number(a), _number(b)]
    if None not in values:
        return values[0] < values[1]  # type: ignore[operator]
    types = {a.datatype.value, b.datatype.value}
    if types == {XSD + "string"}:
        return a.value < b.value
    if types == {XSD + "boolean"}:
        return a.value < b.value
    if types == {XSD + "dateTime"}:
        return _instant(a) < _instant(b)
    return False


def _number(literal: Literal) -> Fraction | float | None:
    name = literal.datatype.value.removeprefix(XSD)
    try:
        if name in ("double", "float"):
            number = float(literal.value)
            return None if number != number else number if number in (float("inf"), -float("inf")) else Fraction(number)
        return (
            Fraction(literal.value)
            if name in ("decimal",)
            else int(literal.value)
            if name in ("integer", "int")
            else None
        )
    except ValueError:
        return None


def _instant(literal: Literal) -> datetime:
    moment = datetime.fromisoformat(literal.value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TERMS, max_size=60))
@example([Literal("2"), Literal(11), Literal("1a"), Literal(2), *(Literal(f"{n}x") for n in range(40)), Literal(5.5)])
@example([typed("9223372036854775808", "integer"), Literal(1), typed("9223372036854775807", "integer"), Literal(1e19)])
def test_any_mix_of_terms_is_sorted_as_sparql_says(pool: QueryEngine, terms: list[Literal | NamedNode]) -> None:
    """Up and down; nothing comes first."""
    all_terms = [*terms, None]
    for clause, sign in (("ORDER BY ?x", 1), ("ORDER BY DESC(?x)", -1)):
        places = [int(place) for place in sorted_by(pool, terms, clause)]

        assert sorted(places) == list(range(len(all_terms)))
        for i, j in combinations(places[::sign], 2):
            assert not is_less(all_terms[j], all_terms[i]), (all_terms[i], all_terms[j])


@given(TERMS, TERMS)
def test_a_key_sorts_as_its_term(a: Term, b: Term) -> None:
    """Keys of literals are texts, which have an order of their own."""
    keys = [order_key(term) for term in (a, b)]
    assert all(isinstance(key, Literal) is isinstance(term, Literal) for key, term in zip(keys, (a, b), strict=True))
    if is_less(a, b) and isinstance(a, Literal):
        assert keys[0].value < keys[1].value  # type: ignore[union-attr]


MIXED = [
    Literal("2"),
    Literal(11),
    Literal("1a"),
    Literal(2),
    Literal(1.5),
    typed("3", "float"),
    Literal("x", language="ca"),
]
VALUES = " ".join(map(str, [*MIXED, *(Literal(f"{n}x") for n in range(40))]))
PATTERN = f"VALUES ?x {{ {VALUES} }}"
SHAPES = {
    "all variables": (f"SELECT * {{ {PATTERN} }} ORDER BY ?x LIMIT 4", ["1.5", "2", "3", "11"]),
    "down": (f"SELECT ?x {{ {PATTERN} }} ORDER BY DESC(ISNUMERIC(?x)) DESC(?x) LIMIT 4", ["11", "3", "2", "1.5"]),
    "an expression": (
        f"SELECT ?x {{ {PATTERN} }} ORDER BY (IF(ISNUMERIC(?x), -?x, ?x)) LIMIT 4",
        ["11", "3", "2", "1.5"],
    ),
    "an alias": (f"SELECT (?x AS ?y) {{ {PATTERN} }} ORDER BY ?y LIMIT 4", ["1.5", "2", "3", "11"]),
    "what is not projected": (f"SELECT (STR(?x) AS ?y) {{ {PATTERN} }} ORDER BY ?x LIMIT 4", ["1.5", "2", "3", "11"]),
    "distinct": (f"SELECT DISTINCT ?x {{ {PATTERN} }} ORDER BY ?x OFFSET 1 LIMIT 2", ["2", "3"]),
    "groups": (
        f"SELECT ?x (COUNT(*) AS ?n) {{ {PATTERN} }} GROUP BY ?x HAVING (COUNT(*) = 1) ORDER BY ?x LIMIT 2",
        ["1.5", "2"],
    ),
    "an aggregate": (f"SELECT ?x {{ {PATTERN} }} GROUP BY ?x ORDER BY MIN(?x) LIMIT 2", ["1.5", "2"]),
    "a sub-select": (
        f"SELECT ?x {{ {{ SELECT ?x {{ {PATTERN} }} ORDER BY ?x LIMIT 2 }} }} ORDER BY DESC(?x)",
        ["2", "1.5"],
    ),
    "values at the end": (f"SELECT ?x {{ }} ORDER BY ?x LIMIT 3 {PATTERN}", ["1.5", "2", "3"]),
    "a comment": (f"SELECT ?x {{ {PATTERN} # ORDER BY ?y\n}} # }}\nORDER # BY\nBY ?x # LIMIT 1\nLIMIT 2", ["1.5", "2"]),
    "all variables and values at the end": (
        f"SELECT * {{ VALUES ?n {{ 1 }} }} ORDER BY ?x LIMIT 3 {PATTERN}",
        ["1.5", "2", "3"],
    ),
    "groups and exists": (
        f"SELECT ?x {{ {PATTERN} }} GROUP BY ?x ORDER BY EXISTS {{ ?s ?p ?x }} ?x LIMIT 2",
        ["1.5", "2"],
    ),
    "one group and exists": (
        f"SELECT (COUNT(?x) AS ?y) {{ {PATTERN} }} ORDER BY EXISTS {{ ?s ?p ?y }}",
        ["47"],
    ),
    "groups within exists": (
        f"SELECT (STR(?x) AS ?y) (EXISTS {{ SELECT (COUNT(*) AS ?n) {{}} }} AS ?n) {{ {PATTERN} }} ORDER BY ?x LIMIT 2",
        ["1.5", "2"],
    ),
    "what is not grouped": (
        f"SELECT ?x {{ {PATTERN} BIND(1 AS ?z) }} GROUP BY ?x ORDER BY DESC(?z) ?x LIMIT 2",
        ["1.5", "2"],
    ),
    "what looks like an address": (
        f"SELECT (?x AS ?y) {{ {PATTERN} BIND(3 AS ?z) }} ORDER BY DESC(1<?z&&?z>2&&ISNUMERIC(?x)) ?x LIMIT 2",
        ["1.5", "2"],
    ),
    "what is less and not projected": (
        f"SELECT (STR(?x) AS ?y) {{ {PATTERN} BIND(3 AS ?z) }} ORDER BY DESC(?x<?z&&?z>2) DESC(?x) LIMIT 2",
        ["2", "1.5"],
    ),
    "no space": (f"SELECTDISTINCT ?x{{ {PATTERN} }}ORDERBY?x LIMIT2", ["1.5", "2"]),
    "no space before a function": (
        f"SELECT ?x{{ {PATTERN} }}GROUPBY?x ORDERBYDESC(ISNUMERIC(?x))?x OFFSET1LIMIT2",
        ["2", "3"],
    ),
    "exists": (f"SELECT ?x {{ {PATTERN} }} ORDER BY EXISTS {{ ?s ?p ?x }} ?x LIMIT 1", ["1.5"]),
}


@pytest.mark.parametrize(("text", "expected"), SHAPES.values(), ids=SHAPES)
def test_queries_of_every_shape_are_sorted(pool: QueryEngine, text: str, expected: list[str]) -> None:
    """Wherever an order may stand, with everything that may stand around it."""
    answer = json.loads(pool.run(QueryRequest(text), JSON_RESULTS).body)
    name = "y" if "?y" in text.partition("{")[0] else "x"

    assert [row[name]["value"] for row in answer["results"]["bindings"]] == expected
    assert set(answer["head"]["vars"]) <= {"x", "y", "n"}, "no key is part of the answer"


def test_graphs_are_sorted_before_they_are_cut() -> None:
    """Of CONSTRUCT, its short form and DESCRIBE, in this process: the engine's own sort would end it."""
    store = Store()
    store.extend(
        Quad(NamedNode(f"{EX}{n}"), NamedNode(EX + "p"), term, DefaultGraph())
        for n, term in enumerate([*MIXED, *(Literal(f"{n}x") for n in range(40))])
    )
    engine = EmbeddedEngine(store, Limits())
    for text in (
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } ORDER BY ?o LIMIT 2",
        "CONSTRUCT WHERE { ?s ?p ?o } ORDER BY ?o LIMIT 2",
        "DESCRIBE ?s WHERE { ?s ?p ?o } ORDER BY ?o LIMIT 2",
    ):
        body = engine.run(QueryRequest(text), N_TRIPLES).body.decode()
        assert [line.split('"')[1] for line in sorted(body.splitlines())] == ["2", "1.5"]


def test_a_sample_by_chance_is_taken(pool: QueryEngine) -> None:
    """A new number for each comparison would be no order."""
    samples = {tuple(sorted_by(pool, [Literal(n) for n in range(200)], "ORDER BY RAND() LIMIT 5")) for _ in range(5)}

    assert len(samples) == 5


@pytest.mark.parametrize(
    "text",
    ["SELECT ?x { ?x ?y ?z } LIMIT 3", "SELECT ('ORDER BY' AS ?x) {} # ORDER BY ?x", "ASK { ?s <urn:order> ?o }"],
)
def test_what_needs_nothing_stays_as_it_is(text: str) -> None:
    """To the letter."""
    assert mended(text).text == text
    assert not mended(text).functions


def test_what_cannot_be_read_is_told_where_it_stands(pool: QueryEngine) -> None:
    """In the text that was sent."""
    with pytest.raises(MalformedQuery) as caught:
        pool.run(QueryRequest("SELECT ?x {\n  ?x ?y ?z }\nORDER BY ?x LIMIT LIMIT"), JSON_RESULTS)

    assert (caught.value.values["line"], caught.value.values["column"]) == (3, 19)


@pytest.mark.parametrize(
    "text",
    [
        *("SELECT ?x { ?x ?y ?z } " + end for end in ("ORDER", "ORDERBY", "ORDER BY", "ORDER BY ASC", "ORDER BY NOT")),
        *("SELECT ?x { ?x ?y ?z } ORDER BY " + end for end in ("STR", "STR(", "DESC(?x", "?x LIMIT", "?x VALUES")),
        *(f"{form} {{ ?s ?p ?o }} ORDER BY ?o" for form in ("SELECT ?s *", "SELECT * ?s", "DESCRIBE <urn:a> *")),
        "CONSTRUCT FROM <urn:g> { ?s ?p ?o } ORDER BY ?o",
    ],
)
def test_what_is_not_whole_stays_wrong(pool: QueryEngine, text: str) -> None:
    """Wherever it ends; the short form of CONSTRUCT has a ``WHERE``, and ``*`` stands alone."""
    with pytest.raises(MalformedQuery):
        pool.run(QueryRequest(text), JSON_RESULTS)


@pytest.mark.parametrize("end", ["", " ORDER BY ?x"])
def test_a_keyword_in_capitals_is_not_blamed_for_what_is_wrong_after_it(pool: QueryEngine, end: str) -> None:
    """And the line is told as it was sent."""
    with pytest.raises(MalformedQuery) as caught:
        pool.run(QueryRequest(f"SELECT ?x {{\n  ?x ?y TRUE, }}{end}"), JSON_RESULTS)

    told = caught.value.values
    assert (told["line"], told["column"], told["source"]) == (2, 15, f"  ?x ?y TRUE, }}{end}")


@pytest.mark.parametrize(
    "condition",
    ["- (?x)", "! (?x)", "1 + (?x)", "?x + (?x)", "STR(?x) - (?x)", "1 * STR(?x)", "(?x) ! STR(?x)", "DESC - (?x)"],
)
def test_what_is_no_condition_stays_wrong(pool: QueryEngine, condition: str) -> None:
    """An expression that is no call stands in brackets (production 24)."""
    with pytest.raises(MalformedQuery):
        pool.run(QueryRequest(f"SELECT ?x {{ ?x ?y ?z }} ORDER BY {condition}"), JSON_RESULTS)


def test_what_graphs_are_sorted_by_is_not_described() -> None:
    """An address computed for the order alone is no part of ``DESCRIBE *``."""
    text = "DESCRIBE * WHERE { VALUES ?s { <urn:a> <urn:b> } } ORDER BY IRI('urn:c') DESC(?s) LIMIT 1"
    store = Store()
    store.extend(
        Quad(NamedNode(f"urn:{name}"), NamedNode(EX + "p"), Literal(name), DefaultGraph()) for name in ("a", "b", "c")
    )
    body = EmbeddedEngine(store, Limits()).run(QueryRequest(text), N_TRIPLES).body.decode()

    assert body.splitlines() == [f'<urn:b> <{EX}p> "b" .']


def test_the_case_that_ended_every_worker(tmp_path: Path) -> None:
    """Numbers of several types among texts, from data."""
    rows = [*(Literal(f"{n}q{n}", language="es") for n in range(55)), typed("3", "float"), Literal(1e6), Literal(0)]
    file = tmp_path / "data.nq"
    file.write_text("".join(f"<{EX}{n}> <{EX}value> {term} <{EX}g> .\n" for n, term in enumerate(rows)))
    pool = SupervisedPool(file, Capacity())
    engine = PooledEngine(pool.address, Limits())
    body = engine.run(QueryRequest("SELECT ?value { ?s ?p ?value } ORDER BY ?value LIMIT 4"), JSON_RESULTS).body
    engine.close()
    pool.close()

    values = [row["value"]["value"] for row in json.loads(body)["results"]["bindings"]]
    assert values == ["0", "3", "1000000", "0q0"]
