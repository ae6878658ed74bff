"""Which measures touch a sector, and by which way: directly, through a product, or through a target.

A measure touches a sector where it applies to it, where it concerns a product that serves it, or where a target of it
is confined to it or to such a product; and each of these also for the sectors below it in the taxonomy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.lookup.reader import Reader, values_of
from kg.lookup.things import Citation, Labels, Step, Touch
from kg.terms import PKG, SKOS

APPLIES = PKG + "appliesToSector"
CONCERNS = PKG + "concernsProduct"
SERVES = PKG + "servesSector"
HAS_TARGET = PKG + "hasTarget"
SCOPE = PKG + "scope"
BROADER = SKOS + "broader"

Triple = tuple[str, str, str]

_WAYS = """
  { ?measure pkg:appliesToSector ?end }
  UNION { ?measure pkg:concernsProduct ?product . ?product pkg:servesSector ?end }
  UNION { ?measure pkg:hasTarget ?target . ?target pkg:scope ?end . ?end a pkg:Sector }
  UNION { ?measure pkg:hasTarget ?target . ?target pkg:scope ?product . ?product pkg:servesSector ?end }
"""


@dataclass(frozen=True, slots=True)
class _Way:
    measure: str
    end: str
    sector: str
    triples: tuple[Triple, ...]


def touching(reader: Reader, sector: str, *, transitive: bool = True) -> dict[str, tuple[Touch, ...]]:
    """Return the measures that touch a sector, each with its ways, the shortest first."""
    chains = _chains(reader, sector) if transitive else {sector: ()}
    ways = _ways(reader, values_of("end", sorted(chains)), {end: (sector, chain) for end, chain in chains.items()})
    return _touches(reader, ways)


def touched_by(reader: Reader, measure: str) -> tuple[Touch, ...]:
    """Return the sectors that a measure touches without going up the taxonomy, each with the ways."""
    return _touches(reader, _ways(reader, f"VALUES ?measure {{ <{measure}> }}", None)).get(measure, ())


def _chains(reader: Reader, sector: str) -> dict[str, tuple[Triple, ...]]:
    """Return every sector at or below one, with the broader-steps that lead up to it."""
    rows = reader.select("SELECT ?below ?above WHERE { ?below skos:broader ?above ; a pkg:Sector } ORDER BY ?below")
    chains: dict[str, tuple[Triple, ...]] = {sector: ()}
    frontier = [sector]
    while frontier:
        above = frontier.pop()
        for row in rows:
            below = row["below"].value
            if row["above"].value == above and below not in chains:
                chains[below] = ((below, BROADER, above), *chains[above])
                frontier.append(below)
    return chains


def _ways(reader: Reader, given: str, chains: Mapping[str, tuple[str, tuple[Triple, ...]]] | None) -> list[_Way]:
    ways: list[_Way] = []
    rows = reader.select(
        f"SELECT DISTINCT ?measure ?product ?target ?end WHERE {{ {given} {_WAYS} }} ORDER BY ?measure ?end"
    )
    for row in rows:
        measure, end = row["measure"].value, row["end"].value
        sector, chain = chains[end] if chains is not None else (end, ())
        product = row["product"].value if "product" in row else None
        target = row["target"].value if "target" in row else None
        triples: list[Triple] = []
        if target:
            triples.append((measure, HAS_TARGET, target))
            triples.append((target, SCOPE, product or end))
        elif product:
            triples.append((measure, CONCERNS, product))
        if product:
            triples.append((product, SERVES, end))
        ways.append(_Way(measure, end, sector, (*(triples or [(measure, APPLIES, end)]), *chain)))
    return ways


def _touches(reader: Reader, ways: list[_Way]) -> dict[str, tuple[Touch, ...]]:
    if not ways:
        return {}
    things = sorted({node for way in ways for triple in way.triples for node in (triple[0], triple[2])})
    names = reader.names(things)
    _, evidence = reader.citations(things)
    found: dict[str, list[Touch]] = {}
    for way in sorted(ways, key=lambda way: (way.measure, len(way.triples), way.end, way.triples)):
        steps = tuple(_step(reader, triple, names, evidence) for triple in way.triples)
        direct = len(steps) == 1 and way.end == way.sector
        found.setdefault(way.measure, []).append(Touch(reader.reference(way.sector, names), direct, steps))
    return {measure: tuple(touches) for measure, touches in found.items()}


def _step(
    reader: Reader, triple: Triple, names: Mapping[str, Labels], evidence: Mapping[Triple, tuple[Citation, ...]]
) -> Step:
    subject, predicate, value = triple
    return Step(
        reader.reference(subject, names),
        reader.iris.short(predicate),
        reader.reference(value, names),
        evidence.get(triple, ()),
    )
