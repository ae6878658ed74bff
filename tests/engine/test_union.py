"""The merge beside a store directory: what it holds, how it follows changes, and what is answered from it."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.engine import (
    EmbeddedEngine,
    QueryRequest,
    ResultFormat,
    change_union,
    clone_store,
    union_beside,
    write_union,
)
from kg.errors import StoreError

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


@dataclass(frozen=True)
class Changed:
    """What a write did."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    created: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()


def some_quads(chance: random.Random, count: int, places: Sequence[Name | ox.DefaultGraph]) -> set[ox.Quad]:
    pick = chance.choice
    return {ox.Quad(pick(NODES), pick(PREDICATES), pick(VALUES), pick(places)) for _ in range(count)}


def written(path: Path, quads: set[ox.Quad]) -> Path:
    path.parent.mkdir(exist_ok=True)
    store = ox.Store(str(path))
    store.extend(quads)
    store.add_graph(ox.NamedNode("urn:empty"))
    store.flush()
    return path


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
    data = written(tmp_path / "oxigraph", some_quads(random.Random(seed), 80, EVERYWHERE))
    write_union(data)
    assert_is_merge(data)


def test_what_is_larger_than_a_block_is_merged_whole(tmp_path: Path) -> None:
    quads = {
        ox.Quad(ox.NamedNode(f"urn:s{number}"), PREDICATES[0], ox.Literal("x" * 100), PLACES[number % 2])
        for number in range(20_000)
    }
    data = written(tmp_path / "oxigraph", quads | {ox.Quad(NODES[6], PREDICATES[0], NODES[7], PLACES[0])})
    write_union(data)
    assert_is_merge(data)


@pytest.mark.parametrize("seed", range(12))
def test_it_follows_changes_of_anything(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    before = written(tmp_path / "0" / "oxigraph", some_quads(chance, 60, EVERYWHERE))
    write_union(before)
    for number in range(1, 6):
        data = tmp_path / str(number) / "oxigraph"
        data.parent.mkdir()
        clone_store(before, data)
        store = ox.Store(str(data))
        was = set(store)
        for quad in chance.sample(sorted(was, key=str), min(len(was), chance.randrange(12))):
            store.remove(quad)
        store.extend(some_quads(chance, chance.randrange(12), EVERYWHERE))
        if chance.random() < 0.5:
            store.add_graph(ox.NamedNode(f"urn:new{number}"))
            store.remove_graph(chance.choice([NAMED[0], ox.NamedNode("urn:empty")]))
        store.flush()
        now = set(store)
        del store
        told = [
            frozenset(f"{quad} ." for quad in quads if quad.graph_name != DESCRIBED) for quads in (now - was, was - now)
        ]
        change_union(before, data, Changed(*told), DESCRIBED.value)
        assert_is_merge(data)
        before = data


def test_after_a_change_of_very_much_all_is_merged_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.engine.union._MOST_EDITED", 3)
    before = written(tmp_path / "a" / "oxigraph", some_quads(random.Random(1), 20, PLACES))
    data = written(tmp_path / "b" / "oxigraph", some_quads(random.Random(2), 20, PLACES))
    change_union(before, data, Changed(added=frozenset(f"{quad} ." for quad in ox.Store.read_only(str(data)))), "")
    assert_is_merge(data)


def test_it_is_what_queries_over_the_union_read_from_disk(tmp_path: Path) -> None:
    data = written(tmp_path / "oxigraph", some_quads(random.Random(3), 200, PLACES))
    memory = EmbeddedEngine.open(data)

    def counted(engine: EmbeddedEngine, text: str, *, union: bool = True) -> int:
        answer = engine.answer(QueryRequest(text, union_default_graph=union), ResultFormat.JSON)
        return int(json.loads(answer.content)["results"]["bindings"][0]["n"]["value"])

    expected = [counted(memory, COUNT), counted(memory, COUNT_WITHIN), counted(memory, COUNT, union=False)]
    assert expected[0] < expected[1] + expected[2], "no triple is in several graphs"
    write_union(data)
    for engine in (EmbeddedEngine.open(data, in_memory_up_to=0), EmbeddedEngine.open(data)):
        assert engine._merged is not None
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
    data = written(tmp_path / "oxigraph", some_quads(random.Random(4), 50, PLACES))
    write_union(data)
    engine = EmbeddedEngine.in_memory(data, union=True, up_to=10**6)
    assert engine is not None
    assert engine.count() > 50
    assert EmbeddedEngine.in_memory(data, union=True, up_to=1000) is None


def test_one_that_is_damaged_is_said(tmp_path: Path) -> None:
    data = written(tmp_path / "oxigraph", some_quads(random.Random(5), 50, PLACES))
    write_union(data)
    (union_beside(data) / "CURRENT").write_text("nothing")
    with pytest.raises(StoreError, match="cannot be opened"):
        EmbeddedEngine.open(data)
    with pytest.raises(StoreError, match="cannot be opened"):
        EmbeddedEngine.on_disk(data, union=True)
    shutil.rmtree(union_beside(data))
    assert EmbeddedEngine.open(data).count() == len(ox.Store.read_only(str(data)))
