"""Shortest paths, held against networkx and against SPARQL property paths."""

from __future__ import annotations

from itertools import islice, pairwise

import networkx as nx
import pytest

from kg.engine import EmbeddedEngine
from kg.errors import BadParameter, NotFound
from kg.iris import Iris
from kg.kinds import RELATIONS
from kg.network import Network, Paths, cited, paths_between
from kg.terms import sparql_prologue
from tests.network.made import layers
from tests.network.test_neighbourhood import undirected

PAIRS = [
    ("platform/pengcheng-cloud-brain", "sector/healthcare"),
    ("sector/education", "sector/healthcare"),
    ("place/guangzhou", "theme/ai-chips"),
    ("organization/pengcheng-laboratory", "indicator/compute-capacity"),
    ("product/ai-phones", "measure/gd-ai45-smart-hospitals"),
    ("sector/healthcare", "sector/healthcare"),
]


@pytest.mark.parametrize(("start", "end"), PAIRS)
def test_the_shortest_paths_are_those_of_networkx(network: Network, start: str, end: str) -> None:
    found = paths_between(network, start, end, max_length=10, limit=100)
    expected = {tuple(path) for path in nx.all_shortest_paths(undirected(network), start, end)}
    assert found.distance == nx.shortest_path_length(undirected(network), start, end)
    assert found.total == len(expected)
    assert len(set(found.paths)) == len(found.paths) == min(100, len(expected))
    assert set(found.paths) <= expected
    assert found.more == (len(expected) > 100)


@pytest.mark.parametrize(("start", "end"), PAIRS[:4])
def test_no_property_path_is_shorter(engine: EmbeddedEngine, network: Network, start: str, end: str) -> None:
    """SPARQL says that the other end is reached in as many steps, and not in fewer."""
    found = paths_between(network, start, end, max_length=10)
    properties = "|".join(sorted({f"<{relation.property_iri}>" for relation in RELATIONS}))
    step = f"({properties}|^({properties}))"

    def reached(steps: int) -> bool:
        middle = [f"?x{number}" for number in range(1, steps)]
        nodes = [f"<{network.nodes[start].iri}>", *middle, f"<{network.nodes[end].iri}>"]
        pattern = " ".join(f"{one} {step} {other} ." for one, other in pairwise(nodes))
        return engine.select(f"{sparql_prologue()}SELECT * WHERE {{ {pattern} }} LIMIT 1") != []

    assert found.distance is not None
    assert found.distance >= 2
    assert reached(found.distance)
    assert not any(reached(steps) for steps in range(1, found.distance))


def test_a_limit_gives_the_first_of_the_same_order(network: Network) -> None:
    all_of_them = paths_between(network, *PAIRS[0], limit=100)
    some = paths_between(network, *PAIRS[0], limit=2)
    assert some.paths == all_of_them.paths[:2]
    assert (some.total, some.more) == (all_of_them.total, True)
    assert all_of_them.total > 2


def test_each_step_has_its_triples_with_their_clauses(engine: EmbeddedEngine, network: Network) -> None:
    found = paths_between(network, "鹏城云脑", "医疗")
    value = found.with_edges(cited(engine, Iris(), network, found.edges)).to_json()
    assert (value["from"]["id"], value["to"]["id"]) == PAIRS[0]
    for path in value["paths"]:
        assert path["length"] == len(path["steps"]) == value["distance"]
        assert [node["id"] for node in path["nodes"]] == [step["from"] for step in path["steps"]] + [PAIRS[0][1]]
        for step in path["steps"]:
            assert step["edges"]
            for edge in step["edges"]:
                assert {edge["subject"], edge["object"]} == {step["from"], step["to"]}
                assert edge["evidence"]
                assert all(citation["quote"] for citation in edge["evidence"])


def test_kinds_and_relations_hold_for_what_is_gone_through(network: Network) -> None:
    kinds = ["measure", "sector", "product"]
    found = paths_between(network, "sector/education", "sector/healthcare", kinds=kinds)
    assert {network.nodes[node].type for path in found.paths for node in path} <= set(kinds)
    kept = {node for node in network.nodes if network.nodes[node].type in kinds}
    graph = undirected(network).subgraph(kept)
    assert found.distance == nx.shortest_path_length(graph, "sector/education", "sector/healthcare")
    by_tree = paths_between(network, "sector/education", "sector/healthcare", relations=["broader"])
    assert by_tree.paths == (("sector/education", "sector/livelihood", "sector/healthcare"),)


def unexplained(found: Paths) -> str:
    reason = found.to_json()["reason"]
    assert reason["text"].keys() == {"zh", "en"}
    code: str = reason["code"]
    return code


def test_where_there_is_none_the_reason_is_told(network: Network) -> None:
    apart = paths_between(network, "sector/education", "platform/pengcheng-cloud-brain", relations=["broader"])
    assert (apart.distance, apart.total, apart.paths, unexplained(apart)) == (None, 0, (), "not_connected")
    far = paths_between(network, *PAIRS[0], max_length=2)
    assert (far.distance, far.paths, far.more, unexplained(far)) == (4, (), False, "longer")
    assert "4" in far.to_json()["reason"]["text"]["zh"]


def test_paths_without_number_are_counted_and_not_made() -> None:
    """Nine layers of fifty things, each joined to all of the next: 50^9 shortest paths."""
    nodes, edges = layers(9, 50)
    network = Network(nodes, edges, (edges[0].predicate,), {})
    found = paths_between(network, "measure/a", "measure/z", max_length=10, limit=3)
    assert (found.distance, found.total, len(found.paths), found.more) == (10, 50**9, 3, True)
    graph: nx.Graph[str] = nx.Graph((edge.subject, edge.object) for edge in edges)
    expected = {tuple(path) for path in islice(nx.all_shortest_paths(graph, "measure/a", "measure/z"), 10)}
    assert {len(path) for path in expected} == {len(path) for path in found.paths}


def test_mistakes_are_told(network: Network) -> None:
    with pytest.raises(NotFound) as caught:
        paths_between(network, "鹏城云脑", "nothing")
    assert caught.value.wanted == "nothing"
    with pytest.raises(BadParameter, match="max_length"):
        paths_between(network, *PAIRS[0], max_length=11)
    with pytest.raises(BadParameter, match="limit"):
        paths_between(network, *PAIRS[0], limit=0)
