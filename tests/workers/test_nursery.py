"""Zygotes come and go with who wants them, whenever that is."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.workers.forkserver import ForkServer
from kg.workers.nursery import Nursery
from kg.workers.pool import Limits, WorkerPool
from tests.reliability.processes import settled
from tests.workers.conftest import Asking, Run
from tests.workers.test_pool import children

ROLE = "kg.workers.queries"


def nursery_of(path: Path) -> Nursery:
    limits = {"memory": 256 << 20, "in_memory_up_to": 0, "columns_from": 0}
    return Nursery(ROLE, {"path": str(path), "union": True, **limits})


def below(server: ForkServer) -> set[int | None]:
    return set(children(server.pid or 0))


def test_one_process_forks_the_zygotes_of_all(fork_server: ForkServer, store_path: Path) -> None:
    nurseries = [nursery_of(store_path) for _ in range(3)]
    for nursery in nurseries:
        nursery.start()
    assert below(fork_server) == {nursery.pid for nursery in nurseries}
    assert {Path(f"/proc/{nursery.pid}/comm").read_text().strip() for nursery in nurseries} == {"workers.queries"}
    for nursery in nurseries:
        nursery.close()
        assert nursery.pid is None
    assert settled(lambda: not below(fork_server), 10)


def test_a_zygote_holds_nothing_of_the_others(fork_server: ForkServer, store_path: Path) -> None:
    first, second = nursery_of(store_path), nursery_of(store_path)
    for nursery in (first, second):
        nursery.begin()  # both are ordered before the first is forked
    for nursery in (first, second):
        nursery.start()

    def sockets(pid: int | None) -> int:
        return sum(str(entry.readlink()).startswith("socket:") for entry in Path(f"/proc/{pid}/fd").iterdir())

    assert [sockets(first.pid), sockets(second.pid)] == [1, 1]
    assert len(below(fork_server)) == 2
    first.close()
    second.close()


def test_a_nursery_that_is_forgotten_takes_its_zygote_along(fork_server: ForkServer, store_path: Path) -> None:
    begun, ready = nursery_of(store_path), nursery_of(store_path)
    begun.begin()
    ready.start()
    assert settled(lambda: len(below(fork_server)) == 2, 10)
    del begun, ready
    gc.collect()
    assert settled(lambda: not below(fork_server), 10)


def test_a_nursery_that_is_closed_may_start_again_unless_it_is_for_good(store_path: Path) -> None:
    nursery = nursery_of(store_path)
    nursery.start()
    first = nursery.pid
    nursery.close()
    nursery.start()
    assert nursery.pid not in {None, first}
    nursery.close(for_good=True)
    for again in (nursery.begin, nursery.start):
        with pytest.raises(StoreError, match="the server is ending"):
            again()
    assert nursery.pid is None


def test_a_pool_that_is_closed_starts_nothing(fork_server: ForkServer, store_path: Path) -> None:
    pool = WorkerPool(Limits())
    pool.close()
    with pytest.raises(StoreError, match="the server is ending"):
        pool.nursery(store_path, union=True, in_memory_up_to=0).begin()
    assert fork_server.pid is None


def test_what_is_closed_while_it_starts_leaves_nothing(fork_server: ForkServer, store_path: Path) -> None:
    raised: list[Exception] = []

    def start(nursery: Nursery) -> None:
        try:
            nursery.start()
        except StoreError as error:
            raised.append(error)

    for wait in (0.0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.3) * 3:
        nursery = nursery_of(store_path)
        thread = threading.Thread(target=start, args=(nursery,))
        thread.start()
        time.sleep(wait)
        nursery.close(for_good=True)
        thread.join(10)
        assert not thread.is_alive()
        assert not nursery.living
    assert raised
    assert {str(error) for error in raised} <= {"closed while it started", "the server is ending"}
    assert settled(lambda: not below(fork_server), 10)


def test_the_fork_server_is_started_again(fork_server: ForkServer, store_path: Path, run: Run) -> None:
    async def test(asking: Asking) -> None:
        await asking.ask("ASK {}")
        first, zygote = fork_server.pid, asking.nursery.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert settled(lambda: not Path(f"/proc/{zygote}").exists(), 10), "it goes with the process that forked it"
        assert (await asking.ask("ASK {}")).kind == "boolean"
        assert fork_server.pid not in {None, first}
        assert asking.nursery.pid in below(fork_server)

    run(test)
    assert store_path.exists()


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    nursery = nursery_of(tmp_path / "nothing")
    with pytest.raises(StoreError, match="nothing"):
        nursery.start()
    assert nursery.pid is None
