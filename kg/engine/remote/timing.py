"""One call of a service: its deadline, which holds for every byte, and how another thread ends it."""

from __future__ import annotations

import contextlib
import io
import socket
import time
from typing import Any, cast

_BLOCK = 1 << 16


class Call:
    """A call that has to end by a reading of the monotonic clock, or when it is cancelled."""

    def __init__(self, ends: float) -> None:
        """End at that time."""
        self.ends = ends
        self.cancelled = False
        self._wire: TimedSocket | None = None

    def remaining(self) -> float:
        """Return the seconds until the deadline.

        Raises:
            TimeoutError: there are none, or the call was cancelled.
        """
        left = self.ends - time.monotonic()
        if left <= 0 or self.cancelled:
            raise TimeoutError("the deadline has passed")
        return left

    def on(self, wire: TimedSocket) -> None:
        """Say which connection it goes over now."""
        self._wire = wire

    def cancel(self) -> None:
        """End the call, from any thread: the connection is shut, so that the service may stop, too."""
        self.cancelled = True
        if self._wire is not None:
            self._wire.shut()


class TimedSocket:
    """As much of a socket as http.client uses; each operation ends at the deadline, also when bytes only trickle."""

    def __init__(self, wire: socket.socket) -> None:
        """Use a connected socket."""
        self.wire = wire
        self.call = Call(0.0)
        self._readers = 0
        self._closing = False

    @classmethod
    def around(cls, wire: Any, call: Call) -> TimedSocket:
        """Return a connection for a call; it may have been one of another call before."""
        timed = wire if isinstance(wire, TimedSocket) else cls(wire)
        timed.call = call
        return timed

    def sendall(self, data: bytes) -> None:
        """Send all."""
        view = memoryview(data)
        while view:
            self.wire.settimeout(self.call.remaining())
            view = view[self.wire.send(view[:_BLOCK]) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what the response is read from; the socket stays open until it is closed, too."""
        self._readers += 1
        return io.BufferedReader(cast("io.RawIOBase", TimedReader(self)), _BLOCK)

    def read_closed(self) -> None:
        """Hear that a reader was closed."""
        self._readers -= 1
        if self._closing and not self._readers:
            self.wire.close()

    def close(self) -> None:
        """Close the socket, as soon as nobody reads from it."""
        self._closing = True
        if not self._readers:
            self.wire.close()

    def shut(self) -> None:
        """Have whoever waits for this socket wait no more."""
        with contextlib.suppress(OSError):
            self.wire.shutdown(socket.SHUT_RDWR)


class TimedReader(io.RawIOBase):
    """Reads from a connection within the time of its call."""

    def __init__(self, timed: TimedSocket) -> None:
        """Read from a connection."""
        self._timed = timed

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer."""
        self._timed.wire.settimeout(self._timed.call.remaining())
        size = self._timed.wire.recv_into(buffer)
        if self._timed.call.cancelled:
            raise TimeoutError("the call was cancelled")
        return size

    def close(self) -> None:
        """Tell the connection, once."""
        if not self.closed:
            super().close()
            self._timed.read_closed()
