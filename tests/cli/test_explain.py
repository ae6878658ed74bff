"""`kg explain`."""

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


def test_tree_reads_down_to_the_clauses_in_the_language_of_the_names(tmp_path: Path, store: str) -> None:
    done = kg("explain", "推进智能机器人创新发展", "制造业", "--store", store, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].endswith("— 涉及行业 → 制造业 [sector/manufacturing]")
    assert "    智能机器人产业 [sector/robotics] — 上位为 → 制造业 [sector/manufacturing]" in lines
    assert any("“智能机器人创新发展”（dayoo-20240607，第 13 行，第 17–26 字" in line for line in lines)
    assert "      （本图词表所定）" in lines
    english = kg("explain", "gd-ai45-robot-innovation", "Manufacturing", "--store", store, cwd=tmp_path).stdout
    assert "because: A measure that touches a sector touches the broader sector as well" in english
    assert "reason 2: A measure touches the sector that a target of it is confined to" in english
    assert len(english.splitlines()) == len(lines)


def test_json_is_the_tree_of_the_look_up(tmp_path: Path, store: str, lookup: Lookup, revision: Revision) -> None:
    done = kg(
        "explain",
        "鹏城云脑",
        "supportedBy",
        "gd-ai45-public-compute-platforms",
        "--json",
        "--store",
        store,
        cwd=tmp_path,
    )
    expected = lookup.explain("鹏城云脑", "supportedBy", "gd-ai45-public-compute-platforms").to_json()
    assert json.loads(done.stdout) == {**expected, "revision": revision.id}


def test_a_fact_shows_its_clause(tmp_path: Path, store: str) -> None:
    done = kg("explain", "gd-ai45", "declaredMeasures", "45", "--store", store, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "declared measures → 45" in done.stdout
    assert "“45条措施” (dayoo-20240607, line 1, characters 72–77" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gd-ai45-smart-hospitals", "education"), "pkg:touchesSector sector/healthcare"),
        (("no such measure", "education"), "no such measure"),
        (("gd-ai45-smart-hospitals", "touchSector", "education"), "for example touchesSector"),
        (("gd-ai45-smart-hospitals",), "give a subject and an object"),
        (("a", "b", "c", "d"), "give a subject and an object"),
    ],
)
def test_mistakes_say_what_would_be_right(tmp_path: Path, store: str, arguments: tuple[str, ...], said: str) -> None:
    done = kg("explain", *arguments, "--store", store, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
