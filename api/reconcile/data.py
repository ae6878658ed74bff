"""What reconciliation answers from: the names and the things of one revision, each thing read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Final

from api.state import Snapshot
from kg.engine import Term
from kg.kinds import KIND_BY_NAME
from kg.lookup import Labels, Reference, Thing
from kg.lookup.reader import DESCRIPTIONS, texts, values_of
from kg.lookup.remembered import Known
from kg.lookup.things import Due
from kg.search import Match, SearchIndex

_THINGS: Final = 5000
_VALUES: Final = 50_000

MOST_UNNAMED: Final = 500
"""Things that are gone through for a query without a name."""


class Data:
    """The names and the things of one revision; may be used from several threads."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Read when asked."""
        self._lookup = snapshot.lookup
        self._iris = snapshot.iris
        self._names = snapshot.names
        self.values: Known[tuple[str, str], object] = Known(_VALUES)
        """What has been worked out about the properties of things, by IRI and property."""
        self._things: Known[str, Thing | None] = Known(_THINGS)
        self._touched: Known[str, tuple[Reference, ...]] = Known(_THINGS)
        self._due: Known[str, tuple[str, ...]] = Known(_THINGS)
        self._lists: Known[str, tuple[Thing, ...]] = Known(len(KIND_BY_NAME))

    @property
    def index(self) -> SearchIndex:
        """The index of all names; whoever asks first waits for it to be made."""
        return self._names.index()

    def named(self, text: str, kinds: Collection[str], limit: int) -> tuple[Match, ...]:
        """Return the things of some kinds (of all, where there is none) that a text may name, the likeliest first."""
        return self.index.search(text, kinds=kinds, limit=limit)

    def iri(self, wanted: str) -> str | None:
        """Return the IRI that an id `kind/local` or a full IRI is, whether there is such a thing or not."""
        kind, slash, local = wanted.partition("/")
        if slash and local and kind in KIND_BY_NAME:
            return self._iris.mint(kind, local)
        parsed = self._iris.parse(wanted)
        return wanted if parsed and parsed[0] in KIND_BY_NAME else None

    def thing(self, wanted: str) -> Thing | None:
        """Return the thing that an id `kind/local` or a full IRI names, or None where there is none."""
        iri = self.iri(wanted)
        return self._things.get(iri, lambda: self._lookup.describe(iri, concluded=False)) if iri is not None else None

    def touched(self, measure: str) -> tuple[Reference, ...]:
        """Return the sectors that a measure (an IRI) touches, by whatever way."""

        def read() -> tuple[Reference, ...]:
            touches = self._lookup.touched(measure)
            return tuple({touch.sector.iri: touch.sector for touch in touches}.values())

        return self._touched.get(measure, read)

    def due(self, measure: str) -> tuple[str, ...]:
        """Return the dates by which a measure (an IRI) is due, the first one first."""

        def read() -> tuple[str, ...]:
            conclusions = self._lookup.follows("measure", measure)["due_by"]
            return tuple(sorted({each.date for each in conclusions if isinstance(each, Due) and each.date}))

        return self._due.get(measure, read)

    def names_of(self, iri: str) -> tuple[str, ...]:
        """Return the labels and aliases of a thing (an IRI)."""
        known = (self.index.things[place] for place, _ in self.index.exact.get(iri, ()))
        return tuple(name.text for thing in known if thing.reference.iri == iri for name in thing.names)

    def descriptions(self, things: Sequence[str]) -> Mapping[str, Labels]:
        """Return what some things (IRIs) are, in words, read at once; without those of which nothing says it."""
        found: dict[str, dict[str, list[Term]]] = {}
        if things:
            query = f"""SELECT ?s ?p ?text WHERE {{ {values_of("s", things)} {values_of("p", DESCRIPTIONS)}
                ?s ?p ?text }} ORDER BY ?s ?p ?text"""
            for row in self._lookup.reader.select(query):
                found.setdefault(row["s"].value, {}).setdefault(row["p"].value, []).append(row["text"])
        first = {iri: next(of[name] for name in DESCRIPTIONS if name in of) for iri, of in found.items()}
        return {iri: texts(terms) or {} for iri, terms in first.items()}

    def count(self, kinds: Collection[str]) -> int:
        """Return how many things of some kinds there are."""
        return sum(self._counts[kind] for kind in kinds)

    def all_of(self, kind: str) -> tuple[Thing, ...]:
        """Return the things of a kind that has no more than `MOST_UNNAMED` of them."""
        return self._lists.get(kind, lambda: self._lookup.things(kind, {}, limit=MOST_UNNAMED).items)

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(thing.reference.type for thing in self.index.things)


def id_of(reference: Reference | Thing) -> str:
    """Return the id that reconciliation gives a thing: that of its IRI after `…/id/`."""
    return f"{reference.type}/{reference.id}"
