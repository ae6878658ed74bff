"""Look-ups are answered without a worker, as a worker would answer them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from api.lanes import LookUp
from kg.revisions import Revision
from kg.settings import Settings
from kg.workers.express import ExpressLine
from kg.workers.messages import Message
from tests.api.operations.test_lanes import JSON, WHOLE_WAY, answered, learn, query, same
from tests.api.operations.test_replays import Served, serving

HEALTHCARE = "<https://w3id.org/policy-kg/id/sector/healthcare>"


@pytest.fixture(scope="module")
def served(settings: Settings, revision: Revision) -> Iterator[Served]:
    with serving(settings, revision) as found:
        yield found


def forbid_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it fail that a worker is asked at once."""

    def ask(*_: object) -> None:
        raise AssertionError("a worker was asked")

    monkeypatch.setattr(ExpressLine, "ask", ask)


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "application/sparql-results+xml", "text/csv"])
@pytest.mark.parametrize(
    "text",
    [
        f"SELECT ?p ?o WHERE {{ {HEALTHCARE} ?p ?o }}",
        f"PREFIX s: <http://www.w3.org/2004/02/skos/core#>\nSELECT ?o {{ {HEALTHCARE} s:broader ?o }} LIMIT 3 # %",
        f"SELECT ?l {{ {HEALTHCARE} rdfs:label ?l }}",
        "SELECT ?l { <urn:nothing> rdfs:label ?l }",
    ],
    ids=range(4),
)  # fmt: skip
def test_the_answer_is_that_of_a_worker(
    served: Served, accept: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = f"Accept: {accept}"
    with served.connect() as wire:
        learn(served, wire, header)
        before = answered(served)
        forbid_workers(monkeypatch)
        found, whole = served.ask(wire, query(text), header), served.ask(wire, query(text), header, WHOLE_WAY)
        assert answered(served) == before + 1
        assert found.status == 200
        assert same(found, whole)
        assert same(served.ask(wire, query(text), header), whole)
        assert answered(served) == before + 1, "what was answered once is sent again"


def test_what_is_no_sparql_is_said_as_ever(served: Served) -> None:
    with served.connect() as wire:
        learn(served, wire, JSON)
        text = query(f"SELECT ?l {{ {HEALTHCARE} unknown:label ?l }}")
        found, before = served.ask(wire, text, JSON), answered(served)
        assert found.status == 400
        assert b"unknown:" in found.body
        assert answered(served) == before


def test_an_answer_that_grows_is_left_to_a_worker(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    text = query(f"SELECT ?p ?o WHERE {{ {HEALTHCARE} ?p ?o }} # large")
    with served.connect() as wire:
        learn(served, wire, JSON)
        monkeypatch.setattr("api.lanes.MOST_BYTES", 100)
        asked: list[object] = []
        ask = ExpressLine.ask

        def noted(*args: Any) -> Any:
            asked.append(args)
            return ask(*args)

        monkeypatch.setattr(ExpressLine, "ask", noted)
        found, whole = served.ask(wire, text, JSON), served.ask(wire, text, JSON, WHOLE_WAY)
        assert len(asked) == 1
        assert same(found, whole)


def test_where_few_rows_are_allowed_they_are_counted(settings: Settings, revision: Revision) -> None:
    with serving(replace(settings, max_rows=5), revision) as served, served.connect() as wire:
        learn(served, wire, JSON)
        refused = served.ask(wire, query(f"SELECT ?p ?o {{ {HEALTHCARE} ?p ?o }}"), JSON)
        assert refused.status == 422
        assert b'"limit":{"name":"rows","value":5' in refused.body


def test_nothing_is_computed_for_a_client_that_is_past_its_rate(
    settings: Settings, revision: Revision, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[bytes] = []
    answer = LookUp.answer

    def noted(self: LookUp, asked: bytes) -> Message | None:
        computed.append(asked)
        return answer(self, asked)

    with serving(replace(settings, rate_limit=0.001), revision) as served, served.connect() as wire:
        learn(served, wire, JSON)
        monkeypatch.setattr(LookUp, "answer", noted)
        asked = [query(f"SELECT ?l {{ {HEALTHCARE} rdfs:label ?l }} # {number}") for number in range(8)]
        statuses = [served.ask(wire, each, JSON).status for each in asked]
        assert statuses == [200] * 4 + [429] * 4
        assert len(computed) == 4
