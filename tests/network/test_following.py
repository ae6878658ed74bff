"""What follows is shown with its rules and clauses: those that the look-up and the explanations give, in every form."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

import networkx as nx
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.networks import GraphModel, PathsModel
from kg.engine import EmbeddedEngine
from kg.iris import Iris
from kg.lookup import Explanation, Lookup
from kg.network import Edge, Network, cited, drawing_of_neighbourhood, neighbourhood, whole, write_network
from kg.revisions import Revision
from kg.settings import Settings

SECONDS = 30.0
SMART_HOSPITALS = "measure/gd-ai45-smart-hospitals"


@pytest.fixture(scope="module")
def edges(engine: EmbeddedEngine, inferred: Network) -> tuple[Edge, ...]:
    return tuple(edge for edge in cited(engine, Iris(), inferred, inferred.edges) if edge.inferred)


@pytest.fixture(scope="module")
def client(settings: Settings, revision: Revision) -> Any:
    with TestClient(create_app(settings, revision)) as client:
        yield client


def grounds_of(explanation: Explanation) -> set[frozenset[str]]:
    """Return the clauses of each way of an explanation, worked out from its tree."""
    if not explanation.reasons:
        return {frozenset(citation.iri for citation in explanation.evidence)}
    found: set[frozenset[str]] = set()
    for reason in explanation.reasons:
        ways: set[frozenset[str]] = {frozenset()}
        for premise in reason.premises:
            ways = {one | other for one in ways for other in grounds_of(premise)}
        found |= ways
    return found


def test_every_edge_that_follows_has_the_rules_and_clauses_of_its_explanation(
    edges: tuple[Edge, ...], lookup: Lookup
) -> None:
    assert len(edges) > 50
    for edge in edges:
        found = lookup.explain(edge.subject, edge.predicate.name, edge.object)
        assert {way.rule.id for way in edge.ways} == {reason.rule.id for reason in found.reasons}
        assert {frozenset(each.iri for each in way.evidence) for way in edge.ways} == grounds_of(found), edge.triple
        assert all(way.rule.label.keys() == {"zh", "en"} for way in edge.ways)
        assert {each.iri for each in edge.evidence} == {each.iri for way in edge.ways for each in way.evidence} != set()


def test_a_touch_has_the_same_ways_as_the_look_up(edges: tuple[Edge, ...], lookup: Lookup) -> None:
    for measure in lookup.things("measure", {"touches": "healthcare"}).items:
        (edge,) = [
            edge
            for edge in edges
            if (edge.subject, edge.predicate.key, edge.object)
            == (f"measure/{measure.id}", "touches_sector", "sector/healthcare")
        ]
        assert [way.rule.id for way in edge.ways] == [touch.rule.id for touch in measure.touches or ()]


def test_the_graph_over_http_says_by_which_rule_and_where_it_is_explained(client: TestClient) -> None:
    asked = {"root": "healthcare", "relation": "touches_sector", "inferred": "true"}
    value = client.get("/api/v1/graph", params={**asked, "lang": "zh"}).json()
    GraphModel.model_validate(value)
    (edge,) = [edge for edge in value["edges"] if edge["subject"] == SMART_HOSPITALS]
    assert edge["rule"]["id"] == "touches-directly"
    assert edge["rule"]["display"] == edge["rule"]["label"]["zh"] == "措施所针对的行业，即为其涉及的行业"
    assert edge["rule"]["label"]["en"] == "A measure touches the sector that it applies to"
    assert [way["rule"]["id"] for way in edge["ways"]] == ["touches-directly", "touches-through-product"]
    assert [citation["quote"] for citation in edge["ways"][0]["evidence"]] == ["建设智慧医院"]
    assert {c["iri"] for c in edge["evidence"]} == {c["iri"] for way in edge["ways"] for c in way["evidence"]}
    explained = client.get(edge["explain"])
    assert explained.status_code == 200
    assert [reason["rule"]["id"] for reason in explained.json()["reasons"]] == [w["rule"]["id"] for w in edge["ways"]]
    stated = client.get("/api/v1/graph", params={"root": "healthcare", "relation": "sectors"}).json()["edges"][0]
    assert (stated["rule"], stated["ways"], stated["explain"], stated["inferred"]) == (None, [], None, False)


def test_paths_over_http_say_by_which_rule(client: TestClient) -> None:
    asked = {"from": "gd-ai45-smart-hospitals", "to": "民生", "inferred": "true", "relation": "touches_sector"}
    value = client.get("/api/v1/paths", params=asked).json()
    PathsModel.model_validate(value)
    (edge,) = [edge for path in value["paths"] for step in path["steps"] for edge in step["edges"]]
    assert edge["rule"]["id"] == "touches-broader-sector"
    assert edge["evidence"]
    assert client.get(edge["explain"]).json()["reasons"][0]["rule"]["id"] == "touches-broader-sector"


def test_files_keep_rules_and_clauses(engine: EmbeddedEngine, inferred: Network) -> None:
    near = neighbourhood(inferred, "healthcare", relations=["touches_sector"])
    graph = drawing_of_neighbourhood(near.with_edges(cited(engine, Iris(), inferred, near.edges)))
    read = {
        "graphml": nx.read_graphml(io.BytesIO(write_network(graph, "graphml")), force_multigraph=True),
        "gexf": nx.read_gexf(io.BytesIO(write_network(graph, "gexf"))),
    }
    for name, found in read.items():
        ends = (SMART_HOSPITALS, "sector/healthcare")
        (data,) = [data for *found_ends, data in found.edges(data=True) if tuple(found_ends) == ends]
        assert data["rule"] == "rule/touches-directly | rule/touches-through-product", name
        assert data["rule_en"].startswith("A measure touches the sector that it applies to | "), name
        assert data["rule_zh"].startswith("措施所针对的行业，即为其涉及的行业 | "), name
        assert "建设智慧医院" in data["clause"].split(" | "), name
    rows = list(csv.DictReader(io.StringIO(write_network(graph, "csv").decode(), newline="")))
    assert all(row["rule"] and row["clause"] and row["inferred"] == "true" for row in rows)


def test_reading_what_follows_stays_cheap(large: EmbeddedEngine, large_network: Network) -> None:
    begun = time.perf_counter()
    found = whole(large_network, relations=["touches_sector"])
    edges = cited(large, Iris(), large_network, found.edges)
    assert time.perf_counter() - begun < SECONDS
    assert len(edges) > 5_000
    assert all(len(edge.ways) == len(edge.evidence) == 1 for edge in edges)
