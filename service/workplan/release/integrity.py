"""Whether what is kept is what was written: a digest of each file of a release, and the hash that is its name.

``SHA256SUMS`` lists a release's files as sha256sum(1) does, so that people can check one by hand; a file that it does
not list, or lists and is not there, is damage too, and so the list needs no check of its own. The version is a hash of
the content, so that no release goes by another's name. It may not mend or choose a release.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from workplan.model.errors import N_, Clause, DamagedRelease, cause_in_words
from workplan.questions.catalogue import SUFFIX

SUMS: Final = "SHA256SUMS"
DATA: Final = "data.nq"
MANIFEST: Final = "manifest.json"
QUESTIONS: Final = "queries"

VERSION_LENGTH: Final = 12
"""Hexadecimal digits of the content's hash that name a release: enough for a few releases a year."""

BUILT: Final = "built"
"""The member of a manifest that tells when its release was built; older programs wrote none, and no digests."""

_CHUNK: Final = 1024 * 1024
_SUM: Final = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>[^\n]+)\n")


def version_of(lines: Iterable[str], questions: Mapping[str, str]) -> str:
    """The version of a release of the N-Quads *lines* and the *questions*, whose texts are given by name, sorted."""
    content = hashlib.sha256()
    for text in (*lines, *questions.values()):
        content.update(text.encode())
    return content.hexdigest()[:VERSION_LENGTH]


def sums(files: Mapping[str, bytes]) -> bytes:
    """The list of the digests of *files*, which are given by their path in the release's folder."""
    listed = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return "".join(listed).encode()


def digests(folder: Path) -> Mapping[str, str] | None:
    """The SHA-256 of each file of the release in *folder*, as written; None for a release of an older program.

    Raises DamagedRelease where they cannot be read.
    """
    try:
        text = (folder / SUMS).read_text(encoding="utf-8")
    except FileNotFoundError:
        if BUILT in manifest_in(folder):
            raise _damaged(folder, N_("hi falta %(name)s"), name=SUMS) from None
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(folder, N_("no es pot llegir %(name)s"), name=SUMS) from error
    listed = {found["name"]: found["digest"] for found in _SUM.finditer(text)}
    if sum(len(digest) + len(name) + 3 for name, digest in listed.items()) != len(text) or MANIFEST not in listed:
        raise _damaged(folder, N_("no es pot llegir %(name)s"), name=SUMS)
    return listed


def manifest_in(folder: Path) -> dict[str, Any]:
    """The manifest of the release in *folder*. Raises DamagedRelease where it cannot be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(folder, N_("no es pot llegir %(name)s"), name=MANIFEST) from error
    if not isinstance(manifest, dict):
        raise _damaged(folder, N_("no es pot llegir %(name)s"), name=MANIFEST)
    return manifest


def ensure_whole(folder: Path, version: str, *, has_data: bool = True) -> None:
    """Raise DamagedRelease unless *folder* holds the release *version* as it was written, and nothing else.

    Without *has_data* its quads are not looked at: who has had them read elsewhere need not read them again.
    """
    listed, held = digests(folder), _files(folder)
    if manifest_in(folder).get("version") != version:
        raise _damaged(folder, N_("el manifest és el d'una altra publicació"))
    if listed is not None:
        _ensure_same_names(folder, listed.keys(), held)
    content = hashlib.sha256()
    for name in sorted(held, key=_place):
        if name == DATA and not has_data:
            continue
        digest = _digest(folder, name, content if _is_content(name) else None)
        if listed is not None and digest != listed[name]:
            raise _damaged(folder, N_("%(name)s no és com es va escriure"), name=name)
    if has_data and content.hexdigest()[:VERSION_LENGTH] != version:
        raise _damaged(folder, N_("les dades o les consultes no són les que es van escriure"))


def read_whole(folder: Path, name: str) -> bytes:
    """The file *name* of the release in *folder*. Raises DamagedRelease unless it is as it was written."""
    listed = digests(folder)
    if listed is None:
        # Only all of its content together can be told from any other.
        ensure_whole(folder, folder.name)
    try:
        body = (folder / name).read_bytes()
    except OSError as error:
        raise _unreadable(folder, name, error) from error
    if listed is not None and hashlib.sha256(body).hexdigest() != listed.get(name):
        raise _damaged(folder, N_("%(name)s no és com es va escriure"), name=name)
    return body


def _files(folder: Path) -> set[str]:
    """The files in *folder* that a release is made of; hidden ones are the system's own."""
    found = (path for path in folder.rglob("*") if not path.is_dir())
    return {path.relative_to(folder).as_posix() for path in found if _is_part(path)} - {SUMS}


def _is_part(path: Path) -> bool:
    return not path.name.startswith(".") or path.suffix == SUFFIX


def _ensure_same_names(folder: Path, listed: Iterable[str], held: set[str]) -> None:
    known = set(listed)
    if lost := sorted(known - held):
        raise _damaged(folder, N_("hi falta %(name)s"), name=lost[0])
    if foreign := sorted(held - known):
        raise _damaged(folder, N_("hi ha %(name)s, que no n'és"), name=foreign[0])


def _is_content(name: str) -> bool:
    """Whether the version is a hash of the file *name*, among others."""
    return name == DATA or (name.startswith(f"{QUESTIONS}/") and name.endswith(SUFFIX))


def _place(name: str) -> tuple[bool, str]:
    """A key that puts files in the order in which their content is hashed."""
    return name != DATA, name.removesuffix(SUFFIX)


def _digest(folder: Path, name: str, content: Any) -> str:
    """The SHA-256 of the file *name*, whose bytes are added to *content* too where that is given."""
    own = hashlib.sha256()
    try:
        with (folder / name).open("rb") as file:
            while chunk := file.read(_CHUNK):
                own.update(chunk)
                if content is not None:
                    content.update(chunk)
    except OSError as error:
        raise _unreadable(folder, name, error) from error
    return own.hexdigest()


def _unreadable(folder: Path, name: str, error: OSError) -> DamagedRelease:
    return _damaged(folder, N_("no es pot llegir %(name)s: %(cause)s"), name=name, cause=cause_in_words(error))


def _damaged(folder: Path, text: str, **values: str) -> DamagedRelease:
    return DamagedRelease(version=folder.name, cause=Clause(text, values))
