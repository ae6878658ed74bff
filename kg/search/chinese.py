"""Chinese texts in simplified characters, whatever they were written in, and as they are read aloud.

The dictionaries take a tenth of a second and more to load; whoever builds no index does not pay for them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from kg.pinyin import Choices, readings
from kg.search.texts import has_han

if TYPE_CHECKING:
    from opencc import OpenCC

MOST_READINGS: Final = 24
"""How many readings of a name are kept; a character may have several, and a name one for each combination."""

_PARTS: Final = 16384
"""How many characters are kept with their simplified ones."""

_TO_REGIONS: Final = ("s2twp", "s2hkp")

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
        self._readings = readings()

    def simplified(self, text: str) -> str:
        """Return a text in simplified characters."""
        return _converted(self._simplifying, text) if has_han(text) else text

    def forms(self, text: str) -> tuple[str, ...]:
        """Return a text in simplified characters, also in the mainland's words for those of Taiwan and Hong Kong."""
        if not has_han(text):
            return (text,)
        said = (self.simplified(text), *(_converted(converter, text) for converter in self._from_regions))
        return tuple(dict.fromkeys(said))

    def said_elsewhere(self, texts: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Return for each text how Taiwan and Hong Kong say it, in simplified characters; only what differs from it.

        The words of each take some 20 MB. Only who makes an index needs them: they are read for it, one after the
        other, and let go.
        """
        from opencc import OpenCC  # noqa: PLC0415 - see the top of this file

        plain = {text: self.simplified(text) for text in texts if has_han(text)}
        said: dict[str, dict[str, None]] = {text: {} for text in plain}
        for config in _TO_REGIONS if plain else ():
            converter = OpenCC(config)
            for text, forms in said.items():
                forms[self.simplified(_converted(converter, plain[text]))] = None
        return {text: tuple(form for form in forms if form != plain[text]) for text, forms in said.items()}

    def readings(self, text: str) -> tuple[tuple[str, ...], ...]:
        """Return the pinyin of a simplified text by syllable, the likeliest first; none where nothing is Chinese.

        Letters and digits between the characters stand as they are.
        """
        if not has_han(text):
            return ()
        choices = [_spelled(some) for some in self._readings.syllables(text)]
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
    return readings().usual(text) == readings().usual(other)


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


@lru_cache(_PARTS)
def _spelled(choices: Choices) -> tuple[str, ...]:
    """Return the readings of a syllable with u for ü, as it is typed."""
    return tuple(dict.fromkeys(map(_plain, choices)))


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
