"""Directories of triples as things to write, clone, flush and compare; what they mean is their callers' business."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, TypeVar

import pyoxigraph as ox

from kg.engine.digest import (
    canonical_lines,
    has_blank_nodes,
    line_of,
    quads_of,
)
from kg.engine.surveying import Survey, survey_of
from kg.engine.tally import Scope
from kg.errors import StoreError

T = TypeVar("T")

WHOLE: Final = Scope()
_MANY_FILES: Final = 128
_SMALL_STORE: Final = 16 << 20


def write_store(path: Path, graphs: Iterable[tuple[str, bytes]], scope: Scope = WHOLE) -> Survey:
    """Write named graphs, given as N-Triples, into a new store directory, and return what it holds.

    Raises:
        StoreError: the directory cannot be written.
    """

    def write() -> Survey:
        store = ox.Store(str(path))
        for iri, content in graphs:
            store.bulk_load(content, ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(iri))
        store.flush()
        return survey_of(store, scope)

    return _reported(write, f"the store at {path} cannot be written")


def clone_store(source: Path, target: Path) -> None:
    """Copy a store directory into a new one by hard links, which costs the same for any size.

    RocksDB never changes a file of data once it is written, so what is done to the copy leaves the source as it is.

    Raises:
        StoreError: the source cannot be read, or the target not be written.
    """
    _reported(
        lambda: ox.Store.read_only(str(source)).backup(str(target)), f"{source} cannot be cloned into {target.parent}"
    )


def flush_store(path: Path) -> None:
    """Write everything of a store directory to disk, so that opening it for reading needs no repair.

    Every flush adds some files, and RocksDB never merges those whose keys do not overlap. So a small store that is in
    many files is written anew, once in some dozens of writes. In a large one the keys of what is written lie between
    those that are there, and RocksDB merges by itself; to write it anew would take more memory than a write may.

    Raises:
        StoreError: the directory is not a store, or the disk is full.
    """

    def flush() -> None:
        sizes = [file.stat().st_size for file in path.glob("*.sst")]
        if len(sizes) > _MANY_FILES and sum(sizes) < _SMALL_STORE:
            _rewrite(path)
        else:
            ox.Store(str(path)).flush()

    _reported(flush, f"the store at {path} cannot be written")


def _rewrite(path: Path) -> None:
    """Put a store of few files in the place of one of many."""
    fresh, old = path.with_name(f"{path.name}-fresh"), path.with_name(f"{path.name}-old")
    _copy(path, fresh)  # both are closed when it returns: an open one goes on working on its files, by their names
    path.rename(old)
    fresh.rename(path)
    shutil.rmtree(old)


def _copy(source: Path, target: Path) -> None:
    store, copy = ox.Store(str(source)), ox.Store(str(target))
    for graph in store.named_graphs():
        copy.add_graph(graph)
    copy.bulk_extend(store.quads_for_pattern(None, None, None, None))
    copy.flush()


def count_quads(path: Path, exclude: str = "") -> int:
    """Return how many quads a store directory holds, without those of one graph.

    Raises:
        StoreError: the directory is not a store.
    """

    def count() -> int:
        store = ox.Store.read_only(str(path))
        if not exclude:
            return len(store)
        return len(store) - sum(1 for _ in store.quads_for_pattern(None, None, None, ox.NamedNode(exclude)))

    return _reported(count, f"{path} cannot be read as a store")


def lines_only_in(one: Path, other: Path, exclude: str = "") -> Iterator[str]:
    """Return the quads of a store directory that another one has not, as lines of N-Quads, in no order.

    Blank nodes are compared, and returned, with the labels that RDFC-1.0 gives them.

    Raises:
        StoreError: a directory is not a store.
    """

    def open_both() -> tuple[ox.Store, ox.Store]:
        return ox.Store.read_only(str(one)), ox.Store.read_only(str(other))

    try:
        here, there = _reported(open_both, "the stores cannot be compared")
        blank = []
        for quad in quads_of(here, exclude):
            if has_blank_nodes(quad):
                blank.append(quad)
            elif quad not in there:
                yield line_of(quad)
        if blank:
            others = canonical_lines(quad for quad in quads_of(there, exclude) if has_blank_nodes(quad))
            yield from set(canonical_lines(blank)).difference(others)
    except (OSError, RuntimeError) as error:
        raise StoreError(f"the stores {one} and {other} cannot be compared: {error}") from error


def count_differences(one: Path, other: Path, exclude: str = "", *, at_most: int) -> tuple[int, int] | None:
    """Return how many quads each of two store directories has that the other one has not.

    The smaller one is read for it; None where that is more than `at_most` quads.

    Raises:
        StoreError: a directory is not a store.
    """

    def count() -> tuple[int, int] | None:
        sizes = [count_quads(path, exclude) for path in (one, other)]
        if min(sizes) > at_most:
            return None
        small, large = (one, other) if sizes[0] <= sizes[1] else (other, one)
        common = min(sizes) - sum(1 for _ in lines_only_in(small, large, exclude))
        return sizes[0] - common, sizes[1] - common

    return _reported(count, "the stores cannot be compared")


def graph_names(path: Path, exclude: str = "") -> frozenset[str]:
    """Return the IRIs, or labels of blank nodes, of a store directory's named graphs, but for one.

    Raises:
        StoreError: the directory is not a store.
    """

    def names() -> frozenset[str]:
        found = ox.Store.read_only(str(path)).named_graphs()
        return frozenset(str(name) if isinstance(name, ox.BlankNode) else name.value for name in found) - {exclude}

    return _reported(names, f"{path} cannot be read as a store")


def _reported(work: Callable[[], T], message: str) -> T:
    """Do something with a store; RocksDB says what fails as one of several errors of Python."""
    try:
        return work()
    except (OSError, ValueError, RuntimeError) as error:
        raise StoreError(f"{message}: {error}") from error


__all__ = [
    "clone_store",
    "count_differences",
    "count_quads",
    "flush_store",
    "graph_names",
    "lines_only_in",
    "write_store",
]
