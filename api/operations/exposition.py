"""`/metrics` for Prometheus, on an address of its own: what it tells is for the operator, not for the public."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator
from typing import Final

from prometheus_client.exposition import choose_encoder

from api.operations.metrics import Metrics
from kg.errors import SettingError

_BIND: Final = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^\[\]:]+)):(?P<port>\d{1,5})")
_HEAD_BYTES: Final = 8 << 10
_SECONDS: Final = 10.0


def parse_bind(text: str) -> tuple[str, int]:
    """Return host and port of an address to listen on.

    Raises:
        SettingError: it is no such address.

    >>> parse_bind("127.0.0.1:9464"), parse_bind("[::1]:0")
    (('127.0.0.1', 9464), ('::1', 0))
    """
    match = _BIND.fullmatch(text)
    if match is None or int(match["port"]) > 65535:
        raise SettingError(
            f"KG_METRICS_BIND is {text!r}; it must be address and port, like 127.0.0.1:9464 or [::1]:9464"
        )
    return match["six"] or match["host"], int(match["port"])


class Exposition:
    """Serves the metrics while the app runs, in its event loop: what they ask for does not change meanwhile."""

    def __init__(self, metrics: Metrics, bind: str | None) -> None:
        """Serve at an address, or nowhere.

        Raises:
            SettingError: the address is none.
        """
        self._metrics = metrics
        self._bind = parse_bind(bind) if bind else None
        self.port = 0
        """Where it listens, as long as it does."""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve within this block.

        Raises:
            SettingError: the address cannot be listened on.
        """
        if self._bind is None:
            yield
            return
        host, port = self._bind
        try:
            server = await asyncio.start_server(self._serve, host, port, limit=_HEAD_BYTES)
        except (OSError, socket.gaierror) as error:
            raise SettingError(
                f"KG_METRICS_BIND: cannot listen on {host}:{port}: {error.strerror or error}; choose another port"
            ) from error
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            self.port = 0
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._answer(head))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ConnectionError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _answer(self, head: bytes) -> bytes:
        line, _, rest = head.decode("latin-1").partition("\r\n")
        method, _, target = line.partition(" ")
        path = target.partition(" ")[0].partition("?")[0]
        if path != "/metrics":
            return _response("404 Not Found", "text/plain; charset=utf-8", b"metrics are at /metrics\n")
        if method not in {"GET", "HEAD"}:
            return _response("405 Method Not Allowed", "text/plain; charset=utf-8", b"GET\n", "Allow: GET, HEAD\r\n")
        accept = re.search(r"(?im)^accept:[ \t]*([^\r\n]*)", rest)
        encode, media_type = choose_encoder(accept.group(1) if accept else "")
        return _response("200 OK", media_type, encode(self._metrics.registry), with_body=method == "GET")


def _response(status: str, media_type: str, body: bytes, more: str = "", *, with_body: bool = True) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n{more}"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + (body if with_body else b"")
