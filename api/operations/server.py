"""The server around the app: uvicorn, told what it may wait for, and what it must not say or believe."""

from __future__ import annotations

import math
import resource
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import uvicorn
from fastapi import FastAPI

from api.operations import Operations
from api.operations.connections import CONNECTIONS, KEEP_ALIVE_SECONDS, Connections
from api.operations.guarding import guarded
from api.operations.logs import configure
from api.operations.ratelimit import rate_of
from api.operations.requests import MAX_ADDRESS, MAX_HEADERS
from kg.settings import Settings

GRACE_SECONDS: Final = 2
"""Seconds beyond the deadline of a query that an answer may take to be sent when the server is told to end."""

LONGEST_GRACE: Final = 30

_FILES_BESIDE: Final = 256
"""Files that workers, answers on their way and the store may have open besides the connections."""


def resolved(settings: Settings, host: str) -> Settings:
    """Return the settings with what depends on where the server listens."""
    return replace(settings, rate_limit=rate_of(settings, host))


class Server(uvicorn.Server):
    """Says when it has started: by then it listens, and knows the signals by which it is told to end."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        """Call `on_start` once."""
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the app, and listen."""
        await super().startup(sockets)
        if self.started:
            self._on_start()


def make_server(app: FastAPI, settings: Settings, on_start: Callable[[], None] = lambda: None) -> uvicorn.Server:
    """Return a server of an app; this process logs from now on as the settings say."""
    configure(settings.log)
    operations: Operations = app.state.operations
    connections = Connections(operations.proxies, settings.send_timeout, most=min(CONNECTIONS, _room_for_connections()))
    operations.metrics.read("kg_connections", "Connections that are open.", "gauge", connections.open.total)
    operations.metrics.read(
        "kg_connections_refused", "Connections that were one too many.", "counter", lambda: connections.refused
    )
    config = uvicorn.Config(
        app,
        http=guarded(connections, operations.replaying),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        # Who the client is, is for our own settings to say, not for whoever sends X-Forwarded-For.
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=min(LONGEST_GRACE, math.ceil(settings.query_timeout) + GRACE_SECONDS),
        # What comes in one piece is read whole, however large: the app has the exact limits.
        h11_max_incomplete_event_size=MAX_ADDRESS + MAX_HEADERS,
    )
    return Server(config, on_start)


def _room_for_connections() -> int:
    """Return how many connections this process may have files for, after raising its limit as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + 2 * _FILES_BESIDE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        best = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, best), hard))
        soft = max(soft, best)
    return CONNECTIONS if soft == resource.RLIM_INFINITY else max(16, soft - _FILES_BESIDE)
