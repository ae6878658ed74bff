"""A revision's directory as a graph to look around in: neighbours along paths, and classes of things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath
from typing import Final

from kg.engine import Term, TripleReader
from kg.terms import RDF, RDFS
from kg.validate.steps import Path, Step

TYPE: Final = RDF + "type"
SUBCLASS: Final = RDFS + "subClassOf"


class Neighbourhood:
    """Reads a store directory, and remembers what classes it has met."""

    def __init__(self, path: FilePath, exclude: str = "") -> None:
        """Open a directory; `exclude` names the graph that is left out.

        Raises:
            StoreError: it is not a store.
        """
        self.reader: Final = TripleReader(path, exclude)
        self._classes: dict[Term, frozenset[Term]] = {}
        self._above: dict[Term, frozenset[Term]] = {}
        self._below: dict[Term, frozenset[Term]] = {}

    def step(self, node: Term, step: Step) -> Iterator[Term]:
        """Yield where a step leads from a node."""
        if step.inverse:
            return (subject for subject, _, _ in self.reader.triples(None, step.predicate, node))
        return (value for _, _, value in self.reader.triples(node, step.predicate))

    def follow(self, nodes: Iterable[Term], path: Path) -> set[Term]:
        """Return where a path leads from some nodes."""
        found = set(nodes)
        for step in path:
            found = {end for node in found for end in self.step(node, step)}
        return found

    def back(self, node: Term, path: Path) -> set[Term]:
        """Return the nodes from which a path leads to a node."""
        return self.follow([node], tuple(step.reversed() for step in reversed(path)))

    def classes(self, node: Term) -> frozenset[Term]:
        """Return the classes that a node is said to be of."""
        if node not in self._classes:
            self._classes[node] = frozenset(self.step(node, Step(TYPE)))
        return self._classes[node]

    def above(self, cls: Term) -> frozenset[Term]:
        """Return a class and its superclasses."""
        if cls not in self._above:
            self._above[cls] = self._closure(cls, Step(SUBCLASS))
        return self._above[cls]

    def below(self, cls: Term) -> frozenset[Term]:
        """Return a class and its subclasses."""
        if cls not in self._below:
            self._below[cls] = self._closure(cls, Step(SUBCLASS, inverse=True))
        return self._below[cls]

    def is_a(self, node: Term, cls: Term) -> bool:
        """Tell whether a node is an instance of a class, as SHACL has it."""
        return any(cls in self.above(each) for each in self.classes(node))

    def instances(self, cls: Term) -> Iterator[Term]:
        """Yield what is said to be of a class, without its subclasses."""
        return self.step(cls, Step(TYPE, inverse=True))

    def _closure(self, start: Term, step: Step) -> frozenset[Term]:
        found, waiting = {start}, [start]
        while waiting:
            new = set(self.step(waiting.pop(), step)) - found
            found |= new
            waiting += new
        return frozenset(found)
