"""Questions that targets answer: of what, by when, above or below a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kg.resolve.model import Asked, Form, Slot, Texts
from kg.resolve.texts import Language

FIGURES: Final = ("year", "comparator", "number", "unit", "normalized", "normalized_unit", "wording")
"""What is shown of a target."""

_SELECT: Final = (
    "SELECT DISTINCT ?target ?deadline ?year ?comparator ?number ?unit ?normalized ?normalized_unit ?wording WHERE {"
)
_FIGURES: Final = """    OPTIONAL {
        ?target pkg:deadline ?deadline .
        ?deadline time:inXSDgYear ?gYear .
        BIND (xsd:integer(STR(?gYear)) AS ?year)
    }
    OPTIONAL {
        ?target pkg:comparator ?comparator ; pkg:quantity ?stated ; pkg:normalizedQuantity ?comparable .
        ?stated qudt:numericValue ?number ; qudt:hasUnit/qudt:symbol ?unit .
        ?comparable qudt:numericValue ?normalized ; qudt:hasUnit/qudt:symbol ?normalized_unit .
    }
    OPTIONAL { ?target pkg:wording ?wording }"""


def asking(*patterns: str) -> str:
    """Return the query for the targets that meet all patterns, which may speak of `?year` and `?normalized`."""
    binding = [pattern for pattern in patterns if not pattern.startswith("FILTER")]
    filters = [pattern for pattern in patterns if pattern.startswith("FILTER")]
    lines = [*(f"    {line}" for line in binding), _FIGURES, *(f"    {line}" for line in filters)]
    return "\n".join([_SELECT, "    ?target a pkg:Target .", *lines, "}", "ORDER BY ?year ?target"])


OF_ZH: Final = (
    "^{x}[有关|相关|方面|领域]的<targets>",
    "^{x}[的|相关|有关][总体|具体|主要|发展]<targets>",
    "{x}[<must>|有|有着|设定了|制定了|提出了|设有|确定了|提出|设定]<which>[具体|主要|发展|相关]<targets>",
    "{x}<must><reach><which>[具体|主要]<targets>",
    "[关于|涉及|有关|针对|围绕|面向|对|对于|为|就]{x}[有|设定了|制定了|提出了|提出|设定]<which>[具体|主要|"
    "发展]<targets>",
    "<which><targets>[是]<touch>{x}[的]",
    "<which><targets><linked>{x}<related>",
    "^<touch>{x}的<targets>",
    "^<linked>{x}<related>的<targets>",
    "<which><touch>{x}的<targets>",
)
OF_EN: Final = (
    "^<targets> (of|for|on|in|about|concerning|regarding|set for|related to|relating to|relevant to|touching|that "
    "concern|that apply "
    "to|that relate to|that touch|that are set for|applying to) {x}",
    "(which|what) [of] [the] <targets> (does|do) {x} have [to meet|to reach|to achieve]",
    "(which|what) <targets> (are|is) [there|set|set out] (for|of|about|on|in|related to|concerning) {x}",
    "(which|what) <targets> [are] (concern|concerns|touch|touches|apply to|applies to|relate to|relates to|affect|"
    "affects|cover|covers|"
    "address|addresses|exist for|confined to|related to) {x}",
    "(which|what) <targets> (must|should|has to|is|have been|has been) {x} (meet|reach|achieve|to meet|to reach|to "
    "achieve|set)",
    "(which|what) <targets> (have been|has been|were) set for {x}",
    "^{x} ['s] <targets>",
    "(are|is) there [any|a] <targets> (for|of|on|in|about|concerning|related to) {x}",
    "(does|do) {x} have [any|a] <targets>",
    "what (is|are) {x} (to achieve|to reach|supposed to achieve|meant to achieve|aiming at|aiming for)",
    "what (should|must) be achieved (in|for) {x}",
)

BY_ZH: Final = (
    "[到|至|在|截至|截止|截止到|最迟|最晚|赶在|力争]{year}[底|末|年底|年末]<before>",
    "(到|至|截至|截止到|截止|最迟|最迟到|最迟在|最晚|不晚于|不迟于|直到){year}[底|末|年底|年末|为止|止]",
)
_IN_ZH: Final = ("[在|于]{year}[内|当年|一年|这一年|年内|底|末|年底]",)
_BEFORE: Final = "(之前|以前|前|为止|以内)"
BY_EN: Final = (
    "(by|until|till|no later than|not later than|on or before|up to|through|not after|by the end of|until the end of|"
    "by end of|"
    "before the end of|at the latest by|up to the end of|by year end|by late) {year} [at the latest]",
    "[in] {year} or (earlier|before|sooner)",
)
_BEFORE_ZH: Final = ("(早于|先于){year}",)
_MONTH_ZH: Final = (
    "[到|至|在|截至|最迟|最晚|赶在]{year}{month}[底|末|初]?(之前|以前|前|为止)",
    "(早于|先于|不晚于|不迟于){year}{month}[底|末]",
)
_MONTH_EN: Final = (
    "(by|before|prior to|earlier than|no later than|not later than|until|ahead of|by the end of|before the end of|by "
    "the beginning of) "
    "[the] [month of] {month} [of] {year}",
)
"""Before a month of a year: deadlines are years, so that those of earlier years are meant."""

BEFORE_EN: Final = ("(before|prior to|earlier than|ahead of|before the start of|before the beginning of) {year}",)
_IN_EN: Final = (
    "(in|during|for|within|at the end of|of|at end of|in the course of|at the close of|in the year) {year}",
)

WHEN_WORDS: Final[Mapping[Language, Mapping[str, Sequence[str]]]] = {
    "zh": {
        "by": tuple(row.replace("<before>", _BEFORE) for row in BY_ZH),
        "before": _BEFORE_ZH,
        "month": tuple(row.replace("<before>", _BEFORE) for row in _MONTH_ZH),
        "in": _IN_ZH,
    },
    "en": {"by": BY_EN, "before": BEFORE_EN, "month": _MONTH_EN, "in": _IN_EN},
}
"""How it is said when something is due: by the end of a year, before it or a month of it, in it."""

_DUE_ZH: Final = (
    "<when><must>(<reach>|到期)[的]<which>[具体|主要]<targets>",
    "<when>有<which><targets>[<must>][<reach>|到期|截止]",
    "^<when>(<must>)?[<reach>|到期|截止|应<reach>]的[具体|主要]<targets>",
    "<which><targets>[<must>]<when>[<must>](<reach>|到期|截止|届满)",
    "<which><targets>的(期限|截止时间|截止日期|截止期限|完成时间|到期时间)[是|为|在]<when>",
    "<when><which><targets>[<must>](<reach>|到期|截止)",
    "<when><must><reach>什么",
    "<when>[的]<targets>[<which>]",
    "期限(为|是|在)<when>的<targets>[<which>]",
)
_DUE_EN: Final = (
    "(which|what) [of] [the] <targets> <must> be <met> <when>",
    "(which|what) [of] [the] <targets> (are|fall|come|become|is|falls) [there] [due] <when>",
    "(which|what) [of] [the] <targets> (expire|expires|end|ends|mature) <when>",
    "(which|what) [of] [the] <targets> (have|has|carry|with) [a|their] (deadline|deadlines|due date|due dates) <when>",
    "what <must> be <met> <when>",
    "what is [there] due <when>",
    "what (falls|comes) due <when>",
    "^<targets> [that|which] [are|is|fall|falls|come|must be|should be|to be|have to be] [due|met|reached|achieved|"
    "completed|falling due] <when>",
    "^<targets> with [a|their] (deadline|deadlines|due date) <when>",
    "<when> (which|what) <targets> <must> be <met>",
    "<when> (which|what) <targets> (are|fall|come|become) due",
    "^<targets> <when>",
)
_OF_DUE_ZH: Final = (
    "^{x}<when>[<must>][<reach>|到期|截止]的[具体|主要]<targets>",
    "^{x}<when>[的]<targets>",
    "^<when>{x}[<must>][<reach>|到期]的[具体|主要]<targets>",
    "{x}<when>[<must>|有][<reach>]<which>[具体|主要]<targets>",
    "<when>{x}[<must>|有][<reach>]<which>[具体|主要]<targets>",
    "{x}<which><targets>[<must>]<when>[<must>](<reach>|到期|截止)",
    "{x}的<which><targets>[<must>]<when>[<must>](<reach>|到期|截止)",
)
_OF_DUE_EN: Final = (
    "^<targets> (of|for|on|in|about|concerning|regarding|set for|related to) {x} <when>",
    "^<targets> (of|for|on|in|about|concerning|regarding|set for|related to) {x} [that|which] (are due|fall due|due|"
    "to be met|must be met|to "
    "be reached|are to be met|must be reached) <when>",
    "(which|what) [of] [the] <targets> (of|for|on|in|about|concerning) {x} (are|fall|come|must be|should be|have to "
    "be) (due|<met>) <when>",
    "(which|what) <targets> (does|do) {x} have [to meet|to reach|to achieve] <when>",
    "(which|what) <targets> (must|should) {x} (meet|reach|achieve) <when>",
    "<when> (which|what) <targets> (does|do) {x} have [to meet|to reach|to achieve]",
    "<when> (what|which) (are|is) [the] <targets> (of|for|in|on) {x}",
    "^{x} ['s] <targets> [due] <when>",
    "(which|what) {x} <targets> (are|fall) due <when>",
)


def timed(rows: Sequence[str], whens: Sequence[str], tag: str = "") -> tuple[str, ...]:
    """Return rows with each way to say when, those that have none left out."""
    return tuple(_timed(rows, whens, f" => {tag}" if tag else ""))


def by_when(zh: Sequence[str], en: Sequence[str]) -> Mapping[Language, tuple[str, ...]]:
    """Return rows with each way to say by when: to the end of a year, before it, before a month of it."""
    return {
        "zh": timed(zh, BY_ZH) + timed(zh, _BEFORE_ZH, "before") + timed(zh, _MONTH_ZH, "month"),
        "en": timed(en, BY_EN) + timed(en, BEFORE_EN, "before") + timed(en, _MONTH_EN, "month"),
    }


def in_year(zh: Sequence[str], en: Sequence[str], *of_year: str) -> Mapping[Language, tuple[str, ...]]:
    """Return rows with each way to say in which year, and English ones that say it as they stand."""
    return {"zh": timed(zh, _IN_ZH), "en": (*timed(en, _IN_EN), *of_year)}


def _timed(rows: Sequence[str], whens: Sequence[str], tag: str) -> Iterator[str]:
    for row in rows:
        for when in whens:
            if "<when>" in row:
                yield row.replace("<when>", when).replace("<before>", _BEFORE) + tag


_ABOVE_ZH: Final = (
    "^[数值|值|规模|金额|数额|目标值|总额]<cmp>{value}的<targets>",
    "<which>[<quantified>]<targets>[的数值|的值|的规模|的金额|值|数值|规模|金额]<cmp>{value}",
    "<which>[数值|规模|金额]<cmp>{value}的<targets>",
    "<targets>[值]<cmp>{value}",
    "<targets>[的]?(数值|值|规模|金额)<cmp>{value}的(有哪些|是哪些)",
    "<targets><cmp>{value}的(有哪些|是哪些)",
)
_SUFFIX_ZH: Final = (
    "^[数值|值|规模|金额|数额|目标值]?[在]{value}<cmp>的<targets>",
    "<which>[<quantified>]<targets>[的数值|的值|的规模|的金额|值|数值|规模|金额]?[在|是|为|达]{value}<cmp>",
    "<which>[数值|规模|金额|在]?{value}<cmp>的<targets>",
)
_ABOVE_EN: Final = (
    "(which|what) [of] [the] [<quantified>] <targets> [that] [are|is|lie|stand|amount to|have a value|come to|of|"
    "require|demand|ask for|call for|worth|aim for|aim at|set] "
    "[a value of|a value] [of] <cmp> {value}",
    "^<targets> [that|which] [are|is|lie|stand|of|worth|with a value|having a value|with values|amounting to|set] "
    "[of] <cmp> {value}",
    "(which|what) <targets> have [a] (value|values|number|numbers|figure|figures|size) [of|that is|that are] <cmp> "
    "{value}",
)
_VERB_EN: Final = (
    "(which|what) [of] [the] <targets> (exceed|exceeds|surpass|surpasses|top|go beyond|go over|are in excess of|"
    "pass) {value}",
    "^<targets> (that|which) (exceed|exceeds|surpass|surpasses|top|go beyond|go over|pass) {value}",
)
_OR_EN: Final = (
    "(which|what) [of] [the] <targets> [are|is|amount to|of|ask for|require|demand] {value} or <cmp>",
    "^<targets> [of|that are|which are|amounting to|worth] {value} or <cmp>",
)


def compared(cues: Sequence[tuple[str, str]], rows: Sequence[str]) -> tuple[str, ...]:
    """Return rows with each way to compare: a cue or words, and the tag of what they say."""
    return tuple(row.replace("<cmp>", cue) + (f" => {tag}" if tag else "") for cue, tag in cues for row in rows)


_OF: Final = Slot("of", ("sector", "product", "policy", "measure", "theme", "place"))
YEAR: Final = Slot("year", ("year",))
MONTH: Final = Slot("month", ("month",))
_VALUE: Final = Slot("value", ("amount",))
_BY_WORDS: Final[Mapping[str, Texts]] = {
    "": {"zh": "到{year}年底要达到哪些目标？", "en": "Which targets are due by {year}?"},
    "before": {"zh": "早于{year}年到期的目标有哪些？", "en": "Which targets are due before {year}?"},
    "month": {"zh": "早于{year}年{month}到期的目标有哪些？", "en": "Which targets are due before {month} {year}?"},
}
_BY_OPERATORS: Final = {"": "<=", "before": "<", "month": "<"}
DUE_BY: Final = Asked(asking("FILTER (?year $tag $year)"), choices=_BY_OPERATORS)
DUE_IN: Final = Asked(asking("FILTER (?year = $year)"))
_COMPARED: Final = (
    "?target pkg:normalizedQuantity ?measured .",
    "?measured qudt:hasUnit $unit ; qudt:numericValue ?compared .",
)
_IS_ABOVE: Final = (
    "FILTER (?compared $tag $value || (?compared = $value && ?comparator = $more))",
    "FILTER (?compared != $value || ?comparator != $less)",
)
"""What is to be more than a number (超过60 EFLOPS) is above that very number, and not at most it."""

_IS_BELOW: Final = (
    "FILTER (?compared $tag $value || (?compared = $value && ?comparator = $less))",
    "FILTER (?compared != $value || ?comparator != $more)",
)

TARGETS: Final = (
    Form(
        "targets-of-due-by",
        {"x": _OF, "year": YEAR, "month": MONTH},
        {
            "": {"zh": "{x}到{year}年的目标有哪些？", "en": "What are the targets for {x} by {year}?"},
            "before": {"zh": "{x}早于{year}年到期的目标有哪些？", "en": "What are the targets for {x} before {year}?"},
            "month": {
                "zh": "{x}早于{year}年{month}到期的目标有哪些？",
                "en": "What are the targets for {x} before {month} {year}?",
            },
        },
        by_when(_OF_DUE_ZH, _OF_DUE_EN),
        Asked(asking("$pattern", "FILTER (?year $tag $year)"), choices=_BY_OPERATORS),
        item="target",
        shown=FIGURES,
    ),
    Form(
        "targets-of-due-in",
        {"x": _OF, "year": YEAR},
        {"": {"zh": "{x}在{year}年到期的目标有哪些？", "en": "What are the targets for {x} in {year}?"}},
        in_year(_OF_DUE_ZH, _OF_DUE_EN),
        Asked(asking("$pattern", "FILTER (?year = $year)")),
        item="target",
        shown=FIGURES,
    ),
    Form(
        "targets-due-by",
        {"year": YEAR, "month": MONTH},
        _BY_WORDS,
        by_when(_DUE_ZH, _DUE_EN),
        DUE_BY,
        item="target",
        shown=FIGURES,
    ),
    Form(
        "targets-due-in",
        {"year": YEAR},
        {"": {"zh": "哪些目标在{year}年到期？", "en": "Which targets are due in {year}?"}},
        in_year(_DUE_ZH, _DUE_EN, "^[the] {year} <targets>", "(which|what) {year} <targets> are there"),
        DUE_IN,
        item="target",
        shown=FIGURES,
    ),
    Form(
        "targets-of",
        {"x": _OF},
        {"": {"zh": "{x}的目标有哪些？", "en": "What are the targets for {x}?"}},
        {"zh": OF_ZH, "en": OF_EN},
        Asked(asking("$pattern")),
        item="target",
        shown=FIGURES,
    ),
    Form(
        "targets-above",
        {"value": _VALUE},
        {
            "": {"zh": "哪些目标超过{value}？", "en": "Which targets are above {value}?"},
            "least": {"zh": "哪些目标不低于{value}？", "en": "Which targets are at least {value}?"},
        },
        {
            "zh": (
                *compared([("<above>", ""), ("<at-least>", "least"), ("(达到|达)[了]", "least")], _ABOVE_ZH),
                *compared([("(之上)", ""), ("[及|或|及其|和](以上|更多|更高)", "least")], _SUFFIX_ZH),
            ),
            "en": (
                *compared([("<above>", ""), ("<at-least>", "least")], _ABOVE_EN),
                *_VERB_EN,
                *compared([("(more|above|higher|over|larger|greater)", "least")], _OR_EN),
            ),
        },
        Asked(asking(*_COMPARED, *_IS_ABOVE, "$counted"), choices={"": ">", "least": ">="}),
        item="target",
        shown=FIGURES,
    ),
    Form(
        "targets-below",
        {"value": _VALUE},
        {
            "": {"zh": "哪些目标低于{value}？", "en": "Which targets are below {value}?"},
            "most": {"zh": "哪些目标不超过{value}？", "en": "Which targets are at most {value}?"},
        },
        {
            "zh": (
                *compared([("<below>", ""), ("<at-most>", "most")], _ABOVE_ZH),
                *compared([("(之下)", ""), ("[及|或](以下|以内|之内|更少|更低)", "most")], _SUFFIX_ZH),
            ),
            "en": (
                *compared([("<below>", ""), ("<at-most>", "most")], _ABOVE_EN),
                *compared([("(less|below|lower|under|fewer|smaller)", "most")], _OR_EN),
            ),
        },
        Asked(asking(*_COMPARED, *_IS_BELOW, "$counted"), choices={"": "<", "most": "<="}),
        item="target",
        shown=FIGURES,
    ),
)
