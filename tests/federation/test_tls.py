"""TLS with an authority of our own: the server is on loopback, and its name is known to the test's resolver only."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator

import pytest
import trustme

from kg.federation import AllowList, RemoteFailure, fetch_graph
from tests.federation.servers import Handler, Remote, running, trickle


def loopback(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(scope="module")
def asked() -> list[str]:
    return []


@pytest.fixture(scope="module")
def secure(authority: trustme.CA, asked: list[str]) -> Iterator[Remote]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("graph.example").configure_cert(context)
    context.sni_callback = lambda _socket, name, _context: asked.append(str(name))
    with running(context) as server:
        yield server


def fetch(host: str, secure: Remote, tls: ssl.SSLContext | None) -> bytes:
    origin = f"https://{host}:{secure.port}"
    allow = AllowList.parse(f"{origin}#private")
    return fetch_graph(f"{origin}/", allow, time.monotonic() + 20, 1000, resolver=loopback, tls=tls)[0]


def test_the_name_is_kept_while_the_address_is_pinned(
    secure: Remote, trusting: ssl.SSLContext, asked: list[str]
) -> None:
    assert fetch("graph.example", secure, trusting)
    assert asked[-1] == "graph.example"
    assert secure.seen[-1].headers["host"] == f"graph.example:{secure.port}"


def test_a_certificate_for_another_name_is_refused(secure: Remote, trusting: ssl.SSLContext) -> None:
    before = len(secure.seen)
    for host in ("other.example", "127.0.0.1"):
        with pytest.raises(RemoteFailure, match="certificate verify failed"):
            fetch(host, secure, trusting)
    assert len(secure.seen) == before


def test_a_certificate_of_an_unknown_authority_is_refused(secure: Remote) -> None:
    before = len(secure.seen)
    with pytest.raises(RemoteFailure, match="certificate verify failed"):
        fetch("graph.example", secure, None)
    assert len(secure.seen) == before


def test_slow_and_plain_servers_fail_as_they_do_without_tls(
    secure: Remote, remote: Remote, trusting: ssl.SSLContext
) -> None:
    secure.replies["/"] = trickle
    origin = f"https://graph.example:{secure.port}"
    allow = AllowList.parse(f"{origin}#private")
    start = time.monotonic()
    with pytest.raises(RemoteFailure) as caught:
        fetch_graph(f"{origin}/", allow, time.monotonic() + 0.5, 5000, resolver=loopback, tls=trusting)
    assert caught.value.reason == "time"
    assert time.monotonic() - start < 1.5
    with pytest.raises(RemoteFailure) as caught:
        fetch("graph.example", remote, trusting)
    assert caught.value.reason == "connection"
    assert remote.seen == []


def test_an_end_without_notice_is_no_end(secure: Remote, trusting: ssl.SSLContext) -> None:
    def cut(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n<http://example.com/a> ")
        socket.socket.shutdown(handler.connection, socket.SHUT_RDWR)

    def whole(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n<http://example.com/a> ")
        handler.connection.unwrap()

    secure.replies["/"] = whole
    assert fetch("graph.example", secure, trusting) == b"<http://example.com/a> "
    secure.replies["/"] = cut
    with pytest.raises(RemoteFailure) as caught:
        fetch("graph.example", secure, trusting)
    assert caught.value.reason == "connection"
