"""How much a store directory holds, in the terms of VoID, and what a change did to that.

All of it is counted by `kg.engine.surveying`.

One graph is left out: the one that the counts are written into. Everything else is read as the merge of all graphs, so
that a triple of several graphs counts once. A count is named by a key, a tuple of a kind and IRIs:

    ("triples",) ("subjects",) ("objects",)       distinct triples, subjects, objects
    ("entities",)                                 distinct subjects in the space of IRIs of things
    ("graph", g) ("default-graph",)               quads of a graph
    ("named-graph", g) ("source", x)              1: the graph is there, x has the class whose members are listed
    ("class", c)                                  distinct things of a class
    ("property", p)                               triples of a property
    ("property-subjects", p) ("property-objects", p)
    ("class-property", c, p)                      triples of a property whose subjects have a class
    ("class-property-class", c, p, d)             … and whose objects have class d
    ("class-property-datatype", c, p, t)          … and whose objects are literals of a datatype
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.engine.digest import ChangedQuads, parsed, without_graph
from kg.engine.tally import Scope
from kg.engine.view import Node, StoreView
from kg.errors import StoreError
from kg.terms import RDF

Key = tuple[str, ...]

BUDGET: Final = 10_000
"""How many triples besides the changed ones are read for things whose class has changed and that much refers to."""

_TYPE: Final = ox.NamedNode(RDF + "type")


@dataclass(frozen=True, slots=True)
class Recount:
    """What a change did to the counts.

    `uncounted` are classes for which the counts of triples that lead to their things would have cost more than the
    change is worth: something that very much refers to has got, or lost, that class.
    """

    deltas: Mapping[Key, int] = field(default_factory=dict)
    uncounted: frozenset[str] = frozenset()


def count_change(old: Path, new: Path, change: ChangedQuads, scope: Scope, *, budget: int = BUDGET) -> Recount:
    """Return what a change from one store directory to another did to the counts, at a cost that the change determines.

    Raises:
        StoreError: a directory is not a store, or the change names what is no quad.
    """
    with StoreView(old, scope.exclude) as was, StoreView(new, scope.exclude) as now:
        try:
            added = [parsed(line) for line in without_graph(change.added, scope.exclude)]
            removed = [parsed(line) for line in without_graph(change.removed, scope.exclude)]
        except ValueError as error:
            raise StoreError(f"the change cannot be read: {error}") from error
        named = {ox.NamedNode(name.strip("<>")) for name in change.created | change.dropped if name[:2] != "_:"}
        recounting = _Recounting(was, now, scope)
        recounting.graphs(added, removed, named)
        recounting.triples({quad.triple for quad in (*added, *removed)}, budget)
        return recounting.result()


def keys_of_triple(predicate: str, of_subject: Iterable[str], of_object: Iterable[str] | str) -> Iterator[Key]:
    """Return the counts that a triple is in, given the classes of its ends, or the datatype of a literal (a text)."""
    yield ("triples",)
    yield ("property", predicate)
    for cls in of_subject:
        yield ("class-property", cls, predicate)
        if isinstance(of_object, str):
            yield ("class-property-datatype", cls, predicate, of_object)
        else:
            for other in of_object:
                yield ("class-property-class", cls, predicate, other)


def _of_graph(graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> Iterator[Key]:
    """Return the counts that a quad of a graph is in; one whose name is a blank node cannot be spoken of."""
    if isinstance(graph, ox.DefaultGraph):
        yield ("default-graph",)
    elif isinstance(graph, ox.NamedNode):
        yield ("graph", graph.value)


def _is_entity(term: object, scope: Scope) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(scope.space)


class _Recounting:
    """Follows a change through the counts; a key whose sum is 0 in the end has not changed."""

    def __init__(self, was: StoreView, now: StoreView, scope: Scope) -> None:
        self._was = was
        self._now = now
        self._scope = scope
        self._deltas: Counter[Key] = Counter()
        self._uncounted: set[str] = set()

    def graphs(self, added: Iterable[ox.Quad], removed: Iterable[ox.Quad], named: set[ox.NamedNode]) -> None:
        """Count quads by graph, and the graphs that came and went."""
        touched: set[Node | ox.DefaultGraph] = set(named)
        for quads, sign in ((added, 1), (removed, -1)):
            for quad in quads:
                for key in _of_graph(quad.graph_name):
                    self._deltas[key] += sign
                touched.add(quad.graph_name)
        for graph in touched:
            if isinstance(graph, ox.NamedNode) and graph.value != self._scope.exclude:
                self._deltas["named-graph", graph.value] += self._now.has_graph(graph) - self._was.has_graph(graph)

    def triples(self, touched: set[ox.Triple], budget: int) -> None:
        """Count the triples that came to the merge of all graphs or went from it, and what hangs on them."""
        changed = {triple for triple in touched if self._was.has(triple) != self._now.has(triple)}
        retyped = {
            triple.subject
            for triple in changed
            if triple.predicate == _TYPE and self._was.classes(triple.subject) != self._now.classes(triple.subject)
        }
        kept: set[ox.Triple] = set()
        for node in sorted(retyped, key=str):
            self._members(node)
            kept.update(self._now.triples(node))
            # What changed itself costs nothing extra, and after one that costs too much, nothing more is spent.
            others = (triple for triple in self._now.triples(None, None, node) if triple not in changed)
            incoming = list(islice(others, budget + 1))
            if len(incoming) > budget:
                self._uncounted |= self._was.classes(node) ^ self._now.classes(node)
            else:
                kept.update(incoming)
            budget = max(budget - len(incoming), 0)
        for triple in changed | kept:
            both = triple not in changed
            if both or self._was.has(triple):
                self._count(triple, self._was, -1)
            if both or self._now.has(triple):
                self._count(triple, self._now, 1)
        self._distinct(changed)

    def result(self) -> Recount:
        """Return what has changed."""
        deltas = {
            key: delta
            for key, delta in self._deltas.items()
            if delta and not (key[0] == "class-property-class" and key[3] in self._uncounted)
        }
        return Recount(deltas, frozenset(self._uncounted))

    def _members(self, node: Node) -> None:
        """Count a thing whose classes have changed."""
        for view, sign in ((self._was, -1), (self._now, 1)):
            for name in view.classes(node):
                self._deltas["class", name] += sign
                if name == self._scope.listed and isinstance(node, ox.NamedNode):
                    self._deltas["source", node.value] += sign

    def _count(self, triple: ox.Triple, view: StoreView, sign: int) -> None:
        value = triple.object
        kind = value.datatype.value if isinstance(value, ox.Literal) else view.classes(value)
        for key in keys_of_triple(triple.predicate.value, view.classes(triple.subject), kind):
            self._deltas[key] += sign

    def _distinct(self, changed: set[ox.Triple]) -> None:
        """Count subjects, objects, and both by property, where the first has come or the last has gone."""
        for subject in {triple.subject for triple in changed}:
            delta = self._came(subject, None, None)
            self._deltas["subjects",] += delta
            if _is_entity(subject, self._scope):
                self._deltas["entities",] += delta
        for value in {triple.object for triple in changed}:
            self._deltas["objects",] += self._came(None, None, value)
        for subject, predicate in {(triple.subject, triple.predicate) for triple in changed}:
            self._deltas["property-subjects", predicate.value] += self._came(subject, predicate, None)
        for predicate, value in {(triple.predicate, triple.object) for triple in changed}:
            self._deltas["property-objects", predicate.value] += self._came(None, predicate, value)

    def _came(self, subject: Node | None, predicate: ox.NamedNode | None, value: object) -> int:
        return self._now.any(subject, predicate, value) - self._was.any(subject, predicate, value)
