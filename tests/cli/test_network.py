"""`kg graph`, `kg paths`, `kg analytics`: as text, as JSON, as files, and mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import pytest

from kg.revisions import Revision
from kg.settings import Settings
from tests.cli.test_cli import kg


@pytest.fixture
def store(revision: Revision, settings: Settings) -> str:
    assert revision.id
    return str(settings.store)


def test_a_neighbourhood_reads_with_clauses_and_says_what_it_leaves_out(tmp_path: Path, store: str) -> None:
    done = kg("graph", "医疗", "--depth", "2", "--limit", "6", "--store", store, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "医疗 · Healthcare [sector/healthcare]"
    assert any("— 针对行业 · applies to sector → 医疗 · Healthcare [sector/healthcare]" in line for line in lines)
    assert any(line.strip().startswith("“") and "(dayoo-20240607:17:" in line for line in lines)
    assert lines[-2].startswith("6 things, ")
    assert lines[-1].startswith("left out by --limit: ")


def test_a_neighbourhood_goes_to_a_file_that_networkx_reads(tmp_path: Path, store: str) -> None:
    done = kg("graph", "healthcare", "--format", "graphml", "--output", "out.graphml", "--store", store, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    found = nx.read_graphml(tmp_path / "out.graphml", force_multigraph=True)
    assert found.nodes["sector/healthcare"]["label_zh"] == "医疗"
    done = kg("graph", "--format", "gexf", "-o", "all.gexf", "--store", store, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(nx.read_gexf(tmp_path / "all.gexf")) > 200


def test_json_is_that_of_the_service(tmp_path: Path, store: str, revision: Revision) -> None:
    arguments = ("--kind", "measure", "--kind", "sector", "--relation", "sectors", "--format", "json")
    done = kg("graph", "医疗", *arguments, "--store", store, cwd=tmp_path)
    value = json.loads(done.stdout)
    assert (value["root"]["id"], value["revision"]) == ("sector/healthcare", revision.id)
    assert {edge["predicate"]["id"] for edge in value["edges"]} == {"pkg:appliesToSector"}


def test_paths_read_step_by_step(tmp_path: Path, store: str) -> None:
    done = kg("paths", "鹏城云脑", "Healthcare", "--limit", "1", "--store", store, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("distance 4, ")
    assert lines[0].endswith("1 of them shown")
    assert lines[1].startswith("1. platform/pengcheng-cloud-brain — ")
    assert sum(" → " in line for line in lines) >= 4
    done = kg("paths", "鹏城云脑", "医疗", "--relation", "broader", "--store", store, cwd=tmp_path)
    assert done.stdout.splitlines()[0] == "在这些关系和类别之内，两者之间没有任何连接。"


def test_analytics_read_with_their_methods(tmp_path: Path, store: str) -> None:
    done = kg("analytics", "--limit", "2", "--by", "pagerank", "--store", store, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "pagerank: PageRank" in done.stdout
    assert "damping=0.85" in done.stdout
    assert " communities, modularity 0." in done.stdout
    assert "民生 · Public livelihood [sector/livelihood]" in done.stdout
    done = kg("analytics", "--report", "communities", "--format", "json", "--store", store, cwd=tmp_path)
    assert json.loads(done.stdout)["communities"]["items"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("graph", "helthcare"), "near it are sector/healthcare"),
        (("paths", "医疗", "pengchen yunnao"), "platform/pengcheng-cloud-brain"),
        (("graph", "医疗", "--relation", "sectosr"), "did you mean sectors?"),
        (("graph", "医疗", "--depth", "9"), "1<=x<=4"),
        (("graph", "医疗", "--format", "vsdx"), "csv-nodes"),
        (("analytics", "--resolution", "99"), "must be a number from 0.1 to 10"),
    ],
)
def test_a_wrong_call_is_told_what_would_be_right(
    tmp_path: Path, store: str, arguments: tuple[str, ...], message: str
) -> None:
    done = kg(*arguments, "--store", store, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""
