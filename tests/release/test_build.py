"""Building: what a release is named by, and what a failed, repeated or killed build leaves."""

import fcntl
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from processes import eventually
from workplan.model.errors import DataInvalid, MissingFolder, UnreadableData
from workplan.release.build import Release, build, current_release, is_up_to_date
from workplan.release.sources import Home, load_home

STATED = "data/xmess/plan/2020/v1/stated"


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A home of its own with a copy of the shipped data."""
    shutil.copytree(root / "data", tmp_path / "home" / "data")
    shutil.copy(root / "workplan.toml", tmp_path / "home")
    return tmp_path / "home"


def test_the_same_data_make_the_same_release(copy: Path, release: Release, tmp_path: Path) -> None:
    """Wherever they are built: version and bytes alike."""
    again = build(load_home(copy), tmp_path / "out")

    assert again.version == release.version
    assert again.data.read_bytes() == release.data.read_bytes()


def test_order_of_files_and_names_of_blank_nodes_change_nothing(copy: Path, release: Release, tmp_path: Path) -> None:
    """A graph is what it says, not how it is cut or written."""
    folder = copy / STATED
    text = (folder / "actions.ttl").read_text()
    prologue, *blocks = text.split("\n\n<")
    half = len(blocks) // 2
    (folder / "actions.ttl").unlink()
    (folder / "z.ttl").write_text(prologue + "".join("\n\n<" + b for b in reversed(blocks[:half])))
    (folder / "0.ttl").write_text(prologue + "".join("\n\n<" + b for b in blocks[half:]))

    assert build(load_home(copy), tmp_path / "out").version == release.version


def test_a_changed_fact_makes_another_release_and_the_old_one_stays(copy: Path, tmp_path: Path) -> None:
    """Releases are immutable."""
    out = tmp_path / "out"
    old = build(load_home(copy), out)
    file = copy / STATED / "teams.ttl"
    file.write_text(file.read_text().replace('"Comissió tècnica"@ca', '"Comissió de tècnica"@ca'))
    new = build(load_home(copy), out)

    assert new.version != old.version
    assert current_release(out) == new
    assert old.data.is_file()


def test_a_violation_keeps_the_old_release_in_service(copy: Path, tmp_path: Path) -> None:
    """And says how many there are."""
    out = tmp_path / "out"
    old = build(load_home(copy), out)
    file = copy / STATED / "actions.ttl"
    file.write_text(file.read_text().replace('    wp:code "A05" ;\n', ""))
    with pytest.raises(DataInvalid) as caught:
        build(load_home(copy), out)

    assert caught.value.values["count"] == 1
    assert current_release(out) == old
    assert not is_up_to_date(load_home(copy), out)
    assert sorted(p.name for p in out.iterdir()) == sorted([".lock", "current", old.version])


def test_a_build_waits_for_another_in_the_same_folder(copy: Path, tmp_path: Path) -> None:
    """Two that write at once would each clear what the other has not finished."""
    (copy / STATED / "broken.ttl").write_text("broken")
    out, begun = tmp_path / "out", list[str]()
    out.mkdir()
    with (out / ".lock").open("w") as lock, ThreadPoolExecutor() as threads:
        fcntl.flock(lock, fcntl.LOCK_EX)
        building = threads.submit(build, load_home(copy), out, begun.append)
        assert not eventually(lambda: bool(begun), seconds=0.5)
        fcntl.flock(lock, fcntl.LOCK_UN)

        assert isinstance(building.exception(timeout=60), UnreadableData)
        assert begun


def test_an_unreadable_file_is_named_with_its_line(copy: Path, tmp_path: Path) -> None:
    """Nothing is written."""
    (copy / STATED / "broken.ttl").write_text("<http://a/> <http://b/>\n  <http://c/> ; <http://d .\n")
    with pytest.raises(UnreadableData) as caught:
        build(load_home(copy), tmp_path / "out")

    assert caught.value.values["line"] == 2
    assert "broken.ttl" in str(caught.value)
    assert current_release(tmp_path / "out") is None


def test_a_home_without_data_is_refused(tmp_path: Path) -> None:
    """A missing folder and an empty one."""
    (tmp_path / "empty" / "data").mkdir(parents=True)

    with pytest.raises(MissingFolder):
        load_home(tmp_path / "none")
    with pytest.raises(MissingFolder):
        load_home(tmp_path / "empty")


def test_what_is_up_to_date_is_not_built_again(home: Home, release: Release) -> None:
    """A second start costs no validation."""
    assert is_up_to_date(home, release.folder.parent)


def test_numbers_keep_the_form_in_which_they_were_written(copy: Path, tmp_path: Path) -> None:
    """The store would normalise them; a release holds what the source says."""
    file = copy / STATED / "teams.ttl"
    file.write_text(
        file.read_text().replace(
            "wp:memberCount 9", 'wp:memberCount "09"^^<http://www.w3.org/2001/XMLSchema#integer>', 1
        )
    )

    assert (
        '"09"^^<http://www.w3.org/2001/XMLSchema#integer>' in build(load_home(copy), tmp_path / "out").data.read_text()
    )


def test_a_killed_build_leaves_nothing_half_written(command: list[str], copy: Path, tmp_path: Path) -> None:
    """Killed at any moment, there is no release or a whole one, and the next build succeeds."""
    out = tmp_path / "out"
    for delay in (0.3, 1.0, 2.0, 3.0):
        process = subprocess.Popen([*command, "build", "--home", copy, "--out", out], stdout=subprocess.DEVNULL)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = current_release(out)

        assert found is None or len(found.manifest["graphs"]) > 5
    # Writing takes milliseconds, so that no kill is sure to come in its midst: what one there would leave.
    (out / ".unfinished-release").mkdir()
    (out / ".unfinished-release" / "data.nq").touch()
    (out / ".unfinished-current").touch()
    whole = build(load_home(copy), out)

    assert sorted(p.name for p in out.iterdir()) == sorted([".lock", "current", whole.version])
