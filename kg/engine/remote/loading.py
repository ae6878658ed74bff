"""A store directory as what a service is sent: lines of triples, graph by graph, and what tells two of them apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kg.engine.digest import parsed
from kg.engine.remote.engine import Graph
from kg.engine.remote.names import BLANK, HASH, NAMES, PLANNED, SIZE, Generation
from kg.engine.view import reported
from kg.errors import StoreError


@dataclass
class GraphChange:
    """What came to a graph, and went, as lines of N-Triples."""

    added: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)


class Content:
    """The quads of a store directory; blank nodes are written as IRIs."""

    def __init__(self, path: Path) -> None:
        """Open the directory.

        Raises:
            StoreError: it is not a store.
        """
        self._path = path
        with reported(path):
            self._store = ox.Store.read_only(str(path))
            found = list(self._store.named_graphs())
        if any(isinstance(graph, ox.BlankNode) for graph in found):
            raise StoreError("a graph whose name is a blank node cannot be sent to a SPARQL service")
        self.graphs = sorted(graph.value for graph in found if isinstance(graph, ox.NamedNode))

    def lines(self, graph: str | None) -> Iterator[str]:
        """Yield the triples of a graph, None for those of no named graph."""
        with reported(self._path):
            for quad in self._store.quads_for_pattern(None, None, None, _name(graph)):
                yield line(quad)

    def merged(self) -> Iterator[str]:
        """Yield the triples of all graphs, each once."""
        with reported(self._path):
            for quad in self._store.quads_for_pattern(None, None, None, None):
                first = next(iter(self._store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)))
                if first.graph_name == quad.graph_name:
                    yield line(quad)

    def has(self, quad: ox.Quad) -> bool:
        """Tell whether any graph has the triple of a quad."""
        found = self._store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
        return next(iter(found), None) is not None

    def quads(self, graph: str) -> set[ox.Quad]:
        """Return the quads of a named graph."""
        with reported(self._path):
            return set(self._store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))

    def digest(self, graph: str) -> str:
        """Return the hash of the triples of a named graph."""
        found = hashlib.sha256()
        for each in sorted(self.lines(graph)):
            found.update(each.encode() + b"\n")
        return found.hexdigest()[:32]


def changes(old: Content, new: Content, added: Iterable[str], removed: Iterable[str], metadata: str) -> Changes:
    """Return what tells two directories apart, by the lines of N-Quads that a write has left.

    What changed in the graph of metadata, which such lines leave out, is looked for.

    Raises:
        StoreError: a directory is damaged.
    """
    found = Changes()
    was, now = (content.quads(metadata) if metadata else set() for content in (old, new))
    came = [*map(parsed, added), *(now - was)]
    went = [*map(parsed, removed), *(was - now)]
    for quads, attribute in ((came, "added"), (went, "removed")):
        for quad in quads:
            name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else None
            getattr(found.graphs.setdefault(name, GraphChange()), attribute).add(line(quad))
    found.merged.added = {line(quad) for quad in came if not old.has(quad)}
    found.merged.removed = {line(quad) for quad in went if not new.has(quad)}
    return found


@dataclass
class Changes:
    """What tells two directories apart, for each graph (None: no named one) and for the merge of all."""

    graphs: dict[str | None, GraphChange] = field(default_factory=dict)
    merged: GraphChange = field(default_factory=GraphChange)


def names_lines(graphs: Mapping[str, Graph]) -> Iterator[str]:
    """Yield the triples that say which graph of a service is which named graph."""
    for name, graph in graphs.items():
        yield f"<{graph.iri}> <{NAMES}> <{name}> ."
        yield f'<{graph.iri}> <{SIZE}> "{graph.size}"^^<http://www.w3.org/2001/XMLSchema#integer> .'
        if graph.hash:
            yield f'<{graph.iri}> <{HASH}> "{graph.hash}" .'


def planned_lines(generation: Generation, names: Iterable[str]) -> Iterator[str]:
    """Yield the triples that say which named graphs a generation is going to have of its own."""
    return (f"<{generation.graph(name)}> <{PLANNED}> <{name}> ." for name in names)


def line(quad: ox.Quad) -> str:
    """Return the triple of a quad as a line of N-Triples, with IRIs for blank nodes."""
    return f"{_skolem(quad.subject)} {quad.predicate} {_skolem(quad.object)} ."


def write_quads(path: Path, graphs: Iterable[str], quads: Iterable[ox.Quad]) -> None:
    """Write quads, and named graphs that may be empty, into a new store directory.

    Raises:
        StoreError: the directory cannot be written.
    """
    with reported(path):
        store = ox.Store(str(path))
        for graph in graphs:
            store.add_graph(ox.NamedNode(graph))
        store.bulk_extend(quads)
        store.flush()


def _skolem(term: object) -> object:
    return ox.NamedNode(BLANK + term.value) if isinstance(term, ox.BlankNode) else term


def _name(graph: str | None) -> ox.NamedNode | ox.DefaultGraph:
    return ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
