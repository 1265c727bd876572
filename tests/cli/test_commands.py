"""The commands as a person runs them: what they print and their exit codes."""

import csv
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from processes import eventually
from workplan.cli import commands
from workplan.release.build import Release

STATED = "data/xmess/plan/2020/v1/stated"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(command: list[str], release: Release, tmp_path: Path) -> Run:
    """Run ``workplan``, or another *program*, with arguments and *more* environment, from an unrelated folder."""

    def call(
        *arguments: str | Path, text: str = "", lang: str = "ca", program: list[str] | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        out = str(release.folder.parent)
        return subprocess.run(
            [*(program or command), *map(str, arguments)],
            input=text,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "WORKPLAN_LANG": lang, "WORKPLAN_OUT": out, **more},
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
        (("validate", "remark.ttl"), "res a validar"),
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
    (tmp_path / "remark.ttl").write_text("# El nostre pla\n")
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


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("", "contact address (“contact”) and the accessibility statement (“accessibility”)"),
        ('contact = "a@exemple.cat"\n', "the accessibility statement (“accessibility”)"),
        ('contact = "a@exemple.cat"\naccessibility = "https://exemple.cat/a"\n', ""),
    ],
)
def test_an_operator_is_told_what_a_public_site_lacks(run: Run, copy: Path, settings: str, said: str) -> None:
    """In one sentence on stderr, and nothing where all is there."""
    (copy / "workplan.toml").write_text(f'{settings}network = "xmess"\n')
    done = run("build", "--home", copy, lang="en")

    assert done.returncode == 0
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == bool(said)


@pytest.mark.parametrize("key", ["accessibility", "service.source_url"])
def test_an_address_that_is_none_is_refused(run: Run, copy: Path, key: str) -> None:
    """A page would lead nowhere, or run what stands there."""
    section, _, name = key.rpartition(".")
    heading = f"[{section}]\n" if section else ""
    (copy / "workplan.toml").write_text(f'{heading}{name} = "javascript:alert(1)"\n')
    done = run("build", "--home", copy, lang="en")

    assert done.returncode == 2
    assert key in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


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


HELP = """
from click.testing import CliRunner
from workplan.cli import commands
for verb in (*commands.commands, "ontology diff", "ontology freeze"):
    print(CliRunner().invoke(commands, [*verb.split(), "--help"], prog_name="workplan").output, end="\\0")
"""


@pytest.mark.parametrize(
    ("lang", "heading", "example"),
    [("ca", "Opcions:", "Exemple:"), ("es", "Opciones:", "Ejemplo:"), ("en", "Options:", "Example:")],
)
def test_every_verb_explains_itself_with_an_example(run: Run, lang: str, heading: str, example: str) -> None:
    """``--help`` is documentation, in the user's language alone."""
    pages = run("-c", HELP, program=[sys.executable], lang=lang).stdout.split("\0")[:-1]
    verbs = [" ".join(page.split()[1:4]).split(" [")[0] for page in pages]

    assert [*commands.commands, "ontology diff", "ontology freeze"] == [v.removeprefix("workplan ") for v in verbs]
    for verb, page in zip(verbs, pages, strict=True):
        assert f"\n{heading}\n" in page
        assert f"\n  {example} {verb} " in page or page.endswith(f"{example} {verb}\n")
        assert lang == "en" or not re.search(r"\b(the|and|default|OPTIONS|Usage|COMMAND|FILE|Show)\b", page)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("bulid",), "There is no command “bulid”; did you mean “build”?"),
        (("xyz",), "There is no command “xyz”; the ones that exist are: serve, build, "),
        (("build", "--hmoe", "x"), "There is no option “--hmoe”; did you mean “--home”?"),
        (("build", "--home"), "The option “--home” lacks its value"),
        (("build", "extra"), "it is written like this: workplan build [OPTIONS]"),
        (("query",), "lacks “NAME|FILE|-”; “workplan query --help” explains it"),
        (("serve", "--port", "70000"), "“--port” cannot be used; expected an integer from 1 to 65535."),
        (("validate", "--format", "pdf"), "“--format” cannot be used; expected text, json, turtle or html."),
        (("serve", "--host", "192.0.2.1"), "Cannot serve at “192.0.2.1”: this machine has no such address."),
        (("serve", "--store", "localhost:7878"), "“localhost:7878” must start with http:// or https://"),
        (("export", "2020", "--out", "/dev/full"), "/dev/full could not be written: no space is left."),
        (("query", "latin.rq"), "latin.rq, line 2, column 1, could not be read: it is not UTF-8."),
        (("build", "--home", "folder-for-file"), "workplan.toml could not be opened: it is a folder."),
        (("validate", "--home", "spaces"), "data/a plan” cannot name a graph"),
    ],
)
def test_a_command_used_wrongly_gets_one_sentence(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], expected: str
) -> None:
    """In the user's language, with the way out; no page of usage, no traceback."""
    (tmp_path / "latin.rq").write_bytes('ASK\n{ ?a ?b "é" }'.encode("latin-1"))
    for name in ("folder-for-file", "spaces"):
        (tmp_path / name / "data" / "a plan").mkdir(parents=True)
        (tmp_path / name / "data" / "a.nt").touch()
    (tmp_path / "folder-for-file" / "workplan.toml").mkdir()
    (tmp_path / "spaces" / "data" / "a plan" / "a.nt").touch()
    done = run(*arguments, lang="en")

    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("WORKPLAN_LIMTS_ROWS", "3", "no existeix; potser volíeu dir «WORKPLAN_LIMITS_ROWS»?"),
        ("WORKPLAN_ZZZZ", "3", "n'hi ha aquestes: WORKPLAN_NETWORK, "),
        ("WORKPLAN_LIMITS_ROWS", "many", "WORKPLAN_LIMITS_ROWS: «many» no serveix"),
        ("WORKPLAN_LICENCE", "CC BY", "s'esperava una adreça http:// o https://"),
        ("WORKPLAN_NETWORK", "org", "«org» no serveix per a la clau «network»"),
    ],
)
def test_a_setting_of_the_environment_is_held_to_what_there_is(run: Run, name: str, value: str, expected: str) -> None:
    """As one of the file is: a limit with a slip in its name would protect nobody."""
    done = run("query", "plans", **{name: value})

    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("line", "code", "expected"),
    [
        ("{} export 2020 >/dev/full", 2, "no hi queda espai"),
        ("{} export 2020 >&-", 0, ""),
        ("{} query - <&-", 2, "línia 1"),
        ("printf 'ASK { ?a ?b \"\\351\" }' | {} query -", 2, "no és UTF-8"),
        ("{} document | true; exit ${PIPESTATUS[0]}", 1, ""),
    ],
)
def test_what_the_shell_does_to_a_command_is_borne(
    run: Run, command: list[str], line: str, code: int, expected: str
) -> None:
    """A full disk, closed channels, a reader that has left, text of another encoding."""
    done = run("-c", line.replace("{}", command[0]), program=["bash"])

    assert (done.returncode, done.stdout) == (code, "")
    assert expected in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 1


def test_a_build_that_cannot_be_written_leaves_nothing(run: Run, command: list[str], tmp_path: Path) -> None:
    """And says what was in its way."""
    done = run("-c", f"ulimit -f 100; {command[0]} build --out out", program=["bash"])

    assert done.returncode == 2
    assert (
        done.stderr == "No s'ha pogut escriure la publicació a out: el fitxer seria massa gran; no hi ha canviat res.\n"
    )
    assert [file.name for file in (tmp_path / "out").iterdir()] == [".lock"]


def test_names_that_are_no_utf8_are_read_and_shown(run: Run, tmp_path: Path) -> None:
    """As old disks and archives hold them."""
    name = os.fsdecode(b"caf\xe9.nt")
    (tmp_path / "old" / "data" / "net").mkdir(parents=True)
    (tmp_path / "old" / "data" / "net" / name).write_text("<http://a/> <http://b/> <http://c/> .\n")
    done = run("validate", "--home", tmp_path / "old")
    built = run("build", "--home", tmp_path / "old", "--out", tmp_path / "out")
    unread = run("validate", name)

    assert done.returncode == built.returncode == 0
    assert "caf\N{REPLACEMENT CHARACTER}.nt" in unread.stderr


def test_a_limit_below_zero_is_refused(run: Run, copy: Path) -> None:
    """In the file, where it is a number: it would let nothing through."""
    (copy / "workplan.toml").write_text("[limits]\nrows = -3\n")
    done = run("query", "plans", "--home", copy, lang="en")

    assert done.returncode == 2
    assert "“-3” cannot be used for the key “limits.rows”; expected a non-negative integer." in done.stderr


def test_ctrl_c_ends_a_build_without_a_word(command: list[str], tmp_path: Path) -> None:
    """With the exit code that shells have for it."""
    building = subprocess.Popen([*command, "build", "--out", tmp_path / "out"], stderr=subprocess.PIPE, text=True)
    assert eventually(lambda: (tmp_path / "out" / ".lock").exists(), seconds=30)
    building.send_signal(signal.SIGINT)
    said = building.communicate(timeout=60)[1]

    assert (building.returncode, said.strip()) == (130, "")
    assert not (tmp_path / "out" / "current").exists()
