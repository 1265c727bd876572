"""What a release changes of the one before, as it is kept."""

from pathlib import Path

import pytest

from workplan.release import comparison
from workplan.release.comparison import MOST

ID = "https://w3id.org/sse-workplan/id/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


def line(subject: str, prop: str, value: str, graph: str = "g:1") -> str:
    """A line of a release."""
    named = subject if subject.startswith("_:") else f"<{ID}{subject}>"
    return f"{named} <{prop}> {value} <{graph}> .\n"


def told(folder: Path, before: list[str], after: list[str]) -> dict[str, object]:
    """What *after* changes of *before*."""
    (folder / "data.nq").write_text("".join(sorted(before)))
    return comparison.compared(folder / "data.nq", sorted(after))


SAME = [line("a", LABEL, '"Àlba"@ca'), line("a/b", "p:1", '"1"'), line("z", "p:1", '"1"')]


def test_nothing_changes_where_nothing_does(tmp_path: Path) -> None:
    """Nor where blank nodes are called otherwise."""
    before = [*SAME, line("a", "p:2", "_:c14n0"), line("_:c14n0", "p:3", '"x"'), line("_:c14n1", "p:3", '"y"')]
    after = [*SAME, line("a", "p:2", "_:c14n7"), line("_:c14n7", "p:3", '"x"'), line("_:c14n0", "p:3", '"y"')]

    none = {"count": 0, "resources": []}
    assert told(tmp_path, before, after) == {"graphs": [], "added": none, "dropped": none, "altered": none}


def test_resources_come_go_and_change(tmp_path: Path) -> None:
    """Each with its labels, and what changed with its values as they were written."""
    before = [*SAME, line("gone", LABEL, '"Fora"@ca'), line("c", "p:1", '"1.50"', "g:2"), line("c", "p:4", "<p:5>")]
    after = [*SAME, line("new", LABEL, '"Nou"@ca'), line("c", "p:1", '"1.5"', "g:2"), line("c", "p:4", "<p:5>", "g:3")]
    found = told(tmp_path, before, after)
    literal = {"type": "literal", "datatype": "http://www.w3.org/2001/XMLSchema#string"}

    assert found["added"] == {"count": 1, "resources": [{"iri": f"{ID}new", "labels": [("Nou", "ca")]}]}
    assert found["dropped"] == {"count": 1, "resources": [{"iri": f"{ID}gone", "labels": [("Fora", "ca")]}]}
    values = [{"property": "p:1", "before": [literal | {"value": "1.50"}], "after": [literal | {"value": "1.5"}]}]
    assert found["altered"] == {"count": 1, "resources": [{"iri": f"{ID}c", "labels": [], "values": values}]}
    assert found["graphs"] == [
        {"graph": "g:1", "added": 1, "dropped": 2},
        {"graph": "g:2", "added": 1, "dropped": 1},
        {"graph": "g:3", "added": 1, "dropped": 0},
    ]


def test_a_blank_node_more_is_counted(tmp_path: Path) -> None:
    """In its graph."""
    found = told(tmp_path, SAME, [*SAME, line("_:c14n0", "p:1", '"1"'), line("_:c14n1", "p:1", '"1"')])

    assert found["graphs"] == [{"graph": "g:1", "added": 2, "dropped": 0}]


def test_however_much_changes_what_is_told_is_bounded(tmp_path: Path) -> None:
    """And counted all the same."""
    before = [line(f"x{number}", "p:1", '"1"') for number in range(5000)]
    after = [line(f"x{number}", f"p:{value}", f'"{"y" * 1000}"') for number in range(500) for value in range(40)]
    found = told(tmp_path, before, after)

    assert found["dropped"]["count"] == 4500
    assert found["altered"]["count"] == 500
    assert len(found["altered"]["resources"]) == MOST
    assert len(comparison.written("1", found, {})) < 2_000_000


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, ([], [], [])),
        ({"a": "1", "b": "2"}, {"b": "3", "c": "4"}, (["c"], ["a"], ["b"])),
    ],
)
def test_questions_come_go_and_change(
    before: dict[str, str], after: dict[str, str], expected: tuple[list[str], ...]
) -> None:
    """By name."""
    assert tuple(comparison.compared_questions(before, after).values()) == expected
