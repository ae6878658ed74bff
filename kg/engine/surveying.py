"""All that a store directory holds, read once: its hash, and its counts in the terms of VoID.

One graph is left out: the one that the counts are written into. Everything else is read as the merge of all graphs, so
that a triple of several graphs counts once. The counts and their keys are those of `kg.engine.statistics`.

A dataset of some size is read by several processes; see `kg.engine.tally`.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self, cast

import pyoxigraph as ox

from kg.engine.census import Census
from kg.engine.digest import SetHash, empty_graphs
from kg.engine.statistics import Key
from kg.engine.tally import Canonical, Part, Scope
from kg.errors import StoreError

LARGE: Final = 300_000
"""From how many quads on processes of their own are worth their start."""

_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Survey:
    """What a dataset holds, but for one graph: its hash, and its counts; those that are missing are 0.

    `quads` counts the quads without those of that graph.
    """

    hash: SetHash
    counts: Counter[Key]
    quads: int


def survey(path: Path, scope: Scope) -> Survey:
    """Return the survey of a store directory.

    Raises:
        StoreError: the directory is not a store, or is damaged.
    """
    with _opened(path) as store:
        return survey_of(store, scope)


def hash_of(path: Path, exclude: str = "") -> SetHash:
    """Return the hash of a store directory, but for one graph.

    Raises:
        StoreError: the directory is not a store, or is damaged.
    """
    with _opened(path) as store:
        return _hash(_parts(store, Scope(exclude)), store, exclude)


def survey_of(store: ox.Store, scope: Scope) -> Survey:
    """Return the survey of an open store."""
    return summed(_parts(store, scope), store, scope)


def summed(parts: Sequence[Part], store: ox.Store, scope: Scope) -> Survey:
    """Return the survey that parts of the lines of a store come to."""
    names = store.named_graphs()
    graphs = [name.value for name in names if isinstance(name, ox.NamedNode) and name.value != scope.exclude]
    counts = Census(parts).counts(scope)
    counts.update(("named-graph", name) for name in graphs)
    return Survey(_hash(parts, store, scope.exclude), counts, sum(len(part.subjects) for part in parts))


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[ox.Store]:
    try:
        yield ox.Store.read_only(str(path))
    except (OSError, ValueError, RuntimeError) as error:
        raise StoreError(f"{path} cannot be read as a store: {error}") from error


def _parts(store: ox.Store, scope: Scope) -> list[Part]:
    with Surveyors(scope, count=processes_for(len(store)), trusted=True) as surveyors:
        store.dump(cast("IO[bytes]", surveyors), ox.RdfFormat.N_QUADS)
        return surveyors.parts()


def _hash(parts: Sequence[Part], store: ox.Store, exclude: str) -> SetHash:
    blank = b"".join(line for part in parts for line in part.blank)
    quads = ox.parse(blank, format=ox.RdfFormat.N_QUADS) if blank else ()
    return SetHash.of_sum(sum(part.ground for part in parts), quads, empty_graphs(store, exclude))


class Surveyors:
    """Those who read the lines: this process, or some others, each a part of them. It is written to as a file is."""

    def __init__(self, scope: Scope, *, count: int, trusted: bool) -> None:
        """Have so many processes, or none; lines that are not `trusted` to be canonical are made so."""
        self._scope = scope
        self._canonical = None if trusted else Canonical()
        self._own = Part()
        self._rest = bytearray()
        self._turn = 0
        words = [
            "-P",
            "-c",
            "from kg.engine.tally import main; main()",
            scope.exclude,
            scope.space,
            scope.listed,
            "trusted" if trusted else "any",
        ]
        self._others = [
            subprocess.Popen(
                [sys.executable, *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONHASHSEED": str(_SEED)},
            )
            for _ in range(count)
        ]

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes, whatever they are doing."""
        for process in self._others:
            process.kill()
            with process:
                pass

    def write(self, content: bytes) -> int:
        """Take some lines, or a piece of one."""
        end = len(self._rest) + content.rfind(b"\n") + 1  # a line may be longer than a block
        is_whole = end > len(self._rest)
        self._rest += content
        if is_whole and len(self._rest) >= _BLOCK:
            self.read(bytes(self._rest[:end]))
            del self._rest[:end]
        return len(content)

    def flush(self) -> None:
        """Do nothing: a file has it."""

    def read(self, block: bytes) -> None:
        """Have whole lines read.

        Raises:
            OSError: the process that is to read them has ended.
        """
        if self._others:
            self._turn = (self._turn + 1) % len(self._others)
            to = self._others[self._turn].stdin
            assert to is not None
            to.write(block)
        else:
            self._own.add(block, self._scope, self._canonical)

    def parts(self) -> list[Part]:
        """Return what was found, once all has been written."""
        if self._rest:
            self.read(bytes(self._rest))
            self._rest.clear()
        for process in self._others:
            with contextlib.suppress(BrokenPipeError):
                process.stdin and process.stdin.close()
        return [self._own, *map(_part_of, self._others)] if self._others else [self._own]


_SEED: Final = random.SystemRandom().randrange(1, 1 << 32)


def _part_of(process: subprocess.Popen[bytes]) -> Part:
    assert process.stdout is not None
    try:
        part: Part = pickle.load(process.stdout)
    except (EOFError, pickle.UnpicklingError) as error:
        raise OSError(f"a process that reads quads has ended with status {process.wait()}") from error
    return part


def processes_for(quads: int) -> int:
    """Return by how many processes so many quads are read; 0 where this one does it alone."""
    return len(os.sched_getaffinity(0)) if quads >= LARGE else 0
