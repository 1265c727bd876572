"""Releases as the tests need them: true ones with other content, damaged ones, and what small ones are made of."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from workplan.release.build import Release
from workplan.release.integrity import BUILT, DATA, MANIFEST, QUESTIONS, SUMS, sums, version_of


def example_plan(root: Path) -> str:
    """The plan of one action that docs/write-a-plan.md, below *root*, has as ``action.json``."""
    page = (root / "docs" / "write-a-plan.md").read_text(encoding="utf-8")
    (plan,) = re.findall(r"^`action.json`:\n\n```json\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return plan


def release_like(release: Release, folder: Path, change: Callable[[bytes], bytes], built: str = "") -> Release:
    """A whole release in *folder*, like another with a *change* in its data, as if *built* at that moment."""
    files = {
        path.relative_to(release.folder).as_posix(): path.read_bytes()
        for path in release.folder.rglob("*")
        if path.is_file() and path.name != SUMS
    }
    files[DATA] = change(files[DATA])
    questions = sorted((Path(name).stem, text) for name, text in files.items() if name.startswith(QUESTIONS))
    version = version_of([files[DATA].decode()], {name: text.decode() for name, text in questions})
    manifest = json.loads(files[MANIFEST]) | {"version": version, "quads": files[DATA].count(b"\n")}
    files[MANIFEST] = json.dumps(manifest | ({BUILT: built} if built else {})).encode()
    files[SUMS] = sums(files)
    for name, content in files.items():
        (folder / version / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / version / name).write_bytes(content)
    return Release(version, folder / version)


def older(release: Release) -> None:
    """Make *release* what an older program wrote: without digests, and without a word on when it was built."""
    manifest = release.manifest
    del manifest[BUILT]
    (release.folder / MANIFEST).write_text(json.dumps(manifest))
    (release.folder / SUMS).unlink()


def _changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _unlisted(path: Path) -> None:
    path.with_name(f"other{path.suffix}").write_bytes(path.read_bytes())


def _as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _malformed(path: Path) -> None:
    path.write_bytes(b"<\xff" + path.read_bytes())


HARMS: dict[str, Callable[[Path], None]] = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "cut after a line": lambda path: path.write_bytes(path.read_bytes().rpartition(b"\n")[0].rpartition(b"\n")[0]),
    "empty": lambda path: path.write_bytes(b""),
    "one bit changed": _changed,
    "malformed": _malformed,
    "missing": lambda path: path.unlink(),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\n"),
    "a folder": _as_folder,
    "another beside it": _unlisted,
}
"""What may befall a file."""


def damage(release: Release, name: str, harm: str) -> None:
    """Do the *harm* of that name to the file *name* of *release*."""
    HARMS[harm](release.folder / name)


def copied(release: Release, folder: Path) -> Release:
    """A copy of *release* in *folder*, as the current one."""
    shutil.copytree(release.folder, folder / release.version)
    (folder / "current").write_text(release.version + "\n")
    return Release(release.version, folder / release.version)
