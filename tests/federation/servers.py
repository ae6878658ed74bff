"""Real HTTP servers on loopback that answer as a test tells them to, and remember what they were asked."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any

RESULTS = "application/sparql-results+json"


def results(*values: str) -> bytes:
    bindings = [{"s": {"type": "literal", "value": value}} for value in values]
    return json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": bindings}}).encode()


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Remote:
    """A server: `replies` has what it does by path; a path without one gives one result."""

    port: int
    replies: dict[str, Callable[[Handler], None]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Server(ThreadingMixIn, TCPServer):
    daemon_threads = True
    remote: Remote

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.remote.seen.append(Seen(self.command, self.path, headers, body))
        self.server.remote.replies.get(self.path, say(results("1")))(self)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def head(self, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()


def say(body: bytes, media_type: str = RESULTS, status: int = 200) -> Callable[[Handler], None]:
    def reply(handler: Handler) -> None:
        handler.head(status, Content_Type=media_type, Content_Length=str(len(body)))
        handler.wfile.write(body)

    return reply


def redirect(location: str, status: int = 307) -> Callable[[Handler], None]:
    return lambda handler: handler.head(status, Location=location, Content_Length="0")


def trickle(handler: Handler) -> None:
    """Send a byte every tenth of a second, so that no single read is ever slow."""
    handler.head(Content_Type=RESULTS, Content_Length="1000")
    for _ in range(1000):
        handler.wfile.write(b" ")
        time.sleep(0.1)


def trickle_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(1000):
        handler.wfile.write(f"X-{number}: 1\r\n".encode())
        time.sleep(0.1)


def endless(handler: Handler) -> None:
    handler.head(Content_Type=RESULTS, Transfer_Encoding="chunked")
    while True:
        handler.wfile.write(b"1000\r\n" + b" " * 0x1000 + b"\r\n")


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[Remote]:
    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.remote = Remote(int(server.server_address[1]))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.remote
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
