"""Chance that is the same on every machine: whole numbers from a generator whose sequence Python promises to keep."""

from __future__ import annotations

import hashlib
import random
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Throws that follow from what the dice are named after, and from nothing else.

    Only `Random.random` is used, which gives the same numbers in every version for a whole number as its seed, and no
    logarithms or powers, whose last digit differs from machine to machine.

    >>> Dice(7, "policy", 3).below(1000) == Dice(7, "policy", 3).below(1000)
    True
    """

    def __init__(self, *name: int | str) -> None:
        digest = hashlib.sha256("/".join(map(str, name)).encode()).digest()
        self._next = random.Random(int.from_bytes(digest[:8], "big")).random

    def below(self, end: int) -> int:
        """Return a whole number from 0, below an end."""
        return int(self._next() * end)

    def chance(self, percent: int) -> bool:
        """Return true in so many cases of a hundred."""
        return self.below(100) < percent

    def pick(self, items: Sequence[T]) -> T:
        """Return one item, each as often as the others."""
        return items[self.below(len(items))]

    def weighted(self, weights: Sequence[int]) -> int:
        """Return an index, each as often as its weight says."""
        totals = tuple(accumulate(weights))
        return bisect_right(totals, self.below(totals[-1]))

    def skewed(self, items: Sequence[T]) -> T:
        """Return one item by Zipf's law: the second half as often as the first, the third a third as often."""
        totals = _zipf(len(items))
        return items[bisect_right(totals, self.below(totals[-1]))]

    def several(self, items: Sequence[T], count: int) -> list[T]:
        """Return different items by Zipf's law, as many as wanted or as there are."""
        found: list[T] = []
        left = list(items)
        while left and len(found) < count:
            item = self.skewed(left)
            left.remove(item)
            found.append(item)
        return found


@lru_cache(maxsize=1024)
def _zipf(length: int) -> tuple[int, ...]:
    return tuple(accumulate(5_040_000 // (rank + 1) for rank in range(length)))
