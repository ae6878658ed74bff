"""Calls of other servers: to checked addresses only, within a deadline, whatever the other side does.

The host is resolved once; every address it has is checked, and the connection goes to such an address, so that a name
whose address changes in between (DNS rebinding) leads nowhere else. Proxy settings of the environment are not followed.
"""

from __future__ import annotations

import io
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from typing import Any, Final, cast
from urllib.parse import urljoin

from kg.federation.allowlist import AllowList
from kg.federation.failures import RemoteFailure
from kg.federation.origins import DEFAULT_PORTS, Address, Origin, Target, normal_address, parse_target

Resolver = Callable[[str, int], Sequence[str]]

MAX_REDIRECTS: Final = 3
_BLOCK: Final = 16_384
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses that the system knows for a host.

    Raises:
        OSError: it knows none.
    """
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: nothing goes out beside the method, these headers, our user agent and the body."""

    method: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


class Budget:
    """How many bytes may still be read, by all calls that share it."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._left = size
        self._lock = threading.Lock()

    def has(self, amount: int) -> bool:
        """Return whether so many bytes are left."""
        return amount <= self._left

    def spend(self, amount: int) -> bool:
        """Take so many bytes, and return whether they were left."""
        with self._lock:
            self._left -= amount
            return self._left >= 0


class Outbound:
    """Calls origins of an allow-list until `deadline`, which is a reading of `time.monotonic()`."""

    def __init__(
        self,
        allow: AllowList,
        deadline: float,
        *,
        resolver: Resolver = system_resolver,
        tls: ssl.SSLContext | None = None,
        user_agent: str = "policy-kg",
    ) -> None:
        self.allow = allow
        self.deadline = deadline
        self._resolver = resolver
        self._tls = tls
        self._user_agent = user_agent

    @contextmanager
    def call(self, target: Target, request: Request) -> Iterator[Answer]:
        """Give the answer of another server; redirects to the same origin are followed.

        Raises:
            RemoteFailure: there is no answer that could be used.
        """
        called = str(target)
        addresses = self._addresses(target.origin, called)
        for _ in range(MAX_REDIRECTS + 1):
            with self._connection(target.origin, addresses, called) as connection:
                with self.guard(called):
                    response = self._exchange(connection, target, request)
                location = response.headers.get("Location", "") if response.status in _REDIRECTS else ""
                if not location:
                    with response:
                        yield Answer(self, called, response)
                    return
                response.close()
            target = _moved(target, location, called)
            if response.status == 303:
                request = replace(request, method="GET", body=None)
        raise RemoteFailure("redirect", called, str(target))

    def remaining(self) -> float:
        """Return the seconds until the deadline.

        Raises:
            TimeoutError: there are none.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left

    @contextmanager
    def guard(self, called: str) -> Iterator[None]:
        """Turn what networks raise into RemoteFailure."""
        try:
            yield
        except TimeoutError as error:
            raise RemoteFailure("time", called) from error
        except IncompleteRead as error:
            raise RemoteFailure("answer", called, "it ends before it is complete") from error
        except OSError as error:
            raise RemoteFailure("connection", called, error.strerror or type(error).__name__) from error
        except (HTTPException, ValueError) as error:
            raise RemoteFailure("answer", called, type(error).__name__) from error

    @cached_property
    def _context(self) -> ssl.SSLContext:
        if self._tls is not None:
            return self._tls
        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        return context

    def _addresses(self, origin: Origin, called: str) -> list[Address]:
        """Return the addresses of an origin, all of which may be called."""
        if origin.address is not None:
            found = [origin.address]
        else:
            with self.guard(called):
                found = [normal_address(text.partition("%")[0]) for text in self._resolve(origin, called)]
        if not found:
            raise RemoteFailure("unknown-host", called, origin.host)
        # One address that may not be called makes the name suspect as a whole. The message does not tell which it is.
        if not all(self.allow.permits(origin, address) for address in found):
            raise RemoteFailure("address", called, str(origin))
        return list(dict.fromkeys(found))

    def _resolve(self, origin: Origin, called: str) -> Sequence[str]:
        """Ask the resolver in a thread of its own, because it knows no deadline."""
        answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolver(origin.host, origin.port))
            except OSError as error:
                answers.put(error)
            except UnicodeError:  # a name that is too long for the resolver
                answers.put([])

        threading.Thread(target=ask, name="resolver", daemon=True).start()
        try:
            answer = answers.get(timeout=self.remaining())
        except queue.Empty as error:
            raise TimeoutError("no answer of the resolver") from error
        if isinstance(answer, OSError):
            raise RemoteFailure("unknown-host", called, origin.host) from answer
        return answer

    @contextmanager
    def _connection(self, origin: Origin, addresses: list[Address], called: str) -> Iterator[HTTPConnection]:
        with self.guard(called):
            plain = self._connected(origin.port, addresses)
        with plain:
            wire: socket.socket = plain
            if origin.scheme == "https":
                with self.guard(called):
                    plain.settimeout(self.remaining())
                    # The name goes into SNI and is what the certificate must be for. An end without notice is an error.
                    wire = self._context.wrap_socket(plain, server_hostname=origin.host, suppress_ragged_eofs=False)
            with wire:
                connection = HTTPConnection(origin.host, origin.port)
                connection.default_port = DEFAULT_PORTS[origin.scheme]  # left out of the Host header
                connection.auto_open = 0  # http.client would resolve the name again
                connection.sock = cast(Any, _Timed(wire, self))
                yield connection

    def _connected(self, port: int, addresses: list[Address]) -> socket.socket:
        """Return a connection to the first address that takes one; each gets its share of the time."""
        for index, address in enumerate(addresses):
            share = self.remaining() / (len(addresses) - index)
            try:
                return socket.create_connection((str(address), port), timeout=share)
            except OSError:
                if index == len(addresses) - 1:
                    raise
        raise AssertionError("there is at least one address")

    def _exchange(self, connection: HTTPConnection, target: Target, request: Request) -> HTTPResponse:
        headers = {**request.headers, "User-Agent": self._user_agent, "Connection": "close"}
        connection.request(request.method, target.path, request.body, headers)
        response = connection.getresponse()
        if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            response.close()
            raise RemoteFailure("answer", str(target), "it is compressed, which was not asked for")
        return response


class Answer:
    """What another server answers: the status, the media type as sent, and the body block by block."""

    def __init__(self, outbound: Outbound, called: str, response: HTTPResponse) -> None:
        self._outbound = outbound
        self._called = called
        self._response = response
        self.status = response.status
        self.content_type = response.headers.get("Content-Type", "")

    def blocks(self, budget: Budget) -> Iterator[bytes]:
        """Give the body until its end.

        Raises:
            RemoteFailure: it is larger than the budget, slower than the deadline, or ends too early.
        """
        if not budget.has(self._response.length or 0):
            raise RemoteFailure("size", self._called, str(budget.size))
        while True:
            with self._outbound.guard(self._called):
                block = self._response.read(_BLOCK)
                # http.client takes an end before the length that was announced for the end.
                if not block and self._response.length:
                    raise IncompleteRead(b"", self._response.length)
            if not block:
                return
            if not budget.spend(len(block)):
                raise RemoteFailure("size", self._called, str(budget.size))
            yield block


def _moved(target: Target, location: str, called: str) -> Target:
    """Return where a redirect leads to, which must be the same origin."""
    try:
        # http.client reads headers as Latin-1; servers write UTF-8 if anything beside ASCII.
        there = parse_target(urljoin(str(target), location.encode("latin-1").decode("utf-8")))
    except ValueError as error:
        raise RemoteFailure("redirect", called, repr(location[:200])) from error
    if there.origin != target.origin:
        raise RemoteFailure("redirect", called, str(there)[:200])
    return there


class _Timed:
    """As much of a socket as http.client uses; each operation ends at the deadline, also when bytes only trickle."""

    def __init__(self, wire: socket.socket, outbound: Outbound) -> None:
        self._wire = wire
        self._outbound = outbound

    def sendall(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._wire.settimeout(self._outbound.remaining())
            view = view[self._wire.send(view[:_BLOCK]) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._wire, self._outbound), _BLOCK)

    def close(self) -> None:
        """Leave the socket open: http.client closes before the body is read. Who opened it closes it."""


class _TimedReader(io.RawIOBase):
    def __init__(self, wire: socket.socket, outbound: Outbound) -> None:
        self._wire = wire
        self._outbound = outbound

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._wire.settimeout(self._outbound.remaining())
        return self._wire.recv_into(buffer)
