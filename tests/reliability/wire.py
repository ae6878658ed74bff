"""Sends an attack to a server over a plain socket, and judges what comes back."""

from __future__ import annotations

import contextlib
import http.client
import select
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from tests.reliability.attack import TABLE, Attack, problem_with

KEPT = 96 << 20
"""Bytes of an answer that are kept for judging it."""

Verdict = Literal["right", "refused", "closed", "broken", "cut", "wrong", "late", "hang", "fetched", "gone"]
HONEST: frozenset[Verdict] = frozenset({"right", "refused", "closed", "broken"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where queries and updates are sent."""

    port: int
    query: str = "/sparql"
    update: str = "/sparql"
    host: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status 0 where nothing did; `complete` tells that the message came to its end."""

    status: int
    media_type: str
    body: bytes
    size: int
    seconds: float
    complete: bool
    timed_out: bool = False
    headers: tuple[tuple[str, str], ...] = ()

    def header(self, name: str) -> str:
        """Return a header, or an empty text."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def request_of(attack: Attack, endpoint: Endpoint, listener: str) -> Iterable[bytes]:
    """Return the bytes of an attack's request."""
    host = f"{endpoint.host}:{endpoint.port}"
    if attack.raw is not None:
        return attack.raw(host, endpoint.query)
    body = attack.text.replace("{listener}", listener).encode("utf-8", "surrogatepass")
    parameters = [(name, value.replace("{listener}", listener)) for name, value in attack.parameters]
    path = endpoint.query if attack.operation == "query" else endpoint.update
    return post(host, path + ("?" + urlencode(parameters) if parameters else ""), attack.operation, body, attack.accept)


def post(host: str, target: str, operation: str, body: bytes, accept: str = TABLE) -> list[bytes]:
    """Return a request that sends a query or an update as its body."""
    lines = (
        f"POST {target} HTTP/1.1",
        f"Host: {host}",
        f"Accept: {accept}",
        "Connection: close",
        f"Content-Type: application/sparql-{operation}",
        f"Content-Length: {len(body)}",
        "",
        "",
    )
    return ["\r\n".join(lines).encode("latin-1"), body]


def send(endpoint: Endpoint, request: Iterable[bytes], limit: float, source: str = "127.0.0.1") -> Reply:
    """Send a request and read the whole answer, for so many seconds at most."""
    began = time.monotonic()
    try:
        with socket.create_connection((endpoint.host, endpoint.port), limit, (source, 0)) as connection:
            _send(connection, request, began + limit)
            return _receive(connection, began, limit)
    except TimeoutError:
        return Reply(0, "", b"", 0, time.monotonic() - began, complete=False, timed_out=True)
    except (OSError, http.client.HTTPException):
        return Reply(0, "", b"", 0, time.monotonic() - began, complete=False)


def _send(connection: socket.socket, request: Iterable[bytes], deadline: float) -> None:
    """Send until all is sent or the server answers, which it may before it has read all."""
    connection.setblocking(False)
    for part in request:
        left = memoryview(part)
        while left:
            readable, writable, _ = select.select([connection], [connection], [], max(0.0, deadline - time.monotonic()))
            if readable:
                return
            if not writable:
                raise TimeoutError
            try:
                left = left[connection.send(left[: 1 << 16]) :]
            except (BrokenPipeError, ConnectionResetError):
                return


def _receive(connection: socket.socket, began: float, limit: float) -> Reply:
    connection.settimeout(max(0.01, began + limit - time.monotonic()))
    response = http.client.HTTPResponse(connection)
    kept = bytearray()
    size, complete, timed_out, status, media_type = 0, False, False, 0, ""
    headers: tuple[tuple[str, str], ...] = ()
    try:
        response.begin()
        status, media_type = response.status, response.headers.get("content-type", "")
        headers = tuple(response.headers.items())
        while True:
            left = began + limit - time.monotonic()
            if left <= 0:
                raise TimeoutError
            connection.settimeout(left)
            part = response.read1(1 << 18)
            if not part:
                break
            size += len(part)
            if len(kept) < KEPT:
                kept += part
        complete = not response.length
    except TimeoutError:
        timed_out = True
    except (OSError, http.client.HTTPException):
        pass
    finally:
        response.close()
    return Reply(status, media_type, bytes(kept), size, time.monotonic() - began, complete, timed_out, headers)


def judge(attack: Attack, reply: Reply, deadline: float, triples: int, *, fetched: bool = False) -> Verdict:
    """Return what a reply is worth, for a server that promises an end after so many seconds."""
    late = reply.seconds > deadline + 1
    verdict: Verdict = "right"
    if fetched:
        verdict = "fetched"
    elif reply.timed_out:
        verdict = "hang"
    elif not reply.status:
        verdict = "closed" if attack.closes else "gone"
    elif late:
        verdict = "late"
    elif reply.status >= 400:
        verdict = "refused"
    elif not reply.complete:
        verdict = "broken"
    elif reply.size == len(reply.body):  # more than is kept of it cannot be looked at
        if problem_with(reply.media_type, reply.body):
            verdict = "cut"
        elif attack.right is not None and not attack.right(reply.body, triples):
            verdict = "wrong"
    return verdict


class Listener:
    """A web server that answers whatever is asked, and counts who came: nobody should."""

    def __init__(self) -> None:
        self.contacts = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """Its address, with a slash at the end."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/"

    @contextlib.contextmanager
    def listening(self) -> Iterator[Listener]:
        """Listen as long as the context lasts."""
        self._thread.start()
        try:
            yield self
        finally:
            self._socket.close()

    def _run(self) -> None:
        body = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"fetched"}}]}}'
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {TABLE}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.contacts += 1
            with connection, contextlib.suppress(OSError):
                connection.settimeout(2)
                connection.recv(1 << 16)
                connection.sendall(head.encode() + body)
