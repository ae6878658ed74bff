"""The triples of a revision as columns: sorted by predicate, and within each both ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from kg.columns.arrays import Array
from kg.columns.dictionary import Dictionary
from kg.columns.literals import Literals
from kg.columns.refusal import Refused

_SPARSE: Final = 8
"""An index has a place for each number between its least and its greatest, where these are so many times its keys."""


@dataclass(frozen=True, slots=True)
class Index:
    """Pairs sorted by their first member, with where each first member begins."""

    keys: Array
    others: Array
    distinct: int
    least: int
    first: Array | None

    @classmethod
    def of(cls, keys: Array, others: Array) -> Index:
        """Return the index of pairs that are sorted by `keys`."""
        if not len(keys):
            return cls(keys, others, 0, 0, None)
        distinct = 1 + int(np.count_nonzero(keys[1:] != keys[:-1]))
        least, span = int(keys[0]), int(keys[-1]) - int(keys[0]) + 1
        if span > _SPARSE * distinct + 1024:
            return cls(keys, others, distinct, least, None)
        first = np.zeros(span + 1, np.int32)
        np.cumsum(np.bincount(keys - least, minlength=span), out=first[1:])
        return cls(keys, others, distinct, least, first)

    @property
    def functional(self) -> bool:
        """Whether no key has two pairs."""
        return self.distinct == len(self.keys)

    def ranges(self, sought: Array) -> tuple[Array, Array]:
        """Return where the pairs of each number begin, and how many there are."""
        if self.first is None:
            sought = sought.astype(self.keys.dtype)  # else all keys would be copied into the wider type
            begin = np.searchsorted(self.keys, sought)
            return begin, np.searchsorted(self.keys, sought, "right") - begin
        places = sought.astype(np.int64) - self.least
        inside = (places >= 0) & (places < len(self.first) - 1)
        places = np.where(inside, places, 0)
        begin = self.first[places].astype(np.int64)
        return begin, np.where(inside, self.first[places + 1] - begin, 0)

    def of_key(self, key: int) -> Array:
        """Return the second members of the pairs of one number."""
        if self.first is not None:
            place = key - self.least
            if not 0 <= place < len(self.first) - 1:
                return self.others[:0]
            return self.others[self.first[place] : self.first[place + 1]]
        begin, end = np.searchsorted(self.keys, key), np.searchsorted(self.keys, key, "right")
        return self.others[begin:end]


@dataclass(frozen=True, slots=True)
class Table:
    """The triples of one predicate: by subject, and by object."""

    forward: Index
    backward: Index

    def __len__(self) -> int:
        """Return how many triples there are."""
        return len(self.forward.keys)


@dataclass(frozen=True, slots=True)
class Tables:
    """All triples: terms, values, and the table of each predicate by its number.

    `by_subject` and `by_object` have places in `subjects`, `predicates` and `objects`, for patterns of any predicate.
    """

    dictionary: Dictionary
    literals: Literals
    by_predicate: dict[int, Table]
    subjects: Array
    predicates: Array
    objects: Array
    by_subject: Index
    by_object: Index

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> Tables:
        """Return the tables of triples, given as distinct lines of N-Triples.

        Raises:
            Refused: a triple is a term of another one, or there is a kind of literal that nothing here is written for.
        """
        numbers: dict[bytes, int] = {}
        known = numbers.setdefault
        rows: list[int] = []
        for line in lines:
            subject, predicate, rest = line.split(b" ", 2)
            term = rest.rstrip(b" .\r\n") if rest.endswith(b" .\n") or rest.endswith(b" .") else b""
            if term.startswith(b"<<") or not term:
                raise Refused("a triple as a term")
            rows += (known(subject, len(numbers)), known(predicate, len(numbers)), known(term, len(numbers)))
        terms = sorted(numbers)
        places = np.zeros(len(terms), np.int32)
        for place, term in enumerate(terms):
            places[numbers[term]] = place
        numbers.clear()
        triples = places[np.array(rows, np.int32).reshape(-1, 3)]
        del rows
        dictionary = Dictionary.of(terms)
        literals = Literals.of(terms, dictionary)
        triples = triples[np.lexsort((triples[:, 2], triples[:, 0], triples[:, 1]))]
        subjects, predicates, objects = (np.ascontiguousarray(column) for column in triples.T)
        return cls(
            dictionary,
            literals,
            _tables(subjects, predicates, objects),
            subjects,
            predicates,
            objects,
            _places(subjects),
            _places(objects),
        )

    def __len__(self) -> int:
        """Return how many triples there are."""
        return len(self.subjects)


def table_of(subjects: Array, objects: Array) -> Table:
    """Return the table of some pairs."""
    forward = np.lexsort((objects, subjects))
    return _table(subjects[forward], objects[forward])


def _table(subjects: Array, objects: Array) -> Table:
    backward = np.lexsort((subjects, objects))
    return Table(Index.of(subjects, objects), Index.of(objects[backward], subjects[backward]))


def _tables(subjects: Array, predicates: Array, objects: Array) -> dict[int, Table]:
    begins = np.flatnonzero(np.append(len(predicates) > 0, predicates[1:] != predicates[:-1]))
    numbers, ends = predicates[begins], [*begins[1:], len(predicates)][: len(begins)]
    return {
        int(number): _table(subjects[begin:end], objects[begin:end])
        for number, begin, end in zip(numbers, begins, ends, strict=True)
    }


def _places(column: Array) -> Index:
    order = np.argsort(column, kind="stable").astype(np.int32)
    return Index.of(column[order], order)
