"""Takes from a process what running somebody's query does not need: network, files, programs, memory without end.

The kernel keeps these promises (`setrlimit(2)`, `seccomp(2)` with a filter), whatever the engine does. The filter is
written for x86-64 and aarch64 Linux; elsewhere only the limits hold, and `confine` says so.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_MODE_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_DENY: Final = 0x00050000 | errno.EACCES
_AF_UNIX: Final = 1
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_SECOND_NUMBERING: Final = 0x40000000  # x86-64 has every call twice; the other numbering is not used


@dataclass(frozen=True, slots=True)
class _Machine:
    """What a filter has to know of a processor: its audit number, and its numbers of system calls."""

    audit: int
    socket: int
    open: int | None
    openat: int
    programs: tuple[int, ...]
    denied: tuple[int, ...]


# programs: execve, execveat. denied: ptrace, process_vm_readv, process_vm_writev, io_uring_setup, open_by_handle_at,
# mount, bpf, openat2, creat, kill, pidfd_send_signal are the same idea on both machines; only the numbers differ.
_MACHINES: Final = {
    "x86_64": _Machine(0xC000003E, 41, 2, 257, (59, 322), (101, 310, 311, 425, 304, 165, 321, 437, 85, 62, 424)),
    "aarch64": _Machine(0xC00000B7, 198, None, 56, (221, 281), (117, 270, 271, 425, 265, 40, 280, 437, 129, 424)),
}


@dataclass(frozen=True, slots=True)
class Confinement:
    """What a process may still do.

    Attributes:
        memory_bytes: how much address space it may add to what it has now; None for any.
        network: whether it may open network connections.
        reading: whether it may open files, for reading only.
        writing: whether it may also write files.
        programs: whether it may start other programs, which are confined as it is.
    """

    memory_bytes: int | None = None
    network: bool = False
    reading: bool = False
    writing: bool = False
    programs: bool = False


def confine(what: Confinement) -> bool:
    """Confine this process from now on; there is no way back. Return whether the kernel's filter is in force.

    Raises:
        OSError: the kernel refused a limit or the filter.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not what.writing:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if what.memory_bytes is not None:
        most = _address_space() + what.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    machine = _MACHINES.get(platform.machine())
    if not sys.platform.startswith("linux") or machine is None:
        return False
    _install(_filter(machine, what))
    return True


def _address_space() -> int:
    """Return the bytes of address space this process has now."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def _filter(machine: _Machine, what: Confinement) -> list[tuple[int, int, int, int]]:
    """Return the filter as BPF instructions (code, jump if true, jump if false, operand)."""
    load, equal, at_least, any_of, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    number, arch, first, second, third = 0, 4, 16, 24, 32
    rules: list[list[tuple[int, int, int, int]]] = []
    for call in machine.denied if what.programs else (*machine.programs, *machine.denied):
        rules.append([(equal, 0, 1, call), (answer, 0, 0, _DENY)])
    if not what.network:
        rules.append(
            [
                (equal, 0, 4, machine.socket),
                (load, 0, 0, first),
                (equal, 1, 0, _AF_UNIX),
                (answer, 0, 0, _DENY),
                (answer, 0, 0, _ALLOW),
            ]
        )
    if not what.writing:
        opens = [(machine.openat, third)] + ([] if machine.open is None else [(machine.open, second)])
        for call, flags in opens:
            if not what.reading:
                rules.append([(equal, 0, 1, call), (answer, 0, 0, _DENY)])
            else:
                rules.append(
                    [
                        (equal, 0, 4, call),
                        (load, 0, 0, flags),
                        (any_of, 0, 1, _WRITING),
                        (answer, 0, 0, _DENY),
                        (answer, 0, 0, _ALLOW),
                    ]
                )
    program = [(load, 0, 0, arch), (equal, 1, 0, machine.audit), (answer, 0, 0, _DENY), (load, 0, 0, number)]
    program += [(at_least, 0, 1, _SECOND_NUMBERING), (answer, 0, 0, _DENY)]
    for rule in rules:
        program += rule
    return [*program, (answer, 0, 0, _ALLOW)]


def _install(program: list[tuple[int, int, int, int]]) -> None:
    packed = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(packed, len(packed))

    class _Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    filter_ = _Program(len(program), ctypes.cast(buffer, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in (
        (_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(filter_), 0, 0),
    ):
        if libc.prctl(*arguments) != 0:
            code = ctypes.get_errno()
            raise OSError(code, f"the kernel refused to confine the process: {os.strerror(code)}")
