"""A program under the restrictions of a systemd unit, where no systemd runs: ``confined.py UNIT WRITABLE PROGRAM…``.

What the kernel does for systemd it does here: filters of system calls, limits, capabilities, a file system that is
read-only but for the folder WRITABLE. It needs libseccomp, as Debian's own tools do, and ``systemd-analyze``, which
tells what is in ``@system-service``. As another user than root it does without what only root may ask for.
"""

import ctypes
import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_PR_SET_NO_NEW_PRIVS, _PR_CAPBSET_DROP, _PR_SET_MDWE = 38, 24, 65
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000
_NE, _MASKED_EQ = 1, 7
_NAMESPACES: Final = {
    "mnt": 0x00020000,
    "cgroup": 0x02000000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}
_FAMILIES: Final = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}
_HIGHEST_FAMILY: Final = 46
_EXECUTABLE, _WRITABLE = 4, 2

_LIBRARY: Final = ctypes.CDLL("libseccomp.so.2", use_errno=True)
_LIBRARY.seccomp_init.restype = ctypes.c_void_p
_C: Final = ctypes.CDLL(None, use_errno=True)


class _Argument(ctypes.Structure):
    """A condition on an argument of a system call (seccomp.h)."""

    _fields_ = (
        ("number", ctypes.c_uint),
        ("comparison", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


class _Filter:
    """System calls that do what *otherwise* says, but for those that are told."""

    def __init__(self, otherwise: int) -> None:
        self._filter = ctypes.c_void_p(_LIBRARY.seccomp_init(ctypes.c_uint32(otherwise)))

    def add(self, action: int, name: str, *arguments: _Argument) -> None:
        """Have *name*, where its *arguments* are so, do *action*; a call that this machine has not is left out."""
        number = _LIBRARY.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            given = (_Argument * len(arguments))(*arguments)
            code = _LIBRARY.seccomp_rule_add_array(self._filter, ctypes.c_uint32(action), number, len(arguments), given)
            assert code == 0, (name, code)

    def load(self) -> None:
        """Hold to it from now on."""
        assert _LIBRARY.seccomp_load(self._filter) == 0


def settings_of(unit: Path) -> dict[str, str]:
    """The settings of the section ``Service`` of *unit*."""
    section = unit.read_text().partition("[Service]\n")[2].partition("\n[")[0]
    lines = (line.partition("=") for line in section.splitlines() if "=" in line and line[0] != "#")
    return {name.strip(): value.strip() for name, _, value in lines}


def _system_calls(group: str) -> Iterator[str]:
    """The system calls of *group*, as systemd has it."""
    told = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True)
    for line in map(str.strip, told.stdout.splitlines()[1:]):
        if line.startswith("@"):
            yield from _system_calls(line)
        elif line and line[0] != "#":
            yield line


def _prctl(*arguments: int) -> None:
    padded = [*arguments, 0, 0, 0, 0][:5]
    if _C.prctl(*map(ctypes.c_ulong, padded)) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {arguments}")


def _calls(action: int, *names: str) -> Callable[[str], None]:
    def apply(_: str) -> None:
        calls = _Filter(_ALLOW)
        for name in names:
            calls.add(action, name)
        calls.load()

    return apply


def _mask(value: str) -> None:
    os.umask(int(value, 8))


def _limit(kind: int) -> Callable[[str], None]:
    def apply(value: str) -> None:
        # Not every root may have more than it was given.
        with suppress(ValueError):
            resource.setrlimit(kind, (int(value), int(value)))

    return apply


def _restrict_families(value: str) -> None:
    calls = _Filter(_ALLOW)
    allowed = {_FAMILIES[name] for name in value.split()}
    for family in set(range(_HIGHEST_FAMILY)) - allowed:
        calls.add(_REFUSE | errno.EAFNOSUPPORT, "socket", _Argument(0, 4, family, 0))
    calls.load()


def _restrict_namespaces(value: str) -> None:
    allowed = [] if value == "yes" else value.split()
    calls = _Filter(_ALLOW)
    # Its arguments stand in memory, where no filter sees them; programs do without.
    calls.add(_REFUSE | errno.ENOSYS, "clone3")
    for name, flag in _NAMESPACES.items():
        if name not in allowed:
            for call in ("unshare", "clone"):
                calls.add(_REFUSE | errno.EPERM, call, _Argument(0, _MASKED_EQ, flag, flag))
    calls.load()


def _restrict_realtime(_: str) -> None:
    calls = _Filter(_ALLOW)
    for policy in (1, 2, 6):  # first in first out, in turns, by deadline
        calls.add(_REFUSE | errno.EPERM, "sched_setscheduler", _Argument(1, 4, policy, 0))
    calls.load()


def _restrict_set_id(_: str) -> None:
    calls = _Filter(_ALLOW)
    for call, number in (("chmod", 1), ("fchmod", 1), ("fchmodat", 2)):
        for bit in (0o4000, 0o2000):
            calls.add(_REFUSE | errno.EPERM, call, _Argument(number, _MASKED_EQ, bit, bit))
    calls.load()


def _lock_personality(_: str) -> None:
    calls = _Filter(_ALLOW)
    calls.add(_REFUSE | errno.EPERM, "personality", _Argument(0, _NE, 0, 0))
    calls.load()


def _filter_calls(group: str) -> None:
    calls = _Filter(_REFUSE | errno.EPERM)
    for name in set(_system_calls(group)):
        calls.add(_ALLOW, name)
    calls.load()


def _drop_capabilities(_: str) -> None:
    capability = 0
    # EINVAL beyond the last one.
    with suppress(OSError):
        while True:
            _prctl(_PR_CAPBSET_DROP, capability)
            capability += 1


def _be_read_only(settings: dict[str, str], writable: Path) -> None:
    """Have a file system of its own where only *writable* and a fresh /tmp can be written to."""
    if _C.unshare(_NAMESPACES["mnt"]) != 0:
        raise OSError(ctypes.get_errno(), "unshare")

    def mount(*options: str) -> None:
        subprocess.run(["mount", *options], check=True)

    mount("--make-rprivate", "/")
    if settings.get("PrivateTmp") == "yes":
        kept = os.open(writable, os.O_PATH)
        mount("-t", "tmpfs", "tmpfs", "/tmp")  # noqa: S108 - one of its own
        writable.mkdir(parents=True, exist_ok=True)
        # By the descriptor: what the path names now is another folder.
        mount("--no-canonicalize", "--bind", f"/proc/{os.getpid()}/fd/{kept}", str(writable))
        os.close(kept)
    if settings.get("ProtectSystem") == "strict":
        mount("--bind", str(writable), str(writable))
        mount("-o", "remount,bind,ro", "/")
    if "ProcSubset" in settings:
        mount("-t", "proc", "-o", f"subset={settings['ProcSubset']},hidepid={settings['ProtectProc']}", "proc", "/proc")


APPLIED: Final[dict[str, Callable[[str], None]]] = {
    "UMask": _mask,
    "LimitNOFILE": _limit(resource.RLIMIT_NOFILE),
    "LimitNICE": _limit(13),  # RLIMIT_NICE, which Python does not name
    "CapabilityBoundingSet": _drop_capabilities,
    "NoNewPrivileges": lambda _: _prctl(_PR_SET_NO_NEW_PRIVS, 1),
    "MemoryDenyWriteExecute": lambda _: _prctl(_PR_SET_MDWE, 1),
    "RestrictAddressFamilies": _restrict_families,
    "RestrictNamespaces": _restrict_namespaces,
    "RestrictRealtime": _restrict_realtime,
    "RestrictSUIDSGID": _restrict_set_id,
    "LockPersonality": _lock_personality,
    "ProtectClock": _calls(
        _REFUSE | errno.EPERM, "clock_settime", "settimeofday", "adjtimex", "clock_adjtime", "stime"
    ),
    "ProtectHostname": _calls(_REFUSE | errno.EPERM, "sethostname", "setdomainname"),
    "ProtectKernelLogs": _calls(_REFUSE | errno.EPERM, "syslog"),
    "ProtectKernelModules": _calls(_REFUSE | errno.EPERM, "init_module", "finit_module", "delete_module"),
    "SystemCallFilter": _filter_calls,
}
"""How each setting is had without systemd, in the order in which they can be."""

OF_ROOT: Final = frozenset(("CapabilityBoundingSet", "ProtectSystem", "PrivateTmp", "ProcSubset", "ProtectProc"))
"""Settings that only root can have without systemd."""

BY_SYSTEMD: Final = frozenset(
    (
        # What runs, when and as whom.
        *("Type", "ExecStart", "ExecReload", "Environment", "Restart", "RestartSec", "KillMode", "TimeoutStopSec"),
        *("User", "DynamicUser", "StateDirectory", "RemoveIPC", "OOMPolicy"),
        # A control group's.
        *("MemoryMax", "TasksMax"),
        # Parts of the file system that the service does not look at.
        *("ProtectHome", "PrivateDevices", "ProtectControlGroups", "ProtectKernelTunables", "PrivateNetwork"),
        # Said with another one.
        *("AmbientCapabilities", "SystemCallArchitectures", "SystemCallErrorNumber"),
    )
)
"""Settings that only systemd can hold a service to."""


def main(unit: str, writable: str, *program: str) -> None:
    """Become *program*, under the restrictions of *unit*."""
    settings = settings_of(Path(unit))
    is_root = os.geteuid() == 0
    if is_root:
        _be_read_only(settings, Path(writable))
    for name, apply in APPLIED.items():
        if name in settings and (is_root or name not in OF_ROOT):
            apply(settings[name])
    os.execvp(program[0], program)  # noqa: S606 - the very purpose


if __name__ == "__main__":
    main(*sys.argv[1:])
