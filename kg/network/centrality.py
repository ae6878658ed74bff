"""Which measures, sectors and products are central.

Everything is deterministic: what is random has its seed, and things are numbered in the order of their ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from kg.errors import BadParameter
from kg.lazy import Lazy
from kg.network.model import Edge, Network, Node
from kg.terms import PKG, SKOS

if TYPE_CHECKING:
    import networkx as nx
else:
    nx = Lazy("networkx")

Measured = Literal["degree", "betweenness", "pagerank"]
MEASURED: Final[tuple[Measured, ...]] = get_args(Measured)
CENTRAL: Final = ("measure", "sector", "product")
"""The kinds whose centrality is told."""

JOINING: Final = (
    PKG + "touchesSector",
    PKG + "concernsProduct",
    PKG + "servesSector",
    SKOS + "broader",
)
"""The relations that join them; `touchesSector` follows by the rules, and has what is stated outright in it."""

DAMPING: Final = 0.85
TOLERANCE: Final = 1e-10
ROUNDS: Final = 200
SEED: Final = 0
PLACES: Final = 8
"""To how many decimal places numbers are rounded, before things are ordered by them."""

WORK: Final = 400_000
"""Sources times edges that betweenness goes over; of a larger network, it is estimated from fewer sources."""


@dataclass(frozen=True, slots=True)
class Score:
    """How central a thing is: what it is joined to, by kind, and three numbers."""

    node: Node
    neighbours: Mapping[str, int]
    degree: float
    betweenness: float
    pagerank: float

    def to_json(self, rank: int) -> dict[str, Any]:
        """Return the score as JSON."""
        return {
            "rank": rank,
            "thing": self.node.to_json(),
            "joined_to": dict(self.neighbours),
            "degree": self.degree,
            "betweenness": self.betweenness,
            "pagerank": self.pagerank,
        }


@dataclass(frozen=True, slots=True)
class Centrality:
    """The scores of all measures, sectors and products, and the edges by which they are joined."""

    scores: Mapping[str, Score]
    edges: tuple[Edge, ...]
    sources: int
    """From how many things betweenness was computed: exact where that is all of them."""

    def to_json(self, by: Measured, kinds: Sequence[str], limit: int) -> dict[str, Any]:
        """Return the most central things of each kind as JSON.

        Raises:
            BadParameter: `by`, or a kind, is impossible.
        """
        if by not in MEASURED:
            raise BadParameter("by", by, f"may be {', '.join(MEASURED)}", f"可为 {'、'.join(MEASURED)}")
        for kind in kinds:
            if kind not in CENTRAL:
                raise BadParameter("kind", kind, f"may be {', '.join(CENTRAL)}", f"可为 {'、'.join(CENTRAL)}")
        items = {kind: self._ranked(kind, by) for kind in kinds or CENTRAL}
        return {
            "network": {
                "things": len(self.scores),
                "edges": len(self.edges),
                "kinds": list(CENTRAL),
                "relations": list(dict.fromkeys(edge.predicate.name for edge in self.edges)),
                "directed": False,
            },
            "methods": self.methods(),
            "by": by,
            "items": {kind: [score.to_json(rank) for rank, score in found[:limit]] for kind, found in items.items()},
            "omitted": {kind: max(0, len(found) - limit) for kind, found in items.items()},
        }

    def methods(self) -> list[dict[str, Any]]:
        """Return how each number was computed."""
        exact = self.sources == len(self.scores)
        betweenness: dict[str, Any] = {"normalized": True, "endpoints": False, "exact": exact, "sources": self.sources}
        if not exact:
            betweenness["seed"] = SEED
        return [
            {
                "id": "degree",
                "text": {
                    "zh": "度中心性：直接相连的事物数 ÷（事物总数 − 1）",
                    "en": "Degree centrality: the share of all other things that it is joined to",
                },
                "parameters": {},
            },
            {
                "id": "betweenness",
                "text": {
                    "zh": "介数中心性（Brandes）：经过它的最短路径的比例",
                    "en": "Betweenness (Brandes): the share of shortest paths that go through it",
                },
                "parameters": betweenness,
            },
            {
                "id": "pagerank",
                "text": {
                    "zh": "PageRank：在无向网络上随机游走停留于它的概率",
                    "en": "PageRank: how likely a random walk over the undirected network is to be at it",
                },
                "parameters": {"damping": DAMPING, "tolerance": TOLERANCE},
            },
        ]

    def _ranked(self, kind: str, by: Measured) -> list[tuple[int, Score]]:
        """Return the scores of a kind, the highest first; equal ones have the same rank."""
        found = [score for score in self.scores.values() if score.node.type == kind]
        found.sort(key=lambda score: (-getattr(score, by), score.node.id))
        ranked: list[tuple[int, Score]] = []
        for place, score in enumerate(found, 1):
            same = bool(ranked) and getattr(ranked[-1][1], by) == getattr(score, by)
            ranked.append((ranked[-1][0] if same else place, score))
        return ranked


def joining(network: Network) -> tuple[Edge, ...]:
    """Return the edges that join measures, sectors and products."""
    return tuple(
        edge
        for edge in network.edges
        if edge.predicate.iri in JOINING
        and edge.subject != edge.object
        and {network.nodes[edge.subject].type, network.nodes[edge.object].type} <= set(CENTRAL)
    )


def centrality_of(network: Network) -> Centrality:
    """Return how central measures, sectors and products are; `network` has the derived relations.

    Things without any edge of these are among them, with the lowest scores.
    """
    edges = joining(network)
    names = sorted(id for id, node in network.nodes.items() if node.type in CENTRAL)
    numbers = {name: number for number, name in enumerate(names)}
    # Numbered, since sets of texts come in another order in every process.
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(names)))
    graph.add_edges_from((numbers[edge.subject], numbers[edge.object]) for edge in edges)
    sources = min(len(names), max(1, WORK // max(1, graph.number_of_edges())))
    between = nx.betweenness_centrality(graph, k=sources if sources < len(names) else None, seed=SEED) if names else {}
    degrees = nx.degree_centrality(graph)
    ranks = pagerank({node: list(graph[node]) for node in graph})
    scores = {}
    for name, number in numbers.items():
        kinds = Counter(network.nodes[names[other]].type for other in graph[number])
        numbers_of = [round(float(found[number]), PLACES) for found in (degrees, between, ranks)]
        scores[name] = Score(network.nodes[name], {k: kinds[k] for k in CENTRAL if kinds[k]}, *numbers_of)
    return Centrality(scores, edges, sources)


def pagerank(neighbours: Mapping[int, Sequence[int]]) -> dict[int, float]:
    """Return PageRank of an undirected graph: power iteration until nothing changes by more than the tolerance.

    networkx does it with SciPy, which nothing else here needs.

    >>> pagerank({0: [1], 1: [0]})
    {0: 0.5, 1: 0.5}
    """
    count = len(neighbours)
    ranks = dict.fromkeys(neighbours, 1 / count) if count else {}
    for _ in range(ROUNDS):
        idle = sum(ranks[node] for node, others in neighbours.items() if not others)
        rest = (1 - DAMPING) / count + DAMPING * idle / count if count else 0.0
        share = {node: DAMPING * ranks[node] / len(others) for node, others in neighbours.items() if others}
        following = {node: rest + sum(share[other] for other in others) for node, others in neighbours.items()}
        change = sum(abs(following[node] - ranks[node]) for node in ranks)
        ranks = following
        if change < TOLERANCE * count:
            break
    return ranks
