"""Fixtures: the real app over a store that has nothing yet, for what does not depend on any data."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from api.app import create_app
from api.errors import ClientGone
from api.lanes import Lanes
from api.operations.clients import Proxies
from api.operations.connections import Connections
from api.operations.guarding import guarded
from api.operations.metrics import Metrics
from api.operations.ratelimit import Buckets
from api.operations.replaying import Replaying
from api.replays import Replays
from kg.settings import Settings
from kg.workers.pool import Limits, WorkerPool

MakeApp = Callable[..., FastAPI]
Ask = Callable[..., contextlib.AbstractContextManager[TestClient]]


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    """Return what makes an app of settings; it has some paths more, that go wrong in several ways."""

    def make(**settings: Any) -> FastAPI:
        app = create_app(Settings(store=tmp_path / "nothing", **settings))

        @app.get("/test/fails")
        def fails() -> None:
            raise ValueError("Bearer sesame-open-please was wrong")

        @app.get("/test/gone")
        async def gone() -> None:
            raise ClientGone

        @app.get("/test/url")
        async def url(request: Request) -> dict[str, str]:
            return {"url": str(request.url), "root": request.scope["root_path"]}

        @app.get("/test/item/{name}")
        async def item(name: str) -> dict[str, str]:
            return {"name": name}

        return app

    return make


@pytest.fixture
def asking(make_app: MakeApp) -> Ask:
    """Return what opens a client of an app of settings, which comes from an address."""

    @contextlib.contextmanager
    def ask(address: str = "192.0.2.1", **settings: Any) -> Iterator[TestClient]:
        app = make_app(**settings)
        with TestClient(app, "http://testserver", False, client=(address, 40000), follow_redirects=False) as client:
            yield client

    return ask


@contextlib.contextmanager
def listening(
    app: Any, connections: Connections | None = None, replaying: Replaying | None = None, **config: Any
) -> Iterator[int]:
    """Serve an ASGI app in a thread through the guarded protocol; gives the port."""
    nothing = Replaying(Replays(0), Lanes(), WorkerPool(Limits()), Buckets(0), Metrics())
    protocol = guarded(connections or Connections(Proxies.parse(""), 60), replaying or nothing)
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, http=protocol, ws="none", log_config=None, proxy_headers=False, **config)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while not server.started:
            assert time.monotonic() < deadline
            assert thread.is_alive()
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()
