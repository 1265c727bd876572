"""Saved queries as files: headers, parameters, questions made from a question, and every way to be broken."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from workplan.model.errors import BadParameter, UnknownQuery, UnreadableData
from workplan.model.namespaces import DATA, NAMESPACES
from workplan.questions.catalogue import SavedQuery, catalogue, query_named, read_query
from workplan.questions.checking import faults_of, faults_of_columns
from workplan.questions.columns import Column
from workplan.questions.parameters import parameters_in
from workplan.questions.rewriting import Unreadable, count_of, ordered, page_of, values_of

HEADER = """\
#+ summary: What there is
#+ title: {ca: Coses, es: Cosas, en: Things}
#+ question: {ca: "Què hi ha?", es: "¿Qué hay?", en: "What is there?"}
#+ columns:
#+   s: {kind: iri, ca: Cosa, es: Cosa, en: Thing}
"""
SELECT = "SELECT ?s WHERE { ?s ?p ?o }"
XSD = NAMESPACES["xsd"]

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a saved query and return its file."""

    def file(text: str, name: str = "things", folder: str = "queries") -> Path:
        path = tmp_path / folder / f"{name}.rq"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return file


@pytest.fixture(scope="module")
def store() -> Store:
    """Thirty triples of which many are equal but for one part."""
    store = Store()
    turtle = " ".join(f'<http://e/{n % 10}> <http://e/p{n % 3}> "{n % 4}"@ca , {n % 5} .' for n in range(30))
    store.load(turtle, RdfFormat.TURTLE)
    return store


def faults(file: Path, **options: object) -> list[str]:
    """The faults of the query in *file*, in English, each with its line."""
    query = read_query(file)
    found = [*faults_of(query, file, **options), *faults_of_columns(query, file, ["s"])]  # type: ignore[arg-type]
    return [f"{fault.line}: {fault.sentence('ca').partition(': ')[2]}" for fault in found]


def test_a_header_is_read_as_grlc_reads_it(write: Write) -> None:
    """Its names and ours; the text stays as it is, so that it is valid SPARQL for anyone."""
    text = HEADER + "#+ tags: [a, b]\n#+ defaults:\n#+   - x: 3\n#+ pagination: 7\n" + SELECT
    query = read_query(write(text))

    assert query.name == "things"
    assert query.text == text
    assert (query.title("es"), query.question("en")) == ("Cosas", "What is there?")
    assert (query.tags, query.defaults, query.page_length) == (("a", "b"), {"x": "3"}, 7)
    assert query.columns["s"].label("en") == "Thing"


@pytest.mark.parametrize(
    ("variable", "name", "kind", "is_required"),
    [
        ("?_team_iri", "team", "iri", True),
        ("?__team_iri", "team", "iri", False),
        ("$_n_integer", "n", "integer", True),
        ("?_n_number", "n", "decimal", True),
        ("?_d_xsd_date", "d", "date", True),
        ("?_b_boolean", "b", "boolean", True),
        ("?_w", "w", "literal", True),
        ("?_w_literal", "w", "literal", True),
        ("?_w_string", "w", "literal", True),
        ("?__w_en", "w", "en", False),
    ],
)
def test_a_variable_names_a_parameter(variable: str, name: str, kind: str, is_required: bool) -> None:  # noqa: FBT001
    """As grlc and BASIL name them."""
    (found,) = parameters_in(f"SELECT * {{ ?s ?p {variable} }}").values()

    assert (found.name, found.kind, found.is_required) == (name, kind, is_required)


def test_strings_comments_and_other_variables_name_none() -> None:
    """Only code is read."""
    assert parameters_in('# ?_a\nSELECT ?x_y { ?s ?p "?_b" , <http://e/?_c> . ?x ?a_b ?c }') == {}


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("iri", "http://e/a", NamedNode("http://e/a")),
        ("iri", "xmess/team/st", NamedNode(DATA + "xmess/team/st")),
        ("integer", "007", Literal("7", datatype=NamedNode(XSD + "integer"))),
        ("decimal", "1.50", Literal("1.50", datatype=NamedNode(XSD + "decimal"))),
        ("boolean", "1", Literal("true", datatype=NamedNode(XSD + "boolean"))),
        ("date", "2020-02-29", Literal("2020-02-29", datatype=NamedNode(XSD + "date"))),
        ("literal", 'x" . ?a', Literal('x" . ?a')),
        ("en", "house", Literal("house", language="en")),
    ],
)
def test_a_value_becomes_a_term(kind: str, value: str, term: object) -> None:
    """Typed by the parameter, never by the look of the value."""
    (parameter,) = parameters_in(f"SELECT * {{ ?s ?p ?_x_{kind} }}").values()

    assert parameter.term(value) == term


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("iri", "no iri"),
        ("iri", "http://[::1"),
        ("iri", "http://e/> <http://e"),
        ("iri", "javascript"),
        ("integer", "1.5"),
        ("integer", "٣"),
        ("integer", "9" * 5_000),
        ("integer", "1\n"),
        ("decimal", "1,5"),
        ("decimal", "1e5"),
        ("boolean", "yes"),
        ("date", "2020-02-30"),
        ("date", "2020-2-3"),
        ("literal", "x" * 2_001),
    ],
)
def test_a_malformed_value_is_refused(kind: str, value: str) -> None:
    """With the name, the value and the kind."""
    (parameter,) = parameters_in(f"SELECT * {{ ?s ?p ?_x_{kind} }}").values()

    with pytest.raises(BadParameter, match="«x»"):
        parameter.term(value)


def test_unknown_and_missing_parameters_name_those_that_exist() -> None:
    """And the near miss."""
    query = SavedQuery("q", {}, "SELECT ?s { ?s ?_team_iri ?__year_integer }")

    with pytest.raises(BadParameter, match="«team»"):
        query.request({"taem": "http://e/"})
    with pytest.raises(BadParameter, match="team, year"):
        query.request({"zzz": "1"})
    with pytest.raises(BadParameter, match="Falta"):
        query.request({"year": "1"})
    with pytest.raises(BadParameter, match="Falta"):
        query.request({"team": ""})


def test_an_empty_value_of_an_optional_parameter_is_none() -> None:
    """So that a form may leave a field alone."""
    query = SavedQuery("q", {}, "SELECT ?s { ?s ?p ?__year_integer }")

    assert query.request({"year": ""}).bindings == {}


def test_listed_values_are_the_only_ones() -> None:
    """Of grlc's ``enumerate``."""
    query = SavedQuery("q", {"enumerate": [{"x": ["a", "b"]}]}, "SELECT ?s { ?s ?p ?_x }")

    assert query.request({"x": "a"}).bindings == {"_x": Literal("a")}
    with pytest.raises(BadParameter, match="a, b"):
        query.request({"x": "c"})


SELECTS = [
    "SELECT ?s ?p ?o { ?s ?p ?o }",
    "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?p",
    "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY DESC(?o) LIMIT 11 OFFSET 3",
    "SELECT DISTINCT ?p WHERE { ?s ?p ?o } # LIMIT 1",
    "SELECT ?s (COUNT(?o) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(?o) > 1)",
    "SELECT ?s ?p WHERE { ?s ?p ?o { SELECT ?p { ?s ?p ?o } ORDER BY ?s LIMIT 2 } } OFFSET 1",
    "SELECT ?s ?o WHERE { ?s ?p ?o } VALUES ?s { <http://e/1> <http://e/2> }",
    "PREFIX e: <http://e/>\nSELECT (IF(EXISTS { ?s e:p1 ?x }, 1, 0) AS ?b) ?s { ?s ?p ?o }\n# the end",
    "select ?s ?p { ?s ?p ?o filter(?o = 'LIMIT 3') } order by ?s limit 5",
    "SELECT ?s FROM <http://e/none> WHERE { ?s ?p ?o }",
]


@pytest.mark.parametrize("text", SELECTS)
@pytest.mark.parametrize("length", [1, 4, 100])
def test_pages_in_a_row_are_the_whole(store: Store, text: str, length: int) -> None:
    """No row is lost or comes twice, whatever the query's own order and limits."""
    names = [variable.value for variable in store.query(text).variables]
    whole = [tuple(row) for row in store.query(ordered(text, names))]
    (counted,) = store.query(count_of(text))
    pages = []
    for start in range(0, len(whole) + length, length):
        pages += [tuple(row) for row in store.query(page_of(text, names, start, length))]

    assert pages == whole
    assert int(counted[0].value) == len(whole)
    assert sorted(map(str, whole)) == sorted(str(tuple(row)) for row in store.query(text)) or "LIMIT" in text.upper()


def test_the_values_of_a_variable_are_those_of_the_pattern(store: Store) -> None:
    """Without the query's order, groups and limits, which are of its rows."""
    text = "SELECT (COUNT(*) AS ?n) { ?s ?_p_iri ?o } GROUP BY ?s ORDER BY ?n LIMIT 1"

    assert {row[0].value for row in store.query(values_of(text, "_p_iri", 10))} == {f"http://e/p{n}" for n in range(3)}


@pytest.mark.parametrize("text", ["ASK {}", "SELECT ?x {", "SELECT", "", "CONSTRUCT WHERE { ?s ?p ?o }", "}{"])
def test_what_is_no_select_has_no_pages(text: str) -> None:
    """And is told apart without guessing."""
    with pytest.raises(Unreadable):
        page_of(text, ["s"], 0, 1)
    assert SavedQuery("q", {}, text).ordered_text == text


def test_a_sound_file_has_no_fault(write: Write) -> None:
    """Nothing to say."""
    assert faults(write(HEADER + SELECT)) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("#+ summary: What there is\n", "", 1, "summary"),
        (", en: Things", "", 2, "title"),
        ('es: "¿Qué hay?", ', "", 3, "question"),
        (", es: Cosa,", ",", 4, "es"),
        ("kind: iri", "kind: irri", 4, "irri"),
        ("#+   s:", "#+   z:", 4, "«s»"),
        ("en: Thing}", "en: Thing, of: x}", 4, "«x»"),
        ("en: Thing}", "en: Thing, of: [x]}", 4, "«of»"),
        ("en: Thing}", "en: Thing, separator: 3}", 4, "«separator»"),
        ("en: Thing}", "en: Thing, values: [a]}", 4, "«values»"),
        ("en: Thing}", "en: Thing, values: {a: {ca: A}}}", 4, "«values»"),
        ("kind: iri", "knid: iri", 4, "«knid»"),
        (
            "SELECT ?s WHERE { ?s",
            "#+ enumerate: {p: [a:b, not an iri]}\nSELECT ?s { ?s ?__p_iri ?o . ?s",
            6,
            "not an iri",
        ),
        ("#+ columns", "#+ colums:\n#+   - x\n#+ columns", 4, "colums"),
        ("SELECT", "#+ method: POST\nSELECT", 6, "GET"),
        ("SELECT", "#+ pagination: 0\nSELECT", 6, "pagination"),
        ("SELECT", "#+ words: {ca: seguiment}\nSELECT", 6, "words"),
        ("SELECT", "#+ words: {fr: [suivi]}\nSELECT", 6, "words"),
        ("SELECT", "#+ chart: {encoding: {x: {field: z}}}\nSELECT", 6, "«z»"),
        ("SELECT", "#+ chart: bar\nSELECT", 6, "chart"),
        ("SELECT", "#+ defaults:\n#+   - x: 1\nSELECT", 6, "«x»"),
        ("SELECT", "#+ choices: {p: none}\nSELECT", 6, "none"),
        ("SELECT ?s", "SELECT *", 4, "SELECT *"),
        ("?s ?p ?o", "?s ?_p_iri ?o", 1, "«p»"),
        ("SELECT", "#+ defaults:\n#+   - p: not an iri\nSELECT", 6, "not an iri"),
        ("?s ?p ?o", "?s ?__page_iri ?o", 1, "«page»"),
        ("?s ?p ?o", "?s ?__x_nonsense ?o", 1, "nonsense"),
        ("?s ?p ?o", "?s ?__x_iri ?__x_integer", 1, "?__x_integer"),
        ("SELECT ?s WHERE", "DELETE WHERE", 1, "modificar"),
        ("{ ?s ?p ?o }", "{ SERVICE <http://e/> { ?s ?p ?o } }", 1, "SERVICE"),
    ],
)
def test_a_broken_file_is_told_by_line_and_reason(write: Write, old: str, new: str, line: int, said: str) -> None:
    """In one sentence each."""
    text = HEADER + SELECT
    if "defaults" in new and "not an iri" in new:
        text = text.replace("?s ?p ?o", "?s ?_p_iri ?o")
    if "choices" in new:
        text = text.replace("?s ?p ?o", "?s ?__p_iri ?o")
    assert old in text
    found = faults(write(text.replace(old, new, 1)))

    assert any(fault.startswith(f"{line}: ") and said in fault for fault in found), found


@pytest.mark.parametrize("name", ["Things", "things.of", "coses_més", "-x"])
def test_a_name_must_do_in_an_address(write: Write, name: str) -> None:
    """Lower-case letters, digits and hyphens."""
    assert any("nom del fitxer" in fault for fault in faults(write(HEADER + SELECT, name)))


@pytest.mark.parametrize(
    ("text", "line"),
    [("#+ title: {ca: x\n" + SELECT, 2), ("#+ a: 1\n#+ a\n" + SELECT, 3), ("#+ - x\n" + SELECT, 1)],
)
def test_a_header_that_is_no_yaml_is_told_by_line(write: Write, text: str, line: int) -> None:
    """Where the parser stops."""
    with pytest.raises(UnreadableData) as raised:
        read_query(write(text))
    assert raised.value.values["line"] == line
    assert "«#+»" in raised.value.values["cause"]


def test_a_file_that_is_not_utf8_is_told_by_line(write: Write) -> None:
    """As any other unreadable file."""
    file = write("")
    file.write_bytes(SELECT.encode() + b"\n# \xe9")

    with pytest.raises(UnreadableData, match="UTF-8"):
        read_query(file)


def test_an_unreadable_file_takes_no_other_down(write: Write) -> None:
    """It is left out; asked for by name, it says what is wrong."""
    folder = write(HEADER + SELECT).parent
    write("#+ {\n" + SELECT, "broken")

    assert list(catalogue(folder)) == ["things"]
    with pytest.raises(UnreadableData):
        query_named("broken", folder)
    with pytest.raises(UnknownQuery, match="broken, things"):
        query_named("zzz", folder)


def test_a_networks_own_query_takes_the_place_of_a_shared_one(write: Write) -> None:
    """By its name."""
    folders = [write(HEADER + SELECT).parent, write(HEADER + "SELECT ?s { ?s a ?o }", folder="own").parent]

    assert "?s a ?o" in catalogue(folders)["things"].text


@pytest.mark.parametrize(
    ("kind", "term", "fits"),
    [
        ("iri", NamedNode("http://e/"), True),
        ("iri", Literal("x"), False),
        ("text", Literal("x", language="ca"), True),
        ("string", Literal(3), False),
        ("integer", Literal(3), True),
        ("integer", Literal("3"), False),
        ("decimal", Literal(3), True),
        ("date", Literal("2020-01-01", datatype=NamedNode(XSD + "date")), True),
        ("boolean", Literal("true", datatype=NamedNode(XSD + "boolean")), True),
        ("any", NamedNode("http://e/"), True),
        ("integer", None, True),
    ],
)
def test_a_cell_fits_its_column(kind: str, term: object, fits: bool) -> None:  # noqa: FBT001
    """By the term's own type."""
    assert Column("x", kind).fits(term) == fits  # type: ignore[arg-type]
