"""What SHACL shapes read: for each shape, which triples around its focus nodes decide about them.

A change of a triple that a shape does not read cannot change what the shape says. So the nodes to validate again after
a change are found by going back, from the triples that changed, along the paths that lead to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from rdflib import OWL, RDF, RDFS, SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.validate.queries import QueryConstraint, read_query
from kg.validate.steps import Path, Read, Step, Unreadable

TARGETS: Final = (SH.targetNode, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
_NESTED: Final = (SH.property, SH.node, SH["not"], SH.qualifiedValueShape)
_NESTED_LISTS: Final = (SH["and"], SH["or"], SH.xone)
PAIRS: Final = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)
VALUE_ONLY: Final = frozenset(
    {
        *(SH.datatype, SH.nodeKind, SH.minCount, SH.maxCount, SH.minExclusive, SH.minInclusive, SH.maxExclusive),
        *(SH.maxInclusive, SH.minLength, SH.maxLength, SH.pattern, SH.flags, SH.languageIn, SH.uniqueLang, SH["in"]),
        *(SH.hasValue, SH.qualifiedMinCount, SH.qualifiedMaxCount, SH.qualifiedValueShapesDisjoint),
    }
)
"""Constraints that look at nothing but the value nodes themselves."""
_SILENT: Final = frozenset(
    {SH.message, SH.severity, SH.name, SH.description, SH.order, SH.group, SH.defaultValue, SH.deactivated}
)
_KNOWN: Final = frozenset(
    {*TARGETS, *_NESTED, *_NESTED_LISTS, *PAIRS, *VALUE_ONLY, *_SILENT, SH.path, SH["class"], SH.closed}
    | {SH.ignoredProperties, SH.sparql}
)


@dataclass(frozen=True)
class TargetedShape:
    """A shape with targets: which, what it reads from a focus node, and its constraints that are queries."""

    node: Node
    targets: tuple[tuple[URIRef, str], ...]
    reads: frozenset[Read]
    queries: tuple[QueryConstraint, ...]


@dataclass
class _Walk:
    """Collects what a shape reads."""

    shapes: Graph
    reads: set[Read] = field(default_factory=set)
    queries: list[QueryConstraint] = field(default_factory=list)

    def walk(self, shape: Node, path: Path, above: tuple[Node, ...] = ()) -> None:
        """Note what a shape reads whose focus nodes are reached by a path."""
        if shape in above:
            raise Unreadable(f"{shape} refers to itself")
        for predicate in self.shapes.predicates(shape):
            if str(predicate).startswith(str(SH)) and predicate not in _KNOWN:
                raise Unreadable(f"{predicate} of {shape}")
        for alternative in self._value_paths(shape):
            self._walk_values(shape, path, path + alternative, above)
            for at, step in enumerate(alternative):
                self.reads.add(Read(path + alternative[:at], step))
        for constraint in self.shapes.objects(shape, SH.sparql):
            if path:
                raise Unreadable(f"the query of {shape}, which is not about focus nodes")
            self.queries.append(read_query(self.shapes, shape, constraint))

    def _walk_values(self, shape: Node, path: Path, values: Path, above: tuple[Node, ...]) -> None:
        for cls in self.shapes.objects(shape, SH["class"]):
            self.reads.add(Read(values, cls=str(cls)))
        for pair in PAIRS:
            for predicate in self.shapes.objects(shape, pair):
                self.reads.add(Read(path, Step(str(predicate))))
        if any(is_true(value) for value in self.shapes.objects(shape, SH.closed)):
            self.reads.add(Read(values))
        for nested in nested_shapes(self.shapes, shape):
            self.walk(nested, values, (*above, shape))

    def _value_paths(self, shape: Node) -> list[Path]:
        found = [expanded(self.shapes, path) for path in self.shapes.objects(shape, SH.path)]
        return found[0] if found else [()]


def is_true(value: Node) -> bool:
    """Tell whether a value of a shape is the literal true."""
    return isinstance(value, Literal) and value.toPython() is True


def nested_shapes(shapes: Graph, shape: Node) -> Iterator[Node]:
    """Yield the shapes that the value nodes of a shape are held to."""
    for relation in _NESTED:
        yield from shapes.objects(shape, relation)
    for relation in _NESTED_LISTS:
        for members in shapes.objects(shape, relation):
            yield from Collection(shapes, members)


def expanded(shapes: Graph, path: Node) -> list[Path]:
    """Return a path of SHACL as sequences of steps, one of which leads to each value.

    Raises:
        Unreadable: it has no such length, as with zero or more steps.
    """
    if isinstance(path, URIRef):
        return [(Step(str(path)),)]
    inverse = shapes.value(path, SH.inversePath)
    if inverse is not None:
        return [tuple(step.reversed() for step in reversed(steps)) for steps in expanded(shapes, inverse)]
    alternatives = shapes.value(path, SH.alternativePath)
    if alternatives is not None:
        return [steps for item in Collection(shapes, alternatives) for steps in expanded(shapes, item)]
    if shapes.value(path, RDF.first) is not None:
        found: list[Path] = [()]
        for item in Collection(shapes, path):
            found = [before + after for before in found for after in expanded(shapes, item)]
        return found
    raise Unreadable(f"the path {path}")


def read_targeted_shapes(shapes: Graph) -> tuple[TargetedShape, ...]:
    """Return what the shapes that have targets read.

    Raises:
        Unreadable: some shape uses what is not known here to look at a limited neighbourhood.
    """
    for special in (SH.ConstraintComponent, SH.SPARQLTargetType, SH.JSConstraint):
        if (None, RDF.type, special) in shapes:
            raise Unreadable(str(special))
    found = []
    for node in sorted({shape for target in TARGETS for shape in shapes.subjects(target)}, key=str):
        walk = _Walk(shapes)
        walk.walk(node, ())
        targets = tuple((kind, str(value)) for kind in TARGETS for value in shapes.objects(node, kind))
        for kind, value in targets:
            if kind == SH.targetClass:
                walk.reads.add(Read((), cls=value))
            elif kind != SH.targetNode:
                walk.reads.add(Read((), Step(value, inverse=kind == SH.targetObjectsOf)))
        found.append(TargetedShape(node, targets, frozenset(walk.reads), tuple(walk.queries)))
    _refuse_other_targets(shapes)
    return tuple(found)


def _refuse_other_targets(shapes: Graph) -> None:
    """Refuse targets that are queries, and shapes that are classes and so have their instances as targets."""
    if (None, SH.target, None) in shapes:
        raise Unreadable("sh:target")
    for kind in (SH.NodeShape, SH.PropertyShape):
        for shape in shapes.subjects(RDF.type, kind):
            if any((shape, RDF.type, cls) in shapes for cls in (RDFS.Class, OWL.Class)):
                raise Unreadable(f"{shape}, which is a class")
    for value in shapes.objects(predicate=SH.targetNode):
        if isinstance(value, BNode | Literal):
            raise Unreadable("sh:targetNode without an IRI")
