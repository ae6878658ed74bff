"""The table of tools: name, words in both languages, arguments, what they give, and the function that does it."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from kg.agents import outputs
from kg.agents.arguments import (
    LONGEST_NAME,
    Arguments,
    CompareArguments,
    DescribeArguments,
    Language,
    QueryArguments,
    QuestionsArguments,
    SchemaArguments,
    SearchArguments,
    TargetsArguments,
    TouchingArguments,
    checked,
    language_in,
)
from kg.agents.asking import questions
from kg.agents.mistakes import explained
from kg.agents.querying import query
from kg.agents.reading import Reading
from kg.agents.things import Result, compare, describe, measures_touching, search, targets
from kg.agents.vocabulary import schema
from kg.errors import KgError

INSTRUCTIONS: Final = """A knowledge graph of public policy: measures, targets, sectors, platforms, bodies, places. \
Every fact is quoted from its source: cite `quote`, `source` and `line` when you use one. Begin with `search` or \
`measures_touching`; use `schema` before you write SPARQL for `query`. Names work in Chinese and English.
公共政策知识图谱：措施、目标、行业领域、平台、机构、地点。\
每个事实都引自原文：使用时请注明 `quote`、`source` 和 `line`。\
先用 `search` 或 `measures_touching`；写 SPARQL 前先看 `schema`。中英文名称均可。"""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool; `run` is a plain function, or one that waits for a worker."""

    name: str
    title: str
    en: str
    zh: str
    arguments: type[Arguments]
    output: Mapping[str, Any]
    run: Callable[[Reading, Any], Result | Awaitable[Result]]

    @property
    def description(self) -> str:
        """What it does, in both languages."""
        return f"{self.en}\n{self.zh}"

    @property
    def input(self) -> dict[str, Any]:
        """The JSON Schema of its arguments."""
        return self.arguments.model_json_schema()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call gives: a result, or an error that says what would have been right."""

    data: dict[str, Any]
    text: str
    failed: bool = False


TOOLS: Final = (
    Tool(
        "search",
        "Search · 搜索",
        "Find things by name: exact, part, alias, pinyin, initials or with typos, in Chinese or English; ranked, with "
        "what matched and the clause that names the thing.",
        "按名称查找事物：全名、部分、别名、拼音、首字母或有错字，中英文均可；结果排序，并给出匹配之处和提及它的原文。",
        SearchArguments,
        outputs.SEARCH,
        search,
    ),
    Tool(
        "describe",
        "Describe a thing · 描述事物",
        "Everything about one thing: values and relations, each with the clauses that state it.",
        "一个事物的全部信息：数值与关系，各附陈述它的原文。",
        DescribeArguments,
        outputs.DESCRIBE,
        describe,
    ),
    Tool(
        "measures_touching",
        "Measures touching a sector · 涉及某行业的措施",
        "The full and exact list of measures that touch a sector (healthcare, education, …), with the reason for each: "
        "the way from measure to sector step by step, each step with its clause.",
        "涉及某行业领域（医疗、教育……）的全部措施，并说明缘由：从措施到行业的每一步，各附原文。",
        TouchingArguments,
        outputs.MEASURES_TOUCHING,
        measures_touching,
    ),
    Tool(
        "targets",
        "Targets · 目标",
        "Targets by deadline, indicator, sector, policy, measure, product, place, theme or comparator: value and unit "
        "as stated and normalised, deadline, and the clauses that state them.",
        "按期限、指标、行业、政策、措施、产品、地点、主题或比较关系筛选目标：原文数值与单位、归一化数值、期限及原文。",
        TargetsArguments,
        outputs.TARGETS,
        targets,
    ),
    Tool(
        "compare",
        "Compare two things · 比较两个事物",
        "Two things side by side: what both have, and what only one has, each with its clauses.",
        "并列比较两个事物：共有的，以及仅其一具有的，各附原文。",
        CompareArguments,
        outputs.COMPARE,
        compare,
    ),
    Tool(
        "schema",
        "Schema · 模式",
        "Classes, properties, prefixes, graphs and example queries, with labels and definitions: what to know before "
        "writing SPARQL. `about` narrows it.",
        "类、属性、前缀、命名图和示例查询，附名称与定义：编写 SPARQL 前应了解的内容。用 `about` 缩小范围。",
        SchemaArguments,
        outputs.SCHEMA,
        schema,
    ),
    Tool(
        "query",
        "SPARQL query · SPARQL 查询",
        "Read-only SPARQL 1.1 over the graph (SELECT, ASK, CONSTRUCT, DESCRIBE), under the service's limits of time "
        "and memory. Each clause of a row says what it `states`: a `fact` of the row, a `premise` it follows from, "
        "what the query itself has `shown`, or only a `name` in the row, which proves nothing. No update, no SERVICE.",
        "对图执行只读 SPARQL 1.1 查询（SELECT、ASK、CONSTRUCT、DESCRIBE），受服务的时间与内存限制；"
        "各行附原文，`states` 说明其作用：`fact` 陈述该行，`premise` 为推理前提，`shown` 由查询选出，"
        "`name` 仅提及名称，不构成证据。不支持更新和 SERVICE。",
        QueryArguments,
        outputs.QUERY,
        query,
    ),
    Tool(
        "questions",
        "Canned questions · 预设问题",
        "The questions that this graph is made to answer, with parameters: without `slug` the list, with one its "
        "answer, the SPARQL and the clauses, each with what it `states` as in `query`.",
        "本图谱预设的问题及其参数：不给 `slug` 则列出，给出则返回答案、SPARQL 和原文（`states` 同 `query`）。",
        QuestionsArguments,
        outputs.QUESTIONS,
        questions,
    ),
)
"""The tools in the order in which they are listed."""

TOOL_BY_NAME: Final = {tool.name: tool for tool in TOOLS}


async def call(tool: Tool, given: Mapping[str, Any], open_reading: Callable[[], Awaitable[Reading]]) -> Outcome:
    """Return what a tool gives; errors of ours are outcomes, any other exception is raised."""
    language = _language(given)
    try:
        arguments = checked(tool.arguments, tool.name, given)
        language = arguments.language
        reading = await open_reading()
        if inspect.iscoroutinefunction(tool.run):
            result = await tool.run(reading, arguments)
        else:
            result = await reading.aside(partial(tool.run, reading, arguments))
    except KgError as error:
        data, text = explained(error, language, str(given.get("query", "")) if tool.name == "query" else "")
        return Outcome({"error": data}, text, failed=True)
    return Outcome(result.data, result.text)


def near_tools(name: str) -> list[str]:
    """Return the names of the tools that look like a name.

    >>> near_tools("measure_touching")
    ['measures_touching']
    """
    return difflib.get_close_matches(name[:LONGEST_NAME], TOOL_BY_NAME, n=3)


def _language(given: Mapping[str, Any]) -> Language:
    """Return the language of what was sent, before it is known to be right."""
    if given.get("lang") in {"zh", "en"}:
        return "zh" if given["lang"] == "zh" else "en"
    return language_in(given.values())
