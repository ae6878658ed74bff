"""The queue before the workers: caps, turns, and patience."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from kg.errors import Overloaded
from kg.workers.gate import Gate


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


def test_lets_through_up_to_its_capacity_and_then_in_turn_by_client() -> None:
    async def test() -> None:
        gate = Gate(2, per_client=2, waiting=10, patience=5)
        await gate.enter("a", 5)
        await gate.enter("a", 5)
        order: list[str] = []

        async def wait(client: str) -> None:
            await gate.enter(client, 5)
            order.append(client)

        tasks = [asyncio.create_task(wait(client)) for client in ("b", "b", "b", "c")]
        await asyncio.sleep(0)
        assert gate.waiting == 4
        for _ in range(2):
            gate.leave("a")
        await asyncio.sleep(0.01)
        assert sorted(order) == ["b", "c"], "the clients in turn, not by how many each sends"
        gate.leave("b")
        gate.leave("c")
        await asyncio.gather(*tasks)
        assert gate.inside == 2
        gate.leave("b")
        gate.leave("b")
        assert (gate.inside, gate.waiting) == (0, 0)

    run(test())


def test_caps_each_client() -> None:
    async def test() -> None:
        gate = Gate(4, per_client=3, waiting=10, patience=0.05)
        for _ in range(3):
            await gate.enter("a", 1)
        with pytest.raises(Overloaded):
            await gate.enter("a", 1)
        await gate.enter("b", 1)
        assert gate.inside == 4

    run(test())


def test_refuses_at_once_when_too_many_wait() -> None:
    async def test() -> None:
        gate = Gate(1, per_client=1, waiting=2, patience=5)
        await gate.enter("a", 5)
        waiting = [asyncio.create_task(gate.enter(client, 5)) for client in ("b", "c")]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded) as raised:
            await gate.enter("d", 5)
        assert raised.value.retry_after == 5
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert gate.waiting == 0
        gate.leave("a")
        await gate.enter("d", 5)

    run(test())


def test_a_place_is_not_lost_when_a_turn_and_a_cancellation_meet() -> None:
    async def test() -> None:
        gate = Gate(1, per_client=1, waiting=5, patience=5)
        await gate.enter("a", 5)
        task = asyncio.create_task(gate.enter("b", 5))
        await asyncio.sleep(0)
        gate.leave("a")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.wait_for(gate.enter("c", 1), 1)
        assert gate.inside == 1

    run(test())
