"""The identity of a dataset: an incremental set hash over its quads.

Each quad without blank nodes is hashed on its own (SHAKE-256 of its line in N-Quads, 256 bytes), and the hashes are
summed modulo 2^2048. Quads come and go by addition and subtraction, so the hash of a changed dataset costs in
proportion to the change. This is AdHash of Bellare and Micciancio ("A New Paradigm for Collision-Free Hashing:
Incrementality at Reduced Cost", Eurocrypt 1997). The modulus is that large because a sum of n-bit hashes falls to a
generalised birthday attack in about 2^(2√n) steps (Wagner, "A Generalized Birthday Problem", Crypto 2002): 2^90 for
2048 bits, and 2^32 for 256.

Labels of blank nodes mean nothing, so quads that have any are canonicalised first, all together (RDFC-1.0, W3C
Recommendation 2024), and the canonical lines are summed in the same way. They do not depend on the other quads: a
change without blank nodes costs the same in a dataset that has some. Canonicalising takes very long where many blank
nodes look alike (RDFC-1.0, section 7.1); who takes data from others limits the time.

A named graph that is empty counts by its name. One graph may be left out: the one that describes the dataset, and says
when it was published. The same dataset has the same hash on any machine, however it came about; the id of a revision
is the first 16 hexadecimal digits of the SHA-256 of the sum. Those 64 bits tell revisions apart, they are no seal: the
sum, which the manifest keeps, is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import pyoxigraph as ox

from kg.engine.tally import BYTES, any_blank
from kg.errors import StoreError

_MASK: Final = (1 << 8 * BYTES) - 1
SCHEME: Final = "adhash-shake256-2048"
"""The name of this way of hashing, kept beside each hash so that another one can follow it."""

Node = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


class ChangedQuads(Protocol):
    """What a write did: quads as lines of N-Quads, and names of graphs that came and went."""

    @property
    def added(self) -> frozenset[str]:
        """The quads that came."""
        ...

    @property
    def removed(self) -> frozenset[str]:
        """The quads that went."""
        ...

    @property
    def created(self) -> frozenset[str]:
        """The graphs that came."""
        ...

    @property
    def dropped(self) -> frozenset[str]:
        """The graphs that went."""
        ...


@dataclass(frozen=True, slots=True)
class SetHash:
    """The hash of a dataset: the sums over the quads without and with blank nodes, and how many have any.

    >>> line = '<http://example.org/s> <http://example.org/p> "1" .'
    >>> SetHash().changed([line], []).changed([], [line]) == SetHash()
    True
    >>> SetHash().id
    '5341e6b2646979a7'
    """

    ground: int = 0
    blank: int = 0
    blank_quads: int = 0

    @classmethod
    def of_sum(cls, ground: int, blank: Iterable[ox.Quad], empty: Iterable[str]) -> SetHash:
        """Return the hash of the sum over the lines without blank nodes, the other quads, and the empty graphs."""
        return cls((ground + sum(map(_element, empty))) & _MASK)._with_blank(blank)

    def changed(self, added: Iterable[str], removed: Iterable[str]) -> SetHash:
        """Return the hash after lines without blank nodes have come, and others, which were there, have gone."""
        ground = self.ground + sum(map(_element, added)) - sum(map(_element, removed))
        return SetHash(ground & _MASK, self.blank, self.blank_quads)

    def _with_blank(self, quads: Iterable[ox.Quad]) -> SetHash:
        lines = canonical_lines(quads)
        return SetHash(self.ground, sum(map(_element, lines)) & _MASK, len(lines))

    @property
    def id(self) -> str:
        """The 16 hexadecimal digits that name the dataset."""
        total = (self.ground + self.blank) & _MASK
        return hashlib.sha256(total.to_bytes(BYTES, "little")).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """Return the hash for a manifest; the sums are hexadecimal."""
        return {
            "scheme": SCHEME,
            "ground": f"{self.ground:x}",
            "blank": f"{self.blank:x}",
            "blank_quads": self.blank_quads,
        }

    @classmethod
    def from_json(cls, value: object) -> SetHash | None:
        """Return the hash that `to_json` wrote, or None where this is not one."""
        if not isinstance(value, Mapping) or value.get("scheme") != SCHEME:
            return None
        try:
            return cls(int(value["ground"], 16), int(value["blank"], 16), int(value["blank_quads"]))
        except (KeyError, TypeError, ValueError):
            return None


def hash_after(before: SetHash, old: Path, new: Path, change: ChangedQuads, exclude: str = "") -> SetHash:
    """Return the hash of a store directory that came about from another one by a change.

    It costs in proportion to the change, unless that has blank nodes: then the quads with blank nodes are looked for.

    Raises:
        StoreError: a directory cannot be read as a store, or the change is not what tells them apart.
    """
    try:
        added = {line: parsed(line) for line in without_graph(change.added, exclude)}
        removed = {line: parsed(line) for line in without_graph(change.removed, exclude)}
        was, now = ox.Store.read_only(str(old)), ox.Store.read_only(str(new))
        _verify(added.values(), was, now)
        _verify(removed.values(), now, was)
        quads = {**added, **removed}
        blank = {line for line, quad in quads.items() if has_blank_nodes(quad)}
        touched: set[Node] = {quad.graph_name for quad in quads.values()}
        touched |= {graph_node(name) for name in change.created | change.dropped}
        touched -= {graph_node(exclude)} if exclude else set()
        empty_before = {str(graph) for graph in touched if _is_empty_graph(was, graph)}
        empty_now = {str(graph) for graph in touched if _is_empty_graph(now, graph)}
        after = before.changed(added.keys() - blank | empty_now, removed.keys() - blank | empty_before)
        return after._with_blank(quad for quad in quads_of(now, exclude) if has_blank_nodes(quad)) if blank else after
    except (OSError, ValueError, RuntimeError) as error:
        raise StoreError(f"{new} cannot be read as a store: {error}") from error


def quads_of(store: ox.Store, exclude: str) -> Iterator[ox.Quad]:
    """Return the quads of a store, but for those of one graph."""
    excluded = _named(exclude)
    for quad in store.quads_for_pattern(None, None, None, None):
        if quad.graph_name != excluded:
            yield quad


def empty_graphs(store: ox.Store, exclude: str) -> Iterator[str]:
    """Return the names of the named graphs that have no quads, in the form of N-Quads."""
    excluded = _named(exclude)
    return (str(graph) for graph in store.named_graphs() if graph != excluded and _is_empty_graph(store, graph))


def line_of(quad: ox.Quad) -> str:
    """Return a quad as a line of N-Quads without its end."""
    return f"{quad} ."


def canonical_lines(quads: Iterable[ox.Quad]) -> list[str]:
    """Return lines of N-Quads with the labels of blank nodes that RDFC-1.0 gives."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0_SHA_256)
    return [line_of(quad) for quad in dataset]


def has_blank_nodes(quad: ox.Quad) -> bool:
    """Tell whether a quad, or a triple within it, has a blank node."""
    return isinstance(quad.graph_name, ox.BlankNode) or any_blank(quad)


def without_graph(lines: Iterable[str], graph: str) -> Iterator[str]:
    """Return the lines of N-Quads that are not in a graph."""
    end = f" <{graph}> ."  # the object of a triple in the default graph can stand there too, hence the second look
    named = _named(graph)
    return (line for line in lines if not line.endswith(end) or graph_of(line) != named)


def graph_of(line: str) -> Node:
    """Return the graph of a line of N-Quads."""
    return parsed(line).graph_name


def parsed(line: str) -> ox.Quad:
    """Return the quad of a line of N-Quads.

    Raises:
        ValueError: it is not one.
    """
    try:
        quad: ox.Quad = next(iter(ox.parse(line, format=ox.RdfFormat.N_QUADS)))
    except (SyntaxError, StopIteration) as error:
        raise ValueError(f"{line!r} is not a line of N-Quads: {error}") from error
    return quad


def _element(line: str) -> int:
    return int.from_bytes(hashlib.shake_256(line.encode()).digest(BYTES), "little")


def _verify(quads: Iterable[ox.Quad], without: ox.Store, within: ox.Store) -> None:
    """Hold a change against the stores: an id that says what is not there would be worse than no write."""
    for quad in quads:
        there = next(iter(within.quads_for_pattern(quad.subject, quad.predicate, quad.object, quad.graph_name)), None)
        if quad in without or there != quad:  # a store gives back "1"^^xsd:byte as "1"^^xsd:integer
            raise ValueError(f"the change names {line_of(quad)} wrongly")


def graph_node(name: str) -> ox.NamedNode | ox.BlankNode:
    """Return the graph of a name, which may be an IRI with or without brackets, or the label of a blank node."""
    if name.startswith("_:"):
        return ox.BlankNode(name[2:])
    return ox.NamedNode(name.removeprefix("<").removesuffix(">"))


def _named(exclude: str) -> ox.NamedNode | None:
    return ox.NamedNode(exclude) if exclude else None


def _is_empty_graph(store: ox.Store, graph: Node) -> bool:
    if isinstance(graph, ox.DefaultGraph) or not store.contains_named_graph(graph):
        return False
    return next(iter(store.quads_for_pattern(None, None, None, graph)), None) is None
