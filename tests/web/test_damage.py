"""A real service whose release is damaged: before it starts, and under its feet."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conftest import wait_for
from processes import descendants, eventually, is_gone, is_pool
from releases import copied, damage, release_like
from running import Running, in_service
from workplan.release.build import Release

MARK = b"Retransmitir"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A home from which no release can be built any more."""
    (tmp_path / "home" / "data").mkdir(parents=True)
    (tmp_path / "home" / "data" / "broken.ttl").write_text("<a:b> <a:c>\n")
    return tmp_path / "home"


@pytest.fixture
def kept(release: Release, broken: Path) -> Release:
    """The current release of that home."""
    (broken / "releases").mkdir()
    return copied(release, broken / "releases")


@pytest.fixture
def earlier(kept: Release) -> Release:
    """Another whole one, built before."""
    return release_like(kept, kept.folder.parent, lambda data: data.replace(MARK, b"Emitir"), "2020-01-01T00:00:00Z")


@pytest.fixture
def start(command: list[str], broken: Path, free_port: Callable[[], int]) -> Callable[..., Running]:
    """Start a service of that home."""

    def begin(**settings: str) -> Running:
        port, log = free_port(), broken / "log"
        with log.open("w") as stderr:
            process = subprocess.Popen(
                [*command, "serve", "--port", str(port), "--home", str(broken)],
                env=os.environ | {"WORKPLAN_LANG": "en", **settings},
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                text=True,
            )
        return Running(f"http://127.0.0.1:{port}", process, log)

    return begin


@contextmanager
def ended(running: Running) -> Iterator[Running]:
    """*running*, until it answers, and to its end."""
    try:
        wait_for(f"{running.address}/health/ready", running.process)
        yield running
    finally:
        running.process.terminate()
        running.process.wait(timeout=20)


@pytest.mark.parametrize(
    ("name", "harm"),
    [("data.nq", "cut after a line"), ("data.nq", "malformed"), ("manifest.json", "cut"), ("current", "malformed")],
)
def test_a_service_starts_with_the_last_whole_release(
    start: Callable[..., Running], kept: Release, earlier: Release, name: str, harm: str
) -> None:
    """Where the current one is damaged and cannot be built again, and says so."""
    damage(Release("", kept.folder.parent) if name == "current" else kept, name, harm)
    if name == "current":
        # The last one is the one in service before.
        earlier, kept = kept, earlier
    with ended(start()) as running:
        assert in_service(running) == {earlier.version}
        assert running.ask("ASK { ?s ?p ?o }").status == 200
        assert name == "current" or "is damaged" in running.log.read_text()


@pytest.mark.parametrize("harm", ["cut", "empty", "one bit changed", "malformed", "missing"])
@pytest.mark.parametrize("name", ["data.nq", "manifest.json"])
def test_a_service_without_a_whole_release_refuses_to_start(
    start: Callable[..., Running], kept: Release, name: str, harm: str
) -> None:
    """In a sentence, at once."""
    damage(kept, name, harm)
    running = start()
    try:
        assert running.process.wait(timeout=30) == 2
    finally:
        running.process.kill()
    (line,) = running.log.read_text().splitlines()
    assert "broken.ttl" in line or kept.version in line


def test_a_pool_that_starts_again_reads_what_was_written_or_another_takes_its_place(
    start: Callable[..., Running], kept: Release, earlier: Release
) -> None:
    """Its data may have changed on the disk since they were read."""
    with ended(start()) as running:
        assert in_service(running) == {kept.version}
        damage(kept, "data.nq", "one bit changed")
        for pid in filter(is_pool, descendants(running.process.pid)):
            os.kill(pid, signal.SIGKILL)

        assert eventually(lambda: in_service_or_none(running) == {earlier.version}, seconds=60)
        assert "data.nq is not as it was written" in running.log.read_text()


def test_a_service_whose_data_are_lost_ends_with_the_cause(start: Callable[..., Running], kept: Release) -> None:
    """Where there is no other release: it does not start its pool again and again."""
    with ended(start()) as running:
        damage(kept, "data.nq", "empty")
        for pid in filter(is_pool, descendants(running.process.pid)):
            os.kill(pid, signal.SIGKILL)

        assert running.process.wait(timeout=30) == 2
        assert running.log.read_text().splitlines()[-1] == "The file data.nq is not as it was written."


@pytest.mark.parametrize("has_another", [True, False])
def test_a_web_process_that_starts_again_finds_its_files_whole_or_another_release(
    start: Callable[..., Running], kept: Release, earlier: Release, *, has_another: bool
) -> None:
    """The index of words, the questions and the report are its own to read."""
    if not has_another:
        damage(earlier, "data.nq", "empty")
    with ended(start()) as running:
        damage(kept, "search.sqlite3", "one bit changed")
        for pid in web_processes(running.process.pid):
            os.kill(pid, signal.SIGKILL)
        if has_another:
            assert eventually(lambda: in_service_or_none(running) == {earlier.version}, seconds=60)
        else:
            assert running.process.wait(timeout=30) == 2
            assert "search.sqlite3 is not as it was written" in running.log.read_text().splitlines()[-1]


@pytest.mark.parametrize("harm", ["empty", "cut", "malformed"])
def test_an_index_damaged_under_a_service_is_told_and_takes_no_page_with_it(
    start: Callable[..., Running], kept: Release, harm: str
) -> None:
    """The index of words is read where it lies."""
    with ended(start()) as running:
        damage(kept, "search.sqlite3", harm)

        found = running.get("/search.json?q=contracta")
        assert found.status == 503
        problem = json.loads(found.body)
        assert problem["type"].endswith("/problem/damaged-release")
        assert "search.sqlite3" in problem["detail"]
        assert running.get("/ca/search?q=contracta", Accept="text/html").status == 503
        assert running.get("/ca/").status == 200
        assert running.get("/ca/xmess/plan/2020/action/ninety-nine", Accept="text/html").status == 404


def web_processes(pid: int) -> list[int]:
    """Those of the service *pid*."""
    found = (child for child in descendants(pid) if not is_pool(child))
    return [child for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def in_service_or_none(running: Running) -> set[str]:
    """What is told to be in service; nothing while nobody answers."""
    try:
        return in_service(running)
    except (OSError, KeyError):
        return set()


@pytest.mark.parametrize("whole_group", [False, True], ids=["the main process", "all of them"])
def test_what_a_killed_service_leaves_the_next_one_clears(
    start: Callable[..., Running], kept: Release, tmp_path: Path, *, whole_group: bool
) -> None:
    """And nothing of one that lives."""
    temporary = tmp_path / "t"
    temporary.mkdir()
    (temporary / "workplan-run-of-nobody").mkdir()
    (temporary / "workplan-other").mkdir()

    def folders() -> set[str]:
        return {path.name for path in temporary.iterdir() if path.name.startswith("workplan-run-")}

    with ended(start(TMPDIR=str(temporary))) as living:
        of_living = folders()
        assert of_living
        assert "workplan-run-of-nobody" not in of_living
        killed = start(TMPDIR=str(temporary))
        wait_for(f"{killed.address}/health/ready", killed.process)
        everyone = [killed.process.pid, *descendants(killed.process.pid)]
        assert of_living < folders()
        for pid in everyone if whole_group else everyone[:1]:
            os.kill(pid, signal.SIGKILL)
        killed.process.wait()
        assert eventually(lambda: all(map(is_gone, everyone)))
        with ended(start(TMPDIR=str(temporary))):
            pass

        assert folders() == of_living
        assert living.ask("ASK { ?s ?p ?o }").status == 200
    assert not folders()
    assert (temporary / "workplan-other").is_dir()
