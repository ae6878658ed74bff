"""`kg resolve` and `kg search`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.lookup import Lookup
from kg.revisions import Revision
from kg.settings import Settings
from tests.cli.test_cli import kg


@pytest.fixture
def store(revision: Revision, settings: Settings) -> str:
    assert revision.id
    return str(settings.store)


@pytest.mark.parametrize("text", ["which measures touch healthcare", "哪些措施涉及医疗"])
def test_answer_reads_with_reasons_and_clauses(tmp_path: Path, store: str, lookup: Lookup, text: str) -> None:
    done = kg("resolve", text, "--store", store, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "measures-touching sector=sector/healthcare" in done.stdout
    page = lookup.things("measure", {"touches": "healthcare"}, limit=1000)
    for item in page.items:
        assert f"[measure/{item.id}]" in done.stdout
        for touch in item.touches or ():
            for step in touch.via:
                for citation in step.evidence:
                    assert citation.quote in done.stdout


@pytest.mark.parametrize("text", ["which measures touch healthcare", "超过1000亿元的目标"])
def test_query_is_shown_as_it_was_run(tmp_path: Path, store: str, text: str) -> None:
    printed = kg("resolve", text, "--store", store, cwd=tmp_path).stdout
    sparql = json.loads(kg("resolve", text, "--json", "--store", store, cwd=tmp_path).stdout)["sparql"]
    assert printed.endswith("\n".join(f"  {line}" for line in sparql.strip().splitlines()) + "\n")
    assert "SPARQL" in printed


def test_ambiguity_is_said_and_is_no_answer(tmp_path: Path, store: str) -> None:
    done = kg("resolve", "广州", "--store", store, cwd=tmp_path)
    assert done.returncode == 2
    assert "“广州”可能指：" in done.stdout
    assert "place/guangzhou" in done.stdout
    assert "广州人工智能公共算力中心" in done.stdout
    assert "国家新一代人工智能创新发展试验区" in done.stdout
    assert "SPARQL" not in done.stdout


def test_json_is_the_resolution(tmp_path: Path, store: str, revision: Revision) -> None:
    done = kg("resolve", "有几个算力平台", "--json", "--store", store, cwd=tmp_path)
    found = json.loads(done.stdout)
    assert (found["answer"]["value"], found["revision"]) == (7, revision.id)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("targets above 300 billion yuan", "> 4,400 亿元"),
        ("比较医疗和教育", "= ← "),
        ("比较医疗和教育", "（< 仅前者，> 仅后者，= 两者皆是）"),
        ("compare C2NET with Pengcheng Cloud Brain", "< also called: China Computing Power Network"),
        ("where is Build smart hospitals stated", "建设智慧医院"),
        ("who operates China Computing Net", "The graph states none."),
        ("targets of at least 300 billion yuan", "[targets-above variant=least value="),
        ("how many measures are there", "See also:\n  What is the coverage of the measures?\n"),
        ("what is the coverage", " · 45 measures declared · 25 named in the source · 32 provisions\n"),
        ("措施的覆盖率是多少", " · 宣布 45 条措施 · 原文点名 25 条 · 具体举措 32 项\n"),
        ("which measures apply in Guangzhou", "Which measures name Guangzhou?"),
    ],
)
def test_answers_of_other_forms_read(tmp_path: Path, store: str, text: str, shown: str) -> None:
    done = kg("resolve", text, "--store", store, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert shown in done.stdout


def test_what_is_not_understood_is_said_so(tmp_path: Path, store: str) -> None:
    done = kg("resolve", "医疗的预算是多少", "--store", store, cwd=tmp_path)
    assert done.returncode == 2
    assert "未能理解" in done.stdout
    assert "哪些措施涉及医疗？" in done.stdout
    assert kg("resolve", " ", "--store", store, cwd=tmp_path).returncode == 2


def test_search_finds_by_name(tmp_path: Path, store: str) -> None:
    done = kg("search", "jiaoyu", "--store", store, cwd=tmp_path)
    assert done.stdout.splitlines()[0].split()[1] == "sector/education"
    found = json.loads(kg("search", "广州", "--kind", "platform", "--json", "--store", store, cwd=tmp_path).stdout)
    assert {item["type"] for item in found["items"]} == {"platform"}


def test_search_says_where_nothing_is_found_and_what_it_does_not_take(tmp_path: Path, store: str) -> None:
    done = kg("search", "上海", "--store", store, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "没有与之相近的名称。\n")
    for text in ("", " \t", "\u200b\u200d", "医" * 30_000):
        done = kg("search", text, "--store", store, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "must have 1 to 200 characters" in done.stderr
        assert len(done.stderr) < 300
    assert kg("search", "\x01?!\udcff", "--store", store, cwd=tmp_path).returncode == 0
