"""Folders for a while: a process's own in the temporary directory, gone with it even where it was killed.

Who makes one holds a lock on it, which ends with the process, and clears those that nobody holds any more. It may not
clear one whose maker lives, whoever's it is.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp
from typing import Final

_PREFIX: Final = "workplan-run-"


class TemporaryFolder:
    """A folder at *path* that nobody else may read, until it is closed or this process ends.

    Its path is short, for the address of a Unix socket has 108 bytes at most.
    """

    def __init__(self) -> None:
        _clear()
        while True:
            self.path = Path(mkdtemp(prefix=_PREFIX))
            lock = _locked(self.path)
            # Who clears may come in between and take it for one that is left.
            if lock is not None:
                self._lock = lock
                return

    def close(self) -> None:
        """Take the folder away with all that it holds."""
        rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def _clear() -> None:
    """Take away the folders that killed processes of this user have left."""
    for path in Path(gettempdir()).glob(f"{_PREFIX}*"):
        lock = _locked(path)
        if lock is not None:
            rmtree(path, ignore_errors=True)
            os.close(lock)


def _locked(path: Path) -> int | None:
    """A descriptor of this user's folder at *path* that holds its lock; None where another process does."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_uid == os.geteuid() and os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except OSError:
            pass
        os.close(descriptor)
    return None
