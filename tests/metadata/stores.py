"""Store directories for the tests of metadata, and changes of them in the manner of a write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.engine import clone_store
from kg.engine.digest import line_of
from kg.iris import Iris

IRIS = Iris("https://kg.example.org/")
GRAPH = IRIS.graph("metadata")


@dataclass(frozen=True)
class Changed:
    """What a write did, in lines of N-Quads."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    created: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()


def quads_of(path: Path) -> set[ox.Quad]:
    return set(ox.Store.read_only(str(path)).quads_for_pattern(None, None, None, None))


def graph_of(path: Path, graph: str = GRAPH) -> set[str]:
    """Return the lines of a graph of a store directory."""
    store = ox.Store.read_only(str(path))
    return {f"{quad.triple} ." for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(graph))}


def written(path: Path, quads: Iterable[ox.Quad], graphs: Iterable[str] = ()) -> Path:
    """Write a new store directory."""
    store = ox.Store(str(path))
    store.extend(quads)
    for graph in graphs:
        store.add_graph(ox.NamedNode(graph))
    store.flush()
    return path


def changed(
    old: Path,
    new: Path,
    *,
    add: Iterable[ox.Quad] = (),
    remove: Iterable[ox.Quad] = (),
    drop: Iterable[str] = (),
    create: Iterable[str] = (),
) -> Changed:
    """Clone a store directory, take quads and graphs from the clone, add some, and return what that changed."""
    before, graphs = quads_of(old), set(names_of(old))
    clone_store(old, new)
    store = ox.Store(str(new))
    for quad in remove:
        store.remove(quad)
    for graph in drop:
        store.remove_graph(ox.NamedNode(graph))
    store.extend(add)
    for graph in create:
        store.add_graph(ox.NamedNode(graph))
    store.flush()
    del store
    after = quads_of(new)
    return Changed(
        frozenset(map(line_of, after - before)),
        frozenset(map(line_of, before - after)),
        frozenset(set(names_of(new)) - graphs),
        frozenset(graphs - set(names_of(new))),
    )


def names_of(path: Path) -> list[str]:
    return [str(name) for name in ox.Store.read_only(str(path)).named_graphs()]
