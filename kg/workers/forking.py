"""A process of one thread that forks others as it is told, and ends with whoever tells it.

It is told over a socket, one JSON text a line: `{"fork": n}` with a descriptor for the child to talk through, and
`{"kill": n}`. It ends, and all of its children with it, when that socket closes.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
from collections.abc import Callable, Mapping
from typing import Any

from kg.workers.confine import end_with_parent

Work = Callable[[socket.socket], None]
"""What a child does with the socket that it is given, until that closes."""


class Forking:
    """Forks children, ends them, and notes how they have ended."""

    def __init__(self, control: socket.socket, work: Work) -> None:
        """Be told through a socket; a child's `work` runs in its process."""
        self.control = control
        self.numbers: dict[int, int] = {}
        """The children that live: their process ids, and the numbers that they were ordered by."""
        self._work = work
        self._buffer = b""
        self._descriptors: list[int] = []
        self._wake, self._waker = os.pipe()
        for end in (self._wake, self._waker):
            os.set_blocking(end, False)

    def run(self) -> None:
        """Serve until the socket closes."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        selector = selectors.DefaultSelector()
        selector.register(self.control, selectors.EVENT_READ)
        selector.register(self._wake, selectors.EVENT_READ)
        try:
            while True:
                ready = {key.fd for key, _ in selector.select()}
                if self._wake in ready:
                    os.read(self._wake, 4096)
                    self._reap()
                if self.control.fileno() in ready and not self._listen():
                    return
        finally:
            for pid in self.numbers:
                os.kill(pid, signal.SIGKILL)

    def obey(self, order: Mapping[str, Any]) -> None:
        """Carry out an order that is not to fork."""
        if (pid := self.pid_of(order.get("kill"))) is not None:
            os.kill(pid, signal.SIGKILL)

    def pid_of(self, number: int | None) -> int | None:
        """Return the process id of a child, None where it does not live."""
        return next((pid for pid, known in self.numbers.items() if known == number), None)

    def before_fork(self) -> None:
        """Be told that a child will be forked."""

    def forked(self, pid: int) -> None:
        """Be told that a child lives."""

    def in_child(self) -> None:
        """Let go, in a child, of what is none of its business, and fit it out."""

    def ended(self, number: int | None, pid: int, status: int) -> None:
        """Be told of the end of a process: a child, or one without a number that a child has left behind."""

    def _listen(self) -> bool:
        try:
            content, descriptors, _, _ = socket.recv_fds(self.control, 1 << 16, 64)
        except ConnectionResetError:  # closed, with words of ours that were not read
            return False
        self._descriptors += descriptors
        self._buffer += content
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            order = json.loads(line)
            if "fork" in order:
                self._fork(order["fork"], self._descriptors.pop(0))
            else:
                self.obey(order)
        return bool(content)

    def _fork(self, number: int, descriptor: int) -> None:
        self.before_fork()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_child(parent, descriptor)
        os.close(descriptor)
        self.numbers[pid] = number
        self.forked(pid)

    def _become_child(self, parent: int, descriptor: int) -> None:
        """Do the work in this process, which has just been forked, and end it."""
        status = 1
        try:
            end_with_parent(parent)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.in_child()
            self.control.close()
            for other in (self._wake, self._waker, *self._descriptors):
                os.close(other)
            self._work(socket.socket(fileno=descriptor))
            status = 0
        finally:
            os._exit(status)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self.ended(self.numbers.pop(pid, None), pid, status)
