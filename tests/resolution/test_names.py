"""Names: exact ones, others that can be nothing else, several things of one name, and nothing."""

from __future__ import annotations

import pytest

from kg.resolve import Resolver


def named(resolver: Resolver, text: str) -> set[str]:
    found = resolver.resolve(text)
    return {entity.candidate.typed_id for entity in found.entities} if found.kind == "name" else set()


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("医疗", "sector/healthcare"),
        ("醫療", "sector/healthcare"),
        ("HEALTHCARE", "sector/healthcare"),
        ("the healthcare sector", "sector/healthcare"),
        ("sector/healthcare", "sector/healthcare"),
        ("https://w3id.org/policy-kg/id/sector/healthcare", "sector/healthcare"),
        ("gd-ai45-compute-2027", "target/gd-ai45-compute-2027"),
        ("请问鹏城云脑", "platform/pengcheng-cloud-brain"),
        ("广州市", "place/guangzhou"),
        ("深圳", "place/shenzhen"),
        ("AI chips", "product/ai-chips"),
        ("Guangzhou computing center", "platform/guangzhou-ai-public-computing-centre"),
        ("smart hospital", "product/smart-hospitals"),
        ("helthcare", "sector/healthcare"),
        ("jiaoyu", "sector/education"),
        ("朋城云脑", "platform/pengcheng-cloud-brain"),
        ("机器人", "product/robots"),
        ("机器人产业", "sector/robotics"),
    ],
)
def test_name_is_that_of_one_thing_and_answered(resolver: Resolver, text: str, thing: str) -> None:
    found = resolver.resolve(text)
    assert found.kind == "name"
    assert named(resolver, text) == {thing}
    assert found.reading is not None
    assert found.reading.plain() == {"thing": thing}
    assert found.answer is not None
    assert found.answer.total > 0
    assert found.entities[0].text in text


def test_name_of_two_things_is_ambiguous_and_not_answered(resolver: Resolver) -> None:
    found = resolver.resolve("智能机器人")
    (ambiguity,) = found.ambiguities
    assert {candidate.typed_id for candidate in ambiguity.candidates} == {"product/robots", "sector/robotics"}
    assert (ambiguity.text, found.answer, found.reading) == ("智能机器人", None, None)
    assert {tuple(suggestion.arguments["thing"]["id"] for suggestion in found.alternatives)} == {("robots", "robotics")}


def test_question_of_two_things_is_ambiguous_with_a_question_for_each(resolver: Resolver) -> None:
    found = resolver.resolve("哪些措施涉及智能机器人？")
    assert (found.kind, found.answer, found.reading) == ("question", None, None)
    (ambiguity,) = found.ambiguities
    assert found.query[ambiguity.start : ambiguity.end] == "智能机器人"
    forms = {}
    for suggestion in found.alternatives:
        again = resolver.resolve(suggestion.question["zh"])
        assert again.reading is not None
        forms[again.reading.form.name] = again.reading.plain()
    assert forms == {
        "measures-touching": {"sector": "sector/robotics"},
        "measures-for-product": {"product": "product/robots"},
    }


def test_form_that_takes_one_of_the_two_means_that_one(resolver: Resolver) -> None:
    found = resolver.resolve("哪些产品服务于智能机器人")
    assert found.reading is not None
    assert found.reading.plain() == {"sector": "sector/robotics"}


PILOT_ZONES = {"national-ai-innovation-pilot-zone", "national-ai-application-pioneer-zone"}
CITY_AND_CENTRE = {"place/guangzhou", "platform/guangzhou-ai-public-computing-centre"}


@pytest.mark.parametrize(
    "text",
    [
        "广州",
        "廣州",
        "Guangzhou",
        "guangzhou",
        "广州是什么？",
        "what is Guangzhou?",
        "where is Guangzhou",
        "“广州”写在哪里",
    ],
)
def test_city_its_computing_centre_and_its_pilot_zone_are_reported_and_none_is_taken(
    resolver: Resolver, text: str
) -> None:
    found = resolver.resolve(text)
    assert (found.answer, found.reading, found.sparql) == (None, None, None)
    (ambiguity,) = found.ambiguities
    zones = {f"place/{name}" for name in PILOT_ZONES}
    assert {candidate.typed_id for candidate in ambiguity.candidates} == CITY_AND_CENTRE | zones
    assert {candidate.typed_id for candidate in ambiguity.candidates if candidate.how == "within"} == zones
    assert ambiguity.text.casefold() in {"广州", "廣州", "guangzhou"}
    about = {value["id"] for suggestion in found.alternatives for value in suggestion.arguments.values()}
    assert about == {*(name.partition("/")[2] for name in CITY_AND_CENTRE), *PILOT_ZONES}
    for suggestion in found.alternatives:
        for question in suggestion.question.values():
            again = resolver.resolve(question)
            assert again.reading is not None, question
            assert again.reading.arguments() == suggestion.arguments


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("琶洲", {"place/pazhou", "place/pazhou-ai-zone", "platform/pazhou-shaxi-computing-centre"}),
        ("Pazhou", {"place/pazhou", "place/pazhou-ai-zone", "platform/pazhou-shaxi-computing-centre"}),
        ("沙溪", {"place/shaxi", "platform/pazhou-shaxi-computing-centre"}),
        ("Guangdong", {"place/guangdong"}),
        ("粤", {"place/guangdong"}),
        ("智能機械人", {"product/robots", "sector/robotics"}),
        ("无人驾驶出租车", {"product/robotaxis"}),
        ("Hengqin", {"place/hengqin", "platform/hengqin-advanced-computing-centre"}),
        ("鹏城", {"organization/pengcheng-laboratory", "platform/pengcheng-cloud-brain"}),
    ],
)
def test_name_that_is_short_for_several_is_ambiguous_and_of_no_others(
    resolver: Resolver, text: str, things: set[str]
) -> None:
    assert named(resolver, text) == things


@pytest.mark.parametrize(
    "text",
    [
        "广州的目标有哪些",
        "广州有哪些平台",
        "which measures apply in Guangzhou",
        "比较广州和深圳",
        "深圳和广州有什么不同",
    ],
)
def test_city_is_meant_where_nothing_else_can_be(resolver: Resolver, text: str) -> None:
    found = resolver.resolve(text)
    assert found.reading is not None
    assert "place/guangzhou" in found.reading.plain().values()
    assert not found.ambiguities


def test_answer_of_a_place_names_the_others_besides(resolver: Resolver) -> None:
    others = {
        value["id"] for item in resolver.resolve("广州的目标有哪些").alternatives for value in item.arguments.values()
    }
    assert "guangzhou-ai-public-computing-centre" in others
    others = {value["id"] for item in resolver.resolve("深圳").alternatives for value in item.arguments.values()}
    assert others >= PILOT_ZONES


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("哪些措施涉及机器人", "product/robots"),
        ("which measures deal with AI chips", "product/ai-chips"),
        ("哪些产品服务于机器人", "sector/robotics"),
    ],
)
def test_label_wins_over_what_is_only_like_it(resolver: Resolver, text: str, thing: str) -> None:
    found = resolver.resolve(text)
    assert found.reading is not None
    assert set(found.reading.plain().values()) == {thing}


@pytest.mark.parametrize(
    "text",
    [
        "航天",
        "上海",
        "beekeeping",
        "quantum teleportation",
        "智慧法院",
        "banking",
        "mining",
        "baking",
        "42",
        "AI " * 20,
    ],
)
def test_what_is_no_name_is_none(resolver: Resolver, text: str) -> None:
    found = resolver.resolve(text)
    assert (found.kind, found.answer) == ("unknown", None)
    assert found.alternatives
