"""What requests usually ask by: the names of this site, and the parameters that its views read.

A host that hardly anybody asks by, or a parameter that no view has ever read, makes an answer that nobody else will
want. There are endlessly many of them; so such requests share few threads, and their answers are not kept. It may not
refuse any: a link passed around has parameters of others, and a site has to get its first visitor.
"""

from typing import Final

MOST_HOSTS: Final = 16
"""Names by which a site is known at a time: its own, an old one, those of its watchers."""

MOST_CANDIDATES: Final = 256
"""Other names of which it is counted how often they were asked by."""

ENOUGH: Final = 20
"""Requests after which another name is known, in the place of the one that is asked by least."""

MOST_NAMES: Final = 1024
"""Parameters that are known; all views and questions together have some hundred."""


class Strangers:
    """Tells what is familiar; for one event loop."""

    def __init__(self) -> None:
        self._hosts: dict[bytes, int] = {}
        self._candidates: dict[bytes, int] = {}
        self._names: set[bytes] = set()

    def knows_host(self, host: bytes) -> bool:
        """Whether the site is known as *host*, by which this is another request."""
        if host in self._hosts:
            self._hosts[host] += 1
            return True
        if len(self._hosts) < MOST_HOSTS:
            self._hosts[host] = 1
            return True
        count = self._candidates.pop(host, 0) + 1
        if count >= ENOUGH:
            least = min(self._hosts, key=lambda known: self._hosts[known])
            del self._hosts[least]
            # From now on all are counted alike, whatever they were asked by in the past.
            self._hosts = dict.fromkeys((*self._hosts, host), 0)
            return True
        if len(self._candidates) >= MOST_CANDIDATES:
            del self._candidates[min(self._candidates, key=lambda each: self._candidates[each])]
        self._candidates[host] = count
        return False

    def knows_names(self, query_string: bytes) -> bool:
        """Whether some view reads every parameter of *query_string*."""
        return all(name in self._names for name in names_in(query_string))

    def learn_names(self, query_string: bytes) -> None:
        """Every parameter of *query_string* has been read by a view."""
        if len(self._names) < MOST_NAMES:
            self._names.update(names_in(query_string))


def names_in(query_string: bytes) -> set[bytes]:
    """The names of the parameters in *query_string*, as they were sent."""
    return {pair.partition(b"=")[0] for pair in query_string.split(b"&") if pair}
