"""Two who moved the pointer in the same moment, as a service may let them: one of them has not."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from kg.engine.remote import control as module
from kg.engine.remote.control import Control, Pointed
from kg.revisions import Publication, RemoteRevisionStore
from tests.conftest import Placed
from tests.remote.oxigraph.test_publishing import MADE, ONE


class Clock:
    """Has something happen while somebody waits."""

    def __init__(self, happens: Any) -> None:
        self.happens = happens
        self.monotonic = time.monotonic

    def sleep(self, _: float) -> None:
        self.happens()


def entry_of(seq: int, revision: str, author: str) -> dict[str, Any]:
    made = Publication(seq, revision, None, "2026-01-01T00:00:00+00:00", author, "", "build", 1, 0)
    return {name: getattr(made, name) for name in Publication.__slots__}


def test_who_is_chosen_stays(placed: Placed, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_settled("b" * 12, "a" * 12, True, placed, monkeypatch)


def test_who_is_not_chosen_takes_its_own_back(placed: Placed, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_settled("a" * 12, "b" * 12, False, placed, monkeypatch)


def assert_settled(mine: str, rival: str, wins: bool, placed: Placed, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RemoteRevisionStore(placed("settling"))
    store.publish([("urn:g:a", ONE)], MADE)
    control: Control = store.reader.control
    before = control.pointed()
    assert before is not None
    entries = {name: entry_of(2, name[0] * 16, name) for name in (mine, rival)}
    after = {name: Pointed(2, name[0] * 16, name) for name in (mine, rival)}
    update = control.update
    late: list[str] = []

    def both(text: str, *args: Any) -> None:
        """Let the update of the rival find the pointer where it was, too, and end later."""
        if "WHERE" in text and not late:
            theirs = text.replace(mine[0] * 16, rival[0] * 16).replace(mine, rival)
            late.append(theirs.partition("WHERE")[0])
            update(text, *args)
        else:
            update(text, *args)

    def rival_ends() -> None:
        inserted = late[0].partition("INSERT")[2].strip()
        update(f"INSERT DATA {inserted}")

    monkeypatch.setattr(control, "update", both)
    monkeypatch.setattr(module, "time", Clock(rival_ends))
    assert control.move(before, after[mine], entries[mine]) is wins
    winner = mine if wins else rival
    assert control.pointed() == after[winner]
    seen = [each["author"] for each in control.publications(1)]
    assert winner in seen
    assert wins or mine not in seen, "what has lost is not in the history"
    rivals = [pointed for pointed in control._pointers(None) if pointed.seq == 2]
    assert len(rivals) == (2 if wins else 1), "the other one takes its own back"
    assert replace(after[winner]) in rivals
