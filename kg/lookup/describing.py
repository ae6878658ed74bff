"""Describing things: from their triples to identity, values, relations and evidence, of many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from kg.errors import BadParameter
from kg.iris import is_iri
from kg.kinds import KIND_BY_NAME, key_of
from kg.lookup.clauses import READ_IN_ORDER, describe_clause, in_reading_order, with_clauses
from kg.lookup.kinds import Particulars
from kg.lookup.links import (
    POINTING,
    Ends,
    Shown,
    ends_of,
    links_to,
    plain_ends,
    plain_triples,
    pointing_by_key,
    some_pointing,
)
from kg.lookup.parts import part_of
from kg.lookup.reader import ALIAS, DESCRIPTIONS, Description, Key, Reader, Triples, texts
from kg.lookup.things import Links, Thing, Touch
from kg.terms import RDF, RDFS

_NAMELESS: Final = frozenset({RDF + "type", RDFS + "label", ALIAS, *DESCRIPTIONS})
"""Properties whose literals are not among the values of a thing: they stand in places of their own."""


class Describer:
    """Describes what one revision has."""

    def __init__(self, reader: Reader) -> None:
        """Read with a reader."""
        self._reader = reader

    def things(
        self,
        kind: str,
        iris: Sequence[str],
        touches: Mapping[str, tuple[Touch, ...]] | None = None,
        *,
        most: int | None = None,
        triples: Triples | None = None,
    ) -> list[Thing]:
        """Return things of a kind that has a collection, in their order, with `most` links of each key at most."""
        reader = self._reader
        triples = triples or reader.triples(iris, POINTING[kind])
        shown = {iri: Shown.of(ends_of(kind, iri, triples, reader.iris), most) for iri in iris}
        others = {other for each in shown.values() for other in each.others()}
        pointing = None
        if any(each.omitted for each in shown.values()):
            pointing = sorted({key for each in shown.values() for key in each.triples() if key[2] in shown})
        description = reader.describe(iris, triples, others, pointing)
        particulars = Particulars(reader, description)
        things = [self._thing(kind, iri, description, particulars.of(kind, iri), shown[iri]) for iri in iris]
        return [replace(thing, touches=touches.get(thing.iri)) for thing in things] if touches else things

    def describe(self, iri: str, *, most: int | None = None) -> Thing | None:
        """Return what the graph says of an IRI under the base, or None where it says nothing."""
        parsed = self._reader.iris.parse(iri)
        if parsed is None or not is_iri(iri):
            return None
        if parsed[0] not in KIND_BY_NAME:
            return self._plain(iri, parsed[0], most)
        triples = self._reader.triples([iri], POINTING[parsed[0]])
        return self.things(parsed[0], [iri], most=most, triples=triples)[0] if triples.outgoing else None

    def links(self, iri: str, key: str, limit: int, cursor: str | None) -> Links | None:
        """Return a part of what a thing is related to by a key, or None where the graph says nothing of it.

        Raises:
            BadParameter: it has no such key, or the cursor is none.
        """
        reader, kind = self._reader, (self._reader.iris.parse(iri) or ("",))[0]
        if not kind or not is_iri(iri):
            return None
        whole = kind in KIND_BY_NAME or kind in READ_IN_ORDER
        triples = reader.triples([iri], POINTING.get(kind) if whole else ())
        if not triples.outgoing:
            return None
        pointing = {} if whole else pointing_by_key(reader, iri)
        ends = self._ends(iri, kind, triples)
        if len(pointing.get(key, ())) == 1 and key not in ends:  # very many, perhaps: a part is read at a time
            name, total = pointing[key][0].property_iri, pointing[key][0].count
            window, following = part_of(range(total), limit, cursor)
            found = some_pointing(reader, iri, name, len(window), window[0])
            return self._part(iri, key, {other: (other, name, iri) for other in found}, total, following)
        if key in pointing:
            ends = self._ends(iri, kind, reader.triples([iri]))
        if key not in ends:
            known = sorted({*ends, *pointing})
            raise BadParameter("key", key, f"may be {', '.join(known)}", f"可为 {'、'.join(known)}")
        part, following = part_of(list(ends[key].items()), limit, cursor)
        return self._part(iri, key, dict(part), len(ends[key]), following)

    def _ends(self, iri: str, kind: str, triples: Triples) -> Ends:
        if kind in KIND_BY_NAME:
            return ends_of(kind, iri, triples, self._reader.iris)
        return in_reading_order(self._reader, iri, kind, plain_ends(iri, triples))

    def _part(self, iri: str, key: str, part: Mapping[str, Key], total: int, following: str | None) -> Links:
        reader = self._reader
        names = reader.names({iri, *part})
        cited = reader.citations_of_triples(sorted(part.values())) if part else {}
        links = links_to(reader, part, Description(Triples({}, {}), names, {}, cited))
        return Links(reader.reference(iri, names), key, links, total, following)

    def _plain(self, iri: str, kind: str, most: int | None) -> Thing | None:
        """Return a thing without a collection: a clause, a passage, a source, a statement, a concept."""
        reader = self._reader
        triples, omitted = plain_triples(reader, iri, None if kind in READ_IN_ORDER else most)
        if not triples.outgoing:
            return None
        shown = Shown.of(self._ends(iri, kind, triples), most)
        shown = replace(shown, omitted={**shown.omitted, **omitted})
        # Of the statements that have it as an object, very many perhaps, those of what is shown.
        pointing = sorted(key for key in shown.triples() if key[2] == iri)
        description = reader.describe([iri], triples, shown.others(), pointing)
        values: dict[str, Any] = {}
        for property_iri, terms in triples.outgoing[iri].items():
            literals = [term.value for term in terms if term.kind == "literal"]
            if literals and property_iri not in _NAMELESS:
                values[key_of(property_iri)] = literals if len(literals) > 1 else literals[0]
        if kind == "clause":
            values |= describe_clause(reader, iri)
        found = self._thing(kind, iri, description, values, shown)
        return with_clauses(reader, found) if kind == "statement" else found

    def _thing(self, kind: str, iri: str, description: Description, values: Mapping[str, Any], shown: Shown) -> Thing:
        outgoing = description.triples.outgoing.get(iri, {})
        aliases: dict[str, list[str]] = {"zh": [], "en": []}
        for term in outgoing.get(ALIAS, ()):
            aliases.setdefault(term.language or "en", []).append(term.value)
        reference = self._reader.reference(iri, description.names)
        return Thing(
            id=reference.id,
            iri=iri,
            type=kind,
            label=reference.label,
            aliases=aliases,
            description=next((found for name in DESCRIPTIONS if (found := texts(outgoing.get(name, ())))), None),
            values=values,
            links=shown.links(self._reader, description),
            evidence=description.of_things.get(iri, ()),
            omitted=shown.omitted,
        )
