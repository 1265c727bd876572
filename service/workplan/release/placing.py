"""Files and folders put in their place in one move, once the disk has them.

Whatever happens to the program or the machine meanwhile, what stands there is what stood there before or what comes
after, whole. It may not know what they hold.
"""

import ctypes
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2


def write_file(path: Path, content: bytes) -> None:
    """Write *content* to a new file at *path*, and have the disk keep it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write *files*, given by their path, into the empty *folder*, and have the disk keep them and their names."""
    folders = {folder}
    for name, content in files.items():
        below = (folder / name).parent
        below.mkdir(mode=0o755, exist_ok=True)
        folders.add(below)
        write_file(folder / name, content)
    for each in folders:
        sync(each)


def replace_file(path: Path, unfinished: Path, content: bytes) -> None:
    """Put *content* at *path*, by way of the file *unfinished* beside it."""
    write_file(unfinished, content)
    unfinished.replace(path)
    sync(path.parent)


def place_folder(unfinished: Path, target: Path) -> None:
    """Put the folder *unfinished* at *target*; one that is there already takes its place."""
    if target.exists():
        _exchange(unfinished, target)
    else:
        unfinished.rename(target)
    sync(target.parent)


def sync(folder: Path) -> None:
    """Have the disk keep which files *folder* holds."""
    with opened(folder) as descriptor:
        os.fsync(descriptor)


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    """A descriptor of *folder*, to be synced or locked."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _exchange(one: Path, other: Path) -> None:
    """Let *one* and *other* change places, in a single move where the system has one (renameat2(2))."""
    exchange = getattr(ctypes.CDLL(None), "renameat2", None)
    if exchange and not exchange(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE):
        return
    aside = one.with_name(f"{one.name}-aside")
    other.rename(aside)
    one.rename(other)
    aside.rename(one)
