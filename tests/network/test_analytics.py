"""Centrality and communities, held against networkx on graphs that SPARQL gives."""

from __future__ import annotations

import json
import subprocess
import sys

import networkx as nx
import pytest
from networkx.algorithms.link_analysis import pagerank_alg

from kg.engine import EmbeddedEngine
from kg.errors import BadParameter, LimitExceeded
from kg.lookup import Lookup
from kg.network import Network, centrality, centrality_of, communities, communities_of
from kg.network.centrality import CENTRAL, PLACES, pagerank
from kg.terms import sparql_prologue
from tests.conftest import ROOT

PAGERANK = vars(pagerank_alg)["_pagerank_python"]
"""The one of networkx that needs no SciPy."""

CLASSES = {"measure": "pkg:Measure", "sector": "pkg:Sector", "product": "pkg:Product"}


@pytest.fixture(scope="module")
def joined(engine: EmbeddedEngine) -> nx.Graph[str]:
    """Measures, sectors and products, and what joins them, by SPARQL."""
    classes = " ".join(CLASSES.values())
    graph: nx.Graph[str] = nx.Graph()
    rows = engine.select(f"{sparql_prologue()}SELECT DISTINCT ?s {{ VALUES ?c {{ {classes} }} ?s a ?c }}")
    graph.add_nodes_from(row["s"].value for row in rows)
    rows = engine.select(
        f"""{sparql_prologue()}SELECT DISTINCT ?s ?o {{ VALUES ?c {{ {classes} }} VALUES ?d {{ {classes} }}
            ?s pkg:touchesSector|pkg:concernsProduct|pkg:servesSector|skos:broader ?o . ?s a ?c . ?o a ?d }}"""
    )
    graph.add_edges_from((row["s"].value, row["o"].value) for row in rows)
    return graph


def test_the_numbers_are_those_of_networkx(inferred: Network, joined: nx.Graph[str]) -> None:
    found = centrality_of(inferred)
    assert {score.node.iri for score in found.scores.values()} == set(joined)
    assert len(joined) > 100
    expected = {
        "degree": nx.degree_centrality(joined),
        "betweenness": nx.betweenness_centrality(joined),
        "pagerank": PAGERANK(joined, tol=1e-12, max_iter=1000),
    }
    for name, numbers in expected.items():
        for score in found.scores.values():
            assert getattr(score, name) == pytest.approx(numbers[score.node.iri], abs=10**-PLACES), score.node.id
    assert found.sources == len(joined)


def test_pagerank_of_things_that_nothing_joins() -> None:
    graph: nx.Graph[int] = nx.Graph([(0, 1), (1, 2)])
    graph.add_node(3)
    found = pagerank({node: list(graph[node]) for node in graph})
    assert found == pytest.approx(PAGERANK(graph, tol=1e-12, max_iter=1000), abs=1e-9)
    assert sum(found.values()) == pytest.approx(1)


def test_as_many_measures_join_a_sector_as_the_look_up_says_touch_it(inferred: Network, lookup: Lookup) -> None:
    scores = centrality_of(inferred).scores
    for sector in ("healthcare", "education", "elderly-care", "manufacturing"):
        expected = lookup.things("measure", {"touches": sector}, limit=1000).total
        assert scores[f"sector/{sector}"].neighbours["measure"] == expected > 0


def test_a_list_is_ranked_and_says_what_it_leaves_out(inferred: Network) -> None:
    found = centrality_of(inferred)
    for by in ("degree", "betweenness", "pagerank"):
        value = found.to_json(by, (), 5)
        for kind in CENTRAL:
            items = value["items"][kind]
            numbers = [item[by] for item in items]
            assert numbers == sorted(numbers, reverse=True)
            above = [sum(other > number for other in numbers) for number in numbers]
            assert [item["rank"] for item in items] == [1 + count for count in above]
            total = sum(score.node.type == kind for score in found.scores.values())
            assert len(items) + value["omitted"][kind] == total
        assert {method["id"] for method in value["methods"]} == {"degree", "betweenness", "pagerank"}
        assert all(method["text"].keys() == {"zh", "en"} for method in value["methods"])
    with pytest.raises(BadParameter, match="may be degree"):
        found.to_json("beauty", (), 5)  # type: ignore[arg-type]
    with pytest.raises(BadParameter, match="may be measure"):
        found.to_json("degree", ("theme",), 5)


def test_a_large_network_is_estimated_from_fewer_sources_and_says_so(
    inferred: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(centrality, "WORK", 3_000)
    found = centrality_of(inferred)
    parameters = found.to_json("betweenness", (), 1)["methods"][1]["parameters"]
    assert parameters == {"normalized": True, "endpoints": False, "exact": False, "sources": found.sources, "seed": 0}
    assert 1 < found.sources < 30
    assert centrality_of(inferred) == found


def test_measures_are_joined_as_networkx_projects_them(engine: EmbeddedEngine, inferred: Network) -> None:
    rows = engine.select(f"{sparql_prologue()}SELECT DISTINCT ?m ?s {{ ?m a pkg:Measure ; pkg:touchesSector ?s }}")
    two: nx.Graph[str] = nx.Graph((row["m"].value, row["s"].value) for row in rows)
    measures = {row["m"].value for row in rows}
    expected = nx.bipartite.collaboration_weighted_projected_graph(two, measures)
    found = communities_of(inferred)
    nodes = inferred.nodes
    assert len(found.weights) == expected.number_of_edges() > 40
    for (one, other), weight in found.weights.items():
        assert weight == pytest.approx(expected.edges[nodes[one].iri, nodes[other].iri]["weight"])


@pytest.mark.parametrize("resolution", [0.5, 1.0, 2.0])
def test_communities_part_the_measures_and_their_modularity_is_that_of_networkx(
    inferred: Network, resolution: float
) -> None:
    found = communities_of(inferred, resolution)
    members = [{node.id for node in item.measures} for item in found.items]
    alone = {node.id for node in found.alone}
    assert sum(map(len, members)) + len(alone) == len(set().union(alone, *members))
    assert set().union(alone, *members) == {id for id, node in inferred.nodes.items() if node.type == "measure"}
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from((one, other, weight) for (one, other), weight in found.weights.items())
    assert set(graph) == set().union(*members)
    assert found.modularity == pytest.approx(nx.community.modularity(graph, members, resolution=resolution), abs=1e-7)
    tries = [nx.community.louvain_communities(graph, resolution=resolution, seed=seed) for seed in range(5)]
    best = max(nx.community.modularity(graph, parts, resolution=resolution) for parts in tries)
    assert found.modularity >= best - 0.02


def test_a_community_says_which_sectors_it_shares(inferred: Network, lookup: Lookup) -> None:
    found = communities_of(inferred)
    assert len(found.items) >= 3
    for item in found.items:
        names = {node.id.partition("/")[2] for node in item.measures}
        assert item.shared, names
        for shared in item.shared:
            sector = shared.sector.id.partition("/")[2]
            touching = {thing.id for thing in lookup.things("measure", {"touches": sector}, limit=1000).items}
            assert (shared.measures, shared.elsewhere) == (len(touching & names), len(touching - names))
            assert shared.measures > 1
    assert [len(item.measures) for item in found.items] == sorted((len(i.measures) for i in found.items), reverse=True)
    value = found.to_json()
    assert value["items"][0]["label"].keys() == {"zh", "en"}
    assert value["items"][0]["sectors"][0]["share"] == 1


def test_another_process_finds_the_same(inferred: Network) -> None:
    """Sets of texts come in another order in every process; the communities do not."""
    script = (
        "import json, sys; from pathlib import Path\n"
        "from kg.network import communities_of, centrality_of\n"
        "from tests.network.made import communities_example\n"
        "network = communities_example()\n"
        "print(json.dumps([communities_of(network).to_json(), centrality_of(network).to_json('pagerank', (), 50)]))"
    )
    found = set()
    for seed in ("1", "2", "3"):
        environment = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
        )
        found.add(done.stdout)
    assert len(found) == 1
    assert len(json.loads(found.pop())[0]["items"]) > 2
    assert inferred.inferred


def test_what_cannot_be_computed_is_refused_by_name(large_network: Network, inferred: Network) -> None:
    with pytest.raises(LimitExceeded) as caught:
        communities_of(large_network)
    assert caught.value.limit == {"name": "pairs", "value": communities.MAX_PAIRS, "unit": "pairs"}
    with pytest.raises(BadParameter, match="resolution"):
        communities_of(inferred, 11)


def test_nothing_has_no_centre_and_no_communities() -> None:
    empty = Network({}, (), (), {})
    assert centrality_of(empty).scores == {}
    assert (communities_of(empty).items, communities_of(empty).modularity) == ((), 0.0)
