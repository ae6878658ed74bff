"""Large revisions: published with the merge of their graphs beside them, which writes bring up to date."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.engine import EmbeddedEngine, Scope, Survey, union_beside
from kg.revisions import RevisionStore
from tests.engine.test_union import assert_is_merge
from tests.revisions.helpers import BASE, METADATA, applying, content, line, put, quad

COUNTED = {"base_iri": BASE}


class Describing:
    """What a build calls to have its metadata graph written."""

    scope = Scope(METADATA)

    def __init__(self, work: Callable[[Path], None]) -> None:
        self._work = work

    def __call__(self, store: Path, found: Survey) -> None:
        assert found.quads > 0
        self._work(store)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RevisionStore:
    monkeypatch.setattr("kg.revisions.store.LARGE", 3)
    return RevisionStore(tmp_path / "store")


def test_only_a_large_revision_has_its_merge(store: RevisionStore) -> None:
    small = store.publish(content("1", "2"), COUNTED)
    assert not union_beside(small.data).exists()
    large = store.publish(content("1", "2", "3"), COUNTED)
    assert_is_merge(large.data)
    assert large.open().count() == 3


def test_a_write_that_makes_a_revision_large_merges_it_and_the_next_ones_follow(store: RevisionStore) -> None:
    store.publish(content("1", "2"), COUNTED)
    for value in ("3", "4"):
        assert_is_merge(put(store, value).revision.data)
    again = store.write(applying(add=(line("4", graph="urn:other"),)), kind="update", author="")
    assert_is_merge(again.revision.data)
    less = store.write(applying(remove=(line("1"), line("2"), line("4"))), kind="update", author="")
    assert_is_merge(less.revision.data)
    assert [row["n"].value for row in less.revision.open().select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")] == ["2"]
    store.rollback(again.revision.id, author="")
    assert_is_merge(store.current().data)


def test_the_graph_that_describes_the_others_is_brought_up_to_date_too(store: RevisionStore) -> None:
    def described(value: str) -> None:
        def work(_: Path, new: Path, __: object) -> None:
            graph = ox.NamedNode(METADATA)
            described = ox.Store(str(new))
            described.remove_graph(graph)
            described.add(quad(line(value, graph=METADATA)))
            described.flush()

        store.write(applying(add=(line(value),)), kind="update", author="", describe=work)

    store.publish(content("1", "2", "3"), COUNTED)
    for value in ("4", "5"):
        described(value)
        assert_is_merge(store.current().data)


@pytest.mark.parametrize("quads", range(1, 6))
@pytest.mark.parametrize("described", range(4))
@pytest.mark.parametrize("by", ["build", "write"])
def test_whatever_the_sizes_a_triple_of_two_graphs_counts_once(
    store: RevisionStore, monkeypatch: pytest.MonkeyPatch, quads: int, described: int, by: str
) -> None:
    monkeypatch.setattr("kg.engine.embedded.LARGE", 3)
    lines = [line(str(number), graph=f"urn:{graph}") for number in range(quads) for graph in ("a", "b")][:quads]

    def describing(path: Path) -> None:
        metadata = ox.Store(str(path))
        metadata.extend(quad(line(str(number), graph=METADATA)) for number in range(described))
        metadata.flush()

    if by == "build":
        graphs: dict[str, list[str]] = {}
        for each in map(quad, lines):
            assert isinstance(each.graph_name, ox.NamedNode)
            graphs.setdefault(each.graph_name.value, []).append(f"{each.triple} .\n")
        contents = [(graph, "".join(found).encode()) for graph, found in graphs.items()]
        store.publish(contents, COUNTED, describe=Describing(describing))
    else:
        store.publish([], COUNTED)
        store.write(applying(add=tuple(lines)), kind="update", author="", describe=lambda _, new, __: describing(new))
    engine = store.current().open(in_memory_up_to=3)
    triples = {str(quad(each).triple) for each in lines} | {
        str(quad(line(str(number))).triple) for number in range(described)
    }
    assert [row["n"].value for row in engine.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")] == [str(len(triples))]


def test_what_an_earlier_version_published_gets_its_merge_when_it_is_published_again(
    store: RevisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("kg.revisions.store.LARGE", 100)
        old = store.publish(content("1", "2", "3"), COUNTED)
    assert not union_beside(old.data).exists()
    reader = old.open(in_memory_up_to=0)
    files = {path: path.stat().st_ino for path in old.data.iterdir()}
    assert store.publish(content("1", "2", "3"), COUNTED).id == old.id
    assert_is_merge(store.current().data)
    assert {path: path.stat().st_ino for path in old.data.iterdir()} == files, "others read them"
    assert reader.count() == 3


def test_what_has_no_merge_is_read_into_memory_unless_nothing_is_to_be(
    store: RevisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = store.publish(content("1", "2"), COUNTED)
    assert EmbeddedEngine.open(revision.data, in_memory_up_to=1).counts_rightly
    assert not EmbeddedEngine.open(revision.data, in_memory_up_to=0).counts_rightly
    monkeypatch.setattr("kg.engine.embedded.UNMERGED", 1)
    assert not EmbeddedEngine.open(revision.data, in_memory_up_to=1).counts_rightly
    assert EmbeddedEngine.in_memory(revision.data, union=True, up_to=1) is None


def test_a_write_does_not_merge_what_is_much_larger(store: RevisionStore) -> None:
    store.publish(content("1"), COUNTED)
    grown = store.write(applying(add=tuple(map(line, "2345678"))), kind="update", author="")
    assert not union_beside(grown.revision.data).exists()
    less = store.write(applying(remove=tuple(map(line, "45678"))), kind="update", author="")
    assert_is_merge(less.revision.data)


def test_a_build_mends_a_merge_that_is_damaged(store: RevisionStore) -> None:
    revision = store.publish(content("1", "2", "3"), COUNTED)
    (union_beside(revision.data) / "CURRENT").write_text("nothing")
    assert_is_merge(store.publish(content("1", "2", "3"), COUNTED).data)
