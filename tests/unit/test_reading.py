"""Files as statements with their lines, and every way in which a file can be unreadable."""

import logging
import re
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib import BNode, Graph, URIRef
from rdflib import Literal as RdflibLiteral
from rdflib.compare import isomorphic

from workplan.model.errors import UnreadableData
from workplan.release.reading import FORMATS, LARGEST_JSON, LONGEST_LINE, read_all, read_file, to_graph, to_term
from workplan.release.sources import SUFFIXES

S = NamedNode("http://example.org/s")
P = NamedNode("http://example.org/p")

TURTLE = """\
@prefix e: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

e:s a e:C ;
    e:p "one"@ca ,
        "two" ;
    e:q 007 , 1.50 , "300"^^xsd:byte , "x"^^xsd:integer , true ;
    e:r ( 1
        2 ) .

e:t e:p [ e:p e:s ] .
"""

SAME_STATEMENT = {
    ".ttl": "@prefix e: <http://example.org/> .\ne:s e:p 1 .\n",
    ".trig": "@prefix e: <http://example.org/> .\ne:g { e:s e:p 1 . }\n",
    ".nt": '\n<http://example.org/s> <http://example.org/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n',
    ".nq": "\n<http://example.org/s> <http://example.org/p> "
    '"1"^^<http://www.w3.org/2001/XMLSchema#integer> <http://example.org/g> .\n',
    ".jsonld": '{"@id": "http://example.org/s",\n "http://example.org/p": 1}\n',
    ".json": '{"@id": "http://example.org/s",\n "http://example.org/p": 1}\n',
    ".rdf": '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">'
    '<r:Description r:about="http://example.org/s">\n'
    '<e:p r:datatype="http://www.w3.org/2001/XMLSchema#integer">1</e:p></r:Description></r:RDF>\n',
}

ENTITIES = "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10 if n else "lol"}">' for n in range(10))
"""The billion laughs."""


def written(folder: Path, name: str, text: str | bytes) -> Path:
    """The file *name* of *folder*, once it holds *text*."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def one() -> Literal:
    """The number one."""
    return Literal("1", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer"))


def test_a_statement_is_found_on_the_line_where_it_ends(tmp_path: Path) -> None:
    """A person mends a line, not a file."""
    reading = read_file(written(tmp_path, "a.ttl", TURTLE))

    assert reading.lines[S, P, Literal("one", language="ca")] == 5
    assert reading.lines[S, P, Literal("two")] == 6
    assert [line for (s, p, _), line in reading.lines.items() if (s, p.value) == (S, "http://example.org/r")] == [8]


def test_a_statement_written_twice_is_found_on_its_first_line(tmp_path: Path) -> None:
    """Reading from the top, that is where one meets it."""
    line = "<http://example.org/s> <http://example.org/p> <http://example.org/s> .\n"

    assert read_file(written(tmp_path, "a.nt", "\n" + line + line)).lines == {(S, P, S): 2}


@pytest.mark.parametrize("suffix", SAME_STATEMENT)
def test_every_format_reads_the_same(suffix: str, tmp_path: Path) -> None:
    """Into which format a network exports is its own affair."""
    reading = read_file(written(tmp_path, f"a{suffix}", SAME_STATEMENT[suffix]))

    assert reading.lines == {(S, P, one()): 2}


def test_every_file_that_belongs_to_a_graph_can_be_read() -> None:
    """What the folders hold and what is understood are one list."""
    assert set(FORMATS) == set(SUFFIXES) == set(SAME_STATEMENT)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """Some editors write one without asking."""
    text = SAME_STATEMENT[".ttl"]

    assert read_file(written(tmp_path, "a.ttl", "\ufeff" + text)).lines == {(S, P, one()): 2}


def test_a_file_is_called_by_its_path_below_the_base(tmp_path: Path) -> None:
    """A published report shows no path of the machine that made it."""
    path = written(tmp_path, "a.ttl", TURTLE)

    assert read_file(path, tmp_path).name == "a.ttl"
    assert read_file(path, tmp_path / "elsewhere").name == str(path)


def test_a_folder_is_read_with_all_below_it_in_order(tmp_path: Path) -> None:
    """The order of a report does not depend on the file system."""
    (tmp_path / "b").mkdir()
    for name in ("b/c.ttl", "a.ttl", "notes.md"):
        written(tmp_path, name, TURTLE)

    assert [reading.name for reading in read_all([tmp_path], tmp_path)] == ["a.ttl", "b/c.ttl"]


@pytest.mark.parametrize(
    ("name", "content", "line", "column", "cause"),
    [
        (
            "a.ttl",
            "@prefix e: <http://example.org/> .\ne:s e:p e:o\ne:t e:p e:o .\n",
            3,
            1,
            "falta un signe abans de «e:t",
        ),
        ("a.ttl", "\n\nx:s x:p x:o .\n", 3, 1, "el prefix «x:» no està declarat"),
        ("a.ttl", "wp:s wp:p 1 .\n", 1, 1, "el prefix «wp:» no està declarat; escriviu-ne al començament la línia «@p"),
        ("a.ttl", "\n<s> <http://example.org/p> 1 .\n", 2, 1, "l'identificador és relatiu"),
        ("a.ttl", "<http://example.org/a b> <http://example.org/p> 1 .\n", 1, 1, "l'identificador conté un espai"),
        ("a.ttl", "@prefix e: <http://example.org/> .\ne:s es e:C .\n", 2, 5, "s'esperava una propietat, o «a» davant"),
        ("a.ttl", '@prefix e: <http://example.org/> .\ne:s e:p "a "b"" .\n', 2, 13, "s'esperava un recurs i hi ha «b»"),
        ("a.ttl", '{"id": "exemple"}', 1, 1, "el text sembla JSON; deseu-lo en un fitxer acabat en .json"),
        ("a.ttl", "@prefix e: <http://example.org/> .\ne:s e:p “x” .\n", 2, 9, "hi ha cometes corbes"),
        ("a.ttl", "@prefix e: <http://example.org/> .\ne:s e:p hola .\n", 2, 9, "s'esperava un valor"),
        ("a.ttl", '@prefix e: <http://example.org/> .\ne:s e:p "a .\n', 2, 9, "el fitxer s'acaba enmig"),
        ("a.ttl", '@prefix e: <http://example.org/> .\ne:s e:p "a\nb" .\n', 2, 11, "el text entre cometes salta"),
        (
            "a.ttl",
            "@prefix e: <http://example.org/> .\ne:s e:p/q 1 .\n",
            2,
            8,
            "el text deixa de ser Turtle a «/q 1 .»",
        ),
        ("a.trig", "@prefix e: <http://example.org/> .\ne:g { e:s e:p }\n", 2, 15, "s'esperava un valor"),
        ("a.nq", "<http://example.org/s> <http://example.org/p> x .\n", 1, 47, "el text deixa de ser"),
        (
            "a.rdf",
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n</r:X>\n',
            2,
            1,
            "el text deixa de ser",
        ),
        ("a.jsonld", '{"@id": "http://example.org/s",\n "x": [1,}\n', 2, 10, "hi ha «}» i s'esperava un valor"),
        ("a.ttl", b'<http://example.org/s>\n  <http://example.org/p> "caf\xe9" .\n', 2, 30, None),
    ],
)
def test_a_mistake_is_told_with_its_line_and_column(
    name: str, content: str | bytes, line: int, column: int, cause: str | None, tmp_path: Path
) -> None:
    """The editor can be opened right there."""
    path = written(tmp_path, name, content)

    with pytest.raises(UnreadableData) as caught:
        read_file(path)
    values = caught.value.values

    assert (values["path"], values["line"], values["column"]) == (str(path), line, column)
    assert values.get("cause") is None if cause is None else str(values["cause"]).startswith(cause)
    assert not re.search(r"\b(?:error|expected|should|not|end)\b", str(caught.value))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.ttl", None, "No hi ha cap fitxer"),
        ("a.csv", "a,b", "s'espera un fitxer acabat en .ttl"),
        ("folder.ttl/", None, "no té cap fitxer de dades"),
        ("a.ttl", f'<http://example.org/s> <http://example.org/p> "{"x" * LONGEST_LINE}" .', "passa de"),
        ("a.ttl", "@prefix e: <http://example.org/> .\ne:s e:p <<( e:s e:p e:o )>> .", "RDF 1.1"),
        ("a.jsonld", '{"@context": "http://example.org/context", "@id": "http://example.org/s"}', "no es baixa"),
        ("a.json", "", "és buit"),
        ("a.ttl", "\n", "és buit"),
        ("a.ttl", "\0\1", "no és un fitxer de text"),
        ("a.rdf", f"<!DOCTYPE r [{ENTITIES}]><r>&lol9;</r>", "entitats XML"),
        ("a.json", f'["{"x" * LARGEST_JSON}"]', "passa de"),
    ],
)
def test_what_cannot_be_read_at_all_says_why_in_a_sentence(
    name: str, content: str | None, said: str, tmp_path: Path
) -> None:
    """Cause and mend, and never a traceback."""
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    elif name.endswith("/"):
        path.mkdir()

    with pytest.raises(UnreadableData) as caught:
        read_all([path])

    assert said in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_the_graph_is_the_one_rdflib_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shapes judge what the file says, whichever parser reads it."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    text = TURTLE.replace(', "x"^^xsd:integer', "").replace("007", "7")  # rdflib shortens it whatever it is told
    path = written(tmp_path, "a.ttl", text)

    assert isomorphic(to_graph([read_file(path)]), Graph().parse(data=text, format="turtle"))


def test_literals_stay_as_written_and_a_bad_one_makes_no_noise(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A shape can only report what is wrong with a value that nobody has put right on the way."""
    with caplog.at_level(logging.DEBUG):
        graph = to_graph([read_file(written(tmp_path, "a.ttl", TURTLE))])
    lexical = {str(o) for o in graph.objects(URIRef(S.value), URIRef("http://example.org/q"))}

    assert lexical == {"007", "1.50", "300", "x", "true"}
    assert caplog.records == []


def test_a_plain_string_is_one_thing_with_or_without_its_type(tmp_path: Path) -> None:
    """RDF 1.1 knows no difference between the two."""
    text = '<http://example.org/s> <http://example.org/p> "a" , "a"^^<http://www.w3.org/2001/XMLSchema#string> .'

    graph = to_graph([read_file(written(tmp_path, "a.ttl", text))])

    assert list(graph.objects()) == [RdflibLiteral("a")]


def test_blank_nodes_of_two_files_never_meet(tmp_path: Path) -> None:
    """Each file may call its nameless things as it likes."""
    for name in ("a.ttl", "b.ttl"):
        written(tmp_path, name, f'_:x <http://example.org/p> "{name}" .')

    assert len(set(to_graph(read_all([tmp_path])).subjects())) == 2


@pytest.mark.parametrize(
    "term",
    [S, BlankNode("x"), Literal("a"), Literal("a", language="ca"), one()],
    ids=["iri", "blank", "plain", "language", "typed"],
)
def test_a_term_survives_the_way_to_rdflib_and_back(term: NamedNode | BlankNode | Literal) -> None:
    """The place of a finding is looked up by the terms that the report cites."""
    node = {
        S: URIRef(S.value),
        BlankNode("x"): BNode("x"),
        Literal("a"): RdflibLiteral("a"),
        Literal("a", language="ca"): RdflibLiteral("a", lang="ca"),
        one(): RdflibLiteral("1", datatype=URIRef("http://www.w3.org/2001/XMLSchema#integer")),
    }[term]

    assert to_term(node) == term
