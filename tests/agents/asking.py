"""Calling tools: as functions, and as a client of the protocol does, whose library checks each answer by its schema."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult, TextContent

from kg.agents import TOOL_BY_NAME, Outcome, Reading, call
from kg.cli.mcp import Opened

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")
PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
"""A query that would take for ever, in little memory."""


@dataclass(frozen=True)
class Toolbox:
    """The tools over one store."""

    loop: asyncio.AbstractEventLoop
    opened: Opened

    @property
    def reading(self) -> Reading:
        """What the tools read."""
        return asyncio.run_coroutine_threadsafe(self.opened.reading(), self.loop).result(60)

    def outcome(self, name: str, /, **arguments: Any) -> Outcome:
        """Call a tool."""
        done = call(TOOL_BY_NAME[name], arguments, self.opened.reading)
        return asyncio.run_coroutine_threadsafe(done, self.loop).result(60)

    def data(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Call a tool that succeeds; return its data."""
        outcome = self.outcome(name, **arguments)
        assert not outcome.failed, outcome.text
        return outcome.data

    def error(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Call a tool that fails; return what it says of that."""
        outcome = self.outcome(name, **arguments)
        assert outcome.failed, outcome.text
        error: dict[str, Any] = outcome.data["error"]
        assert error["message"] == outcome.text
        return error


def over_stdio(store: Path, **settings: str) -> StdioServerParameters:
    """Return how to start `kg mcp` over a store."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    return StdioServerParameters(
        command=sys.executable,
        args=["-c", "from kg.cli import main; main()", "mcp", "--store", str(store)],
        env={**clean, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **settings},
        cwd=store.parent,
    )


def with_client(
    server: str | StdioServerParameters, work: Callable[[Client], Awaitable[T]], *, mode: str = "auto"
) -> T:
    """Return what some work with a client gives."""

    async def run() -> T:
        async with Client(server, mode=mode, read_timeout_seconds=60) as client:
            return await work(client)

    return asyncio.run(run())


def text_of(result: CallToolResult) -> str:
    """Return the text of a result, which has one piece."""
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text
