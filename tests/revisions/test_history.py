"""The way back: roll-back, pruning, what is held by readers, and the entries of the history."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kg.errors import BadParameter, PreconditionFailed, RevisionNotFound, StoreError
from kg.revisions import RevisionStore
from tests.conftest import ROOT
from tests.revisions.helpers import MADE, ONE, content, copied, current_lines, leftovers, line, put, unwritable


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build, and four writes on it."""
    store = RevisionStore(tmp_path_factory.mktemp("template"))
    store.publish(ONE, MADE)
    for value in "2345":
        put(store, value)
    return store.root


@pytest.fixture
def store(template: Path, tmp_path: Path) -> RevisionStore:
    return copied(template, tmp_path)


def published(store: RevisionStore) -> list[str]:
    """Return the ids of the publications, oldest first."""
    return [entry.revision for entry in store.history()][::-1]


def test_rollback_makes_an_earlier_revision_the_current_one(store: RevisionStore) -> None:
    first, second, *_, last = published(store)
    entry = store.rollback(second, author="ann", note="oops")
    assert (entry.seq, entry.revision, entry.parent, entry.kind) == (6, second, last, "rollback")
    assert (entry.author, entry.note, entry.added, entry.removed) == ("ann", "oops", 0, 3)
    assert next(store.history()) == entry
    assert current_lines(store) == {line("1"), line("2")}
    assert store.rollback(last, author="ann").added == 3
    assert store.rollback(first, author="ann").removed == 4


def test_a_write_after_a_rollback_stands_on_the_earlier_revision(store: RevisionStore) -> None:
    first = published(store)[0]
    store.rollback(first, author="")
    done = put(store, "9")
    assert (done.revision.manifest["parent"], done.seq) == (first, 7)
    assert current_lines(store) == {line("1"), line("9")}


def test_rollback_to_what_is_not_here_changes_nothing(store: RevisionStore) -> None:
    before = store.current_id()
    for wanted in ("0123456789abcdef", "nonsense"):
        with pytest.raises(RevisionNotFound):
            store.rollback(wanted, author="")
    assert store.current_id() == before
    assert len(published(store)) == 5


def test_rollback_to_a_damaged_revision_is_refused(store: RevisionStore) -> None:
    first = store.get(published(store)[0])
    (first.data / "CURRENT").unlink()
    with pytest.raises(StoreError, match="cannot be opened"):
        store.rollback(first.id, author="")
    assert current_lines(store) == {line(value) for value in "12345"}


def test_rollback_with_an_expectation(store: RevisionStore) -> None:
    first, *_, last = published(store)
    with pytest.raises(PreconditionFailed) as error:
        store.rollback(first, author="", expected=(first,))
    assert error.value.current == last
    assert store.rollback(first, author="", expected=(last,)).revision == first


def test_prune_keeps_the_newest_and_the_history(store: RevisionStore) -> None:
    first, second, third, fourth, last = published(store)
    assert sorted(store.prune(2)) == sorted([first, second, third])
    assert store.ids() == {fourth, last}
    assert published(store) == [first, second, third, fourth, last]
    assert current_lines(store) == {line(value) for value in "12345"}
    assert leftovers(store.root) == []
    assert store.prune(2) == []


def test_prune_goes_by_the_last_publication_and_never_takes_the_current_one(store: RevisionStore) -> None:
    first, *_, last = published(store)
    store.rollback(first, author="")
    store.prune(2)
    assert store.ids() == {first, last}
    store.prune(1)
    assert store.ids() == {first}
    store.prune(0)
    assert store.ids() == {first}


def test_a_revision_that_is_open_is_not_pruned(store: RevisionStore) -> None:
    first, second, *_, last = published(store)
    engine = store.get(first).open(in_memory_up_to=0)
    assert first not in store.prune(1)
    assert store.ids() == {first, last}
    assert len(engine.select("SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }")) == 1
    del engine
    assert store.prune(1) == [first]
    with pytest.raises(RevisionNotFound):
        store.get(second)


def test_a_revision_that_another_process_has_open_is_not_pruned_until_that_is_gone(store: RevisionStore) -> None:
    first, *_ = published(store)
    program = (
        "import sys, pathlib; from kg.revisions import RevisionStore\n"
        "engine = RevisionStore(pathlib.Path(sys.argv[1])).get(sys.argv[2]).open(in_memory_up_to=0)\n"
        "print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(store.root), first]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "open\n"
        assert first not in store.prune(1)
        reader.send_signal(signal.SIGKILL)
        reader.wait()
    assert store.prune(1) == [first]


def test_publishing_prunes_beyond_what_is_kept(tmp_path: Path) -> None:
    store = RevisionStore(tmp_path, keep=3)
    store.publish(ONE, MADE)
    for value in "23456":
        put(store, value)
    assert store.ids() == set(published(store)[-3:])
    assert len(published(store)) == 6
    put(RevisionStore(tmp_path, keep=0), "7")
    assert len(store.ids()) == 4


def test_a_publication_stands_where_pruning_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = RevisionStore(tmp_path, keep=1)
    store.publish(ONE, MADE)

    def failing(*_: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("kg.revisions.store.remove_unless_held", failing)
    with caplog.at_level(logging.WARNING):
        done = put(store, "2")
    assert store.current_id() == done.revision.id
    assert len(store.ids()) == 2
    assert "old revisions" in caplog.text
    assert "Permission denied" in caplog.text


def test_prune_goes_on_where_an_entry_of_the_history_is_damaged(store: RevisionStore) -> None:
    (store.root / "history" / "000000004.json").write_text("{}")
    with pytest.raises(StoreError, match=r"000000004\.json"):
        list(store.history())
    assert len(store.prune(2)) == 3


@pytest.mark.parametrize(
    "damage",
    [
        {"seq": 4},
        {"kind": "magic"},
        {"revision": "../../etc"},
    ],
)
def test_an_entry_that_this_program_did_not_write_is_an_error(store: RevisionStore, damage: dict[str, object]) -> None:
    path = store.root / "history" / "000000005.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **damage}))
    with pytest.raises(StoreError, match="not an entry"):
        next(store.history())


def test_an_entry_that_was_never_published_is_none_and_is_overwritten(store: RevisionStore) -> None:
    path = store.root / "history" / "000000006.json"
    path.write_text("half an en")
    assert len(published(store)) == 5
    done = put(store, "6")
    assert (done.seq, json.loads(path.read_text())["revision"]) == (6, done.revision.id)


def test_an_id_may_be_given_by_its_first_characters(store: RevisionStore) -> None:
    known = sorted(store.ids())
    assert store.resolve(known[0]) == known[0]
    shortest = next(size for size in range(1, 16) if len({name[:size] for name in known}) == len(known))
    assert [store.resolve(name[:shortest].upper()) for name in known] == known
    for missing in ("", "0123456789abcdef", "zz"):
        with pytest.raises(RevisionNotFound):
            store.resolve(missing)


def test_first_characters_that_several_have_are_refused(store: RevisionStore) -> None:
    revisions = store.root / "revisions"
    for name in ("aaaa000000000000", "aaaa111111111111"):
        (revisions / name).mkdir()
    with pytest.raises(BadParameter, match="aaaa000000000000 or aaaa111111111111"):
        store.resolve("aaaa")


def test_a_store_that_may_only_be_read_is_read_whole() -> None:
    with TemporaryDirectory() as folder:  # outside `tmp_path`, which others than its owner may not enter
        Path(folder).chmod(0o755)
        store = RevisionStore(Path(folder) / "store")
        first = store.publish(ONE, MADE).id
        put(store, "2")
        with unwritable(*(path for path in (store.root, *store.root.rglob("*")) if path.is_dir())):
            assert store.current().open(in_memory_up_to=0).count() == 2
            assert store.current().open().count() == 2
            assert store.difference(first, store.current_id()).added == {line("2")}
            assert len(list(store.history())) == 2
            for action in (
                lambda: put(store, "3"),
                lambda: store.publish(content("3"), MADE),
                lambda: store.rollback(first, author=""),
                lambda: store.prune(1),
            ):
                with pytest.raises(StoreError, match=r"cannot be written.*stays published"):
                    action()
        assert current_lines(store) == {line("1"), line("2")}
        assert put(store, "3").seq == 3
