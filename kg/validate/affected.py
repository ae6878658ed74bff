"""Which nodes a change can have made invalid: back from the triples that changed to those whose shapes read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final, Literal

from rdflib import SH, URIRef

from kg.engine import ChangedQuads, Term, Triple, triples_of
from kg.validate.neighbourhood import SUBCLASS, TYPE, Neighbourhood
from kg.validate.queries import QueryConstraint
from kg.validate.reads import TargetedShape
from kg.validate.steps import Path, Read, Step

Reader = tuple[TargetedShape, QueryConstraint | None]
"""What reads: a shape by itself, or a query of it."""
Check = tuple[Reader, Term]


class ReadIndex:
    """Who reads what, to be looked up by the triple that changed."""

    def __init__(self, shapes: Iterable[TargetedShape]) -> None:
        """Index what shapes, and their queries, read."""
        self.by_step: Final[dict[Step, list[tuple[Reader, Path]]]] = defaultdict(list)
        self.by_class: Final[dict[Term, list[tuple[Reader, Path]]]] = defaultdict(list)
        self.queries: Final[list[tuple[TargetedShape, QueryConstraint]]] = []
        for shape in shapes:
            for read in shape.reads:
                self._add((shape, None), read)
            for query in shape.queries:
                self.queries.append((shape, query))
                for read in query.reads:
                    self._add((shape, query), read)
                for kind, value in shape.targets:  # what becomes a focus node is held to everything
                    for read in target_reads(kind, value):
                        self._add((shape, query), read)

    def _add(self, reader: Reader, read: Read) -> None:
        if read.cls:
            self.by_class[Term("iri", read.cls)].append((reader, read.path))
        else:
            self.by_step[read.step].append((reader, read.path))


def target_reads(kind: URIRef, value: str) -> Iterator[Read]:
    """Yield what decides whether a node is a target."""
    if kind == SH.targetClass:
        yield Read((), cls=value)
    elif kind != SH.targetNode:
        yield Read((), Step(value, inverse=kind == SH.targetObjectsOf))


@dataclass(frozen=True)
class Difference:
    """What a change did to the merge of the graphs: a triple that stands in another graph as well stays in it."""

    triples: frozenset[Triple]
    links: Mapping[tuple[Term, Step], frozenset[Term]]
    """Where the triples that changed lead, from each of their ends."""


def difference(was: Neighbourhood, now: Neighbourhood, change: ChangedQuads, exclude: str) -> Difference:
    """Return what a change did to the merge."""
    changed = set(_missing(was, triples_of(change.added, exclude)))
    changed.update(_missing(now, triples_of(change.removed, exclude)))
    links: dict[tuple[Term, Step], set[Term]] = defaultdict(set)
    for subject, predicate, value in changed:
        links[subject, Step(predicate)].add(value)
        links[value, Step(predicate, inverse=True)].add(subject)
    return Difference(frozenset(changed), {key: frozenset(ends) for key, ends in links.items()})


def _missing(graph: Neighbourhood, triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield those of some triples that a graph does not have; most often it has nothing at all of their subject."""
    by_subject: dict[Term, list[Triple]] = defaultdict(list)
    for triple in triples:
        by_subject[triple[0]].append(triple)
    for subject, of_it in by_subject.items():
        if next(graph.reader.triples(subject), None) is None:
            yield from of_it
        else:
            yield from (triple for triple in of_it if not graph.reader.has(triple))


class Affected:
    """Finds the checks that a change makes necessary."""

    def __init__(self, index: ReadIndex, was: Neighbourhood, now: Neighbourhood, changed: Difference) -> None:
        """Look at a change between two states."""
        self._index = index
        self._was = was
        self._now = now
        self._changed = changed
        self._found: dict[Check, None] = {}
        self._ways: dict[tuple[Term, Path], set[Term]] = {}
        self.reclassified: Final = self._reclassified()

    def checks(self) -> list[Check]:
        """Return which shape, or which query of it, must look at which node again."""
        for subject, predicate, value in self._changed.triples:
            for name in (predicate, None):
                self._note(self._index.by_step.get(Step(name), ()), subject)
                self._note(self._index.by_step.get(Step(name, inverse=True), ()), value)
        for cls, nodes in self.reclassified.items():
            for node in nodes:
                self._note(self._index.by_class[cls], node)
        self._note_patterns()
        return [((shape, query), node) for (shape, query), node in self._found if is_target(self._now, shape, node)]

    def _note(self, readers: Iterable[tuple[Reader, Path]], node: Term) -> None:
        for reader, path in readers:
            if (node, path) not in self._ways:
                self._ways[node, path] = self._now.back(node, path)
            for focus in self._ways[node, path]:
                self._found[reader, focus] = None

    def _note_patterns(self) -> None:
        """Note the queries that read, anywhere, a triple that changed: for all their focus nodes."""
        texts: dict[str | None, list[tuple[str, str, str]]] = defaultdict(list)
        for subject, predicate, value in self._changed.triples:
            texts[predicate].append((subject.value, predicate, value.value))
        texts[None] = [text for same in list(texts.values()) for text in same]
        for shape, query in self._index.queries:
            if any(pattern.matches(*text) for pattern in query.patterns for text in texts.get(pattern.predicate, ())):
                for node in targets(self._now, shape):
                    self._found[(shape, query), node] = None

    def _reclassified(self) -> dict[Term, frozenset[Term]]:
        """Return, for each class that is read, the nodes that have become instances or are so no more."""
        retyped = {subject for subject, predicate, _ in self._changed.triples if predicate == TYPE}
        reordered = any(predicate == SUBCLASS for _, predicate, _ in self._changed.triples)
        found: dict[Term, frozenset[Term]] = {}
        for cls in self._index.by_class:
            candidates = set(retyped)
            for moved in self._was.below(cls) ^ self._now.below(cls) if reordered else ():
                candidates.update(self._was.instances(moved), self._now.instances(moved))
            found[cls] = frozenset(
                node for node in candidates if self._was.is_a(node, cls) != self._now.is_a(node, cls)
            )
        return found


def is_target(graph: Neighbourhood, shape: TargetedShape, node: Term) -> bool:
    """Tell whether a node is a focus node of a shape."""
    if node.kind == "literal":
        return False
    for kind, value in shape.targets:
        if kind == SH.targetNode:
            found = node == Term("iri", value)
        elif kind == SH.targetClass:
            found = graph.is_a(node, Term("iri", value))
        else:
            found = next(graph.step(node, Step(value, inverse=kind == SH.targetObjectsOf)), None) is not None
        if found:
            return True
    return False


def targets(graph: Neighbourhood, shape: TargetedShape) -> set[Term]:
    """Return all focus nodes of a shape of which anything is said."""
    found: set[Term] = set()
    for kind, value in shape.targets:
        named = Term("iri", value)
        if kind == SH.targetNode:
            found |= {named} if next(graph.reader.triples(named), None) is not None else set()
        elif kind == SH.targetClass:
            found |= {node for cls in graph.below(named) for node in graph.instances(cls)}
        else:
            ends: Literal[0, 2] = 2 if kind == SH.targetObjectsOf else 0
            found |= {triple[ends] for triple in graph.reader.triples(None, value)}
    return found


def open_both(old: FilePath, new: FilePath, exclude: str) -> tuple[Neighbourhood, Neighbourhood]:
    """Open the directories before and after a change."""
    return Neighbourhood(old, exclude), Neighbourhood(new, exclude)
