"""The store of revisions: publishing a build or a write, moving back, and letting old ones go."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from kg.engine import (
    LARGE,
    ChangedQuads,
    EmbeddedEngine,
    Scope,
    Survey,
    change_union,
    clone_store,
    count_quads,
    flush_store,
    hash_after,
    hash_of,
    renew_in_union,
    union_beside,
    write_store,
    write_union,
)
from kg.errors import GraphKeptByStore, PreconditionFailed, RevisionNotFound, StoreError
from kg.revisions.comparing import content_of, counts, write_delta
from kg.revisions.files import (
    LEFTOVER,
    remove_unless_held,
    reporting,
    sweep,
    sync,
    sync_tree,
    write_durably,
    write_lock,
)
from kg.revisions.history import Pointer
from kg.revisions.manifest import facts, known_hash, now, to_json
from kg.revisions.model import IS_ID, Delta, Kind, Publication, Revision, Written, metadata_graph
from kg.revisions.reading import RevisionReader

Make = Callable[[Path, Scope], Survey]
"""Writes quads into a new store directory, and returns what it holds then, in the terms of a scope."""


class Describe(Protocol):
    """What writes the metadata graph into a new store directory."""

    @property
    def scope(self) -> Scope:
        """What is to be counted for it."""
        ...

    def __call__(self, store: Path, found: Survey) -> None:
        """Write it, given what the directory holds."""
        ...


DescribeChange = Callable[[Path, Path, ChangedQuads], None]
"""Brings the metadata graph up to date: the store directory before, the new one, and what changed."""

_LOG: Final = logging.getLogger(__name__)
_MADE: Final = "revision"
_MOVED: Final = "moved"


def _nothing(_: Publication) -> None:
    """Do nothing when a write is about to be published."""


class RevisionStore(RevisionReader):
    """The revisions in one directory; safe for many readers and writers, in any number of processes."""

    are_queried: ClassVar = True
    """Whether it is here that the revisions are queried: then large ones have the merge of their graphs beside them."""

    def __init__(self, root: Path, *, keep: int = 100) -> None:
        """Use a directory, which the first write makes; after a publication at most `keep` revisions stay (0: all)."""
        super().__init__(root)
        self._keep = keep

    def publish(
        self,
        graphs: Iterable[tuple[str, bytes]],
        manifest: Mapping[str, Any],
        *,
        author: str = "",
        note: str = "",
        kind: Kind = "build",
        describe: Describe | None = None,
    ) -> Revision:
        """Write named graphs (IRI, N-Triples) as a revision and make it the current one.

        What is the current revision already is not published again; its manifest then tells of the new inputs.

        Raises:
            StoreError: the directory cannot be written; what was published before stays published.
        """

        def make(path: Path, scope: Scope) -> Survey:
            return write_store(path, graphs, scope)

        return self.publish_written(make, manifest, author=author, note=note, kind=kind, describe=describe)

    def publish_written(
        self,
        make: Make,
        manifest: Mapping[str, Any],
        *,
        author: str = "",
        note: str = "",
        kind: Kind = "build",
        describe: Describe | None = None,
    ) -> Revision:
        """Have a store directory written, and make it the current revision, as `publish` does.

        Raises:
            StoreError: the directory cannot be written; what was published before stays published.
            KgError: what `make` raises.
        """
        with self._workshop() as new:
            data = new / _MADE / "oxigraph"
            survey = make(data, describe.scope if describe is not None else Scope(metadata_graph(manifest)))
            found = survey.hash
            pointer = self._pointer_if_readable()
            if self._is_whole(found.id):
                self._retell(self.get(found.id), manifest, new)
                self._complete(self.get(found.id), new)
                if pointer is not None and pointer.revision == found.id:
                    return self.get(found.id)
            else:
                if describe is not None:
                    describe(data, survey)
                    flush_store(data)
                if self.are_queried:
                    if not union_beside(data).is_dir() and count_quads(data) >= LARGE:
                        write_union(data)
                    elif union_beside(data).is_dir() and describe is not None:
                        renew_in_union(data, metadata_graph(manifest))
                parent = pointer.revision if pointer else None
                self._settle(new, {"triples": survey.quads, **manifest, **facts(found, author, parent)})
            entry = self._entry(pointer, self.get(found.id), author, note, kind)
            self._publish(entry)
            return self.get(found.id)

    def write(
        self,
        apply: Callable[[Path], ChangedQuads],
        *,
        kind: Kind,
        author: str,
        note: str = "",
        expected: Sequence[str] = (),
        describe: DescribeChange | None = None,
        on_commit: Callable[[Publication], None] = _nothing,
    ) -> Written:
        """Change a clone of the current revision and make it the current one; a change of nothing publishes nothing.

        `apply` is given the directory of the clone's quads, and what it raises is raised on. The graph of metadata is
        the business of `describe`: what `apply` removed from it is no change. `on_commit` is told the publication when
        all is on disk and only the pointer is left to move.

        Raises:
            PreconditionFailed: `expected` names revisions, and the current one is none of them.
            GraphKeptByStore: something was added to the graph of metadata.
            RevisionNotFound: nothing has been published yet that could be changed.
            StoreError: the directory cannot be written; what was published before stays published.
        """
        with self._workshop() as new:
            pointer = self._expect(expected)
            before, data = self.current(), new / _MADE / "oxigraph"
            leave = before.metadata_graph
            clone_store(before.data, data)
            change = apply(data)
            delta = content_of(change, leave)
            if len(delta.added) < len(change.added):
                raise GraphKeptByStore(leave)
            unchanged = Written(before, Delta(), pointer.seq)
            if not delta:
                return unchanged
            if describe is not None and leave:
                describe(before.data, data, change)
            flush_store(data)
            found = hash_after(known_hash(before), before.data, data, delta, leave)
            if found.id == before.id:  # other labels of blank nodes are the same content
                return unchanged
            if not self._can_be_read(found.id):
                triples = before.manifest["triples"] + len(delta.added) - len(delta.removed)
                self._merge(before, data, delta)
                told = {**before.manifest, **facts(found, author, before.id), "triples": triples}
                self._settle(new, {**told, "delta": write_delta(new / _MADE, delta)})
            size = len(delta.added), len(delta.removed)
            seq = pointer.seq + 1
            self._publish(Publication(seq, found.id, before.id, now(), author, note, kind, *size), on_commit)
            return Written(self.get(found.id), delta, seq)

    def _merge(self, before: Revision, data: Path, delta: Delta) -> None:
        """Have what was made by a write have the merge of its graphs beside it, if it is to have one.

        What is much larger and has none was published by an earlier version of this program, or grew by a very large
        write: to merge all of it might take more time or memory than a write has. A build or a load does it.
        """
        if not self.are_queried:
            return
        if union_beside(before.data).is_dir():
            change_union(before.data, data, delta, before.metadata_graph)
        elif LARGE <= count_quads(data) <= 2 * LARGE:
            write_union(data)

    def _complete(self, revision: Revision, new: Path) -> None:
        """Give a revision that is here already the merge that it lacks."""
        if self.are_queried and not union_beside(revision.data).is_dir() and count_quads(revision.data) >= LARGE:
            write_union(revision.data, new / "union")
            sync_tree(new / "union")
            (new / "union").rename(union_beside(revision.data))
            sync(revision.path)

    def rollback(self, revision: str, *, author: str, note: str = "", expected: Sequence[str] = ()) -> Publication:
        """Make a revision that is still here the current one again.

        Raises:
            RevisionNotFound: it is not here, or not any more.
            PreconditionFailed: `expected` names revisions, and the current one is none of them.
            StoreError: it cannot be read, or the pointer not be written; what was published before stays published.
        """
        with self._writing():
            if expected:
                self._expect(expected)
            goal = self.get(revision)
            EmbeddedEngine.open(goal.data, in_memory_up_to=0)  # one that cannot be opened is not worth going back to
            entry = self._entry(self._pointer_if_readable(), goal, author, note, "rollback")
            self._publish(entry)
            return entry

    def prune(self, keep: int) -> list[str]:
        """Remove all but the `keep` revisions that were published last, and return the ids of those removed.

        The current one stays, and so does one that is open somewhere: it goes another time.

        Raises:
            StoreError: the store cannot be read or written.
        """
        with self._writing():
            return self._prune(max(keep, 1))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Be the only writer, over a store without leftovers."""
        with reporting(self.root), write_lock(self.root):
            self._sweep()
            yield

    @contextlib.contextmanager
    def _workshop(self) -> Iterator[Path]:
        """Be the only writer, and have a directory for what is made, which is gone afterwards."""
        with self._writing():
            new = Path(tempfile.mkdtemp(prefix=LEFTOVER, dir=self.root))
            (new / _MADE).mkdir(mode=0o755)
            try:
                yield new
            finally:
                with contextlib.suppress(OSError, StoreError):  # the next writer will sweep what is left now
                    self._sweep()

    def _sweep(self) -> None:
        """Remove leftovers, and revisions that were moved to their place and then not published."""
        for moved in self.root.glob(f"{LEFTOVER}*/{_MOVED}"):
            name = moved.read_text(encoding="ascii").strip()
            try:
                published = self.current_id()
            except RevisionNotFound:
                published = ""
            except StoreError:  # this may be what the damaged pointer named
                continue
            if IS_ID.fullmatch(name) and name != published and (self._revisions / name).is_dir():
                remove_unless_held(self._revisions / name, moved.with_name("unpublished"))
        sweep(self.root)

    def _settle(self, new: Path, manifest: Mapping[str, Any]) -> None:
        """Move what was made to its place, whole and on disk; it is not published by that."""
        made, name = new / _MADE, str(manifest["revision"])
        write_durably(made / "manifest.json", to_json(manifest))
        sync_tree(made)
        self._revisions.mkdir(exist_ok=True)
        if (self._revisions / name).exists():
            (self._revisions / name).rename(new / "damaged")
        write_durably(new / _MOVED, name)
        made.rename(self._revisions / name)
        sync(self._revisions)

    def _retell(self, revision: Revision, manifest: Mapping[str, Any], new: Path) -> None:
        """Have the manifest of a revision that is here already tell what it was made of this time."""
        told = {**revision.manifest, **manifest}
        if told != revision.manifest:
            write_durably(new / "manifest.json", to_json(told))
            (new / "manifest.json").replace(revision.path / "manifest.json")
            sync(revision.path)

    def _publish(self, entry: Publication, on_commit: Callable[[Publication], None] = _nothing) -> None:
        """Write the history and move the pointer; old revisions go then, if they can."""
        self._history.commit(entry, lambda: on_commit(entry))
        if self._keep:
            try:
                self._prune(self._keep)
            except (StoreError, OSError) as error:  # what is published is published
                _LOG.warning("old revisions of %s stay for now: %s", self.root, error)

    def _prune(self, keep: int) -> list[str]:
        here = self.ids()
        if len(here) <= keep:
            return []
        order: list[str] = []
        for revision in self._history.revisions_newest_first():
            if revision in here:
                order.append(revision)
                if len(order) == keep:
                    break
        # What no history tells of is older than any history: it comes from an earlier version of this program.
        order += sorted(here.difference(order), key=self._made_at, reverse=True)
        removed = [
            name for name in order[keep:] if remove_unless_held(self._revisions / name, self.root / f"{LEFTOVER}{name}")
        ]
        sync(self._revisions)
        return removed

    def _made_at(self, revision: str) -> str:
        try:
            return str(self.get(revision).manifest["published"])
        except StoreError:
            return ""

    def _expect(self, expected: Sequence[str]) -> Pointer:
        pointer = self._history.pointer()
        if expected and pointer.revision not in expected:
            raise PreconditionFailed(pointer.revision)
        return pointer

    def _pointer_if_readable(self) -> Pointer | None:
        """Return the pointer, or None where there is none, or one that a publication may replace."""
        try:
            return self._history.pointer()
        except StoreError:
            return None

    def _entry(self, pointer: Pointer | None, after: Revision, author: str, note: str, kind: Kind) -> Publication:
        size: tuple[int | None, int | None] = (None, None)
        try:
            size = counts(self.get(pointer.revision) if pointer else None, after, self.get)
        except StoreError:  # the one before is damaged, or gone
            _LOG.warning("what changed in %s cannot be counted: the revision before cannot be read", self.root)
        parent = pointer.revision if pointer else None
        return Publication(self._history.last_seq() + 1, after.id, parent, now(), author, note, kind, *size)

    def _is_whole(self, revision: str) -> bool:
        """Tell whether a revision is here, can be read, and holds what its id says; that reads all of it."""
        try:
            held = self.get(revision)
            return self._can_be_read(revision) and hash_of(held.data, held.metadata_graph).id == revision
        except StoreError:
            return False

    def _can_be_read(self, revision: str) -> bool:
        """Tell whether a revision is here and can be opened: less than `_is_whole`, at a cost that does not grow."""
        try:
            EmbeddedEngine.open(self.get(revision).data, in_memory_up_to=0)
        except StoreError:
            return False
        return True
