"""Makes the tables of readings from the dictionaries of pypinyin: `python -m kg.pinyin.packing` writes them."""

from __future__ import annotations

import json
import sys
from array import array
from functools import cache
from itertools import accumulate

from pypinyin import Style
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT, RE_HANS
from pypinyin.style import convert

from kg.pinyin.readings import ARRAYS, Choices


class _Numbers:
    """Gives each choice of readings a number."""

    def __init__(self) -> None:
        self.choices: dict[Choices, int] = {}
        self.of = cache(self._of)

    def _of(self, toned: Choices) -> int:
        plain = tuple(dict.fromkeys(filter(None, map(_without_tone, toned)))) or ("",)
        return self.choices.setdefault(plain, len(self.choices))


def packed() -> bytes:
    """Return the tables: a line of JSON, and arrays of numbers."""
    phrases, numbers = sorted(filter(None, PHRASES_DICT)), _Numbers()
    tables = {name: array(kind) for name, kind in ARRAYS}
    tables["ends"].extend(accumulate(map(len, phrases)))
    for phrase in phrases:
        # One with a comma is never read as one, but it is known how others begin.
        said = PHRASES_DICT[phrase] if RE_HANS.match(phrase) else [[""]] * len(phrase)
        tables["sounds"].extend(numbers.of(tuple(some)) for some in said)
    if len(tables["sounds"]) != sum(map(len, phrases)):
        raise ValueError("a phrase has not as many readings as characters")
    heads = [number for number, phrase in enumerate(phrases) if not number or phrases[number - 1][0] != phrase[0]]
    tables["firsts"].extend([*heads, len(phrases)])
    for code in sorted(PINYIN_DICT):
        tables["codes"].append(code)
        tables["code_sounds"].append(numbers.of(tuple(PINYIN_DICT[code].split(","))))
    said_first = {
        "han": RE_HANS.pattern.removeprefix("^").removesuffix("$"),
        "choices": list(numbers.choices),
        "heads": "".join(phrases[number][0] for number in heads),
        "phrases": "".join(phrases),
        "sizes": {name: len(table) for name, table in tables.items()},
    }
    head = json.dumps(said_first, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return b"".join([head, b"\n", *(table.tobytes() for table in tables.values())])


@cache
def _without_tone(toned: str) -> str:
    return convert(toned, Style.NORMAL, strict=True, default=toned, han="")


if __name__ == "__main__":
    sys.stdout.buffer.write(packed())
