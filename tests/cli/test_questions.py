"""`kg questions`: the list, answers in every format, and mistakes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest

from kg.revisions import Revision
from kg.settings import Settings
from tests.cli.test_cli import kg
from tests.ontology.expected import QUESTIONS


@pytest.fixture
def store(revision: Revision, settings: Settings) -> str:
    assert revision.id
    return str(settings.store)


def test_list_names_every_question_in_both_languages(tmp_path: Path, store: str) -> None:
    done = kg("questions", "--store", store, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for path in QUESTIONS.glob("*.rq"):
        zh, en = (line.partition(": ")[2] for line in path.read_text("utf-8").splitlines()[:2])
        assert path.stem in done.stdout
        assert zh in done.stdout
        assert en in done.stdout
    items = json.loads(kg("questions", "--format", "json", "--store", store, cwd=tmp_path).stdout)["items"]
    (touching,) = [item for item in items if item["slug"] == "measures-touching-sector"]
    assert touching["parameters"][0]["default"]["id"] == "healthcare"


def test_answer_is_the_one_beside_the_file(tmp_path: Path, store: str) -> None:
    done = kg("questions", "targets-due-by", "--format", "csv", "--store", store, cwd=tmp_path)
    assert done.stdout == (QUESTIONS / "targets-due-by.csv").read_text("utf-8")


def test_values_are_named_in_either_language(tmp_path: Path, store: str) -> None:
    answers = [
        json.loads(
            kg(
                "questions", "measures-touching-sector", "--set", f"sector={name}", "--store", store, cwd=tmp_path
            ).stdout
        )
        for name in ("教育", "Education")
    ]
    assert answers[0] == answers[1]
    assert answers[0]["question"]["zh"] == "哪些措施涉及教育？各由哪句原文陈述？"
    assert {row["sector_en"] for row in answers[0]["rows"]} == {"Education"}
    again = kg("query", answers[0]["sparql"], "--format", "json", "--store", store, cwd=tmp_path)
    assert len(json.loads(again.stdout)["results"]["bindings"]) == answers[0]["total"]


def test_workbook_and_query_go_to_a_file(tmp_path: Path, store: str) -> None:
    arguments = ("questions", "compute-above", "--set", "above=35", "--store", store)
    assert kg(*arguments, "--format", "xlsx", "-o", "a.xlsx", cwd=tmp_path).returncode == 0
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "a.xlsx").read_bytes()))
    assert [row[0].value for row in book["answer"].iter_rows(min_col=4, max_col=4)] == ["number", 40, 60]
    assert kg(*arguments, "--format", "rq", "-o", "a.rq", cwd=tmp_path).returncode == 0
    assert "VALUES ?above { 35 }" in (tmp_path / "a.rq").read_text("utf-8")


def test_table_says_the_question(tmp_path: Path, store: str) -> None:
    done = kg("questions", "coverage", "--format", "table", "--store", store, cwd=tmp_path)
    assert "policy/gd-ai45" in done.stdout
    assert "政策宣布了多少条措施" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("measure-touching-sector",), "near it are measures-touching-sector"),
        (("measures-touching-sector", "--set", "sector=helthcare"), "near it are healthcare"),
        (("measures-touching-sector", "--set", "sectr=x"), "parameters are sector"),
        (("targets-due-by", "--set", "by=soon"), "must be a year"),
        (("targets-due-by", "--set", "by"), "write NAME=VALUE"),
        (("targets-due-by", "--set", "by=2027", "--set", "by=2025"), "is given more than once"),
        (("--set", "by=2027"), "go with a question"),
        (("--format", "csv"), "comes as table or json"),
    ],
)
def test_wrong_call_is_told(tmp_path: Path, store: str, arguments: tuple[str, ...], message: str) -> None:
    done = kg("questions", *arguments, "--store", store, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
