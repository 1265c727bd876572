"""What a client would rather have, as ``Accept``, ``Accept-Language`` and ``Accept-Encoding`` say (RFC 9110, 12.5).

Clients write these headers in every way that HTTP has ever let pass, so that nothing in them is an error: what cannot
be read is passed over. It may not choose.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

LONGEST: Final = 4096
"""Characters of such a header that are read: the longest that RDF libraries send take a quarter of it."""

ANY: Final = "*"
"""The name that stands for all that are not named."""

_QUOTED: Final = r'"(?:[^"\\]|\\.)*"?'
_MEMBER: Final = re.compile(rf'(?:{_QUOTED}|[^,"])+', re.DOTALL)
_PART: Final = re.compile(rf'(?:{_QUOTED}|[^;"])+', re.DOTALL)
_QUALITY: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")


def preferences(header: str | None) -> Mapping[str, float]:
    """How much *header* wants each name in it, from 0 to 1, in its order; names are lower-case, without parameters.

    A name that is there several times, with other parameters perhaps, counts with its best quality.
    """
    return _read((header or "")[:LONGEST])


@lru_cache(maxsize=512)  # clients send few different headers
def _read(header: str) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for member in _MEMBER.findall(header):
        name, _, parameters = member.partition(";")
        name = name.strip().lower()
        if name:
            found[name] = max(found.get(name, 0.0), _quality(_PART.findall(parameters)))
    return MappingProxyType(found)


def _quality(parameters: list[str]) -> float:
    """The weight among *parameters*, within its bounds: the most where none can be read."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            text = value.strip(' \t"')
            return min(max(float(text), 0.0), 1.0) if _QUALITY.fullmatch(text) else 1.0
    return 1.0
