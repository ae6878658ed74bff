"""Answers that were given already, kept as bytes until there is another revision or no room."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from kg.workers.pool import Answered

LARGEST: Final = 1 << 20
"""Bytes above which an answer is not kept."""

_OVERHEAD: Final = 1 << 10


class AnswerCache:
    """The answers that were asked for last, up to a number of bytes; a key begins with the revision."""

    def __init__(self, capacity: int) -> None:
        """Keep so many bytes; none with 0."""
        self._capacity = capacity
        self._answers: OrderedDict[tuple[object, ...], Answered] = OrderedDict()
        self.size = 0
        self.hits = 0
        self.misses = 0

    def get(self, key: tuple[object, ...]) -> Answered | None:
        """Return an answer that is kept, or None."""
        found = self._answers.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._answers.move_to_end(key)
        return found

    def put(self, key: tuple[object, ...], answer: Answered) -> None:
        """Keep an answer, if it is small enough."""
        cost = _cost(key, answer)
        if answer.descriptor >= 0 or len(answer.content) > LARGEST or cost > self._capacity or key in self._answers:
            return
        self._answers[key] = answer
        self.size += cost
        while self.size > self._capacity:
            old_key, old = self._answers.popitem(last=False)
            self.size -= _cost(old_key, old)

    def clear(self) -> None:
        """Keep nothing: there is another revision."""
        self._answers.clear()
        self.size = 0


def _cost(key: tuple[object, ...], answer: Answered) -> int:
    return len(answer.content) + 2 * len(repr(key)) + _OVERHEAD
