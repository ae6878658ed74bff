"""Groups of solutions and their aggregates (SPARQL 1.1 Query, sections 11 and 18.5.1)."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kg.columns.algebra import Aggregate, Variable
from kg.columns.arrays import UNBOUND, Array, codes, distinct_rows, first_rows, row_codes, unique
from kg.columns.evaluating import evaluated
from kg.columns.literals import CLASS_OF, HALF
from kg.columns.refusal import Refused
from kg.columns.relations import Relation
from kg.columns.session import Session
from kg.columns.values import ROUNDED, UNIT, Failed, Family, Value, decimal, double, integer, order_of, quotient

_MOST_ROWS: Final = 1 << 21
"""Sums of so many numbers below 2³² are exact in the doubles that they are added up in."""

_MOST: Final = float(1 << 62)
"""Where absolute values add up to more, the order of additions decides whether Oxigraph has an error."""

_CERTAIN: Final = 1e-10
"""How far, in parts of itself, a sum of doubles may be off when it is added up in the worst order."""

Number = Callable[[Value], int]
"""Numbers a value that was worked out."""


class Groups:
    """The groups of some solutions by some of their variables; without any, all are one group."""

    def __init__(self, session: Session, relation: Relation, keys: Sequence[str], number: Number) -> None:
        """Group; `number` is for the values of aggregates."""
        self._session = session
        self._relation = relation
        self._number = number
        if keys:
            self._key, self.count = row_codes([relation.column(name) for name in keys], relation.size)
            first = first_rows(self._key, self.count)
            self.keys = {name: relation.column(name)[first] for name in keys}
        else:
            self._key, self.count = np.zeros(relation.size, np.int64), 1
            self.keys = {}

    def aggregated(self, aggregate: Aggregate) -> Array:
        """Return the term of an aggregate for each group, unbound where it has an error.

        Raises:
            Refused: its values are of kinds that are not judged, or their order matters.
        """
        key = self._key
        if aggregate.argument is None:
            return self._integers(np.bincount(key, minlength=self.count))
        column = evaluated(self._session, aggregate.argument, self._relation)
        if aggregate.distinct:
            rows = distinct_rows([key, column], len(key))
            key, column = key[rows], column[rows]
        bound = column != UNBOUND
        if aggregate.name == "COUNT":
            if not isinstance(aggregate.argument, Variable) and not bound.all():
                raise Refused("a count of errors, which Oxigraph does not leave out as section 11.2 has it")
            return self._integers(np.bincount(key[bound], minlength=self.count))
        failed = np.zeros(self.count, np.bool_)
        failed[key[~bound]] = True
        key, column = key[bound], column[bound]
        if aggregate.name in {"MIN", "MAX"}:
            return self._extreme(key, column, failed, greatest=aggregate.name == "MAX")
        return self._sums(key, column, failed, mean=aggregate.name == "AVG")

    def _integers(self, numbers: Array) -> Array:
        found, places = codes(numbers)
        return np.array([self._number(Value(Family.INTEGER, each)) for each in found.tolist()], np.int32)[places]

    def _sums(self, key: Array, column: Array, failed: Array, *, mean: bool) -> Array:
        families = self._session.families(column)
        if np.any(families == Family.OPAQUE):
            raise Refused("a sum of values that are not judged")
        doubles = families == Family.DOUBLE
        is_exact = (families == Family.INTEGER) | (families == Family.DECIMAL)
        failed[key[~(doubles | is_exact)]] = True
        of_doubles = self._among(key[doubles])
        if np.any(of_doubles & self._among(key[is_exact]) & ~failed):
            raise Refused("a sum of doubles and other numbers")
        found = self._real_sums(key[doubles], self._session.reals(column[doubles]), mean=mean)
        found[failed] = UNBOUND
        rest = np.flatnonzero(~of_doubles & ~failed)
        found[rest] = self._exact_sums(key[is_exact], column[is_exact], families[is_exact], rest, mean=mean)
        return found

    def _among(self, key: Array) -> Array:
        found = np.zeros(self.count, np.bool_)
        found[key] = True
        return found

    def _real_sums(self, key: Array, reals: Array, *, mean: bool) -> Array:
        """Return sums of doubles, each as near to the exact one as a double can be.

        To add up doubles one by one, as Oxigraph does, gives other last digits for another order, and its order is
        another one for the same data on disk, in memory, and after a write. This is the sum that all of them approach.
        Where more than the last digits could differ, or where what follows depends on these, the engine is to say.
        """
        found = np.full(self.count, UNBOUND, np.int32)
        if not len(key):
            return found
        order = np.argsort(key, kind="stable")
        key, reals = key[order], reals[order]
        begins = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
        for group, part in zip(key[begins].tolist(), np.split(reals, begins[1:]), strict=True):
            total = _sum_of(part.tolist())
            found[group] = self._number(double(total.content / len(part) if mean else total.content, total.tag))
        return found

    def _exact_sums(self, key: Array, column: Array, families: Array, groups: Array, *, mean: bool) -> list[int]:
        """Return the sums of integers and decimals of some groups, from all such numbers."""
        if not len(groups):
            return []
        if len(key) > _MOST_ROWS:
            raise Refused("a sum of too many values")
        whole, high, low = self._session.parts(column)
        if len(whole) and (int(whole.max()) > 1 << 61 or int(whole.min()) < -(1 << 61)):
            raise Refused("a sum of very large values")
        if np.any(self._sum(key, np.abs(whole).astype(np.float64) + 1) > _MOST):
            raise Refused("a sum that may be too large")
        limbs = [self._sum(key, each).tolist() for each in (whole >> 32, whole & 0xFFFFFFFF, high, low)]
        counts = np.bincount(key, minlength=self.count).tolist()
        decimals = np.zeros(self.count, np.bool_)
        decimals[key[families == Family.DECIMAL]] = True
        found = []
        for group in groups.tolist():
            above, below, first, last = (int(limb[group]) for limb in limbs)
            units = (above * (1 << 32) + below) * UNIT + first * HALF + last
            found.append(self._result(units, counts[group], bool(decimals[group]), mean))
        return found

    def _sum(self, key: Array, numbers: Array) -> Array:
        return np.bincount(key, weights=numbers, minlength=self.count)

    def _result(self, units: int, count: int, is_decimal: bool, mean: bool) -> int:
        try:
            if mean and count:
                return self._number(quotient(units, integer(count)))
            return self._number(decimal(units) if is_decimal else integer(units // UNIT))
        except Failed:
            return UNBOUND

    def _extreme(self, key: Array, column: Array, failed: Array, *, greatest: bool) -> Array:
        found = np.full(self.count, UNBOUND, np.int32)
        if not len(key):
            return found
        classes = CLASS_OF[self._session.families(column)]
        if np.any((classes == Family.OPAQUE) | (classes == Family.BLANK)):
            raise Refused("the least or greatest of values that are not ordered, or not judged")
        of_group = np.zeros(self.count, np.uint8)
        of_group[key] = classes
        mixed = self._among(key[(of_group[key] != classes) | (classes == Family.UNKNOWN)])
        for group in np.flatnonzero(mixed & ~failed).tolist():
            terms = unique(column[key == group]).tolist()
            found[group] = self._winner(terms, 1 if greatest else -1)
        alike = ~mixed[key]
        self._extreme_alike(key[alike], column[alike], found, greatest=greatest)
        return np.where(failed, UNBOUND, found)

    def _winner(self, terms: Sequence[int], sign: int) -> int:
        """Return the term that comes behind each other one (or before, with -1), compared one by one.

        The order of terms of different kinds goes in circles. Where one comes behind all others, it is the greatest in
        whatever order they are met; where none does, that order would decide.
        """
        values = [self._session.value(each) for each in terms]
        best = 0
        for place in range(1, len(values)):
            if order_of(values[place], values[best]) * sign > 0:
                best = place
        if any(order_of(values[best], value) * sign <= 0 for place, value in enumerate(values) if place != best):
            raise Refused("the least or greatest of values whose order goes in circles")
        return terms[best]

    def _extreme_alike(self, key: Array, column: Array, found: Array, *, greatest: bool) -> None:
        """Write the greatest, or the least, term of groups whose terms are all of one kind."""
        if not len(key):
            return
        known = self._session.is_known(column)
        ranks = self._session.tables.literals.ranks[column].astype(np.int64) if known else self._session.ranks(column)
        order = np.argsort(ranks if greatest else -ranks, kind="stable")
        found[key[order]] = column[order]  # the last one that is written to a group stays
        best = np.zeros(self.count, np.int64)
        best[key[order]] = ranks[order]
        if np.any((ranks == best[key]) & (column != found[key])):
            raise Refused("different terms are equal, and either could be the least or the greatest")


@dataclass(frozen=True, slots=True)
class _Sum:
    content: float
    tag: str


def _sum_of(reals: Sequence[float]) -> _Sum:
    """Return the double that is nearest to the sum of some, and whether it is rounded.

    Raises:
        Refused: additions one by one could, in some order, be off by more than a part of 10⁻¹⁰, or overflow.
    """
    try:
        total, size = math.fsum(reals) + 0.0, math.fsum(map(abs, reals))
    except OverflowError as error:
        raise Refused("a sum of very large doubles") from error
    if len(reals) == 1 or (size <= 1 << 53 and all(each.is_integer() for each in reals)):
        return _Sum(total, "")  # each addition is exact
    if size * len(reals) * sys.float_info.epsilon > _CERTAIN * abs(total):
        raise Refused("a sum of doubles that take each other away")
    return _Sum(total, ROUNDED)
