"""Queries in worker processes: answers, limits that hold, and workers that are replaced."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from kg.engine import QueryRequest, ResultFormat
from kg.engine.admission import Policy
from kg.errors import (
    LimitExceeded,
    NoRoom,
    Overloaded,
    QueryError,
    QuerySyntaxError,
    QueryTimeout,
    ServiceRefused,
    StoreError,
    Unsortable,
)
from kg.workers import pool
from kg.workers.pool import SPARE, Answered, Called, Limits, Spooled, WorkerPool
from kg.workers.worker import Worker
from tests.conftest import ROOT
from tests.engine.mixed import MIXED
from tests.workers.conftest import COUNT, Asking, Run

HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PATHS = f"SELECT (COUNT(*) AS ?n) {{ ?s {'/'.join(['(<urn:p0>|!<urn:p0>)*'] * 3)} ?o . ?a ?b ?c . ?d ?e ?f }}"
SORT = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f"


def content(answer: Answered) -> bytes:
    if answer.descriptor < 0:
        return answer.content
    try:
        return os.pread(answer.descriptor, answer.size + 1, 0)
    finally:
        answer.close()


def rows(answer: Answered) -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = json.loads(content(answer))["results"]["bindings"]
    return found


def test_answers_small_and_large_ones(run: Run) -> None:
    async def test(asking: Asking) -> None:
        answer = await asking.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        assert rows(answer)[0]["n"]["value"] == str(COUNT)
        large = await asking.ask("SELECT * { ?s ?p ?o } ORDER BY ?o")
        assert large.descriptor >= 0
        assert large.rows == COUNT
        assert len(rows(large)) == COUNT
        graph = await asking.ask("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3")
        assert graph.kind == "graph"
        assert content(graph).count(b" .\n") == 3
        assert json.loads(content(await asking.ask("ASK { <urn:nothing> ?p ?o }"))) == {"head": {}, "boolean": False}

    run(test)


def test_deadline_holds_and_the_next_query_is_answered(run: Run) -> None:
    async def test(asking: Asking) -> None:
        for text in (
            HEAVY,
            "SELECT (COUNT(*) AS ?n) { ?s (<urn:p0>|!<urn:p0>)*/^(<urn:p0>|!<urn:p0>)* ?o . ?a ?b ?c . ?d ?e ?f }",
        ):
            began = time.monotonic()
            with pytest.raises(QueryTimeout) as raised:
                await asking.ask(text, seconds=0.5)
            assert time.monotonic() - began < 1.5
            assert raised.value.limit == {"name": "time", "value": 0.5, "unit": "seconds"}
            assert len(rows(await asking.ask("SELECT * { ?s ?p ?o } LIMIT 2"))) == 2

    run(test)


def test_memory_limit_holds(run: Run) -> None:
    async def test(asking: Asking) -> None:
        with pytest.raises(LimitExceeded) as raised:
            await asking.ask(SORT)
        assert raised.value.name == "memory"
        assert asking.pool.killed["memory"] == 1
        assert len(rows(await asking.ask("SELECT * { ?s ?p ?o } LIMIT 2"))) == 2

    run(test)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SELECT * { ?s ?p ?o . ?a ?b ?c }", "rows"),
        ('SELECT ("' + "x" * 2000 + '" AS ?x) { ?s ?p ?o . ?a ?b ?c } LIMIT 9000', "bytes"),
        ("CONSTRUCT { ?s ?p ?c } WHERE { ?s ?p ?o . ?a ?b ?c }", "rows"),
    ],
)
def test_answers_that_are_too_large_are_errors(run: Run, text: str, name: str) -> None:
    async def test(asking: Asking) -> None:
        with pytest.raises(LimitExceeded) as raised:
            await asking.ask(text)
        assert raised.value.name == name

    run(test)


def test_deep_texts_end_a_worker_and_nothing_else(run: Run) -> None:
    async def test(asking: Asking) -> None:
        with pytest.raises(LimitExceeded) as raised:
            await asking.ask("SELECT * " + "{" * 150_000 + "}" * 150_000)
        assert raised.value.name in {"complexity", "memory", "time"}
        assert len(rows(await asking.ask("SELECT * { ?s ?p ?o } LIMIT 2"))) == 2

    run(test)


@pytest.mark.usefixtures("fork_server")
def test_values_without_an_order_are_no_limit_of_the_query(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUST_BACKTRACE", "full")

    async def test(asking: Asking) -> None:
        with pytest.raises(Unsortable, match="numbers beside texts"):
            await asking.ask(f"SELECT ?o {{ VALUES ?o {{ {MIXED} }} }} ORDER BY ?o")
        assert asking.pool.killed == {"sorting": 1}
        assert len(rows(await asking.ask(f"SELECT ?o {{ VALUES ?o {{ {MIXED} }} }} ORDER BY STR(?o)"))) == 30

    run(test)


def test_syntax_errors_keep_their_position(run: Run) -> None:
    async def test(asking: Asking) -> None:
        with pytest.raises(QuerySyntaxError) as raised:
            await asking.ask("SELECT * {\n ?s ?p }")
        assert raised.value.line == 2
        assert asking.pool.counts()["idle"] >= 1

    run(test)


def test_a_client_that_goes_away_stops_its_query(run: Run) -> None:
    async def test(asking: Asking) -> None:
        await asking.ask("ASK {}")
        task = asyncio.create_task(asking.ask(HEAVY))
        await asyncio.sleep(0.3)
        assert asking.pool.counts()["busy"] + asking.pool.counts()["demoted"] == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asking.pool.killed["cancelled"] == 1
        assert asking.pool.counts()["busy"] + asking.pool.counts()["demoted"] == 0
        assert asking.pool.gate.inside == 0

    run(test)


def test_one_client_cannot_take_all_workers(run: Run) -> None:
    async def test(asking: Asking) -> None:
        hostile = [asyncio.create_task(asking.ask(HEAVY, client="hostile", seconds=2)) for _ in range(8)]
        await asyncio.sleep(0.2)
        began = time.monotonic()
        assert len(rows(await asking.ask("SELECT * { ?s ?p ?o } LIMIT 2", client="stranger"))) == 2
        assert time.monotonic() - began < 1
        ends = await asyncio.gather(*hostile, return_exceptions=True)
        assert {type(end) for end in ends} <= {QueryTimeout, Overloaded}

    run(test)


def test_workers_that_are_killed_from_outside_are_replaced(run: Run) -> None:
    async def test(asking: Asking) -> None:
        task = asyncio.create_task(asking.ask(HEAVY))
        await asyncio.sleep(0.4)
        assert asking.nursery.pid is not None
        for pid in children(asking.nursery.pid):
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(QueryError):
            await task
        assert len(rows(await asking.ask("SELECT * { ?s ?p ?o } LIMIT 2"))) == 2

    run(test)


def test_an_idle_worker_that_ends_as_it_is_asked_is_no_limit_of_the_query(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(asking: Asking) -> None:
        await asking.ask("ASK {}")
        monkeypatch.setattr(Worker, "living", True)  # as if they ended between the look and the question
        for pid in children(asking.nursery.pid or 0):
            os.kill(pid, signal.SIGKILL)
        assert len(rows(await asking.ask("SELECT * { ?s ?p ?o } LIMIT 2"))) == 2

    run(test)


def test_a_zygote_that_is_killed_is_started_again(run: Run) -> None:
    async def test(asking: Asking) -> None:
        await asking.ask("ASK {}")
        assert asking.nursery.pid is not None
        os.kill(asking.nursery.pid, signal.SIGKILL)
        await asyncio.sleep(0.3)
        assert json.loads(content(await asking.ask("ASK {}")))["boolean"] is True

    run(test)


def test_no_process_is_left(run: Run) -> None:
    seen: list[int] = []

    async def test(asking: Asking) -> None:
        await asking.ask("ASK {}")
        assert asking.nursery.pid is not None
        seen.extend([asking.nursery.pid, *children(asking.nursery.pid)])

    run(test)
    assert len(seen) >= 2
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{pid}").exists() for pid in seen) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in seen if Path(f"/proc/{pid}").exists()] == []


def test_workers_reach_no_server(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"

        text = f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"

        async def test(asking: Asking) -> None:
            with pytest.raises(ServiceRefused):
                await asking.ask(text)
            allowing = Policy(allows=lambda _: True, allowed=("http://127.0.0.1",))
            arguments = (QueryRequest(text), ResultFormat.JSON, None)
            found = await asking.pool.answer(asking.nursery, *arguments, client="a", policy=allowing)
            assert isinstance(found, Called), "the worker leaves that to the server"
            assert [call.iri for call in found.calls] == [address]

        run(test)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_store_that_is_none_is_an_error(tmp_path: Path) -> None:
    async def test() -> None:
        pool = WorkerPool(Limits())
        nursery = pool.nursery(tmp_path / "nothing", union=True, in_memory_up_to=10)
        try:
            with pytest.raises(StoreError):
                await Asking(pool, nursery).ask("ASK {}")
            assert pool.gate.inside == 0
        finally:
            pool.close()

    asyncio.run(test())


def children(pid: int) -> list[int]:
    return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def busy(pid: int) -> bool:
    """Whether a process has computed for a tenth of a second already."""
    user = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[11]
    return int(user) >= os.sysconf("SC_CLK_TCK") / 10


def test_an_answer_has_nothing_of_one_that_was_too_large(run: Run) -> None:
    """A worker that has written to its file before a limit stopped it must not write to that file again."""

    async def test(asking: Asking) -> None:
        for _ in range(3):
            with pytest.raises(LimitExceeded):
                await asking.ask("SELECT * { ?s ?p ?o . ?a ?b ?c } LIMIT 10500")
            large = await asking.ask("SELECT * { ?s ?p ?o }")
            assert large.descriptor >= 0
            assert len(rows(large)) == COUNT

    run(test)


@pytest.mark.usefixtures("fork_server")
def test_workers_do_not_know_the_token(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_WRITE_TOKEN", "never-to-be-seen-by-a-worker")

    async def test(asking: Asking) -> None:
        await asking.ask("ASK {}")
        assert asking.nursery.pid is not None
        for pid in (asking.nursery.pid, *children(asking.nursery.pid)):
            assert b"KG_" not in Path(f"/proc/{pid}/environ").read_bytes()

    run(test)


FULL = """
import errno, tempfile
def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")
tempfile.TemporaryFile = full
"""


@pytest.mark.usefixtures("fork_server")
def test_where_there_is_no_room_for_files_small_answers_are_given(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(FULL, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", ""), str(ROOT)]))

    async def test(asking: Asking) -> None:
        assert len(rows(await asking.ask("SELECT * { ?s ?p ?o } LIMIT 2"))) == 2
        with pytest.raises(NoRoom):
            await asking.ask("SELECT * { ?s ?p ?o }")
        assert len(rows(await asking.ask("SELECT * { ?s ?p ?o } LIMIT 2"))) == 2

    run(test)


def test_a_zygote_that_ends_is_no_limit_of_the_query(run: Run) -> None:
    async def test(asking: Asking) -> None:
        await asking.ask("ASK {}")
        task = asyncio.create_task(asking.ask(HEAVY))
        await asyncio.sleep(0.3)
        assert asking.nursery.pid is not None
        os.kill(asking.nursery.pid, signal.SIGKILL)
        with pytest.raises(Overloaded):
            await task

    run(test)


def test_an_order_waits_for_a_zygote_that_does_not_read(run: Run) -> None:
    async def test(asking: Asking) -> None:
        await asking.ask("ASK {}")
        task = asyncio.create_task(asking.ask(HEAVY))
        while not (computing := [pid for pid in children(asking.nursery.pid or 0) if busy(pid)]):
            await asyncio.sleep(0.1)
            assert not task.done()
        (worker,), (pid,) = asking.nursery.busy, computing
        os.kill(asking.nursery.pid or 0, signal.SIGSTOP)
        try:
            for _ in range(20_000):  # more than fits into the socket
                asking.nursery.order("demote", worker)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            with pytest.raises(BlockingIOError):
                asking.nursery.fork()
        finally:
            os.kill(asking.nursery.pid or 0, signal.SIGCONT)
        deadline = time.monotonic() + 10
        while Path(f"/proc/{pid}").exists():
            assert time.monotonic() < deadline, "the order to kill was lost"
            await asyncio.sleep(0.05)
        assert len(rows(await asking.ask("SELECT * { ?s ?p ?o } LIMIT 2"))) == 2

    run(test)


def test_workers_that_nobody_needs_are_let_go(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "KEPT", 0.3)

    async def test(asking: Asking) -> None:
        answers = await asyncio.gather(*(asking.ask("SELECT * { ?s ?p ?o } LIMIT 2") for _ in range(6)))
        assert {len(rows(answer)) for answer in answers} == {2}
        most = asking.pool.counts()["idle"]
        assert most > SPARE
        deadline = time.monotonic() + 5
        while asking.pool.counts()["idle"] > SPARE:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        while len(children(asking.nursery.pid or 0)) > SPARE:
            assert time.monotonic() < deadline + 5
            await asyncio.sleep(0.05)
        assert len(rows(await asking.ask("SELECT * { ?s ?p ?o } LIMIT 2"))) == 2

    run(test)


def test_workers_that_have_answered_make_room_for_new_ones(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has pages of its own by then; a new one shares them."""
    monkeypatch.setattr(pool, "KEPT", 0.3)

    async def test(asking: Asking) -> None:
        for _ in range(20):
            await asking.ask("ASK { ?s ?p ?o }")
        first = {worker.number for worker in asking.nursery.idle if worker.asked}
        assert len(first) == 1
        deadline = time.monotonic() + 5
        while any(worker.asked for worker in asking.nursery.idle) or len(asking.nursery.idle) < SPARE:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        assert first.isdisjoint(worker.number for worker in asking.nursery.idle)

    run(test)


def test_it_is_looked_once_for_workers_to_be_let_go(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not once for each answer: of a busy server that would be as many timers as it has answers in that time."""
    times: list[float] = []

    async def test(asking: Asking) -> None:
        loop = asyncio.get_running_loop()
        later = loop.call_later

        def count(delay: float, *arguments: Any, **more: Any) -> asyncio.TimerHandle:
            times.append(delay)
            return later(delay, *arguments, **more)

        monkeypatch.setattr(loop, "call_later", count)
        for _ in range(30):
            await asking.ask("ASK { ?s ?p ?o }")
        assert times.count(pool.KEPT) == 1

    run(test)


def test_answers_that_wait_for_slow_readers_are_limited() -> None:
    def answer(descriptor: int) -> Answered:
        return Answered("solutions", "text/csv", 1, 60, 0.0, 0.0, b"", descriptor)

    spooled = Spooled(most=150, most_by_one=100)
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(4)]
    first = spooled.admit(answer(files[0]), "a")
    with pytest.raises(Overloaded):
        spooled.admit(answer(files[1]), "a")
    second = spooled.admit(answer(files[2]), "b")
    assert spooled.size == 120
    with pytest.raises(Overloaded):
        spooled.admit(answer(files[3]), "c")
    for waiting in (first, second):
        assert isinstance(waiting, Answered)
        waiting.close()
    assert spooled.size == 0
    for descriptor in files:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)
