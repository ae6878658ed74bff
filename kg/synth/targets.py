"""The targets of a synthetic policy: indicator, comparator, value and deadline, with the clauses that state them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from kg.facts import Deadline, Evidence, Outcome, Relation, ScopeRelation, Target, Text, Value
from kg.synth.dice import Dice
from kg.synth.page import Page
from kg.synth.words import BOUNDS, COMPARATORS, FALLING, INDICATORS, RISING, Indicator
from kg.synth.world import Concept, indicators_by

_YEARS: Final = tuple(range(2025, 2036))
_DUE: Final = (20, 12, 18, 6, 4, 22, 2, 3, 2, 2, 9)
"""How often each year is a deadline: plans end with a five-year plan, or in three years."""


@dataclass
class Targets:
    """Sets the targets of one policy; no two of them are the same."""

    policy: str
    number: int
    issued: int
    page: Page
    dice: Dice
    written: list[Target] = field(default_factory=list)
    _taken: set[tuple[str, int, int]] = field(default_factory=set)

    def fresh(self) -> tuple[Indicator, ...]:
        """Return the indicators that this policy is the first to bring up."""
        return INDICATORS[indicators_by(self.number - 1) : indicators_by(self.number)]

    def any_indicator(self) -> Indicator:
        """Return an indicator that has been brought up, the first ones more often."""
        return self.dice.skewed(INDICATORS[: indicators_by(self.number)])

    def add(self, indicator: Indicator, measure: str = "", sector: Concept | None = None) -> Evidence | None:
        """Write a target into the line; return the clause that names its indicator, or None where it is set already."""
        year = self._year()
        number = self._number(indicator, year)
        if number is None:
            return None
        page = self.page
        due = page.quote(f"到{year}年", "context")
        page.say("，")
        scope = []
        if sector is not None:
            scope = [ScopeRelation(to=f"sector/{sector.id}", evidence=[page.quote(f"在{sector.zh}领域")])]
            page.say("，")
        value, zh, en = self._value(indicator, number)
        evidence = value.evidence
        self.written.append(
            Target(
                id=f"{self.policy}-t{len(self.written) + 1:02d}",
                label=Text(zh=f"到{year}年{zh}", en=f"{en} by {year}"),
                policy=self.policy,
                indicator=indicator.id,
                value=value if isinstance(value, Value) else None,
                outcome=value if isinstance(value, Outcome) else None,
                deadline=Deadline(year=year, evidence=[due]),
                scope=scope,
                measures=[Relation(to=measure, evidence=evidence)] if measure else [],
            )
        )
        return evidence[0]

    def _year(self) -> int:
        after = [(year, weight) for year, weight in zip(_YEARS, _DUE, strict=True) if year > self.issued]
        return after[self.dice.weighted([weight for _, weight in after])][0]

    def _number(self, indicator: Indicator, year: int) -> int | None:
        """Return a number that no target of the policy has for this indicator and year; 0 where there is an outcome."""
        steps = self.dice.below(indicator.steps)
        for further in range(indicator.steps):
            number = indicator.low + indicator.step * ((steps + further) % indicator.steps)
            if (indicator.id, year, number) not in self._taken:
                self._taken.add((indicator.id, year, number))
                return number
        return None

    def _value(self, indicator: Indicator, number: int) -> tuple[Value | Outcome, str, str]:
        if not indicator.unit:
            return Outcome(evidence=[self.page.quote(indicator.zh)]), indicator.zh, indicator.en
        table, weights = (BOUNDS, FALLING) if indicator.falling else (COMPARATORS, RISING)
        comparator, word, english = table[self.dice.weighted(weights)]
        zh = f"{indicator.zh}{word}{number}{indicator.unit}"
        value = Value(comparator=comparator, number=float(number), unit=indicator.unit, evidence=[self.page.quote(zh)])
        space = "" if indicator.unit == "%" else " "
        return value, zh, f"{indicator.en} {english} {number}{space}{indicator.unit_en}"
