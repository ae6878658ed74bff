"""Writing: clone, apply, describe, publish; what changes nothing, what comes too late, what is refused."""

from __future__ import annotations

import threading
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.engine import ChangedQuads, hash_of
from kg.errors import PreconditionFailed, QueryRefused, QuerySyntaxError, RevisionNotFound, StoreError
from kg.revisions import Delta, Publication, RevisionStore
from tests.revisions.helpers import (
    GRAPH,
    MADE,
    METADATA,
    ONE,
    applying,
    content,
    copied,
    current_lines,
    dropping,
    leftovers,
    line,
    lines_of,
    put,
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = RevisionStore(tmp_path_factory.mktemp("template"))
    store.publish(ONE, {**MADE, "inputs": {"a": "b"}})
    return store.root


@pytest.fixture
def store(template: Path, tmp_path: Path) -> RevisionStore:
    return copied(template, tmp_path)


def test_a_write_publishes_what_it_made_and_leaves_what_was_there(store: RevisionStore) -> None:
    before = store.current()
    done = put(store, "2", note="why")
    assert (done.seq, done.revision.id) == (2, store.current_id())
    assert done.change == Delta(added=frozenset({line("2")}))
    assert current_lines(store) == {line("1"), line("2")}
    assert lines_of(before.data) == {line("1")}
    entry = next(store.history())
    assert (entry.author, entry.note, entry.kind, entry.parent) == ("tester", "why", "update", before.id)
    assert (entry.added, entry.removed) == (1, 0)


def test_the_manifest_keeps_what_its_parent_was_made_of(store: RevisionStore) -> None:
    parent = store.current()
    manifest = put(store, "2").revision.manifest
    assert (manifest["inputs"], manifest["base_iri"], manifest["triples"]) == ({"a": "b"}, MADE["base_iri"], 2)
    assert (manifest["parent"], manifest["author"]) == (parent.id, "tester")
    assert manifest["hash"] != parent.manifest["hash"]


def test_the_id_is_that_of_the_content_however_it_came_about(tmp_path: Path, store: RevisionStore) -> None:
    put(store, "2")
    put(store, "3")
    written = store.write(applying(remove=(line("1"),)), kind="update", author="").revision
    assert written.id == RevisionStore(tmp_path / "other").publish(content("3", "2"), MADE).id
    assert written.id == hash_of(written.data, METADATA).id


def test_what_changes_nothing_publishes_nothing(store: RevisionStore) -> None:
    before = store.current()
    done = put(store, "1")
    assert (done.revision, done.change, done.seq) == (before, Delta(), 1)
    assert len(list(store.history())) == 1
    assert leftovers(store.root) == []


def test_other_labels_of_blank_nodes_are_no_change(store: RevisionStore) -> None:
    one, other = line("x", subject="_:a"), line("x", subject="_:b")
    first = store.write(applying(add=(one,)), kind="update", author="")
    again = store.write(applying(add=(other,), remove=(one,)), kind="update", author="")
    assert again.revision.id == first.revision.id
    assert (again.seq, bool(again.change)) == (2, False)


def test_undoing_a_write_comes_back_to_the_revision_that_was(store: RevisionStore) -> None:
    first = store.current_id()
    put(store, "2")
    done = store.write(applying(remove=(line("2"),)), kind="update", author="")
    assert (done.revision.id, done.seq) == (first, 3)
    assert len(store.ids()) == 2
    assert [(entry.added, entry.removed) for entry in store.history()] == [(0, 1), (1, 0), (1, 0)]


def test_graphs_without_quads_come_and_go(store: RevisionStore) -> None:
    first = store.current_id()
    emptied = store.write(applying(remove=(line("1"),)), kind="update", author="")
    dropped = store.write(dropping(GRAPH), kind="graph-store", author="")
    assert len({first, emptied.revision.id, dropped.revision.id}) == 3
    assert dropped.change == Delta(dropped=frozenset({GRAPH}))
    assert dropped.revision.id == hash_of(dropped.revision.data).id


def test_a_write_on_another_revision_than_expected_changes_nothing(store: RevisionStore) -> None:
    current = store.current_id()
    with pytest.raises(PreconditionFailed) as error:
        put(store, "2", expected=("0123456789abcdef",))
    assert error.value.current == current == store.current_id()
    assert put(store, "2", expected=("0123456789abcdef", current)).seq == 2


def test_of_many_who_expect_one_revision_one_writes(store: RevisionStore) -> None:
    expected, outcomes = (store.current_id(),), []

    def write(value: str) -> None:
        try:
            outcomes.append(put(RevisionStore(store.root), value, expected=expected).seq)
        except PreconditionFailed:
            outcomes.append(0)

    threads = [threading.Thread(target=write, args=(str(number),)) for number in range(10, 16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [0, 0, 0, 0, 0, 2]
    assert len(current_lines(store)) == 2


def test_writers_at_once_lose_nothing(store: RevisionStore) -> None:
    threads = [
        threading.Thread(target=put, args=(RevisionStore(store.root), str(number))) for number in range(100, 108)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert current_lines(store) == {line("1"), *(line(str(number)) for number in range(100, 108))}
    assert [entry.seq for entry in store.history()] == list(range(9, 0, -1))


def test_what_apply_raises_is_raised_on_and_changes_nothing(store: RevisionStore) -> None:
    def wrong(path: Path) -> ChangedQuads:
        ox.Store(str(path)).clear()
        raise QuerySyntaxError("no", 1, 2)

    with pytest.raises(QuerySyntaxError):
        store.write(wrong, kind="update", author="")
    assert current_lines(store) == {line("1")}
    assert leftovers(store.root) == []


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("IO error: No space left")])
def test_a_full_disk_is_an_error_of_the_store(store: RevisionStore, error: Exception) -> None:
    def full(_: Path) -> ChangedQuads:
        raise error

    with pytest.raises(StoreError, match=r"No space left.*what was published stays"):
        store.write(full, kind="update", author="")
    assert current_lines(store) == {line("1")}


def test_a_change_that_is_told_wrongly_is_not_published(store: RevisionStore) -> None:
    def lying(path: Path) -> ChangedQuads:
        applying(add=(line("2"),))(path)
        return applying(add=(line("3"), line("1")))(Path(f"{path}-elsewhere"))

    with pytest.raises(StoreError, match=r"names .* wrongly"):
        store.write(lying, kind="update", author="")
    assert current_lines(store) == {line("1")}


def test_a_store_without_any_revision_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(RevisionNotFound):
        put(RevisionStore(tmp_path / "nothing"), "1")


def test_the_hook_is_called_when_only_the_pointer_is_left(store: RevisionStore) -> None:
    seen: list[tuple[str, int, bool]] = []
    before = store.current_id()

    def about_to_commit(_: Publication) -> None:
        (new,) = store.ids() - {before}
        seen.append((store.current_id(), len(list((store.root / "history").iterdir())), store.get(new).path.is_dir()))

    put(store, "2", on_commit=about_to_commit)
    assert seen == [(before, 2, True)]
    put(store, "2", on_commit=about_to_commit)
    assert len(seen) == 1, "nothing is published, so nothing is announced"


def test_a_hook_that_fails_publishes_nothing_and_leaves_nothing(store: RevisionStore) -> None:
    def fail(_: Publication) -> None:
        raise OSError(5, "gone")

    before = store.ids()
    with pytest.raises(StoreError, match="gone"):
        put(store, "2", on_commit=fail)
    assert (store.ids(), current_lines(store), leftovers(store.root)) == (before, {line("1")}, [])
    assert len(list(store.history())) == 1
    assert put(store, "3").seq == 2


class Describer:
    """Counts the quads into the graph of metadata, and keeps what it was told."""

    def __init__(self) -> None:
        self.calls: list[tuple[set[str], frozenset[str]]] = []

    def __call__(self, old: Path, new: Path, change: ChangedQuads) -> None:
        self.calls.append((lines_of(old), change.added))
        store = ox.Store(str(new))
        store.remove_graph(ox.NamedNode(METADATA))
        count = f'<http://e/d> <http://e/n> "{len(store)}" <{METADATA}> .'
        store.load(count.encode(), ox.RdfFormat.N_QUADS)


def test_the_graph_of_metadata_follows_and_does_not_count(tmp_path: Path, store: RevisionStore) -> None:
    describer = Describer()
    done = put(store, "2", describe=describer)
    assert describer.calls == [({line("1")}, frozenset({line("2")}))]
    assert f'<http://e/d> <http://e/n> "2" <{METADATA}> .' in current_lines(store)
    assert done.revision.manifest["triples"] == 2
    assert done.change.added == {line("2")}
    assert done.revision.id == RevisionStore(tmp_path / "other").publish(content("1", "2"), MADE).id


def test_what_is_removed_from_the_graph_of_metadata_is_no_change(store: RevisionStore) -> None:
    first = put(store, "2", describe=Describer())
    done = store.write(dropping(METADATA), kind="update", author="", describe=Describer())
    assert (done.seq, done.change, done.revision.id) == (first.seq, Delta(), first.revision.id)
    assert f'<http://e/d> <http://e/n> "2" <{METADATA}> .' in current_lines(store)


def test_what_is_added_to_the_graph_of_metadata_is_refused(store: RevisionStore) -> None:
    with pytest.raises(QueryRefused, match="graph/metadata"):
        store.write(applying(add=(line("2", METADATA), line("3"))), kind="update", author="")
    assert current_lines(store) == {line("1")}


def test_where_there_is_no_metadata_its_graph_is_one_like_others(tmp_path: Path) -> None:
    store, describer = RevisionStore(tmp_path / "empty"), Describer()
    store.publish((), {**MADE, "triples": 0, "metadata": False})
    done = store.write(applying(add=(line("2", METADATA),)), kind="update", author="", describe=describer)
    assert (done.seq, describer.calls) == (2, [])
    assert done.change == Delta(frozenset({line("2", METADATA)}), created=frozenset({METADATA}))
    assert current_lines(store) == {line("2", METADATA)}
