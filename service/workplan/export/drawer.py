"""The process that draws: it reads what to draw from its standard input and writes pictures to its standard output.

Vega is a program of its own that takes a second to start, holds the interpreter while it works and could load what a
description names; so it runs here, alone, without a network where the system lets it, and nobody waits for it but who
wants a picture. It ends by itself when nobody has asked for one for a while. It may not read any file or address.
"""

import json
import os
import select
import struct
from typing import Final

from workplan.engine.processes import be_first_to_go, leave_network

IDLE: Final = 60.0
"""Seconds without work after which the process ends: it holds some 100 MB."""

HEAD: Final = struct.Struct(">BI")
"""What goes before each message: whether it went well (1), and the bytes that follow."""

_ADDRESSES: Final = frozenset(("url", "href", "image", "src"))
"""Keys of Vega-Lite by which a description would name what is outside it."""

_NICENESS: Final = 5
"""A picture may wait; a query may not."""


def main() -> None:
    """Draw until nobody asks any more."""
    leave_network()
    be_first_to_go()
    os.nice(_NICENESS)
    answers = os.dup(1)
    # Whatever the libraries print would be taken for an answer.
    os.dup2(2, 1)
    while select.select([0], [], [], IDLE)[0]:
        head = _read(HEAD.size)
        if len(head) < HEAD.size:
            return
        asked = json.loads(_read(HEAD.unpack(head)[1]))
        try:
            is_done, body = 1, _drawn(asked)
        except ValueError as error:
            is_done, body = 0, str(error).encode()
        with os.fdopen(os.dup(answers), "wb") as out:
            out.write(HEAD.pack(is_done, len(body)) + body)


def _drawn(asked: dict[str, object]) -> bytes:
    """The SVG of the description ``spec``, or the PNG of the drawing ``svg`` at ``scale``."""
    import vl_convert  # a second and 100 MB: only once there is something to draw

    if "spec" in asked:
        refuse_addresses(asked["spec"])
        # No address is on the list either.
        return vl_convert.vegalite_to_svg(asked["spec"], allowed_base_urls=[]).encode()  # type: ignore[arg-type]
    return vl_convert.svg_to_png(str(asked["svg"]), scale=float(str(asked["scale"])))


def refuse_addresses(spec: object) -> None:
    """Raise ValueError where *spec* names anything to load or to lead to: data stand within it or nowhere."""
    if isinstance(spec, dict):
        named = _ADDRESSES.intersection(spec)
        if named:
            raise ValueError(f"a chart may not have: {', '.join(sorted(named))}")
        for value in spec.values():
            refuse_addresses(value)
    elif isinstance(spec, list):
        for value in spec:
            refuse_addresses(value)


def _read(size: int) -> bytes:
    """*size* bytes of the standard input, or fewer where it ends before."""
    parts = bytearray()
    while len(parts) < size:
        part = os.read(0, size - len(parts))
        if not part:
            break
        parts += part
    return bytes(parts)


if __name__ == "__main__":
    main()
