"""The floors of the house: a module imports only floors before its own, and views hold no SPARQL.

The table in service/README.md is the rule; this holds it.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "service" / "workplan"
FLOORS = re.findall(r"^\| `(\w+)/?` \|", (ROOT / "service" / "README.md").read_text(), re.MULTILINE)
MODULES = sorted(PACKAGE.rglob("*.py"))


def floor_of(module: Path) -> str:
    """The floor on which *module* stands."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(module: Path) -> set[str]:
    """The floors that *module* imports, other than its own."""
    names = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").startswith("workplan"):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names if alias.name.startswith("workplan.")}
    return {name.split(".")[1] for name in names} - {floor_of(module)}


def test_every_floor_is_in_the_readme() -> None:
    """No folder or module stands outside the table."""
    found = {floor_of(module) for module in MODULES} - {"__init__"}

    assert found == set(FLOORS)


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_a_module_imports_only_floors_before_its_own(module: Path) -> None:
    """So that data flows one way."""
    floor = floor_of(module)
    before = set(FLOORS[: FLOORS.index(floor)]) if floor in FLOORS else set()

    assert imported(module) <= before


@pytest.mark.parametrize("module", sorted(PACKAGE.glob("*/**/*.py")), ids=lambda m: str(m.relative_to(PACKAGE)))
def test_only_the_web_floor_knows_flask(module: Path) -> None:
    """The rest can be used without it."""
    if floor_of(module) != "web":
        assert "flask" not in module.read_text(encoding="utf-8").lower().replace("know flask", "")


def test_a_service_starts_without_rdflib_and_pyshacl() -> None:
    """They double the start, and no query of an embedded store needs them."""
    program = "import sys, workplan.web; print({'rdflib', 'pyshacl', 'SPARQLWrapper'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"
