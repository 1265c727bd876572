"""Load, derive, validate, ask, write: one immutable release, or none.

A release is a folder named by its version, which is a hash of what it holds, data and saved queries: not of the order
of files or of the labels of blank nodes. The file ``current`` names the one in service. It may not change a release
once written: one that is damaged, or that a newer program indexes otherwise, gives its place to a new folder in one
move, and keeps the date of the first.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pyoxigraph import CanonicalizationAlgorithm, Dataset, DefaultGraph, NamedNode, Quad

from workplan.configuration import Configuration, load_configuration
from workplan.engine.pooled import PooledEngine
from workplan.engine.supervision import SupervisedPool
from workplan.model.errors import N_, DamagedRelease, DataInvalid, InputError, MissingFolder, cause_in_words
from workplan.model.iris import graph_iri
from workplan.model.words import stemmer_version
from workplan.questions.catalogue import SUFFIX, SavedQuery, query_files

from . import comparison
from .derivation import derive
from .integrity import (
    BUILT,
    DATA,
    MANIFEST,
    QUESTIONS,
    SUMS,
    VERSION_LENGTH,
    digests,
    ensure_whole,
    manifest_in,
    read_whole,
    sums,
    version_of,
)
from .placing import place_folder, replace_file, write_folder
from .questions import ask_all, describe_all, read_questions
from .quotation import quoted_words, source_files
from .reading import Reading, read_file
from .report import Report, Severity
from .search import FILE as SEARCH
from .search import index_of
from .sources import Home, ontology_version
from .terms import deprecation_rules
from .validation import validate

STEPS: Final = (
    N_("Llegint els fitxers"),
    N_("Derivant"),
    N_("Validant"),
    N_("Executant les consultes"),
    N_("Escrivint la publicació"),
)
"""What a build does, in order, for whoever shows its progress."""

_VERSION: Final = re.compile(rf"[0-9a-f]{{{VERSION_LENGTH}}}")
_CURRENT: Final = "current"
_PASSED_OVER: Final = "passed-over"
UNFINISHED: Final = ".unfinished-"
"""How the names of what is being written begin, which the next build clears where it was left."""


@dataclass(frozen=True)
class Release:
    """A written release: its *version* and the *folder* that holds it."""

    version: str
    folder: Path

    @property
    def data(self) -> Path:
        """All quads, as sorted N-Quads."""
        return self.folder / DATA

    @property
    def queries(self) -> Path:
        """The folder of its saved queries, as they were when it was built."""
        return self.folder / QUESTIONS

    @property
    def words(self) -> Path:
        """The index by which its resources are found; a release made by an older program has none."""
        return self.folder / SEARCH

    @property
    def manifest(self) -> dict[str, Any]:
        """What the release holds: graphs with their sizes, the validation's counts, the inputs' digest.

        Raises DamagedRelease where it cannot be read.
        """
        return manifest_in(self.folder)

    @property
    def built(self) -> datetime | None:
        """When it was first built here; None where an older program did not write that, or nobody can read it."""
        try:
            return datetime.fromisoformat(self.manifest[BUILT])
        except (DamagedRelease, KeyError, TypeError, ValueError):
            return None

    @property
    def is_whole(self) -> bool:
        """Whether it is as it was written."""
        try:
            self.ensure_whole()
        except DamagedRelease:
            return False
        return True

    def ensure_whole(self, *, has_data: bool = True) -> None:
        """Raise DamagedRelease unless it is as it was written; without *has_data* its quads are not looked at."""
        ensure_whole(self.folder, self.version, has_data=has_data)

    @property
    def digest(self) -> str | None:
        """The SHA-256 of its quads; None where an older program did not write that. Raises DamagedRelease."""
        listed = digests(self.folder)
        return listed[DATA] if listed else None

    def read(self, name: str) -> bytes:
        """Its file *name*. Raises DamagedRelease unless that is as it was written."""
        return read_whole(self.folder, name)


def current_release(folder: Path) -> Release | None:
    """The release in service among those in *folder*; None where there is none yet, or nobody can tell which."""
    try:
        version = (folder / _CURRENT).read_bytes().decode(errors="replace").strip()
    except FileNotFoundError:
        return None
    return kept_release(folder, version)


def current_mark(folder: Path) -> int:
    """A number that differs each time that a release in *folder* is made the current one, even the same one again."""
    try:
        return (folder / _CURRENT).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def kept_release(folder: Path, version: str) -> Release | None:
    """The release *version* among those in *folder*; None where it is not there."""
    is_kept = _VERSION.fullmatch(version) and (folder / version).is_dir()
    return Release(version, folder / version) if is_kept else None


def all_releases(folder: Path) -> list[Release]:
    """All releases in *folder*, the latest first; those of which nobody knows when they were built come last."""
    found = [Release(each.name, each) for each in sorted(folder.glob("*")) if kept_release(folder, each.name)]
    return sorted(found, key=lambda release: release.built or datetime.min.replace(tzinfo=UTC), reverse=True)


def servable_release(folder: Path) -> tuple[Release, DamagedRelease | None]:
    """The release in service among those in *folder*, or the last whole one and the damage for which that is not it.

    Raises DamagedRelease where there is none that is whole, and MissingFolder where there is none at all.
    """
    current, kept = current_release(folder), all_releases(folder)
    damage: DamagedRelease | None = None
    for release in dict.fromkeys([current, *kept] if current else kept):
        try:
            release.ensure_whole()
        except DamagedRelease as error:
            damage = damage or error
        else:
            return release, damage
    if damage:
        raise damage
    raise MissingFolder(path=folder, expected=N_("una publicació feta amb «workplan build»"))


def inputs_digest(home: Home) -> str:
    """A digest of every file and setting from which *home*'s release is made and of the version of what makes it."""
    settings = (ontology_version(), load_configuration(home.root).licence, stemmer_version())
    digest = hashlib.sha256("\0".join(settings).encode())
    named = [(iri, file) for iri, files in home.graphs.items() for file in files]
    named += [("rule", file) for file in home.rules]
    named += [("question", file) for file in query_files(home.queries).values()]
    package = Path(__file__).parent.parent
    floors = ("engine", "model", "questions", "release")
    named += [("program", file) for floor in floors for file in sorted((package / floor).glob("*.py"))]
    named += [("source", file) for file in source_files(home.root / "data")]
    for role, file in named:
        digest.update(f"\0{role}\0".encode() + os.fsencode(file.name) + b"\0" + file.read_bytes())
    return digest.hexdigest()


def is_up_to_date(home: Home, folder: Path) -> bool:
    """Whether the release in service is whole, and was made from *home* as it is now or chosen in spite of that."""
    release = current_release(folder)
    if release is None or not release.is_whole:
        return False
    passed_over = folder / _PASSED_OVER
    chosen_over = passed_over.read_text(encoding="utf-8", errors="replace") if passed_over.is_file() else ""
    return inputs_digest(home) in (release.manifest.get("inputs"), chosen_over.strip())


def _canonical_lines(quads: Iterable[Quad]) -> list[str]:
    """The canonical N-Quads of *quads*, sorted (RDF Dataset Canonicalization, RDFC-1.0)."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(f"{quad} .\n" for quad in dataset)


@contextmanager
def only_builder(folder: Path) -> Iterator[None]:
    """Hold *folder* against other builds and clear what a killed one left.

    Raises MissingFolder where *folder* cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise MissingFolder(path=folder, expected=N_("permís per escriure-hi les publicacions")) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _clear(folder)
        yield


def _clear(folder: Path) -> None:
    """Take away what a build left unfinished in *folder*."""
    for left in folder.glob(UNFINISHED + "*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink()


def _write(folder: Path, version: str, files: dict[str, bytes]) -> Release:
    """Put *files* in place as one release and make it the current one, each in a single move once the disk has it."""
    files[SUMS] = sums(files)
    release = Release(version, folder / version)
    if not (release.is_whole and (release.folder / SUMS).read_bytes() == files[SUMS]):
        unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
        unfinished.chmod(0o755)
        write_folder(unfinished, files)
        # Whoever has files of the one before open goes on reading those.
        place_folder(unfinished, release.folder)
        _clear(folder)
    make_current(release)
    return release


def make_current(release: Release, passed_over: str = "") -> None:
    """Have *release* be the one in service, although the inputs with the digest *passed_over* would make another."""
    folder = release.folder.parent
    if passed_over:
        replace_file(folder / _PASSED_OVER, folder / f"{UNFINISHED}{_PASSED_OVER}", f"{passed_over}\n".encode())
    else:
        (folder / _PASSED_OVER).unlink(missing_ok=True)
    replace_file(folder / _CURRENT, folder / f"{UNFINISHED}{_CURRENT}", f"{release.version}\n".encode())


def read_home(home: Home) -> dict[Path, Reading]:
    """Every file of *home*, read. Raises UnreadableData."""
    return {file: read_file(file, home.root) for files in home.graphs.values() for file in files}


def quads_of(home: Home, readings: Mapping[Path, Reading]) -> list[Quad]:
    """All that *readings* of *home*'s files say, each in the graph of its file's folder."""
    return [
        quad
        for iri, files in home.graphs.items()
        for file in files
        for quad in _in_graph(readings[file].quads, NamedNode(iri))
    ]


def validate_home(home: Home, readings: Mapping[Path, Reading], derived: Sequence[Reading]) -> Report:
    """The report on *home*'s own data and on what is *derived* from them, in the light of the ontology and schemes."""
    data, shapes, background = (
        [readings[file] for file in files] for files in (home.data, home.shapes, home.background)
    )
    return validate(data, shapes, [*background, quoted_words(data, home.root / "data")], derived)


def build(home: Home, folder: Path, progress: Callable[[str], None] = lambda _: None) -> Release:
    """Make *home*'s release in *folder* and put it in service; *progress* hears of each of STEPS as it begins.

    Raises UnreadableData where a file does not parse, QuestionsInvalid where a saved query is broken, DataInvalid, with
    the report, where a Violation stands, and InputError where it cannot be written: each time the release that was in
    service stays.
    """
    with only_builder(folder):
        progress(STEPS[0])
        config = load_configuration(home.root)
        inputs = inputs_digest(home)
        readings = read_home(home)
        questions = read_questions(home.queries, config.allowed_services)
        progress(STEPS[1])
        quads = quads_of(home, readings)
        derived = derive(quads, home.rules)
        progress(STEPS[2])
        report = validate_home(home, readings, derived)
        if not report.conforms:
            raise DataInvalid(count=report.count(Severity.VIOLATION), report=report)
        quads += [quad for reading in derived for quad in reading.quads]
        rules = deprecation_rules(readings.values())
        quads += _in_graph(rules.quads, NamedNode(graph_iri(f"shapes/{ontology_version()}")))
        quads += describe_all({name: query for name, (query, _) in questions.items()}, config.licence)
        progress(STEPS[3])
        lines = _canonical_lines(quads)
        with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=folder, ignore_cleanup_errors=True) as unfinished:
            data = Path(unfinished) / DATA
            with _told_of_writing(folder):
                data.write_text("".join(lines), encoding="utf-8")
            _ask_all(questions, data, config)
        progress(STEPS[4])
        texts = {f"{QUESTIONS}/{name}{SUFFIX}": query.text for name, (query, _) in questions.items()}
        version = version_of(lines, texts)
        sizes = Counter(q.graph_name.value for q in set(quads) if isinstance(q.graph_name, NamedNode))
        manifest = {
            "version": version,
            BUILT: (_first_built(folder, version) or datetime.now(UTC)).isoformat(timespec="seconds"),
            "ontology": ontology_version(),
            "inputs": inputs,
            "quads": len(lines),
            "graphs": dict(sorted(sizes.items())),
            "validation": {level.name.lower(): report.count(level) for level in Severity},
        }
        written = {
            DATA: "".join(lines),
            **texts,
            "report.ttl": report.turtle(),
            "report.json": report.json(),
            MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=2) + "\n",
        }
        files = {name: text.encode() for name, text in written.items()}
        files[SEARCH] = index_of(quads)
        files |= _changes(folder, version, lines, {name: query.text for name, (query, _) in questions.items()})
        with _told_of_writing(folder):
            return _write(folder, version, files)


def _changes(folder: Path, version: str, lines: Sequence[str], questions: Mapping[str, str]) -> dict[str, bytes]:
    """What the release *version* changes of the one in service, as a file; nothing where there is none to compare."""
    same = kept_release(folder, version)
    if same and same.is_whole and (same.folder / comparison.FILE).is_file():
        return {comparison.FILE: same.read(comparison.FILE)}
    try:
        before, _ = servable_release(folder)
    except (DamagedRelease, MissingFolder):
        return {}
    if before.version == version:
        return {}
    asked = {name: file.read_text(encoding="utf-8") for name, file in query_files(before.queries).items()}
    told = comparison.compared(before.data, lines)
    of_questions = comparison.compared_questions(asked, questions)
    return {comparison.FILE: comparison.written(before.version, told, of_questions).encode()}


def _first_built(folder: Path, version: str) -> datetime | None:
    """When the same content was first built in *folder*; None where it was not, or what is left of it is damaged."""
    earlier = kept_release(folder, version)
    return earlier.built if earlier and earlier.is_whole else None


def _ask_all(questions: Mapping[str, tuple[SavedQuery, Path]], data: Path, config: Configuration) -> None:
    """Ask all *questions* of the quads in *data*, each by a process that ends at its limits, as they will be asked."""
    with (
        closing(SupervisedPool(data, config.capacity, config.allowed_services)) as pool,
        closing(PooledEngine(pool.address, config.limits)) as engine,
    ):
        ask_all(questions, engine)


@contextmanager
def _told_of_writing(folder: Path) -> Iterator[None]:
    """Clear what could not be written to *folder*, and say so. Raises InputError."""
    try:
        yield
    except OSError as error:
        _clear(folder)
        raise InputError(
            N_("No s'ha pogut escriure la publicació a %(path)s: %(cause)s; no hi ha canviat res."),
            path=folder,
            cause=cause_in_words(error),
        ) from error


def _in_graph(quads: Iterable[Quad], graph: NamedNode) -> Iterator[Quad]:
    """*quads* with those of a file's default graph put in *graph*."""
    for quad in quads:
        in_default = isinstance(quad.graph_name, DefaultGraph)
        yield Quad(quad.subject, quad.predicate, quad.object, graph) if in_default else quad
