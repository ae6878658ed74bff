"""The index of one revision: from a text to the things that it may mean, the likeliest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from kg.engine import Engine
from kg.iris import Iris
from kg.kinds import KINDS
from kg.lookup.reader import Reader
from kg.search.chinese import Chinese
from kg.search.matching import Matching
from kg.search.model import CONFIDENT, HOWS, How, Match, Matched
from kg.search.names import NamedThing, compared, read_things

EXACT, ALIAS = 1.0, 0.995
"""The very label or id; the very alias."""

TIE: Final = 0.08
"""How much less a thing may score than the best one and still be what a text may name."""

_ORDER: Final = {kind.name: place for place, kind in enumerate(KINDS)}
_STRENGTH: Final = {how: place for place, how in enumerate(HOWS)}


@dataclass(frozen=True, slots=True, repr=False)
class SearchIndex:
    """The names of one revision; nothing of it changes, so that any number of threads may search."""

    things: tuple[NamedThing, ...]
    exact: Mapping[str, tuple[tuple[int, Matched], ...]]
    """Label, alias, short id, typed id and IRI → places of things, and which of their names it is."""
    matching: Matching

    def __repr__(self) -> str:
        """Say how large it is, and not all that is in it."""
        return f"SearchIndex({len(self.things)} things, {len(self.matching.names)} names)"

    @classmethod
    def of(cls, engine: Engine, iris: Iris, before: SearchIndex | None = None) -> SearchIndex:
        """Return the index of the revision that an engine reads.

        Args:
            engine: reads the revision.
            iris: the IRIs of its things.
            before: the index of another revision, from which this one is made quickly where names are the same.
        """
        return cls.made(read_things(Reader(engine, iris)), before)

    @classmethod
    def made(cls, things: Iterable[NamedThing], before: SearchIndex | None = None) -> SearchIndex:
        """Return the index of some things; `before` as for `of`."""
        known = tuple(things)
        if before is not None and before.things == known:
            return before
        exact: dict[str, list[tuple[int, Matched]]] = {}
        for place, thing in enumerate(known):
            reference = thing.reference
            own = Matched(reference.id, "", "id")
            for text in dict.fromkeys((reference.id, f"{reference.type}/{reference.id}", reference.iri)):
                exact.setdefault(text, []).append((place, own))
            for matched in thing.names:
                exact.setdefault(matched.text.strip(), []).append((place, matched))
        chinese = before.matching.chinese if before else Chinese()
        worked_out = {name.matched.text: name for name in before.matching.names} if before else {}
        matching = Matching.of(compared(known, chinese, worked_out), chinese)
        return cls(known, {text: tuple(some) for text, some in exact.items()}, matching)

    def search(
        self, text: str, *, kinds: Collection[str] = (), language: str | None = None, limit: int = 10
    ) -> tuple[Match, ...]:
        """Return the things that a text may mean, the likeliest first, each by the name that is most like it.

        Args:
            text: a name, an id or an IRI, whole or in part, in any script or spelling; `MAX_TEXT` characters are read.
            kinds: the kinds of things to look among; all, where there is none.
            language: the language of the names to look among; ids count in both.
            limit: how many things at most.
        """
        return self.ranked(text, kinds=kinds, language=language)[: max(limit, 0)]

    def ranked(self, text: str, *, kinds: Collection[str] = (), language: str | None = None) -> tuple[Match, ...]:
        """Return all things that a text may mean, ordered by score, then by kind as `KINDS` has them, then by IRI."""
        best: dict[int, tuple[float, How, Matched]] = {}
        for place, score, how, matched in self._found(text):
            reference = self.things[place].reference
            if (kinds and reference.type not in kinds) or (language and matched.language not in {"", language}):
                continue
            known = best.get(place)
            if known is None or _stronger(score, how, matched) < _stronger(*known):
                best[place] = score, how, matched
        found = [
            Match(self.things[place].reference, score, replace(matched, how=how))
            for place, (score, how, matched) in best.items()
        ]
        return tuple(sorted(found, key=_rank))

    def confident(self, text: str, *, kinds: Collection[str] = (), language: str | None = None) -> tuple[Match, ...]:
        """Return the things that a text names: one, or several where it may name any of them, or none.

        Besides those that match best, these are the things whose names say no more than the text and of which sort they
        are: 广州 names the city, and may be short for 广州算力中心, the computing centre. Exact names come first.
        """
        found = [match for match in self.ranked(text, kinds=kinds, language=language) if match.score >= CONFIDENT]
        return tuple(match for match in found if match.score >= found[0].score - TIE or match.matched.how == "part")

    def _found(self, text: str) -> Iterator[tuple[int, float, How, Matched]]:
        """Yield places of things, scores, ways and names; several for a thing."""
        exact = text.strip()
        for place, matched in self.exact.get(exact, ()):
            yield place, ALIAS if matched.how == "alias" else EXACT, matched.how, matched
        for found in self.matching.found(exact):
            yield found.name.thing, round(found.score, 4), found.how, found.name.matched


def _stronger(score: float, how: How, matched: Matched) -> tuple[float, int, str, str]:
    return -score, _STRENGTH[how], matched.language, matched.text


def _rank(match: Match) -> tuple[float, int, str]:
    return -match.score, _ORDER.get(match.reference.type, len(_ORDER)), match.reference.iri
