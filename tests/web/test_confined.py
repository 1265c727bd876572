"""The service under each restriction that docs/examples/ recommends, as far as they can be had without systemd."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

import confined
from conftest import wait_for
from processes import HOSTILE, eventually
from workplan.release.build import Release

UNITS = ("workplan.service", "workplan-build.service")


def get(address: str) -> tuple[int, bytes]:
    """Status and body."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - our own address
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@contextmanager
def serving(command: list[str], unit: Path, folder: Path, port: int, **more: str) -> Iterator[str]:
    """The service, with its releases in *folder*, under the restrictions of *unit*; yields its address."""
    program = [*command, "serve", "--port", str(port), "--out", str(folder)]
    process = subprocess.Popen(
        [sys.executable, confined.__file__, str(unit), str(folder), *program],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "WORKPLAN_LIMITS_SECONDS": "2", **more},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/health/ready", process, seconds=60)
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.parametrize("name", UNITS)
def test_each_restriction_is_had_here_or_named_as_systemds_own(root: Path, name: str) -> None:
    """So that none is recommended that nobody has tried."""
    settings = confined.settings_of(root / "docs" / "examples" / name)

    known = confined.APPLIED.keys() | confined.OF_ROOT | confined.BY_SYSTEMD
    assert sorted(settings.keys() - known) == []
    assert len(settings) > 25


def test_the_service_does_all_its_work_under_the_restrictions_of_its_units(
    root: Path, command: list[str], free_port: Callable[[], int], tmp_path: Path
) -> None:
    """A release built, pages, queries and their end, charts, pictures, spreadsheets."""
    build, serve = (root / "docs" / "examples" / name for name in reversed(UNITS))
    folder = tmp_path / "releases"
    folder.mkdir()
    confine = [sys.executable, confined.__file__, str(build), str(folder)]
    done = subprocess.run(
        [*confine, *command, "build", "--out", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with serving(command, serve, folder, free_port()) as address:
        for path in ("/ca/", "/ca/xmess/plan/2020", "/sparql?query=ASK%7B%7D", "/dump.jsonld.gz", "/metrics"):
            assert get(address + path)[0] == 200, path
        for path, beginning in (
            ("/query/team-load.svg", b"<svg"),
            ("/query/team-load.png", b"\x89PNG"),
            ("/ca/picture.png", b"\x89PNG"),
            ("/query/team-load.xlsx", b"PK"),
        ):
            status, body = get(address + path)
            assert (status, body[: len(beginning)]) == (200, beginning), path
        assert get(f"{address}/sparql?query={quote(HOSTILE['join'])}")[0] == 504
        assert get(f"{address}/sparql?query={quote(HOSTILE['concat'])}")[0] in (413, 504)
        assert get(f"{address}/sparql?query=ASK%7B%7D%23")[0] == 200


@pytest.mark.parametrize(
    ("limits", "told"),
    [("-n 128", "at least 256"), ("-v 900000", "at least 1073741824"), ("-c 0", "")],
    ids=["descriptors", "address space", "none"],
)
def test_a_start_that_cannot_work_says_why(
    command: list[str], release: Release, free_port: Callable[[], int], limits: str, told: str
) -> None:
    """In one sentence with what is needed, and before anything is begun."""
    serve = [*command, "serve", "--port", str(free_port()), "--out", str(release.folder.parent)]
    program = f'ulimit {limits} && exec timeout 15 "$@"'
    done = subprocess.run(
        ["bash", "-c", program, "serve", *serve],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"WORKPLAN_LANG": "en"},
    )

    assert done.returncode == (2 if told else 124), done.stderr
    assert told in done.stderr
    assert not told or done.stderr.count("\n") == 1


def test_a_start_that_can_do_less_says_how_much(
    command: list[str], release: Release, free_port: Callable[[], int], tmp_path: Path
) -> None:
    """And does that much: who comes then is told to come back."""
    port = free_port()
    serve = [*command, "serve", "--port", str(port), "--out", str(release.folder.parent)]
    log = tmp_path / "log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            ["bash", "-c", 'ulimit -n 300 && exec "$@"', "serve", *serve],
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            text=True,
            env=os.environ | {"WORKPLAN_LANG": "en"},
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/health/ready", process)
        assert log.read_text().count("serve 86 connections") == 2
        with ExitStack() as stack:
            for _ in range(86):
                stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            with pytest.raises(urllib.error.HTTPError, match="503"):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/ca/", timeout=10)
        assert eventually(lambda: get(f"http://127.0.0.1:{port}/ca/")[0] == 200)
    finally:
        process.terminate()
        process.wait(20)
