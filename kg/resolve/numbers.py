"""Years and amounts in sentences: digits and numerals in both languages, and units as the graph normalises them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kg.numerals import numerals
from kg.resolve.texts import Language
from kg.terms import UNIT

_DIGITS: Final = "零〇一二三四五六七八九"
_YEAR: Final = re.compile(
    r"(?:31 (?:of )?dec(?:ember)?\.? |dec(?:ember)?\.? 31 )?(?:the )?(?:year )?((?:19|20|21)\d\d|"
    r"[二一][零〇一二三四五六七八九]{3})"
    r"\s*年?(?:底|末|年底|年末|内|度|12月31日)?"
)
_MONTHS_EN: Final = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTHS_ZH: Final = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]

_SCALES_ZH: Final[Mapping[str, int]] = {
    "万亿": 10**12,
    "千亿": 10**11,
    "百亿": 10**10,
    "十亿": 10**9,
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "千": 10**3,
    "百": 10**2,
    "": 1,
}
_SCALES_EN: Final[Mapping[str, int]] = {
    "thousand": 10**3,
    "k": 10**3,
    "million": 10**6,
    "millions": 10**6,
    "m": 10**6,
    "mn": 10**6,
    "billion": 10**9,
    "billions": 10**9,
    "bn": 10**9,
    "trillion": 10**12,
    "trillions": 10**12,
    "hundred": 10**2,
    "tn": 10**12,
    "b": 10**9,
}
_WORDS: Final[Mapping[str, int]] = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"a": 1, "an": 1, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit of a sentence is: the unit that the graph normalises it to, and how many of those it is.

    `counted` is how the symbols end of the units that are meant where things of one sort are counted.
    """

    name: str
    factor: Decimal
    counted: str = ""


CNY, FLOPS, RATIO, MULTIPLE, COUNT = "CNY", "FLOPS", "ratio", "multiple", "count"
_UNITS: Final[Mapping[str, Unit]] = {
    **dict.fromkeys(
        (
            "元",
            "元人民币",
            "人民币",
            "块",
            "块钱",
            "yuan",
            "cny",
            "rmb",
            "renminbi",
            "¥",
            "chinese yuan",
            "yuan rmb",
            "yuan renminbi",
        ),
        Unit(CNY, Decimal(1)),
    ),
    **dict.fromkeys(("flops", "flop/s"), Unit(FLOPS, Decimal(1))),
    **dict.fromkeys(("eflops", "exaflops", "exaflop", "eflop", "eflop/s"), Unit(FLOPS, Decimal(10**18))),
    **dict.fromkeys(("pflops", "petaflops", "petaflop", "pflop", "pflop/s"), Unit(FLOPS, Decimal(10**15))),
    **dict.fromkeys(("tflops", "teraflops"), Unit(FLOPS, Decimal(10**12))),
    **dict.fromkeys(("%", "percent", "per cent", "个百分点", "百分点"), Unit(RATIO, Decimal("0.01"))),
    **dict.fromkeys(("倍", "times", "x", "fold", "times the baseline"), Unit(MULTIPLE, Decimal(1))),
    **dict.fromkeys(("个", "items"), Unit(COUNT, Decimal(1), "个")),
    **dict.fromkeys(("台", "部", "devices", "phones"), Unit(COUNT, Decimal(1), "台")),
    **dict.fromkeys(("辆", "vehicles", "cars"), Unit(COUNT, Decimal(1), "辆")),
    **dict.fromkeys(("款", "models"), Unit(COUNT, Decimal(1), "款")),
    **dict.fromkeys(("种", "kinds", "sorts"), Unit(COUNT, Decimal(1), "种")),
    **dict.fromkeys(("家", "enterprises", "companies", "firms"), Unit(COUNT, Decimal(1), "家")),
    **dict.fromkeys(("项", "projects"), Unit(COUNT, Decimal(1), "项")),
}
_TAIL: Final = re.compile(
    rf"\s*({'|'.join(sorted(filter(None, _SCALES_ZH), key=len, reverse=True))})?\s*(.*)", re.DOTALL
)
_LATIN: Final = re.compile(r"(?:(?:cny|rmb|¥|yuan)\s*)?([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)\s*(.*)", re.DOTALL)
_CURRENCY: Final = re.compile(r"(?:cny|rmb|¥|yuan)\s*(?=[0-9])")
_OF_HUNDRED: Final = re.compile(r"百分之(.+)")
MOST: Final = Decimal(10) ** 40
"""No number of a question is greater."""

_SAID: Final[Mapping[str, tuple[tuple[int, str], ...]]] = {
    "zh": ((10**8, "亿"), (10**4, "万")),
    "en": ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")),
    FLOPS: ((10**18, "E"), (10**15, "P"), (10**12, "T")),
}
_COUNTED_EN: Final = {
    "个": "items",
    "台": "devices",
    "辆": "vehicles",
    "款": "models",
    "种": "kinds",
    "家": "enterprises",
    "项": "projects",
}


def _short(number: Decimal) -> str:
    return f"{number.normalize():f}"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit: as it was written, and in the unit that the graph normalises to."""

    written: str
    value: Decimal
    unit: str
    counted: str = ""

    @property
    def number(self) -> int | float:
        """The value as JSON has it."""
        return int(self.value) if self.value == self.value.to_integral_value() else float(self.value)

    @property
    def literal(self) -> str:
        """The value as a literal of SPARQL."""
        text = f"{self.value:f}"
        return text if "." in text else f"{text}.0"

    def said(self, language: Language) -> str:
        """Return the amount as it is written in a language, short and exact.

        >>> amount_of("300 billion yuan", "en").said("zh"), amount_of("一千亿元", "zh").said("en")
        ('3000亿元', '100 billion CNY')
        """
        if self.unit in {RATIO, MULTIPLE}:
            number, ending = (
                (self.value * 100, "%") if self.unit == RATIO else (self.value, "倍" if language == "zh" else " times")
            )
            return f"{_short(number)}{ending}"
        scales = _SAID[FLOPS if self.unit == FLOPS else language]
        scale, name = next(((size, name) for size, name in scales if self.value >= size), (1, ""))
        if self.unit == FLOPS:
            return f"{_short(self.value / scale)} {name}FLOPS"
        short = _short(self.value / scale)
        if language == "zh":
            return f"{short}{name}{'元' if self.unit == CNY else self.counted or '个'}"
        unit = "CNY" if self.unit == CNY else _COUNTED_EN.get(self.counted, "items")
        return " ".join(part for part in (short, name, unit) if part)


def year_of(text: str) -> int | None:
    """Return the year that a text is.

    >>> year_of("2027年底"), year_of("二〇二七年"), year_of("the year 2025"), year_of("27")
    (2027, 2027, 2025, None)
    """
    found = _YEAR.fullmatch(text.strip())
    if not found:
        return None
    digits = found[1]
    return int(digits if digits.isascii() else "".join(str(max(0, _DIGITS.index(digit) - 1)) for digit in digits))


@dataclass(frozen=True, slots=True)
class Month:
    """A month of some year."""

    number: int

    def said(self, language: Language) -> str:
        """Return the month as it is written in a language."""
        return _MONTHS_EN[self.number - 1].capitalize() if language == "en" else f"{self.number}月"


def month_of(text: str) -> Month | None:
    """Return the month that a text is, in either language.

    >>> month_of("June"), month_of("sept"), month_of("12月"), month_of("六月"), month_of("13月")
    (Month(number=6), Month(number=9), Month(number=12), Month(number=6), None)
    """
    word = text.strip().rstrip(".").casefold()
    names = [
        number for number, name in enumerate(_MONTHS_EN, 1) if len(word) >= 3 and word in {name, name[:3], name[:4]}
    ]
    if names:
        return Month(names[0])
    number = word.removesuffix("月份").removesuffix("月")
    if number == word:
        return None
    digits = (
        _MONTHS_ZH.index(number) + 1
        if number in _MONTHS_ZH
        else int(number)
        if number.isascii() and number.isdigit()
        else 0
    )
    return Month(digits) if 1 <= digits <= 12 else None


def amount_of(text: str, language: Language) -> Amount | None:
    """Return the amount that a text is; none without a unit, for a bare number may be of anything.

    >>> amount_of("1000亿元", "zh").number, amount_of("一千亿元", "zh").number, amount_of("1.5万亿元", "zh").number
    (100000000000, 100000000000, 1500000000000)
    >>> amount_of("300 billion yuan", "en").number, amount_of("40 EFLOPS", "en").unit, amount_of("half", "en")
    (300000000000, 'FLOPS', None)
    """
    written = " ".join(text.split())
    folded = written.casefold()
    share = _OF_HUNDRED.fullmatch(folded)
    if share:
        folded = f"{share[1]}%"
    for read in (_chinese, _english) if language == "zh" else (_english, _chinese):
        found = read(folded)
        if found and 0 <= found[0] <= MOST:
            value, unit = found
            return Amount(written, value * unit.factor, unit.name, unit.counted)
    return None


def unit_iri(name: str, mint_unit: str) -> str:
    """Return the IRI of a unit that values are normalised to; `mint_unit` is where our own begin."""
    own = {RATIO: "ratio", MULTIPLE: "multiple"}
    return f"{mint_unit}{own[name]}" if name in own else UNIT + {CNY: "CCY_CNY", FLOPS: "FLOPS", COUNT: "NUM"}[name]


def _chinese(text: str) -> tuple[Decimal, Unit] | None:
    found = next((numeral for numeral in numerals(text) if numeral.start == 0), None)
    if found is None:
        return None
    tail = _TAIL.fullmatch(text[found.end :])
    scale = 1
    if tail is not None and tail[1]:
        scale = _SCALES_ZH[tail[1]]
    unit = _UNITS.get((tail[2] if tail else "").strip())
    return (found.value * scale, unit) if unit else None


def _english(text: str) -> tuple[Decimal, Unit] | None:
    currency = _CURRENCY.match(text)
    words = text.split()
    if words and words[0] in _WORDS:
        text = " ".join([str(_WORDS[words[0]]), *words[1:]])
    found = _LATIN.fullmatch(text)
    if not found:
        return None
    number, rest = Decimal(found[1]), text[found.end(1) :].split()
    while rest and rest[0] in _SCALES_EN:
        number *= _SCALES_EN[rest.pop(0)]
    name = " ".join(rest)
    unit = _UNITS.get("yuan" if not name and currency else name.removeprefix("of ").strip())
    if unit is None or (currency and unit.name != CNY):  # RMB 100 times
        return None
    return number, unit
