"""Validation of a change: only what it can have made invalid is held against the shapes again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from rdflib import SH, Graph, URIRef
from rdflib.term import Node

from kg.build import NamedGraph
from kg.engine import ChangedQuads, Term, TripleReader
from kg.errors import Violation
from kg.validate.affected import Affected, ReadIndex, difference, is_target, open_both
from kg.validate.datatypes import as_stored
from kg.validate.extract import Extract, rdf
from kg.validate.neighbourhood import Neighbourhood
from kg.validate.queries import QueryConstraint
from kg.validate.reads import TARGETS, read_targeted_shapes
from kg.validate.shapes import SHAPES_NAMESPACE, read_shapes, validate_shapes
from kg.validate.steps import Unreadable

_BLOCKS: Final = "Violation"
_VARIABLE: Final = re.compile(r"\{[?$](\w+)\}")


class Contract:
    """The shapes that every write is held to, prepared once."""

    def __init__(self, shapes: Graph) -> None:
        """Work out how far each shape looks; where that cannot be told, everything is validated after each change."""
        self._shapes = shapes = as_stored(shapes)
        self.whole = ""
        """Why everything is validated, if it is."""
        self._index = ReadIndex(())
        self._parts: dict[Node, list[tuple[Node, Node, Node]]] = {}
        try:
            targeted = read_targeted_shapes(shapes)
        except Unreadable as error:
            self.whole = str(error)
            return
        self._index = ReadIndex(targeted)
        self._parts = {shape.node: list(_part(shapes, shape.node)) for shape in targeted}

    @classmethod
    def read(cls, folder: Path) -> Contract:
        """Return the contract of a folder of shapes.

        Raises:
            SourceError: a file is not Turtle, or there is none.
        """
        return cls(read_shapes(folder))

    def warm(self) -> None:
        """Have everything loaded that validation loads when it is first used."""
        validate_shapes([NamedGraph("", Graph(bind_namespaces="none"))], self._shapes)

    def check(
        self, old: Path, new: Path, change: ChangedQuads, *, exclude: str = "", language: str = "en"
    ) -> tuple[Violation, ...]:
        """Return what a change of one store directory into another one violates, sorted; warnings are left out.

        The merge of all graphs but `exclude` is held against the shapes. What was wrong before, and is not touched, is
        not reported.

        Raises:
            StoreError: a directory is not a store.
            KgError: a shape cannot be evaluated.
        """
        if self.whole:
            return self.check_all(new, exclude=exclude, language=language)
        was, now = open_both(old, new, exclude)
        return _blocking(self._what_changed(was, now, change, exclude, language))

    def check_all(self, path: Path, *, exclude: str = "", language: str = "en") -> tuple[Violation, ...]:
        """Return what a store directory violates, sorted; warnings are left out. All of it is read into memory.

        Raises:
            StoreError: it is not a store.
            KgError: a shape cannot be evaluated.
        """
        graph = Graph(bind_namespaces="none")
        for subject, predicate, value in TripleReader(path, exclude).triples():
            graph.add((rdf(subject), rdf(Term("iri", predicate)), rdf(value)))
        found = validate_shapes([NamedGraph("", graph)], self._shapes, language=language)
        return _blocking(found)

    def _what_changed(
        self, was: Neighbourhood, now: Neighbourhood, change: ChangedQuads, exclude: str, language: str
    ) -> list[Violation]:
        changed = difference(was, now, change, exclude)
        if not changed.triples:
            return []
        affected = Affected(self._index, was, now, changed)
        checks = affected.checks()
        extract = Extract(self._shapes, now, changed.links, affected.reclassified)
        confined = Graph(bind_namespaces="none")
        found: list[Violation] = []
        for (shape, query), node in checks:
            if query is not None:
                found += _asked(now, query, node, language)
                continue
            extract.visit(shape.node, node, known=is_target(was, shape, node))
            for triple in () if (shape.node, None, None) in confined else self._parts[shape.node]:
                confined.add(triple)
            confined.add((shape.node, SH.targetNode, rdf(node)))
        if len(confined):
            found += validate_shapes([NamedGraph("", extract.graph)], confined, language=language)
        return found


def validate_change(
    old: Path, new: Path, change: ChangedQuads, shapes: Path | Graph, *, exclude: str = "", language: str = "en"
) -> tuple[Violation, ...]:
    """Return what a change of one store directory into another one violates: `Contract.check` for a single use.

    Raises:
        SourceError: a file of the folder `shapes` is not Turtle.
        StoreError, KgError: as there.
    """
    contract = Contract(read_shapes(shapes) if isinstance(shapes, Path) else shapes)
    return contract.check(old, new, change, exclude=exclude, language=language)


def _blocking(found: Iterable[Violation]) -> tuple[Violation, ...]:
    return tuple(sorted({violation for violation in found if violation.severity == _BLOCKS}))


def _part(shapes: Graph, start: Node) -> Iterator[tuple[Node, Node, Node]]:
    """Yield what a shape consists of, without targets, and without queries, which are asked elsewhere."""
    seen, waiting = {start}, [start]
    while waiting:
        for triple in shapes.triples((waiting.pop(), None, None)):
            if triple[1] in TARGETS or triple[1] == SH.sparql:
                continue
            yield triple
            if triple[2] not in seen:
                seen.add(triple[2])
                waiting.append(triple[2])


def _asked(graph: Neighbourhood, query: QueryConstraint, node: Term, language: str) -> Iterator[Violation]:
    """Yield what a query finds wrong with a node (SHACL, section 5.3.2)."""
    for row in graph.reader.select(query.query, "this", node):
        bound = {"this": node, **row}
        value = row.get("value") or (None if query.path else node)
        path = row.get("path")
        yield Violation(
            severity=query.severity,
            focus=_text(row.get("this", node)),
            path=_text(path) if path else query.path,
            value=_text(value) if value else "",
            rule=_name(query),
            message=_message(query, bound, language),
        )


def _text(term: Term) -> str:
    return "" if term.kind == "blank" else str(rdf(term))  # numbers are written as in all other violations


def _name(query: QueryConstraint) -> str:
    for node in (query.node, query.shape):
        if isinstance(node, URIRef):
            return str(node).removeprefix(SHAPES_NAMESPACE)
    return "SPARQLConstraintComponent"


def _message(query: QueryConstraint, bound: dict[str, Term], language: str) -> str:
    fitting = [text for text, tag in query.messages if tag == language] or [text for text, _ in query.messages]
    text = min(fitting, default="")
    return _VARIABLE.sub(
        lambda match: str(rdf(bound[match.group(1)])) if match.group(1) in bound else match.group(), text
    )
