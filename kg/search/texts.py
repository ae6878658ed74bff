"""Texts as names are compared: folded, spelled in one way, cut into what tells a name from others and what does not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kg.folding import caseless

MAX_TEXT: Final = 200
"""How many characters of a text are read; no name is longer, and a text of any length is safe."""

_HAN: Final = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
_NOISE: Final = re.compile(r"[\W_]+")
_ACCENTS: Final = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
_APOSTROPHE: Final = re.compile(r"(?<=[a-z])['’ʼ`](?=[a-z])")
_PIECES: Final = re.compile(rf"{_HAN.pattern}|\d+(?:\.\d+)?|[^\W\d_{_HAN.pattern[1:-2]}][^\W_{_HAN.pattern[1:-2]}]*")

_WORDS: Final = 8192
"""How many words are kept with their spelling and stem: names say the same few again and again."""

_SPELLINGS: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"^(\w{2,})our(s|ed|ing|able)?$", r"\1or\2"),
        (r"is(e|es|ed|er|ers|ing|ation|ations)$", r"iz\1"),
        (r"ys(e|es|ed|ing)$", r"yz\1"),
        (r"([tb])re(s?)$", r"\1er\2"),
        (r"ogue(s?)$", r"og\1"),
        (r"amme(s?)$", r"am\1"),
        (r"(lic|def|off)ence(s?)$", r"\1ense\2"),
        (r"ll(ed|ing|er|ers)$", r"l\1"),
    )
)
"""British spellings and American ones; that some words which have one spelling only are changed does no harm."""

_STOPS: Final = frozenset(re.findall(r"\w+", "a an and at by for from in its of on or our the their to with"))

_SAME_EN: Final[Mapping[str, str]] = {"intelligent": "smart", "lab": "laboratory", "center": "centre"}
_SAME_ZH: Final = (("智慧", "智能"), ("人工智能", " ai "))
"""What means the same in names of this field; a thing is found by either."""

_KINDS_EN: Final[Mapping[str, str]] = {
    "industry": "sector",
    "sector": "sector",
    "field": "sector",
    "area": "sector",
    "domain": "sector",
    "servic": "sector",
    "product": "product",
    "platform": "platform",
    "measur": "measure",
    "policy": "policy",
    "target": "target",
    "indicator": "indicator",
    "organization": "organization",
    "them": "theme",
    "city": "place",
    "provinc": "place",
}
_KINDS_ZH: Final[Mapping[str, str]] = {
    "产业": "sector",
    "行业": "sector",
    "领域": "sector",
    "服务": "sector",
    "业": "sector",
    "产品": "product",
    "平台": "platform",
    "措施": "measure",
    "政策": "policy",
    "目标": "target",
    "指标": "indicator",
    "机构": "organization",
    "主题": "theme",
}
"""Words that only say of which kind a thing is: a name means the same without them."""

_SORTS_EN: Final[Mapping[tuple[str, ...], str]] = {
    ("smart", "comput", "centr"): "centre",
    ("public", "comput", "centr"): "centre",
    ("comput", "centr"): "centre",
    ("data", "centr"): "centre",
    ("centr",): "centre",
    ("pilot", "zon"): "zone",
    ("pioneer", "zon"): "zone",
    ("demonstration", "zon"): "zone",
    ("zon",): "zone",
    ("laboratory",): "laboratory",
    ("research", "institut"): "institute",
    ("institut",): "institute",
}
_SORTS_BEGIN: Final = frozenset(phrase[0] for phrase in _SORTS_EN)
_SORTS_ZH: Final[Mapping[str, str]] = {
    "智能计算中心": "centre",
    "公共算力中心": "centre",
    "智算中心": "centre",
    "算力中心": "centre",
    "计算中心": "centre",
    "超算中心": "centre",
    "数据中心": "centre",
    "中心": "centre",
    "试验区": "zone",
    "先导区": "zone",
    "示范区": "zone",
    "实验室": "laboratory",
    "研究院": "institute",
    "研究所": "institute",
}
"""Words for sorts of things, at the end of a name: what stands before them tells which one of the sort it is."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A text cut up: the words and character pairs that tell it from others, and the words for its kind and sort.

    `kinds` are the kinds (`sector`) that its words for kinds go with; `sorts` has its words for sorts.
    """

    core: frozenset[str]
    kinds: frozenset[str] = frozenset()
    sorts: frozenset[tuple[str, str]] = frozenset()
    light: frozenset[str] = frozenset()
    """The words for kinds and sorts themselves."""


def plain_of(text: str) -> str:
    """Return a text without differences of case, width, accents and spacing; no longer than `MAX_TEXT`.

    >>> plain_of("  Ｇuǎng   zhōu　City ")
    'guang zhou city'
    """
    sent = text[: 4 * MAX_TEXT].encode(errors="replace").decode().replace("\x00", " ")
    plain = _ACCENTS.sub("", unicodedata.normalize("NFD", caseless(sent)))
    return " ".join(unicodedata.normalize("NFKC", plain).split())[:MAX_TEXT]


def squeezed(text: str) -> str:
    """Return a plain text with nothing but its letters, characters and digits.

    >>> squeezed("health-care · 琶洲"), squeezed("🙂…")
    ('healthcare琶洲', '')
    """
    return _NOISE.sub("", text)


def has_han(text: str) -> bool:
    """Tell whether a text has Chinese characters."""
    return _HAN.search(text) is not None


def words_of(text: str) -> list[str]:
    """Return the words, numbers and runs of Chinese characters of a plain text.

    >>> words_of("60eflops, people’s ai手机")
    ['60', 'eflops', 'peoples', 'ai', '手机']
    """
    return _PIECES.findall(_APOSTROPHE.sub("", text))


@lru_cache(_WORDS)
def spelled(word: str) -> str:
    """Return a word in the one spelling in which British and American ones are compared.

    >>> [spelled(word) for word in ("centre", "center", "labour", "specialised", "catalogues", "hour")]
    ['center', 'center', 'labor', 'specialized', 'catalogs', 'hour']
    """
    for pattern, replacement in _SPELLINGS:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(_WORDS)
def stem(word: str) -> str:
    """Return what a word has in common with its plural and its forms in -ing and -ed; no more than that.

    >>> words = ("hospitals", "industries", "farming", "computing", "compute", "planned", "bus", "string")
    >>> [stem(word) for word in words]
    ['hospital', 'industry', 'farm', 'comput', 'comput', 'plan', 'bus', 'string']
    """
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= 3 and re.search("[aeiouy]", base):
            doubled = base[-1] == base[-2] and base[-1] not in "aeiouls"
            word = base[:-1] if doubled else base
            break
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def key_of(text: str) -> str:
    """Return a plain text as typing errors are counted in it: squeezed, in one spelling."""
    return "".join(word if has_han(word) else spelled(word) for word in words_of(text)) or squeezed(text)


def initials_of(words: Sequence[str]) -> set[str]:
    """Return the acronyms that the words of an English name make, with and without its small words.

    >>> sorted(initials_of(["institute", "of", "artificial", "intelligence"]))
    ['iai', 'ioai']
    """
    large = [word for word in words if word not in _STOPS]
    return {"".join(word[0] for word in some) for some in (words, large) if len(some) >= 3}


def terms_of(text: str) -> Terms:
    """Return a plain, simplified text cut up.

    >>> sorted(terms_of("广州算力中心").core), terms_of("广州算力中心").sorts
    (['广州'], frozenset({('算力中心', 'centre')}))
    >>> terms_of("smart hospital") == terms_of("intelligent hospitals") == terms_of("hospital, smart")
    True
    """
    for said, meant in _SAME_ZH:
        text = text.replace(said, meant)
    core: list[str] = []
    words: list[str] = []
    kinds: set[str] = set()
    sorts: set[tuple[str, str]] = set()
    light: set[str] = set()
    for piece in words_of(text):
        if has_han(piece):
            core += _pairs(_stripped(piece, kinds, sorts, light))
        elif piece not in _STOPS:
            words.append(stem(_SAME_EN.get(spelled(piece), spelled(piece))))
    core += _without_sorts(words, kinds, sorts, light)
    if core:
        return Terms(frozenset(core), frozenset(kinds), frozenset(sorts), frozenset(light))
    # Nothing but such words, 工业 or “services”: then they are the name.
    whole = [pair for piece in words_of(text) if has_han(piece) for pair in _pairs(piece)]
    return Terms(frozenset([*whole, *words, *([] if whole or words else words_of(text))]))


def _pairs(run: str) -> list[str]:
    """Return the pairs of neighbouring characters; a single one stands for itself."""
    return [run[index : index + 2] for index in range(max(len(run) - 1, 1))] if run else []


def _stripped(run: str, kinds: set[str], sorts: set[tuple[str, str]], light: set[str]) -> str:
    """Return a run of characters without the words for kinds and sorts at its ends; they are added to the sets."""
    while True:
        for word, sort in _SORTS_ZH.items():
            if run.endswith(word):
                sorts.add((word, sort))
                light.update(_pairs(word))
                run = run.removesuffix(word)
                break
        else:
            for word, kind in _KINDS_ZH.items():
                short = len(word) == 1
                if run.endswith(word) and (not short or len(run) > 2):
                    run = run.removesuffix(word)
                elif run.startswith(word) and not short and len(run) > len(word):
                    run = run.removeprefix(word)
                else:
                    continue
                kinds.add(kind)
                light.update(_pairs(word))
                break
            else:
                return run


def _without_sorts(words: list[str], kinds: set[str], sorts: set[tuple[str, str]], light: set[str]) -> list[str]:
    """Return English words without those for kinds and sorts; they are added to the sets."""
    core: list[str] = []
    index = 0
    while index < len(words):
        for phrase, sort in _SORTS_EN.items() if words[index] in _SORTS_BEGIN else ():
            if tuple(words[index : index + len(phrase)]) == phrase:
                sorts.add((" ".join(phrase), sort))
                light.update(phrase)
                index += len(phrase)
                break
        else:
            word = words[index]
            if word == "artificial" and words[index + 1 : index + 2] == ["intelligenc"]:
                core.append("ai")
                index += 1
            elif word in _KINDS_EN:
                kinds.add(_KINDS_EN[word])
                light.add(word)
            else:
                core.append(word)
            index += 1
    return core
