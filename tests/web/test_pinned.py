"""Older releases, of which few are held at a time: everybody's turn comes, and at the moment that was promised."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from releases import release_like
from workplan.release.build import Release
from workplan.web import create_app
from workplan.web.releases import KEPT, TERM_SECONDS, sources, sources_of
from workplan.web.service import open_service

MARK = b"Retransmitir"


class Clock:
    """A clock that is set by hand."""

    now = 1_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """By which the releases take turns."""
    clock = Clock()
    monkeypatch.setattr("workplan.web.releases.time.monotonic", clock)
    return clock


@pytest.fixture(scope="module")
def releases(release: Release, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sequence[str]]:
    """A folder of several releases, and the versions of those that are not in service."""
    folder = tmp_path_factory.mktemp("several") / "releases"
    shutil.copytree(release.folder.parent, folder)
    words = (b"one", b"two", b"three", b"four", b"five")
    older = [release_like(release, folder, lambda data, word=word: data.replace(MARK, word)) for word in words]
    return folder, [each.version for each in older]


@pytest.fixture
def versions(releases: tuple[Path, Sequence[str]]) -> Sequence[str]:
    """The older releases."""
    return releases[1]


@pytest.fixture
def app(releases: tuple[Path, Sequence[str]]) -> Iterator[Flask]:
    """The application over them."""
    app = create_app(open_service(None, releases[0], None))
    yield app
    sources_of(app).close()


def ask(client: FlaskClient, version: str) -> int:
    """The seconds after which to come again for *version*; none where it answers."""
    answer = client.get(f"/releases/{version}/query/plans.csv")
    assert answer.status_code in (200, 503)
    return int(answer.headers["Retry-After"]) if answer.status_code == 503 else 0


def test_who_asks_for_two_keeps_nobody_from_a_third(client: FlaskClient, clock: Clock, versions: Sequence[str]) -> None:
    """However often he asks; and then he waits for his turn as well."""
    first, second, third, *_ = versions
    assert [ask(client, first), ask(client, second)] == [0, 0]
    wait = ask(client, third)
    assert 0 < wait <= TERM_SECONDS
    for _ in range(wait):
        assert [ask(client, first), ask(client, second)] == [0, 0]
        clock.now += 1
        ask(client, first)
    assert ask(client, third) == 0
    waits = {version: ask(client, version) for version in (first, second)}
    assert sorted(map(bool, waits.values())) == [False, True]
    clock.now += max(waits.values())
    assert [ask(client, version) for version, wait in waits.items() if wait] == [0]


def test_everybody_is_answered_at_the_moment_that_was_promised(
    client: FlaskClient, clock: Clock, versions: Sequence[str]
) -> None:
    """Whoever comes as told, while the others come every second."""
    promised = {version: clock.now + ask(client, version) for version in versions}
    assert sum(moment == clock.now for moment in promised.values()) == KEPT
    answered = {version for version, moment in promised.items() if moment == clock.now}
    while len(answered) < len(versions):
        clock.now += 1
        for version in answered:
            ask(client, version)
        for version, moment in promised.items():
            if version not in answered and clock.now >= moment:
                assert ask(client, version) == 0
                answered.add(version)
    assert clock.now <= 1_000 + TERM_SECONDS * len(versions)


def test_a_release_stays_open_until_who_asks_it_is_answered(
    app: Flask, client: FlaskClient, clock: Clock, versions: Sequence[str]
) -> None:
    """Though its turn is over."""
    with app.test_request_context():
        held = sources().pinned(versions[0])
        with app.test_request_context():
            sources().pinned(versions[1])
            clock.now += TERM_SECONDS + 1
            assert ask(client, versions[2]) == held.config.limits.seconds
    assert ask(client, versions[2]) == 0


def test_who_never_comes_back_is_not_waited_for(client: FlaskClient, clock: Clock, versions: Sequence[str]) -> None:
    """His place is the next one's."""
    for version in versions:
        ask(client, version)
    clock.now += 10 * TERM_SECONDS
    assert ask(client, versions[4]) == 0


def test_what_nobody_else_wants_stays_open(
    app: Flask, client: FlaskClient, clock: Clock, versions: Sequence[str]
) -> None:
    """Reading a release takes a while."""
    for _ in range(5):
        assert [ask(client, version) for version in versions[:KEPT]] == [0] * KEPT
        clock.now += TERM_SECONDS
    with app.test_request_context():
        engine = sources().pinned(versions[0]).engine
        clock.now += TERM_SECONDS
        assert sources().pinned(versions[0]).engine is engine
