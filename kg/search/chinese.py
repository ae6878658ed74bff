"""Chinese texts in simplified characters, whatever they were written in, and as they are read aloud.

The two libraries take a tenth of a second to load; whoever builds no index does not pay for them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from kg.search.texts import has_han

if TYPE_CHECKING:
    from opencc import OpenCC

MOST_READINGS: Final = 24
"""How many readings of a name are kept; a character may have several, and a name one for each combination."""

_PARTS: Final = 16384
"""How many characters are kept with their simplified ones, and how many words with their syllables."""

_TONE: Final = re.compile(r"(?<=[a-z])[1-5](?!\d)")
_DIGITS: Final = re.compile(r"\d+")
_NOT_LETTERS: Final = re.compile(r"[^a-z0-9]+")
_ALIKE: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


class Chinese:
    """Converts between scripts and to pinyin; holds nothing that changes, so that threads may share it."""

    def __init__(self) -> None:
        """Load the dictionaries."""
        from opencc import OpenCC  # noqa: PLC0415 - see the top of this file

        self._simplifying = _simplifying()
        self._from_regions = (OpenCC("tw2sp"), OpenCC("hk2sp"))
        self._to_regions = (OpenCC("s2twp"), OpenCC("s2hkp"))

    def simplified(self, text: str) -> str:
        """Return a text in simplified characters."""
        return _converted(self._simplifying, text) if has_han(text) else text

    def forms(self, text: str) -> tuple[str, ...]:
        """Return a text in simplified characters, also in the mainland's words for those of Taiwan and Hong Kong."""
        if not has_han(text):
            return (text,)
        said = (self.simplified(text), *(_converted(converter, text) for converter in self._from_regions))
        return tuple(dict.fromkeys(said))

    def said_elsewhere(self, text: str) -> tuple[str, ...]:
        """Return a text as Taiwan and Hong Kong say it, in simplified characters; only what differs from the text."""
        if not has_han(text):
            return ()
        plain = self.simplified(text)
        said = dict.fromkeys(self.simplified(_converted(converter, plain)) for converter in self._to_regions)
        return tuple(form for form in said if form != plain)

    def readings(self, text: str) -> tuple[tuple[str, ...], ...]:
        """Return the pinyin of a simplified text by syllable, the likeliest first; none where nothing is Chinese.

        Letters and digits between the characters stand as they are.
        """
        if not has_han(text):
            return ()
        choices = [syllable for word in _words()(text) for syllable in _syllables(word)]
        return tuple(itertools.islice(_combined(choices), MOST_READINGS))


@lru_cache(_PARTS)
def simplified(part: str) -> str:
    """Return a part of a text, mostly one character, in simplified characters; whole texts are for `Chinese`.

    >>> simplified("醫"), simplified("a")
    ('医', 'a')
    """
    return _converted(_simplifying(), part)


def sound_the_same(text: str, other: str) -> bool:
    """Tell whether two texts are read aloud in the same way, each in its usual one; letters stand for themselves.

    >>> sound_the_same("朋城云脑", "鹏城云脑"), sound_the_same("智慧法院", "智慧医院")
    (True, False)
    """
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - see the top of this file

    return lazy_pinyin(text) == lazy_pinyin(other)


def pinyins_of(text: str) -> tuple[str, ...]:
    """Return what somebody typed as pinyin, without marks and spaces: without tones, and, if it has digits, with them.

    >>> pinyins_of("yi1 liao2"), pinyins_of("lü shi"), pinyins_of("xi'an"), pinyins_of("c919")
    (('yiliao', 'yi1liao2'), ('lushi',), ('xian',), ('c919',))
    """
    plain = _plain(text)
    return tuple(dict.fromkeys(_NOT_LETTERS.sub("", some) for some in (_TONE.sub("", plain), plain)))


def is_toned(typed: str, pinyin: str) -> bool:
    """Tell whether a text is pinyin with tones: a letter may have one after it, and other digits stand.

    >>> [is_toned(text, "dao2027nian") for text in ("dao42027nian2", "da4o2027nia2n", "dao4227nian2")]
    [True, True, False]
    """
    if without_digits(typed) != without_digits(pinyin):  # most are told apart so, and by no pattern
        return False
    return (
        re.fullmatch("".join(f"{some}[1-5]?" if some.isalpha() else re.escape(some) for some in pinyin), typed)
        is not None
    )


def without_digits(pinyin: str) -> str:
    """Return pinyin without tones and numbers."""
    return _DIGITS.sub("", pinyin)


def alike(pinyin: str) -> str:
    """Return pinyin without the differences that many speakers do not make: zh and z, ang and an.

    >>> alike("pengchengyunnao") == alike("pengchenyunnao"), alike("shenzhen")
    (True, 'senzen')
    """
    for sound, other in _ALIKE:
        pinyin = pinyin.replace(sound, other)
    return pinyin


@cache
def _simplifying() -> OpenCC:
    from opencc import OpenCC  # noqa: PLC0415 - see the top of this file

    return OpenCC("t2s")


@cache
def _words() -> Callable[[str], list[str]]:
    """Return what cuts a text into words that have readings of their own, and what is not Chinese."""
    from pypinyin.core import Pinyin  # noqa: PLC0415 - see the top of this file

    return Pinyin().seg


@lru_cache(_PARTS)
def _syllables(word: str) -> tuple[tuple[str, ...], ...]:
    """Return how each syllable of a word may be read, the likeliest first; names are made of the same few words."""
    from pypinyin import Style, pinyin  # noqa: PLC0415 - see the top of this file

    return tuple(tuple(dict.fromkeys(map(_plain, some))) for some in pinyin([word], style=Style.NORMAL, heteronym=True))


def _converted(converter: OpenCC, text: str) -> str:
    converted: str = converter.convert(text)
    return converted


def _plain(reading: str) -> str:
    return reading.replace("ü", "u").replace("v", "u")


def _combined(choices: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Yield the usual reading of a text, then those with one unusual syllable, then those with two."""
    usual = [some[0] for some in choices]
    unusual = [(place, reading) for place, some in enumerate(choices) for reading in some[1:]]
    changes = itertools.chain([()], ([change] for change in unusual), itertools.combinations(unusual, 2))
    for some in changes:
        if len({place for place, _ in some}) == len(some):
            reading = list(usual)
            for place, syllable in some:
                reading[place] = syllable
            yield tuple(reading)
