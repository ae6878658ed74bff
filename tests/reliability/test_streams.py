"""Clients that hardly read, go away, or send hardly anything; and answers that are cut."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reliability.asking import HEAVY, LARGE, ask_again_and_again, ask_small, is_right, query
from tests.reliability.conftest import linux
from tests.reliability.processes import busy_share, descriptors, memory, settled, tree, unnamed_files
from tests.reliability.serving import Serving, serving
from tests.reliability.wire import Endpoint, send

pytestmark = [linux, pytest.mark.xdist_group("reliability")]

READERS = 8


@pytest.fixture
def server(served: Path, tmp_path: Path) -> Iterator[Serving]:
    settings = {"KG_QUERY_TIMEOUT": "60", "KG_LOG": "none", "KG_CACHE_BYTES": "0"}
    with serving(served, tmp_path / "server.log", settings) as running:
        assert is_right(ask_small(Endpoint(running.port)))
        yield running


def slow_reader(stack: contextlib.ExitStack, server: Serving, text: str, source: str) -> socket.socket:
    """Send a query from an address, and read nothing of the answer yet."""
    connection = stack.enter_context(socket.socket())
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.bind((source, 0))
    connection.settimeout(20)
    connection.connect(("127.0.0.1", server.port))
    for part in query(text):
        connection.sendall(part)
    return connection


def test_slow_readers_hold_no_worker_and_no_gigabytes(server: Serving) -> None:
    before, processes, open_files = memory(server.pid), len(tree(server.pid)), descriptors(server.pid)
    with contextlib.ExitStack() as stack:
        connections = [
            slow_reader(stack, server, f"{LARGE} #{number}", f"127.0.2.{number + 1}") for number in range(READERS)
        ]
        for connection in connections:
            assert connection.recv(256).startswith(b"HTTP/1.1 200")
        # The answers are whole before they are sent: nobody works on them any more.
        assert settled(lambda: busy_share(server.pid, 0.5) < 0.1, 10)
        assert len(tree(server.pid)) <= processes + 2
        assert memory(server.pid) - before < 96 << 20
        meanwhile = ask_again_and_again(Endpoint(server.port), 1)
        assert meanwhile.failed == 0
        assert meanwhile.answered >= 3
    assert settled(lambda: descriptors(server.pid) <= open_files + 2, 5), "the files of the answers are closed"


def test_a_client_that_goes_away_stops_its_query(server: Serving) -> None:
    with contextlib.ExitStack() as stack:
        for number in range(4):
            slow_reader(stack, server, f"{HEAVY} #{number}", f"127.0.3.{number + 1}")
        assert settled(lambda: busy_share(server.pid, 0.3) > 0.3, 10), "they run"
    time.sleep(1)
    assert settled(lambda: busy_share(server.pid, 0.5) < 0.1, 2)
    assert is_right(ask_small(Endpoint(server.port)))


def test_a_cut_answer_is_never_a_whole_200(served: Path, tmp_path: Path) -> None:
    """The server is killed in the middle of sending: what came is shorter than what was announced."""
    with contextlib.ExitStack() as stack:
        running = stack.enter_context(pytest.raises(AssertionError, match="ended by itself"))
        server = stack.enter_context(serving(served, tmp_path / "server.log", {"KG_LOG": "none"}))
        connection = slow_reader(stack, server, LARGE, "127.0.0.1")
        head = connection.recv(2048)
        assert head.startswith(b"HTTP/1.1 200")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        os.kill(server.pid, signal.SIGKILL)
        server.process.wait(10)
        size = len(head.partition(b"\r\n\r\n")[2])
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(1 << 16):
                size += len(part)
        assert size < length
    assert "-9" in str(running.value)


def test_a_worker_that_is_killed_is_no_200(server: Serving) -> None:
    endpoint = Endpoint(server.port)
    with contextlib.ExitStack() as stack:
        idle = tree(server.pid)
        connection = slow_reader(stack, server, HEAVY, "127.0.3.9")
        assert settled(lambda: busy_share(server.pid, 0.3) > 0.3, 10)
        busiest = max(tree(server.pid) - {server.pid}, key=_used)
        assert busiest in idle | tree(server.pid)
        os.kill(busiest, signal.SIGKILL)
        status = int(connection.recv(64).split()[1])
        assert status >= 400
    assert is_right(ask_small(endpoint))


def _used(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_requests_that_do_not_arrive_hold_nobody_up(server: Serving) -> None:
    with contextlib.ExitStack() as stack:
        for number in range(50):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 5, ("127.0.4.1", 0)))
            head = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
            connection.sendall(head if number % 2 else head + b"Content-Length: 1000\r\n\r\nASK")
        found = ask_again_and_again(Endpoint(server.port), 1)
        assert found.failed == 0
        assert found.answered >= 3


def test_a_client_that_reads_nothing_is_left(served: Path, tmp_path: Path) -> None:
    settings = {"KG_SEND_TIMEOUT": "2", "KG_LOG": "none", "KG_CACHE_BYTES": "0"}
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(serving(served, tmp_path / "server.log", settings))
        connection = slow_reader(stack, server, LARGE, "127.0.2.1")
        assert connection.recv(64).startswith(b"HTTP/1.1 200")
        assert holds(server, connection)
        assert unnamed_files(server.pid) == 1
        assert settled(lambda: not holds(server, connection) and unnamed_files(server.pid) == 0, 60), "both are closed"
        size = 64
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(1 << 16):
                size += len(part)
        whole = send(Endpoint(server.port), query(LARGE), 60)
        assert size < whole.size


def holds(server: Serving, connection: socket.socket) -> bool:
    """Tell whether the server has its end of a connection open."""
    ours = connection.getsockname()[1]
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        fields = line.split()
        local, remote = (int(fields[at].partition(":")[2], 16) for at in (1, 2))
        if (local, remote) == (server.port, ours):
            return fields[9] != "0"  # the kernel alone still sends what a closed socket has left
    return False
