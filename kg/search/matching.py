"""The ways of matching: what a text has in common with names, and how much that is worth."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.search.chinese import Chinese, alike, is_toned, pinyins_of, without_digits
from kg.search.model import How
from kg.search.names import Name
from kg.search.texts import Terms, has_han, key_of, plain_of, spelled, squeezed, terms_of, words_of

FOLDED, SPELLED, SCRIPT = 0.99, 0.985, 0.98
"""The same name but for case, width, spaces and marks; but for British or American spelling; but for the script."""

SAME, SHORTENED, OTHER_SORT = 0.96, 0.84, 0.63
"""The same words in any order, but for plurals and words for kinds; without the name's word for its sort, or with one
that says a bit more or less; with a word for another sort."""

PINYIN, SOUND, BLURRED, FAINT = 0.93, 0.9, 0.86, 0.72
"""The name in pinyin; characters that sound the same; but for zh and z, ang and an; what is too short to be sure."""

INITIALS, THREE_INITIALS, WORDLIKE, TWO_INITIALS = 0.84, 0.8, 0.7, 0.45
"""Four first letters or more; three; three that could be a word; two."""

PART, WHOLE, UNCERTAIN, FLOOR = 0.9, 0.5, 0.79, 0.25
"""Some words at most; the beginning, or a name within, at least; what is never sure at most; what is too little."""

RARE: Final = 0.1
"""How much less the beginning of a reading is worth that is not the usual one: 横 is seldom read guang."""

TYPO: Final = 0.92
"""A mistyping at most: less than a name in full, in whatever way it is written."""

_LIGHT: Final = 0.3
_NOISE: Final = 1e-9
_LETTERS: Final = re.compile(r"[a-z0-9]+")
_DIGITS: Final = re.compile(r"\d+")
_VOWEL: Final = re.compile(r"[aeiou]")
_EDITS: Final = ((3, 0), (7, 1), (13, 2), (19, 3))
_MOST_EDITS: Final = 4
_SHORT_SOUND, _SHORT_PINYIN, _SHORT_PREFIX, _SHORT_HAN = 3, 4, 3, 2


@dataclass(frozen=True, slots=True)
class Found:
    """A name that a text matches, by which way, and how well."""

    name: Name
    how: How
    score: float


@dataclass(frozen=True, slots=True)
class Forms:
    """Texts by the numbers in them and by their lengths: what a text is compared with when it may be mistyped."""

    by_numbers: Mapping[tuple[str, ...], Mapping[int, Sequence[str]]]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Forms:
        """Return texts so."""
        found: dict[tuple[str, ...], dict[int, list[str]]] = {}
        for text in texts:
            found.setdefault(tuple(_DIGITS.findall(text)), {}).setdefault(len(text), []).append(text)
        return cls(found)

    def near(self, text: str) -> Iterator[tuple[str, float]]:
        """Yield those that are few edits away from a text, as `near` does; others are not even compared."""
        edits, by_length = edits_in(text), self.by_numbers.get(tuple(_DIGITS.findall(text)), {})
        for length in range(len(text) - edits, len(text) + edits + 1):
            yield from near(text, by_length.get(length, ()))


@dataclass(frozen=True, slots=True)
class Table:
    """Names by one of their forms; also by what the form begins with."""

    forms: tuple[str, ...]
    """Sorted."""
    names: Mapping[str, Name | list[Name]]
    """Form → the name that has it, or a list where several have: most have one, and there are very many forms."""
    comparable: Forms
    """Those with which a mistyped text is compared; none where none is."""

    @classmethod
    def of(cls, names: Iterable[Name], forms_of: Callable[[Name], Iterable[str]], *, typed: bool = False) -> Table:
        """Return the table of names by some of their forms; `typed` where a text may be a mistyping of one."""
        found: dict[str, Name | list[Name]] = {}
        for name in names:
            for form in forms_of(name):
                known = found.setdefault(form, name)
                if isinstance(known, list):
                    known.append(name)
                elif known is not name:
                    found[form] = [known, name]
        found.pop("", None)
        forms = tuple(sorted(found))
        return cls(forms, found, Forms.of(forms if typed else ()))

    def get(self, form: str) -> Sequence[Name]:
        """Return the names that have a form."""
        found = self.names.get(form, ())
        return (found,) if isinstance(found, Name) else found

    def beginning(self, start: str) -> Iterator[str]:
        """Yield the forms that begin with a text and are longer."""
        place = bisect_left(self.forms, start)
        while place < len(self.forms) and self.forms[place].startswith(start):
            if self.forms[place] != start:
                yield self.forms[place]
            place += 1

    def begins(self, start: str) -> bool:
        """Tell whether a form begins with a text, or is it."""
        place = bisect_left(self.forms, start)
        return place < len(self.forms) and self.forms[place].startswith(start)


@dataclass(frozen=True, slots=True, repr=False)
class Matching:
    """All names by all their forms."""

    chinese: Chinese
    squeezed: Table
    simplified: Table
    keys: Table
    pinyin: Table
    alike: Table
    spoken: Table
    """Names with numbers, by their pinyin without numbers."""
    initials: Table
    cores: Mapping[frozenset[str], tuple[Name, ...]]
    names: tuple[Name, ...]
    totals: tuple[float, ...]
    """What the words of each name tell together."""
    postings: Mapping[str, tuple[int, ...]]
    """Word or pair of characters → places of the names that have it."""
    words: Forms
    """The English words of all names."""
    weights: Mapping[str, float]
    """Word or pair of characters → what it tells: the fewer names have it, the more."""

    @classmethod
    def of(cls, names: Iterable[Name], chinese: Chinese) -> Matching:
        """Return names by their forms."""
        known = tuple(names)
        cores: dict[frozenset[str], list[Name]] = {}
        postings: dict[str, list[int]] = {}
        for place, name in enumerate(known):
            cores.setdefault(name.terms.core, []).append(name)
            for term in name.terms.core | name.terms.light:
                postings.setdefault(term, []).append(place)
        most = math.log1p(len(known) or 1)
        weights = {term: math.log1p(len(known) / len(some)) / most for term, some in postings.items()}
        return cls(
            chinese,
            Table.of(known, lambda name: (name.squeezed,)),
            Table.of(known, lambda name: name.simplified),
            Table.of(known, lambda name: (name.key,), typed=True),
            Table.of(known, lambda name: name.pinyin, typed=True),
            Table.of(known, lambda name: sorted(name.alike)),
            Table.of(known, lambda name: {without_digits(sound) for sound in name.pinyin} if name.has_digits else ()),
            Table.of(known, lambda name: sorted(name.initials)),
            {core: tuple(some) for core, some in cores.items()},
            known,
            tuple(sum(_weighed(name.terms, weights).values()) for name in known),
            {term: tuple(some) for term, some in postings.items()},
            Forms.of(term for term in postings if _LETTERS.fullmatch(term)),
            weights,
        )

    def found(self, text: str) -> Iterator[Found]:
        """Yield the names that a text matches but for the very same ones; a name may come several times."""
        plain = plain_of(text)
        bare = squeezed(plain)
        if not bare:
            return
        yield from (Found(name, "folded", FOLDED) for name in self.squeezed.get(bare))
        for number, form in enumerate(self.chinese.forms(plain)):
            yield from (Found(name, "script", SCRIPT) for name in self.simplified.get(squeezed(form)))
            yield from self._by_letters(form)
            yield from self._by_terms(form)
            if number == 0:
                yield from self._by_sound(form)
        yield from self._by_initials(bare)

    def _by_letters(self, plain: str) -> Iterator[Found]:
        key = key_of(plain)
        same: tuple[How, float] = ("script", SCRIPT) if has_han(key) else ("folded", SPELLED)
        yield from (Found(name, *same) for name in self.keys.get(key))
        for other, score in self.keys.comparable.near(key):
            yield from (Found(name, "typo", score) for name in self.keys.get(other))
        if has_han(key) or len(key) >= _SHORT_PREFIX:
            # Half a word is spelled in no way: “stre” is no “ster”, it begins “strengthen”.
            for table, start in ((self.keys, key), (self.squeezed, squeezed(plain))):
                for longer in table.beginning(start):
                    yield from (Found(name, "part", _whole(start, longer)) for name in table.get(longer))
        for within in self._within(plain):
            yield from (Found(name, "part", _whole(within, key)) for name in self.keys.get(within))

    def _within(self, plain: str) -> Iterator[str]:
        """Yield the keys of whole names that stand within a text; in English, as whole words."""
        units = [unit for word in words_of(plain) for unit in (word if has_han(word) else [spelled(word)])]
        for first in range(len(units)):
            found = ""
            for unit in units[first:]:
                found += unit
                if not self.keys.begins(found):
                    break
                if len(found) >= _shortest(found) and not found.isdecimal() and self.keys.get(found):
                    yield found

    def _by_sound(self, plain: str) -> Iterator[Found]:
        if has_han(plain):
            bare = squeezed(plain)
            worth = SOUND if len(bare) >= _SHORT_SOUND else FAINT
            for reading in dict.fromkeys("".join(reading) for reading in self.chinese.readings(bare)):
                yield from (Found(name, "pinyin", worth) for name in self.pinyin.get(reading))
            return
        toneless, *others = pinyins_of(plain)
        if _LETTERS.fullmatch(toneless):
            yield from self._by_pinyin(toneless)
        for typed in (toneless, *others):
            if _DIGITS.search(typed):
                yield from self._by_toned(typed)

    def _by_toned(self, typed: str) -> Iterator[Found]:
        """Yield names that have numbers by pinyin, in which a digit may be a tone."""
        for name in self.spoken.get(without_digits(typed)):
            if any(is_toned(typed, sound) for sound in name.pinyin):
                yield Found(name, "pinyin", PINYIN)

    def _by_pinyin(self, typed: str) -> Iterator[Found]:
        long = len(typed) >= _SHORT_PINYIN
        yield from (Found(name, "pinyin", PINYIN if long else FAINT) for name in self.pinyin.get(typed))
        if not long:
            return
        sure = len(typed) >= 2 * _SHORT_PINYIN
        yield from (Found(name, "pinyin", BLURRED if sure else FAINT) for name in self.alike.get(alike(typed)))
        for longer in self.pinyin.beginning(typed):
            for name in self.pinyin.get(longer):
                usual = name.pinyin[0].startswith(typed)
                yield Found(name, "pinyin", _whole(typed, longer) - (0 if usual else RARE))
        if sure:
            for other, score in self.pinyin.comparable.near(typed):
                yield from (Found(name, "typo", score - (PINYIN - BLURRED)) for name in self.pinyin.get(other))

    def _by_initials(self, bare: str) -> Iterator[Found]:
        if not _LETTERS.fullmatch(bare):
            return
        worth = INITIALS
        if len(bare) == 3:
            worth = WORDLIKE if _VOWEL.search(bare) else THREE_INITIALS
        elif len(bare) < 3:
            worth = TWO_INITIALS
        yield from (Found(name, "initials", worth) for name in self.initials.get(bare))

    def _by_terms(self, plain: str) -> Iterator[Found]:
        terms, worth = self._corrected(terms_of(plain))
        how: How = "part" if worth == 1 else "typo"
        for name in self.cores.get(terms.core, ()):
            yield Found(name, how, worth * _same(terms, name))
        weights = _weighed(terms, self.weights)
        whole = sum(weights.values())
        shared: dict[int, float] = {}
        for term, weight in weights.items():
            for place in self.postings.get(term, ()):
                shared[place] = shared.get(place, 0.0) + weight
        for place, weight in shared.items():
            said, told = weight / whole, min(weight / self.totals[place], 1.0)
            score = PART * said * (0.3 + 0.7 * told)
            if said < 1 and told < 1 - _NOISE:
                score = min(score, UNCERTAIN)
            if score * worth >= FLOOR:
                yield Found(self.names[place], how, score * worth)

    def _corrected(self, terms: Terms) -> tuple[Terms, float]:
        """Return terms with the nearest known word for each unknown English one, and what they are worth then."""
        corrected = {}
        worth = 1.0
        for term in terms.core:
            if term not in self.postings and len(term) >= 5 and _LETTERS.fullmatch(term):
                others = sorted(self.words.near(term), key=lambda found: (-found[1], found[0]))
                if others:
                    corrected[term] = others[0][0]
                    worth = min(worth, others[0][1])
        return replace(terms, core=frozenset(corrected.get(term, term) for term in terms.core)), worth


def _weighed(terms: Terms, weights: Mapping[str, float]) -> dict[str, float]:
    """Return what each word or pair of a text tells; what no name has, tells most."""
    found = {term: weights.get(term, 1.0) for term in sorted(terms.core)}
    return found | {term: _LIGHT * weights.get(term, 1.0) for term in sorted(terms.light - terms.core)}


def _whole(short: str, long: str) -> float:
    """Return how sure it is that a text means a name which it begins, or which stands within it."""
    return WHOLE + (UNCERTAIN - WHOLE) * min(len(short) / len(long), 1.0)


def _shortest(text: str) -> int:
    """Return how long a name must be to be seen within a text: two characters or three letters."""
    return _SHORT_HAN if has_han(text) else _SHORT_PREFIX


def _same(terms: Terms, name: Name) -> float:
    """Return how sure it is that a text with the same core as a name means its thing."""
    has = name.terms
    if not terms.kinds - has.kinds <= {name.kind}:  # a robotics industry is no robot
        return UNCERTAIN
    if terms.sorts == has.sorts:
        return SAME
    if {sort for _, sort in terms.sorts} <= {sort for _, sort in has.sorts}:
        return SHORTENED
    return OTHER_SORT


def edits_in(text: str) -> int:
    """Return how many edits away from a text its mistypings are at most."""
    return next((edits for length, edits in _EDITS if len(text) <= length), _MOST_EDITS)


def near(text: str, forms: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Yield the forms that are few edits away from a text, each with how sure it is that the text is a mistyping of it.

    Another first letter, or another letter in place of one, makes another word more often than a missing or turned one;
    another number is never a mistyping.
    """
    most = edits_in(text)
    if not most:
        return
    # Whoever looks for nothing does not load the library.
    from rapidfuzz.distance import OSA  # noqa: PLC0415
    from rapidfuzz.process import extract  # noqa: PLC0415

    digits = _DIGITS.findall(text)
    choices: Sequence[Sequence[Hashable]] = forms
    for other, distance, _ in extract(text, choices, scorer=OSA.distance, score_cutoff=most, limit=None):
        form = str(other)
        if distance and _DIGITS.findall(form) == digits:
            length = max(len(text), len(form))
            replaced = len(text) == len(form) and sorted(text) != sorted(form)
            score = 0.98 - (1.2 if replaced else 1.0) * distance / length - (0.06 if form[0] != text[0] else 0)
            yield form, min(score, TYPO)


def is_within(text: str, other: str, edits: int) -> bool:
    """Tell whether a text becomes another one by some edits at most; two letters that are turned are one edit.

    >>> is_within("transprot", "transport", 1), is_within("baking", "banking", 0)
    (True, False)
    """
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - as above

    return OSA.distance(text, other, score_cutoff=edits) <= edits
