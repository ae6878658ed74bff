"""What it takes to run the service in the open: who asks, how much of it, what is logged and counted.

`Operations` hangs on the app; `install` puts what every request passes through around it.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Final

from fastapi import FastAPI

from api.lanes import Lanes
from api.middleware import HeadMiddleware
from api.operations.clients import ClientMiddleware, Proxies
from api.operations.exposition import Exposition
from api.operations.headers import HeadersMiddleware
from api.operations.metrics import Metrics
from api.operations.observing import ObservingMiddleware
from api.operations.ratelimit import Buckets, RateLimitMiddleware, rate_of
from api.operations.readings import read_app
from api.operations.replaying import Replaying, ReplayMiddleware
from api.operations.requests import FaultMiddleware, RequestLimitMiddleware
from api.operations.turns import Turns, TurnsMiddleware
from api.replays import Replays
from api.state import Snapshots
from kg.settings import Settings

__all__: Final = ["Operations", "install"]


class Operations:
    """What runs beside an app: its metrics, where they are served, whom it trusts, buckets and turns of its clients."""

    def __init__(self, app: FastAPI) -> None:
        """Take the settings that hang on the app; what else is measured need not be there yet.

        Raises:
            SettingError: the address for the metrics is none, or that of a trusted proxy.
        """
        settings: Settings = app.state.settings
        self.proxies = Proxies.parse(settings.trusted_proxies)
        self.metrics = Metrics()
        self.buckets = Buckets(rate_of(settings))
        self.turns = Turns()
        snapshots: Snapshots = app.state.snapshots
        self.replays = Replays(settings.cache_bytes // 2, snapshots.fresh, snapshots.held)
        self.lanes = Lanes(snapshots.fresh, snapshots.held)
        self.replaying = Replaying(self.replays, self.lanes, app.state.pool, self.buckets, self.metrics)
        self.exposition = Exposition(self.metrics, settings.metrics_bind)
        read_app(self.metrics, app, self.buckets)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve the metrics within this block, where they are to be served at all.

        Raises:
            SettingError: their address cannot be listened on.
        """
        async with self.exposition.running():
            yield


def install(app: FastAPI, settings: Settings) -> None:
    """Put around an app what every request passes through; `app.state.operations` must be there.

    Outermost is who asks, then what is seen of it: even what is refused further inside is logged, counted, and has the
    headers that every answer has.
    """
    operations: Operations = app.state.operations
    # What is added later is further outside.
    app.add_middleware(TurnsMiddleware, turns=operations.turns)
    app.add_middleware(FaultMiddleware)
    app.add_middleware(RequestLimitMiddleware, settings=settings)
    app.add_middleware(RateLimitMiddleware, buckets=operations.buckets)
    app.add_middleware(HeadersMiddleware)
    app.add_middleware(HeadMiddleware)
    app.add_middleware(ReplayMiddleware, replays=operations.replays, lanes=operations.lanes)
    app.add_middleware(ObservingMiddleware, metrics=operations.metrics)
    app.add_middleware(ClientMiddleware, proxies=operations.proxies, public_url=settings.public_url)
