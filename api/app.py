"""The app: `create_app(settings)` puts routers, error handlers and state together."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware

from api.middleware import HeadMiddleware
from api.pages import Pages
from api.problems import add_handlers
from api.routers.documents import documents_router
from api.routers.ontology import ontology_router
from api.routers.service import service_router
from api.routers.sparql import sparql_router
from api.routers.things import things_router
from api.shapes import Shapes
from api.state import Snapshots
from kg import __version__
from kg.errors import StoreError
from kg.revisions import Revision
from kg.settings import Settings

_LOG: Final = logging.getLogger(__name__)
_EXPOSED: Final = ["Link", "ETag", "Location", "Content-Location", "X-Revision"]
_DESCRIPTION: Final = """Policy documents as a knowledge graph: every fact quoted from its source, every answer cited.

Labels come in both languages; `lang=zh|en` or Accept-Language adds `display`. Every answer has an `ETag` and names its
`revision`. Errors are `application/problem+json` (RFC 9457). Parameters that a path does not have are refused."""


def create_app(settings: Settings, revision: Revision | None = None) -> FastAPI:
    """Return the app over the store of the settings; `revision` is opened at once where it is given.

    Without one, the store's current revision is opened at start, or when one is published: until then every path that
    needs it answers 503. A revision that is published later is served within a second, without a restart.
    """
    app = FastAPIOffline(
        title="policy-kg",
        version=__version__,
        description=_DESCRIPTION,
        license_info={"name": "Data CC BY 4.0, code Apache-2.0"},
        redoc_url=None,
        lifespan=_lifespan,
        # The default asks a validator on the web to check our OpenAPI document.
        swagger_ui_parameters={"validatorUrl": None, "tryItOutEnabled": True},
    )
    app.state.settings = settings
    app.state.snapshots = Snapshots(settings, revision)
    app.state.pages = Pages()
    app.state.shapes = Shapes(settings)
    for router in (service_router(), things_router(), sparql_router(), documents_router(), ontology_router()):
        app.include_router(router)
    add_handlers(app)
    app.add_middleware(HeadMiddleware)
    app.add_middleware(
        CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD", "POST"], expose_headers=_EXPOSED
    )
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the current revision before the first request comes; a store without one is no reason not to start."""
    snapshots: Snapshots = app.state.snapshots
    try:
        await run_in_threadpool(snapshots.current)
    except StoreError as error:
        _LOG.warning("not ready: %s", error)
    yield
