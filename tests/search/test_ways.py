"""Each way of matching, in both languages."""

from __future__ import annotations

import pytest

from kg.search import CONFIDENT, SearchIndex
from tests.search.made import first, ids, index_of, thing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("医疗", ("sector/healthcare", "label", 1.0)),
        ("Healthcare", ("sector/healthcare", "label", 1.0)),
        ("  卫生健康 ", ("sector/healthcare", "alias", 0.995)),
        ("GBA", ("place/greater-bay-area", "alias", 0.995)),
        ("粤", ("place/guangdong", "alias", 0.995)),
        ("healthcare", ("sector/healthcare", "id", 1.0)),
        ("sector/healthcare", ("sector/healthcare", "id", 1.0)),
        ("https://w3id.org/policy-kg/id/sector/healthcare", ("sector/healthcare", "id", 1.0)),
    ],
)
def test_the_very_name_is_sure(index: SearchIndex, text: str, expected: tuple[str, str, float]) -> None:
    assert first(index, text) == expected


@pytest.mark.parametrize(
    ("text", "typed_id", "how", "least"),
    [
        # folded: case, width, spaces, punctuation, accents, spelling
        ("HEALTH   care", "sector/healthcare", "folded", 0.99),
        ("Ｈealthｃare", "sector/healthcare", "folded", 0.99),
        ("health-care", "sector/healthcare", "folded", 0.99),
        ("医 疗", "sector/healthcare", "folded", 0.99),
        ("琶洲算谷沙溪智算中心", "platform/pazhou-shaxi-computing-centre", "folded", 0.99),
        ("Guangdong's AI 45 measures", "policy/gd-ai45", "folded", 0.99),
        ("c2 net", "platform/china-computing-net", "folded", 0.99),
        ("Labor productivity across all trades", "indicator/labour-productivity", "folded", 0.985),
        ("Guangzhou computing center", "platform/guangzhou-ai-public-computing-centre", "folded", 0.985),
        ("civil organisation", "sector/civil-affairs", "part", 0.25),
        # script: traditional characters, words of Taiwan and Hong Kong
        ("醫療", "sector/healthcare", "script", 0.98),
        ("鵬城雲腦", "platform/pengcheng-cloud-brain", "script", 0.98),
        ("橫琴先進智能計算中心", "platform/hengqin-advanced-computing-centre", "script", 0.98),
        ("人工智慧產業", "sector/artificial-intelligence", "script", 0.98),
        ("智能軟體", "product/smart-software", "script", 0.98),
        # pinyin: with and without spaces, tones as marks and digits, southern spellings, homophones
        ("yiliao", "sector/healthcare", "pinyin", 0.93),
        ("yi liao", "sector/healthcare", "pinyin", 0.93),
        ("yī liáo", "sector/healthcare", "pinyin", 0.93),
        ("yi1liao2", "sector/healthcare", "pinyin", 0.93),
        ("zhineng zhongka", "product/smart-heavy-trucks", "pinyin", 0.93),
        ("penchen shiyansi", "organization/pengcheng-laboratory", "pinyin", 0.86),
        ("朋城云脑", "platform/pengcheng-cloud-brain", "pinyin", 0.9),
        ("碰城实验室", "organization/pengcheng-laboratory", "pinyin", 0.8),
        ("pengchengyunao", "platform/pengcheng-cloud-brain", "typo", 0.8),
        # initials
        ("pcyn", "platform/pengcheng-cloud-brain", "initials", 0.84),
        ("PCCB", "platform/pengcheng-cloud-brain", "initials", 0.84),
        ("dwq", "place/greater-bay-area", "initials", 0.8),
        # part: in any order, plurals, gerunds, words for kinds and sorts
        ("hospitals, smart", "product/smart-hospitals", "part", 0.96),
        ("smart hospital", "product/smart-hospitals", "part", 0.96),
        ("intelligent hospitals", "product/smart-hospitals", "alias", 0.995),
        ("farm", "sector/agriculture", "part", 0.9),
        ("the healthcare industry", "sector/healthcare", "part", 0.96),
        ("医疗产业", "sector/healthcare", "part", 0.96),
        ("养老业", "sector/elderly-care", "part", 0.96),
        ("领域 教育", "sector/education", "part", 0.96),
        ("Peng Cheng Lab", "organization/pengcheng-laboratory", "part", 0.96),
        ("鹏城", "organization/pengcheng-laboratory", "part", 0.84),
        # typo
        ("helthcare", "sector/healthcare", "typo", 0.8),
        ("transprot", "sector/transport", "typo", 0.8),
        ("elderley care", "sector/elderly-care", "typo", 0.8),
        ("smart hosptals", "product/smart-hospitals", "typo", 0.8),
        ("Pengchen Cloud Brain", "platform/pengcheng-cloud-brain", "typo", 0.8),
        ("横琴先近智能计算中芯", "platform/hengqin-advanced-computing-centre", "pinyin", 0.9),
        ("广州人工智能公众算力中心", "platform/guangzhou-ai-public-computing-centre", "typo", 0.8),
    ],
)
def test_each_way_of_matching(index: SearchIndex, text: str, typed_id: str, how: str, least: float) -> None:
    found = first(index, text)
    assert found[0] == typed_id
    assert found[1] == how
    assert least <= found[2] <= 1
    assert (found[2] == 1) == (how in {"label", "id"})


def test_names_in_traditional_characters_are_found_by_simplified_ones() -> None:
    index = index_of(thing("sector/healthcare", "醫療", "Healthcare"), thing("product/software", "軟體", "Software"))
    assert first(index, "医疗") == ("sector/healthcare", "script", 0.98)
    assert first(index, "軟件") == ("product/software", "script", 0.98)
    assert first(index, "ruan ti") == ("product/software", "pinyin", 0.93)


def test_every_reading_of_a_character_counts() -> None:
    index = index_of(thing("place/x", "单蔓重"))
    assert first(index, "danman zhong") == ("place/x", "pinyin", 0.93)
    assert first(index, "shanman chong") == ("place/x", "pinyin", 0.93)


def test_another_word_of_a_sort_is_another_thing() -> None:
    index = index_of(thing("platform/a", "沙溪智算中心"), thing("place/a", "沙溪"), thing("place/b", "沙溪试验区"))
    assert ids(index.confident("沙溪智算中心")) == ["platform/a"]
    assert ids(index.confident("沙溪中心")) == ["platform/a"]
    assert ids(index.confident("沙溪先导区")) == ["place/b"]
    assert index.confident("沙溪实验室") == ()


def test_another_number_is_not_a_mistyping() -> None:
    index = index_of(thing("policy/a", "人工智能45条", "AI 45 measures"))
    assert index.confident("人工智能46条") == ()
    assert index.confident("AI 44 measures") == ()


@pytest.mark.parametrize(
    "text",
    [
        "上海",
        "航天",
        "beekeeping",
        "quantum teleportation",
        "wealth",
        "counts",
        "baking",
        "衣料",
        "北京大学",
        "XYZ Corp",
        "量子通信",
        "shipbuilding",
        "beijing",
        "shang hai",
        "2031",
        "the",
        "的",
    ],
)
def test_an_unknown_thing_is_not_named(index: SearchIndex, text: str) -> None:
    found = index.search(text)
    assert index.confident(text) == ()
    assert all(match.score < CONFIDENT for match in found)
