"""The connections that are open: how many there may be, of all and of one client, and what each may take."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from api.operations.clients import Proxies, key_of

HEAD_SECONDS: Final = 10.0
"""How long a connection may take to send the head of a request, from its first byte on, or from its opening."""

KEEP_ALIVE_SECONDS: Final = 15
"""How long a connection is kept open without a request."""

CONNECTIONS: Final = 1000
PER_CLIENT: Final = 200


@dataclass(slots=True)
class Connections:
    """The connections that are open, and what each may take; proxies are not counted by client.

    `read_seconds` is how long a client may leave unread what was sent to it, before the connection is broken.
    """

    proxies: Proxies
    read_seconds: float
    most: int = CONNECTIONS
    per_client: int = PER_CLIENT
    head_seconds: float = HEAD_SECONDS
    refused: int = 0
    ending: int = 0
    open: Counter[str] = field(default_factory=Counter)

    def enter(self, address: str) -> str | None:
        """Count a connection; return what to leave with, or None where there are too many."""
        key = "" if self.proxies.trust(address) else key_of(address)
        if self.open.total() >= self.most or (key and self.open[key] >= self.per_client):
            self.refused += 1
            return None
        self.open[key] += 1
        return key

    def leave(self, key: str) -> None:
        """Count a connection no more."""
        self.open[key] -= 1
        if self.open[key] <= 0:
            del self.open[key]
