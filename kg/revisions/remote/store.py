"""The store of revisions whose published ones are at a SPARQL service, and which makes new ones in a working copy.

The working copy is a store of revisions as any other, in a directory of this machine. Before something is made in it,
it follows what is published at the service; what has been made is published there before its own pointer moves. So it
may be lost at any time, and several machines have one each.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from kg.engine import hash_of
from kg.engine.remote.engine import RemoteEngine
from kg.engine.remote.loading import write_quads
from kg.errors import RevisionNotFound, StoreError, StoreFailed
from kg.revisions.files import reporting, sync_tree, write_durably
from kg.revisions.history import Pointer
from kg.revisions.manifest import to_json
from kg.revisions.model import Delta, Publication, Revision, metadata_graph
from kg.revisions.remote.publishing import Publisher
from kg.revisions.remote.reading import RemoteReader
from kg.revisions.store import RevisionStore
from kg.settings import Settings

_PULLED: Final = ".pull-"
_OLD: Final = 3600.0


def _nothing(_: Publication) -> None:
    """Do nothing when a revision is about to be published."""


class RemoteRevisionStore(RevisionStore):
    """The revisions at the service of the settings; safe for many readers and writers, on any number of machines."""

    are_queried = False

    def __init__(self, settings: Settings, *, keep: int = 100) -> None:
        """Use the service, and the working copy, of the settings; at most `keep` revisions stay in the copy."""
        super().__init__(working_copy(settings), keep=keep)
        self.reader = RemoteReader(settings)
        self._publisher = Publisher(self.reader.control, query_seconds=settings.query_timeout)

    def stamp(self) -> object:
        """Return what changes when something is published."""
        return self.reader.stamp()

    def current_id(self) -> str:
        """Return the id of the revision that is published at the service."""
        pointed = self.reader.control.pointed()
        if pointed is None:
            raise RevisionNotFound("nothing has been published at the SPARQL service: run `kg build`")
        return pointed.revision

    def current(self, base_iri: str | None = None) -> Revision:
        """Return the published revision, in the working copy."""
        revision = self.current_id()
        self.fetch(revision)
        return self.with_base(super().get(revision), base_iri)

    def ids(self) -> frozenset[str]:
        """Return the ids of the revisions that can be read, or gone back to from here."""
        return super().ids() | self._held().keys()

    def history(self) -> Iterator[Publication]:
        """Return the publications at the service, newest first."""
        return reversed([Publication(**entry) for entry in self.reader.control.publications()])

    def difference(self, before: str, after: str) -> Delta:
        """Return what was added and removed from one revision to another; both come into the working copy."""
        for revision in (before, after):
            self.fetch(revision)
        return super().difference(before, after)

    def get(self, revision: str) -> Revision:
        """Return a revision by its id, as far as what its manifest says goes; its data may be at the service alone."""
        try:
            return super().get(revision)
        except RevisionNotFound:
            for kept in self.reader.control.generations():
                if kept.state == "whole" and kept.revision == revision and kept.said is not None:
                    return self.reader.revision(kept.generation, kept.said)
            raise

    def rollback(self, revision: str, *, author: str, note: str = "", expected: Sequence[str] = ()) -> Publication:
        """Make a revision that can still be read the current one of the service again."""
        self.fetch(revision)
        return super().rollback(revision, author=author, note=note, expected=expected)

    def prune(self, keep: int) -> list[str]:
        """Remove all but the `keep` revisions that were published last, here and at the service; return their ids."""
        gone = set(super().prune(keep)) | set(self._publisher.sweep(keep))
        return sorted(gone - self.ids())

    def prepare(self) -> None:
        """Have the working copy follow the service, and hold its current revision: a write may begin.

        Raises:
            RevisionNotFound: nothing has been published there.
            StoreError: the service gave no usable answer, or the copy cannot be written.
        """
        with self._writing():
            # What the copy follows now, and not what may have been published since: a write would miss that.
            self.fetch(self._history.pointer().revision)

    def publish_made(self, entry: Publication, on_commit: Callable[[], None] = lambda: None) -> None:
        """Publish a revision of the working copy, which is in its place there, at the service.

        Raises:
            PreconditionFailed: something else was published there meanwhile; nothing was changed.
            StoreFailed: the service gave no usable answer.
        """
        before = None
        with contextlib.suppress(StoreError):
            before = super().get(entry.parent or "")
        self._publisher.publish(super().get(entry.revision), entry, before, on_commit)

    def fetch(self, revision: str) -> None:
        """Bring a revision into the working copy, if it is not there.

        Raises:
            RevisionNotFound: it is neither here nor at the service.
            StoreFailed: the service gave no usable answer, or other data than it was sent.
        """
        if revision in super().ids():
            return
        kept = self.get(revision)
        engine = kept.open()
        assert isinstance(engine, RemoteEngine), "it is not in the working copy"
        with reporting(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            new = Path(tempfile.mkdtemp(prefix=_PULLED, dir=self.root))
            try:
                made = new / "revision"
                made.mkdir(mode=0o755)
                names = engine.graph_names()
                write_quads(made / "oxigraph", names, engine.quads(names, unnamed=True))
                if hash_of(made / "oxigraph", metadata_graph(kept.manifest)).id != revision:
                    raise StoreFailed(
                        f"the SPARQL service gives back other data for revision {revision} than it was sent",
                        f"SPARQL 服务返回的版本 {revision} 与写入的数据不符",
                    )
                write_durably(made / "manifest.json", to_json(kept.manifest))
                sync_tree(made)
                self._revisions.mkdir(exist_ok=True)
                with contextlib.suppress(OSError):  # another process has just brought it
                    made.rename(self._revisions / revision)
            finally:
                shutil.rmtree(new, ignore_errors=True)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Be the only writer of the working copy, when it has followed the service."""
        with super()._writing():
            for old in self.root.glob(f"{_PULLED}*"):
                if time.time() - old.stat().st_mtime > _OLD:
                    shutil.rmtree(old, ignore_errors=True)
            self._follow()
            yield

    def _follow(self) -> None:
        pointed = self.reader.control.pointed()
        if pointed is None:
            self._history.clear()
            return
        there = Pointer(pointed.revision, pointed.seq)
        if self._pointer_if_readable() != there:
            entries = [Publication(**entry) for entry in self.reader.control.publications()]
            self._history.follow([entry for entry in entries if entry.seq <= pointed.seq], there)

    def _publish(self, entry: Publication, on_commit: Callable[[Publication], None] = _nothing) -> None:
        """Publish at the service, and then in the working copy; a build of what is current there is no publication."""
        pointed = self.reader.control.pointed()
        if entry.kind in {"build", "load"} and pointed is not None and pointed.revision == entry.revision:
            return

        def commit(made: Publication) -> None:
            self.publish_made(made, lambda: on_commit(made))

        super()._publish(entry, commit)

    def _held(self) -> dict[str, Revision]:
        return {
            kept.revision: self.reader.revision(kept.generation, kept.said)
            for kept in self.reader.control.generations()
            if kept.state == "whole" and kept.said is not None
        }


def working_copy(settings: Settings) -> Path:
    """Return the directory in which revisions are made for the service of the settings."""
    if settings.store_copy is not None:
        return settings.store_copy
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    except RuntimeError:  # a user of a container may have no home
        cache = Path(tempfile.gettempdir()) / f"cache-{os.getuid()}"
    name = hashlib.sha256(str(settings.store).encode()).hexdigest()[:16]
    return cache / "policy-kg" / name


def store_of(settings: Settings, *, keep: int | None = None) -> RevisionStore:
    """Return the store of the settings: a directory, or a SPARQL service with a working copy."""
    kept = settings.keep_revisions if keep is None else keep
    if isinstance(settings.store, str):
        return RemoteRevisionStore(settings, keep=kept)
    return RevisionStore(settings.store, keep=kept)


def reader_of(settings: Settings) -> RevisionStore | RemoteReader:
    """Return what finds the current revision of the store of the settings; it writes nothing on this machine."""
    return RemoteReader(settings) if isinstance(settings.store, str) else RevisionStore(settings.store)


__all__ = ["RemoteRevisionStore", "reader_of", "store_of", "working_copy"]
