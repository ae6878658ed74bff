"""What a write does to the description is what describing the result from the beginning would have given."""

from __future__ import annotations

import itertools
import random
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.build import NamedGraph
from kg.engine import write_store
from kg.engine.view import StoreView
from kg.iris import Iris
from kg.metadata import Names, Release, describe, describe_change
from kg.terms import PKG, RDF, RDFS, VOID
from tests.length import is_long
from tests.metadata.stores import GRAPH, IRIS, Changed, changed, graph_of, quads_of, written

LONG = is_long(__name__)

TYPE = ox.NamedNode(RDF + "type")
NAMES = Names(IRIS)
BEFORE, AFTER = Release("1" * 16, "", "2024-01-01"), Release("2" * 16, "1" * 16, "2024-02-02")

THINGS = [ox.NamedNode(IRIS.mint("thing", str(number))) for number in range(5)]
NODES = [*THINGS, ox.NamedNode("https://other.example/x"), ox.BlankNode("b0"), ox.BlankNode("b1")]
CLASSES = [ox.NamedNode(PKG + name) for name in ("Measure", "Target", "SourceDocument")]
CLASSES += [ox.NamedNode("https://other.example/Class")]
PROPERTIES = [ox.NamedNode(PKG + "hasTarget"), ox.NamedNode(RDFS + "label"), ox.NamedNode("https://other.example/p")]
LITERALS = [ox.Literal("a"), ox.Literal("a", language="zh"), ox.Literal(1), ox.Literal(1.5)]
NAMED = [ox.NamedNode(IRIS.graph("source", name)) for name in ("a", "b")]
PLACES = [*NAMED, ox.DefaultGraph(), ox.BlankNode("g")]

typings = st.builds(ox.Quad, st.sampled_from(NODES), st.just(TYPE), st.sampled_from(CLASSES), st.sampled_from(PLACES))
others = st.builds(
    ox.Quad,
    st.sampled_from(NODES),
    st.sampled_from([*PROPERTIES, TYPE]),
    st.sampled_from([*NODES, *LITERALS, *CLASSES, ox.Triple(THINGS[0], PROPERTIES[0], THINGS[1])]),
    st.sampled_from(PLACES),
)
datasets = st.sets(typings | others, max_size=40)
numbers = itertools.count()


def describe_both_ways(
    folder: Path, old: Path, new: Path, change: Changed, *, budget: int = 1000
) -> tuple[set[str], set[str]]:
    """Return the description after a change by way of the change, and from the beginning."""
    assert describe_change(old, new, change, IRIS, AFTER, budget=budget)
    by_change = graph_of(new)
    again = written(folder / "again", [quad for quad in quads_of(new) if quad.graph_name != ox.NamedNode(GRAPH)])
    store = ox.Store(str(again))
    for graph in ox.Store.read_only(str(new)).named_graphs():
        store.add_graph(graph)
    del store
    describe(again, IRIS, (), AFTER)
    return by_change, graph_of(again)


@settings(
    max_examples=200 if LONG else 5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=datasets, second=datasets, third=datasets, keep=st.floats(0, 1))
def test_changes_of_anything_give_the_description_of_the_result(
    first: set[ox.Quad], second: set[ox.Quad], third: set[ox.Quad], keep: float, tmp_path: Path
) -> None:
    folder = tmp_path / str(next(numbers))
    folder.mkdir()
    old = written(folder / "0", first)
    describe(old, IRIS, (), BEFORE)
    for step, goal in enumerate((second, third), 1):
        new = folder / str(step)
        (folder / f"at-{step}").mkdir()
        there = {quad for quad in quads_of(old) if quad.graph_name != ox.NamedNode(GRAPH)}
        gone = sorted(there - goal, key=str)
        change = changed(old, new, add=goal, remove=gone[int(len(gone) * keep) :])
        by_change, from_beginning = describe_both_ways(folder / f"at-{step}", old, new, change)
        assert by_change == from_beginning
        old = new


def test_random_writes_to_the_seeds_give_the_description_of_the_result(
    graphs: tuple[NamedGraph, ...], tmp_path: Path
) -> None:
    old = tmp_path / "0"
    write_store(old, ((graph.iri, graph.ntriples()) for graph in graphs))
    describe(old, Iris(), (), BEFORE)
    described, chance = ox.NamedNode(Names(Iris()).graph), random.Random(20240607)
    for step in range(1, 4):
        new = tmp_path / str(step)
        quads = sorted((quad for quad in quads_of(old) if quad.graph_name != described), key=str)
        remove = chance.sample(quads, 40)
        subjects = {quad.subject for quad in chance.sample(quads, 3)}
        remove += [quad for quad in quads if quad.subject in subjects]
        pairs = zip(chance.sample(quads, 40), chance.sample(quads, 40), strict=True)
        add = [ox.Quad(one.subject, one.predicate, two.object, two.graph_name) for one, two in pairs]
        types = [quad for quad in quads if quad.predicate == TYPE]
        pairs = zip(chance.sample(types, 10), chance.sample(types, 10), strict=True)
        add += [ox.Quad(one.subject, TYPE, two.object, two.graph_name) for one, two in pairs]
        change = changed(old, new, add=add, remove=remove)
        assert describe_change(old, new, change, Iris(), AFTER)
        found = graph_of(new, Names(Iris()).graph)
        describe(new, Iris(), (), AFTER)
        assert found == graph_of(new, Names(Iris()).graph)
        old = new


def test_emptied_dataset_has_zeros_and_no_partition(tmp_path: Path) -> None:
    old = written(tmp_path / "0", [ox.Quad(THINGS[0], TYPE, CLASSES[0], NAMED[0])])
    describe(old, IRIS, (), BEFORE)
    change = changed(old, tmp_path / "1", remove=quads_of(old))
    by_change, from_beginning = describe_both_ways(tmp_path, old, tmp_path / "1", change)
    assert by_change == from_beginning
    assert f'<{NAMES.dataset}> <{VOID}triples> "0"^^<http://www.w3.org/2001/XMLSchema#integer> .' in by_change
    assert not [line for line in by_change if "Partition" in line]


def test_what_a_client_does_to_the_description_is_undone(tmp_path: Path) -> None:
    old = written(tmp_path / "0", [ox.Quad(THINGS[0], TYPE, CLASSES[0], NAMED[0])])
    describe(old, IRIS, (), BEFORE)
    lie = ox.Quad(ox.NamedNode(NAMES.dataset), ox.NamedNode(VOID + "triples"), ox.Literal(99), ox.NamedNode(GRAPH))
    mine = ox.Quad(THINGS[1], PROPERTIES[1], LITERALS[0], NAMED[1])
    change = changed(old, tmp_path / "1", drop=[GRAPH], add=[lie, mine])
    by_change, from_beginning = describe_both_ways(tmp_path, old, tmp_path / "1", change)
    assert by_change == from_beginning


def test_store_that_was_not_described_is_left_to_describing_it_whole(tmp_path: Path) -> None:
    old = written(tmp_path / "0", [ox.Quad(THINGS[0], TYPE, CLASSES[0], NAMED[0])])
    change = changed(old, tmp_path / "1", add=[ox.Quad(THINGS[1], TYPE, CLASSES[0], NAMED[0])])
    assert describe_change(old, tmp_path / "1", change, IRIS, AFTER) is False
    assert graph_of(tmp_path / "1") == set()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One thing that 20 000 others refer to."""
    path = tmp_path_factory.mktemp("hub") / "0"
    quads = [ox.Quad(THINGS[0], TYPE, CLASSES[0], NAMED[0])]
    for number in range(20_000):
        thing = ox.NamedNode(IRIS.mint("leaf", str(number)))
        quads += [ox.Quad(thing, TYPE, CLASSES[1], NAMED[0]), ox.Quad(thing, PROPERTIES[0], THINGS[0], NAMED[0])]
    written(path, quads)
    describe(path, IRIS, (), BEFORE)
    return path


def test_reference_to_a_hub_is_counted_without_reading_the_others(hub: Path, tmp_path: Path) -> None:
    leaf = ox.NamedNode(IRIS.mint("leaf", "new"))
    add = [ox.Quad(leaf, TYPE, CLASSES[1], NAMED[0]), ox.Quad(leaf, PROPERTIES[0], THINGS[0], NAMED[0])]
    change = changed(hub, tmp_path / "1", add=add)
    began = time.perf_counter()
    assert describe_change(hub, tmp_path / "1", change, IRIS, AFTER)
    assert time.perf_counter() - began < 0.5
    part = NAMES.digest("class-property-class", CLASSES[1].value, PROPERTIES[0].value, CLASSES[0].value)
    assert number_at(tmp_path / "1", part, "triples") == 20_001


def test_retyped_hub_leaves_out_what_would_be_stale(hub: Path, tmp_path: Path) -> None:
    """Neither is the whole graph read, nor does a wrong number stay."""
    change = changed(hub, tmp_path / "1", add=[ox.Quad(THINGS[0], TYPE, CLASSES[3], NAMED[0])])
    assert describe_change(hub, tmp_path / "1", change, IRIS, AFTER, budget=100)
    found = graph_of(tmp_path / "1")
    new, kept = (
        NAMES.digest("class-property-class", CLASSES[1].value, PROPERTIES[0].value, cls.value)
        for cls in (CLASSES[3], CLASSES[0])
    )
    assert not [line for line in found if new in line]
    assert number_at(tmp_path / "1", kept, "triples") == 20_000, "what did not change is kept"
    assert [line for line in found if f"<{NAMES.digest('class', CLASSES[3].value)}> <{RDFS}comment>" in line]

    # Later writes leave it out too, and when the class is gone all is exact again.
    leaf = ox.NamedNode(IRIS.mint("leaf", "new"))
    change = changed(tmp_path / "1", tmp_path / "2", add=[ox.Quad(leaf, PROPERTIES[0], THINGS[0], NAMED[0])])
    assert describe_change(tmp_path / "1", tmp_path / "2", change, IRIS, AFTER, budget=100)
    assert not [line for line in graph_of(tmp_path / "2") if new in line]
    change = changed(tmp_path / "2", tmp_path / "3", remove=[ox.Quad(THINGS[0], TYPE, CLASSES[3], NAMED[0])])
    by_change, from_beginning = describe_both_ways(tmp_path, tmp_path / "2", tmp_path / "3", change, budget=100)
    assert by_change == from_beginning


def test_new_things_cost_nothing_of_the_budget(hub: Path, tmp_path: Path) -> None:
    add = []
    for number in range(300):
        one, other = (ox.NamedNode(IRIS.mint(kind, str(number))) for kind in ("one", "other"))
        add += [ox.Quad(one, TYPE, CLASSES[3], NAMED[1]), ox.Quad(other, PROPERTIES[2], one, NAMED[1])]
        add += [ox.Quad(other, TYPE, CLASSES[0], NAMED[1])]
    change = changed(hub, tmp_path / "1", add=add)
    by_change, from_beginning = describe_both_ways(tmp_path, hub, tmp_path / "1", change, budget=0)
    assert by_change == from_beginning


def number_at(path: Path, subject: str, what: str) -> int:
    with StoreView(path, GRAPH) as view:
        return int(next(view.values_apart(subject, VOID + what)))
