"""What takes long yields, by the processor time that it has had; and its worker is as good as new afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import LimitExceeded, QueryTimeout
from kg.workers import demotion
from kg.workers.clocks import clock_of, time_of
from kg.workers.pool import SPARE
from tests.workers.conftest import Asking, Run
from tests.workers.test_confine import run as run_alone
from tests.workers.test_pool import HEAVY, SORT, children, rows

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="scheduling classes of threads are Linux'")

LONG = """SELECT (COUNT(*) AS ?n) {
  ?a <urn:p0> ?c . ?d <urn:p1> ?f . VALUES ?x { 1 2 3 } FILTER(CONCAT(STR(?c), STR(?f)) != 'x') }"""
"""Takes two tenths of a second, which is longer than the share that it has here."""


@pytest.fixture(autouse=True)
def _share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demotion, "DEMOTE_AFTER", 0.05)


def classes(pid: int) -> dict[int, int]:
    """Return the scheduling classes of the threads of a process."""
    found = {}
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ends just now
        for task in Path(f"/proc/{pid}/task").iterdir():
            found[int(task.name)] = os.sched_getscheduler(int(task.name))
    return found


async def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


async def started(asking: Asking) -> set[int]:
    """Return the processes of all workers: one that has answered, and those that are spare."""
    await asking.ask("ASK {}")
    await until(lambda: len(children(asking.nursery.pid or 0)) == SPARE + 1)
    return set(children(asking.nursery.pid or 0))


def idle_ones(asking: Asking) -> list[int]:
    """Return the processes that have a thread of the lowest class."""
    return [pid for pid in children(asking.nursery.pid or 0) if os.SCHED_IDLE in classes(pid).values()]


def test_a_long_query_yields_and_its_worker_goes_on(run: Run) -> None:
    async def test(asking: Asking) -> None:
        workers = await started(asking)
        for _ in range(3):
            task = asyncio.create_task(asking.ask(LONG))
            await until(lambda: bool(idle_ones(asking)))
            (pid,) = idle_ones(asking)
            assert pid in workers, "another worker was started"
            assert asking.pool.counts()["demoted"] == 1
            assert classes(pid)[pid] == os.SCHED_OTHER, "what starts the next thread would be held back as well"
            assert len(rows(await task)) == 1
            await until(lambda: asking.pool.counts()["demoted"] == 0)
            assert idle_ones(asking) == [], "the next query would be held back for the last one"
            assert (await asking.ask("ASK {}")).kind == "boolean"
            assert asking.nursery.busy == set()
        assert set(children(asking.nursery.pid or 0)) == workers

    run(test)


def test_who_does_not_get_the_processor_does_not_yield(run: Run) -> None:
    async def test(asking: Asking) -> None:
        await asking.ask("ASK {}")
        task = asyncio.create_task(asking.ask(HEAVY, seconds=3))
        await until(lambda: bool(asking.nursery.busy))
        workers, began = children(asking.nursery.pid or 0), time.monotonic()
        try:
            for pid in workers:
                os.kill(pid, signal.SIGSTOP)
            while time.monotonic() < began + 1:
                assert (asking.pool.counts()["busy"], asking.pool.counts()["demoted"]) == (1, 0)
                await asyncio.sleep(0.05)
        finally:
            for pid in workers:
                os.kill(pid, signal.SIGCONT)
        await until(lambda: asking.pool.counts()["demoted"] == 1)
        with pytest.raises(QueryTimeout):
            await task

    run(test)


def test_a_worker_that_may_be_held_back_yet_is_not_used_again(run: Run) -> None:
    async def test(asking: Asking) -> None:
        await asking.ask("ASK {}")
        task = asyncio.create_task(asking.ask(LONG))
        await until(lambda: asking.pool.counts()["busy"] == 1)
        (worker,) = asking.nursery.busy
        os.kill(asking.nursery.pid or 0, signal.SIGSTOP)  # the order to demote waits
        try:
            assert len(rows(await task)) == 1
            assert worker.demoted
            assert worker not in asking.nursery.idle
        finally:
            os.kill(asking.nursery.pid or 0, signal.SIGCONT)
        assert len(rows(await asking.ask("SELECT * { ?s ?p ?o } LIMIT 2"))) == 2

    run(test)


def test_limits_hold_for_a_worker_that_went_on(run: Run) -> None:
    async def test(asking: Asking) -> None:
        workers = await started(asking)
        await asking.ask(LONG)
        await until(lambda: asking.pool.counts()["demoted"] == 0)
        assert set(children(asking.nursery.pid or 0)) == workers
        with pytest.raises(LimitExceeded) as raised:
            await asking.ask(SORT)
        assert raised.value.name == "memory"
        assert len(rows(await asking.ask("SELECT * { ?s ?p ?o } LIMIT 2"))) == 2

    run(test)


RENEWING = """
import os, socket, threading
from kg.workers.confine import forbid_sockets, limit_memory
from kg.workers.messages import Message, pack, receive
from kg.workers.renewing import AGAIN, Renewing, is_demoted

STACK = 64 << 20
ours, theirs = socket.socketpair()
def answer(message):
    number = message.head["n"]
    assert not is_demoted()
    try:
        socket.socket()
    except PermissionError:
        print("refused", number)
    bytearray(STACK // 4)
    if number == {last}:
        {end}
    if number % 2:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    theirs.sendall(pack({{"answered": number}}))

def ask():
    for number in range(1, 11):
        assert receive(ours).head == {{"answered": number - 1}}
        if number % 3:
            ours.sendall(pack(AGAIN))
            assert receive(ours).head == {{}}
        if number < 10:
            ours.sendall(pack({{"n": number}}))
    ours.close()

threading.Thread(target=ask, daemon=True).start()
forbid_sockets()
threading.stack_size(STACK)
limit_memory(STACK + STACK // 2)
Renewing(theirs, answer).run(Message({{"n": 0}}))
print("over")
"""


@pytest.mark.parametrize(("last", "end", "count"), [(99, "pass", 10), (4, "raise ValueError('a mistake')", 5)])
def test_another_thread_takes_the_place_of_one_that_was_demoted(last: int, end: str, count: int) -> None:
    """Without sockets and within the same memory; where one fails, no other one answers."""
    done = run_alone(RENEWING.format(last=last, end=end))
    assert done.stdout.splitlines() == [*(f"refused {number}" for number in range(count)), "over"], done.stderr
    assert ("a mistake" in done.stderr) == (last == 4)


def test_the_time_of_another_process_is_told() -> None:
    assert time_of(None) is None
    clock = clock_of(os.getpid())
    before, own = time_of(clock), time.process_time()
    assert before is not None
    assert abs(before - own) < 0.1
    while time.process_time() < own + 0.05:
        pass
    assert 0.04 < (time_of(clock) or 0) - before < 1
    gone = os.fork()
    if gone == 0:
        os._exit(0)
    of_gone = clock_of(gone)
    os.waitpid(gone, 0)
    assert clock_of(gone) is None
    assert time_of(of_gone) is None
