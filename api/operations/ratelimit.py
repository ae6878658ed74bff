"""How many requests one client may send: a bucket of tokens for each, and room for so many clients."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import RateLimited
from api.lanes import PREPARED
from api.operations.clients import client_of
from api.problems import respond
from kg.settings import Settings

OPEN_RATE: Final = 50.0
"""Requests a second of one client where the server listens beyond this machine and nothing else is said."""

BURST_SECONDS: Final = 4.0
"""A client that was silent may send at once what it may send in so many seconds."""

_CLIENTS: Final = 20_000
_EXEMPT: Final = ("/health/",)


def rate_of(settings: Settings, host: str = "") -> float:
    """Return the rate of a server that listens on a host; without a host, that of an app which nobody reaches.

    >>> rate_of(Settings(), "0.0.0.0"), rate_of(Settings(), "127.0.0.1"), rate_of(Settings(rate_limit=3), "::1")
    (50.0, 0.0, 3)
    """
    if settings.rate_limit is not None:
        return settings.rate_limit
    return 0.0 if not host or is_loopback(host) else OPEN_RATE


def is_loopback(host: str) -> bool:
    """Tell whether an address to listen on is of this machine alone; a name counts as being beyond, but `localhost`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Buckets:
    """Tokens by client; who has not asked for long is forgotten, since a full bucket says nothing."""

    def __init__(
        self, rate: float, clock: Callable[[], float] = time.monotonic, *, burst: float = 0, clients: int = _CLIENTS
    ) -> None:
        """Give each client so many tokens a second, and `burst` at most."""
        self.rate = rate
        self.burst = burst or max(5.0, rate * BURST_SECONDS)
        self._clock = clock
        self._clients = clients
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self.refused = 0

    def __len__(self) -> int:
        """How many clients are kept in mind."""
        return len(self._buckets)

    def take(self, client: str) -> float:
        """Take a token for a client; return 0, or in how many seconds there will be one."""
        wait = self._take(client)
        self.refused += wait > 0
        return wait

    def has(self, client: str) -> bool:
        """Take a token for a client if there is one; where there is none, nobody has been refused yet."""
        return self.rate <= 0 or not self._take(client)

    def can_take(self, client: str) -> bool:
        """Tell whether there is a token for a client, and take none."""
        return self.rate <= 0 or self._tokens(client, self._clock()) >= 1

    def _tokens(self, client: str, now: float) -> float:
        tokens, then = self._buckets.get(client, (self.burst, now))
        return min(self.burst, tokens + max(0.0, now - then) * self.rate)

    def _take(self, client: str) -> float:
        now = self._clock()
        tokens = self._tokens(client, now)
        self._buckets.pop(client, None)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / self.rate
        self._buckets[client] = (tokens if wait else tokens - 1, now)
        if len(self._buckets) > self._clients:
            self._buckets.popitem(last=False)
        return wait


class RateLimitMiddleware:
    """Answers 429 to a client that has no token left."""

    def __init__(self, app: ASGIApp, buckets: Buckets) -> None:
        self._app = app
        self._buckets = buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        paid = PREPARED in scope.get("extensions", {})
        if scope["type"] == "http" and self._buckets.rate > 0 and not paid and not _is_exempt(scope):
            wait = self._buckets.take(client_of(scope))
            if wait:
                request = Request(scope, receive)
                response = respond(request, RateLimited(max(1, math.ceil(wait)), self._buckets.rate))
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_exempt(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")).startswith(_EXEMPT)
