"""The app: `create_app(settings)` puts routers, error handlers and state together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answering import Answering
from api.assets import Assets, assets_router
from api.cache import AnswerCache
from api.dataset import DatasetDescription
from api.downloads import Downloads
from api.errors import ClientGone
from api.limits import policy_of, worker_limits
from api.mcp import Mcp, mcp_router
from api.operations import Operations, install
from api.pages import Pages
from api.pages.browse import browse_router
from api.pages.explore import explore_router, starts_of
from api.pages.home import overview_of
from api.pages.links import links_router
from api.pages.search import search_page_router
from api.pages.targets import targets_of, targets_router
from api.preparing import Preparing
from api.problems import add_handlers
from api.reconcile import Data, reconcile_router
from api.routers.dataset import dataset_router
from api.routers.documents import documents_router
from api.routers.explaining import explaining_router
from api.routers.graph import graph_router, networks_of
from api.routers.limits import limits_router
from api.routers.ontology import ontology_router
from api.routers.questions import questions_router
from api.routers.resolve import Resolvers, resolve_router
from api.routers.revisions import revisions_router
from api.routers.search import search_router
from api.routers.service import service_router
from api.routers.sparql import sparql_router
from api.routers.store import store_router
from api.routers.things import things_router
from api.shapes import Shapes
from api.sharing import Sharing
from api.state import PerRevision, Snapshot, Snapshots
from api.tokens import Tokens
from api.writes import Writes
from kg import __version__
from kg.errors import StoreError
from kg.federation import AllowList
from kg.questions import QuestionFolder
from kg.resources import ontology_folder
from kg.revisions import Revision
from kg.settings import Settings
from kg.workers.confine import give_back_memory
from kg.workers.remote import pool_of

_SOON: Final = 0.5
"""Seconds after which nobody reads the revision any more that was replaced, as a rule."""

_LOG: Final = logging.getLogger(__name__)
_DESCRIPTION: Final = """Policy documents as a knowledge graph: every fact quoted from its source, every answer cited.

Labels come in both languages; `lang=zh|en` or Accept-Language adds `display`. Every answer has an `ETag` and names its
`revision`. Errors are `application/problem+json` (RFC 9457). Parameters that a path does not have are refused."""
_ROUTERS: Final = (
    service_router,
    questions_router,
    resolve_router,
    explaining_router,
    graph_router,
    things_router,
    search_router,
    sparql_router,
    store_router,
    revisions_router,
    documents_router,
    ontology_router,
    dataset_router,
    limits_router,
    mcp_router,
    reconcile_router,
    partial(reconcile_router, "zh"),
    partial(reconcile_router, "en"),
    search_page_router,
    browse_router,
    links_router,
    targets_router,
    explore_router,
    assets_router,
)


def create_app(settings: Settings, revision: Revision | None = None) -> FastAPI:
    """Return the app over the store of the settings; `revision` is opened at once where it is given.

    Without one, the store's current revision is opened at start, or when one is published: until then every path that
    needs it answers 503. A revision that is published later is served within a second, without a restart.

    Raises:
        SettingError: the allow-list, or the file of tokens, cannot be read.
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
    _add_state(app, settings, revision)
    for router in _routers():
        app.include_router(router)
    app.state.paths = _fixed_paths(_routers())
    add_handlers(app)
    app.add_exception_handler(ClientGone, _no_answer)
    install(app, settings)
    return app


@cache
def _routers() -> tuple[APIRouter, ...]:
    """Return the routers, which know nothing of an app: to make their routes takes a quarter of a second."""
    return tuple(router() for router in _ROUTERS)


def _fixed_paths(routers: Iterable[APIRouter]) -> tuple[str, ...]:
    """Return the paths without parameters, of which one may be meant where there is no such path."""
    routes = (route for router in routers for route in router.routes if isinstance(route, APIRoute))
    return tuple(dict.fromkeys(route.path for route in routes if route.include_in_schema and "{" not in route.path))


def _add_state(app: FastAPI, settings: Settings, revision: Revision | None) -> None:
    app.state.settings = settings
    app.state.allow = AllowList.parse(settings.service_allow)
    app.state.policy = policy_of(settings, app.state.allow)
    app.state.tokens = Tokens(settings)
    app.state.pool = pool_of(worker_limits(settings), remote=isinstance(settings.store, str))
    app.state.cache = AnswerCache(settings.cache_bytes - settings.cache_bytes // 2)
    app.state.snapshots = Snapshots(settings, app.state.pool, revision)
    app.state.operations = Operations(app)
    app.state.metrics = app.state.operations.metrics
    app.state.answering = Answering(app)
    app.state.writes = Writes(app)
    app.state.sharing = Sharing()
    app.state.downloads = Downloads()
    app.state.assets = Assets()
    app.state.pages = Pages(app.state.assets)
    app.state.shapes = Shapes(settings)
    app.state.questions = QuestionFolder((settings.ontology or ontology_folder()) / "questions", settings.iris)
    app.state.resolvers = PerRevision(Resolvers)
    app.state.targets = PerRevision(targets_of)
    app.state.overviews = PerRevision(overview_of)
    networks = PerRevision(networks_of)
    app.state.networks = networks
    app.state.starts = PerRevision(lambda snapshot: starts_of(networks.of(snapshot)))
    app.state.dataset = DatasetDescription(settings)
    app.state.mcp = Mcp(app)
    app.state.reconciliation = PerRevision(Data)


def _no_answer(_request: Request, _error: Exception) -> Response:
    """Return what nobody will read; the status is what proxies log for it."""
    return Response(status_code=499)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the current revision before the first request comes; a store without one is no reason not to start."""
    snapshots: Snapshots = app.state.snapshots
    loop = asyncio.get_running_loop()
    preparing = Preparing(app)

    def forget() -> None:
        app.state.cache.clear()
        app.state.operations.replays.clear()
        loop.run_in_executor(None, give_back_memory)

    def swap(replaced: Snapshot) -> None:
        app.state.pool.retire(replaced.nursery)
        app.state.operations.lanes.clear()
        forget()
        preparing.begin_soon()
        loop.call_later(_SOON, loop.run_in_executor, None, give_back_memory)

    snapshots.before_swap = lambda: loop.call_soon_threadsafe(forget)  # so that there is room for what is opened
    snapshots.on_swap = lambda replaced: loop.call_soon_threadsafe(swap, replaced)
    await _first(snapshots)
    preparing.begin()
    snapshots.on_first = lambda: loop.call_soon_threadsafe(preparing.begin_soon)
    try:
        async with app.state.operations.running():
            app.state.writes.check()
            yield
    finally:
        preparing.close()
        await app.state.mcp.close()
        app.state.downloads.close()
        app.state.writes.close()
        app.state.pool.close()


async def _first(snapshots: Snapshots) -> None:
    """Wait for the current revision; apart from what lives as long as the server, which would keep it as long."""
    try:
        snapshot = await run_in_threadpool(snapshots.current)
        await snapshot.nursery.ready()
    except StoreError as error:
        _LOG.warning("not ready: %s", error)
