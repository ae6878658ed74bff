"""Questions of platforms, sectors, products and clauses, and of the graph as a whole: lists, counts, gaps."""

from __future__ import annotations

from typing import Final

from kg.kinds import KINDS
from kg.resolve.forms.targets import BEFORE_EN, BY_EN, BY_ZH, FIGURES, asking, timed
from kg.resolve.forms.things import doing
from kg.resolve.model import Asked, Form, Slot
from kg.terms import PKG

_COMPUTE: Final = {"": "pkg:Platform", "compute": "pkg:ComputePlatform"}
_SECTORS_OF_ZH: Final = (
    "{x}[都|会]?(涉及|针对|面向|服务于|服务|影响|覆盖|惠及|属于|适用于|聚焦|关注|触及|关系到|用于)[到|"
    "了]?<which><sectors>",
    "^{x}(涉及|针对|面向|服务|影响|覆盖|惠及|所属|适用|服务于|触及)[到]?的<sectors>",
    "{x}<linked><which><sectors><related>",
    "<which><sectors>(被|受|受到){x}(涉及|影响|覆盖|触及|惠及)",
    "^{x}[所在|所属]?的<sectors>",
)
_SECTORS_OF_EN: Final = (
    "(which|what) [of] [the] <sectors> (does|do|is|are) {x} (<touch>|belong to|belongs to|serve|for|about|in|related "
    "to|relevant to|support|help)",
    "(which|what) <sectors> (is|are) <touched> by {x}",
    "^<sectors> [that are|which are] (<touched>|served) by {x}",
    "^<sectors> (of|for) {x}",
    "{x} (is|are) [relevant|important] for (which|what) <sectors>",
    "{x} (touches|touch|concerns|concern|affects|affect|addresses|address|covers|cover|serves|serve) (which|what) "
    "<sectors>",
    "^<sectors> (that|which) {x} (touches|touch|concerns|concern|affects|affect|addresses|covers|serves|serve)",
)
_ALL: Final = tuple(kind.name for kind in KINDS)

_PLATFORMS_IN_ZH: Final = (
    "[在]{x}[境内|地区|当地|市内]?(有|有着|拥有|建有|布局了|建设了|设有)?<which><kind>",
    "<which><kind>[是]?(在|位于|坐落于|坐落在|设在|建在|落户|落户在){x}[境内|地区]?[的]",
    "^[位于|坐落于|设在|建在|在]?{x}[境内|地区|当地]?的<kind>",
)
_PLATFORMS_IN_EN: Final = (
    "(are|is) there [any|a] <kind> [located|based|situated] (in|within|at|inside) {x}",
    "(which|what) <kind> (are|is) [there] [located|based|situated|found] (in|within|at|inside) {x}",
    "^<kind> [that are|which are] [located|based|situated|found|there are] (in|within|at|of|inside) {x}",
    "(which|what) <kind> (does|do) {x} (have|host|possess|house)",
    "(which|what) <kind> (lie|stand|sit|exist) (in|within|inside) {x}",
    "^{x} ['s] <kind>",
)
_KINDS_ZH: Final = (("(平台)", ""), ("(算力平台|计算平台|算力设施)", "compute"))
_KINDS_EN: Final = (("(platforms)", ""), ("(compute platforms|computing platforms)", "compute"))


_MEASURES_DUE_EN: Final = (
    "(which|what) <measures> <must> be (<met>|finished|in place|implemented) <when>",
    "(which|what) <measures> (are|fall|come) due <when>",
    "^<measures> [that are|which are] due <when>",
)


def of_kind(cues: tuple[tuple[str, str], ...], rows: tuple[str, ...]) -> tuple[str, ...]:
    """Return rows with each kind of platform, and the tag of that."""
    return tuple(row.replace("<kind>", cue) + (f" => {tag}" if tag else "") for cue, tag in cues for row in rows)


WHOLE: Final = (
    Form(
        "platforms-in",
        {"x": Slot("place", ("place",))},
        {
            "": {"zh": "{x}有哪些平台？", "en": "Which platforms are in {x}?"},
            "compute": {"zh": "{x}有哪些算力平台？", "en": "Which compute platforms are in {x}?"},
        },
        {"zh": of_kind(_KINDS_ZH, _PLATFORMS_IN_ZH), "en": of_kind(_KINDS_EN, _PLATFORMS_IN_EN)},
        Asked(
            """SELECT DISTINCT ?platform WHERE {
    VALUES ?place { $x }
    ?platform a $tag .
    GRAPH $inferred { ?platform pkg:locatedWithin ?place }
}
ORDER BY ?platform""",
            choices=_COMPUTE,
        ),
        item="platform",
        follows=PKG + "locatedWithin",
    ),
    Form(
        "platforms-of",
        {"x": Slot("organization", ("organization",))},
        {
            "": {"zh": "{x}负责哪些平台？", "en": "Which platforms does {x} run?"},
            "run": {"zh": "{x}运营哪些平台？", "en": "Which platforms does {x} operate?"},
            "build": {"zh": "{x}研发哪些平台？", "en": "Which platforms does {x} develop?"},
        },
        {
            "zh": doing(
                (("<run>", "run"), ("<build>", "build"), ("(负责)", "")),
                "{x}[在|负责]?<do>[了|的|着]?[<which>]<platforms>[是什么|有哪些]?",
                "{x}[在|负责]?<do>[了|的|着]?(什么|哪些)",
                "<which><platforms>[是]?由{x}[来|负责]?<do>[的]?",
            ),
            "en": doing(
                (("(operate|manage|maintain)", "run"), ("(develop|build)", "build"), ("(run)", "")),
                "(which|what) [<platforms>] (does|do|did) {x} <do>",
            )
            + doing(
                (("<run-by>", "run"), ("<build-by>", "build"), ("(run)", "")),
                "(which|what) [<platforms>] (is|are) [being] <do> by {x}",
                "(which|what) [<platforms>] (has|have|had) {x} <do>",
                "^<platforms> <do> by {x}",
            ),
        },
        Asked(
            """SELECT DISTINCT ?platform ?relation WHERE {
    VALUES ?organization { $x }
    VALUES ?relation { $tag }
    ?platform ?relation ?organization .
}
ORDER BY ?platform ?relation""",
            choices={"": "pkg:operatedBy pkg:developedBy", "run": "pkg:operatedBy", "build": "pkg:developedBy"},
        ),
        item="platform",
        shown=("relation",),
    ),
    Form(
        "platforms-serving",
        {"x": Slot("product", ("product",))},
        {"": {"zh": "哪些平台服务于{x}？", "en": "Which platforms serve {x}?"}},
        {
            "zh": (
                "<which><platforms>[在]?(服务于|服务|支持|支撑|面向|用于|针对){x}",
                "<which>(服务于|服务|支持|支撑|面向|用于|针对){x}的<platforms>",
                "^(服务于|服务|支持|支撑|面向|用于|针对){x}的<platforms>",
                "{x}[是]?(由|被)<which><platforms>(服务|支持|支撑|提供服务)[的]",
                "[为|给]{x}(服务|提供服务|提供支撑)的<platforms>[<which>]",
                "<which><platforms>为{x}(服务|提供服务|提供支撑)",
            ),
            "en": (
                "{x} is served by (which|what) <platforms>",
                "(which|what) <platforms> (serve|serves|support|are for|are there for|are used for|help) {x}",
                "^<platforms> (serving|for|that serve|which serve|supporting) {x}",
            ),
        },
        Asked(question="platforms-serving-product", parameters={"product": "x"}),
        item="platform",
    ),
    Form(
        "sectors-of",
        {"x": Slot("measure", ("measure",))},
        {"": {"zh": "“{x}”涉及哪些行业？", "en": "Which sectors does {x} touch?"}},
        {"zh": _SECTORS_OF_ZH, "en": _SECTORS_OF_EN},
        Asked(
            """SELECT DISTINCT ?sector WHERE {
    VALUES ?measure { $x }
    GRAPH $inferred { ?measure pkg:touchesSector ?sector }
}
ORDER BY ?sector"""
        ),
        item="sector",
        follows=PKG + "touchesSector",
    ),
    Form(
        "sectors-served",
        {"x": Slot("product", ("product",))},
        {"": {"zh": "{x}服务于哪些行业？", "en": "Which sectors does {x} serve?"}},
        {"zh": _SECTORS_OF_ZH, "en": _SECTORS_OF_EN},
        Asked(
            """SELECT DISTINCT ?sector WHERE {
    VALUES ?product { $x }
    ?product pkg:servesSector ?sector .
}
ORDER BY ?sector"""
        ),
        item="sector",
    ),
    Form(
        "products-of",
        {"x": Slot("sector", ("sector",))},
        {"": {"zh": "哪些产品服务于{x}？", "en": "Which products serve {x}?"}},
        {
            "zh": (
                "<which><products>(服务于|服务|用于|面向|适用于|针对|涉及|应用于|用在)[了|到]?{x}",
                "<which><products><linked>{x}<related>",
                "^(服务于|服务|用于|面向|适用于|针对|应用于){x}的<products>",
                "{x}[有|的|相关|可用]?<which>[相关]?[的]?<products>",
                "<which><products>为{x}(服务|提供服务)",
                "<which>(服务于|服务|用于|面向|适用于|针对|涉及|应用于|用在)[了|到]?{x}的<products>",
                "^{x}[的|相关的|相关]?<products>",
            ),
            "en": (
                "(which|what) [of] [the] <products> (serve|serves|are for|are used in|are used for|help|apply to|are "
                "made for|are there for|are meant for|"
                "are intended for|relate to|are relevant to|are relevant for|concern|are designed for|benefit) {x}",
                "^<products> (for|of|serving|used in|in|that serve|which serve|made for|meant for) {x}",
                "(which|what) <products> (does|do) {x} (have|use)",
                "^{x} <products>",
            ),
        },
        Asked(question="products-serving-sector", parameters={"sector": "x"}),
        item="product",
    ),
    Form(
        "where-stated",
        {"x": Slot("thing", _ALL)},
        {"": {"zh": "“{x}”写在哪里？", "en": "Where is {x} stated?"}},
        {
            "zh": (
                "{x}[是|被]?(写在|出自|出现在|载于|见于|陈述于|来自|记载在|记载于|规定在|来源于|写于|提到在|记录在|"
                "引自|在原文中位于)[了]?"
                "[原文|文件|政策|来源]?[的|中的|里的]?(<where>|哪一段|哪段|哪句话|哪一句|哪句|哪一行|哪行|哪个段落|"
                "哪句原文|哪篇文献|哪个文件|哪份文件)",
                "{x}[是|写]?在[原文|原文的|文件|政策]?(哪一条|哪条|第几条|哪一行|第几行|哪一段|第几段)",
                "^{x}的(原文|出处|来源|依据|证据|原话|引文|原句)[在<where>|是哪句|是哪一句]?",
                "[原文|文件|政策]?[在]?<where>(写了|写到|写着|提到了|提到|规定了|说了|说到|陈述了|陈述|提及|规定|"
                "记载了){x}",
                "(哪句|哪一句|哪段|哪一段|哪几句)(原文|话|文字)?(写了|提到了|提到|说了|陈述了|陈述|提及|规定了){x}",
            ),
            "en": (
                "where (is|are|was) {x} <stated>",
                "where {x} (is|are) <stated>",
                "where (does|do) (it|the text|they) (say|state|mention) {x}",
                "where (can|could) (i|we|one) find [the] (source|text|original text|wording|evidence) (of|for) {x}",
                "(which|what) <passage> (states|state|mentions|says|contains|names|supports) {x}",
                "(in|on|by) (which|what) <passage> (is|are) {x} <stated>",
                "^(source|evidence|quotation|citation|proof|wording|original text|clause|clauses|quote) (of|for|"
                "behind) {x}",
                "where (does|do) the (source|text|policy|document|report) (state|mention|say|name) {x}",
            ),
        },
        Asked(
            """SELECT DISTINCT ?clause ?quote ?line ?source WHERE {
    VALUES ?thing { $x }
    ?evidence oa:hasBody ?thing ; oa:hasTarget ?clause .
    ?clause oa:hasSource ?passage ; oa:hasSelector/oa:exact ?quote .
    ?passage pkg:lineNumber ?line ; dcterms:isPartOf ?source .
}
ORDER BY ?source ?line ?clause"""
        ),
        shown=("quote", "line", "source"),
    ),
    Form(
        "measures-due-by",
        {"year": Slot("year", ("year",))},
        {
            "": {"zh": "到{year}年底要完成哪些措施？", "en": "Which measures are due by {year}?"},
            "before": {"zh": "到{year}年初要完成哪些措施？", "en": "Which measures are due before {year}?"},
        },
        {
            "zh": timed(
                (
                    "<when><must>(<reach>|到期)[的]<which><measures>",
                    "<which><measures>[<must>]<when>[<must>]?(<reach>|到期)",
                    "^<when><must><reach>的<measures>",
                ),
                BY_ZH,
            ),
            "en": timed(_MEASURES_DUE_EN, BY_EN) + timed(_MEASURES_DUE_EN, BEFORE_EN, "before"),
        },
        Asked(
            """SELECT DISTINCT ?measure ?target ?deadline ?year WHERE {
    ?measure pkg:hasTarget ?target .
    ?target pkg:deadline ?deadline .
    ?deadline time:inXSDgYear ?gYear .
    BIND (xsd:integer(STR(?gYear)) AS ?year)
    FILTER (?year $tag $year)
}
ORDER BY ?year ?measure ?target""",
            choices={"": "<=", "before": "<"},
        ),
        item="measure",
        shown=("target", "year"),
    ),
    Form(
        "quantitative-targets",
        {},
        {"": {"zh": "有哪些定量目标？", "en": "Which targets are quantitative?"}},
        {
            "zh": (
                "^<quantified>[的]?<targets>",
                "<which><quantified>[的]?<targets>",
                "<which><targets>(是|有|带有|带|含有)[具体的|明确的]?(量化的|定量的|量化|定量|数字|数值)[的]?",
            ),
            "en": (
                "(which|what) <targets> (are|have been) <quantified>",
                "^<quantified> <targets>",
                "(which|what) <quantified> <targets> (are there|exist)",
                "(which|what) <targets> (have|carry|state) [a] (number|numbers|figure|figures|value)",
                "^<targets> with [a] (number|numbers|figure|figures|value)",
            ),
        },
        Asked(asking("?target a pkg:QuantitativeTarget .")),
        item="target",
        shown=FIGURES,
    ),
)
