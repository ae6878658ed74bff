"""The merge of all graphs beside a store directory: the same quads, and each triple once in the default graph.

Oxigraph up to 0.5 finds a triple of the union once in each graph that has it (oxigraph/oxigraph issue 1919), so queries
over the union need the merge. A small dataset is merged in memory when it is opened. That takes ten seconds for a
million quads, so a large one has its merge on disk, made when it is published: it opens at once, and a write changes it
in proportion to itself. The files of the named graphs are those of the store directory, by hard links.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator, Set
from itertools import chain, islice
from pathlib import Path
from typing import Final, TypeVar

import pyoxigraph as ox

from kg.engine.digest import ChangedQuads, graph_node, parsed
from kg.engine.storage import clone_store, flush_store
from kg.engine.view import reported

T = TypeVar("T")

LARGE: Final = 100_000
"""From how many quads on a store directory has its merge beside it."""

_SLICE: Final = 200_000
"""How many quads are merged at once: all at once would take more memory than a write may."""

_EDITED: Final = 20_000
"""How many quads of a change are made at once."""


def union_beside(data: Path) -> Path:
    """Return where the merge of a store directory is, if it has one."""
    return data.with_name("union")


def write_union(data: Path, at: Path | None = None) -> None:
    """Merge the graphs of a store directory, beside it or somewhere else; some hundred megabytes of memory do.

    Raises:
        StoreError: the directory is not a store, or the merge cannot be written.
    """
    with begun_union(data, at) as union:
        store = ox.Store.read_only(str(data))
        quads = (_merged(quad.triple) for quad in store.quads_for_pattern(None, None, None, None))
        for part in _slices(quads, _SLICE):
            union.bulk_extend(part)


@contextlib.contextmanager
def begun_union(data: Path, at: Path | None = None) -> Iterator[ox.Store]:
    """Give what is beside a store directory as far as it can be had for nothing: the triples of its graphs are missing.

    Raises:
        StoreError: the directory is not a store, or the merge cannot be written.
    """
    path = at or union_beside(data)
    shutil.rmtree(path, ignore_errors=True)
    clone_store(data, path)
    with reported(path):
        union = ox.Store(str(path))
        yield union
        union.flush()


def renew_in_union(data: Path, graph: str) -> None:
    """Bring a graph of a store directory that was written after the merge was made into this.

    Raises:
        StoreError: the directory is not a store, or the merge cannot be written.
    """
    path = union_beside(data)
    with reported(path):
        now, union = ox.Store.read_only(str(data)), ox.Store(str(path))
        old, new = _graph(union, graph), _graph(now, graph)
        _edit(union, now, old - new, new - old)
        union.flush()


def change_union(before: Path, data: Path, change: ChangedQuads, described: str) -> None:
    """Make the merge of a store directory from that of another one, and what changed from that to this.

    `described` names the graph that describes the others, whose changes are not among those given; it may be empty.

    Raises:
        StoreError: a directory is not a store, or the merge cannot be written.
    """
    path = union_beside(data)
    clone_store(union_beside(before), path)
    _follow(path, before, data, change, described)
    flush_store(path)


def _follow(path: Path, before: Path, data: Path, change: ChangedQuads, described: str) -> None:
    """Do in a merge what changed from one store directory to another; it is closed afterwards."""
    with reported(path):
        was, now, union = ox.Store.read_only(str(before)), ox.Store.read_only(str(data)), ox.Store(str(path))
        for lines in _slices(chain(change.removed, change.added), _EDITED):
            quads = {line: parsed(line) for line in lines}
            added = {quads[line] for line in lines if line in change.added}
            _edit(union, now, set(quads.values()) - added, added)
        names = {graph_node(name) for name in change.created | change.dropped}
        if described:
            old, new = _graph(was, described), _graph(now, described)
            _edit(union, now, old - new, new - old)
            names.add(ox.NamedNode(described))
        for name in names:
            if now.contains_named_graph(name):
                union.add_graph(name)
            else:
                union.remove_graph(name)


def _edit(union: ox.Store, now: ox.Store, removed: Set[ox.Quad], added: Set[ox.Quad]) -> None:
    """Change a merge by quads that came and went; `now` has what there is after the whole change."""
    for quad in removed:
        union.remove(quad)
    came = {quad.triple for quad in added}
    doubtful = {quad.triple for quad in removed} - came
    gone = {triple for triple in doubtful if not _is_anywhere(now, triple)}
    for triple in gone:
        union.remove(_merged(triple))
    union.extend([*added, *map(_merged, came | doubtful - gone)])


def _graph(store: ox.Store, name: str) -> set[ox.Quad]:
    return set(store.quads_for_pattern(None, None, None, ox.NamedNode(name)))


def _is_anywhere(store: ox.Store, triple: ox.Triple) -> bool:
    found = store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
    return next(iter(found), None) is not None


def _merged(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object)


def _slices(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


__all__ = ["LARGE", "begun_union", "change_union", "renew_in_union", "union_beside", "write_union"]
