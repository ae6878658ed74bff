"""Neighbourhoods: what is near, held against networkx and SPARQL; what is left out is counted to the last."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import pytest

from kg.engine import EmbeddedEngine
from kg.errors import BadParameter, LimitExceeded
from kg.network import Network, neighbourhood, whole
from kg.network.neighbourhood import MAX_SHOWN
from kg.terms import sparql_prologue


def undirected(network: Network) -> nx.Graph[str]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(network.nodes)
    graph.add_edges_from((edge.subject, edge.object) for edge in network.edges)
    return graph


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("root", ["sector/healthcare", "place/guangzhou", "platform/pengcheng-cloud-brain"])
def test_distances_are_those_of_networkx(network: Network, root: str, depth: int) -> None:
    found = neighbourhood(network, root, depth=depth, limit=1000)
    expected = nx.single_source_shortest_path_length(undirected(network), root, cutoff=depth)
    assert found.distances == expected
    assert (found.truncated, found.beyond) == (False, {})
    assert list(found.distances.values()) == sorted(expected.values())


@pytest.mark.parametrize(("direction", "path"), [("out", "{}"), ("in", "^{}"), ("both", "({}|^{})")])
def test_neighbours_are_those_of_a_property_path(
    engine: EmbeddedEngine, network: Network, direction: str, path: str
) -> None:
    step = path.replace("{}", "pkg:appliesToSector")
    query = f"""{sparql_prologue()}SELECT DISTINCT ?x WHERE {{
        {{ BIND(<https://w3id.org/policy-kg/id/sector/healthcare> AS ?x) }}
        UNION {{ <https://w3id.org/policy-kg/id/sector/healthcare> {step} ?x }}
        UNION {{ <https://w3id.org/policy-kg/id/sector/healthcare> {step}/{step} ?x }} }}"""
    expected = {row["x"].value for row in engine.select(query)}
    found = neighbourhood(
        network,
        "healthcare",
        depth=2,
        relations=["pkg:appliesToSector"],
        direction=direction,  # type: ignore[arg-type]
        limit=1000,
    )
    assert {network.nodes[node].iri for node in found.distances} == expected
    assert len(expected) >= {"out": 1, "in": 4, "both": 6}[direction]


@pytest.mark.parametrize("limit", [1, 2, 5, 20, 100])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_the_limit_cuts_the_end_and_counts_what_it_cuts_by_kind(network: Network, depth: int, limit: int) -> None:
    all_of_it = neighbourhood(network, "医疗", depth=depth, limit=1000)
    found = neighbourhood(network, "医疗", depth=depth, limit=limit)
    order = list(all_of_it.distances)
    assert list(found.distances) == order[:limit]
    assert found.beyond == Counter(network.nodes[node].type for node in order[limit:])
    assert found.truncated == (len(order) > limit)
    value = found.to_json()["omitted"]
    assert value["things"] == len(order) - len(found.distances) == sum(value["by_kind"].values())


@pytest.mark.parametrize(("depth", "limit"), [(1, 3), (2, 10), (2, 1000)])
def test_edges_shown_and_omitted_are_all_edges_of_what_is_shown(network: Network, depth: int, limit: int) -> None:
    found = neighbourhood(network, "医疗", depth=depth, limit=limit)
    shown = set(found.distances)
    near = set(neighbourhood(network, "医疗", depth=depth, limit=1000).distances)
    assert {edge.triple for edge in found.edges} == {
        edge.triple for edge in network.edges if {edge.subject, edge.object} <= shown
    }
    expected: Counter[tuple[str, str, str, str]] = Counter()
    for edge in network.edges:
        for here, there, way in ((edge.subject, edge.object, "out"), (edge.object, edge.subject, "in")):
            if here in shown and there not in shown:
                expected[here, edge.predicate.name, way, "limit" if there in near else "depth"] += 1
    assert {(o.node, o.predicate.name, o.direction, o.reason): o.count for o in found.omitted} == expected
    assert expected


def test_a_filter_of_kinds_is_gone_through_as_well(network: Network) -> None:
    kinds = ["measure", "sector"]
    found = neighbourhood(network, "platform/pengcheng-cloud-brain", depth=4, kinds=kinds, limit=1000)
    graph = undirected(network)
    kept = {node for node in graph if network.nodes[node].type in kinds} | {"platform/pengcheng-cloud-brain"}
    expected = nx.single_source_shortest_path_length(graph.subgraph(kept), "platform/pengcheng-cloud-brain", cutoff=4)
    assert found.distances == expected
    assert {network.nodes[node].type for node in found.distances} <= {"platform", *kinds}


def test_the_whole_network_is_given_without_a_root(network: Network) -> None:
    found = whole(network)
    assert (set(found.distances), len(found.edges)) == (set(network.nodes), len(network.edges))
    assert found.to_json()["root"] is None
    sectors = whole(network, kinds=["sector"], relations=["broader"])
    assert {network.nodes[node].type for node in sectors.distances} == {"sector"}
    assert {edge.predicate.name for edge in sectors.edges} == {"skos:broader"}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("depth", {"depth": 0}), ("depth", {"depth": 5}), ("limit", {"limit": 1001}), ("direction", {"direction": "up"})],
)
def test_an_impossible_parameter_is_refused(network: Network, name: str, arguments: dict[str, int]) -> None:
    with pytest.raises(BadParameter) as caught:
        neighbourhood(network, "医疗", **arguments)  # type: ignore[arg-type]
    assert caught.value.name == name
    assert caught.value.hint != caught.value.hint_zh


def test_more_edges_than_one_answer_may_have_are_refused_by_name(large_network: Network) -> None:
    with pytest.raises(LimitExceeded) as caught:
        whole(large_network)
    assert caught.value.limit == {"name": "shown_edges", "value": MAX_SHOWN, "unit": "edges"}
