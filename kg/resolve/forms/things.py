"""Questions about one thing or two: what it is, who runs it, where it is, what it is to reach, what tells two apart."""

from __future__ import annotations

from typing import Final

from kg.kinds import KINDS
from kg.resolve.forms.targets import FIGURES, OF_EN, OF_ZH, asking
from kg.resolve.model import Asked, Form, Slot
from kg.terms import PKG

_ALL: Final = tuple(kind.name for kind in KINDS)
_INDICATOR: Final = Slot("indicator", ("indicator",))
_PLATFORM: Final = Slot("platform", ("platform",))

_RUNNING: Final = {"": "pkg:operatedBy pkg:developedBy", "run": "pkg:operatedBy", "build": "pkg:developedBy"}
_DOING_ZH: Final = (("<run>", "run"), ("<build>", "build"), ("(负责|承担|支撑)", ""))
_DOING_EN: Final = (
    ("<run>", "run"),
    ("<build>", "build"),
    ("(runs|run|running|ran|behind|in charge of|responsible for)", ""),
)
_DONE_EN: Final = (("<run-by>", "run"), ("<build-by>", "build"), ("(run)", ""))
_DOER_ZH: Final = (
    ("(运营|运行|运维|管理|经营)(方|者|商|机构|单位|主体)", "run"),
    ("(研发|开发|建设|研制|承建)(方|者|商|机构|单位|主体)", "build"),
    ("负责(方|人|机构|单位)", ""),
)
_DOER_EN: Final = (("(operator|operators|manager)", "run"), ("(developer|developers|builder|maker)", "build"))


def doing(cues: tuple[tuple[str, str], ...], *rows: str) -> tuple[str, ...]:
    """Return rows with each way to say who does something: a cue, and the tag of what it says."""
    return tuple(row.replace("<do>", cue) + (f" => {tag}" if tag else "") for cue, tag in cues for row in rows)


_VALUE_ZH: Final = (
    *OF_ZH,
    "^{x}的(目标值|目标数值|数值目标|目标数|计划值|数值)[是多少|为多少]",
    "{x}[的]<targets>[值](是多少|为多少|有多高|有多大|多少|定为多少|定在多少|设定为多少)",
    "{x}[<must>](达到|达|实现|增长到|提高到|提升到|扩大到|做到|增至|超过|完成)[到]?(多少|多大规模|多大的规模|多大|"
    "多高水平|多高|什么水平|什么规模|几何|什么程度|怎样的水平)",
    "{x}[的值|的数值](是|为|有|达)?(多少|多大|多高)",
    "{x}[<must>]是多少",
    "{x}[<must>]?有(多大|多高|多少)",
)
_VALUE_EN: Final = (
    *OF_EN,
    "what is the (target|goal|objective|target value|target figure|planned value|value) (for|of|set for|on) {x}",
    "what are the (target|planned) (values|figures) (for|of) {x}",
    "(target|target value|target figure|goal|value) (for|of) {x}",
    "how (large|big|high|much|many|great|strong|far) (should|must|will|is|are|shall|does|do) {x} [to|have to|need "
    "to] [be|become|reach|grow|get|supposed to be|"
    "to be|meant to be|expected to be|planned to be|go]",
    "how (much|many|large|high|big|great) {x} (is|are|should be|must be|will be) [there|planned|targeted|expected|"
    "required|to be reached|reached]",
    "(what|which) (level|value|size|number|figure|amount|scale) (should|must|will|shall|is|does) {x} [have to|need "
    "to|to] (reach|have|be|attain|hit|grow to|get to)",
    "what (should|must|will|shall|is|does) {x} [have to|need to|to] (reach|be|attain|amount to|grow to|come to|hit)",
    "(to|at) what level (should|must|will) {x} (be|grow|rise|stand)",
)

_FACTS: Final = """SELECT DISTINCT ?thing ?relation ?direction ?value WHERE {
    VALUES ?thing { $things }
    {
        VALUES ?relation { $stated }
        { ?thing ?relation ?value BIND ("of" AS ?direction) }
        UNION { ?value ?relation ?thing BIND ("to" AS ?direction) }
    } UNION {
        VALUES ?relation { $following }
        GRAPH $inferred {
            { ?thing ?relation ?value BIND ("of" AS ?direction) }
            UNION { ?value ?relation ?thing BIND ("to" AS ?direction) }
        }
    }
}
ORDER BY ?relation ?direction ?value ?thing"""

THINGS: Final = (
    Form(
        "indicator-value-in",
        {"x": _INDICATOR, "year": Slot("year", ("year",))},
        {"": {"zh": "到{year}年{x}要达到多少？", "en": "What is the target for {x} in {year}?"}},
        {
            "zh": (
                "[到|至|在|截至]{year}[底|末|年底]{x}[<must>](达到|达|实现|为|是|超过)[到]?(多少|多大|多高|"
                "什么水平|什么规模)",
                "{x}[到|至|在|截至|于]{year}[底|末|年底][<must>](达到|达|实现|为|是|超过)[到]?(多少|多大|多高|"
                "什么水平|什么规模)",
                "^[到|至|在|截至]{year}[底|末|年底][的]{x}[的]<targets>[值][是多少|为多少]",
                "^{x}[到|至|在|截至|于]{year}[底|末|年底][的]<targets>[值][是多少|为多少]",
            ),
            "en": (
                "what is the (target|goal|objective|target value|planned value|value) (for|of|set for|on) {x} (in|by|"
                "for|at the end of|by the end of) {year}",
                "how (large|big|high|much|many|great) (should|must|will|is|are|shall|does|do) {x} [to|have to|need "
                "to|supposed to|meant to|expected to|planned to] "
                "(be|become|reach|grow|get) (in|by|at the end of|by the end of) {year}",
                "(what|which) (level|value|size|number|figure|amount|scale) (should|must|will|shall|is|does) {x} "
                "[have to|need to|to] (reach|have|be|attain|hit|"
                "grow to|get to) (in|by|at the end of|by the end of) {year}",
                "what (should|must|will|is|does) {x} [have to|need to|to] (reach|be|attain|amount to|grow to|come to|"
                "hit) (in|by|at the end of|by the end of) {year}",
                "(in|by|by the end of|at the end of) {year} what (should|must|will|is) {x} [to] (reach|be)",
                "(in|by|by the end of|at the end of) {year} how (large|big|high|much|many) (should|must|will) {x} "
                "(be|become|reach)",
                "^<targets> (of|for) {x} (in|by|by the end of|at the end of) {year}",
                "^{x} <targets> (for|in|by|by the end of|at the end of) {year}",
                "^{year} <targets> (for|of) {x}",
                "^{year} {x} <targets>",
                "^{x} (in|by|by the end of|at the end of) {year}",
            ),
        },
        Asked(asking("?target pkg:hasIndicator $x .", "FILTER (?year = $year)")),
        item="target",
        shown=FIGURES,
    ),
    Form(
        "indicator-value",
        {"x": _INDICATOR},
        {"": {"zh": "{x}要达到多少？", "en": "What is the target for {x}?"}},
        {"zh": _VALUE_ZH, "en": _VALUE_EN},
        Asked(asking("?target pkg:hasIndicator $x .")),
        item="target",
        shown=FIGURES,
    ),
    Form(
        "deadline-of",
        {"x": Slot("thing", ("target", "indicator", "measure"))},
        {"": {"zh": "{x}什么时候到期？", "en": "When is {x} due?"}},
        {
            "zh": (
                "{x}[<must>][在|于]<when>[<must>|之前|前]?(到期|截止|<reach>)",
                "{x}的(期限|截止日期|截止时间|截止期限|完成时间|完成期限|时限|到期时间|目标年份)[是|为|在]?[<when>|"
                "什么|哪一年]",
                "<when>[<must>]<reach>{x}",
            ),
            "en": (
                "(when|by when|by what year|by which year|in what year|in which year) (is|are) {x} (due|to be <met>|"
                "to be finished|expected|meant to be <met>|supposed to be <met>)",
                "(when|by when|by what year|by which year|in which year) (must|should|will|has to|have to) {x} (be "
                "<met>|be finished|be done|be in place|happen)",
                "(what|when) is the (deadline|due date|target date|target year|time limit) (of|for) {x}",
                "[the] (deadline|due date|target year) (of|for) {x}",
                "{x} 's (deadline|due date)",
                "^{x} (deadline|due date)",
                "(what|which) is {x} 's (deadline|due date)",
                "(how long|until when) (is|are|has|have|do) {x} [have|got] (time|until)",
                "by when (is|are) {x} (planned|scheduled|required)",
            ),
        },
        Asked(asking("$pattern")),
        item="target",
        shown=FIGURES,
    ),
    Form(
        "who-runs",
        {"x": _PLATFORM},
        {
            "": {"zh": "谁负责{x}？", "en": "Who runs {x}?"},
            "run": {"zh": "谁运营{x}？", "en": "Who operates {x}?"},
            "build": {"zh": "谁研发{x}？", "en": "Who develops {x}?"},
        },
        {
            "zh": (
                *doing(
                    _DOING_ZH,
                    "<who>[在|来|负责]<do>[了|的|着]{x}",
                    "{x}[是|系]?(由|归|被|靠)<who>[来|负责|牵头]?<do>[的|了]?",
                    "{x}[是]<who><do>[的|了]?",
                    "<do>{x}的[机构|单位|公司|组织]?(是谁|是哪家|是哪个|是什么机构|有谁|有哪些|是哪个机构|是哪家机构)",
                ),
                *doing(
                    _DOER_ZH,
                    "{x}的<do>[是谁|是哪家|是哪个|是什么|有哪些|有谁|是哪家机构|是哪个机构|是什么机构]",
                    "<who>是{x}的<do>",
                ),
            ),
            "en": (
                *doing(
                    _DOING_EN,
                    "who [is|are|was] <do> {x}",
                    "(which|what) <body> [is|are|was] <do> {x}",
                ),
                *doing(
                    _DONE_EN,
                    "(by whom|by who|by which <body>|by what <body>) (is|was|are) {x} [being] <do>",
                    "(who|which <body>|what <body>) (is|was|are) {x} [being] <do> by",
                    "{x} (is|was) <do> by (whom|who|which <body>|what <body>)",
                ),
                *doing(
                    _DOER_EN, "^<do> of {x}", "who (is|are) the <do> of {x}", "^{x} 's <do>", "who (is|are) {x} 's <do>"
                ),
            ),
        },
        Asked(
            """SELECT DISTINCT ?organization ?relation WHERE {
    VALUES ?platform { $x }
    VALUES ?relation { $tag }
    ?platform ?relation ?organization .
}
ORDER BY ?organization ?relation""",
            choices=_RUNNING,
        ),
        item="organization",
        shown=("relation",),
    ),
    Form(
        "where-is",
        {"x": Slot("thing", ("platform", "place", "organization"))},
        {"": {"zh": "{x}在哪里？", "en": "Where is {x}?"}},
        {
            "zh": (
                "{x}[是]?(在|位于|坐落于|坐落在|地处|设在|建在|处于|位处|落户|落户在|落在|设于|建于)[了]?<where>",
                "^{x}[所在]?的[所在]?(位置|地点|所在地|地址|地理位置|方位)[在<where>|是<where>]",
                "<where>(是|有|能找到){x}",
            ),
            "en": (
                "where (is|are|was) {x} [located|situated|based|found|built|to be found|placed]",
                "where {x} (is|are) [located|situated|based]",
                "whereabouts is {x}",
                "where (can|could) [one|i|we|you] (find|visit) {x}",
                "where (does|do) {x} (lie|stand|sit)",
                "^(location|site|seat|position|whereabouts) of {x}",
                "^{x} ['s] (location|site|seat|address|whereabouts)",
                "in (which|what) (city|place|province|region|area) is {x} [located|situated|based]",
                "(which|what) (city|place|region) is {x} (in|located in|situated in|based in)",
            ),
        },
        Asked(
            """SELECT DISTINCT ?place WHERE {
    VALUES ?thing { $x }
    GRAPH $inferred { ?thing pkg:locatedWithin ?place }
}
ORDER BY ?place"""
        ),
        item="place",
        follows=PKG + "locatedWithin",
    ),
    Form(
        "compare",
        {"x": Slot("first", _ALL), "y": Slot("second", _ALL)},
        {"": {"zh": "比较{x}和{y}", "en": "Compare {x} with {y}"}},
        {
            "zh": (
                "(比较|对比|对照|比一比|相比较|比比)[一下|下]{x}(和|与|跟|同|及|、|以及){y}[的异同|的区别|的不同|"
                "的差异|的差别|两者|二者]",
                "(把|将){x}(和|与|跟|同|及){y}[进行|作|做|加以]?(比较|对比|相比)[一下]",
                "{x}(和|与|跟|同|及){y}[之间|两者|二者][的]?(有|存在)?(什么|何|哪些|怎样的|啥)(区别|不同|差异|异同|"
                "差别|不一样|共同点|相同)[之处]",
                "{x}(和|与|跟|同|及){y}[之间|两者]?的(区别|异同|不同|差异|差别|对比|比较|共同点)[之处]?[是什么|"
                "在哪里|有哪些|在哪|何在]",
                "{x}(vs|对比|相比于|比之){y}",
                "{x}(和|与|跟|同|、){y}(相比|比较|对比|比|哪里不同|有何不同|有何区别|哪里不一样)[如何|怎么样|怎样|"
                "起来]",
            ),
            "en": (
                "(compare|comparing|contrast) {x} (with|to|and|against|versus|vs|from) {y}",
                "^(difference|differences|comparison|similarities|similarity|contrast) between {x} and {y}",
                "^comparison of {x} (and|with|to) {y}",
                "(how|in what) (is|are) {x} different (from|to|than) {y}",
                "how similar (is|are) {x} (to|and) {y}",
                "(how|where|in what) (do|does) {x} (compare|differ|compares) (with|to|from|and|against) {y}",
                "(how|where|in what) (do|are) {x} and {y} (compare|differ|different|related)",
                "{x} (vs|versus|compared with|compared to|against) {y}",
                "what (do|does) {x} and {y} have in common",
                "what (distinguishes|separates) {x} (from|and) {y}",
            ),
        },
        Asked(_FACTS),
        item="value",
    ),
    Form(
        "describe",
        {"x": Slot("thing", _ALL)},
        {"": {"zh": "{x}是什么？", "en": "What is {x}?"}},
        {
            "zh": (
                "{x}[到底|究竟|具体]?(是什么|指什么|是指什么|是啥|是怎样的|是什么样的|是什么意思|指的是什么|"
                "是谁)[东西|机构|平台|地方|产品|意思|概念]",
                "(什么是|何为|何谓|什么叫|啥是){x}",
                "{x}[到底|究竟]?是(做什么|干什么|干嘛|搞什么|用来做什么|用来干什么)的",
                "(介绍|描述|说说|讲讲|解释|说明|谈谈|概述|简述|科普|讲解|了解)[一下|下|说明]{x}",
                "^[关于|有关]{x}的(信息|介绍|情况|资料|内容|简介|概况|详情|说明|定义|含义|描述|基本情况|基本信息)",
                "(关于|有关){x}[图谱|图]?(知道|有|记载了|收录了)(什么|哪些信息|哪些内容)",
            ),
            "en": (
                "(what|who) (is|are|was) {x}",
                "what {x} (is|are|means)",
                "(describe|explain|define|introduce|summarise|summarize) {x}",
                "[what do you know|what is known|what does the graph say|what can you tell me|more|something|all|"
                "everything|anything] about {x}",
                "^(information|details|facts|description|definition|overview|summary|info|meaning) [on|about|of|for] "
                "{x}",
                "what (does|do) {x} (mean|stand for)",
                "what (kind|sort) of (thing|body|platform|place|product|organization|organisation) is {x}",
                "what is meant by {x}",
                "who or what is {x}",
            ),
        },
        Asked(_FACTS),
        item="value",
    ),
)
