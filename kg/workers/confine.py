"""What a worker may not do: take more memory than its share, open a socket, outlive its parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from pathlib import Path
from typing import Final

_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
_LARGE_BLOCK: Final = 128 << 10
STACK: Final = 256 << 20
"""Bytes of stack that a worker has at most: parser and planner of the engine recurse as deep as a text nests."""

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_SECCOMP_MODE_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 13  # SECCOMP_RET_ERRNO with EACCES

_X32: Final = 0x40000000
_IO_URING_SETUP: Final = 425

# Architecture as the kernel names it, and the number of the system call `socket` there (Linux UAPI headers).
_SOCKET_CALL: Final = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}


def limit_memory(size: int) -> None:
    """Let the address space of this process grow by so many bytes and no more; what it has already does not count."""
    if not sys.platform.startswith("linux"):
        return
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + size
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def save_address_space() -> None:
    """Have threads share one heap: each would reserve 64 MiB of addresses otherwise, which count as memory here."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(AttributeError):  # another C library than that of GNU
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def give_back_memory() -> None:
    """Give the memory that is free in this process back to the kernel, where the C library can (glibc).

    Each revision that is opened and let go leaves holes in the heap: without this, a server grows by some 60 MiB before
    it fills them again.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(ctypes.c_size_t(0))


def keep_large_blocks_apart() -> None:
    """Have the C library (glibc) map what is large and give it back when it is freed, as it does at first.

    By itself it comes to take ever larger blocks from the heap, where each revision that was let go leaves holes.
    """
    if sys.platform.startswith("linux"):
        with contextlib.suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)


def end_with_parent(parent: int) -> None:
    """Have this process killed when its parent ends, even by SIGKILL."""
    if sys.platform.startswith("linux"):
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def name_process(name: str) -> None:
    """Have `ps` and `top` show the end of the name of a module, of 15 bytes, for a process that was forked (Linux)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(".".join(name.split(".")[-2:])[:15], encoding="ascii")


def be_expendable() -> None:
    """Have the kernel end this process before any other one where memory runs out: it can be done without (Linux)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def forbid_sockets() -> bool:
    """Have the kernel refuse every new socket, for good (seccomp, Linux); tell whether it does."""
    found = _SOCKET_CALL.get(platform.machine()) if sys.platform.startswith("linux") else None
    if found is None:
        return False
    architecture, call = found
    # Load the architecture; another one is refused all it asks. Load the call's number; refuse those of another way of
    # calling (x32), that of `socket`, and that by which calls can be made without calling (io_uring).
    program = b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in (
            (0x20, 0, 0, 4),
            (0x15, 0, 5, architecture),
            (0x20, 0, 0, 0),
            (0x35, 3, 0, _X32),
            (0x15, 2, 0, call),
            (0x15, 1, 0, _IO_URING_SETUP),
            (0x06, 0, 0, _ALLOW),
            (0x06, 0, 0, _REFUSE),
        )
    )
    buffer = ctypes.create_string_buffer(program)
    filter_ = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    pointer = ctypes.create_string_buffer(filter_)
    return _prctl(_PR_SET_NO_NEW_PRIVS, 1) and _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(pointer))


def freeze_descriptors() -> None:
    """Let this process open no file and no socket besides those that it has."""
    while (descriptor := os.open(os.devnull, os.O_RDONLY)) < _highest():
        pass  # fills a gap below the highest
    os.close(descriptor)
    limit = _highest() + 1
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))


def _highest() -> int:
    folder = "/proc/self/fd" if sys.platform.startswith("linux") else "/dev/fd"
    open_ones = (int(name) for name in os.listdir(folder))  # noqa: PTH208 - a name, not a path, is wanted
    return max(number for number in open_ones if _is_open(number))


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _prctl(*arguments: int) -> bool:
    call = ctypes.CDLL(None, use_errno=True).prctl
    padded = (*arguments, 0, 0, 0, 0)[:5]
    return int(call(ctypes.c_int(padded[0]), *(ctypes.c_ulong(argument) for argument in padded[1:]))) == 0
