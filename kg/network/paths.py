"""All shortest paths between two things, each step with the triples it goes over and the clauses that state them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Any, Final, Literal

from kg.network.model import Edge, Network, Node, Predicate
from kg.network.neighbourhood import check

MAX_LENGTH: Final = 10
MAX_PATHS: Final = 100

Reason = Literal["not_connected", "longer"]
_REASONS: Final[Mapping[Reason, Mapping[str, str]]] = {
    "not_connected": {
        "en": "Nothing joins the two by these relations and kinds of things.",
        "zh": "在这些关系和类别之内，两者之间没有任何连接。",
    },
    "longer": {
        "en": "The shortest path has {distance} steps, more than max_length={max_length}.",
        "zh": "最短路径有 {distance} 步，超过了 max_length={max_length}。",
    },
}


@dataclass(frozen=True, slots=True)
class Paths:
    """The shortest paths between two things; where there is none, `reason` says why.

    `distance` is the length of a shortest path, None where nothing joins the two. `total` counts all of that length,
    also those that are not given.
    """

    start: Node
    end: Node
    distance: int | None
    total: int
    paths: tuple[tuple[str, ...], ...]
    edges: tuple[Edge, ...]
    max_length: int
    network: Network
    chosen: frozenset[Predicate]

    @property
    def more(self) -> bool:
        """Whether there are more than are given."""
        return bool(self.paths) and self.total > len(self.paths)

    @property
    def reason(self) -> Reason | None:
        """Why there is no path, or None where there is one."""
        if self.paths:
            return None
        return "not_connected" if self.distance is None else "longer"

    @property
    def nodes(self) -> tuple[str, ...]:
        """The things on any of the paths, in the order of the paths."""
        return tuple(dict.fromkeys(node for path in self.paths for node in path))

    def with_edges(self, edges: Sequence[Edge]) -> Paths:
        """Return the same paths over edges that have their citations."""
        return replace(self, edges=tuple(edges))

    def to_json(self) -> dict[str, Any]:
        """Return the paths as JSON."""
        between = _by_ends(self.edges)
        return {
            "from": self.start.to_json(),
            "to": self.end.to_json(),
            "distance": self.distance,
            "total": self.total,
            "paths": [self._path(path, between) for path in self.paths],
            "more": self.more,
            "reason": self.explanation(),
        }

    def explanation(self) -> dict[str, Any] | None:
        """Return why there is no path, in both languages."""
        reason = self.reason
        if reason is None:
            return None
        values = {"distance": self.distance, "max_length": self.max_length}
        return {"code": reason, "text": {name: text.format_map(values) for name, text in _REASONS[reason].items()}}

    def _path(self, path: Sequence[str], between: Mapping[frozenset[str], Sequence[Edge]]) -> dict[str, Any]:
        return {
            "length": len(path) - 1,
            "nodes": [self.network.nodes[node].to_json() for node in path],
            "steps": [
                {"from": one, "to": other, "edges": [edge.to_json() for edge in between[frozenset((one, other))]]}
                for one, other in pairwise(path)
            ],
        }


def paths_between(
    network: Network,
    start: str,
    end: str,
    *,
    max_length: int = 6,
    relations: Sequence[str] = (),
    kinds: Sequence[str] = (),
    limit: int = 10,
) -> Paths:
    """Return the shortest paths between two things; edges are gone over in either direction.

    All of them have the same number of steps. Where there are more than `limit`, the first of them are given, in an
    order that the revision determines, and `total` says how many there are.

    Args:
        network: where to look.
        start: a thing by id, IRI, or exact name.
        end: the other one.
        max_length: how many steps at most, 1 to 10.
        relations: keys, short names or IRIs of the relations to go over; all if empty.
        kinds: kinds of things to go through; all if empty. The two ends may be of any.
        limit: how many paths at most, 1 to 100.

    Raises:
        NotFound: there is no such thing.
        BadParameter: a name is ambiguous, or a relation, kind, `max_length` or `limit` is impossible.
    """
    check("max_length", max_length, MAX_LENGTH)
    check("limit", limit, MAX_PATHS)
    one, other = network.find("from", start), network.find("to", end)
    chosen, kept = network.chosen(relations), network.kinds(kinds)
    search = _Search(network, one.id, other.id, chosen, kept)
    distances, counts = search.run()
    distance, total = distances.get(other.id), counts.get(other.id, 0)
    found: list[tuple[str, ...]] = []
    if distance is not None and distance <= max_length:
        found = list(islice(search.paths(distances), limit))
    steps = dict.fromkeys(frozenset(step) for path in found for step in pairwise(path))
    edges = tuple(edge for step in steps for edge in _between(network, step, chosen))
    return Paths(one, other, distance, total, tuple(found), edges, max_length, network, chosen)


@dataclass(frozen=True, slots=True)
class _Search:
    """A breadth-first search from one thing to another."""

    network: Network
    start: str
    end: str
    chosen: Collection[Predicate]
    kinds: Collection[str]

    def run(self) -> tuple[dict[str, int], dict[str, int]]:
        """Return how far things are, up to the end, and how many shortest paths lead to each."""
        distances, counts = {self.start: 0}, {self.start: 1}
        level = [self.start]
        while level and self.end not in distances:
            met: dict[str, int] = {}
            for node in level:
                for other in self._neighbours(node):
                    if other not in distances:
                        met[other] = met.get(other, 0) + counts[node]
            distances.update(dict.fromkeys(met, distances[level[0]] + 1))
            counts.update(met)
            level = list(met)
        return distances, counts

    def paths(self, distances: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
        """Yield the shortest paths: from the end back to the start, by ids in their order."""

        def back(node: str) -> Iterator[str]:
            steps = (other for other in sorted(self._neighbours(node)) if distances.get(other) == distances[node] - 1)
            return iter(list(steps))

        path, options = [self.end], [back(self.end)]
        while options:
            if path[-1] == self.start:
                yield tuple(reversed(path))
                following = None
            else:
                following = next(options[-1], None)
            if following is None:
                path.pop()
                options.pop()
            else:
                path.append(following)
                options.append(back(following))

    def _neighbours(self, node: str) -> dict[str, None]:
        """Return the things that a node is joined to and that may be gone through, each once."""
        network = self.network
        ends = [edge.object for edge in network.outgoing.get(node, ()) if edge.predicate in self.chosen]
        ends += [edge.subject for edge in network.incoming.get(node, ()) if edge.predicate in self.chosen]
        return dict.fromkeys(
            end for end in ends if end in (self.start, self.end) or network.nodes[end].type in self.kinds
        )


def _between(network: Network, step: Collection[str], chosen: Collection[Predicate]) -> list[Edge]:
    """Return the triples between two neighbours, whichever way they stand."""
    return [
        edge
        for node in sorted(step)
        for edge in network.outgoing.get(node, ())
        if edge.object in step and edge.object != node and edge.predicate in chosen
    ]


def _by_ends(edges: Sequence[Edge]) -> dict[frozenset[str], list[Edge]]:
    found: dict[frozenset[str], list[Edge]] = {}
    for edge in edges:
        found.setdefault(frozenset((edge.subject, edge.object)), []).append(edge)
    return found
