"""How a write ended, in one word: what no client did wrong is not called refused."""

from __future__ import annotations

import ast
import re

import pytest

from api import writes
from api.validation import bad_parameter
from kg import errors
from kg.errors import KgError
from kg.federation import RemoteFailure
from tests.conftest import ROOT

ENDED: list[tuple[KgError, str]] = [
    (errors.ValidationFailed([]), "invalid"),
    (errors.PreconditionFailed("0" * 16), "precondition"),
    (errors.QuerySyntaxError("x"), "syntax"),
    (errors.DocumentSyntaxError("x"), "syntax"),
    (errors.LoadRefused("urn:x"), "refused"),
    (errors.ServiceRefused("urn:x"), "refused"),
    (errors.QueryTimeout("time", 60, "seconds"), "timeout"),
    (errors.LimitExceeded("memory", 1, "bytes"), "memory"),
    (errors.QueryTooComplex("nesting", 1, "levels"), "nesting"),
    (errors.Overloaded(1), "overloaded"),
    (errors.OperationFailed("CLEAR", "x"), "operation"),
    (errors.UnsupportedFormat("x", ["y"]), "format"),
    (errors.BadParameter("a", "b", "c"), "parameter"),
    (errors.GraphNotFound("urn:x"), "missing"),
    (errors.RevisionNotFound("x"), "missing"),
    (RemoteFailure("time", "urn:x"), "remote"),
    (errors.StoreError("x"), "store"),
    (errors.QueryError("x"), "failed"),
]


@pytest.mark.parametrize(("error", "outcome"), ENDED, ids=lambda value: getattr(type(value), "__name__", ""))
def test_how_a_write_ended(error: KgError, outcome: str) -> None:
    assert writes._outcome(error) == outcome


def test_every_outcome_is_in_the_guide_for_operators() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (row,) = [line for line in text.splitlines() if line.startswith("| `kg_writes_total")]
    named = set(re.findall(r"`(\w+)`", row))
    others = {"published", "unchanged", "pruned", "cancelled"}
    assert {outcome for _, outcome in ENDED} - {"nesting"} | others <= named


@pytest.mark.parametrize("folder", ["api", "kg/lookup", "kg/engine"])
def test_what_is_wrong_with_a_parameter_is_said_in_chinese_too(folder: str) -> None:
    calls = [
        node
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "BadParameter"
    ]
    assert calls
    for call in calls:
        assert len(call.args) == 4 or isinstance(call.args[-1], ast.Starred), ast.unparse(call)


def test_what_pydantic_says_is_taken_as_it_is_where_there_are_no_words_of_ours() -> None:
    found = {"type": "odd", "loc": ("query", "x"), "input": "y" * 999, "msg": "should match {4}", "ctx": {"a": 1}}
    error = bad_parameter(found)
    assert (error.name, error.hint, error.hint_zh) == ("x", "should match {4}", "不符合要求")
    assert len(error.value) < 300
