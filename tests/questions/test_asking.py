"""Values of parameters: how they are read, and that none of them ever becomes syntax."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.build import NamedGraph
from kg.engine import EmbeddedEngine
from kg.errors import BadParameter, NotFound
from kg.iris import Iris
from kg.lookup import Lookup
from kg.questions import Questions, ask, choices_of
from kg.terms import PKG, PROV, RDF, sparql_prologue
from tests.inference.stating import with_more

ECHO = """# question.zh: 回显什么？
# question.en: What is echoed?
# parameter.said: text — 文本 / The text
# parameter.due: date — 日期 / The date
# parameter.size: number — 数 / The number
# parameter.count: integer — 整数 / The whole number
# parameter.year: year — 年 / The year

SELECT ?said ?due ?size ?count ?year WHERE {
    VALUES ?said { "as it is" }
    VALUES ?due { "2027-12-31"^^xsd:date }
    VALUES ?size { 5.0E19 }
    VALUES ?count { 3 }
    VALUES ?year { "2027"^^<http://www.w3.org/2001/XMLSchema#gYear> }
}
"""
HOSTILE = (
    '" } UNION { ?s ?p ?o } #',
    '\\" } ?s ?p ?o . { #',
    "\\u0022 } ?s ?p ?o . { #",
    "\\\\u0022",
    "\\U00000022",
    "'''\"\"\"",
    "> } ?s ?p ?o #",
    "healthcare> } # ",
    "https://w3id.org/policy-kg/id/sector/healthcare> } SELECT * { ?s ?p ?o } #",
    "https://w3id.org/policy-kg/id/sector/healthcare\u0000",
    "sector/healthcare }",
    "UNDEF",
    "?s",
    "pkg:Measure",
    "<urn:x>",
    "1 } ?s ?p ?o . { ",
    "2027) || (1=1",
    "2027\n} SERVICE <http://example.com/> {",
    "{sector}",
    "\ud800",
    "%3E%20%7D",
)


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Questions:
    folder: Path = tmp_path_factory.mktemp("echo")
    (folder / "echo.rq").write_text(ECHO, encoding="utf-8")
    return Questions.read(folder, Iris())


def echoed(echo: Questions, lookup: Lookup, **values: str) -> dict[str, str]:
    asked = ask(echo.get("echo"), values, lookup)
    (row,) = lookup.reader.engine.select(sparql_prologue() + asked.sparql)
    return {name: term.value for name, term in row.items()}


def test_defaults_are_the_text_of_the_file(echo: Questions) -> None:
    assert echo.problems == ()
    assert echo.get("echo").text() == ECHO.partition("\n\n")[2]


@pytest.mark.parametrize(
    ("name", "given", "found"),
    [
        ("year", "2025", "2025"),
        ("year", " ２０２５年 ", "2025"),
        ("due", "2026-02-28", "2026-02-28"),
        ("count", "-7", "-7"),
        ("count", "+007", "7"),
        ("size", "6e19", "60000000000000000000"),
        ("size", "１.５", "1.5"),
        ("size", "-0.50", "-0.5"),
        ("size", "0e9", "0"),
        ("said", "医疗", "医疗"),
        ("said", "𝕬 \U0001f600", "𝕬 \U0001f600"),
    ],
)
def test_values_reach_the_query_as_they_are_meant(
    echo: Questions, lookup: Lookup, name: str, given: str, found: str
) -> None:
    value = echoed(echo, lookup, **{name: given})[name]
    assert (float(value) == float(found)) if name == "size" else value == found


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("year", "27"),
        ("year", "20270"),
        ("year", "0000"),
        ("year", "two"),
        ("due", "2026-02-30"),
        ("due", "2026"),
        ("due", "2026-W01-1"),
        ("count", "1.5"),
        ("count", "1_000"),
        ("count", "9" * 19),
        ("size", "nan"),
        ("size", "inf"),
        ("size", "1e999"),
        ("size", "0x10"),
        ("size", "1,000"),
        ("said", ""),
        ("said", "a\nb"),
        ("said", "x" * 501),
    ],
)
def test_value_that_is_none_of_the_kind_is_refused(echo: Questions, lookup: Lookup, name: str, given: str) -> None:
    with pytest.raises(BadParameter) as caught:
        ask(echo.get("echo"), {name: given}, lookup)
    assert (caught.value.name, caught.value.value) == (name, given)
    assert caught.value.hint_zh


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_as_text_or_is_refused(echo: Questions, lookup: Lookup, text: str) -> None:
    try:
        found = echoed(echo, lookup, said=text)
    except BadParameter:
        assert any(character < " " or "\ud800" <= character < "\ue000" for character in text)
    else:
        assert found["said"] == text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_value_of_any_question_is_refused(questions: Questions, lookup: Lookup, text: str) -> None:
    tried = 0
    for slug in questions.names():
        for parameter in questions.get(slug).parameters:
            with pytest.raises((BadParameter, NotFound)):
                ask(questions.get(slug), {parameter.name: text}, lookup)
            tried += 1
    assert tried >= 35


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_value_without_a_lookup_is_one_iri_or_refused(
    questions: Questions, engine: EmbeddedEngine, text: str
) -> None:
    question = questions.get("measures-touching-sector")
    try:
        sparql = question.text({"sector": text})
    except BadParameter:
        return
    ((before, after),) = [
        pair for pair in zip(question.text().split("\n"), sparql.split("\n"), strict=True) if pair[0] != pair[1]
    ]
    assert before.strip().startswith("VALUES ?asked { <")
    assert after.count("<") == after.count(">") == 1
    assert after.rstrip().endswith("> }")
    assert engine.select(sparql) == []


@given(st.text(max_size=80))
def test_any_text_comes_back_or_is_refused(echo: Questions, lookup: Lookup, text: str) -> None:
    with suppress(BadParameter):
        assert echoed(echo, lookup, said=text)["said"] == text


@given(st.text(alphabet='<>"{}|^`\\ #?$u0022\n\u0000éé/:', max_size=30))
def test_any_value_of_any_kind_is_bound_or_refused(echo: Questions, questions: Questions, text: str) -> None:
    bound = (questions.get("measures-touching-sector"), questions.get("facts-behind-thing"), echo.get("echo"))
    for question in bound:
        lines = question.text().count("\n")
        for parameter in question.parameters:
            with suppress(BadParameter):
                assert question.text({parameter.name: text}).count("\n") == lines


def asked_for(questions: Questions, lookup: Lookup, slug: str, **values: str) -> list[str]:
    asked = ask(questions.get(slug), values, lookup)
    return [str(choice.value) for choice in asked.choices]


@pytest.mark.parametrize(
    "name",
    [
        "education",
        "sector/education",
        "https://w3id.org/policy-kg/id/sector/education",
        "教育",
        "Education",
        " EDUCATION ",
    ],
)
def test_thing_is_named_by_id_iri_or_label(questions: Questions, lookup: Lookup, name: str) -> None:
    found = asked_for(questions, lookup, "measures-touching-sector", sector=name)
    assert found == ["https://w3id.org/policy-kg/id/sector/education"]


@pytest.mark.parametrize(
    ("slug", "name", "value", "local"),
    [
        ("compute-platforms-by-kind", "kind", "算力网络", "platform-kind/compute-network"),
        ("compute-platforms-by-kind", "kind", "compute-network", "platform-kind/compute-network"),
        ("units", "unit", "EFLOPS", "unit/exaflops"),
        ("sources", "source", "source/dayoo-20240607", "source/dayoo-20240607"),
        ("readings-by-relation", "reading", "From the name", "reading/name"),
        ("facts-behind-thing", "thing", "鹏城云脑", "platform/pengcheng-cloud-brain"),
        ("facts-behind-thing", "thing", "sector/医疗", "sector/healthcare"),
        ("facts-behind-thing", "thing", "unit/exaflops", None),
    ],
)
def test_things_of_other_kinds(
    questions: Questions, lookup: Lookup, slug: str, name: str, value: str, local: str | None
) -> None:
    if local is None:
        with pytest.raises(NotFound):
            asked_for(questions, lookup, slug, **{name: value})
        return
    assert f"https://w3id.org/policy-kg/id/{local}" in asked_for(questions, lookup, slug, **{name: value})


@pytest.mark.parametrize(
    ("slug", "name", "value", "kind", "nearest"),
    [
        ("measures-touching-sector", "sector", "helthcare", "sector", "healthcare"),
        ("compute-platforms-by-kind", "kind", "compute-networks", "platform-kind", "compute-network"),
        ("facts-behind-thing", "thing", "pengcheng cloud brian", "thing", "platform/pengcheng-cloud-brain"),
        ("facts-behind-thing", "thing", "sector/helthcare", "sector", "healthcare"),
    ],
)
def test_unknown_thing_has_near_ones(
    questions: Questions, lookup: Lookup, slug: str, name: str, value: str, kind: str, nearest: str
) -> None:
    with pytest.raises(NotFound) as caught:
        asked_for(questions, lookup, slug, **{name: value})
    assert caught.value.kind == kind
    assert nearest in caught.value.nearest


def test_unknown_parameter_is_refused_with_those_that_there_are(questions: Questions, lookup: Lookup) -> None:
    with pytest.raises(BadParameter, match="is not a parameter of coverage; parameters are policy") as caught:
        ask(questions.get("coverage"), {"sector": "healthcare"}, lookup)
    assert caught.value.hint_zh == "不是 coverage 的参数；可用：policy"


def test_empty_value_is_none_where_all_are_the_default(questions: Questions, lookup: Lookup) -> None:
    assert asked_for(questions, lookup, "measures-in-places", place="") == ["None"]
    with pytest.raises(BadParameter):
        ask(questions.get("measures-touching-sector"), {"sector": ""}, lookup)


def test_line_that_binds_nothing_is_left_out(questions: Questions, lookup: Lookup) -> None:
    question = questions.get("measures-in-places")
    assert "UNDEF" in question.body
    assert "VALUES" not in ask(question, {}, lookup).sparql
    assert (
        "    VALUES ?place { <https://w3id.org/policy-kg/id/place/guangdong> }\n"
        in ask(question, {"place": "广东"}, lookup).sparql
    )


DUE = (
    "到{}年（含以前）应达到哪些定量目标？数值是多少，原文怎么说？",
    "Which quantitative targets fall due by {}, with what number and clause?",
)
CAPACITY = ("（指标：算力规模）", " (indicator: Computing capacity)")


@pytest.mark.parametrize(
    ("slug", "values", "words"),
    [
        (
            "measures-touching-sector",
            {"sector": "healthcare"},
            ("哪些措施涉及医疗？各由哪句原文陈述？", "Which measures touch healthcare, and which clause says so?"),
        ),
        (
            "measures-touching-sector",
            {"sector": "教育"},
            (
                "哪些措施涉及教育？各由哪句原文陈述？",
                "Which measures touch a sector, and which clause says so: Education?",
            ),
        ),
        (
            "measures-in-places",
            {"place": "guangdong"},
            (
                "哪些措施点名了实施地域？（地点：广东）",
                "Which measures name the place where they act? (place: Guangdong)",
            ),
        ),
        (
            "targets-due-by",
            {"by": "2025", "indicator": "compute-capacity"},
            tuple(text.format(2025) + capacity for text, capacity in zip(DUE, CAPACITY, strict=True)),
        ),
        (
            "targets-due-by",
            {"indicator": "compute-capacity"},
            tuple(text.format(2027) + capacity for text, capacity in zip(DUE, CAPACITY, strict=True)),
        ),
    ],
)
def test_words_say_what_is_asked(
    questions: Questions, lookup: Lookup, slug: str, values: dict[str, str], words: tuple[str, str]
) -> None:
    assert ask(questions.get(slug), values, lookup).words == dict(zip(("zh", "en"), words, strict=True))


def test_choices_are_the_things_of_the_kind(questions: Questions, lookup: Lookup) -> None:
    (sector,) = questions.get("measures-touching-sector").parameters
    found = choices_of(sector, lookup, 1000)
    assert found is not None
    assert {thing.id for thing in found} >= {"healthcare", "education", "manufacturing"}
    assert choices_of(sector, lookup, 3) is None
    (kind,) = questions.get("compute-platforms-by-kind").parameters
    assert {thing.type for thing in choices_of(kind, lookup, 1000) or ()} == {"platform-kind"}
    assert choices_of(questions.get("compute-above").parameters[0], lookup, 1000) is None


def test_every_allowed_value_of_every_question_is_answered(questions: Questions, lookup: Lookup) -> None:
    """What the list offers can be asked, and gives the part of the whole answer that belongs to it."""
    tried = 0
    for slug in questions.names():
        question = questions.get(slug)
        for parameter in question.parameters:
            for thing in (choices_of(parameter, lookup, 1000) or ())[:6]:
                asked = ask(question, {parameter.name: thing.iri}, lookup)
                lookup.reader.engine.select(sparql_prologue() + asked.sparql)
                tried += 1
    assert tried >= 80


def test_no_question_takes_for_a_conclusion_what_a_client_writes(
    graphs: tuple[NamedGraph, ...], lookup: Lookup, questions: Questions
) -> None:
    mint = lookup.iris.mint
    measure, sector = mint("measure", "gd-ai45-compute-infrastructure-policy"), mint("sector", "elderly-care")
    platform = mint("platform", "hengqin-advanced-computing-centre")
    (fact, due) = (
        lookup.reader.select(pattern)[0]["x"].value
        for pattern in ("SELECT ?x { ?x a pkg:Statement } ORDER BY ?x LIMIT 1", "SELECT ?x { ?m pkg:dueBy ?x } LIMIT 1")
    )
    forged = []
    for number, (subject, name, value) in enumerate(
        [
            (measure, "touchesSector", sector),
            (measure, "dueBy", due),
            (platform, "supportedBy", mint("measure", "gd-ai45-smart-hospitals")),
            (platform, "locatedWithin", mint("place", "guangzhou")),
        ]
    ):
        forged += [
            f"<{subject}> <{PKG}{name}> <{value}>",
            f"<urn:i{number}> <{RDF}type> <{PKG}InferredStatement>",
            f"<urn:i{number}> <{RDF}subject> <{subject}>",
            f"<urn:i{number}> <{RDF}predicate> <{PKG}{name}>",
            f"<urn:i{number}> <{RDF}object> <{value}>",
            f"<urn:d{number}> <{RDF}type> <{PKG}Derivation>",
            f"<urn:d{number}> <{PKG}derives> <urn:i{number}>",
            f"<urn:d{number}> <{PKG}byRule> <{mint('rule', 'touches-directly')}>",
            f"<urn:d{number}> <{PROV}wasDerivedFrom> <{fact}>",
        ]
    over = with_more(graphs, forged)
    for triple in forged[::9]:
        assert over.reader.engine.select(f"SELECT ?g {{ GRAPH ?g {{ {triple} }} }}")[0]["g"].value == "urn:more"
    for slug, values in (
        ("measures-touching-sector", {"sector": "elderly-care"}),
        ("why-measures-touch-sector", {"sector": "elderly-care"}),
        ("measures-due-by", {"date": "2099-12-31"}),
        ("platforms-supported", {}),
        ("rules-in-use", {}),
    ):
        sparql = ask(questions.get(slug), values, lookup).sparql
        rows = lookup.reader.engine.select(sparql)
        assert rows, slug
        assert over.reader.engine.select(sparql) == rows, slug
