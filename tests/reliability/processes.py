"""What a server's processes use: read from /proc, so for Linux alone."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def supported() -> bool:
    """Tell whether processes can be watched here."""
    return (_PROC / "self" / "smaps_rollup").exists()


def zombies(root: int) -> int:
    """Return how many processes of a process's session have ended without anybody asking how."""
    found = 0
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                fields = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()
                found += fields[0] == "Z" and int(fields[3]) == root and int(entry.name) != root
    return found


def shown(root: int) -> str:
    """Return the processes below a process, for a message: each with its parent and what it was started as."""
    lines = []
    for pid in sorted(tree(root)):
        with contextlib.suppress(OSError, IndexError):
            parent = (_PROC / str(pid) / "stat").read_text("utf-8").rpartition(")")[2].split()[1]
            command = (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            lines.append(f"{pid} below {parent}: {command[:200]}")
    return "\n".join(lines)


def settled(condition: Callable[[], bool], seconds: float) -> bool:
    """Tell whether something comes to hold within some seconds."""
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return holds


def tree(root: int) -> set[int]:
    """Return the living processes that a process has started, itself included."""
    parents: dict[int, tuple[int, int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                state, parent, _, session = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()[:4]
                if state not in "ZX":
                    parents[int(entry.name)] = (int(parent), int(session))
    found = {pid for pid, (_, session) in parents.items() if root in {pid, session}}
    grown = True
    while grown:
        more = {pid for pid, (parent, _) in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found


def memory(root: int) -> int:
    """Return the bytes of memory that a process and those below it hold; what they share counts once."""
    return sum(_proportional(pid) for pid in tree(root))


def _proportional(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text("utf-8").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return 0


def processor_seconds(root: int) -> float:
    """Return the processor time that a process and the living ones below it have used."""
    return sum(_used(pid) for pid in tree(root))


def _used(pid: int) -> float:
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = (_PROC / str(pid) / "stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0


def busy_share(root: int, seconds: float) -> float:
    """Return how many processors these processes use, measured for some seconds."""
    before = {pid: _used(pid) for pid in tree(root)}
    began = time.monotonic()
    time.sleep(seconds)
    spent = sum(_used(pid) - before.get(pid, 0.0) for pid in tree(root))
    return spent / (time.monotonic() - began)


def descriptors(pid: int, *, but: str = "\0") -> int:
    """Return how many files and sockets a process has open, without those whose name ends in a certain way."""
    found = 0
    for entry in (_PROC / str(pid) / "fd").iterdir():
        with contextlib.suppress(OSError):
            found += not str(entry.readlink()).removesuffix(" (deleted)").endswith(but)
    return found


def unnamed_files(pid: int) -> int:
    """Return how many files without a name a process has open: large answers wait in such files."""
    found = 0
    for entry in (_PROC / str(pid) / "fd").iterdir():
        with contextlib.suppress(OSError):
            found += str(entry.readlink()).endswith(" (deleted)")
    return found


def end(root: int) -> None:
    """Kill a process that we have started, and those below it: itself first, or it could still tell of their ends."""
    for pid in sorted(tree(root), key=lambda pid: pid != root):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


class Watch:
    """Samples the memory of a process and those below it, and kills them beyond a bound."""

    def __init__(self, root: int, bound: int | None = None, pause: float = 0.2) -> None:
        self.peak = 0
        self.killed = False
        self._root, self._bound, self._pause = root, bound, pause
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @contextlib.contextmanager
    def watching(self) -> Iterator[Watch]:
        """Sample as long as the context lasts."""
        self._thread.start()
        try:
            yield self
        finally:
            self.stop()

    def start(self) -> Watch:
        """Begin to sample."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End sampling."""
        self._over.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._over.wait(self._pause):
            held = memory(self._root)
            self.peak = max(self.peak, held)
            if self._bound is not None and held > self._bound:
                self.killed = True
                end(self._root)
                return
