"""A store on disk with a few thousand quads, and a pool over it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.engine import GraphFormat, QueryRequest, ResultFormat, write_union
from kg.engine.admission import Policy
from kg.workers.forkserver import ForkServer
from kg.workers.nursery import Nursery
from kg.workers.pool import Answered, Limits, WorkerPool

COUNT = 3000
ANY_TEXT = Policy(max_length=10**7, max_nesting=10**7)
"""No text is refused, so that it is seen what workers do with them."""


@pytest.fixture(scope="session")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workers") / "oxigraph"
    store = ox.Store(str(path))
    graph = ox.NamedNode("urn:g")
    store.bulk_extend(
        ox.Quad(ox.NamedNode(f"urn:s{i % 97}"), ox.NamedNode(f"urn:p{i % 7}"), ox.Literal(str(i)), graph)
        for i in range(COUNT)
    )
    store.flush()
    del store
    write_union(path)
    return path


@pytest.fixture
def fork_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ForkServer]:
    """A fork server of the test's own, which starts in the environment that the test makes."""
    server = ForkServer()
    monkeypatch.setattr("kg.workers.nursery.FORK_SERVER", server)
    yield server
    server.close()


class Asking:
    """A pool and its nursery, for one event loop."""

    def __init__(self, pool: WorkerPool, nursery: Nursery) -> None:
        self.pool, self.nursery = pool, nursery

    async def ask(self, text: str, client: str = "a", seconds: float | None = None, **more: Any) -> Answered:
        request = QueryRequest(text, **more)
        found = await self.pool.answer(
            self.nursery,
            request,
            ResultFormat.JSON,
            GraphFormat.N_TRIPLES,
            client=client,
            policy=ANY_TEXT,
            seconds=seconds,
        )
        assert isinstance(found, Answered)
        return found


Run = Callable[[Callable[[Asking], Coroutine[Any, Any, None]]], None]


@pytest.fixture(params=["memory", "disk"])
def place(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def run(store_path: Path, place: str) -> Run:
    """Return a function that runs a test in an event loop with a pool, and ends the pool."""

    def running(test: Callable[[Asking], Coroutine[Any, Any, None]], limits: Limits | None = None) -> None:
        async def main() -> None:
            pool = WorkerPool(limits or Limits(seconds=5, memory=256 << 20, rows=10_000, bytes=8 << 20, workers=4))
            nursery = pool.nursery(store_path, union=True, in_memory_up_to=10**6 if place == "memory" else 0)
            try:
                await test(Asking(pool, nursery))
            finally:
                pool.close()

        asyncio.run(main())

    return running
