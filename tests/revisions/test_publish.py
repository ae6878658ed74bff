"""Publishing builds: identity, atomicity, leftovers, and what is said of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.engine import Scope, Survey
from kg.errors import RevisionNotFound, StoreError
from kg.revisions import Revision, RevisionStore, local_author
from kg.revisions.files import sync_tree
from tests.conftest import ROOT
from tests.revisions.helpers import MADE, METADATA, ONE, TWO, content, leftovers, line, lines_of


def test_the_same_content_has_the_same_id_in_any_store(tmp_path: Path) -> None:
    first = RevisionStore(tmp_path / "a").publish(ONE, MADE)
    second = RevisionStore(tmp_path / "b").publish(ONE, {**MADE, "note": "other manifest"})
    assert first.id == second.id
    assert len(first.id) == 16


def test_the_same_content_in_another_order_has_the_same_id(tmp_path: Path) -> None:
    first = RevisionStore(tmp_path / "a").publish(content("1", "2", "3"), MADE)
    second = RevisionStore(tmp_path / "b").publish([*content("3", "1"), *content("2", "1")], MADE)
    assert first.id == second.id


def test_publishing_moves_the_pointer_and_keeps_the_old_revision(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    old = store.publish(ONE, MADE)
    new = store.publish(TWO, MADE, author="ann@example.org", note="why")
    assert store.current().id == new.id != old.id
    assert (tmp_path / "current").read_text() == f"{new.id} 2\n"
    assert store.get(old.id).open().count() == 1
    manifest = json.loads((new.path / "manifest.json").read_text())
    assert (manifest["revision"], manifest["parent"], manifest["author"]) == (new.id, old.id, "ann@example.org")
    assert manifest["hash"]["scheme"] == "adhash-shake256-2048"


def test_the_history_says_who_published_what(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    old = store.publish(content("1", "2"), MADE, author="ann")
    new = store.publish(content("2", "3", "4"), MADE, author="bob", note="为何")
    later, earlier = store.history()
    assert (earlier.seq, earlier.revision, earlier.parent, earlier.author) == (1, old.id, None, "ann")
    assert (earlier.added, earlier.removed, earlier.kind) == (2, 0, "build")
    assert (later.seq, later.revision, later.parent, later.author) == (2, new.id, old.id, "bob")
    assert (later.added, later.removed, later.note) == (2, 1, "为何")


def test_publishing_what_was_published_moves_back(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    first = store.publish(ONE, MADE)
    store.publish(TWO, MADE)
    assert store.publish(ONE, MADE).id == first.id == store.current_id()
    assert len(list((tmp_path / "revisions").iterdir())) == 2
    assert [entry.revision == first.id for entry in store.history()] == [True, False, True]


def test_publishing_the_current_revision_again_only_tells_of_its_new_inputs(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    first = store.publish(ONE, {**MADE, "inputs": {"a": "1"}})
    again = store.publish(ONE, {**MADE, "inputs": {"a": "2"}})
    assert again.id == first.id
    assert (again.manifest["inputs"], again.manifest["published"]) == ({"a": "2"}, first.manifest["published"])
    assert len(list(store.history())) == 1
    assert (tmp_path / "current").read_text() == f"{first.id} 1\n"


def test_the_graph_of_metadata_is_written_and_is_no_part_of_the_id(tmp_path: Path) -> None:
    class Describing:
        scope = Scope(METADATA)

        def __call__(self, store: Path, found: Survey) -> None:
            content = f"<http://e/d> <http://e/p> '{found.counts['triples',]} of {found.quads}' ."
            ox.Store(str(store)).load(content, ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(METADATA))

    plain = RevisionStore(tmp_path / "a").publish(ONE, MADE)
    described = RevisionStore(tmp_path / "b").publish(ONE, MADE, describe=Describing())
    assert described.id == plain.id
    assert lines_of(described.data) - lines_of(plain.data) == {
        f'<http://e/d> <http://e/p> "1 of 1" <{METADATA}> .',
    }
    assert next(RevisionStore(tmp_path / "b").history()).added == 1


def test_a_store_that_has_no_graph_of_metadata_counts_every_graph(tmp_path: Path) -> None:
    graphs = [(METADATA, b"<http://e/d> <http://e/p> <http://e/o> .\n")]
    with_it = RevisionStore(tmp_path / "a").publish([*ONE, *graphs], {**MADE, "metadata": False})
    assert with_it.metadata_graph == ""
    assert with_it.id != RevisionStore(tmp_path / "b").publish(ONE, {**MADE, "metadata": False}).id


def test_a_store_may_begin_empty(tmp_path: Path) -> None:
    revision = RevisionStore(tmp_path).publish((), {**MADE, "triples": 0, "metadata": False})
    assert revision.open().count() == 0
    assert next(RevisionStore(tmp_path).history()).added == 0


def test_a_write_that_fails_leaves_what_was_published(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    before = store.publish(ONE, MADE)

    def broken() -> Iterator[tuple[str, bytes]]:
        yield TWO[0]
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match="No space left"):
        store.publish(broken(), MADE)
    assert store.current_id() == before.id
    assert leftovers(tmp_path) == []
    assert len(store.ids()) == 1


def test_leftovers_of_a_crash_are_swept_by_the_next_write(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    store.publish(ONE, MADE)
    (tmp_path / ".new-crashed").mkdir()
    (tmp_path / ".new-crashed" / "half").write_text("x")
    (tmp_path / ".new-current").write_text("half")
    store.publish(TWO, MADE)
    assert leftovers(tmp_path) == []


def test_an_empty_directory_has_no_revision(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path / "nothing")
    with pytest.raises(RevisionNotFound, match="kg build"):
        store.current()
    assert (list(store.history()), store.ids()) == ([], frozenset())


@pytest.mark.parametrize("wanted", ["0123456789abcdef", "../../etc", "", "x"])
def test_an_id_that_is_none_is_not_found(tmp_path: Path, wanted: str) -> None:
    store = RevisionStore(tmp_path)
    store.publish(ONE, MADE)
    with pytest.raises(RevisionNotFound):
        store.get(wanted)


def test_another_base_iri_is_refused(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    store.publish(ONE, MADE)
    assert store.current("https://example.org/").id
    with pytest.raises(StoreError, match="KG_BASE_IRI"):
        store.current("https://example.com/")


def test_an_author_is_a_user_at_a_host() -> None:
    user, _, host = local_author().partition("@")
    assert user
    assert host


def test_a_revision_says_what_it_holds(tmp_path: Path) -> None:
    assert lines_of(RevisionStore(tmp_path).publish(content("1", "2"), MADE).data) == {line("1"), line("2")}


def test_the_seeds_give_the_recorded_revision_on_any_machine(revision: Revision) -> None:
    """The recorded id travels with the repository, so each machine that runs this holds its own build against it."""
    recorded = (ROOT / "tests" / "data" / "revision.txt").read_text(encoding="ascii").strip()
    assert revision.id == recorded, f"if the data was meant to change, write {revision.id} into tests/data/revision.txt"


def test_what_has_two_names_is_synced_unless_one_is_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, elsewhere = tmp_path / "made", tmp_path / "elsewhere"
    for folder in (made, made / "a", made / "b"):
        folder.mkdir()
    for name in ("own", "twice", "old"):
        (made / "a" / name).write_text(name)
    (made / "b" / "twice").hardlink_to(made / "a" / "twice")
    elsewhere.hardlink_to(made / "a" / "old")
    synced: list[Path] = []
    monkeypatch.setattr("kg.revisions.files.sync", synced.append)
    sync_tree(made)
    assert set(synced) == {made, made / "a", made / "b", made / "a" / "own", made / "a" / "twice", made / "b" / "twice"}
