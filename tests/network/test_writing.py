"""Files for other tools, each read back by a library or a tool that did not write it."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from typing import Any
from xml.etree import ElementTree as ET

import networkx as nx
import pytest

from kg.engine import EmbeddedEngine
from kg.errors import UnsupportedFormat
from kg.iris import Iris
from kg.lookup import Citation
from kg.network import (
    FORMATS,
    Edge,
    Network,
    Node,
    build_network,
    centrality_of,
    cited,
    communities_of,
    drawing_of_centrality,
    drawing_of_communities,
    drawing_of_neighbourhood,
    neighbourhood,
    write_network,
)
from kg.network.drawing import drawing_of

Graph = Any
WITH_DOT = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed: there is no `dot`")


@pytest.fixture(scope="module")
def drawings(engine: EmbeddedEngine, network: Network, inferred: Network) -> dict[str, Graph]:
    near = neighbourhood(network, "医疗", depth=2)
    central, communities = centrality_of(inferred), communities_of(inferred)
    return {
        "whole": build_network(engine, Iris()),
        "neighbourhood": drawing_of_neighbourhood(near.with_edges(cited(engine, Iris(), network, near.edges))),
        "centrality": drawing_of_centrality(central, communities),
        "communities": drawing_of_communities(communities),
    }


NAMES = ["whole", "neighbourhood", "centrality", "communities"]


def edges_of(graph: Graph) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the edges in an order of their own; without a direction, the ends in order."""
    found = []
    for one, other, data in graph.edges(data=True):
        ends = (one, other) if graph.is_directed() else tuple(sorted((one, other)))
        found.append((*ends, {name: value for name, value in data.items() if value != ""}))
    return sorted(found, key=lambda edge: (edge[0], edge[1], str(edge[2].get("label")), str(edge[2].get("iri"))))


def nodes_of(graph: Graph) -> dict[str, dict[str, Any]]:
    return {node: {name: value for name, value in data.items() if value != ""} for node, data in graph.nodes(data=True)}


def without(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in names}


@pytest.mark.parametrize("name", NAMES)
def test_graphml_is_read_back_whole(drawings: dict[str, Graph], name: str) -> None:
    graph = drawings[name]
    found = nx.read_graphml(io.BytesIO(write_network(graph, "graphml")), force_multigraph=graph.is_multigraph())
    assert nodes_of(found) == nodes_of(graph)
    assert [(one, other, without(data, "id")) for one, other, data in edges_of(found)] == edges_of(graph)
    assert found.is_directed() == graph.is_directed()


@pytest.mark.parametrize("name", NAMES)
def test_gexf_is_read_back_whole(drawings: dict[str, Graph], name: str) -> None:
    graph = drawings[name]
    content = write_network(graph, "gexf")
    found = nx.read_gexf(io.BytesIO(content))
    assert nodes_of(found) == nodes_of(graph)
    theirs = ("id", "networkx_key")
    assert [(one, other, without(data, *theirs)) for one, other, data in edges_of(found)] == edges_of(graph)
    assert ET.fromstring(content).tag == "{http://www.gexf.net/1.2draft}gexf"
    assert b"lastmodifieddate" not in content


@pytest.mark.parametrize("name", NAMES)
def test_cytoscape_json_has_the_structure_that_cytoscape_js_documents(drawings: dict[str, Graph], name: str) -> None:
    """Elements by group, each with `data`; ids are unique texts, ends are ids of nodes (js.cytoscape.org, notation)."""
    graph = drawings[name]
    value = json.loads(write_network(graph, "cytoscape"))
    nodes, edges = value["elements"]["nodes"], value["elements"]["edges"]
    ids = [element["data"]["id"] for element in (*nodes, *edges)]
    assert len(set(ids)) == len(ids) == graph.number_of_nodes() + graph.number_of_edges()
    assert all(isinstance(id, str) and id for id in ids)
    known = {node["data"]["id"] for node in nodes}
    assert all({edge["data"]["source"], edge["data"]["target"]} <= known for edge in edges)
    assert not any("parent" in element["data"] for element in (*nodes, *edges))
    assert (value["format_version"], value["data"]["name"]) == ("1.0", "policy-kg")


@pytest.mark.parametrize("name", NAMES)
def test_cytoscape_json_is_read_back_whole(drawings: dict[str, Graph], name: str) -> None:
    graph = drawings[name]
    found = nx.cytoscape_graph(json.loads(write_network(graph, "cytoscape")))
    assert {node: without(data, "id", "name", "value") for node, data in nodes_of(found).items()} == nodes_of(graph)
    ours = ("id", "source", "target", "key")
    assert [(one, other, without(data, *ours)) for one, other, data in edges_of(found)] == edges_of(graph)


@WITH_DOT
@pytest.mark.parametrize("name", NAMES)
def test_dot_is_read_back_whole_by_graphviz(drawings: dict[str, Graph], name: str) -> None:
    graph = drawings[name]
    done = subprocess.run(
        ["dot", "-Tdot_json"], input=write_network(graph, "dot"), capture_output=True, check=True, timeout=60
    )
    assert done.stderr == b""
    value = json.loads(done.stdout)
    assert value["directed"] == graph.is_directed()
    names = {each["_gvid"]: each["name"] for each in value["objects"]}
    found = {each["name"]: each for each in value["objects"]}
    for node, data in graph.nodes(data=True):
        assert (found[node]["label_zh"], found[node]["label_en"]) == (data["label_zh"], data["label_en"])
        assert (found[node]["iri"], found[node]["type"]) == (data["iri"], data["type"])
    assert set(found) == set(graph.nodes)
    drawn = sorted((names[edge["tail"]], names[edge["head"]], edge["label"]) for edge in value["edges"])
    assert drawn == sorted((one, other, data["label"]) for one, other, data in graph.edges(data=True))
    clauses = {edge.get("clause", "") for edge in value["edges"]}
    assert clauses == {data.get("clause", "") for _, _, data in graph.edges(data=True)}


@WITH_DOT
def test_graphviz_draws_it(drawings: dict[str, Graph]) -> None:
    content = write_network(drawings["neighbourhood"], "dot")
    done = subprocess.run(["dot", "-Tsvg"], input=content, capture_output=True, check=True, timeout=120)
    svg = ET.fromstring(done.stdout)
    texts = {element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert {"医疗", "Healthcare"} <= texts
    links = {element.get("{http://www.w3.org/1999/xlink}href") for element in svg.iter("{http://www.w3.org/2000/svg}a")}
    assert "https://w3id.org/policy-kg/id/sector/healthcare" in links


@pytest.mark.parametrize("name", NAMES)
def test_tables_are_read_back_whole(drawings: dict[str, Graph], name: str) -> None:
    graph = drawings[name]
    nodes = list(csv.DictReader(io.StringIO(write_network(graph, "csv-nodes").decode(), newline="")))
    edges = list(csv.DictReader(io.StringIO(write_network(graph, "csv").decode(), newline="")))
    assert [row["Id"] for row in nodes] == list(graph.nodes)
    for row in nodes:
        data = graph.nodes[row["Id"]]
        assert (row["Label"], row["label_en"], row["iri"], row["type"]) == (
            data["label"], data["label_en"], data["iri"], data["type"],
        )  # fmt: skip
    assert [(row["Source"], row["Target"], row["Label"]) for row in edges] == [
        (one, other, data["label"]) for one, other, data in graph.edges(data=True)
    ]
    assert {row["Type"] for row in edges} == {"Directed" if graph.is_directed() else "Undirected"}
    if graph.is_directed():
        assert [row["clause"] for row in edges] == [data["clause"] for _, _, data in graph.edges(data=True)]
    for table in (nodes, edges):
        columns = [column.lower() for column in table[0]]
        assert len(set(columns)) == len(columns), "Gephi does not tell columns apart by case"


def test_edges_of_the_real_graph_have_evidence_and_iris(drawings: dict[str, Graph]) -> None:
    edge = drawings["whole"].get_edge_data("measure/gd-ai45-medical-service-capacity", "sector/healthcare")
    data = edge["pkg:appliesToSector"]
    assert data["iri"] == "https://w3id.org/policy-kg/ontology#appliesToSector"
    assert (data["label_zh"], data["label_en"], data["inferred"]) == ("针对行业", "applies to sector", False)
    assert data["clause"] == "提升医疗服务能力"
    assert data["clauses"].startswith("https://w3id.org/policy-kg/id/clause/dayoo-20240607/17/")
    assert data["url"].startswith("https://")


ODD = 'a"b\\c\n<&>\x00\x0b\ud7ff\ufffe,;|é漢𠀀'
CLEAN = 'a"b\\c\n<&>\ufffd\ufffd\ud7ff\ufffd,;|é漢𠀀'


@pytest.fixture(scope="module")
def odd(network: Network) -> Graph:
    citation = Citation("urn:c", ODD, "s", 1, 0, 2, "stated", {}, "urn:u")
    nodes = [Node(f"sector/{n}", f"urn:{n}", "sector", {"zh": ODD, "en": ODD}) for n in ("a", "b")]
    return drawing_of(nodes, [Edge("sector/a", network.predicates[0], "sector/b", (citation,))])


def test_odd_characters_are_kept_where_xml_has_them_and_replaced_where_not(odd: Graph) -> None:
    read = {
        "graphml": nx.read_graphml(io.BytesIO(write_network(odd, "graphml")), force_multigraph=True),
        "gexf": nx.read_gexf(io.BytesIO(write_network(odd, "gexf"))),
        "cytoscape": nx.cytoscape_graph(json.loads(write_network(odd, "cytoscape"))),
    }
    for format, graph in read.items():
        label = graph.nodes["sector/a"]["label_en"]
        clause = next(iter(graph.edges(data=True)))[2]["clause"]
        # An XML attribute's line ends are normalised to spaces unless they are escaped (XML 1.0, section 3.3.3).
        assert label.replace(" ", "\n") == clause.replace(" ", "\n") == CLEAN, format
    rows = list(csv.DictReader(io.StringIO(write_network(odd, "csv-nodes").decode(), newline="")))
    assert rows[0]["label_zh"] == CLEAN


@WITH_DOT
def test_odd_characters_reach_graphviz(odd: Graph) -> None:
    content = write_network(odd, "dot")
    done = subprocess.run(["dot", "-Tsvg"], input=content, capture_output=True, check=True, timeout=60)
    text = "".join(ET.fromstring(done.stdout).itertext())
    assert 'a"b\\c' in text
    assert "é漢𠀀" in text


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_network_gives_the_same_bytes(drawings: dict[str, Graph], format: str) -> None:
    for graph in drawings.values():
        assert write_network(graph, format) == write_network(graph, format) != b""


def test_an_unknown_format_names_the_known_ones(drawings: dict[str, Graph]) -> None:
    with pytest.raises(UnsupportedFormat, match="graphml, gexf, cytoscape, dot, csv, csv-nodes"):
        write_network(drawings["communities"], "vsdx")
