"""Small revisions and small changes of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from kg.revisions import RevisionStore, Written

BASE: Final = "https://example.org/"
MADE: Final = {"base_iri": BASE, "triples": 1}
GRAPH: Final = "http://example.org/graph"
METADATA: Final = BASE + "graph/metadata"


def line(value: str, graph: str = GRAPH, subject: str = "<http://example.org/s>") -> str:
    return f'{subject} <http://example.org/p> "{value}" <{graph}> .'


def content(*values: str) -> list[tuple[str, bytes]]:
    """Return one graph as a build hands it over."""
    triples = "".join(f'<http://example.org/s> <http://example.org/p> "{value}" .\n' for value in values)
    return [(GRAPH, triples.encode())]


ONE: Final = content("1")
TWO: Final = content("2")


@dataclass(frozen=True)
class Change:
    """What a write did."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    created: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()


def quad(text: str) -> ox.Quad:
    found: ox.Quad = next(iter(ox.parse(text, format=ox.RdfFormat.N_QUADS)))
    return found


def applying(add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> Callable[[Path], Change]:
    """Return a function that does this to a store directory, and says what of it was a change."""

    def apply(path: Path) -> Change:
        store = ox.Store(str(path))
        graphs = set(store.named_graphs())
        removed = {text for text in remove if quad(text) in store}
        added = {text for text in add if quad(text) not in store}
        for text in removed:
            store.remove(quad(text))
        for text in added:
            store.add(quad(text))
        created = set(store.named_graphs()) - graphs
        return Change(frozenset(added), frozenset(removed), frozenset(str(graph) for graph in created))

    return apply


def dropping(graph: str) -> Callable[[Path], Change]:
    """Return a function that drops a graph."""

    def apply(path: Path) -> Change:
        store, name = ox.Store(str(path)), ox.NamedNode(graph)
        removed = frozenset(f"{item} ." for item in store.quads_for_pattern(None, None, None, name))
        store.remove_graph(name)
        return Change(removed=removed, dropped=frozenset({str(name)}))

    return apply


def put(store: RevisionStore, value: str, **options: Any) -> Written:
    """Add one quad."""
    return store.write(applying(add=(line(value),)), **{"kind": "update", "author": "tester", **options})


def lines_of(path: Path) -> set[str]:
    """Return the quads of a store directory."""
    return {f"{item} ." for item in ox.Store.read_only(str(path)).quads_for_pattern(None, None, None, None)}


def current_lines(store: RevisionStore) -> set[str]:
    return lines_of(store.current().data)


def copied(template: Path, goal: Path) -> RevisionStore:
    """Return a store that begins as another one: copying costs less than publishing again."""
    shutil.copytree(template, goal, dirs_exist_ok=True)
    return RevisionStore(goal)


def leftovers(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob(".new-*"))


@contextmanager
def as_one_who_may_not_write() -> Iterator[None]:
    """Root may write everywhere, nobody may not."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@contextmanager
def unwritable(*folders: Path) -> Iterator[None]:
    """Take the right to write to some directories away."""
    before = {folder: folder.stat().st_mode for folder in folders}
    for folder in folders:
        folder.chmod(0o555)
    try:
        with as_one_who_may_not_write():
            yield
    finally:
        for folder, mode in before.items():
            folder.chmod(mode)
