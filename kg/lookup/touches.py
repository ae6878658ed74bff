"""Which measures touch a sector, and by which ways: read from what follows by the rules, each way with its rule.

A measure touches a sector where it applies to it, where it concerns a product that serves it, or where a target of it
is confined to it or to such a product; and each of these also for the sectors below it in the taxonomy. What makes it
so are the rules of `ontology/rules/touches-*.rq`; nothing of that is repeated here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kg.lookup.derivations import Derivation, Derivations, derivations, ways_to
from kg.lookup.following import concluded
from kg.lookup.reader import Reader, values_of
from kg.lookup.things import Touch
from kg.terms import INFERRED, TOUCHES_SECTOR


@dataclass(frozen=True, slots=True)
class Touching:
    """The measures that touch a sector; the ways are read for those of them that are shown, and for no other."""

    sector: str
    measures: frozenset[str]
    _reader: Reader
    _transitive: bool

    def __len__(self) -> int:
        """Return how many measures touch it."""
        return len(self.measures)

    def touches(self, measures: Iterable[str]) -> dict[str, tuple[Touch, ...]]:
        """Return the ways by which some measures touch the sector, the shortest first, where they do."""
        wanted = [measure for measure in dict.fromkeys(measures) if measure in self.measures]
        return ways_of_touching(self._reader, self.sector, wanted, transitive=self._transitive)


def touching(reader: Reader, sector: str, *, transitive: bool = True) -> Touching:
    """Return the measures that touch a sector; without `transitive`, not because they touch one below it.

    What touches it is read where the store alone writes, and only what has a reason there touches it: nobody's update
    makes up a measure.
    """
    premises = "" if transitive else "?derivation prov:wasDerivedFrom ?premise . ?premise rdf:predicate ?predicate"
    rows = reader.select(
        f"""SELECT DISTINCT ?measure ?derivation ?predicate WHERE {{
          GRAPH <{reader.iris.graph(INFERRED)}> {{
            ?statement rdf:object <{sector}> ; rdf:predicate <{TOUCHES_SECTOR}> ; a pkg:InferredStatement ;
              rdf:subject ?measure .
            ?derivation pkg:derives ?statement ; pkg:byRule ?rule
          }} {premises} }}"""
    )
    up = {row["derivation"] for row in rows if "predicate" in row and row["predicate"].value == TOUCHES_SECTOR}
    measures = frozenset(row["measure"].value for row in rows if row["derivation"] not in up)
    return Touching(sector, measures, reader, transitive)


def ways_of_touching(
    reader: Reader, sector: str, measures: Collection[str], *, transitive: bool = True
) -> dict[str, tuple[Touch, ...]]:
    """Return the ways by which measures touch a sector, the shortest first, of those that do."""
    if not measures:
        return {}
    pattern = f"?statement rdf:subject ?measure ; rdf:object <{sector}> ; rdf:predicate <{TOUCHES_SECTOR}> ."
    known = derivations(reader, f"{values_of('measure', measures)} {pattern}")
    if not transitive:
        known = _without_going_up(known)
    wanted = frozenset(measures)
    facts = [fact for fact in known if fact[0] in wanted and fact[1] == TOUCHES_SECTOR and fact[2].value == sector]
    return concluded(reader, ways_to(known, [fact for fact in facts if known[fact]]), Touch)


def count_touching(reader: Reader, sector: str) -> int:
    """Return how many measures touch a sector, by whatever way."""
    graph = reader.iris.graph(INFERRED)
    rows = reader.select(
        f"SELECT (COUNT(DISTINCT ?m) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?m <{TOUCHES_SECTOR}> <{sector}> }} }}"
    )
    return int(rows[0]["n"].value)


def touched_by(reader: Reader, measure: str) -> tuple[Touch, ...]:
    """Return the sectors that a measure touches without going up the taxonomy, each with the ways."""
    known = derivations(reader, f"?statement rdf:subject <{measure}> ; rdf:predicate pkg:touchesSector .")
    wanted = [fact for fact in known if fact[:2] == (measure, TOUCHES_SECTOR)]
    return concluded(reader, ways_to(_without_going_up(known), wanted), Touch).get(measure, ())


def _without_going_up(known: Derivations) -> Derivations:
    """Return derivations without those by which a sector is touched because another one is."""
    return {fact: [each for each in found if not _goes_up(each)] for fact, found in known.items()}


def _goes_up(derivation: Derivation) -> bool:
    return any(predicate == TOUCHES_SECTOR for _, predicate, _ in derivation.premises)
