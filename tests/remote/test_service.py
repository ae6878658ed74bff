"""The client of a service, against a server that answers what it is told to: TLS, credentials, answers that are cut."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import trustme

from kg.engine.remote.results import SOLUTIONS, solutions_of
from kg.engine.remote.service import Service, ServiceAddress
from kg.engine.remote.timing import Call
from kg.errors import LimitExceeded, StoreFailed, StoreTimeout

Answer = tuple[int, dict[str, str], bytes]
ONE = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"1"}}]}}'
FINE: Answer = (200, {"Content-Type": SOLUTIONS}, ONE)


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that refuses, or goes away."""


class Server:
    """Answers each request by a function of its headers, and keeps these."""

    def __init__(self, answer: Callable[[Any], Answer], tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[Any] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                server.seen.append(self.headers)
                status, headers, body = answer(self.headers)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._http = _Quiet(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def start(answer: Callable[[Any], Answer] = lambda _: FINE, tls: ssl.SSLContext | None = None) -> Server:
        made.append(Server(answer, tls))
        return made[-1]

    yield start
    for each in made:
        each.close()


def ask(service: Service, seconds: float = 5.0, most: int = 1 << 20) -> list[Any]:
    call = Call(time.monotonic() + seconds)
    return solutions_of(service.query([("query", "SELECT ?x {}")], SOLUTIONS, call, most=most)).rows()


def test_a_connection_is_kept_and_used_again(serve: Callable[..., Server]) -> None:
    server = serve()
    service = Service(ServiceAddress(f"http://127.0.0.1:{server.port}/sparql"))
    assert [str(row["x"]) for row in ask(service) + ask(service)] == ["1", "1"]
    assert len(service._idle) == 1


def test_a_certificate_that_is_trusted_is_taken_and_no_other(serve: Callable[..., Server]) -> None:
    authority = trustme.CA()
    theirs, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(theirs)
    authority.configure_trust(ours)
    address = ServiceAddress(f"https://localhost:{serve(tls=theirs).port}/sparql")
    assert len(ask(Service(address, tls=ours))) == 1
    with pytest.raises(StoreFailed, match="no safe connection"):
        ask(Service(address))


def test_credentials_go_the_way_that_is_asked_for(serve: Callable[..., Server]) -> None:
    def guarded(headers: Any) -> Answer:
        if headers.get("Authorization") == "Basic bWU6c2VjcmV0":
            return FINE
        return 401, {"WWW-Authenticate": 'Basic realm="x"'}, b""

    server = serve(guarded)
    url = f"http://127.0.0.1:{server.port}/sparql"
    service = Service(ServiceAddress(url, user="me", password="secret"))
    assert len(ask(service)) == len(ask(service)) == 1
    assert [headers.get("Authorization", "") for headers in server.seen] == ["", *["Basic bWU6c2VjcmV0"] * 2]
    with pytest.raises(StoreFailed, match=r"does not accept our credentials \(401\)"):
        ask(Service(ServiceAddress(url, user="me", password="wrong")))
    ask(Service(ServiceAddress(f"http://127.0.0.1:{serve().port}/", token="t0ken")))
    for address in (ServiceAddress(url, user="me", password="secret"), ServiceAddress(url, token="secret")):
        assert "secret" not in repr(address)


@pytest.mark.parametrize("header", [{"X-SPARQL-MaxRows": "1"}, {"X-SQL-State": "S1TAT"}])
def test_an_answer_that_is_cut_is_an_error(serve: Callable[..., Server], header: dict[str, str]) -> None:
    server = serve(lambda _: (200, {**FINE[1], **header}, ONE))
    with pytest.raises(StoreFailed, match="cut its answer short"):
        ask(Service(ServiceAddress(f"http://127.0.0.1:{server.port}/sparql")))


def test_an_answer_that_is_too_large_or_too_late_is_left(serve: Callable[..., Server]) -> None:
    service = Service(ServiceAddress(f"http://127.0.0.1:{serve().port}/sparql"))
    with pytest.raises(LimitExceeded):
        ask(service, most=10)

    def late(_: Any) -> Answer:
        time.sleep(1)
        return FINE

    began = time.monotonic()
    with pytest.raises(StoreTimeout):
        ask(Service(ServiceAddress(f"http://127.0.0.1:{serve(late).port}/sparql")), seconds=0.2)
    assert time.monotonic() - began < 0.9


def test_a_call_is_ended_from_another_thread(serve: Callable[..., Server]) -> None:
    def late(_: Any) -> Answer:
        time.sleep(2)
        return FINE

    service = Service(ServiceAddress(f"http://127.0.0.1:{serve(late).port}/sparql"))
    call, began = Call(time.monotonic() + 10), time.monotonic()
    threading.Timer(0.2, call.cancel).start()
    with pytest.raises(StoreFailed):
        service.query([("query", "ASK {}")], SOLUTIONS, call)
    assert time.monotonic() - began < 1.5
