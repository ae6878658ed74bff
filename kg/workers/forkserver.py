"""The one process that forks all zygotes, as the server sees it: started with the first, and ended with the server."""

from __future__ import annotations

import atexit
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_FAREWELL: Final = 5.0
"""Seconds in which a process that is told nothing any more ends by itself, and those that it has forked before it."""


@dataclass(frozen=True, slots=True)
class Forked:
    """A process that was asked for: the number that it is ordered by, and a socket to talk to it."""

    number: int
    socket: socket.socket


class ForkServer:
    """Has processes forked; may be used by any thread."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        """The process id, None where it has not been started."""
        return self._process.pid if self._process is not None else None

    def fork(self) -> Forked:
        """Return a process that becomes a zygote: see `kg.workers.zygote.become_zygote`.

        Raises:
            OSError: no process can be started.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs, self._lock:
                number = next(self._numbers)
                order = json.dumps({"fork": number}).encode() + b"\n"
                try:
                    socket.send_fds(self._living(), [order], [theirs.fileno()])
                except (BrokenPipeError, ConnectionResetError):  # somebody has ended it: the next one is as good
                    self._end()
                    socket.send_fds(self._living(), [order], [theirs.fileno()])
        except OSError:
            ours.close()
            raise
        return Forked(number, ours)

    def kill(self, forked: Forked) -> None:
        """End a process, if it lives; it has ended when its socket closes."""
        with self._lock:
            if self._control is not None:
                try:
                    self._control.sendall(json.dumps({"kill": forked.number}).encode() + b"\n")
                except (BrokenPipeError, ConnectionResetError):  # the kernel ended what it forked when it ended itself
                    self._end()

    def close(self) -> None:
        """End the process, and so all that it has forked."""
        with self._lock:
            self._end()

    def _living(self) -> socket.socket:
        if self._control is None:
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "kg.workers.preloaded", str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    # glibc reserves 64 MiB of address space, which is what is limited, for each thread that allocates.
                    # Our settings, the token among them, are none of a worker's business. A process that forks has one
                    # thread; the library of arrays would start more.
                    env={**_foreign(os.environ), "MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                )
            self._control = ours
        return self._control

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(_FAREWELL)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def _foreign(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith("KG_")}


FORK_SERVER: Final = ForkServer()
"""That of this process."""

atexit.register(FORK_SERVER.close)
