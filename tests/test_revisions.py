"""Publishing revisions: identity, atomicity, leftovers, errors."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import RevisionNotFound, StoreError
from kg.revisions import Revision, RevisionStore

MADE = {"base_iri": "https://example.org/", "triples": 1}
GRAPH = "http://example.org/graph"
ONE = [(GRAPH, b'<http://example.org/s> <http://example.org/p> "1" .\n')]
TWO = [(GRAPH, b'<http://example.org/s> <http://example.org/p> "2" .\n')]


def test_the_same_content_has_the_same_id_in_any_store(tmp_path: Path) -> None:
    first = RevisionStore(tmp_path / "a").publish(ONE, MADE)
    second = RevisionStore(tmp_path / "b").publish(ONE, {**MADE, "note": "other manifest"})
    assert first.id == second.id
    assert len(first.id) == 16


def test_publishing_moves_the_pointer_and_keeps_the_old_revision(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    old = store.publish(ONE, MADE)
    new = store.publish(TWO, MADE)
    assert store.current().id == new.id != old.id
    assert store.get(old.id).open().count() == 1
    assert json.loads((old.path / "manifest.json").read_text())["revision"] == old.id


def test_publishing_what_was_published_moves_back(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    first = store.publish(ONE, MADE)
    store.publish(TWO, MADE)
    assert store.publish(ONE, MADE).id == first.id == store.current_id()
    assert len(list((tmp_path / "revisions").iterdir())) == 2


def test_a_write_that_fails_leaves_what_was_published(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    before = store.publish(ONE, MADE)

    def broken() -> Iterator[tuple[str, bytes]]:
        yield TWO[0]
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match="No space left"):
        store.publish(broken(), MADE)
    assert store.current_id() == before.id
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".new")] == []


def test_leftovers_of_a_crash_are_swept_by_the_next_write(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    store.publish(ONE, MADE)
    (tmp_path / ".new-crashed").mkdir()
    (tmp_path / ".new-crashed" / "half").write_text("x")
    (tmp_path / ".new-current").write_text("half")
    store.publish(TWO, MADE)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".new")]


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
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".new")]


def test_a_pointer_to_a_revision_that_is_gone_is_an_error(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    store.publish(ONE, MADE)
    (tmp_path / "current").write_text("0123456789abcdef\n")
    with pytest.raises(StoreError, match="current one") as error:
        store.current()
    assert not isinstance(error.value, RevisionNotFound)


def test_an_empty_directory_has_no_revision(tmp_path: Path) -> None:
    with pytest.raises(RevisionNotFound, match="kg build"):
        RevisionStore(tmp_path / "nothing").current()


@pytest.mark.parametrize("pointer", ["", "../../etc", "zzzz", "\ufffd"])
def test_a_pointer_that_names_no_revision_is_an_error(tmp_path: Path, pointer: str) -> None:
    store = RevisionStore(tmp_path)
    store.publish(ONE, MADE)
    (tmp_path / "current").write_text(pointer, encoding="utf-8")
    with pytest.raises(StoreError, match="current"):
        store.current()


def test_another_base_iri_is_refused(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path)
    store.publish(ONE, MADE)
    assert store.current("https://example.org/").id
    with pytest.raises(StoreError, match="KG_BASE_IRI"):
        store.current("https://example.com/")


def test_a_file_where_the_store_should_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("no directory")
    with pytest.raises(StoreError, match="cannot be written"):
        RevisionStore(tmp_path / "store").publish(ONE, MADE)


def test_a_store_that_may_not_be_written_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)  # root may write everywhere, nobody may not
    try:
        with pytest.raises(StoreError, match="cannot be written"):
            RevisionStore(tmp_path / "store").publish(ONE, MADE)
    finally:
        if root:
            os.seteuid(0)


def test_the_seeds_give_the_recorded_revision_on_any_machine(revision: Revision) -> None:
    """The recorded id travels with the repository, so each machine that runs this holds its own build against it."""
    recorded = (Path(__file__).parent / "data" / "revision.txt").read_text(encoding="ascii").strip()
    assert revision.id == recorded, f"if the data was meant to change, write {revision.id} into tests/data/revision.txt"
