"""The targets to show first, where not all of them are shown: those with a number, by year, in the order of the source.

They are put in order by IRI, so that no more of them is read than is shown, however many there are.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from kg.lookup.lookup import Lookup
from kg.lookup.things import Thing


@dataclass(frozen=True, slots=True)
class Leading:
    """The first of some targets, and how many there are; `year` is that of all of them where they were put by year."""

    things: tuple[Thing, ...]
    total: int
    year: str = ""


def leading(lookup: Lookup, filters: Mapping[str, str], most: int) -> Leading:
    """Return the first of the targets that pass filters.

    Raises:
        NotFound: a filter names a thing that there is not.
        BadParameter: a filter has an impossible value, or names several things.
    """
    return _leading(lookup, lookup.finder.things("target", filters), most)


def leading_by_year(lookup: Lookup, most: int) -> Iterator[Leading]:
    """Yield the first targets of each year, the years in order, and last those of no year."""
    by_year = lookup.ranks().by_year
    for year in sorted(by_year, key=lambda year: (not year, year)):
        yield _leading(lookup, by_year[year], most, year)


def _leading(lookup: Lookup, targets: Collection[str], most: int, year: str = "") -> Leading:
    first = heapq.nsmallest(most, targets, key=lookup.ranks().places.__getitem__)
    return Leading(tuple(lookup.several("target", first)), len(targets), year)
