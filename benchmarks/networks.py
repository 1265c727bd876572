"""Synthetic data for measuring: the shipped plan again and again, under the names of networks that do not exist.

It may not be served as anybody's data.
"""

import itertools
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from workplan.release.build import Release, build, inputs_digest
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
    version = f"bench{triples}"
    release = Release(version, folder / version)
    release.folder.mkdir(parents=True, exist_ok=True)
    with release.data.open("w", encoding="utf-8") as file:
        file.writelines(lines)
        file.writelines(itertools.islice(_copies(lines), max(0, triples - len(lines))))
    manifest = {**shipped.manifest, "version": version, "inputs": inputs_digest(home), "quads": triples}
    (release.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (release.folder / "report.json").write_text((shipped.folder / "report.json").read_text(), encoding="utf-8")
    (release.folder / "report.ttl").write_text((shipped.folder / "report.ttl").read_text(), encoding="utf-8")
    shutil.copytree(shipped.queries, release.queries, dirs_exist_ok=True)
    (folder / "current").write_text(version + "\n", encoding="utf-8")
    return release
