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
    "literal_error": Words("must be {expected}", "应为 {expected_zh}"),
    "missing": Words("is required", "为必需参数"),
    "string_type": Words("must be a string", "应为字符串"),
    "float_type": Words("must be a number", "应为数字"),
    "list_type": Words("must be a list", "应为数组"),
    "dict_type": Words("must be an object", "应为对象"),
    "model_type": Words("must be an object", "应为对象"),
    "string_too_short": Words("must not be empty", "不能为空"),
    "string_pattern_mismatch": Words("must not be blank", "不能只有空白"),
    "string_too_long": Words("may have {max_length} characters at most", "不得超过 {max_length} 个字符"),
    "too_long": Words("may have {max_length} items at most", "不得超过 {max_length} 项"),
    "scalar": Words(
        "must be a text, a number, true or false, or an object with an `id`",
        "应为文本、数字、true 或 false，或含 `id` 的对象",
    ),
    "extra_forbidden": Words("is no member here; members are {members}", "不是可用的成员；可用成员：{members}"),
}


def bad_parameter(found: Mapping[str, Any], **more: str) -> BadParameter:
    """Return the error that one finding of pydantic is; `more` are words for its hint."""
    name = str(found["loc"][-1]) if found["loc"] else "body"
    value = "" if found["type"] == "missing" else str(found.get("input", ""))[:_LONGEST]
    words = _HINTS.get(found["type"])
    if words is None:
        return BadParameter(name, value, str(found["msg"]), "不符合要求")
    values = {name: _plain(value) for name, value in found.get("ctx", {}).items()} | more
    values["expected_zh"] = str(values.get("expected", "")).replace(" or ", " 或 ").replace(", ", "、")
    return BadParameter(name, value, words.en.format_map(values), words.zh.format_map(values))


def _plain(value: Any) -> Any:
    """Return a value as people write it.

    >>> _plain(1.0), _plain(0.1), _plain("a")
    (1, 0.1, 'a')
    """
    return int(value) if isinstance(value, float) and value.is_integer() else value
