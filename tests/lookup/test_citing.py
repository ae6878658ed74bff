"""The clauses of rows, whatever stands behind them; asking again within what one answer may take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from kg.engine import Term
from kg.engine.interface import Row
from kg.errors import QueryTimeout
from kg.lookup import Lookup
from kg.lookup.citing import MOST_SECONDS, Ask, asked_again, cite, cite_at_once, cite_triples, read_again
from kg.lookup.patterns import MOST_SOLUTIONS

SECTOR = "https://w3id.org/policy-kg/id/sector/"
ROW = {"x": Term("literal", "1")}


def test_rows_that_show_nothing_have_what_they_are_made_of_looked_through_once(lookup: Lookup) -> None:
    """Many rows of one number, with as many solutions and many patterns behind all of them."""
    patterns = " . ".join(f"?s pkg:inPolicy ?p{number}" for number in range(20))
    text = f"SELECT (1 AS ?n) {{ {{ SELECT ?s {{ ?s a pkg:Measure ; ?p ?o }} LIMIT 1000 }} {patterns} }} LIMIT 1000"
    rows = lookup.reader.select(text)
    assert len(rows) > 500
    began = time.thread_time()
    cited = cite_at_once(lookup.reader, text, rows)
    assert time.thread_time() - began < 5
    assert {each.states for each in cited[0]} == {"fact"}
    assert all(clauses == cited[0] for clauses in cited)


def test_solutions_that_would_take_too_long_to_look_through_are_left(
    lookup: Lookup, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"SELECT ?m {{ ?m pkg:appliesToSector <{SECTOR}healthcare> }}"
    rows = lookup.reader.select(text)
    assert {each.states for clauses in cite_at_once(lookup.reader, text, rows) for each in clauses} == {"fact"}
    monkeypatch.setattr("kg.lookup.patterns.MOST_STEPS", 10)
    cited = cite_at_once(lookup.reader, text, rows)
    assert all(cited)
    assert {each.states for clauses in cited for each in clauses} == {"name"}


def test_long_terms_are_not_looked_up(lookup: Lookup) -> None:
    """One literal under many predicates would be written as often; nothing that a clause states is so long."""
    long, measure = "x" * 2_000_000, Term("iri", "https://w3id.org/policy-kg/id/measure/gd-ai45-smart-hospitals")
    triples: list[Row] = [
        {"subject": subject, "predicate": Term("iri", f"urn:p{number}"), "object": value}
        for number in range(100)
        for subject, value in (
            (measure, Term("literal", long)),
            (measure, Term("iri", f"urn:{long}")),
            (Term("iri", f"{SECTOR}{long}"), Term("literal", "1", "", f"urn:{long}")),
        )
    ]
    began = time.thread_time()
    cited = cite_triples(lookup.reader, triples)
    assert [{each.states for each in clauses} for clauses in cited[:3]] == [{"name"}, {"name"}, set()]
    assert time.thread_time() - began < 10


def test_what_is_asked_again_has_one_time_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    now, given = [100.0], list[float]()
    monkeypatch.setattr("kg.lookup.citing.time", SimpleNamespace(monotonic=lambda: now[0]))

    async def ask(_text: str, seconds: float) -> tuple[Sequence[Row], int]:
        given.append(seconds)
        now[0] += 3
        return [ROW], 10

    assert asyncio.run(asked_again(["q"] * 3, ask)) == [ROW] * 3
    assert given == [MOST_SECONDS, MOST_SECONDS - 3, MOST_SECONDS - 6]
    assert asyncio.run(asked_again(["q"] * 100, ask)) is None
    assert len(given) == 3 + 4
    given.clear()
    assert asyncio.run(asked_again(["q"] * 2, ask, 2)) is None
    assert given == [2]


def test_what_is_asked_again_is_left_where_it_fails_or_is_too_much() -> None:
    asked = list[str]()

    def answering(rows: int, size: int) -> Ask:
        async def ask(text: str, _seconds: float) -> tuple[Sequence[Row], int]:
            asked.append(text)
            if text == "late":
                raise QueryTimeout("time", 1, "seconds")
            return [ROW] * rows, size

        return ask

    assert asyncio.run(asked_again([], answering(1, 1))) == []
    assert asyncio.run(asked_again(["q", "late", "q"], answering(1, 1))) is None
    assert asked == ["q", "late"]
    asked.clear()
    assert asyncio.run(asked_again(["q"] * 9, answering(1, 9 << 20))) is None
    assert len(asked) == 2
    asked.clear()
    found = asyncio.run(asked_again(["q"] * 9, answering(3000, 1)))
    assert len(asked) == 2
    assert found is not None
    assert len(found) > MOST_SOLUTIONS


def test_what_could_not_be_asked_again_names_its_things(lookup: Lookup) -> None:
    text = f"SELECT ?m {{ ?m pkg:appliesToSector <{SECTOR}healthcare> }}"
    rows = lookup.reader.select(text)
    query, (again,) = read_again(text, rows)
    solutions = lookup.reader.select(again)
    for found in (None, [], [*solutions] * MOST_SOLUTIONS):
        cited = cite(lookup.reader, rows, query, found)
        assert all(cited)
        assert {each.states for clauses in cited for each in clauses} == {"name"}
    assert {each.states for clauses in cite(lookup.reader, rows, query, solutions) for each in clauses} == {"fact"}
