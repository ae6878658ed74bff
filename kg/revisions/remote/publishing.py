"""From a revision in the working copy to the current one of a SPARQL service, whole or not at all."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from kg.engine.remote.control import Control, Kept, Pointed
from kg.engine.remote.engine import Graph, Held, held_in
from kg.engine.remote.loading import Changes, Content, changes, names_lines, planned_lines
from kg.engine.remote.names import NAMES, PLANNED, Generation
from kg.errors import PreconditionFailed, RevisionNotFound, StoreError, StoreFailed
from kg.revisions.comparing import read_delta
from kg.revisions.model import Publication, Revision

GRACE: Final = 30.0
"""Seconds, beside those that a query may take, for which a generation stays that nobody begins to read any more."""

KEPT: Final = 3
"""How many generations may be read, the current one among them: the others are a quick way back."""

_SMALL: Final = 2_000
"""Triples up to which a graph that was changed is sent whole; a larger one is copied by the service."""

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Base:
    """The generation that is current, and the revision that it holds, which is in the working copy."""

    revision: Revision
    held: Held
    everything: int


class Publisher:
    """Writes revisions to a service; several may, one wins."""

    def __init__(self, control: Control, *, query_seconds: float) -> None:
        """Write through the control graph of a service; a query may take so long."""
        self._control = control
        self._query_seconds = query_seconds

    def publish(
        self,
        revision: Revision,
        entry: Publication,
        before: Revision | None,
        on_commit: Callable[[], None] = lambda: None,
    ) -> None:
        """Make a revision of the working copy the current one of the service.

        `entry` follows on what is published there; `before` is the revision of that, if the working copy has it.
        `on_commit` is called when only the pointer is left to move.

        Raises:
            PreconditionFailed: something else was published meanwhile; nothing was changed.
            StoreFailed: the service gave no usable answer; what was published stays published, unless it is said
                that this is not known.
        """
        control = self._control
        pointed = control.pointed()
        if (pointed.seq if pointed else 0) != entry.seq - 1:
            raise _lost(pointed)
        generation, made = self._readable(revision.id), False
        if generation is None:
            generation, made = Generation.new(), True
        try:
            if made:
                control.begin(generation, entry.seq - 1)
                self._write(generation, revision, entry.seq, self._base(pointed, before))
            on_commit()
            after = Pointed(entry.seq, revision.id, generation.id)
            if not control.move(pointed or Pointed(), after, asdict(entry)):
                raise _lost(control.pointed())
            if not made:  # it is the newest now, and whoever was about to have it leave may be told so
                control.state(generation, f"whole {entry.seq}")
        except PreconditionFailed:
            self._discard(generation, made=made)
            raise
        except StoreFailed:
            with contextlib.suppress(StoreFailed):
                now = control.pointed()
                if now != pointed and (now is None or now.generation != generation.id):
                    self._discard(generation, made=made)  # the one who won may have begun with it already
                    raise _lost(now) from None
            raise
        self._quietly(self.sweep)

    def sweep(self, keep: int = KEPT) -> list[str]:
        """Have generations leave that are not to be read any more, and remove what nobody reads; return what left.

        What was being written when its process ended is removed with them: it follows on an older publication.

        Raises:
            StoreFailed: the service gave no usable answer.
        """
        pointed = self._control.pointed()
        if pointed is None:
            return []
        there = self._control.generations()
        whole = sorted((kept for kept in there if kept.state == "whole"), key=lambda kept: kept.number, reverse=True)
        current = [kept for kept in whole if kept.generation.id == pointed.generation]
        others = [kept for kept in whole if kept.generation.id != pointed.generation]
        leaving = [*others[max(keep, 1) - len(current) :]] if current else []
        now = time.time()
        for kept in leaving:
            self._control.state(kept.generation, f"leaving {int(now)}")
        gone = [kept.generation for kept in there if self._is_gone(kept, pointed, now)]
        if gone:
            self._remove(gone)
        return [kept.revision for kept in leaving]

    def _discard(self, generation: Generation, *, made: bool) -> None:
        if made:
            self._quietly(lambda: self._remove([generation]))

    def _is_gone(self, kept: Kept, pointed: Pointed, now: float) -> bool:
        if kept.generation.id == pointed.generation:
            return False
        if kept.state == "leaving":
            return now - kept.number > GRACE + self._query_seconds
        return kept.state == "building" and kept.number < pointed.seq

    def _remove(self, generations: list[Generation]) -> None:
        """Remove generations, but for the graphs that others have, too."""
        ids = {generation.id for generation in generations}
        others = [kept.generation for kept in self._control.generations() if kept.generation.id not in ids]
        used = {graph.iri for other in others for graph in self._graphs(other).values()}
        for generation in generations:
            pattern = f"GRAPH <{generation.names}> {{ ?g ?is ?name FILTER(?is IN (<{NAMES}>, <{PLANNED}>)) }}"
            mine = {str(row["g"]) for row in self._control.select(f"SELECT DISTINCT ?g WHERE {{ {pattern} }}")}
            own = [generation.everything, generation.unnamed, generation.names]
            self._control.drop([*sorted(mine - used), *own])
            self._control.forget(generation)

    def _graphs(self, generation: Generation) -> Mapping[str, Graph]:
        return held_in(self._control.service, generation, 0, time.monotonic() + self._control.seconds).graphs

    def _quietly(self, work: Callable[[], Any]) -> None:
        try:
            work()
        except StoreError as error:  # what is published is published; the next publication removes what is left
            _LOG.warning("old revisions stay at the service for now: %s", error)

    def _readable(self, revision: str) -> Generation | None:
        """Return a generation that holds a revision already, and may be read."""
        for kept in self._control.generations():
            if kept.state == "whole" and kept.revision == revision:
                return kept.generation
        return None

    def _base(self, pointed: Pointed | None, before: Revision | None) -> _Base | None:
        if pointed is None or before is None or before.id != pointed.revision:
            return None
        generation = Generation(pointed.generation)
        said = self._control.holds(generation)
        held = held_in(
            self._control.service, generation, int(said["unnamed"]), time.monotonic() + self._control.seconds
        )
        return _Base(before, held, int(said["everything"]))

    def _write(self, generation: Generation, revision: Revision, seq: int, base: _Base | None) -> None:
        """Write a revision as a generation, and hold what has come of it against what was sent."""
        content = Content(revision.data)
        delta = read_delta(revision) if base is not None else None
        writing = _Writing(self._control, generation, content)
        if base is not None and delta is not None and revision.manifest.get("parent") == base.revision.id:
            found = changes(Content(base.revision.data), content, delta.added, delta.removed, revision.metadata_graph)
            graphs, unnamed, everything = writing.changed(base.held, base.everything, found)
        else:
            graphs, unnamed, everything = writing.whole(base.held.graphs if base else {})
        self._control.insert(generation.names, names_lines(graphs))
        writing.verify()
        manifest = {name: value for name, value in revision.manifest.items() if name != "delta"}
        holds = {"revision": revision.id, "manifest": manifest, "unnamed": unnamed, "everything": everything}
        self._control.complete(generation, seq, holds)


class _Writing:
    """Writes the graphs of one generation, and notes how many triples each is to have."""

    def __init__(self, control: Control, generation: Generation, content: Content) -> None:
        self._control = control
        self._generation = generation
        self._content = content
        self._sizes: dict[str, int] = {}

    def whole(self, there: Mapping[str, Graph]) -> tuple[dict[str, Graph], int, int]:
        """Write all graphs but those that are there with the same triples; return them, and the two other sizes."""
        digests = {name: self._content.digest(name) for name in self._content.graphs}
        graphs = {name: there[name] for name, digest in digests.items() if name in there and there[name].hash == digest}
        new = [name for name in digests if name not in graphs]
        self._plan(new)
        for name in new:
            iri = self._generation.graph(name)
            graphs[name] = Graph(iri, self._send(iri, name), digests[name])
        unnamed = self._send(self._generation.unnamed, None)
        everything = self._count(self._generation.everything, self._content.merged())
        return graphs, unnamed, everything

    def changed(self, held: Held, everything: int, found: Changes) -> tuple[dict[str, Graph], int, int]:
        """Write the graphs that differ from those of another generation, and the merge of all."""
        generation, names = self._generation, set(self._content.graphs)
        graphs = {name: graph for name, graph in held.graphs.items() if name in names}
        touched = sorted(name for name in names if name not in held.graphs or name in found.graphs)
        self._plan(touched)
        for name in touched:
            change, known = found.graphs.get(name), held.graphs.get(name)
            iri = generation.graph(name)
            if known is None or change is None or known.size <= _SMALL:
                graphs[name] = Graph(iri, self._send(iri, name), self._content.digest(name))
            else:
                size = known.size + len(change.added) - len(change.removed)
                graphs[name] = Graph(iri, self._follow(known.iri, iri, change.removed, change.added, size))
        unnamed = self._send(generation.unnamed, None)
        merged = found.merged
        everything += len(merged.added) - len(merged.removed)
        self._follow(held.generation.everything, generation.everything, merged.removed, merged.added, everything)
        return graphs, unnamed, everything

    def verify(self) -> None:
        """Count what the service has now.

        Raises:
            StoreFailed: it is not what was sent.
        """
        for iri, size in self._sizes.items():
            there = self._control.count(iri)
            if there != size:
                raise StoreFailed(
                    f"the SPARQL service took {there} of the {size} triples of a graph; nothing was published",
                    f"SPARQL 服务只收下了图中 {size} 条三元组里的 {there} 条；没有发布任何内容",
                )

    def _plan(self, names: Iterable[str]) -> None:
        """Say what is going to be written, so that it is found again if nothing else comes of it."""
        self._control.insert(self._generation.names, planned_lines(self._generation, names))

    def _follow(self, source: str, target: str, removed: set[str], added: set[str], size: int) -> int:
        self._control.copy(source, target)
        self._control.delete(target, sorted(removed))
        self._control.insert(target, sorted(added))
        self._sizes[target] = size
        return size

    def _send(self, iri: str, name: str | None) -> int:
        return self._count(iri, self._content.lines(name))

    def _count(self, iri: str, lines: Iterable[str]) -> int:
        size = 0

        def counted() -> Iterator[str]:
            nonlocal size
            for line in lines:
                size += 1
                yield line

        self._control.insert(iri, counted())
        self._sizes[iri] = size
        return size


def _lost(pointed: Pointed | None) -> StoreError:
    if pointed is None:
        return RevisionNotFound("what was published at the SPARQL service is not there any more")
    return PreconditionFailed(pointed.revision)
