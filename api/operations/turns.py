"""Look-ups, pages and downloads are computed in this process: a few at once, and the clients in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.operations.clients import client_of
from api.problems import respond
from kg.errors import Overloaded
from kg.workers.gate import Gate

AT_ONCE: Final = 4
OF_ONE: Final = 2
WAITING: Final = 256
SECONDS: Final = 10.0

_ELSEWHERE: Final = (
    "/sparql",
    "/store",
    "/mcp",
    "/api/v1/questions/",
    "/health/",
    "/limits",
    "/openapi.json",
    "/static/",
    "/static-offline-docs",
)
"""Paths that have their own turns, in workers, or take no time; `/mcp` and a question take one for each look-up."""

_SENT: Final = "/reconcile"
"""What is sent there takes its turn once it has arrived: who sends slowly would otherwise keep one for a minute."""

T = TypeVar("T")


class Turns:
    """The turns of an app."""

    def __init__(self) -> None:
        """Have them all free."""
        self.gate = Gate(AT_ONCE, per_client=OF_ONE, waiting=WAITING, patience=SECONDS)

    async def take(self, client: str, work: Callable[[], T]) -> T:
        """Return what some work gives, which is done in a thread when a turn of the client comes.

        The turn ends with the work, even where nobody waits for it any more.

        Raises:
            Overloaded: no turn came in time.
        """
        await self.gate.enter(client, SECONDS)
        working = asyncio.ensure_future(run_in_threadpool(work))

        def leave(done: asyncio.Future[T]) -> None:
            self.gate.leave(client)
            if not done.cancelled():
                done.exception()  # nobody may be there any more to be told

        working.add_done_callback(leave)
        return await asyncio.shield(working)


def _is_elsewhere(scope: Scope) -> bool:
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path.startswith(_ELSEWHERE) or (scope["method"] == "POST" and path.startswith(_SENT))


class TurnsMiddleware:
    """Lets so many requests be computed at once, of each client fewer, and the others wait."""

    def __init__(self, app: ASGIApp, turns: Turns) -> None:
        """Stand before an app."""
        self._app = app
        self.gate = turns.gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection; its turn ends when its answer begins, for how fast that is read is another matter."""
        if scope["type"] != "http" or _is_elsewhere(scope):
            await self._app(scope, receive, send)
            return
        client = client_of(scope)
        try:
            await self.gate.enter(client, SECONDS)
        except Overloaded as error:
            await respond(Request(scope), error)(scope, receive, send)
            return
        inside = True

        async def watched(message: Message) -> None:
            nonlocal inside
            if inside and message["type"] == "http.response.start":
                inside = False
                self.gate.leave(client)
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            if inside:
                self.gate.leave(client)
