"""What tells two revisions apart: by the deltas that writes have left, or else by reading both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from kg.engine import ChangedQuads, count_differences, count_quads, graph_names, lines_only_in, without_graph
from kg.errors import StoreError
from kg.revisions.files import sync, write_durably
from kg.revisions.model import Delta, Revision

_MOST_STEPS: Final = 1000
_MOST_COMPARED: Final = 1_000_000
"""How many quads are looked up in another revision to count what has changed: it takes ten seconds."""
Find = Callable[[str], Revision]


def content_of(change: ChangedQuads, metadata_graph: str) -> Delta:
    """Return a change without what concerns the graph that describes the dataset."""
    return Delta(
        frozenset(without_graph(change.added, metadata_graph)),
        frozenset(without_graph(change.removed, metadata_graph)),
        frozenset(map(_bare, change.created)) - {metadata_graph},
        frozenset(map(_bare, change.dropped)) - {metadata_graph},
    )


def write_delta(folder: Path, delta: Delta) -> Mapping[str, Any]:
    """Write a delta into the directory of the revision that it leads to; return what the manifest says of it."""
    for name, lines in (("added.nq", delta.added), ("removed.nq", delta.removed)):
        write_durably(folder / name, "".join(f"{line}\n" for line in sorted(lines)))
    sync(folder)
    return {"created": sorted(delta.created), "dropped": sorted(delta.dropped)}


def read_delta(revision: Revision) -> Delta | None:
    """Return how a revision came about from its parent, or None where it was not made by a write.

    Raises:
        StoreError: the delta is damaged.
    """
    graphs = revision.manifest.get("delta")
    if not isinstance(graphs, Mapping):
        return None
    try:
        added, removed = (
            frozenset((revision.path / name).read_text(encoding="utf-8").split("\n")) - {""}
            for name in ("added.nq", "removed.nq")
        )
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"the delta of {revision.path} cannot be read: {error}") from error
    return Delta(added, removed, frozenset(graphs.get("created", ())), frozenset(graphs.get("dropped", ())))


def difference(before: Revision, after: Revision, find: Find) -> Delta:
    """Return what was added and removed from one revision to another.

    Raises:
        StoreError: a revision cannot be read.
    """
    if before.id == after.id:
        return Delta()
    known = _written(before, after, find)
    if known is not None:
        return known
    known = _written(after, before, find)
    if known is not None:
        return known.reversed()
    leave = after.metadata_graph
    was, now = graph_names(before.data, leave), graph_names(after.data, leave)
    return Delta(
        frozenset(lines_only_in(after.data, before.data, leave)),
        frozenset(lines_only_in(before.data, after.data, leave)),
        now - was,
        was - now,
    )


def counts(before: Revision | None, after: Revision, find: Find) -> tuple[int | None, int | None]:
    """Return how many quads were added and removed; None where that cannot be read any more, or is too much."""
    try:
        if before is None:
            return count_quads(after.data, after.metadata_graph), 0
        if before.id == after.id:
            return 0, 0
        known = _written(before, after, find)
        if known is not None:
            return len(known.added), len(known.removed)
        known = _written(after, before, find)
        if known is not None:
            return len(known.removed), len(known.added)
        found = count_differences(after.data, before.data, after.metadata_graph, at_most=_MOST_COMPARED)
        return found or (None, None)
    except StoreError:
        return None, None


def _written(ancestor: Revision, revision: Revision, find: Find) -> Delta | None:
    """Return the writes that led from one revision to another as one, or None where there is no such way."""
    delta, seen = Delta(), {revision.id}
    for _ in range(_MOST_STEPS):
        try:
            step, parent = read_delta(revision), revision.manifest.get("parent")
            if step is None or not isinstance(parent, str) or parent in seen:
                return None
            delta = step.then(delta)
            if parent == ancestor.id:
                return delta
            revision = find(parent)
        except StoreError:  # pruned, or damaged: both ends can still be read and compared
            return None
        seen.add(parent)
    return None


def _bare(name: str) -> str:
    return name.removeprefix("<").removesuffix(">")
