"""From a query to a response: the cache, a worker, the client that may go away, and the file to send."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from starlette.responses import Response

from api.cache import AnswerCache
from api.errors import ClientGone
from api.exchange import Exchange
from api.formats import content_type
from api.lanes import drop_prepared, learn, name_of, take_prepared
from api.negotiation import Offer
from api.operations.clients import client_of
from api.operations.metrics import Metrics
from api.replays import allow_replay
from api.spool import SpoolResponse
from kg.engine import GraphFormat, QueryRequest, ResultFormat
from kg.engine.admission import Policy
from kg.errors import (
    KgError,
    LimitExceeded,
    NoRoom,
    Overloaded,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooComplex,
    StoreFailed,
    UnknownFunction,
    Unsortable,
    UnsupportedFormat,
)
from kg.federation import AllowList, Gateway, RemoteFailure, rewrite
from kg.workers.asked import traits_of
from kg.workers.pool import Answered, Called, WorkerPool, answered_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client accepts, the best liked first: formats of tables, formats of graphs."""

    results: tuple[Offer[ResultFormat], ...]
    graphs: tuple[Offer[GraphFormat], ...]


@dataclass(frozen=True, slots=True)
class _Time:
    """The time that a query has: from when on, by the monotonic clock, and how many seconds."""

    began: float
    seconds: float

    @property
    def ends(self) -> float:
        return self.began + self.seconds


class Answering:
    """Answers queries over the snapshot of an exchange."""

    def __init__(self, app: FastAPI) -> None:
        """Use the pool, the cache and the policy that hang on an app."""
        self._pool: WorkerPool = app.state.pool
        self._cache: AnswerCache = app.state.cache
        self._policy: Policy = app.state.policy
        self._allow: AllowList = app.state.allow
        self._metrics: Metrics = app.state.metrics

    async def respond(
        self, exchange: Exchange, query: QueryRequest, wanted: Wanted, seconds: float | None = None
    ) -> Response:
        """Answer a query in the format that the client likes best among those that its kind of answer has."""
        request = replace(query, union_default_graph=exchange.snapshot.union_default_graph)
        return await self.respond_as_it_is(exchange, request, wanted, seconds)

    async def respond_as_it_is(
        self, exchange: Exchange, request: QueryRequest, wanted: Wanted, seconds: float | None = None
    ) -> Response:
        """Answer a request whose default graph is the one that it says, and not the one of `/sparql`."""
        return await self._observed(
            exchange, request, seconds, lambda allowed: self._answer(exchange, request, wanted, allowed)
        )

    async def answered(
        self, exchange: Exchange, request: QueryRequest, format: ResultFormat, seconds: float | None = None
    ) -> Answered:
        """Return the answer to a request as it is in a format of tables, to be written in another; it must be closed.

        It has the limits of everybody's queries.
        """
        offer = Offer(format, format.media_type.partition(";")[0])

        async def work(allowed: _Time) -> tuple[Answered, float]:
            key = _key(exchange, request, offer, None)
            found = self._cache.get(key)
            if found is None:
                found = await self._evaluate(exchange, request, offer, None, allowed)
                if not found.volatile:
                    self._cache.put(key, found)
            return found, found.waited

        return await self._observed(exchange, request, seconds, work)

    async def _observed(
        self,
        exchange: Exchange,
        request: QueryRequest,
        seconds: float | None,
        work: Callable[[_Time], Awaitable[tuple[T, float]]],
    ) -> T:
        """Return what some work makes of a query; metrics and the log are told how it went and how long it waited."""
        began = time.monotonic()
        outcome, waited = "failed", 0.0
        try:
            if len(request.text) > self._policy.max_length:
                raise QueryTooComplex("length", self._policy.max_length, "characters")
            limit = self._pool.limits.seconds
            allowed = _Time(began, limit if seconds is None else min(seconds, limit))
            found, waited = await work(allowed)
            outcome = "answered"
            return found
        except (ClientGone, asyncio.CancelledError):
            outcome = "cancelled"
            raise
        except KgError as error:
            outcome = outcome_of(error)
            raise
        finally:
            spent = time.monotonic() - began
            self._metrics.query(outcome, spent, waited)
            note(exchange.request, outcome=outcome, **traits_of(request.text), waited=round(waited, 4))

    def tag(
        self,
        exchange: Exchange,
        query: QueryRequest,
        result: Offer[ResultFormat] | None,
        graph: Offer[GraphFormat] | None,
    ) -> str:
        """Return the entity tag of the answer to a query that only the data determine."""
        request = replace(query, union_default_graph=exchange.snapshot.union_default_graph)
        return exchange.tag(repr(_key(exchange, request, result, graph)))

    async def _answer(
        self, exchange: Exchange, request: QueryRequest, wanted: Wanted, allowed: _Time
    ) -> tuple[Response, float]:
        graph = wanted.graphs[0] if wanted.graphs else None
        result = wanted.results[0] if wanted.results else None
        key = _key(exchange, request, result, graph)
        tag = exchange.tag(repr(key))
        if exchange.is_known(tag):  # only answers that the data alone determine have ever got such a tag
            allow_replay(exchange.request.scope, exchange.snapshot)
            return exchange.not_modified(tag), 0.0
        answer = self._cache.get(key)
        if answer is not None:
            drop_prepared(exchange.request.scope)
        else:
            try:
                answer = await self._evaluate(exchange, request, result, graph, allowed)
            except UnsupportedFormat as error:
                # CSV cannot hold the answer of ASK, but the next format that the client accepts may.
                result = next((offer for offer in wanted.results[1:] if offer.value.short in error.supported), None)
                if result is None:
                    raise
                answer = await self._evaluate(exchange, request, result, graph, allowed)
                key = _key(exchange, request, result, graph)
                tag = exchange.tag(repr(key))
            if not answer.volatile:
                self._cache.put(key, answer)
        chosen = graph if answer.kind == "graph" else result
        media_type = content_type(chosen.value, chosen.media_type) if chosen else answer.media_type
        headers = exchange.headers(None if answer.volatile else tag)
        if answer.descriptor >= 0:
            return SpoolResponse(answer, media_type, headers, exchange.patience), answer.waited
        if answer.volatile:
            return exchange.computed(media_type, answer.content), answer.waited
        allow_replay(exchange.request.scope, exchange.snapshot)
        if result == next(iter(wanted.results), None):
            learn(exchange, self._pool.limits, self._policy, request, result, graph)
        return Response(answer.content, media_type=media_type, headers=headers), answer.waited

    async def _evaluate(
        self,
        exchange: Exchange,
        request: QueryRequest,
        result: Offer[ResultFormat] | None,
        graph: Offer[GraphFormat] | None,
        allowed: _Time,
    ) -> Answered:
        async def work(request: QueryRequest, policy: Policy | None) -> Answered | Called:
            return await self._pool.answer(
                exchange.snapshot.nursery,
                request,
                result.value if result else None,
                graph.value if graph else None,
                client=client_of(exchange.request.scope),
                policy=policy,
                seconds=allowed.seconds,
                ends=allowed.ends,
            )

        prepared = take_prepared(exchange.request.scope)
        if isinstance(prepared, KgError):
            raise prepared
        if prepared is not None:
            found = self._pool.spooled.admit(answered_of(prepared, 0.0, request), client_of(exchange.request.scope))
        else:
            found = await unless_gone(exchange.request, work(request, self._policy))
        if isinstance(found, Called):
            return await self._federated(exchange, found, allowed, work)
        return found

    async def _federated(
        self,
        exchange: Exchange,
        called: Called,
        allowed: _Time,
        work: Callable[[QueryRequest, None], Awaitable[Answered | Called]],
    ) -> Answered:
        """Evaluate a query that calls other services: allowed ones, through a gateway in this process.

        Raises:
            ServiceRefused: one of them is not allowed.
            RemoteFailure: one of them gave no usable answer.
        """
        for call in called.calls:
            self._allow.check(call.iri)
        gateway = await asyncio.to_thread(Gateway, self._allow, allowed.ends, self._pool.limits.bytes)
        try:
            calls = [(call.iri, call.start, call.end, call.silent) for call in called.calls]
            text = rewrite(called.request.text, calls, gateway.url_for)
            answer = await unless_gone(exchange.request, work(replace(called.request, text=text), None))
        except LimitExceeded:
            raise
        except QueryError as error:
            if gateway.failures or gateway.silenced:
                raise _failure((gateway.failures or gateway.silenced)[0], allowed) from error
            raise
        finally:
            await asyncio.to_thread(gateway.close)
        assert isinstance(answer, Answered), "what has no policy is not admitted once more"
        if gateway.failures:
            answer.close()
            raise _failure(gateway.failures[0], allowed)
        return answer


def _failure(failure: RemoteFailure, allowed: _Time) -> QueryError:
    """Return the error that a failed call is: that it took too long is a matter of our deadline."""
    return QueryTimeout("time", allowed.seconds, "seconds") if failure.reason == "time" else failure


async def unless_gone(request: Request, work: Awaitable[T]) -> T:
    """Return what some work gives; it is cancelled when the client closes the connection.

    Raises:
        ClientGone: the client did.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnection(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientGone
        return task.result()
    finally:
        for other in (task, gone):
            if not other.done():
                other.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _disconnection(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def note(request: Request, **what: Any) -> None:
    """Add to the line that the log has about a request."""
    state = request.scope.setdefault("state", {})
    state.setdefault("log", {}).update(what)


def _key(
    exchange: Exchange,
    request: QueryRequest,
    result: Offer[ResultFormat] | None,
    graph: Offer[GraphFormat] | None,
) -> tuple[object, ...]:
    return (exchange.snapshot.revision.id, request, name_of(result), name_of(graph))


def outcome_of(error: KgError) -> str:
    """Return how a query ended that an error ended, as the metrics and the log call it."""
    if isinstance(error, LimitExceeded):
        return "timeout" if error.name == "time" else error.name
    if isinstance(error, RemoteFailure):
        return "remote"
    for kind, name in (
        (QuerySyntaxError, "syntax"),
        (UnknownFunction, "syntax"),
        (Unsortable, "sorting"),
        (QueryRefused, "refused"),
        (Overloaded, "overloaded"),
        (NoRoom, "overloaded"),
        (StoreFailed, "store"),
    ):
        if isinstance(error, kind):
            return name
    return "format" if isinstance(error, UnsupportedFormat) else "failed"
