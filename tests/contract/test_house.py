"""Rules of the house that a program can hold: format, lint, types, packaging, lock files, READMEs."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


@pytest.mark.parametrize("arguments", [("ruff", "format", "--check", "."), ("ruff", "check", "."), ("mypy",)])
def test_code_is_formatted_linted_and_typed(root: Path, arguments: tuple[str, ...]) -> None:
    """The same as `make check`."""
    done = subprocess.run([BIN / arguments[0], *arguments[1:]], cwd=root, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_lock_files_hold_versions_and_hashes_only(root: Path, name: str) -> None:
    """No address of any registry."""
    text = (root / name).read_text()

    assert "://" not in text
    assert len(re.findall(r"^\S+==\S+", text, re.MULTILINE)) > 10
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S+==)", text)[1:])


def test_npms_lock_files_hold_versions_and_hashes_only(root: Path) -> None:
    """Of each package one version, and no address to take it from."""
    for folder in ("frontend", "tests/clients"):
        lock = json.loads((root / folder / "package-lock.json").read_text())
        packages = {path: about for path, about in lock["packages"].items() if path}

        assert packages
        assert all(about["version"] and about["integrity"].startswith("sha512-") for about in packages.values())
        assert not any("resolved" in about for about in packages.values())


def test_every_folder_says_what_it_holds(root: Path) -> None:
    """A README in each."""
    folders = [
        "ontology",
        "data",
        "shapes",
        "queries",
        "service",
        "tests",
        "docs",
        "frontend",
        "versions",
        "data/xmess",
        "ontology/schemes",
        "ontology/alignments",
    ]

    assert [folder for folder in folders if not (root / folder / "README.md").is_file()] == []


def test_a_wheel_carries_everything_that_a_network_needs(root: Path, tmp_path: Path) -> None:
    """Installed from it, the commands work without the checkout: packaged data, shapes and pages."""
    subprocess.run(
        [BIN / "python", "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, root],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    program = "from workplan.cli import main; main()"
    done = subprocess.run(
        [BIN / "python", "-c", program, "query", "team-load", "--format", "csv"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site), "XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert len(done.stdout.strip().splitlines()) == 8
    assert (tmp_path / "cache" / "sse-workplan" / "releases" / "current").is_file()
    (site / "workplan" / "web" / "examples" / "plan.json").rename(tmp_path / "plan.json")
    validated = subprocess.run(
        [BIN / "python", "-c", program, "validate", "plan.json", "--lang", "en"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (validated.returncode, validated.stderr) == (0, "")
    assert validated.stdout.endswith("Conforms.\n")
    assert (site / "workplan" / "web" / "templates" / "base.html").is_file()
    assert len(list((site / "workplan" / "web" / "static" / "built").glob("editor-*"))) == 2


def test_the_readme_names_the_two_commands_and_they_exist(root: Path) -> None:
    """`make serve` and `make test`."""
    readme = (root / "README.md").read_text()
    makefile = (root / "Makefile").read_text()

    assert "```sh\nmake serve\nmake test\n```" in readme
    assert re.search(r"^serve: .*## ", makefile, re.MULTILINE)
    assert re.search(r"^test: .*## ", makefile, re.MULTILINE)


def test_the_readmes_query_answers(root: Path, server: str) -> None:
    """The curl command in the README, as it stands, against a real server."""
    (block,) = re.findall(r"```sh\n(curl .*?)```", (root / "README.md").read_text(), re.DOTALL)
    command = block.replace("http://127.0.0.1:8000", server)
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[0].split(",") == ["code", "label"]
    assert sum(line.startswith("A") for line in done.stdout.splitlines()) >= 29
