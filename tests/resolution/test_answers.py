"""Answers of every form against the look-up, or against SPARQL that was written without the resolver."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from kg.engine import EmbeddedEngine, QueryRequest, ResultFormat
from kg.kinds import KINDS
from kg.lookup import Lookup
from kg.questions import table_of
from kg.resolve import Resolver
from kg.resolve.forms import FORMS
from kg.resolve.model import Answer
from tests.resolution.examples import in_docs

BASE = "https://w3id.org/policy-kg/id/"
Expected = Callable[[Lookup], set[str]]


def things(kind: str, **filters: str) -> Expected:
    """Expect the things of a list of the look-up."""
    return lambda lookup: {thing.id for thing in lookup.things(kind, filters, limit=1000).items}


def links(kind: str, wanted: str, key: str) -> Expected:
    """Expect what a thing is related to."""
    return lambda lookup: {link.to.id for link in lookup.thing(kind, wanted).links[key]}


def selected(pattern: str) -> Expected:
    """Expect the values of `?x` of a pattern."""

    def expected(lookup: Lookup) -> set[str]:
        rows = lookup.reader.select(f"SELECT DISTINCT ?x WHERE {{ {pattern} }}")
        return {row["x"].value.rsplit("/", 1)[-1] for row in rows}

    return expected


def due(most: int, least: int = 0, sector: str = "") -> Expected:
    """Expect the targets that fall due in a span of years."""

    def expected(lookup: Lookup) -> set[str]:
        filters = {"sector": sector} if sector else {}
        items = lookup.things("target", filters, limit=1000).items
        return {item.id for item in items if least <= item.values["deadline_year"] <= most}

    return expected


def measured(unit: str, test: Callable[[float], bool]) -> Expected:
    """Expect the targets with a value in a unit that passes a test."""

    def expected(lookup: Lookup) -> set[str]:
        items = lookup.things("target", {"quantitative": "true"}, limit=1000).items
        return {
            item.id
            for item in items
            if item.values["unit_normalized"] == unit and test(item.values["value_normalized"])
        }

    return expected


EXPECTED: dict[str, tuple[str, Expected]] = {
    "measures-touching": ("哪些措施涉及医疗？", things("measure", touches="healthcare")),
    "how-many-touching": ("how many measures touch elderly care?", things("measure", touches="elderly-care")),
    "measures-for-product": ("which measures are about large models", things("measure", product="large-models")),
    "how-many-for-product": ("有多少措施涉及智能终端？", things("measure", product="smart-terminals")),
    "measures-by-theme": (
        "which measures belong to the theme foundations of the AI industry",
        things("measure", theme="ai-foundation"),
    ),
    "measures-in-place": (
        "which measures apply in the Pearl River Delta",
        things("measure", place="pearl-river-delta"),
    ),
    "measures-involving": ("which measures involve PCL", things("measure", organization="pengcheng-laboratory")),
    "supports": ("谁支持中国算力网", things("measure", platform="china-computing-net")),
    "measures-of-policy": ("人工智能45条有哪些措施", things("measure", policy="gd-ai45")),
    "parts-of": (
        "provisions under Raise the quality of teaching with intelligent assistance",
        things("measure", part_of="gd-ai45-smart-education"),
    ),
    "measures-due-by": ("which measures are due by 2027", selected("?x pkg:hasTarget ?t . ?t a pkg:Target")),
    "measures-with-targets": (
        "哪些措施有量化目标",
        lambda lookup: {
            link.to.id
            for target in lookup.things("target", {"quantitative": "true"}, limit=1000).items
            for link in target.links["measures"]
        },
    ),
    "targets-of": ("智能机器人产业的目标是什么", things("target", sector="robotics")),
    "targets-due-by": ("which targets must be met by 2027?", due(2027)),
    "targets-due-in": ("which targets fall due in 2025", due(2025, 2025)),
    "how-many-due-by": ("how many targets are due by 2027", due(2027)),
    "how-many-due-in": ("2025年到期的目标有几个", due(2025, 2025)),
    "targets-of-due-by": ("教育到2027年的目标有哪些", due(2027, sector="education")),
    "targets-of-due-in": (
        "what are the targets for the AI industry in 2025",
        due(2025, 2025, sector="artificial-intelligence"),
    ),
    "targets-above": ("超过1000亿元的目标有哪些", measured("CNY", lambda value: value > 1e11)),
    "targets-below": ("targets of at most 27 billion yuan", measured("CNY", lambda value: value <= 2.7e10)),
    "quantitative-targets": ("which targets are quantitative", things("target", quantitative="true")),
    "qualitative-targets": ("有哪些定性目标", things("target", quantitative="false")),
    "indicator-value": ("what is the target for computing power", things("target", indicator="compute-capacity")),
    "indicator-value-in": ("到2027年算力规模要达到多少", lambda _: {"gd-ai45-compute-2027"}),
    "deadline-of": ("when is NEV output due?", lambda _: {"gd-ai45-nev-output-2027"}),
    "who-runs": ("谁研发中国算力网", links("platform", "china-computing-net", "developed_by")),
    "platforms-of": (
        "which platforms does Pengcheng Laboratory develop",
        links("organization", "pengcheng-laboratory", "develops"),
    ),
    "platforms-in": ("广州有哪些平台", lambda _: {"guangzhou-ai-public-computing-centre"}),
    "platforms-serving": ("哪些平台服务于大模型", links("product", "large-models", "platforms")),
    "where-is": (
        "where is the Shaxi intelligent computing centre",
        links("platform", "pazhou-shaxi-computing-centre", "located_in"),
    ),
    "sectors-of": (
        "“建设智慧医院”涉及哪些行业",
        selected(f"<{BASE}measure/gd-ai45-smart-hospitals> pkg:appliesToSector ?s . ?s skos:broader* ?x"),
    ),
    "sectors-served": ("which sectors do smart hospitals serve", links("product", "smart-hospitals", "serves_sectors")),
    "products-of": ("哪些产品服务于交通", links("sector", "transport", "products")),
    "sectors-without-measures": (
        "哪些行业没有措施",
        lambda lookup: {
            sector.id
            for sector in lookup.things("sector", {}, limit=1000).items
            if lookup.things("measure", {"touches": sector.iri}).total == 0
        },
    ),
    "list": ("list all sectors", things("sector")),
    "how-many": ("how many targets are there", things("target")),
    "coverage": ("措施的覆盖率是多少", things("policy")),
    "published-when": ("when was the AI 45 measures published", things("policy")),
}
APART = {"describe", "compare", "where-stated"}


def answered(resolver: Resolver, text: str) -> Answer:
    found = resolver.resolve(text)
    assert found.answer is not None, text
    return found.answer


def test_every_form_has_an_answer_here() -> None:
    assert EXPECTED.keys() | APART == {form.name for form in FORMS}


@pytest.mark.parametrize(
    ("form", "text", "expected"), [(form, *pair) for form, pair in EXPECTED.items()], ids=list(EXPECTED)
)
def test_answer_is_what_the_graph_says(
    resolver: Resolver, lookup: Lookup, form: str, text: str, expected: Expected
) -> None:
    found = resolver.resolve(text)
    assert found.reading is not None
    assert found.reading.form.name == form
    assert found.answer is not None
    wanted = expected(lookup)
    assert {row.thing.id for row in found.answer.rows if row.thing} == wanted
    assert found.answer.total == len(found.answer.rows) == len(wanted)
    assert found.answer.value == (len(wanted) if found.reading.form.counts else None)


@pytest.mark.parametrize("text", [text for _, _, text in in_docs()])
def test_sparql_is_what_was_run_and_rows_have_their_clauses(
    resolver: Resolver, engine: EmbeddedEngine, text: str
) -> None:
    found = resolver.resolve(text)
    assert found.sparql is not None
    assert found.answer is not None
    assert found.reading is not None
    table = table_of(engine.answer(QueryRequest(found.sparql), ResultFormat.JSON).content)
    names = [column.name for column in table.columns]
    item = found.reading.form.item
    if item and item != "value":
        place = names.index(item)
        answered_with = {row.thing.iri for row in found.answer.rows if row.thing}
        assert {term.value for row in table.rows for term in [row[place]] if term} == answered_with
    vocabulary = {"sectors-without-measures", "list", "how-many", "describe", "compare", "sectors-of"}
    if found.reading.form.name not in vocabulary:
        unstated = [row.thing for row in found.answer.rows if all(each.states == "name" for each in row.evidence)]
        assert unstated == []
    json.dumps(found.to_json(), allow_nan=False)


@pytest.mark.parametrize("sector", ["healthcare", "education", "elderly-care", "manufacturing"])
def test_measures_touching_are_those_of_the_look_up_with_their_reasons(
    resolver: Resolver, lookup: Lookup, sector: str
) -> None:
    page = lookup.things("measure", {"touches": sector}, limit=1000)
    label = lookup.thing("sector", sector).label
    for text in (f"哪些措施涉及{label['zh']}？", f"which measures touch {label['en']}"):
        rows = answered(resolver, text).rows
        assert {row.thing.iri: row.touches for row in rows if row.thing} == {
            item.iri: item.touches for item in page.items
        }
        for row in rows:
            stating = {citation.iri for touch in row.touches for step in touch.via for citation in step.evidence}
            assert {each.citation.iri for each in row.evidence} == stating
            assert stating
    for text in (f"有多少措施涉及{label['zh']}", f"how many measures touch {label['en']}"):
        assert answered(resolver, text).value == page.total


def test_counts_are_those_of_the_collections(resolver: Resolver, lookup: Lookup) -> None:
    counts = lookup.meta()["counts"]
    for kind in KINDS:
        assert answered(resolver, f"how many {kind.collection} are there").value == counts[kind.collection]
    assert answered(resolver, "有几个算力平台").value == 7


def test_values_of_targets(resolver: Resolver) -> None:
    (row,) = answered(resolver, "how large should NEV output be").rows
    assert row.values["number"] == 350
    assert row.values["unit"] == "万辆"
    assert (row.values["normalized"], row.values["normalized_unit"]) == (3_500_000, "count")
    assert row.values["year"] == 2027
    assert row.values["comparator"]["id"] == "ge"
    assert "新能源汽车年产量达到350万辆以上" in {each.citation.quote for each in row.evidence}


def test_counted_things_are_compared_with_their_like(resolver: Resolver) -> None:
    found = {
        text: {row.thing.id for row in answered(resolver, text).rows if row.thing}
        for text in ("超过100万辆的目标", "超过100万台的目标")
    }
    assert found["超过100万辆的目标"] == {"gd-ai45-nev-output-2027"}
    assert found["超过100万台的目标"] == {"gd-ai45-ai-phone-output-2027"}


def test_who_operates_is_not_who_develops(resolver: Resolver) -> None:
    assert answered(resolver, "who operates China Computing Net").total == 0
    (row,) = answered(resolver, "who runs China Computing Net").rows
    assert row.thing is not None
    assert row.thing.id == "pengcheng-laboratory"
    assert row.values["relation"]["iri"].endswith("#developedBy")
    assert {each.citation.quote for each in row.evidence} == {"支持鹏城实验室“中国算力网”研发建设"}


def test_where_is_tells_larger_places_with_the_clauses_they_follow_from(resolver: Resolver) -> None:
    (row,) = answered(resolver, "where is the Guangzhou computing centre").rows
    assert row.thing is not None
    assert row.thing.id == "guangzhou"
    assert {each.citation.quote for each in row.evidence} == {"广州人工智能公共算力中心"}


def test_where_stated_is_the_clauses(resolver: Resolver, lookup: Lookup) -> None:
    rows = answered(resolver, "where is Speed up public computing platforms stated").rows
    measure = lookup.thing("measure", "gd-ai45-public-compute-platforms")
    assert [(row.values["quote"], row.values["line"]) for row in rows] == sorted(
        ((citation.quote, citation.line) for citation in measure.evidence), key=lambda found: found[1]
    )
    assert all([each.citation.quote for each in row.evidence] == [row.values["quote"]] for row in rows)


def test_describe_tells_relations_in_both_directions(resolver: Resolver) -> None:
    rows = answered(resolver, "what is China Computing Net?").rows
    facts = {
        (
            row.values["relation"]["iri"].rsplit("#")[-1],
            row.values["direction"],
            row.thing.id if row.thing else row.values["value"],
        )
        for row in rows
    }
    assert ("developedBy", "of", "pengcheng-laboratory") in facts
    assert ("supportsPlatform", "to", "gd-ai45-china-computing-net") in facts
    assert ("altLabel", "of", "C2NET") in facts
    assert all({"zh", "en"} <= row.values["relation"]["label"].keys() for row in rows)
    stated = [row for row in rows if row.values["relation"]["iri"].endswith(("#developedBy", "#supportsPlatform"))]
    assert all(row.evidence for row in stated)


def test_compare_tells_what_both_have(resolver: Resolver, lookup: Lookup) -> None:
    rows = answered(resolver, "比较医疗和教育").rows
    touching = {
        name: {item.id for item in lookup.things("measure", {"touches": name}, limit=1000).items}
        for name in ("healthcare", "education")
    }
    found = {
        row.thing.id: (row.values["first"], row.values["second"])
        for row in rows
        if row.thing and row.values["relation"]["iri"].endswith("#touchesSector")
    }
    assert {name for name, whose in found.items() if whose[0]} == touching["healthcare"]
    assert {name for name, whose in found.items() if whose[1]} == touching["education"]
    assert "gd-ai45-software-industry-needs" in {name for name, whose in found.items() if whose == (True, True)}


def test_folder_without_a_question_is_without_its_forms(lookup: Lookup, engine: EmbeddedEngine) -> None:
    from kg.iris import Iris  # noqa: PLC0415
    from kg.questions import Questions  # noqa: PLC0415
    from kg.search import SearchIndex  # noqa: PLC0415

    bare = Resolver(lookup, SearchIndex.of(engine, Iris()), Questions({}))
    assert bare.resolve("哪些措施涉及医疗？").answer is None
    assert bare.resolve("有哪些行业").answer is not None
