"""Large revisions: published with the merge of their graphs beside them, which writes bring up to date."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.engine import union_beside
from kg.revisions import RevisionStore
from tests.engine.test_union import assert_is_merge
from tests.revisions.helpers import BASE, METADATA, applying, content, line, put, quad

COUNTED = {"base_iri": BASE}


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


def test_what_an_earlier_version_published_gets_its_merge_when_it_is_published_again(
    store: RevisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("kg.revisions.store.LARGE", 100)
        old = store.publish(content("1", "2", "3"), COUNTED)
    assert not union_beside(old.data).exists()
    assert store.publish(content("1", "2", "3"), COUNTED).id == old.id
    assert_is_merge(store.current().data)


def test_a_build_mends_a_merge_that_is_damaged(store: RevisionStore) -> None:
    revision = store.publish(content("1", "2", "3"), COUNTED)
    (union_beside(revision.data) / "CURRENT").write_text("nothing")
    assert_is_merge(store.publish(content("1", "2", "3"), COUNTED).data)
