"""Kill -9 at random moments of a loop of writes: what was acknowledged is there, nothing is there by half."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.length import is_long
from tests.reliability.asking import ask_small
from tests.reliability.conftest import TOKEN, linux
from tests.reliability.processes import end, settled, tree, zombies
from tests.reliability.serving import Serving, serving
from tests.reliability.wire import Endpoint
from tests.reliability.writing import Ledger, Readers, insert, seen, seen_in, update

LONG = is_long(__name__)

pytestmark = [linux, pytest.mark.xdist_group("crashes")]

ROUNDS = 200 if LONG else 4
SETTINGS = {"KG_WRITE_TOKEN": TOKEN, "KG_LOG": "none", "KG_KEEP_REVISIONS": "4", "KG_EMPTY": "true"}
START_SECONDS = 30.0
"""Within which a server is ready on a machine that does much else; to repair a store would take a build."""


@contextlib.contextmanager
def crashing(store: Path, log: Path) -> Iterator[Serving]:
    """Start a server that is going to be killed."""
    with contextlib.suppress(_Killed), serving(store, log, SETTINGS, seconds=START_SECONDS) as server:
        yield server
        raise _Killed


class _Killed(Exception):
    pass


def test_what_was_acknowledged_outlives_every_kill(
    fresh: Callable[[str], Path], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    store, ledger, readers = fresh("empty"), Ledger(), Readers(2)
    chance = random.Random(20260101)  # the moments differ anyway, with the machine
    starts: list[float] = []
    unacknowledged = 0
    try:
        for number in range(ROUNDS):
            began = time.monotonic()
            with crashing(store, tmp_path / "server.log") as server:
                endpoint = Endpoint(server.port)
                unacknowledged = ledger.compare(*seen(endpoint))
                starts.append(time.monotonic() - began)
                readers.turn_to(endpoint)
                over = threading.Event()
                writer = threading.Thread(target=ledger.write_on, args=(endpoint, over))
                writer.start()
                time.sleep(chance.uniform(0, 3) * ledger.seconds)
                _kill(server, everything=number % 2 == 0)
                readers.turn_to(None)
                over.set()
                writer.join(40)
                assert not writer.is_alive()
            ledger.compare(*seen_in(store))  # as the kill has left it: nothing needs repair before it is read
        with serving(store, tmp_path / "server.log", SETTINGS) as server:
            unacknowledged = ledger.compare(*seen(Endpoint(server.port)))
            assert update(Endpoint(server.port), insert(10**6)).status == 200
    finally:
        readers.stop()
    assert readers.wrong == []
    assert ledger.refused == []
    assert ledger.done >= ROUNDS / 2, "the kills came before any write was done"
    assert [path.name for path in store.iterdir() if path.name.startswith(".new")] == []
    record_property(
        "figure",
        f"{ROUNDS} kills, {ledger.done} writes acknowledged, none lost, none by half, "
        f"{unacknowledged} inserts besides; {readers.looks} looks, none wrong; longest start {max(starts):.1f} s",
    )


def _kill(server: Serving, *, everything: bool) -> None:
    if everything:
        end(server.pid)
    else:
        os.kill(server.pid, signal.SIGKILL)  # its children end with it
    server.process.wait(10)
    assert settled(lambda: tree(server.pid) == set(), 10), "processes outlive their server"


def test_processes_below_the_server_that_are_killed_are_replaced(fresh: Callable[[str], Path], tmp_path: Path) -> None:
    ledger, chance = Ledger(), random.Random(7)
    with serving(fresh("empty"), tmp_path / "server.log", SETTINGS) as server:
        endpoint = Endpoint(server.port)
        assert update(endpoint, insert(next(ledger.numbers))).status == 200
        ledger.acknowledged.add(1)
        ledger.sent.add(1)
        for _ in range(20 if LONG else 3):
            over = threading.Event()
            writer = threading.Thread(target=ledger.write_on, args=(endpoint, over))
            writer.start()
            time.sleep(chance.uniform(0.1, 0.8))
            for pid in sorted(tree(server.pid) - {server.pid}):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.3)
            over.set()
            writer.join(40)
            assert not writer.is_alive()
            assert settled(lambda: ask_small(endpoint).status == 200, 10)
            ledger.compare(*seen(endpoint))
        # A write that was under way is an error for who sent it, and the next one is carried out.
        assert {reply.status for reply in ledger.refused} <= {422, 503}
        ledger.sent.add(10**6)
        assert update(endpoint, insert(10**6)).status == 200
        ledger.compare(*seen(endpoint))
        assert settled(lambda: zombies(server.pid) == 0, 5)
