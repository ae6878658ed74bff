"""Writes as the server sees them: queued, each with a deadline and an honest end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

from kg.errors import KgError, Overloaded, PreconditionFailed, Problem, QueryTimeout, SourceError, StoreError
from kg.federation import RemoteFailure
from kg.resources import ontology_folder
from kg.revisions import Publication, RemoteRevisionStore, store_of
from kg.settings import Settings
from kg.workers.messages import Message, error_of
from kg.workers.nursery import Nursery
from kg.workers.worker import Ended, Worker
from kg.writing.model import Write, WriteResult

_LOG: Final = logging.getLogger(__name__)

WAITING: Final = 64
"""How many writes may wait for their turn."""

KEPT: Final = 300.0
"""Seconds after a write for which what it needed stays loaded; the first one after that takes a second longer."""

_TRIES: Final = 3
"""How often a write is begun that another machine comes before, where it does not say on what it is to be based."""


class Writer:
    """Carries out writes, one at a time."""

    def __init__(self, settings: Settings) -> None:
        """Write into the store of the settings, by their limits."""
        self._settings = settings
        self._store = store_of(settings)
        configuration = {
            "store": str(self._store.root),
            "keep": settings.keep_revisions,
            "base_iri": settings.base_iri,
            "ontology": str(settings.ontology or ontology_folder()),
            "union": settings.default_graph == "union",
            "seconds": settings.write_timeout,
            "memory": settings.worker_memory,
            "max_bytes": settings.max_upload,
            "max_nesting": settings.max_query_nesting,
            "allow": settings.service_allow,
        }
        self._nursery = Nursery("kg.writing.worker", configuration)
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._under_way: set[asyncio.Task[WriteResult]] = set()
        self._resting: asyncio.TimerHandle | None = None

    def check(self) -> None:
        """See that there is what writes are held to, without loading it: that is for the first write.

        Raises:
            SourceError: there are no shapes.
        """
        folder = (self._settings.ontology or ontology_folder()) / "shapes"
        if not any(folder.glob("*.ttl")):
            hint = "put the Turtle files of the shapes there"
            raise SourceError([Problem(str(folder), 0, 0, "", "has no shapes", hint)])

    async def start(self) -> None:
        """Load what writes need.

        Raises:
            SourceError: the shapes cannot be read.
        """
        await self._nursery.ready()

    @property
    def process(self) -> int:
        """The process that forks the workers; 0 while there is none."""
        return self._nursery.pid or 0

    def close(self) -> None:
        """End all processes, for good; a write that has not been acknowledged may be lost."""
        self._stay()
        self._nursery.close(for_good=True)

    async def write(self, write: Write) -> WriteResult:
        """Carry out a write; when this returns, it is on disk and published.

        A write that has begun goes on to its end, also when nobody waits for it any more.

        Raises:
            QuerySyntaxError, QueryRefused, BadParameter, OperationFailed, QueryError: it cannot be carried out.
            UnsupportedFormat, DocumentSyntaxError: its content cannot be read.
            GraphNotFound: the graph to delete is not there.
            ValidationFailed: what would come of it violates the shapes.
            PreconditionFailed: another revision than those expected is the current one.
            LimitExceeded: it took too long, or too much memory.
            Overloaded: too many writes wait.
            StoreError: the store cannot be written.
        """
        if self._turn.locked():
            await self._wait()
        else:
            await self._turn.acquire()
        self._stay()
        task = asyncio.get_running_loop().create_task(self._written(write))
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    async def _wait(self) -> None:
        """Wait for the turn of a write."""
        if self._waiting >= WAITING:
            raise self._overloaded()
        self._waiting += 1
        try:
            await asyncio.wait_for(self._turn.acquire(), self._settings.write_timeout)
        except TimeoutError:
            raise self._overloaded() from None
        finally:
            self._waiting -= 1

    def _overloaded(self) -> Overloaded:
        return Overloaded(max(1, round(self._settings.write_timeout / 10)))

    def _ended(self, task: asyncio.Task[WriteResult]) -> None:
        self._turn.release()
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited has it too, unless nobody does
        self._stay()
        self._resting = task.get_loop().call_later(KEPT, self._rest)

    def _stay(self) -> None:
        """Have the process stay until the end of another write."""
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None

    def _rest(self) -> None:
        """End the process that forks the workers: it holds some 50 MB, and few servers are written to all the time."""
        self._resting = None
        self._nursery.close()

    async def _written(self, write: Write) -> WriteResult:
        if not isinstance(self._store, RemoteRevisionStore):
            return await self._once(write)
        for left in reversed(range(_TRIES)):
            await asyncio.to_thread(self._store.prepare)
            try:
                return await self._once(write)
            except PreconditionFailed:
                if write.expected or not left:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _once(self, write: Write) -> WriteResult:
        await self._nursery.ready()
        worker = self._nursery.fork()
        self._nursery.busy.add(worker)
        try:
            return _result(await self._answer(worker, write))
        finally:
            self._nursery.busy.discard(worker)
            worker.close()

    async def _answer(self, worker: Worker, write: Write) -> Message:
        """Return the worker's answer; one that takes too long is ended, unless it has been allowed to publish."""
        seconds = self._settings.write_timeout
        try:
            async with asyncio.timeout(seconds):
                message = await worker.ask(*write.pack())
        except TimeoutError:
            self._nursery.order("kill", worker)
            await self._nursery.how_ended(worker)
            raise QueryTimeout("time", seconds, "seconds") from None
        except ConnectionError:
            raise self._why(await self._nursery.how_ended(worker)) from None
        if "commits" not in message.head:
            return message
        made = Publication(**message.head["commits"])
        if isinstance(self._store, RemoteRevisionStore):
            await self._publish(self._store, worker, made)
        try:
            return await worker.ask({"commit": True})
        except ConnectionError:
            ended = await self._nursery.how_ended(worker)
        return await asyncio.to_thread(self._found_out, made, ended)

    async def _publish(self, store: RemoteRevisionStore, worker: Worker, made: Publication) -> None:
        """Publish what a worker has made at the service, which it cannot reach itself; it is ended if that fails."""
        try:
            await asyncio.to_thread(store.publish_made, made)
        except BaseException:
            self._nursery.order("kill", worker)
            await self._nursery.how_ended(worker)
            raise

    def _found_out(self, made: Publication, ended: Ended) -> Message:
        """Return what a worker that ended while it published would have answered, if it did publish."""
        entry = next(iter(self._store.history()), None)
        if entry is None or entry.seq < made.seq or entry.author != made.author:
            raise self._why(ended)
        head = {"revision": entry.revision, "seq": entry.seq, "changed": True}
        return Message({**head, "added": entry.added or 0, "removed": entry.removed or 0, "existed": True})

    def _why(self, ended: Ended) -> KgError:
        """Return why a worker ended before it answered; nothing was changed then."""
        _LOG.warning("a process that wrote has ended: %s", ended)
        reason = ended.reason(self._settings.worker_memory)
        return reason or StoreError(f"the process that wrote has ended, and nothing was changed: {ended}")


def _result(message: Message) -> WriteResult:
    if "error" in message.head:
        raise _error(message.head)
    return WriteResult(**message.head)


def _error(head: Mapping[str, Any]) -> KgError:
    data = head["data"]
    if head["error"] == "RemoteFailure":
        return RemoteFailure(data["reason"], data["target"], data["detail"])
    return error_of(head)
