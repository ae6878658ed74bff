"""The tools over the real seeds: called as functions, and by the library's own client over both transports."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from kg.cli.mcp import Opened
from kg.revisions import Revision
from kg.settings import Settings
from tests.agents.asking import Toolbox


@pytest.fixture(scope="session")
def tools(settings: Settings, revision: Revision) -> Iterator[Toolbox]:
    """The tools, with workers of their own, in a loop that runs beside the tests."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def opened() -> Opened:
        return Opened(settings, revision)

    found = asyncio.run_coroutine_threadsafe(opened(), loop).result(60)
    try:
        yield Toolbox(loop, found)
    finally:
        loop.call_soon_threadsafe(found.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
