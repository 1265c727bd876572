"""Canonical IRIs and the paths that answer for them."""

import pytest

from workplan.model.iris import data_iri, data_path, graph_iri, is_network_code, page_path, version_graph_iri

ACTION = "https://w3id.org/sse-workplan/id/xmess/plan/2020/action/08"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("xmess", True),
        ("a1", True),
        ("a-b", True),
        ("a" * 20, True),
        ("a", False),
        ("a" * 21, False),
        ("Xmess", False),
        ("x_y", False),
        ("xarxa\n", False),
        ("query", False),
        ("sparql", False),
        ("ñandú", False),
    ],
)
def test_a_network_code_is_short_plain_and_free(code: str, expected: bool) -> None:  # noqa: FBT001
    """A code is a path segment beside those that addresses reserve."""
    assert is_network_code(code) is expected


def test_a_path_and_its_iri_are_each_others() -> None:
    """Data carries canonical IRIs, pages link locally."""
    assert data_iri("xmess/plan/2020/action/08") == ACTION
    assert data_path(ACTION) == "xmess/plan/2020/action/08"
    assert graph_iri("derived") == "https://w3id.org/sse-workplan/graph/derived"


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        (ACTION, "/ca/xmess/plan/2020/action/08"),
        (f"{ACTION}#body", "/ca/xmess/plan/2020/action/08#body"),
        ("https://w3id.org/sse-workplan/graph/derived", "/ca/graph/derived"),
        ("https://w3id.org/sse-workplan/ns", "/ca/ns"),
        ("https://w3id.org/sse-workplan/ns#Team", "/ca/ns#Team"),
        ("https://w3id.org/sse-workplan/nsx", None),
        ("http://example.org/", None),
    ],
)
def test_an_iri_of_ours_has_a_page(iri: str, expected: str | None) -> None:
    """A foreign IRI keeps its own address."""
    assert page_path(iri, "ca") == expected


def test_a_fragment_is_described_with_its_document() -> None:
    """Servers never see fragments."""
    assert data_path(f"{ACTION}#body") == data_path(ACTION)
    assert data_path("http://example.org/") is None


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        (data_iri("xmess/plan/2020/version/1"), graph_iri("xmess/plan/2020/v1/curated")),
        (data_iri("xmess/plan/2017-2019/version/12"), graph_iri("xmess/plan/2017-2019/v12/curated")),
        (data_iri("xmess/plan/2020"), None),
        (data_iri("xmess/plan/2020/version/1#part"), None),
        ("http://example.org/xmess/plan/2020/version/1", None),
    ],
)
def test_a_plan_version_has_graphs_of_its_own(iri: str, expected: str | None) -> None:
    """What a rule gives of a version goes beside what its files say."""
    assert version_graph_iri(iri, "curated") == expected
