"""The work of a process that writes: one write, and the answer to it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from kg.engine import ChangedQuads, checked, delete_graph, post_graph, put_graph, refuse_load, run_update
from kg.engine.admission import Policy, examined, is_unfetchable
from kg.engine.examine import Examination
from kg.errors import (
    GraphKeptByStore,
    KgError,
    LimitExceeded,
    QueryError,
    QueryRefused,
    StoreError,
    ValidationFailed,
)
from kg.federation import AllowList, Gateway, fetch_graph, rewrite
from kg.inference import INFERRED, Rule, keep_inferred, read_rules
from kg.iris import Iris
from kg.metadata import describing_change
from kg.revisions import Publication, RevisionStore
from kg.validate import Contract, locate
from kg.workers.confine import forbid_sockets, limit_memory, save_address_space
from kg.workers.forking import Work
from kg.workers.messages import error_head, pack, receive
from kg.writing.model import Write, WriteResult

_STACK: Final = 256 << 20
"""Bytes of stack, at most: the engine's parser recurses as deep as an update nests."""

_RESERVED: Final = 128 << 20
"""Bytes of address space that RocksDB and its threads reserve for writing, and hardly use."""

Load = Callable[[str], tuple[bytes, str]]


@dataclass(frozen=True, slots=True)
class Terms:
    """How the worker writes: where, held to which contract, and within which limits."""

    store: Path
    keep: int
    base_iri: str
    union: bool
    contract: Contract
    rules: tuple[Rule, ...]
    questions: Path
    seconds: float
    memory: int
    max_bytes: int
    max_nesting: int
    allow: AllowList


def prepare(configuration: Mapping[str, Any]) -> Work:
    """Load the shapes and rules of the ontology's folder that the configuration names, and return what workers do.

    Raises:
        SourceError: a shape or a rule cannot be read.
    """
    ontology = Path(configuration["ontology"])
    contract = Contract.read(ontology / "shapes")
    contract.warm()
    terms = Terms(
        store=Path(configuration["store"]),
        keep=int(configuration["keep"]),
        base_iri=str(configuration["base_iri"]),
        union=bool(configuration["union"]),
        contract=contract,
        rules=read_rules(ontology / "rules"),
        questions=ontology / "questions",
        seconds=float(configuration["seconds"]),
        memory=int(configuration["memory"]),
        max_bytes=int(configuration["max_bytes"]),
        max_nesting=int(configuration["max_nesting"]),
        allow=AllowList.parse(configuration["allow"]),
    )

    def work(connection: socket.socket) -> None:
        stack = min(_STACK, terms.memory // 4)
        threading.stack_size(stack)
        worker = Worker(connection, terms)
        thread = threading.Thread(target=worker.run, args=(terms.memory - stack,))
        thread.start()
        thread.join()

    return work


class Worker:
    """Carries out one write."""

    def __init__(self, connection: socket.socket, terms: Terms) -> None:
        """Talk over a connection."""
        self._connection = connection
        self._terms = terms
        self._store = RevisionStore(terms.store, keep=terms.keep)
        self._existed = True

    def run(self, memory: int) -> None:
        """Wait for the write, carry it out, and say what came of it."""
        save_address_space()
        limit_memory(memory + _RESERVED)
        message = receive(self._connection)
        if message is None:
            return
        try:
            answer = asdict(self._write(Write.unpack(message.head, message.content)))
        except KgError as error:
            answer = error_head(error)
        except MemoryError:
            answer = error_head(LimitExceeded("memory", self._terms.memory, "bytes"))
        self._connection.sendall(pack(answer))

    def _write(self, write: Write) -> WriteResult:
        if write.operation != "update":
            forbid_sockets()
            return self._publish(write, lambda clone: self._change_graph(clone, write))
        terms = self._terms
        policy = Policy(terms.max_bytes, terms.max_nesting, terms.allow.allows, terms.allow.names)
        try:
            found = examined(write.text, policy, write.base)
        except QueryRefused:
            forbid_sockets()
            checked(write.text, write.base)  # a text that is no SPARQL is told so, whatever it names
            raise
        if found.services or found.loads:
            return self._write_with_calls(write, found)
        forbid_sockets()
        return self._publish(write, lambda clone: self._update(clone, write, write.text))

    def _write_with_calls(self, write: Write, found: Examination) -> WriteResult:
        """Carry out an update that calls other servers, all of which are allowed."""
        terms = self._terms
        deadline = time.monotonic() + terms.seconds
        with Gateway(terms.allow, deadline, terms.max_bytes) as gateway:
            calls = [(call.iri, call.start, call.end, call.silent) for call in found.services]
            text = rewrite(found.bare, calls, gateway.url_for)

            def load(iri: str) -> tuple[bytes, str]:
                if is_unfetchable(iri):
                    raise QueryError(f"{iri} is no address of a document")
                return fetch_graph(iri, terms.allow, deadline, terms.max_bytes)

            def apply(clone: Path) -> ChangedQuads:
                try:
                    change = self._update(clone, write, text, load)
                except QueryError as error:
                    error.args = (gateway.readable(str(error)),)
                    raise next(iter(gateway.failures), error) from None
                if gateway.failures:  # within EXISTS the engine goes on where a call failed
                    raise gateway.failures[0]
                return change

            return self._publish(write, apply)

    def _update(self, clone: Path, write: Write, text: str, load: Load = refuse_load) -> ChangedQuads:
        return run_update(
            clone,
            text,
            base=write.base,
            using=write.using_graphs,
            using_named=write.using_named_graphs,
            union=self._terms.union,
            load=load,
        )

    def _change_graph(self, clone: Path, write: Write) -> ChangedQuads:
        current = self._store.current()
        inferred = Iris(str(current.manifest["base_iri"])).graph(INFERRED)
        if write.graph and write.graph in {current.metadata_graph, inferred}:
            raise GraphKeptByStore(write.graph, inferred=write.graph == inferred)
        if write.operation == "delete":
            return delete_graph(clone, write.graph)
        change_graph = put_graph if write.operation == "put" else post_graph
        change, self._existed = change_graph(clone, write.graph, write.content, write.media_type, write.base)
        return change

    def _publish(self, write: Write, change_it: Callable[[Path], ChangedQuads]) -> WriteResult:
        terms = self._terms

        def apply(clone: Path) -> ChangedQuads:
            current = self._store.current()
            iris = Iris(str(current.manifest["base_iri"]))
            change = keep_inferred(clone, change_it(clone), terms.rules, iris)
            violations = terms.contract.check(current.data, clone, change, exclude=current.metadata_graph)
            if violations:
                raise ValidationFailed([locate(violation, iris) for violation in violations])
            return change

        written = self._store.write(
            apply,
            kind="update" if write.operation == "update" else "graph-store",
            author=write.author,
            note=write.note,
            expected=write.expected,
            describe=describing_change(Iris(terms.base_iri), terms.questions),
            on_commit=self._ask_to_commit,
        )
        change = written.change
        changed = bool(change.added or change.removed or change.created or change.dropped)
        return WriteResult(
            written.revision.id, written.seq, changed, len(change.added), len(change.removed), self._existed
        )

    def _ask_to_commit(self, entry: Publication) -> None:
        """Wait until the server, which keeps the time, agrees: after this, it no longer ends this process."""
        self._connection.sendall(pack({"commits": asdict(entry)}))
        if receive(self._connection) is None:
            raise StoreError("the server has gone; nothing was changed")
