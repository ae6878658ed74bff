"""Exports: every format is read back by a library that did not write it."""

from __future__ import annotations

import csv
import io
import json
import warnings
from xml.etree import ElementTree as ET

import networkx as nx
import pytest
from rdflib import Dataset, Graph

from kg.engine import EmbeddedEngine
from kg.errors import UnsupportedFormat
from kg.export import FACT_COLUMNS, FORMATS, export
from kg.iris import Iris
from kg.network import build_network


def whole(engine: EmbeddedEngine, format: str) -> bytes:
    return b"".join(export(engine, Iris(), format))


@pytest.mark.parametrize(("format", "parser"), [("ttl", "turtle"), ("nt", "nt"), ("rdfxml", "xml")])
def test_graph_formats_are_read_back_whole_by_rdflib(engine: EmbeddedEngine, format: str, parser: str) -> None:
    expected = engine.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")[0]["n"].value
    assert len(Graph().parse(data=whole(engine, format), format=parser)) == int(expected) > 10_000


@pytest.mark.parametrize(("format", "parser"), [("nq", "nquads"), ("trig", "trig"), ("jsonld", "json-ld")])
def test_dataset_formats_keep_the_graphs(engine: EmbeddedEngine, format: str, parser: str) -> None:
    dataset = Dataset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's own parsers use Dataset.default_context
        dataset.parse(data=whole(engine, format), format=parser)
    found = {str(graph.identifier): len(graph) for graph in dataset.graphs() if len(graph)}
    assert sorted(found) == engine.graph_names()
    assert sum(found.values()) == engine.count()


def test_the_table_of_facts_has_a_clause_in_every_row(engine: EmbeddedEngine) -> None:
    content = whole(engine, "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert tuple(rows[0]) == FACT_COLUMNS
    assert len(rows) > 450
    assert all(row["clause"] and row["source"] and row["line"] and row["url"].startswith("https://") for row in rows)
    assert all(int(row["end"]) - int(row["start"]) == len(row["clause"]) for row in rows)
    value = next(
        row for row in rows if row["subject"] == "target/gd-ai45-compute-2027" and row["property"] == "pkg:quantity"
    )
    assert (value["object"], value["clause"]) == ("60 EFLOPS", "算力规模超过60EFLOPS")


def test_the_network_has_things_as_nodes_and_relations_as_edges_with_clauses(engine: EmbeddedEngine) -> None:
    network = build_network(engine, Iris())
    assert network.nodes["sector/healthcare"]["label_zh"] == "医疗"
    edges = network.get_edge_data("measure/gd-ai45-medical-service-capacity", "sector/healthcare")
    assert edges["pkg:appliesToSector"]["clause"] == "提升医疗服务能力"
    assert edges["pkg:appliesToSector"]["place"].startswith("dayoo-20240607:17:")
    assert network.number_of_nodes() > 200
    assert network.number_of_edges() > 400


def test_graphml_and_gexf_are_read_back_whole(engine: EmbeddedEngine) -> None:
    network = build_network(engine, Iris())
    graphml = nx.read_graphml(io.BytesIO(whole(engine, "graphml")), force_multigraph=True)
    gexf = nx.read_gexf(io.BytesIO(whole(engine, "gexf")))
    for found in (graphml, gexf):
        assert set(found.nodes) == set(network.nodes)
        assert found.number_of_edges() == network.number_of_edges()
        assert found.nodes["sector/healthcare"]["label_en"] == "Healthcare"
    assert "lastmodifieddate" not in whole(engine, "gexf").decode()
    assert ET.fromstring(whole(engine, "gexf")).tag.endswith("gexf")


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_revision_gives_the_same_bytes(engine: EmbeddedEngine, format: str) -> None:
    first = whole(engine, format)
    assert first == whole(engine, format)
    assert len(first) > 10_000


def test_jsonld_is_json(engine: EmbeddedEngine) -> None:
    assert json.loads(whole(engine, "jsonld"))


def test_an_unknown_format_names_the_known_ones(engine: EmbeddedEngine) -> None:
    with pytest.raises(UnsupportedFormat, match="graphml"):
        list(export(engine, Iris(), "docx"))
