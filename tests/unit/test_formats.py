"""Formats and the names that clients know them by."""

from itertools import chain

import pytest
from SPARQLWrapper import Wrapper

from workplan.model import formats
from workplan.model.formats import (
    CONSTRUCT_FORMATS,
    CSV,
    GRAPH_FORMATS,
    JSON_LD,
    SOLUTION_FORMATS,
    TURTLE,
    Format,
    named,
)


@pytest.mark.parametrize(
    ("name", "among", "expected"),
    [
        ("ttl", GRAPH_FORMATS, TURTLE),
        (" Text/Turtle ", GRAPH_FORMATS, TURTLE),
        ("json", GRAPH_FORMATS, JSON_LD),
        ("trig", GRAPH_FORMATS, None),
        ("csv", SOLUTION_FORMATS, CSV),
        ("", SOLUTION_FORMATS, None),
    ],
)
def test_a_format_answers_to_its_names(name: str, among: tuple[Format, ...], expected: Format | None) -> None:
    """The same word means another format in another kind of answer."""
    assert named(name, among) == expected


@pytest.mark.parametrize("among", [SOLUTION_FORMATS, CONSTRUCT_FORMATS])
def test_no_two_formats_of_a_kind_share_a_name(among: tuple[Format, ...]) -> None:
    """A name that two formats claim would go to whichever comes first."""
    names = list(chain.from_iterable((f.name, f.media_type, *f.aliases) for f in among))

    assert len(names) == len(set(names))


@pytest.mark.parametrize("media_type", [*Wrapper._SPARQL_JSON, *Wrapper._SPARQL_XML, *Wrapper._CSV, *Wrapper._TSV])
def test_what_sparqlwrapper_accepts_for_rows_is_known(media_type: str) -> None:
    """The commonest Python client must never be told 406."""
    assert named(media_type, SOLUTION_FORMATS)


@pytest.mark.parametrize("media_type", Wrapper._RDF_POSSIBLE)
def test_what_sparqlwrapper_accepts_for_graphs_is_known(media_type: str) -> None:
    """The commonest Python client must never be told 406."""
    assert named(media_type, CONSTRUCT_FORMATS)


def test_text_says_its_encoding() -> None:
    """Spreadsheets guess otherwise; JSON and XML say it themselves."""
    assert CSV.content_type == "text/csv; charset=utf-8"
    assert formats.JSON_RESULTS.content_type == "application/sparql-results+json"
