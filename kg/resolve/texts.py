"""Sentences as the grammar reads them: folded, without what is only polite, and with the way back to the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from kg.folding import caseless
from kg.search.chinese import simplified

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")

HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff〇]")

_QUOTES: Final = frozenset('"“”„‟«»「」『』《》〈〉【】[]`')
_APOSTROPHES: Final = frozenset("’‘ʼ′")
_STOPS: Final = frozenset(".,;:?!。，；：？！…()（）~～")
_HYPHENS: Final = frozenset("‐‑‒–—−")

_CHARACTERS: Final = 16384
"""How many characters are kept as they are read."""

_COMPARED: Final = r" ?(?:{}) ?(?=(?:cny|rmb|¥)? ?[0-9零一二两三四五六七八九十百千])"
_ABOVE, _LEAST, _BELOW, _MOST = (re.compile(_COMPARED.format(sign)) for sign in (">", ">=|≥|⩾|≧", "<", "<=|≤|⩽|≦"))
_SAID: Final[Mapping[str, tuple[tuple[re.Pattern[str], str], ...]]] = {
    "zh": (
        (re.compile("啥"), "什么"),
        (
            re.compile(
                "(?:有没有|有无)(?:任何)?|(?:一共|总共|具体|分别)?都?有(?:哪些个|哪些|些什么|什么|哪(?:几|"
                "一)[个项条种类款家座处])"
            ),
            "有哪些",
        ),
        (re.compile("哪几[个项条种类款家座处]|哪些个|哪一些"), "哪些"),
        *((_LEAST, "不低于"), (_MOST, "不超过"), (_ABOVE, "超过"), (_BELOW, "低于")),
    ),
    "en": (
        (
            re.compile(
                r"(?:(?<=\bwhat )|(?<=\bwho )|(?<=\bwhere )|(?<=\bwhen )|(?<=\bhow )|(?<=\bthat )|(?<=\bthere )|"
                r"(?<=\bit ))'s "
            ),
            "is ",
        ),
        (re.compile(r"(?<=\bi)'d |(?<=\bwe)'d "), " would "),
        (re.compile(r"(?<=\bi)'m "), " am "),
        (re.compile(r"(?<=\bwe)'re |(?<=\bthey)'re |(?<=\bwhat)'re "), " are "),
        *((_LEAST, " at least "), (_MOST, " at most "), (_ABOVE, " above "), (_BELOW, " below ")),
    ),
}
"""What is said otherwise by the rows of the grammar."""

_POLITE: Final[dict[Language, tuple[re.Pattern[str], re.Pattern[str]]]] = {
    "zh": (
        re.compile(
            r"(?:请问一下|请问下|请问|请教一下|请教下|请教|想请问|麻烦问一下|麻烦问下|麻烦你|麻烦您|麻烦|劳驾|您好|"
            r"你好|"
            r"(?:我想|想)?问一下|问下|(?:你|您|有人|谁)知道|知不知道|"
            r"(?:请|能不能|能否|可以|可否|能)?(?:帮我|给我|为我|替我|帮忙|你|您)?(?:告诉我|说说看|查询一下|查询|"
            r"查一下|查查|查找|找一下|找出|看一下|"
            r"看看|列出来|列出|列举出|列举|罗列|列一下|展示|显示|给出|统计)(?:一下)?|"
            r"(?:我们?|本人)?(?:很|比较)?(?:想知道|想了解一下|想了解|想问一下|想问|想看看|想看|想查|需要知道|要知道|"
            r"想要知道)|"
            r"(?:能不能|能否|可以|可否)?(?:请)?(?:告知|说明一下)|"
            r"将(?=.*(?:列出|列举|列一|找出|查出|整理|汇总|告诉|发给|给我))|"
            r"我要|我需要|我们需要|给我|帮我|请你|请您|请|"
            r"在?(?:这个|该|本)?(?:知识)?图谱?(?:中|里|里面|上|内)|在?(?:这个|该)?(?:数据|数据库|数据集|政策|"
            r"文件)(?:中|里面|里)|"
            r"目前|现在|当前|那么|那|究竟|到底)"
        ),
        re.compile(
            r"(?:谢谢你|谢谢您|谢谢啦|谢谢了|谢谢|多谢了|多谢|感谢|麻烦了|拜托了|拜托|好吗|好不好|可以吗|行吗|吗|呢|"
            r"啊|呀|吧|哦|噢|哈|嘛|啦|嘞|"
            r"(?<![什怎那这])么)$"
        ),
    ),
    "en": (
        re.compile(
            r"(?:(?:please|kindly|hi|hello|hey|so|and|well|ok|okay|now|then|just|also|actually|currently|exactly|"
            r"dear (?:sir|madam|all)|good (?:morning|afternoon|evening)|thanks in advance|excuse me|quick question|"
            r"(?:could|can|would|will) you (?:please |kindly |also )*(?:tell me|show me|give me|explain to me|let me "
            r"know|list|"
            r"list for me|find|find out|say|help me find|help me understand|tell us|provide|provide me with)|"
            r"tell me|tell us|show me|show us|show|give me|give us|let me know|get me|find me|find out|find|list for "
            r"me|list|"
            r"enumerate|display|name|print|look up|get|provide|"
            r"(?:i|we) (?:want|need|wish|would like|would love) to (?:know|see|find out|ask|learn|understand|have|"
            r"get)|(?:i|we) (?:want|need|would like)|"
            r"(?:i|we) (?:am|are) (?:wondering|looking for|interested in)|i wonder|"
            r"(?:do|does) (?:you|anyone|anybody) (?:happen to )?know|(?:may|can|could) i (?:ask|know|get|see|have)|"
            r"can you say|any idea|"
            r"(?:in|from|according to) (?:the|this) (?:knowledge )?(?:graph|data|dataset|database|policy|document)) )"
        ),
        re.compile(
            r"\b(?:(?:please|thanks|thank you|thank you very much|thanks a lot|many thanks|if you can|for me|right "
            r"now|exactly|"
            r"(?:in|from|according to) (?:the|this) (?:knowledge )?(?:graph|data|dataset|database|policy|document)) )$"
        ),
    ),
}


@lru_cache(_CHARACTERS)
def levelled(character: str) -> str:
    """Return a character as sentences are read: without case and width, simplified.

    One by one, so that what is read keeps its place in the text.

    >>> levelled("Ａ"), levelled("醫")
    ('a', '医')
    """
    found = caseless(character)
    return simplified(found) if HAN.search(found) else found


def key(text: str) -> str:
    """Return what is compared of a name: letters, digits and Han characters, folded; words are apart by one space.

    >>> key("“智醫助理”"), key("New-Energy  Vehicles"), key("AI 手機")
    ('智医助理', 'new energy vehicles', 'ai手机')
    """
    kept = "".join(part if part.isalnum() else " " for character in text for part in levelled(character))
    return _beside_han(" ".join(kept.split()))


def language_of(text: str) -> Language:
    """Return the language that a text is in: Chinese where it has a Han character.

    >>> language_of("哪些措施涉及AI？"), language_of("jiaoyu")
    ('zh', 'en')
    """
    return "zh" if HAN.search(text) else "en"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text as one language's patterns read it; `origins` has the place of each character in the original.

    English has one space after each word; Chinese has none beside a Han character.
    """

    original: str
    text: str
    origins: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a part of the text stands in the original, without the spaces around it."""
        while start < end and self.text[start] == " ":
            start += 1
        while end > start and self.text[end - 1] == " ":
            end -= 1
        if start == end:
            return 0, 0
        return self.origins[start], self.origins[end - 1] + 1


def sentence(original: str, language: Language) -> Sentence:
    """Return a text as the patterns of a language read it, without what is only polite.

    >>> sentence("Please, tell me: which measures touch “healthcare”?", "en").text
    'which measures touch healthcare '
    >>> sentence("請問哪些措施涉及 醫療？", "zh").text
    '哪些措施涉及医疗'
    """
    characters = [(part, place) for place, character in enumerate(original) for part in levelled(character)]
    cleaned = list(_cleaned(characters))
    words = _apart(cleaned) if language == "en" else _together(cleaned)
    return _without_polite(original, _said(words, language), language)


def _said(words: list[tuple[str, int]], language: Language) -> list[tuple[str, int]]:
    """Return words with what is said otherwise put as the grammar has it, in the place of what stood there."""
    for pattern, instead in _SAID[language]:
        text = "".join(character for character, _ in words)
        kept: list[tuple[str, int]] = []
        last = 0
        for found in pattern.finditer(text):
            start, end = found.span()
            kept += words[last:start]
            kept += [(character, words[start][1]) for character in instead[:-1]] + [(instead[-1], words[end - 1][1])]
            last = end
        words = kept + words[last:]
    return words


def _cleaned(characters: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Yield characters, spaces for most punctuation; 1,000.5 keeps its point and loses its comma."""
    for place, (character, origin) in enumerate(characters):
        around = characters[place - 1 : place] + characters[place + 1 : place + 2]
        inside = len(around) == 2 and all(beside[0].isdigit() for beside in around)
        if character in ",." and inside:
            if character == ".":
                yield character, origin
            continue
        yield _plain(character), origin


def _plain(character: str) -> str:
    if character in _APOSTROPHES:
        return "'"
    if character in _HYPHENS:
        return "-"
    if character in _QUOTES or character in _STOPS or character.isspace() or unicodedata.category(character)[0] == "C":
        return " "
    return character


def _apart(characters: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return words with one space after each; a possessive ending is a word."""
    found: list[tuple[str, int]] = []
    for character, place in characters:
        if character == " " and (not found or found[-1][0] == " "):
            continue
        found.append((character, place))
    if found and found[-1][0] != " ":
        found.append((" ", found[-1][1]))
    text = "".join(character for character, _ in found)
    result = []
    for place, item in enumerate(found):
        if text.startswith("'s ", place) and place and found[place - 1][0] != " ":
            result.append((" ", item[1]))
        result.append(item)
    return result


def _together(characters: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return characters without the spaces at the ends, those beside a Han character, and all but one of several."""
    words = _apart(characters)[:-1]
    return [
        item
        for place, item in enumerate(words)
        if item[0] != " " or not (HAN.match(words[place - 1][0]) or HAN.match(words[place + 1][0]))
    ]


def _beside_han(text: str) -> str:
    return re.sub(rf"(?<={HAN.pattern}) | (?={HAN.pattern})", "", text)


def _without_polite(original: str, words: list[tuple[str, int]], language: Language) -> Sentence:
    text = "".join(character for character, _ in words)
    before, after = _POLITE[language]
    start, end = 0, len(text)
    while (found := before.match(text, start, end)) and found.end() < end:
        start = found.end()
    while (found := after.search(text, start, end)) and found.start() > start:
        end = found.start()
    return Sentence(original, text[start:end], tuple(place for _, place in words[start:end]))
