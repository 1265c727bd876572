"""What the kernel tells of processes and does for them, each with a way out where a system lacks it.

It may not start or end one.
"""

import ctypes
import os
import resource
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_PR_SET_PDEATHSIG: Final = 1


def address_space(pid: int) -> int:
    """The bytes that the process *pid* has laid claim to; 0 where nobody can tell."""
    return _statm(pid, 0)


def resident(pid: int) -> int:
    """The bytes of memory that the process *pid* holds, shared ones included; 0 where nobody can tell."""
    return _statm(pid, 1)


def _statm(pid: int, column: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[column]) * resource.getpagesize()
    except (OSError, IndexError, ValueError):
        return 0


def address_space_allowed() -> int | None:
    """The bytes that this process, and all it starts, may lay claim to; None where there is no limit."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    return None if hard == resource.RLIM_INFINITY else hard


def memory_allowed(at_start: int, size: int) -> int:
    """How many of *size* bytes a process of *at_start* bytes may add to its address space: all, or what is left."""
    allowed = address_space_allowed()
    return size if allowed is None else max(0, min(size, allowed - at_start))


def processor_seconds(pid: int) -> float:
    """What the process *pid* has used of a processor; where nobody can tell, the clock stands in."""
    try:
        # clock_getcpuclockid(3) as Linux has it.
        return time.clock_gettime((~pid << 3) | 2)
    except (OSError, OverflowError):
        return time.monotonic()


def lower_priority(pid: int) -> None:
    """Let the process *pid* have only the processor time that nobody else wants."""
    try:
        os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
    except (AttributeError, OSError):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, 19)


def restore_priority(pid: int) -> bool:
    """Let the process *pid* have its share of the processors again; whether this process may grant that."""
    try:
        os.sched_setscheduler(pid, os.SCHED_OTHER, os.sched_param(0))
        return os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, 0)
    except (AttributeError, OSError):
        return False


def allowed_descriptors() -> int:
    """How many files and connections this process may have open."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def allow_descriptors(number: int) -> None:
    """Let this process, and all it starts, have *number* files and connections open, or as many as the system lets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = number if hard == resource.RLIM_INFINITY else min(number, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def leave_network() -> None:
    """Move this process, and all it forks, where there is no network, if the system lets it."""
    with suppress(AttributeError, OSError):
        unshare = ctypes.CDLL(None).unshare
        if unshare(_CLONE_NEWNET) != 0:
            unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def be_first_to_go() -> None:
    """Where the whole machine runs out of memory, the kernel shall take the largest of this one and its children."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")


def die_with_parent(number: int) -> None:
    """Have the signal *number* end this process when its parent ends; elsewhere than on Linux nothing happens."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
