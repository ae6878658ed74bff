"""Immutable numbered revisions in a directory, and the pointer to the current one.

    store/revisions/<id>/oxigraph/      the triples
    store/revisions/<id>/manifest.json  what it was made of
    store/current                       the id of the published revision
    store/.new-*/                       a write that is under way, or a leftover of one that was cut off

A revision is written beside the others and published by one atomic rename of the pointer, so a crash at any point
leaves the last published revision whole. Its id is the digest of its canonical content.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kg.engine import EmbeddedEngine, digest_of, write_store
from kg.errors import RevisionNotFound, StoreError

_ID: Final = re.compile(r"^[0-9a-f]{16}$")
_MANIFEST: Final = {"revision": str, "base_iri": str, "triples": int, "published": str}
_AGAIN: Final = "run `kg build` to publish it again"


@dataclass(frozen=True, slots=True)
class Revision:
    """A published revision: its id, its directory, and what its manifest says."""

    id: str
    path: Path
    manifest: Mapping[str, Any]

    def open(self, *, in_memory_up_to: int = 2_000_000) -> EmbeddedEngine:
        """Open the revision for reading; up to so many quads it is read into memory."""
        return EmbeddedEngine.open(self.path / "oxigraph", in_memory_up_to=in_memory_up_to)


class RevisionStore:
    """The revisions in one directory."""

    def __init__(self, root: Path) -> None:
        """Use a directory; it is made by the first write."""
        self.root = root

    def current_id(self) -> str:
        """Return the id of the published revision.

        Raises:
            RevisionNotFound: nothing has been published here.
            StoreError: the pointer is not one that this program wrote.
        """
        try:
            text = (self.root / "current").read_text(encoding="ascii").strip()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise RevisionNotFound(f"nothing has been published in {self.root}: run `kg build`") from error
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"{self.root / 'current'} cannot be read: {error}") from error
        if not _ID.match(text):
            raise StoreError(f"{self.root / 'current'} does not name a revision: {_AGAIN}")
        return text

    def current(self, base_iri: str | None = None) -> Revision:
        """Return the published revision.

        Raises:
            RevisionNotFound: nothing has been published here.
            StoreError: the store cannot be read, or `base_iri` is given and the things have another base.
        """
        current = self.current_id()
        try:
            revision = self.get(current)
        except RevisionNotFound as error:
            raise StoreError(f"{error}, though it is the current one: {_AGAIN}") from error
        held = revision.manifest["base_iri"]
        if base_iri is not None and held != base_iri:
            raise StoreError(
                f"{self.root} holds things under {held}, but KG_BASE_IRI is {base_iri}: set it to the former, "
                "or build into another store"
            )
        return revision

    def get(self, revision: str) -> Revision:
        """Return a revision by its id."""
        path = self.root / "revisions" / revision
        try:
            manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise RevisionNotFound(f"{self.root} has no revision {revision}") from error
        except (OSError, ValueError) as error:
            raise StoreError(f"{path / 'manifest.json'} cannot be read: {error}; {_AGAIN}") from error
        if not isinstance(manifest, dict) or any(
            not isinstance(manifest.get(key), kind) for key, kind in _MANIFEST.items()
        ):
            raise StoreError(f"{path / 'manifest.json'} is not one that this program wrote: {_AGAIN}")
        return Revision(revision, path, manifest)

    def publish(self, graphs: Iterable[tuple[str, bytes]], manifest: Mapping[str, Any]) -> Revision:
        """Write named graphs (IRI, N-Triples) as a revision and make it the current one.

        Raises:
            StoreError: the directory cannot be written; what was published before stays published.
        """
        try:
            with self._write_lock():
                self._sweep()
                new = Path(tempfile.mkdtemp(prefix=".new-", dir=self.root))
                new.chmod(0o755)
                try:
                    revision = self._write(new, graphs, manifest)
                finally:
                    shutil.rmtree(new, ignore_errors=True)
                self._point_to(revision)
                self._sweep()
                return self.get(revision)
        except OSError as error:
            raise StoreError(f"{self.root} cannot be written: {error}; what was published stays published") from error

    def _write(self, new: Path, graphs: Iterable[tuple[str, bytes]], manifest: Mapping[str, Any]) -> str:
        revision = write_store(new / "oxigraph", graphs)[:16]
        goal = self.root / "revisions" / revision
        if self._is_whole(revision):
            return revision
        published = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        content = {**manifest, "revision": revision, "published": published}
        text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)
        _write_durably(new / "manifest.json", text + "\n")
        goal.parent.mkdir(exist_ok=True)
        if goal.exists():
            goal.rename(new.with_name(f"{new.name}-damaged"))
        new.rename(goal)
        _sync(goal.parent)
        return revision

    def _is_whole(self, revision: str) -> bool:
        """Tell whether a revision is there, can be read, and holds what its id says."""
        try:
            return digest_of(self.get(revision).path / "oxigraph")[:16] == revision
        except StoreError:
            return False

    def _point_to(self, revision: str) -> None:
        pointer = self.root / ".new-current"
        _write_durably(pointer, revision + "\n")
        if (self.root / "current").is_dir():
            raise StoreError(f"{self.root / 'current'} is a directory; remove it, and build again")
        pointer.replace(self.root / "current")
        _sync(self.root)

    def _sweep(self) -> None:
        for leftover in self.root.glob(".new-*"):
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _write_lock(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _write_durably(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
