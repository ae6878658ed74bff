"""The work of a query worker: evaluate, count, and hand the answer over."""

from __future__ import annotations

import resource
import socket
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus

from kg.engine import Answer, EmbeddedEngine, GraphFormat, QueryRequest, ResultFormat
from kg.engine.admission import Admitted, Policy, admit
from kg.engine.output import Limited
from kg.errors import KgError, LimitExceeded, NoRoom
from kg.workers.asked import tag_of, traits_of
from kg.workers.awaited import Awaited, columns_of
from kg.workers.confine import STACK, forbid_sockets, freeze_descriptors, limit_memory
from kg.workers.forking import Work
from kg.workers.messages import INLINE, Message, error_head, pack, receive
from kg.workers.renewing import Renewing

if TYPE_CHECKING:
    from kg.columns import Columns

_RESULTS: Final = {item.short: item for item in ResultFormat}
_GRAPHS: Final = {item.short: item for item in GraphFormat}


def prepare(configuration: Mapping[str, Any]) -> Work:
    """Open the revision that the configuration names, and return what its workers do.

    `path` is the store's directory, `in_memory_up_to` a number of quads, `memory` a worker's bytes, `union` how a
    pattern outside GRAPH is read, `columns_from` from how many triples on there are columns, 0 for never.

    Raises:
        StoreError: the directory is not a store.
    """
    path, memory = Path(configuration["path"]), int(configuration["memory"])
    up_to, union, least = (configuration[key] for key in ("in_memory_up_to", "union", "columns_from"))
    engine = EmbeddedEngine.in_memory(path, union=union, up_to=up_to)
    columns = columns_of(engine, least) if engine else None
    awaited = Awaited(path, least) if union and least and not engine else None

    def work(connection: socket.socket) -> None:
        stack = min(STACK, memory // 4)
        threading.stack_size(stack)
        opened = engine or EmbeddedEngine.on_disk(path, union=union)
        if awaited is not None:
            awaited.columns()  # what is mapped before memory is limited does not count
        Worker(connection, opened, memory - stack, columns, awaited).run(in_memory=engine is not None)

    return work


class Worker:
    """Answers queries, one after the other."""

    def __init__(
        self,
        connection: socket.socket,
        engine: EmbeddedEngine,
        memory: int,
        columns: Columns | None = None,
        awaited: Awaited | None = None,
    ) -> None:
        """Talk over a connection; take so many bytes of memory at most.

        What `columns` refuse is for the engine; where they are `awaited`, all is, until they are there.
        """
        self._connection = connection
        self._columns = columns
        self._awaited = awaited
        self._engine = engine
        self._memory = memory
        self._resident = _peak()
        self._spool = _spool_file()  # opened before no more can be

    def run(self, *, in_memory: bool) -> None:
        """Answer until the connection closes, in threads with stacks of the size that is set for them.

        A job that calls other services (`network`) must be the worker's only one: every other job takes away, for good,
        the right to open sockets, and that to open files where the store is in memory.
        """
        first = receive(self._connection)
        if first is not None:
            # What is taken away from this thread is taken away from those that it starts.
            self._confine(network=bool(first.head.get("network")), in_memory=in_memory)
            Renewing(self._connection, self._answer).run(first)

    def _confine(self, *, network: bool, in_memory: bool) -> None:
        if not network:
            forbid_sockets()
        limit_memory(self._memory + threading.stack_size())
        if in_memory and not network:
            freeze_descriptors()

    def _answer(self, message: Message) -> None:
        job, content = message.head, message.content
        spool = Spool(self._spool)
        output = Limited(spool, max_rows=job["max_rows"], max_bytes=job["max_bytes"])
        began = time.monotonic()
        try:
            dataset = tuple(job["default_graphs"]), tuple(job["named_graphs"]), job["union_default_graph"]
            text = job["text"] if job["text"] is not None else unquote_plus(content.decode("ascii"), errors="strict")
            request = asked = QueryRequest(text, *dataset, base=job["base"])
            admitted = self._admit(request, job["policy"])
            request = admitted.request
            if admitted.calls:
                self._say(_calls_head(admitted), spool, began)
                return
            results = _RESULTS.get(job["results"])
            columns = self._in_columns(request, results, output)
            if columns == "answered":
                answer = Answer("solutions", b"", ResultFormat.JSON.media_type)
            else:
                answer = self._engine.write_answer(request, results, _GRAPHS.get(job["graph"]), output)
        except UnicodeDecodeError:
            self._say({"unreadable": True}, spool, began)
        except MemoryError:
            self._say(error_head(LimitExceeded("memory", self._memory, "bytes")), spool, began)
        except KgError as error:
            self._say(error_head(error), spool, began)
        else:
            head = {"kind": answer.kind, "media_type": answer.media_type, "rows": output.rows, "size": output.size}
            head |= {"volatile": admitted.volatile, "columns": columns}
            if job["text"] is None:
                head |= {"tag": tag_of(job["tagged"], asked), **traits_of(text)}
            self._say(head, spool, began)

    def _in_columns(self, request: QueryRequest, results: ResultFormat | None, output: Limited) -> str:
        """Have the columns write the answer, and return what became of it: they refuse before the first byte, or never.

        A mistake of theirs is told among the last words of this process, and the engine answers.
        """
        given = request.default_graphs or request.named_graphs or not request.union_default_graph
        if results is not ResultFormat.JSON or given:
            return ""
        if self._columns is None and self._awaited is not None:
            self._columns = self._awaited.columns()
        if self._columns is None:
            return ""
        try:
            return self._columns.write_json(request.text, output)
        except KgError:
            raise
        except Exception:
            if output.size:
                raise
            traceback.print_exc()
            return "failed"

    def _admit(self, request: QueryRequest, policy: Mapping[str, Any] | None) -> Admitted:
        """Look at a text before the engine does: here, since a hostile one may take its time."""
        if policy is None:  # the server has put the addresses of its gateway into it
            return Admitted(request, volatile=True)
        allowed = tuple(policy["allowed"])
        limits = Policy(policy["max_length"], policy["max_nesting"], lambda _: bool(allowed), allowed)
        return admit(request, _Graphs(self._engine), limits)

    def _say(self, head: Mapping[str, Any], spool: Spool, began: float) -> None:
        """Send the answer, or the error; a file that was written to is not written to again, whatever became of it."""
        fine = "error" not in head
        spent = {"seconds": time.monotonic() - began, "grown": _peak() - self._resident}
        head = {**head, **spent, "spooled": spool.used}
        content = pack(head, bytes(spool.content) if fine and not spool.used else b"")
        if fine and spool.used and self._spool is not None:
            self._spool.flush()
            sent = socket.send_fds(self._connection, [content], [self._spool.fileno()])
            content = content[sent:]
        self._connection.sendall(content)


class _Graphs:
    """The names of an engine's graphs; there may be many."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        self._engine = engine

    def __contains__(self, name: object) -> bool:
        return self._engine.has_graph(str(name))


def _calls_head(admitted: Admitted) -> dict[str, Any]:
    """Return that a query calls other services, which is the server's business."""
    request = admitted.request
    return {
        "kind": "calls",
        "text": request.text,
        "calls": [[call.iri, call.start, call.end, call.silent] for call in admitted.calls],
        "default_graphs": list(request.default_graphs),
        "named_graphs": list(request.named_graphs),
    }


def _spool_file() -> IO[bytes] | None:
    """Return a file for a large answer, None where there is no room for one: small answers need none."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return None


def _peak() -> int:
    """Return the most memory that this process has had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Spool:
    """Keeps a small answer in memory, and writes a larger one to a file."""

    def __init__(self, file: IO[bytes] | None) -> None:
        """Use this file if need be."""
        self._file = file
        self.content = bytearray()
        self.used = False

    def write(self, content: bytes, /) -> int:
        """Take a part.

        Raises:
            NoRoom: the disk is full.
        """
        if not self.used:
            self.content += content
            if len(self.content) <= INLINE:
                return len(content)
            self.used = True
        try:
            if self._file is None:
                raise NoRoom
            self._file.write(self.content or content)
            self.content.clear()
        except OSError as error:
            raise NoRoom from error
        return len(content)
