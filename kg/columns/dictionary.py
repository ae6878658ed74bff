"""Terms by number: their N-Triples in one run of bytes, sorted, so that all processes share them as they are.

A literal begins with `"`, an IRI with `<`, a blank node with `_`: so each kind is a range of numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.columns.arrays import Array


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The terms of a revision. Those below `iris` are literals, those from `blanks` on blank nodes."""

    content: Array
    offsets: Array
    iris: int
    blanks: int

    @classmethod
    def of(cls, terms: Sequence[bytes]) -> Dictionary:
        """Return the dictionary of distinct terms that are sorted."""
        offsets = np.zeros(len(terms) + 1, np.int64)
        np.cumsum([len(term) for term in terms], out=offsets[1:])
        literals = sum(term.startswith(b'"') for term in terms)
        blanks = sum(term.startswith(b"_") for term in terms)
        return cls(np.frombuffer(b"".join(terms), np.uint8), offsets, literals, len(terms) - blanks)

    def __len__(self) -> int:
        """Return how many terms there are."""
        return len(self.offsets) - 1

    def term(self, number: int) -> bytes:
        """Return the N-Triples of a term."""
        return self.content[self.offsets[number] : self.offsets[number + 1]].tobytes()

    def find(self, term: bytes) -> int:
        """Return the number of a term, -1 where it is not there."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.term(middle) < term:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self.term(low) == term else -1
