"""How much work one request may be; what was found out about things is kept, so that a second try gets further."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from kg.errors import QueryTimeout

SECONDS: Final = 5.0
"""Seconds of a processor: a request costs the same where others wait for the processor as well."""

T = TypeVar("T")


class Allowance:
    """What a request may still cost; it is for the thread that makes it."""

    def __init__(self) -> None:
        """Begin now."""
        self._ends = time.thread_time() + SECONDS

    def each(self, items: Iterable[T]) -> Iterator[T]:
        """Yield items as long as something is left.

        Raises:
            QueryTimeout: nothing is left for the next one.
        """
        for item in items:
            if time.thread_time() > self._ends:
                raise QueryTimeout("time", SECONDS, "seconds")
            yield item
