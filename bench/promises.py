"""What is promised to the others: that they are answered, whatever a hostile client does."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

from bench.peers import ROOT, Running
from tests.reliability.asking import HEAVY, LARGE, Asked, ask_again_and_again
from tests.reliability.processes import busy_share, memory
from tests.reliability.wire import post


@dataclass(frozen=True, slots=True)
class Fairness:
    """A stranger's small query without and with hostile clients."""

    alone: Asked
    beside: Asked
    survived: bool


@dataclass(frozen=True, slots=True)
class Slow:
    """Clients that hardly read: by how many bytes memory grew, how a stranger was answered meanwhile."""

    readers: int
    grown: int
    beside: Asked


def ask(server: Running, seconds: float) -> Asked:
    """Ask the small query again and again, for some seconds."""
    return ask_again_and_again(server.endpoint, seconds, alive=lambda: server.alive)


def fairness(server: Running, seconds: float, clients: int = 8) -> Fairness:
    """Measure a stranger's small query, alone and beside hostile clients."""
    ask(server, 0.5)
    alone = ask(server, min(5.0, seconds))
    command = [sys.executable, "-m", "tests.reliability.hostile", str(server.endpoint.port), server.endpoint.query]
    with subprocess.Popen([*command, str(clients), f"{seconds + 1:g}"], cwd=ROOT, stdout=subprocess.DEVNULL) as hostile:
        time.sleep(1)
        beside = ask(server, seconds)
        try:
            hostile.wait(20)
        except subprocess.TimeoutExpired:
            hostile.kill()
    return Fairness(alone, beside, server.alive)


def slow_readers(server: Running, seconds: float, readers: int = 8) -> Slow:
    """Have clients ask for a large answer and hardly read it; measure the memory, and a stranger meanwhile."""
    before = memory(server.pid)
    with contextlib.ExitStack() as stack:
        connections = []
        for number in range(readers):
            source = (f"127.0.2.{number + 1}", 0)
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(10)
            connection.bind(source)
            connection.connect((server.endpoint.host, server.endpoint.port))
            for part in post("localhost", server.endpoint.query, "query", f"{LARGE} #{number}".encode()):
                connection.sendall(part)
            connections.append(connection)
        deadline = time.monotonic() + seconds
        beside = ask(server, seconds / 2)
        while time.monotonic() < deadline and server.alive:
            for connection in connections:
                connection.settimeout(0.05)
                with contextlib.suppress(OSError):
                    connection.recv(256)
        return Slow(readers, memory(server.pid) - before, beside)


def gone_client(server: Running, clients: int = 4) -> float:
    """Send heavy queries and go away; return how many processors are still busy two seconds later."""
    for number in range(clients):
        with socket.create_connection((server.endpoint.host, server.endpoint.port), 5) as connection:
            for part in post("localhost", server.endpoint.query, "query", f"{HEAVY} #{number}".encode()):
                connection.sendall(part)
            time.sleep(0.3)
    time.sleep(2)
    return busy_share(server.pid, 1.5)
