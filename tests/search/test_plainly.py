"""What is found is the same as if the libraries were asked for each text, whole and in this process."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Mapping
from functools import cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin, pinyin

from kg.search import SearchIndex
from kg.search.chinese import MOST_READINGS, Chinese, _combined, _plain, sound_the_same
from kg.search.matching import Matching
from kg.search.names import compared
from kg.search.texts import has_han, plain_of
from tests.search.made import all_names


@cache
def converter(config: str) -> OpenCC:
    return OpenCC(config)


def converted(config: str, text: str) -> str:
    return str(converter(config).convert(text))


class Plainly(Chinese):
    """As the dictionaries have it, nothing packed and nothing let go."""

    def __init__(self) -> None:
        """Load nothing: each dictionary is loaded when it is asked."""

    def simplified(self, text: str) -> str:
        return converted("t2s", text) if has_han(text) else text

    def forms(self, text: str) -> tuple[str, ...]:
        forms = (converted(config, text) for config in ("t2s", "tw2sp", "hk2sp"))
        return tuple(dict.fromkeys(forms)) if has_han(text) else (text,)

    def said_elsewhere(self, texts: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        found = {}
        for text in filter(has_han, texts):
            plain = self.simplified(text)
            said = dict.fromkeys(self.simplified(converted(config, plain)) for config in ("s2twp", "s2hkp"))
            found[text] = tuple(form for form in said if form != plain)
        return found

    def readings(self, text: str) -> tuple[tuple[str, ...], ...]:
        if not has_han(text):
            return ()
        whole = pinyin(text, style=Style.NORMAL, heteronym=True)
        choices = [list(dict.fromkeys(map(_plain, some))) for some in whole]
        return tuple(itertools.islice(_combined(choices), MOST_READINGS))


def test_names_and_answers_are_those_of_the_libraries(index: SearchIndex) -> None:
    names = tuple(compared(index.things, Plainly()))
    assert names == index.matching.names
    plainly = SearchIndex(index.things, index.exact, Matching.of(names, Plainly()))
    texts, chosen = sorted({matched.text for _, matched in all_names(index)}), random.Random(4)
    characters = sorted(set("".join(texts)))
    asked = [
        *texts,
        *(converted(config, text) for config in ("s2twp", "s2hkp") for text in texts if has_han(text)),
        *("".join(lazy_pinyin(text)) for text in texts if has_han(text)),
        *("".join(chosen.choices(characters, k=chosen.randrange(1, 9))) for _ in range(500)),
    ]
    assert len(asked) > 2000
    for text in asked:
        assert index.ranked(text) == plainly.ranked(text), text


def test_texts_sound_the_same_if_the_library_says_so(index: SearchIndex) -> None:
    texts = sorted({plain_of(matched.text) for _, matched in all_names(index) if has_han(matched.text)})
    pairs = [(text, text[::-1]) for text in texts] + [(text, text[:-1] + "女") for text in texts]
    pairs += [("绿化", "录化"), ("长城", "常城"), ("朋城云脑", "鹏城云脑"), ("银行", "银航")]
    pairs += [("重庆", "虫庆"), ("女书", "努书")]
    assert {sound_the_same(*pair) for pair in pairs} == {True, False}
    for text, other in pairs:
        assert sound_the_same(text, other) == (lazy_pinyin(text) == lazy_pinyin(other)), (text, other)
