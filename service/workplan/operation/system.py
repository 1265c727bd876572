"""What the system lets the service have, and whether that is enough; said before anything starts.

It may not change what the system allows, but for taking all of it.
"""

from typing import Final

from workplan.engine.processes import address_space_allowed, allow_descriptors, allowed_descriptors
from workplan.engine.query import Limits
from workplan.model.errors import N_, Clause, SystemLimitTooLow

DESCRIPTORS: Final = 16 * 1024
"""Files and connections that each process may have open; many systems begin at 1,024, which one client can use up."""

MAX_CONNECTIONS: Final = 4096
"""Connections of one web process; beyond them clients are told to come back, and not just dropped by the system."""

_RESERVED: Final = 128
"""Descriptors of a web process beside those of its connections: of its threads' channels, lent workers, files."""

_LEAST_CONNECTIONS: Final = 64
"""With fewer a few browsers would have all of them."""

_LEAST_SPACE: Final = 1024 * 1024 * 1024
"""Bytes of address space without which the threads of a web process do not start."""

_USUAL_SPACE: Final = 16 * 1024 * 1024 * 1024
"""Bytes of address space that what draws charts lays claim to, though it hardly uses any."""


def connections_with(descriptors: int) -> int:
    """How many clients a process can serve that may have so many *descriptors*: each may need one to the pool too."""
    return (descriptors - _RESERVED) // 2


def _descriptors_for(connections: int) -> int:
    return 2 * connections + _RESERVED


def check_system(limits: Limits) -> list[Clause]:
    """What the system lets the service have less of than it can use, for queries of *limits*.

    Raises SystemLimitTooLow where it cannot work with that.
    """
    allow_descriptors(DESCRIPTORS)
    found = []
    allowed = allowed_descriptors()
    if connections_with(allowed) < _LEAST_CONNECTIONS:
        raise SystemLimitTooLow(
            N_(
                "El sistema deixa tenir oberts %(allowed)s fitxers i connexions a cada procés, i en calen almenys "
                "%(needed)s; apugeu-ne el límit (ulimit -n, o LimitNOFILE a la unitat de systemd)."
            ),
            allowed=allowed,
            needed=_descriptors_for(_LEAST_CONNECTIONS),
        )
    if connections_with(allowed) < MAX_CONNECTIONS:
        found.append(
            Clause(
                N_(
                    "El sistema deixa tenir oberts %(allowed)s fitxers i connexions a cada procés, de manera que cada "
                    "procés web atendrà %(connections)s connexions alhora; per a %(most)s en calen %(needed)s "
                    "(ulimit -n, o LimitNOFILE a la unitat de systemd)."
                ),
                {
                    "allowed": allowed,
                    "connections": connections_with(allowed),
                    "most": MAX_CONNECTIONS,
                    "needed": _descriptors_for(MAX_CONNECTIONS),
                },
            )
        )
    space = address_space_allowed()
    if space is not None and space < _LEAST_SPACE:
        raise SystemLimitTooLow(
            N_(
                "El sistema deixa a cada procés %(allowed)s bytes de memòria virtual, i en calen almenys %(needed)s; "
                "apugeu-ne el límit o traieu-lo (ulimit -v, o LimitAS a la unitat de systemd)."
            ),
            allowed=space,
            needed=_LEAST_SPACE,
        )
    if space is not None and space < _USUAL_SPACE + limits.memory:
        found.append(
            Clause(
                N_(
                    "El sistema deixa a cada procés %(allowed)s bytes de memòria virtual: consultes grosses i gràfics "
                    "poden fallar per això; traieu-ne el límit (ulimit -v, o LimitAS a la unitat de systemd), que el "
                    "de la memòria de debò és MemoryMax."
                ),
                {"allowed": space},
            )
        )
    return found
