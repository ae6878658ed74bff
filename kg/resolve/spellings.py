"""How names are written besides: in the other number, in the other English, with the word for its kind around one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from kg.resolve.texts import HAN, key

_ARTICLES: Final = re.compile(r"^(?:the|a|an|this|that) +")
STEMS: Final = ("产业", "行业", "业", " industry", " sector")
"""Endings that a sector's name has or has not: 智能机器人产业 is what 智能机器人 may mean."""

NOUNS: Final[tuple[tuple[str, str], ...]] = (
    *(
        (noun, "sector")
        for noun in ("行业领域", "领域", "行业", "产业", "方面", "部门", " sector", " industry", " field", " area")
    ),
    *((noun, "theme") for noun in ("主题", "方面", " theme", " topic")),
    *((noun, "product") for noun in ("产品", "技术", " products", " product", " technology", " technologies")),
    *((noun, "platform") for noun in ("平台", " platform")),
    *((noun, "policy") for noun in ("政策", "文件", " policy")),
    *((noun, "measure") for noun in ("措施", "举措", "这一措施", "这项措施", " measure")),
    *((noun, "place") for noun in ("市", "省", "地区", " city", " province", " region", " area")),
    *((noun, "indicator") for noun in ("指标", "目标", " indicator", " target")),
    *((noun, "target") for noun in ("目标", " target")),
)
"""What may be said after the name of a thing of a kind: 医疗行业, the education sector."""

BEFORE: Final[tuple[tuple[str, str], ...]] = (
    *((noun, "sector") for noun in ("sector ", "sector of ", "field of ", "industry ", "area of ", "行业", "领域")),
    *((noun, "theme") for noun in ("theme ", "theme of ", "topic ", "主题")),
    *((noun, "policy") for noun in ("policy ", "政策")),
    *((noun, "measure") for noun in ("measure ", "措施")),
    *((noun, "product") for noun in ("product ", "产品")),
    *((noun, "platform") for noun in ("platform ", "平台")),
    *((noun, "indicator") for noun in ("indicator ", "指标")),
    *((noun, "target") for noun in ("target ", "目标")),
    *((noun, "place") for noun in ("city of ", "province of ", "place ")),
)
_WRITTEN_ZH: Final = (
    ("人工智能", "ai"),
    ("年产量", "产量"),
    ("机器人", "机械人"),
    ("营业收入", "营收"),
    ("无人", "无人驾驶"),
    ("无人", "自动驾驶"),
    ("算力网", "算力网络"),
    ("智算中心", "智能计算中心"),
    ("45", "四十五"),
)
"""What names have for one another, beyond what is an alias."""

SIZES: Final = (("", "规模"), ("scale of ", ""), ("scale of the ", ""))
"""What the name of an indicator has around what it is the size of, where it is asked how large that is."""

_SPELLINGS: Final = (
    ("center", "centre"),
    ("centers", "centres"),
    ("labor ", "labour "),
    ("program ", "programme "),
    ("lab", "laboratory"),
    ("agricultural", "agriculture"),
    ("educational", "education"),
    ("industrial", "industry"),
    ("artificial intelligence", "ai"),
    ("smart", "intelligent"),
)


def plain_of(text: str) -> str:
    """Return a name as it is looked up: its key, without an article before it."""
    return key(_ARTICLES.sub("", text.strip().casefold().replace(" 's ", "'s ").replace(" 's", "'s")))


def forms_of(plain: str) -> Iterator[str]:
    """Yield a name as it may also be written: in the other number, in the other English."""
    spelled = {plain}
    for one, other in _SPELLINGS:
        spelled |= {re.sub(rf"\b{one.strip()}\b", other.strip(), form) for form in spelled}
        spelled |= {re.sub(rf"\b{other.strip()}\b", one.strip(), form) for form in spelled}
    if HAN.search(plain):
        for pair in _WRITTEN_ZH:
            short, long = sorted(pair, key=len)
            spelled |= {form.replace(long, short) if long in form else form.replace(short, long) for form in spelled}
    for form in sorted(spelled):
        yield form
        if form.isascii() and len(form) > 3:
            yield from _numbers(form)


def _numbers(form: str) -> Iterable[str]:
    """Return the other number of an English name.

    >>> _numbers("smart hospital"), _numbers("factories")
    (('smart hospitals',), ('factorie', 'factory'))
    """
    if form.endswith("ies"):
        return form[:-1], f"{form[:-3]}y"
    if form.endswith("ses"):
        return form[:-1], form[:-2]
    if form.endswith("s"):
        return (form[:-1],)
    if form.endswith("y"):
        return f"{form}s", f"{form[:-1]}ies"
    return (f"{form}s",)


def is_overlong(plain: str, name: str) -> bool:
    """Tell whether a text says more than a name may, as where a word is there over and over; pinyin is long."""
    return len(plain) > (8 if HAN.search(name) and not HAN.search(plain) else 2) * len(name) + 8
