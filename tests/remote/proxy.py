"""A proxy between our server and the service that holds its data, which does to connections what networks do."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Final, Literal

Mood = Literal["pass", "refuse", "reset", "hang", "break", "error", "busy", "soon", "nonsense"]

_ANSWERS: Final = {
    "error": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 6\r\n\r\nsecret",
    "busy": b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 20\r\nContent-Length: 0\r\n\r\n",
    "soon": b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
    "nonsense": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nhello",
    "break": b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\nContent-Length: 999\r\n\r\n{",
}


class Proxy:
    """Passes connections on to a port, or does something else to each, as `mood` says; `turns` limits how often."""

    def __init__(self, port: int) -> None:
        self.mood: Mood = "pass"
        self.turns = -1
        """How many connections the mood is for, then it is to pass on; -1: all."""
        self.seen = 0
        self._target = port
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def set(self, mood: Mood, turns: int = -1) -> None:
        """Be of another mood from now on; connections that are open are closed, since they were let through."""
        self.mood, self.turns, self.seen = mood, turns, 0
        with self._lock:
            for each in self._open:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Listen no more."""
        self.set("refuse")
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._treat, args=(connection,), daemon=True).start()

    def _treat(self, connection: socket.socket) -> None:
        mood = self.mood
        self.seen += 1
        if self.turns > 0:
            self.turns -= 1
            if not self.turns:
                self.mood, self.turns = "pass", -1
        with connection, contextlib.suppress(OSError):
            with self._lock:
                self._open.add(connection)
            try:
                self._act(mood, connection)
            finally:
                with self._lock:
                    self._open.discard(connection)

    def _act(self, mood: Mood, connection: socket.socket) -> None:
        if mood == "pass":
            self._pass(connection)
        elif mood in {"refuse", "reset"}:
            if mood == "reset":
                connection.recv(1 << 16)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close with a reset
        elif mood == "hang":
            while connection.recv(1 << 16):
                pass
        else:
            connection.recv(1 << 16)
            connection.sendall(_ANSWERS[mood])

    def _pass(self, connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self._target)) as there:
            back = threading.Thread(target=_pump, args=(there, connection), daemon=True)
            back.start()
            _pump(connection, there)
            back.join(5)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(1 << 16):
            target.sendall(part)
    for each in (source, target):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def proxied(port: int) -> Iterator[Proxy]:
    """Give a proxy to a port of this machine."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
