"""Writing to a directory so that it lasts: durable files, the lock of writers, what is held by readers, leftovers."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import weakref
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kg.errors import StoreError

LEFTOVER = ".new-"
"""How the names of files and directories begin that nobody reads yet, or any more."""


def write_durably(path: Path, text: str) -> None:
    """Write a file, and return when it is on disk."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def replace_durably(path: Path, text: str) -> None:
    """Write a file whole or not at all: beside its place, and then by a rename."""
    beside = path.parent / f"{LEFTOVER}{path.name}"
    write_durably(beside, text)
    beside.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Return when a file, or the names in a directory, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Return when a directory with all that is in it is on disk.

    A file that has a name elsewhere belongs to a revision that was published, and is on disk since then: it would cost
    most of the time of a small write.
    """
    found = [(path, path.lstat()) for path in sorted(folder.rglob("*"), reverse=True)]
    names = Counter(status.st_ino for _, status in found)
    for path, status in found:
        if stat.S_ISDIR(status.st_mode) or status.st_nlink == names[status.st_ino]:
            sync(path)
    sync(folder)


def sweep(root: Path) -> None:
    """Remove what an interrupted write has left; only the holder of the lock may do it."""
    for leftover in root.glob(f"{LEFTOVER}*"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


@contextlib.contextmanager
def write_lock(root: Path) -> Iterator[None]:
    """Wait until no other thread or process writes, and keep them away; the directory is made if it does not exist."""
    if not root.is_dir():
        root.mkdir(parents=True, exist_ok=True)
        sync(root.parent)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)  # closing is not enough where a process was forked meanwhile


@contextlib.contextmanager
def reporting(root: Path) -> Iterator[None]:
    """Turn what the file system or RocksDB refuses into an error of the store."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise StoreError(f"{root} cannot be written: {error}; what was published stays published") from error


class Hold:
    """A shared lock on a directory: it is not removed as long as the lock lives, here or in a forked process.

    As a context manager it lets go at the end.
    """

    def __init__(self, descriptor: int | None) -> None:
        """Keep the descriptor that has the lock; None where the file system knows no locks."""
        self._descriptor = descriptor

    def __enter__(self) -> None:
        """Do nothing more: the lock is there."""

    def __exit__(self, *_: object) -> None:
        """Let go."""
        self.release()

    def release(self) -> None:
        """Let go now."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def until_gone(self, owner: object) -> None:
        """Let go when an object is no longer used."""
        if self._descriptor is not None:
            weakref.finalize(owner, os.close, self._descriptor)


def hold(folder: Path) -> Hold:
    """Keep a directory from being removed by `unless_held`.

    RocksDB opens the files of data by their names, and most of them only when they are first read (past 16 of them),
    so a directory that is removed takes the data away from those who have it open.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # whoever opens the directory next says so better
        return Hold(None)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    except OSError:  # NFS without locks
        os.close(descriptor)
        return Hold(None)
    return Hold(descriptor)


def remove_unless_held(folder: Path, trash: Path) -> bool:
    """Remove a directory that no reader holds, whole or not at all, and tell whether it was removed.

    Raises:
        OSError: it is not there, or its name cannot be changed.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        folder.rename(trash)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    shutil.rmtree(trash, ignore_errors=True)
    return True
