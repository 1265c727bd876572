"""What the competency questions want: an engine over the release, and their answers as a client gets them."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.query import Limits, QueryRequest
from workplan.model.formats import CSV
from workplan.model.namespaces import NAMESPACES
from workplan.questions.catalogue import SavedQuery, catalogue
from workplan.release.build import Release
from workplan.release.sources import Home

Rows = list[dict[str, str]]
Lines = list[tuple[str, ...]]

LINE = re.compile(r"^\| (\d+) \| (.+?) \| \[`(.+?)`\]\((.+?)\) \| (yes|partly|no)\b.* \|$", re.MULTILINE)


@pytest.fixture(scope="session")
def engine(release: Release) -> Iterator[EmbeddedEngine]:
    """An engine over the release of the shipped data."""
    opened = EmbeddedEngine(release.data, Limits())
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def beside_another(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    """An engine over the shipped data and a second network's: the same ones, under the code «xarxa»."""
    lines = release.data.read_text(encoding="utf-8")
    file = tmp_path_factory.mktemp("two") / "two.nq"
    file.write_text(lines + lines.replace("/xmess", "/xarxa"), encoding="utf-8")
    opened = EmbeddedEngine(file, Limits())
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def answer(engine: EmbeddedEngine) -> Callable[..., bytes]:
    """The CSV that the engine writes for SPARQL *text*, over *graphs* only where any is given."""

    def run(text: str, graphs: Sequence[str] = ()) -> bytes:
        return engine.run(QueryRequest(text, default_graphs=graphs), CSV).body

    return run


@pytest.fixture(scope="session")
def answer_of(engine: EmbeddedEngine) -> Callable[..., bytes]:
    """The CSV that answers a saved query asked with its example values, or with others beside them."""

    def run(query: SavedQuery, **values: str) -> bytes:
        return engine.run(query.request({**query.example(), **values}), CSV).body

    return run


@pytest.fixture(scope="session")
def ask(answer: Callable[..., bytes]) -> Callable[..., Rows]:
    """The rows that answer SPARQL *text* without its prefixes, over *graphs* only where any is given."""
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in NAMESPACES.items())

    def rows(text: str, *graphs: str) -> Rows:
        return list(csv.DictReader(io.StringIO(answer(prefixes + text, graphs).decode())))

    return rows


@pytest.fixture(scope="session")
def listed(root: Path) -> Lines:
    """The lines of docs/questions.md: number, question, name, address and how the document answers."""
    return LINE.findall((root / "docs" / "questions.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def question(answer: Callable[..., bytes], home: Home, listed: Lines) -> Callable[[int], Rows]:
    """The rows that answer the competency question of a number in docs/questions.md."""
    queries = catalogue(home.queries)

    def rows(number: int) -> Rows:
        text = queries[listed[number - 1][2]].text
        return list(csv.DictReader(io.StringIO(answer(text).decode())))

    return rows
