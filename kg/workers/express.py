"""Queries that idle workers are asked at once: under all limits of the pool, and without a task for each.

The event loop has tasks, futures and time-outs for whatever may have to wait; for a query that takes as long as they
do, that is half of its time. Only some are asked at a time, for each turn of the processors costs. One that takes
longer than a moment counts no more: the kernel shares the processors among such, and gives what is short its turn
sooner than a line does. The others wait, the clients in turn.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from kg.errors import KgError, QueryTimeout
from kg.workers.demotion import Demotion
from kg.workers.messages import Message
from kg.workers.nursery import Nursery
from kg.workers.pool import AT_ONCE, WorkerPool
from kg.workers.worker import Worker

Heard = Callable[[Message | KgError | None], None]
"""Is told the answer, or why there is none; None where the query was not asked, since no worker was to be had."""

LONGEST: Final = 64 << 10
"""Bytes of a message that fit into the empty buffer of a socket, whatever the system."""

_BESIDE: Final = 2
"""How many queries are asked at a time, for each processor: one that is evaluated, and one that is on its way."""

_MOMENT: Final = 0.01
"""Seconds after which a query does not keep those that wait from being asked."""

_OF_ONE: Final = 32
"""How many queries of one client may wait."""


class Express:
    """One query: `heard` is told once what came of it, unless it is cancelled before."""

    def __init__(self, line: ExpressLine, nursery: Nursery, message: bytes, client: str, heard: Heard) -> None:
        """Wait for a worker."""
        self.client = client
        self.nursery = nursery
        self._line, self._pool, self._message = line, line.pool, message
        self._heard = heard
        self._worker: Worker | None = None
        self._counts = False
        self._asked = 0.0
        self._waiting: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._demotion: Demotion | None = None

    def begin(self) -> bool:
        """Ask a worker; False where there is none that can be asked, and then nothing has happened."""
        if not self.nursery.idle or not self._pool.gate.enter_at_once(self.client):
            return False
        worker = self.nursery.idle.pop()
        if not worker.tell(self._message, self._answered):  # it has been ended from outside
            worker.close()
            self._pool.gate.leave(self.client)
            return False
        self._worker, self._counts, self._asked = worker, True, time.monotonic()
        self._line.running += 1
        self.nursery.busy.add(worker)
        self._pool.keep_spare(self.nursery)
        self._demotion = Demotion(self.nursery, worker)
        moment = min(_MOMENT, self._pool.limits.seconds)
        self._timer = asyncio.get_running_loop().call_later(moment, self._go_on)
        return True

    def cancel(self) -> None:
        """End the query: nobody waits for it any more."""
        if self._waiting is not None:
            self._waiting.cancel()
        elif self._worker is None:
            self._line.forget(self)
        else:
            self._pool.killed["cancelled"] += 1
            self._end(None)

    def not_asked(self) -> None:
        """Say that it will not be asked."""
        self._pool.leave(self.nursery)
        self._heard(None)

    def _answered(self, message: Message | None) -> None:
        worker = self._worker
        self._end(message)
        if message is not None:
            self._heard(message)
        elif time.monotonic() - self._asked < AT_ONCE:  # it was ended before, and not by the query
            self._heard(None)
        elif worker is not None:
            self._waiting = asyncio.get_running_loop().create_task(self._tell_why(worker))

    async def _tell_why(self, worker: Worker) -> None:
        self._heard(self._pool.why(await self.nursery.how_ended(worker)))

    def _go_on(self) -> None:
        left = self._pool.limits.seconds - _MOMENT
        self._timer = asyncio.get_running_loop().call_later(max(left, 0), self._too_late)
        self._count_no_more()

    def _too_late(self) -> None:
        self._pool.killed["time"] += 1
        self._end(None)
        self._heard(QueryTimeout("time", self._pool.limits.seconds, "seconds"))

    def _end(self, message: Message | None) -> None:
        worker, self._worker = self._worker, None
        if self._timer is not None:
            self._timer.cancel()
        if self._demotion is not None:
            self._demotion.cancel()
        if worker is not None:
            self.nursery.busy.discard(worker)
            self._pool.put_back(self.nursery, worker, message)
            self._pool.gate.leave(self.client)
            self._pool.leave(self.nursery)
        self._count_no_more()

    def _count_no_more(self) -> None:
        if self._counts:
            self._counts = False
            self._line.running -= 1
            self._line.go_on()


class ExpressLine:
    """The queries that are asked at once, and those that wait for it."""

    def __init__(self, pool: WorkerPool) -> None:
        """Ask the workers of a pool."""
        self.pool = pool
        self.most = _BESIDE * max(1, len(os.sched_getaffinity(0)))
        self.running = 0
        self._queues: OrderedDict[str, deque[Express]] = OrderedDict()

    def ask(self, nursery: Nursery, message: bytes, client: str, heard: Heard) -> Express | None:
        """Ask a worker as soon as it is this client's turn; None where the query has to take another way."""
        if len(message) > LONGEST or not nursery.attended:
            return None
        express = Express(self, nursery, message, client, heard)
        nursery.users += 1
        if self.running < self.most and not self._queues:
            if express.begin():
                return express
        else:
            queue = self._queues.setdefault(client, deque())
            if len(queue) < _OF_ONE:
                queue.append(express)
                return express
        self.pool.leave(nursery)
        return None

    def go_on(self) -> None:
        """Ask those that wait, as far as there is room, the clients in turn."""
        while self._queues and self.running < self.most:
            client, queue = next(iter(self._queues.items()))
            express = queue.popleft()
            self._queues.move_to_end(client)
            if not queue:
                del self._queues[client]
            if not express.begin():
                express.not_asked()

    def forget(self, express: Express) -> None:
        """Have a query wait no more."""
        queue = self._queues.get(express.client)
        if queue is not None and express in queue:
            queue.remove(express)
            if not queue:
                del self._queues[express.client]
            self.pool.leave(express.nursery)
