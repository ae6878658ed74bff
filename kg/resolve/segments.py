"""Cuts a sentence into names, years, amounts and words whose senses are known, with nothing left over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from kg.resolve.forms.targets import WHEN_WORDS
from kg.resolve.grammar import expression
from kg.resolve.model import Candidate
from kg.resolve.naming import Naming
from kg.resolve.numbers import Amount, Month, amount_of, month_of, year_of
from kg.resolve.texts import HAN, Language, Sentence
from kg.resolve.vocabulary import SENSES

LONGEST: Final[Mapping[Language, int]] = {"zh": 60, "en": 160}
"""Sentences of more characters are not read word by word: each part of them is looked up as a name."""

_MOST_WAYS: Final = 8
_COMPARING: Final[Mapping[Language, Sequence[tuple[str, str, str]]]] = {
    "en": (
        ("above", "(<above>|exceeding|exceed|exceeds|surpass|surpasses|top|beyond|past)", ""),
        ("least", "<at-least>", ""),
        ("below", "<below>", ""),
        ("most", "<at-most>", ""),
        ("least", "", "(or|and) (more|above|higher|over|larger|greater|up|upwards)"),
        ("most", "", "(or|and) (less|below|lower|under|fewer|smaller)"),
    ),
    "zh": (
        ("above", "<above>", ""),
        ("least", "<at-least>", ""),
        ("below", "<below>", ""),
        ("most", "<at-most>", ""),
        ("above", "比", "[要|还]?(多|高|大)"),
        ("below", "比", "[要|还]?(少|低|小)"),
        ("least", "", "[及|或|及其|和](以上|更多|更高|起步|起)"),
        ("most", "", "[及|或](以下|以内|之内|更少|更低)"),
    ),
}


_ASKS_WHETHER: Final[Mapping[Language, re.Pattern[str]]] = {
    "en": re.compile(
        r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must|may|shall) "
        r"(?!there |any |some )(?!(?<=do )you |(?<=can )you |(?<=could )you |(?<=would )you |(?<=will )you )"
        r"|what (?:is|are|was|were|do|does|did) .* for $|.* (?:and|or) $"
    ),
    "zh": re.compile("(?:是否|是不是|会不会|要不要|能不能|该不该|[吗嗎]|[吧嘛啊]$|(?<![什怎那这甚])么$)"),
}
_HAS_BECOME: Final = re.compile("(?:多少|几多|幾多|多大|多高|水平|规模|規模|程度)了$")
"""How large something is by now, where the graph has what is planned."""

_ASKS_WHICH: Final = re.compile(
    "[哪什谁誰几幾何啥咩乜]|多少|[边邊][个個啲项項条條度日]|列[出一举舉下]|有没有|有沒有|有冇|告诉|告訴"
)


@dataclass(frozen=True, slots=True)
class When:
    """A year, and how it stands: `by` its end, `before` it or a `month` of it, `in` it."""

    how: str
    year: int
    month: Month | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """An amount, and what is asked of others: `above`, at `least`, `below`, at `most`."""

    how: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a sentence: a word with its senses, names, a year, or an amount."""

    start: int
    end: int
    senses: frozenset[str] = frozenset()
    names: tuple[Candidate, ...] = ()
    when: When | None = None
    amount: Compared | None = None

    @property
    def is_word(self) -> bool:
        """Whether it is none but a word."""
        return not (self.names or self.when or self.amount)


def segmentations(read: Sentence, language: Language, naming: Naming) -> list[tuple[Token, ...]]:
    """Return the ways to cut a sentence into the fewest parts; none where a part of it is not known.

    Where one part only is not known, it may be the slip of a name.
    """
    text = read.text
    if not text or len(text) > LONGEST[language] or _asks_whether(read, language):
        return []
    edges = _edges(text, language, naming)
    found = _fewest(text, edges)
    if not found:
        for token in _slips(text, language, edges, naming):
            edges.setdefault(token.start, []).append(token)
        found = _fewest(text, edges)
    return found


def _asks_whether(read: Sentence, language: Language) -> bool:
    """Tell whether a sentence asks for yes or no, what for, or breaks off; *are there any* asks for what there is."""
    if language == "en":
        return bool(_ASKS_WHETHER["en"].match(read.text))
    written = read.original.rstrip(" ?？。!！")
    if _HAS_BECOME.search(written):
        return True
    return bool(_ASKS_WHETHER["zh"].search(written)) and not _ASKS_WHICH.search(written)


def _edges(text: str, language: Language, naming: Naming) -> dict[int, list[Token]]:
    """Return the parts that are known, by where they begin."""
    found: dict[int, list[Token]] = {}
    for token in (
        *_words(text, language),
        *_names(text, language, naming),
        *_years(text, language),
        *_amounts(text, language),
    ):
        found.setdefault(token.start, []).append(token)
    return found


def _bounds(text: str, language: Language) -> list[int]:
    """Return where a part may begin or end: between words, and beside each Han character."""
    if language == "en":
        return [0, *(found.end() for found in re.finditer(" ", text))]
    between = range(1, len(text))
    return [0, *(at for at in between if not (_is_latin(text[at - 1]) and _is_latin(text[at]))), len(text)]


def _is_latin(character: str) -> bool:
    return character.isalnum() and not HAN.match(character)


def _words(text: str, language: Language) -> Iterator[Token]:
    senses = SENSES[language]
    longest = max(map(len, senses))
    bounds = _bounds(text, language)
    for place, start in enumerate(bounds):
        for end in bounds[place + 1 :]:
            if end - start > longest + 1:
                break
            known = senses.get(text[start:end].strip())
            if known is not None:
                yield Token(start, end, known)
            elif not text[start:end].strip():
                yield Token(start, end, frozenset({""}))


def _names(text: str, language: Language, naming: Naming) -> Iterator[Token]:
    bounds = _bounds(text, language)
    for place, start in enumerate(bounds):
        for end in bounds[place + 1 :]:
            if end - start > naming.longest + 4:
                break
            names = naming.within(text[start:end])
            if names:
                yield Token(start, end, names=names)


def _slips(text: str, language: Language, edges: Mapping[int, Sequence[Token]], naming: Naming) -> Iterator[Token]:
    """Yield names that a part may be a slip of, if it has all that is not known of the sentence."""
    covered = {at for tokens in edges.values() for token in tokens for at in range(token.start, token.end)}
    unknown = [at for at in range(len(text)) if at not in covered and text[at] != " "]
    if not unknown:
        return
    bounds = _bounds(text, language)
    before = [at for at in bounds if at <= unknown[0]][-4:]
    after = [at for at in bounds if at > unknown[-1]][:4]
    for start in before:
        for end in after:
            names = naming.alike(text[start:end].strip())
            if names:
                yield Token(start, end, names=names)


_BESIDE_YEARS: Final = re.compile(r"(?:^| )(?:from|to|on|out of|at|about|into|within|around) $")
"""What makes another time of a year: from 2027, to 2027."""


@cache
def _whens(language: Language) -> Sequence[tuple[str, re.Pattern[str]]]:
    rows = [
        (how, row)
        for how, rows in WHEN_WORDS[language].items()
        for row in (*rows, *(("{year}",) if how == "in" else ()))
    ]
    return [(how, re.compile(expression(row, language))) for how, row in rows]


def _years(text: str, language: Language) -> Iterator[Token]:
    longest: dict[int, Token] = {}
    for how, pattern in _whens(language):
        for start in _bounds(text, language)[:-1]:
            found = pattern.match(text, start)
            year = year_of(found["year"]) if found else None
            if found is None or year is None:
                continue
            month = month_of(found["month"]) if how == "month" else None
            if how == "month" and month is None:
                continue
            if language == "en" and found[0][0].isdigit() and _BESIDE_YEARS.search(text[:start]):
                continue
            if language == "en" and text.startswith("on ", found.end()):
                continue
            if start not in longest or longest[start].end < found.end():
                longest[start] = Token(start, found.end(), when=When(how, year, month))
    yield from longest.values()


def _amounts(text: str, language: Language) -> Iterator[Token]:
    for how, before, after in _COMPARING[language]:
        lead, tail = (re.compile(expression(row, language) if row else "") for row in (before, after))
        bounds = _bounds(text, language)
        for start in bounds[:-1]:
            opening = lead.match(text, start)
            if opening is None:
                continue
            longest = None
            for end in bounds:
                if not opening.end() < end <= opening.end() + 40:
                    continue
                amount = amount_of(text[opening.end() : end].strip(), language)
                closing = tail.match(text, end)
                if amount is not None and closing is not None and (after or before):
                    longest = Token(start, closing.end(), amount=Compared(how, amount))
            if longest is not None:
                yield longest


def _fewest(text: str, edges: Mapping[int, Sequence[Token]]) -> list[tuple[Token, ...]]:
    """Return the ways to cover a text by the fewest parts; words that say nothing count as little as may be."""
    best: dict[int, tuple[int, list[tuple[Token, ...]]]] = {0: (0, [()])}
    for start in range(len(text)):
        if start not in best:
            continue
        cost, ways = best[start]
        for token in edges.get(start, ()):
            known = best.get(token.end)
            added = [(*way, token) for way in ways]
            if known is None or cost + 1 < known[0]:
                best[token.end] = (cost + 1, added[:_MOST_WAYS])
            elif cost + 1 == known[0]:
                known[1].extend(added[: _MOST_WAYS - len(known[1])])
    return best.get(len(text), (0, []))[1]
