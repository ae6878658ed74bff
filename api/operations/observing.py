"""Every request gets an id, a line in the log, and its place in the metrics."""

from __future__ import annotations

import logging
import random
import re
import time
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.operations.logs import REQUEST_ID, REQUESTS
from api.operations.metrics import Metrics

_ID: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_IDS: Final = random.Random()
GONE: Final = 499
"""What the log has as the status where the client did not wait for one; proxies write the same."""

LONGEST: Final = 500
"""Characters of what a client has written that a line of the log takes."""


class ObservingMiddleware:
    """Watches what is answered, and changes nothing but `X-Request-ID`."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Count in these metrics."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        seen = _Seen(send, request_id.encode())
        method, path = scope["method"], scope["path"]
        began = time.monotonic()
        entered = REQUEST_ID.set(request_id)
        try:
            with self._metrics.in_flight.track_inprogress():
                await self._app(scope, receive, seen.send)
        finally:
            status = seen.status or GONE
            self._metrics.request(_route(scope), method, status)
            if REQUESTS.isEnabledFor(logging.INFO):
                fields: dict[str, Any] = {
                    "method": method[:20],
                    "path": path[:LONGEST],
                    "route": _route(scope),
                    "status": status,
                    "seconds": round(time.monotonic() - began, 4),
                    "bytes": seen.size,
                    "client": (scope.get("client") or ("",))[0],
                    "agent": _header(scope, b"user-agent")[:LONGEST],
                    **scope["state"].get("log", {}),
                }
                if seen.status and not seen.complete:
                    fields["cut"] = True
                REQUESTS.info("request", extra={"fields": fields})
            REQUEST_ID.reset(entered)


class _Seen:
    """What goes out."""

    def __init__(self, send: Send, request_id: bytes) -> None:
        self._send = send
        self._request_id = request_id
        self.status = 0
        self.size = 0
        self.complete = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ()), (b"x-request-id", self._request_id)]
            message = {**message, "headers": headers}
        await self._send(message)
        if message["type"] == "http.response.body":
            self.size += len(message.get("body", b""))
            self.complete = not message.get("more_body", False)


def _request_id(scope: Scope) -> str:
    """Return the id that the client, or a proxy before us, gave to the request, or a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _ID.fullmatch(value):
            return str(value.decode("ascii"))
    return new_request_id()


def new_request_id() -> str:
    """Return an id for a request that has none: it is to be another one each time, and no secret."""
    return f"{_IDS.getrandbits(64):016x}"


def _route(scope: Scope) -> str:
    """Return the template of the path that answered; empty where there is none."""
    return str(getattr(scope.get("route"), "path", ""))


def _header(scope: Scope, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")
