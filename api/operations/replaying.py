"""Answering again: what an answer that is sent again counts for, and which answers are kept for it."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.lanes import Lane, Lanes, Prepared
from api.operations.logs import REQUEST_ID, REQUESTS
from api.operations.metrics import Metrics
from api.operations.observing import GONE, LONGEST, new_request_id
from api.operations.ratelimit import Buckets
from api.replays import END, EXTENSION, Recording, Replay, Replays
from kg.workers.express import Express, ExpressLine
from kg.workers.messages import Message as Told
from kg.workers.pool import WorkerPool

_OWN: Final = frozenset(
    {
        *(b"authorization", b"cookie", b"expect", b"upgrade", b"content-length", b"transfer-encoding"),
        # Each request has another one, and so would never be seen again.
        *(b"x-request-id", b"traceparent"),
    }
)
"""Headers that make a request one of its own."""


Arrived = Callable[[Replay | Prepared | None], None]


@dataclass(frozen=True, slots=True)
class Hurried:
    """A query that a worker was asked, and what is to be noted if its client goes away."""

    express: Express
    gone: Callable[[], None]

    def cancel(self) -> None:
        """End it: nobody waits for it any more."""
        self.express.cancel()
        self.gone()


class Replaying:
    """Answers again, and sees to it that an answer which is sent again counts as any other."""

    def __init__(self, replays: Replays, lanes: Lanes, pool: WorkerPool, buckets: Buckets, metrics: Metrics) -> None:
        """Send what is kept, or what a worker answers; take the tokens of clients, and count."""
        self._replays = replays
        self._lanes = lanes
        self.line = ExpressLine(pool)
        self._buckets = buckets
        self._metrics = metrics
        self._counted: Counter[tuple[str, int, bool]] = Counter()
        metrics.before(self._count)
        metrics.read("kg_replays", "Answers that were sent again as they were.", "counter", lambda: replays.sent)

    def find(self, request: bytes, client: str) -> Replay | None:
        """Return the answer to a request, or None where it has to be computed, or refused.

        Args:
            request: the bytes of a request that `is_whole`.
            client: what stands for the client; empty where a trusted proxy sent the request on.
        """
        replay = self._replays.find(request, forwarded=not client)
        if replay is None or not self._buckets.has(client or replay.client):
            return None
        self._replays.sent += 1
        return replay

    def look_up(self, request: bytes, client: str) -> Replay | None:
        """Return the answer to a query that comes in a way which is known, and is sure to cost little; else None.

        The arguments are those of `find`.
        """
        found = self._lanes.find(request, forwarded=not client)
        if found is None:
            return None
        (lane, query), began = found, time.monotonic()
        who = client or lane.like.client
        # What is computed for a client without a token would be refused after that.
        replay = lane.look_up(query) if self._buckets.can_take(who) else None
        if replay is None or not self._buckets.has(who):
            return None
        return self._computed(replay, request, client, lane, began)

    def hurry(self, request: bytes, client: str, address: str, arrived: Arrived) -> tuple[Hurried | None, bool]:
        """Have a worker answer a query that comes in a way which is known.

        Returns it, or None where it has to take the whole way; and whether its client has given a token for it.
        `arrived` is told the answer, or what came of the query instead, with which it has to take the whole way.
        """
        found = self._lanes.find(request, forwarded=not client)
        if found is None:
            return None, False
        (lane, query), began = found, time.monotonic()
        who = client or lane.like.client
        if not self._buckets.has(who):
            return None, False

        def heard(came: Prepared | None) -> None:
            replay = lane.answer(came) if isinstance(came, Told) else None
            if replay is None:
                arrived(None if isinstance(came, Told) and "unreadable" in came.head else came)
                return
            arrived(self._computed(replay, request, client, lane, began))

        def gone() -> None:
            seconds, log = time.monotonic() - began, {**lane.like.log, "outcome": "cancelled"}
            self._metrics.query("cancelled", seconds, 0.0)
            left = replace(lane.like, status=GONE, size=0, log={**log, "seconds": round(seconds, 4)})
            self._note(left, client, address, new_request_id())

        express = self.line.ask(lane.learned.snapshot.nursery, lane.message(query), who, heard)
        return (None if express is None else Hurried(express, gone)), True

    def _computed(self, replay: Replay, request: bytes, client: str, lane: Lane, began: float) -> Replay:
        """Count an answer that was computed just now, and keep it; return it as it is logged."""
        seconds = time.monotonic() - began
        self._metrics.query("answered", seconds, 0.0)
        self._lanes.answered += 1
        self._replays.keep(Recording(request, forwarded=not client, snapshot=lane.learned.snapshot), replay)
        return replace(replay, log={**replay.log, "seconds": round(seconds, 4)})

    def wire(self, replay: Replay, client: str, address: str, date: bytes) -> bytes:
        """Return an answer as it goes out, which counts from now on.

        Args:
            replay: what `find` returned, or `arrived` was told.
            client: as for `find`.
            address: the address that sent the request.
            date: the value of the header Date.
        """
        request_id = new_request_id()
        self._note(replay, client, address, request_id)
        return replay.wire(date, request_id.encode())

    def _note(self, replay: Replay, client: str, address: str, request_id: str) -> None:
        """Count an answer and write its line; one that was computed says how long it took, and is a query counted."""
        computed = "seconds" in replay.log
        self._counted[replay.route, replay.status, "query" in replay.log and not computed] += 1
        if REQUESTS.isEnabledFor(logging.INFO):
            _log(replay, address if client else replay.address, request_id)

    def _count(self) -> None:
        counted, self._counted = self._counted, Counter()
        for (route, status, query), times in counted.items():
            self._metrics.replayed(route, status, times, query=query)


def _log(replay: Replay, address: str, request_id: str) -> None:
    head = {"method": "GET", "path": replay.log["path"], "route": replay.route, "status": replay.status}
    fields = {**head, "seconds": 0.0, "bytes": replay.size, "client": address, **replay.log}
    if "seconds" not in replay.log:
        fields["replayed"] = True
    entered = REQUEST_ID.set(request_id)
    REQUESTS.info("request", extra={"fields": fields})
    REQUEST_ID.reset(entered)


class ReplayMiddleware:
    """Keeps the answers that may be sent again."""

    def __init__(self, app: ASGIApp, replays: Replays, lanes: Lanes) -> None:
        """Stand before an app, within what gives a request its id."""
        self._app = app
        self._replays = replays
        self._lanes = lanes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        recording: Recording | None = scope.get("extensions", {}).get(EXTENSION)
        if recording is None or not _may_come_again(scope):
            await self._app(scope, receive, send)
            return
        start: Message | None = None

        async def watched(message: Message) -> None:
            nonlocal start
            await send(message)
            if message["type"] == "http.response.start":
                start = message
            elif start is not None and recording.snapshot is not None:
                if not message.get("more_body", False):
                    replay = _replay_of(scope, recording, start, message.get("body", b""))
                    if replay is not None:
                        self._replays.keep(recording, replay)
                        if replay.status == HTTPStatus.OK:
                            self._lanes.keep(recording, start["headers"], replay)
                start = None

        await self._app(scope, receive, watched)


def _may_come_again(scope: Scope) -> bool:
    return scope["http_version"] == "1.1" and not any(
        name in _OWN or (name == b"connection" and value.lower() != b"keep-alive") for name, value in scope["headers"]
    )


def _replay_of(scope: Scope, recording: Recording, start: Message, body: bytes) -> Replay | None:
    """Return an answer to be sent again; None for one without a length, or with a status that says it was an error."""
    status = start["status"]
    headers: list[tuple[bytes, bytes]] = start["headers"]
    has_length = (b"content-length", str(len(body)).encode()) in headers
    if not (status == HTTPStatus.OK and has_length) and not (status == HTTPStatus.NOT_MODIFIED and not body):
        return None
    client = scope.get("client") or ("",)
    return Replay(
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ndate: ".encode(),
        b"".join([b"\r\n", *(b"%s: %s\r\n" % pair for pair in headers), b"x-request-id: "]),
        END + body,
        status,
        len(body),
        str(getattr(scope.get("route"), "path", "")),
        str(client[0]),
        str(scope["state"]["client"]),
        {"path": scope["path"][:LONGEST], "agent": _agent(scope)[:LONGEST], **scope["state"].get("log", {})},
        recording.until,
    )


def _agent(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"user-agent"), "")
