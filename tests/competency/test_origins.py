"""Who says a value: every table that gives what a curator added beside what the document states must tell them apart.

The statements that stand in a graph ``…/curated`` alone are looked for in the rows of every saved question.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from workplan.engine.outline import kind_of
from workplan.engine.query import Kind
from workplan.model.namespaces import NAMESPACES, WP
from workplan.questions.catalogue import SavedQuery, read_query
from workplan.release.build import Release

QUERIES = [read_query(file) for file in sorted((Path(__file__).parents[2] / "queries").glob("*.rq"))]
TABLES = [query for query in QUERIES if kind_of(query.text) is Kind.SOLUTIONS]
ADDED = {"curated", "mixed"}
LABEL = NAMESPACES["rdfs"] + "label"

Statements = dict[str, set[str]]
Row = dict[str, str]


class Data:
    """What is said of each resource by the document, and what by curators alone; values by all that they go by."""

    def __init__(self, release: Release) -> None:
        stated, curated = set(), set()
        names: dict[str, set[str]] = defaultdict(set)
        notes = set()
        for quad in parse(path=release.data, format=RdfFormat.N_QUADS):
            graph = getattr(quad.graph_name, "value", "")
            triple = (quad.subject, quad.predicate, quad.object)
            (curated if graph.endswith("/curated") else stated).add(triple)
            if quad.predicate.value in (LABEL, WP + "code") and isinstance(quad.object, Literal):
                names[quad.subject.value].add(quad.object.value)
            if quad.predicate.value.endswith("#subject"):
                notes.add(quad.subject)
        self.stated: Statements = defaultdict(set)
        self.curated: Statements = defaultdict(set)
        for found, triples in ((self.stated, stated), (self.curated, curated - stated)):
            for subject, _, value in triples:
                # What is said of a note itself is its own.
                if isinstance(subject, NamedNode) and subject not in notes:
                    found[subject.value] |= {value.value, *names.get(value.value, ())}


def added_in(row: Row, data: Data) -> set[str]:
    """The texts in *row* that only a curator says of a resource that the row is about; a bare number is no text."""
    texts = {part for cell in row.values() for part in cell.split(" | ") if part and not part.isdecimal()}
    return {
        text
        for resource in texts & set(data.curated)
        for text in texts & data.curated[resource] - data.stated[resource]
    }


@pytest.fixture(scope="module")
def data(release: Release) -> Data:
    """The statements of the release."""
    return Data(release)


@pytest.mark.parametrize("query", TABLES, ids=lambda query: query.name)
def test_a_table_tells_what_a_curator_added(query: SavedQuery, answer_of: Callable[..., bytes], data: Data) -> None:
    """In the row itself, by a code of origin, or by the method that a curator used."""
    body = answer_of(query).decode()
    silent = {
        text
        for row in csv.DictReader(io.StringIO(body))
        if not ADDED & set(row.values()) and not row.get("method")
        for text in added_in(row, data)
    }

    assert silent == set()


def test_the_search_finds_what_it_looks_for(answer_of: Callable[..., bytes], data: Data) -> None:
    """Of the actions: twenty-one instruments, a line, the proposed lines and the organisations."""
    (query,) = [query for query in TABLES if query.name == "actions"]
    rows = list(csv.DictReader(io.StringIO(answer_of(query).decode())))

    assert sum(row["instrumentOrigin"] == "curated" for row in rows) == 21
    assert [row["code"] for row in rows if row["strategicLinesOrigin"] == "curated"] == ["A08"]
    assert sum(bool(added_in(row, data)) for row in rows) > 21
    assert {row["proposedLinesOrigin"] for row in rows if row["proposedLines"]} == {"curated"}
    assert {row["organisationsOrigin"] for row in rows if row["organisations"]} == {"curated"}
    assert {row["organisationsOrigin"] for row in rows if not row["organisations"]} == {""}


@pytest.mark.parametrize("query", TABLES, ids=lambda query: query.name)
def test_no_table_begins_with_the_same_resource_in_every_row(
    query: SavedQuery, answer_of: Callable[..., bytes]
) -> None:
    """Whoever opens a file meets what tells its rows apart."""
    first = [row[0] for row in csv.reader(io.StringIO(answer_of(query).decode()))][1:]

    assert len(first) < 3 or len(set(first)) > 1 or not first[0].startswith("http")


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_one_separator_stands_within_cells(query: SavedQuery) -> None:
    """The same in every question, and said in its header."""
    separators = {column.separator for column in query.columns.values() if column.separator}

    assert separators <= {" | "}
    assert query.text.count("SEPARATOR=") == query.text.count('SEPARATOR=" | "')
