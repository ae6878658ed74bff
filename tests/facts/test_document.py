"""YAML as plain values, with the position of every key and item."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.facts.document import LOADER, Document, field_name, read_document

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@pytest.fixture(params=[LOADER, yaml.SafeLoader], ids=["default", "pure Python"])
def loader(request: pytest.FixtureRequest) -> Any:
    return request.param


def read(tmp_path: Path, text: str | bytes, loader: Any = LOADER) -> Document:
    path = tmp_path / "facts.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_document(path, loader)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("45条措施", "45条措施"),
        ("45", 45),
        ("-3", -3),
        ("0x10", 16),
        ("3.5", 3.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("null", None),
        ("~", None),
        ("", None),
        ("2024-06-07", datetime.date(2024, 6, 7)),
        ("2024-06-31", "2024-06-31"),
        ("2024-6-7", "2024-6-7"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("=", "="),
        ("<<", "<<"),
        ("'45'", "45"),
        ('"true"', "true"),
        ("|\n  一\n  二\n", "一\n二\n"),
    ],
)
def test_scalars_follow_yaml_1_2(tmp_path: Path, written: str, value: object, loader: Any) -> None:
    document = read(tmp_path, f"key: {written}", loader)
    assert document.problems == ()
    assert document.data == {"key": value}
    assert document.data is not None
    assert type(document.data["key"]) is type(value)


def test_positions_are_those_of_keys_and_items(tmp_path: Path, loader: Any) -> None:
    document = read(tmp_path, "甲: {乙: 1, 丙: [2, 3]}\nlist:\n  - a: 1\n    b: 2\n", loader)
    assert document.positions == {
        ("甲",): (1, 1),
        ("甲", "乙"): (1, 5),
        ("甲", "丙"): (1, 11),
        ("甲", "丙", 0): (1, 15),
        ("甲", "丙", 1): (1, 18),
        ("list",): (2, 1),
        ("list", 0): (3, 5),
        ("list", 0, "a"): (3, 5),
        ("list", 0, "b"): (4, 5),
    }


def test_both_loaders_read_the_real_facts_alike() -> None:
    path = next(SEEDS.glob("*/facts.yaml"))
    first, second = read_document(path), read_document(path, yaml.SafeLoader)
    assert first == second
    assert len(first.positions) > 4000


def test_byte_order_mark_and_carriage_returns_are_tolerated(tmp_path: Path, loader: Any) -> None:
    document = read(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", loader)
    assert (document.data, document.problems) == ({"a": 1, "b": 2}, ())
    assert document.positions[("a",)] == (1, 1)
    assert document.positions[("b",)] == (2, 1)


def test_text_of_a_scalar_is_kept_where_it_became_something_else(tmp_path: Path) -> None:
    document = read(tmp_path, "a: 007\nb: [2024-06-07, x, True, ~]\n")
    assert document.texts == {("a",): "007", ("b", 0): "2024-06-07", ("b", 2): "True"}


def test_first_of_two_equal_keys_counts(tmp_path: Path, loader: Any) -> None:
    document = read(tmp_path, "a: 1\nb: {x: 1, x: [2, {y: 3}]}\na: 2\n", loader)
    assert document.data == {"a": 1, "b": {"x": 1}}
    assert [(each.line, each.column, each.field) for each in document.problems] == [(2, 11, "b.x"), (3, 1, "a")]


@pytest.mark.parametrize("text", ["a: {[1, 2]: 3}\n", "? - x\n  - y\n: 1\n", "{a: 1}: 2\n"])
def test_key_that_is_no_word_is_refused_once(tmp_path: Path, text: str, loader: Any) -> None:
    assert [each.message for each in read(tmp_path, text, loader).problems] == ["a key must be a word"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x 1\n", "anchor &x is not supported"),
        ("&x a: 1\n", "anchor &x is not supported"),
        ("a: !!python/object/apply:os.system [ls]\n", "tag !!python/object/apply:os.system is not supported"),
        ("a: !local 1\n", "tag !local is not supported"),
        ("a: 1\n--- {}\n", "a second document begins here"),
        ("%YAML 3.0\n---\na: 1\n", "is not YAML"),
        ("a: @b\n", "is not YAML"),
        ("a: 'b\n", "is not YAML"),
        ('a: "\\q"\n', "is not YAML"),
        ("a: 1\n b: 2\n", "is not YAML"),
        ("a: *b\n", "is not supported"),
    ],
)
def test_what_is_not_plain_yaml_is_refused(tmp_path: Path, text: str, message: str, loader: Any) -> None:
    problems = read(tmp_path, text, loader).problems
    assert len(problems) == 1
    assert message in problems[0].message
    assert problems[0].line >= 1


def test_alias_without_its_anchor_is_no_traceback(tmp_path: Path) -> None:
    assert read(tmp_path, "a: [*b, *c]\n").data == {"a": [None, None]}


def test_path_of_the_models_is_found_where_a_mapping_stands_for_a_list(tmp_path: Path) -> None:
    document = read(tmp_path, "a:\n  - evidence: {line: 1}\n  - evidence: [{line: 1}, {line: 2}]\n")
    assert document.position(("a", 0, "evidence", 0, "line")) == (2, 16)
    assert document.position(("a", 1, "evidence", 1, "line")) == (3, 28)
    assert document.position(("a", 1, "evidence", 1, "clause")) == (3, 27)
    assert document.problem(("a", 0, "evidence", 0, "line"), "").field == "a[0].evidence.line"


def test_field_name_of_a_place() -> None:
    assert field_name(()) == ""
    assert field_name(("targets", 3, "scope", 0, "to")) == "targets[3].scope[0].to"
