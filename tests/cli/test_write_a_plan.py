"""docs/write-a-plan.md, followed to the letter: its files, its mistakes with what is said of each, its lists."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from workplan.cli import main
from workplan.release.context import context
from workplan.release.reading import read_file
from workplan.web.primer import EXPORTING

PAGE = (Path(__file__).parents[2] / "docs" / "write-a-plan.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
CHANGES = re.findall(
    r"^##+ ([^\n]+)\n(?:(?!^##)[^\n]*\n)*?^```diff (\S+)\n(.*?)^```\n(?:\n> ([^\n]+))?", PAGE, re.DOTALL | re.MULTILINE
)

Validate = Callable[[str], tuple[int, str]]


@pytest.fixture
def validate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Validate:
    """The exit code and all that is said of a text saved as the file of that name in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKPLAN_LANG", "en")

    def call(name: str, text: str = "") -> tuple[int, str]:
        Path(name).write_text(text or FILES[name], encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["workplan", "validate", name])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return call


def changed(file: str, change: str) -> str:
    """The text of *file* with the lines of *change* that begin with - replaced by those that begin with +."""
    removed, added = (
        "".join(f"{line[1:]}\n" for line in change.splitlines() if line.startswith(sign)) for sign in "-+"
    )
    text, found = FILES[file], removed.strip()
    assert text.count(found) == 1
    return text.replace(found, added.strip())


@pytest.mark.parametrize("name", sorted(FILES))
def test_each_file_of_the_page_conforms(validate: Validate, name: str) -> None:
    """Without a warning, so that nobody wonders."""
    code, said = validate(name)

    assert (code, said) == (
        0,
        "1 file validated: 0 violations, 0 points to check, 0 points of information. Conforms.\n",
    )
    assert said in PAGE


def test_the_short_files_have_ten_lines_and_json_and_turtle_say_the_same(tmp_path: Path) -> None:
    """One learns either."""
    said = {}
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        said[name] = {str(quad.triple) for quad in read_file(tmp_path / name).quads}

    assert {len(FILES[name].splitlines()) for name in ("plan.json", "plan.ttl")} == {10}
    assert said["plan.json"] == said["plan.ttl"]
    assert said["action.json"] == said["action.ttl"]
    assert said["plan.json"] < said["action.json"]


def test_the_page_has_its_files_and_mistakes() -> None:
    """What is not found is not tried."""
    assert len(FILES) == 4
    assert len(CHANGES) == PAGE.count("```diff") == PAGE.count("\n> ") + 1


@pytest.mark.parametrize(("title", "file", "change", "sentence"), CHANGES, ids=[change[0] for change in CHANGES])
def test_each_mistake_gets_the_sentence_of_the_page(
    validate: Validate, title: str, file: str, change: str, sentence: str
) -> None:
    """And what is declared missing is no mistake."""
    code, said = validate(file, changed(file, change))

    if not sentence:
        assert code == 0, said
        return
    assert code in (1, 2)
    assert sentence in said
    assert len(said.splitlines()) == 1 or code == 1


def test_the_lists_of_the_page_are_the_lists(root: Path) -> None:
    """Every code of every list that it names."""
    rows = re.findall(r"^\| `(\w+)` \| `([\w-]+)` \| (.+) \|$", PAGE, re.MULTILINE)

    assert len(rows) == 7
    for term, scheme, codes in rows:
        text = (root / "ontology" / "schemes" / f"{scheme}.ttl").read_text(encoding="utf-8")
        found = re.findall(rf"^<https://w3id.org/sse-workplan/id/scheme/{scheme}/([\w-]+)> a skos:Concept", text, re.M)
        assert context()[term]["@context"] == {"@vocab": f"https://w3id.org/sse-workplan/id/scheme/{scheme}/"}
        assert set(re.findall(r"`([\w-]+)`", codes)) == set(found), scheme


def test_the_plan_is_served_from_a_folder_of_its_own(command: list[str], tmp_path: Path) -> None:
    """The folders of the page, built into a release that answers; serving is the same without the question.

    The command that exports it, as the site gives it, works there too.
    """
    (folders, file) = re.search(r"mkdir -p (\S+)\ncp (\S+) \1/", PAGE).groups()  # type: ignore[union-attr]
    (tmp_path / folders).mkdir(parents=True)
    (tmp_path / folders / file).write_text(FILES[file], encoding="utf-8")
    for arguments in (["query", "actions", "--home", "exemple", "--format", "json"], EXPORTING.split()[1:]):
        done = subprocess.run(
            [*command, *arguments],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "WORKPLAN_LANG": "en"},
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 0, done.stderr
        assert "Fer una jornada de portes obertes" in json.dumps(json.loads(done.stdout), ensure_ascii=False)


def test_a_value_of_ones_own_conforms_as_the_page_says(validate: Validate) -> None:
    """It says which of the list it corresponds to."""
    (own,) = re.findall(r"^```turtle\n(<exemple/scheme/.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    text = FILES["action.ttl"].replace("<scheme/budget-impact/ordinari>", "<exemple/scheme/budget-impact/subvencio>")

    assert validate("action.ttl", f"{text}\n{own}")[0] == 0
    assert "with skos:broadMatch, which of these it corresponds to" in validate("action.ttl", text)[1]


@pytest.mark.parametrize(
    ("name", "written", "instead", "code", "told"),
    [
        ("action.ttl", "2027-Q2", "2027-Q5", 1, "each year has four, from Q1 to Q4"),
        ("action.json", "2027-Q2", "2027-Q5", 1, "each year has four, from Q1 to Q4"),
        ("action.ttl", '"Fer una jornada de portes obertes"', '"   "', 1, "The text is blank"),
        ("action.json", '"Fer una jornada de portes obertes"', r'"\u00a0\u200b"', 1, "The text is blank"),
        ("action.ttl", "Fer una jornada", r"Fer\u0001 una jornada", 1, "Character 4 of the text is U+0001"),
        ("action.json", "Fer una jornada", r"Fer\u0001 una jornada", 1, "Character 4 of the text is U+0001"),
        ("action.ttl", "Fer una jornada", r"Fer\uD800 una jornada", 2, "could not be read"),
        ("action.json", "Fer una jornada", r"Fer\ud800 una jornada", 2, "could not be read"),
        ("action.ttl", "plan/2027/action/01", "plan/2027/action/comunicaci%C3%B3", 1, "2027/action/comunicacio."),
        ("action.json", "plan/2027/action/01", "plan/2027/action/a%20b", 1, "exemple/plan/2027/action/a-b."),
    ],
)
def test_a_value_that_looks_right_and_is_none_is_told(
    validate: Validate, name: str, written: str, instead: str, code: int, told: str
) -> None:
    """In both formats."""
    assert written in FILES[name]
    found, said = validate(name, FILES[name].replace(written, instead))

    assert (found, told in said) == (code, True), said
