"""The control graph: which revision a service has as the current one, who published what, what each generation holds.

One service may hold several stores, each with a control graph of its own.

    <urn:x-kg:store>            pointer  "<seq> <revision> <generation>", one triple
    <urn:x-kg:publication:7>    entry    a publication, as JSON
    <urn:x-kg:generation:…>     state    "building <seq>", "whole <seq>" or "leaving <seconds>", and holds, as JSON

The pointer is moved by one update that names the old one and matches only while that is there, so that of two who
publish at once one wins; what is published says the same update. `building` tells on which publication it is to follow:
once there is a later one, it never will. `leaving` tells since when nobody begins to read it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kg.engine.interface import Row
from kg.engine.remote.names import CONTROL, MARK, Generation, string
from kg.engine.remote.results import SOLUTIONS, boolean_of, solutions_of
from kg.engine.remote.service import Service
from kg.engine.remote.timing import Call
from kg.errors import StoreError, StoreFailed, StoreTimeout

_STORE: Final = f"<{MARK}store>"
_POINTER: Final = f"<{MARK}pointer>"
_ENTRY: Final = f"<{MARK}entry>"
_STATE: Final = f"<{MARK}state>"
_HOLDS: Final = f"<{MARK}holds>"
_NONE: Final = "0 - -"
SETTLING: Final = 0.1
"""Seconds after which an update of the control graph that began before is sure to be seen."""

_IS_POINTER: Final = re.compile(r"(\d{1,9}) (-|[0-9a-f]{16}) (-|[0-9a-f]{12})")
_LONG: Final = 600.0
"""Seconds that it may take to copy, to count or to remove a graph, which may be as large as the store."""

_BATCH: Final = 256 << 10
"""Characters of data that one update sends: a service reads an update as a whole before it begins."""


@dataclass(frozen=True, slots=True)
class Pointed:
    """What is published at a service: the number of the publication, the revision, and its generation."""

    seq: int = 0
    revision: str = ""
    generation: str = ""

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.seq} {self.revision or '-'} {self.generation or '-'}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A generation at a service: its state with a number, the revision that it holds, and the rest that is said."""

    generation: Generation
    state: str
    number: int
    revision: str = ""
    said: Mapping[str, Any] | None = None


class Control:
    """Reads and writes the control graph of a service, and data beside it."""

    def __init__(self, service: Service, *, seconds: float = 10.0) -> None:
        """Let each request take so many seconds."""
        self.service = service
        name = service.address.store
        self._graph = f"{CONTROL}:{name}" if name else CONTROL
        self.seconds = seconds

    def pointed(self, seconds: float | None = None) -> Pointed | None:
        """Return what is published, None where nothing is.

        A service whose updates are not atomic may show no pointer for a moment, or two.

        Raises:
            StoreFailed: the service gave no usable answer.
        """
        for pause in (0.02, 0.1, 0.0):
            found = self._pointers(seconds)
            if found:
                last = max(found, key=_rank)
                return last if last.seq else None
            if not pause or not self._is_begun():
                break
            time.sleep(pause)
        return None

    def publications(self, after: int = 0) -> list[Mapping[str, Any]]:
        """Return the publications with a number above one, the oldest first.

        Raises:
            StoreFailed: the service gave no usable answer.
        """
        found = [json.loads(row["entry"].value) for row in self._select(f"?publication {_ENTRY} ?entry")]
        return sorted((entry for entry in found if entry["seq"] > after), key=lambda entry: int(entry["seq"]))

    def generations(self) -> list[Kept]:
        """Return what generations there are.

        Raises:
            StoreFailed: the service gave no usable answer.
        """
        rows = self._select(f"?generation {_STATE} ?state OPTIONAL {{ ?generation {_HOLDS} ?holds }}")
        return [_kept(row) for row in rows]

    def holds(self, generation: Generation) -> Mapping[str, Any]:
        """Return what is said of a generation that can be read: `revision`, `manifest`, `unnamed`, `everything`.

        Raises:
            StoreFailed: the service gave no usable answer, or has no such generation.
        """
        rows = self._select(f"<{generation.iri}> {_HOLDS} ?holds")
        if len(rows) != 1:
            raise StoreFailed(
                "the SPARQL service that holds the data does not say what its current generation holds",
                "存放数据的 SPARQL 服务没有说明其当前版本的内容",
            )
        found: Mapping[str, Any] = json.loads(rows[0]["holds"].value)
        return found

    def is_whole(self, generation: Generation) -> bool:
        """Tell whether a generation may be read, now and for a while.

        Raises:
            StoreFailed: the service gave no usable answer.
        """
        text = f"<{generation.iri}> {_STATE} ?state FILTER(STRSTARTS(STR(?state), 'whole'))"
        return self._ask(text)

    def begin(self, generation: Generation, seq: int) -> None:
        """Say that a generation is being written, to follow on a publication.

        Raises:
            StoreFailed: the service did not take it.
        """
        start = "" if self._pointers(None) or self._is_begun() else f"{_STORE} {_POINTER} {string(_NONE)} . "
        self.update(
            f"INSERT DATA {{ GRAPH <{self._graph}> {{ {start}<{generation.iri}> {_STATE} 'building {seq}' }} }}"
        )

    def complete(self, generation: Generation, seq: int, holds: Mapping[str, Any]) -> None:
        """Say what a generation holds, which is whole now.

        Raises:
            StoreFailed: the service did not take it.
        """
        text = string(json.dumps(holds, ensure_ascii=False, sort_keys=True))
        self.update(f"INSERT DATA {{ GRAPH <{self._graph}> {{ <{generation.iri}> {_HOLDS} {text} }} }}")
        self.state(generation, f"whole {seq}")

    def state(self, generation: Generation, state: str) -> None:
        """Say another state of a generation.

        Raises:
            StoreFailed: the service did not take it.
        """
        iri = generation.iri
        self.update(
            f"DELETE {{ GRAPH <{self._graph}> {{ <{iri}> {_STATE} ?state }} }} "
            f"INSERT {{ GRAPH <{self._graph}> {{ <{iri}> {_STATE} {string(state)} }} }} "
            f"WHERE {{ GRAPH <{self._graph}> {{ <{iri}> {_STATE} ?state }} }}"
        )

    def forget(self, generation: Generation) -> None:
        """Say no more of a generation.

        Raises:
            StoreFailed: the service did not take it.
        """
        pattern = f"GRAPH <{self._graph}> {{ <{generation.iri}> ?property ?value }}"
        self.update(f"DELETE {{ {pattern} }} WHERE {{ {pattern} }}")

    def move(self, before: Pointed, after: Pointed, entry: Mapping[str, Any]) -> bool:
        """Move the pointer, if it is still where it was, and tell whether it was; the publication is written with it.

        Raises:
            StoreFailed: the service gave no usable answer; that it may have done it is said.
        """
        old, new = (f"{_STORE} {_POINTER} {string(str(pointed))}" for pointed in (before, after))
        text = string(json.dumps(entry, ensure_ascii=False, sort_keys=True))
        said = f"<{MARK}publication:{after.seq}> {_ENTRY} {text}"
        failed: StoreError | None = None
        try:
            graph = f"GRAPH <{self._graph}>"
            self.update(
                f"DELETE {{ {graph} {{ {old} }} }} INSERT {{ {graph} {{ {new} . {said} }} }} "
                f"WHERE {{ {graph} {{ {old} }} }}"
            )
        except StoreFailed as error:  # it may have been carried out all the same
            failed = error
        try:
            now = self.pointed()
        except StoreFailed as error:
            raise StoreTimeout(
                f"{error.en}; whether this was published is not known", f"{error.zh}；不知道是否已经发布"
            ) from error
        if now is not None and now.seq == after.seq:
            return self._settled(after, said, entry)
        if failed is not None and now == (before if before.seq else None):
            raise failed
        return any(
            Pointed(int(each["seq"]), str(each["revision"])) == Pointed(after.seq, after.revision) and each == entry
            for each in self.publications(after.seq - 1)
        )

    def _settled(self, after: Pointed, said: str, entry: Mapping[str, Any]) -> bool:
        """Tell whether a publication is the only one of its number, or the one that stays of several.

        Oxigraph's server does not hold updates that run at once against each other, so that both may have found the
        pointer where it was. Whoever did began before the first of them had ended, so all are to be seen soon after.
        """
        time.sleep(SETTLING)
        rivals = [pointed for pointed in self._pointers(None) if pointed.seq == after.seq]
        if not rivals or max(rivals, key=_rank) == after:
            return any(each == entry for each in self.publications(after.seq - 1))
        pointer = f"{_STORE} {_POINTER} {string(str(after))}"
        self.update(f"DELETE DATA {{ GRAPH <{self._graph}> {{ {pointer} . {said} }} }}")
        return False

    def insert(self, graph: str, lines: Iterable[str]) -> None:
        """Add triples, as lines of N-Triples, to a graph.

        Raises:
            StoreFailed: the service did not take them.
        """
        self._data("INSERT DATA", graph, lines)

    def delete(self, graph: str, lines: Iterable[str]) -> None:
        """Remove triples, as lines of N-Triples, from a graph.

        Raises:
            StoreFailed: the service did not take them.
        """
        self._data("DELETE DATA", graph, lines)

    def copy(self, source: str, target: str) -> None:
        """Copy a graph into one that is not there yet.

        Raises:
            StoreFailed: the service did not do it.
        """
        text = f"INSERT {{ GRAPH <{target}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{source}> {{ ?s ?p ?o }} }}"
        self.update(text, _LONG)

    def drop(self, graphs: Sequence[str]) -> None:
        """Remove graphs, there or not.

        Raises:
            StoreFailed: the service did not do it.
        """
        for start in range(0, len(graphs), 50):
            self.update(" ; ".join(f"DROP SILENT GRAPH <{graph}>" for graph in graphs[start : start + 50]), _LONG)

    def count(self, graph: str) -> int:
        """Return how many triples a graph has.

        Raises:
            StoreFailed: the service gave no usable answer.
        """
        text = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        return int(self.select(text, _LONG)[0]["n"].value)

    def update(self, text: str, seconds: float | None = None) -> None:
        """Have the service carry out an update.

        Raises:
            StoreFailed: it did not.
        """
        self.service.update(text, time.monotonic() + (seconds or self.seconds))

    def select(self, text: str, seconds: float | None = None) -> list[Row]:
        """Return the solutions of a query over all that the service holds.

        Raises:
            StoreFailed: the service gave no usable answer.
        """
        ends = time.monotonic() + (seconds or self.seconds)
        return solutions_of(self.service.query([("query", text)], SOLUTIONS, Call(ends))).rows()

    def _data(self, operation: str, graph: str, lines: Iterable[str]) -> None:
        batch: list[str] = []
        size = 0

        def send() -> None:
            self.update(f"{operation} {{ GRAPH <{graph}> {{\n{''.join(batch)}}} }}")

        for line in lines:
            batch.append(f"{line}\n")
            size += len(line) + 1
            if size > _BATCH:
                send()
                batch.clear()
                size = 0
        if batch:
            send()

    def _pointers(self, seconds: float | None) -> list[Pointed]:
        rows = self.select(f"SELECT ?o WHERE {{ GRAPH <{self._graph}> {{ {_STORE} {_POINTER} ?o }} }}", seconds)
        matches = (_IS_POINTER.fullmatch(row["o"].value) for row in rows)
        return [
            Pointed(int(match[1]), match[2].strip("-"), match[3].strip("-")) for match in matches if match is not None
        ]

    def _is_begun(self) -> bool:
        return self._ask(f"?anything {_STATE} ?state")

    def _select(self, pattern: str) -> list[Row]:
        return self.select(f"SELECT * WHERE {{ GRAPH <{self._graph}> {{ {pattern} }} }}")

    def _ask(self, pattern: str) -> bool:
        text = f"ASK {{ GRAPH <{self._graph}> {{ {pattern} }} }}"
        ends = time.monotonic() + self.seconds
        return boolean_of(self.service.query([("query", text)], SOLUTIONS, Call(ends)))


def _rank(pointed: Pointed) -> tuple[int, str]:
    """Return by what the pointer is chosen where there are several: the same one by all who look."""
    return pointed.seq, pointed.generation


def _kept(row: Row) -> Kept:
    generation = Generation(row["generation"].value.rpartition(":")[2])
    state, _, number = row["state"].value.partition(" ")
    said = json.loads(row["holds"].value) if "holds" in row else None
    return Kept(generation, state, int(number or 0), str(said["revision"]) if said else "", said)
