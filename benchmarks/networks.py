"""Synthetic data for measuring: the shipped plan again and again, under the names of networks that do not exist.

It may not be served as anybody's data.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from workplan.release.build import Release, build
from workplan.release.integrity import DATA, MANIFEST, QUESTIONS, SUMS, sums, version_of
from workplan.release.sources import load_home

MARK = "/xmess"
"""The part of an IRI by which the shipped network's statements are known."""


def _copies(lines: list[str]) -> Iterator[str]:
    """The network's own *lines* under one invented name after another, for ever."""
    own = [line for line in lines if MARK in line]
    for number in itertools.count(1):
        name = f"/net{number:05}"
        prefix = f"_:n{number}"
        yield from (line.replace(MARK, name).replace("_:c14n", prefix) for line in own)


def synthetic_release(triples: int, folder: Path) -> Release:
    """A release of about *triples* statements in *folder*, which ``workplan serve --out`` takes for up to date."""
    home = load_home()
    shipped = build(home, folder / "shipped")
    lines = shipped.data.read_text(encoding="utf-8").splitlines(keepends=True)
    more = itertools.islice(_copies(lines), max(0, triples - len(lines)))
    release = release_of([*lines, *more], shipped, folder)
    (folder / "current").write_text(release.version + "\n", encoding="utf-8")
    return release


def older_releases(release: Release, folder: Path, number: int) -> list[Release]:
    """So many releases in *folder* beside *release*, each with a statement less than the one before."""
    lines = release.data.read_text(encoding="utf-8").splitlines(keepends=True)
    return [release_of(lines[: -1 - each], release, folder) for each in range(number)]


def release_of(lines: Sequence[str], like: Release, folder: Path) -> Release:
    """A whole release of the N-Quads *lines* in *folder*, with all else as in *like*."""
    files = {
        path.relative_to(like.folder).as_posix(): path.read_bytes()
        for path in like.folder.rglob("*")
        if path.is_file() and path.name != SUMS
    }
    questions = sorted((Path(name).stem, text.decode()) for name, text in files.items() if name.startswith(QUESTIONS))
    version = version_of(lines, dict(questions))
    files[DATA] = "".join(lines).encode()
    files[MANIFEST] = json.dumps(json.loads(files[MANIFEST]) | {"version": version, "quads": len(lines)}).encode()
    files[SUMS] = sums(files)
    for name, content in files.items():
        (folder / version / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / version / name).write_bytes(content)
    return Release(version, folder / version)
