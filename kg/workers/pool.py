"""The pool: gives each query a worker, a deadline and an honest end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from kg.engine import GraphFormat, QueryRequest, ResultFormat
from kg.engine.admission import Policy
from kg.engine.examine import Call
from kg.errors import KgError, Overloaded, QueryError, QueryTimeout
from kg.workers.demotion import Demotion
from kg.workers.gate import Gate
from kg.workers.messages import Message, error_of, pack
from kg.workers.nursery import Nursery
from kg.workers.renewing import AGAIN
from kg.workers.worker import Ended, Worker

SPARE: Final = 2
"""Workers that are kept ready."""

KEPT: Final = 5.0
"""Seconds that a worker is kept when nobody needs it: another one is there in 2 ms, and each comes to hold 6 MB."""

_GROWN: Final = 64 << 10
"""KiB by which a worker may have grown and still be used again."""

AT_ONCE: Final = 0.25
"""Seconds within which an idle worker that ends when it is asked has not ended by the query: another one is asked."""

_LATER: Final = 10
"""Seconds after which to try again where readers are slow."""

_SPOOLED: Final = 16
_SPOOLED_BY_ONE: Final = 4
"""How many of the largest answers may wait on the disk for their readers, of all and of one client."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may take: seconds, bytes of memory, rows and bytes of its answer; and how many may run at once."""

    seconds: float = 10.0
    memory: int = 1 << 30
    rows: int = 200_000
    bytes: int = 64 << 20
    workers: int = 16
    waiting: int = 64
    patience: float = 2.0


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer: in `content`, or in a file that whoever has it must close; `rows` of a table or triples."""

    kind: Literal["solutions", "boolean", "graph"]
    media_type: str
    rows: int
    size: int
    seconds: float
    waited: float
    content: bytes
    descriptor: int = -1
    volatile: bool = False
    """Whether asking again may give another answer over the same data."""
    release: Callable[[], None] = lambda: None

    def close(self) -> None:
        """Close the file; to be called once."""
        if self.descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(self.descriptor)
            self.release()


@dataclass(frozen=True, slots=True)
class Called:
    """Not an answer yet: the query, with its dataset resolved, calls other services, at places of its text."""

    request: QueryRequest
    calls: tuple[Call, ...]
    waited: float


class Spooled:
    """The answers that wait in files for their readers: so many bytes of all, and of each client."""

    def __init__(self, most: int, most_by_one: int) -> None:
        """Let so many bytes wait."""
        self.most, self.most_by_one = most, most_by_one
        self._by_client: Counter[str] = Counter()

    @property
    def size(self) -> int:
        """Bytes that wait now."""
        return self._by_client.total()

    def admit(self, answer: Answered | Called, client: str) -> Answered | Called:
        """Return an answer, which is counted until it is closed.

        Raises:
            Overloaded: too much waits already.
        """
        if isinstance(answer, Called) or answer.descriptor < 0:
            return answer
        if self.size + answer.size > self.most or self._by_client[client] + answer.size > self.most_by_one:
            answer.close()
            raise Overloaded(_LATER)
        self._by_client[client] += answer.size
        return replace(answer, release=lambda: self._release(client, answer.size))

    def _release(self, client: str, size: int) -> None:
        self._by_client[client] -= size
        if self._by_client[client] <= 0:
            del self._by_client[client]


class WorkerPool:
    """Workers for queries: elastic up to a cap, fair between clients."""

    def __init__(self, limits: Limits) -> None:
        """Hold every query to these limits."""
        self.limits = limits
        reserved = max(1, limits.workers // 4)
        self.gate = Gate(
            limits.workers,
            per_client=max(1, limits.workers - reserved),
            waiting=limits.waiting,
            patience=limits.patience,
        )
        self.killed: Counter[str] = Counter()
        self.columns: Counter[str] = Counter()
        """Analytical queries where there are columns, by what these made of them."""
        self.spooled = Spooled(_SPOOLED * limits.bytes, _SPOOLED_BY_ONE * limits.bytes)
        self._closed = False
        self._nurseries: list[Nursery] = []
        self._tidied: dict[Nursery, asyncio.AbstractEventLoop] = {}
        """Where it is looked later which workers nobody has needed, and by which event loop."""

    def nursery(self, path: Path, *, union: bool, in_memory_up_to: int, columns_from: int = 0) -> Nursery:
        """Return the nursery of a revision's directory; its zygote starts with the first query, or by `start`.

        The other arguments are as `kg.workers.queries.prepare` has them.
        """
        configuration = {"path": str(path), "union": union, "memory": self.limits.memory}
        held = {"in_memory_up_to": in_memory_up_to, "columns_from": columns_from}
        return self._kept(Nursery("kg.workers.queries", {**configuration, **held}))

    def _kept(self, nursery: Nursery) -> Nursery:
        """Return a nursery that is closed with the pool, at once where that has been."""
        self._nurseries.append(nursery)
        if self._closed:
            self.close()
        return nursery

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
        """Evaluate a query in a worker, if it is admitted; without a policy it has been, and may open sockets.

        The deadline is `ends`, by the monotonic clock, or else counts from now on: to wait is part of it. What the
        policy lets a query call is for the caller to check: it is returned, and nothing has been called.

        Raises:
            QueryTooComplex, QueryRefused: the policy does not let it pass.
            LimitExceeded: it went past a limit; QueryTimeout for the deadline.
            Overloaded: no worker was to be had.
            QuerySyntaxError, UnsupportedFormat, QueryError: as `Engine.answer`.
        """
        allowed = min(seconds or self.limits.seconds, self.limits.seconds)
        job = job_of(request, results, graph, self.limits, policy)
        nursery.users += 1
        try:
            end = time.monotonic() + allowed if ends is None else ends
            message, waited = await self._when_possible(nursery, job, client, allowed, end)
        finally:
            self.leave(nursery)
        return self.spooled.admit(answered_of(message, waited, request), client)

    async def _when_possible(
        self, nursery: Nursery, job: dict[str, object], client: str, allowed: float, ends: float
    ) -> tuple[Message, float]:
        began = time.monotonic()
        await self.gate.enter(client, max(0.0, ends - began))
        try:
            waited = time.monotonic() - began
            return await self._run(nursery, job, allowed, ends - time.monotonic()), waited
        finally:
            self.gate.leave(client)

    async def _run(self, nursery: Nursery, job: dict[str, object], allowed: float, left: float) -> Message:
        loop = asyncio.get_running_loop()
        ends = loop.time() + left
        try:
            async with asyncio.timeout_at(ends):
                await nursery.ready()
            if not job["network"] and (idle := self.idle_worker(nursery)) is not None:
                try:
                    return await self._ask(nursery, idle, job, allowed, ends)
                except Ended:
                    if idle.lasted > AT_ONCE:
                        raise
            return await self._ask(nursery, nursery.fork(), job, allowed, ends)
        except TimeoutError:
            raise QueryTimeout("time", allowed, "seconds") from None
        except OSError:  # the zygote has just ended
            raise Overloaded from None
        except Ended as ended:
            raise self.why(ended) from None

    async def _ask(
        self, nursery: Nursery, worker: Worker, job: dict[str, object], allowed: float, ends: float
    ) -> Message:
        """Have a worker answer; it is kept for others, or ended.

        Raises:
            QueryTimeout: it did not by a moment of the event loop's clock.
            Ended: it has ended instead.
        """
        nursery.busy.add(worker)
        self.keep_spare(nursery)
        demotion = Demotion(nursery, worker)
        message: Message | None = None
        try:
            async with asyncio.timeout_at(ends):
                message = await worker.ask(job)
            return message
        except TimeoutError:
            self.killed["time"] += 1
            raise QueryTimeout("time", allowed, "seconds") from None
        except asyncio.CancelledError:
            self.killed["cancelled"] += 1
            raise
        except ConnectionError:
            raise await nursery.how_ended(worker) from None
        finally:
            demotion.cancel()
            nursery.busy.discard(worker)
            self.put_back(nursery, worker, None if job["network"] else message)

    def keep_spare(self, nursery: Nursery) -> None:
        """Have workers ready for whoever asks next."""
        with contextlib.suppress(OSError):
            while len(nursery.idle) < SPARE:
                nursery.idle.insert(0, nursery.fork())

    def idle_worker(self, nursery: Nursery) -> Worker | None:
        """Take a worker that is ready, and is still there."""
        while nursery.idle:
            worker = nursery.idle.pop()
            if worker.living:
                return worker
            worker.close()
        return None

    def put_back(self, nursery: Nursery, worker: Worker, message: Message | None) -> None:
        """Keep a worker that is as good as new; end any other one."""
        if message is None:
            nursery.order("kill", worker)
            worker.close()
            return
        if outcome := message.head.get("columns"):
            self.columns[outcome] += 1
        held_back = worker.demoted and not worker.goes_on
        used_up = held_back or message.head["spooled"] or message.head["grown"] > _GROWN
        if used_up or nursery.retired or len(nursery.idle) >= self.limits.workers:
            worker.close()
            return
        if worker.demoted:
            nursery.busy.add(worker)
            if not worker.tell(pack(AGAIN), lambda answer: self._renewed(nursery, worker, answer)):
                self._renewed(nursery, worker, None)
            return
        self._keep(nursery, worker)

    def _renewed(self, nursery: Nursery, worker: Worker, answer: Message | None) -> None:
        """Keep a worker whose next query will not be held back for the last one."""
        nursery.busy.discard(worker)
        if answer is None or nursery.retired or len(nursery.idle) >= self.limits.workers:
            worker.close()
            return
        worker.demoted = worker.goes_on = False
        self._keep(nursery, worker)

    def _keep(self, nursery: Nursery, worker: Worker) -> None:
        worker.idle_since, worker.asked = time.monotonic(), True
        nursery.idle.append(worker)
        self._tidy_later(nursery, KEPT)

    def _tidy_later(self, nursery: Nursery, seconds: float) -> None:
        """Look once for workers to be let go, however many are put back meanwhile."""
        loop = asyncio.get_running_loop()
        if self._tidied.get(nursery) is not loop:
            self._tidied[nursery] = loop
            loop.call_later(seconds, self._tidy, nursery)

    def _tidy(self, nursery: Nursery) -> None:
        """End the workers that nobody has needed for long: those that are too many, and those with memory of their own.

        They are asked last in, first out.
        """
        self._tidied.pop(nursery, None)
        now = time.monotonic()
        for worker in sorted(nursery.idle, key=lambda worker: worker.idle_since):
            if len(nursery.idle) <= SPARE and not worker.asked:
                continue
            left = worker.idle_since + KEPT - now
            if left > 0:
                self._tidy_later(nursery, left)
                break
            nursery.idle.remove(worker)
            worker.close()
        if not nursery.retired:
            self.keep_spare(nursery)

    def why(self, ended: Ended) -> KgError:
        """Return why a worker ended that nobody ended."""
        reason = ended.reason(self.limits.memory)
        if reason is not None:
            self.killed[reason.name] += 1
            return reason
        self.killed["failed"] += 1
        # Without a status it was the zygote that ended, and there will be another one.
        return Overloaded() if ended.status is None else QueryError(f"the worker ended: {ended}")

    def retire(self, nursery: Nursery) -> None:
        """End a nursery as soon as its queries have ended."""
        nursery.retired = True
        self._close_if_done(nursery)

    def leave(self, nursery: Nursery) -> None:
        """Say that a query of a nursery has ended."""
        nursery.users -= 1
        self._close_if_done(nursery)

    def _close_if_done(self, nursery: Nursery) -> None:
        # Who asks may come by a snapshot that was replaced since: then a nursery that was closed starts again.
        if nursery.retired and not nursery.users:
            self._close(nursery)

    def _close(self, nursery: Nursery) -> None:
        nursery.close(for_good=self._closed)
        self._tidied.pop(nursery, None)
        if nursery in self._nurseries:
            self._nurseries.remove(nursery)

    def counts(self) -> dict[str, int]:
        """Return how many workers there are by what they do: idle, busy, demoted."""
        busy = [worker for nursery in self._nurseries for worker in nursery.busy]
        return {
            "idle": sum(len(nursery.idle) for nursery in self._nurseries),
            "busy": sum(not worker.demoted for worker in busy),
            "demoted": sum(worker.demoted for worker in busy),
        }

    def close(self) -> None:
        """End all zygotes and workers, for good: who opens another revision meanwhile is told so."""
        self._closed = True
        for nursery in list(self._nurseries):
            self._close(nursery)


def job_of(
    request: QueryRequest,
    results: ResultFormat | None,
    graph: GraphFormat | None,
    limits: Limits,
    policy: Policy | None,
) -> dict[str, object]:
    """Return what a worker is told of a query."""
    return {
        "text": request.text,
        "base": request.base,
        "default_graphs": request.default_graphs,
        "named_graphs": request.named_graphs,
        "union_default_graph": request.union_default_graph,
        "results": results.short if results else None,
        "graph": graph.short if graph else None,
        "max_rows": limits.rows,
        "max_bytes": limits.bytes,
        "network": policy is None,
        "policy": policy
        and {"max_length": policy.max_length, "max_nesting": policy.max_nesting, "allowed": policy.allowed},
    }


def answered_of(message: Message, waited: float, request: QueryRequest) -> Answered | Called:
    """Return what a worker has answered.

    Raises:
        KgError: the error that it has answered with.
    """
    head = message.head
    if "error" in head:
        raise error_of(head)
    if head["kind"] == "calls":
        dataset = tuple(head["default_graphs"]), tuple(head["named_graphs"])
        resolved = replace(request, text=head["text"], default_graphs=dataset[0], named_graphs=dataset[1])
        return Called(resolved, tuple(Call(*call) for call in head["calls"]), waited)
    return Answered(
        head["kind"],
        head["media_type"],
        head["rows"],
        head["size"],
        head["seconds"],
        waited,
        message.content,
        message.descriptor,
        head["volatile"],
    )
