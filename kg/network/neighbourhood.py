"""The neighbourhood of a thing: what is near it, breadth first, and a count of everything that was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

from kg.errors import BadParameter, LimitExceeded
from kg.network.model import Edge, Network, Node, Predicate

Direction = Literal["out", "in", "both"]
DIRECTIONS: Final[tuple[Direction, ...]] = get_args(Direction)
MAX_DEPTH: Final = 4
MAX_NODES: Final = 1000
MAX_SHOWN: Final = 10_000
"""How many things, and how many edges, one answer may have."""


@dataclass(frozen=True, slots=True)
class Omitted:
    """How many edges of a node are not shown, by relation and by their direction from it.

    `reason` is `limit` where the other end would have been near enough, `depth` where it is too far from the root.
    """

    node: str
    predicate: Predicate
    direction: Literal["out", "in"]
    reason: Literal["limit", "depth"]
    count: int

    def to_json(self) -> dict[str, Any]:
        """Return the count as JSON."""
        return {
            "node": self.node,
            "predicate": self.predicate.name,
            "key": self.predicate.key,
            "direction": self.direction,
            "reason": self.reason,
            "count": self.count,
        }


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The nodes near a root by their distance, in the order in which they were met; all edges among them.

    Without a root it is the whole network, and no node has a distance. `beyond` counts the things that are near enough
    and are not shown, by kind; `omitted` the edges of what is shown that lead to what is not.
    """

    root: Node | None
    distances: Mapping[str, int | None]
    edges: tuple[Edge, ...]
    beyond: Mapping[str, int]
    omitted: tuple[Omitted, ...]
    network: Network
    chosen: frozenset[Predicate]

    @property
    def truncated(self) -> bool:
        """Whether the limit has cut anything."""
        return bool(self.beyond)

    def with_edges(self, edges: Sequence[Edge]) -> Neighbourhood:
        """Return the same neighbourhood with edges that have their citations."""
        return replace(self, edges=tuple(edges))

    def to_json(self) -> dict[str, Any]:
        """Return the neighbourhood as JSON."""
        nodes = [
            {**self.network.nodes[id].to_json(), "degree": self.network.degree(id, self.chosen), "distance": distance}
            for id, distance in self.distances.items()
        ]
        return {
            "root": self.root.to_json() if self.root else None,
            "nodes": nodes,
            "edges": [edge.to_json() for edge in self.edges],
            "truncated": self.truncated,
            "omitted": {
                "things": sum(self.beyond.values()),
                "by_kind": dict(self.beyond),
                "edges": [item.to_json() for item in self.omitted],
            },
        }


def neighbourhood(
    network: Network,
    root: str,
    *,
    depth: int = 1,
    relations: Sequence[str] = (),
    kinds: Sequence[str] = (),
    direction: Direction = "both",
    limit: int = 100,
) -> Neighbourhood:
    """Return what is near a thing.

    Nodes are met breadth first: those at distance 1 before those at distance 2; of one node's neighbours by the order
    of the relations, what it points at before what points at it, then by id. The first `limit` nodes, root included,
    are shown, with every edge of the chosen relations among them.

    Args:
        network: where to look.
        root: a thing by id, IRI, or exact name.
        depth: how many steps from the root at most, 1 to 4.
        relations: keys, short names or IRIs of the relations to follow; all if empty.
        kinds: kinds of things to show and to go through, besides the root; all if empty.
        direction: whether to follow edges from subject to object, back, or both ways.
        limit: how many nodes at most, 1 to 1000.

    Raises:
        NotFound: there is no such root.
        BadParameter: the root's name is ambiguous, or a relation, kind, direction, depth or limit is impossible.
        LimitExceeded: there are too many edges among the nodes.
    """
    check("depth", depth, MAX_DEPTH)
    check("limit", limit, MAX_NODES)
    if direction not in DIRECTIONS:
        words = f"must be one of {', '.join(DIRECTIONS)}", f"应为 {'、'.join(DIRECTIONS)} 之一"
        raise BadParameter("direction", direction, *words)
    start, chosen, kept = network.find("root", root), network.chosen(relations), network.kinds(kinds)
    walk = _Walk(network, start.id, chosen, kept, direction)
    near = walk.distances(depth)
    shown: dict[str, int | None] = dict(list(near.items())[:limit])
    beyond = Counter(network.nodes[node].type for node in near if node not in shown)
    edges = _among(network, shown, chosen)
    return Neighbourhood(start, shown, edges, dict(sorted(beyond.items())), walk.omitted(shown, near), network, chosen)


def whole(network: Network, *, relations: Sequence[str] = (), kinds: Sequence[str] = ()) -> Neighbourhood:
    """Return the whole network, or the part of it that has some relations and kinds.

    Raises:
        BadParameter: a relation or kind is impossible.
        LimitExceeded: it has too many edges for one answer.
    """
    chosen, kept = network.chosen(relations), network.kinds(kinds)
    shown: dict[str, int | None] = {id: None for id, node in network.nodes.items() if node.type in kept}
    if len(shown) > MAX_SHOWN:
        raise LimitExceeded("shown_things", MAX_SHOWN, "things")
    return Neighbourhood(None, shown, _among(network, shown, chosen), {}, (), network, chosen)


def check(name: str, value: int, most: int) -> None:
    """Refuse a number that is not within 1 and a limit.

    Raises:
        BadParameter: it is not.
    """
    if not 1 <= value <= most:
        words = f"must be a whole number from 1 to {most}", f"应为 1 到 {most} 的整数"
        raise BadParameter(name, str(value), *words)


@dataclass(frozen=True, slots=True)
class _Walk:
    """What a neighbourhood follows, and through what it goes."""

    network: Network
    root: str
    chosen: Collection[Predicate]
    kinds: Collection[str]
    direction: Direction

    def distances(self, depth: int) -> dict[str, int]:
        """Return how far from the root each thing is that is not too far, in the order in which they are met."""
        near = {self.root: 0}
        level = [self.root]
        for distance in range(1, depth + 1):
            met = dict.fromkeys(other for node in level for _, _, other in self.steps(node))
            level = [node for node in met if node not in near]
            near.update(dict.fromkeys(level, distance))
        return near

    def steps(self, node: str) -> Iterator[tuple[Edge, Literal["out", "in"], str]]:
        """Yield the edges of a node that are followed, with their direction from it and the node at their other end."""
        found: list[tuple[Edge, Literal["out", "in"], str]] = []
        if self.direction != "in":
            found += [(edge, "out", edge.object) for edge in self.network.outgoing.get(node, ())]
        if self.direction != "out":
            found += [(edge, "in", edge.subject) for edge in self.network.incoming.get(node, ())]
        # Edges are sorted already, and sorting is stable: this only brings the two directions together.
        found.sort(key=lambda step: step[0].predicate.rank)
        for step in found:
            if step[0].predicate in self.chosen and (
                step[2] == self.root or self.network.nodes[step[2]].type in self.kinds
            ):
                yield step

    def omitted(self, shown: Collection[str], near: Collection[str]) -> tuple[Omitted, ...]:
        """Return how many edges lead from what is shown to what is not."""
        counts: Counter[tuple[str, Predicate, Literal["out", "in"], Literal["limit", "depth"]]] = Counter()
        for node in shown:
            for edge, way, other in self.steps(node):
                if other not in shown:
                    counts[node, edge.predicate, way, "limit" if other in near else "depth"] += 1
        return tuple(Omitted(*key, count) for key, count in counts.items())


def _among(network: Network, nodes: Collection[str], chosen: Collection[Predicate]) -> tuple[Edge, ...]:
    found: list[Edge] = []
    for node in nodes:
        found += [e for e in network.outgoing.get(node, ()) if e.object in nodes and e.predicate in chosen]
        if len(found) > MAX_SHOWN:
            raise LimitExceeded("shown_edges", MAX_SHOWN, "edges")
    return tuple(sorted(found, key=lambda edge: edge.order))
