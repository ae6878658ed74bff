"""The address of a view of the targets, and what its filters, columns and groups are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from api.exchange import Exchange
from api.views import text_in
from api.words import COMPARATOR_SIGNS, Words
from kg.lookup import FACETS, THINGS, Comparison, Targets

PATH: Final = "/targets"
DEFAULTS: Final = {"sort": "source", "group": "none", "show": "all", "page": 1}

FIELD_WORDS: Final[Mapping[str, Words]] = {
    "deadline": Words("Deadline", "期限"),
    "indicator": Words("Indicator", "指标"),
    "sector": Words("Sector", "行业领域"),
    "comparator": Words("Comparator", "比较关系"),
    "policy": Words("Policy", "政策"),
    "measure": Words("Measure", "措施"),
    "quantitative": Words("Kind of target", "目标类型"),
    "q": Words("Name contains", "名称包含"),
    "sort": Words("Sort by", "排序"),
    "group": Words("Group by", "分组"),
}
SORT_WORDS: Final[Mapping[str, Words]] = {
    "source": Words("Order of the source", "原文顺序"),
    "-source": Words("Order of the source, from its end", "原文顺序（倒序）"),
    "value": Words("Value within a unit, smallest first", "同单位数值，从小到大"),
    "-value": Words("Value within a unit, largest first", "同单位数值，从大到小"),
    "label": Words("Name, A to Z", "名称，升序"),
    "-label": Words("Name, Z to A", "名称，降序"),
    "indicator": Words("Indicator, A to Z", "指标，升序"),
    "-indicator": Words("Indicator, Z to A", "指标，降序"),
    "deadline": Words("Deadline, earliest first", "期限，从早到晚"),
    "-deadline": Words("Deadline, latest first", "期限，从晚到早"),
}
GROUP_WORDS: Final[Mapping[str, Words]] = {"none": Words("No groups", "不分组")} | {
    name: FIELD_WORDS[name] for name in ("deadline", "indicator", "sector", "comparator", "policy")
}
COMPARATOR_WORDS: Final[Mapping[str, Words]] = {
    "gt": Words("more than", "超过"),
    "ge": Words("at least", "不少于"),
    "eq": Words("exactly", "等于"),
    "le": Words("at most", "不超过"),
    "lt": Words("less than", "少于"),
    "approx": Words("about", "约"),
}
QUANTITATIVE_WORDS: Final[Mapping[str, Words]] = {
    "true": Words("With a number", "有数值"),
    "false": Words("In words only", "仅有文字"),
}
NOTHING_WORDS: Final[Mapping[str, Words]] = {
    "deadline": Words("No deadline stated", "未述期限"),
    "indicator": Words("No indicator", "未述指标"),
    "sector": Words("No sector named in the scope", "范围未点明行业"),
    "comparator": Words("Without a number", "无数值"),
    "policy": Words("No policy", "无所属政策"),
}


@dataclass(frozen=True, slots=True)
class Viewed:
    """What is looked at: the exchange, the targets, what was found, and what was asked with ids in place of names."""

    exchange: Exchange
    targets: Targets
    comparison: Comparison
    asked: Mapping[str, Any]

    def words(self, words: Words) -> str:
        """Return words in the language of the page."""
        return words.in_(self.exchange.language)

    def value(self, facet: str, key: str) -> str:
        """Return the value of a parameter that means a key of a filter: an id for an IRI."""
        parsed = self.exchange.snapshot.iris.parse(key)
        return parsed[1] if parsed and facet in THINGS else key

    def name(self, facet: str, key: str) -> str:
        """Return what a value of a filter is called, or what its absence is."""
        if not key:
            return self.words(NOTHING_WORDS[facet])
        if facet == "comparator" and key in COMPARATOR_WORDS:
            return f"{COMPARATOR_SIGNS[key]} {self.words(COMPARATOR_WORDS[key])}"
        if facet == "quantitative":
            return self.words(QUANTITATIVE_WORDS[key])
        if facet in THINGS:
            return text_in(self.targets.label(key), self.exchange.language)
        return key

    @property
    def unfiltered(self) -> str:
        """The address of the view without any filter."""
        nothing: dict[str, Any] = dict.fromkeys((*FACETS, "q"))
        return self.address(**nothing)

    def address(self, path: str = PATH, **changes: Any) -> str:
        """Return the address of the view with some parameters changed; what is as it is by default is left out."""
        values = {**self.asked, **changes}
        if "page" not in changes:
            values["page"] = 1
        pairs = [
            (name, str(values[name]))
            for name in (*FACETS, "q", *DEFAULTS)
            if values.get(name) not in {None, "", DEFAULTS.get(name)}
        ]
        if self.exchange.kept:
            pairs.append(("lang", self.exchange.language))
        return self.exchange.path(path) + (f"?{urlencode(pairs)}" if pairs else "")


def viewed(exchange: Exchange, targets: Targets, comparison: Comparison, asked: Mapping[str, Any]) -> Viewed:
    """Return what is looked at; filters by things are told by ids, however they were given."""
    first = Viewed(exchange, targets, comparison, asked)
    chosen = {name: first.value(name, key) for name, key in comparison.chosen.items()}
    return Viewed(exchange, targets, comparison, {**asked, **dict.fromkeys((*FACETS, "q")), **chosen})
