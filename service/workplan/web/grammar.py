"""What a client may write, read before any library reads it: what is not so is refused, and nobody has to guess.

It may not answer.
"""

import re
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Final

_LONGEST_HOST: Final = 260
"""Characters of a name with its last dot, and of its port."""

_LONGEST_NAME: Final = 253
"""Characters of a name (RFC 1035, section 2.3.4)."""

_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PORT: Final = r"(?::([1-9][0-9]{0,4}))?"
_NAMED: Final = re.compile(rf"({_LABEL}(?:\.{_LABEL})*)\.?{_PORT}")
_BRACKETED: Final = re.compile(rf"\[([0-9A-Fa-f:.]{{2,45}})\]{_PORT}")
_HIGHEST_PORT: Final = 65_535


def is_host(text: str) -> bool:
    """Whether *text* names a machine as ``Host`` may: a name of letters, digits and hyphens, or an IP address.

    RFC 9110, section 7.2; of what RFC 3986 allows beside these no name of a machine is made. An internationalised
    name has to be one in each of its labels, too (RFC 5890).
    """
    return len(text) <= _LONGEST_HOST and _is_host(text)


@lru_cache(maxsize=256)
def _is_host(text: str) -> bool:
    for form, is_right in ((_NAMED, _is_name), (_BRACKETED, _is_ip6)):
        if found := form.fullmatch(text):
            return is_right(found[1]) and int(found[2] or 1) <= _HIGHEST_PORT
    return False


def _is_name(name: str) -> bool:
    if len(name) > _LONGEST_NAME:
        return False
    try:
        # Refuses labels that say they are internationalised and are not.
        name.encode().decode("idna")
    except UnicodeError:
        return False
    return True


def _is_ip6(address: str) -> bool:
    try:
        IPv6Address(address)
    except ValueError:
        return False
    return True
