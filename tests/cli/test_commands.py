"""The commands as a person runs them: what they print and their exit codes."""

import csv
import io
import json
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from workplan.release.build import Release

STATED = "data/xmess/plan/2020/v1/stated"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(command: list[str], release: Release, tmp_path: Path) -> Run:
    """Run ``workplan`` with arguments, in Catalan, from an unrelated folder."""

    def call(*arguments: str | Path, text: str = "", lang: str = "ca") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *map(str, arguments)],
            input=text,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "WORKPLAN_LANG": lang, "WORKPLAN_OUT": str(release.folder.parent)},
            timeout=120,
            check=False,
        )

    return call


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A home of its own with a copy of the shipped data."""
    shutil.copytree(root / "data", tmp_path / "home" / "data")
    return tmp_path / "home"


def test_the_shipped_data_conform(run: Run) -> None:
    """No violation, and a summary that says so."""
    done = run("validate")

    assert done.returncode == 0
    assert "0 infraccions" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('    wp:code "A05" ;\n', "", "codi"),
        ("    wp:directlyExecutedBy <https://w3id.org/sse-workplan/id/xmess/team/st> ;\n", "", "equip"),
        ("xmess/team/st>", "xmess/team/zz>", "equip"),
        ("id/scheme/budget-impact/ordinari>", "id/scheme/instrument/web>", "pressupost"),
    ],
)
def test_a_broken_copy_is_reported_by_label_cause_and_line(
    run: Run, copy: Path, old: str, new: str, expected: str
) -> None:
    """Where to go and what to mend."""
    file = copy / STATED / "actions.ttl"
    before, action, after = file.read_text().partition("<https://w3id.org/sse-workplan/id/xmess/plan/2020/action/05>")
    after = after.replace("team/c>", "team/st>", 1)
    assert old in after
    file.write_text(before + action + after.replace(old, new, 1))
    done = run("validate", "--home", copy)

    assert done.returncode == 1
    assert "Retransmetre en streaming" in done.stdout
    assert expected in done.stdout.lower() or expected in done.stdout
    assert "stated/actions.ttl:" in done.stdout


def test_two_actions_with_one_code_are_reported(run: Run, copy: Path) -> None:
    """By the code that they share."""
    file = copy / STATED / "actions.ttl"
    file.write_text(file.read_text().replace('wp:code "A05"', 'wp:code "A06"'))
    done = run("validate", "--home", copy)

    assert done.returncode == 1
    assert "A06" in done.stdout


def test_an_action_with_two_instruments_is_reported(run: Run, copy: Path) -> None:
    """One too many."""
    file = copy / STATED / "actions.ttl"
    one = "wp:instrument <https://w3id.org/sse-workplan/id/scheme/instrument/jornades>"
    file.write_text(
        file.read_text().replace(one, f"{one},\n        <https://w3id.org/sse-workplan/id/scheme/instrument/web>")
    )
    done = run("validate", "--home", copy)

    assert done.returncode == 1
    assert "Celebrar entre 3-4 jornades" in done.stdout


@pytest.mark.parametrize("path", ["stated/actions.ttl", "curated", "annotations/fragments.ttl"])
def test_a_file_of_the_home_is_judged_in_the_light_of_the_rest(run: Run, root: Path, path: str) -> None:
    """Alone it would lack what it refers to; only what it is about is reported."""
    done = run("validate", root / "data/xmess/plan/2020/v1" / path)

    assert done.returncode == 0
    assert "xmess/team/ce)" not in done.stdout


@pytest.mark.parametrize("form", ["json", "turtle", "html"])
@pytest.mark.parametrize("lang", ["ca", "es", "en"])
def test_reports_come_in_every_format_and_language(run: Run, root: Path, form: str, lang: str) -> None:
    """For programs and for people."""
    done = run("validate", root / "data/xmess/plan/2020/v1/gaps", "--format", form, "--lang", lang)

    assert done.stdout.strip()
    if form == "json":
        assert "results" in json.loads(done.stdout)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("validate", "none.ttl"), "none.ttl"),
        (("validate", "broken.ttl"), "línia 2"),
        (("validate", "latin.ttl"), "UTF-8"),
        (("validate", "--home", "nowhere"), "nowhere"),
        (("build", "--home", "nowhere"), "nowhere"),
        (("serve", "--home", "nowhere"), "nowhere"),
        (("query", "none"), "team-load"),
        (("query", "team-actions"), "team"),
        (("query", "team-actions", "--param", "taem=x"), "team"),
        (("query", "team-actions", "--param", "team=not an iri"), "iri"),
        (("query", "-"), "línia 1"),
        (("query", "update.rq"), "modificar"),
        (("query", "service.rq"), "SERVICE"),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], expected: str
) -> None:
    """On stderr, without a traceback."""
    (tmp_path / "broken.ttl").write_text("<http://a/> <http://b/> <http://c/> .\n<http://a/> <http://b/ .\n")
    (tmp_path / "latin.ttl").write_bytes('<http://a/> <http://b/> "é" .'.encode("latin-1"))
    (tmp_path / "update.rq").write_text("CLEAR ALL")
    (tmp_path / "service.rq").write_text("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")
    done = run(*arguments, text="SELEC ?x {}")

    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_busy_port_is_said_in_one_sentence(run: Run) -> None:
    """With the way out."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", "--port", str(taken.getsockname()[1]))

    assert done.returncode == 2
    assert "--port" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(("lang", "expected"), [("es", "carpeta"), ("en", "folder"), ("ca", "carpeta")])
def test_sentences_are_in_the_users_language(run: Run, lang: str, expected: str) -> None:
    """By the environment."""
    assert expected in run("build", "--home", "nowhere", lang=lang).stderr


def test_a_report_and_its_errors_are_in_one_language(run: Run, copy: Path) -> None:
    """The one that the option names, whatever the terminal's."""
    (copy / "data" / "broken.ttl").write_text("<a:b> <a:c>\n")
    done = run("validate", "--home", copy, "--lang", "es", lang="ca")

    assert done.returncode == 2
    assert done.stderr.startswith("No se ha podido leer")


def test_build_prints_the_version_and_refuses_a_violation(run: Run, copy: Path, tmp_path: Path) -> None:
    """Exit code 1, the reasons on stderr, and the old release in service."""
    first = run("build", "--home", copy, "--out", tmp_path / "out")
    file = copy / STATED / "actions.ttl"
    file.write_text(file.read_text().replace('    wp:code "A05" ;\n', ""))
    second = run("build", "--home", copy, "--out", tmp_path / "out")

    assert (first.returncode, len(first.stdout.strip())) == (0, 12)
    assert (second.returncode, second.stdout) == (1, "")
    assert "Retransmetre en streaming" in second.stderr
    assert (tmp_path / "out" / "current").read_text() == first.stdout


def test_build_refuses_a_broken_question(run: Run, copy: Path, tmp_path: Path) -> None:
    """By file and line, one a line, in the user's language."""
    (copy / "queries").mkdir(exist_ok=True)
    (copy / "queries" / "broken.rq").write_text("#+ title: {ca: A, es: B, en: C}\nSELECT ?a {\n")
    done = run("build", "--home", copy, "--out", tmp_path / "out", lang="en")

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "broken.rq, line 1: “question” is missing in: ca, es, en." in done.stderr
    assert not (tmp_path / "out" / "current").exists()


def test_a_saved_query_answers_in_the_format_asked(run: Run) -> None:
    """Twenty-nine actions as CSV; the Secretariat's ten as a table."""
    actions = list(csv.DictReader(io.StringIO(run("query", "actions", "--format", "csv").stdout)))
    team = run("query", "team-actions", "--param", "team=xmess/team/st").stdout

    assert len(actions) == 29
    assert actions[7]["strategicLines"] == "LE1"
    assert len(team.strip().splitlines()) == 12


def test_sparql_from_standard_input_is_answered(run: Run) -> None:
    """ASK, and a graph as Turtle."""
    ask = run("query", "-", text="ASK { ?s a <https://w3id.org/sse-workplan/ns#WorkPlan> }")
    graph = run(
        "query", "-", "--format", "turtle", text="CONSTRUCT WHERE { ?s a <https://w3id.org/sse-workplan/ns#WorkPlan> }"
    )

    assert ask.stdout.strip() == "true"
    assert "wp:WorkPlan" in graph.stdout


@pytest.mark.parametrize("verb", ["serve", "build", "validate", "query"])
def test_every_verb_explains_itself_with_an_example(run: Run, verb: str) -> None:
    """``--help`` is documentation."""
    done = run(verb, "--help")

    assert done.returncode == 0
    assert f"Example: workplan {verb}" in done.stdout
