"""What users can reach is documented: every verb, every setting, every address."""

import re
from pathlib import Path

from flask import Flask

from workplan.cli import commands
from workplan.configuration import load_configuration
from workplan.model.errors import BadConfiguration
from workplan.operation.system import MAX_CONNECTIONS
from workplan.web import limits


def test_every_page_is_in_the_list_of_pages(root: Path) -> None:
    """Whoever opens docs/ finds what there is; links between pages and to files of the project lead somewhere."""
    docs = root / "docs"
    listed = set(re.findall(r"\]\(([\w.-]+\.md)\)", (docs / "README.md").read_text()))
    pages = [root / "README.md", root / "CONTRIBUTING.md", *root.glob("*/README.md"), *docs.rglob("*.md")]
    links = {
        (page, link)
        for page in pages
        if "node_modules" not in page.parts
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
        if "://" not in link
    }

    assert listed == {page.name for page in docs.glob("*.md")} - {"README.md"}
    assert len(links) > 50
    assert sorted(str(page.parent / link) for page, link in links if not (page.parent / link).exists()) == []


def test_every_decision_has_a_number_of_its_own(root: Path) -> None:
    """From 1 on, the same in its file's name and in its heading."""
    files = sorted((root / "docs" / "decisions").glob("*.md"))
    headings = [file.read_text().partition(". ")[0] for file in files]

    assert [int(file.name.partition("-")[0]) for file in files] == [*range(1, len(files) + 1)]
    assert headings == [f"# {number}" for number in range(1, len(files) + 1)]


def test_every_verb_is_documented(root: Path) -> None:
    """In docs/commands.md."""
    text = (root / "docs" / "commands.md").read_text()

    assert [verb for verb in commands.commands if f"`workplan {verb}`" not in text] == []


def test_every_setting_is_documented(root: Path, tmp_path: Path) -> None:
    """A key that the table names is a key, and a key that exists is in the table."""
    rows = re.findall(r"^\| (`[a-z_.`, ]+`) \|", (root / "docs" / "commands.md").read_text(), re.MULTILINE)
    documented = {key for row in rows for key in re.findall(r"`([a-z_.]+)`", row)}
    (tmp_path / "workplan.toml").write_text("zzzzzzzz = 1")
    try:
        load_configuration(tmp_path)
    except BadConfiguration as error:
        known = set(str(error.values["known"]).split(", "))

    assert documented == known


def test_every_log_is_documented(root: Path) -> None:
    """In the table of docs/operation.md, by the name of its logger."""
    section = (root / "docs" / "operation.md").read_text().partition("\n## Logs\n")[2]
    sources = (root / "service" / "workplan").rglob("*.py")
    loggers = {name for file in sources for name in re.findall(r'getLogger\("(workplan[\w.-]+)"\)', file.read_text())}

    assert len(loggers) > 3
    assert [name for name in sorted(loggers) if f"| `{name}` |" not in section] == []


def test_what_a_request_may_take_is_documented(root: Path) -> None:
    """In the tables of docs/operation.md; the proxies of docs/examples/ let as much through."""
    section = (root / "docs" / "operation.md").read_text().partition("\n## Connections\n")[2].partition("\n## ")[0]
    examples = root / "docs" / "examples"
    nginx = dict(re.findall(r"^ *(\w+) (?:\d+ )?(\d+[km]);", (examples / "nginx.conf").read_text(), re.MULTILINE))

    for told in (
        f"| address | {limits.MAX_ADDRESS // 1024} KiB;",
        f"| headers | {limits.MAX_FIELDS // 1024} KiB |",
        f"| body | {limits.MAX_BODY // 1024**2} MiB |",
        f"| time to send it | {limits.MAX_REQUEST_SECONDS} seconds |",
        f"| connections | {MAX_CONNECTIONS:,},",
        f"| answers that wait to be taken | {limits.MAX_UNSENT // 1024**2} MiB |",
        f"| time without a request on a connection | {limits.MAX_IDLE_SECONDS} seconds,",
        f"at {limits.SLOWEST // 1024} KiB a second",
    ):
        assert told in section
    assert nginx["client_max_body_size"] == f"{limits.MAX_BODY // 1024**2}m"
    assert int(nginx["large_client_header_buffers"].removesuffix("k")) * 1024 > limits.MAX_ADDRESS
    assert f"max_size {limits.MAX_BODY // 1024**2}MiB" in (examples / "Caddyfile").read_text()


def test_every_address_is_documented(root: Path, app: Flask) -> None:
    """Each route's fixed beginning is in docs/addresses.md."""
    text = (root / "docs" / "addresses.md").read_text()
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    beginnings = {re.sub(r"<any\([^)]*\):lang>", "{lang}", rule).partition("<")[0] for rule in rules}

    assert sorted(b for b in beginnings if f"`{b}" not in text) == []
