"""The words that pages and problems show, in both languages; what the graph itself names is not here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in both languages."""

    en: str
    zh: str

    def in_(self, language: Language) -> str:
        """Return the words in a language.

        >>> Words("Sector", "行业领域").in_("zh")
        '行业领域'
        """
        return self.zh if language == "zh" else self.en


KIND_WORDS: Final[Mapping[str, Words]] = {
    "policy": Words("policy", "政策"),
    "measure": Words("measure", "措施"),
    "sector": Words("sector", "行业领域"),
    "platform": Words("platform", "平台"),
    "organization": Words("organization", "机构"),
    "place": Words("place", "地点"),
    "target": Words("target", "目标"),
    "indicator": Words("indicator", "指标"),
    "product": Words("product or technology", "产品与技术"),
    "theme": Words("theme", "主题"),
    "clause": Words("clause", "原文片段"),
    "passage": Words("passage", "段落"),
    "source": Words("source document", "来源文献"),
    "statement": Words("statement", "事实陈述"),
    "inferred-statement": Words("inferred statement", "推出的陈述"),
    "plain-statement": Words("statement without a source", "无来源的陈述"),
    "derivation": Words("derivation", "推导"),
    "rule": Words("rule", "推理规则"),
    "evidence": Words("evidence", "证据"),
    "quantity": Words("quantity", "数值"),
    "instant": Words("date", "时点"),
    "unit": Words("unit", "单位"),
    "comparator": Words("comparator", "比较关系"),
    "measure-kind": Words("kind of measure", "措施类别"),
    "platform-kind": Words("kind of platform", "平台类别"),
    "reading": Words("reading", "读法"),
    "scheme": Words("vocabulary", "词表"),
    "thing": Words("thing", "事物"),
    "question": Words("question", "问题"),
}
"""What one thing of a kind is called; the kinds of the collections and those of the apparatus."""

COLLECTION_WORDS: Final[Mapping[str, Words]] = {
    "policies": Words("Policies", "政策"),
    "measures": Words("Measures", "措施"),
    "sectors": Words("Sectors", "行业领域"),
    "platforms": Words("Platforms", "平台"),
    "organizations": Words("Organizations", "机构"),
    "places": Words("Places", "地点"),
    "targets": Words("Targets", "目标"),
    "indicators": Words("Indicators", "指标"),
    "products": Words("Products and technologies", "产品与技术"),
    "themes": Words("Themes", "主题"),
}
"""What the collections are called."""

KEY_WORDS: Final[Mapping[str, Words]] = {
    **COLLECTION_WORDS,
    "aliases": Words("Also called", "别名"),
    "associated_sectors": Words("Associated sectors", "相关行业"),
    "broader": Words("Broader", "上位"),
    "narrower": Words("Narrower", "下位"),
    "comparator": Words("Comparator", "比较关系"),
    "deadline": Words("Deadline", "期限"),
    "declared_aspects": Words("Aspects declared by the policy", "政策宣布的方面数"),
    "declared_measures": Words("Measures declared by the policy", "政策宣布的措施数"),
    "developed_by": Words("Developed by", "研发建设方"),
    "develops": Words("Develops", "研发建设"),
    "evidence": Words("Evidence", "证据"),
    "indicator": Words("Indicator", "指标"),
    "jurisdictions": Words("Jurisdiction", "适用地域"),
    "kind": Words("Kind", "类别"),
    "kinds": Words("Kinds", "类别"),
    "located_in": Words("Located in", "位于"),
    "notations": Words("Codes in classifications", "分类代码"),
    "operated_by": Words("Operated by", "运营方"),
    "operates": Words("Operates", "运营"),
    "part_of": Words("Part of", "属于"),
    "parts": Words("Parts", "包括"),
    "policy": Words("Policy", "所属政策"),
    "positioning": Words("Positioning", "定位与状况"),
    "published": Words("Published", "发布日期"),
    "purposes": Words("Purposes", "目的"),
    "scope": Words("Scope", "范围"),
    "scope_categories": Words("Number of categories", "门类数"),
    "serves_products": Words("Serves products", "服务于产品"),
    "serves_sectors": Words("Serves sectors", "服务行业"),
    "supported_by": Words("Supported by", "支持它的措施"),
    "touches": Words("Touches sectors", "涉及行业"),
    "measures_touching": Words("Measures that touch it, in whatever way", "涉及它的措施数（含间接）"),
    "due_by": Words("Due by", "期限"),
    "located_within": Words("Within", "位于其内"),
    "unit": Words("Unit", "单位"),
    "value_normalized": Words("In comparable units", "归一化数值"),
    "wording": Words("Wording of the source", "原文措辞"),
    "quote": Words("Quotation", "引文"),
    "line": Words("Line", "行"),
    "start": Words("Start", "起点"),
    "end": Words("End", "终点"),
    "source": Words("Source", "来源"),
    "url": Words("Source on the web", "来源网页"),
    "names": Words("Things that it names", "点名的事物"),
    "states": Words("Facts that it states", "陈述的事实"),
    "has_source": Words("Stands in", "所在段落"),
    "is_part_of": Words("Part of", "属于"),
    "has_source_of": Words("Clauses in it", "其中的原文片段"),
    "is_part_of_of": Words("Passages in it", "其中的段落"),
    "stated_in_of": Words("Things stated in it", "其中陈述的事物"),
    "has_body": Words("What is stated", "所证事实"),
    "has_target": Words("Clause that states it", "陈述它的原文片段"),
    "has_body_of": Words("Evidence for it", "其证据"),
    "subject": Words("Subject", "主语"),
    "predicate": Words("Predicate", "谓语"),
    "object": Words("Object", "宾语"),
    "reading": Words("Reading", "读法"),
    "line_number": Words("Line", "行"),
    "author": Words("Author", "作者"),
    "publisher": Words("Publisher", "发布者"),
    "issued": Words("Issued", "发表日期"),
    "language": Words("Language", "语言"),
    "text_digest": Words("SHA-256 of the text", "原文的 SHA-256"),
    "numeric_value": Words("Number", "数值"),
    "has_unit": Words("Unit", "单位"),
    "was_derived_from_of": Words("Graph derived from it", "据其建立的图"),
}
"""What the keys of our JSON are called on a page."""

READING_WORDS: Final[Mapping[str, Words]] = {
    "stated": Words("stated outright", "明文"),
    "name": Words("read from a name", "据名称"),
    "context": Words("read from the context", "据上下文"),
}
"""How a fact is read from its clause."""

COMPARATOR_SIGNS: Final[Mapping[str, str]] = {"gt": ">", "ge": "≥", "eq": "=", "le": "≤", "lt": "<", "approx": "≈"}
"""The sign of each comparator."""

MEASURE_KIND_WORDS: Final[Mapping[str, Words]] = {
    "titled": Words("titled measure", "点名的措施"),
    "provision": Words("provision", "具体举措"),
}
"""The kinds of measures."""


def key_words(key: str, language: Language) -> str:
    """Return what a key is called; one that has no words is shown as it is, with spaces.

    >>> key_words("has_quantity_kind", "en")
    'Has quantity kind'
    """
    return KEY_WORDS[key].in_(language) if key in KEY_WORDS else key.replace("_", " ").capitalize()


LIMIT_WORDS: Final[Mapping[str, Words]] = {
    "time": Words("time", "时间"),
    "memory": Words("memory", "内存"),
    "rows": Words("rows, or triples, of an answer", "结果行数（或三元组数）"),
    "bytes": Words("the size of an answer", "结果大小"),
    "complexity": Words("complexity", "复杂度"),
    "length": Words("the length of a query", "查询长度"),
    "nesting": Words("nesting", "嵌套层数"),
    "parallel": Words("queries at once", "并行查询数"),
    "parallel_per_client": Words("queries at once of one client", "单个客户端的并行查询数"),
    "waiting": Words("queries that wait", "排队查询数"),
    "patience": Words("waiting for a worker", "排队时间"),
    "upload": Words("the size of an update or a graph sent here", "更新或上传图的大小"),
    "write_time": Words("time of a write, its validation included", "写入（含校验）时间"),
    "waiting_writes": Words("writes that wait", "排队写入数"),
    "rate": Words("requests of one client", "单个客户端的请求频率"),
    "services": Words("services that a query may call", "查询可调用的服务"),
    "body": Words("the size of a body", "请求体大小"),
    "address": Words("the length of an address", "请求地址长度"),
    "headers": Words("headers", "请求头"),
    "parameters": Words("parameters", "参数个数"),
    "head": Words("arrival of a request's headers", "请求头到达时间"),
    "arrival": Words("arrival of a request", "请求到达时间"),
    "reading": Words("how long a client may leave an answer unread", "客户端读取结果的最长停顿时间"),
    "connections": Words("open connections", "打开的连接数"),
    "connections_per_client": Words("open connections of one client", "单个客户端打开的连接数"),
    "network_edges": Words("edges of the network", "网络的边数"),
    "network_names": Words("names of the things of the network", "网络中事物的名称数"),
    "shown_edges": Words("edges of one answer", "单次回答的边数"),
    "shown_things": Words("things of one answer", "单次回答的事物数"),
    "targets": Words("targets that are compared", "可对比的目标数"),
    "pairs": Words("pairs of measures that share a sector", "共享行业的措施对数"),
    "page": Words("items on one page of a list", "列表每页条数"),
    "batch": Words("queries of one request to reconcile", "单次对账请求的查询数"),
}
"""What the limits are called."""

UNIT_WORDS: Final[Mapping[str, Words]] = {
    "seconds": Words("seconds", "秒"),
    "bytes": Words("bytes", "字节"),
    "bytes of stack": Words("bytes of stack", "字节栈空间"),
    "rows": Words("rows", "行"),
    "triples": Words("triples", "个三元组"),
    "characters": Words("characters", "个字符"),
    "levels": Words("levels", "层"),
    "queries": Words("queries", "个查询"),
    "writes": Words("writes", "个写入"),
    "headers": Words("headers", "个请求头"),
    "parameters": Words("parameters", "个参数"),
    "requests a second": Words("requests a second", "次请求/秒"),
    "connections": Words("connections", "个连接"),
    "origins": Words("origins", "个来源"),
    "items": Words("items", "条"),
    "edges": Words("edges", "条边"),
    "names": Words("names", "个名称"),
    "things": Words("things", "个事物"),
    "pairs": Words("pairs", "对"),
}
"""The units of limits."""


def limit_words(name: str, language: Language) -> str:
    """Return what a limit is called."""
    return LIMIT_WORDS[name].in_(language) if name in LIMIT_WORDS else name.replace("_", " ")


def quantity_words(value: float, unit: str, language: Language) -> str:
    """Return the value of a limit with its unit.

    >>> quantity_words(1048576, "bytes", "zh"), quantity_words(0.5, "seconds", "en")
    ('1048576 字节', '0.5 seconds')
    """
    number = str(int(value)) if value == int(value) else f"{value:g}"
    return f"{number} {UNIT_WORDS[unit].in_(language) if unit in UNIT_WORDS else unit}"
