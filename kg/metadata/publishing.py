"""What the store of revisions calls to have a revision described: for a build, and for a write."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from kg.engine import ChangedQuads, Scope, SetHash, Survey, hash_after, hash_of
from kg.iris import Iris
from kg.metadata.catalogue import Release
from kg.metadata.describing import describe, describe_change, scope_of
from kg.metadata.examples import read_examples
from kg.metadata.names import Names
from kg.revisions import DescribeChange, Revision, RevisionStore


@dataclass(frozen=True, slots=True)
class Describing:
    """What describes the store directory of a build; `questions` is the folder of the example queries.

    The days are those that the data names, so the same files give the same graph on any day.
    """

    iris: Iris
    questions: Path

    @property
    def scope(self) -> Scope:
        """What is counted for it."""
        return scope_of(self.iris)

    def __call__(self, store: Path, found: Survey) -> None:
        """Write the description of what was found in a store directory."""
        describe(store, self.iris, read_examples(self.questions, self.iris), Release(found.hash.id), found)


def describing_change(iris: Iris, questions: Path) -> DescribeChange:
    """Return what describes the store directory of a write.

    A store that has no description, because an earlier version made it, is described from the beginning.
    """

    def work(old: Path, new: Path, change: ChangedQuads) -> None:
        graph = Names(iris).graph
        before = RevisionStore(old.parents[2]).get(old.parent.name)
        revision = hash_after(_hash_of(before, graph), old, new, change, graph).id
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        release = Release(revision, before.id, today)
        if not describe_change(old, new, change, iris, release):
            describe(new, iris, read_examples(questions, iris), release)

    return work


def _hash_of(revision: Revision, graph: str) -> SetHash:
    known = SetHash.from_json(revision.manifest.get("hash"))
    return known if known is not None and known.id == revision.id else hash_of(revision.data, graph)
