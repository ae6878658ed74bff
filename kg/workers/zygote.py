"""The process that holds a revision open and forks workers; one thread, and nothing that takes long.

It is told over a socket, one JSON text a line: `{"fork": n}` with a descriptor for the worker to talk through,
`{"kill": n}`, `{"demote": n}`. It says `{"ready": true}`, `{"forked": n, "pid": p}`, `{"demoted": n}` where that is for
one query (see `kg.workers.renewing`), `{"ended": n, "status": s, "said": "…"}`. It ends, and all of its workers with
it, when that socket closes.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from typing import IO, Any, Final

from kg.errors import KgError
from kg.workers.confine import end_with_parent, give_back_memory
from kg.workers.messages import error_head

Work = Callable[[socket.socket], None]
"""What a worker does with the socket that it is given, until that closes."""

_TAIL: Final = 4000


class Zygote:
    """Forks workers and ends them."""

    def __init__(self, control: socket.socket, work: Work) -> None:
        """Be told through a socket; a worker's `work` runs in its process."""
        self._control = control
        self._work = work
        self._numbers: dict[int, int] = {}
        self._errors: dict[int, IO[bytes]] = {}
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
        selector.register(self._control, selectors.EVENT_READ)
        selector.register(self._wake, selectors.EVENT_READ)
        self._say({"ready": True})
        try:
            while True:
                ready = {key.fd for key, _ in selector.select()}
                if self._wake in ready:
                    os.read(self._wake, 4096)
                    self._reap()
                if self._control.fileno() in ready and not self._listen():
                    return
        finally:
            for pid in self._numbers:
                os.kill(pid, signal.SIGKILL)

    def _listen(self) -> bool:
        try:
            content, descriptors, _, _ = socket.recv_fds(self._control, 1 << 16, 64)
        except ConnectionResetError:  # closed, with words of ours that were not read
            return False
        self._descriptors += descriptors
        self._buffer += content
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            order = json.loads(line)
            if "fork" in order:
                self._fork(order["fork"], self._descriptors.pop(0))
            for pid in [pid for pid, number in self._numbers.items() if number in (order.get("kill"),)]:
                os.kill(pid, signal.SIGKILL)
            for pid in [pid for pid, number in self._numbers.items() if number in (order.get("demote"),)]:
                if _demote(pid):
                    self._say({"demoted": order["demote"]})
        return bool(content)

    def _fork(self, number: int, descriptor: int) -> None:
        errors = _unnamed_file()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_worker(parent, descriptor, errors)
        os.close(descriptor)
        self._numbers[pid] = number
        self._errors[pid] = errors
        self._say({"forked": number, "pid": pid})

    def _become_worker(self, parent: int, descriptor: int, errors: IO[bytes]) -> None:
        """Do the work in this process, which has just been forked, and end it."""
        status = 1
        try:
            end_with_parent(parent)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(errors.fileno(), 2)
            self._control.close()
            for other in (self._wake, self._waker, *(file.fileno() for file in self._errors.values())):
                os.close(other)
            errors.close()
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
            errors = self._errors.pop(pid, None)
            if errors is None:  # a process that works for the workers: see `kg.workers.awaited`
                if status:
                    print(f"a process that makes columns has ended: status {status}", file=sys.stderr, flush=True)
                continue
            errors.seek(max(0, errors.seek(0, os.SEEK_END) - _TAIL))
            said = errors.read().decode(errors="replace")
            errors.close()
            self._say({"ended": self._numbers.pop(pid), "status": os.waitstatus_to_exitcode(status), "said": said})

    def _say(self, words: dict[str, Any]) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._control.sendall(json.dumps(words).encode() + b"\n")


def _unnamed_file() -> IO[bytes]:
    """Return a file for the last words of a worker: in memory, since the disk may be full."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("last words"), "w+b")
    return tempfile.TemporaryFile()


def _demote(pid: int) -> bool:
    """Let a process run only where no other one wants to; tell whether its first thread, which starts others, may."""
    with contextlib.suppress(OSError):
        if not hasattr(os, "SCHED_IDLE"):
            os.setpriority(os.PRIO_PROCESS, pid, 19)
            return False
        # The kernel schedules threads: what evaluates a query is not the first one of its process, once it is there.
        threads = [int(name) for name in os.listdir(f"/proc/{pid}/task")]  # noqa: PTH208 - a name, not a path, is wanted
        others = [thread for thread in threads if thread != pid]
        for thread in others or threads:
            os.sched_setscheduler(thread, os.SCHED_IDLE, os.sched_param(0))
        return bool(others)
    return False


def main(descriptor: int, role: str, configuration: str) -> None:
    """Become a zygote: `role` is the module whose `prepare(configuration)` gives the work of its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the server, and the server its zygotes
    os.environ["RUST_BACKTRACE"] = "0"  # a trace would push what the engine said out of the last words that are kept
    control = socket.socket(fileno=descriptor)
    try:
        work: Work = importlib.import_module(role).prepare(json.loads(configuration))
    except KgError as error:
        control.sendall(json.dumps(error_head(error)).encode() + b"\n")
        return
    gc.collect()
    give_back_memory()
    gc.freeze()  # a collection in a worker would copy the pages that it shares
    Zygote(control, work).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
