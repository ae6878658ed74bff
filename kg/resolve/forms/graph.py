"""Questions of the graph as a whole: lists and counts of collections, gaps, coverage."""

from __future__ import annotations

from typing import Final

from kg.resolve.model import Asked, Form, Slot

_COLLECTION: Final = {"collection": Slot("collection", ("collection",))}
_LISTED: Final = Asked(
    """SELECT DISTINCT ?thing ?kind WHERE {
    ?thing a $class .
    OPTIONAL { ?thing pkg:measureKind ?kind }
}
ORDER BY ?thing"""
)
"""Of measures, their kind goes along: a measure that a source names by its title, or only a provision of it."""

GRAPH: Final = (
    Form(
        "list",
        _COLLECTION,
        {"": {"zh": "有哪些{collection}？", "en": "Which {collection} are there?"}},
        {
            "zh": (
                "^{collection}",
                "[政策|文件|图][中|里|涉及|提到|包含]?[都|一共]?[包括|包含|涉及|提到]?[了]?<which>{collection}",
                "[政策|文件|图|这里][中|里]?<which>{collection}(可查|可以查|可供查询)",
                "{collection}(包括|包含|有)(哪些|什么)",
            ),
            "en": (
                "^{collection}",
                "(which|what) {collection} (are there|exist|are known|do you have|do you know|are covered|are listed|"
                "does the graph have|does it have|"
                "are in it|are mentioned|are named|are included|does the graph know|does the graph cover|there are)",
                "are there any {collection}",
            ),
        },
        _LISTED,
        item="thing",
        shown=("kind",),
    ),
    Form(
        "how-many",
        _COLLECTION,
        {"": {"zh": "有多少个{collection}？", "en": "How many {collection} are there?"}},
        {
            "zh": (
                "[一共|总共|共]?[有|包含|包括|收录了|涉及|涉及了|提到了]?[一共|总共]?<many>{collection}",
                "{collection}[一共|总共|共]?[有]?<many>",
                "{collection}[的](数量|总数|个数|数目|总量)[是多少|有多少|为多少|是几个]",
                "{collection}[的](总数|总量|数量)",
            ),
            "en": (
                "how many [different] {collection}",
                "how many {collection} (are there|exist|are listed|there are|does the graph have|do you have|do you "
                "know|are in it|are known|are covered|"
                "are mentioned|are named|does the graph know|does it have|in total|are there in total|in all|are "
                "there altogether)",
                "[what is] [the] [total] (number|count) of {collection}",
                "count [all] [the] {collection}",
            ),
        },
        _LISTED,
        item="thing",
        shown=("kind",),
        counts=True,
    ),
    Form(
        "sectors-without-measures",
        {},
        {"": {"zh": "哪些行业没有措施？", "en": "Which sectors have no measures?"}},
        {
            "zh": (
                "<which><sectors><none><measures>[涉及|覆盖|针对|支持]?[到]?",
                "<none><measures>[涉及|覆盖|针对|触及]?[到]?的<sectors>[<which>|是<which>]?",
                "^<none><measures>[涉及|覆盖|针对|触及]?[到]?的<sectors>",
                "<which><sectors>(没有|未|没|尚未|还没有|不)[被|受]?[任何]?[<measures>]?(涉及|覆盖|触及|提及|"
                "针对)[到]?",
                "<which><sectors>(没有|未|没|尚未)被(任何)?<measures>(涉及|覆盖|触及)[到]?",
                "^(未|没有|尚未)被[任何]?<measures>(涉及|覆盖|触及)[到]?的<sectors>",
            ),
            "en": (
                "(which|what) [of] [the] <sectors> (have|has) no <measures>",
                "(which|what) <sectors> (do|does) not have [any] <measures>",
                "(which|what) <sectors> (are|is) not <touched> [by any <measures>|by a <measures>]",
                "(which|what) <sectors> (are|is) <touched> by no <measures>",
                "(which|what) <sectors> (do|does) no <measures> (touch|concern|affect|address|cover)",
                "(which|what) <sectors> (lack|lacks|are without|miss|are missing) [any] <measures>",
                "^<sectors> (without|with no|lacking) [any] <measures>",
                "^(untouched|uncovered) <sectors>",
                "^<sectors> [that|which] [are] not <touched> by any <measures>",
            ),
        },
        Asked(
            """SELECT DISTINCT ?sector WHERE {
    ?sector a pkg:Sector .
    FILTER NOT EXISTS { GRAPH $inferred { ?measure pkg:touchesSector ?sector } }
}
ORDER BY ?sector"""
        ),
        item="sector",
    ),
    Form(
        "measures-with-targets",
        {},
        {
            "": {"zh": "哪些措施有目标？", "en": "Which measures have targets?"},
            "quantified": {"zh": "哪些措施有量化目标？", "en": "Which measures have quantified targets?"},
        },
        {
            "zh": (
                "<which><measures>(有|带有|带|设有|设定了|附有|包含|含有|提出了|规定了|具有)[明确的|具体的|明确|"
                "具体]?<quantified>[的]?(目标|指标|目标值|任务) => quantified",
                "<which><measures>(有|带有|带|设有|设定了|附有|包含|含有|提出了|规定了|具有)[明确的|具体的|明确|"
                "具体]?(目标)",
                "^(有|带有|带|设有|设定了|附有|具有|含有)[明确的|具体的]?<quantified>[的]?(目标|指标|"
                "任务)的<measures> => quantified",
                "^(有|带有|带|设有|设定了|附有|具有|含有)[明确的|具体的]?目标的<measures>",
            ),
            "en": (
                "(which|what) [of] [the] <measures> (have|has|carry|set|come with|state|include) [a|any] "
                "<quantified> <targets> => quantified",
                "(which|what) [of] [the] <measures> (have|has|carry|set|come with|state|include) [a|any] <targets>",
                "^<measures> (with|that have|which have|having) [a|any] <quantified> <targets> => quantified",
                "^<measures> (with|that have|which have|having) [a|any] <targets>",
            ),
        },
        Asked(
            """SELECT DISTINCT ?measure ?target WHERE {
    ?measure a pkg:Measure ; pkg:hasTarget ?target .
    ?target a $tag .
}
ORDER BY ?measure ?target""",
            choices={"": "pkg:Target", "quantified": "pkg:QuantitativeTarget"},
        ),
        item="measure",
        shown=("target",),
    ),
    Form(
        "qualitative-targets",
        {},
        {"": {"zh": "有哪些定性目标？", "en": "Which targets are qualitative?"}},
        {
            "zh": (
                "^<qualitative>[的]?<targets>",
                "<which><qualitative>[的]?<targets>",
                "<which><targets>(是定性的|没有数字|没有数值|没有量化|未量化|不是定量的|不是量化的|没有具体数字|"
                "是定性目标|不带数字|没有定量)",
            ),
            "en": (
                "(which|what) [of] [the] <targets> (are|is) (<qualitative>|not <quantified>|without a number|without "
                "numbers|stated in words|stated as an outcome)",
                "^<qualitative> <targets>",
                "(which|what) <qualitative> <targets> (are there|exist|do you have)",
                "^<targets> (without|with no) [a|any] (number|numbers|figure|figures|value|values)",
                "(which|what) <targets> (have|has) no (number|numbers|figure|figures|value|values)",
            ),
        },
        Asked(question="qualitative-outcomes"),
        item="target",
        shown=("year", "wording"),
    ),
    Form(
        "coverage",
        {},
        {"": {"zh": "措施的覆盖率是多少？", "en": "What is the coverage of the measures?"}},
        {
            "zh": (
                "^[措施|政策|图谱|图|数据|政策措施]?[的]?(覆盖率|覆盖情况|覆盖程度|覆盖范围|完整性|完整程度)[是多少|"
                "有多高|如何|怎么样|怎样|多高|为多少|情况]?",
                "[图谱|图|数据]?(覆盖|收录|建模|包含|收录了|覆盖了)[了]?(多少|几)[条|项]?<measures>",
                "<many><measures>(被|得到)?(覆盖|收录|建模)[了]?",
                "[图谱|图|数据]?(覆盖|收录|建模)[了]?<measures>的(多少|多大比例|几成)",
                "(图谱|图|数据|措施)[收录|覆盖]?[得|的]?(有多完整|完整吗|是否完整|完整)",
            ),
            "en": (
                "^(coverage|completeness) [of] [the] [measures|policy|graph|data|policy measures]",
                "(what|how good|how high|how complete) is the (coverage|measure coverage|completeness) [rate] [of] "
                "[the] [measures|policy|graph|data]",
                "how (complete|full) (is|are) the (graph|data|coverage|measures|dataset)",
                "how (much|many) of the (measures|policy|declared measures) (are|is) (modelled|covered|in the graph|"
                "included|modeled|in here|captured)",
                "how many [of] [the] [declared] <measures> (are|is|have been) (modelled|modeled|covered|captured)",
            ),
        },
        Asked(question="coverage"),
        item="policy",
        shown=("declared", "titled", "provisions"),
    ),
    Form(
        "published-when",
        {"x": Slot("policy", ("policy",))},
        {"": {"zh": "{x}什么时候公布？", "en": "When was {x} published?"}},
        {
            "zh": (
                "{x}[是]?[在|于]?<when>(公布|发布|出台|印发|颁布|发表|公开)[的]?",
                "^{x}的(公布|发布|出台|印发)(时间|日期)",
            ),
            "en": (
                "when (was|were|is) {x} (published|issued|released|made public|announced|adopted)",
                "when did {x} (come out|appear|get published|get issued)",
                "^(publication date|date of publication|date) of {x}",
                "[on] (what|which) (date|day) was {x} (published|issued|released|made public)",
            ),
        },
        Asked(
            """SELECT DISTINCT ?policy ?published WHERE {
    VALUES ?policy { $x }
    ?policy eli:date_publication ?published .
}
ORDER BY ?published"""
        ),
        item="policy",
        shown=("published",),
    ),
)
