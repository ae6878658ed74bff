"""A SPARQL service elsewhere (SPARQL 1.1 Protocol): queries and updates over HTTP, each within its time.

Connections are kept and used again. What only reads is tried again where the service cannot have begun to answer: the
connection was refused or reset, or it said 503 with Retry-After; never past the deadline. An update is sent once.
"""

from __future__ import annotations

import base64
import contextlib
import logging
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Final, cast
from urllib.parse import urlencode, urlsplit

from kg.engine.remote.digest_access import authorization
from kg.engine.remote.timing import Call, TimedSocket
from kg.errors import KgError, LimitExceeded, StoreFailed, StoreTimeout, StoreUnreachable

Pairs = Sequence[tuple[str, str]]

_LOG: Final = logging.getLogger(__name__)
MOST: Final = 1 << 30
"""Bytes that an answer to a query of our own may have: it is held in memory."""

_BLOCK: Final = 1 << 16
_CONNECT: Final = 5.0
"""Seconds that a connection may take to come about, where the deadline is later."""

_PAUSES: Final = (0.05, 0.2, 0.5)
"""Seconds between tries."""

_AGAIN: Final = 5
"""Seconds after which clients are told to try again."""

_NEVER: Final = -1
"""What stands for the seconds to wait where asking again is not worth it."""

_IDLE: Final = 30.0
"""Seconds that a connection is kept unused: servers close theirs at some time, most after a minute or more."""

_SHOWN: Final = 500


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    """Where a service takes queries and updates, and what it is told about who asks."""

    query: str
    update: str = ""
    store: str = ""
    """Which of the stores it is that the service holds."""
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service answered with success: its content is whole."""

    content: bytes
    media_type: str
    headers: Mapping[str, str]


class Service:
    """Sends queries and updates to a SPARQL service; may be used by several threads."""

    def __init__(self, address: ServiceAddress, *, tls: ssl.SSLContext | None = None) -> None:
        """Ask the service at an address."""
        self.address = address
        self._tls = tls
        self._lock = threading.Lock()
        self._idle: list[tuple[float, str, HTTPConnection]] = []
        weakref.finalize(self, _close_all, self._idle)
        self._challenge: dict[str, str] = {}

    def query(
        self,
        pairs: Pairs,
        accept: str,
        call: Call,
        *,
        most: int = MOST,
        passing: Callable[[bytes], None] = lambda _: None,
    ) -> Reply:
        """Return the answer to a query that is sent as a form (SPARQL 1.1 Protocol, section 2.1.2).

        `most` is a number of bytes; each part of the answer is shown to `passing`, which may raise.

        Raises:
            StoreUnreachable: the service cannot be reached, or says that it is too busy.
            StoreTimeout: it did not answer in time.
            StoreFailed: its answer is an error, or breaks off.
            LimitExceeded: its answer has more bytes.
        """
        for pause in (*_PAUSES, None):
            try:
                return self._ask(self.address.query, pairs, accept, call, most, passing)
            except StoreUnreachable as error:
                wait = max(pause or 0.0, float(error.retry_after))
                never = pause is None or call.cancelled or error.retry_after == _NEVER
                if never or time.monotonic() + wait >= call.ends:
                    raise _plain(error) from error.__cause__
                time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def update(self, text: str, ends: float) -> None:
        """Have the service carry out an update (SPARQL 1.1 Protocol, section 2.2.1); it is sent once.

        Raises:
            StoreUnreachable, StoreTimeout, StoreFailed: as `query`; whether it was carried out is then not known.
        """
        try:
            self._ask(
                self.address.update or self.address.query, [("update", text)], "*/*", Call(ends), _BLOCK, lambda _: None
            )
        except LimitExceeded:  # it has said much about what it did
            return
        except StoreUnreachable as error:
            raise _plain(error) from error.__cause__

    def _ask(
        self, url: str, pairs: Pairs, accept: str, call: Call, most: int, passing: Callable[[bytes], None]
    ) -> Reply:
        body = urlencode(pairs, errors="surrogatepass").encode("ascii")
        reuse = pairs[0][0] == "query"
        for again in (True, False):
            response, connection = self._sent(url, body, accept, call, reuse=reuse)
            keep = False
            try:
                content = _content(response, most, passing)
                keep = not response.will_close
            finally:
                if keep and reuse:
                    self._keep(url, connection)
                else:
                    response.close()
                    connection.close()
            if again and response.status == 401 and self.address.user:  # also a nonce that has served
                self._challenge[url] = response.headers.get("WWW-Authenticate", "Basic")
                continue
            return self._reply(url, response, content)
        raise StoreFailed(*_said("it does not accept our credentials", "它不接受我们的凭据"))

    def _sent(
        self, url: str, body: bytes, accept: str, call: Call, *, reuse: bool
    ) -> tuple[HTTPResponse, HTTPConnection]:
        """Send a request, and return the response before its content is read, with its connection.

        A connection that was kept may have been closed meanwhile, which shows only when it is used: then another one
        is. What has been sent on it can not have been read, unless the service answers and dies in the same moment;
        updates therefore always have a new one.
        """
        while True:
            kept = self._kept(url) if reuse else None
            connection = kept or self._connected(url, call)
            try:
                with _reported(call):
                    wire = TimedSocket.around(connection.sock, call)
                    connection.sock = cast(Any, wire)
                    call.on(wire)
                    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
                    connection.request("POST", _path(url), body, {**headers, **self._authorization(url)})
                    return connection.getresponse(), connection
            except StoreUnreachable:
                connection.close()
                if kept is None:
                    raise
            except KgError:
                connection.close()
                raise

    def _connected(self, url: str, call: Call) -> HTTPConnection:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        connection = HTTPConnection(host, port)
        connection.auto_open = 0
        with _reported(call):
            plain = socket.create_connection((host, port), timeout=min(_CONNECT, call.remaining()))
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if parts.scheme == "https":
                self._tls = self._tls or ssl.create_default_context()
                plain.settimeout(call.remaining())
                plain = self._tls.wrap_socket(plain, server_hostname=host, suppress_ragged_eofs=False)
            connection.sock = plain
        return connection

    def _authorization(self, url: str) -> dict[str, str]:
        address = self.address
        if address.token:
            return {"Authorization": f"Bearer {address.token}"}
        challenge = self._challenge.get(url, "")
        if not address.user or not challenge:  # which way it wants them is for the service to say (RFC 9110, 11.3)
            return {}
        if challenge.lower().startswith("digest"):
            return {"Authorization": authorization(challenge, "POST", _path(url), address.user, address.password)}
        return {"Authorization": "Basic " + base64.b64encode(f"{address.user}:{address.password}".encode()).decode()}

    def _reply(self, url: str, response: HTTPResponse, content: bytes) -> Reply:
        status = response.status
        if 200 <= status < 300:
            media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Reply(content, media_type, {name.lower(): value for name, value in response.headers.items()})
        _LOG.warning("%s answered %d: %s", url, status, content[:_SHOWN].decode(errors="replace"))
        if status == 503:
            after = response.headers.get("Retry-After", "")
            raise StoreUnreachable(*_said("it is too busy (503)", "它过于繁忙（503）"), _seconds(after))
        if status in {401, 403}:
            raise StoreFailed(
                *_said(f"it does not accept our credentials ({status})", f"它不接受我们的凭据（{status}）")
            )
        raise StoreFailed(*_said(f"it answered with status {status}", f"它回答的状态码是 {status}"))

    def _kept(self, url: str) -> HTTPConnection | None:
        origin = _origin(url)
        with self._lock:
            for index in range(len(self._idle) - 1, -1, -1):
                since, other, connection = self._idle[index]
                if time.monotonic() - since > _IDLE:
                    connection.close()
                    del self._idle[index]
                elif other == origin:
                    del self._idle[index]
                    return connection
        return None

    def _keep(self, url: str, connection: HTTPConnection) -> None:
        with self._lock:
            self._idle.append((time.monotonic(), _origin(url), connection))


def _close_all(idle: list[tuple[float, str, HTTPConnection]]) -> None:
    """Close the connections that nobody uses any more."""
    for _, _, connection in idle:
        connection.close()
    idle.clear()


@contextlib.contextmanager
def _reported(call: Call) -> Iterator[None]:
    """Turn what networks raise into errors of ours."""
    try:
        yield
    except TimeoutError as error:
        if time.monotonic() < call.ends and not call.cancelled:
            raise StoreUnreachable(*_said("no connection comes about", "无法建立连接"), 0) from error
        raise StoreTimeout(*_said("it did not answer in time", "它没有及时回答")) from error
    except (ssl.SSLError, UnicodeError) as error:
        raise StoreFailed(*_said(f"no safe connection: {error}", f"无法建立安全连接：{error}")) from error
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise StoreUnreachable(*_said(f"no connection: {why}", f"无法连接：{why}"), 0) from error
    except (HTTPException, ValueError) as error:
        why = type(error).__name__
        raise StoreFailed(*_said(f"its answer cannot be read: {why}", f"无法读取其回答：{why}")) from error


def _content(response: HTTPResponse, most: int, passing: Callable[[bytes], None]) -> bytes:
    """Return the content of a response; one that breaks off is an error of the service, and is not tried again."""
    parts, size = [], 0
    try:
        while block := response.read(_BLOCK):
            parts.append(block)
            size += len(block)
            if size > most:
                raise LimitExceeded("bytes", most, "bytes")
            passing(block)
        if response.length:  # http.client takes an end before the length that was announced for the end
            raise ConnectionResetError("the answer breaks off")
    except TimeoutError as error:
        raise StoreTimeout(*_said("it did not answer in time", "它没有及时回答")) from error
    except (OSError, HTTPException) as error:
        raise StoreFailed(*_said("its answer breaks off", "它的回答中断了")) from error
    return b"".join(parts)


def _plain(error: StoreUnreachable) -> StoreUnreachable:
    """Return the error with when to try again, where nobody has said that."""
    return StoreUnreachable(error.en, error.zh, error.retry_after if error.retry_after > 0 else _AGAIN)


def _said(en: str, zh: str) -> tuple[str, str]:
    """Return what happened, in both languages; where the service is, is nothing that strangers are told."""
    return f"the SPARQL service that holds the data gave no answer: {en}", f"存放数据的 SPARQL 服务没有给出回答：{zh}"


def _seconds(header: str) -> int:
    return min(int(header), 3600) if header.isdecimal() else _NEVER


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _path(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


__all__ = ["Call", "Reply", "Service", "ServiceAddress"]
