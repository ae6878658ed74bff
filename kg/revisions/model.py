"""What the store of revisions speaks of: revisions, publications, writes, and what tells two revisions apart."""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from kg.engine import LARGE, EmbeddedEngine, Engine
from kg.errors import StoreError
from kg.iris import Iris
from kg.revisions.files import hold

Kind = Literal["build", "load", "update", "graph-store", "rollback"]
"""What a publication was: a build from files, a load of RDF, a SPARQL update, a Graph Store operation, or a move of the
pointer."""

IS_ID: Final = re.compile(r"[0-9a-f]{16}")
AGAIN: Final = "run `kg build` to publish it again"


@dataclass(frozen=True, slots=True)
class Revision:
    """A published revision: its id, its directory, and what its manifest says."""

    id: str
    path: Path
    manifest: Mapping[str, Any]

    @property
    def data(self) -> Path:
        """The directory of its triples."""
        return self.path / "oxigraph"

    @property
    def metadata_graph(self) -> str:
        """The IRI of the graph that describes the dataset, which is no part of what the id stands for; may be empty."""
        return metadata_graph(self.manifest)

    def open(self, *, in_memory_up_to: int = LARGE) -> Engine:
        """Open the revision for reading; up to so many quads it is read into memory.

        The revision is not pruned as long as the engine, or a process forked since, lives.
        """
        held = hold(self.path)
        try:
            engine = EmbeddedEngine.open(self.data, in_memory_up_to=in_memory_up_to)
        except StoreError:
            held.release()
            raise
        held.until_gone(engine)
        return engine


@dataclass(frozen=True, slots=True)
class Publication:
    """One entry of the history: which revision became the current one, when, by whom, and what that changed.

    `seq` counts the publications of a store from 1. `added` and `removed` count quads against `parent`, the revision
    that was the current one before; they are None where that could not be read any more, or where counting would have
    taken minutes.
    """

    seq: int
    revision: str
    parent: str | None
    published: str
    author: str
    note: str
    kind: Kind
    added: int | None
    removed: int | None


@dataclass(frozen=True, slots=True)
class Written:
    """What a write has led to: the revision that is current now, what was changed, and the number in the history.

    A write that changed nothing has an empty `change`, and revision and number are those that were there before.
    """

    revision: Revision
    change: Delta
    seq: int


@dataclass(frozen=True, slots=True)
class Delta:
    """What tells two revisions apart: lines of N-Quads, and the IRIs of named graphs that came and went."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    created: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether there is any difference."""
        return bool(self.added or self.removed or self.created or self.dropped)

    def then(self, later: Delta) -> Delta:
        """Return both changes as one, without what the later one undoes."""
        return Delta(
            (self.added - later.removed) | (later.added - self.removed),
            (self.removed - later.added) | (later.removed - self.added),
            (self.created - later.dropped) | (later.created - self.dropped),
            (self.dropped - later.created) | (later.dropped - self.created),
        )

    def reversed(self) -> Delta:
        """Return the change that undoes this one."""
        return Delta(self.removed, self.added, self.dropped, self.created)


def metadata_graph(manifest: Mapping[str, Any]) -> str:
    """Return the IRI of the graph that describes the dataset, or an empty text where a manifest says there is none."""
    if manifest.get("metadata") is False:
        return ""
    return Iris(str(manifest["base_iri"])).graph("metadata")


def local_author() -> str:
    """Return who runs this process, as `user@host`."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"
