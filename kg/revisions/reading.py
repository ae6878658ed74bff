"""Reading a store of revisions: the current one, any other, the history, and what tells two revisions apart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from kg.errors import BadParameter, RevisionNotFound, RevisionPruned, StoreError
from kg.revisions.comparing import difference
from kg.revisions.files import hold
from kg.revisions.history import History
from kg.revisions.model import AGAIN, IS_ID, Delta, Publication, Revision

_MANIFEST: Final = {"revision": str, "base_iri": str, "triples": int, "published": str}


class RevisionReader:
    """What needs no right to write."""

    def __init__(self, root: Path) -> None:
        """Read the revisions in a directory."""
        self.root = root
        self._revisions = root / "revisions"
        self._history = History(root)

    def stamp(self) -> object:
        """Return what changes when something is published, None where that cannot be read."""
        try:
            status = (self.root / "current").stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino

    def current_id(self) -> str:
        """Return the id of the published revision.

        Raises:
            RevisionNotFound: nothing has been published here.
            StoreError: the pointer is not one that this program wrote.
        """
        return self._history.pointer().revision

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
            raise StoreError(f"{error}, though it is the current one: {AGAIN}") from error
        return self.with_base(revision, base_iri)

    def with_base(self, revision: Revision, base_iri: str | None) -> Revision:
        """Return a revision whose things have a base, if one is given.

        Raises:
            StoreError: they have another one.
        """
        held = revision.manifest["base_iri"]
        if base_iri is not None and held != base_iri:
            raise StoreError(
                f"{self.root} holds things under {held}, but KG_BASE_IRI is {base_iri}: set it to the former, "
                "or build into another store"
            )
        return revision

    def get(self, revision: str) -> Revision:
        """Return a revision by its id.

        Raises:
            RevisionNotFound: it is not here, or not any more.
            StoreError: its manifest is damaged.
        """
        path = self._revisions / revision
        if not IS_ID.fullmatch(revision):
            raise RevisionNotFound(f"{self.root} has no revision {revision}")
        try:
            manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise RevisionNotFound(f"{self.root} has no revision {revision}") from error
        except (OSError, ValueError) as error:
            raise StoreError(f"{path / 'manifest.json'} cannot be read: {error}; {AGAIN}") from error
        if not isinstance(manifest, dict) or any(
            not isinstance(manifest.get(key), kind) for key, kind in _MANIFEST.items()
        ):
            raise StoreError(f"{path / 'manifest.json'} is not one that this program wrote: {AGAIN}")
        return Revision(revision, path, manifest)

    def ids(self) -> frozenset[str]:
        """Return the ids of the revisions that are here, published or pruned next."""
        try:
            return frozenset(path.name for path in self._revisions.iterdir() if IS_ID.fullmatch(path.name))
        except (FileNotFoundError, NotADirectoryError):
            return frozenset()
        except OSError as error:
            raise StoreError(f"{self._revisions} cannot be read: {error}") from error

    def resolve(self, start: str) -> str:
        """Return the id of the one revision here that begins so.

        Raises:
            RevisionPruned: one that was published does, but is not here any more.
            RevisionNotFound: none does.
            BadParameter: several do.
        """
        found = sorted(name for name in self.ids() if start and name.startswith(start.lower()))
        if not found:
            pruned = (entry.revision for entry in self.history() if start and entry.revision.startswith(start.lower()))
            once = next(pruned, None)
            raise RevisionPruned(once) if once else RevisionNotFound(f"{self.root} has no revision {start}")
        if len(found) > 1:
            either = " or ".join(found), " 或 ".join(found)
            raise BadParameter("revision", start, f"it may be {either[0]}", f"可能是 {either[1]}")
        return found[0]

    def history(self) -> Iterator[Publication]:
        """Return the publications, newest first.

        Raises:
            StoreError: the pointer, or an entry, cannot be read.
        """
        return self._history.newest_first()

    def listed(self, entries: Iterable[Publication]) -> list[dict[str, Any]]:
        """Return publications as JSON has them: each with whether its revision is `current`, and `kept` at all."""
        current, here = self.current_id(), self.ids()
        return [
            {**asdict(entry), "current": entry.revision == current, "kept": entry.revision in here} for entry in entries
        ]

    def difference(self, before: str, after: str) -> Delta:
        """Return what was added and removed from one revision to another, without the graph of metadata.

        Raises:
            RevisionNotFound: one of them is not here.
            StoreError: one of them cannot be read.
        """
        was, now = self.get(before), self.get(after)
        with hold(was.path), hold(now.path):
            return difference(was, now, self.get)
