"""Changes of a store as they are made: what comes and goes is noted, and what is undone cancels out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.engine.digest import Node, line_of
from kg.errors import StoreError

GraphName = ox.NamedNode | ox.BlankNode
_BATCH: Final = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """What a write did: quads as lines of N-Quads, and the names of graphs that came and went."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    created: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()


class Recorder:
    """Changes a store, and knows what that came to."""

    def __init__(self, store: ox.Store) -> None:
        """Change this store, which nobody else changes meanwhile."""
        self.store = store
        self._added: set[ox.Quad] = set()
        self._removed: set[ox.Quad] = set()
        self._created: set[GraphName] = set()
        self._dropped: set[GraphName] = set()

    @property
    def size(self) -> int:
        """How many quads have changed so far."""
        return len(self._added) + len(self._removed)

    def change(self) -> Change:
        """Return what has changed so far."""
        return Change(
            frozenset(map(line_of, self._added)),
            frozenset(map(line_of, self._removed)),
            frozenset(map(name_of, self._created)),
            frozenset(map(name_of, self._dropped)),
        )

    def has(self, graph: Node) -> bool:
        """Tell whether there is such a graph; the default graph is always there."""
        return isinstance(graph, ox.DefaultGraph) or self.store.contains_named_graph(graph)

    def quads(self, graph: Node) -> Iterator[ox.Quad]:
        """Return the quads of a graph."""
        return iter(self.store.quads_for_pattern(None, None, None, graph))

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads, and the graphs that they are in."""
        for batch in as_stored(quads):
            new = [quad for quad in batch if quad not in self.store]
            for graph in {quad.graph_name for quad in new}:
                self.create(graph)
            self.store.extend(new)
            for quad in new:
                if quad in self._removed:
                    self._removed.discard(quad)
                else:
                    self._added.add(quad)

    def remove(self, quads: Iterable[ox.Quad]) -> None:
        """Remove quads; their graphs stay, empty or not."""
        for batch in as_stored(quads):
            for quad in batch:
                if quad not in self.store:
                    continue
                self.store.remove(quad)
                if quad in self._added:
                    self._added.discard(quad)
                else:
                    self._removed.add(quad)

    def create(self, graph: Node) -> None:
        """Add a graph, unless it is there."""
        if isinstance(graph, ox.DefaultGraph) or self.has(graph):
            return
        self.store.add_graph(graph)
        if graph in self._dropped:
            self._dropped.discard(graph)
        else:
            self._created.add(graph)

    def clear(self, graph: Node) -> None:
        """Remove the quads of a graph."""
        self.remove(list(self.quads(graph)))

    def drop(self, graph: Node) -> None:
        """Remove a graph; of the default graph only its quads."""
        self.clear(graph)
        if isinstance(graph, ox.DefaultGraph) or not self.has(graph):
            return
        self.store.remove_graph(graph)
        if graph in self._created:
            self._created.discard(graph)
        else:
            self._dropped.add(graph)


def as_stored(quads: Iterable[ox.Quad]) -> Iterator[list[ox.Quad]]:
    """Yield quads in batches, as a store gives them back: it has one type for all integers, for example."""
    remaining = iter(quads)
    while batch := list(islice(remaining, _BATCH)):
        store = ox.Store()
        store.extend(batch)
        yield list(store)


def name_of(graph: GraphName) -> str:
    """Return the IRI of a graph, or its label with the mark of a blank node."""
    return graph.value if isinstance(graph, ox.NamedNode) else str(graph)


@contextmanager
def opened(path: Path) -> Iterator[Recorder]:
    """Open a store directory for writing.

    Raises:
        StoreError: it cannot be written; RocksDB says what fails as one of several errors of Python.
    """
    try:
        recorder = Recorder(ox.Store(str(path)))
        yield recorder
        if recorder.size > _BATCH:  # else everyone who opens the directory would have to read its log
            recorder.store.flush()
    except (OSError, RuntimeError) as error:
        raise StoreError(f"the store at {path} cannot be written: {error}") from error
