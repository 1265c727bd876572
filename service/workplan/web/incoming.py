"""A request as it came, made fit to be read.

Of all that it holds only its host is judged here, since that is read before any view is: where Flask runs without the
connection of ours, which refuses a wrong host itself, this does.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote_from_bytes

import flask
from werkzeug.datastructures import ImmutableMultiDict

from workplan.model.errors import N_, BadRequest

from .grammar import is_host

IGNORED: Final = "workplan.ignored"
"""Whether the environment's request has parameters that the view did not read, once it has answered."""

NO_HOST = N_("La petició ha de tenir una sola capçalera Host, amb el nom d'una màquina.")

ASCII: Final = bytes(range(0x21, 0x7F))
"""What may stand in an address as it is."""


class Parameters(ImmutableMultiDict[str, str]):
    """Parameters that know which of them have not been *read*."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._unread = set(super().__iter__())

    @property
    def has_unread(self) -> bool:
        """Whether any was neither looked up nor come upon by who went through them all."""
        return bool(self._unread)

    def __getitem__(self, name: str) -> str:
        """See MultiDict."""
        self._unread.discard(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        """See dict."""
        self._unread -= {name}
        return super().__contains__(name)

    def getlist(self, name: str, *options: Any) -> list[Any]:
        """See MultiDict."""
        self._unread.discard(name)
        return super().getlist(name, *options)

    def __iter__(self) -> Iterator[str]:
        """See dict."""
        self._unread.clear()
        return super().__iter__()

    def keys(self) -> Any:
        """See dict."""
        self._unread.clear()
        return super().keys()

    def items(self, *options: Any, **more: Any) -> Any:
        """See MultiDict."""
        self._unread.clear()
        return super().items(*options, **more)

    def lists(self) -> Any:
        """See MultiDict."""
        self._unread.clear()
        return super().lists()


class Request(flask.Request):
    """A request whose query string is ASCII, as RFC 3986 wants: a client may have sent any bytes.

    *has_wrong_host* says that it named no machine, and is taken for one that named none.
    """

    parameter_storage_class = Parameters

    def __init__(self, environ: dict[str, Any], *arguments: Any, **options: Any) -> None:
        host = environ.get("HTTP_HOST")
        self.has_wrong_host = bool(host) and not is_host(str(host))
        if self.has_wrong_host:
            del environ["HTTP_HOST"]
        super().__init__(environ, *arguments, **options)
        if not self.query_string.isascii():
            self.query_string = quote_from_bytes(self.query_string, safe=ASCII).encode()

    @cached_property
    def host_url(self) -> str:
        """Where this site is, as it may stand in a header: werkzeug would write an internationalised name out."""
        return f"{self.scheme}://{self.host.lower()}/"

    @cached_property
    def base_url(self) -> str:
        """The address without what follows its path, of this site as *host_url* has it."""
        return self.host_url.rstrip("/") + super().base_url.removeprefix(super().host_url.rstrip("/"))


def note_ignored(response: flask.Response) -> flask.Response:
    """*response*, once it is noted whether the request has parameters that had no say in it."""
    request = flask.request
    request.environ[IGNORED] = bool(request.query_string) and request.args.has_unread  # type: ignore[attr-defined]
    return response


def refuse_wrong_host() -> None:
    """Raise BadRequest where this request names a host that is none."""
    if flask.request.has_wrong_host:  # type: ignore[attr-defined]  # the class above
        raise BadRequest(NO_HOST)
