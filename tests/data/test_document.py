"""The source document: rebuilt from the data line by line, and every stated resource tied to its words."""

import shutil
from collections import defaultdict
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from workplan.engine.embedded import EmbeddedEngine
from workplan.engine.merging import united
from workplan.engine.query import Limits
from workplan.knowledge.document import rebuild, sources, text_of_lines
from workplan.model.errors import DataInvalid
from workplan.model.namespaces import DATA, GRAPH, NAMESPACES, WP
from workplan.release.build import Release, build
from workplan.release.sources import load_home

SOURCE = DATA + "xmess/source/pla2020"
STATED = NamedNode(GRAPH + "xmess/plan/2020/v1/stated")
PLAN = DATA + "xmess/plan/2020/"
TEAM = DATA + "xmess/team/"
FILE = "data/xmess/plan/2020/source/pla-de-treball-2020.txt"
FRAGMENTS = "data/xmess/plan/2020/v1/annotations/fragments.ttl"


def folded(text: str) -> list[str]:
    """Non-blank lines with white space folded."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


@pytest.fixture
def store(release: Release) -> Store:
    """The release's data, to be changed."""
    store = Store()
    store.bulk_load(path=release.data, format=RdfFormat.N_QUADS)
    return store


def printed(store: Store, number: int) -> str:
    """Line *number* of the document as the data in *store* print it."""
    lines = rebuild(EmbeddedEngine(united(store), Limits()), SOURCE)
    return next(" ".join(line.text.split()) for line in lines if line.number == number)


def swap(store: Store, subject: str, local_name: str, old: str, new: str) -> None:
    """Change a stated value."""
    subject_node, predicate = NamedNode(subject), NamedNode(WP + local_name)
    store.remove(Quad(subject_node, predicate, NamedNode(old), STATED))
    store.add(Quad(subject_node, predicate, NamedNode(new), STATED))


def test_the_document_comes_back_line_by_line(store: Store, root: Path) -> None:
    """Every non-blank line, in order, equal once white space is folded."""
    text = text_of_lines(rebuild(EmbeddedEngine(united(store), Limits()), SOURCE))

    assert folded(text) == folded((root / FILE).read_text(encoding="utf-8"))


def test_lines_stand_where_they_stood(store: Store, root: Path) -> None:
    """A line has its number in the file."""
    lines = rebuild(EmbeddedEngine(united(store), Limits()), SOURCE)
    original = (root / FILE).read_text(encoding="utf-8").splitlines()

    assert all(" ".join(line.text.split()) == " ".join(original[line.number - 1].split()) for line in lines)


def test_a_changed_team_changes_the_printed_row(store: Store) -> None:
    """No line is stored."""
    swap(store, PLAN + "action/02", "directlyExecutedBy", TEAM + "st", TEAM + "c")

    assert " GT C Pressupost ordinari " in printed(store, 101)


def test_a_changed_code_changes_every_row_that_cites_it(store: Store) -> None:
    """Rows print the codes of lines, not copies of them."""
    line, code = NamedNode(PLAN + "action-line/7"), NamedNode(WP + "code")
    for quad in list(store.quads_for_pattern(line, code, None)):
        store.remove(quad)
        store.add(Quad(line, code, type(quad.object)("LA21"), quad.graph_name))

    assert printed(store, 100).endswith("L.A.8 L.A.21 L.E.1") or printed(store, 100).endswith("L.A.21 L.A.8 L.E.1")
    assert printed(store, 115).endswith("L.A.21 L.E.1")


def test_what_curators_add_is_never_printed(store: Store) -> None:
    """Action 8's strategic line is not in the document."""
    assert "L.E." not in printed(store, 107)


def test_the_plan_is_found_with_its_document(store: Store) -> None:
    """The 2020 plan, by its hash."""
    (source,) = sources(EmbeddedEngine(united(store), Limits()))

    assert (source.iri, source.plan) == (SOURCE, PLAN.rstrip("/"))


def test_every_stated_resource_has_a_quote_that_is_in_the_source(release: Release, root: Path) -> None:
    """Each subject of the stated graph leads to a fragment whose words, with those around, are at its position."""
    text = (root / FILE).read_text(encoding="utf-8")
    held: dict[object, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    stated = set()
    for quad in parse(path=release.data, format=RdfFormat.N_QUADS):
        held[quad.subject][quad.predicate.value].append(quad.object)
        if quad.graph_name == STATED:
            stated.add(quad.subject)
    oa = NAMESPACES["oa"]

    def value(selector: object, name: str) -> str:
        return held[selector][oa + name][0].value

    unquoted, wrong = [], []
    for subject in stated:
        fragments = held[subject][WP + "statedIn"]
        if not fragments:
            unquoted.append(subject)
        for fragment in fragments:
            selectors = held[fragment][oa + "hasSelector"]
            (quote,) = (s for s in selectors if held[s][oa + "exact"])
            (position,) = (s for s in selectors if held[s][oa + "start"])
            start, end = int(value(position, "start")), int(value(position, "end"))
            around = value(quote, "prefix") + value(quote, "exact") + value(quote, "suffix")
            if text[start:end] != value(quote, "exact") or around not in text:
                wrong.append(fragment)

    assert len(stated) > 120
    assert unquoted == []
    assert wrong == []


@pytest.mark.parametrize("file", [FILE, FRAGMENTS])
def test_one_changed_letter_stops_the_release(root: Path, tmp_path: Path, file: str) -> None:
    """In the source, whose hash no longer fits, or in a quote."""
    shutil.copytree(root / "data", tmp_path / "home" / "data")
    changed = tmp_path / "home" / file
    text = changed.read_text(encoding="utf-8")
    assert "interseccionalitat" in text
    changed.write_text(text.replace("interseccionalitat", "interseccionalitad", 1), encoding="utf-8")
    with pytest.raises(DataInvalid) as caught:
        build(load_home(tmp_path / "home"), tmp_path / "out")

    assert "L107" in caught.value.values["report"].text("ca")
