"""Cues: the words that forms share, with their synonyms in each language; and what collections are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kg.resolve.texts import Language

_ZH: Final[Mapping[str, str]] = {
    "which": "(一共有哪些|都有哪些|有哪几项|有哪几条|有哪几个|有哪些|哪几项|哪几条|哪几个|哪几种|哪些个|哪些|哪个|"
    "哪项|哪条|有什么|什么|何种)",
    "many": "(多少|几)[个|条|项|种|类|家|处|款|座|项具体]",
    "measures": "(政策措施|具体措施|政策举措|措施|举措)",
    "touch": "(涉及|有关于|有关|相关于|关于|关系到|关乎|影响|触及|牵涉|针对|面向|聚焦|关注|适用于|惠及|覆盖|涵盖|"
    "作用于|服务于)[到|了|的是|的]",
    "linked": "(与|和|跟|同|对|对于)",
    "related": "(有关系|有关联|有关|相关联|相关|有影响|产生影响|有联系|挂钩|沾边)",
    "field": "[这一|这个][行业领域|领域|行业|产业|方面|板块]",
    "targets": "(目标任务|发展目标|目标|任务目标)",
    "must": "[要|应|应当|应该|需要|需|须|必须|将|会|计划|预计|力争]",
    "reach": "(完成|实现|达到|达成|达|做到|落实|兑现)[的|了]",
    "platforms": "(平台)",
    "sectors": "(行业领域|行业|领域|产业|部门)",
    "products": "(产品和技术|产品与技术|产品|技术产品)",
    "run": "(运营|运行|运维|经营|管理|主管|管)",
    "build": "(研发建设|研究开发|研发|开发|建设|研制|承建|建造|建)",
    "who": "(谁|哪家机构|哪个机构|哪些机构|什么机构|哪家单位|哪个单位|哪些单位|什么单位|哪家公司|哪个组织|哪方)",
    "where": "(什么地方|哪个地方|哪座城市|哪个城市|哪里|哪儿|何处|何地|哪)",
    "when": "(什么时候|什么时间|何时|哪一年|哪年|哪天|哪一天|几时)",
    "above": "(超过|高于|大于|多于|超出|突破|超)[了]",
    "at-least": "(不低于|不少于|不小于|大于等于|大于或等于|至少为|至少是|至少|最少|起码)",
    "below": "(低于|少于|小于|不足|不到|不满)",
    "at-most": "(不超过|不高于|不多于|不大于|小于等于|小于或等于|至多|最多|最高)",
    "none": "(没有|无|缺少|缺乏|尚无|还没有|尚没有|并无)[任何]",
    "quantified": "(可量化|量化|定量|有数字|具体数字|数字|数量化|数值)[的]",
    "qualitative": "(定性|不量化|不可量化|无法量化|非量化|非定量|不带数字|没有数字|没有量化|未量化)[的]",
}
_EN: Final[Mapping[str, str]] = {
    "which": "(which|what) [of] [the] [all]",
    "measures": "(policy measures|measures|actions|initiatives|measure)",
    "touch": "(touch|touches|touch on|touch upon|concern|concerns|affect|affects|address|addresses|cover|covers|"
    "impact|impacts|"
    "target|relate to|relates to|deal with|deals with|apply to|applies to|pertain to|pertains to|refer to|refers to|"
    "bear on|"
    "focus on|focuses on|regard|have to do with|has to do with|have an impact on|have an effect on|influence|are about|"
    "are relevant to|are relevant for|are related to|are concerned with|are linked to|are aimed at|are directed at|"
    "are connected with|are connected to|are to do with|are for|are on)",
    "touching": "(touching on|touching upon|touching|concerning|affecting|about|on|for|regarding|relating to|related "
    "to|relevant to|"
    "relevant for|addressing|covering|dealing with|impacting|influencing|targeting|aimed at|directed at|focused on|"
    "in the field of|in the area of|in|"
    "pertaining to|linked to|connected with|connected to|with regard to|with respect to|applying to)",
    "touched": "(touched|concerned|affected|addressed|covered|impacted|influenced|targeted)",
    "targets": "(targets|goals|objectives|target|goal|objective)",
    "must": "(must|should|shall|have to|has to|need to|needs to|ought to|are to|is to|will|are supposed to|is "
    "supposed to|are meant to)",
    "met": "(met|reached|achieved|fulfilled|fulfilled|completed|hit|attained|delivered|accomplished|realised|"
    "realized|done)",
    "platforms": "(platforms)",
    "sectors": "(sectors|industries|fields|areas|sector|industry|field|area)",
    "products": "(products and technologies|products|technologies|product|technology)",
    "run": "(operates|operate|operating|operated|manages|manage|managing|managed|maintains|maintain|maintaining)",
    "run-by": "(operated|managed|maintained)",
    "build": "(develops|develop|developing|builds|build|built|developed|building)",
    "build-by": "(developed|built)",
    "body": "(organization|organisation|body|institution|company|agency|institute|lab|laboratory|organizations|"
    "organisations|bodies)",
    "above": "(above|over|more than|greater than|higher than|larger than|bigger than|exceeding|beyond|in excess of|"
    "upwards of)",
    "at-least": "(at least|greater than or equal to|more than or equal to|equal to or greater than|equal to or more "
    "than|no less than|not less than|not below|no lower than|a minimum of|minimum)",
    "below": "(below|under|less than|lower than|smaller than|fewer than)",
    "at-most": "(at most|less than or equal to|equal to or less than|smaller than or equal to|no more than|not more "
    "than|up to|not above|not exceeding|no higher than|a maximum of|maximum)",
    "quantified": "(quantified|quantitative|numeric|numerical|measurable|quantifiable)",
    "qualitative": "(qualitative|unquantified|non-quantitative|non-quantified|non-numeric)",
    "stated": "(stated|written|mentioned|said|quoted|laid down|set out|found in the text|found in the source|written "
    "down)",
    "passage": "(clause|passage|sentence|text|line|paragraph|quotation|quote|source)",
}
CUES: Final[Mapping[Language, Mapping[str, str]]] = {"zh": _ZH, "en": _EN}


@dataclass(frozen=True, slots=True)
class Collection:
    """Things of a kind, or those of one class among them: what a question lists or counts."""

    name: str
    label: Mapping[Language, str]
    words: Mapping[Language, tuple[str, ...]]
    class_name: str = ""
    """The class in our namespace, where that is not the kind's own."""


COLLECTIONS: Final = (
    Collection("policies", {"zh": "政策", "en": "policies"},
               {"zh": ("政策", "政策文件"), "en": ("policies", "policy documents")}),
    Collection("measures", {"zh": "措施", "en": "measures"},
               {"zh": ("措施", "举措", "政策措施", "政策举措"), "en": ("measures", "policy measures")}),
    Collection("sectors", {"zh": "行业", "en": "sectors"},
               {"zh": ("行业", "领域", "行业领域", "产业"), "en": ("sectors", "industries", "fields")}),
    Collection("platforms", {"zh": "平台", "en": "platforms"}, {"zh": ("平台",), "en": ("platforms",)}),
    Collection("platforms", {"zh": "算力平台", "en": "compute platforms"},
               {"zh": ("算力平台", "计算平台", "算力设施"),
                "en": ("compute platforms", "computing platforms", "computation platforms")}, "ComputePlatform"),
    Collection("organizations", {"zh": "机构", "en": "organizations"},
               {"zh": ("机构", "组织", "单位", "组织机构"),
                "en": ("organizations", "organisations", "bodies", "institutions")}),
    Collection("places", {"zh": "地点", "en": "places"},
               {"zh": ("地点", "地方", "地区", "地域", "区域"), "en": ("places", "locations", "regions")}),
    Collection("places", {"zh": "试验区和先导区", "en": "pilot zones"},
               {"zh": ("试验区和先导区", "试点区域", "试验区与先导区"),
                "en": ("pilot zones", "pilot areas")}, "PilotZone"),
    Collection("targets", {"zh": "目标", "en": "targets"},
               {"zh": ("目标", "发展目标"), "en": ("targets", "goals", "objectives")}),
    Collection("indicators", {"zh": "指标", "en": "indicators"}, {"zh": ("指标",), "en": ("indicators", "metrics")}),
    Collection("products", {"zh": "产品", "en": "products"},
               {"zh": ("产品", "产品和技术", "产品与技术"),
                "en": ("products", "products and technologies", "technologies and products")}),
    Collection("themes", {"zh": "主题", "en": "themes"},
               {"zh": ("主题", "方面", "政策主题"), "en": ("themes", "topics", "policy themes")}),
)  # fmt: skip
"""What may be listed and counted, and what it is called."""


def collection_of(text: str, language: Language) -> Collection | None:
    """Return the collection that a text is called by.

    >>> collection_of("算力平台", "zh").class_name, collection_of("sectors", "en").name
    ('ComputePlatform', 'sectors')
    """
    return next((found for found in COLLECTIONS if text.strip() in found.words[language]), None)
