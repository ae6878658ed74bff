"""What the terms of a revision are worth, as arrays: families, languages, the parts of numbers, and ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kg.columns.arrays import Array
from kg.columns.dictionary import Dictionary
from kg.columns.refusal import Refused
from kg.columns.values import EXACT, UNIT, Family, Value, sort_key, value_of

HALF: Final = 10**9
"""A decimal's part behind the point is kept as two numbers below this, so that sums of them stay exact."""

_CLASSES: Final = tuple(Family.INTEGER if each is Family.DECIMAL else each for each in Family)
CLASS_OF: Final = np.array(_CLASSES, np.uint8)
"""The family that stands for those that are ordered together: integers and decimals are."""


@dataclass(frozen=True, slots=True)
class Literals:
    """Arrays by the number of a term.

    `ranks` order the terms of a class: the same for equal numbers, of no meaning for what is opaque. `whole`, `high`
    and `low` are a number as whole + high·10⁻⁹ + low·10⁻¹⁸, the last two not negative, and `reals` are the doubles;
    they cover literals alone.
    `tags` are places in `languages`, where the first is no language.
    """

    families: Array
    ranks: Array
    ordered: dict[Family, Array]
    tags: Array
    languages: tuple[str, ...]
    whole: Array
    high: Array
    low: Array
    reals: Array

    @classmethod
    def of(cls, terms: Sequence[bytes], dictionary: Dictionary) -> Literals:
        """Return the arrays for the terms of a dictionary.

        Raises:
            Refused: there is a kind of literal among them that nothing here is written for.
        """
        size = len(terms)
        families, tags = np.zeros(size, np.uint8), np.zeros(dictionary.iris, np.int16)
        families[dictionary.blanks :] = Family.BLANK
        numbers: list[tuple[int, int]] = []
        doubles: list[tuple[float, int]] = []
        parts: dict[Family, list[tuple[bytes, int]]] = {}
        languages: dict[str, int] = {"": 0}
        for number in range(dictionary.iris):
            value = value_of(terms[number])
            families[number] = value.family
            if value.family is Family.OPAQUE and ":" not in value.tag:
                raise Refused("a text with a direction")
            if value.family in EXACT:
                numbers.append((exact_units(value), number))
            elif value.family is Family.DOUBLE:
                doubles.append((float(value.content), number))
            else:
                parts.setdefault(value.family, []).append((sort_key(value), number))
            if value.family is Family.TAGGED:
                tags[number] = languages.setdefault(value.tag, len(languages))
        parts[Family.IRI] = [(terms[each][1:-1], each) for each in range(dictionary.iris, dictionary.blanks)]
        ranks = np.zeros(size, np.int32)
        ordered = {}
        for family, keyed in parts.items():
            ordered[family] = np.array([each for _, each in sorted(keyed)], np.int32)
            ranks[ordered[family]] = np.arange(len(keyed))
        ordered[Family.INTEGER] = _rank_numbers(sorted(numbers), ranks)
        ordered[Family.DOUBLE] = _rank_numbers(sorted(doubles), ranks)
        whole, high, low = (np.zeros(dictionary.iris, kind) for kind in (np.int64, np.int32, np.int32))
        for units, number in numbers:
            whole[number], high[number], low[number] = split(units)
        reals = np.zeros(dictionary.iris, np.float64)
        for real, number in doubles:
            reals[number] = real
        return cls(families, ranks, ordered, tags, tuple(languages), whole, high, low, reals)


def exact_units(value: Value) -> int:
    """Return a number in units of 10⁻¹⁸, however many there are."""
    return int(value.content) * (UNIT if value.family is Family.INTEGER else 1)


def split(units: int) -> tuple[int, int, int]:
    """Return a number in units of decimals as whole, high and low part; what has no 64 bits as the largest whole."""
    whole, part = divmod(units, UNIT)
    return (max(min(whole, 2**63 - 1), -(2**63)), *divmod(part, HALF))


def _rank_numbers(numbers: Sequence[tuple[float, int]], ranks: Array) -> Array:
    """Give numbers their ranks, equal ones the same, and return them in their order."""
    rank, last = -1, None
    for content, number in numbers:
        rank += content != last
        ranks[number], last = rank, content
    return np.array([number for _, number in numbers], np.int32)
