"""Small stores for tests of writes: made from quads, changed in a copy, and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from kg.engine import ChangedQuads, clone_store, flush_store

Change = TypeVar("Change", bound=ChangedQuads)
Content = tuple[frozenset[str], frozenset[str]]


def make_store(path: Path, quads: str = "", *graphs: str) -> Path:
    """Write N-Quads, and graphs that may be empty, into a new store directory."""
    store = ox.Store(str(path))
    for graph in graphs:
        store.add_graph(ox.NamedNode(graph))
    store.load(quads.encode(), ox.RdfFormat.N_QUADS)
    store.flush()
    return path


def content(path: Path) -> Content:
    """Return the lines and the names of the graphs of a store directory."""
    store = ox.Store.read_only(str(path))
    return lines(store), frozenset(str(name).strip("<>") for name in store.named_graphs())


def lines(quads: Iterable[ox.Quad]) -> frozenset[str]:
    return frozenset(f"{quad} ." for quad in quads)


def canonical(quads: Iterable[ox.Quad]) -> frozenset[str]:
    """Return lines in which blank nodes have canonical labels."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return lines(dataset)


def changed(before: Path, apply: Callable[[Path], Change]) -> tuple[Path, Change]:
    """Do something with a copy of a store; what it says it did must be what tells the two apart."""
    after = before.with_name(f"{before.name}-after-{len(list(before.parent.iterdir()))}")
    clone_store(before, after)
    change = apply(after)
    flush_store(after)
    assert_change(content(before), change, content(after))
    return after, change


def assert_change(before: Content, change: ChangedQuads, after: Content) -> None:
    assert change.added == after[0] - before[0]
    assert change.removed == before[0] - after[0]
    assert change.created == after[1] - before[1]
    assert change.dropped == before[1] - after[1]
