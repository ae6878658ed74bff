"""The clauses of rows: each states what the row tells, or says that it only names something."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kg.agents import TOOL_BY_NAME, Reading, call
from kg.engine import QueryRequest
from kg.lookup import Lookup
from kg.lookup.citing import MOST_SECONDS
from kg.lookup.patterns import MOST_PARTS
from kg.workers.pool import Answered
from tests.agents.asking import Toolbox

SECTOR = "https://w3id.org/policy-kg/id/sector/"
MEASURE = "https://w3id.org/policy-kg/id/measure/"


def rows(tools: Toolbox, query: str) -> list[dict[str, Any]]:
    data = tools.data("query", query=query)
    Draft202012Validator(dict(TOOL_BY_NAME["query"].output)).validate(data)
    found: list[dict[str, Any]] = data["rows"]
    return found


def states(row: dict[str, Any]) -> set[str]:
    return {citation["states"] for citation in row["evidence"]}


def clauses(row: dict[str, Any]) -> set[str]:
    assert row.get("evidence_omitted", 0) == 0
    return {citation["iri"] for citation in row["evidence"]}


def leaves(lookup: Lookup, sector: str) -> dict[str, set[str]]:
    """Return the measures that touch a sector, each with the clauses that it follows from."""
    items = lookup.things("measure", {"touches": sector}, limit=1000).items
    return {
        thing.iri: {each.iri for touch in thing.touches or () for step in touch.via for each in step.evidence}
        for thing in items
    }


@pytest.mark.parametrize("sector", ["manufacturing", "healthcare", "education", "robotics"])
@pytest.mark.parametrize("variable", ["?m", "?m ?label"])
def test_what_follows_is_cited_by_the_facts_that_it_follows_from(
    tools: Toolbox, lookup: Lookup, sector: str, variable: str
) -> None:
    query = f"SELECT {variable} {{ ?m pkg:touchesSector <{SECTOR}{sector}> ; rdfs:label ?label }}"
    found = rows(tools, query)
    expected = leaves(lookup, sector)
    assert {row["values"]["m"]["value"] for row in found} == expected.keys()
    for row in found:
        assert states(row) == {"premise"}
        assert clauses(row) == expected[row["values"]["m"]["value"]]


def test_rows_of_labels_alone_are_cited_as_the_things_that_they_are_labels_of(tools: Toolbox, lookup: Lookup) -> None:
    query = f"SELECT ?label {{ ?m pkg:touchesSector <{SECTOR}manufacturing> ; rdfs:label ?label }}"
    expected = {
        label: cited
        for iri, cited in leaves(lookup, "manufacturing").items()
        for label in lookup.thing("measure", iri).label.values()
    }
    assert {row["values"]["label"]["value"]: clauses(row) for row in rows(tools, query)} == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "?m pkg:appliesToSector ?s",
        "?s ^pkg:appliesToSector ?m",
        "?m pkg:appliesToSector|pkg:concernsProduct ?s . ?s a pkg:Sector",
        "?m ?p ?s . FILTER(?p = pkg:appliesToSector)",
        "{ ?m pkg:appliesToSector ?s } UNION { ?m <urn:none> ?s }",
        "?m a pkg:Measure . OPTIONAL { ?m pkg:appliesToSector ?s } FILTER(BOUND(?s))",
        "GRAPH ?g { ?m pkg:appliesToSector ?s }",
        "{ SELECT ?m ?s { ?m pkg:appliesToSector ?s } } ?m pkg:appliesToSector ?s",
    ],
)
def test_what_is_stated_is_cited_by_its_statement_however_it_is_asked(
    tools: Toolbox, lookup: Lookup, pattern: str
) -> None:
    found = rows(
        tools, f"SELECT DISTINCT ?m ?s {{ VALUES ?m {{ <{MEASURE}gd-ai45-age-friendly-retrofit> }} {pattern} }}"
    )
    assert len(found) == 4
    triples = [
        (
            row["values"]["m"]["value"],
            "https://w3id.org/policy-kg/ontology#appliesToSector",
            row["values"]["s"]["value"],
        )
        for row in found
    ]
    stated = lookup.reader.citations_of_triples(triples)
    for row, triple in zip(found, triples, strict=True):
        assert states(row) == {"fact"}
        assert clauses(row) == {citation.iri for citation in stated[triple]}


@pytest.mark.parametrize(
    "pattern",
    [
        "?t pkg:quantity/qudt:numericValue ?n",
        "?t pkg:quantity [ qudt:numericValue ?n ]",
        "?t pkg:quantity _:q . _:q qudt:numericValue ?n",
        "?t pkg:quantity ?q . ?q qudt:numericValue ?n",
    ],
)
def test_a_number_behind_a_node_without_a_name_is_cited(tools: Toolbox, pattern: str) -> None:
    target = "https://w3id.org/policy-kg/id/target/gd-ai45-compute-2027"
    (row,) = rows(tools, f"SELECT ?n {{ VALUES ?t {{ <{target}> }} {pattern} }}")
    assert [(each["quote"], each["states"]) for each in row["evidence"]] == [("算力规模超过60EFLOPS", "fact")]


@pytest.mark.parametrize(
    "query",
    [
        # Nothing is said of the two together, though one is said of the other.
        f"SELECT ?m ?s {{ VALUES ?m {{ <{MEASURE}gd-ai45-smart-hospitals> }} ?m a pkg:Measure . ?s a pkg:Sector }}",
        "SELECT ?s (COUNT(?m) AS ?n) { ?m pkg:appliesToSector ?s } GROUP BY ?s",
        f"SELECT ?m {{ ?m a pkg:Measure FILTER NOT EXISTS {{ ?m pkg:touchesSector <{SECTOR}manufacturing> }} }}",
        f"SELECT ?m {{ ?m a pkg:Measure MINUS {{ ?m pkg:touchesSector <{SECTOR}manufacturing> }} }}",
        "SELECT ?m ?x { ?m a pkg:Measure OPTIONAL { ?m <urn:none>/pkg:appliesToSector ?x } }",
    ],
)
def test_clauses_that_name_a_thing_and_no_more_say_so(tools: Toolbox, query: str) -> None:
    found = rows(tools, query)
    assert found
    assert all(states(row) == {"name"} for row in found)
    text = tools.outcome("query", query=query).text
    assert "These clauses only name what is in the row." in text
    assert "并不陈述该行" in tools.outcome("query", query=query, lang="zh").text


def test_a_clause_that_the_query_picks_is_shown(tools: Toolbox) -> None:
    query = f"""SELECT ?c {{ ?s rdf:subject <{MEASURE}gd-ai45-smart-hospitals> ; rdf:predicate pkg:appliesToSector .
        ?e oa:hasBody ?s ; oa:hasTarget ?c }}"""
    (row,) = rows(tools, query)
    assert [(each["quote"], each["states"]) for each in row["evidence"]] == [("建设智慧医院", "shown")]
    assert clauses(row) == {row["values"]["c"]["value"]}


def test_triples_are_cited_as_facts_and_by_their_premises(tools: Toolbox, lookup: Lookup) -> None:
    measure = f"{MEASURE}gd-ai45-smart-hospitals"
    query = f"""CONSTRUCT {{ ?m ?p ?s }} {{
        VALUES ?m {{ <{measure}> }} VALUES ?p {{ pkg:touchesSector pkg:appliesToSector }}
        VALUES ?s {{ <{SECTOR}healthcare> }} ?m ?p ?s }}"""
    found = {row["values"]["predicate"]["value"].rpartition("#")[2]: row for row in rows(tools, query)}
    assert states(found["appliesToSector"]) == {"fact"}
    assert states(found["touchesSector"]) == {"premise"}
    assert clauses(found["touchesSector"]) == leaves(lookup, "healthcare")[measure]


def test_rows_of_a_question_have_their_own_clause_first(tools: Toolbox) -> None:
    data = tools.data("questions", slug="measures-touching-sector")
    Draft202012Validator(dict(TOOL_BY_NAME["questions"].output)).validate(data)
    for row in data["rows"]:
        assert row["evidence"][0]["quote"] == row["values"]["clause"]["value"]
        assert row["evidence"][0]["states"] == "shown"
        assert states(row) <= {"shown", "premise"}
    (second,) = [row for row in data["rows"] if row["values"]["measure"]["value"].endswith("age-friendly-retrofit")]
    assert [(each["start"], each["end"]) for each in second["evidence"]] == [(90, 105)]


def test_a_query_that_cannot_be_asked_again_in_time_names_its_things(tools: Toolbox) -> None:
    """The rows stand, and nothing is taken for a proof."""
    pattern = "?a pkg:inPolicy ?b . ?c pkg:inPolicy ?d . ?e ?f ?g"
    query = f"SELECT ?m {{ ?m pkg:appliesToSector <{SECTOR}healthcare> . {pattern} }} LIMIT 2"
    found = rows(tools, query)
    assert len(found) == 2
    assert all(states(row) == {"name"} for row in found)


def test_rows_that_show_nothing_cost_what_one_of_them_does(tools: Toolbox) -> None:
    """Many rows of one number, each of which stands for whatever the others stand for."""
    patterns = " . ".join(f"?s pkg:inPolicy ?p{number}" for number in range(20))
    query = f"SELECT (1 AS ?n) {{ {{ SELECT ?s {{ ?s a pkg:Measure ; ?p ?o }} LIMIT 1000 }} {patterns} }} LIMIT 1000"
    began = time.process_time()
    data = tools.data("query", query=query, limit=1000)
    assert time.process_time() - began < 15
    assert len(data["rows"]) > 500
    assert all(row["evidence"] == data["rows"][0]["evidence"] for row in data["rows"])
    assert states(data["rows"][0]) == {"fact"}


def test_variables_that_a_query_does_not_have_are_not_shown(tools: Toolbox) -> None:
    target = "https://w3id.org/policy-kg/id/target/gd-ai45-compute-2027"
    pattern = "?hidden_node_1 pkg:quantity/qudt:numericValue ?n"
    data = tools.data("query", query=f"SELECT * {{ VALUES ?hidden_node_1 {{ <{target}> }} {pattern} }}")
    (row,) = data["rows"]
    assert set(data["variables"]) == row["values"].keys() == {"hidden_node_1", "n"}
    assert [(each["quote"], each["states"]) for each in row["evidence"]] == [("算力规模超过60EFLOPS", "fact")]


def test_rows_of_long_terms_are_asked_about_in_few_queries_that_share_their_time(tools: Toolbox) -> None:
    asked: list[tuple[QueryRequest, float | None]] = []
    long = "x" * 39_000
    query = f'SELECT ?x {{ ?m a pkg:Measure BIND(IRI(CONCAT("urn:{long}", ENCODE_FOR_URI(STR(?m)))) AS ?x) }}'

    async def answered() -> dict[str, Any]:
        reading = await tools.opened.reading()

        async def ask(request: QueryRequest, seconds: float | None) -> Answered:
            asked.append((request, seconds))
            return await reading.ask(request, seconds)

        async def counting() -> Reading:
            return replace(reading, ask=ask)

        outcome = await call(TOOL_BY_NAME["query"], {"query": query, "limit": 1000}, counting)
        assert not outcome.failed, outcome.text
        return outcome.data

    data = asyncio.run_coroutine_threadsafe(answered(), tools.loop).result(120)
    assert len(data["rows"]) > 50
    assert 2 < len(asked) <= 1 + MOST_PARTS
    given = [seconds or 0 for _, seconds in asked[1:]]
    assert given[0] <= MOST_SECONDS
    assert given == sorted(given, reverse=True)
    assert len(set(given)) == len(given)


def test_the_tools_say_what_the_words_mean() -> None:
    for name in ("query", "questions"):
        schema = TOOL_BY_NAME[name].output["$defs"]["row_citation"]
        assert schema["properties"]["states"]["enum"] == ["fact", "premise", "shown", "name"]
        assert "states" in schema["required"]
        assert "`states`" in TOOL_BY_NAME[name].en
        assert "`states`" in TOOL_BY_NAME[name].zh
    assert "which proves nothing" in TOOL_BY_NAME["query"].en
    assert "不构成证据" in TOOL_BY_NAME["query"].zh


def test_the_rule_of_a_way_is_declared() -> None:
    touch = TOOL_BY_NAME["measures_touching"].output["$defs"]["touch"]
    assert "rule" in touch["required"]
    assert touch["properties"]["rule"] == {"$ref": "#/$defs/reference"}
