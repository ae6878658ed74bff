"""The merge beside a store directory: what it holds, how it follows changes, and what is answered from it."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.engine import (
    EmbeddedEngine,
    QueryRequest,
    ResultFormat,
    change_union,
    union_beside,
    without_graph,
    write_store,
    write_union,
)
from kg.errors import StoreError
from tests.conftest import ROOT
from tests.metadata.stores import Changed, changed, quads_of, written

Name = ox.NamedNode | ox.BlankNode

NODES: list[Name] = [*(ox.NamedNode(f"urn:n{number}") for number in range(6)), ox.BlankNode("b0"), ox.BlankNode("b1")]
VALUES: list[Name | ox.Literal] = [*NODES, ox.Literal("a _:b \n"), ox.Literal("医", language="zh"), ox.Literal(1)]
PREDICATES = [ox.NamedNode("urn:p0"), ox.NamedNode("urn:p1")]
DESCRIBED = ox.NamedNode("urn:metadata")
NAMED: list[Name] = [*(ox.NamedNode(f"urn:g{number}") for number in range(3)), ox.BlankNode("g")]
PLACES: list[Name | ox.DefaultGraph] = [*NAMED, ox.DefaultGraph()]
EVERYWHERE = [*PLACES, DESCRIBED]
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
COUNT_WITHIN = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


def some_quads(chance: random.Random, count: int, places: Sequence[Name | ox.DefaultGraph]) -> set[ox.Quad]:
    pick = chance.choice
    return {ox.Quad(pick(NODES), pick(PREDICATES), pick(VALUES), pick(places)) for _ in range(count)}


def dataset(path: Path, quads: Iterable[ox.Quad]) -> Path:
    """Write a store directory with one graph besides that is empty."""
    path.parent.mkdir(exist_ok=True)
    return written(path, quads, ["urn:empty"])


def assert_is_merge(path: Path) -> None:
    """Hold the merge against what the quads themselves say, in Python's sets."""
    store, union = ox.Store.read_only(str(path)), ox.Store.read_only(str(union_beside(path)))
    default = set(union.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    assert {quad.triple for quad in default} == {quad.triple for quad in store}
    named = [{quad for quad in each if quad.graph_name != ox.DefaultGraph()} for each in (store, union)]
    assert named[0] == named[1]
    assert set(store.named_graphs()) == set(union.named_graphs())


@pytest.mark.parametrize("seed", range(5))
def test_it_has_the_graphs_and_each_triple_once(tmp_path: Path, seed: int) -> None:
    data = dataset(tmp_path / "oxigraph", some_quads(random.Random(seed), 80, EVERYWHERE))
    write_union(data)
    assert_is_merge(data)


def test_what_is_larger_than_a_block_is_merged_whole(tmp_path: Path) -> None:
    quads = {
        ox.Quad(ox.NamedNode(f"urn:s{number}"), PREDICATES[0], ox.Literal("x" * 100), PLACES[number % 2])
        for number in range(20_000)
    }
    data = dataset(tmp_path / "oxigraph", quads | {ox.Quad(NODES[6], PREDICATES[0], NODES[7], PLACES[0])})
    write_union(data)
    assert_is_merge(data)


@pytest.mark.parametrize("seed", range(12))
def test_it_follows_changes_of_anything(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    before = dataset(tmp_path / "0" / "oxigraph", some_quads(chance, 60, EVERYWHERE))
    write_union(before)
    for number in range(1, 6):
        data = tmp_path / str(number) / "oxigraph"
        data.parent.mkdir()
        was = sorted(quads_of(before), key=str)
        graphs = chance.random() < 0.5
        change = changed(
            before,
            data,
            add=some_quads(chance, chance.randrange(12), EVERYWHERE),
            remove=chance.sample(was, min(len(was), chance.randrange(12))),
            drop=[chance.choice(["urn:g0", "urn:empty", DESCRIBED.value])] if graphs else (),
            create=[f"urn:new{number}"] if graphs else (),
        )
        change_union(before, data, without(change, DESCRIBED.value), DESCRIBED.value)
        assert_is_merge(data)
        before = data


def without(change: Changed, graph: str) -> Changed:
    """Return a change without what concerns a graph."""
    return Changed(
        frozenset(without_graph(change.added, graph)),
        frozenset(without_graph(change.removed, graph)),
        change.created - {f"<{graph}>"},
        change.dropped - {f"<{graph}>"},
    )


def test_a_large_change_is_made_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.engine.union._EDITED", 3)
    monkeypatch.setattr("kg.engine.union._SLICE", 7)
    before, data = dataset(tmp_path / "a" / "oxigraph", some_quads(random.Random(1), 60, PLACES)), tmp_path / "b" / "x"
    write_union(before)
    assert_is_merge(before)
    data.parent.mkdir()
    moved = quads_of(before)
    change = changed(before, data, add=some_quads(random.Random(2), 60, PLACES), remove=sorted(moved, key=str)[:40])
    change_union(before, data, change, "")
    assert_is_merge(data)


MERGING = """
import sys
from pathlib import Path
from kg.engine import union
from kg.workers.confine import limit_memory, save_address_space
union._SLICE = int(sys.argv[2])
save_address_space()
limit_memory(int(sys.argv[3]) << 20)
union.write_union(Path(sys.argv[1]))
print("merged")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space of a process")
def test_merging_takes_memory_for_a_part_only(tmp_path: Path) -> None:
    lines = "".join(f'<urn:s{number}> <urn:p> "{number}" .\n' for number in range(300_000)).encode()
    write_store(tmp_path / "oxigraph", [("urn:g", lines)])

    def merged(part: int) -> str:
        command = [sys.executable, "-c", MERGING, str(tmp_path / "oxigraph"), str(part), "450"]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout

    assert merged(10_000) == "merged\n"
    assert merged(10**9) == "", "the limit tells nothing"


def test_it_is_what_queries_over_the_union_read_from_disk(tmp_path: Path) -> None:
    data = dataset(tmp_path / "oxigraph", some_quads(random.Random(3), 200, PLACES))
    memory = EmbeddedEngine.open(data)

    def counted(engine: EmbeddedEngine, text: str, *, union: bool = True) -> int:
        answer = engine.answer(QueryRequest(text, union_default_graph=union), ResultFormat.JSON)
        return int(json.loads(answer.content)["results"]["bindings"][0]["n"]["value"])

    expected = [counted(memory, COUNT), counted(memory, COUNT_WITHIN), counted(memory, COUNT, union=False)]
    assert expected[0] < expected[1] + expected[2], "no triple is in several graphs"
    write_union(data)
    for engine in (EmbeddedEngine.open(data, in_memory_up_to=0), EmbeddedEngine.open(data)):
        assert engine.counts_rightly
        assert engine.count_merged() == expected[0]
        found = [counted(engine, COUNT), counted(engine, COUNT_WITHIN), counted(engine, COUNT, union=False)]
        assert found == expected
        assert engine.count() == memory.count()
        assert sorted(engine.merged_lines() or ()) == sorted(memory.merged_lines() or ())
    worker, strict = (EmbeddedEngine.on_disk(data, union=union) for union in (True, False))
    assert [counted(worker, COUNT), counted(worker, COUNT_WITHIN)] == expected[:2]
    assert counted(strict, COUNT, union=False) == expected[2]
    given = QueryRequest(COUNT, default_graphs=("urn:g0", "urn:g1"))
    assert len({engine.answer(given, ResultFormat.JSON).content for engine in (memory, worker)}) == 1


def test_a_larger_memory_is_used_all_the_same(tmp_path: Path) -> None:
    data = dataset(tmp_path / "oxigraph", some_quads(random.Random(4), 50, PLACES))
    write_union(data)
    engine = EmbeddedEngine.in_memory(data, union=True, up_to=10**6)
    assert engine is not None
    assert engine.count() > 50
    assert EmbeddedEngine.in_memory(data, union=True, up_to=1000) is None


def test_one_that_is_damaged_is_said(tmp_path: Path) -> None:
    data = dataset(tmp_path / "oxigraph", some_quads(random.Random(5), 50, PLACES))
    write_union(data)
    (union_beside(data) / "CURRENT").write_text("nothing")
    with pytest.raises(StoreError, match="cannot be opened"):
        EmbeddedEngine.open(data)
    with pytest.raises(StoreError, match="cannot be opened"):
        EmbeddedEngine.on_disk(data, union=True)
    shutil.rmtree(union_beside(data))
    assert EmbeddedEngine.open(data).count() == len(ox.Store.read_only(str(data)))
