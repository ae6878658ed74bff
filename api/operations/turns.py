"""Look-ups, pages and downloads are computed in this process: a few at once, and the clients in turn."""

from __future__ import annotations

from typing import Final

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

_ELSEWHERE: Final = ("/sparql", "/store", "/health/", "/limits", "/openapi.json", "/static-offline-docs")
"""Paths that have their own turns, in workers, or take no time."""


class TurnsMiddleware:
    """Lets so many requests be computed at once, of each client fewer, and the others wait."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an app."""
        self._app = app
        self.gate = Gate(AT_ONCE, per_client=OF_ONE, waiting=WAITING, patience=SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection; its turn ends when its answer begins, for how fast that is read is another matter."""
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http" or path.startswith(_ELSEWHERE):
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
