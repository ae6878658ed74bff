"""Killed at every step of a write, a store is what it was before or what it was to become, and needs no repair."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.revisions import RevisionStore
from tests.conftest import ROOT
from tests.revisions.helpers import MADE, ONE, current_lines, leftovers, line, put

Crash = Callable[[str, int, str], int]
NEVER = 1_000_000


@pytest.fixture
def store(tmp_path: Path) -> RevisionStore:
    store = RevisionStore(tmp_path / "store", keep=2)
    store.publish(ONE, MADE)
    put(store, "2")
    return store


@pytest.fixture
def crash(store: RevisionStore) -> Iterator[Crash]:
    """Run one write in a process of its own, killed at a step, and return its exit code."""
    command = [sys.executable, "-m", "tests.revisions.crashing", str(store.root)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        sent, received = process.stdin, process.stdout

        def run(action: str, step: int, value: str) -> int:
            sent.write(f"{action} {step} {value}\n")
            sent.flush()
            return int(received.readline())

        yield run
        sent.close()


@pytest.mark.parametrize("action", ["update", "publish", "rollback"])
def test_killed_at_any_step_the_store_is_as_before_or_as_after(store: RevisionStore, crash: Crash, action: str) -> None:
    seq, lines, killed, outcomes = 2, current_lines(store), 0, set()
    for step in range(NEVER):
        code = crash(action, step, f"new{step}")
        added = {"update": lines | {line(f"new{step}")}, "publish": {line(f"new{step}")}, "rollback": {line("1")}}
        entry, found = next(store.history()), current_lines(store)
        assert entry.revision == store.current_id()
        assert (entry.seq, found) in [(seq, lines), (seq + 1, added[action])], f"after step {step}"
        outcomes.add((code, entry.seq - seq))
        seq, lines = entry.seq, found
        if code == 0:
            break
        assert code == -signal.SIGKILL
        killed += 1
    assert killed >= (15 if action != "rollback" else 8)
    assert outcomes == {(-signal.SIGKILL, 0), (-signal.SIGKILL, 1), (0, 1)}, "what was told as done is done"
    assert leftovers(store.root) == []
    assert len(store.ids()) <= 3
    last = put(store, "last")
    assert current_lines(store) == lines | {line("last")}
    assert [item.seq for item in store.history()] == list(range(last.seq, 0, -1))


def test_killed_before_the_pointer_moves_nothing_is_published_and_the_next_write_sweeps(
    store: RevisionStore, crash: Crash
) -> None:
    before, ids = store.current_id(), store.ids()
    assert crash("commit", NEVER, "3") == 9
    assert store.current_id() == before
    (orphan,) = store.ids() - ids
    assert len(list(store.history())) == 2
    assert put(store, "4").seq == 3
    assert orphan not in store.ids()
    assert leftovers(store.root) == []
    assert put(store, "3").revision.open().count() == 4


def test_killed_before_the_pointer_moves_the_same_write_succeeds_the_next_time(
    store: RevisionStore, crash: Crash
) -> None:
    assert crash("commit", NEVER, "3") == 9
    assert crash("update", NEVER, "3") == 0
    assert current_lines(store) == {line("1"), line("2"), line("3")}


def test_a_writer_that_was_killed_holds_no_lock(store: RevisionStore, crash: Crash) -> None:
    assert crash("update", 4, "3") == -signal.SIGKILL
    assert leftovers(store.root) != []
    assert put(store, "3").seq == 3
