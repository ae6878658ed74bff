"""Files for other tools, opened by those tools: Cytoscape.js, and the readers of GEXF and GraphML of Gephi Lite."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from kg.engine import EmbeddedEngine
from kg.iris import Iris
from kg.network import Network, cited, drawing_of_neighbourhood, neighbourhood, write_network
from tests.conftest import ROOT

CLIENTS = ROOT / "tests" / "clients"
INSTALLED = shutil.which("node") is not None and (CLIENTS / "node_modules" / "cytoscape").is_dir()
WITH_NODE = pytest.mark.skipif(
    not INSTALLED, reason="node or its packages are missing; tests/clients/install.sh installs them"
)


@pytest.fixture(scope="module")
def drawing(engine: EmbeddedEngine, inferred: Network) -> Any:
    near = neighbourhood(inferred, "医疗", depth=2)
    return drawing_of_neighbourhood(near.with_edges(cited(engine, Iris(), inferred, near.edges)))


def opened(format: str, content: bytes) -> Any:
    """Return the nodes by id and the edges that a tool has of a file."""
    command = ["node", str(CLIENTS / "networks.mjs"), format]
    done = subprocess.run(command, input=content, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@WITH_NODE
@pytest.mark.parametrize("format", ["cytoscape", "gexf", "graphml"])
def test_a_tool_has_every_node_and_edge_with_names_and_clauses(drawing: Any, format: str) -> None:
    found = opened(format, write_network(drawing, format))
    assert len(drawing) > 20
    assert set(found["nodes"]) == set(drawing.nodes)
    for node, data in drawing.nodes(data=True):
        for name in ("label_zh", "label_en", "type", "iri", "distance"):
            assert found["nodes"][node][name] == data[name], (node, name)
    shown = ("label", "label_en", "iri", "clause", "place", "rule_en")

    def counted(edges: Any) -> Counter[tuple[Any, ...]]:
        return Counter((one, other, *(data.get(name) or "" for name in shown)) for one, other, data in edges)

    assert counted(found["edges"]) == counted(drawing.edges(data=True))
    assert any(data["clause"] == "建设智慧医院" for _, _, data in found["edges"])


def test_ids_of_graphml_are_unique(drawing: Any) -> None:
    """As the DTD wants it: of keys, and of edges."""
    found = ET.fromstring(write_network(drawing, "graphml"))
    for name in ("key", "node", "edge"):
        ids = [element.get("id") for element in found.iter(f"{{http://graphml.graphdrawing.org/xmlns}}{name}")]
        assert len(ids) > 5
        assert len(set(ids)) == len(ids), name
