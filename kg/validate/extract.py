"""The part of a graph that shapes read when they are held against some nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from rdflib import SH, BNode, Graph, Literal, URIRef
from rdflib.term import Identifier
from rdflib.term import Node as RdfNode

from kg.engine import Term, Triple
from kg.validate.neighbourhood import SUBCLASS, TYPE, Neighbourhood
from kg.validate.reads import PAIRS, VALUE_ONLY, expanded, is_true, nested_shapes
from kg.validate.steps import Path, Step

ENOUGH: Final = 100
"""How many values of one property are looked at where it does not matter which."""

_ONE_BY_ONE: Final = frozenset(VALUE_ONLY - {SH.uniqueLang, SH.hasValue, SH.qualifiedMinCount, SH.qualifiedMaxCount})


class Extract:
    """Collects triples for shapes and nodes.

    A node that thousands point to is not read with all of them where only their number and each one by itself matter:
    those that have not changed were right before.
    """

    def __init__(
        self,
        shapes: Graph,
        graph: Neighbourhood,
        links: Mapping[tuple[Term, Step], frozenset[Term]],
        reclassified: Mapping[Term, frozenset[Term]],
    ) -> None:
        """Read a graph that has changed: at these links, and in what these classes have as instances."""
        self._shapes = shapes
        self._now = graph
        self._links = links
        self._reclassified = reclassified
        self._seen: set[tuple[RdfNode, Term, bool]] = set()
        self._plans: dict[RdfNode, _Plan] = {}
        self.graph: Final = Graph(bind_namespaces="none")

    def visit(self, shape: RdfNode, node: Term, *, known: bool) -> None:
        """Take in what a shape reads of a node; `known` tells that it was held against the node before the change."""
        if (shape, node, known) in self._seen:
            return
        self._seen.add((shape, node, known))
        plan = self._plans.get(shape)
        if plan is None:
            plan = self._plans[shape] = _Plan(self._shapes, shape)
        for predicate in plan.pairs:
            self._add(self._now.reader.triples(node, predicate))
        values = {node} if plan.paths is None else self._values(node, plan, known)
        for value in values:
            if plan.classes:
                self._add_classes(value)
            if plan.closed:
                self._add(self._now.reader.triples(value))
            for nested in plan.nested:
                self.visit(nested, value, known=known and plan.paths is None)

    def _values(self, node: Term, plan: _Plan, known: bool) -> set[Term]:
        found: set[Term] = set()
        for path in plan.paths or ():
            ends = {node}
            for step in path:
                most = plan.enough if known and len(path) == 1 else None
                ends = {end for start in ends for end in self._ends(start, step, plan, most)}
            found |= ends
        return found

    def _ends(self, start: Term, step: Step, plan: _Plan, most: int | None) -> set[Term]:
        """Return where a step leads, and take in its triples; past `most` of them, those that have changed and some."""
        ends: set[Term] = set()
        for end in self._now.step(start, step):
            ends.add(end)
            if most is not None and len(ends) > most:
                ends |= self._changed_ends(start, step, plan)
                break
        assert step.predicate is not None
        for end in ends:
            self._add([(end, step.predicate, start) if step.inverse else (start, step.predicate, end)])
        return ends

    def _changed_ends(self, start: Term, step: Step, plan: _Plan) -> set[Term]:
        assert step.predicate is not None
        suspects = set(self._links.get((start, step), ()))
        for cls in plan.classes:
            suspects |= self._reclassified.get(Term("iri", cls), frozenset())
        return {
            end
            for end in suspects
            if self._now.reader.has((end, step.predicate, start) if step.inverse else (start, step.predicate, end))
        }

    def _add_classes(self, node: Term) -> None:
        for cls in self._now.classes(node):
            self._add([(node, TYPE, cls)])
            for above in self._now.above(cls):
                self._add(self._now.reader.triples(above, SUBCLASS))

    def _add(self, triples: Iterable[Triple]) -> None:
        for subject, predicate, value in triples:
            self.graph.add((rdf(subject), URIRef(predicate), rdf(value)))


class _Plan:
    """What a shape reads, prepared for many nodes."""

    def __init__(self, shapes: Graph, shape: RdfNode) -> None:
        path = shapes.value(shape, SH.path)
        self.paths: list[Path] | None = None if path is None else expanded(shapes, path)
        self.pairs = [str(predicate) for pair in PAIRS for predicate in shapes.objects(shape, pair)]
        self.classes = [str(cls) for cls in shapes.objects(shape, SH["class"])]
        self.closed = any(is_true(value) for value in shapes.objects(shape, SH.closed))
        self.nested = list(nested_shapes(shapes, shape))
        constraints = {name for name in shapes.predicates(shape) if name in VALUE_ONLY}
        one_by_one = constraints <= _ONE_BY_ONE and not (self.pairs or self.closed or self.nested)
        counts = [int(str(count)) for name in (SH.minCount, SH.maxCount) for count in shapes.objects(shape, name)]
        self.enough = max(ENOUGH, *counts, 0) if one_by_one else None


def rdf(term: Term) -> Identifier:
    """Return a term as one of rdflib."""
    if term.kind == "iri":
        return URIRef(term.value)
    if term.kind == "blank":
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    return Literal(term.value, datatype=URIRef(term.datatype)) if term.datatype else Literal(term.value)
