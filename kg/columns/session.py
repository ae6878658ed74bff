"""The terms of one query: those of the revision by their numbers, and above them those that it computes or names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from kg.columns.arrays import UNBOUND, Array, Budget, unique, unique_places
from kg.columns.literals import exact_units, split
from kg.columns.refusal import Refused
from kg.columns.tables import Tables
from kg.columns.values import EXACT, ROUNDED, Family, Value, are_near, term_of, value_of


class Session:
    """Numbers terms for the time of one query; the tables are only read."""

    def __init__(self, tables: Tables) -> None:
        """Begin with the terms of the revision alone."""
        self.tables = tables
        self.size = len(tables.dictionary)
        self.budget = Budget()
        self._values: dict[int, Value] = {}
        self._found: dict[Value, int] = {}
        self._made: list[Value] = []

    def value(self, number: int) -> Value:
        """Return the value of a term."""
        if number >= self.size:
            return self._made[number - self.size]
        value = self._values.get(number)
        if value is None:
            value = self._values[number] = value_of(self.tables.dictionary.term(number))
        return value

    def number(self, value: Value) -> int:
        """Return the number of a value's term: that of the revision, where it has the term."""
        number = self._found.get(value)
        if number is None:
            number = self.tables.dictionary.find(term_of(value))
            if number < 0:
                number = self.size + len(self._made)
                self._made.append(value)
            self._found[value] = number
        return number

    def fresh(self, value: Value) -> int:
        """Return a number for a value that is not joined with anything: so nobody looks for it in the revision."""
        number = self._found.get(value)
        if number is None:
            number = self._found[value] = self.size + len(self._made)
            self._made.append(value)
        return number

    def term(self, number: int) -> bytes:
        """Return a term as N-Triples."""
        if number >= self.size:
            return term_of(self._made[number - self.size])
        return self.tables.dictionary.term(number)

    def is_known(self, column: Array) -> bool:
        """Tell whether all terms of a column are of the revision."""
        return not len(column) or int(column.max()) < self.size

    def families(self, column: Array) -> Array:
        """Return the families of the terms of a column that has no unbound place."""
        return self._looked_up(self.tables.literals.families, column, lambda value: value.family)

    def parts(self, column: Array) -> tuple[Array, Array, Array]:
        """Return the numbers of a column of integers and decimals, as whole, high and low part."""
        literals = self.tables.literals
        arrays = (literals.whole, literals.high, literals.low)
        whole, high, low = (self._looked_up(each, column, _part(place)) for place, each in enumerate(arrays))
        return whole, high, low

    def reals(self, column: Array) -> Array:
        """Return the numbers of a column of doubles."""
        return self._looked_up(
            self.tables.literals.reals,
            column,
            lambda value: float(value.content) if value.family is Family.DOUBLE else 0.0,
        )

    def _looked_up(self, array: Array, column: Array, of_value: Callable[[Value], float]) -> Array:
        """Return what an array has of the terms of the revision, and a function gives for those of this query."""
        kind = np.float64 if array.dtype == np.float64 else np.int64
        found = np.zeros(len(column), kind)
        if len(array):
            found = array[np.where(column < len(array), column, 0)].astype(kind)
        above = np.flatnonzero(column >= self.size)
        if len(above):
            made = np.array([of_value(value) for value in self._made], kind)
            found[above] = made[column[above] - self.size]
        return found

    def is_rounded(self, column: Array) -> bool:
        """Tell whether a column has doubles whose last digits nothing may depend on."""
        made = unique(column[column >= self.size]).tolist()
        return any(_is_rounded(self.value(each)) for each in made)

    def _check_rounded(self, values: Sequence[Value], times: Sequence[int]) -> None:
        """Refuse to order rounded doubles that are nearly equal: another engine could have them in another order."""
        if not any(_is_rounded(value) for value in values):
            return
        number_of = sorted(zip([float(value.content) for value in values], times, strict=True))
        if any(count > 1 for _, count in number_of):
            raise Refused("rounded doubles that are equal are ordered")
        if any(are_near(one, other) for (one, _), (other, _) in pairwise(number_of)):
            raise Refused("rounded doubles that are nearly equal are ordered")

    def ranks(self, column: Array) -> Array:
        """Return numbers that order the terms of a column as ORDER BY does, -1 where it is unbound.

        Raises:
            Refused: the order of some of them is not known.
        """
        bound = np.flatnonzero(column != UNBOUND)
        found = np.full(len(column), UNBOUND, np.int64)
        if not len(bound):
            return found
        terms = column[bound]
        classes = unique(self.families(terms))
        orderable = set(classes.tolist()) <= {int(each) for each in EXACT}
        unordered = {Family.BLANK, Family.UNKNOWN, Family.OPAQUE}
        if (len(classes) > 1 and not orderable) or set(classes.tolist()) & unordered:
            raise Refused("terms of different kinds are ordered, or such as are not judged")
        if self.is_known(terms):
            found[bound] = self.tables.literals.ranks[terms]
            return found
        distinct, places = unique_places(terms)
        self._check_rounded([self.value(each) for each in distinct.tolist()], np.bincount(places).tolist())
        keys = [_order_key(self.value(int(each))) for each in distinct]
        ranks = {key: rank for rank, key in enumerate(sorted(set(keys)))}
        found[bound] = np.array([ranks[key] for key in keys], np.int64)[places]
        return found


def _is_rounded(value: Value) -> bool:
    return value.family is Family.DOUBLE and value.tag == ROUNDED


def _part(place: int) -> Callable[[Value], int]:
    return lambda value: split(exact_units(value))[place] if value.family in EXACT else 0


def _order_key(value: Value) -> tuple[float, bytes]:
    if value.family in EXACT:
        return exact_units(value), b""
    if value.family is Family.DOUBLE:
        return float(value.content), b""
    return 0, str(value.content).encode("utf-8", "surrogatepass") + b"\0" + value.tag.encode()
