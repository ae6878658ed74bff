"""Requests that are byte for byte like one that was answered: the answer is sent again, and nothing is computed.

An answer that the revision and the request determine is the same for the same bytes, whoever sends them. What is sent
again differs in its `Date` and `X-Request-ID` alone, and it counts: against the rate of its client, in the metrics, in
the log. What any client may see is all that is kept: a request with a token is never one of these.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.types import Scope

EXTENSION: Final = "kg.replay"
"""Where the ASGI scope has the recording of a request, of one that may be answered again."""

LONGEST_REQUEST: Final = 16 << 10
LARGEST_ANSWER: Final = 1 << 20
MOMENT: Final = 1.0
"""How many seconds an answer stays good that depends on files beside the revision: a look at the pointer is as good."""

_OVERHEAD: Final = 2 << 10
END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Replay:
    """An answer as it goes over the wire, but for its date and the id of the request."""

    before_date: bytes
    before_id: bytes
    rest: bytes
    status: int
    size: int
    route: str
    address: str
    client: str
    log: Mapping[str, Any]
    until: float = float("inf")

    def wire(self, date: bytes, request_id: bytes) -> bytes:
        """Return the answer to one request."""
        return b"".join((self.before_date, date, self.before_id, request_id, self.rest))

    @property
    def cost(self) -> int:
        """The bytes of memory that it takes, roughly, without its request."""
        return len(self.rest) + len(self.before_id) + _OVERHEAD


@dataclass(slots=True)
class Recording:
    """A request that may be answered again, if what answers it says so; `forwarded` if a trusted proxy sent it on."""

    request: bytes
    forwarded: bool
    snapshot: object = None
    until: float = float("inf")
    learned: Any = None
    """What the answer has taught of queries that come with the same headers; see `api.lanes`."""

    def allow(self, snapshot: object, seconds: float | None = None) -> None:
        """Say that the revision of a snapshot and the request determine the answer; with `seconds`, for so long."""
        self.snapshot = snapshot
        self.until = float("inf") if seconds is None else time.monotonic() + seconds


def allow_replay(scope: Scope, snapshot: object, seconds: float | None = None) -> None:
    """Say of the answer to a request that the revision and the request determine it."""
    recording: Recording | None = scope.get("extensions", {}).get(EXTENSION)
    if recording is not None:
        recording.allow(snapshot, seconds)


def is_whole(data: bytes) -> bool:
    r"""Tell whether what has come is one request without a body, and nothing else.

    >>> is_whole(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), is_whole(b"GET / HTTP/1.1\r\nHost: a\r\n")
    (True, False)
    """
    return data.startswith(b"GET /") and len(data) <= LONGEST_REQUEST and data.find(END) == len(data) - len(END)


@dataclass(slots=True)
class Replays:
    """The answers that were sent last, up to a number of bytes, of one snapshot."""

    capacity: int
    fresh: Callable[[], object | None] = lambda: None
    """Returns the snapshot that is served, or None where it is time to look for another one."""
    served: Callable[[], object | None] = lambda: None
    """Returns the snapshot that is served, whenever it was looked for: none that was replaced is to be held."""
    size: int = 0
    sent: int = 0
    _snapshot: object = None
    _kept: OrderedDict[tuple[bytes, bool], Replay] = field(default_factory=OrderedDict)

    def find(self, request: bytes, *, forwarded: bool) -> Replay | None:
        """Return the answer to a request, which came by a trusted proxy or not; None where it has to be computed."""
        key = request, forwarded
        found = self._kept.get(key)
        if found is None:
            return None
        snapshot = self.fresh()
        if snapshot is None:
            return None
        if snapshot is not self._snapshot:
            self.clear()
            return None
        if found.until < time.monotonic():
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return found

    def keep(self, recording: Recording, replay: Replay) -> None:
        """Keep an answer, if it is small enough, and not of a snapshot that was replaced."""
        cost = replay.cost + len(recording.request)
        if recording.snapshot is not self.served() or replay.size > LARGEST_ANSWER or cost > self.capacity:
            return
        if recording.snapshot is not self._snapshot:
            self.clear()
            self._snapshot = recording.snapshot
        key = recording.request, recording.forwarded
        if key in self._kept:
            self._drop(key)
        self._kept[key] = replay
        self.size += cost
        while self.size > self.capacity:
            self._drop(next(iter(self._kept)))

    def clear(self) -> None:
        """Keep nothing, and no snapshot either."""
        self._kept.clear()
        self._snapshot = None
        self.size = 0

    def _drop(self, key: tuple[bytes, bool]) -> None:
        self.size -= self._kept.pop(key).cost + len(key[0])
