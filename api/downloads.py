"""The whole dataset as a file: written once for each revision and format, and sent from there as fast as it is read."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from dataclasses import dataclass
from typing import IO

from api.state import Snapshot
from kg.engine import GraphFormat
from kg.errors import NoRoom


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is open for one reader, who closes it."""

    descriptor: int
    size: int

    def close(self) -> None:
        """Close the file; the others who read it have their own."""
        with contextlib.suppress(OSError):
            os.close(self.descriptor)


class Downloads:
    """The files of one revision, by format."""

    def __init__(self) -> None:
        """Begin without any."""
        self._lock = threading.Lock()
        self._revision = ""
        self._files: dict[GraphFormat, IO[bytes]] = {}

    def open(self, snapshot: Snapshot, format: GraphFormat, leave: str) -> Download:
        """Return a revision in a format, without the graph `leave`; the first who asks waits until it is written.

        Raises:
            NoRoom: the disk is full.
        """
        with self._lock:
            if self._revision != snapshot.revision.id:
                self._close()
                self._revision = snapshot.revision.id
            if format not in self._files:
                self._files[format] = _written(snapshot, format, leave)
            file = self._files[format]
            return Download(os.dup(file.fileno()), os.fstat(file.fileno()).st_size)

    def close(self) -> None:
        """Let go of the files; who reads one goes on."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()


def _written(snapshot: Snapshot, format: GraphFormat, leave: str) -> IO[bytes]:
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - kept, and closed with the revision
    except OSError as error:
        raise NoRoom from error
    try:
        for chunk in snapshot.engine.dump(format, leave=leave):
            file.write(chunk)
        file.flush()
    except OSError as error:
        file.close()
        raise NoRoom from error
    return file
