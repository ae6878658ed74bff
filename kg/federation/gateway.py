"""The one place that the engine's own HTTP client may talk to: a forwarder to the services that are allowed.

The engine follows no policy. So a query never contains the address of another server but that of this gateway, which
knows the real one under a token that cannot be guessed: nothing else on the machine can use it to get out, and the
engine cannot get anywhere else by it.
"""

from __future__ import annotations

import logging
import secrets
import ssl
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from itertools import chain
from socketserver import TCPServer, ThreadingMixIn
from types import TracebackType
from typing import Any, Final

from kg.federation.allowlist import AllowList
from kg.federation.failures import RemoteFailure
from kg.federation.origins import Target
from kg.federation.outbound import Budget, Outbound, Request, Resolver, system_resolver

FORWARDED: Final = ("Accept", "Content-Type")
MAX_REQUEST: Final = 1_048_576
MAX_COMPLAINT: Final = 2_048
"""How many bytes of an error's body are passed on: the engine copies it into its message."""


@dataclass(frozen=True, slots=True)
class _Route:
    iri: str
    target: Target
    silent: bool


class Gateway:
    """A forwarder on loopback for one query; a context manager.

    Args:
        allow: the origins that may be called.
        deadline: until when, as a reading of `time.monotonic()`.
        max_bytes: how many bytes of answers are read for the query, all its calls together.
        max_calls: how many calls the query may make; an EXISTS or LATERAL around SERVICE calls once per solution.
        resolver: gives the addresses of a host; the system's resolver if not given.
        tls: how certificates are verified; by the system's authorities if not given.
        user_agent: what other servers see as User-Agent.
    """

    def __init__(
        self,
        allow: AllowList,
        deadline: float,
        max_bytes: int,
        *,
        max_calls: int = 100,
        resolver: Resolver = system_resolver,
        tls: ssl.SSLContext | None = None,
        user_agent: str = "policy-kg",
    ) -> None:
        self.outbound = Outbound(allow, deadline, resolver=resolver, tls=tls, user_agent=user_agent)
        self.budget = Budget(max_bytes)
        self._calls = Budget(max_calls)
        self._routes: dict[str, _Route] = {}
        self._failures: list[RemoteFailure] = []
        self._silenced: list[RemoteFailure] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.gateway = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="gateway", daemon=True)
        self._thread.start()

    def __enter__(self) -> Gateway:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening; calls that still run end at the deadline at the latest."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """The port on 127.0.0.1, the only one that the engine needs to reach."""
        return int(self._server.server_address[1])

    @property
    def failures(self) -> tuple[RemoteFailure, ...]:
        """What failed so far, without SERVICE SILENT.

        A query for which there are failures has no right answer, also when the engine gave one: within EXISTS it goes
        on where a call failed.
        """
        return tuple(self._failures)

    @property
    def silenced(self) -> tuple[RemoteFailure, ...]:
        """What failed so far in calls by SERVICE SILENT, which go without an answer (SPARQL 1.1 Federated Query §3).

        Where solutions had arrived before it failed, the engine raises an error all the same.
        """
        return tuple(self._silenced)

    def url_for(self, target_iri: str, silent: bool = False) -> str:
        """Return the URL under which the engine reaches a service; `silent` tells that it is called by SERVICE SILENT.

        Raises:
            ServiceRefused: the service is not allowed.
        """
        target = self.outbound.allow.check(target_iri)
        for path, route in self._routes.items():
            if (route.iri, route.silent) == (target_iri, silent):
                return self._url(path)
        path = f"/{secrets.token_urlsafe(32)}"
        self._routes[path] = _Route(target_iri, target, silent)
        return self._url(path)

    def readable(self, message: str) -> str:
        """Return a message of the engine with the services' own addresses instead of the gateway's."""
        for path, route in list(self._routes.items()):
            message = message.replace(self._url(path), route.iri)
        return message

    def route(self, path: str) -> _Route | None:
        """Return what a path leads to, if anything."""
        return self._routes.get(path)

    def admit(self, route: _Route) -> None:
        """Count a call.

        Raises:
            RemoteFailure: there have been too many.
        """
        if not self._calls.spend(1):
            raise RemoteFailure("calls", route.iri, str(self._calls.size))

    def restored(self, body: bytes) -> bytes:
        """Return what is sent to a service, with the own addresses of the services that it is to call in turn."""
        for path, route in list(self._routes.items()):
            body = body.replace(f"<{self._url(path)}>".encode(), f"<{route.iri}>".encode())
        return body

    def note(self, route: _Route, failure: RemoteFailure) -> None:
        """Keep a failure."""
        (self._silenced if route.silent else self._failures).append(failure)

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


class _Server(ThreadingMixIn, TCPServer):
    # Not http.server.HTTPServer: that one looks up the name of 127.0.0.1 first.
    daemon_threads = True
    gateway: Gateway

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Say nothing of an engine that has had enough, as with LIMIT."""
        if not isinstance(sys.exc_info()[1], OSError):
            logging.getLogger(__name__).exception("the gateway failed")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    _started = False
    """Whether the status has been sent."""

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(self.server.gateway.outbound.remaining())

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: the path is a secret."""

    def version_string(self) -> str:
        return "gateway"

    def _answer(self) -> None:
        self.close_connection = True
        gateway = self.server.gateway
        route = gateway.route(self.path)
        if route is None:
            self._complain(HTTPStatus.NOT_FOUND, "there is nothing here")
            return
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self._complain(HTTPStatus.LENGTH_REQUIRED, "a body needs a Content-Length")
            return
        if int(length) > MAX_REQUEST:
            self._complain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MAX_REQUEST} bytes are forwarded")
            return
        body = gateway.restored(self.rfile.read(int(length))) if self.command == "POST" else None
        headers = {name: self.headers[name] for name in FORWARDED if name in self.headers}
        try:
            gateway.admit(route)
            self._forward(route, Request(self.command, headers, body))
        except RemoteFailure as failure:
            gateway.note(route, failure)
            if not self._started:
                self._complain(HTTPStatus.BAD_GATEWAY, failure.en)
            # Otherwise the last chunk is missing, and the engine sees that the answer is not complete.

    def _forward(self, route: _Route, request: Request) -> None:
        gateway = self.server.gateway
        with gateway.outbound.call(route.target, request) as answer:
            blocks = answer.blocks(gateway.budget)
            # What fails at once still becomes a status.
            first = next(blocks, b"")
            if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
                gateway.note(route, RemoteFailure("status", route.iri, str(answer.status)))
                status = answer.status if answer.status >= HTTPStatus.BAD_REQUEST else HTTPStatus.BAD_GATEWAY
                self._complain(status, first[:MAX_COMPLAINT].decode("utf-8", "replace"))
                return
            self._started = True
            self.send_response(answer.status)
            if answer.content_type:
                self.send_header("Content-Type", answer.content_type)
            self.send_header("Transfer-Encoding", "chunked")
            self.send_header("Connection", "close")
            self.end_headers()
            self._write(chain([first], blocks))

    def _write(self, blocks: Iterator[bytes]) -> None:
        for block in blocks:
            if block:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(block), block))
        self.wfile.write(b"0\r\n\r\n")

    def _complain(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
