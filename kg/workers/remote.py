"""Queries that a SPARQL service answers, under the limits of the pool: turns, deadline, rows and bytes.

    pool ─→ worker (reads the query, and translates it) ─→ thread ─→ the service

A worker may be killed and the service not, so the deadline is kept here: when it has passed, or the client has gone,
the connection is shut, and what the service does then is its own matter.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from kg.engine import GraphFormat, QueryRequest, ResultFormat
from kg.engine.admission import Policy
from kg.engine.output import Limited
from kg.engine.remote.engine import RemoteEngine
from kg.engine.remote.timing import Call
from kg.engine.remote.translation import Translation
from kg.errors import NoRoom, QueryTimeout, StoreTimeout
from kg.workers.messages import INLINE, error_of
from kg.workers.nursery import Nursery
from kg.workers.pool import Answered, Called, Limits, WorkerPool, job_of

_ROLE: Final = "kg.workers.translating"
_WORDY: Final = 4
"""How many times as large as an answer may be in its format the same one may be as the service writes it."""


class RemoteNursery(Nursery):
    """Stands for a revision at a service where others have one for the processes that hold it; there are none."""

    def __init__(self, engine: RemoteEngine, translators: Nursery) -> None:
        """Stand for what an engine reads; queries are read by the workers of another nursery."""
        super().__init__(_ROLE, {})
        self.engine = engine
        self._translators = translators

    @property
    def attended(self) -> bool:
        """Never: no worker has the revision, so that none can be asked about it at once."""
        return False

    def begin(self) -> None:
        """Do nothing."""

    def start(self) -> None:
        """Do nothing."""

    async def ready(self) -> None:
        """Wait until queries can be read."""
        await self._translators.ready()


class RemotePool(WorkerPool):
    """Has queries answered by a service: fair between clients, so many at once, each by its deadline."""

    def __init__(self, limits: Limits) -> None:
        """Hold every query to these limits."""
        super().__init__(limits)
        self._threads = ThreadPoolExecutor(limits.workers, thread_name_prefix="service")
        self._translators = self.nursery(Path(), union=True, in_memory_up_to=0)

    def remote(self, engine: RemoteEngine) -> RemoteNursery:
        """Return what stands for a revision at the service."""
        return RemoteNursery(engine, self._translators)

    def nursery(self, path: Path, **_: Any) -> Nursery:  # noqa: ARG002 - there is no data
        """Return the nursery of workers that read queries."""
        return self._kept(Nursery(_ROLE, {}))

    async def answer(
        self,
        nursery: Nursery,
        request: QueryRequest,
        results: ResultFormat | None,
        graph: GraphFormat | None,
        *,
        client: str,
        policy: Policy | None,
        seconds: float | None = None,
        ends: float | None = None,
    ) -> Answered | Called:
        """Have the service evaluate a query, if it is admitted.

        Raises:
            KgError: as `WorkerPool.answer`; besides, StoreFailed where the service gives no usable answer.
        """
        assert isinstance(nursery, RemoteNursery), "every revision of this pool is at a service"
        allowed = min(seconds or self.limits.seconds, self.limits.seconds)
        end = time.monotonic() + allowed if ends is None else ends
        began = time.monotonic()
        await self.gate.enter(client, max(0.0, end - began))
        waited = time.monotonic() - began
        try:
            job = job_of(request, results, graph, self.limits, policy or Policy())
            message = await self._run(self._translators, job, allowed, end - time.monotonic())
            head = message.head
            if "error" in head:
                raise error_of(head)
            asked = replace(
                request,
                text=head["text"],
                default_graphs=tuple(head["default_graphs"]),
                named_graphs=tuple(head["named_graphs"]),
            )
            found = Translation(head["text"], head["form"], tuple(head["constants"]), head["ranges"], head["hidden"])
            call = Call(end)
            work = self._work(nursery.engine, asked, found, (results, graph), call)
            answer = await self._in_thread(work, call, allowed)
        finally:
            self.gate.leave(client)
        answer = replace(answer, waited=waited, volatile=bool(head["volatile"]))
        return self.spooled.admit(answer, client)

    def close(self) -> None:
        """End all processes; threads end with what they do, by its deadline."""
        super().close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, work: Callable[[], Answered], call: Call, allowed: float) -> Answered:
        """Return what a call comes to; at the deadline, or when nobody waits any more, it is ended."""
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._threads, work)
        try:
            async with asyncio.timeout_at(loop.time() + max(0.0, call.ends - time.monotonic())):
                return await asyncio.shield(future)
        except (TimeoutError, StoreTimeout):
            self.killed["time"] += 1
            raise QueryTimeout("time", allowed, "seconds") from None
        except asyncio.CancelledError:
            self.killed["cancelled"] += 1
            raise
        finally:
            if not future.done():
                call.cancel()
                future.add_done_callback(_drop)

    def _work(
        self,
        engine: RemoteEngine,
        request: QueryRequest,
        translation: Translation,
        formats: tuple[ResultFormat | None, GraphFormat | None],
        call: Call,
    ) -> Callable[[], Answered]:
        limits = self.limits

        def work() -> Answered:
            began = time.monotonic()
            collected = _Collected()
            output = Limited(collected, max_rows=limits.rows, max_bytes=limits.bytes)
            head = engine.write_answer(request, translation, formats, output, call, _WORDY * limits.bytes)
            content, descriptor = collected.kept()
            spent = time.monotonic() - began
            return Answered(head.kind, head.media_type, output.rows, output.size, spent, 0.0, content, descriptor)

        return work


class _Collected:
    """Collects an answer; a large one goes to a file, as from a worker."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, content: bytes, /) -> int:
        """Take a part."""
        self._parts.append(content)
        return len(content)

    def kept(self) -> tuple[bytes, int]:
        """Return the content, or a file that is open.

        Raises:
            NoRoom: the disk is full.
        """
        content = b"".join(self._parts)
        if len(content) <= INLINE:
            return content, -1
        try:
            with tempfile.TemporaryFile() as file:
                file.write(content)
                file.flush()
                return b"", os.dup(file.fileno())
        except OSError as error:
            raise NoRoom from error


def _drop(future: asyncio.Future[Answered]) -> None:
    """Close the file of an answer that comes when nobody waits for it any more."""
    if not future.cancelled() and future.exception() is None:
        future.result().close()


def pool_of(limits: Limits, *, remote: bool) -> WorkerPool:
    """Return the pool for a store: of processes that hold the data, or of calls to a service that does."""
    return RemotePool(limits) if remote else WorkerPool(limits)


__all__ = ["RemoteNursery", "RemotePool", "pool_of"]
