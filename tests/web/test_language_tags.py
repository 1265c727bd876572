"""A text in a variety of a language, ``@ca-ES``, is found wherever the language is asked for.

The shipped plan is built twice, as it is and with the tags of its texts drawn from the varieties of their languages;
whoever asks cannot tell the two apart, but for the tags.
"""

import json
import random
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from workplan.language import LANGUAGES, pick
from workplan.release.build import build
from workplan.release.sources import load_home
from workplan.web import create_app
from workplan.web.service import open_service

VARIETIES: Mapping[str, tuple[str, ...]] = {
    "ca": ("ca", "ca-ES", "ca-valencia", "ca-ES-valencia", "CA", "ca-Latn-AD"),
    "es": ("es", "es-ES", "es-419"),
    "en": ("en", "en-GB"),
}
ACTION = "xmess/plan/2020/action/08"
PAGES = (
    *("", "plan", "xmess/plan/2020", ACTION, "xmess/team/st", "xmess", "xmess/plan/2020/strategic-line/1", "query/"),
    *("matrix/xmess/plan/2020", "document/pla2020", "quality", "search?q=compra+responsable", "query/plan-table"),
)
NEEDED = {"action": ACTION, "team": "xmess/team/st", "since": "2019-01-01", "words": "jornada"}
"""What questions that cannot do without a parameter are asked with."""

GRAPH = "action-graph"
"""The question that has no table: its answer is a graph."""

EXPORTS = ("json", "stratml.xml", "decidim.csv")


_STATEMENTS = re.compile(r"<details>\s*<summary>[^<]*</summary>\s*<p class=\"note\">[^<]*</p>.*?</details>", re.DOTALL)
"""The part of a page that lists every statement with its graph, those that are derived too."""


@pytest.fixture(scope="module")
def of_varieties(root: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of the shipped data whose texts are in varieties of their languages."""
    drawn = random.Random(5646)  # noqa: S311 - nothing depends on nobody guessing it
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(root / "data", home / "data")
    shutil.copy(root / "workplan.toml", home)
    for file in sorted((home / "data").rglob("*.ttl")):
        text = file.read_text(encoding="utf-8")
        varied = re.sub(r'(?<=")@(ca|es|en)\b(?!-)', lambda tag: "@" + drawn.choice(VARIETIES[tag[1]]), text)
        file.write_text(varied, encoding="utf-8")
    build(load_home(home), home / "releases")
    return create_app(open_service(home, None, None)).test_client()


def differing(one: FlaskClient, other: FlaskClient, addresses: Iterator[str] | list[str]) -> list[tuple[str, str]]:
    """The *addresses* that the two answer otherwise, each with the first line that differs."""
    found = []
    for address in addresses:
        first, second = (told(client.get(address, follow_redirects=True).text) for client in (one, other))
        lines = zip(first.splitlines(), [*second.splitlines(), ""], strict=False)
        if first != second:
            found.append((address, next((f"{a}\n{b}" for a, b in lines if a != b), "one is longer")))
    return found


def told(text: str) -> str:
    """*text* without what names a release or a language's variety, and nameless resources in an order of their own."""
    if text.startswith("{"):
        text = json.dumps(ordered(json.loads(text)), indent=1)
    text = _STATEMENTS.sub("", text)
    text = re.sub(r'(["> ])(ca|es|en)-(?:es|gb|419|valencia|latn-ad|es-valencia)(["<])', r"\1\2\3", text)
    return re.sub(r"\b[0-9a-f]{12}\b", "", text)


def ordered(value: object) -> object:
    """The JSON *value* with each list in an order that does not hang on how nameless resources are called."""
    if isinstance(value, dict):
        return {key: ordered(each) for key, each in value.items()}
    if isinstance(value, list):
        return sorted(map(ordered, value), key=json.dumps)
    return value


def test_saved_questions_have_the_same_rows(client: FlaskClient, root: Path, of_varieties: FlaskClient) -> None:
    """All of them, in each language."""
    names = sorted(path.stem for path in (root / "queries").glob("*.rq"))
    asked = [
        f"/query/{name}.csv?lang={lang}" + "".join(f"&{key}={value}" for key, value in needed(client, name).items())
        for name in names
        for lang in LANGUAGES
        if name != GRAPH
    ]

    assert len(names) > 40
    assert {address for address in asked if client.get(address).status_code != 200} == set()
    assert differing(client, of_varieties, asked) == []


def needed(client: FlaskClient, name: str) -> Mapping[str, str]:
    """The parameters without which the question *name* is no question."""
    answer = client.get(f"/query/{name}.csv")
    return {key: value for key, value in NEEDED.items() if answer.status_code == 400 and key in answer.text}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_say_the_same(client: FlaskClient, of_varieties: FlaskClient, lang: str) -> None:
    """Each text once."""
    assert differing(client, of_varieties, [f"/{lang}/{page}" for page in PAGES]) == []


def test_search_finds_the_same(client: FlaskClient, of_varieties: FlaskClient) -> None:
    """By the words of any language."""
    words = ("compra responsable", "jornada", "economía social", "municipality", "A08")
    assert differing(client, of_varieties, [f"/search.json?q={word}&lang=ca" for word in words]) == []


def test_exports_say_the_same(client: FlaskClient, of_varieties: FlaskClient) -> None:
    """For the tools of others."""
    addresses = [f"/export/xmess/plan/2020.{form}?lang={lang}" for form in EXPORTS for lang in LANGUAGES]
    assert all(client.get(address).status_code == 200 for address in addresses)
    assert differing(client, of_varieties, addresses) == []


def test_a_language_itself_comes_before_its_varieties() -> None:
    """Then the first of them by its tag, whatever their texts."""
    assert pick([("b", "ca"), ("a", "ca-ES")], "ca") == ("b", "ca")
    assert pick([("a", "ca-valencia"), ("b", "ca-ES"), ("c", "es")], "ca") == ("b", "ca-ES")
    assert pick([("a", "cat"), ("b", "es-ES")], "ca") == ("b", "es-ES")
