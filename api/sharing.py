"""Answers that several ask for at nearly the same moment: one makes it, and the others have it from there.

What was given before is kept by others (`api.cache`, `api.replays`). This is for what takes long and is not there yet:
while it is made, and a moment longer, for those who have waited for their turn meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

Made = tuple[bytes, tuple[str, ...]]
"""The content of an answer, and the links that only it gives."""

MOMENT: Final = 2.0
"""Seconds for which an answer is there when it has been made."""

MOST_BYTES: Final = 4 << 20
"""Bytes of all these answers."""


@dataclass(slots=True)
class _Making:
    done: threading.Event = field(default_factory=threading.Event)
    made: Made | None = None
    until: float = 0.0


class Sharing:
    """The answers that are being made or were a moment ago, by what determines them; for any number of threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none."""
        self._clock = clock
        self._lock = threading.Lock()
        self._making: dict[str, _Making] = {}
        self._made: OrderedDict[str, _Making] = OrderedDict()
        self.size = 0

    def of(self, key: str, make: Callable[[], Made]) -> Made:
        """Return the answer that a key determines, from whoever makes it or has just made it, or else from `make`.

        What making it raises is raised to the one who made it; whoever waited makes it himself.
        """
        with self._lock:
            self._forget()
            known = self._made.get(key) or self._making.get(key)
            making = known or self._making.setdefault(key, _Making())
        if known is None:
            return self._make(key, making, make)
        known.done.wait()
        return known.made or make()

    def _make(self, key: str, making: _Making, make: Callable[[], Made]) -> Made:
        try:
            making.made = make()
            return making.made
        finally:
            with self._lock:
                del self._making[key]
                if making.made is not None and len(making.made[0]) <= MOST_BYTES:
                    making.until = self._clock() + MOMENT
                    self._made[key] = making
                    self.size += len(making.made[0])
                    self._forget()
            making.done.set()

    def _forget(self) -> None:
        """Let go what a moment is over for, and the oldest where there is too much."""
        now = self._clock()
        while self._made:
            key, oldest = next(iter(self._made.items()))
            if oldest.until > now and self.size <= MOST_BYTES:
                return
            del self._made[key]
            self.size -= len(oldest.made[0]) if oldest.made else 0
