"""What the metrics read off the app whenever they are fetched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from api.operations.metrics import Metrics
from api.operations.ratelimit import Buckets
from kg.errors import StoreError
from kg.revisions import store_of


def read_app(metrics: Metrics, app: FastAPI, buckets: Buckets) -> None:
    """Have the metrics read workers, cache, revision and buckets; what an app does not have counts as none."""

    def of(name: str, read: Callable[[Any], dict[str, float]]) -> Callable[[], dict[str, float]]:
        def reading() -> dict[str, float]:
            found = getattr(app.state, name, None)
            return read(found) if found is not None else {}

        return reading

    metrics.read(
        "kg_workers", "Workers, by what they do.", "gauge", of("pool", lambda pool: pool.counts()), label="state"
    )
    metrics.read(
        "kg_workers_killed",
        "Workers that had to be killed, by why.",
        "counter",
        of("pool", lambda pool: dict(pool.killed)),
        label="reason",
    )
    metrics.read(
        "kg_columns_queries",
        "Analytical queries, by what the columns made of them.",
        "counter",
        of("pool", lambda pool: dict(pool.columns)),
        label="outcome",
    )
    metrics.read(
        "kg_queries_now",
        "Queries that run, and that wait.",
        "gauge",
        of("pool", lambda pool: {"running": pool.gate.inside, "waiting": pool.gate.waiting}),
        label="state",
    )
    metrics.read(
        "kg_cache_answers",
        "Answers taken from the cache, and not found in it.",
        "counter",
        of("cache", lambda cache: {"hit": cache.hits, "miss": cache.misses}),
        label="result",
    )
    metrics.read("kg_cache_bytes", "Bytes that the cache keeps.", "gauge", lambda: _size(app))
    metrics.read(
        "kg_revision",
        "The revision that is served.",
        "gauge",
        of("snapshots", lambda snapshots: {snapshots.opened: 1} if snapshots.opened else {}),
        label="revision",
    )
    metrics.read("kg_publication", "Number of the last publication in the store.", "gauge", lambda: _last(app))
    metrics.read("kg_rate_limited", "Requests that were one too many of a client.", "counter", lambda: buckets.refused)
    metrics.read("kg_rate_limit_clients", "Clients whose rate is kept in mind.", "gauge", lambda: len(buckets))


def _size(app: FastAPI) -> float:
    cache = getattr(app.state, "cache", None)
    return float(cache.size + app.state.operations.replays.size) if cache is not None else 0.0


def _last(app: FastAPI) -> float:
    seq = app.state.snapshots.publication
    if seq is not None:  # a service is not asked while metrics are written
        return float(seq)
    try:
        last = next(iter(store_of(app.state.settings).history()), None)
    except StoreError:
        return 0.0
    return float(last.seq) if last else 0.0
