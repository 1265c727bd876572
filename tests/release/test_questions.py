"""Saved queries when a release is built: a broken one stops it and says where and why; a sound one is described."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Literal, Store

from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.query import Limits
from workplan.model.errors import QuestionsInvalid
from workplan.model.namespaces import DATA, NAMESPACES
from workplan.release.build import build, current_release, is_up_to_date
from workplan.release.questions import ask_all, describe_all, read_questions
from workplan.release.sources import load_home

HEADER = """\
#+ summary: Numbers
#+ title: {ca: Nombres, es: Números, en: Numbers}
#+ question: {ca: Quants, es: Cuántos, en: How many}
#+ columns:
#+   n: {kind: integer, ca: Nombre, es: Número, en: Number}
"""

Refused = Callable[[str], list[str]]


@pytest.fixture
def refused(tmp_path: Path) -> Refused:
    """The sentences, in English, with which a build refuses a saved query of some text; none where it does not."""

    def sentences(text: str) -> list[str]:
        (tmp_path / "numbers.rq").write_text(text)
        try:
            ask_all(read_questions((tmp_path,), ()), EmbeddedEngine(Store(), Limits(rows=50)))
        except QuestionsInvalid as error:
            return [fault.sentence("en").removeprefix(str(tmp_path)) for fault in error.values["faults"]]
        return []

    return sentences


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (1 AS ?n) {}",
        "#+ defaults: [{x: 3}]\nSELECT ?n { VALUES ?n { 1 2 3 } FILTER (?n = ?_x_integer) }",
        "SELECT ?n { OPTIONAL { ?s ?p ?n } }",
    ],
)
def test_a_sound_question_passes(refused: Refused, text: str) -> None:
    """Asked with its defaults, by page, and counted."""
    assert refused(HEADER + text) == []


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("SELECT (1 AS ?n", 6, "“)”"),
        ("SELECT (1 AS ?m) {}", 4, "“m”"),
        ("SELECT ('x' AS ?n) {}", 4, "integer"),
        ("SELECT (<f:g>(1) AS ?n) {}", 1, "f:g"),
        ("SELECT ?n { VALUES ?a {1 2 3 4} VALUES ?b {1 2 3 4} VALUES ?c {1 2 3 4} BIND (?a AS ?n) }", 1, "50"),
    ],
)
def test_a_question_that_does_not_answer_is_refused(refused: Refused, text: str, line: int, said: str) -> None:
    """With its file, its line and the reason."""
    sentence = refused(HEADER + text)[0]

    assert sentence.startswith(f"/numbers.rq, line {line}: ")
    assert said in sentence


def test_every_fault_is_told_at_once(refused: Refused) -> None:
    """So that a file is mended in one go."""
    assert len(refused("#+ sumary: x\nSELECT ?n { ?s ?_x_foo ?n }")) > 4


def test_a_broken_question_keeps_the_old_release_in_service(root: Path, tmp_path: Path) -> None:
    """A network's own, added after the first build; once it is mended, the next build takes it in."""
    home, out = tmp_path / "home", tmp_path / "out"
    (home / "queries").mkdir(parents=True)
    (home / "data").symlink_to(root / "data")
    first = build(load_home(home), out)
    own = home / "queries" / "numbers.rq"
    own.write_text(HEADER + "SELECT ?z {}")

    assert not is_up_to_date(load_home(home), out)
    with pytest.raises(QuestionsInvalid) as raised:
        build(load_home(home), out)
    assert (raised.value.exit_code, raised.value.values["count"]) == (2, 2)
    assert current_release(out) == first


def test_a_question_is_described_as_an_executable(tmp_path: Path) -> None:
    """SHACL's terms, its words in three languages, its text without the header."""
    (tmp_path / "numbers.rq").write_text(HEADER + "#+ tags: [maths]\nSELECT (1 AS ?n) {}\n")
    queries = {name: query for name, (query, _) in read_questions((tmp_path,), ()).items()}
    quads = describe_all(queries, "http://example.org/licence")
    values = {(quad.predicate.value, getattr(quad.object, "value", "")) for quad in quads}
    sh = NAMESPACES["sh"]

    assert {quad.subject.value for quad in quads} == {f"{DATA}query/numbers"}  # type: ignore[union-attr]
    assert (sh + "select", "SELECT (1 AS ?n) {}\n") in values
    assert (NAMESPACES["rdf"] + "type", sh + "SPARQLSelectExecutable") in values
    assert (NAMESPACES["schema"] + "keywords", "maths") in values
    assert sum(quad.predicate.value == NAMESPACES["rdfs"] + "comment" for quad in quads) == 3


def test_the_ontology_names_the_questions_that_it_was_made_to_answer(tmp_path: Path) -> None:
    """In MOD's word, in three languages; another question is none of them."""
    for name in ("cq-001-numbers", "numbers"):
        (tmp_path / f"{name}.rq").write_text(HEADER + "SELECT (1 AS ?n) {}\n")
    queries = {name: query for name, (query, _) in read_questions((tmp_path,), ()).items()}
    asked = [
        quad.object
        for quad in describe_all(queries, "http://example.org/licence")
        if quad.predicate.value == NAMESPACES["mod"] + "competencyQuestion"
    ]

    assert sorted(text.language or "" for text in asked if isinstance(text, Literal)) == ["ca", "en", "es"]


def test_a_question_that_does_not_end_stops_the_build(root: Path, tmp_path: Path) -> None:
    """It gives no row before the last one is counted, so that only the end of its process ends it."""
    folder = tmp_path / "data" / "prova" / "plan" / "2020" / "v1"
    folder.mkdir(parents=True)
    (folder / "all.ttl").write_bytes((root / "tests" / "shapes" / "base.ttl").read_bytes())
    (tmp_path / "workplan.toml").write_text('network = "prova"\n[limits]\nseconds = 2\n')
    (tmp_path / "queries").mkdir()
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    (tmp_path / "queries" / "endless.rq").write_text(HEADER + endless)

    with pytest.raises(QuestionsInvalid) as raised:
        build(load_home(tmp_path), tmp_path / "out")
    (fault,) = raised.value.values["faults"]
    assert fault.file.name == "endless.rq"
    assert "2" in fault.sentence("ca")
