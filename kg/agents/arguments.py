"""The arguments of each tool, as models: what a client is shown as JSON Schema, and what is refused."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from kg.errors import BadParameter
from kg.folding import VISIBLE
from kg.kinds import KindName
from kg.search.texts import MAX_TEXT

Language = Literal["zh", "en"]
LONGEST_NAME: Final = 100
"""Characters of a name that are compared with those that there are, which takes longer than to read it."""

_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_NAMED: Final = "id (`healthcare`, `sector/healthcare`), IRI, or name in either language"
_NAMED_ZH: Final = "id、IRI，或任一语言的名称"


def _as_text(value: object) -> object:
    """Return a number or a truth value as JSON writes it, anything else as it is.

    >>> _as_text(2027), _as_text(2.5), _as_text(True), _as_text(["a"])
    ('2027', '2.5', 'true', ['a'])
    """
    return json.dumps(value) if isinstance(value, bool | int | float) else value


Text = Annotated[str, BeforeValidator(_as_text, json_schema_input_type=str | int | float | bool)]
"""A text; a number or a truth value is taken as it is written in JSON, for models write years so."""

# A pattern that comes after the function would be checked, and not be in the schema that clients are shown.
_Digits = Annotated[str, Field(pattern=r"^\d{4}$")]
Year = Annotated[_Digits, BeforeValidator(_as_text, json_schema_input_type=_Digits | int)]


def _about(en: str, zh: str, **more: Any) -> Any:
    return Field(description=f"{en} / {zh}", **more)


class Arguments(BaseModel):
    """The arguments that every tool takes; one that a tool does not have is refused, for ignored it would mislead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lang: Annotated[
        Language | None,
        _about("Language of the text; that of the other arguments if not given.", "文本语言；不给则从其他参数判断。"),
    ] = None

    @property
    def language(self) -> Language:
        """The language to answer in: the one asked for, or else that of what was sent."""
        if self.lang is not None:
            return self.lang
        return language_in(value for name, value in self if name not in {"lang", "cursor"})


def language_in(values: Iterable[object]) -> Language:
    """Return the language of what was sent: Chinese where a character of it is.

    >>> language_in(["healthcare"]), language_in(["医疗"])
    ('en', 'zh')
    """
    return "zh" if any(_CHINESE.search(str(value)) for value in values) else "en"


class SearchArguments(Arguments):
    """The arguments of `search`."""

    query: Annotated[
        str,
        _about(
            "A name: exact, part of one, an alias, pinyin, initials, with typos.",
            "名称：全名、部分、别名、拼音、首字母，可有错字。",
            min_length=1,
            max_length=MAX_TEXT,
            pattern=VISIBLE,
        ),
    ]
    kinds: Annotated[list[KindName] | None, _about("Only things of these kinds.", "仅限这些类别。")] = None
    limit: Annotated[int, _about("How many at most.", "最多返回多少条。", ge=1, le=50)] = 10


class DescribeArguments(Arguments):
    """The arguments of `describe`."""

    thing: Annotated[str, _about(f"The thing: {_NAMED}.", f"事物：{_NAMED_ZH}。", min_length=1, max_length=500)]
    kind: Annotated[KindName | None, _about("Its kind, where a name has several.", "类别；同名时使用。")] = None


class TouchingArguments(Arguments):
    """The arguments of `measures_touching`."""

    sector: Annotated[str, _about(f"The sector: {_NAMED}.", f"行业领域：{_NAMED_ZH}。", min_length=1, max_length=500)]
    transitive: Annotated[bool, _about("Whether the sectors below count.", "是否包括下位行业。")] = True
    policy: Annotated[str | None, _about("Only measures of this policy.", "仅限该政策的措施。")] = None
    theme: Annotated[str | None, _about("Only measures of this theme.", "仅限该主题的措施。")] = None
    limit: Annotated[int, _about("How many at most.", "最多返回多少条。", ge=1, le=200)] = 50
    cursor: Annotated[str | None, _about("`next` of the part before.", "上一部分的 `next`。")] = None


class TargetsArguments(Arguments):
    """The arguments of `targets`."""

    deadline: Annotated[Year | None, _about("Year in which it falls due.", "到期年份。", examples=["2027"])] = None
    indicator: Annotated[str | None, _about("Indicator that it is about.", "所涉指标。")] = None
    sector: Annotated[
        str | None, _about("Sector that it is confined to; those below count.", "限定的行业领域，含下位。")
    ] = None
    policy: Annotated[str | None, _about("Policy it belongs to.", "所属政策。")] = None
    measure: Annotated[str | None, _about("Measure it belongs to.", "所属措施。")] = None
    product: Annotated[
        str | None, _about("Product it is confined to; those below count.", "限定的产品与技术，含下位。")
    ] = None
    place: Annotated[str | None, _about("Place it is confined to.", "限定的地点。")] = None
    theme: Annotated[str | None, _about("Theme it is stated under; those below count.", "所属主题，含下位。")] = None
    comparator: Annotated[
        Literal["gt", "ge", "eq", "le", "lt", "approx"] | None,
        _about("How the actual value must stand to the target's.", "实际值与目标值应有的关系。"),
    ] = None
    quantitative: Annotated[
        bool | None, _about("With a number, or with an outcome in words.", "有数值，或以文字陈述结果。")
    ] = None
    q: Annotated[str | None, _about("Text that its label contains.", "名称中包含的文字。")] = None
    limit: Annotated[int, _about("How many at most.", "最多返回多少条。", ge=1, le=200)] = 50
    cursor: Annotated[str | None, _about("`next` of the part before.", "上一部分的 `next`。")] = None

    def filters(self) -> dict[str, str]:
        """Return the filters that are given, as the look-up takes them."""
        given = {name: value for name, value in self if name not in {"lang", "limit", "cursor"} and value is not None}
        return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}


class CompareArguments(Arguments):
    """The arguments of `compare`."""

    left: Annotated[str, _about(f"One thing: {_NAMED}.", f"其一：{_NAMED_ZH}。", min_length=1, max_length=500)]
    right: Annotated[str, _about(f"The other: {_NAMED}.", f"其二：{_NAMED_ZH}。", min_length=1, max_length=500)]
    kind: Annotated[
        KindName | None, _about("The kind of both, where a name has several.", "两者类别；同名时使用。")
    ] = None


class SchemaArguments(Arguments):
    """The arguments of `schema`."""

    about: Annotated[
        str | None,
        _about(
            "Only terms and examples that have this text in a name or a definition.",
            "仅返回名称或定义中含此文字的术语和示例。",
            max_length=200,
        ),
    ] = None


class QueryArguments(Arguments):
    """The arguments of `query`."""

    query: Annotated[
        str,
        _about(
            "SELECT, ASK, CONSTRUCT or DESCRIBE; the prefixes that `schema` lists need not be declared.",
            "SELECT、ASK、CONSTRUCT 或 DESCRIBE；`schema` 列出的前缀无需声明。",
            min_length=1,
        ),
    ]
    limit: Annotated[
        int,
        _about(
            "How many rows to show; what is left out is counted.", "最多显示多少行；省略的行数会说明。", ge=1, le=1000
        ),
    ] = 50
    timeout: Annotated[
        float | None,
        _about("Seconds after which to stop; may only lower the limit.", "超时秒数；只能低于服务上限。", gt=0),
    ] = None


class QuestionsArguments(Arguments):
    """The arguments of `questions`."""

    slug: Annotated[
        str | None,
        _about("The question to answer; without one, a list.", "要回答的问题；不给则列出全部。", max_length=200),
    ] = None
    parameters: Annotated[dict[str, Text] | None, _about("Values of its parameters, by name.", "参数值。")] = None
    limit: Annotated[int, _about("How many rows to show.", "最多显示多少行。", ge=1, le=1000)] = 50


def checked(model: type[Arguments], tool: str, given: Mapping[str, Any]) -> Arguments:
    """Return the arguments of a tool.

    Raises:
        BadParameter: one is not an argument of the tool, is missing, or has a value that it cannot have.
    """
    known = list(model.model_fields)
    for name, value in given.items():
        if name not in known:
            near = difflib.get_close_matches(name[:LONGEST_NAME], known, n=1, cutoff=0.5)
            mean_en, mean_zh = (f"; did you mean {near[0]}?", f"；是否指 {near[0]}？") if near else ("", "")
            raise BadParameter(
                name[:LONGEST_NAME],
                str(value)[:100],
                f"is not an argument of {tool}; arguments are {', '.join(known)}{mean_en}",
                f"不是 {tool} 的参数；可用参数：{'、'.join(known)}{mean_zh}",
            )
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "missing":
            about = model.model_fields[name].description or ""
            en, _, zh = about.partition(" / ")
            raise BadParameter(name, "", f"is missing: {en}", f"缺少该参数：{zh}") from None
        said = first["msg"][:1].lower() + first["msg"][1:]
        raise BadParameter(name[:LONGEST_NAME], str(first["input"])[:100], said, f"取值无效：{_zh(first)}") from None


def _zh(error: Any) -> str:
    """Return in Chinese what a value may be."""
    context = error.get("ctx", {})
    if error["type"] == "literal_error":
        return f"可为 {context['expected'].replace(' or ', '、').replace(', ', '、')}"
    if error["type"] == "string_pattern_mismatch":
        return "不能为空白" if context["pattern"] == VISIBLE else f"应符合 {context['pattern']}"
    if error["type"] in {"string_too_short", "string_too_long"}:
        shortest, longest = context.get("min_length"), context.get("max_length")
        return f"至少 {shortest} 个字符" if shortest is not None else f"至多 {longest} 个字符"
    limits = {
        "greater_than_equal": ("ge", "不小于"),
        "less_than_equal": ("le", "不大于"),
        "greater_than": ("gt", "大于"),
    }
    if error["type"] in limits:
        key, words = limits[error["type"]]
        return f"应{words} {context[key]}"
    return str(error["msg"])
