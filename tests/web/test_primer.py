"""How to write a first plan, in three languages: its files are those of the document, its answers the validator's."""

import re
import sys
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from workplan.cli import main
from workplan.knowledge.rules import rules_of
from workplan.language import LANGUAGES
from workplan.release.reading import read_all
from workplan.release.sources import load_home
from workplan.release.validation import validate
from workplan.web.primer import EXPORTING, FILES, MISTAKES, SERVING, approval, texts
from workplan.web.service import Service

DOCUMENT = (Path(__file__).parents[2] / "docs" / "write-a-plan.md").read_text(encoding="utf-8")
each_language = pytest.mark.parametrize("lang", LANGUAGES)


def said_on(client: FlaskClient, lang: str) -> str:
    """The text of the page, without its tags."""
    return unescape(re.sub(r"<[^>]+>", "", client.get(f"/{lang}/ns/write").text))


def test_the_files_are_those_of_the_document() -> None:
    """Which is followed to the letter elsewhere: each conforms, has ten lines or says the same with one action."""
    printed = dict(re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE))

    assert dict(texts()) == printed
    assert tuple(printed) == FILES
    assert f"```sh\n{SERVING}\n```" in DOCUMENT


def test_the_mistakes_are_among_those_of_the_document() -> None:
    """Each leaves the line that the document changes so."""
    changes = re.findall(r"^```diff (\S+)\n-(.*)\n\+(.*)\n```", DOCUMENT, re.MULTILINE)

    for mistake in MISTAKES:
        assert texts()[mistake.file].count(mistake.right) == 1
        mistaken = [texts()[file].replace(right, wrong) for file, right, wrong in changes if file == mistake.file]
        assert mistake.text in mistaken, mistake.name


@each_language
def test_the_page_has_the_files_whole(client: FlaskClient, lang: str) -> None:
    """To be copied as they stand."""
    said = said_on(client, lang)

    assert [name for name in FILES if texts()[name].strip() not in said] == []
    assert SERVING in said
    assert EXPORTING in said


def test_what_the_page_says_of_a_file_in_order_is_what_the_validator_says(client: FlaskClient, tmp_path: Path) -> None:
    """In each language, of the very file that the page prints."""
    (tmp_path / "plan.json").write_text(texts()["plan.json"], encoding="utf-8")
    home = load_home()
    report = validate(read_all([tmp_path / "plan.json"]), read_all(home.shapes), read_all(home.background))

    for lang in LANGUAGES:
        assert report.text(lang) == approval(lang)
        assert approval(lang) in said_on(client, lang)


@each_language
def test_each_mistake_has_the_answer_of_the_command(
    client: FlaskClient,
    service: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    lang: str,
) -> None:
    """Word for word, when one makes it and asks."""
    monkeypatch.chdir(tmp_path)
    said = said_on(client, lang)
    for mistake in MISTAKES:
        Path(mistake.file).write_text(mistake.text, encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["workplan", "validate", mistake.file, "--lang", lang])
        with pytest.raises(SystemExit) as ended:
            main()

        answer = capfd.readouterr()
        if mistake.rule:
            told = mistake.answer(rules_of(service.engine), lang)
            assert ended.value.code == 1
            assert told in [line.strip() for line in answer.out.splitlines()], mistake.name
        else:
            told = mistake.answer((), lang)
            assert (ended.value.code, answer.out, answer.err) == (2, "", f"{told}\n"), mistake.name
        assert told in said
        assert mistake.wrong in said


def test_without_its_rule_a_mistake_is_not_told() -> None:
    """Of a store that has no shapes nothing is made up."""
    assert [mistake.answer((), "ca") for mistake in MISTAKES if mistake.rule] == [""] * 5


@each_language
def test_the_page_is_found_and_leads_on(client: FlaskClient, lang: str) -> None:
    """From the page on publishing and from the ontology; on to rules, patterns and lists that are there."""
    for address in (f"/{lang}/about/publish", f"/{lang}/ns"):
        assert f'href="/{lang}/ns/write"' in client.get(address).text
    text = client.get(f"/{lang}/ns/write").text
    links = {link for link in re.findall(r"<main.*</main>", text, re.DOTALL)[0].split('"') if link.startswith("/")}

    assert {f"/{lang}/shapes", f"/{lang}/ns/patterns#gap", f"/{lang}/ns#schemes"} <= links
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
        if "#" in link:
            assert f'id="{link.partition("#")[2]}"' in answer.text, link
