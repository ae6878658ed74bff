"""Who may have a worker now: a cap on all, a cap on each client, and a queue that takes the clients in turn."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque

from kg.errors import Overloaded


class Gate:
    """Lets so many through at once; those who wait are taken in turn by client, not by how many each one sends."""

    def __init__(self, capacity: int, *, per_client: int, waiting: int, patience: float) -> None:
        """Let `capacity` through, `per_client` of each; let `waiting` wait, for `patience` seconds."""
        self.capacity = capacity
        self.per_client = per_client
        self._room = waiting
        self._patience = patience
        self._inside: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def inside(self) -> int:
        """How many are through."""
        return self._inside.total()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(len(queue) for queue in self._queues.values())

    def enter_at_once(self, client: str) -> bool:
        """Let a client's query through, if none waits and there is room."""
        if self._queues or not self._may(client):
            return False
        self._inside[client] += 1
        return True

    async def enter(self, client: str, patience: float) -> None:
        """Wait until a client's query may run, `patience` seconds at most.

        Raises:
            Overloaded: too many wait already, or it took too long.
        """
        if not self._queues.get(client) and self._may(client):
            self._inside[client] += 1
            return
        queue = self._queues.setdefault(client, deque())
        if self.waiting >= self._room or len(queue) >= max(1, self._room // 2):
            self._forget(client)
            raise Overloaded(max(1, round(self._patience)))
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            async with asyncio.timeout(min(patience, self._patience)):  # wait_for may swallow a cancellation
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            if turn.done() and not turn.cancelled():
                self.leave(client)  # its turn had come at the same moment
            elif turn in queue:
                queue.remove(turn)
            self._forget(client)
            if isinstance(error, TimeoutError):
                raise Overloaded(max(1, round(self._patience))) from None
            raise

    def leave(self, client: str) -> None:
        """Say that a query of a client has ended; the next one in turn is let through."""
        self._inside[client] -= 1
        if not self._inside[client]:
            del self._inside[client]
        for other in list(self._queues):
            queue = self._queues[other]
            while queue and self._may(other):
                turn = queue.popleft()
                if turn.done():
                    continue
                self._inside[other] += 1
                turn.set_result(None)
                self._queues.move_to_end(other)
                break
            self._forget(other)

    def _may(self, client: str) -> bool:
        return self.inside < self.capacity and self._inside[client] < self.per_client

    def _forget(self, client: str) -> None:
        if not self._queues.get(client, True):
            del self._queues[client]
        if not self._inside[client]:
            del self._inside[client]
