"""Which thing a part of a text names, and whether that is beyond doubt.

A name that the graph has is one, in any case, width or script. Two things that bear it are both returned. A name that
is only like one of the graph's (a typo, pinyin) counts where it can hardly be anything else; all others are no more
than near. A place's name may also be short for what is called after it and of what sort that is: 广州 for 广州算力中心.
Both are returned to whoever asks for things of both sorts.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final

from kg.folding import caseless
from kg.lookup import Lookup
from kg.resolve.model import Candidate
from kg.resolve.spellings import BEFORE, NOUNS, SIZES, STEMS, forms_of, is_overlong, plain_of
from kg.resolve.texts import HAN, key, levelled
from kg.search import EXACT_WAYS, Match, SearchIndex
from kg.search.chinese import sound_the_same
from kg.search.matching import is_within

MUCH_LESS: Final = 2
LABEL, ALIAS, SHORT, STEM, OTHERWISE, ID, ALIKE = 6, 5, 5, 4, 3, 2, 0
"""How much a name is a thing's own: its label; an alias; what is short for it; without 产业; in the plural, or with the
word for its kind; its id; a slip of it. What is a thing's own by `MUCH_LESS` more is meant, and the other is not."""

_ASKED_FOR: Final = frozenset({"measure", "target", "indicator"})
"""Kinds whose word after a name is what is asked for, and not a part of the name."""

_PLACED: Final = frozenset({"place", "platform"})
_SAME_WORDS: Final = 0.96
"""What the index gives for the words of a name in another order, or in other forms."""

_LONG: Final = 40
"""No name of the graph that is put together of others has more characters, by far."""

_IN_PINYIN: Final = 0.86
"""What the index gives at least for a whole name in pinyin."""

_BREAKS_OFF: Final = re.compile(r" (?:for|or|and|of|by|in|to|with|on|at|from)$")
"""How no name ends, nor a slip of one: what follows has been left out, or belongs to another word."""

_TYPED: Final = re.compile(r"([a-z]+)/([\w.~:=-]+)", re.ASCII)


class Naming:
    """The names of one revision."""

    def __init__(self, lookup: Lookup, index: SearchIndex) -> None:
        """Put the labels and aliases of all things in order."""
        self._index = index
        self._iris = lookup.iris
        self._names: dict[str, list[Candidate]] = {}
        self._ids: dict[str, list[Candidate]] = {}
        self._own: dict[str, list[Candidate]] = {}
        self._zones: dict[str, list[Candidate]] = {}
        self._longest = 0
        self._read(lookup)

    def _read(self, lookup: Lookup) -> None:
        keys: dict[str, str] = {}
        for thing in self._index.things:
            reference, iri = thing.reference, thing.reference.iri
            # Labels first: what is the label of a thing is not taken for its alias.
            for matched in sorted(thing.names, key=lambda name: (name.how == "alias", name.text)):
                grade = ALIAS if matched.how == "alias" else LABEL
                candidate = Candidate(reference, 1.0, matched.text, matched.language, matched.how, grade=grade)
                self._own.setdefault(iri, []).append(candidate)
                if matched.text not in keys:
                    keys[matched.text] = key(matched.text)
                known = self._names.setdefault(keys[matched.text], [])
                if all(other.reference.iri != iri for other in known):
                    known.append(candidate)
            if thing.names:
                by_id = replace(self._own[iri][0], text=reference.id, language="", how="id", grade=ID)
                self._ids.setdefault(f"{reference.type}/{reference.id}", [replace(by_id, grade=LABEL)])
                if by_id.typed_id not in {other.typed_id for other in self._ids.setdefault(key(reference.id), [])}:
                    self._ids[key(reference.id)].append(by_id)
        self._longest = max((len(name) for name in self._names), default=0)
        zones = lookup.reader.select(
            "SELECT DISTINCT ?zone ?place WHERE { ?zone a pkg:PilotZone ; pkg:locatedIn ?place } ORDER BY ?zone ?place"
        )
        for row in zones:
            if row["zone"].value in self._own:
                zone = replace(self._own[row["zone"].value][0], score=0.0, how="within", sure=False)
                self._zones.setdefault(row["place"].value, []).append(zone)

        self._all_zones = frozenset(zone.reference.iri for some in self._zones.values() for zone in some)
        self._in_order = sorted((name, place) for place, name in enumerate(self._names))

    def _is_zone(self, candidate: Candidate) -> bool:
        return candidate.reference.iri in self._all_zones

    def _beginning(self, start: str) -> list[str]:
        """Return the names that begin with a text, in the order of the things that they name first."""
        first = bisect_left(self._in_order, (start, 0))
        found = itertools.takewhile(
            lambda each: each[0].startswith(start), itertools.islice(self._in_order, first, None)
        )
        return [name for name, _ in sorted(found, key=lambda each: each[1])]

    def find(self, text: str, kinds: Collection[str] = ()) -> tuple[Candidate, ...]:
        """Return the things that a text names beyond doubt; several where it is the name of several."""
        sizes = (self._size,) if set(kinds) == {"indicator"} else ()
        for way in (self._typed, self._exact, self._like_exact, self._with_noun, *sizes, self._by_id):
            found = [candidate for candidate in way(text) if not kinds or candidate.reference.type in kinds]
            if found:
                if not kinds or set(kinds) >= _PLACED:
                    found += self._short(text, found)
                return tuple({candidate.reference.iri: candidate for candidate in reversed(found)}.values())[::-1]
        return self._alike(text, kinds)

    @property
    def longest(self) -> int:
        """How many characters the longest name has."""
        return self._longest

    def within(self, text: str) -> tuple[Candidate, ...]:
        """Return the things that a part of a text names, so written that it need not be the whole of it.

        What follows the name may be the word for its kind (医疗行业), but for those that are asked for themselves:
        算力规模目标 is the targets of an indicator.
        """
        found = self._exact(text)
        if len(text) > (_LONG // 2 if HAN.search(text) else _LONG):
            return tuple(found)
        found += self._like_exact(text)
        if not found:
            found = [it for it in self._with_noun(text) if it.reference.type not in _ASKED_FOR]
        return tuple({candidate.reference.iri: candidate for candidate in reversed(found)}.values())[::-1]

    def alike(self, text: str) -> tuple[Candidate, ...]:
        """Return the one thing whose name a text is but for a slip; none in doubt, or where a word is too many."""
        return tuple(
            candidate
            for candidate in self._alike(text, ())
            if candidate.how == "pinyin" or len(plain_of(text).split()) <= len(key(candidate.text).split())
        )

    def called(self, candidate: Candidate, language: str, kinds: Collection[str] = ()) -> str:
        """Return how a thing is called in a language so that nothing else is meant: by label, alias, or `kind/id`."""
        names = [own.text for own in self._own.get(candidate.reference.iri, ()) if own.language == language]
        label = candidate.reference.label.get(language, "")
        names = sorted(names, key=lambda name: (name != label, not name.startswith(label)))
        for name in names or list(candidate.reference.label.values()):
            if [other.reference.iri for other in self.find(name, kinds)] == [candidate.reference.iri]:
                return name
        return candidate.typed_id

    def is_name(self, text: str) -> bool:
        """Tell whether a text is a name or an id as the graph has it, or one but for how it is written."""
        return bool(self._typed(text) or self._exact(text) or self._like_exact(text))

    def loosely(self, text: str) -> tuple[Candidate, ...]:
        """Return the things that a text names as a whole, although no name is written like it.

        Where that is short for a name (鹏城 for 鹏城实验室), all things are returned whose names begin so.
        """
        plain = key(text)
        matches = [match for match in self._index.confident(text) if not is_overlong(plain, key(match.matched.text))]
        found = {match.reference.iri: _candidate(match, sure=True) for match in matches}
        if found and all(candidate.how == "part" and candidate.score < _SAME_WORDS for candidate in found.values()):
            for name in self._beginning(plain):
                found |= {
                    other.reference.iri: replace(other, score=0.5, how="part")
                    for other in self._names[name]
                    if other.reference.iri not in found
                }
        return tuple(found.values())

    def zones_in(self, candidate: Candidate) -> Sequence[Candidate]:
        """Return the pilot zones that lie in a place: not called after it, but often meant."""
        return self._zones.get(candidate.reference.iri, ())

    def near(self, text: str, kinds: Collection[str] = (), limit: int = 3) -> list[Candidate]:
        """Return the things whose names come near a text, the nearest first."""
        if not key(text):
            return []
        return [_candidate(match, sure=False) for match in self._index.search(text, kinds=kinds, limit=limit)]

    def mentioned(self, text: str) -> list[tuple[str, tuple[Candidate, ...]]]:
        """Return the names that stand in a text, the longest first, none within another."""
        text = key(text)
        starts = [0, *(found.end() for found in re.finditer(r" |(?<=[\u3400-\u9fff])|(?=[\u3400-\u9fff])", text))]
        found: list[tuple[int, int]] = []
        for start in dict.fromkeys(starts):
            for end in range(min(len(text), start + self._longest), start + 1, -1):
                whole = HAN.search(text[start:end]) or end == len(text) or not text[end].isalnum()
                if whole and text[start:end] in self._names:
                    found.append((start, end))
                    break
        kept: list[tuple[int, int]] = []
        for start, end in sorted(found, key=lambda span: (span[0] - span[1], span)):
            if all(end <= other[0] or start >= other[1] for other in kept):
                kept.append((start, end))
        return [(text[start:end], tuple(self._names[text[start:end]])) for start, end in kept]

    def _typed(self, text: str) -> list[Candidate]:
        parsed = self._iris.parse(text.strip())
        typed = "/".join(parsed) if parsed else text.strip()
        return self._ids.get(typed, []) if parsed or _TYPED.fullmatch(typed) else []

    def _exact(self, text: str) -> list[Candidate]:
        """Return the things that bear a name; where it is none's label, also sectors whose label it is the stem of."""
        found = [_as_written(candidate, text) for candidate in self._names.get(plain_of(text), ())]
        if not found or any(candidate.grade == LABEL for candidate in found):
            return found
        known = {candidate.reference.iri for candidate in found}
        stems = (candidate for candidate in self._stems(text) if _is_label(candidate))
        return found + [candidate for candidate in stems if candidate.reference.iri not in known]

    def _like_exact(self, text: str) -> list[Candidate]:
        """Return the things whose name it is without 产业, or in the other number or spelling."""
        return [*self._stems(text), *self._written_otherwise(text)]

    def _stems(self, text: str) -> list[Candidate]:
        plain = plain_of(text)
        return [
            replace(candidate, score=0.9, how="part", grade=STEM)
            for ending in STEMS
            for candidate in self._names.get(plain + ending, ())
            if plain and candidate.reference.type == "sector"
        ]

    def _short(self, text: str, found: Sequence[Candidate]) -> list[Candidate]:
        """Return what the name of a place may be short for."""
        if not any(candidate.reference.type == "place" and candidate.how in EXACT_WAYS - {"id"} for candidate in found):
            return []
        known = {candidate.reference.iri for candidate in found}
        plain = plain_of(text)
        matches = self._index.confident(plain)
        named = [_candidate(match, sure=True) for match in matches if match.matched.how == "part"]
        for name in self._beginning(plain if HAN.search(plain) else f"{plain} "):
            if name != plain:
                after = (it for it in self._names[name] if it.reference.type == "platform" or self._is_zone(it))
                named += [replace(other, score=0.8, how="part") for other in after]
        short = {candidate.reference.iri: replace(candidate, grade=SHORT) for candidate in reversed(named)}
        return [candidate for iri, candidate in reversed(short.items()) if iri not in known]

    def _size(self, text: str) -> list[Candidate]:
        """Return the indicators that tell how large the thing is that a text names."""
        plain = plain_of(text)
        return [
            replace(candidate, score=0.9, how="part", grade=OTHERWISE)
            for before, after in SIZES
            for candidate in self._names.get(f"{before}{plain}{after}", ())
            if plain
        ]

    def _written_otherwise(self, text: str) -> list[Candidate]:
        plain = plain_of(text)
        forms = (form for form in (*forms_of(plain), *self._put_otherwise(plain)) if form != plain)
        return [
            replace(candidate, score=0.95, how="typo", grade=OTHERWISE)
            for form in forms
            for candidate in (*self._names.get(form, ()), *self._stems(form))
        ]

    def _put_otherwise(self, plain: str) -> Iterator[str]:
        """Yield a text with another name of a thing for the one that it has: 新能源汽车产量 for 新能源车产量."""
        for name, candidates in self.mentioned(plain) if len(plain) <= _LONG else ():
            for candidate in candidates if name != plain else ():
                for own in self._own[candidate.reference.iri]:
                    if own.language == candidate.language:
                        yield plain.replace(name, key(own.text))

    def _with_noun(self, text: str) -> list[Candidate]:
        plain = plain_of(text)
        parts = [(plain.removesuffix(noun), kind) for noun, kind in NOUNS if plain.endswith(noun)]
        parts += [(plain.removeprefix(noun), kind) for noun, kind in BEFORE if plain.startswith(noun)]
        return [
            replace(candidate, score=0.9, how="part", grade=OTHERWISE)
            for part, kind in parts
            for candidate in (*self._names.get(plain_of(part), ()), *self._written_otherwise(part), *self._by_id(part))
            if candidate.reference.type == kind
        ]

    def _by_id(self, text: str) -> list[Candidate]:
        return self._ids.get(plain_of(text), [])

    def _alike(self, text: str, kinds: Collection[str]) -> tuple[Candidate, ...]:
        """Return the one thing whose name a text is but for a slip, or for being in pinyin; none in doubt."""
        plain = plain_of(text)
        near = self.near(plain, kinds, 5) if plain and not _BREAKS_OFF.search(plain) else []
        likely = [candidate for candidate in near if _is_slip(plain, candidate)]
        best = [candidate for candidate in likely if candidate.score >= likely[0].score - 0.02]
        if len({candidate.reference.iri for candidate in best}) != 1:
            return ()
        return (replace(best[0], sure=True),)


def _candidate(match: Match, *, sure: bool) -> Candidate:
    matched = match.matched
    return Candidate(match.reference, match.score, matched.text, matched.language, matched.how, sure, ALIKE)


def _is_label(candidate: Candidate) -> bool:
    return candidate.text in candidate.reference.label.values()


def _as_written(candidate: Candidate, text: str) -> Candidate:
    """Return a candidate with what tells the text from its name: nothing, the script, or case and width."""
    written = text.strip()
    if candidate.text == written:
        return candidate
    in_script = any(levelled(part) != caseless(part) for part in written)
    how = "script" if in_script else "folded"
    return replace(candidate, score=0.98 if how == "script" else 0.99, how=how)


def _is_slip(plain: str, candidate: Candidate) -> bool:
    """Tell whether a text can hardly be anything but a name that was written wrongly, or written in pinyin."""
    name = key(candidate.text)
    if is_overlong(plain, name):
        return False
    if candidate.how in EXACT_WAYS or candidate.score >= _SAME_WORDS:
        return True
    if candidate.how == "pinyin" and not HAN.search(plain):
        return len(plain.replace(" ", "")) >= 4 and candidate.score >= _IN_PINYIN
    if HAN.search(plain):
        # Another character makes another thing (智慧法院, 智慧医院) unless it sounds the same.
        return len(plain) >= 4 and len(plain) == len(name) and sound_the_same(plain, name)
    if HAN.search(name) or not plain or plain[0] != name[0] or candidate.how not in {"typo", "part"}:
        return False
    most = 2 if len(plain) >= 11 else 1
    return len(plain) >= 7 and is_within(plain, name, most)
