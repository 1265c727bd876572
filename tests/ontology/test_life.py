"""How the ontology changes: versions told apart in words, a term deprecated, data warned and brought along.

``life/`` is a small ontology of the tests' own in two versions; what holds of it must hold of ours.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple, parse

from workplan.language import LANGUAGES
from workplan.model.errors import InputError, MissingFolder, UnknownVersion, UnreadableData
from workplan.model.namespaces import NAMESPACES
from workplan.release import context
from workplan.release.changes import Effect, changes
from workplan.release.reading import read_all
from workplan.release.report import Severity
from workplan.release.sources import ONTOLOGY_FILE, frozen_versions, known_versions, ontology_files, version_order
from workplan.release.validation import validate
from workplan.release.versions import (
    SHAPES_FILE,
    freeze,
    ontology_at,
    read_ontology,
    turtle_of,
)

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LIFE = HERE / "life"
PROVA = "https://w3id.org/sse-workplan/id/prova/ns#"
OLD, NEW = (LIFE / version / ONTOLOGY_FILE for version in ("1.0.0", "2.0.0"))
VERSION = (ROOT / "VERSION").read_text(encoding="utf-8").strip()

each_ontology = pytest.mark.parametrize(
    ("files", "migrations"),
    [([ROOT / "ontology" / "workplan.ttl", ROOT / "ontology" / "deprecated.ttl"], ROOT / "versions"), ([NEW], LIFE)],
    ids=["ours", "the tests'"],
)


def iri(prefixed_name: str) -> NamedNode:
    """The IRI that a prefixed name stands for."""
    prefix, _, local = prefixed_name.partition(":")
    return NamedNode(NAMESPACES[prefix] + local)


def objects(triples: list[Triple], subject: object, predicate: str) -> list[object]:
    """The values that *triples* give to *subject*, in writing order."""
    return [t.object for t in triples if t.subject == subject and t.predicate == iri(predicate)]


def deprecated(triples: list[Triple]) -> list[NamedNode]:
    """The terms that *triples* deprecate."""
    return [t.subject for t in triples if t.predicate == iri("owl:deprecated") and isinstance(t.subject, NamedNode)]


def test_two_versions_are_told_apart_in_plain_words_what_breaks_data_first() -> None:
    """The whole list, as a technician reads it."""
    found = changes(read_ontology([OLD]), read_ontology([NEW]))

    assert [change.sentence("en").replace(PROVA, "") for change in found] == [
        "Stand has been removed.",
        "Of visitors, what it leads to changes: before xsd:integer, now xsd:nonNegativeInteger.",
        "Fair is deprecated: use Market.",
        "stands is deprecated: use stallCount.",
        "Market is new: “Market”.",
        "stallCount is new: “stall count”.",
        "visitors gets the note on its use: “Who comes twice counts twice”.",
        "Of visitors, the status changes: before testing, now stable.",
        "Of visitors, the label changes: before «visitants» (ca), now «visites» (ca).".replace("«", "“").replace(
            "»", "”"
        ),
    ]


def test_a_change_is_told_in_each_language_and_mixes_none() -> None:
    """Catalan first."""
    (gone,) = [
        change for change in changes(read_ontology([OLD]), read_ontology([NEW])) if change.term == f"{PROVA}Stand"
    ]

    assert gone.effect is Effect.BREAKS
    assert [gone.sentence(lang).removeprefix(f"{PROVA}Stand ") for lang in LANGUAGES] == [
        "ja no hi és.",
        "ya no está.",
        "has been removed.",
    ]


def test_a_version_does_not_differ_from_itself() -> None:
    """In whatever order it is written."""
    triples = ontology_at(VERSION)

    assert changes(triples, reversed(triples)) == []


def test_the_command_tells_two_versions_apart(command: list[str]) -> None:
    """By file or by number, in the language asked for, and for programs in all three."""
    run = [*command, "ontology", "diff", str(OLD), str(NEW)]
    text = subprocess.run([*run, "--lang", "es"], capture_output=True, text=True, check=True).stdout
    rows = json.loads(subprocess.run([*run, "--format", "json"], capture_output=True, text=True, check=True).stdout)
    same = subprocess.run([*command, "ontology", "diff", VERSION, VERSION], capture_output=True, text=True, check=True)

    assert text.splitlines()[0] == f"{PROVA}Stand ya no está."
    assert len(text.splitlines()) == len(rows)
    assert set(rows[0]["sentence"]) == set(LANGUAGES)
    assert same.stdout == ""


@pytest.mark.parametrize("arguments", [["9.9.9"], ["1.0.0", "no-such-file.ttl"]])
def test_a_version_that_is_not_there_gets_a_sentence(command: list[str], arguments: list[str]) -> None:
    """With those that are."""
    done = subprocess.run([*command, "ontology", "diff", *arguments], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert VERSION in done.stderr
    assert done.stdout == ""


def test_what_is_frozen_is_the_ontology_as_it_is_and_stays(tmp_path: Path) -> None:
    """With its shapes and its context; freezing it again changes nothing, other words under its number are refused."""
    files = freeze(tmp_path)
    texts = [file.read_text(encoding="utf-8") for file in files]
    again = freeze(tmp_path)
    (ontology, shapes, kept) = files
    frozen = read_ontology([ontology])

    assert files == again == [tmp_path / VERSION / name for name in (ONTOLOGY_FILE, SHAPES_FILE, context.FILE)]
    assert [file.read_text(encoding="utf-8") for file in again] == texts
    assert all("GENERATED by workplan ontology freeze" in text for text in texts)
    assert frozen_versions(tmp_path) == {VERSION: ontology}
    assert changes(frozen, ontology_at(VERSION)) == []
    assert turtle_of(frozen) == turtle_of(ontology_at(VERSION))
    assert turtle_of(read_ontology([shapes])) == turtle_of(read_ontology(sorted((ROOT / "shapes").glob("*.ttl"))))
    assert json.loads(kept.read_text(encoding="utf-8"))["@context"] == context.context()
    for file, text in zip(files, texts, strict=True):
        file.write_text(text.replace("PlannedAction", "Deed"), encoding="utf-8")
        with pytest.raises(InputError):
            freeze(tmp_path)
        file.write_text(text, encoding="utf-8")


def test_a_plan_may_keep_to_the_context_of_a_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its names have come to mean since; of a version that there is not, those that there are are told."""
    (tmp_path / "versions" / "0.0.1").mkdir(parents=True)
    old = {"@context": {"id": "@id", "called": {"@id": "http://www.w3.org/2000/01/rdf-schema#label"}}}
    (tmp_path / "versions" / "0.0.1" / context.FILE).write_text(json.dumps(old))
    monkeypatch.setattr("workplan.release.sources.versions_folder", lambda: tmp_path / "versions")

    def read(version: str, key: str) -> list[str]:
        name = context.version_iri(version)
        (tmp_path / "plan.json").write_text(f'{{"@context": "{name}", "id": "http://a/b", "{key}": "x"}}')
        return [str(quad.triple) for quad in read_all([tmp_path / "plan.json"])[0].quads]

    assert read("0.0.1", "called") == ['<http://a/b> <http://www.w3.org/2000/01/rdf-schema#label> "x"']
    assert read(VERSION, "code") == ['<http://a/b> <https://w3id.org/sse-workplan/ns#code> "x"']
    with pytest.raises(UnreadableData, match="potser volíeu dir «called»"):
        read("0.0.1", "caled")
    with pytest.raises(UnreadableData, match=f"no hi ha cap context de la versió «9.9.9»; hi ha: 0.0.1, {VERSION}"):
        read("9.9.9", "code")
    for version in ("0.0.10", "0.0.9"):
        (tmp_path / "versions" / version).mkdir()
        (tmp_path / "versions" / version / context.FILE).write_text(json.dumps(old))
    with pytest.raises(UnreadableData, match=f"hi ha: 0.0.1, 0.0.9, 0.0.10, {VERSION}"):
        read("9.9.9", "code")


def test_a_version_that_cannot_be_written_gets_a_sentence(tmp_path: Path) -> None:
    """As where the program was installed for everyone."""
    (tmp_path / "versions").write_text("a file where a folder should be")

    with pytest.raises(MissingFolder):
        freeze(tmp_path / "versions")


def test_every_version_that_was_frozen_is_the_one_that_its_folder_says() -> None:
    """And the present one, once frozen, is as it was frozen."""
    for version, file in frozen_versions().items():
        triples = read_ontology([file])
        (header,) = (t.subject for t in triples if t.object == iri("owl:Ontology"))
        assert objects(triples, header, "owl:versionInfo") == [Literal(version)]
    assert known_versions()[-1] == VERSION
    if VERSION in frozen_versions():
        assert changes(ontology_at(VERSION), read_ontology(ontology_files())) == []
    with pytest.raises(UnknownVersion):
        ontology_at("0.0.0")


def test_a_frozen_version_says_what_it_said() -> None:
    """Whatever the ontology has become; a version that nobody froze is none."""
    assert known_versions(LIFE) == sorted(["1.0.0", "2.0.0", VERSION], key=version_order)
    assert changes(ontology_at("1.0.0", LIFE), read_ontology([OLD])) == []
    assert changes(ontology_at("1.0.0", LIFE), ontology_at("2.0.0", LIFE)) != []
    with pytest.raises(UnknownVersion):
        ontology_at("3.0.0", LIFE)


def test_versions_are_in_the_order_of_their_numbers() -> None:
    """Not of their letters."""
    assert sorted(["0.10.0", "0.9.0", "1.0.0"], key=version_order) == ["0.9.0", "0.10.0", "1.0.0"]


@each_ontology
def test_a_deprecation_says_what_to_use_why_and_since_when(files: list[Path], migrations: Path) -> None:
    """And the term that takes its place is there, and is not deprecated itself."""
    triples = read_ontology(files)
    gone = deprecated(triples)
    since = {
        t.object: value.value
        for t in triples
        if t.predicate == iri("owl:annotatedSource")
        and objects(triples, t.subject, "owl:annotatedProperty") == [iri("owl:deprecated")]
        for value in objects(triples, t.subject, "owl:versionInfo")
        if isinstance(value, Literal)
    }

    assert set(since) == set(gone)
    for term in gone:
        (instead,) = objects(triples, term, "dcterms:isReplacedBy")
        notes = objects(triples, term, "skos:changeNote")
        assert objects(triples, instead, "rdf:type")
        assert instead not in gone
        assert objects(triples, term, "vs:term_status") == [Literal("archaic")]
        assert [note.language for note in notes if isinstance(note, Literal)] == list(LANGUAGES)
        name = term.value.rpartition("#")[2]
        for kind in ("detect", "replace"):
            assert (migrations / since[term] / "migration" / f"{kind}-{name}.rq").is_file()


def test_data_that_use_a_deprecated_term_are_warned_in_the_words_of_its_record() -> None:
    """Where it stands, and no Violation: the data still hold."""
    shapes, background = read_all([ROOT / "shapes"]), read_all([NEW])
    found = validate(read_all([LIFE / "data.ttl"]), shapes, background).results

    assert [(f.severity, f.path, f.where.line) for f in found if f.where] == [
        (Severity.WARNING, "rdf:type", 5),
        (Severity.WARNING, f"<{PROVA}stands>", 6),
    ]
    assert {f.messages["en"] for f in found} == {
        "The class “Fair” is deprecated; use “Market”, which serves weekly ones too.",
        "The property “stands” is deprecated; use “stall count”.",
    }
    assert validate(read_all([LIFE / "data.ttl"]), shapes, read_all([OLD])).results == ()


def test_a_network_that_deprecates_a_term_of_its_own_is_warned_too(command: list[str], tmp_path: Path) -> None:
    """Through the command, from its home: ontology and data in folders of their own."""
    for folder, file in (("ontology", NEW), ("v1", LIFE / "data.ttl")):
        (tmp_path / "data" / "prova" / folder).mkdir(parents=True)
        shutil.copy(file, tmp_path / "data" / "prova" / folder)
    done = subprocess.run(
        [*command, "validate", "--home", str(tmp_path), "--lang", "en"], capture_output=True, text=True, check=False
    )

    assert "The property “stands” is deprecated; use “stall count”." in done.stdout


def migrated(data: Path, migration: Path) -> tuple[Store, dict[str, int]]:
    """The data once every query in *migration* has replaced what it can, and what each had detected before."""
    store = Store()
    graph = NamedNode("https://w3id.org/sse-workplan/graph/prova/v1")
    store.load(path=str(data), format=RdfFormat.TURTLE, to_graph=graph)
    detected = {}
    for query in sorted(migration.glob("detect-*.rq")):
        detected[query.stem] = len(
            list(store.query(query.read_text(encoding="utf-8"), use_default_graph_as_union=True))
        )
        store.update((migration / query.name.replace("detect", "replace")).read_text(encoding="utf-8"))
    return store, detected


def test_migration_queries_find_what_is_deprecated_and_mend_it(tmp_path: Path) -> None:
    """Nothing is left to find, nothing else is lost, and nothing is warned of."""
    migration = LIFE / "2.0.0" / "migration"
    store, detected = migrated(LIFE / "data.ttl", migration)
    (tmp_path / "data.nt").write_bytes(
        store.dump(format=RdfFormat.N_TRIPLES, from_graph=next(store.named_graphs())) or b""
    )
    left = [
        list(store.query(q.read_text(encoding="utf-8"), use_default_graph_as_union=True))
        for q in migration.glob("detect-*.rq")
    ]

    assert detected == {"detect-Fair": 1, "detect-stands": 1}
    assert left == [[], []]
    assert len(store) == len(list(parse(path=LIFE / "data.ttl", format=RdfFormat.TURTLE)))
    assert validate(read_all([tmp_path / "data.nt"]), read_all([ROOT / "shapes"]), read_all([NEW])).results == ()


@pytest.mark.parametrize("folder", [LIFE, ROOT / "versions"], ids=["the tests'", "ours"])
def test_what_a_migration_detects_it_can_replace(folder: Path) -> None:
    """Two queries a term."""
    for detect in folder.glob("*/migration/detect-*.rq"):
        assert (detect.parent / detect.name.replace("detect", "replace")).is_file()
