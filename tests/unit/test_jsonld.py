"""Plans written as JSON: where a statement stands, what is wrong with a file, and that nothing is fetched."""

import json
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from workplan.language import LANGUAGES, sentence
from workplan.model.errors import UnreadableData
from workplan.model.namespaces import DATA, WP
from workplan.release.context import IRI, context
from workplan.release.jsonld import MOST_CONTEXTS, read_jsonld
from workplan.release.jsontext import DEEPEST
from workplan.release.reading import Reading, read_file

OURS = f'"@context": ["{IRI}", {{"@base": "{DATA}"}}]'

PLAN = f"""\
{{
  {OURS},
  "@graph": [
    {{
      "id": "exemple/plan/2027/action/01",
      "type": "PlannedAction",
      "label": {{
        "ca": "Fer una jornada",
        "es": "Hacer una jornada"
      }},
      "budgetImpact": [
        "conveni",
        "ordinari"
      ],
      "order": 1,
      "plannedQuarter": {{
        "id": "time/2027-Q1",
        "type": "ProperInterval"
      }}
    }},
    {{
      "code": "A02"
    }}
  ]
}}
"""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a connection fails the test."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def read(folder: Path, text: str | bytes, name: str = "plan.json") -> Reading:
    """The reading of *text* as the file *name*."""
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return read_file(folder / name, folder)


def mistake(folder: Path, text: str | bytes) -> UnreadableData:
    """What is wrong with *text*."""
    with pytest.raises(UnreadableData) as caught:
        read(folder, text)
    return caught.value


def test_our_context_is_known_without_a_network(tmp_path: Path) -> None:
    """A file that names it is read on a train."""
    reading = read(tmp_path, f'{{{OURS}, "id": "exemple", "code": "X"}}')

    assert [str(quad.triple) for quad in reading.quads] == [f'<{DATA}exemple> <{WP}code> "X"']


def test_each_statement_is_found_on_its_line(tmp_path: Path) -> None:
    """A value's own line, in an object within another too, and in one without identifier."""
    lines = {
        (
            subject.value if subject.value.startswith("http") else "",
            predicate.value.rpartition("#")[2],
            value.value,
        ): line
        for (subject, predicate, value), line in read(tmp_path, PLAN).lines.items()
    }
    action = f"{DATA}exemple/plan/2027/action/01"

    assert lines[action, "type", f"{WP}PlannedAction"] == 6
    assert lines[action, "label", "Hacer una jornada"] == 9
    assert lines[action, "budgetImpact", f"{DATA}scheme/budget-impact/conveni"] == 12
    assert lines[action, "budgetImpact", f"{DATA}scheme/budget-impact/ordinari"] == 13
    assert lines[action, "order", "1"] == 15
    assert lines[f"{DATA}time/2027-Q1", "type", "http://www.w3.org/2006/time#ProperInterval"] == 18
    assert lines["", "code", "A02"] == 22


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("finalitzada", "scheme/execution-status/finalitzada"),
        ("poc", "scheme/rating-3/poc"),
        ("scheme/execution-status/finalitzada", "scheme/execution-status/finalitzada"),
        (f"{DATA}scheme/rating-3/poc", "scheme/rating-3/poc"),
        ("exemple/scale/verd", "exemple/scale/verd"),
    ],
)
def test_a_grade_is_written_by_its_code_or_its_identifier(tmp_path: Path, written: str, meant: str) -> None:
    """As the values of other lists are; one of the network's own by its identifier."""
    text = f'{{{OURS}, "id": "exemple/observation/1", "ratingValue": "{written}"}}'

    assert [quad.object.value for quad in read(tmp_path, text).quads] == [DATA + meant]


@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_windows_files_are_read_alike(tmp_path: Path, line_end: str) -> None:
    """With their line ends and their byte-order mark."""
    reading = read(tmp_path, "\ufeff" + PLAN.replace("\n", line_end))

    assert len(reading.quads) == 9
    assert max(line or 0 for line in reading.lines.values()) == 22


def test_nameless_resources_of_two_files_never_meet(tmp_path: Path) -> None:
    """Each file may call them as it likes, or not at all."""
    text = f'{{{OURS}, "@graph": [{{"id": "_:x", "code": "1"}}, {{"ofNetwork": "_:x"}}]}}'
    first, second = read(tmp_path, text, "a.json"), read(tmp_path, text, "b.json")
    (link,) = (quad for quad in first.quads if quad.predicate.value == f"{WP}ofNetwork")

    assert link.object in {quad.subject for quad in first.quads}
    assert {quad.subject for quad in first.quads} & {quad.subject for quad in second.quads} == set()


def test_a_file_with_a_context_of_its_own_is_json_ld_as_any_other(tmp_path: Path) -> None:
    """Whoever knows JSON-LD needs nothing of ours; what its context does not define is a remark there."""
    text = '{"@context": {"p": "http://example.org/p"}, "@id": "http://example.org/s", "p": 1, "remark": "x"}'

    assert len(read(tmp_path, text).quads) == 1


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('"actoins": []', (2, 1), "«actoins»; potser volíeu dir «actionLine»"),
        ('"codi": "A01"', (2, 1), "«codi»; potser volíeu dir «code»"),
        ('"type": "PlanedAction"', (2, 9), "«PlanedAction»; potser volíeu dir «PlannedAction»"),
        ('"xxyyzz": 1', (2, 1), f"«xxyyzz»; els noms que hi ha són a {IRI}"),
        ('"@tipe": "Team"', (2, 1), "«@tipe»; potser volíeu dir «@type»"),
        ('"wpp:code": "A01"', (2, 1), "«wpp:code»"),
        ('"prints": "labell"', (2, 11), "«labell»; potser volíeu dir «label»"),
        ('"label": "Fer"', (2, 10), '«label» s\'escriu amb la llengua: {"ca": "…"}'),
        ('"label": {"català": "Fer"}', (2, 11), "«català» no és cap llengua"),
        ('"label": {"cat": "Fer"}', (2, 11), "la llengua «cat» s'escriu amb dues lletres: «ca»"),
        ('"label": {"catalan": "Fer"}', (2, 11), "«catalan» no és cap llengua"),
        ('"label": {"ca": 3}', (2, 17), "un text entre cometes"),
        ('"ofNetwork": 3', (2, 14), "un identificador entre cometes"),
        ('"ofNetwork": "la meva xarxa"', (2, 14), "no pot tenir espais"),
        ('"ofNetwork": "file:///etc/passwd"', (2, 14), "no és cap adreça http"),
        ('"instrument": 3', (2, 15), "un codi entre cometes"),
        ('"instrument": "a b"', (2, 15), "no és cap codi per a «instrument»; els que hi ha són a"),
        ('"directlyExecutedBy": {"ca": "x"}', (2, 23), "«directlyExecutedBy» no és cap text"),
        ('"plannedAmount": 1500,50', (2, 23), 'amb un punt i no amb una coma: "1500.50"'),
        ('"plannedAmount": 1200.50', (2, 18), 'entre cometes: "1200.50"'),
        ('"order": true', (2, 10), 'entre cometes: "true"'),
        ('"type": 3', (2, 9), "el nom d'una classe"),
        ('"@graph": ["a"]', (2, 12), "s'esperava un recurs"),
        ('"@import": "http://127.0.0.1/"', (2, 1), "no se'n baixa cap"),
        ('"label": {"@context": "http://127.0.0.1/", "ca": "x"}', (2, 23), "no es baixa"),
        ('"code": "A01",\n"code": "A02"', (3, 1), "la clau «code» és dues vegades"),
        ('"code": "A01"\n"order": 1', (3, 1), 'hi ha «"order"» i s\'esperava una coma o «}»'),
        ('"code": "A01",', (2, 14), "sobra la coma"),
        ("'code': 'A01'", (2, 1), "una clau entre cometes dobles"),
        ("“code”: 1", (2, 1), "hi ha cometes corbes"),
        ("// el nostre pla", (2, 1), "JSON no té comentaris"),
        ('"code": A01', (2, 9), "hi ha «A01» i s'esperava un valor"),
        ('"code": NaN', (2, 9), "hi ha «NaN»"),
        ('"code": 1e999', (2, 9), "massa xifres"),
        (f'"code": {"9" * 5000}', (2, 9), "massa xifres"),
        ('"code": "A01', (2, 9), "no es tanca a la mateixa línia"),
        ('"code": "\\q"', (2, 9), "una barra inversa"),
        ('"code": "\\ud800"', (2, 9), "mig caràcter"),
        (f'"code": {"[" * 100_000}', (2, 8 + DEEPEST), f"més de {DEEPEST} nivells"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_its_mend(
    tmp_path: Path, text: str, place: tuple[int, int], said: str
) -> None:
    """JSON-LD alone would pass over most of these in silence."""
    found = mistake(tmp_path, f'{{{OURS}, "id": "exemple",\n{text}\n}}')

    assert (found.values["line"], found.values["column"]) == place
    assert said in str(found)
    assert len(str(found).splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "és buit"),
        (" \r\n", "és buit"),
        (b"\x00\x01\x02", "no és un fitxer de text"),
        (b"\x89PNG\r\n", "UTF-8"),
        ("{}".encode("utf-16"), "UTF-8"),
        ('{"label": "é"}'.encode("latin-1"), "UTF-8"),
        ("3", "un objecte JSON"),
        ("@prefix wp: <https://w3id.org/sse-workplan/ns#> .", "sembla Turtle"),
        ("# El nostre pla", "sembla Turtle"),
        ("{} {}", "el final del fitxer"),
        ("{\u2028}", "hi ha «\ufffd»"),
        ('{"id": "exemple", "type": "WorkPlan"}', '"@context": ["https://w3id.org/sse-workplan/context.jsonld"'),
        (f'{{"@context": "{IRI}", "id": "exemple"}}', '{"@base": "https://w3id.org/sse-workplan/id/"}'),
        (f'{{"@context": ["{IRI}", {{"@base": "b/"}}], "id": "exemple"}}', "no és cap adreça http"),
        ('{"@context": "http://127.0.0.1/c", "id": "a"}', "no es baixa"),
        (f'{{"@context": ["{IRI}", "https://example.org/c"], "id": "a"}}', "no es baixa"),
        ('{"@context": "file:///etc/passwd"}', "no es baixa"),
        ('{"@context": "context.jsonld"}', "no es baixa"),
        ('{"@context": {"@import": "https://example.org/c"}}', "no se'n baixa cap"),
        ('{"@context": {"a": {"@id": "http://a/b", "@context": "http://127.0.0.1/"}}, "a": 1}', "no es baixa"),
        ('{"@context": 3}', "ha de ser"),
        ('{"@context": [["a"]]}', "ha de ser"),
        ('{"@context": {"a": "b", "b": "a"}, "@id": "http://x/y", "a": 1}', "no és JSON-LD"),
        ('{"@context": {"a": 3}, "@id": "http://x/y", "a": 1}', "no és JSON-LD"),
        (f'{{"@context": [{", ".join(["{}"] * MOST_CONTEXTS)}]}}', "contexts"),
        ("[" * 100_000, "nivells"),
        ('{"a":' * 100_000, "nivells"),
    ],
)
def test_a_hostile_or_foreign_file_gets_one_sentence(tmp_path: Path, text: str | bytes, said: str) -> None:
    """And nothing else is read or fetched."""
    found = mistake(tmp_path, text)

    assert said in str(found)
    assert len(str(found).splitlines()) == 1


def test_a_mistake_is_told_in_the_readers_language(tmp_path: Path) -> None:
    """What was found, what was meant and what was expected too."""
    found = mistake(tmp_path, f'{{{OURS}, "id": "exemple", "codi": 1}}')
    stopped = mistake(tmp_path, "[1")

    assert [sentence(found.text, found.values, lang).rpartition(": ")[2] for lang in LANGUAGES] == [
        "no hi ha res que es digui «codi»; potser volíeu dir «code».",
        "no hay nada que se llame «codi»; quizá quería decir «code».",
        "there is nothing called “codi”; perhaps you meant “code”.",
    ]
    assert sentence(stopped.text, stopped.values, "en").endswith("the file ends here, and a comma or “]” was expected.")


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.floats(allow_nan=False),
    st.sampled_from(["", "a b", "_:x", "@id", "wp:code", "exemple", "h1ttp://[", "..", "http://e/x", IRI]),
    st.text(max_size=3),
)
KEYS = st.sampled_from(
    [*context(), "@context", "@graph", "@list", "@set", "@value", "@reverse", "@nest", "@index", "x"]
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(members={"ofNetwork": "h1ttp://["}, cut=0)
@example(members={"a\nb\x1b[31m": 1}, cut=0)
@given(members=st.dictionaries(KEYS, VALUES, max_size=4), cut=st.integers(0, 400))
def test_whatever_is_in_a_file_is_read_or_refused_in_a_sentence(members: dict[str, object], cut: int) -> None:
    """Keys that mean something where they mean nothing, values of the wrong kind, a file that ends in the middle."""
    text = json.dumps({"@context": [IRI, {"@base": DATA}], **members})
    for tried in (text, text[:cut]):
        said = ""
        try:
            list(read_jsonld(tried, "plan.json"))
        except UnreadableData as error:
            said = str(error)

        assert len(said.splitlines()) <= 1
