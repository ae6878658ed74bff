"""What is remembered of a revision, which never changes: so what was found once is right for as long as it is read.

Threads share it. What takes long is worked out by one of them, for which the others wait.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Sized
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
C = TypeVar("C", bound=Sized)

MOST_IRIS: Final = 400_000
"""How many IRIs the remembered lists of a revision have together; a place in a list is a reference of 8 bytes."""

BESIDES: Final = 100
"""What a list takes besides, counted in IRIs: its key, which has what a client wrote, and its place among others."""


class Once(Generic[K, V]):
    """Values that are made once for each key and kept: for keys of which there are few, whatever is asked."""

    def __init__(self) -> None:
        """Begin with none."""
        self._made: dict[K, V] = {}
        self._locks: dict[K, threading.Lock] = {}

    def of(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of a key; what making it raises is raised, and it is tried again next time."""
        if key not in self._made:
            with self._locks.setdefault(key, threading.Lock()):  # atomic, for no Python code runs within
                if key not in self._made:
                    self._made[key] = make()
        return self._made[key]


class Lists(Generic[K, C]):
    """Lists of IRIs: those that were asked for last, as many as have a number of IRIs together."""

    def __init__(self, most: int = MOST_IRIS) -> None:
        """Remember lists of so many IRIs."""
        self._most = most
        self._lock = threading.Lock()
        self._lists: OrderedDict[K, C] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        """Return how many lists are remembered."""
        return len(self._lists)

    @property
    def size(self) -> int:
        """How many IRIs they have together, and what they take besides."""
        return self._size

    def of(self, key: K, make: Callable[[], C]) -> C:
        """Return the list of a key; what making it raises is raised. Two threads may make the same one at once."""
        with self._lock:
            if key in self._lists:
                self._lists.move_to_end(key)
                return self._lists[key]
        made = make()
        with self._lock:
            if key not in self._lists:
                self._lists[key] = made
                self._size += len(made) + BESIDES
            while self._size > self._most:
                _, forgotten = self._lists.popitem(last=False)
                self._size -= len(forgotten) + BESIDES
        return made


class Known(Generic[K, V]):
    """Values by key, which are read for many keys at once: those that were asked for last, up to a number of them."""

    def __init__(self, most: int) -> None:
        """Remember so many."""
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._values)

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of a key, which is made where it is not remembered; two threads may make it at once."""
        return self.of([key], lambda _: {key: make()})[key]

    def of(self, keys: Iterable[K], read: Callable[[Sequence[K]], Mapping[K, V]]) -> dict[K, V]:
        """Return the values of keys, those that are not remembered as `read` returns them, which has each of them."""
        found: dict[K, V] = {}
        missing: list[K] = []
        with self._lock:
            for key in keys:
                if key in self._values:
                    self._values.move_to_end(key)
                    found[key] = self._values[key]
                else:
                    missing.append(key)
        if missing:
            new = read(missing)
            found |= new
            with self._lock:
                self._values |= new
                while len(self._values) > self._most:
                    self._values.popitem(last=False)
        return found
