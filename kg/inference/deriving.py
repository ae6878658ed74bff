"""Applying rules until nothing new follows, and keeping every way in which each conclusion follows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kg.engine import FactBase, Triple
from kg.inference.rules import Rule


@dataclass(frozen=True, slots=True)
class Derivation:
    """One way in which a conclusion follows: the rule, and the triples that it follows from."""

    rule: Rule
    conclusion: Triple
    premises: tuple[Triple, ...]


def derive(facts: FactBase, rules: Sequence[Rule]) -> tuple[Derivation, ...]:
    """Return every derivation of every conclusion; the conclusions are among the facts afterwards.

    It ends because rules make no terms, so that there are finitely many conclusions.
    """
    concluded: set[Triple] = set()
    fresh = True
    while fresh:
        fresh = False
        for rule in rules:
            new = {conclusion for conclusion, _ in rule.apply(facts.select(rule.query))} - concluded
            facts.conclude(new)
            concluded |= new
            fresh = fresh or bool(new)
    return tuple(
        Derivation(rule, conclusion, premises)
        for rule in rules
        for conclusion, premises in rule.apply(facts.select(rule.query))
    )


def reads_of(rules: Collection[Rule]) -> frozenset[tuple[str, str]]:
    """Return what some rules read of the facts: predicates, each with the object that it must have, if one is named.

    What rules conclude is for them alone to say, and is not among it: a copy that anybody made of it is no premise.
    """
    concluded = {conclusion for rule in rules for conclusion in rule.concludes}
    reads = {read for rule in rules for read in rule.reads}
    return frozenset(read for read in reads if not {read, (read[0], "")} & concluded)
