"""A worker process as the server sees it: asked over a socket, and how it ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from kg.errors import LimitExceeded, Unsortable
from kg.workers.clocks import time_of
from kg.workers.confine import STACK
from kg.workers.messages import Message, pack, unpack

_OUT_OF_MEMORY: Final = ("memory allocation of", "bad_alloc", "MemoryError", "Resource temporarily unavailable")
"""What a process says that has no memory left; the last where there is none for the stack of a thread."""

_NO_ORDER: Final = "does not correctly implement a total order"
"""What the engine says before it ends for values among which its comparison goes in circles (Rust's `sort_by`)."""


class Ended(Exception):
    """A worker ended before it answered: `status` as `subprocess` has it (negative for a signal), `said` its words."""

    def __init__(self, status: int | None, said: str) -> None:
        """Keep how it ended; None where the zygote ended first, or nothing is known."""
        self.status = status
        self.said = said
        super().__init__(f"status {status}: {said}")

    def reason(self, memory: int) -> LimitExceeded | Unsortable | None:
        """Return why the query ended a worker that may take so much memory, None where it was not the query."""
        if _NO_ORDER in self.said:
            return Unsortable()
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
        self.clock: int | None = None
        """The clock of the processor time that the process has had, when it is known."""
        self.demoted = False
        self.asked = False
        """Whether it has answered: then it has pages of its own, which one that was just forked shares."""
        """Whether it was said that the process is to run only where no other one wants to."""
        self.goes_on = False
        """Whether the zygote has done that, in a way that does not hold for the next query."""
        self.idle_since = time.monotonic()
        self.lasted = 0.0
        """Seconds from the last question until it was answered, or the worker was seen to have ended."""
        self._asked = self._had = 0.0
        self._buffer = bytearray()
        self._descriptor = -1
        self._answer: asyncio.Future[Message] | None = None
        self._heard: Callable[[Message | None], None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
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

    @property
    def used(self) -> float:
        """Seconds of processor time that the last question has had; of any time, where that is not known."""
        had = time_of(self.clock)
        return time.monotonic() - self._asked if had is None else had - self._had

    def ended(self, status: int | None, said: str) -> None:
        """Know how the process has ended."""
        if not self.end.done():
            self.end.set_result((status, said))

    async def ask(self, job: Mapping[str, Any], content: bytes = b"") -> Message:
        """Send a job, or a further word about it, and wait for the answer.

        Raises:
            ConnectionError: the worker has ended.
        """
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        self._listen()
        try:
            await loop.sock_sendall(self.connection, pack(job, content))
            return await self._answer
        finally:
            self.lasted = time.monotonic() - self._asked
            self._answer = None

    def tell(self, message: bytes, heard: Callable[[Message | None], None]) -> bool:
        """Send a small message at once, and have the answer told, or None where the worker has ended.

        False where it cannot be sent whole: then nothing will be told, and the worker is of no use any more.
        """
        self._heard = heard
        self._listen()
        try:
            sent = self.connection.send(message)
        except OSError:
            sent = 0
        if sent < len(message):
            self._heard = None
        return sent == len(message)

    def _listen(self) -> None:
        """Read what comes, from now on: to begin and end with each question would cost more than a small answer."""
        self._asked, self._had = time.monotonic(), time_of(self.clock) or 0.0
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            loop.add_reader(self.connection, self._read)

    def _stop_listening(self) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.remove_reader(self.connection)
            self._loop = None

    def close(self) -> None:
        """Close the socket; an idle worker ends by that."""
        if not self._closed:
            self._closed = True
            self._heard = None
            self._stop_listening()
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
        if not content:
            self._stop_listening()
        if self._heard is None and (self._answer is None or self._answer.done()):
            return
        message = unpack(self._buffer)
        if message is None and content:
            return
        if message is not None:
            message, self._descriptor = Message(message.head, message.content, self._descriptor), -1
        heard, self._heard = self._heard, None
        if heard is not None:
            heard(message)
        elif self._answer is not None:
            if message is not None:
                self._answer.set_result(message)
            else:
                self._answer.set_exception(ConnectionResetError("the worker has ended"))
