"""What follows from triples, worked out by plain loops: each rule written down once more, without SPARQL.

Terms are texts as N-Triples has them, and so is what comes out: (rule, conclusion, premises).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

Triple = tuple[str, str, str]
Found = tuple[str, Triple, frozenset[Triple]]

_PKG: Final = "https://w3id.org/policy-kg/ontology#"


def pkg(name: str) -> str:
    """Return a term of the ontology."""
    return f"<{_PKG}{name}>"


A: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
BROADER: Final = "<http://www.w3.org/2004/02/skos/core#broader>"
SECTOR: Final = (A, pkg("Sector"))

Made = Iterator[tuple[Triple, set[Triple]]]


def _one_step(facts: set[Triple], first: str, conclusion: str) -> Made:
    for s, p, o in facts:
        if p == pkg(first):
            yield (s, pkg(conclusion), o), {(s, p, o)}


def _paths(facts: set[Triple], *names: str) -> Iterator[tuple[Triple, ...]]:
    """Yield every way along some properties, one after the other."""
    paths: list[tuple[Triple, ...]] = [(fact,) for fact in facts if fact[1] == names[0]]
    for name in names[1:]:
        paths = [(*path, fact) for path in paths for fact in facts if fact[1] == name and fact[0] == path[-1][2]]
    yield from paths


def _along(facts: set[Triple], conclusion: str, *names: str, ends: bool = False) -> Made:
    for path in _paths(facts, *names):
        end = path[-1][2]
        if not ends:
            yield (path[0][0], pkg(conclusion), end), set(path)
        elif (end, *SECTOR) in facts:
            yield (path[0][0], pkg(conclusion), end), {*path, (end, *SECTOR)}


def _further(facts: set[Triple]) -> Made:
    for conclusion, premises in _along(facts, "locatedWithin", pkg("locatedWithin"), pkg("locatedIn")):
        if conclusion[0] != conclusion[2]:
            yield conclusion, premises


RULES: Final[Mapping[str, Callable[[set[Triple]], Made]]] = {
    "touches-directly": lambda facts: _one_step(facts, "appliesToSector", "touchesSector"),
    "touches-through-product": lambda facts: _along(
        facts, "touchesSector", pkg("concernsProduct"), pkg("servesSector")
    ),
    "touches-through-target": lambda facts: _along(facts, "touchesSector", pkg("hasTarget"), pkg("scope"), ends=True),
    "touches-through-target-product": lambda facts: _along(
        facts, "touchesSector", pkg("hasTarget"), pkg("scope"), pkg("servesSector")
    ),
    "touches-broader-sector": lambda facts: _along(facts, "touchesSector", pkg("touchesSector"), BROADER, ends=True),
    "supported-by": lambda facts: (
        ((o, pkg("supportedBy"), s), {fact}) for fact in facts for s, p, o in [fact] if p == pkg("supportsPlatform")
    ),
    "located-within": lambda facts: _one_step(facts, "locatedIn", "locatedWithin"),
    "located-within-further": _further,
    "due-by": lambda facts: _along(facts, "dueBy", pkg("hasTarget"), pkg("deadline")),
}


CONCLUDED: Final = frozenset(map(pkg, ("touchesSector", "supportedBy", "locatedWithin", "dueBy")))
"""What rules alone may say: what facts have of it counts for nothing."""


def _premises(facts: Iterable[Triple]) -> set[Triple]:
    return {fact for fact in facts if fact[1] not in CONCLUDED}


def follows(facts: Iterable[Triple]) -> set[Found]:
    """Return every derivation of everything that follows."""
    known = _premises(facts)
    while True:
        found = {
            (name, conclusion, frozenset(premises))
            for name, rule in RULES.items()
            for conclusion, premises in rule(known)
            if conclusion not in premises and conclusion[0].startswith("<")
        }
        more = {conclusion for _, conclusion, _ in found} - known
        if not more:
            return found
        known |= more


def holds(found: Iterable[Found], facts: Iterable[Triple]) -> set[Triple]:
    """Return the conclusions that derivations bring forth from facts, beginning with nothing else."""
    known = _premises(facts)
    concluded: set[Triple] = set()
    left = set(found)
    while ready := {each for each in left if each[2] <= known}:
        left -= ready
        concluded |= {conclusion for _, conclusion, _ in ready}
        known |= concluded
    return concluded
