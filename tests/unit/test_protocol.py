"""The SPARQL 1.1 Protocol, from bytes to a QueryRequest or the right error."""

from urllib.parse import parse_qsl, quote_from_bytes, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workplan.engine.protocol import FORM, QUERY, UPDATE, read
from workplan.model.errors import BadRequest, MethodNotAllowed, QueryRefused, UnsupportedMediaType, WorkplanError

ASK = "ASK {}"
GRAPHS = [("default-graph-uri", "http://g/1"), ("default-graph-uri", "http://g/2"), ("named-graph-uri", "http://g/3")]


def encoded(*pairs: tuple[str, str]) -> bytes:
    """*pairs* as a form."""
    return urlencode(pairs).encode()


@pytest.mark.parametrize(
    ("method", "content_type", "url", "body"),
    [
        ("GET", None, encoded(("query", ASK), *GRAPHS), b""),
        ("HEAD", None, encoded(("query", ASK), *GRAPHS), b""),
        ("GET", "text/plain", encoded(("query", ASK), *GRAPHS), b""),
        ("POST", FORM, b"", encoded(("query", ASK), *GRAPHS)),
        ("POST", f"{FORM}; charset=UTF-8", b"", encoded(("query", ASK), *GRAPHS)),
        ("POST", FORM.upper(), b"", encoded(("query", ASK), *GRAPHS)),
        ("POST", QUERY, encoded(*GRAPHS), ASK.encode()),
        ("POST", f'{QUERY};charset="utf-8"', encoded(*GRAPHS), ASK.encode()),
        ("POST", QUERY, encoded(*GRAPHS), ASK.encode("utf-8-sig")),
    ],
)
def test_each_way_of_asking_means_the_same(method: str, content_type: str | None, url: bytes, body: bytes) -> None:
    """Section 2.1 of the protocol has three ways; HEAD is a GET without a body."""
    asked = read(method, content_type, url, body, "http://base/").query

    assert asked.text == ASK
    assert asked.default_graphs == ("http://g/1", "http://g/2")
    assert asked.named_graphs == ("http://g/3",)
    assert asked.base_iri == "http://base/"


@pytest.mark.parametrize("text", ["SELECT * { ?s ?p 'à€😀%2520+ &=' }", "ASK {\r\n}", "ASK { ?s ?p '\ufeff' }"])
def test_a_text_is_decoded_once(text: str) -> None:
    """Percent signs and plus signs that were escaped are text."""
    texts = {
        read("GET", None, encoded(("query", text)), b"").query.text,
        read("POST", FORM, b"", encoded(("query", text))).query.text,
        read("POST", QUERY, b"", text.encode()).query.text,
    }

    assert texts == {text}


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], ()),
        ([("format", "csv")], ("csv",)),
        ([("output", "xml")], ("xml",)),
        ([("output", "xml"), ("format", "tsv"), ("format", "text/tsv"), ("results", "a")], ("tsv", "text/tsv", "xml")),
        ([("results", "json")], ()),
        ([("format", "")], ()),
    ],
)
def test_a_format_is_read_beside_the_query(pairs: list[tuple[str, str]], expected: tuple[str, ...]) -> None:
    """SPARQLWrapper names the format three times over."""
    assert read("GET", None, encoded(("query", ASK), *pairs), b"").formats == expected


def test_unknown_parameters_are_ignored() -> None:
    """Clients add parameters for other stores."""
    asked = read("GET", None, encoded(("query", ASK), ("timeout", "30"), ("timeout", "0"), ("a", "")), b"")

    assert asked.query.text == ASK


@pytest.mark.parametrize(
    ("method", "content_type", "url", "body", "error", "said"),
    [
        ("GET", None, b"", b"", BadRequest, "Falta"),
        ("POST", FORM, b"", b"a=b", BadRequest, "Falta"),
        ("GET", None, encoded(("query", ASK), ("query", ASK)), b"", BadRequest, "repeteix"),
        ("POST", FORM, b"", encoded(("query", ASK), ("query", ASK)), BadRequest, "repeteix"),
        ("POST", FORM, b"format=csv", encoded(("query", ASK), ("format", "csv")), BadRequest, "alhora"),
        ("POST", FORM, encoded(("query", ASK)), encoded(("query", ASK)), BadRequest, "alhora"),
        ("POST", QUERY, encoded(("query", ASK)), ASK.encode(), BadRequest, "alhora"),
        ("POST", FORM, encoded(GRAPHS[0]), encoded(("query", ASK), GRAPHS[1]), BadRequest, "alhora"),
        ("GET", None, encoded(("query", " \n")), b"", BadRequest, "buida"),
        ("POST", QUERY, b"", b"", BadRequest, "buida"),
        ("GET", None, encoded(("query", "ASK {}\0")), b"", BadRequest, "nul"),
        ("GET", None, b"query=ASK%ff", b"", BadRequest, "UTF-8"),
        ("GET", None, b"query=ASK\xff", b"", BadRequest, "UTF-8"),
        ("POST", QUERY, b"", b"ASK\xff", BadRequest, "UTF-8"),
        ("POST", FORM, b"", b"query=ASK%c3%28", BadRequest, "UTF-8"),
        ("POST", QUERY, b"", ASK.encode("utf-16"), BadRequest, "UTF-8"),
        ("GET", None, encoded(("query", ASK), ("default-graph-uri", "g")), b"", BadRequest, "IRI"),
        ("GET", None, encoded(("query", ASK), ("named-graph-uri", "http://x y")), b"", BadRequest, "IRI"),
        ("GET", None, encoded(("query", ASK), ("default-graph-uri", "")), b"", BadRequest, "IRI"),
        ("POST", f"{QUERY}; charset=utf-16", b"", ASK.encode("utf-16"), UnsupportedMediaType, "utf-8"),
        ("POST", f"{FORM}; charset=iso-8859-1", b"", b"query=a", UnsupportedMediaType, "utf-8"),
        ("POST", None, encoded(("query", ASK)), b"", UnsupportedMediaType, QUERY),
        ("POST", "text/plain", b"", ASK.encode(), UnsupportedMediaType, QUERY),
        ("POST", "multipart/form-data; boundary=x", b"", b"", UnsupportedMediaType, FORM),
        ("POST", UPDATE, b"", b"CLEAR ALL", QueryRefused, "modificar"),
        ("POST", FORM, b"", b"update=CLEAR+ALL", QueryRefused, "modificar"),
        ("GET", None, b"update=CLEAR+ALL", b"", QueryRefused, "modificar"),
        ("PUT", QUERY, b"", ASK.encode(), MethodNotAllowed, "GET, HEAD, POST, OPTIONS"),
        ("DELETE", None, encoded(("query", ASK)), b"", MethodNotAllowed, "DELETE"),
    ],
)
def test_each_fault_has_its_own_error(
    method: str, content_type: str | None, url: bytes, body: bytes, error: type[WorkplanError], said: str
) -> None:
    """A client that errs learns what to change."""
    with pytest.raises(error, match=said):
        read(method, content_type, url, body)


PIECES = st.one_of(
    st.sampled_from(
        [b"%", b"=", b"&", b"+", b"%2", b"%zz", b"%3D", b"%0A", b"==", b"=\n", b"%\r\n", b"\t ", b"_", b"\0"]
    ),
    st.text(max_size=4).map(lambda text: quote_from_bytes(text.encode("utf-8", "replace")).encode()),
    st.binary(max_size=3),
)


@settings(derandomize=True, database=None, max_examples=400)
@given(st.lists(PIECES, max_size=8).map(b"".join))
def test_a_query_is_decoded_as_a_form_is(value: bytes) -> None:
    """By no more and no less than the standard library's own reading of one, faster as ours may be."""
    sent = b"query=x" + value
    try:
        pairs = parse_qsl(sent.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        pairs = []
    expected = [text for name, text in pairs if name == "query"]

    if len(expected) == 1 and "\0" not in expected[0]:
        assert read("POST", FORM, b"", sent).query.text == expected[0]
    else:
        with pytest.raises(BadRequest):
            read("POST", FORM, b"", sent)
