"""What follows of things by rules, each conclusion with the ways by which it does: read, and not worked out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from kg.lookup.derivations import Fact, Ways, derivations, ways_to
from kg.lookup.reader import Key, Reader, values_of
from kg.lookup.things import Conclusion, Due, Step, Touch, Within
from kg.terms import PKG, TOUCHES_SECTOR

C = TypeVar("C", bound=Conclusion)

CONCLUSIONS: Final[Mapping[str, tuple[str, type[Conclusion]]]] = {
    "touches": (TOUCHES_SECTOR, Touch),
    "due_by": (PKG + "dueBy", Due),
    "located_within": (PKG + "locatedWithin", Within),
}
"""Key in JSON → the property of what follows, and what its conclusions are."""

FOLLOWING: Final[Mapping[str, Mapping[str, tuple[str, type[Conclusion]]]]] = {
    "measure": {"due_by": CONCLUSIONS["due_by"]},
    **{kind: {"located_within": CONCLUSIONS["located_within"]} for kind in ("platform", "organization", "place")},
}
"""Kind → what follows of its things when one of them is read; `touches` is apart, for lists have it as well."""


def following(reader: Reader, kind: str, thing: str) -> dict[str, tuple[Conclusion, ...]]:
    """Return what follows of a thing, by keys of JSON; every key of its kind is there."""
    found: dict[str, tuple[Conclusion, ...]] = {}
    for key, (predicate, make) in FOLLOWING.get(kind, {}).items():
        known = derivations(reader, f"?statement rdf:subject <{thing}> ; rdf:predicate <{predicate}> .")
        wanted = [fact for fact in known if fact[:2] == (thing, predicate)]
        found[key] = _dated(reader, concluded(reader, ways_to(known, wanted), make).get(thing, ()))
    return found


def _dated(reader: Reader, conclusions: Sequence[Conclusion]) -> tuple[Conclusion, ...]:
    """Return conclusions, those about days with their dates."""
    days = sorted({each.to.iri for each in conclusions if isinstance(each, Due)})
    if not days:
        return tuple(conclusions)
    rows = reader.select(f"SELECT ?s ?date WHERE {{ {values_of('s', days)} ?s time:inXSDDate ?date }}")
    dates = {row["s"].value: row["date"].value for row in rows}
    dated = [replace(each, date=dates.get(each.to.iri, "")) if isinstance(each, Due) else each for each in conclusions]
    return tuple(sorted(dated, key=lambda each: each.date if isinstance(each, Due) else ""))


def concluded(reader: Reader, found: Mapping[Fact, Ways], make: type[C]) -> dict[str, tuple[C, ...]]:
    """Return conclusions by their subjects, one for each way, the shortest first, each step with what states it."""
    if not found:
        return {}
    told = [(conclusion, way, ways.omitted) for conclusion, ways in found.items() for way in ways.told]
    triples = {_key(fact) for _, way, _ in told for fact in way.facts}
    ends = {end for subject, _, value in triples for end in (subject, value)}
    names = reader.names({*ends, *(way.rule for _, way, _ in told), *(fact[2].value for fact in found)})
    evidence = reader.citations_of_triples(sorted(triples))
    made: dict[str, list[C]] = {}
    for conclusion, way, omitted in sorted(
        told, key=lambda each: (each[0][0], each[1].length, each[0][2].value, each[1].order)
    ):
        steps = tuple(
            Step(
                reader.reference(subject, names),
                reader.iris.short(predicate),
                reader.reference(value, names),
                evidence.get((subject, predicate, value), ()),
            )
            for subject, predicate, value in map(_key, way.facts)
        )
        end, rule = reader.reference(conclusion[2].value, names), reader.reference(way.rule, names)
        made.setdefault(conclusion[0], []).append(make(end, way.length == 1, steps, rule, ways_omitted=omitted))
    return {subject: tuple(conclusions) for subject, conclusions in made.items()}


def _key(fact: Fact) -> Key:
    return fact[0], fact[1], fact[2].value
