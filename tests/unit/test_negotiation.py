"""Negotiation: a format within the kind of the answer, or a refusal that lists what there is."""

import pytest

from workplan.engine.negotiation import FORMATS, choose, first_known, prefers_html
from workplan.engine.query import Kind
from workplan.model.errors import NotAcceptable

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"


@pytest.mark.parametrize(
    ("kind", "accept", "expected"),
    [
        (Kind.SOLUTIONS, None, "json"),
        (Kind.SOLUTIONS, "", "json"),
        (Kind.SOLUTIONS, "*/*", "json"),
        (Kind.BOOLEAN, "*/*", "json"),
        (Kind.GRAPH, None, "ttl"),
        (Kind.GRAPH, "*/*", "ttl"),
        (Kind.SOLUTIONS, "text/csv", "csv"),
        (Kind.BOOLEAN, "text/csv", "csv"),
        (Kind.SOLUTIONS, "TEXT/CSV; charset=UTF-8", "csv"),
        (Kind.SOLUTIONS, "text/csv;header=present;q=0.9, */*;q=0.1", "csv"),
        (Kind.GRAPH, 'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted, x";q=0.9', "jsonld"),
        (Kind.GRAPH, "application/ld+json; profile=http://www.w3.org/ns/json-ld#context, text/turtle;q=0.5", "jsonld"),
        (Kind.SOLUTIONS, "text/*", "csv"),
        (Kind.SOLUTIONS, "application/json", "json"),
        (Kind.GRAPH, "application/json", "jsonld"),
        (Kind.SOLUTIONS, "application/xml", "xml"),
        (Kind.GRAPH, "application/xml", "rdf"),
        (Kind.SOLUTIONS, "text/csv;q=0.1, text/tab-separated-values;q=0.9", "tsv"),
        (Kind.SOLUTIONS, "text/turtle, text/csv;q=0.5", "csv"),
        (Kind.SOLUTIONS, "application/sparql-results+json;q=0, */*;q=0.1", "xml"),
        (Kind.GRAPH, "text/turtle;q=0, */*", "jsonld"),
        (Kind.GRAPH, "n-triples, */*;q=0.1", "ttl"),
        (Kind.GRAPH, "application/rdf+xml, */*;q=0.1", "rdf"),
        (Kind.GRAPH, "application/trig", "trig"),
        (Kind.GRAPH, "text/n3", "ttl"),
        (Kind.SOLUTIONS, FIREFOX, "xml"),
        (Kind.SOLUTIONS, JAVA, "json"),
        (Kind.GRAPH, JAVA, "ttl"),
        (Kind.SOLUTIONS, "*", "json"),
        (Kind.SOLUTIONS, "text/csv;q=.2, text/tab-separated-values;q=.9", "tsv"),
        (Kind.SOLUTIONS, ", text/csv ; q = 1. ,", "csv"),
        (Kind.SOLUTIONS, "text/*;q=0, */*", "json"),
        (Kind.SOLUTIONS, "text/*;q=0.5, text/csv;q=0.1", "tsv"),
        (Kind.SOLUTIONS, "application/*;q=0, */*;q=.1", "csv"),
        (Kind.SOLUTIONS, "text/csv;x=1;q=0.5, text/csv, application/json;q=0.9", "csv"),
        (Kind.SOLUTIONS, "application/sparql-results+xml,application/rdf+xml,*/*", "xml"),
        (Kind.GRAPH, "application/sparql-results+xml,application/rdf+xml,*/*", "rdf"),
    ],
)
def test_the_accept_header_chooses_within_the_kind(kind: Kind, accept: str | None, expected: str) -> None:
    """One header serves every kind of query, so types of other kinds are passed over."""
    assert choose(FORMATS[kind], None, accept).name == expected


@pytest.mark.parametrize(
    ("kind", "accept"),
    [
        (Kind.SOLUTIONS, "text/turtle"),
        (Kind.SOLUTIONS, "image/png"),
        (Kind.GRAPH, "text/csv, application/sparql-results+json"),
        (Kind.GRAPH, "*/*;q=0"),
        (Kind.GRAPH, "*;q=0"),
        (Kind.GRAPH, "*;q=0."),
        (Kind.SOLUTIONS, "text/csv;q=0"),
        (Kind.GRAPH, "application/turtle, text/turtle;q=0"),
        (Kind.GRAPH, "turtle, x/y"),
    ],
)
def test_a_header_of_other_kinds_only_is_refused_with_the_list(kind: Kind, accept: str) -> None:
    """An answer that the client cannot read helps nobody; the list does."""
    with pytest.raises(NotAcceptable) as caught:
        choose(FORMATS[kind], None, accept)

    assert all(form.media_type in caught.value.values["offered"] for form in FORMATS[kind])


@pytest.mark.parametrize(
    ("kind", "asked", "expected"),
    [
        (Kind.SOLUTIONS, "csv", "csv"),
        (Kind.SOLUTIONS, "JSON", "json"),
        (Kind.GRAPH, "json", "jsonld"),
        (Kind.GRAPH, "json-ld", "jsonld"),
        (Kind.GRAPH, "turtle", "ttl"),
        (Kind.GRAPH, "n3", "ttl"),
        (Kind.GRAPH, "rdf+xml", "rdf"),
        (Kind.GRAPH, "rdf xml", "rdf"),
        (Kind.GRAPH, "xml", "rdf"),
        (Kind.GRAPH, "application/ld+json", "jsonld"),
        (Kind.SOLUTIONS, "application/sparql-results xml", "xml"),
    ],
)
def test_a_name_wins_over_the_header(kind: Kind, asked: str, expected: str) -> None:
    """A link can carry a name but no header; a plus sign typed into it arrives as a space."""
    assert choose(FORMATS[kind], asked, "image/png").name == expected


def test_the_first_known_name_counts() -> None:
    """SPARQLWrapper gives several, for stores that know one or another."""
    formats = FORMATS[Kind.GRAPH]

    assert first_known(formats, ["csv", "application/rdf+xml", "ttl"]) == "application/rdf+xml"
    assert first_known(formats, ["csv", "tsv"]) == "csv"
    assert first_known(formats, []) is None


@pytest.mark.parametrize(("kind", "asked"), [(Kind.SOLUTIONS, "ttl"), (Kind.GRAPH, "csv"), (Kind.GRAPH, "nonsense")])
def test_an_unknown_name_is_refused(kind: Kind, asked: str) -> None:
    """A name is a demand, not a preference."""
    with pytest.raises(NotAcceptable):
        choose(FORMATS[kind], asked, "*/*")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (FIREFOX, True),
        ("text/html", True),
        ("*/*", False),
        (None, False),
        ("text/turtle, text/html;q=0.5", False),
        ("text/html;q=0", False),
        (JAVA, True),
        ("text/html;q=.5, *", False),
        ("application/json, text/html;q=0.9, */*;q=0.1", False),
    ],
)
def test_a_browser_is_told_by_what_it_likes_best(accept: str | None, expected: bool) -> None:  # noqa: FBT001
    """Scripts that merely tolerate HTML get data."""
    assert prefers_html(accept) is expected
