"""A store directory as one graph of triples to look around in, in terms that know nothing of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.engine.digest import parsed, without_graph
from kg.engine.interface import Term
from kg.engine.view import reported
from kg.errors import QueryError
from kg.terms import XSD

Triple = tuple[Term, str, Term]
Node = ox.NamedNode | ox.BlankNode | ox.Literal
_FEW: Final = 16
"""Up to so many graphs it is quicker to ask each one for a triple than to look for it in all."""


class TripleReader:
    """Reads the merge of all graphs of a store directory, but for one."""

    def __init__(self, path: Path, exclude: str = "") -> None:
        """Open the directory; `exclude` names the graph that is left out.

        Raises:
            StoreError: it is not a store.
        """
        self._path = path
        self._excluded = ox.NamedNode(exclude) if exclude else None
        with reported(path):
            self._store = ox.Store.read_only(str(path))
            graphs = [name for name in islice(self._store.named_graphs(), _FEW + 1) if name != self._excluded]
        self._graphs = [ox.DefaultGraph(), *graphs] if len(graphs) < _FEW else None

    def triples(
        self, subject: Term | None = None, predicate: str | None = None, value: Term | None = None
    ) -> Iterator[Triple]:
        """Yield the triples of a pattern; one that stands in several graphs several times.

        Raises:
            StoreError: the directory is damaged.
        """
        start = None if subject is None else node_of(subject)
        if isinstance(start, ox.Literal):
            return
        name = None if predicate is None else ox.NamedNode(predicate)
        end = None if value is None else node_of(value)
        with reported(self._path):
            for quad in self._store.quads_for_pattern(start, name, end, None):
                if quad.graph_name != self._excluded:
                    yield _triple(quad)

    def has(self, triple: Triple) -> bool:
        """Tell whether there is a triple."""
        if self._graphs is None:
            return next(self.triples(*triple), None) is not None
        subject, predicate, value = node_of(triple[0]), ox.NamedNode(triple[1]), node_of(triple[2])
        if isinstance(subject, ox.Literal):
            return False
        with reported(self._path):
            return any(ox.Quad(subject, predicate, value, graph) in self._store for graph in self._graphs)

    def select(self, query: str, variable: str, value: Term) -> Iterator[dict[str, Term]]:
        """Yield the solutions of a query over the merge of all graphs, with a value for one of its variables.

        The graph that is left out elsewhere counts here; a triple that stands in several graphs counts several times.

        Raises:
            QueryError: the query cannot be evaluated.
        """
        try:
            found = self._store.query(
                query, use_default_graph_as_union=True, substitutions={ox.Variable(variable): node_of(value)}
            )
            if not isinstance(found, ox.QuerySolutions):
                raise QueryError("this is not a SELECT query")
            names = [item.value for item in found.variables]
            for solution in found:
                yield {name: term_of(bound) for name in names if (bound := solution[name]) is not None}
        except (SyntaxError, OSError, RuntimeError, ValueError) as error:
            raise QueryError(f"the query could not be evaluated: {error}") from error


def triples_of(lines: Iterable[str], exclude: str = "") -> Iterator[Triple]:
    """Return the triples of lines of N-Quads, but for those of one graph."""
    kept = without_graph(lines, exclude) if exclude else lines
    return (_triple(parsed(line)) for line in kept)


def term_of(value: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Term:
    """Return a term of the engine as one of ours."""
    if isinstance(value, ox.NamedNode):
        return Term("iri", value.value)
    if isinstance(value, ox.Literal):
        datatype = "" if value.language or value.datatype.value == XSD + "string" else value.datatype.value
        return Term("literal", value.value, value.language or "", datatype)
    if isinstance(value, ox.BlankNode):
        return Term("blank", value.value)
    return Term("literal", str(value))


def node_of(term: Term) -> Node:
    """Return a term of ours as one of the engine."""
    if term.kind == "iri":
        return ox.NamedNode(term.value)
    if term.kind == "blank":
        return ox.BlankNode(term.value)
    if term.language:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype or XSD + "string"))


def _triple(quad: ox.Quad) -> Triple:
    return term_of(quad.subject), quad.predicate.value, term_of(quad.object)
