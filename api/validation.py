"""What pydantic finds wrong with a parameter, or with a member of a body, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from api.words import Words
from kg.errors import BadParameter

_LONGEST: Final = 200
"""Characters of a wrong value that are told back."""

_HINTS: Final[Mapping[str, Words]] = {
    "greater_than_equal": Words("must be {ge} or more", "应不小于 {ge}"),
    "less_than_equal": Words("must be {le} or less", "应不大于 {le}"),
    "int_parsing": Words("must be a whole number", "应为整数"),
    "int_type": Words("must be a whole number", "应为整数"),
    "bool_parsing": Words("must be true or false", "应为 true 或 false"),
    "literal_error": Words("must be {expected}", "应为 {expected}"),
    "missing": Words("is required", "为必需参数"),
    "string_type": Words("must be a string", "应为字符串"),
    "string_too_long": Words("may have {max_length} characters at most", "不得超过 {max_length} 个字符"),
    "extra_forbidden": Words("is no member here; members are {members}", "不是可用的成员；可用成员：{members}"),
}


def bad_parameter(found: Mapping[str, Any], **more: str) -> BadParameter:
    """Return the error that one finding of pydantic is; `more` are words for its hint."""
    name = str(found["loc"][-1]) if found["loc"] else "body"
    value = "" if found["type"] == "missing" else str(found.get("input", ""))[:_LONGEST]
    words = _HINTS.get(found["type"])
    if words is None:
        return BadParameter(name, value, str(found["msg"]), "不符合要求")
    values = {**found.get("ctx", {}), **more}
    return BadParameter(name, value, words.en.format_map(values), words.zh.format_map(values))
