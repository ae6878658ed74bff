from __future__ import annotations

import time
from dataclasses import replace

import pytest

from kg.agents import near_tools
from kg.agents.hints import MOST_HINTS, used_terms
from kg.agents.mistakes import explained
from kg.engine import EmbeddedEngine
from kg.errors import (
    BadParameter,
    KgError,
    LimitExceeded,
    Overloaded,
    RevisionNotFound,
    UnknownFunction,
    UnknownTerm,
    Unsortable,
)
from kg.iris import Iris
from kg.lookup import Lookup
from kg.search import SearchIndex
from kg.terms import PKG, RDF
from tests.agents.asking import Toolbox


def test_an_argument_that_a_tool_does_not_have_is_refused_with_the_one_that_may_be_meant(tools: Toolbox) -> None:
    error = tools.error("targets", dedline="2027")
    assert error["code"] == "bad-argument"
    assert error["argument"] == "dedline"
    assert error["message"].endswith("did you mean deadline?")
    assert "deadline、" in tools.error("targets", dedline="2027", lang="zh")["message"]


def test_a_value_that_an_argument_cannot_have_is_told_what_it_may_be(tools: Toolbox) -> None:
    error = tools.error("targets", comparator="more")
    assert error["argument"] == "comparator"
    assert "'gt', 'ge', 'eq', 'le', 'lt' or 'approx'" in error["message"]
    assert "可为 'gt'、" in tools.error("targets", comparator="more", lang="zh")["message"]
    assert tools.error("search")["message"].startswith("query: is missing: A name")
    assert "不小于 1" in tools.error("search", query="医疗", limit=0)["message"]


def test_an_unknown_thing_gets_those_with_names_near_to_it(tools: Toolbox) -> None:
    error = tools.error("measures_touching", sector="helthcare")
    assert error["code"] == "not-found"
    assert error["nearest"][0] == "sector/healthcare"
    assert "Did you mean: sector/healthcare" in error["message"]
    assert "是否指：sector/elderly-care" in tools.error("describe", thing="养老业", lang="zh")["message"]
    assert tools.error("targets", indicator="compute capasity")["nearest"] == ["indicator/compute-capacity"]


def test_a_name_of_several_things_is_not_guessed(tools: Toolbox) -> None:
    iris, label = Iris(), "<http://www.w3.org/2000/01/rdf-schema#label>"
    lines = [
        f'<{iris.mint(kind, "x")}> <{RDF}type> <{class_iri}> .\n<{iris.mint(kind, "x")}> {label} "广州"@zh .\n'
        for kind, class_iri in (("place", PKG + "Place"), ("platform", PKG + "Platform"))
    ]
    lookup = Lookup(EmbeddedEngine.of_graphs([(iris.graph("x"), "".join(lines).encode())]), iris)
    reading = replace(tools.reading, lookup=lookup, search=SearchIndex.of(lookup.reader.engine, iris))
    with pytest.raises(BadParameter) as caught:
        reading.find("thing", "广州")
    data, text = explained(caught.value, "zh")
    assert data["allowed"] == "means several things: platform/x, place/x; give one of these ids"
    assert text == "thing=广州: 可指 platform/x, place/x；请给出其中的 id。".replace(": ", "：", 1)
    assert reading.find("thing", "广州", "place").iri == iris.mint("place", "x")
    assert reading.find("thing", "platform/x").type == "platform"


def test_a_name_of_several_things_of_one_kind_is_not_taken_for_that_of_another(tools: Toolbox) -> None:
    iris, label = Iris(), "<http://www.w3.org/2000/01/rdf-schema#label>"
    things = [("place", "x", PKG + "Place"), ("place", "y", PKG + "Place"), ("platform", "x", PKG + "Platform")]
    lines = [
        f'<{iris.mint(kind, id)}> <{RDF}type> <{class_iri}> .\n<{iris.mint(kind, id)}> {label} "广州"@zh .\n'
        for kind, id, class_iri in things
    ]
    lookup = Lookup(EmbeddedEngine.of_graphs([(iris.graph("x"), "".join(lines).encode())]), iris)
    reading = replace(tools.reading, lookup=lookup, search=SearchIndex.of(lookup.reader.engine, iris))
    for kind, ids in ((None, "platform/x, place/x, place/y"), ("place", "place/x, place/y")):
        with pytest.raises(BadParameter) as caught:
            reading.find("left", "广州", kind)
        assert caught.value.name == "left"
        assert caught.value.hint == f"means several things: {ids}; give one of these ids"
    assert reading.find("left", "广州", "platform").type == "platform"
    assert reading.find("left", iris.mint("place", "y")).id == "y"


def test_a_syntax_error_is_shown_at_its_place(tools: Toolbox) -> None:
    error = tools.error("query", query="SELECT ?m {\n  ?m pkg:appliesToSector }")
    assert (error["code"], error["line"], error["column"], error["at"]) == ("query-syntax", 2, 26, "}")
    assert error["message"].endswith("\n  ?m pkg:appliesToSector }\n" + " " * 25 + "^")
    assert tools.error("query", query="SELECT ?m {", lang="zh")["message"].startswith("第 1 行第 12 列：")


def test_an_unknown_prefix_is_told_which_need_not_be_declared(tools: Toolbox) -> None:
    message = tools.error("query", query="SELECT * { ?s foo:bar ?o }")["message"]
    assert "the prefix foo: is not declared; known without declaration are pkg:" in message


@pytest.mark.parametrize(
    ("query", "term", "near"),
    [
        ("SELECT ?m { ?m pkg:apliesToSector ?s }", "pkg:apliesToSector", ["pkg:appliesToSector"]),
        ("SELECT ?m { ?m a pkg:Mesure }", "pkg:Mesure", ["pkg:Measure"]),
        (
            "SELECT ?m { ?m <https://w3id.org/policy-kg/ontology#hasTargets> ?t }",
            "<https://w3id.org/policy-kg/ontology#hasTargets>",
            ["pkg:hasTarget"],
        ),
        (
            "PREFIX p: <https://w3id.org/policy-kg/ontology#> ASK { ?m p:inPolicies ?x }",
            "p:inPolicies",
            ["pkg:inPolicy"],
        ),
    ],
)
def test_a_term_that_the_ontology_does_not_have_is_an_error_with_the_nearest(
    tools: Toolbox, query: str, term: str, near: list[str]
) -> None:
    error = tools.error("query", query=query)
    assert (error["code"], error["term"], error["nearest"]) == ("unknown-term", term, near)
    assert f"Did you mean {near[0]}?" in error["message"]
    assert error["column"] == query.index(term) + 1
    assert f"是否指 {near[0]}？" in tools.error("query", query=query, lang="zh")["message"]


def test_a_schema_of_what_there_is_not_names_the_terms_that_look_like_it(tools: Toolbox) -> None:
    error = tools.error("schema", about="apliesToSector")
    assert (error["code"], error["kind"]) == ("not-found", "term")
    assert error["nearest"][0] == "pkg:appliesToSector"
    nothing = tools.error("schema", about="qqqqqqqq", lang="zh")
    assert nothing["nearest"] == []
    assert nothing["message"] == "没有“qqqqqqqq”（term）。也没有相近的名称；不带 `about` 的 `schema` 列出全部术语。"


def test_an_empty_result_says_which_name_the_graph_does_not_have(tools: Toolbox) -> None:
    query = "SELECT ?m { ?m pkg:appliesToSector <https://w3id.org/policy-kg/id/sector/helthcare> }"
    outcome = tools.outcome("query", query=query)
    (hint,) = outcome.data["hints"]
    assert hint["term"] == "<https://w3id.org/policy-kg/id/sector/helthcare>"
    assert hint["nearest"][0] == "sector/healthcare"
    assert "the graph has no <https://w3id.org/policy-kg/id/sector/helthcare>" in outcome.text
    (hint,) = tools.data("query", query="SELECT ?m { ?m rdfs:labl ?x }")["hints"]
    assert hint["nearest"][0] == "rdfs:label"


def test_an_empty_result_says_that_a_text_has_a_language(tools: Toolbox) -> None:
    (hint,) = tools.data("query", query='SELECT ?s { ?s rdfs:label "Healthcare" }')["hints"]
    assert hint["nearest"] == ['"Healthcare"@en']
    assert tools.data("query", query='SELECT ?s { ?s rdfs:label "Healthcare"@en }')["hints"] == []
    assert tools.data("query", query='ASK { ?s rdfs:label "医疗"@en }')["hints"][0]["nearest"] == [
        '"医疗"',
        '"医疗"@zh',
    ]
    message = tools.data("query", query='ASK { ?s rdfs:label "医疗" }')["hints"][0]["message"]
    assert message == '图中还有 "医疗"@zh，不止 "医疗"。'


def test_all_names_of_a_long_query_are_looked_for(tools: Toolbox) -> None:
    """However many are there, none of them is said not to be."""
    lines = "".join(f"<{PKG}term{number}> <urn:p> <urn:o> .\n" for number in range(700))
    lookup = Lookup(EmbeddedEngine.of_graphs([("urn:g", lines.encode())]), Iris())
    listed = " ".join(f"pkg:term{number}" for number in range(700))
    larger = replace(tools.reading, lookup=lookup)
    assert len(used_terms(larger, f"ASK {{ VALUES ?t {{ {listed} }} }}")) == 700
    with pytest.raises(UnknownTerm) as caught:
        used_terms(larger, f"ASK {{ VALUES ?t {{ {listed} pkg:trm5 }} }}")
    assert caught.value.term == "pkg:trm5"
    things = sorted(row["t"].value for row in tools.reading.lookup.reader.select("SELECT ?t { ?t a pkg:Clause }"))
    listed = " ".join(f"<{thing}>" for thing in things)
    assert len(things) > 100
    (hint,) = tools.data("query", query=f"ASK {{ VALUES ?t {{ {listed} }} ?t <urn:none> ?o }}")["hints"]
    assert hint["term"] == "<urn:none>"


def test_an_empty_result_of_a_long_query_has_few_hints(tools: Toolbox) -> None:
    many = " ".join(f"<urn:none:{number}>" for number in range(1500))
    texts = " ".join(f'"Healthcare{number}" "Healthcare"' for number in range(400))
    began = time.process_time()
    hints = tools.data("query", query=f"ASK {{ VALUES ?t {{ {many} {texts} }} ?t rdfs:none ?o }}")["hints"]
    assert [hint["term"] for hint in hints] == [f"<urn:none:{number}>" for number in range(MOST_HINTS)]
    hints = tools.data("query", query=f"ASK {{ VALUES ?t {{ {texts} }} ?s <urn:none> ?t }}")["hints"]
    assert [hint["nearest"] for hint in hints][1:] == [['"Healthcare"@en']]
    assert time.process_time() - began < 5


def test_names_as_long_as_a_message_are_answered_shortly(tools: Toolbox) -> None:
    long = "targets" + "x" * 500_000
    error = tools.error("targets", **{long: "2027"})
    assert error["argument"] == long[:100]
    assert len(error["message"]) < 1000
    error = tools.error("questions", slug="measures-touching-sector", parameters={long: ["2027"]})
    assert len(error["message"]) < 1000
    assert tools.error("questions", slug=long)["argument"] == "slug"
    assert near_tools(long) == []


def test_an_update_is_refused_and_changes_nothing(tools: Toolbox) -> None:
    error = tools.error("query", query="INSERT DATA { <urn:a> <urn:b> 1 }")
    assert error["message"].startswith("This is an update. This tool only reads")
    assert tools.data("query", query="ASK { <urn:a> ?p ?o }")["boolean"] is False


def test_other_services_and_documents_are_refused(tools: Toolbox) -> None:
    error = tools.error("query", query="ASK { SERVICE <https://query.wikidata.org/sparql> { ?a ?b ?c } }")
    assert (error["code"], error["target"]) == ("query-refused", "https://query.wikidata.org/sparql")
    assert tools.error("query", query="SELECT * FROM <http://example.com/> { ?a ?b ?c }")["code"] == "query-refused"


def test_a_hostile_query_ends_by_its_deadline_and_says_so(tools: Toolbox) -> None:
    product = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a"
    error = tools.error("query", query=product, timeout=0.5)
    assert error["code"] == "query-timeout"
    assert error["limit"] == {"name": "time", "value": 0.5, "unit": "seconds"}
    assert "时间上限为 0.5 秒" in tools.error("query", query=product, timeout=0.5, lang="zh")["message"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (LimitExceeded("memory", 1 << 30, "bytes"), "limit-exceeded"),
        (Overloaded(3), "overloaded"),
        (UnknownFunction("urn:f"), "unknown-function"),
        (Unsortable(), "unsortable"),
        (RevisionNotFound("none"), "not-ready"),
        (KgError("x"), "failed"),
    ],
)
def test_every_error_has_words_in_both_languages(error: KgError, code: str) -> None:
    data, en = explained(error, "en")
    _, zh = explained(error, "zh")
    assert data["code"] == code
    assert en.isascii()
    assert not zh.isascii()
