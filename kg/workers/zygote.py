"""The process that holds a revision open and forks workers; one thread, and nothing that takes long.

Besides what every `kg.workers.forking` is told, it is told `{"demote": n}`. It says `{"ready": true, "pid": p}`,
`{"forked": n, "pid": p}`, `{"demoted": n}` where that is for one query (see `kg.workers.renewing`),
`{"ended": n, "status": s, "said": "…"}`.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import socket
import sys
import tempfile
import traceback
from collections.abc import Mapping
from typing import IO, Any, Final

from kg.errors import KgError
from kg.workers.confine import give_back_memory, name_process
from kg.workers.forking import Forking, Work
from kg.workers.messages import error_head

_TAIL: Final = 4000


class Zygote(Forking):
    """Forks workers, and keeps what they say before they end."""

    def __init__(self, control: socket.socket, work: Work) -> None:
        """Be told through a socket; a worker's `work` runs in its process."""
        super().__init__(control, work)
        self._errors: dict[int, IO[bytes]] = {}
        self._next_errors: IO[bytes] | None = None

    def run(self) -> None:
        """Say that all is ready, and serve until the socket closes."""
        self._say({"ready": True, "pid": os.getpid()})
        super().run()

    def obey(self, order: Mapping[str, Any]) -> None:
        """Carry out an order that is not to fork."""
        super().obey(order)
        if (pid := self.pid_of(order.get("demote"))) is not None and _demote(pid):
            self._say({"demoted": order["demote"]})

    def before_fork(self) -> None:
        """Open a file for the worker's last words."""
        self._next_errors = _unnamed_file()

    def forked(self, pid: int) -> None:
        """Say that a worker lives."""
        assert self._next_errors is not None, "it was opened before"
        self._errors[pid], self._next_errors = self._next_errors, None
        self._say({"forked": self.numbers[pid], "pid": pid})

    def in_child(self) -> None:
        """Have the worker speak into its file, and hold no other's."""
        assert self._next_errors is not None, "it was opened before"
        os.dup2(self._next_errors.fileno(), 2)
        for file in (self._next_errors, *self._errors.values()):
            file.close()

    def ended(self, number: int | None, pid: int, status: int) -> None:
        """Say how a worker has ended."""
        if number is None:  # a process that works for the workers: see `kg.workers.awaited`
            if status:
                print(f"a process that makes columns has ended: status {status}", file=sys.stderr, flush=True)
            return
        errors = self._errors.pop(pid)
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - _TAIL))
        said = errors.read().decode(errors="replace")
        errors.close()
        self._say({"ended": number, "status": os.waitstatus_to_exitcode(status), "said": said})

    def _say(self, words: dict[str, Any]) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.control.sendall(json.dumps(words).encode() + b"\n")


def become_zygote(control: socket.socket) -> None:
    """Become a zygote: told first, in a line, `role` and `configuration`.

    The role is the module whose `prepare(configuration)` gives the work of its workers.
    """
    told = b""
    while not told.endswith(b"\n"):
        content = control.recv(1 << 16)
        if not content:
            return
        told += content
    order = json.loads(told)
    name_process(order["role"])
    try:
        work: Work = importlib.import_module(order["role"]).prepare(order["configuration"])
    except KgError as error:
        control.sendall(json.dumps(error_head(error)).encode() + b"\n")
        return
    except Exception:  # there is nobody else who would print it
        traceback.print_exc()
        raise
    gc.collect()
    give_back_memory()
    gc.freeze()  # a collection in a worker would copy the pages that it shares
    Zygote(control, work).run()


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
