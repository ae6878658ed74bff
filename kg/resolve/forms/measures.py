"""Questions that measures answer."""

from __future__ import annotations

from typing import Final

from kg.resolve.model import Asked, Form, Slot
from kg.terms import PKG

ABOUT_ZH: Final = (
    "<which><measures>[会|能|都]<touch>{x}",
    "<which><measures><linked>{x}<related>",
    "<which><linked>{x}<related>的<measures>",
    "[都]<which><touch>{x}的<measures>",
    "<touch>{x}的[都]<which><measures>",
    "<which><measures>是<touch>{x}的",
    "<measures>(中|里|当中|里面)[有]?<which>[是]?<touch>{x}[的]",
    "<measures>(中|里|当中|里面)[有]?<which>[是]?<linked>{x}<related>[的]",
    "<linked>{x}<related>的[都]<which><measures>",
    "^<touch>{x}的<measures>",
    "^<linked>{x}<related>的<measures>",
    "^{x}[相关|有关][的]<measures>",
    "[针对|围绕|对于|对|就|在|为|面向|关于]{x}[政策|广东|文件]?[都]?[有|出台了|采取了|提出了|推出了|制定了|规定了|"
    "采取|出台|提出|推出]<which>[相关|有关|具体|对应][的]<measures>",
    "[针对|围绕|对于|对|就|在|为|面向|关于]{x}的<measures>(都|分别)?(是什么|是哪些)",
    "<which>(针对|围绕|对于|面向|关于){x}[方面|领域]?的<measures>",
    "{x}(被|受|由|受到)<which><measures>[的](涉及|影响|覆盖|涵盖|触及)[到]",
)
"""Which measures have to do with `{x}`."""

ABOUT_EN: Final = (
    "<which> <measures> [would|will|can|do|also] <touch> {x}",
    "(do|does) any <measures> <touch> {x}",
    "(are|is) there [any|a|some] <measures> (<touching>|that <touch>|which <touch>|that are <touching>) {x}",
    "what (touches|touch) {x}",
    "(everything|anything|all) that (touches|touch) {x}",
    "(which|what) {x} <measures> (are|exist) [there]",
    "{x} (which|what) <measures> [are there]",
    "<which> <measures> <touching> {x}",
    "{x} is <touched> by (which|what) [of] [the] <measures>",
    "what does the policy do (for|about) {x}",
    "(which|what) <measures> (does|do) {x} have",
    "(which|what) <measures> (have|has) (to do with|a bearing on|relevance to|relevance for|anything to do with) {x}",
    "<which> <measures> are [there|taken|planned|proposed] <touching> {x}",
    "<which> <measures> (exist|do you have|does the graph have|does the policy have|have been proposed|are there) "
    "<touching> {x}",
    "^<measures> <touching> {x}",
    "^<measures> (that|which) (<touch>|are <touching>) {x}",
    "^{x} [related|relevant] <measures>",
    "(by|through) (which|what) <measures> is {x} <touched>",
    "(which|what) <measures> is {x} <touched> by",
)

COUNTING_ZH: Final = (
    "[一共|总共|共][有]<many><measures><touch>{x}",
    "[一共|总共|共][有]<many><measures><linked>{x}<related>",
    "[一共|总共|共]有<many>(<touch>|<linked>){x}[<related>]的<measures>",
    "<touch>{x}的<measures>[一共|总共|共][有]<many>",
    "<linked>{x}<related>的<measures>[一共|总共|共][有]<many>",
    "<touch>{x}的<measures>(数量|总数|个数|条数)[是多少|有多少|为多少]",
    "<linked>{x}<related>的<measures>(数量|总数|个数|条数)[是多少|有多少|为多少]",
    "[针对|围绕|对于|对|在|关于|面向]{x}[政策|广东]?[一共|总共|共]?(有|出台了|提出了|采取了|推出了)?<many>[相关|"
    "有关][的]<measures>",
    "{x}[相关|有关]?[的]?<measures>[一共|总共|共]?[有]?<many>",
    "{x}[相关|有关]?[的]?<measures>[的](数量|总数|个数|条数)[是多少|有多少|为多少]",
    "{x}(被|受|由|受到)<many><measures>[的](涉及|影响|覆盖|涵盖|触及)[到]",
)
COUNTING_EN: Final = (
    "how many [of] [the] <measures> [do|would|will] <touch> {x}",
    "how many <measures> are [there] <touching> {x}",
    "how many <measures> (does|do) {x} have",
    "how many <measures> (have|has) (to do with|a bearing on|anything to do with) {x}",
    "{x} is <touched> by how many <measures>",
    "how many <measures> (are there|exist) (that|which) <touch> {x}",
    "how many {x} <measures> are there",
    "[what is] [the] [total] (number|count) of <measures> <touching> {x}",
    "[what is] [the] [total] (number|count) of <measures> (that|which) <touch> {x}",
    "count [all] [the] <measures> (<touching>|that <touch>) {x}",
    "by how many <measures> is {x} <touched>",
)

_SECTOR: Final = Slot("sector", ("sector",))
_PRODUCT: Final = Slot("product", ("product",))

MEASURES: Final = (
    Form(
        "measures-touching",
        {"x": _SECTOR},
        {"": {"zh": "哪些措施涉及{x}？", "en": "Which measures touch {x}?"}},
        {"zh": ABOUT_ZH, "en": ABOUT_EN},
        Asked(question="why-measures-touch-sector", parameters={"sector": "x"}),
        item="measure",
        follows=PKG + "touchesSector",
    ),
    Form(
        "how-many-touching",
        {"x": _SECTOR},
        {"": {"zh": "有多少条措施涉及{x}？", "en": "How many measures touch {x}?"}},
        {"zh": COUNTING_ZH, "en": COUNTING_EN},
        Asked(question="why-measures-touch-sector", parameters={"sector": "x"}),
        item="measure",
        follows=PKG + "touchesSector",
        counts=True,
    ),
    Form(
        "measures-for-product",
        {"x": _PRODUCT},
        {"": {"zh": "哪些措施涉及{x}？", "en": "Which measures concern {x}?"}},
        {"zh": ABOUT_ZH, "en": ABOUT_EN},
        Asked(question="measures-for-product", parameters={"product": "x"}),
        item="measure",
        shown=("product",),
    ),
    Form(
        "how-many-for-product",
        {"x": _PRODUCT},
        {"": {"zh": "有多少条措施涉及{x}？", "en": "How many measures concern {x}?"}},
        {"zh": COUNTING_ZH, "en": COUNTING_EN},
        Asked(question="measures-for-product", parameters={"product": "x"}),
        item="measure",
        shown=("product",),
        counts=True,
    ),
    Form(
        "measures-by-theme",
        {"x": Slot("theme", ("theme",))},
        {"": {"zh": "哪些措施属于主题“{x}”？", "en": "Which measures belong to the theme {x}?"}},
        {
            "zh": (
                *ABOUT_ZH,
                "<which><measures>(属于|归于|归入|列入|属|归属于|围绕)[主题]{x}[这一|这个][主题|方面]",
                "^(属于|归于|归入|列入|归属于)[主题]{x}[这一|这个][主题|方面]的<measures>",
                "^[主题]{x}[主题|方面](下|之下|下面|中|里|项下)[的|有|包含|包括]<measures>",
                "[主题]{x}[这一|这个]?[主题|方面]?(下|之下|下面|中|里|项下)[有|包含|包括]<which><measures>",
                "[主题]{x}[这一|这个]?(主题|方面)[有|包含|包括|包含了|包括了]<which><measures>",
                "^主题(为|是){x}的<measures>",
                "^{x}[这一|这个](主题|方面)的<measures>",
            ),
            "en": (
                *ABOUT_EN,
                "<which> <measures> (belong to|belongs to|fall under|falls under|come under|are under|are part of|"
                "are in|are "
                "grouped under|stand under|are listed under|are filed under|have) [the] [theme|theme of|heading|"
                "topic] {x} [theme]",
                "^<measures> (under|in|within|of|belonging to|that belong to|which belong to) [the] [theme|theme of|"
                "heading|topic] {x} [theme]",
                "<which> <measures> (does|do) [the] [theme] {x} (have|contain|include|cover)",
            ),
        },
        Asked(
            """SELECT DISTINCT ?measure ?theme WHERE {
    VALUES ?asked { $x }
    ?theme skos:broader* ?asked .
    ?measure a pkg:Measure ; pkg:hasTheme ?theme .
}
ORDER BY ?measure ?theme"""
        ),
        item="measure",
        shown=("theme",),
    ),
    Form(
        "measures-in-place",
        {"x": Slot("place", ("place",))},
        {"": {"zh": "哪些措施在{x}实施？", "en": "Which measures name {x}?"}},
        {
            "zh": (
                *ABOUT_ZH,
                "<which><measures>(在|于|适用于|适用在|点名了|点名|提到了|提到){x}[境内|范围内|地区|当地][实施|开展|"
                "适用|落地|执行|推行|生效|推进]",
                "^(在|适用于|点名|提到){x}[境内|范围内|地区|当地][实施|开展|适用|落地|执行|推行|推进]的<measures>",
                "[在]{x}[境内|范围内|地区|当地](实施|开展|适用|执行|推行|推进)[了|着|的]<which><measures>",
            ),
            "en": (
                *ABOUT_EN,
                "<which> <measures> (apply|applies|act|take place|hold|are in force|are carried out|are implemented|"
                "are "
                "applied|are applicable|operate|take effect|are there|work|happen|are taken) (in|to|within|across|"
                "inside) {x}",
                "<which> <measures> (name|names|mention|mentions|are in) {x}",
                "^<measures> [that|which] [apply|applies|applying|act|acting|taken|implemented|carried out|"
                "applicable|in force] "
                "(in|within|across|inside) {x}",
            ),
        },
        Asked(question="measures-in-places", parameters={"place": "x"}),
        item="measure",
    ),
    Form(
        "measures-involving",
        {"x": Slot("organization", ("organization",))},
        {"": {"zh": "哪些措施涉及{x}？", "en": "Which measures involve {x}?"}},
        {
            "zh": (
                *ABOUT_ZH,
                "<which><measures>(提到|提及|点名|包括|包含|牵涉|支持|由|依托)[了]{x}[参与|承担|负责]",
                "^(提到|提及|点名|支持)[了]{x}的<measures>",
                "{x}(参与|参加|承担|负责|涉及)[了|的]<which><measures>",
                "^{x}(参与|参加|承担|负责)[了]的<measures>",
            ),
            "en": (
                *ABOUT_EN,
                "<which> <measures> (involve|involves|mention|mentions|name|names|include|includes|support|supports) "
                "{x}",
                "^<measures> (involving|that involve|which involve|naming|that name|mentioning|that mention|"
                "supporting|with) {x}",
                "[in] (which|what) <measures> is {x} (involved|named|mentioned|part of|involved in|mentioned in|"
                "named in)",
                "<which> <measures> does {x} (take part in|participate in|appear in)",
            ),
        },
        Asked(
            """SELECT DISTINCT ?measure WHERE {
    VALUES ?organization { $x }
    ?measure a pkg:Measure ; pkg:involvesOrganization ?organization .
}
ORDER BY ?measure"""
        ),
        item="measure",
    ),
    Form(
        "supports",
        {"x": Slot("platform", ("platform",))},
        {"": {"zh": "哪些措施支持{x}？", "en": "Which measures support {x}?"}},
        {
            "zh": (
                *ABOUT_ZH,
                "(谁|什么|<which><measures>)[在]支持[了|建设|着]{x}[的建设|的发展|建设|发展]",
                "^支持{x}[的建设|的发展|建设|发展]的<measures>",
                "{x}(受|得到|由|被|受到|获得|有)[了](谁|什么|<which><measures>)[的]支持",
                "{x}<which>支持[的|性|性的]?<measures>",
                "(对|为|给|给予){x}<which>支持[<measures>]?",
                "<which><measures>(对|为|给|给予){x}(提供|给予|有)?[了]?支持",
                "<which><measures>(推动|促进|加快|推进|建设)[了]{x}[的建设|的发展|建设|发展]",
            ),
            "en": (
                *ABOUT_EN,
                "(what|who|<which> <measures>) [is|are] (supports|support|supporting|backs|back|backing|promotes|"
                "promote|promoting) {x}",
                "^<measures> (supporting|that support|which support|that back|backing|promoting|that promote) {x}",
                "(by what|by whom|by which <measures>|by what <measures>) is {x} (supported|backed|promoted)",
                "(what|who|(which|what) <measures>) is {x} (supported|backed|promoted) by",
                "{x} is (supported|backed) by (what|whom|which <measures>|what <measures>)",
                "what support does {x} (have|get|receive)",
                "what support is there for {x}",
                "^support for {x}",
            ),
        },
        Asked(
            """SELECT DISTINCT ?measure WHERE {
    VALUES ?platform { $x }
    GRAPH $inferred { ?platform pkg:supportedBy ?measure }
}
ORDER BY ?measure"""
        ),
        item="measure",
    ),
    Form(
        "measures-of-policy",
        {"x": Slot("policy", ("policy",))},
        {"": {"zh": "{x}包含哪些措施？", "en": "Which measures does {x} contain?"}},
        {
            "zh": (
                "[在]{x}[中|里|共]?[一共|都][有|包含|包括|提出|提出了|规定了|规定|列出了|出台了|含有|包含了|"
                "包括了]<which><measures>",
                "^{x}[中|里][提出|规定|包含|列出]的<measures>",
                "<which><measures>(属于|出自|来自|见于){x}",
                "^(属于|出自|来自){x}的<measures>",
            ),
            "en": (
                "<which> <measures> does {x} (contain|have|include|propose|set out|list|comprise|lay down)",
                "<which> <measures> (are in|belong to|are part of|come from|are contained in|stand in|does the "
                "policy have in) {x}",
                "^<measures> (of|in|under|from|contained in|that belong to) {x}",
                "^{x} 's <measures>",
            ),
        },
        Asked(
            """SELECT DISTINCT ?measure WHERE {
    VALUES ?policy { $x }
    ?measure a pkg:Measure ; pkg:inPolicy ?policy .
}
ORDER BY ?measure"""
        ),
        item="measure",
    ),
    Form(
        "parts-of",
        {"x": Slot("measure", ("measure",))},
        {"": {"zh": "“{x}”之下有哪些具体举措？", "en": "Which provisions stand under {x}?"}},
        {
            "zh": (
                "{x}(下|之下|下面|包括|包含|里|中|含有)[了|有|的]<which>(具体举措|具体措施|举措|条款|子措施|分项|细则)",
                "^{x}[之下|下面|下](的|包含的|包括的)(具体举措|具体措施|条款|子措施|分项|细则)",
            ),
            "en": (
                "(which|what) provisions (stand under|are under|belong to|are part of|fall under|come under|make up) "
                "{x}",
                "^(provisions|parts) (of|under|in) {x}",
                "(which|what) provisions does {x} (have|contain|include|consist of)",
                "what does {x} consist of",
            ),
        },
        Asked(question="provisions-of-measure", parameters={"measure": "x"}),
        item="provision",
    ),
)
