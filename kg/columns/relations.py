"""Tables of solutions: a column of numbers for each variable, and how such tables are joined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from kg.columns.arrays import UNBOUND, Array, check_size, codes, row_codes, spread
from kg.columns.refusal import Refused
from kg.columns.tables import Index

_NARROW: Final = np.int32


@dataclass(frozen=True, slots=True)
class Relation:
    """Solutions, in no order that means anything; a variable without a column is unbound in all of them."""

    columns: Mapping[str, Array]
    size: int

    def rows(self, places: Array) -> Relation:
        """Return the solutions of some places."""
        return Relation({name: column[places] for name, column in self.columns.items()}, len(places))

    def with_columns(self, more: Mapping[str, Array]) -> Relation:
        """Return the solutions with more columns."""
        return Relation({**self.columns, **more}, self.size)

    def without(self, dropped: str) -> Relation:
        """Return the solutions with all columns but one."""
        return Relation({name: each for name, each in self.columns.items() if name != dropped}, self.size)

    def column(self, name: str) -> Array:
        """Return a column, one of nothing where there is none."""
        found = self.columns.get(name)
        return np.full(self.size, UNBOUND, _NARROW) if found is None else found


UNIT: Final = Relation({}, 1)
"""One solution that binds nothing."""


def join(left: Relation, right: Relation) -> Relation:
    """Return the compatible pairs of solutions.

    Raises:
        Refused: they share a variable that is unbound in some of them, or there are too many.
    """
    shared = _shared(left, right)
    if not shared:
        check_size(left.size * right.size, len(left.columns) + len(right.columns))
        places = np.repeat(np.arange(left.size), right.size), np.tile(np.arange(right.size), left.size)
    else:
        places = _matches(left, right, shared)
    return _paired(left, right, *places)


def left_join(left: Relation, right: Relation) -> Relation:
    """Return the compatible pairs of solutions, and those of the left that have no such pair."""
    shared = _shared(left, right)
    if not shared:
        raise Refused("OPTIONAL of a group that shares no variable")
    first, second = _matches(left, right, shared)
    alone = np.ones(left.size, np.bool_)
    alone[first] = False
    both, rest = _paired(left, right, first, second), left.rows(np.flatnonzero(alone))
    return union([both, rest])


def semi_join(left: Relation, right: Relation, *, negated: bool) -> Relation:
    """Return the solutions of the left that are compatible with one of the right; or those that are with none."""
    shared = _shared(left, right)
    if not shared:
        raise Refused("a condition that shares no variable")
    columns = [np.concatenate([left.columns[name], right.columns[name]]) for name in shared]
    key, count = row_codes(columns, left.size + right.size)
    there = np.zeros(count, np.bool_)
    there[key[left.size :]] = True
    return left.rows(np.flatnonzero(there[key[: left.size]] != negated))


def union(relations: Iterable[Relation]) -> Relation:
    """Return the solutions of all."""
    parts = list(relations)
    names = list(dict.fromkeys(name for part in parts for name in part.columns))
    size = sum(part.size for part in parts)
    check_size(size, len(names))
    return Relation({name: np.concatenate([part.column(name) for part in parts]) for name in names}, size)


def expand(relation: Relation, name: str, index: Index, other: str) -> Relation:
    """Return the solutions, each with what an index has for one of its variables, as the value of another one."""
    begins, counts = index.ranges(relation.columns[name])
    size = int(counts.sum())
    check_size(size, len(relation.columns) + 1)
    if index.functional:
        there = counts > 0
        if size == relation.size:
            return relation.with_columns({other: index.others[begins]})
        which = np.flatnonzero(there)
        return relation.rows(which).with_columns({other: index.others[begins[which]]})
    which, places = spread(begins, counts)
    return relation.rows(which).with_columns({other: index.others[places]})


def restrict(relation: Relation, name: str, index: Index, other: str) -> Relation:
    """Return the solutions for which an index has the pair of two of their variables (as often as they are)."""
    begins, counts = index.ranges(relation.columns[name])
    wanted = relation.columns[other]
    if index.functional:
        which = np.flatnonzero(counts > 0)
        return relation.rows(which[index.others[begins[which]] == wanted[which]])
    check_size(int(counts.sum()), 2)
    which, places = spread(begins, counts)
    return relation.rows(which[index.others[places] == wanted[which]])


def _shared(left: Relation, right: Relation) -> list[str]:
    shared = [name for name in left.columns if name in right.columns]
    for part in (left, right):
        if any(part.size and int(part.columns[name].min()) == UNBOUND for name in shared):
            raise Refused("a join over a variable that may be unbound")
    return shared


def _matches(left: Relation, right: Relation, shared: list[str]) -> tuple[Array, Array]:
    columns = [np.concatenate([left.columns[name], right.columns[name]]) for name in shared]
    key, _ = codes(columns[0])[1], 0
    if len(columns) > 1:
        key, _ = row_codes(columns, left.size + right.size)
    ours, theirs = key[: left.size], key[left.size :]
    order = np.argsort(theirs, kind="stable")
    index = Index.of(theirs[order], order)
    begins, counts = index.ranges(ours)
    check_size(int(counts.sum()), len(left.columns) + len(right.columns))
    which, places = spread(begins, counts)
    return which, order[places]


def _paired(left: Relation, right: Relation, first: Array, second: Array) -> Relation:
    found = {name: column[first] for name, column in left.columns.items()}
    found.update({name: column[second] for name, column in right.columns.items() if name not in found})
    return Relation(found, len(first))
