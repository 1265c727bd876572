"""``workplan serve``: build if needed, then answer."""

import errno
import os
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from math import ceil
from pathlib import Path
from time import sleep

import click

from workplan.configuration import load_configuration
from workplan.engine.temporary import TemporaryFolder
from workplan.language import cli_language, sentence
from workplan.model.errors import N_, AddressInUse, DamagedRelease, DataInvalid, MissingFolder, UnreadableData
from workplan.operation import logs
from workplan.operation.succession import Succession
from workplan.operation.system import check_system
from workplan.release.build import is_up_to_date, servable_release
from workplan.release.sources import Home, load_home, releases_folder

from .build import make_release
from .options import home_option, out_option
from .words import _, example, missing_before_going_public

_READY_POLL_SECONDS = 0.05

_LAST_SECONDS = 5
"""How long after a query's own time a web process that is told to end may take to send its last answers."""

_LONGEST_SILENCE_SECONDS = 60
"""How long a web process may say nothing of itself before it is taken for hung: others may have the processors."""


_NOT_OURS = N_("No es pot servir a «%(host)s»: l'adreça no existeix en aquesta màquina.")


def _listening(host: str, port: int) -> socket.socket:
    """A socket bound to *port* of *host*; raises AddressInUse where there is none to be had."""
    try:
        family, kind, *_ignored, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except (socket.gaierror, UnicodeError) as error:
        raise AddressInUse(_NOT_OURS, host=host) from error
    except PermissionError as error:
        raise AddressInUse(
            N_("No teniu permís per servir al port %(port)s; trieu-ne un de 1024 o més amb --port."), port=port
        ) from error
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise AddressInUse(_NOT_OURS, host=host) from error
        raise AddressInUse(host=host, port=port) from error
    return bound


def _ensure_release(home: Home, folder: Path) -> None:
    """Make a release of *home* where the one in service is not up to date.

    Where one cannot be made the last whole one serves on; raises DataInvalid or UnreadableData where there is none.
    """
    if is_up_to_date(home, folder):
        return
    try:
        make_release(home, folder)
    except (DataInvalid, UnreadableData) as error:
        try:
            servable_release(folder)
        except (DamagedRelease, MissingFolder):
            raise error from None
        click.echo(sentence(error.text, error.values, cli_language()), err=True)


def _announce_when_ready(url: str) -> None:
    """Say on the last line where the service answers, once it does."""
    while True:
        try:
            with urllib.request.urlopen(f"{url}/health/live", timeout=5):  # noqa: S310 - our own address
                break
        except (urllib.error.URLError, OSError):
            sleep(_READY_POLL_SECONDS)
    click.echo(
        sentence(N_("El pla es pot consultar a %(url)s (Ctrl+C per aturar el servei)"), {"url": url}, cli_language())
    )


@contextmanager
def _shared_folder() -> Iterator[Path]:
    """A folder of this service's own, by which its processes tell each other how things stand."""
    with closing(TemporaryFolder()) as folder:
        os.environ["WORKPLAN_SHARED"] = str(folder.path)
        yield folder.path


@click.command(
    short_help=_("Serveix el pla amb un servidor de producció."),
    help=_("Fa una publicació, si cal, i la serveix amb un servidor de producció."),
    epilog=example("workplan serve --home vallbona --port 8080"),
)
@click.option("--host", default="127.0.0.1", show_default=True, metavar=_("ADREÇA"), help=_("L'adreça on s'escolta."))
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    metavar=_("NÚMERO"),
    help=_("El port on s'escolta."),
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    metavar=_("NÚMERO"),
    help=_("Quants processos web."),
)
@click.option(
    "--store",
    metavar="URL",
    envvar="WORKPLAN_STORE",
    help=_("Pregunta a aquest punt SPARQL 1.1, que té carregada la publicació, i no al magatzem propi."),
)
@home_option
@out_option
def serve(host: str, port: int, workers: int, store: str | None, root: Path | None, out: Path | None) -> None:
    """Serve the home at *root* until told to stop."""
    # Other verbs need no web server.
    from uvicorn import Config

    from workplan.operation.web_processes import SETTINGS, WebProcesses

    home = load_home(root)
    config = load_configuration(home.root)
    if store:
        # Before the processes that would each refuse it.
        from workplan.engine.remote import RemoteEngine

        RemoteEngine(store, config.limits)
    folder = (out or releases_folder(home)).resolve()
    # Before a release is made, which takes a while.
    too_little = check_system(config.limits)
    bound = _listening(host, port)
    _ensure_release(home, folder)
    # The server's processes start anew and are told by the environment alone.
    os.environ |= {"WORKPLAN_HOME": str(home.root), "WORKPLAN_OUT": str(folder)}
    if store:
        os.environ["WORKPLAN_STORE"] = store
    logs.configure()
    for said in (sentence(each.text, each.values, cli_language()) for each in too_little):
        click.echo(said, err=True)
        logs.SETTINGS.warning(said)
    if said := missing_before_going_public(config):
        click.echo(said, err=True)
        logs.SETTINGS.warning(said, extra={"fields": {"missing": config.missing}})
    shown = f"[{host}]" if ":" in host else {"0.0.0.0": "127.0.0.1"}.get(host, host)  # noqa: S104 - only shown
    with (
        bound,
        _shared_folder() as shared,
        nullcontext() if store else closing(Succession(home.root, folder, shared)) as succession,
    ):
        threading.Thread(target=_announce_when_ready, args=(f"http://{shown}:{port}",), daemon=True).start()
        server = Config(
            "workplan.web:create_front",
            factory=True,
            http="workplan.web.connection:Connection",
            **SETTINGS,
            workers=workers,
            timeout_graceful_shutdown=ceil(config.limits.seconds) + _LAST_SECONDS,
            timeout_worker_healthcheck=_LONGEST_SILENCE_SECONDS,
        )
        WebProcesses(server, [bound], succession.renew if succession else lambda: None).run()
        if succession and succession.failure:
            raise succession.failure
