"""What words mean by themselves, for texts that no row of the grammar takes: each word with the senses it may have.

A sense is what a word contributes to a question, whatever stands around it: `touch` for *concern* and 有关, `run` for
*operates* and 运营. `""` is the sense of words that change nothing (the, please, 的, 那边). What is missing here is not
understood, and a text that has it is not answered: *not*, *only*, *why*, *most*, *budget* are missing on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kg.resolve.texts import LANGUAGES, Language
from kg.resolve.words import COLLECTIONS, Collection

UNSAID: Final = "unsaid"
"""The sense of words that are known only lest they be taken for others, or be left out.

为什么 is not 为 and 什么, 完成了 not 完成, *used to* not *used*; what *may* be is not what is.
"""

_EN: Final[Mapping[str, str]] = {
    "": (
        "the|a|an|of|for|in|on|at|to|from|with|about|within|into|inside|across|around|as|which|what|that|"
        "these|those|this|it|its|they|their|them|there|here|is|are|be|being|am|do|does|have|has|having|gets|"
        "get|got|any|all|every|each|some|ones|me|i|us|we|you|your|our|my|everything|anything|something|"
        "whatever|please|pls|plz|kindly|thanks|ok|so|well|'s|'d|give me|give|show me|show|list out|list|"
        "tell me|tell|find me|find|know|see|look|looking for|want|need|like to|in total|in all|altogether|"
        "overall|exactly|specifically|particular|specific|different|various|such|exist|exists|available|"
        "existing|wanna|gimme|let|name|display|i'd|i'm|could you|can you|quick question|overview of|"
        "full list of|complete list of|complete set of|whose|wich|whats|in terms of|the policy|this policy|"
        "the plan|this plan|the document|this document|the guangdong plan|pull up|fetch|dig up|bring up|"
        "actually"
    ),
    "who": (
        "who|whom|whoever|which organization|which organisation|which body|which institution|which company|by whom"
    ),
    "where": (
        "where|whereabouts|location|located|situated|based|address|site|sits|sit|city|place|built|find|"
        "what part|which part"
    ),
    "when": (
        "when|by when|what year|which year|what date|which date|what day|which day|deadline|due date|"
        "target year|deadlines|date|how soon|until when|by what year|by which year|in what year|in which year"
    ),
    "many": ("how many|number of|count of|count|the number of|total number of|how numerous|quantity of|tally of|tally"),
    "figure": (
        "how much|how large|how big|how high|how many|how great|figure|figures|value|values|level|number|"
        "amount|size|what level|how far|aim|aiming|planned|expected|supposed|goal|what proportion|what share|"
        "what percentage|proportion|share|percentage|reach"
    ),
    "touch": (
        "touch|touches|touching|touched|concern|concerns|concerning|concerned|affect|affects|affecting|"
        "affected|impact|impacts|impacting|impacted|influence|influences|influencing|relate|relates|relating|"
        "related|relevant|deal|deals|dealing|apply|applies|applying|applicable|cover|covers|covering|covered|"
        "address|addresses|addressing|addressed|involve|involves|involving|involved|mention|mentions|"
        "mentioning|mentioned|focus|focuses|focused|focusing|aim|aims|aimed|aiming|target|targets|targeting|"
        "targeted|regard|regarding|pertain|pertains|pertaining|to do with|have to do|linked|connected|tied|"
        "directed|geared|help|helps|helping|bear|bearing|speak|speaks|talk|talks|discuss|discusses|refer|"
        "refers|referring|devoted|dedicated|aimed at"
    ),
    "support": (
        "support|supports|supporting|supported|back|backs|backing|backed|promote|promotes|promoting|promoted|"
        "boost|boosts|boosting|boosted|foster|fosters|fostering|encourage|encourages|encouraging|behind|"
        "serve|serves|serving|served"
    ),
    "make": (
        "take|takes|taken|plan|plans|planned|propose|proposes|proposed|adopt|adopted|announce|announced|"
        "foresee|foreseen|set|set out|contain|contains|contained|include|includes|included|lay down|"
        "put forward|come up|doing|come with|comes with|say|says|offer|offers|make up|makes up|comprise|"
        "comprises|consist of|consists of|belong to|belongs to|worth"
    ),
    "modal": (
        "must|should|shall|have to|has to|need to|needs to|ought to|is to|are to|supposed|supposed to|meant|meant to|"
        "expected|expected to|required|required to|will|would"
    ),
    "might": "will|would|can",
    "due": (
        "due|deadline|deadlines|due date|due dates|expire|expires|expiring|fall due|falls due|falling due|come due|"
        "comes due|to be met|to be reached|to be achieved|to be completed|to be finished|to be hit|to be fulfilled|"
        "to be delivered|to meet|to reach|to achieve|to hit|to fulfil|to fulfill|to complete|to finish|scheduled|set|"
        "ending|ends|end"
    ),
    "met": ("reach|meet|achieve|complete|finish|deliver|ready|in place|be in place|wrapped up|happen"),
    "passive": ("by|by what|by whom|by which|get|gets|getting|receive|receives|enjoy|enjoys"),
    "have": (
        "with|have|has|having|carry|carries|come with|comes with|containing|contain|contains|include|includes|set|sets|"
        "state|states|attached|that set|come attached with"
    ),
    "been": "was|were|been|had|did",
    "run": (
        "run|runs|running|operate|operates|operating|operated|manage|manages|managing|managed|maintain|"
        "maintains|maintaining|maintained"
    ),
    "build": (
        "develop|develops|developing|developed|build|builds|building|built|make|makes|made|create|creates|"
        "created|construct|constructs|constructed|constructing"
    ),
    "charge": ("in charge|in charge of|responsible|responsible for|behind|run|runs|running"),
    "serve": (
        "serve|serves|serving|served|use|uses|using|used|support|supports|supporting|help|helps|helping|made|"
        "designed|meant|intended|suited|work|works|apply|applies|is used to|are used to|be used to"
    ),
    UNSAID: "used to|may|might|could|directly",
    "in-place": (
        "apply|applies|applying|applicable|carried out|implemented|act|take place|hold|in force|happen|"
        "happening|happens|implement|rolled out|roll out|local|mention|mentions|mentioning|mentioned|name|"
        "names|target|targets|cover|covers|concern|concerns|affect|affects|take effect|run|launched|appear|"
        "appears|part of|take part|takes part"
    ),
    "stated": (
        "stated|written|said|quoted|state|states|say|says|mention|mentions|mentioned|laid down|set out|"
        "clause|clauses|passage|sentence|line|paragraph|quotation|quote|quotes|source|sources|evidence|"
        "wording|original text|proof|words|taken from|find|found|appear|appears"
    ),
    "source": ("article|text|source|document|report|policy document|the text|original|page|policy|news"),
    "compare": (
        "compare|compares|compared|comparing|comparison|versus|vs|contrast|difference|differences|differ|different|"
        "side by side|stack up"
    ),
    "and": "and|with|to|against|between|or|from",
    "under": (
        "under|belong|belongs|belonging|filed|filed under|grouped|listed|listed under|fall|falls|come|comes|part|"
        "parts|inside|beneath|below|heading|classified|categorised|categorized|tagged"
    ),
    "theme": "theme|topic|heading|category|themes",
    "parts": (
        "provisions|provision|parts|sub-measures|sub measures|items|points|break down|broken down|made up|"
        "break down into|breaks down into|consist of|consists of|made up of|divided into"
    ),
    "without": (
        "without|without any|without a single|left without a single|left without any|there are no|no|lack|lacks|"
        "lacking|left without|not a single|missing|none"
    ),
    "quantified": (
        "quantified|quantitative|numeric|numerical|measurable|quantifiable|hard|concrete|numbers|number|figures|figure|"
        "hard numbers|concrete numbers|in numbers|with numbers|expressed"
    ),
    "qualitative": (
        "qualitative|unquantified|non-quantitative|non-quantified|non-numeric|descriptive|in words only|"
        "with no figure|with no figures|with no number|with no numbers|without a number|without a figure|"
        "without figures|without numbers|no numbers|no figures|purely qualitative|no figure"
    ),
    "coverage": "coverage|completeness|how complete",
    "declared": "45|forty-five|declared|promised",
    "covered": ("cover|covers|covered|modelled|modeled|included|captured|in here|in the graph|have|contain|contains"),
    "everything": "everything|all|whatever|anything|content|contents|full text",
    "published": (
        "published|publish|issued|released|announced|made public|come out|came out|publication|release|publication "
        "date|release date|adopted|appear|go public|unveiled"
    ),
    "describe": (
        "describe|explain|define|introduce|summarise|summarize|information|info|details|facts|description|"
        "definition|more|mean|means|brief|briefly|profile|kind|sort|what exactly|about|a bit about|"
        "something about|a little about|all about"
    ),
    "city": (
        "city|place|province|region|area|town|located|situated|based|sited|hosted|host|hosts|house|houses|got|found"
    ),
    "operator": "operator|operators",
    "developer": "developer|developers|builder|builders",
    "done": (
        "met|reached|achieved|fulfilled|completed|hit|attained|delivered|accomplished|finished|done|realised|realized"
    ),
}

_ZH: Final[Mapping[str, str]] = {
    "": (
        "的|了|着|地|还|还有|得|是|系|有|在|于|为|把|给|被|由|受|让|也|都|就|又|个|条|项|些|款|种|家|处|座|里|里面|里头|中|当中|其中|内|上|这|那|该|此|其|所|"
        "之|能|可|可以|能够|会|我|我们|咱们|咱|你|您|你们|请|帮|帮我|帮忙|告诉|告诉我|列|列出|列出来|列一下|列下|列举|看|看看|看下|看一下|查|查查|查下|查一下|找|找找|找出|"
        "找下|想|想知道|想了解|想问|想看|知道|了解|一下|下|一共|总共|共|全部|所有|一切|各|各个|全|分别|具体|主要|明确|究竟|到底|哪些|什么|哪几个|哪几条|哪几项|哪几种|哪个|哪项|"
        "哪条|哪种|哪|有哪些|有什么|有哪几条|有哪几项|有哪几个|咩|乜|乜嘢|有咩|有乜|呢|吗|啊|吧|呀|嘛|么|哦|呐|啦|喔|㗎|嘎|咧|嘅|啲|咗|喺|嚟|哋|个啲|有冇|有没有|有无|"
        "是否有|是不是有|那边|这边|那里|这里|那块|这块|这一块|那一块|方面|这方面|这一方面|那方面|这个|那个|这些|那些|出来|来|去|东西|存在|可用|名单|清单|列表|一览|名字|名称|叫|"
        "以及|并|我想|麻烦|谢谢|唔该|内容|情况|做|做了|话说|说|讲|说说|讲讲|聊聊|出|可查|可供|得到|整理|汇总|梳理|总结|给我|一份|份|来说|而言|来讲|整个|这条|这一条|这项|该条|"
        "这一项|该项|文件|政策|政策里|文件里|文件中|政策中|这份文件|这个政策|这份政策|本政策|该政策|该文件|正好|恰好|刚好|些什么|边啲|边项|边条"
    ),
    "who": (
        "谁|边个|哪家|哪家公司|哪家单位|哪家机构|哪个机构|哪个单位|哪些机构|哪些单位|什么机构|什么单位|哪方|哪个组织|"
        "哪个部门|哪间公司|哪个公司"
    ),
    "where": (
        "哪里|哪儿|什么地方|边度|何处|何地|哪个城市|哪座城市|哪个地方|哪个市|位置|地址|地点|所在地|位于|建在|设在|坐落|"
        "坐落于|落户|落在|在哪|在哪里|在哪儿|哪块|在边度|喺边度|建在哪|建在哪里|建在哪儿|城市"
    ),
    "when": (
        "什么时候|什么时间|何时|哪年|哪一年|哪天|哪一天|几时|边日|边年|什么日子|什么日期|几号|最晚|最迟|时间|日期|期限|"
        "截止日期|截止时间|时限|时间点|几年|哪年底|多久|啥时候|几月|到什么时候|到哪年|到哪一年|之前|前|年份"
    ),
    "many": "多少|多少个|多少条|多少项|多少种|多少款|多少家|几多|几多条|几多个|几多项|几个|几条|几项|几种|几款|几家|"
    "数量|总数|个数|条数|项数|数目|几",
    "figure": (
        "多少|几多|几大|几高|多大|多高|多大规模|什么水平|什么规模|什么程度|达到多少|几何|数值|数字|值|目标值|规模|具体数字|达到|达|去到|实现|定在|定为|数额|数|水平|定|定的|定了|"
        "百分之几|几成|多大比例|比例|增长到|提高到|提升到|做到"
    ),
    "touch": (
        "涉及|涉及到|有关|相关|关于|关系|关系到|关乎|影响|影响到|触及|牵涉|针对|面向|聚焦|关注|适用|适用于|惠及|覆盖|涵盖|"
        "沾边|挂钩|联系|有联系|搭边|提到|提及|讲到|说到|谈到|对|对于|围绕|跟|和|与|同|服务|服务于|作用于|关联|有关系|用于|"
        "利好|帮助|相关的|有关的|挨边|搭界|瞄准|落在|用在|应用|发展|建设|加强"
    ),
    "support": "支持|扶持|促进|推动|助力|推进|撑|撑腰|支撑|力挺|背书|利好|鼓励|服务|服务于",
    "modal": "要|应|应当|应该|需|需要|须|必须|将|将要|计划|预计|力争|得要|要求|该|得",
    "might": "会|能",
    "due": (
        "到期|截止|届满|截止日期|期限|交账|交卷|要完成|要实现|要达到|要达成|须完成|需完成|应完成|"
        "该完成|到点|截止年份|到期年份|目标年份"
    ),
    "met": "完成|实现|达到|达成|达标|做到|落实|兑现|搞定|做完|到位|做好|办完",
    "passive": "被|受|受到|得到|获得|由|获|受着|享受",
    "have": (
        "有|带|带有|带着|设|设了|设定|设定了|定了|附|附有|附带|包含|含|含有|提出|提出了|写了|写明|明确了|规定了|给出|给出了|给了"
    ),
    "run": "运营|运行|运维|管理|经营|营运|打理|运作|主管|管|管着|管事",
    "build": "研发|研发的|开发|建设|研制|承建|建造|建|建的|造|造的|搞|打造|牵头|弄|整|整嘅",
    "charge": "负责|承担|主导|主办|背后|牵头|手上|手里|旗下|名下|手下",
    "serve": (
        "服务|服务于|用|用上|用到|用于|用在|应用|应用于|适用|适用于|面向|支持|支撑|给|针对|为|使用|派上用场|好用|跑|"
        "用得上|用得到|提供"
    ),
    "in-place": (
        "落地|实施|开展|执行|推行|适用|适用于|提到|提及|点名|点到|推进|生效|覆盖|涉及|当地|本地|境内|惠及|照顾|针对|面向|参与|参加|参与了|参加了|承担|承担了|出现|写进|写到"
    ),
    "stated": (
        "写|写在|写着|写到|写了|说|提|讲|出处|原文|出自|来源|依据|哪一句|哪句话|哪句|哪一条|哪一段|哪段|哪一行|原话|证据|"
        "来自|记载|载于|见于|出现|提到|说到|原句|引文|第几行|第几段|找到|文字"
    ),
    "source": "原文|文章|报道|文件|新闻|文中|文里|报道里|政策|稿子|通稿",
    "compare": "比较|对比|比一比|比比|比|区别|不同|差异|差别|异同|相比|不一样|对照|放一起|摆在一起|差在|分别",
    "and": "和|与|跟|同|及|以及|还是|之间|两者|二者|两个|对",
    "under": (
        "下|之下|下面|下边|底下|以下|属于|归|归于|归入|归在|列入|归类|归到|划到|放在|属|项下|名下|旗下|里|里面|包含|包括|含"
    ),
    "theme": "主题|方面|板块|类别|类|这类|这一类|大类|专题",
    "parts": (
        "细分|具体举措|具体措施|条款|子措施|分项|细则|细项|小项|分成|拆成|细化|细分成|细分为|分为|包含|"
        "包括|组成|哪几条|几条|哪几项|哪几点|要点|分"
    ),
    "without": "没有|没|无|缺少|缺乏|尚无|还没有|一条都没有|一个都没有|没有任何|空白|冇",
    "quantified": (
        "可量化|量化|定量|数字|具体数字|数值|量化的|可以量化|能量化|带数字|有数字|硬指标|数字化|明确数字|具体数值|有数|具体数字指标|数字指标|量化指标|用数字衡量|能用数字衡量|可以衡量|"
        "可衡量|数值的|带数值|带数值的|带数字的|给出数字"
    ),
    "qualitative": (
        "定性|非量化|非定量|不带数字|定性的|没有数字|未量化|没量化|没有量化|不量化|没有给出数字|没给数字|"
        "没有具体数字|没有数值|没有量化指标|定性描述|没数字"
    ),
    "declared": "45|45条|45项|四十五条|四十五项|四十五",
    "covered": "覆盖|收录|收录了|建模|包含|包含了|纳入|纳入了|录入|覆盖了|涵盖|收进来",
    "everything": "全部内容|所有内容|全文|一切|内容",
    "been": "过",
    "coverage": "覆盖率|覆盖度|完整度|完整性|收录率|收录了多少",
    "published": "公布|发布|出台|印发|颁布|推出|面世|公开|发表|问世|出炉|发布日期|公布日期|发文",
    "describe": (
        "介绍|干嘛|干什么|做什么|搞什么|是什么|什么来头|什么玩意|什么意思|讲讲|说说|简介|概况|描述|解释|科普|信息|资料|"
        "详情|是谁|是什么东西|做乜|系乜|系咩|干吗|用来干嘛|用来做什么|是什么来的|指什么|指的是什么|系乜嘢|系咩嚟|基本信息"
    ),
    "city": "位于|坐落|落户|落户在|设在|建在|拥有|建有|境内|当地|本地|市内|布局|布局了|建了",
    UNSAID: (
        "可能|直接|完成了|实现了|达成了|达到了|达标了|落实了|兑现了|做完了|已完成|已|已经|曾|曾经|为什么|为何|"
        "怎么|如何|怎样|何以|缘何|为啥|凭什么|怎么样|为咩|为乜|为了什么|为了|为着|点解|现在|目前|当前|"
        "如今|眼下|多少钱|做到了|达了|提升到了|增长到了|提高到了|搞定了|办完了|做好了|到位了|到期了"
    ),
    "make": (
        "写|写了|说了|讲了|做了|收|收了|收录|设定|设定了|定了|定下|设|设了|提|含|包含|包括|包括了|包含了|列了|出了|出台|推出|采取|制定|提出|规定|安排|部署|作出|制订|出台了|"
        "推出了|采取了|提出了|规定了|安排了|部署了|收录了"
    ),
    "operator": "运营方|运营商|运营单位|运营机构|运营者",
    "developer": "研发方|开发方|建设方|研发单位|研发机构|开发者|建设单位|承建方",
}

_MORE: Final[Mapping[str, Mapping[Language, str]]] = {
    "measures": {
        "en": "measure|measures|actions|action|initiatives|initiative|steps|provisions|provision|moves",
        "zh": "办法|做法|条款|动作|招数|具体措施|具体举措|招|部署",
    },
    "targets": {"en": "target|goal|objective|aims|milestones|milestone", "zh": "目标任务|任务目标"},
    "platforms": {"en": "platform|facilities|facility|infrastructure", "zh": "设施|平台项目"},
    "sectors": {"en": "sector|industry|field|area|areas", "zh": "部门|行当|行业领域"},
    "products": {"en": "product|technology|technologies", "zh": "技术|产品技术|应用"},
    "organizations": {
        "en": "organization|organisation|institution|body|agencies|companies",
        "zh": "单位|公司|组织",
    },
    "places": {"en": "place|location|region", "zh": "地方"},
    "indicators": {"en": "indicator|metric|kpis", "zh": "指标项"},
    "themes": {"en": "theme|topic", "zh": "主题板块"},
    "policies": {"en": "policy", "zh": "文件"},
}
"""What collections are called besides what they are called in lists and counts."""


def sense_of(collection: Collection) -> str:
    """Return the sense of the words for a collection: its name, or its class where it has only some of a kind."""
    return collection.class_name or collection.name


def _pairs(language: Language) -> Iterator[tuple[str, str]]:
    for sense, words in (_EN if language == "en" else _ZH).items():
        yield from ((word, sense) for word in words.split("|"))
    for sense, more in _MORE.items():
        yield from ((word, sense) for word in more[language].split("|"))
    for collection in COLLECTIONS:
        yield from ((word, sense_of(collection)) for word in collection.words[language])


def _senses(pairs: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for word, sense in pairs:
        found.setdefault(word, set()).add(sense)
    return {word: frozenset(senses) for word, senses in found.items()}


SENSES: Final[Mapping[Language, Mapping[str, frozenset[str]]]] = {
    language: _senses(_pairs(language)) for language in LANGUAGES
}
"""Word → the senses that it may have, by language."""
