"""The pointer to the current revision, and the entries of the history behind it.

The pointer is one line, `<id> <seq>`; a store of an earlier version has `<id>` alone, which counts as seq 0. An entry
is written before the pointer, so one with a higher number than the pointer's was never published: it is ignored, and
the next publication overwrites it.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final, get_args

from kg.errors import RevisionNotFound, StoreError
from kg.revisions.files import replace_durably, sync, write_durably
from kg.revisions.model import AGAIN, IS_ID, Kind, Publication

_POINTER: Final = re.compile(r"([0-9a-f]{16})(?: ([0-9]{1,9}))?")
_FIELDS: Final = frozenset(item.name for item in fields(Publication))
_LAST: Final = 999_999_999


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which revision is current, and the number of its publication (0: from before there was a history)."""

    revision: str
    seq: int


class History:
    """Who published what, when, in the directory of a store."""

    def __init__(self, root: Path) -> None:
        """Use the directory of a store."""
        self._root = root
        self._current = root / "current"
        self._entries = root / "history"

    def pointer(self) -> Pointer:
        """Return what is published.

        Raises:
            RevisionNotFound: nothing has been published here.
            StoreError: the pointer is not one that this program wrote.
        """
        try:
            text = self._current.read_text(encoding="ascii").strip()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise RevisionNotFound(f"nothing has been published in {self._root}: run `kg build`") from error
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"{self._current} cannot be read: {error}") from error
        match = _POINTER.fullmatch(text)
        if match is None:
            raise StoreError(f"{self._current} does not name a revision: {AGAIN}")
        return Pointer(match.group(1), int(match.group(2) or 0))

    def last_seq(self) -> int:
        """Return the number of the last publication, or 0; a pointer that cannot be read is about to be replaced."""
        try:
            return self.pointer().seq
        except StoreError:
            return max((seq for seq in self._numbers() if seq <= _LAST), default=0)

    def commit(self, entry: Publication, on_commit: Callable[[], None]) -> None:
        """Write an entry, and then the pointer, by which it is published; `on_commit` is called between the two.

        Raises:
            OSError: the files cannot be written; what was published stays published.
        """
        if self._current.is_dir():
            raise StoreError(f"{self._current} is a directory; remove it, and build again")
        self._entries.mkdir(exist_ok=True)
        self._write(entry)
        sync(self._entries)
        sync(
            self._root
        )  # the names of `history` and `revisions`, where they are new, before the pointer relies on them
        on_commit()
        replace_durably(self._current, f"{entry.revision} {entry.seq}\n")

    def follow(self, entries: Iterable[Publication], pointer: Pointer) -> None:
        """Become a copy of the history of another store.

        Raises:
            OSError: the files cannot be written.
        """
        self.clear()
        self._entries.mkdir(exist_ok=True)
        for entry in entries:
            self._write(entry)
        sync(self._entries)
        replace_durably(self._current, f"{pointer.revision} {pointer.seq}\n")

    def clear(self) -> None:
        """Have no history, and no pointer.

        Raises:
            OSError: the files cannot be removed.
        """
        self._current.unlink(missing_ok=True)
        shutil.rmtree(self._entries, ignore_errors=True)

    def newest_first(self) -> Iterator[Publication]:
        """Return the publications, newest first; nothing where nothing has been published.

        Raises:
            StoreError: an entry cannot be read.
        """
        try:
            last = self.pointer().seq
        except RevisionNotFound:
            return
        for seq in range(last, 0, -1):
            if self._path(seq).exists():
                yield self._read(seq)

    def revisions_newest_first(self) -> Iterator[str]:
        """Return the ids of the revisions that were published, each once, by their last publication.

        Entries that cannot be read are left out: that who published what is lost must not keep old revisions for ever.

        Raises:
            StoreError: the pointer cannot be read.
        """
        pointer = self.pointer()
        seen = {pointer.revision}
        yield pointer.revision
        for seq in range(pointer.seq, 0, -1):
            try:
                revision = self._read(seq).revision
            except StoreError:
                continue
            if revision not in seen:
                seen.add(revision)
                yield revision

    def _write(self, entry: Publication) -> None:
        text = json.dumps(asdict(entry), ensure_ascii=False, indent=2)
        write_durably(self._path(entry.seq), text + "\n")

    def _numbers(self) -> Iterator[int]:
        for path in self._entries.glob("*.json"):
            if path.stem.isdecimal():
                yield int(path.stem)

    def _path(self, seq: int) -> Path:
        return self._entries / f"{seq:09}.json"

    def _read(self, seq: int) -> Publication:
        path = self._path(seq)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StoreError(f"{path} cannot be read: {error}") from error
        if not isinstance(content, dict) or not content.keys() >= _FIELDS:
            raise StoreError(f"{path} is not an entry of the history that this program wrote")
        entry = Publication(**{name: content[name] for name in _FIELDS})
        if entry.seq != seq or not IS_ID.fullmatch(str(entry.revision)) or entry.kind not in get_args(Kind):
            raise StoreError(f"{path} is not an entry of the history that this program wrote")
        return entry
