"""Which measures touch a sector, and by which ways: read from what follows by the rules, each way with its rule.

A measure touches a sector where it applies to it, where it concerns a product that serves it, or where a target of it
is confined to it or to such a product; and each of these also for the sectors below it in the taxonomy. What makes it
so are the rules of `ontology/rules/touches-*.rq`; nothing of that is repeated here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.lookup.derivations import Derivation, Derivations, Fact, derivations, ways_to
from kg.lookup.following import concluded
from kg.lookup.reader import Reader
from kg.lookup.things import Touch
from kg.terms import INFERRED, TOUCHES_SECTOR


@dataclass(frozen=True, slots=True)
class Touching:
    """The measures that touch a sector; the ways are found for those of them that are shown."""

    measures: Mapping[str, Fact]
    """What is concluded of each of them."""
    _reader: Reader
    _known: Derivations

    def touches(self, measures: Iterable[str]) -> dict[str, tuple[Touch, ...]]:
        """Return the ways by which some measures touch the sector, the shortest first, where they do."""
        wanted = [self.measures[measure] for measure in dict.fromkeys(measures) if measure in self.measures]
        return concluded(self._reader, ways_to(self._known, wanted), Touch)


def touching(reader: Reader, sector: str, *, transitive: bool = True) -> Touching:
    """Return the measures that touch a sector; without `transitive`, not because they touch one below it."""
    known = derivations(reader, f"?statement rdf:predicate pkg:touchesSector ; rdf:object <{sector}> .")
    if not transitive:
        known = _without_going_up(known)
    facts = [fact for fact, found in known.items() if found and fact[1] == TOUCHES_SECTOR and fact[2].value == sector]
    return Touching({fact[0]: fact for fact in facts}, reader, known)


def count_touching(reader: Reader, sector: str) -> int:
    """Return how many measures touch a sector, by whatever way."""
    graph = reader.iris.graph(INFERRED)
    rows = reader.select(
        f"SELECT (COUNT(DISTINCT ?m) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?m <{TOUCHES_SECTOR}> <{sector}> }} }}"
    )
    return int(rows[0]["n"].value)


def touched_by(reader: Reader, measure: str) -> tuple[Touch, ...]:
    """Return the sectors that a measure touches without going up the taxonomy, each with the ways."""
    known = derivations(reader, f"?statement rdf:predicate pkg:touchesSector ; rdf:subject <{measure}> .")
    wanted = [fact for fact in known if fact[:2] == (measure, TOUCHES_SECTOR)]
    return concluded(reader, ways_to(_without_going_up(known), wanted), Touch).get(measure, ())


def _without_going_up(known: Derivations) -> Derivations:
    """Return derivations without those by which a sector is touched because another one is."""
    return {fact: [each for each in found if not _goes_up(each)] for fact, found in known.items()}


def _goes_up(derivation: Derivation) -> bool:
    return any(predicate == TOUCHES_SECTOR for _, predicate, _ in derivation.premises)
