"""What the SPARQL queries of shapes read, as far as that can be told from their text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from rdflib import OWL, RDF, RDFS, SH, Graph, Literal, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, SequencePath
from rdflib.paths import Path as SparqlPath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node

from kg.validate.steps import ANY, Path, Pattern, Read, Step, Unreadable

_THIS: Final = Variable("this")
_DECLARED: Final = {"rdf": str(RDF), "rdfs": str(RDFS), "owl": str(OWL)}
_ELSEWHERE: Final = ("$PATH", "?PATH", "shapesGraph", "currentShape")
_COUNTING: Final = {"AggregateJoin", "Group"}
_SAME_LEVEL: Final = {"Join", "Filter", "Extend", "Project", "Distinct", "Reduced", "OrderBy", "SelectQuery"}
Anchors = dict[Node, tuple[Path, ...]]


@dataclass(frozen=True)
class QueryConstraint:
    """A constraint that is a query: what it reads from a focus node, and what it reads anywhere."""

    node: Node
    shape: Node
    path: str
    severity: str
    query: str
    messages: tuple[tuple[str, str], ...]
    reads: frozenset[Read]
    patterns: frozenset[Pattern]


def read_query(shapes: Graph, shape: Node, constraint: Node) -> QueryConstraint:
    """Return a constraint of a shape (SHACL, section 5.1).

    Raises:
        Unreadable: it is not a query whose reach can be told.
    """
    select = shapes.value(constraint, SH.select)
    if not isinstance(select, Literal) or any(word in str(select) for word in _ELSEWHERE):
        raise Unreadable(f"the query of {shape}")
    declared = dict(_DECLARED)
    for source in shapes.objects(constraint, SH.prefixes):
        for item in shapes.objects(source, SH.declare):
            declared[str(shapes.value(item, SH.prefix))] = str(shapes.value(item, SH.namespace))
    text = "".join(f"PREFIX {name}: <{namespace}>\n" for name, namespace in declared.items()) + str(select)
    reader = _Reader(text)
    messages = [*shapes.objects(constraint, SH.message)] or [*shapes.objects(shape, SH.message)]
    path = shapes.value(shape, SH.path)
    return QueryConstraint(
        node=constraint,
        shape=shape,
        path=str(path) if isinstance(path, URIRef) else "",
        severity=str(shapes.value(shape, SH.severity) or SH.Violation).rpartition("#")[2],
        query=text,
        messages=tuple(sorted((str(item), getattr(item, "language", None) or "") for item in messages)),
        reads=frozenset(reader.reads),
        patterns=frozenset(reader.patterns),
    )


class _Reader:
    """Collects what a query reads.

    What a triple pattern matches is told from the focus node where other patterns, which must match as well, lead from
    there to it; otherwise it may match anywhere.
    """

    def __init__(self, text: str) -> None:
        self.reads: set[Read] = set()
        self.patterns: set[Pattern] = set()
        try:
            algebra = prepareQuery(text).algebra
        except Exception as error:
            raise Unreadable(f"a query: {error}") from error
        if "VALUES" in text.upper() or "MINUS" in text.upper() or "SERVICE" in text.upper():
            raise Unreadable("a query of a kind that SHACL does not allow")
        self._group(algebra, {_THIS: ((),)})

    def _group(self, node: CompValue, anchors: Anchors) -> None:
        """Read a group of patterns that must all match, and the groups within it."""
        triples: list[tuple[Node, Any, Node]] = []
        inner: list[tuple[CompValue, bool]] = []
        self._collect(node, triples, inner)
        anchors = _anchored(triples, anchors)
        for triple in triples:
            self._note(triple, anchors)
        for group, shares in inner:
            self._group(group, anchors if shares else {})

    def _collect(self, node: Any, triples: list[tuple[Node, Any, Node]], inner: list[tuple[CompValue, bool]]) -> None:
        if not isinstance(node, CompValue):
            return
        if node.name in _COUNTING:
            raise Unreadable("a query that counts: the same triple in two graphs would count twice")
        if node.name == "Graph":
            raise Unreadable("a query of named graphs")
        if node.name == "BGP":
            triples += node.triples
        elif node.name in {"LeftJoin", "Minus"}:
            self._collect(node.p1, triples, inner)
            inner += [(node.p2, True)]
            self._inside(node.get("expr"), inner)
        elif node.name == "Union":
            inner += [(node.p1, True), (node.p2, True)]
        elif node.name in _SAME_LEVEL:
            for key, part in node.items():
                if key in {"p", "p1", "p2"}:
                    self._collect(part, triples, inner)
                else:
                    self._inside(part, inner)
        else:  # a subquery has variables of its own; of others it is not known
            inner += [(CompValue("Join", p1=part, p2=None), False) for key, part in node.items() if key != "PV"]

    def _inside(self, node: Any, inner: list[tuple[CompValue, bool]]) -> None:
        """Find the groups of EXISTS in an expression."""
        if isinstance(node, list | tuple):
            for item in node:
                self._inside(item, inner)
        elif isinstance(node, CompValue):
            if node.name in {"Builtin_EXISTS", "Builtin_NOTEXISTS"}:
                inner.append((node.graph, True))
            else:
                for part in node.values():
                    self._inside(part, inner)

    def _note(self, triple: tuple[Node, Any, Node], anchors: Anchors) -> None:
        subject, predicate, value = triple
        sequences = _expanded(predicate)
        if sequences is None:
            for name in _mentioned(predicate):
                self.patterns.add(Pattern(None, name, None))
        elif subject in anchors:
            for path in anchors[subject]:
                self._note_along(path, sequences)
        elif value in anchors:
            back = [tuple(step.reversed() for step in reversed(steps)) for steps in sequences]
            for path in anchors[value]:
                self._note_along(path, back)
        else:
            for steps in sequences:
                self._note_anywhere(steps, subject, value)

    def _note_along(self, path: Path, sequences: Iterable[Path]) -> None:
        for steps in sequences:
            for at, step in enumerate(steps):
                self.reads.add(Read(path + steps[:at], step))

    def _note_anywhere(self, steps: Path, subject: Node, value: Node) -> None:
        if len(steps) > 1:
            self.patterns |= {Pattern(None, step.predicate, None) for step in steps}
            return
        start, end = (value, subject) if steps[0].inverse else (subject, value)
        self.patterns.add(Pattern(_constant(start), steps[0].predicate, _constant(end)))


def _anchored(triples: Iterable[tuple[Node, Any, Node]], anchors: Anchors) -> Anchors:
    """Return how variables are reached from the focus node by following triple patterns."""
    found = dict(anchors)
    changed = True
    while changed:
        changed = False
        for subject, predicate, value in triples:
            sequences = _expanded(predicate)
            if sequences is None or ANY in (step for steps in sequences for step in steps):
                continue
            for start, end, ways in (
                (subject, value, sequences),
                (value, subject, [tuple(step.reversed() for step in reversed(steps)) for steps in sequences]),
            ):
                if start in found and end not in found and isinstance(end, Variable):
                    found[end] = tuple(path + steps for path in found[start] for steps in ways)
                    changed = True
    return found


def _constant(node: Node) -> str | None:
    return str(node) if isinstance(node, URIRef | Literal) else None


def _expanded(predicate: Any) -> list[Path] | None:
    """Return a predicate or path as sequences of steps; None where it has any length."""
    if isinstance(predicate, URIRef):
        return [(Step(str(predicate)),)]
    if isinstance(predicate, InvPath):
        within = _expanded(predicate.arg)
        return None if within is None else [tuple(step.reversed() for step in reversed(steps)) for steps in within]
    if isinstance(predicate, AlternativePath | SequencePath):
        parts = [_expanded(part) for part in predicate.args]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        if isinstance(predicate, AlternativePath):
            return [steps for part in known for steps in part]
        found: list[Path] = [()]
        for part in known:
            found = [before + after for before in found for after in part]
        return found
    return None if isinstance(predicate, SparqlPath) else [(ANY,)]


def _mentioned(predicate: Any) -> Iterator[str | None]:
    """Yield the properties that a path can go along; None for any."""
    if isinstance(predicate, URIRef):
        yield str(predicate)
    elif isinstance(predicate, MulPath):
        yield from _mentioned(predicate.path)
    elif isinstance(predicate, InvPath):
        yield from _mentioned(predicate.arg)
    elif isinstance(predicate, AlternativePath | SequencePath):
        for part in predicate.args:
            yield from _mentioned(part)
    elif isinstance(predicate, NegatedPath):
        yield None
    else:
        yield None
