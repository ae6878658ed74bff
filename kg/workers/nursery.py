"""A zygote as the server sees it: started when it is needed, told to fork workers, listened to about their ends."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import socket
import threading
import weakref
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from kg.errors import KgError, StoreError
from kg.workers.clocks import clock_of
from kg.workers.forkserver import FORK_SERVER, Forked
from kg.workers.messages import error_of
from kg.workers.worker import Ended, Worker

_START: Final = 120.0
"""Seconds that a zygote may take to open its revision."""

_FAREWELL: Final = 5.0
"""Seconds to wait for word of how a worker has ended, which comes at once where the machine is not busy."""


class Nursery:
    """Starts a zygote when it is first needed, has it fork workers, and hears how they end."""

    def __init__(self, role: str, configuration: Mapping[str, Any]) -> None:
        """Be for workers of a role (a module with `prepare`)."""
        self._order = json.dumps({"role": role, "configuration": dict(configuration)}).encode() + b"\n"
        self._starting = threading.Lock()
        """Held by the one thread that waits for a start."""
        self._changing = threading.Lock()
        """Held for a moment, while there comes to be a zygote or none."""
        self._forked: Forked | None = None
        self._dropped: weakref.finalize[..., Any] | None = None
        self._control: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._numbers = itertools.count(1)
        self._buffer = b""
        self._orders: deque[bytes] = deque()
        self._workers: dict[int, Worker] = {}
        self._start: asyncio.Future[None] | None = None
        self._over = False
        self.pid: int | None = None
        """The process id of the zygote that was ready last, None where there has been none since it was closed."""
        self.idle: list[Worker] = []
        self.busy: set[Worker] = set()
        self.users = 0
        self.retired = False

    @property
    def living(self) -> bool:
        """Whether the zygote has been started, and has not ended."""
        return self._control is not None and not _has_ended(self._control)

    @property
    def attended(self) -> bool:
        """Whether the zygote lives, and this event loop listens to it."""
        return self._control is not None and self._loop is asyncio.get_running_loop()

    def begin(self) -> None:
        """Have the zygote start, if it does not live, and do not wait for it; may be called from any thread.

        Raises:
            StoreError: the nursery has been closed for good, or no process can be started.
        """
        self._begun()

    def start(self) -> None:
        """Start the zygote, if it does not live, and wait until it is ready; may be called from any thread.

        Raises:
            StoreError: it cannot open what it is for; or as `begin`.
        """
        with self._starting:
            begun = self._begun()
            if begun is None:
                return
            answer = _answer_of(begun.socket)
            with self._changing:
                if self._forked is begun and answer.get("ready"):
                    begun.socket.setblocking(False)
                    self._control, self.pid = begun.socket, int(answer["pid"])
                    return
                closed = self._forked is not begun
                if not closed:
                    self._end_process()
            raise StoreError("closed while it started") if closed else _error_in(answer)

    def _begun(self) -> Forked | None:
        """Return the zygote that is starting, after it has been begun if need be; None where it is ready."""
        with self._changing:
            if self._over:
                raise StoreError("the server is ending")
            if self._control is not None:
                if not _has_ended(self._control):
                    return None
                self._end_process()
            if self._forked is None:
                try:
                    self._forked = FORK_SERVER.fork()
                    self._forked.socket.sendall(self._order)
                except OSError as error:
                    self._end_process()
                    raise StoreError(f"no process can be started: {error}") from error
                self._forked.socket.settimeout(_START)
                # A zygote ends when its socket closes: also where whoever had this nursery has forgotten to close it.
                self._dropped = weakref.finalize(self, self._forked.socket.close)
            return self._forked

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
        if self._orders:
            raise BlockingIOError("the zygote has not read yet what it was told")
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
        worker = self._workers[number] = Worker(number, ours, self._loop.create_future())
        return worker

    def order(self, word: str, worker: Worker) -> None:
        """Have the zygote `kill` or `demote` a worker; as soon as it reads, where it has much to read already."""
        if self._control is not None:
            self._orders.append(json.dumps({word: worker.number}).encode() + b"\n")
            if len(self._orders) == 1:
                self._send_orders(self._control)

    def _send_orders(self, control: socket.socket) -> None:
        while self._orders:
            try:
                sent = control.send(self._orders[0])
            except BlockingIOError:
                if self._loop is not None:
                    self._loop.add_writer(control, self._send_orders, control)
                return
            except OSError:  # the zygote has ended, and its workers with it
                self._orders.clear()
                break
            self._orders[0] = self._orders[0][sent:]
            if not self._orders[0]:
                self._orders.popleft()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.remove_writer(control)

    async def how_ended(self, worker: Worker) -> Ended:
        """Return how a worker that has closed its socket has ended."""
        try:
            status, said = await asyncio.wait_for(asyncio.shield(worker.end), _FAREWELL)
        except TimeoutError:
            return Ended(None, "")
        return Ended(status, said)

    def close(self, *, for_good: bool = False) -> None:
        """End the zygote, and so all of its workers; `for_good`, there is never another one."""
        with self._changing:
            self._over = self._over or for_good
            for worker in (*self.idle, *self.busy):
                worker.close()
            self.idle.clear()
            if self._control is not None:
                with contextlib.suppress(RuntimeError, ValueError, OSError):
                    if self._loop is not None and not self._loop.is_closed():
                        self._loop.remove_reader(self._control)
                        self._loop.remove_writer(self._control)
            self._orders.clear()
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
            self._hear(json.loads(line))

    def _hear(self, words: Mapping[str, Any]) -> None:
        if (worker := self._workers.get(words.get("forked", 0))) is not None:
            worker.clock = clock_of(words["pid"])
        if (worker := self._workers.get(words.get("demoted", 0))) is not None:
            worker.goes_on = True
        if (worker := self._workers.pop(words.get("ended", 0), None)) is not None:
            worker.ended(words["status"], words["said"])
            if worker in self.idle:
                self.idle.remove(worker)
                worker.close()

    def _all_ended(self) -> None:
        """Note that the zygote has ended; the kernel has ended its workers."""
        if self._control is not None and self._loop is not None:
            self._loop.remove_reader(self._control)
            self._loop.remove_writer(self._control)
        self._loop = None
        with self._changing:
            self._end_process()
        self._orders.clear()
        for worker in self.idle:
            worker.close()
        self.idle.clear()
        for worker in self._workers.values():
            worker.ended(None, "the zygote has ended")
        self._workers.clear()

    def _end_process(self) -> None:
        forked, self._forked, self._control, self.pid = self._forked, None, None, None
        if self._dropped is not None:
            self._dropped.detach()
            self._dropped = None
        if forked is not None:
            FORK_SERVER.kill(forked)
            _wait_for_end(forked.socket)
            forked.socket.close()


def _answer_of(zygote: socket.socket) -> dict[str, Any]:
    """Return what a zygote says first, nothing where it ends or takes too long."""
    said = b""
    with contextlib.suppress(OSError):
        while not said.endswith(b"\n") and (content := zygote.recv(1 << 16)):
            said += content
    return dict(json.loads(said)) if said.endswith(b"\n") else {}


def _error_in(answer: Mapping[str, Any]) -> KgError:
    return error_of(answer) if answer else StoreError("the process that holds the revision did not start")


def _has_ended(zygote: socket.socket) -> bool:
    """Tell whether the other end of a socket that does not block has been closed."""
    try:
        return not zygote.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _wait_for_end(zygote: socket.socket) -> None:
    """Wait until a zygote that is being killed has ended, and let go of the files of its revision."""
    with contextlib.suppress(OSError):
        zygote.settimeout(_FAREWELL)
        while zygote.recv(1 << 16):
            pass
