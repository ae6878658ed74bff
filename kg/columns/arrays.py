"""Whole-array steps that joins, groups and closures are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from kg.columns.refusal import Refused

Array = npt.NDArray[Any]

UNBOUND: Final = -1
"""The number that stands where a variable has no term."""

MOST_CELLS: Final = 20_000_000
"""How many numbers an intermediate table may have: 80 to 160 MB, for which the memory limit of a worker has room."""

MOST_WORK: Final = 60_000_000
"""How many numbers a query may make on the way, which takes two seconds or so; then the engine is to try."""

_DENSE: Final = 8
"""A table of flags or codes is made where it has so many places at most for each number that is looked up."""


def check_size(rows: int, columns: int) -> None:
    """Refuse a table before it is made, if it would be too large."""
    if rows * max(columns, 1) > MOST_CELLS:
        raise Refused("an intermediate result is too large")


class Budget:
    """Counts the numbers that a query makes on its way."""

    def __init__(self) -> None:
        """Begin with all of it."""
        self._left = MOST_WORK

    def spend(self, numbers: int) -> None:
        """Count some numbers; refuse the query where there have been too many."""
        self._left -= numbers
        if self._left < 0:
            raise Refused("too much work")


def spread(starts: Array, counts: Array) -> tuple[Array, Array]:
    """Return, for ranges that begin at `starts`, which range each of their places is of, and the places."""
    which = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    ends = np.cumsum(counts)
    within = np.arange(len(which), dtype=np.int64) - np.repeat(ends - counts, counts)
    return which, within + np.repeat(starts, counts)


def codes(column: Array) -> tuple[Array, Array]:
    """Return the distinct numbers of a column (-1 is one of them), ascending, and for each row the place of its own."""
    if not len(column):
        return column[:0], np.zeros(0, np.int64)
    low, high = int(column.min()), int(column.max())
    span = high - low + 1
    if span > _DENSE * len(column) + 4096:
        return unique_places(column)
    there = np.zeros(span, np.bool_)
    shifted = column - low
    there[shifted] = True
    place = np.cumsum(there) - 1
    return (np.flatnonzero(there) + low).astype(column.dtype), place[shifted]


def row_codes(columns: Sequence[Array], size: int) -> tuple[Array, int]:
    """Return a number for each row, the same where all columns are the same, and how many such numbers there are."""
    if not columns:
        return np.zeros(size, np.int64), 1 if size else 0
    found, key = codes(columns[0])
    count = len(found)
    for column in columns[1:]:
        more, place = codes(column)
        if count * len(more) >= 1 << 62:
            raise Refused("too many different rows")
        found, key = codes(key * len(more) + place)
        count = len(found)
    return key, count


def first_rows(key: Array, count: int) -> Array:
    """Return the first row of each of `count` numbers."""
    first = np.zeros(count, np.int64)
    first[key[::-1]] = np.arange(len(key) - 1, -1, -1)
    return first


def distinct_rows(columns: Sequence[Array], size: int) -> Array:
    """Return the rows that differ from all before them, in their order."""
    key, count = row_codes(columns, size)
    return np.sort(first_rows(key, count))


def unique(column: Array) -> Array:
    """Return the distinct numbers of a column, ascending.

    `numpy.unique`, and what is made of it, read a module when they are first called, which a worker may not.
    """
    ordered = np.sort(column)
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    found: Array = ordered[first]
    return found


def unique_places(column: Array) -> tuple[Array, Array]:
    """Return the distinct numbers of a column, ascending, and for each row the place of its own."""
    order = np.argsort(column, kind="stable")
    ordered = column[order]
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    places = np.empty(len(ordered), np.int64)
    places[order] = np.cumsum(first) - 1
    return ordered[first], places


def is_among(column: Array, known: Array) -> Array:
    """Tell for each number of a column whether it is among the known ones, which are in ascending order."""
    if not len(known):
        return np.zeros(len(column), np.bool_)
    places = np.minimum(np.searchsorted(known, column.astype(known.dtype)), len(known) - 1)
    found: Array = known[places] == column
    return found
