"""Which measures belong together by the sectors that they share.

Everything is deterministic: what is random has its seed, and things are numbered in the order of their ids.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from kg.errors import BadParameter, LimitExceeded
from kg.lazy import Lazy
from kg.network.centrality import PLACES, SEED
from kg.network.model import Network, Node
from kg.terms import PKG

if TYPE_CHECKING:
    import networkx as nx
else:
    nx = Lazy("networkx")

MAX_PAIRS: Final = 40_000
"""How many pairs of measures may share sectors."""

_PROJECTION: Final = {
    "zh": "共同涉及某行业的两条措施相连；权重为各共同行业的 1/(n − 1) 之和，n 为涉及该行业的措施数（Newman 2001）",
    "en": "Two measures are joined where they touch the same sector, with the sum of 1/(n - 1) over the sectors that "
    "they share, n being how many measures touch it (Newman 2001)",
}
"""How the network of measures is made."""

RESOLUTION: Final = (0.1, 10.0)
"""From where to where the resolution of communities goes."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A sector that measures of a community share: how many of them touch it, and how many other measures do."""

    sector: Node
    measures: int
    elsewhere: int

    def to_json(self, size: int) -> dict[str, Any]:
        """Return it as JSON; `share` is of the measures of the community."""
        return {
            "sector": self.sector.to_json(),
            "measures": self.measures,
            "share": round(self.measures / size, 4),
            "elsewhere": self.elsewhere,
        }


@dataclass(frozen=True, slots=True)
class Community:
    """Measures that belong together, and the sectors that at least two of them share, the most shared first."""

    measures: tuple[Node, ...]
    shared: tuple[Shared, ...]

    def to_json(self, id: int) -> dict[str, Any]:
        """Return the community as JSON; it is called after the three sectors that most of it shares."""
        names = [shared.sector.label for shared in self.shared[:3]]
        return {
            "id": id,
            "label": {
                "zh": "、".join(name.get("zh", "") for name in names),
                "en": ", ".join(name.get("en", "") for name in names),
            },
            "size": len(self.measures),
            "measures": [node.to_json() for node in self.measures],
            "sectors": [shared.to_json(len(self.measures)) for shared in self.shared],
        }


@dataclass(frozen=True, slots=True)
class Communities:
    """The communities, the largest first; `alone` are the measures that share no sector with any other."""

    items: tuple[Community, ...]
    alone: tuple[Node, ...]
    weights: Mapping[tuple[str, str], float]
    sectors: Mapping[str, tuple[str, ...]]
    """The sectors that each measure touches."""
    modularity: float
    resolution: float
    network: Network

    def to_json(self) -> dict[str, Any]:
        """Return the communities as JSON."""
        network = {"things": len(self.sectors), "edges": len(self.weights), "kinds": ["measure"], "directed": False}
        return {
            "network": network,
            "methods": [
                {"id": "projection", "text": _PROJECTION, "parameters": {"relation": "pkg:touchesSector"}},
                {
                    "id": "louvain",
                    "text": {
                        "zh": "Louvain 社区发现（Blondel 等 2008），networkx 实现",
                        "en": "Louvain communities (Blondel and others 2008), as networkx has it",
                    },
                    "parameters": {"resolution": self.resolution, "seed": SEED, "networkx": nx.__version__},
                },
            ],
            "modularity": self.modularity,
            "items": [community.to_json(number) for number, community in enumerate(self.items, 1)],
            "alone": [node.to_json() for node in self.alone],
        }


def communities_of(network: Network, resolution: float = 1.0) -> Communities:
    """Return which measures belong together by the sectors that they share; `network` has the derived relations.

    Args:
        network: where to look.
        resolution: above 1 gives smaller communities, below 1 larger ones; 0.1 to 10.

    Raises:
        BadParameter: the resolution is impossible.
        LimitExceeded: too many pairs of measures share a sector.
    """
    least, most = RESOLUTION
    if not least <= resolution <= most:
        words = f"must be a number from {least:g} to {most:g}", f"应为 {least:g} 到 {most:g} 的数"
        raise BadParameter("resolution", f"{resolution:g}", *words)
    touching = _touching(network)
    weights = _projection(touching)
    graph: nx.Graph[int] = nx.Graph()
    names = sorted({name for pair in weights for name in pair})
    numbers = {name: number for number, name in enumerate(names)}
    graph.add_nodes_from(range(len(names)))
    for (one, other), weight in sorted(weights.items()):
        graph.add_edge(numbers[one], numbers[other], weight=weight)
    parts = nx.community.louvain_communities(graph, resolution=resolution, seed=SEED) if names else []
    modularity = nx.community.modularity(graph, parts, resolution=resolution) if names else 0.0
    members = sorted((sorted(names[number] for number in part) for part in parts), key=lambda part: (-len(part), part))
    sectors: dict[str, list[str]] = {id: [] for id, node in network.nodes.items() if node.type == "measure"}
    for sector, measures in touching.items():
        for measure in measures:
            sectors[measure].append(sector)
    return Communities(
        items=tuple(_community(network, part, sectors, touching) for part in members),
        alone=tuple(network.nodes[id] for id in sorted(sectors) if id not in numbers),
        weights=weights,
        sectors={measure: tuple(sorted(found)) for measure, found in sorted(sectors.items())},
        modularity=round(float(modularity), PLACES),
        resolution=resolution,
        network=network,
    )


def _touching(network: Network) -> dict[str, list[str]]:
    """Return the measures that touch each sector."""
    found: dict[str, set[str]] = defaultdict(set)
    for edge in network.edges:
        if edge.predicate.iri == PKG + "touchesSector" and network.nodes[edge.subject].type == "measure":
            found[edge.object].add(edge.subject)
    return {sector: sorted(measures) for sector, measures in sorted(found.items())}


def _projection(touching: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], float]:
    if sum(len(measures) * (len(measures) - 1) // 2 for measures in touching.values()) > MAX_PAIRS:
        raise LimitExceeded("pairs", MAX_PAIRS, "pairs")
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for measures in touching.values():
        for pair in combinations(measures, 2):
            weights[pair] += 1 / (len(measures) - 1)
    return dict(weights)


def _community(
    network: Network,
    measures: Sequence[str],
    sectors: Mapping[str, Sequence[str]],
    touching: Mapping[str, Sequence[str]],
) -> Community:
    counts = Counter(sector for measure in measures for sector in sectors[measure])
    found = (Shared(network.nodes[sector], count, len(touching[sector]) - count) for sector, count in counts.items())
    shared = sorted(
        (each for each in found if each.measures > 1), key=lambda each: (-each.measures, each.elsewhere, each.sector.id)
    )
    return Community(tuple(network.nodes[measure] for measure in measures), tuple(shared))
