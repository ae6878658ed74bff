"""The facts that rules are applied to: a part of a dataset in memory, which grows by what is concluded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Final, Self

import pyoxigraph as ox

from kg.engine.interface import Row
from kg.engine.reading import Triple, node_of, term_of
from kg.engine.view import reported
from kg.errors import QueryError
from kg.terms import OA, PKG, RDF

Read = tuple[str, str]
"""A predicate that rules read, and the IRI of the object where they read one alone, or an empty text."""

_STATEMENT: Final = ox.NamedNode(PKG + "Statement")
_EVIDENCE: Final = ox.NamedNode(PKG + "Evidence")
_BODY: Final = ox.NamedNode(OA + "hasBody")
_TYPE: Final = ox.NamedNode(RDF + "type")
_SUBJECT: Final = ox.NamedNode(RDF + "subject")
_PREDICATE: Final = ox.NamedNode(RDF + "predicate")
_OBJECT: Final = ox.NamedNode(RDF + "object")

_Parts = tuple[object, ox.NamedNode, object]


class FactBase:
    """What rules read of a dataset, merged: what is stated with evidence, and what vocabularies say.

    Nothing rests on anything else that the dataset has.
    """

    def __init__(self, source: ox.Store, reads: Collection[Read], leave: Collection[str], own: Collection[str]) -> None:
        """Copy what rules read of a store, but for the graphs `leave`; vocabularies stand in the graphs `own`.

        Our own properties are for sources to state; what vocabularies say in them does not count.
        """
        reader = _Reader(source, frozenset(map(ox.NamedNode, leave)))
        self._statements: dict[_Parts, list[str]] = {}
        for predicate, value in reads:
            name, end = ox.NamedNode(predicate), ox.NamedNode(value) if value else None
            for parts, statement in reader.stated(name):
                if end in {None, parts[2]}:
                    self._statements.setdefault(parts, []).append(statement)
            for graph in () if predicate.startswith(PKG) else map(ox.NamedNode, own):
                for quad in source.quads_for_pattern(None, name, end, graph):
                    self._statements.setdefault((quad.subject, quad.predicate, quad.object), [])
        self._facts = ox.Store()
        self._facts.extend(ox.Quad(*parts) for parts in self._statements)  # type: ignore[arg-type]

    @classmethod
    def of_graphs(cls, graphs: Iterable[tuple[str, bytes]], reads: Collection[Read], own: Collection[str]) -> Self:
        """Return the facts of named graphs that are given as N-Triples; vocabularies are those of the graphs `own`."""
        store = ox.Store()
        for iri, content in graphs:
            store.bulk_load(content, ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(iri))
        return cls(store, reads, (), own)

    @classmethod
    def of_directory(
        cls, path: Path, reads: Collection[Read], own: Collection[str], *, leave: Collection[str] = ()
    ) -> Self:
        """Return the facts of a store directory, but for what stands in the graphs `leave`.

        Raises:
            StoreError: it is not a store.
        """
        with reported(path):
            return cls(ox.Store.read_only(str(path)), reads, leave, own)

    def select(self, query: str) -> list[Row]:
        """Return the solutions of a SELECT query over the facts, and over what was concluded from them.

        Raises:
            QueryError: the query cannot be evaluated.
        """
        try:
            found = self._facts.query(query)
            if not isinstance(found, ox.QuerySolutions):
                raise QueryError("this is not a SELECT query")
            names = [item.value for item in found.variables]
            return [
                {name: term_of(bound) for name in names if (bound := solution[name]) is not None} for solution in found
            ]
        except (SyntaxError, OSError, RuntimeError, ValueError) as error:
            raise QueryError(f"the query could not be evaluated: {error}") from error

    def conclude(self, triples: Iterable[Triple]) -> None:
        """Add conclusions, so that further ones can rest on them."""
        self._facts.extend(ox.Quad(node_of(s), ox.NamedNode(p), node_of(o)) for s, p, o in triples)  # type: ignore[arg-type]

    def is_fact(self, triple: Triple) -> bool:
        """Tell whether a triple is among the facts, other than by having been concluded."""
        return _nodes(triple) in self._statements

    def statements(self, triple: Triple) -> tuple[str, ...]:
        """Return the IRIs of the statements that name a fact and carry its evidence, sorted."""
        return tuple(sorted(self._statements.get(_nodes(triple), ())))


class _Reader:
    """Reads the statements of a store, but for what stands in some graphs."""

    def __init__(self, store: ox.Store, leave: frozenset[ox.NamedNode]) -> None:
        self._store = store
        self._leave = leave

    def stated(self, predicate: ox.NamedNode) -> Iterator[tuple[_Parts, str]]:
        """Yield the triples of a property that a statement with evidence names, each with the IRI of that."""
        for node in {quad.subject for quad in self._quads(None, _PREDICATE, predicate)}:
            if isinstance(node, ox.NamedNode) and self._has_evidence(node):
                for subject, value in product(self._values(node, _SUBJECT), self._values(node, _OBJECT)):
                    if self._has(subject, predicate, value):
                        yield (subject, predicate, value), node.value

    def _has_evidence(self, statement: ox.NamedNode) -> bool:
        return self._has(statement, _TYPE, _STATEMENT) and any(
            self._has(quad.subject, _TYPE, _EVIDENCE) for quad in self._quads(None, _BODY, statement)
        )

    def _values(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> set[object]:
        return {quad.object for quad in self._quads(subject, predicate, None)}

    def _has(self, subject: object, predicate: ox.NamedNode, value: object) -> bool:
        return not isinstance(subject, ox.Literal) and next(self._quads(subject, predicate, value), None) is not None

    def _quads(self, subject: object, predicate: object, value: object) -> Iterator[ox.Quad]:
        for quad in self._store.quads_for_pattern(subject, predicate, value, None):  # type: ignore[arg-type]
            if quad.graph_name not in self._leave:
                yield quad


def line_of_triple(triple: Triple) -> str:
    """Return a triple as a line of N-Triples.

    >>> from kg.engine import Term
    >>> line_of_triple((Term("iri", "http://e.org/s"), "http://e.org/p", Term("literal", "医疗", "zh")))
    '<http://e.org/s> <http://e.org/p> "医疗"@zh .'
    """
    subject, predicate, value = _nodes(triple)
    return f"{subject} {predicate} {value} ."


def _nodes(triple: Triple) -> _Parts:
    return node_of(triple[0]), ox.NamedNode(triple[1]), node_of(triple[2])
