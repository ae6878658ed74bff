"""How many targets there are of a year, or by then: lists of targets, counted."""

from __future__ import annotations

from typing import Final

from kg.resolve.forms.targets import DUE_BY, DUE_IN, FIGURES, MONTH, YEAR, by_when, in_year
from kg.resolve.model import Form

_MUST: Final = "(要|应|应当|应该|需要|需|须|必须|将|会|计划|预计|力争)"
_MET: Final = "(完成|实现|达到|达成)"
"""What is to be done; not 完成了, which would be what has been done."""

_DUE: Final = f"(到期|截止|届满|{_MUST}{_MET})"
_MANY_ZH: Final = (
    f"<when>[一共|总共|共][有]<many>[具体|主要]<targets>[{_DUE}]",
    f"<when>{_DUE}[的][一共|总共|共][有]<many>[具体|主要]<targets>",
    f"<when>[{_DUE}]?[的][具体|主要]<targets>[一共|总共|共][有]<many>",
    f"<when>[{_DUE}]?[的][具体|主要]<targets>[的](数量|总数|个数)[是多少|有多少|为多少]",
    f"[一共|总共|共][有]<many>[具体|主要]<targets>[是]<when>({_DUE}|{_MET})[的]",
    f"[一共|总共|共][有]<many>[具体|主要]<targets>{_MUST}[在]<when>(到期|{_MET})",
)
_MANY_EN: Final = (
    "how many [of] [the] <targets> <must> be <met> <when>",
    "how many [of] [the] <targets> (are|fall|come|become|is|falls) [there] [due|set] <when>",
    "how many [of] [the] <targets> (expire|expires|end|ends|mature) <when>",
    "how many <targets> (have|has|carry|with) [a|their] (deadline|deadlines|due date) <when>",
    "how many <targets> are there (that|which) (are|fall|come) due <when>",
    "how many <targets> are [there] to be <met> <when>",
    "<when> how many <targets> <must> be <met>",
    "<when> how many <targets> (are|fall|come) (due|there)",
    "[what is] [the] [total] (number|count) of [the] <targets> [that are|which are|that fall|falling]? [due|set] "
    "<when>",
    "[what is] [the] [total] (number|count) of [the] <targets> [that|which]? (must be|should be|to be|are to be) <met> "
    "<when>",
    "count [all] [the] <targets> [that are|which are] [due|set] <when>",
)

COUNTING: Final = (
    Form(
        "how-many-due-by",
        {"year": YEAR, "month": MONTH},
        {
            "": {"zh": "到{year}年底有多少个目标到期？", "en": "How many targets are due by {year}?"},
            "before": {"zh": "早于{year}年到期的目标有多少个？", "en": "How many targets are due before {year}?"},
            "month": {
                "zh": "早于{year}年{month}到期的目标有多少个？",
                "en": "How many targets are due before {month} {year}?",
            },
        },
        by_when(_MANY_ZH, _MANY_EN),
        DUE_BY,
        item="target",
        shown=FIGURES,
        counts=True,
    ),
    Form(
        "how-many-due-in",
        {"year": YEAR},
        {"": {"zh": "{year}年有多少个目标到期？", "en": "How many targets are due in {year}?"}},
        in_year(_MANY_ZH, _MANY_EN, "how many {year} <targets> are there"),
        DUE_IN,
        item="target",
        shown=FIGURES,
        counts=True,
    ),
)
