"""Which targets come first: those with a number, by year, in the order of the source; read once for a revision."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kg.lookup.reader import Reader
from kg.terms import XSD

_YEAR: Final = re.compile(r"[0-9]{4}")
"""A year by which targets can be asked for."""

_NEVER: Final = "9999"


@dataclass(frozen=True, slots=True, repr=False)
class Ranks:
    """The place of each target among all, and the targets of each year; those of no year are under `""`."""

    places: Mapping[str, int]
    by_year: Mapping[str, frozenset[str]]

    @classmethod
    def read(cls, reader: Reader, order: Mapping[str, int]) -> Ranks:
        """Return the ranks of targets, of which the order of the source is given."""
        quantitative = {
            row["thing"].value for row in reader.select("SELECT ?thing { ?thing a pkg:QuantitativeTarget }")
        }
        years: dict[str, set[str]] = {}
        named: dict[str, set[str]] = {}
        for row in reader.select("SELECT DISTINCT ?thing ?year { ?thing pkg:deadline/time:inXSDgYear ?year }"):
            years.setdefault(row["thing"].value, set()).add(row["year"].value)
            if row["year"].datatype == XSD + "gYear" and _YEAR.fullmatch(row["year"].value):
                named.setdefault(row["thing"].value, set()).add(row["year"].value)

        def rank(target: str) -> tuple[bool, str, int]:
            return target not in quantitative, min(years.get(target, {_NEVER})), order[target]

        by_year: dict[str, set[str]] = {}
        for target in order:
            for year in named.get(target, {""}):
                by_year.setdefault(year, set()).add(target)
        return cls(
            {target: place for place, target in enumerate(sorted(order, key=rank))},
            {year: frozenset(targets) for year, targets in by_year.items()},
        )
