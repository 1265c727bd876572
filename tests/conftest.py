"""What every test may want: a release of the shipped data, an application over it, a real server, a browser."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright

from served import FrontClient
from workplan.release.build import Release, build
from workplan.release.sources import Home, load_home
from workplan.web import create_app
from workplan.web.front import Front, Site
from workplan.web.service import Service, open_service

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET_BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of our own."""
    parser.addoption("--update-expected", action="store_true", help="write the expected answers anew; read the diff")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def home() -> Home:
    """The shipped home: XMESS's."""
    return load_home()


@pytest.fixture(scope="session")
def release(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release of the shipped data."""
    return build(home, tmp_path_factory.mktemp("releases"))


@pytest.fixture(scope="session")
def service(release: Release) -> Service:
    """The service over that release."""
    return open_service(None, release.folder.parent, None)


@pytest.fixture(scope="session")
def app(service: Service) -> Flask:
    """The application over that service."""
    return create_app(service)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of that application."""
    return app.test_client()


@pytest.fixture(scope="session")
def front(app: Flask) -> Front:
    """What stands before that application, without a pool."""
    return Front(Site(app), app.extensions["workplan.figures"])


@pytest.fixture
def front_client(front: Front) -> Iterator[FrontClient]:
    """A client of both."""
    client = FrontClient(front)
    yield client
    client.close()


@pytest.fixture(scope="session")
def command() -> list[str]:
    """The installed command ``workplan``."""
    found = shutil.which("workplan", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    assert found, "the package is not installed"
    return [found]


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """A port of this machine that nothing listens at."""

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            return port

    return find


def wait_for(url: str, process: subprocess.Popen[str], seconds: float = 30) -> None:
    """Return once *url* answers; fail where *process* ends first or *seconds* pass."""
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the server stopped: {process.communicate()}")
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            sleep(0.05)
    pytest.fail(f"no answer from {url}")


@pytest.fixture(scope="session")
def server(command: list[str], release: Release, free_port: Callable[[], int]) -> Iterator[str]:
    """A real server over the shipped data, as its users start it; yields its address."""
    port = free_port()
    process = subprocess.Popen(
        [*command, "serve", "--port", str(port), "--out", str(release.folder.parent)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    wait_for(f"{address}/health/ready", process)
    yield address
    process.terminate()
    process.communicate(timeout=20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium of this machine's own."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, f"none of {BROWSERS} is installed; `make test` installs one"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET_BROWSER)
        yield chromium
        chromium.close()
