"""What a connection may cost: real sockets against the protocol that the server uses."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import time
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.operations.clients import Proxies
from api.operations.connections import Connections
from tests.api.operations.conftest import listening

NOBODY = Proxies.parse("")


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the size of the body; /big with 64 MiB, /early without reading, /wait when the client has gone."""
    if scope["type"] != "http":
        return
    size, more = 0, True
    while more and scope["path"] not in {"/early", "/wait"}:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    while scope["path"] == "/wait" and (await receive())["type"] != "http.disconnect":
        await asyncio.sleep(0)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(1024 if scope["path"] == "/big" else 0):
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
    await send({"type": "http.response.body", "body": str(size).encode()})


def guard(**more: Any) -> Connections:
    return Connections(NOBODY, **{"head_seconds": 0.4, "read_seconds": 0.6, **more})


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 10)


def all_of(wire: socket.socket) -> bytes:
    """Return what comes until the server closes."""
    found = bytearray()
    while part := wire.recv(1 << 20):
        found += part
    return bytes(found)


def one_of(wire: socket.socket) -> bytes:
    """Return one answer of the echo, whose end is that of a chunked body."""
    found = b""
    while not found.endswith(b"\r\n0\r\n\r\n"):
        part = wire.recv(1 << 16)
        assert part
        found += part
    return found


def problem_in(answer: bytes) -> tuple[int, dict[str, Any]]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"\r\nContent-Type: application/problem+json\r\n" in head
    assert b"\r\nConnection: close\r\n" in head
    problem = json.loads(body)
    status = int(head.split()[1])
    assert problem["status"] == status
    return status, problem


def slug(problem: dict[str, Any]) -> str:
    return str(problem["type"]).rpartition("/")[2]


def test_a_head_that_does_not_end_is_ended() -> None:
    with listening(echo, guard()) as port, connect(port) as wire:
        began = time.monotonic()
        wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        for _ in range(3):
            time.sleep(0.1)
            wire.sendall(b"X-Slow: 1\r\n")
        status, problem = problem_in(all_of(wire))
        assert (status, slug(problem)) == (408, "slow-request")
        assert problem["limit"] == {"name": "arrival", "value": 0.4, "unit": "seconds"}
        assert 0.3 < time.monotonic() - began < 2


def test_a_connection_that_says_nothing_is_closed_without_a_word() -> None:
    with listening(echo, guard()) as port, connect(port) as wire:
        began = time.monotonic()
        assert all_of(wire) == b""
        assert 0.3 < time.monotonic() - began < 2


def test_the_second_request_of_a_connection_has_a_clock_of_its_own() -> None:
    with listening(echo, guard()) as port, connect(port) as wire:
        for _ in range(4):
            time.sleep(0.2)
            wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert one_of(wire).startswith(b"HTTP/1.1 200 ")
        wire.sendall(b"GET / HT")
        assert problem_in(all_of(wire))[0] == 408


def test_a_request_whose_answer_takes_long_is_not_ended() -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(1)
        await echo(scope, receive, send)

    with listening(slow, guard(), lifespan="off") as port, connect(port) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert all_of(wire).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_nobody_waits_for_may_not_take_for_ever() -> None:
    with listening(echo, guard()) as port, connect(port) as wire:
        wire.sendall(b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        assert one_of(wire).startswith(b"HTTP/1.1 200 ")
        began = time.monotonic()
        try:
            while time.monotonic() - began < 5:
                wire.sendall(b"x")
                time.sleep(0.05)
        except ConnectionError:
            pass
        assert time.monotonic() - began < 2


def test_a_client_that_does_not_read_is_cut_off() -> None:
    with listening(echo, guard()) as port, connect(port) as wire:
        wire.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(1.2)
        with pytest.raises(ConnectionResetError):
            all_of(wire)


def test_a_client_that_reads_gets_all(caplog: pytest.LogCaptureFixture) -> None:
    with listening(echo, guard(read_seconds=20)) as port, connect(port) as wire:
        wire.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert len(all_of(wire)) > 64 << 20
    assert caplog.records == []


def test_an_app_still_learns_that_its_client_has_gone() -> None:
    gone: list[Message] = []

    async def waiting(_scope: Scope, receive: Receive, _send: Send) -> None:
        while True:
            gone.append(await receive())
            if gone[-1]["type"] == "http.disconnect":
                return

    with listening(waiting, guard(), lifespan="off") as port:
        with connect(port) as wire:
            wire.sendall(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.2)
        time.sleep(0.3)
    assert [message["type"] for message in gone] == ["http.request", "http.disconnect"]


def test_one_client_has_so_many_connections_and_all_together_have_so_many() -> None:
    connections = guard(most=5, per_client=3, head_seconds=5.0)
    with listening(echo, connections) as port:
        held = [connect(port) for _ in range(3)]
        time.sleep(0.1)
        with connect(port) as wire:
            wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = all_of(wire)
        status, problem = problem_in(answer)
        assert (status, slug(problem)) == (503, "too-many-connections")
        assert b"\r\nRetry-After: 2\r\n" in answer
        assert connections.open == {"127.0.0.1": 3}
        connections.proxies = Proxies.parse("127.0.0.1")
        held += [connect(port) for _ in range(2)]
        time.sleep(0.1)
        assert connections.open == {"127.0.0.1": 3, "": 2}
        with connect(port) as wire:
            assert problem_in(all_of(wire))[0] == 503
        for wire in held:
            wire.close()
        time.sleep(0.2)
        assert (connections.open.total(), connections.refused) == (0, 2)
        with connect(port) as wire:
            wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert all_of(wire).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("sent", "status", "kind"),
    [
        (b"GARBAGE\r\n\r\n", 400, "malformed-request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "malformed-request"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "malformed-request"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, "malformed-request"),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nContent-Length: 60\r\n\r\nASK {}",
            400,
            "malformed-request",
        ),
        (b"GET /" + b"x" * 200_000, 414, "address-too-long"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000, 431, "headers-too-large"),
    ],
)
def test_what_cannot_be_read_is_refused_in_the_form_that_all_errors_have(sent: bytes, status: int, kind: str) -> None:
    with listening(echo, guard()) as port, connect(port) as wire:
        wire.sendall(sent)
        found, problem = problem_in(all_of(wire))
        assert (found, slug(problem)) == (status, kind)


def test_a_broken_body_ends_the_request_that_it_belongs_to(caplog: pytest.LogCaptureFixture) -> None:
    with listening(echo, guard()) as port:
        with connect(port) as wire:
            wire.sendall(
                b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffffff\r\nASK\r\n"
            )
            assert problem_in(all_of(wire))[0] == 400
        with connect(port) as wire:
            wire.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\nNO HTTP AT ALL\r\n\r\n")
            assert wire.recv(100).startswith(b"HTTP/1.1 200 ")
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_requests_may_be_sent_one_upon_the_other() -> None:
    with listening(echo, guard()) as port, connect(port) as wire:
        wire.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 5 + b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        assert all_of(wire).count(b"HTTP/1.1 200 ") == 6


CHUNKED = b"POST /early HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nASK{\r\n1\r\n}\r\n0\r\n\r\n"
WHOLE = CHUNKED + b"GET / HTTP/1.1\r\nHost: y\r\n\r\n"


def test_broken_bytes_lead_to_an_answer_or_an_end_and_to_no_error_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(7)
    connections = guard(head_seconds=0.2)
    with listening(echo, connections) as port:
        for _ in range(150):
            sent = bytearray(WHOLE)
            for _ in range(chance.randint(1, 4)):
                at = chance.randrange(len(sent))
                sent[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
            with connect(port) as wire:
                wire.sendall(sent)
                wire.shutdown(socket.SHUT_WR)
                with contextlib.suppress(ConnectionError):
                    answer = all_of(wire)
                    assert answer[:9] in {b"", b"HTTP/1.1 "}
        time.sleep(1.3)
        assert connections.open.total() == connections.ending == 0
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
