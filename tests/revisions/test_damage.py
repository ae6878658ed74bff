"""Stores that are damaged, may not be written, or come from an earlier version of this program."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kg.errors import RevisionNotFound, StoreError
from kg.revisions import RevisionStore
from tests.revisions.helpers import (
    MADE,
    ONE,
    TWO,
    as_one_who_may_not_write,
    current_lines,
    leftovers,
    line,
    put,
)


def test_a_revision_directory_without_manifest_is_written_again(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    revision = store.publish(ONE, MADE)
    (revision.path / "manifest.json").unlink()
    assert store.publish(ONE, MADE).open().count() == 1


DAMAGE = ["", "[]", "5", "null", "{}", '{"base_iri": 5}', '{"base_iri": "https://example.org/", "triples": "x"}']


@pytest.mark.parametrize("manifest", DAMAGE)
def test_a_damaged_manifest_is_an_error_and_the_next_build_mends_it(tmp_path: Path, manifest: str) -> None:
    store = RevisionStore(tmp_path)
    revision = store.publish(ONE, MADE)
    (revision.path / "manifest.json").write_text(manifest)
    with pytest.raises(StoreError, match="kg build"):
        store.current()
    assert store.publish(ONE, MADE).id == revision.id
    assert store.current().manifest["triples"] == 1


@pytest.mark.parametrize(
    "kept", ["nothing", {"scheme": "other"}, {"scheme": "adhash-shake256-2048", "ground": "x"}, {}]
)
def test_a_hash_that_cannot_be_read_is_made_anew(tmp_path: Path, kept: object) -> None:
    store = RevisionStore(tmp_path / "a")
    revision = store.publish(ONE, MADE)
    path = revision.path / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "hash": kept}))
    other = RevisionStore(tmp_path / "b")
    other.publish(ONE, MADE)
    assert put(store, "2").revision.id == put(other, "2").revision.id


def test_damaged_triples_are_written_anew_by_the_next_build(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    revision = store.publish(ONE, MADE)
    tables = list((revision.path / "oxigraph").glob("*.sst"))
    assert tables
    for table in tables:
        table.write_bytes(b"")
    with pytest.raises(StoreError):
        revision.open()
    assert store.publish(ONE, MADE).open().count() == 1
    assert leftovers(tmp_path) == []


def test_a_pointer_to_a_revision_that_is_gone_is_an_error_that_the_next_build_mends(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    first = store.publish(ONE, MADE)
    (tmp_path / "current").write_text("0123456789abcdef 1\n")
    with pytest.raises(StoreError, match=r"current one.*kg build") as error:
        store.current()
    assert not isinstance(error.value, RevisionNotFound)
    with pytest.raises(StoreError, match="kg build"):
        put(store, "2")
    assert store.publish(ONE, MADE).id == first.id == store.current_id()
    entry = next(store.history())
    assert (entry.seq, entry.parent, entry.added) == (2, "0123456789abcdef", None)


@pytest.mark.parametrize("pointer", ["", "../../etc", "zzzz", "\ufffd", "0123456789abcdef x", "0123456789abcdef 1 2"])
def test_a_pointer_that_names_no_revision_is_an_error_that_the_next_build_mends(tmp_path: Path, pointer: str) -> None:
    store = RevisionStore(tmp_path)
    first = store.publish(ONE, MADE)
    (tmp_path / "current").write_text(pointer, encoding="utf-8")
    for action in (store.current, lambda: list(store.history()), lambda: put(store, "2")):
        with pytest.raises(StoreError, match="current"):
            action()
    assert store.publish(ONE, MADE).id == first.id
    assert [entry.seq for entry in store.history()] == [2, 1]


def test_a_directory_where_the_pointer_should_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "current").mkdir()
    with pytest.raises(StoreError, match="is a directory"):
        RevisionStore(tmp_path).publish(ONE, MADE)


def test_a_file_where_the_store_should_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("no directory")
    with pytest.raises(StoreError, match="cannot be written"):
        RevisionStore(tmp_path / "store").publish(ONE, MADE)


def test_a_store_that_may_not_be_made_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with as_one_who_may_not_write(), pytest.raises(StoreError, match="cannot be written"):
        RevisionStore(tmp_path / "store").publish(ONE, MADE)


def earlier(tmp_path: Path) -> RevisionStore:
    """Return a store as the first version of this program left it: no history, no hash, an id of another kind."""
    store = RevisionStore(tmp_path)
    revision = store.publish(ONE, MADE)
    manifest = json.loads((revision.path / "manifest.json").read_text())
    old = {name: manifest[name] for name in ("base_iri", "triples", "published")} | {"revision": "00000000000000aa"}
    (revision.path / "manifest.json").write_text(json.dumps(old))
    revision.path.rename(revision.path.with_name("00000000000000aa"))
    shutil.rmtree(tmp_path / "history")
    (tmp_path / "current").write_text("00000000000000aa\n")
    return store


def test_a_store_of_the_earlier_layout_is_read(tmp_path: Path) -> None:
    store = earlier(tmp_path)
    assert store.current("https://example.org/").open().count() == 1
    assert list(store.history()) == []


def test_a_store_of_the_earlier_layout_is_written_and_gone_back_to(tmp_path: Path) -> None:
    store = earlier(tmp_path)
    done = put(store, "2")
    other = RevisionStore(tmp_path / "other")
    other.publish(ONE, MADE)
    assert done.revision.id == put(other, "2").revision.id
    assert (done.seq, next(store.history()).parent) == (1, "00000000000000aa")
    assert store.difference("00000000000000aa", done.revision.id).added == {line("2")}
    assert store.rollback("00000000000000aa", author="").removed == 1
    assert current_lines(store) == {line("1")}


def test_a_build_into_a_store_of_the_earlier_layout_begins_a_history(tmp_path: Path) -> None:
    store = earlier(tmp_path)
    new = store.publish(TWO, MADE)
    (entry,) = store.history()
    assert (entry.seq, entry.revision, entry.parent) == (1, new.id, "00000000000000aa")
    assert (entry.added, entry.removed) == (1, 1)
    assert store.prune(1) == ["00000000000000aa"]
