"""The processor time that another process has had."""

from __future__ import annotations

import ctypes
import time


def clock_of(pid: int) -> int | None:
    """Return the clock of a process, None where there is none, or the system does not tell it (POSIX, not macOS)."""
    clock = ctypes.c_int()
    try:
        failed = ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock))
    except AttributeError:
        return None
    return None if failed else clock.value


def time_of(clock: int | None) -> float | None:
    """Return the seconds that a clock shows, None where it stands for nothing (any more)."""
    if clock is None:
        return None
    try:
        return time.clock_gettime(clock)
    except OSError:
        return None
