"""What tells two revisions apart: from the deltas of writes where there are any, else from the quads."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.errors import RevisionNotFound
from kg.revisions import Delta, Revision, RevisionStore
from tests.revisions.helpers import GRAPH, MADE, ONE, applying, content, copied, dropping, line, put


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = RevisionStore(tmp_path_factory.mktemp("template"))
    store.publish(ONE, MADE)
    return store.root


@pytest.fixture
def store(template: Path, tmp_path: Path) -> RevisionStore:
    return copied(template, tmp_path)


def blind(revision: Revision) -> None:
    """Take the quads away, so that only the deltas are left."""
    shutil.rmtree(revision.data)


def test_one_write_leaves_its_delta(store: RevisionStore) -> None:
    before = store.current()
    done = store.write(applying(add=(line("2"), line("3")), remove=(line("1"),)), kind="update", author="")
    assert (done.revision.path / "added.nq").read_text() == f"{line('2')}\n{line('3')}\n"
    assert (done.revision.path / "removed.nq").read_text() == f"{line('1')}\n"
    assert store.difference(before.id, done.revision.id) == done.change
    assert store.difference(done.revision.id, before.id) == done.change.reversed()


def test_several_writes_are_one_difference_without_what_they_undo(store: RevisionStore) -> None:
    first = store.current()
    put(store, "2")
    put(store, "3")
    store.write(applying(remove=(line("2"), line("1"))), kind="update", author="")
    last = store.write(applying(add=(line("1"), line("x", "http://example.org/other"))), kind="update", author="")
    for revision in (first, last.revision):
        blind(revision)
    expected = Delta(
        frozenset({line("3"), line("x", "http://example.org/other")}), created=frozenset({"http://example.org/other"})
    )
    assert store.difference(first.id, last.revision.id) == expected
    assert store.difference(last.revision.id, first.id) == expected.reversed()


def test_where_a_step_between_is_pruned_the_quads_are_compared(store: RevisionStore) -> None:
    first = store.current_id()
    middle = put(store, "2").revision
    last = store.write(applying(remove=(line("1"),)), kind="update", author="").revision
    shutil.rmtree(middle.path)
    assert store.difference(first, last.id) == Delta(frozenset({line("2")}), frozenset({line("1")}))


def test_two_builds_are_compared_by_their_quads(store: RevisionStore) -> None:
    first = store.current_id()
    second = store.publish([*content("1", "2"), ("http://e/g", b'<http://e/s> <http://e/p> "x" .\n')], MADE).id
    delta = store.difference(first, second)
    assert delta.added == {line("2"), '<http://e/s> <http://e/p> "x" <http://e/g> .'}
    assert delta.created == {"http://e/g"}
    assert not delta.removed | delta.dropped
    assert store.difference(second, first) == delta.reversed()


def test_blank_nodes_are_compared_by_what_they_stand_for(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path / "blank")
    first = store.publish([(GRAPH, b'_:x <http://e/p> "1" .\n')], MADE).id
    second = store.publish([(GRAPH, b'_:y <http://e/p> "1" .\n<http://e/s> <http://e/p> "2" .\n')], MADE).id
    assert store.difference(first, second).added == {f'<http://e/s> <http://e/p> "2" <{GRAPH}> .'}
    assert store.difference(first, second).removed == frozenset()


def test_a_revision_does_not_differ_from_itself(store: RevisionStore) -> None:
    assert not store.difference(store.current_id(), store.current_id())


def test_a_dropped_graph_is_in_the_difference(store: RevisionStore) -> None:
    first = store.current_id()
    last = store.write(dropping(GRAPH), kind="graph-store", author="").revision
    assert store.difference(first, last.id) == Delta(removed=frozenset({line("1")}), dropped=frozenset({GRAPH}))


def test_a_damaged_delta_is_passed_over(store: RevisionStore) -> None:
    first = store.current_id()
    last = put(store, "2").revision
    (last.path / "added.nq").unlink()
    assert store.difference(first, last.id) == Delta(frozenset({line("2")}))


def test_going_back_and_forth_has_an_end(store: RevisionStore) -> None:
    """A write that undoes another one leads to a revision that is there, so deltas may lead in a circle."""
    first = store.current_id()
    second = put(store, "2").revision.id
    store.write(applying(remove=(line("2"),)), kind="update", author="")
    other = store.publish(content("7"), MADE).id
    assert store.difference(first, second).added == {line("2")}
    assert store.difference(other, second) == Delta(frozenset({line("1"), line("2")}), frozenset({line("7")}))


def test_a_difference_to_what_is_not_here_is_an_error(store: RevisionStore) -> None:
    with pytest.raises(RevisionNotFound):
        store.difference(store.current_id(), "0123456789abcdef")
