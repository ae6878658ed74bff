"""When a query yields the processor to every shorter one."""

from __future__ import annotations

import asyncio
from typing import Final

from kg.workers.nursery import Nursery
from kg.workers.worker import Worker

DEMOTE_AFTER: Final = 0.1
"""Seconds of processor time after which a query yields: on a busy machine it may take long to get them."""

_SOONEST: Final = 0.01
"""Seconds after which it is looked again at a query that lacks less."""


class Demotion:
    """Has a worker run only where no other one wants to, once the query that it was just asked has had its share."""

    def __init__(self, nursery: Nursery, worker: Worker) -> None:
        """Look at a worker from now on."""
        self._nursery, self._worker = nursery, worker
        self._timer = asyncio.get_running_loop().call_later(DEMOTE_AFTER, self._look)

    def cancel(self) -> None:
        """Look no more: the query has ended."""
        self._timer.cancel()

    def _look(self) -> None:
        left = DEMOTE_AFTER - self._worker.used
        if left > 0:
            self._timer = asyncio.get_running_loop().call_later(max(left, _SOONEST), self._look)
            return
        self._worker.demoted = True
        self._nursery.order("demote", self._worker)
