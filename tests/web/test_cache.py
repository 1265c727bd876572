"""Kept answers: the same as fresh ones, given again, compressed or not, and never an error or another's."""

import gzip
import threading
from collections.abc import Callable, Iterable
from typing import Any

import brotli
import pytest
from flask import Flask
from werkzeug.test import Client

from workplan.web.cache import ResponseCache

PLAN = "/ca/xmess/plan/2020"


class Counting:
    """A WSGI application that says how often it was asked, over *application*."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application
        self.asked = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Count and pass on."""
        self.asked += 1
        return self.application(environ, start_response)


@pytest.fixture
def counting(app: Flask) -> Counting:
    """The Flask application without any cache, counted."""
    bare = app.wsgi_app
    return Counting(bare._application if isinstance(bare, ResponseCache) else bare)


@pytest.fixture
def client(counting: Counting) -> Client:
    """A client of a fresh cache over it."""
    return Client(ResponseCache(counting))


def test_an_answer_is_given_again_without_asking(client: Client, counting: Counting) -> None:
    """Byte for byte, and saying so."""
    first, second = client.get(PLAN), client.get(PLAN)

    assert first.data == second.data
    assert counting.asked == 1
    assert second.headers["Server-Timing"] == "cache;desc=hit"


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/es/xmess/plan/2020"},
        {"path": PLAN, "headers": {"Accept": "text/turtle"}},
        {"path": PLAN, "query_string": "x=1"},
        {"path": PLAN, "headers": {"Accept-Language": "en"}},
    ],
)
def test_another_question_is_not_answered_with_this_one(
    client: Client, counting: Counting, other: dict[str, Any]
) -> None:
    """By address, format or language."""
    client.get(PLAN)
    client.get(**other)

    assert counting.asked == 2


def test_an_unchanged_answer_is_not_sent_again(client: Client, counting: Counting) -> None:
    """304, with and without compression, each by its own tag."""
    plain = client.get(PLAN)
    packed = client.get(PLAN, headers={"Accept-Encoding": "gzip"})

    assert gzip.decompress(packed.data) == plain.data
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert client.get(PLAN, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    again = client.get(PLAN, headers={"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "gzip"})
    assert (again.status_code, again.data) == (304, b"")
    assert counting.asked == 1


def test_compression_is_told_and_only_given_to_who_accepts_it(client: Client) -> None:
    """Vary names it; a q of zero refuses it."""
    refused = client.get(PLAN, headers={"Accept-Encoding": "gzip;q=0"})

    assert "Content-Encoding" not in refused.headers
    assert "Accept-Encoding" in ", ".join(refused.headers.getlist("Vary"))


def test_head_has_the_headers_of_get_and_no_body(client: Client) -> None:
    """From the same kept answer."""
    got, head = client.get(PLAN), client.head(PLAN)

    assert head.data == b""
    assert head.headers["Content-Length"] == str(len(got.data))


@pytest.mark.parametrize("path", ["/ca/none", "/sparql?query=SELEC", "/health/ready"])
def test_errors_and_states_are_asked_anew(client: Client, counting: Counting, path: str) -> None:
    """Only public answers are kept."""
    client.get(path)
    client.get(path)

    assert counting.asked == 2


def test_a_posted_query_is_kept_by_its_body(client: Client, counting: Counting) -> None:
    """Two texts are two answers."""
    ask = {"content_type": "application/sparql-query"}
    yes = [client.post("/sparql", data="ASK {}", **ask).get_json(force=True)["boolean"] for _ in range(2)]
    no = client.post("/sparql", data="ASK { <a:b> <a:b> <a:b> }", **ask).get_json(force=True)["boolean"]

    assert (yes, no) == ([True, True], False)
    assert counting.asked == 2


def test_equal_questions_that_come_together_are_asked_once(client: Client, counting: Counting) -> None:
    """The others wait for the first one's answer."""
    threads = [threading.Thread(target=lambda: client.get(PLAN)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counting.asked == 1


def test_the_least_used_answers_go_when_there_are_too_many(counting: Counting) -> None:
    """The cache is bounded in bytes."""
    client = Client(ResponseCache(counting, max_bytes=60_000))
    for number in range(12):
        client.get(f"/ca/xmess/plan/2020/action/{number + 1:02}")
    before = counting.asked
    client.get("/ca/xmess/plan/2020/action/01")
    client.get("/ca/xmess/plan/2020/action/01")

    assert counting.asked == before + 1


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0.1, gzip;q=0.9", "gzip"), ("br;q=0", None), ("zstd", None)],
)
def test_the_best_coding_that_is_accepted_is_used(client: Client, accepted: str, coding: str | None) -> None:
    """Brotli where it is as welcome as gzip."""
    plain = client.get(PLAN)
    coded = client.get(PLAN, headers={"Accept-Encoding": accepted})
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]

    assert coded.headers.get("Content-Encoding") == coding
    assert unpack(coded.data) == plain.data


def test_what_is_held_is_counted(counting: Counting) -> None:
    """Compressed forms too."""
    cache = ResponseCache(counting)
    client = Client(cache)
    plain = client.get(PLAN)
    packed = client.get(PLAN, headers={"Accept-Encoding": "br"})

    assert cache.state() == {"entries": 1, "bytes": len(plain.data) + len(packed.data)}
