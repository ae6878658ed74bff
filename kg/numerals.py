"""Numbers and words of comparison in Chinese policy language, as far as a target's clause needs them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_WIDE: Final = str.maketrans("０１２３４５６７８９％．", "0123456789%.")
_DIGITS: Final = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_PLACES: Final = {"十": 10, "百": 100, "千": 1000}
_MYRIADS: Final = {"万": 10**4, "亿": 10**8}
_NUMBER: Final = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千]+")
_MULTIPLE: Final = re.compile(r"(翻两番)|倍增|翻一番|翻番|翻倍")

_PREFIX: Final = re.compile(
    r"(?P<le>(?:不[得能应可会再]?|未|勿)(?:超过|高于|大于|多于)|至多|最多)"
    r"|(?P<ge>(?:不[得能应可会再]?|未|勿)(?:低于|少于|小于)|至少|最少)"
    r"|(?P<gt>超过|高于|大于|多于|突破|超(?=\s*$))"
    r"|(?P<lt>低于|少于|小于|不足|不到)"
    r"|(?P<approx>大约|约(?=\s*$)|近(?=\s*$))"
    r"|(?P<reach>达到|达(?=\s*$))"
)
_SUFFIX: Final = re.compile(r"(?P<ge>以上)|(?P<le>以下|以内|之内)|(?P<approx>左右|上下)")
_SEGMENT_END: Final = re.compile(r"[\d，。；、,;]")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text: its span and its value."""

    start: int
    end: int
    value: Decimal


def narrow(text: str) -> str:
    """Return a text with full-width digits and per-cent signs as ASCII ones; its length stays.

    >>> narrow("５０％")
    '50%'
    """
    return text.translate(_WIDE)


def numerals(text: str) -> Iterator[Numeral]:
    """Yield the numbers of a text, in digits or in Chinese; one before 万 or 亿 both without and with it.

    >>> [str(numeral.value) for numeral in numerals("三千亿元，1.5万个，50%")]
    ['3000', '300000000000', '1.5', '15000.0', '50']
    """
    for match in _NUMBER.finditer(text):
        written = match.group()
        value = Decimal(written.replace(",", "")) if written[0].isdecimal() else Decimal(_chinese(written))
        yield Numeral(match.start(), match.end(), value)
        scale = _MYRIADS.get(text[match.end() : match.end() + 1])
        if scale:
            yield Numeral(match.start(), match.end() + 1, value * scale)


def multiples(text: str) -> Iterator[Numeral]:
    """Yield the words that state a multiple without a number: 倍增 is 2.

    >>> [str(numeral.value) for numeral in multiples("产业规模倍增")]
    ['2']
    """
    for match in _MULTIPLE.finditer(text):
        yield Numeral(match.start(), match.end(), Decimal(4 if match.group(1) else 2))


def years(text: str) -> set[int]:
    """Return the numbers of four digits in a text, in digits or in Chinese.

    >>> sorted(years("2025年至二〇二七年"))
    [2025, 2027]
    """
    found = {int(digits) for digits in re.findall(r"(?<!\d)\d{4}(?!\d)", narrow(text))}
    for digits in re.findall(r"[零〇一二三四五六七八九]{4}", text):
        found.add(int("".join(str(_DIGITS[digit]) for digit in digits)))
    return found


def comparators(text: str, numeral: Numeral, unit: str) -> dict[str, str]:
    """Return the comparators that the words around a number state, each with its word.

    Words that stand at the number count first; 达到 (reach) counts where nothing stricter does. Where the
    number stands bare, words further off may still be meant, so that both `eq` and theirs are possible.

    >>> comparators("算力规模超过40EFLOPS", Numeral(6, 8, Decimal(40)), "EFLOPS")
    {'gt': '超过'}
    >>> comparators("建设10个中心", Numeral(2, 4, Decimal(10)), "个")
    {'eq': ''}
    """
    before, after = text[: numeral.start], text[numeral.end :]
    cuts = [match.end() for match in _SEGMENT_END.finditer(before)]
    found = _words(_PREFIX, before[cuts[-1] if cuts else 0 :])
    gap = re.match(rf"\s*[多余]?\s*(?:{re.escape(unit)})?\s*[及或]?", after)
    at = gap.end() if gap else 0
    suffix = _SUFFIX.match(after, at)
    if suffix:
        found |= _words(_SUFFIX, suffix.group())
    reach = found.pop("reach", "")
    if found:
        return found
    if reach:
        return {"ge": reach}
    loose = {"eq": ""} | _words(_PREFIX, before) | _words(_SUFFIX, after)
    if "reach" in loose:
        loose.setdefault("ge", loose.pop("reach"))
    return loose


def _words(pattern: re.Pattern[str], text: str) -> dict[str, str]:
    return {str(match.lastgroup): match.group() for match in pattern.finditer(text)}


def _chinese(written: str) -> int:
    """Return the value of Chinese digits.

    >>> _chinese("三千五百"), _chinese("十二"), _chinese("二〇二七")
    (3500, 12, 2027)
    """
    if not any(character in _PLACES for character in written):
        return int("".join(str(_DIGITS[character]) for character in written))
    total, digit = 0, 0
    for character in written:
        if character in _PLACES:
            total += (digit or 1) * _PLACES[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit
