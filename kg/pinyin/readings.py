"""The readings of a text by syllable, from tables of some two megabytes.

A text is cut as pypinyin cuts it: into the longest phrases that have readings of their own, and single characters. The
phrases stand in one text, sorted, and each of their characters has the number of its choices: that takes a thirtieth of
what dictionaries of lists do.
"""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, overload

Choices = tuple[str, ...]
"""How a syllable may be read, the likeliest first; without tones, and with v for ü."""

ARRAYS: Final = (("firsts", "I"), ("ends", "I"), ("sounds", "H"), ("codes", "I"), ("code_sounds", "H"))
"""The tables of numbers, in their order, each with the type of its numbers."""

_PAIRS: Final = 8192
"""For how many pairs of characters it is kept which phrases begin with them: names are made of the same few words."""


class _Phrases(Sequence[str]):
    """The phrases by their numbers; a slice is a list."""

    def __init__(self, text: str, ends: array[int]) -> None:
        self._text, self._ends = text, ends

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[str]: ...
    def __getitem__(self, number: int | slice) -> str | Sequence[str]:
        if isinstance(number, slice):
            return [self[each] for each in range(len(self))[number]]
        return self._text[self.start(number) : self._ends[number]]

    def __len__(self) -> int:
        return len(self._ends)

    def start(self, number: int) -> int:
        """Return the place of a phrase in the text."""
        return self._ends[number - 1] if number else 0


class Readings:
    """Reads texts; nothing of it changes, so that threads may share it."""

    def __init__(self, content: bytes) -> None:
        """Take up the tables that `kg.pinyin.packing` has made."""
        head, _, rest = content.partition(b"\n")
        said = json.loads(head)
        tables: dict[str, array[int]] = {}
        for name, kind in ARRAYS:
            table = tables[name] = array(kind)
            size = said["sizes"][name] * table.itemsize
            table.frombytes(rest[:size])
            rest = rest[size:]
        self._han = re.compile(said["han"])
        self._choices: list[Choices] = [tuple(some) for some in said["choices"]]
        self._heads: str = said["heads"]
        self._firsts = tables["firsts"]
        self._phrases = _Phrases(said["phrases"], tables["ends"])
        self._sounds, self._codes, self._code_sounds = tables["sounds"], tables["codes"], tables["code_sounds"]
        self._beginning_with = lru_cache(_PAIRS)(self._found_beginning)

    def syllables(self, text: str) -> list[Choices]:
        """Return how each syllable may be read; what is not Chinese stands as it is, as one."""
        found: list[Choices] = []
        place = 0
        for run in self._han.finditer(text):
            if run.start() > place:
                found.append((text[place : run.start()],))
            found += self._syllables_of(run.group())
            place = run.end()
        if place < len(text):
            found.append((text[place:],))
        return found

    def usual(self, text: str) -> list[str]:
        """Return the likeliest reading of each syllable."""
        return [choices[0] for choices in self.syllables(text)]

    def _syllables_of(self, run: str) -> Iterator[Choices]:
        """Yield the syllables of a run of Chinese characters."""
        place = 0
        while place < len(run):
            rest = run[place:]
            low, high, alone = self._beginning_with(rest[:2])
            number = self._longest(rest, low, high) if low < high else None
            number = alone if number is None else number
            if number is not None:
                start, end = self._phrases.start(number), self._phrases.start(number + 1)
                yield from map(self._choices.__getitem__, self._sounds[start:end])
                place += end - start
            elif low < high and self._begin_a_phrase(rest, low, high):
                # What could have become a phrase if there were more is not looked through again.
                yield from map(self._of_character, rest)
                return
            else:
                yield self._of_character(rest[0])
                place += 1

    def _found_beginning(self, start: str) -> tuple[int, int, int | None]:
        """Return where the phrases are that begin with one or two characters, and that of the first of them alone."""
        head = bisect_left(self._heads, start[0])
        if head == len(self._heads) or self._heads[head] != start[0]:
            return 0, 0, None
        low, high = self._firsts[head], self._firsts[head + 1]
        alone = low if self._phrases[low] == start[0] else None
        low = bisect_left(self._phrases, start, low, high)
        return low, bisect_left(self._phrases, start[:-1] + chr(ord(start[-1]) + 1), low, high), alone

    def _longest(self, rest: str, low: int, high: int) -> int | None:
        """Return the number of the longest phrase that a text begins with, of some phrases; None if there is none."""
        while (place := bisect_right(self._phrases, rest, low, high) - 1) >= low:
            phrase = self._phrases[place]
            if rest.startswith(phrase):
                return place
            # A shorter one that the text begins with, this phrase begins with, too.
            shared = next(end for end, pair in enumerate(zip(rest, phrase, strict=False)) if pair[0] != pair[1])
            rest, high = rest[:shared], place
        return None

    def _begin_a_phrase(self, rest: str, low: int, high: int) -> bool:
        place = bisect_left(self._phrases, rest, low, high)
        return place < high and self._phrases[place].startswith(rest)

    def _of_character(self, character: str) -> Choices:
        place = bisect_left(self._codes, ord(character))
        if place < len(self._codes) and self._codes[place] == ord(character):
            return self._choices[self._code_sounds[place]]
        return (character,)
