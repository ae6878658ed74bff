"""What a request may be before anything looks at it, and what becomes of an error that nothing else took."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import (
    AddressTooLong,
    BodyTooLarge,
    ClientGone,
    HeadersTooLarge,
    MalformedRequest,
    TooManyHeaders,
    TooManyParameters,
)
from api.problems import CONTROL, respond, respond_unknown
from kg.errors import KgError
from kg.settings import Settings

MAX_ADDRESS: Final = 64 << 10
"""Bytes of path and query; a query that is longer when written as an address goes into the body."""

MAX_HEADERS: Final = 32 << 10
MAX_HEADER_COUNT: Final = 100
MAX_PARAMETERS: Final = 1000

_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(:\d{1,5})?")
_LENGTH: Final = re.compile(r"\d{1,18}")
_LOG: Final = logging.getLogger(__name__)


def longest_body(settings: Settings) -> int:
    """Return the size above which no path reads a body: that of an update, or of a query as a form may write it."""
    return max(settings.max_upload, 8 * settings.max_query_length) + 1024


class RequestLimitMiddleware:
    """Refuses what is too large, or not whole, before anything reads it; a body without a length, as it comes."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._longest_body = longest_body(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        wrong = next(self._wrong(scope), None) if scope["type"] == "http" else None
        if wrong is None:
            bounded = _Bounded(receive, send, self._longest_body)
            await self._app(scope, bounded.receive, bounded.send)
            return
        if isinstance(wrong, MalformedRequest):
            # What is no host must not come back in the links of a page.
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"host"]
        await respond(Request(scope, receive), wrong)(scope, receive, send)

    def _wrong(self, scope: Scope) -> Iterator[KgError]:
        query: bytes = scope.get("query_string", b"")
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        if len(scope.get("raw_path") or scope["path"]) + len(query) > MAX_ADDRESS:
            yield AddressTooLong(MAX_ADDRESS)
        if CONTROL.search(scope["path"]):
            # The end of a line at the end of a path is overlooked by the patterns of paths (Python's `$`).
            yield MalformedRequest("The path has control characters.", "请求路径含有控制字符。")
        if query.count(b"&") >= MAX_PARAMETERS:
            yield TooManyParameters(MAX_PARAMETERS)
        if len(headers) > MAX_HEADER_COUNT:
            yield TooManyHeaders(MAX_HEADER_COUNT)
        if sum(len(name) + len(value) for name, value in headers) > MAX_HEADERS:
            yield HeadersTooLarge(MAX_HEADERS)
        for name, value in headers:
            text = value.decode("latin-1")
            if name == b"host" and _HOST.fullmatch(text) is None:
                yield MalformedRequest("Host is not the name of a host.", "Host 不是有效的主机名。")
            if name == b"content-length" and (not _LENGTH.fullmatch(text) or int(text) > self._longest_body):
                yield BodyTooLarge(self._longest_body)
        if {b"content-length", b"transfer-encoding"} <= {name for name, _ in headers}:
            # A proxy before us may go by the other one (RFC 9112, section 6.1).
            yield MalformedRequest(
                "There is Content-Length and Transfer-Encoding.", "同时有 Content-Length 和 Transfer-Encoding。"
            )
        try:
            query.decode("ascii")
        except UnicodeDecodeError:
            yield MalformedRequest("The address has bytes that must be escaped.", "请求地址含有未转义的字节。")


class _Bounded:
    """A body that says nothing of its length, or more than it said: it is counted as it comes."""

    def __init__(self, receive: Receive, send: Send, longest: int) -> None:
        self._receive = receive
        self._send = send
        self._longest = longest
        self._size = 0
        self._started = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            if self._size > self._longest:
                if self._started:  # too late to say so
                    return {"type": "http.disconnect"}
                raise BodyTooLarge(self._longest)
        return message

    async def send(self, message: Message) -> None:
        self._started = True
        await self._send(message)


class FaultMiddleware:
    """Answers what nothing else has caught, inside of everything that adds headers; breaks off what has begun."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientGone:
            return
        except Exception as error:
            if started:
                # To return now leaves the answer without its end: the server closes the connection, and no client
                # takes the part for the whole.
                expected = isinstance(error, TimeoutError | ConnectionError)
                why = str(error) or type(error).__name__
                _LOG.warning("the answer was broken off: %s", why, exc_info=None if expected else error)
                return
            request = Request(scope, receive)
            await respond_unknown(request, error)(scope, receive, send)
