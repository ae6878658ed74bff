"""Networks as networkx graphs with plain attributes: what is written to files for other tools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from kg.engine import Engine
from kg.iris import Iris
from kg.lazy import Lazy
from kg.network.centrality import Centrality
from kg.network.communities import Communities
from kg.network.model import Edge, Node
from kg.network.neighbourhood import Neighbourhood
from kg.network.paths import Paths
from kg.network.reading import cited, read_network

if TYPE_CHECKING:
    import networkx as nx

    Drawing = nx.Graph[str]
    """A graph of any class of networkx, with attributes that can be written."""
else:
    nx = Lazy("networkx")

NAME: Final = "policy-kg"
BETWEEN: Final = " | "
"""What stands between the clauses of an edge, and between their places."""


def build_network(engine: Engine, iris: Iris) -> nx.MultiDiGraph[str]:
    """Return the whole stated network of a revision for `write_network`.

    A node is a thing's typed id, such as `sector/healthcare`, with `type`, `label_zh`, `label_en`, `iri`; an edge is a
    relation, keyed and labelled by its property, with `clause` (quotations, joined by ` | `) and `place`
    (`source:line:start-end`).
    """
    network = read_network(engine, iris)
    return drawing_of(network.nodes.values(), cited(engine, iris, network, network.edges))


def drawing_of(
    nodes: Iterable[Node], edges: Iterable[Edge], more: Mapping[str, Mapping[str, Any]] | None = None
) -> nx.MultiDiGraph[str]:
    """Return things and triples as a graph; `more` are further attributes of things by their ids."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(name=NAME)
    for node in nodes:
        graph.add_node(node.id, **_of_node(node), **(more or {}).get(node.id, {}))
    for edge in edges:
        graph.add_edge(edge.subject, edge.object, key=edge.predicate.name, **_of_edge(edge))
    return graph


def drawing_of_neighbourhood(found: Neighbourhood) -> nx.MultiDiGraph[str]:
    """Return a neighbourhood; things have `distance` and `degree`."""
    network = found.network
    more = {
        id: {"degree": network.degree(id, found.chosen), **({} if distance is None else {"distance": distance})}
        for id, distance in found.distances.items()
    }
    return drawing_of((network.nodes[id] for id in found.distances), found.edges, more)


def drawing_of_paths(found: Paths) -> nx.MultiDiGraph[str]:
    """Return the things and triples of paths."""
    return drawing_of((found.network.nodes[id] for id in found.nodes), found.edges)


def drawing_of_centrality(found: Centrality, communities: Communities | None = None) -> nx.MultiDiGraph[str]:
    """Return measures, sectors and products with their scores, and measures with the number of their community."""
    more: dict[str, dict[str, Any]] = {
        id: {"degree_centrality": score.degree, "betweenness": score.betweenness, "pagerank": score.pagerank}
        for id, score in found.scores.items()
    }
    for measure, number in _numbers(communities).items() if communities else ():
        more[measure]["community"] = number
    return drawing_of((score.node for score in found.scores.values()), found.edges, more)


def drawing_of_communities(found: Communities) -> nx.Graph[str]:
    """Return measures with the number of their community (0: alone), joined by the sectors that they share."""
    graph: nx.Graph[str] = nx.Graph(name=NAME)
    nodes = found.network.nodes
    numbers = _numbers(found)
    for measure, sectors in found.sectors.items():
        named = {f"sectors_{name}": BETWEEN.join(nodes[s].label.get(name, s) for s in sectors) for name in ("zh", "en")}
        graph.add_node(measure, **_of_node(nodes[measure]), community=numbers[measure], **named)
    for (one, other), weight in sorted(found.weights.items()):
        shared = [sector for sector in found.sectors[one] if sector in found.sectors[other]]
        labels = {f"label_{name}": BETWEEN.join(nodes[s].label.get(name, s) for s in shared) for name in ("zh", "en")}
        iris = BETWEEN.join(nodes[sector].iri for sector in shared)
        graph.add_edge(one, other, weight=weight, label=BETWEEN.join(shared), **labels, sectors=iris)
    return graph


def _numbers(found: Communities) -> dict[str, int]:
    """Return the number of the community of each measure, 0 for those that are alone."""
    numbers = {node.id: number for number, item in enumerate(found.items, 1) for node in item.measures}
    return {measure: numbers.get(measure, 0) for measure in found.sectors}


def _of_node(node: Node) -> dict[str, Any]:
    labels = {f"label_{language}": node.label[language] for language in ("zh", "en") if language in node.label}
    label = node.label.get("zh") or next(iter(node.label.values()), node.id)
    return {"label": label, **labels, "type": node.type, "iri": node.iri}


def _of_edge(edge: Edge) -> dict[str, Any]:
    evidence, rules = edge.evidence, {way.rule.iri: way.rule for way in edge.ways}.values()
    return {
        "label": edge.predicate.name,
        "label_zh": edge.predicate.label.get("zh", edge.predicate.key),
        "label_en": edge.predicate.label.get("en", edge.predicate.key),
        "iri": edge.predicate.iri,
        "inferred": edge.inferred,
        "rule": BETWEEN.join(f"{rule.type}/{rule.id}" for rule in rules),
        "rule_zh": BETWEEN.join(rule.label.get("zh", rule.id) for rule in rules),
        "rule_en": BETWEEN.join(rule.label.get("en", rule.id) for rule in rules),
        "clause": BETWEEN.join(citation.quote for citation in evidence),
        "place": BETWEEN.join(f"{each.source}:{each.line}:{each.start}-{each.end}" for each in evidence),
        "clauses": BETWEEN.join(citation.iri for citation in evidence),
        "url": BETWEEN.join(dict.fromkeys(citation.url for citation in evidence)),
    }
