"""`/limits`: what queries, writes and requests are held to, with values and units, for programs and people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query
from pydantic import Field
from starlette.responses import Response

from api.described import json_answer
from api.exchange import ExchangeDep, once_each
from api.models import Labels, Model
from api.operations.connections import CONNECTIONS, HEAD_SECONDS, PER_CLIENT
from api.operations.requests import MAX_ADDRESS, MAX_HEADERS, MAX_PARAMETERS
from api.parameters import MAX_LIMIT, LanguageParameters
from api.protocol import BODY_SECONDS
from api.reconcile.queries import BATCH_SIZE
from api.words import LIMIT_WORDS
from kg.lookup import MAX_TARGETS
from kg.settings import Settings
from kg.writing.writer import WAITING


class Limit(Model):
    """One limit; `value` is null where there is none."""

    name: Annotated[str, Field(examples=["time"])]
    label: Labels
    display: str | None = None
    value: float | None
    unit: Annotated[str, Field(examples=["seconds"])]


class Limits(Model):
    """Every limit, and the origins that a query may call by SERVICE, an update by LOAD."""

    items: list[Limit]
    services: list[str]
    revision: str


def limits_router() -> APIRouter:
    """Return the router of the limits."""
    router = APIRouter(tags=["service"], dependencies=[Depends(once_each)])

    @router.get("/limits", summary="What queries, writes and requests are held to", responses=json_answer(Limits, 400))
    def limits(exchange: ExchangeDep, _parameters: Annotated[LanguageParameters, Query()]) -> Response:
        """Return every limit with its value and unit; what goes past one is an error that names it."""
        app: FastAPI = exchange.request.app
        items = [
            {"name": name, "label": {"zh": words.zh, "en": words.en}, "value": value, "unit": unit}
            for name, value, unit in limits_of(app)
            for words in [LIMIT_WORDS[name]]
        ]
        found = {"items": items, "services": list(app.state.allow.names)}
        # The revision says nothing of the settings; a restart may have changed them.
        return exchange.json(lambda: found, variant=repr(found))

    return router


def limits_of(app: FastAPI) -> Iterator[tuple[str, float | None, str]]:
    """Yield name, value and unit of each limit of an app."""
    settings: Settings = app.state.settings
    pool: Any = app.state.pool
    yield "time", settings.query_timeout, "seconds"
    yield "memory", settings.worker_memory, "bytes"
    yield "rows", settings.max_rows, "rows"
    yield "bytes", settings.max_bytes, "bytes"
    yield "length", settings.max_query_length, "characters"
    yield "nesting", settings.max_query_nesting, "levels"
    yield "parallel", pool.limits.workers, "queries"
    yield "parallel_per_client", pool.gate.per_client, "queries"
    yield "waiting", pool.limits.waiting, "queries"
    yield "patience", pool.limits.patience, "seconds"
    yield "upload", settings.max_upload, "bytes"
    yield "write_time", settings.write_timeout, "seconds"
    yield "waiting_writes", WAITING, "writes"
    yield "rate", app.state.operations.buckets.rate or None, "requests a second"
    yield "address", MAX_ADDRESS, "bytes"
    yield "headers", MAX_HEADERS, "bytes"
    yield "parameters", MAX_PARAMETERS, "parameters"
    yield "head", HEAD_SECONDS, "seconds"
    yield "arrival", BODY_SECONDS, "seconds"
    yield "reading", settings.send_timeout, "seconds"
    yield "connections", CONNECTIONS, "connections"
    yield "connections_per_client", PER_CLIENT, "connections"
    yield "page", MAX_LIMIT, "items"
    yield "batch", BATCH_SIZE, "queries"
    yield "targets", MAX_TARGETS, "things"
    yield "services", len(app.state.allow.names), "origins"
