"""HTTP as the server speaks it: what a connection may cost before there is a request, and what is answered at once.

Uvicorn has no limit on the time that the head of a request may take, nor on how slowly an answer may be read, and it
counts all connections alike. So its protocol is told when to give up. And a request that is known is answered at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, Final, cast

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from api.errors import AddressTooLong, HeadersTooLarge, MalformedRequest, SlowBody, TooManyConnections, TryAgain
from api.exchange import json_bytes
from api.lanes import PREPARED, Prepared
from api.operations.connections import Connections
from api.operations.replaying import Hurried, Replaying
from api.operations.requests import MAX_ADDRESS, MAX_HEADERS
from api.problem_shapes import problem_of
from api.replays import EXTENSION, Recording, Replay, is_whole
from kg.errors import KgError

_UNREADABLE: Final = (
    "This is no valid HTTP request. What is not ASCII stands in addresses as UTF-8 with %: 医疗 is %E5%8C%BB%E7%96%97.",
    "这不是有效的 HTTP 请求。地址中的非 ASCII 字符须按 UTF-8 以 % 编码，如“医疗”写作 %E5%8C%BB%E7%96%97。",
)

END_SECONDS: Final = 1.0
"""How long a client may take to read why it was refused."""

MOST_ENDING: Final = 100
"""Refused connections that are ended politely at a time; further ones are just cut."""

_MORE: Final = 2
"""A browser or a program with a pool may come back in so many seconds."""

_LOG: Final = logging.getLogger(__name__)


class GuardedProtocol(H11Protocol):
    """HTTP/1.1 that gives up on clients that are too slow, and says why in the form that all errors have."""

    guard: Connections
    replaying: Replaying

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._key: str | None = None
        self._refused = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._read_timer: asyncio.TimerHandle | None = None
        self._hurried: Hurried | None = None
        self._held = b""
        """What came while a worker was asked."""
        self._ending = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or refuse it where there are too many."""
        super().connection_made(transport)
        self._key = self.guard.enter(self.client[0] if self.client else "")
        if self._key is None:
            self._refuse(TooManyConnections(_MORE), quiet=True)
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in (self._head_timer, self._read_timer):
            if timer is not None:
                timer.cancel()
        if self._hurried is not None:
            self._hurried.cancel()
            self._hurried = None
        if self._key is not None:
            self.guard.leave(self._key)
            self._key = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sends; what comes after a refusal is read, so that the refusal arrives, and dropped."""
        if self._refused or self.transport.is_closing():
            return
        if self._hurried is not None:
            self._held += data
            if len(self._held) > MAX_ADDRESS + MAX_HEADERS:
                self.flow.pause_reading()
            return
        if not self._is_between_requests() or not is_whole(data):
            super().data_received(data)
            self._watch(has_more=True)
        elif not self._replay(data) and not self._hurry(data):
            self._take(data)

    def _take(self, data: bytes, prepared: Sequence[Prepared | None] = ()) -> None:
        """Have a request take the whole way; if its client has given a token for it, with what came of its query."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            # The task that answers begins later, when this has returned.
            extensions: dict[str, Any] = {EXTENSION: Recording(data, forwarded=self._key == "")}
            if prepared:
                extensions[PREPARED] = prepared[0]
            cast("dict[str, Any]", self.scope)["extensions"] = extensions
        self._watch(has_more=True)

    def _is_between_requests(self) -> bool:
        conn = self.conn
        return conn.their_state is h11.IDLE and conn.our_state is h11.IDLE and not conn.trailing_data[0]

    def _replay(self, data: bytes) -> bool:
        """Answer a request as one before it that was the same, or one that costs little; False where that cannot be."""
        if self.flow.write_paused:
            return False
        replay = self.replaying.find(data, self._key or "") or self.replaying.look_up(data, self._key or "")
        if replay is None:
            return False
        self._stop_awaiting()
        self._answer(replay)
        return True

    def _hurry(self, data: bytes) -> bool:
        """Have a worker answer at once; False where that cannot be."""
        if self.flow.write_paused:
            return False
        address = self.client[0] if self.client else ""
        self._hurried, paid = self.replaying.hurry(data, self._key or "", address, partial(self._arrived, data))
        if self._hurried is None:
            if paid:
                self._take(data, [None])
            return paid
        self._stop_awaiting()
        self._unset_keepalive_if_required()
        return True

    def _arrived(self, data: bytes, came: Replay | Prepared | None) -> None:
        self._hurried = None
        if isinstance(came, Replay):
            self._answer(came)
        else:
            self._take(data, [came])
        held, self._held = self._held, b""
        if held:
            self.flow.resume_reading()
            self.data_received(held)

    def _answer(self, replay: Replay) -> None:
        date = self.server_state.default_headers[0][1]
        address = self.client[0] if self.client else ""
        self.transport.write(self.replaying.wire(replay, self._key or "", address, date))
        self.server_state.total_requests += 1
        self._unset_keepalive_if_required()
        if self._ending:
            self.transport.close()
            self._linger()
            return
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def on_response_complete(self) -> None:
        """See to the next request."""
        super().on_response_complete()
        self._watch(has_more=bool(self.conn.trailing_data[0]))

    def _watch(self, *, has_more: bool) -> None:
        """Have a clock run where the client has begun a head, or still sends a body that nobody waits for."""
        if self._refused or self.transport.is_closing():
            return
        state = self.conn.their_state
        unread = state is h11.SEND_BODY and self.conn.our_state in {h11.DONE, h11.MUST_CLOSE}
        if (state is h11.IDLE and has_more) or unread:
            self._await_head()
        elif state is not h11.IDLE:
            self._stop_awaiting()

    def pause_writing(self) -> None:
        """Wait for the client to read; not for ever."""
        super().pause_writing()
        self._read_timer = self.loop.call_later(self.guard.read_seconds, self._break_off)

    def resume_writing(self) -> None:
        """Go on: the client has read."""
        if self._read_timer is not None:
            self._read_timer.cancel()
            self._read_timer = None
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection; also if the client does not read the end of its last answer."""
        super().timeout_keep_alive_handler()
        self._linger()

    def shutdown(self) -> None:
        """Begin to end: no further request is taken."""
        if self._refused:
            self.transport.abort()
            return
        if self._hurried is not None:
            self._ending = True
            return
        super().shutdown()
        if self.transport.is_closing():
            self._linger()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - it always says the same
        """Say why a request cannot be read: what the parser has against it decides."""
        error = sys.exception()
        if getattr(error, "error_status_hint", 400) != HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
            self._refuse(MalformedRequest(*_UNREADABLE))
        elif b"\n" in self.conn.trailing_data[0]:
            self._refuse(HeadersTooLarge(MAX_HEADERS))
        else:
            self._refuse(AddressTooLong(MAX_ADDRESS))

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.guard.head_seconds, self._too_slow)

    def _stop_awaiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if self.transport.is_closing():
            return
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self._refuse(SlowBody(self.guard.head_seconds), quiet=True)
        elif self.conn.their_state in {h11.IDLE, h11.SEND_BODY}:
            self.transport.close()
            self._linger()

    def _refuse(self, error: KgError, *, quiet: bool = False) -> None:
        """Answer with a problem, and end the connection."""
        self._refused = True
        self._stop_awaiting()
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE} or self.guard.ending >= MOST_ENDING:
            self.transport.abort()
            return
        if not quiet:
            _LOG.info("a request could not be read: %s", error)
        self.transport.write(b"".join(self.conn.send(event) or b"" for event in _events(error)))
        # To close with something unread would make the client lose the answer: so its end is sent first.
        self.transport.write_eof()
        self.guard.ending += 1
        self.loop.call_later(END_SECONDS, self._end)

    def _end(self) -> None:
        self.guard.ending -= 1
        self.transport.abort()

    def _linger(self) -> None:
        """Give the client some time to read the end, and then break the connection."""
        if self._read_timer is None and self.transport.get_write_buffer_size():
            self._read_timer = self.loop.call_later(self.guard.read_seconds, self._break_off)

    def _break_off(self) -> None:
        """End the connection at once, and what the system still keeps for it as well."""
        self._read_timer = None
        wire = self.transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


def _events(error: KgError) -> Iterator[h11.Event]:
    """Yield the answer that an error is; nobody knows which language the client reads."""
    problem = {**problem_of(error, "en"), "instance": "/"}
    body = json_bytes(problem)
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Access-Control-Allow-Origin", "*"),
    ]
    if isinstance(error, TryAgain):
        headers.append(("Retry-After", str(error.retry_after)))
    status = HTTPStatus(problem["status"])
    yield h11.Response(status_code=status, headers=headers, reason=status.phrase)
    yield h11.Data(data=body)
    yield h11.EndOfMessage()


def guarded(connections: Connections, replaying: Replaying) -> type[GuardedProtocol]:
    """Return the protocol of a server whose connections are counted, and whose answers may be sent again."""
    return type("Guarded", (GuardedProtocol,), {"guard": connections, "replaying": replaying})
