"""``workplan releases``: what is kept, back to another, old ones cleared."""

import os
import re
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from processes import eventually
from releases import copied, damage, release_like
from workplan.engine.pooled import PooledEngine
from workplan.engine.query import Capacity, Limits
from workplan.engine.supervision import SupervisedPool
from workplan.release.build import Release, build, current_release, is_up_to_date
from workplan.release.sources import Home

Run = Callable[..., subprocess.CompletedProcess[str]]
YEARS = ("2020", "2021", "2022")


@pytest.fixture
def kept(release: Release, tmp_path: Path) -> list[Release]:
    """Four releases, the latest first, which is the current one."""
    latest = copied(release, tmp_path)
    earlier = [
        release_like(
            latest,
            tmp_path,
            lambda data, year=year: data.replace(b"Retransmitir", year.encode()),
            f"{year}-05-06T07:08:09+00:00",
        )
        for year in YEARS
    ]
    return [latest, *reversed(earlier)]


@pytest.fixture
def run(command: list[str], tmp_path: Path) -> Run:
    """Run ``workplan releases`` over them."""

    def call(*arguments: str, lang: str = "en") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, "releases", *arguments],
            capture_output=True,
            text=True,
            env=os.environ | {"WORKPLAN_LANG": lang, "WORKPLAN_OUT": str(tmp_path)},
            timeout=120,
            check=False,
        )

    return call


@pytest.mark.parametrize("arguments", [(), ("list",)])
def test_what_is_kept_is_listed(kept: list[Release], run: Run, arguments: tuple[str, ...]) -> None:
    """The latest first, with its date, the current one marked, and what is damaged told."""
    damage(kept[2], "report.json", "cut")
    done = run(*arguments)
    rows = [re.split(r"  +", line.strip()) for line in done.stdout.splitlines()[1:]]

    assert done.returncode == 0
    assert rows[0][:2] == ["*", kept[0].version]
    assert [row[0] for row in rows[1:]] == [release.version for release in kept[1:]]
    assert rows[1][1:] == ["2022-05-06 07:08 UTC", f"{kept[1].manifest['quads']:,}", "whole"]
    assert rows[2][-1] == "damaged: report.json is not as it was written"


def test_an_earlier_one_is_taken_by_its_version_or_its_beginning(
    kept: list[Release], run: Run, home: Home, tmp_path: Path
) -> None:
    """And stays until the data change; who starts the service again does not make another of the same data."""
    for given, chosen in ((kept[1].version, kept[1]), (kept[2].version[:8], kept[2])):
        done = run("use", given)
        assert (done.returncode, done.stdout) == (0, f"{chosen.version}\n")
        assert current_release(tmp_path) == chosen
        assert is_up_to_date(home, tmp_path)
    (tmp_path / "passed-over").write_text("other data\n")
    assert kept[2].manifest["inputs"] == kept[0].manifest["inputs"], "or the next line would say nothing"
    assert build(home, tmp_path) == kept[0]

    assert not (tmp_path / "passed-over").exists()


@pytest.mark.parametrize(
    ("given", "expected"),
    [("zz", "There is no release “zz”"), ("", "There is no release"), ("../x", "There is no release")],
)
def test_what_is_not_kept_is_not_taken(kept: list[Release], run: Run, given: str, expected: str) -> None:
    """In one sentence that lists what is."""
    done = run("use", given)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(expected)
    assert done.stderr.count("\n") == 1
    assert kept[3].version in done.stderr
    assert current_release(kept[0].folder.parent) == kept[0]


def test_what_is_damaged_is_not_taken(kept: list[Release], run: Run) -> None:
    """The one in service stays."""
    damage(kept[1], "data.nq", "one bit changed")
    done = run("use", kept[1].version)

    assert done.returncode == 2
    assert "data.nq is not as it was written" in done.stderr
    assert current_release(kept[0].folder.parent) == kept[0]


def test_old_ones_are_cleared_but_the_current_one_and_those_in_use(
    kept: list[Release], run: Run, tmp_path: Path
) -> None:
    """Whose pool answers on."""
    run("use", kept[3].version)
    with (
        closing(SupervisedPool(kept[2].data, Capacity())) as pool,
        closing(PooledEngine(pool.address, Limits())) as engine,
    ):
        assert eventually(lambda: bool(engine.state()["workers"]))
        done = run("prune", "--keep", "1")

        assert (done.returncode, done.stdout.split()) == (0, [kept[1].version])
        assert f"{kept[2].version} was not cleared" in done.stderr
    assert run("prune", "--keep", "1").stdout.split() == [kept[2].version]
    assert {path.name for path in tmp_path.iterdir()} - {"passed-over"} == {
        ".lock",
        "current",
        kept[0].version,
        kept[3].version,
    }


@pytest.mark.parametrize(
    "arguments", [("prune",), ("prune", "--keep", "0"), ("prune", "--keep", "x"), ("use",), ("usa", "x")]
)
@pytest.mark.parametrize("lang", ["ca", "es", "en"])
def test_misuse_is_told_in_a_sentence(kept: list[Release], run: Run, arguments: tuple[str, ...], lang: str) -> None:
    """And clears nothing."""
    done = run(*arguments, lang=lang)

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert all(release.folder.exists() for release in kept)


@pytest.mark.parametrize("verb", [(), ("list",), ("use",), ("prune",)])
def test_each_explains_itself_with_an_example(run: Run, verb: tuple[str, ...]) -> None:
    """As all commands do."""
    assert "Example: workplan releases" in run(*verb, "--help").stdout


def test_a_folder_without_releases_says_so(run: Run, tmp_path: Path) -> None:
    """And what makes one."""
    done = run()

    assert done.returncode == 2
    assert str(tmp_path) in done.stderr
    assert "workplan build" in done.stderr
