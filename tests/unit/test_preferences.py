"""The headers of negotiation as clients have ever written them: read, never refused."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workplan.engine.negotiation import accepted_ranges
from workplan.language import DEFAULT, LANGUAGES, preferred
from workplan.model.preferences import LONGEST, preferences
from workplan.web.answers import MIN_COMPRESSED, Answer

JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
"""What java.net.HttpURLConnection sends before Java 18 where nobody tells it what to."""

TOKEN = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789!#$%&'*+-.^_`|~/", min_size=1, max_size=12)
SPACE = st.text(" \t", max_size=2)
PARAMETER = st.sampled_from(
    ("charset=UTF-8", "level=1", 'profile="http://x/y, q=0; z"', 'a="\\", b"', "flag", "x =1", "")
)
QUALITY = st.integers(0, 1000)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, {}),
        ("", {}),
        (" , ,,", {}),
        (";q=1, a", {"a": 1}),
        (";;,", {}),
        (JAVA, {"text/html": 1, "image/gif": 1, "image/jpeg": 1, "*": 0.2, "*/*": 0.2}),
        ("a/b;q=.2", {"a/b": 0.2}),
        ("a/b;q=1.", {"a/b": 1}),
        ("a/b;q=0.", {"a/b": 0}),
        ("a/b ; q = 0.5", {"a/b": 0.5}),
        ("a/b;Q=0.5", {"a/b": 0.5}),
        ('a/b;q="0.5"', {"a/b": 0.5}),
        ("A/B;q=0.123456", {"a/b": 0.123456}),
        ("a/b;q=2", {"a/b": 1}),
        ("a/b;q=-1", {"a/b": 0}),
        ("a/b;q=+0.5", {"a/b": 0.5}),
        ("a/b;q=", {"a/b": 1}),
        ("a/b;q=x", {"a/b": 1}),
        ("a/b;q=1e400", {"a/b": 1}),
        ("a/b;q=nan", {"a/b": 1}),
        ("a/b;q=²", {"a/b": 1}),
        ("a/b;q", {"a/b": 1}),
        ("a/b;charset=x;q=0.5;ext=1", {"a/b": 0.5}),
        ('a/b;profile="x, y;q=0";q=0.5, c', {"a/b": 0.5, "c": 1}),
        ('a/b;profile="x\\", y", c', {"a/b": 1, "c": 1}),
        ('a/b;profile="x, c', {"a/b": 1}),
        ("a/b;level=1;q=0.3, a/b;q=0.7, a/b;q=0", {"a/b": 0.7}),
        ("ca,es;q=.5,*;q=0", {"ca": 1, "es": 0.5, "*": 0}),
    ],
)
def test_a_header_is_read_as_its_client_means_it(header: str | None, expected: dict[str, float]) -> None:
    """Each name once, in the order of the header."""
    assert list(preferences(header).items()) == list(expected.items())


@given(st.text(max_size=200) | st.text(';,="\\ q01.*/a-', max_size=200))
@example('"' * 3000)
@example('\\"' * 3000)
@example("," * 10_000 + "a")
@example("q=" * 3000)
def test_no_header_is_an_error(header: str) -> None:
    """Each weight is within its bounds, and each of our readers comes to an answer."""
    assert all(name == name.strip().lower() and 0 <= q <= 1 for name, q in preferences(header).items())
    assert all(0 <= q <= 1 for q in accepted_ranges(header).values())
    assert preferred(header) in LANGUAGES
    assert coding_for(header.encode("utf-8")) in ("", "br", "gzip")


@given(st.lists(st.tuples(TOKEN, QUALITY), max_size=8, unique_by=lambda pair: pair[0].lower()), st.data())
def test_how_a_header_is_written_changes_nothing(wanted: list[tuple[str, int]], data: st.DataObject) -> None:
    """Spaces, empty members, capitals, other parameters, and every way to write a number."""
    members = []
    for name, thousandths in wanted:
        digits = f"{thousandths:04}"
        ways = [f"{digits[0]}.{digits[1:]}", f"0{digits[0]}.{digits[1:]}0", f'"{digits[0]}.{digits[1:]}"']
        if thousandths < 1000:
            ways.append(f".{digits[1:]}")
        else:
            ways += ["1", "1.", "7", ""]
        value = data.draw(st.sampled_from(ways))
        before = [data.draw(PARAMETER) for _ in range(data.draw(st.integers(0, 2)))]
        quality = "".join((data.draw(st.sampled_from("qQ")), data.draw(SPACE), "=", data.draw(SPACE), value))
        parts = [name, *before, *([quality] if value else [])]
        gap = data.draw(SPACE)
        members += [f"{gap};{gap}".join(parts), *data.draw(st.sampled_from(([], [""], [" "])))]

    assert preferences(",".join(members)) == {name.lower(): thousandths / 1000 for name, thousandths in wanted}


def test_what_is_longer_than_any_header_is_not_read() -> None:
    """A list costs time, and one client's must not cost others'."""
    assert len(preferences("a," * 100_000)) == 1
    assert "last" not in preferences("," * LONGEST + "last")


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        (None, DEFAULT),
        ("", DEFAULT),
        ("*", DEFAULT),
        ("de, fr;q=0.5", DEFAULT),
        ("es", "es"),
        ("ES-mx", "es"),
        ("es_ES.UTF-8", "es"),
        ("ca-valencia", "ca"),
        ("en-GB-oxendict, es;q=0.9", "en"),
        ("es-MX, en;q=0.5", "es"),
        ("de-AT, es;q=.2, en;q=.3", "en"),
        ("es, en", "es"),
        ("en, es", "en"),
        ("en;q=0.5, es;q=0.5, ca;q=.1", "en"),
        ("*, en;q=0.5", "ca"),
        ("en, *", "en"),
        ("ca;q=0, *;q=.1", "es"),
        ("ca;q=0", DEFAULT),
        ("en;q=0, en-GB;q=.4", "en"),
        ("cat", DEFAULT),
        (", en ;q = 1.", "en"),
    ],
)
def test_the_language_is_the_one_that_is_wanted_most(accepted: str | None, expected: str) -> None:
    """A region is no other language, and what comes first is wanted first."""
    assert preferred(accepted) == expected


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=.5, gzip", "gzip"),
        ("gzip;q=1.0, deflate;q=0.6, identity;q=0.3", "gzip"),
        ("gzip, identity", "gzip"),
        ("identity, gzip;q=.5", ""),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("*;q=0", ""),
        ("gzip;q=0", ""),
        ("deflate", ""),
        (" , gzip ; q = 1. ,", "gzip"),
        ("identity;q=0, *;q=0", ""),
    ],
)
def test_an_answer_is_compressed_as_its_client_likes_best(accepted: str, expected: str) -> None:
    """The best of ours where several are liked equally; as it is where that is liked better."""
    assert coding_for(accepted.encode()) == expected


def coding_for(accepted: bytes) -> str:
    """The coding in which a client gets an answer worth compressing."""
    return Answer(200, [("Content-Type", "text/plain")], b"a" * MIN_COMPRESSED).coding_for(accepted)
