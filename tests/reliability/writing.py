"""A loop of writes over HTTP that remembers what was acknowledged, and looks whether a store has it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.revisions import RevisionStore
from tests.reliability.asking import ask, problem_in
from tests.reliability.attack import rows_of
from tests.reliability.conftest import TOKEN
from tests.reliability.wire import Endpoint, Reply, send

TRIPLES = 8
"""How many triples each write puts in place: all or none."""

LOOP = "urn:example:loop"
PUT = "urn:example:put"
_SEEN = f"SELECT ?s (COUNT(*) AS ?n) {{ GRAPH <{LOOP}> {{ ?s <urn:example:part> ?o }} }} GROUP BY ?s"
_VERSIONS = f"SELECT ?v (COUNT(*) AS ?n) {{ GRAPH <{PUT}> {{ ?s <urn:example:version> ?v }} }} GROUP BY ?v"


def insert(number: int) -> str:
    """Return an update that puts all parts of a write in place, by several operations."""
    subject = f"<urn:example:write:{number}>"
    parts = [f"{subject} <urn:example:part> <urn:example:part:{number}:{part}>" for part in range(TRIPLES)]
    half = TRIPLES // 2
    return " ; ".join(
        f"INSERT DATA {{ GRAPH <{LOOP}> {{ {' . '.join(part)} }} }}" for part in (parts[:half], parts[half:])
    )


def graph(number: int) -> str:
    """Return a graph, in N-Triples, whose triples all name a version."""
    return "".join(f'<urn:example:row:{row}> <urn:example:version> "{number}" .\n' for row in range(TRIPLES))


def update(endpoint: Endpoint, text: str, limit: float = 30.0) -> Reply:
    """Send an update with the token."""
    return write(endpoint, "POST", "/sparql", "application/sparql-update", text, limit)


def put(endpoint: Endpoint, content: str, limit: float = 30.0) -> Reply:
    """Replace the graph of versions."""
    return write(endpoint, "PUT", f"/store?graph={PUT}", "application/n-triples", content, limit)


def write(endpoint: Endpoint, method: str, target: str, kind: str, text: str, limit: float) -> Reply:
    """Send a write with the token."""
    body = text.encode()
    lines = (
        f"{method} {target} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {TOKEN}",
        "Connection: close",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "",
        "",
    )
    return send(endpoint, ["\r\n".join(lines).encode("latin-1"), body], limit)


@dataclass(slots=True)
class Ledger:
    """What was sent and what was acknowledged: of the inserts each number, of the graph the last version."""

    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    acknowledged: set[int] = field(default_factory=set)
    sent: set[int] = field(default_factory=set)
    version: int = 0
    newest: int = 0
    done: int = 0
    refused: list[Reply] = field(default_factory=list)
    seconds: float = 2.0
    """How long the last write took."""

    def write_on(self, endpoint: Endpoint, over: threading.Event) -> None:
        """Write, inserts and the graph in turn, until it is over or the server is gone."""
        while not over.is_set():
            number = next(self.numbers)
            if number % 2:
                self.sent.add(number)
                reply = update(endpoint, insert(number))
            else:
                self.newest = number
                reply = put(endpoint, graph(number))
            if not reply.status:
                return
            if reply.status >= 400:
                self.refused.append(reply)
                continue
            self.seconds = reply.seconds
            self.done += 1
            if number % 2:
                assert reply.complete
                self.acknowledged.add(number)
            else:
                self.version = number

    def compare(self, whole: Mapping[int, int], versions: Mapping[int, int]) -> int:
        """Assert that what was seen has every acknowledged write, and each one whole; return how many besides."""
        assert set(whole.values()) <= {TRIPLES}, "half a write"
        assert self.acknowledged - set(whole) == set(), "an acknowledged write is lost"
        assert set(whole) - self.sent == set()
        if self.version or versions:
            assert list(versions.values()) == [TRIPLES], ("half a graph", versions)
            assert self.version <= next(iter(versions)) <= self.newest
        return len(whole) - len(self.acknowledged)


def seen(endpoint: Endpoint) -> tuple[dict[int, int], dict[int, int]]:
    """Return how many parts of each write a server has, and how many triples of each version."""
    found = []
    for text in (_SEEN, _VERSIONS):
        reply = ask(endpoint, text)
        assert reply.status == 200, reply
        rows = rows_of(reply.body)
        found.append({int(next(iter(row.values())).rpartition(":")[2]): int(row["n"]) for row in rows})
    return found[0], found[1]


def seen_in(store: Path) -> tuple[dict[int, int], dict[int, int]]:
    """Return the same from the files of a store that no server has open."""
    engine = RevisionStore(store).current().open(in_memory_up_to=0)
    found = []
    for text in (_SEEN, _VERSIONS):
        rows = [{name: term.value for name, term in row.items()} for row in engine.select(text)]
        found.append({int(next(iter(row.values())).rpartition(":")[2]): int(row["n"]) for row in rows})
    return found[0], found[1]


class Readers:
    """Clients that look again and again while writes go on: they see whole writes, or no server at all."""

    def __init__(self, count: int) -> None:
        self.looks = 0
        self.wrong: list[str] = []
        self._over = threading.Event()
        self._endpoint: Endpoint | None = None
        self._threads = [threading.Thread(target=self._look, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def turn_to(self, endpoint: Endpoint | None) -> None:
        """Ask another server from now on."""
        self._endpoint = endpoint

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        for thread in self._threads:
            thread.join(30)

    def _look(self) -> None:
        while not self._over.wait(0.05):
            endpoint = self._endpoint
            if endpoint is None:
                continue
            for text in (_SEEN, _VERSIONS):
                reply = ask(endpoint, text)
                if reply.status == 200 and reply.complete:
                    self.looks += 1
                    counts = {int(row["n"]) for row in rows_of(reply.body)}
                    if counts - {TRIPLES}:
                        self.wrong.append(f"half a write: {counts}")
                elif reply.status >= 400:
                    self.wrong.append(f"{reply.status}: {problem_in(reply)}")
