"""What the tests of the search share: indexes of a few things, and texts made from names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.iris import Iris
from kg.lookup import Reference
from kg.search import Match, Matched, SearchIndex
from kg.search.model import How
from kg.search.names import NamedThing


def thing(typed_id: str, zh: str = "", en: str = "", *aliases: str) -> NamedThing:
    """Return a thing with names; an alias is Chinese if it is not ASCII."""
    kind, _, local = typed_id.partition("/")
    labels = {language: text for language, text in (("zh", zh), ("en", en)) if text}
    names = [Matched(text, language, "label") for language, text in labels.items()]
    names += [Matched(text, "en" if text.isascii() else "zh", "alias") for text in aliases]
    return NamedThing(Reference(local, Iris().mint(kind, local), kind, labels or {"en": local}), tuple(names))


def index_of(*things: NamedThing) -> SearchIndex:
    """Return the index of things."""
    return SearchIndex.made(things)


def ids(matches: Iterable[Match]) -> list[str]:
    """Return the typed ids of matches."""
    return [f"{match.reference.type}/{match.reference.id}" for match in matches]


def first(index: SearchIndex, text: str, kind: str | None = None) -> tuple[str, How, float]:
    """Return typed id, way and score of the best match."""
    match = index.search(text, kinds=[kind] if kind else (), limit=1)[0]
    return ids([match])[0], match.matched.how, match.score


def all_names(index: SearchIndex) -> Iterator[tuple[NamedThing, Matched]]:
    """Yield every label and alias."""
    for named in index.things:
        for matched in named.names:
            yield named, matched


def finds(index: SearchIndex, text: str, named: NamedThing, top: int = 1) -> bool:
    """Tell whether a text finds a thing among the first, or with the score that the first ones have."""
    found = index.ranked(text)
    return any(
        match.reference.iri == named.reference.iri
        for place, match in enumerate(found)
        if place < top or match.score == found[0].score
    )


def thousands(count: int) -> Iterator[NamedThing]:
    """Yield so many things with names as they are: two in Chinese, two in English."""
    first_zh, then_zh, last_zh = (
        "智能智慧高端新型国家广东深圳横琴",
        "医疗教育养老制造交通能源农业司法",
        "平台产业中心系统应用终端装备服务",
    )
    first_en = ("smart", "high-end", "national", "regional", "digital", "advanced", "public", "rural")
    then_en = ("health", "education", "ageing", "factory", "traffic", "energy", "farming", "court")
    last_en = ("platform", "industry", "centre", "system", "application", "terminal", "equipment", "service")
    kinds = ("sector", "product", "platform", "measure", "place")
    for number in range(count):
        a, b, c = number % 8, number // 8 % 8, number // 64 % 8
        zh = first_zh[2 * a : 2 * a + 2] + then_zh[2 * b : 2 * b + 2] + last_zh[2 * c : 2 * c + 2]
        en = f"{first_en[a]} {then_en[b]} {last_en[c]}"
        more = f"{number // 512}号" if number >= 512 else ""
        yield thing(
            f"{kinds[number % 5]}/x{number}", f"{more}{zh}", f"{en} {number}", f"{zh}{number}", f"new {en} {number}"
        )
