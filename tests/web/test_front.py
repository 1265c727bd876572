"""Kept answers: the same as fresh ones, given again, compressed or not, and never an error or another's."""

import gzip
import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import brotli
import pytest
from flask import Flask

from processes import eventually
from served import Counting, FrontClient, Reader, received
from workplan.operation.figures import Figures
from workplan.web.answers import MAX_VARIANTS, Answer, AnswerCache
from workplan.web.front import Front, Site
from workplan.web.limits import MAX_ADDRESS, MAX_BODY

PLAN = "/ca/xmess/plan/2020"
FORM = "application/x-www-form-urlencoded"


NO_HOSTS = (
    *(b".", b"..", b"a..b", b".a", b"a b", b"a_b", b"a/b", b"a%41", b"-a", b"a-", b"\xc3\xa0", b"<a>", b"a,b", b"u@a"),
    *(b"xn--a", b"xn--zzzzzz--", b"a.xn--0", b"a" * 64, b"a." * 130),
    *(b"[:::::]", b"[", b"[]", b"[::1", b"::1", b"[::1]x", b"[1.2.3.4]", b"[fe80::1%25eth0]", b"[v1.a]"),
    *(b"a:", b"a:b", b"a:0", b"a:65536", b"a:-1", b"[::1]:99999"),
)


@pytest.fixture
def counting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Counting:
    """Flask's part, counted."""
    counting = Counting(app.wsgi_app)
    monkeypatch.setattr(app, "wsgi_app", counting)
    return counting


@pytest.fixture
def front(app: Flask) -> Front:
    """The whole application, without a pool."""
    return Front(Site(app), Figures())


@pytest.fixture
def client(counting: Counting, front: Front) -> Iterator[FrontClient]:
    """A client of it."""
    client = FrontClient(front)
    yield client
    client.close()


def test_an_answer_is_given_again_without_asking(client: FrontClient, counting: Counting) -> None:
    """Byte for byte, and saying so."""
    first, second = client.get(PLAN), client.get(PLAN)

    assert first.data == second.data
    assert counting.asked == 1
    assert second.headers["Server-Timing"] == "cache;desc=hit"


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/es/xmess/plan/2020"},
        {"path": PLAN, "query_string": "x=1"},
        {"path": PLAN, "headers": {"Host": "example.org"}},
    ],
)
def test_another_question_is_not_answered_with_this_one(
    client: FrontClient, counting: Counting, other: dict[str, Any]
) -> None:
    """By address or host."""
    client.get(PLAN)
    client.get(**other)

    assert counting.asked == 2


@pytest.mark.parametrize(
    ("path", "headers", "asked"),
    [
        ("/rdf-graph-store?default", {"Accept": "application/rdf+xml"}, 2),
        ("/rdf-graph-store?default", {"Accept-Language": "en"}, 1),
        ("/query/team-load", {"Accept": "text/csv"}, 2),
        ("/query/team-load.csv", {"Accept": "text/turtle", "Accept-Language": "en"}, 1),
        ("/embed/team-load", {"Accept-Language": "en"}, 2),
        ("/embed/team-load?lang=es", {"Accept-Language": "en"}, 1),
        (PLAN, {"Accept": "text/turtle", "Accept-Language": "en"}, 1),
        (PLAN, {"User-Agent": "x", "Cookie": "a=b", "Referer": "http://x/", "Origin": "http://x"}, 1),
    ],
)
def test_what_a_client_accepts_is_another_question_where_it_has_a_say(
    client: FrontClient, counting: Counting, path: str, headers: dict[str, str], asked: int
) -> None:
    """Clients write the same in many ways, and mostly it is all the same."""
    client.get(path)
    other = client.get(path, headers=headers)

    assert counting.asked == asked
    assert (client.get(path).data == other.data) is (asked == 1)


def test_an_unchanged_answer_is_not_sent_again(client: FrontClient, counting: Counting) -> None:
    """304, with and without compression, each by its own tag."""
    plain = client.get(PLAN)
    packed = client.get(PLAN, headers={"Accept-Encoding": "gzip"})

    assert gzip.decompress(packed.data) == plain.data
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert client.get(PLAN, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    assert client.get(PLAN, headers={"If-None-Match": f'"x", W/{plain.headers["ETag"]}'}).status_code == 304
    again = client.get(PLAN, headers={"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "gzip"})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == packed.headers["ETag"]
    assert counting.asked == 1


def test_an_answer_asked_for_on_a_condition_first_is_kept_whole(client: FrontClient, counting: Counting) -> None:
    """Whoever comes next knows nothing of it."""
    etag = client.get(PLAN).headers["ETag"]
    other = "/ca/"
    client.get(other, headers={"If-None-Match": etag})

    assert client.get(other).data
    assert counting.asked == 2


def test_an_answer_is_whole_whatever_part_of_it_is_wanted(client: FrontClient) -> None:
    """A part of what was compressed since would be a part of something else."""
    whole = client.get("/static/style.css")
    part = client.get("/static/style.css", headers={"Range": "bytes=0-4999", "Accept-Encoding": "gzip"})

    assert part.status_code == 200
    assert "Content-Range" not in part.headers
    assert gzip.decompress(part.data) == whole.data


@pytest.mark.parametrize("path", ["/rdf-graph-store?default", "/sparql?query=ASK%7B%7D", PLAN])
def test_only_who_has_an_answer_is_spared_it(client: FrontClient, path: str) -> None:
    """What is asked on any other condition is answered the first time as every time."""
    conditions = {"If-Match": '"x"', "If-Unmodified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}
    answers = [client.get(path, headers=conditions) for _ in range(2)]

    assert [(answer.status_code, answer.data) for answer in answers] == [(200, client.get(path).data)] * 2


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0.1, gzip;q=0.9", "gzip"), ("br;q=0", None), ("zstd", None)],
)
def test_the_best_coding_that_is_accepted_is_used(client: FrontClient, accepted: str, coding: str | None) -> None:
    """Brotli where it is as welcome as gzip."""
    plain = client.get(PLAN)
    coded = client.get(PLAN, headers={"Accept-Encoding": accepted})
    unpack: dict[str | None, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}

    assert coded.headers.get("Content-Encoding") == coding
    assert unpack[coding](coded.data) == plain.data
    assert "Accept-Encoding" in ", ".join(coded.headers.getlist("Vary"))


def test_head_has_the_headers_of_get_and_no_body(client: FrontClient) -> None:
    """From the same kept answer."""
    for path in (PLAN, "/ca/none"):
        head, got = client.head(path), client.get(path)

        assert head.data == b""
        assert head.headers["Content-Length"] == str(len(got.data))


@pytest.mark.parametrize("path", ["/ca/none", "/sparql?query=SELEC", "/health/ready"])
def test_errors_and_states_are_asked_anew(client: FrontClient, counting: Counting, path: str) -> None:
    """Only public answers are kept."""
    client.get(path)
    client.get(path)

    assert counting.asked == 2


def test_a_posted_query_is_kept_by_its_body(client: FrontClient, counting: Counting) -> None:
    """Two texts are two answers."""
    ask = {"content_type": "application/sparql-query"}
    yes = [client.post("/sparql", data="ASK {}", **ask).get_json(force=True)["boolean"] for _ in range(2)]
    no = client.post("/sparql", data="ASK { <a:b> <a:b> <a:b> }", **ask).get_json(force=True)["boolean"]

    assert (yes, no) == ([True, True], False)
    assert counting.asked == 2


def test_a_post_is_told_apart_by_its_media_type(client: FrontClient) -> None:
    """Though its body be empty."""
    path = "/sparql?query=ASK%7B%7D"
    answers = [client.post(path, content_type=kind).status_code for kind in (FORM, "text/plain", FORM)]

    assert answers == [client.post(path, content_type=FORM).status_code, 415, answers[0]]


def test_what_has_no_content_has_no_length(client: FrontClient) -> None:
    """As HTTP wants it."""
    answer = client.open("/sparql", method="OPTIONS")

    assert answer
    assert answer.status_code == 204
    assert "Content-Length" not in answer.headers


def test_a_body_larger_than_any_query_is_refused(client: FrontClient) -> None:
    """Without being read to its end."""
    answer = client.post("/sparql", data=b" " * 3_000_000, content_type="application/sparql-query")

    assert answer.status_code == 413
    assert str(MAX_BODY) in answer.get_json()["detail"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]", "[2001:db8::1]:65535", "a.b-c.example.", "xn--mgbh.cat"]
)
def test_a_host_is_a_name_or_an_address(client: FrontClient, host: str) -> None:
    """In any case, with or without a port; what is answered names it as it may stand in a header."""
    named = client.get("/robots.txt", headers={"Host": host})
    linked = client.get("/query/team-load.csv", headers={"Host": host})

    assert named.text.endswith(f"Sitemap: http://{host.lower()}/sitemap.xml\n")
    assert f"<http://{host.lower()}/query/team-load>" in ", ".join(linked.headers.getlist("Link"))
    assert client.get("/ca/about", headers={"Host": host}).text.count(f"http://{host.lower()}/ca/about") > 0


@pytest.mark.parametrize(
    ("lang", "words"), [("ca", "envieu la consulta amb POST"), ("es", "con POST"), ("en", "send the query by POST")]
)
def test_a_long_address_is_refused_with_the_limit_and_the_way(client: FrontClient, lang: str, words: str) -> None:
    """While one that is as long as it may be is answered."""
    start = "/sparql?query=ASK%7B%7D%23"
    longest = client.get(start + "a" * (MAX_ADDRESS - len(start)))
    longer = client.get(start + "a" * (MAX_ADDRESS - len(start) + 1), headers={"Accept-Language": lang})

    assert longest.status_code == 200
    assert (longer.status_code, longer.headers["Content-Language"]) == (414, lang)
    assert longer.headers["Access-Control-Allow-Origin"] == "*"
    assert longer.get_json()["limit"] == MAX_ADDRESS
    assert str(MAX_ADDRESS) in longer.get_json()["detail"]
    assert words in longer.get_json()["detail"]


def test_equal_questions_that_come_together_are_asked_once(client: FrontClient, counting: Counting) -> None:
    """The others wait for the first one's answer."""
    threads = [threading.Thread(target=lambda: client.get(PLAN)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counting.asked == 1


@pytest.mark.parametrize(
    ("path", "method", "headers", "status"),
    [
        (PLAN, "GET", {}, 200),
        (PLAN, "HEAD", {}, 200),
        (PLAN, "GET", {"If-None-Match": "*"}, 304),
        ("/embed/team-load", "GET", {}, 200),
        ("/static/style.css", "GET", {}, 200),
        ("/sparql?query=ASK%7B%7D", "GET", {}, 200),
        ("/data/xmess.ttl", "GET", {}, 200),
        ("/id/xmess", "GET", {}, 303),
        ("/sparql", "OPTIONS", {}, 204),
        ("/ca/none", "GET", {}, 404),
        ("/health/live", "GET", {}, 200),
        ("/ca/", "GET", {"Host": "a b"}, 400),
    ],
)
def test_every_answer_has_one_date_and_it_is_true(
    client: FrontClient, monkeypatch: pytest.MonkeyPatch, path: str, method: str, headers: dict[str, str], status: int
) -> None:
    """That of the moment, made or given again; some libraries make of two dates none at all."""
    answers = []
    for seconds in (0, 1_500):
        with monkeypatch.context() as later:
            later.setattr("workplan.web.connection.time.time", lambda seconds=seconds: 1_600_000_000 + seconds)
            answers.append(client.get(path, method=method, headers=headers))

    assert [answer.status_code for answer in answers] == [status] * 2
    assert [answer.headers.getlist("Date") for answer in answers] == [
        ["Sun, 13 Sep 2020 12:26:40 GMT"],
        ["Sun, 13 Sep 2020 12:51:40 GMT"],
    ]


def test_each_answer_names_its_request(client: FrontClient) -> None:
    """By the client's id where that is one."""
    ids = [client.get(PLAN).headers["X-Request-ID"] for _ in range(2)]

    assert len(set(ids)) == 2
    assert client.get(PLAN, headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"


ANY = (b"", b"")
PUBLIC = [("Cache-Control", "public"), ("Content-Type", "text/plain")]


def test_the_least_used_answers_go_when_there_are_too_many() -> None:
    """The cache is bounded in bytes, compressed forms too; what was asked for once goes first."""
    cache = AnswerCache(max_bytes=200_000)
    answers = {(str(n),): Answer(200, PUBLIC, b"%d" % n * 40_000, (False, False)) for n in range(10)}
    for key, answer in answers.items():
        cache.keep(key, ANY, answer)
        cache.find(("0",), ANY)

    kept = [key for key in answers if cache.find(key, ANY)]
    assert kept == [("0",), ("7",), ("8",), ("9",)]
    before = cache.state()["bytes"]
    answers["7",].compress("gzip")
    cache.keep(("7",), ANY, answers["7",])
    form = answers["7",].forms["gzip"]
    assert before + len(form.body) < cache.state()["bytes"] < before + len(form.body) + 1_000
    # Now all of them have been asked for again, so that one of them makes way.
    cache.keep(("a",), ANY, Answer(200, PUBLIC, b"a" * 39_000, (False, False)))
    assert [key for key in (*kept, ("a",)) if cache.find(key, ANY)] == [*kept[1:], ("a",)]


def test_the_cache_is_bounded_in_addresses_and_in_the_answers_of_each() -> None:
    """However small they are."""
    cache = AnswerCache(max_entries=40)
    cache.keep(("honest",), ANY, Answer(200, PUBLIC, b"x", (True, False)))
    assert cache.find(("honest",), ANY)
    for n in range(100):
        cache.keep((str(n),), ANY, Answer(200, PUBLIC, b"x", (True, False)))
        cache.keep(("varied",), (b"%d" % n, b""), Answer(200, PUBLIC, b"x", (True, False)))

    assert cache.state()["entries"] == 40
    assert cache.find(("honest",), ANY)
    assert sum(cache.find(("varied",), (b"%d" % n, b"")) is not None for n in range(100)) == MAX_VARIANTS


def asked(*headers: str, target: str = PLAN) -> bytes:
    """A GET as it is sent."""
    return "\r\n".join((f"GET {target} HTTP/1.1", "Host: localhost", *headers, "", "")).encode()


def test_requests_sent_together_are_answered_in_their_order(client: FrontClient, counting: Counting) -> None:
    """One after the other by one connection, kept answers no sooner than their turn."""
    client.get("/ca/")
    with client.connect() as connection:
        connection.sendall(asked(target="/robots.txt") + asked(target="/ca/") * 2 + asked(target="/ca/none"))
        reader = Reader(connection)
        answers = [received(reader) for _ in range(4)]

    kinds = [answer.headers["Content-Type"].partition(";")[0] for answer in answers if answer]
    assert kinds == ["text/plain", "text/html", "text/html", "application/problem+json"]
    assert counting.asked == 3


@pytest.mark.parametrize("rest", [b"GARBAGE\x01\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET /?" + b"y" * 300_000])
def test_what_is_no_request_is_refused_in_its_turn(client: FrontClient, rest: bytes) -> None:
    """After the answers to the requests that came before it."""
    with client.connect() as connection:
        connection.sendall(asked() + asked(target="/robots.txt") + rest)
        reader = Reader(connection)
        answers = [received(reader) for _ in range(3)]
        assert reader.read() == b""

    assert [answer.status_code // 100 for answer in answers if answer] == [2, 2, 4]


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 3",),
        ("Transfer-Encoding: chunked",),
        ("Expect: 100-continue", "Content-Length: 3"),
        ("Accept: text/html", "Accept: text/turtle"),
        ("Connection: close",),
        ("Upgrade: websocket", "Connection: Upgrade"),
    ],
)
def test_a_request_that_is_more_than_a_plain_question_is_read_whole(
    client: FrontClient, headers: tuple[str, ...]
) -> None:
    """What it sends beside the question is no request of its own."""
    plain = client.get(PLAN)
    chunked = any("chunked" in header for header in headers)
    body = b"3\r\nGET\r\n0\r\n\r\n" if chunked else b"GET" if "Content-Length: 3" in headers else b""
    with client.connect() as connection:
        connection.sendall(asked(*headers) + body)
        first = received(connection)
        assert first
        if first.headers.get("Connection") != "close":
            connection.sendall(asked())
            second = received(connection)
            assert second
            assert second.data == plain.data

    assert (first.status_code, first.data) == (200, plain.data)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400),
        *((b"GET / HTTP/1.1\r\nHost: %b\r\n\r\n" % host, 400) for host in NO_HOSTS),
        (b"GET / HTTP/1.0\r\nHost: x/y\r\n\r\n", 400),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\nAccept: " + b"a/b," * 5_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 300_000, 431),
        (b"GET /?" + b"y" * 300_000, 414),
    ],
)
def test_what_is_no_request_is_refused_in_the_shape_of_all_errors(
    client: FrontClient, sent: bytes, status: int
) -> None:
    """And the connection is closed, since nobody knows where the next one would begin."""
    with client.connect() as connection:
        connection.sendall(sent)
        answer = received(connection)
        assert answer
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.get_json()["status"] == status
        assert answer.get_json()["detail"]
        assert connection.recv(1) == b""


def test_who_does_not_finish_a_request_is_not_waited_for(client: FrontClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor who does not begin one; a connection costs little, but thousands are more than a service has."""
    with monkeypatch.context() as hurried:
        hurried.setattr("workplan.web.connection.MAX_REQUEST_SECONDS", 0.2)
        with client.connect() as begun, client.connect() as silent:
            begun.sendall(asked()[:-2])
            answer = received(begun)
            assert answer
            assert answer.status_code == 408
            assert silent.recv(65_536).startswith(b"HTTP/1.1 408")

    assert client.get(PLAN).status_code == 200


def test_an_idle_connection_is_closed_in_its_time(client: FrontClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word, as both sides expect."""
    monkeypatch.setattr("workplan.web.connection.MAX_REQUEST_SECONDS", 0.5)
    monkeypatch.setattr("workplan.web.connection.MAX_IDLE_SECONDS", 0.5)
    with client.connect() as connection:
        connection.sendall(asked())
        assert received(connection)
        assert connection.recv(1) == b""


@contextmanager
def slow_reader(client: FrontClient) -> Iterator[Reader]:
    """Who has asked for more than the kernel takes for him."""
    with client.connect() as connection:
        connection.sendall(asked(target="/dump.nq") * 8)
        yield Reader(connection)


def read_to_the_end(reader: Reader) -> int:
    """How many whole answers there are for *reader*, up to eight."""
    whole = 0
    with suppress(ConnectionError, http.client.IncompleteRead):
        while whole < 8:
            answer = received(reader)
            assert answer
            assert answer.data.endswith(b".\n")
            whole += 1
            threading.Event().wait(0.1)
    return whole


def test_answers_that_nobody_takes_do_not_fill_the_memory(client: FrontClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has let them wait longest is hung up on, so that others are answered."""
    monkeypatch.setattr("workplan.web.connection.MAX_UNSENT", 8_000_000)

    def unsent() -> int:
        return sum(each._unsent for each in client.state.connections)

    with slow_reader(client) as first:
        assert eventually(lambda: unsent() > 1_000_000)
        with slow_reader(client), slow_reader(client):
            assert eventually(lambda: len(client.state.connections) < 3)
            assert eventually(lambda: unsent() <= 8_000_000)
            assert client.get("/dump.nq").data.endswith(b".\n")
            assert read_to_the_end(first) < 8


def test_who_does_not_take_an_answer_is_not_waited_for(client: FrontClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """While who takes it in his time gets it whole."""
    for name in ("MAX_IDLE_SECONDS", "MAX_REQUEST_SECONDS", "LOOK_SECONDS"):
        monkeypatch.setattr(f"workplan.web.connection.{name}", 0.5)
    with slow_reader(client) as stalled, slow_reader(client) as slow:
        assert read_to_the_end(slow) == 8
        assert eventually(lambda: not client.state.connections)
        assert read_to_the_end(stalled) < 8


def test_connections_beyond_what_a_process_can_hold_are_refused(
    client: FrontClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the time to come back; those that are there go on."""
    monkeypatch.setattr("workplan.web.connection._MOST_CONNECTIONS", 1)
    with client.connect() as first:
        first.sendall(asked())
        assert received(first)
        with client.connect() as second:
            answer = received(second)
            assert answer
            assert answer.status_code == 503
            assert answer.headers["Retry-After"]
        first.sendall(asked())
        assert received(first)


def test_a_failure_of_the_front_is_told_like_any_other(
    client: FrontClient, front: Front, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without what happened inside, which the log has; and it counts as an answer."""

    def fail(*_: object) -> None:
        raise RuntimeError("a secret")

    with monkeypatch.context() as broken:
        broken.setattr("workplan.web.front.call", fail)
        answer = client.get("/ca/", headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert "inside the service" in answer.get_json()["detail"]
    assert "secret" not in answer.text
    assert "a secret" in caplog.text
    assert client.get("/ca/").status_code == 200
    # A request is counted once its client has the answer.
    assert eventually(lambda: front._figures.summed().in_progress == 0)
