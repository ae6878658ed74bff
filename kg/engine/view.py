"""A store directory as the merge of its graphs, but for the one that describes the others; and that one, to edit it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyoxigraph as ox

from kg.engine.digest import ChangedQuads, graph_of, parsed
from kg.errors import StoreError
from kg.terms import RDF

Node = ox.NamedNode | ox.BlankNode | ox.Triple

_TYPE: Final = ox.NamedNode(RDF + "type")


class StoreView:
    """Reads a store directory; what it was asked of classes and triples it remembers, so use it for one piece of work.

    It is a context manager: the directory is closed at its end, before anybody writes to it.
    """

    def __init__(self, path: Path, described_in: str) -> None:
        """Open a directory; `described_in` names the graph that is kept apart.

        Raises:
            StoreError: it is not a store.
        """
        self._path = path
        self._apart = ox.NamedNode(described_in)
        self._classes: dict[object, frozenset[str]] = {}
        self._known: dict[ox.Triple, bool] = {}
        with reported(path):
            self._store: ox.Store | None = ox.Store.read_only(str(path))

    def __enter__(self) -> Self:
        """Return the view."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the directory."""
        self._store = None

    def quads(self, subject: Any = None, predicate: Any = None, value: Any = None) -> Iterator[ox.Quad]:
        """Yield the quads of all graphs but the one that is kept apart."""
        with reported(self._path):
            for quad in self._open.quads_for_pattern(subject, predicate, value, None):
                if quad.graph_name != self._apart:
                    yield quad

    def triples(self, subject: Any = None, predicate: Any = None, value: Any = None) -> Iterator[ox.Triple]:
        """Yield the triples of the merge, one that stands in several graphs several times."""
        return (quad.triple for quad in self.quads(subject, predicate, value))

    def any(self, subject: Any = None, predicate: Any = None, value: Any = None) -> bool:
        """Tell whether there is a triple like this."""
        return next(self.quads(subject, predicate, value), None) is not None

    def has(self, triple: ox.Triple) -> bool:
        """Tell whether there is this triple."""
        if triple not in self._known:
            self._known[triple] = self.any(triple.subject, triple.predicate, triple.object)
        return self._known[triple]

    def classes(self, node: object) -> frozenset[str]:
        """Return the IRIs of the classes of a thing; a literal has none."""
        if not isinstance(node, ox.NamedNode | ox.BlankNode):
            return frozenset()
        if node not in self._classes:
            values = (quad.object for quad in self.quads(node, _TYPE))
            self._classes[node] = frozenset(value.value for value in values if isinstance(value, ox.NamedNode))
        return self._classes[node]

    def named_graphs(self) -> Iterator[ox.NamedNode]:
        """Yield the graphs that have an IRI, but for the one that is kept apart."""
        with reported(self._path):
            for graph in self._open.named_graphs():
                if isinstance(graph, ox.NamedNode) and graph != self._apart:
                    yield graph

    def has_graph(self, graph: ox.NamedNode) -> bool:
        """Tell whether there is a named graph, be it empty."""
        return self._open.contains_named_graph(graph)

    def instances(self, cls: str, space: str, *, at_most: int) -> list[str]:
        """Return some things of a class whose IRIs begin with a text, in the order of the index.

        That order depends on the IRIs alone, so stores of the same content give the same things.
        """
        some = islice(self.quads(None, _TYPE, ox.NamedNode(cls)), 100 * at_most)
        iris = (quad.subject.value for quad in some if isinstance(quad.subject, ox.NamedNode))
        return list(islice(dict.fromkeys(iri for iri in iris if iri.startswith(space)), at_most))

    def values(self, subject: str | None, predicate: str, graph: str | None = None) -> Iterator[str]:
        """Yield IRIs and lexical forms of the objects of a property: those of a subject, or those in a graph."""
        node = ox.NamedNode(subject) if subject else None
        for quad in self.quads(node, ox.NamedNode(predicate)):
            if graph is None or quad.graph_name == ox.NamedNode(graph):
                value = quad.object
                if isinstance(value, ox.NamedNode | ox.Literal):
                    yield value.value

    def lines_apart(
        self, subject: str | None = None, predicate: str | None = None, value: str | None = None
    ) -> Iterator[str]:
        """Yield the lines, in N-Triples, of the graph that is kept apart; `value` is an IRI."""
        nodes = [ox.NamedNode(iri) if iri else None for iri in (subject, predicate, value)]
        with reported(self._path):
            for quad in self._open.quads_for_pattern(nodes[0], nodes[1], nodes[2], self._apart):
                yield f"{quad.triple} ."

    def values_apart(self, subject: str | None, predicate: str) -> Iterator[str]:
        """Yield IRIs and lexical forms of a property in the graph that is kept apart."""
        node = ox.NamedNode(subject) if subject else None
        with reported(self._path):
            for quad in self._open.quads_for_pattern(node, ox.NamedNode(predicate), None, self._apart):
                if isinstance(quad.object, ox.NamedNode | ox.Literal):
                    yield quad.object.value

    def subjects_apart(self, predicate: str, value: str) -> Iterator[str]:
        """Yield the IRIs that have a property with an IRI as value, in the graph that is kept apart."""
        with reported(self._path):
            for quad in self._open.quads_for_pattern(None, ox.NamedNode(predicate), ox.NamedNode(value), self._apart):
                if isinstance(quad.subject, ox.NamedNode):
                    yield quad.subject.value

    @property
    def _open(self) -> ox.Store:
        if self._store is None:
            raise StoreError(f"{self._path} was closed")
        return self._store


def replace_graph(path: Path, graph: str, content: bytes) -> None:
    """Give a graph of a store directory new content, as N-Triples.

    Raises:
        StoreError: the directory is not a store or cannot be written.
    """
    with reported(path):
        store, name = ox.Store(str(path)), ox.NamedNode(graph)
        store.remove_graph(name)
        store.bulk_load(content, ox.RdfFormat.N_TRIPLES, to_graph=name)


def edit_graph(
    path: Path, graph: str, removed: Iterable[str], added: Iterable[str], undo: ChangedQuads | None = None
) -> None:
    """Take lines of N-Triples from a graph of a store directory, and add others.

    `undo` is a change of the store; what of it concerns the graph is undone first.

    Raises:
        StoreError: the directory is not a store or cannot be written.
    """
    with reported(path):
        store, name = ox.Store(str(path)), ox.NamedNode(graph)
        for lines, change in ((undo.added, store.remove), (undo.removed, store.add)) if undo else ():
            for quad in _quads_in(lines, graph):
                change(quad)
        for line in removed:
            store.remove(_within(line, name))
        store.extend(_within(line, name) for line in added)


def touches_graph(change: ChangedQuads, graph: str) -> bool:
    """Tell whether a change concerns a graph."""
    lines = (line for lines in (change.added, change.removed) for line in _in_graph(lines, graph))
    names = {name.strip("<>") for name in change.created | change.dropped}
    return graph in names or next(lines, None) is not None


@contextlib.contextmanager
def reported(path: Path, done: str = "read or written") -> Iterator[None]:
    """Turn what RocksDB and the file system refuse into an error of the store; `done` is what it cannot be."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        raise StoreError(f"{path} cannot be {done} as a store: {error}") from error


def _in_graph(lines: Iterable[str], graph: str) -> Iterator[str]:
    end = f" <{graph}> ."  # an object of the default graph can stand there too
    return (line for line in lines if line.endswith(end) and graph_of(line) == ox.NamedNode(graph))


def _quads_in(lines: Iterable[str], graph: str) -> Iterator[ox.Quad]:
    return (parsed(line) for line in _in_graph(lines, graph))


def _within(line: str, graph: ox.NamedNode) -> ox.Quad:
    quad = parsed(line)
    return ox.Quad(quad.subject, quad.predicate, quad.object, graph)
