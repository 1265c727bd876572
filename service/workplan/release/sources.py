"""Where the folders are, and which graph each folder is.

The one module that knows the layout of a checkout, of an installed package and of a network's own home. It may
not read what the files hold.

A folder of data files is one graph: ``data/xmess/plan/2020/v1/stated/*.ttl`` is the graph
``…/graph/xmess/plan/2020/v1/stated``. Into how many files it is cut is for people alone.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Final

from workplan.model.errors import N_, InputError, MissingFolder, printable_path
from workplan.model.iris import graph_iri

SUFFIXES: Final = (".ttl", ".trig", ".nt", ".nq", ".jsonld", ".json", ".rdf")
"""Endings of the files that hold data; every other file in the folders is for people."""

ONTOLOGY_FILE: Final = "ontology.ttl"
"""What the ontology of a published version is kept as."""

_GRAPH_PATH: Final = re.compile(r"[A-Za-z0-9._~/-]*")
"""Names of folders that are addresses as they are."""

_PACKAGE: Final = Path(__file__).resolve().parent.parent
_CHECKOUT: Final = _PACKAGE.parent.parent
_PACKAGED: Final = _PACKAGE / "home"


def shared_root() -> Path:
    """The folder that holds ``ontology/``, ``shapes/``, ``queries/`` and XMESS's ``data/``.

    The checkout where there is one, else the copy that the wheel carries.
    """
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def ontology_version() -> str:
    """The version of ontology and software, which is one: the VERSION file's."""
    file = shared_root() / "VERSION"
    return file.read_text().strip() if file.is_file() else installed_version("sse-workplan")


def ontology_files() -> tuple[Path, ...]:
    """The files of the ontology as it is now."""
    return _files(shared_root() / "ontology")


def shape_files() -> tuple[Path, ...]:
    """The files of the shapes as they are now."""
    return _files(shared_root() / "shapes")


def versions_folder() -> Path:
    """Where the published versions of the ontology are kept, a folder each."""
    return shared_root() / "versions"


def version_order(version: str) -> tuple[int, ...]:
    """A key that puts 0.9.0 before 0.10.0."""
    return tuple(int(part) if part.isdecimal() else -1 for part in version.split("."))


def frozen_versions(folder: Path | None = None, name: str = ONTOLOGY_FILE) -> dict[str, Path]:
    """The file *name* of each frozen version kept in *folder*, which is the project's without one; oldest first."""
    found = {file.parent.name: file for file in (folder or versions_folder()).glob(f"*/{name}")}
    return dict(sorted(found.items(), key=lambda item: version_order(item[0])))


def known_versions(folder: Path | None = None, name: str = ONTOLOGY_FILE) -> list[str]:
    """The versions that there are of the file *name*, oldest first: those frozen in *folder* and the present one."""
    return sorted({*frozen_versions(folder, name), ontology_version()}, key=version_order)


@dataclass(frozen=True)
class Home:
    """One network's folder together with the shared ontology and shapes.

    *graphs* maps each named graph's IRI to its files, sorted; *shapes* and *rules* are files. *queries* are folders:
    the shared one, then the network's own, whose queries take the place of shared ones of the same name.
    """

    root: Path
    graphs: Mapping[str, tuple[Path, ...]]
    shapes: tuple[Path, ...]
    queries: tuple[Path, ...]

    @property
    def rules(self) -> tuple[Path, ...]:
        """The queries that derive statements from the data."""
        return tuple(sorted((self.queries[0] / "rules").glob("*.rq")))

    @property
    def data(self) -> tuple[Path, ...]:
        """The files of the network's own graphs."""
        data = self.root / "data"
        return tuple(file for files in self.graphs.values() for file in files if file.is_relative_to(data))

    @property
    def background(self) -> tuple[Path, ...]:
        """The files that every network shares: the ontology, its alignments and the concept schemes."""
        data = self.root / "data"
        files = (file for files in self.graphs.values() for file in files)
        return tuple(file for file in files if not file.is_relative_to(data) and file not in self.shapes)


def is_data_file(path: Path) -> bool:
    """Whether there is a file at *path* that holds data, as its ending says."""
    return path.suffix.lower() in SUFFIXES and path.is_file()


def _files(folder: Path) -> tuple[Path, ...]:
    """The data files directly in *folder*, sorted."""
    return tuple(sorted(filter(is_data_file, folder.iterdir())))


def _graphs_below(folder: Path, prefix: str = "") -> Iterator[tuple[str, tuple[Path, ...]]]:
    """The path and files of every graph at or below *folder*.

    Raises InputError where a folder of data files is called what no address can say.
    """
    if files := _files(folder):
        if not _GRAPH_PATH.fullmatch(prefix):
            raise InputError(
                N_(
                    "La carpeta «%(path)s» no pot donar nom a un graf: s'esperen noms de carpeta fets de lletres "
                    "sense accents, xifres, guionets i punts."
                ),
                path=printable_path(folder),
            )
        yield prefix, files
    for child in sorted(folder.iterdir()):
        if child.is_dir() and not child.name.startswith("."):
            yield from _graphs_below(child, f"{prefix}/{child.name}" if prefix else child.name)


def load_home(root: Path | None = None) -> Home:
    """The home at *root*, or the packaged XMESS one.

    Raises MissingFolder where there is no such folder or it holds no ``data/``.
    """
    shared = shared_root()
    chosen = (root or shared).resolve()
    data = chosen / "data"
    if not data.is_dir():
        raise MissingFolder(path=data if chosen.is_dir() else chosen, expected=N_("la carpeta data de la xarxa"))
    version = ontology_version()
    graphs: dict[str, tuple[Path, ...]] = {
        graph_iri(f"ontology/{version}"): ontology_files(),
        graph_iri(f"alignments/{version}"): _files(shared / "ontology" / "alignments"),
        graph_iri(f"schemes/{version}"): _files(shared / "ontology" / "schemes"),
        graph_iri(f"shapes/{version}"): shape_files(),
    }
    shared_graphs = len(graphs)
    for path, files in _graphs_below(data):
        graphs[graph_iri(path)] = files
    if len(graphs) == shared_graphs:
        raise MissingFolder(path=data, expected=N_("fitxers de dades (per exemple .ttl)"))
    queries = tuple(dict.fromkeys(root / "queries" for root in (shared, chosen)))
    return Home(root=chosen, graphs=graphs, shapes=shape_files(), queries=queries)


def releases_folder(home: Home) -> Path:
    """Where *home*'s releases are kept unless its operator says otherwise.

    Beside the data in a checkout or in a network's home; in the user's cache where the data came with the package,
    because an installed package's folder is not ours to write to.
    """
    if home.root != _PACKAGED:
        return home.root / "releases"
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "sse-workplan" / "releases"
