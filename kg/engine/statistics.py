"""How much a store directory holds, in the terms of VoID: counted at once, or what a change did to the counts.

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
from kg.engine.view import Node, StoreView
from kg.errors import StoreError
from kg.terms import RDF

Key = tuple[str, ...]

BUDGET: Final = 10_000
"""How many triples besides the changed ones are read for things whose class has changed and that much refers to."""

_TYPE: Final = ox.NamedNode(RDF + "type")
_BITS: Final = 40
_LOW: Final = (1 << _BITS) - 1
_LOWER: Final = (1 << 2 * _BITS) - 1


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: without which graph, which IRIs are those of things, and which class has its members listed."""

    exclude: str
    space: str
    listed: str


@dataclass(frozen=True, slots=True)
class Recount:
    """What a change did to the counts.

    `uncounted` are classes for which the counts of triples that lead to their things would have cost more than the
    change is worth: something that very much refers to has got, or lost, that class.
    """

    deltas: Mapping[Key, int] = field(default_factory=dict)
    uncounted: frozenset[str] = frozenset()


def count_all(path: Path, scope: Scope) -> Counter[Key]:
    """Return all counts of a store directory; those that are missing are 0.

    Raises:
        StoreError: the directory is not a store.
    """
    with StoreView(path, scope.exclude) as view:
        return _census(view, scope)


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


def _census(view: StoreView, scope: Scope) -> Counter[Key]:
    counts: Counter[Key] = Counter()
    numbers: dict[object, int] = {}
    classes = _classes(view, numbers)
    none: frozenset[str] = frozenset()
    triples: set[int] = set()
    # Triples that are counted under the same keys are counted together first: they are many, and the keys are long.
    alike: Counter[tuple[frozenset[str], int, frozenset[str] | str]] = Counter()
    for quad in view.quads():
        counts.update(_of_graph(quad.graph_name))
        value = quad.object
        subject = numbers.setdefault(quad.subject, len(numbers))
        predicate = numbers.setdefault(quad.predicate, len(numbers))
        end = numbers.setdefault(value, len(numbers))
        triple = (subject << 2 * _BITS) | (predicate << _BITS) | end
        if triple not in triples:
            triples.add(triple)
            kind = value.datatype.value if isinstance(value, ox.Literal) else classes.get(end, none)
            alike[classes.get(subject, none), predicate, kind] += 1
    terms = list(numbers)
    for (of_subject, predicate, kind), count in alike.items():
        for key in _of_triple(_iri(terms[predicate]), of_subject, kind):
            counts[key] += count
    subjects = {triple >> 2 * _BITS for triple in triples}
    counts["subjects",] = len(subjects)
    counts["objects",] = len({triple & _LOW for triple in triples})
    counts["entities",] = sum(1 for number in subjects if _is_entity(terms[number], scope))
    for predicate, count in Counter(pair & _LOW for pair in {triple >> _BITS for triple in triples}).items():
        counts["property-subjects", _iri(terms[predicate])] = count
    for predicate, count in Counter(pair >> _BITS for pair in {triple & _LOWER for triple in triples}).items():
        counts["property-objects", _iri(terms[predicate])] = count
    for number, names in classes.items():
        counts.update(("class", name) for name in names)
        if scope.listed in names and isinstance(term := terms[number], ox.NamedNode):
            counts["source", term.value] = 1
    counts.update(("named-graph", graph.value) for graph in view.named_graphs())
    return counts


def _classes(view: StoreView, numbers: dict[object, int]) -> dict[int, frozenset[str]]:
    """Return the classes of each thing by its number; things of the same classes share one set."""
    found: dict[int, frozenset[str]] = {}
    shared: dict[frozenset[str], frozenset[str]] = {}
    for quad in view.quads(None, _TYPE):
        if isinstance(quad.object, ox.NamedNode):
            number = numbers.setdefault(quad.subject, len(numbers))
            names = found.get(number, frozenset()) | {quad.object.value}
            found[number] = shared.setdefault(names, names)
    return found


def _of_triple(predicate: str, of_subject: Iterable[str], of_object: Iterable[str] | str) -> Iterator[Key]:
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


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


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
        for key in _of_triple(triple.predicate.value, view.classes(triple.subject), kind):
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
