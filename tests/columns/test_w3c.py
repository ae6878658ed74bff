"""The W3C's query evaluation tests, as far as the columns read them: as Oxigraph answers, and as is expected."""

from __future__ import annotations

import pytest

from kg.engine import EmbeddedEngine
from tests.columns.comparing import Both, differing
from tests.conformance.comparing import difference
from tests.conformance.evaluating import expected_of, query_dataset, query_of
from tests.conformance.known import KNOWN
from tests.conformance.results import JSON, read_answer
from tests.conformance.suite import Case, graph_of, of_category, suite_folder, why_absent

pytestmark = pytest.mark.skipif(suite_folder() is None, reason=why_absent())

LEAST = 78
"""How many of the tests the columns answer, when they are given queries of any kind and not analytical ones alone."""


def engine_of(case: Case) -> EmbeddedEngine:
    files = query_dataset(case).get("", ())
    return EmbeddedEngine.of_graphs((file, graph_of(file).serialize(format="nt").encode()) for file in files)


def test_what_is_taken_is_answered_as_oxigraph_does_and_as_is_expected() -> None:
    taken, wrong = [], {}
    for case in of_category("query evaluation"):
        both = Both.of(engine_of(case))
        text, ordered = query_of(case)
        found = both.whatever(text)
        if found is None:
            continue
        taken.append(case.id)
        if apart := differing(found, both.expected(text)):
            wrong[case.id] = apart
        elif case.id not in KNOWN:
            answer = read_answer(found, JSON, ordered=ordered)
            if differs := difference(expected_of(case, ordered=ordered), answer):
                wrong[case.id] = differs
    assert wrong == {}
    assert len(taken) >= LEAST
