"""Looking things up in the real graph: what the article says is found, with its clause."""

from __future__ import annotations

import pytest

from kg.errors import BadParameter, NotFound
from kg.iris import Iris
from kg.kinds import KINDS
from kg.lookup import Lookup

TARGETS = [
    ("gd-ai45-compute-2025", "gt", 40, "EFLOPS", 4e19, 2025, "算力规模超过40EFLOPS"),
    ("gd-ai45-core-industry-2025", "gt", 3000, "亿元", 3e11, 2025, "人工智能核心产业规模超过3000亿元"),
    ("gd-ai45-compute-2027", "gt", 60, "EFLOPS", 6e19, 2027, "算力规模超过60EFLOPS"),
    ("gd-ai45-core-industry-2027", "gt", 4400, "亿元", 4.4e11, 2027, "人工智能核心产业规模超过4400亿元"),
    ("gd-ai45-terminal-products-2027", "ge", 100, "款", 100, 2027, "打造100款以上大规模使用的智能终端产品"),
    ("gd-ai45-scenarios-2027", "ge", 500, "个", 500, 2027, "打造500个以上应用场景"),
    ("gd-ai45-smart-sensor-2027", "eq", 2, "倍", 2, 2027, "实现高端智能传感器产业规模倍增"),
    ("gd-ai45-smart-software-2027", "ge", 270, "亿元", 2.7e10, 2027, "智能软件产业规模达到270亿元"),
    ("gd-ai45-self-developed-software-2027", "ge", 50, "%", 0.5, 2027, "人工智能自主软件覆盖率达到50%"),
    ("gd-ai45-industry-datasets-2027", "ge", 50, "个", 50, 2027, "建设50个以上高质量行业数据集"),
    ("gd-ai45-algorithm-products-2027", "eq", 100, "个", 100, 2027, "打造具有示范推广效应的100个算法产品"),
    ("gd-ai45-robot-revenue-2027", "ge", 900, "亿元", 9e10, 2027, "智能机器人产业营业收入达到900亿元"),
    ("gd-ai45-high-end-equipment-revenue-2027", "ge", 3800, "亿元", 3.8e11, 2027, "高端装备制造业营业收入达到3800亿元"),
    ("gd-ai45-nev-output-2027", "ge", 350, "万辆", 3.5e6, 2027, "新能源汽车年产量达到350万辆以上"),
    ("gd-ai45-ai-phone-output-2027", "ge", 1, "亿台", 1e8, 2027, "人工智能手机产量达到1亿台以上"),
    ("gd-ai45-new-care-products-2027", "ge", 1500, "种", 1500, 2027, "新增1500种以上专业新产品"),
    ("gd-ai45-new-vr-products-2027", "ge", 3000, "款", 3000, 2027, "新增3000款以上的虚拟现实终端和应用"),
]
"""The article's numbers, as two readers listed them independently of the facts file."""

OUTCOMES = [
    "人工智能产业底座进一步夯实",
    "全国领先的算法体系和算力网络体系基本形成",
    "智能终端产品供给丰富",
    "各行各业劳动生产率显著提升",
    "人工智能芯片生态体系初步建成",
    "基本建成一站式研究、开发、协作、部署和落地展示人工智能的开源服务体系",
    "重点行业的智算覆盖能力显著提升",
    "基本实现算力资源高效共享、自主协作与统一服务",
]
"""The article's outcomes without a number."""

TOUCHING = {
    "healthcare": {
        "gd-ai45-software-industry-needs",
        "gd-ai45-medical-service-capacity",
        "gd-ai45-smart-hospitals",
        "gd-ai45-medical-assistants",
        "gd-ai45-age-friendly-retrofit",
    },
    "education": {
        "gd-ai45-software-industry-needs",
        "gd-ai45-smart-education",
        "gd-ai45-education-equipment",
        "gd-ai45-smart-classrooms-campuses",
    },
    "elderly-care": {"gd-ai45-care-rehabilitation-products", "gd-ai45-age-friendly-retrofit"},
    "manufacturing": {
        "gd-ai45-software-industry-needs",
        "gd-ai45-empower-key-industries",
        "gd-ai45-smart-sensing-industry",
        "gd-ai45-robot-innovation",
        "gd-ai45-high-end-equipment-upgrade",
    },
}


@pytest.mark.parametrize(("key", "comparator", "value", "unit", "normalized", "year", "clause"), TARGETS)
def test_each_number_of_the_article_is_found(
    lookup: Lookup, key: str, comparator: str, value: float, unit: str, normalized: float, year: int, clause: str
) -> None:
    found = lookup.thing("target", key).to_json()
    assert (found["comparator"], found["value"], found["unit"]) == (comparator, value, unit)
    assert found["value_normalized"] == pytest.approx(normalized, rel=1e-12)
    assert (found["deadline"], found["deadline_year"]) == (f"{year}-12-31", year)
    assert found["wording"] == clause == found["evidence"][0]["quote"]
    assert found["deadline_evidence"][0]["quote"].startswith(f"到{year}年")
    assert found["indicator"]["label"]["zh"]
    assert found["policy"]["id"] == "gd-ai45"


def test_no_number_and_no_outcome_is_missing_or_invented(lookup: Lookup) -> None:
    items = [thing.to_json() for thing in lookup.things("target", {}).items]
    assert {item["id"] for item in items if item["quantitative"]} == {target[0] for target in TARGETS}
    outcomes = {item["wording"]: item for item in items if not item["quantitative"]}
    assert set(outcomes) == set(OUTCOMES)
    assert all(item["value"] is None and item["comparator"] is None for item in outcomes.values())
    assert len(items) == 25


@pytest.mark.parametrize(("sector", "measures"), TOUCHING.items())
def test_the_measures_that_touch_a_sector_come_with_their_way_and_clauses(
    lookup: Lookup, sector: str, measures: set[str]
) -> None:
    page = lookup.things("measure", {"touches": sector})
    assert {thing.id for thing in page.items} == measures
    assert page.total == len(measures)
    for thing in page.items:
        assert thing.touches
        for touch in thing.touches:
            assert touch.sector.id == sector
            assert touch.via[0].subject.id == thing.id
            stated = [step for step in touch.via if step.predicate.startswith("pkg:")]
            assert stated
            assert all(step.evidence and step.evidence[0].quote for step in stated)


def test_a_direct_touch_comes_first_and_says_so(lookup: Lookup) -> None:
    page = lookup.things("measure", {"touches": "healthcare"})
    hospitals = next(thing for thing in page.items if thing.id == "gd-ai45-smart-hospitals")
    assert hospitals.touches is not None
    assert [touch.direct for touch in hospitals.touches] == [True, False]
    assert [step.predicate for step in hospitals.touches[1].via] == ["pkg:concernsProduct", "pkg:servesSector"]


def test_without_transitive_the_sectors_below_do_not_count(lookup: Lookup) -> None:
    all_below = {thing.id for thing in lookup.things("measure", {"touches": "manufacturing"}).items}
    itself = {thing.id for thing in lookup.things("measure", {"touches": "manufacturing"}, transitive=False).items}
    assert itself == {"gd-ai45-software-industry-needs"}
    assert itself < all_below


@pytest.mark.parametrize(
    "name", ["healthcare", "sector/healthcare", Iris().mint("sector", "healthcare"), "医疗", "Medical", "卫生健康"]
)
def test_a_thing_is_found_by_id_iri_and_name_in_either_language(lookup: Lookup, name: str) -> None:
    assert lookup.thing("sector", name).id == "healthcare"


def test_what_is_not_found_says_what_is_near(lookup: Lookup) -> None:
    with pytest.raises(NotFound) as error:
        lookup.thing("sector", "helthcare")
    assert error.value.nearest[0] == "healthcare"


def test_platforms_say_who_supports_develops_and_where(lookup: Lookup) -> None:
    net = lookup.thing("platform", "中国算力网").to_json()
    assert [link["id"] for link in net["developed_by"]] == ["pengcheng-laboratory"]
    assert net["developed_by"][0]["evidence"][0]["quote"] == "支持鹏城实验室“中国算力网”研发建设"
    brain = lookup.thing("platform", "Pengcheng Cloud Brain").to_json()
    assert [link["id"] for link in brain["supported_by"]] == ["gd-ai45-public-compute-platforms"]
    assert brain["developed_by"] == brain["operated_by"] == brain["located_in"] == []
    centre = lookup.thing("platform", "广州人工智能公共算力中心").to_json()
    assert [link["id"] for link in centre["located_in"]] == ["guangzhou"]
    assert centre["located_in"][0]["evidence"][0]["reading"] == "name"
    hengqin = lookup.thing("platform", "hengqin-advanced-computing-centre").to_json()
    assert [link["id"] for link in hengqin["located_in"]] == ["hengqin"]
    shaxi = lookup.thing("platform", "pazhou-shaxi-computing-centre").to_json()
    assert shaxi["positioning"]["value"]["zh"] == "大湾区首个服务于大模型的智算中心"


def test_every_thing_and_every_relation_has_evidence(lookup: Lookup) -> None:
    seen = 0
    for kind in KINDS:
        for thing in lookup.things(kind.name, {}, limit=1000).items:
            found = thing.to_json()
            assert found["evidence"], thing.iri
            seen += 1
    assert seen > 200


@pytest.mark.parametrize(
    ("kind", "filters", "count"),
    [
        ("target", {"deadline": "2025"}, 2),
        ("target", {"quantitative": "false"}, 8),
        ("target", {"comparator": "gt"}, 4),
        ("target", {"indicator": "算力规模"}, 2),
        ("target", {"sector": "manufacturing", "deadline": "2027"}, 4),
        ("target", {"measure": "gd-ai45-vr-terminals"}, 1),
        ("measure", {"kind": "titled"}, 25),
        ("measure", {"theme": "ai-foundation", "kind": "titled"}, 8),
        ("measure", {"platform": "鹏城云脑"}, 1),
        ("measure", {"q": "医"}, 4),
        ("sector", {"q": "care"}, 3),
        ("target", {"policy": "gd-ai45", "deadline": "2099"}, 0),
    ],
)
def test_filters(lookup: Lookup, kind: str, filters: dict[str, str], count: int) -> None:
    assert lookup.things(kind, filters).total == count


@pytest.mark.parametrize(
    ("kind", "filters", "words"),
    [
        ("target", {"deadline": "soon"}, "must be a year"),
        ("target", {"comparator": "bigger"}, "gt, ge, eq"),
        ("sector", {"touches": "healthcare"}, "is not a filter"),
        ("measure", {"kind": "big"}, "titled, provision"),
    ],
)
def test_an_impossible_filter_says_what_it_may_be(
    lookup: Lookup, kind: str, filters: dict[str, str], words: str
) -> None:
    with pytest.raises(BadParameter, match=words):
        lookup.things(kind, filters)


def test_pages_follow_one_another_without_gap_or_overlap(lookup: Lookup) -> None:
    whole = [thing.id for thing in lookup.things("measure", {}, limit=1000).items]
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = lookup.things("measure", {}, limit=10, cursor=cursor)
        assert page.total == len(whole) == 57
        found += [thing.id for thing in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert found == whole


@pytest.mark.parametrize(("limit", "cursor"), [(0, None), (1001, None), (10, "?"), (10, "b3h4"), (10, "bzk5OTk")])
def test_an_impossible_part_of_a_list_is_refused(lookup: Lookup, limit: int, cursor: str | None) -> None:
    with pytest.raises(BadParameter):
        lookup.things("measure", {}, limit=limit, cursor=cursor)


def test_a_clause_leads_back_to_what_it_states(lookup: Lookup) -> None:
    found = lookup.describe(Iris().mint("clause", "dayoo-20240607", "2", "16-30"))
    assert found is not None
    clause = found.to_json()
    assert clause["quote"] == "算力规模超过40EFLOPS"
    assert {fact["predicate"] for fact in clause["states"]} >= {"pkg:quantity", "pkg:comparator", "pkg:hasIndicator"}
    assert [thing["id"] for thing in clause["names"]] == ["gd-ai45-compute-2025"]


def test_an_iri_that_the_graph_does_not_know_is_none(lookup: Lookup) -> None:
    assert lookup.describe(Iris().mint("sector", "nowhere")) is None
    assert lookup.describe("https://example.org/id/sector/healthcare") is None


def test_coverage_is_declared_and_modelled(lookup: Lookup) -> None:
    coverage = lookup.meta()["coverage"]
    assert [(row["policy"]["id"], row["declared_measures"], row["modelled_measures"]) for row in coverage] == [
        ("gd-ai45", 45, 25)
    ]
    assert coverage[0]["modelled_provisions"] == 32
