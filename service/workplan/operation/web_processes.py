"""The web processes of a service: started, started again where one dies, and ended.

It may not know what they serve.
"""

from collections.abc import Callable, Mapping
from socket import socket
from types import MappingProxyType
from typing import Any, Final

from uvicorn import Config
from uvicorn.supervisors import Multiprocess

SETTINGS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "interface": "asgi3",
        "lifespan": "off",
        "ws": "none",
        # What is logged, and which proxies are believed, is the application's business.
        "log_config": None,
        "access_log": False,
        "proxy_headers": False,
        "server_header": False,
        # The connection writes it: here it would stand still while the service ends.
        "date_header": False,
    }
)
"""What uvicorn is to do and to leave alone."""


class WebProcesses(Multiprocess):
    """So many processes as *config* says, which share the listening *sockets*; *renew* is called on SIGHUP."""

    def __init__(self, config: Config, sockets: list[socket], renew: Callable[[], None]) -> None:
        super().__init__(config, sockets)
        self._renew = renew

    def handle_hup(self) -> None:
        """See to new settings; starting all processes anew, as uvicorn would, loses the requests that they answer."""
        self._renew()
