"""The columns of a revision: made before its workers where it is in memory, and meanwhile where it is on disk.

A revision on disk opens at once, and its queries need not wait for columns: until these are there, the engine answers.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from kg.engine import EmbeddedEngine
from kg.errors import KgError
from kg.workers.confine import be_expendable, end_with_parent, give_back_memory

if TYPE_CHECKING:
    from kg.columns import Columns

MOST: Final = 20_000_000
"""Up to how many triples a revision has columns: the numbers of terms, and what is made on the way, have room."""

_NICE: Final = 5


def columns_of(engine: EmbeddedEngine, least: int) -> Columns | None:
    """Return the columns of what an engine holds; None where that is fewer triples than `least`, or too many.

    Only here the library of arrays is loaded: 16 MiB and a fifth of a second that a small graph goes without.
    """
    if not least or engine.count() < least or not least <= (engine.count_merged() or 0) <= MOST:
        return None
    lines = engine.merged_lines()
    made: Columns | None = importlib.import_module("kg.columns").Columns.of(lines or ())
    give_back_memory()
    return made


class Awaited:
    """Columns that a process of their own makes, in a file without a name; a worker maps it when it is whole."""

    def __init__(self, path: Path, least: int) -> None:
        """Begin to make the columns of a store directory, if it has so many triples; this process must have one thread.

        Where there is no room for the file, there will be none.
        """
        self._file = _unnamed_file()
        self._found: Columns | None = None
        if self._file is not None:
            importlib.import_module("kg.columns")  # here, so that the workers need not
            parent = os.getpid()
            if os.fork() == 0:
                self._make(parent, path, least)
            # What a worker can write, a query that takes it over could have all others read.
            self._file = _only_to_be_read(self._file)

    def columns(self) -> Columns | None:
        """Return the columns, None as long as there are none."""
        if self._found is None and self._file is not None:
            try:
                self._found = importlib.import_module("kg.columns").read_columns(self._file)
            except (OSError, MemoryError):  # this process has no room for them
                self._file = None
        return self._found

    def _make(self, parent: int, path: Path, least: int) -> None:
        """Make the columns in this process, which has just been forked, and end it."""
        status = 1
        try:
            end_with_parent(parent)
            be_expendable()
            os.nice(_NICE)
            made = columns_of(EmbeddedEngine.on_disk(path, union=True), least)
            if made is not None and self._file is not None:
                self._write(made, self._file)
            status = 0
        except (KgError, OSError, MemoryError):
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(status)

    @staticmethod
    def _write(made: Columns, file: IO[bytes]) -> None:
        try:
            importlib.import_module("kg.columns").write_columns(made, file)
        except OSError:  # the disk is full: others need the room more
            file.truncate(0)
            raise


def _only_to_be_read(file: IO[bytes]) -> IO[bytes]:
    """Return a file as one that cannot be written, where the system can open it again (Linux)."""
    try:
        again = os.fdopen(os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDONLY), "rb")
    except OSError:
        return file
    file.close()
    return again


def _unnamed_file() -> IO[bytes] | None:
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return None
