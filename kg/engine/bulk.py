"""Loading files of RDF into a new store directory: many quads, of which few are in memory at any time.

N-Quads and N-Triples are read by several threads, whole lines each, while other processes read the same lines for what
the directory will hold (`kg.engine.surveying`): what is hashed is what the engine would write. Reading it back from the
directory instead costs as much as loading, and is done where the lines alone do not tell: where there are blank nodes,
where a quad is written twice, and for other formats. The merge of all graphs (`kg.engine.union`) is loaded from the
same lines without their graphs.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import mmap
import re
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import pyoxigraph as ox

from kg.engine.surveying import Survey, Surveyors, processes_for, summed, survey_of
from kg.engine.tally import Scope, blocks
from kg.engine.union import LARGE, begun_union, write_union
from kg.errors import BadParameter, Problem, SourceError, StoreError

Progress = Callable[[int], None]
"""Is told how many bytes of the files have been read."""

FORMATS: Final = {
    "nq": ox.RdfFormat.N_QUADS,
    "nt": ox.RdfFormat.N_TRIPLES,
    "trig": ox.RdfFormat.TRIG,
    "ttl": ox.RdfFormat.TURTLE,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
"""The formats by the ends of the names of their files; `.gz` may follow."""
_LINES: Final = ("nq", "nt")
_THREADS: Final = 2
_BYTES_A_QUAD: Final = 100
"""Fewer than most have: by the size of files it is told whether there are so many quads that processes are worth it."""
_IRI: Final = rb'<[^<>"\s]+>'
_LITERAL: Final = rb'"[^"\\]*(?:\\.[^"\\]*)*"(?:@[\w-]+|\^\^' + _IRI + rb")?"
_PLAIN: Final = re.compile(rb"^(%b %b (?:%b|%b))(?: %b)? \.$" % (_IRI, _IRI, _LITERAL, _IRI, _IRI), re.MULTILINE)
"""A line of one quad without blank nodes, with a space between its parts; the graph is what may be left out."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to be loaded: `format` is one of `FORMATS`; `graph` is that of its triples, or empty for the default."""

    path: Path
    format: str
    graph: str = ""


def load_store(
    path: Path, files: Iterable[File], scope: Scope, progress: Progress = lambda _: None, *, merged: bool = True
) -> Survey:
    """Load files into a new store directory, and return what it holds then.

    One that is large gets the merge of its graphs beside it, unless that is not wanted.

    Raises:
        SourceError: a file cannot be read, or is not what its format says: where, as far as that is known.
        BadParameter: the graph that a file is to go into is no IRI.
        StoreError: the directory cannot be written.
    """
    files = tuple(files)
    for file in files:
        _graph(file)
    try:
        store = ox.Store(str(path))
        found = _Loading(store, scope, progress).of(files)
        store.flush()
        del store
        if merged and found.quads >= LARGE and not _merge_lines(path, files):
            write_union(path)
        return found
    except (OSError, ValueError, RuntimeError) as error:
        raise StoreError(f"the store at {path} cannot be written: {error}") from error


class _Loading:
    """Loads files, one after the other."""

    def __init__(self, store: ox.Store, scope: Scope, progress: Progress) -> None:
        self._store = store
        self._scope = scope
        self._progress = progress
        self._done = 0

    def of(self, files: tuple[File, ...]) -> Survey:
        sizes = [_size(file) for file in files]
        by_lines = all(file.format in _LINES and not file.graph for file in files)
        count = processes_for(sum(sizes) // _BYTES_A_QUAD) if by_lines else 0
        with Surveyors(self._scope, count=count, trusted=False) as surveyors:
            for file, size in zip(files, sizes, strict=True):
                with _reading(file), _opened(file.path, self._tell) as source:
                    shared = _Shared(source, surveyors.read if by_lines else lambda _: None)
                    self._load(file, shared, count if count and _has_no_blank_nodes(file.path) else 1)
                self._done += size
            parts = surveyors.parts() if by_lines else []
        whole = by_lines and sum(part.lines for part in parts) == len(self._store)
        if whole and not any(part.blank for part in parts):
            return summed(parts, self._store, self._scope)
        del parts
        return survey_of(self._store, self._scope)

    def _tell(self, read: int) -> None:
        self._progress(self._done + read)

    def _load(self, file: File, source: _Shared, threads: int) -> None:
        """Load a file by some threads, each of which reads a part of it.

        Raises:
            SourceError: it is not what its format says.
            OSError, RuntimeError: the store cannot be written.
        """
        try:
            _bulk_load(self._store, source, FORMATS[file.format], _graph(file), threads)
        except SyntaxError as error:
            raise SourceError([_problem(file, error if threads == 1 else _first_mistake(file) or error)]) from error


def _bulk_load(
    store: ox.Store, source: _Shared, format: ox.RdfFormat, graph: ox.NamedNode | None, threads: int
) -> None:
    """Load what some threads read, a part each; what goes wrong in one of them is raised."""
    failed: list[Exception] = []

    def load() -> None:
        try:
            store.bulk_load(source.reader(), format, to_graph=graph)
        except Exception as error:  # whatever it is, it is raised where the load was asked for
            failed.append(error)
            source.close()

    workers = [threading.Thread(target=load) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for error in failed:
        raise error


def _merge_lines(path: Path, files: tuple[File, ...]) -> bool:
    """Merge what was loaded from files, by their lines once more: three times as fast as to read the store.

    False where the lines do not tell, and then there is no merge.
    """
    if not all(file.format in _LINES and not file.graph and _has_no_blank_nodes(file.path) for file in files):
        return False
    plain = True

    def without_graph(block: bytes) -> bytes:
        nonlocal plain
        block, count = _PLAIN.subn(rb"\1 .", block)
        if count != block.count(b"\n") + (not block.endswith(b"\n")):
            plain = False
        return block if plain else b""

    try:
        with begun_union(path) as union:
            for file in files:
                with _opened(file.path, lambda _: None) as source:
                    shared = _Shared(source, lambda _: None, without_graph)
                    _bulk_load(union, shared, ox.RdfFormat.N_TRIPLES, None, _THREADS)
    except SyntaxError:  # the engine has read them with their graphs, so it is our reading that is wrong
        return False
    return plain


def _graph(file: File) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(file.graph) if file.graph else None
    except ValueError as error:
        raise BadParameter(
            "graph", file.graph, f"it must be an absolute IRI ({error})", f"应为绝对 IRI（{error}）"
        ) from error


def _size(file: File) -> int:
    with _reading(file):
        return file.path.stat().st_size


@contextlib.contextmanager
def _reading(file: File) -> Iterator[None]:
    """Say of a file that it cannot be read."""
    try:
        yield
    except (FileNotFoundError, IsADirectoryError, PermissionError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise SourceError([Problem(str(file.path), 0, 0, "", f"cannot be read: {said}")]) from error


@contextlib.contextmanager
def _opened(path: Path, tell: Progress) -> Iterator[IO[bytes]]:
    """Open a file, which may be compressed; tell how many of its bytes have been read."""
    with _Told(path, tell) as raw:
        if path.suffix == ".gz":
            with gzip.GzipFile(fileobj=raw) as source:
                yield io.BufferedReader(source, 1 << 20)
        else:
            yield io.BufferedReader(raw, 1 << 20)


def _has_no_blank_nodes(path: Path) -> bool:
    """Tell whether a file has none for sure: their labels mean nothing to another thread."""
    if path.suffix == ".gz" or not path.is_file() or not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(b"_:") < 0


def _first_mistake(file: File) -> SyntaxError | None:
    """Read a file from its beginning to its first mistake: who read a part of it does not know the line."""
    with _opened(file.path, lambda _: None) as source:
        try:
            for _ in ox.parse(source, FORMATS[file.format]):
                pass
        except SyntaxError as error:
            return error
    return None


def _problem(file: File, error: SyntaxError) -> Problem:
    hint = f"it was read as {FORMATS[file.format].name}"
    return Problem(str(file.path), error.lineno or 0, error.offset or 0, "", str(error.msg), hint)


class _Told(io.FileIO):
    """A file that tells how many of its bytes have been read."""

    def __init__(self, path: Path, tell: Progress) -> None:
        super().__init__(path)
        self._tell = tell
        self._read = 0

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]
        size = super().readinto(buffer)
        self._read += size or 0
        self._tell(self._read)
        return size


class _Shared:
    """A file that several threads read, whole lines each; each piece is also told to somebody else, once."""

    def __init__(
        self,
        source: IO[bytes],
        tell: Callable[[bytes], None],
        change: Callable[[bytes], bytes] = lambda block: block,
    ) -> None:
        self._blocks = blocks(source)
        self._tell = tell
        self._change = change
        self._lock = threading.Lock()
        self._closed = False

    def take(self) -> bytes:
        """Return the next piece; nothing at the end."""
        with self._lock:
            block = b"" if self._closed else next(self._blocks, b"")
            if block:
                self._tell(block)
        return self._change(block) if block else block

    def close(self) -> None:
        """Have nothing more to be read."""
        self._closed = True

    def reader(self) -> IO[bytes]:
        """Return what one thread reads from."""
        return io.BufferedReader(_Reader(self), 1 << 16)


class _Reader(io.RawIOBase):
    """Reads a shared file piece by piece."""

    def __init__(self, source: _Shared) -> None:
        super().__init__()
        self._source = source
        self._piece = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._piece:
            self._piece = memoryview(self._source.take())
        size = min(len(buffer), len(self._piece))
        buffer[:size] = self._piece[:size]
        self._piece = self._piece[size:]
        return size
