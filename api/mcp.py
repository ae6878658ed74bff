"""`/mcp`: the tools for agents over the streamable HTTP of the Model Context Protocol, without sessions.

The library of the protocol takes half a second to load, and most servers are never asked: it is loaded, beside the
requests that run, when the first one comes.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api.answering import note, outcome_of
from api.errors import ClientGone, ForeignOrigin
from api.operations.clients import client_of
from api.operations.metrics import Metrics
from api.operations.turns import Turns
from api.protocol import read_body
from api.state import Snapshot, Snapshots
from kg.agents import Reading
from kg.engine import GraphFormat, QueryRequest, ResultFormat
from kg.engine.admission import Policy
from kg.errors import KgError
from kg.questions import QuestionFolder
from kg.settings import Settings
from kg.workers.pool import Answered, WorkerPool

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

T = TypeVar("T")
PATH: Final = "/mcp"
_BESIDE_QUERY: Final = 64 << 10
"""Bytes of a message besides the query in it, each of whose characters may be escaped to six."""


class Mcp:
    """Hands requests to the protocol's library, which is loaded for the first of them and runs until `close`."""

    def __init__(self, app: FastAPI) -> None:
        """Read from what hangs on an app."""
        self._settings: Settings = app.state.settings
        self._pool: WorkerPool = app.state.pool
        self._metrics: Metrics = app.state.metrics
        self._snapshots: Snapshots = app.state.snapshots
        # What a model writes makes no server call another, whatever the operator allows on /sparql.
        self._policy = Policy(self._settings.max_query_length, self._settings.max_query_nesting)
        self._questions: QuestionFolder = app.state.questions
        self._turns: Turns = app.state.operations.turns
        self._running: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[StreamableHTTPSessionManager] | None = None
        self._ended = asyncio.Event()

    @property
    def longest_body(self) -> int:
        """Bytes that a message may have."""
        return 6 * self._settings.max_query_length + _BESIDE_QUERY

    async def manager(self) -> StreamableHTTPSessionManager:
        """Return what takes requests, which is started where it does not run."""
        if self._running is None or self._running.done() or self._ready is None:
            self._ended = asyncio.Event()
            self._ready = asyncio.get_running_loop().create_future()
            self._running = asyncio.create_task(self._run(self._ready))
        return await asyncio.shield(self._ready)

    async def close(self) -> None:
        """End what runs."""
        self._ended.set()
        if self._running is not None:
            await asyncio.gather(self._running, return_exceptions=True)

    async def reading(self, request: Request) -> Reading:
        """Return the revision that a request reads, with the workers that answer its queries.

        Raises:
            RevisionNotFound, StoreError: none can be opened.
        """
        snapshot = self._snapshots.fresh()
        if snapshot is None:
            snapshot = await run_in_threadpool(self._snapshots.current)
        client = client_of(request.scope)

        async def ask(query: QueryRequest, seconds: float | None) -> Answered:
            return await self._ask(request, snapshot, query, seconds)

        async def aside(work: Callable[[], T], /) -> T:
            return await self._turns.take(client, work)

        return Reading(
            snapshot.revision.id,
            snapshot.lookup,
            await aside(lambda: snapshot.search),
            await run_in_threadpool(self._questions.current),
            ask,
            aside,
            snapshot.union_default_graph,
        )

    async def _ask(self, request: Request, snapshot: Snapshot, query: QueryRequest, seconds: float | None) -> Answered:
        began, outcome, waited = time.monotonic(), "failed", 0.0
        try:
            answer = await self._pool.answer(
                snapshot.nursery,
                query,
                ResultFormat.JSON,
                GraphFormat.N_TRIPLES,
                client=client_of(request.scope),
                policy=self._policy,
                seconds=seconds,
            )
            assert isinstance(answer, Answered), "the policy lets no query call anything"
            outcome, waited = "answered", answer.waited
            return answer
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        except KgError as error:
            outcome = outcome_of(error)
            raise
        finally:
            self._metrics.query(outcome, time.monotonic() - began, waited)
            note(request, outcome=outcome, length=len(query.text), waited=round(waited, 4))

    async def _run(self, ready: asyncio.Future[StreamableHTTPSessionManager]) -> None:
        try:
            manager = await asyncio.to_thread(self._load)
            async with manager.run():
                ready.set_result(manager)
                await self._ended.wait()
        except Exception as error:
            if ready.done():
                raise
            ready.set_exception(error)

    def _load(self) -> StreamableHTTPSessionManager:
        # See the top of this file.
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager  # noqa: PLC0415
        from mcp.server.transport_security import TransportSecuritySettings  # noqa: PLC0415

        from kg.mcp import make_server  # noqa: PLC0415

        return StreamableHTTPSessionManager(
            make_server(self.reading),
            json_response=True,
            stateless=True,
            # Origins are checked here, by the address under which this server is known.
            security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
            max_request_body_size=self.longest_body,
        )


def check_origin(headers: Mapping[str, str], scheme: str, public_url: str | None) -> None:
    """Let a page of this server's own origin pass, and one of this machine; what is no page sends no Origin.

    A page elsewhere could otherwise have a browser ask a server that only the browser can reach: by its address, or by
    a name that first leads to the page and then to the server (DNS rebinding). So without a public address, our own
    origin counts only if it is an address, or this machine.

    Raises:
        ForeignOrigin: another page asks.
    """
    origin = headers.get("origin")
    if origin is None:
        return
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:  # a bracket that is not closed
        host = ""
    if _is_here(host):
        return
    public = urlsplit(public_url) if public_url else None
    own = f"{public.scheme}://{public.netloc}" if public else f"{scheme}://{headers.get('host', '')}"
    if origin.lower() == own.lower() and (public is not None or _is_address(host)):
        return
    raise ForeignOrigin(origin[:200])


def _is_here(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class _Handed(Response):
    """An answer that the protocol's library gives; its work ends where the client closes the connection."""

    def __init__(self, manager: StreamableHTTPSessionManager, body: bytes) -> None:
        super().__init__()
        self._manager = manager
        self._sent = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle the request, whose body has been read already."""
        read = False
        gone = asyncio.ensure_future(_disconnection(receive))

        async def again() -> Message:
            nonlocal read
            if read:
                return await asyncio.shield(gone)
            read = True
            return {"type": "http.request", "body": self._sent, "more_body": False}

        handled = asyncio.ensure_future(self._manager.handle_request(scope, again, send))
        try:
            await asyncio.wait({handled, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not handled.done():
                raise ClientGone
            handled.result()
        finally:
            for task in (handled, gone):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(handled, gone, return_exceptions=True)


async def _disconnection(receive: Receive) -> Message:
    while (message := await receive())["type"] != "http.disconnect":
        pass
    return message


def mcp_router() -> APIRouter:
    """Return the router of `/mcp`."""
    router = APIRouter(tags=["agents"])

    @router.post(PATH, include_in_schema=False)
    async def mcp(request: Request) -> Response:
        """Take one message of the Model Context Protocol, and answer it."""
        endpoint: Mcp = request.app.state.mcp
        settings: Settings = request.app.state.settings
        check_origin(request.headers, request.url.scheme, settings.public_url)
        body = await read_body(request, endpoint.longest_body)
        return _Handed(await endpoint.manager(), body)

    return router
