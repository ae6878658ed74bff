"""Errors that teach: what was wrong, where, and what would be right, as data and in words of either language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from kg.agents.arguments import Language
from kg.agents.texts import say
from kg.errors import (
    BadParameter,
    KgError,
    LimitExceeded,
    LoadRefused,
    NotFound,
    Overloaded,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    RevisionNotFound,
    ServiceRefused,
    UnknownFunction,
    UnknownTerm,
    Unsortable,
)
from kg.terms import PREFIXES

Words = tuple[str, str]
"""English, Chinese."""


def explained(error: KgError, language: Language, query: str = "") -> tuple[dict[str, Any], str]:
    """Return an error as data (`code`, `message` and what helps) and as text; `query` is the text it is about."""
    code, make = next((found for cls, found in _TABLE.items() if isinstance(error, cls)), ("failed", _said))
    (en, zh), data = make(error)
    message = say(language, en, zh)
    if isinstance(error, QuerySyntaxError) and error.line and query:
        shown, data["at"] = pointed(query, error.line, error.column)
        message = f"{message}\n{shown}"
    return {"code": code, "message": message, **data}, message


def pointed(text: str, line: int, column: int) -> tuple[str, str]:
    r"""Return a line of a text with a mark below a column of it, and what stands there.

    >>> print(pointed("SELECT * {\n ?s ?p }", 2, 8)[0])
     ?s ?p }
           ^
    """
    lines = text.split("\n")
    here = lines[line - 1] if line <= len(lines) else ""
    start = max(0, column - 61)
    part = here[start : start + 120]
    # A character of Chinese is as wide as two others.
    before = "".join("  " if ord(character) > 0x2E7F else " " for character in part[: column - 1 - start])
    return f"{part}\n{before}^", here[column - 1 : column + 39].strip()


def _said(_error: KgError) -> tuple[Words, dict[str, Any]]:
    return ("This could not be done; it is our fault.", "未能完成；这是服务的问题。"), {}


def _argument(error: KgError) -> tuple[Words, dict[str, Any]]:
    assert isinstance(error, BadParameter)
    given = f"={error.value}" if error.value else ""
    data = {"argument": error.name, "value": error.value, "allowed": error.hint}
    ends = ("", "") if error.hint.endswith("?") else (".", "。")
    return (f"{error.name}{given}: {error.hint}{ends[0]}", f"{error.name}{given}：{error.hint_zh}{ends[1]}"), data


def _not_found(error: KgError) -> tuple[Words, dict[str, Any]]:
    assert isinstance(error, NotFound)
    near = ", ".join(error.nearest)
    advice = {
        "term": ("`schema` without `about` lists all terms.", "不带 `about` 的 `schema` 列出全部术语。"),
        "question": ("`questions` without `slug` lists them.", "不带 `slug` 的 `questions` 列出全部问题。"),
    }.get(error.kind, ("`search` finds things by parts of names.", "可用 `search` 按部分名称查找。"))
    en = f"There is no {error.kind} “{error.wanted}”. " + (
        f"Did you mean: {near}?" if near else f"Nothing comes near; {advice[0]}"
    )
    zh = f"没有“{error.wanted}”（{error.kind}）。" + (f"是否指：{near}？" if near else f"也没有相近的名称；{advice[1]}")
    return (en, zh), {"kind": error.kind, "wanted": error.wanted, "nearest": list(error.nearest)}


def _syntax(error: KgError) -> tuple[Words, dict[str, Any]]:
    assert isinstance(error, QuerySyntaxError)
    said = str(error)
    if said.startswith("this is an update"):
        words = (
            "This is an update. This tool only reads: SELECT, ASK, CONSTRUCT and DESCRIBE.",
            "这是更新语句。本工具只读：仅支持 SELECT、ASK、CONSTRUCT 和 DESCRIBE。",
        )
        return words, {"line": error.line, "column": error.column}
    if said.startswith("the prefix"):
        known = ", ".join(f"{prefix}:" for prefix in PREFIXES)
        said_zh = said.replace("the prefix", "前缀").replace("is not declared", "未声明")
        said, said_zh = f"{said}; known without declaration are {known}", f"{said_zh}；无需声明的前缀：{known}"
    else:
        said_zh = said.replace("expected ", "此处应为 ").replace(" or ", " 或 ")
        if said.startswith("this is not expected here"):
            said_zh = "此处不应出现该内容，或者其前面缺少内容"
    place = (f"Line {error.line}, column {error.column}: ", f"第 {error.line} 行第 {error.column} 列：")
    en, zh = place if error.line else ("", "")
    return (f"{en}{said}.", f"{zh}{said_zh}。"), {"line": error.line, "column": error.column}


def _term(error: KgError) -> tuple[Words, dict[str, Any]]:
    assert isinstance(error, UnknownTerm)
    near = ", ".join(error.nearest)
    mean = (
        (f"Did you mean {near}?", f"是否指 {near}？")
        if near
        else ("`schema` lists the terms.", "`schema` 列出全部术语。")
    )
    words = (
        f"Line {error.line}, column {error.column}: the ontology has no {error.term}. {mean[0]}",
        f"第 {error.line} 行第 {error.column} 列：本体中没有 {error.term}。{mean[1]}",
    )
    return words, {"term": error.term, "nearest": list(error.nearest), "line": error.line, "column": error.column}


def _limit(error: KgError) -> tuple[Words, dict[str, Any]]:
    assert isinstance(error, LimitExceeded)
    advice = {
        "time": ("bind more of the pattern, or ask for less", "请限定更多变量，或缩小查询范围"),
        "memory": ("sort or join less at once", "请减少一次排序或连接的数据量"),
        "rows": ("add LIMIT, or count instead", "请加 LIMIT，或改为计数"),
        "bytes": ("add LIMIT, or select fewer variables", "请加 LIMIT，或减少变量"),
    }.get(error.name, ("send a shorter query", "请缩短查询"))
    names = {
        "time": "时间",
        "memory": "内存",
        "rows": "行数",
        "bytes": "大小",
        "length": "长度",
        "nesting": "嵌套层数",
        "complexity": "复杂度",
    }
    units = {
        "seconds": "秒",
        "bytes": "字节",
        "rows": "行",
        "triples": "个三元组",
        "characters": "个字符",
        "levels": "层",
    }
    words = (
        f"The query was stopped: its limit of {error.name} is {error.value:g} {error.unit}. Try again: {advice[0]}.",
        f"查询已被终止：{names.get(error.name, error.name)}上限为 {error.value:g} {units.get(error.unit, error.unit)}。"
        f"{advice[1]}后重试。",
    )
    return words, {"limit": error.limit}


def _refused(error: KgError) -> tuple[Words, dict[str, Any]]:
    what = "SERVICE" if isinstance(error, ServiceRefused) else "LOAD" if isinstance(error, LoadRefused) else ""
    zh = f"{what} 被拒绝：本服务不代为访问其他服务。" if what else f"查询被拒绝：{error}。"
    return (f"{error}.", zh), {"target": getattr(error, "target", "")}


def _function(error: KgError) -> tuple[Words, dict[str, Any]]:
    assert isinstance(error, UnknownFunction)
    return (f"{error}.", f"没有函数 <{error.function}>。"), {"function": error.function}


def _unsortable(error: KgError) -> tuple[Words, dict[str, Any]]:
    zh = "ORDER BY 的值属于不同种类，无法排序。请按 STR(?x) 排序，或只按同一种类的值排序。"
    return (f"{error}. Sort by STR(?x), or by values of one kind.", zh), {}


def _busy(error: KgError) -> tuple[Words, dict[str, Any]]:
    seconds = getattr(error, "retry_after", 5)
    words = f"All workers are taken; try again in {seconds} s.", f"查询进程已满；请在 {seconds} 秒后重试。"
    return words, {"retry_after": seconds}


def _empty(_error: KgError) -> tuple[Words, dict[str, Any]]:
    return ("Nothing has been published in this store yet.", "该存储中尚未发布任何版本。"), {}


_TABLE: Final[dict[type[KgError], tuple[str, Callable[[KgError], tuple[Words, dict[str, Any]]]]]] = {
    BadParameter: ("bad-argument", _argument),
    NotFound: ("not-found", _not_found),
    UnknownTerm: ("unknown-term", _term),
    QuerySyntaxError: ("query-syntax", _syntax),
    UnknownFunction: ("unknown-function", _function),
    Unsortable: ("unsortable", _unsortable),
    QueryRefused: ("query-refused", _refused),
    QueryTimeout: ("query-timeout", _limit),
    LimitExceeded: ("limit-exceeded", _limit),
    Overloaded: ("overloaded", _busy),
    RevisionNotFound: ("not-ready", _empty),
}
"""Error → its code, and how its words and data are made; the first that fits counts."""
