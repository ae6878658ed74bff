"""The merge of all graphs beside a store directory: the same quads, and each triple once in the default graph.

Oxigraph up to 0.5 finds a triple of the union once in each graph that has it (oxigraph/oxigraph issue 1919), so queries
over the union need the merge. A small dataset is merged in memory when it is opened. That takes ten seconds for a
million quads, so a large one has its merge on disk, made when it is published: it opens at once, and a write changes it
in proportion to itself. The files of the named graphs are those of the store directory, by hard links.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from typing import IO, Final, cast

import pyoxigraph as ox

from kg.engine.digest import ChangedQuads, parsed
from kg.engine.storage import clone_store, flush_store
from kg.engine.view import reported

LARGE: Final = 100_000
"""From how many quads on a store directory has its merge beside it."""

_MOST_EDITED: Final = 100_000
"""Up to how many quads a change is made in the merge of before; for more, all is merged anew."""

_BLOCK: Final = 1 << 18


def union_beside(data: Path) -> Path:
    """Return where the merge of a store directory is, if it has one."""
    return data.with_name("union")


def write_union(data: Path) -> None:
    """Merge the graphs of a store directory, beside it.

    Raises:
        StoreError: the directory is not a store, or the merge cannot be written.
    """
    with begun_union(data) as union:
        store = ox.Store.read_only(str(data))
        union.extend(_Merging(store).into(union))


@contextlib.contextmanager
def begun_union(data: Path) -> Iterator[ox.Store]:
    """Give what is beside a store directory as far as it can be had for nothing: the triples of its graphs are missing.

    Raises:
        StoreError: the directory is not a store, or the merge cannot be written.
    """
    path = union_beside(data)
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
    if len(change.added) + len(change.removed) > _MOST_EDITED:
        write_union(data)
        return
    path = union_beside(data)
    clone_store(union_beside(before), path)
    _follow(path, before, data, change, described)
    flush_store(path)


def _follow(path: Path, before: Path, data: Path, change: ChangedQuads, described: str) -> None:
    """Do in a merge what changed from one store directory to another; it is closed afterwards."""
    with reported(path):
        was, now, union = ox.Store.read_only(str(before)), ox.Store.read_only(str(data)), ox.Store(str(path))
        removed, added = set(map(parsed, change.removed)), set(map(parsed, change.added))
        if described:
            old, new = _graph(was, described), _graph(now, described)
            removed |= old - new
            added |= new - old
        _edit(union, now, removed, added)
        names = set(now.named_graphs())
        for name in set(was.named_graphs()) - names:
            union.remove_graph(name)
        for name in names - set(was.named_graphs()):
            union.add_graph(name)


def _edit(union: ox.Store, now: ox.Store, removed: Set[ox.Quad], added: Set[ox.Quad]) -> None:
    """Change a merge by the quads that came and went; `now` has what there is after that."""
    for quad in removed:
        union.remove(quad)
    touched = {quad.triple for quad in removed | added}
    gone = {triple for triple in touched if not _is_anywhere(now, triple)}
    for triple in gone:
        union.remove(_merged(triple))
    union.extend([*added, *map(_merged, touched - gone)])


def _graph(store: ox.Store, name: str) -> set[ox.Quad]:
    return set(store.quads_for_pattern(None, None, None, ox.NamedNode(name)))


def _is_anywhere(store: ox.Store, triple: ox.Triple) -> bool:
    found = store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
    return next(iter(found), None) is not None


def _merged(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object)


class _Merging:
    """Reads all graphs of a store in one thread, while another one loads them as one.

    A loader gives blank nodes new labels, so the lines that may have one are left out, and returned as quads.
    """

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._blank: list[bytes] = []
        self._failed: list[Exception] = []

    def into(self, union: ox.Store) -> Iterable[ox.Quad]:
        """Load the default graph of a store, and return what is still to be added.

        Raises:
            OSError, RuntimeError, ValueError: the one cannot be read, or the other not be written.
        """
        read, write = os.pipe()
        thread = threading.Thread(target=self._read, args=(os.fdopen(write, "wb", 0),))
        thread.start()
        try:
            with os.fdopen(read, "rb", _BLOCK) as source:
                union.bulk_load(source, ox.RdfFormat.N_TRIPLES)
        finally:
            thread.join()  # it ends by what it writes to being closed
        for error in self._failed:
            raise error
        lines = b"".join(self._blank)
        return map(_quad, ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)) if lines else ()

    def _read(self, sink: IO[bytes]) -> None:
        lines = _Lines(sink, self._blank)
        try:
            with sink:
                for name in self._store.named_graphs():
                    self._store.dump(cast("IO[bytes]", lines), ox.RdfFormat.N_TRIPLES, from_graph=name)
                lines.end()
        except Exception as error:  # whatever it is, it is raised where the merge was asked for
            self._failed.append(error)


class _Lines:
    """Passes lines on, but for those that may have a blank node."""

    def __init__(self, sink: IO[bytes], blank: list[bytes]) -> None:
        self._sink = sink
        self._blank = blank
        self._rest = bytearray()

    def write(self, content: bytes) -> int:
        """Take some lines, or a part of one."""
        self._rest += content
        if len(self._rest) >= _BLOCK:
            end = self._rest.rfind(b"\n") + 1
            self._pass_on(bytes(self._rest[:end]))
            del self._rest[:end]
        return len(content)

    def flush(self) -> None:
        """Do nothing: a file has it."""

    def end(self) -> None:
        """Pass on what is left."""
        self._pass_on(bytes(self._rest))
        self._rest.clear()

    def _pass_on(self, block: bytes) -> None:
        if b"_:" in block:
            lines = block.splitlines(keepends=True)
            self._blank += [line for line in lines if b"_:" in line]
            block = b"".join(line for line in lines if b"_:" not in line)
        view = memoryview(block)
        while view:  # a pipe takes what it has room for
            view = view[self._sink.write(view) :]


def _quad(read: ox.Quad | ox.Triple) -> ox.Quad:
    return ox.Quad(read.subject, read.predicate, read.object)


__all__ = ["LARGE", "begun_union", "change_union", "renew_in_union", "union_beside", "write_union"]
