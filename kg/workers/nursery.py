"""A zygote and its workers, as the server sees them."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any, Final

from kg.errors import LimitExceeded, StoreError
from kg.workers.confine import STACK
from kg.workers.messages import Message, error_of, pack, unpack

_START: Final = 120.0
"""Seconds that a zygote may take to open its revision."""


_OUT_OF_MEMORY: Final = ("memory allocation of", "bad_alloc", "MemoryError", "Resource temporarily unavailable")
"""What a process says that has no memory left; the last where there is none for the stack of a thread."""

_FAREWELL: Final = 5.0
"""Seconds to wait for word of how a worker has ended, which comes at once where the machine is not busy."""


class Ended(Exception):
    """A worker ended before it answered: `status` as `subprocess` has it (negative for a signal), `said` its words."""

    def __init__(self, status: int | None, said: str) -> None:
        """Keep how it ended; None where the zygote ended first, or nothing is known."""
        self.status = status
        self.said = said
        super().__init__(f"status {status}: {said}")

    def limit(self, memory: int) -> LimitExceeded | None:
        """Return the limit by which a worker ended that may take so much memory, None where it was none."""
        if self.status == -signal.SIGKILL or any(words in self.said for words in _OUT_OF_MEMORY):
            return LimitExceeded("memory", memory, "bytes")
        if self.status in {-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT}:
            return LimitExceeded("complexity", min(STACK, memory // 4), "bytes of stack")
        return None


class Worker:
    """A worker process: one end of its socket, and the answer that is waited for."""

    def __init__(self, number: int, connection: socket.socket, end: asyncio.Future[tuple[int | None, str]]) -> None:
        """Be known by a number; `end` is going to say how the process ended: its status, and its last words."""
        self.number = number
        self.end = end
        self.connection = connection
        self.demoted = False
        self._buffer = bytearray()
        self._descriptor = -1
        self._answer: asyncio.Future[Message] | None = None
        self._closed = False

    @property
    def living(self) -> bool:
        """Whether an idle worker is still there: it may have been ended from outside, by the kernel for example."""
        try:
            return self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    async def ask(self, job: Mapping[str, Any], content: bytes = b"") -> Message:
        """Send a job, or a further word about it, and wait for the answer.

        Raises:
            ConnectionError: the worker has ended.
        """
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        loop.add_reader(self.connection, self._read)
        try:
            await loop.sock_sendall(self.connection, pack(job, content))
            return await self._answer
        finally:
            self._answer = None
            if not self._closed:
                loop.remove_reader(self.connection)

    def close(self) -> None:
        """Close the socket; an idle worker ends by that."""
        if not self._closed:
            self._closed = True
            with contextlib.suppress(RuntimeError):
                asyncio.get_running_loop().remove_reader(self.connection)
            self.connection.close()
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def _read(self) -> None:
        try:
            content, descriptors, _, _ = socket.recv_fds(self.connection, 1 << 18, 4)
        except BlockingIOError:
            return
        except OSError:
            content, descriptors = b"", []
        for descriptor in descriptors:
            self._descriptor = descriptor
        self._buffer += content
        if self._answer is None or self._answer.done():
            return
        message = unpack(self._buffer)
        if message is not None:
            self._answer.set_result(Message(message.head, message.content, self._descriptor))
            self._descriptor = -1
        elif not content:
            self._answer.set_exception(ConnectionResetError("the worker has ended"))


class Nursery:
    """Starts a zygote when it is first needed, has it fork workers, and hears how they end."""

    def __init__(self, role: str, configuration: Mapping[str, Any]) -> None:
        """Be for workers of a role (a module with `prepare`)."""
        self._role = role
        self._configuration = dict(configuration)
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._numbers = itertools.count(1)
        self._buffer = b""
        self._ends: dict[int, asyncio.Future[tuple[int | None, str]]] = {}
        self._start: asyncio.Future[None] | None = None
        self.idle: list[Worker] = []
        self.busy: set[Worker] = set()
        self.users = 0
        self.retired = False

    @property
    def living(self) -> bool:
        """Whether the zygote has been started, and has not ended."""
        return self._process is not None and self._process.poll() is None and self._control is not None

    @property
    def pid(self) -> int | None:
        """The process id of the zygote, None where there is none."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the zygote, if it does not live, and wait until it is ready; may be called from any thread.

        Raises:
            StoreError: it cannot open what it is for.
        """
        with self._starting:
            if self.living:
                return
            self._end_process()
            ours, theirs = socket.socketpair()
            ours.settimeout(_START)
            command = [sys.executable, "-m", "kg.workers.zygote", str(theirs.fileno()), self._role]
            self._process = subprocess.Popen(
                [*command, json.dumps(self._configuration)],
                pass_fds=[theirs.fileno()],
                # glibc reserves 64 MiB of address space, which is what is limited, for each thread that allocates.
                # Our settings, the token among them, are none of a worker's business.
                env={**_foreign(os.environ), "MALLOC_ARENA_MAX": "2"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
            theirs.close()
            try:
                said = ours.makefile("rb", buffering=0).readline()
            except TimeoutError:
                said = b""
            answer = json.loads(said) if said else {}
            if not answer.get("ready"):
                ours.close()
                self._end_process()
                raise error_of(answer) if answer else StoreError("the process that holds the revision did not start")
            ours.setblocking(False)
            self._control = ours

    async def ready(self) -> None:
        """Start the zygote if need be, and listen to it on this event loop."""
        if not self.living:
            if self._loop is not None:
                self._all_ended()
            await self._started()
        loop = asyncio.get_running_loop()
        if self._loop is not loop and self._control is not None:
            self._loop = loop
            loop.add_reader(self._control, self._listen, self._control)

    async def _started(self) -> None:
        """Wait for one start, which goes on when somebody who waits for it gives up."""
        loop = asyncio.get_running_loop()
        if self._start is None or self._start.done() or self._start.get_loop() is not loop:
            self._start = loop.run_in_executor(None, self.start)
            self._start.add_done_callback(lambda start: start.cancelled() or start.exception())
        await asyncio.shield(self._start)

    def fork(self) -> Worker:
        """Return a new worker; it may be asked at once.

        Raises:
            OSError: the zygote has ended.
        """
        if self._control is None or self._loop is None:
            raise ConnectionResetError("the zygote has ended")
        number = next(self._numbers)
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            socket.send_fds(self._control, [json.dumps({"fork": number}).encode() + b"\n"], [theirs.fileno()])
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        end = self._ends[number] = self._loop.create_future()
        return Worker(number, ours, end)

    def order(self, word: str, worker: Worker) -> None:
        """Have the zygote `kill` or `demote` a worker."""
        if self._control is not None:
            with contextlib.suppress(OSError):
                self._control.send(json.dumps({word: worker.number}).encode() + b"\n")

    async def how_ended(self, worker: Worker) -> Ended:
        """Return how a worker that has closed its socket has ended."""
        try:
            status, said = await asyncio.wait_for(asyncio.shield(worker.end), _FAREWELL)
        except TimeoutError:
            return Ended(None, "")
        return Ended(status, said)

    def close(self) -> None:
        """End the zygote, and so all of its workers."""
        for worker in (*self.idle, *self.busy):
            worker.close()
        self.idle.clear()
        if self._control is not None:
            with contextlib.suppress(RuntimeError, ValueError, OSError):
                if self._loop is not None and not self._loop.is_closed():
                    self._loop.remove_reader(self._control)
            self._control.close()
            self._control = None
        self._end_process()

    def _listen(self, control: socket.socket) -> None:
        try:
            content = control.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            content = b""
        if not content:
            self._all_ended()
            return
        *lines, self._buffer = (self._buffer + content).split(b"\n")
        for line in lines:
            words = json.loads(line)
            end = self._ends.pop(words.get("ended"), None)
            if end is not None and not end.done():
                end.set_result((words["status"], words["said"]))
            for worker in [worker for worker in self.idle if worker.number == words.get("ended")]:
                self.idle.remove(worker)
                worker.close()

    def _all_ended(self) -> None:
        """Note that the zygote has ended; the kernel has ended its workers."""
        if self._control is not None and self._loop is not None:
            self._loop.remove_reader(self._control)
            self._control.close()
        self._control = self._loop = None
        for worker in self.idle:
            worker.close()
        self.idle.clear()
        for end in self._ends.values():
            if not end.done():
                end.set_result((None, "the zygote has ended"))
        self._ends.clear()

    def _end_process(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _foreign(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith("KG_")}
