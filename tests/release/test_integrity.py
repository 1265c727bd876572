"""A release that is no longer what was written: each of its files, whatever befalls it, at each door to service."""

import os
import re
import shutil
from pathlib import Path

import pytest

from releases import HARMS, copied, damage, example_plan, older, release_like
from workplan.model.errors import DamagedRelease, MissingFolder
from workplan.release.build import (
    Release,
    build,
    current_release,
    is_up_to_date,
    servable_release,
)
from workplan.release.integrity import SUMS
from workplan.release.sources import Home, load_home
from workplan.web import create_app
from workplan.web.service import open_service

FILES = (
    *("data.nq", "manifest.json", "SHA256SUMS", "search.sqlite3", "report.ttl", "report.json"),
    "queries/plans.rq",
)
EVERY = [(name, harm) for name in FILES for harm in HARMS]
CONTENT = [*(("data.nq", harm) for harm in HARMS if harm != "another beside it"), ("queries/plans.rq", "cut")]


@pytest.fixture
def kept(release: Release, tmp_path: Path) -> Release:
    """A copy of the release, the current one of a folder of its own."""
    return copied(release, tmp_path)


@pytest.fixture
def earlier(kept: Release) -> Release:
    """Another whole release in the same folder, built long ago."""
    return release_like(kept, kept.folder.parent, lambda data: data.replace(b"xmess", b"xmees"), "2020-01-01T00:00:00Z")


def test_what_was_written_is_whole(kept: Release, earlier: Release) -> None:
    """As the build wrote it, and as sha256sum(1) would list it."""
    kept.ensure_whole()
    earlier.ensure_whole()
    names = [line.partition("  ")[2] for line in (kept.folder / SUMS).read_text().splitlines()]

    assert set(names) == {
        path.relative_to(kept.folder).as_posix() for path in kept.folder.rglob("*") if path.is_file()
    } - {SUMS}


@pytest.mark.parametrize(("name", "harm"), EVERY)
def test_whatever_befalls_a_file_is_told_from_what_was_written(
    kept: Release, earlier: Release, name: str, harm: str
) -> None:
    """The file is named, and the last whole release is there to be served."""
    damage(kept, name, harm)
    with pytest.raises(DamagedRelease) as caught:
        kept.ensure_whole()

    assert str(caught.value.values["cause"]).strip()
    assert not kept.is_whole
    assert servable_release(kept.folder.parent)[0] == earlier


def test_a_release_by_another_name_is_none(kept: Release) -> None:
    """Its version says what it holds."""
    other = Release("0" * 12, kept.folder.parent / ("0" * 12))
    shutil.copytree(kept.folder, other.folder)

    assert not other.is_whole


def test_what_the_system_leaves_is_no_damage(kept: Release) -> None:
    """As network file systems do while a file is open."""
    (kept.folder / ".nfs0001").touch()
    (kept.folder / "queries" / ".DS_Store").touch()

    assert kept.is_whole


@pytest.mark.parametrize(("name", "harm"), CONTENT)
def test_a_release_of_an_older_program_is_known_by_its_content(kept: Release, name: str, harm: str) -> None:
    """It has no digests, and its version is the hash of its data and questions."""
    older(kept)
    assert kept.is_whole
    damage(kept, name, harm)

    assert not kept.is_whole


@pytest.mark.parametrize("written", [b"", b"\n", b"\xff\xfe", b"0123", b"../..", b"0" * 12])
def test_a_damaged_pointer_names_nothing(kept: Release, written: bytes) -> None:
    """And what is whole can be served all the same."""
    (kept.folder.parent / "current").write_bytes(written)

    assert current_release(kept.folder.parent) is None
    assert servable_release(kept.folder.parent) == (kept, None)


def test_where_nothing_is_whole_nothing_is_served(kept: Release, earlier: Release) -> None:
    """The damage of the one in service is told."""
    damage(kept, "data.nq", "cut")
    damage(earlier, "data.nq", "empty")
    with pytest.raises(DamagedRelease) as caught:
        servable_release(kept.folder.parent)

    assert caught.value.values["version"] == kept.version
    with pytest.raises(MissingFolder):
        servable_release(kept.folder)


@pytest.mark.parametrize(("name", "harm"), EVERY)
def test_a_service_does_not_open_over_what_is_damaged(kept: Release, name: str, harm: str) -> None:
    """The engine within the process."""
    damage(kept, name, harm)
    with pytest.raises(DamagedRelease):
        open_service(None, kept.folder.parent, None)


@pytest.mark.parametrize(("name", "harm"), EVERY)
def test_a_pinned_release_that_is_damaged_is_refused(kept: Release, earlier: Release, name: str, harm: str) -> None:
    """With what is wrong with it, as a problem, and no word of where it lies."""
    client = create_app(open_service(None, kept.folder.parent, None)).test_client()
    damage(earlier, name, harm)
    answer = client.get(f"/releases/{earlier.version}/query/plans.csv")
    problem = answer.get_json(force=True)

    assert answer.status_code == 503
    assert problem["type"].endswith("/problem/damaged-release")
    assert earlier.version in problem["detail"]
    assert str(kept.folder.parent) not in answer.text
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("extension", ["nq", "ttl", "trig.gz"])
def test_a_dump_of_damaged_data_is_refused(kept: Release, earlier: Release, harm: str, extension: str) -> None:
    """Of the release in service, should its file change meanwhile, and of a pinned one."""
    client = create_app(open_service(None, kept.folder.parent, None)).test_client()
    for release, address in ((kept, "/dump"), (earlier, f"/releases/{earlier.version}/dump")):
        damage(release, "data.nq", harm)
        if harm != "another beside it":
            assert client.get(f"{address}.{extension}").status_code == 503


def test_readiness_reads_an_answer(kept: Release) -> None:
    """A store that answers and holds nothing is not ready."""
    service = open_service(None, kept.folder.parent, None)
    client = create_app(service).test_client()
    assert client.get("/health/ready").get_json() == {"status": "ready", "version": kept.version}
    service.engine.close()
    answer = client.get("/health/ready")

    assert (answer.status_code, answer.get_json(force=True)["type"].rpartition("/")[2]) == (503, "store-empty")


@pytest.fixture(scope="module")
def small(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The plan that docs/write-a-plan.md begins with."""
    text = example_plan(root)
    folder = tmp_path_factory.mktemp("small")
    (folder / "data" / "exemple" / "plan").mkdir(parents=True)
    (folder / "data" / "exemple" / "plan" / "plan.json").write_text(text, encoding="utf-8")
    return load_home(folder)


@pytest.fixture(scope="module")
def built(small: Home) -> Release:
    """Its release."""
    return build(small, small.root / "releases")


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("data.nq", "cut"),
        ("data.nq", "missing"),
        ("manifest.json", "cut"),
        ("manifest.json", "one bit changed"),
        ("SHA256SUMS", "empty"),
        ("search.sqlite3", "one bit changed"),
        ("queries/plans.rq", "another beside it"),
    ],
)
def test_a_build_replaces_what_is_not_what_it_would_write(
    small: Home, built: Release, tmp_path: Path, name: str, harm: str
) -> None:
    """Under the same version, and leaves nothing else behind."""
    damaged = copied(built, tmp_path)
    damage(damaged, name, harm)
    assert not is_up_to_date(small, tmp_path)

    assert build(small, tmp_path) == damaged
    assert damaged.is_whole
    assert is_up_to_date(small, tmp_path)
    assert damaged.data.read_bytes() == built.data.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {".lock", "current", damaged.version}


def test_a_release_keeps_the_date_of_its_first_build(small: Home, built: Release, tmp_path: Path) -> None:
    """Its content is no newer; of what was damaged nothing is believed."""
    first = release_like(built, tmp_path, lambda data: data, "2020-02-03T04:05:06+00:00")
    (first.folder / "report.json").write_bytes((first.folder / "report.json").read_bytes())
    assert build(small, tmp_path).built == first.built
    damage(first, "report.json", "empty")

    assert build(small, tmp_path).built > built.built


def test_a_build_makes_nothing_current_before_the_disk_has_it(
    small: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file and each folder, then the folder that holds the release, then the pointer and its name."""
    done: list[tuple[str, str]] = []
    sync, replace, rename = os.fsync, Path.replace, Path.rename

    def seen(what: str, path: str | Path) -> None:
        done.append((what, re.sub(r"\.unfinished-\w{8}", "new", str(Path(path).relative_to(tmp_path)))))

    def synced(descriptor: int) -> None:
        seen("sync", Path(f"/proc/self/fd/{descriptor}").readlink())
        sync(descriptor)

    def replaced(path: Path, target: Path) -> Path:
        seen("move", target)
        return replace(path, target)

    def renamed(path: Path, target: Path) -> Path:
        seen("move", target)
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(Path, "rename", renamed)
    made = build(small, tmp_path)
    files = [f"new/{path.relative_to(made.folder)}" for path in made.folder.rglob("*") if path.is_file()]
    placed = done.index(("move", made.version))

    assert {name for what, name in done[:placed] if what == "sync"} == {*files, "new", "new/queries"}
    assert done[placed + 1 :] == [
        ("sync", "."),
        ("sync", ".unfinished-current"),
        ("move", "current"),
        ("sync", "."),
    ]
