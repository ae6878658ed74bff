"""Answers as tables and workbooks: typed values, texts that stay texts, the same bytes for the same answer."""

from __future__ import annotations

import datetime
import io
import json
from typing import Any

import openpyxl
import pytest

from kg.engine import Term
from kg.iris import Iris
from kg.lookup import Lookup
from kg.questions import Asked, Question, Questions, Table, ask, table_of, workbook
from kg.questions.answers import value_of
from kg.terms import XSD

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://example.com/")', "\t=1", "'=1", "=" * 40)


def table(*values: dict[str, str]) -> Table:
    bindings = [{"x": value} for value in values]
    return table_of(json.dumps({"head": {"vars": ["x", "y"]}, "results": {"bindings": bindings}}).encode())


def asked() -> Asked:
    texts = {"zh": "=问？", "en": "=asked?"}
    return Asked(Question("mine", texts, {}, (), "", {}, Iris()), (), "SELECT * {}", texts)


def cells(content: bytes) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[cell.value for cell in row] for row in book["answer"].iter_rows()]


@pytest.mark.parametrize(
    ("text", "datatype", "value"),
    [
        ("60", "integer", 60),
        ("007", "integer", 7),
        ("60000000000000000000", "integer", 60000000000000000000),
        ("12345678901234567", "integer", "12345678901234567"),
        ("3800.0", "decimal", 3800),
        ("0.1", "decimal", 0.1),
        ("0.12345678901234567890", "decimal", "0.12345678901234567890"),
        ("1.5E3", "double", 1500),
        ("0.30000000000000004", "double", 0.30000000000000004),
        ("INF", "double", "INF"),
        ("NaN", "double", "NaN"),
        ("1e400", "double", "1e400"),
        ("2027", "gYear", 2027),
        ("true", "boolean", True),
        ("2024-06-07", "date", datetime.date(2024, 6, 7)),
        ("2024-06-07Z", "date", "2024-06-07Z"),
        ("2024-02-30", "date", "2024-02-30"),
        ("2024-06-07T00:00:00Z", "dateTime", "2024-06-07T00:00:00Z"),
        ("60", "string", "60"),
    ],
)
def test_literal_is_a_typed_value(text: str, datatype: str, value: Any) -> None:
    found = value_of(Term("literal", text, datatype=XSD + datatype))
    assert (found, type(found)) == (value, type(value))


def test_columns_say_what_their_values_are() -> None:
    number = {"type": "literal", "value": "1.5", "datatype": XSD + "decimal"}
    whole = {"type": "literal", "value": "2", "datatype": XSD + "integer"}
    text = {"type": "literal", "value": "医疗", "xml:lang": "zh"}
    assert [column.kind for column in table(number, whole).columns] == ["number", "empty"]
    assert [column.kind for column in table(whole, text).columns] == ["mixed", "empty"]
    assert table(text).columns[0].to_json() == {"name": "x", "kind": "text", "language": "zh"}
    assert table({"type": "uri", "value": "urn:x"}).columns[0].kind == "thing"


@pytest.mark.parametrize("text", FORMULAS)
def test_text_never_becomes_a_formula(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(table({"type": "literal", "value": text}), asked(), "r")))
    cell = book["answer"]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert [cell.data_type for row in book["question"].iter_rows() for cell in row].count("f") == 0
    assert book["question"]["B2"].value == "=问？"


def test_what_a_cell_cannot_hold_is_marked() -> None:
    control, long = {"type": "literal", "value": "a\x01b"}, {"type": "literal", "value": "长" * 40_000}
    found = cells(workbook(table(control, long), asked(), "r"))
    assert found[1][0] == "a\ufffdb"
    assert len(found[2][0]) == 32_767
    assert found[2][0].endswith("长…")


def test_same_answer_is_the_same_bytes(questions: Questions, lookup: Lookup, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = ask(questions.get("coverage"), {}, lookup)
    answer = table({"type": "literal", "value": "医疗"})
    first = workbook(answer, asking, "r")
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert workbook(answer, asking, "r") == first


def test_empty_answer_has_its_head() -> None:
    assert cells(workbook(table(), asked(), "r")) == [["x", "y"]]
