"""Forty names as they stand in people's tables, and what each means, labelled by hand."""

from __future__ import annotations

from dataclasses import dataclass, field

DUE_2025, DUE_2027 = "2025-12-31T00:00:00Z", "2027-12-31T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Named:
    """A name, and how it is to be judged.

    `matched` is the thing that it names without doubt. `likeliest` are those that a person may choose from, where it
    has several meanings, or is so short that its misspelling may be another word. Neither: there is no such thing here.
    `sectors` and `due` are what a table is extended with once the rows have been matched.
    """

    text: str
    matched: str = ""
    likeliest: frozenset[str] = frozenset()
    sectors: tuple[str, ...] = ()
    due: tuple[str, ...] = field(default=())


def sure(text: str, matched: str, *sectors: str, due: tuple[str, ...] = ()) -> Named:
    return Named(text, matched=matched, sectors=tuple(f"sector/{sector}" for sector in sectors), due=due)


def unsure(text: str, *likeliest: str) -> Named:
    return Named(text, likeliest=frozenset(likeliest))


NAMES = (
    # The very name, or an alias.
    sure("医疗", "sector/healthcare"),
    sure("Healthcare", "sector/healthcare"),
    sure("广州", "place/guangzhou"),
    sure("Canton", "place/guangzhou"),
    sure("PCL", "organization/pengcheng-laboratory"),
    sure("Peng Cheng Laboratory", "organization/pengcheng-laboratory"),
    sure("AI手机产量", "indicator/ai-phone-output", due=(DUE_2027,)),
    sure("robotaxis", "product/robotaxis"),
    sure("算力网络", "theme/compute-network"),
    # Traditional characters.
    sure("醫療", "sector/healthcare"),
    sure("製造業", "sector/manufacturing"),
    sure("橫琴先進智能計算中心", "platform/hengqin-advanced-computing-centre"),
    sure("鵬城實驗室", "organization/pengcheng-laboratory"),
    sure("粵港澳大灣區", "place/greater-bay-area"),
    sure("算力規模", "indicator/compute-capacity", due=(DUE_2025, DUE_2027)),
    sure("建設智慧醫院", "measure/gd-ai45-smart-hospitals", "healthcare"),
    sure("推進智能機器人創新發展", "measure/gd-ai45-robot-innovation", "robotics", due=(DUE_2027,)),
    # Width, case, spaces and punctuation.
    sure("ＨＥＡＬＴＨ　ＣＡＲＥ", "sector/healthcare"),
    sure("  eldercare ", "sector/elderly-care"),
    sure("E-Government", "sector/government"),
    sure("Guangdong's AI 45 measures", "policy/gd-ai45", due=(DUE_2025, DUE_2027)),
    sure("打造智医助理", "measure/gd-ai45-medical-assistants", "healthcare"),
    sure("到2027年算力規模超過60EFLOPS", "target/gd-ai45-compute-2027", due=(DUE_2027,)),
    sure(
        "high-end smart sensor industry doubled by 2027",
        "target/gd-ai45-smart-sensor-2027",
        "smart-sensor-industry",
        due=(DUE_2027,),
    ),
    # One name of several things.
    unsure("高端装备", "product/high-end-equipment", "sector/high-end-equipment"),
    unsure("智慧政府", "product/smart-government", "sector/government"),
    unsure("AI industrial base", "indicator/ai-industrial-base", "theme/ai-foundation"),
    unsure("智慧民生", "sector/livelihood", "theme/smart-livelihood"),
    # Misspelt.
    unsure("Helthcare", "sector/healthcare"),
    unsure("Shenzen", "place/shenzhen"),
    sure("Guangzou Daily", "organization/guangzhou-daily"),
    sure("Pengcheng Cloud Brian", "platform/pengcheng-cloud-brain"),
    sure("朋城云脑", "platform/pengcheng-cloud-brain"),
    sure("沙溪智算中新  ", "platform/pazhou-shaxi-computing-centre"),
    sure("新能源氣車", "product/new-energy-vehicles"),
    # Pinyin.
    sure("yanglao", "sector/elderly-care"),
    sure("zhizaoye", "sector/manufacturing"),
    sure("jiaoyu hangye", "sector/education"),
    # Not here.
    Named("上海"),
    Named("aerospace"),
)
