from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kg.agents import TOOL_BY_NAME, TOOLS, call
from kg.cli.mcp import Opened
from kg.lookup import Lookup
from kg.revisions import Revision
from kg.settings import Settings
from tests.agents.asking import Toolbox
from tests.conftest import ROOT

CITATION = {"quote", "source", "url", "line", "start", "end", "iri"}
ADDRESS = "https://life.dayoo.com/IT/202406/07/154627_54676394.htm"
SECTORS = [
    ("healthcare", "healthcare"),
    ("healthcare", "医疗"),
    ("education", "Education"),
    ("education", "教育"),
    ("elderly-care", "elderly care"),
    ("elderly-care", "养老"),
    ("manufacturing", "Manufacturing"),
    ("manufacturing", "制造业"),
]


def citations(value: Any) -> list[dict[str, Any]]:
    """Return all citations in JSON."""
    if isinstance(value, list):
        return [found for item in value for found in citations(item)]
    if isinstance(value, dict):
        return [value] if value.keys() >= {"quote", "line"} else [c for item in value.values() for c in citations(item)]
    return []


def test_every_tool_says_what_it_does_in_both_languages_and_what_it_takes_and_gives() -> None:
    assert [tool.name for tool in TOOLS] == [
        "search",
        "describe",
        "measures_touching",
        "targets",
        "compare",
        "schema",
        "query",
        "questions",
    ]
    for tool in TOOLS:
        assert tool.en.isascii() or "…" in tool.en
        assert not tool.zh.isascii()
        Draft202012Validator.check_schema(tool.input)
        Draft202012Validator.check_schema(dict(tool.output))
        assert tool.input["additionalProperties"] is False
        for name, about in tool.input["properties"].items():
            en, _, zh = about["description"].partition(" / ")
            assert en, (tool.name, name)
            assert not zh.isascii(), (tool.name, name)


def test_search_finds_a_misspelt_name_and_cites_where_the_thing_is_named(tools: Toolbox) -> None:
    first = tools.data("search", query="helthcare")["items"][0]
    assert (first["type"], first["id"], first["display"]) == ("sector", "healthcare", "Healthcare")
    assert 0 < first["score"] < 1
    assert first["matched"].keys() == {"text", "language", "how"}
    assert first["evidence"][0]["quote"] == "医疗"
    assert first["evidence"][0]["url"] == ADDRESS


def test_search_answers_in_the_language_it_is_asked_in_and_keeps_to_kinds(tools: Toolbox) -> None:
    found = tools.data("search", query="医疗", kinds=["sector"])["items"]
    assert found[0]["display"] == "医疗"
    assert {item["type"] for item in found} == {"sector"}
    assert tools.data("search", query="医疗", lang="en")["items"][0]["display"] == "Healthcare"


@pytest.mark.parametrize("name", ["gd-ai45-compute-2027", "target/gd-ai45-compute-2027"])
def test_describe_gives_values_and_relations_each_with_its_clause(tools: Toolbox, name: str) -> None:
    outcome = tools.outcome("describe", thing=name)
    data = outcome.data
    assert (data["value"], data["unit"], data["deadline_year"]) == (60, "EFLOPS", 2027)
    assert data["evidence"][0]["quote"] == "算力规模超过60EFLOPS"
    assert data["indicator"]["id"] == "compute-capacity"
    assert data["indicator"]["evidence"][0].keys() >= CITATION
    assert "> 60 EFLOPS (= 6e+19 FLOPS) · 2027" in outcome.text
    assert "“算力规模超过60EFLOPS” (dayoo-20240607, line 2, characters 95–109, " in outcome.text


def test_describe_in_chinese_reads_as_chinese(tools: Toolbox) -> None:
    text = tools.outcome("describe", thing="医疗").text
    assert text.startswith("医疗 [sector/healthcare]\n别名: ")
    assert "“医疗”（dayoo-20240607，第 7 行，第 53–55 字，" in text


def test_describe_takes_a_clause_by_its_iri(tools: Toolbox) -> None:
    iri = tools.data("describe", thing="gd-ai45-compute-2027")["evidence"][0]["iri"]
    assert tools.data("describe", thing=iri)["quote"] == "算力规模超过60EFLOPS"


@pytest.mark.parametrize(("sector", "name"), SECTORS)
def test_measures_touching_are_those_of_the_look_up_with_every_way(
    tools: Toolbox, lookup: Lookup, sector: str, name: str
) -> None:
    data = tools.data("measures_touching", sector=name)
    expected = lookup.things("measure", {"touches": sector}, limit=1000)
    assert data["sector"]["id"] == sector
    assert (data["total"], data["omitted"], data["next"]) == (expected.total, 0, None)
    assert [item["id"] for item in data["items"]] == [thing.id for thing in expected.items]
    for item, thing in zip(data["items"], expected.items, strict=True):
        assert item["touches"] == [touch.to_json() for touch in thing.touches or ()]
        assert item["touches"]
        assert all(touch["evidence"] and touch["evidence"][0].keys() >= CITATION for touch in item["touches"])


def test_a_list_that_is_cut_says_how_many_are_left_out_and_goes_on(tools: Toolbox) -> None:
    whole = tools.data("measures_touching", sector="healthcare")["items"]
    outcome = tools.outcome("measures_touching", sector="healthcare", limit=2)
    assert outcome.data["omitted"] == len(whole) - 2
    assert f"({len(whole) - 2} omitted; go on with `cursor`)" in outcome.text
    rest = tools.data("measures_touching", sector="healthcare", cursor=outcome.data["next"])["items"]
    assert [item["id"] for item in outcome.data["items"] + rest] == [item["id"] for item in whole]


def test_targets_are_filtered_by_what_things_are_called(tools: Toolbox) -> None:
    data = tools.data("targets", indicator="算力规模", comparator="gt")
    found = {item["id"]: (item["value"], item["unit_normalized"], item["deadline_year"]) for item in data["items"]}
    assert found == {
        "gd-ai45-compute-2025": (40, "FLOPS", 2025),
        "gd-ai45-compute-2027": (60, "FLOPS", 2027),
    }
    assert data["items"][0]["evidence"][0]["quote"] == "算力规模超过40EFLOPS"
    assert {item["deadline_year"] for item in tools.data("targets", deadline="2025")["items"]} == {2025}
    words = tools.data("targets", quantitative=False)["items"]
    assert words
    assert all(item["value"] is None for item in words)


def test_compare_tells_what_both_have_and_what_only_one_has(tools: Toolbox) -> None:
    data = tools.data("compare", left="gd-ai45-compute-2025", right="gd-ai45-compute-2027")
    rows = {row["key"]: row for row in data["rows"]}
    assert [fact["value"] for fact in rows["value"]["only_left"]] == [40]
    assert [fact["value"] for fact in rows["value"]["only_right"]] == [60]
    assert rows["value"]["only_right"][0]["evidence"][0]["quote"] == "算力规模超过60EFLOPS"
    (same,) = rows["indicator"]["both"]
    assert same["left"]["value"]["id"] == same["right"]["value"]["id"] == "compute-capacity"
    assert same["left"]["evidence"] != same["right"]["evidence"]
    assert rows["indicator"]["label"]["zh"] != "indicator"


def test_schema_has_terms_with_definitions_and_examples_that_answer(tools: Toolbox) -> None:
    data = tools.data("schema", about="appliesToSector")
    (term,) = data["properties"]
    assert (term["term"], term["from"], term["to"]) == ("pkg:appliesToSector", ["pkg:Measure"], ["pkg:Sector"])
    assert set(term["definition"]) == set(term["label"]) == {"zh", "en"}
    examples = tools.data("schema", about="touchesSector")["examples"]
    example = next(item for item in examples if item["name"].endswith("measures-touching-sector"))
    answer = tools.data("query", query=example["query"])
    assert answer["total"] > 0
    assert all(row["evidence"] for row in answer["rows"])
    whole = tools.data("schema")
    assert {"pkg:Measure", "pkg:Target", "pkg:Clause"} <= {item["term"] for item in whole["classes"]}
    assert len(whole["examples"]) >= 30


def test_questions_are_listed_and_answered_for_other_values(tools: Toolbox) -> None:
    listed = {item["slug"]: item for item in tools.data("questions")["items"]}
    assert len(listed) >= 30
    assert listed["measures-touching-sector"]["parameters"][0]["kind"] == "sector"
    data = tools.data("questions", slug="measures-touching-sector", parameters={"sector": "教育"})
    assert "教育" in data["question"]["zh"]
    assert "id/sector/education>" in data["sparql"]
    assert data["rows"][0]["values"]["sector_en"]["value"] == "Education"
    assert data["rows"][0]["evidence"][0].keys() >= CITATION


def test_numbers_are_taken_where_a_text_of_digits_is(tools: Toolbox) -> None:
    as_text, as_number = (tools.data("targets", deadline=year) for year in ("2027", 2027))
    assert as_number["items"] == as_text["items"] != []
    assert tools.error("targets", deadline=27)["argument"] == "deadline"
    asked = {"slug": "measures-due-by", "parameters": {"date": 2025}}
    assert tools.error("questions", **asked)["argument"] == "date"
    asked = {"slug": "compute-above", "parameters": {"above": 30}}
    assert tools.data("questions", **asked)["rows"]
    deadline = TOOL_BY_NAME["targets"].input["properties"]["deadline"]
    assert deadline["anyOf"] == [{"type": "string", "pattern": r"^\d{4}$"}, {"type": "integer"}, {"type": "null"}]
    error = tools.error("targets", deadline="soon", lang="zh")
    assert error["message"].endswith(r"应符合 ^\d{4}$。")


def test_all_that_tools_give_conforms_to_their_schemas_and_every_citation_is_whole(tools: Toolbox) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("search", {"query": "广州"}),
        ("describe", {"thing": "广东"}),
        ("measures_touching", {"sector": "education"}),
        ("targets", {}),
        ("compare", {"left": "sector/healthcare", "right": "sector/education"}),
        ("schema", {}),
        ("query", {"query": "SELECT ?m ?s { ?m pkg:appliesToSector ?s }"}),
        ("questions", {}),
    ]
    by_name = {tool.name: tool for tool in TOOLS}
    for name, arguments in calls:
        data = tools.data(name, **arguments)
        Draft202012Validator(dict(by_name[name].output)).validate(data)
        found = citations(data)
        assert found or name in {"schema", "questions"}
        assert all(citation.keys() >= CITATION and citation["url"] == ADDRESS for citation in found)


def test_a_question_is_there_as_soon_as_its_file_is(settings: Settings, revision: Revision, tmp_path: Path) -> None:
    """Also where the revision stays as it is: over standard input as over HTTP."""
    shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    file = tmp_path / "ontology" / "questions" / "mine.rq"

    async def slugs(opened: Opened) -> list[str]:
        outcome = await call(TOOL_BY_NAME["questions"], {}, opened.reading)
        return [item["slug"] for item in outcome.data["items"]]

    async def before_and_after() -> tuple[list[str], list[str], list[str]]:
        opened = Opened(replace(settings, ontology=tmp_path / "ontology"), revision)
        try:
            before = await slugs(opened)
            file.write_text("# question.zh: 有？\n# question.en: Any?\n\nSELECT ?s WHERE {\n ?s ?p ?o\n}\n", "utf-8")
            during = await slugs(opened)
            file.unlink()
            return before, during, await slugs(opened)
        finally:
            opened.close()

    before, during, after = asyncio.run(before_and_after())
    assert "mine" not in before
    assert set(during) == {*before, "mine"}
    assert after == before
