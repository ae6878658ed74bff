"""What things are related to, by the keys of their JSON: the triples at first, then as many of them as are shown.

A sector has thousands of measures where there are thousands of policies. All that points at a thing is read by IRI,
which costs little; names and clauses are read for what is shown alone. What is not shown is counted, and there is a
part of it at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from kg.iris import Iris
from kg.kinds import KINDS, RELATIONS, key_of
from kg.lookup.reader import UNTOLD, Description, Key, Reader, Triples
from kg.lookup.things import Link

POINTING: Final[Mapping[str, frozenset[str]]] = {
    kind.name: frozenset(
        each.property_iri
        for each in RELATIONS
        if (each.subject == kind.name and each.backwards)
        or (kind.name in each.objects and each.inverse and not each.backwards)
    )
    for kind in KINDS
}
"""Kind → the properties by which what points at its things is told of them."""

_PLUMBING: Final = frozenset({"type", "has_selector", "has_target_of"})
"""Keys of what only holds the graph together."""

Ends = Mapping[str, Mapping[str, Key]]
"""Key → the IRIs of the things at the other ends, in order, each with the triple between."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of the relations of a thing, and how many there are besides by key."""

    ends: Ends
    omitted: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, ends: Ends, most: int | None) -> Shown:
        """Return the first ends of each key, or all without `most`."""
        if most is None or all(len(found) <= most for found in ends.values()):
            return cls(ends)
        first = {key: dict(list(found.items())[:most]) for key, found in ends.items()}
        return cls(first, {key: len(found) - most for key, found in ends.items() if len(found) > most})

    def others(self) -> Iterable[str]:
        """Return the IRIs of the things at the other ends."""
        return (other for found in self.ends.values() for other in found)

    def triples(self) -> Iterable[Key]:
        """Return the triples between."""
        return (triple for found in self.ends.values() for triple in found.values())

    def links(self, reader: Reader, description: Description) -> dict[str, tuple[Link, ...]]:
        """Return them as links, by the names and with the citations that a description has."""
        return {key: links_to(reader, found, description) for key, found in self.ends.items()}


@dataclass(frozen=True, slots=True)
class Pointing:
    """A property by which a thing is pointed at, and by how many things."""

    property_iri: str
    count: int


def links_to(reader: Reader, ends: Mapping[str, Key], description: Description) -> tuple[Link, ...]:
    """Return ends as links, by the names and with the citations that a description has."""
    return tuple(
        Link(reader.reference(other, description.names), description.of_triples.get(triple, ()))
        for other, triple in ends.items()
    )


def ends_of(kind: str, iri: str, triples: Triples, iris: Iris) -> Ends:
    """Return the relations of a thing that has a collection; every key of its kind is there, empty or not."""
    found: dict[str, dict[str, Key]] = {}
    for relation in RELATIONS:
        if relation.subject == kind:
            ends = _ends(iri, relation.property_iri, triples, backwards=relation.backwards)
            found.setdefault(relation.key, {}).update(ends)
        if kind in relation.objects and relation.inverse:
            ends = _ends(iri, relation.property_iri, triples, backwards=not relation.backwards)
            of_kind = {other: key for other, key in ends.items() if (iris.parse(other) or ("",))[0] == relation.subject}
            found.setdefault(relation.inverse, {}).update(of_kind)
    return found


def _ends(iri: str, property_iri: str, triples: Triples, *, backwards: bool) -> dict[str, Key]:
    if backwards:
        return {other: (other, property_iri, iri) for other in triples.incoming.get(iri, {}).get(property_iri, ())}
    terms = triples.outgoing.get(iri, {}).get(property_iri, ())
    return {term.value: (iri, property_iri, term.value) for term in terms if term.kind == "iri"}


def plain_ends(iri: str, triples: Triples) -> dict[str, dict[str, Key]]:
    """Return the relations of a thing without a collection, by keys that its properties give.

    Properties of several vocabularies may give the same key: it has what each of them leads to.
    """
    outgoing, incoming = triples.outgoing.get(iri, {}), triples.incoming.get(iri, {})
    keys = {(name, False): key_of(name) for name in outgoing} | {
        (name, True): f"{key_of(name)}_of" for name in incoming
    }
    found: dict[str, dict[str, Key]] = {key: {} for key in keys.values() if key not in _PLUMBING}
    for (name, backwards), key in sorted(keys.items()):
        if key in found:
            found[key] |= _ends(iri, name, triples, backwards=backwards)
    return {key: ends for key, ends in found.items() if ends}


def plain_triples(reader: Reader, iri: str, most: int | None) -> tuple[Triples, Mapping[str, int]]:
    """Return the triples of a thing without a collection, and how many that point at it are left out, by key.

    A rule is pointed at by everything that follows by it: of such a property only the first `most` are read, where no
    other one has the same key.
    """
    if most is None:
        return reader.triples([iri]), {}
    triples = reader.triples([iri], ())
    pointing = pointing_by_key(reader, iri)
    large = {
        key: found[0]
        for key, found in pointing.items()
        if len(found) == 1 and found[0].count > most and key not in plain_ends(iri, triples)
    }
    if not large:
        return reader.triples([iri]), {}
    others = [each.property_iri for key, found in pointing.items() if key not in large for each in found]
    incoming = dict(reader.triples([iri], others).incoming.get(iri, {}))
    incoming |= {each.property_iri: some_pointing(reader, iri, each.property_iri, most) for each in large.values()}
    return Triples(triples.outgoing, {iri: incoming}), {key: each.count - most for key, each in large.items()}


def some_pointing(reader: Reader, iri: str, property_iri: str, limit: int, offset: int = 0) -> list[str]:
    """Return some of what points at a thing by a property, in order."""
    pattern = f"?s <{property_iri}> <{iri}> {reader.told}"
    rows = reader.select(f"SELECT DISTINCT ?s WHERE {{ {pattern} }} ORDER BY ?s LIMIT {limit} OFFSET {offset}")
    return [row["s"].value for row in rows]


def pointing_by_key(reader: Reader, iri: str) -> dict[str, list[Pointing]]:
    """Return by which properties a thing without a collection is pointed at, by key."""
    rows = reader.select(
        f"""SELECT ?p (COUNT(DISTINCT ?s) AS ?n) WHERE {{
              ?s ?p <{iri}> FILTER(?p NOT IN ({UNTOLD})) {reader.told} }} GROUP BY ?p ORDER BY ?p"""
    )
    found: dict[str, list[Pointing]] = {}
    for row in rows:
        if (key := f"{key_of(row['p'].value)}_of") not in _PLUMBING:
            found.setdefault(key, []).append(Pointing(row["p"].value, int(row["n"].value)))
    return found
